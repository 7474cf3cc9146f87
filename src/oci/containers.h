/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The containers that run on this host, found without asking anyone: from the state folders of runc
 * and crun, the records of engines beside their bundles, and, for runtimes nobody has heard of,
 * from the control groups in /proc.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct snug_err;

struct snug_container {
	char *id;
	char *name, *image;        /* as the engine's users call them, or NULL */
	char *engine;              /* "podman", "docker", "containerd", "cri-o", or NULL */
	char *runtime;             /* "runc", "crun", or NULL */
	char *pod, *pod_namespace; /* or NULL */
	char *bundle;              /* or NULL */
	pid_t pid;                 /* its first process, in snug's PID namespace */
	uint64_t start_ticks;      /* of that process, proc(5) stat's 22nd field */
	uint64_t mntns;            /* inode number of its mount namespace */
	int seccomp_mode;          /* of that process: 0 none, 2 filter (proc(5)); -1 unknown */
};

/* @ret gets copies of everything; both are for _done(). */
void snug_container_copy(const struct snug_container *c, struct snug_container *ret);
void snug_container_done(struct snug_container *c);

struct snug_containers {
	struct snug_container *items; /* by id */
	size_t len, cap;
};
void snug_containers_done(struct snug_containers *c);

/* @root: "" for this host, or a folder that has its /proc, /run and /var (tests).  What cannot be
 * read is left out.  0 or -E2BIG over SNUG_LIMIT_CONTAINERS. */
int snug_containers_list(const char *root, struct snug_containers *ret, struct snug_err *err);
/* Changes when a runtime adds or removes a container; costs a few system calls.  Runtimes whose
 * state folders are not known change nothing. */
uint64_t snug_containers_stamp(const char *root);
/* The container that @word means: its name, its id or the unique start of it, or "POD/NAME".
 * -ENOENT with the nearest name, -EINVAL when several are meant. */
int snug_containers_find(const struct snug_containers *all, const char *word,
			 const struct snug_container **ret, struct snug_err *err);
