/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/cgroup-mounts.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"

#include <string.h>

void snug_cgroup_mounts_done(struct snug_cgroup_mounts *m)
{
	VEC_DONE(&m->all);
	free(m->text);
	m->text = NULL;
}

static bool is_named_tree(const char *options)
{
	const char *name = strstr(options, "name=");

	return name && (name == options || name[-1] == ',');
}

/* "36 35 0:30 SHOWS POINT rw,... [tags] - TYPE SOURCE OPTIONS" */
static bool parse_mount(char *line, struct snug_cgroup_mount *ret)
{
	char *dash = strstr(line, " - "), *rest = line, *type, *fields[5];

	if (!dash)
		return false;
	*dash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fields[i] = strsep(&rest, " ");
		if (!fields[i])
			return false;
	}
	rest = dash + 3;
	type = strsep(&rest, " ");
	if (!strsep(&rest, " ") || !rest)
		return false;
	*ret = (struct snug_cgroup_mount){ .shows = fields[3], .point = fields[4] };
	if (strcmp(type, "cgroup2") == 0)
		return true;
	ret->options = rest;
	ret->is_named = is_named_tree(rest);
	return strcmp(type, "cgroup") == 0;
}

int snug_cgroup_mounts_read(const char *root, struct snug_cgroup_mounts *ret, struct snug_err *err)
{
	CLEANUP(freep) char *path = xasprintf("%s/proc/self/mountinfo", root);
	char *line, *rest;
	struct snug_cgroup_mount mount;
	size_t len;
	int r;

	r = snug_read_file(path, SNUG_LIMIT_DOC_BYTES, &ret->text, &len, err);
	if (r < 0)
		return r;
	rest = ret->text;
	while ((line = strsep(&rest, "\n")))
		if (parse_mount(line, &mount))
			*VEC_PUSH(&ret->all) = mount;
	return 0;
}
