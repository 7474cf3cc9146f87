/* SPDX-License-Identifier: Apache-2.0 */
/* Counting equal events, and choosing some. */
#include "audit/enrich.h"
#include "audit/filter.h"
#include "audit/groups.h"
#include "audit/record.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct snug_audit_event *event;
static char *line;

static int setup(void **state)
{
	(void)state;
	event = xmalloc(sizeof(*event));
	return setenv("TZ", "UTC-1", 1);
}

static int teardown(void **state)
{
	(void)state;
	free(event);
	free(line);
	return 0;
}

static void seccomp(unsigned second, const char *comm, const char *exe, const char *rest)
{
	free(line); /* the event before has borrowed from it */
	line = xasprintf("type=SECCOMP msg=audit(%u.000:1): pid=%u comm=\"%s\" exe=%s %s", second,
			 second, comm, exe, rest);
	if (snug_audit_record_parse(line, strlen(line), event) != SNUG_AUDIT_EVENT)
		fail_msg("no event: %s", line);
}

static void equal_ones(void **state)
{
	CLEANUP(snug_audit_groups_freep) struct snug_audit_groups *g = snug_audit_groups_new();
	const struct snug_audit_group *const *sorted;
	struct snug_enriched web = { .exe = xstrdup("/other"), .container = "abc", .name = "web" };
	CLEANUP(freep) char *freed = web.exe;
	size_t n;

	(void)state;
	(void)freed;
	seccomp(5, "a", "\"/b\"", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	seccomp(3, "thread", "2F62", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	snug_audit_groups_add(g, event, &web);
	seccomp(9, "a", "\"/b\"", "arch=c000003e syscall=1 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	seccomp(9, "a", "\"/b\"", "arch=c000003e syscall=63 code=0x50000");
	snug_audit_groups_add(g, event, NULL);
	seccomp(9, "a", "\"/b\"", "arch=40000003 syscall=63 code=0x50000");
	snug_audit_groups_add(g, event, NULL);
	seccomp(9, "a", "\"/a\"", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	/* without an executable, what it is called counts, or what /proc says */
	seccomp(9, "c", "(null)", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	seccomp(9, "d", "(null)", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	snug_audit_groups_add(g, event, &web);
	sorted = snug_audit_groups_sort(g, &n);
	assert_int_equal(n, 9);
	assert_null(sorted[0]->texts[SNUG_AUDIT_EXE].text);
	assert_memory_equal(sorted[1]->texts[SNUG_AUDIT_COMM].text, "d", 1);
	assert_memory_equal(sorted[2]->texts[SNUG_AUDIT_EXE].text, "/a", 2);
	/* /b: dup2 (63 of i386), uname refused and logged, write, then the container's */
	assert_int_equal(sorted[3]->audit_arch, 0x40000003);
	assert_int_equal(sorted[4]->code, 0x50000);
	assert_int_equal(sorted[5]->count, 2);
	assert_int_equal(sorted[5]->first_us, 3000000);
	assert_int_equal(sorted[5]->last_us, 5000000);
	assert_int_equal(sorted[5]->pid, 3);
	assert_int_equal(sorted[6]->nr, 1);
	assert_memory_equal(sorted[7]->texts[SNUG_AUDIT_CONTAINER_NAME].text, "web", 3);
	assert_memory_equal(sorted[8]->texts[SNUG_AUDIT_EXE].text, "/other", 6);
	/* still found after sorting */
	seccomp(1, "x", "\"/b\"", "arch=c000003e syscall=63 code=0x7ffc0000");
	snug_audit_groups_add(g, event, NULL);
	sorted = snug_audit_groups_sort(g, &n);
	assert_int_equal(n, 9);
	assert_int_equal(sorted[5]->count, 3);
	assert_int_equal(sorted[5]->first_us, 1000000);
}

static void too_many(void **state)
{
	CLEANUP(snug_audit_groups_freep) struct snug_audit_groups *g = snug_audit_groups_new();
	size_t n;

	(void)state;
	for (unsigned i = 0; i < SNUG_LIMIT_AUDIT_GROUPS + 10; i++) {
		CLEANUP(freep) char *exe = xasprintf("\"/%u\"", i);

		seccomp(1, "a", exe, "arch=c000003e syscall=63 code=0x50000");
		snug_audit_groups_add(g, event, NULL);
	}
	/* what is known is still counted */
	seccomp(1, "a", "\"/0\"", "arch=c000003e syscall=63 code=0x50000");
	snug_audit_groups_add(g, event, NULL);
	assert_int_equal(snug_audit_groups_left_out(g), 10);
	(void)snug_audit_groups_sort(g, &n);
	assert_int_equal(n, SNUG_LIMIT_AUDIT_GROUPS);
}

static void too_large(void **state)
{
	CLEANUP(snug_audit_groups_freep) struct snug_audit_groups *g = snug_audit_groups_new();
	size_t n, long_len = 60000;
	CLEANUP(freep) char *filling = xmalloc(long_len + 1);

	(void)state;
	memset(filling, 'x', long_len);
	filling[long_len] = '\0';
	for (unsigned i = 0; i < 200; i++) {
		CLEANUP(freep) char *exe = xasprintf("\"/%u%s\"", i, filling);

		seccomp(1, "a", exe, "arch=c000003e syscall=63 code=0x50000");
		snug_audit_groups_add(g, event, NULL);
	}
	(void)snug_audit_groups_sort(g, &n);
	assert_in_range(n, 100, SNUG_LIMIT_AUDIT_GROUP_BYTES / 60000);
	assert_int_equal(snug_audit_groups_left_out(g), 200 - n);
}

static bool fits(struct snug_audit_filter f, const struct snug_enriched *who)
{
	return snug_audit_filter_fits(&f, event, who);
}

#define ONE(word)  ((char *[]){ word, NULL })
#define TWO(a, b)  ((char *[]){ a, b, NULL })
#define W(literal) ((char[]){ literal })

static void filters(void **state)
{
	char own[] = "web", pod[] = "shop", ns[] = "default";
	const struct snug_enriched web = {
		.exe = NULL, .container = "0123abcd", .name = own, .pod = pod, .pod_namespace = ns
	};
	const uint32_t pids[] = { 1, 9 }, others[] = { 1 };

	(void)state;
	seccomp(9, "ls", "\"/usr/bin/ls\"", "arch=c000003e syscall=63 code=0x50000");
	assert_true(fits((struct snug_audit_filter){ 0 }, NULL));
	assert_true(fits((struct snug_audit_filter){ .since_us = 9000000 }, NULL));
	assert_false(fits((struct snug_audit_filter){ .since_us = 9000001 }, NULL));
	assert_true(fits((struct snug_audit_filter){ .pids = pids, .n_pids = 2 }, NULL));
	assert_false(fits((struct snug_audit_filter){ .pids = others, .n_pids = 1 }, NULL));
	assert_true(fits((struct snug_audit_filter){ .comms = TWO(W("x"), W("l?")) }, NULL));
	assert_false(fits((struct snug_audit_filter){ .comms = ONE(W("l")) }, NULL));
	assert_true(fits((struct snug_audit_filter){ .exes = ONE(W("ls")) }, NULL));
	assert_true(fits((struct snug_audit_filter){ .exes = ONE(W("/usr/*")) }, NULL));
	assert_false(fits((struct snug_audit_filter){ .exes = ONE(W("/bin/ls")) }, NULL));
	assert_true(fits((struct snug_audit_filter){ .kinds = 1u << SNUG_AUDIT_SECCOMP }, NULL));
	assert_false(fits((struct snug_audit_filter){ .kinds = 1u << SNUG_AUDIT_SELINUX }, NULL));
	for (size_t i = 0; i < 5; i++) {
		static char words[][16] = { "0123", "0123abcd", "web", "shop", "shop/web" };

		assert_true(fits((struct snug_audit_filter){ .containers = ONE(words[i]) }, &web));
		assert_false(fits((struct snug_audit_filter){ .containers = ONE(words[i]) }, NULL));
	}
	for (size_t i = 0; i < 5; i++) {
		static char words[][16] = { "123", "", "we", "shop/", "shop/we" };

		assert_false(fits((struct snug_audit_filter){ .containers = ONE(words[i]) }, &web));
	}
	assert_false(fits(
		(struct snug_audit_filter){ .comms = ONE(W("ls")), .exes = ONE(W("cat")) }, NULL));
	/* "/usr/bin/ls (deleted)" */
	seccomp(9, "ls", "2F7573722F62696E2F6C73202864656C6574656429",
		"arch=c000003e syscall=63 code=0x50000");
	assert_true(fits((struct snug_audit_filter){ .exes = ONE(W("ls")) }, NULL));
	assert_true(fits((struct snug_audit_filter){ .exes = ONE(W("/usr/bin/ls")) }, NULL));
	assert_true(fits((struct snug_audit_filter){ .exes = ONE(W("ls (del*")) }, NULL));
	assert_false(fits((struct snug_audit_filter){ .exes = ONE(W("l")) }, NULL));
}

static void since(void **state)
{
	const uint64_t now = UINT64_C(1795326566) * 1000000; /* 2026-11-22 05:49:26 UTC */
	static const struct {
		const char *word;
		uint64_t second, us;
	} rows[] = {
		{ "10m", 1795326566 - 600, 0 },
		{ "1h30m", 1795326566 - 5400, 0 },
		{ "0s", 1795326566, 0 },
		{ "@1795326000", 1795326000, 0 },
		{ "@1795326000.5", 1795326000, 500000 },
		{ "2026-11-22", 1795302000, 0 },
		{ "2026-11-22 06:49", 1795326540, 0 },
		{ "2026-11-22T06:49:26", 1795326566, 0 },
		{ "2026-11-22T06:49:26.000001", 1795326566, 1 },
		{ "2026-11-22T05:49:26Z", 1795326566, 0 },
		{ "2026-11-22T05:49:26.115Z", 1795326566, 115000 },
		{ "2026-11-22T05:49:26.1234567Z", 1795326566, 123456 },
		{ "2026-11-22T08:49:26+03:00", 1795326566, 0 },
		{ "2026-11-22 02:19:26.25-0330", 1795326566, 250000 },
		{ "2026-11-22T05:49Z", 1795326540, 0 },
		{ "today", 1795302000, 0 },
	};
	static const char *const bad[] = { "",
					   "x",
					   "0",
					   "1795326566",
					   "2026-11",
					   "2026-13-01",
					   "2026-02-30",
					   "2026-02-29T00:00Z",
					   "2026-11-22 5:49",
					   "2026-11-22 ",
					   "2026-11-22 05:49:26 ",
					   "2026-11-22 05:49:26.",
					   "2026-11-22 05:49:26.Z",
					   "2026-11-22T05:49:26+15:00",
					   "2026-11-22T05:49:26+3",
					   "2026-11-22T05:49:26+03:00Z",
					   "1970-01-01T00:00+01:00",
					   "@",
					   "@.5",
					   "@1.",
					   "@-1",
					   "@99999999999999999999999999",
					   "-10m",
					   "99999999999999999999",
					   "100000d",
					   "2026-11-22 25:00" };
	uint64_t us;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (snug_audit_since_parse(rows[i].word, now, &us) < 0)
			fail_msg("refused: %s", rows[i].word);
		assert_int_equal(us, rows[i].second * 1000000 + rows[i].us);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (snug_audit_since_parse(bad[i], now, &us) != -EINVAL)
			fail_msg("taken: '%s'", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_ones), cmocka_unit_test(too_many),
		cmocka_unit_test(too_large),  cmocka_unit_test(filters),
		cmocka_unit_test(since),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
