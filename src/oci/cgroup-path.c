/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which directory is a control group's?  mountinfo (proc_pid_mountinfo(5)) says where the trees
 * are mounted: version 2 once, version 1 once for each set of controllers, and which part of the
 * tree a mount shows.  Of version 1, trees without a controller (name=systemd) are left out: the
 * kernel cannot be asked there.
 */
#include "oci/cgroup-path.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "oci/cgroup-mounts.h"
#include "oci/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void snug_cgroup_path_done(struct snug_cgroup_path *p)
{
	free(p->dir);
	free(p->path);
	free(p->controllers);
	*p = (struct snug_cgroup_path){ NULL, NULL, NULL };
}

/* The part of @path behind the folder @folder, "" for that itself; NULL when it is not in there. */
static const char *behind(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	if (strcmp(folder, "/") == 0)
		return path[1] ? path : "";
	if (strncmp(path, folder, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path + n;
}

/* True when the tree has a directory for the path in it. */
static bool try_path(const char *root, const struct snug_cgroup_mount *t, const char *path,
		     struct snug_cgroup_path *ret)
{
	const char *rest = behind(path, t->shows);
	CLEANUP(freep) char *dir = NULL;
	struct stat st;

	if (!rest)
		return false;
	dir = xasprintf("%s%s%s", root, t->point, rest);
	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	ret->dir = STEAL(dir);
	ret->path = xstrdup(*path ? path : "/");
	ret->controllers = xstrdup_null(t->options);
	return true;
}

/* @word is a directory below a mount. */
static bool try_directory(const char *root, const struct snug_cgroup_mounts *trees,
			  const char *word, struct snug_cgroup_path *ret)
{
	const struct snug_cgroup_mount *best = NULL;
	CLEANUP(freep) char *path = NULL;

	/* the longest: a version 2 tree may be mounted inside of another mount */
	VEC_FOREACH (t, &trees->all)
		if (!t->is_named && behind(word, t->point) &&
		    (!best || strlen(t->point) > strlen(best->point)))
			best = t;
	if (!best)
		return false;
	path = xasprintf("%s%s", strcmp(best->shows, "/") == 0 ? "" : best->shows,
			 behind(word, best->point));
	return try_path(root, best, *path ? path : "/", ret);
}

/* @path is in a tree with @controllers: "" for version 2, NULL for any. */
static bool try_trees(const char *root, const struct snug_cgroup_mounts *trees,
		      const char *controllers, const char *path, struct snug_cgroup_path *ret)
{
	for (int version = 2; version >= 1; version--) {
		VEC_FOREACH (t, &trees->all) {
			if (t->is_named || (version == 2) != !t->options)
				continue;
			if (controllers && !t->options != !*controllers)
				continue;
			if (controllers && *controllers &&
			    !snug_str_list_has(t->options, controllers, strcspn(controllers, ",")))
				continue;
			if (try_path(root, t, path, ret))
				return true;
		}
	}
	return false;
}

/* "4:cpu,cpuacct:/path": digits, controllers, path. */
static bool try_line(const char *root, const struct snug_cgroup_mounts *trees, const char *word,
		     struct snug_cgroup_path *ret)
{
	const char *list = word + strspn(word, "0123456789"), *path;
	CLEANUP(freep) char *controllers = NULL;

	if (list == word || *list != ':')
		return false;
	path = strchr(++list, ':');
	if (!path || path[1] != '/')
		return false;
	controllers = xstrndup(list, (size_t)(path - list));
	return try_trees(root, trees, controllers, path + 1, ret);
}

int snug_cgroup_path_find(const char *root, const char *word, struct snug_cgroup_path *ret,
			  struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(snug_cgroup_mounts_done) struct snug_cgroup_mounts trees = { 0 };
	CLEANUP(freep) char *trimmed = xstrdup(word);
	struct snug_cgroup_path found = { NULL, NULL, NULL };
	size_t n = strlen(trimmed);
	int r;

	while (n > 1 && trimmed[n - 1] == '/' && trimmed[n - 2] != ':')
		trimmed[--n] = '\0';
	snug_str_add_printable(&shown, word, strlen(word), 256);
	if (!n || (trimmed[0] != '/' && !strchr(trimmed, ':')))
		return snug_err_set(err, -EINVAL,
				    "'%s' is no cgroup: give its directory below /sys/fs/cgroup, "
				    "or its path as /proc/PID/cgroup has it",
				    snug_str_text(&shown));
	r = snug_cgroup_mounts_read(root, &trees, err);
	if (r < 0)
		return r;
	if (!try_directory(root, &trees, trimmed, &found) &&
	    !try_line(root, &trees, trimmed, &found) &&
	    !(*trimmed == '/' && try_trees(root, &trees, NULL, trimmed, &found)))
		return snug_err_set(err, -ENOENT, "no cgroup '%s' on this host",
				    snug_str_text(&shown));
	*ret = found;
	return 0;
}

/* Whether a line of /proc/PID/cgroup is of the same tree and below the path. */
static bool is_line_below(const struct snug_cgroup_path *p, char *line)
{
	char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;

	if (!path)
		return false;
	list++;
	*path++ = '\0';
	if (!*list != !p->controllers)
		return false;
	if (*list && !snug_str_list_has(p->controllers, list, strcspn(list, ",")))
		return false;
	return behind(path, p->path) != NULL;
}

bool snug_cgroup_path_has(const char *root, const struct snug_cgroup_path *p, pid_t pid)
{
	char text[8192], *rest = text, *line;

	if (snug_proc_read(root, pid, "cgroup", text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&rest, "\n")))
		if (is_line_below(p, line))
			return true;
	return false;
}
