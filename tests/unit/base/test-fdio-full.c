/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that is really full: a tmpfs of 64 KiB in a mount namespace of our own.  Where neither
 * root nor user namespaces allow that mount, the whole file is skipped with the reason.
 */
#include "base/fdio.h"

#include "base/err.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int commit(const char *path, size_t len, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *f = NULL;
	CLEANUP(freep) char *content = xcalloc(1, len);
	int r;

	memset(content, 'x', len);
	r = snug_outfile_open(path, &f, err);
	if (r < 0)
		return r;
	snug_outfile_add(f, content, len);
	return snug_outfile_commit(f, err);
}

static size_t count_files(void)
{
	DIR *d = opendir(".");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

static void test_existing_survives(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct stat st;

	(void)state;
	assert_int_equal(commit("f", 100, NULL), 0);
	assert_int_equal(commit("f", 1 << 20, &err), -ENOSPC);
	assert_string_equal(snug_err_msg(&err), "f: cannot write: No space left on device");
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_size, 100);
	assert_int_equal(count_files(), 1);
}

static void test_nothing_is_left(void **state)
{
	(void)state;
	assert_int_equal(commit("new", 1 << 20, NULL), -ENOSPC);
	assert_int_equal(access("new", F_OK), -1);
	assert_int_equal(count_files(), 1);
	/* the space is free again */
	assert_int_equal(commit("new", 20000, NULL), 0);
	assert_int_equal(unlink("new"), 0);
}

static void test_read_only_mount(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(mount(NULL, ".", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_int_equal(commit("f", 10, &err), -EROFS);
	assert_string_equal(snug_err_msg(&err), "f: cannot write: Read-only file system");
	snug_err_done(&err);
	assert_int_equal(commit("g", 10, &err), -EROFS);
	assert_string_equal(snug_err_msg(&err),
			    "g: cannot create a file in its directory: Read-only file system");
	assert_int_equal(mount(NULL, ".", NULL, MS_REMOUNT, NULL), 0);
}

/* Maps one ID to itself (user_namespaces(7)). */
static int map_id(const char *path, unsigned id)
{
	CLEANUP(freep) char *line = xasprintf("%u %u 1", id, id);
	CLEANUP(closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, line, strlen(line)) < 0 ? -1 : 0;
}

/* In a user namespace of our own, whoever has no ID there can make no file. */
static int enter_namespaces(void)
{
	unsigned uid = getuid(), gid = getgid();
	CLEANUP(closep) int fd = -1;

	if (uid == 0)
		return unshare(CLONE_NEWNS);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -1;
	fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "deny", 4) < 0 || map_id("/proc/self/uid_map", uid) < 0)
		return -1;
	return map_id("/proc/self/gid_map", gid);
}

/* The mount goes away with the namespace, which nobody else is in. */
static int mount_tiny(const char *dir)
{
	if (enter_namespaces() < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("snug-test", dir, "tmpfs", 0, "size=64k") < 0 || chdir(dir) < 0)
		return -errno;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_existing_survives),
		cmocka_unit_test(test_nothing_is_left),
		cmocka_unit_test(test_read_only_mount),
	};
	const char *tmp = getenv("TMPDIR");
	CLEANUP(freep) char *dir = xasprintf("%s/snug-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	int r;

	if (!mkdtemp(dir))
		return 1;
	r = mount_tiny(dir);
	if (r < 0) {
		printf("1..0 # SKIP cannot mount a tmpfs here: %s\n", strerror(-r));
		(void)rmdir(dir);
		return 0;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	(void)!chdir("/");
	(void)umount2(dir, MNT_DETACH);
	(void)rmdir(dir);
	return r;
}
