/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which container does a control group belong to?  Engines put the container's id into its path. */
#include <stdbool.h>
#include <stddef.h>

enum { SNUG_CONTAINER_ID_LEN = 64 }; /* hex digits, of docker, podman, containerd's CRI, CRI-O */

struct snug_cgroup_id {
	char id[SNUG_CONTAINER_ID_LEN + 1];
	const char *
		engine; /* "podman", "docker", "containerd", "cri-o"; NULL: the path does not say */
};

/* @text is /proc/PID/cgroup (cgroups(7)), v1 or v2.  Of nested containers (kind, docker in docker)
 * the innermost counts: the last id of the longest path.  An engine's own monitor ("conmon") is not
 * in its container. */
bool snug_cgroup_id_find(const char *text, size_t len, struct snug_cgroup_id *ret);
