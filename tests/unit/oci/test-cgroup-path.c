/* SPDX-License-Identifier: Apache-2.0 */
/* Over a folder that stands in for a host with trees of both versions. */
#include "oci/cgroup-path.h"

#include "base/err.h"
#include "base/mem.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char root[] = "/tmp/snug-test-XXXXXX";

static void make_folders(const char *path)
{
	CLEANUP(freep) char *whole = xasprintf("%s%s/", root, path);

	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(whole, 0700);
		*slash = '/';
	}
}

static void put(const char *folder, const char *name, const char *text)
{
	CLEANUP(freep) char *path = xasprintf("%s%s/%s", root, folder, name);
	FILE *f;

	make_folders(folder);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	put("/proc/self", "mountinfo",
	    "20 1 0:19 / / rw - ext4 /dev/a rw\n"
	    "30 20 0:26 / /sys/fs/cgroup/systemd rw,nosuid shared:9 - cgroup cgroup "
	    "rw,xattr,name=systemd\n"
	    "31 20 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
	    "32 20 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
	    "33 20 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
	    "34 20 0:28 /pods /mnt/part rw - cgroup cgroup rw,memory\n"
	    "broken\n"
	    "35 - cgroup2\n"
	    "36 20 0:30 / /x rw - cgroup2\n");
	make_folders("/sys/fs/cgroup/systemd/named");
	make_folders("/sys/fs/cgroup/cpu,cpuacct/a/b");
	make_folders("/sys/fs/cgroup/memory/a/b");
	make_folders("/sys/fs/cgroup/memory/only");
	make_folders("/sys/fs/cgroup/unified/a");
	make_folders("/mnt/part/one");
	put("/proc/5", "cgroup", "3:memory:/a/b\n2:cpu,cpuacct:/a\n1:name=systemd:/named\n0::/\n");
	put("/proc/6", "cgroup", "3:memory:/ab\nno line\n0::/a/b/c\n");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void words(void **state)
{
	static const struct {
		const char *word, *dir, *path, *controllers;
	} cases[] = {
		/* a directory */
		{ "/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a/b", "/a/b", "rw,memory" },
		{ "/sys/fs/cgroup/unified/a//", "/sys/fs/cgroup/unified/a", "/a", NULL },
		{ "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory", "/", "rw,memory" },
		{ "/mnt/part/one", "/mnt/part/one", "/pods/one", "rw,memory" },
		/* a line */
		{ "0::/a", "/sys/fs/cgroup/unified/a", "/a", NULL },
		{ "3:memory:/a", "/sys/fs/cgroup/memory/a", "/a", "rw,memory" },
		{ "7:cpu,cpuacct:/a/b", "/sys/fs/cgroup/cpu,cpuacct/a/b", "/a/b",
		  "rw,cpu,cpuacct" },
		/* a path: version 2 first, then the order of the mounts */
		{ "/a", "/sys/fs/cgroup/unified/a", "/a", NULL },
		{ "/a/b", "/sys/fs/cgroup/cpu,cpuacct/a/b", "/a/b", "rw,cpu,cpuacct" },
		{ "/only", "/sys/fs/cgroup/memory/only", "/only", "rw,memory" },
		{ "/pods/one", "/mnt/part/one", "/pods/one", "rw,memory" },
		{ "/", "/sys/fs/cgroup/unified", "/", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_cgroup_path_done) struct snug_cgroup_path p = { NULL, NULL, NULL };
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

		if (snug_cgroup_path_find(root, cases[i].word, &p, &err) < 0)
			fail_msg("%s: %s", cases[i].word, snug_err_msg(&err));
		assert_string_equal(p.dir + strlen(root), cases[i].dir);
		assert_string_equal(p.path, cases[i].path);
		if (cases[i].controllers)
			assert_string_equal(p.controllers, cases[i].controllers);
		else
			assert_null(p.controllers);
	}
}

static void none(void **state)
{
	static const struct {
		const char *word;
		int code;
		const char *says;
	} cases[] = {
		{ "", -EINVAL, "'' is no cgroup: give its directory below /sys/fs/cgroup" },
		{ "web", -EINVAL, "'web' is no cgroup" },
		{ "a\033[2J", -EINVAL, "'a\\x1b[2J' is no cgroup" },
		{ "/nowhere", -ENOENT, "no cgroup '/nowhere' on this host" },
		{ "/sys/fs/cgroup/memory/nowhere", -ENOENT, "no cgroup" },
		/* a tree without a controller */
		{ "/named", -ENOENT, "no cgroup" },
		{ "1:name=systemd:/named", -ENOENT, "no cgroup" },
		{ "0::/a/b", -ENOENT, "no cgroup" },
		{ "3:memory:relative", -ENOENT, "no cgroup" },
		{ ":memory:/a", -ENOENT, "no cgroup" },
		{ "3:", -ENOENT, "no cgroup" },
		{ "3:pids:/a", -ENOENT, "no cgroup" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		struct snug_cgroup_path p;

		assert_int_equal(snug_cgroup_path_find(root, cases[i].word, &p, &err),
				 cases[i].code);
		assert_non_null(strstr(snug_err_msg(&err), cases[i].says));
	}
}

static bool has(const char *word, pid_t pid)
{
	CLEANUP(snug_cgroup_path_done) struct snug_cgroup_path p = { NULL, NULL, NULL };

	assert_int_equal(snug_cgroup_path_find(root, word, &p, NULL), 0);
	return snug_cgroup_path_has(root, &p, pid);
}

static void processes(void **state)
{
	(void)state;
	assert_true(has("3:memory:/a", 5));
	assert_true(has("3:memory:/a/b", 5));
	assert_true(has("2:cpu,cpuacct:/a", 5));
	assert_false(has("2:cpu,cpuacct:/a/b", 5));
	assert_false(has("0::/a", 5));
	assert_true(has("0::/", 5));
	/* /ab is not below /a */
	assert_false(has("3:memory:/a", 6));
	assert_true(has("0::/a", 6));
	assert_false(has("0::/a", 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(none),
		cmocka_unit_test(processes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
