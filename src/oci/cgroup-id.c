/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths, by engine and cgroup driver (as seen on such hosts):
 *
 *	/libpod_parent/libpod-ID            /machine.slice/libpod-ID.scope/container
 *	/docker/ID                          /system.slice/docker-ID.scope
 *	/kubepods/burstable/podUID/ID       /kubepods.slice/...pod.slice/cri-containerd-ID.scope
 *	/kubepods.slice/.../crio-ID.scope   /docker/OUTER/kubelet/kubepods/.../INNER
 *	/system.slice/containerd.service/kubepods-...:cri-containerd:ID
 */
#include "oci/cgroup-id.h"

#include <ctype.h>
#include <string.h>

static const struct {
	const char *prefix; /* directly in front of the id */
	const char *engine; /* NULL: not a container */
} prefixes[] = {
	{ "libpod-conmon-", NULL },
	{ "crio-conmon-", NULL },
	{ "libpod-", "podman" },
	{ "libpod_", "podman" },
	{ "docker-", "docker" },
	{ "/docker/", "docker" },
	{ "cri-containerd-", "containerd" },
	{ "cri-containerd:", "containerd" },
	{ "nerdctl-", "containerd" },
	{ "crio-", "cri-o" },
};

static bool ends_with(const char *line, size_t end, const char *suffix)
{
	size_t n = strlen(suffix);

	return end >= n && memcmp(line + end - n, suffix, n) == 0;
}

/* What stands in front of the id at @start; false when the path is a monitor's. */
static bool judge_prefix(const char *line, size_t start, const char **ret_engine)
{
	*ret_engine = NULL;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (!ends_with(line, start, prefixes[i].prefix))
			continue;
		*ret_engine = prefixes[i].engine;
		return prefixes[i].engine;
	}
	return true;
}

static bool is_id_char(char c)
{
	return isdigit((unsigned char)c) || (c >= 'a' && c <= 'f');
}

/* The last id in @line: where it starts, or -1.  Exactly 64 digits: more are no id. */
static long last_id(const char *line, size_t len)
{
	long found = -1;
	size_t run = 0;

	for (size_t i = 0; i <= len; i++) {
		if (i < len && is_id_char(line[i])) {
			run++;
			continue;
		}
		if (run == SNUG_CONTAINER_ID_LEN)
			found = (long)(i - run);
		run = 0;
	}
	return found;
}

bool snug_cgroup_id_find(const char *text, size_t len, struct snug_cgroup_id *ret)
{
	const char *end = text + len;
	size_t longest = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);
		long at = last_id(text, n);
		const char *engine;

		if (at >= 0 && n > longest && judge_prefix(text, (size_t)at, &engine)) {
			memcpy(ret->id, text + at, SNUG_CONTAINER_ID_LEN);
			ret->id[SNUG_CONTAINER_ID_LEN] = '\0';
			ret->engine = engine;
			longest = n;
		}
		text = newline ? newline + 1 : end;
	}
	return longest;
}
