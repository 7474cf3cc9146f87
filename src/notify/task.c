/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/task.h"

#include "base/fdio.h"
#include "base/parse.h"
#include "notify/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/auxvec.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

enum { MAX_PROC_FILE = 64 << 10 };

static char *read_proc(const char *task, const char *file, size_t *ret_len)
{
	CLEANUP(freep) char *path = xasprintf("/proc/%s/%s", task, file);
	char *text;

	if (!snug_listener_has_proc())
		return NULL;
	return snug_read_file(path, MAX_PROC_FILE, &text, ret_len, NULL) < 0 ? NULL : text;
}

/* The @column-th number behind @key at the start of a line. */
static bool find_number(const char *text, const char *key, unsigned column, uint32_t *ret)
{
	size_t len = strlen(key);
	char word[16];
	uint64_t value;

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) != 0)
			continue;
		for (line += len;; line += strcspn(line, "\t\n")) {
			line += *line == '\t';
			if (!column--)
				break;
		}
		(void)snprintf(word, sizeof(word), "%.*s", (int)strcspn(line, "\t\n"), line);
		if (snug_parse_u64(word, UINT32_MAX, &value) < 0)
			return false;
		*ret = (uint32_t)value;
		return true;
	}
	return false;
}

bool snug_task_status(const struct snug_notice *n, struct snug_task_status *ret)
{
	CLEANUP(freep) char *text = NULL;
	struct snug_task_status st = { 0 };
	uint32_t nnp = 0;
	char task[16];
	size_t len;

	*ret = (struct snug_task_status){ .tgid = n->pid };
	(void)snprintf(task, sizeof(task), "%" PRIu32, n->pid);
	text = n->pid ? read_proc(task, "status", &len) : NULL;
	if (!text || !find_number(text, "Tgid:", 0, &st.tgid) ||
	    !find_number(text, "Uid:", 1, &st.euid) || !find_number(text, "Gid:", 1, &st.egid))
		return false;
	(void)find_number(text, "NoNewPrivs:", 0, &nnp);
	st.no_new_privs = nnp != 0;
	*ret = st;
	return true;
}

bool snug_own_no_new_privs(void)
{
	size_t len;
	CLEANUP(freep) char *text = read_proc("self", "status", &len);
	uint32_t nnp = 0;

	return text && find_number(text, "NoNewPrivs:", 0, &nnp) && nnp;
}

uint32_t snug_task_mntns(const struct snug_notice *n)
{
	struct stat st;
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu32 "/ns/mnt", n->pid);
	return n->pid && snug_listener_has_proc() && stat(path, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

/* The value of AT_RANDOM in an auxiliary vector of words of @size bytes; 0 when there is none. */
static uint64_t at_random(const char *auxv, size_t len, size_t size)
{
	for (size_t at = 0; at + 2 * size <= len; at += 2 * size) {
		uint64_t key = 0, value = 0;

		/* little-endian, as every machine that is supported */
		memcpy(&key, auxv + at, size);
		memcpy(&value, auxv + at + size, size);
		if (key == AT_NULL)
			break;
		if (key == AT_RANDOM)
			return value;
	}
	return 0;
}

static uint64_t count_pages(const char *task)
{
	size_t len;
	CLEANUP(freep) char *statm = read_proc(task, "statm", &len);
	uint64_t n = 0;

	if (statm)
		statm[strcspn(statm, " ")] = '\0';
	return statm && snug_parse_u64(statm, UINT64_MAX, &n) == 0 ? n : 0;
}

void snug_task_image(const struct snug_listener *l, const struct snug_notice *n,
		     struct snug_task_image *ret)
{
	CLEANUP(freep) char *auxv = NULL;
	char task[16];
	size_t len;

	*ret = (struct snug_task_image){ 0 };
	(void)snprintf(task, sizeof(task), "%" PRIu32, n->pid);
	ret->n_pages = n->pid ? count_pages(task) : 0;
	auxv = n->pid ? read_proc(task, "auxv", &len) : NULL;
	if (!auxv)
		return;
	ret->address = at_random(auxv, len, sizeof(uint64_t));
	if (!ret->address)
		ret->address = at_random(auxv, len, sizeof(uint32_t));
	ret->is_known = ret->address &&
			snug_listener_read(l, n, ret->address, ret->random, sizeof(ret->random)) ==
				(long)sizeof(ret->random);
}

char *snug_task_path(const struct snug_listener *l, const struct snug_notice *n, int dirfd,
		     uint64_t address)
{
	CLEANUP(freep) char *path = xcalloc(1, SNUG_TASK_PATH_BYTES);
	long len = snug_listener_read(l, n, address, path, SNUG_TASK_PATH_BYTES - 1);

	path[len > 0 ? len : 0] = '\0';
	if (dirfd == SNUG_TASK_AT_FDCWD || *path == '/' || len <= 0)
		return STEAL(path);
	return xasprintf("/dev/fd/%d%s%s", dirfd, *path ? "/" : "", path);
}

/* Where we find what the task calls @path. */
static char *path_of_task(const struct snug_notice *n, const char *path)
{
	static const char fds[] = "/dev/fd/";

	if (strncmp(path, fds, strlen(fds)) == 0)
		return xasprintf("/proc/%" PRIu32 "/fd/%s", n->pid, path + strlen(fds));
	return xasprintf("/proc/%" PRIu32 "/%s/%s", n->pid, *path == '/' ? "root" : "cwd", path);
}

bool snug_task_gains_privilege(const struct snug_notice *n, const struct snug_task_status *st,
			       const char *path)
{
	CLEANUP(freep) char *at = path_of_task(n, path);
	struct statvfs fs;
	struct stat file, own;

	/* What such a task mounts itself is in a mount namespace of its own.  A FUSE server there
	 * may be one of those who wait for us: it would never answer. */
	if (stat("/proc/self/ns/mnt", &own) < 0 || snug_task_mntns(n) != (uint32_t)own.st_ino)
		return false;
	if (!*path || stat(at, &file) < 0 || !S_ISREG(file.st_mode) || statvfs(at, &fs) < 0 ||
	    fs.f_flag & ST_NOSUID)
		return false;
	if (file.st_mode & S_ISUID && file.st_uid != st->euid)
		return true;
	if (file.st_mode & S_ISGID && file.st_mode & S_IXGRP && file.st_gid != st->egid)
		return true;
	return st->euid != 0 && getxattr(at, "security.capability", NULL, 0) > 0;
}
