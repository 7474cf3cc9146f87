/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/str.h"
#include "oci/baseline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The names with spaces between them, for comparing. */
static void found(const struct snug_baseline_query *q, const char *want)
{
	CLEANUP(snug_baseline_done) struct snug_baseline b = { 0 };
	CLEANUP(snug_str_done) struct snug_str all = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_baseline_find(q, &b, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	VEC_FOREACH (name, &b.names)
		snug_str_addf(&all, "%s%s", all.len ? " " : "", *name);
	assert_string_equal(snug_str_text(&all), want);
	assert_non_null(b.version);
}

static void by_circumstances(void **state)
{
	struct snug_baseline_query q = {
		.runtime = "/usr/bin/crun",
		.no_new_privs = SNUG_KNOWN_YES,
		.is_root = SNUG_KNOWN_YES,
		.has_terminal = SNUG_KNOWN_NO,
	};

	(void)state;
	found(&q, "close execve");
	q.no_new_privs = SNUG_KNOWN_NO;
	found(&q, "capset close execve prctl pselect6 read rt_sigaction rt_sigprocmask setresgid "
		  "setresuid write");
	q.no_new_privs = SNUG_KNOWN_NOT;
	found(&q, "capset close execve prctl pselect6 read rt_sigaction rt_sigprocmask setresgid "
		  "setresuid write");
}

/* A Go runtime's own signals and locks: whether a measurement met them is chance. */
static void what_comes_by_chance(void **state)
{
	struct snug_baseline_query q = {
		.runtime = "runc",
		.no_new_privs = SNUG_KNOWN_YES,
		.is_root = SNUG_KNOWN_NO,
		.has_terminal = SNUG_KNOWN_NO,
	};

	(void)state;
	found(&q,
	      "close epoll_ctl execve fstatfs futex getdents64 getpid openat rt_sigreturn write");
}

static void a_runtime_that_nobody_measured(void **state)
{
	struct snug_baseline_query q = { .runtime = "/opt/your\nrun" };
	CLEANUP(snug_baseline_done) struct snug_baseline b = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(snug_baseline_find(&q, &b, &err), -ENOENT);
	assert_string_equal(snug_err_msg(&err),
			    "no baseline of the runtime 'your\\x0arun' was measured (known: runc, "
			    "crun); 'base:none' leaves it out");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_circumstances),
		cmocka_unit_test(what_comes_by_chance),
		cmocka_unit_test(a_runtime_that_nobody_measured),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
