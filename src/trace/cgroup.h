/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Cgroups as the BPF programs know them. */
struct snug_err;
struct snug_group;

/* The cgroup whose directory is @path, below a mount of either version of the cgroup file system
 * (cgroups(7)).  -ENOENT, -ENOTDIR and such; -EINVAL for what is no cgroup, and for a tree of
 * version 1 without a controller (name=systemd), where a task's place cannot be found. */
int snug_cgroup_find(const char *path, struct snug_group *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
