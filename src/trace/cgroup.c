/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cgroup is known by its tree's number, 0 for version 2, and by the inode number of its
 * directory, which is the kernel's own id on 64-bit machines (linux/kernfs.h, kernfs_ino()).  Of a
 * tree of version 1, /proc/self/cgroup tells number and controllers, and mountinfo the controllers.
 */
#include "trace/cgroup.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/str.h"
#include "snug_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

/* The controllers in the options of the mount of device @dev: the last word of its line. */
static int mount_options(dev_t dev, char **ret, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	char want[32], *line, *rest;
	size_t len;
	int r;

	r = snug_read_file("/proc/self/mountinfo", SNUG_LIMIT_DOC_BYTES, &text, &len, err);
	if (r < 0)
		return r;
	snprintf(want, sizeof(want), " %u:%u ", major(dev), minor(dev));
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		const char *at = strstr(line, want), *last = strrchr(line, ' ');

		/* 36 35 98:0 ...: the third word */
		if (!at || !last ||
		    at != strchr(line, ' ') + strcspn(strchr(line, ' ') + 1, " ") + 1)
			continue;
		*ret = xstrdup(last + 1);
		return 0;
	}
	return snug_err_set(err, -ENOENT, "not among the mounts of this process");
}

/* "4:cpu,cpuacct:/path" is the tree's line when its controllers are among the mount's options. */
static int line_hierarchy(char *line, const char *options, uint32_t *ret)
{
	char *list = strchr(line, ':'), *end = list ? strchr(list + 1, ':') : NULL;
	uint64_t n;

	if (!end || end == list + 1)
		return -ENOENT;
	*list++ = *end = '\0';
	if (strncmp(list, "name=", 5) == 0 || !snug_str_list_has(options, list, strcspn(list, ",")))
		return -ENOENT;
	if (snug_parse_u64(line, UINT32_MAX, &n) < 0 || !n)
		return -ENOENT;
	*ret = (uint32_t)n;
	return 0;
}

static int find_hierarchy(dev_t dev, uint32_t *ret, struct snug_err *err)
{
	CLEANUP(freep) char *options = NULL;
	CLEANUP(freep) char *text = NULL;
	char *line, *rest;
	size_t len;
	int r;

	r = mount_options(dev, &options, err);
	if (r == 0)
		r = snug_read_file("/proc/self/cgroup", SNUG_LIMIT_DOC_BYTES, &text, &len, err);
	if (r < 0)
		return r;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		if (line_hierarchy(line, options, ret) == 0)
			return 0;
	}
	return snug_err_set(err, -EINVAL,
			    "its cgroup tree has no controller: take the same path "
			    "in another tree");
}

int snug_cgroup_find(const char *path, struct snug_group *ret, struct snug_err *err)
{
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct snug_group group = { .kind = SNUG_GROUP_CGROUP };
	struct statfs fs;
	struct stat st;
	int r = 0;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return snug_err_errno(err, "%s", path);
	if (fs.f_type == CGROUP_SUPER_MAGIC)
		r = find_hierarchy(st.st_dev, &group.hierarchy, err);
	else if (fs.f_type != CGROUP2_SUPER_MAGIC)
		r = snug_err_set(err, -EINVAL, "not a cgroup");
	if (r < 0)
		return snug_err_wrap(err, r, "%s", path);
	group.id = st.st_ino;
	*ret = group;
	return 0;
}
