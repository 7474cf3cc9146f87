/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The kernel's log as a witness of seccomp's kills, where BPF may not be used but the log may be
 * read (sysctl kernel.dmesg_restrict=0, or CAP_SYSLOG), and no auditd takes the records away.
 */
#include <stdbool.h>
#include <sys/types.h>

struct snug_sigsys_event;

/* /dev/kmsg, set behind its last record; negative errno when it may not be read. */
int kernel_log_open(void);
/* Looks through the records since then for the one (type=1326, sig=31) about @pid; waits up to
 * @wait_ms for it, because the kernel writes it a little later. */
bool kernel_log_find_kill(int fd, pid_t pid, int wait_ms, struct snug_sigsys_event *ret);
/* Reads one record; for tests. */
bool kernel_log_parse_kill(const char *record, pid_t pid, struct snug_sigsys_event *ret);
