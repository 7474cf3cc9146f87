/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control groups as people write them: a directory below /sys/fs/cgroup, a line of
 * /proc/PID/cgroup, or the path in such a line.
 */
#include <stdbool.h>
#include <sys/types.h>

struct snug_err;

struct snug_cgroup_path {
	char *dir;         /* its directory, with @root in front */
	char *path;        /* its path in its tree, as /proc/PID/cgroup has it */
	char *controllers; /* of a tree of version 1: options of its mount, "rw,memory"; else NULL
			    */
};
void snug_cgroup_path_done(struct snug_cgroup_path *p);

/* What @word means.  A path alone may exist in several trees: version 2 counts first, and version 1
 * in the order of the mounts.  @root stands in for / (tests).  -ENOENT when no tree has it, -EINVAL
 * for a word that is no path. */
int snug_cgroup_path_find(const char *root, const char *word, struct snug_cgroup_path *ret,
			  struct snug_err *err) __attribute__((warn_unused_result));
/* Whether the process is in it, or in a group below it. */
bool snug_cgroup_path_has(const char *root, const struct snug_cgroup_path *p, pid_t pid);
