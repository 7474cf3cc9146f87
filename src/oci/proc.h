/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A few facts of /proc/PID (proc(5)), under a folder that stands in for / in tests. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The start of the process in clock ticks after boot: with the pid, it names a process for ever. */
bool snug_proc_start(const char *root, pid_t pid, uint64_t *ret_ticks);
/* Whether the process has executed a program since it was forked: a container's first process,
 * which the runtime forks off, has not before it becomes the container's program.  True as well
 * when that cannot be found. */
bool snug_proc_has_executed(const char *root, pid_t pid);
/* The inode number of a namespace: @kind is "mnt", "pid", "user", ... */
bool snug_proc_namespace(const char *root, pid_t pid, const char *kind, uint64_t *ret);
/* The mode in the line "Seccomp:" of status, or -1. */
int snug_proc_seccomp_mode(const char *root, pid_t pid);
/* Reads /proc/PID/@file into @buf, at most @size - 1 bytes, NUL-terminated; its length or -1. */
ssize_t snug_proc_read(const char *root, pid_t pid, const char *file, char *buf, size_t size);
