/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Where the trees of control groups are mounted (proc_pid_mountinfo(5), cgroups(7)). */
#include "base/mem.h"

#include <stdbool.h>

struct snug_err;

struct snug_cgroup_mount {
	const char *point;   /* where it is */
	const char *shows;   /* the part of the tree that it shows, "/" for all */
	const char *options; /* NULL: version 2 */
	bool is_named;       /* of version 1 and without a controller: name=systemd */
};

struct snug_cgroup_mounts {
	VEC(struct snug_cgroup_mount) all; /* in the order of the mounts */
	char *text;                        /* what they are borrowed from; owned */
};
void snug_cgroup_mounts_done(struct snug_cgroup_mounts *m);

/* Those that this process sees.  @root stands in for / (tests). */
int snug_cgroup_mounts_read(const char *root, struct snug_cgroup_mounts *ret, struct snug_err *err);
