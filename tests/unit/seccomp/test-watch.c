/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter that asks a listener instead of refusing: for random profiles and calls, it asks exactly
 * where the filter that it was made of gives an errno (or asks somebody else whom we stand in for),
 * the evaluator knows which one, and every other answer is the same.
 */
#include "base/err.h"
#include "seccomp/filter.h"
#include "seccomp/meaning.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include "bpf-sim.h"
#include "random-profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/seccomp.h>

#include <cmocka.h>

static const struct snug_seccomp_env host = { .arch = SNUG_ARCH_X86_64, .kernel_version = 6 << 16 };
static const enum snug_arch abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_seccomp_filter plain, watched;
	unsigned what; /* SNUG_WATCH_* */
};

static void fixture_done(struct fixture *f)
{
	snug_seccomp_filter_done(&f->plain);
	snug_seccomp_filter_done(&f->watched);
	snug_meaning_free(f->meaning);
	snug_seccomp_profile_free(f->profile);
}

static void compile(struct fixture *f)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_meaning_new(f->profile, &host, NULL, &f->meaning, &err) < 0 ||
	    snug_seccomp_filter_compile(f->profile, &host, NULL, NULL, &f->plain, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static uint32_t run(const struct snug_seccomp_filter *f, enum snug_arch arch, uint32_t nr,
		    const uint64_t args[SNUG_N_ARGS])
{
	uint32_t ret;

	assert_true(bpf_sim_call(f->insns, f->n_insns, snug_arch_to_audit(arch), nr, args, &ret) >
		    0);
	return ret;
}

static bool is_asked_about(const struct fixture *f, uint32_t action)
{
	return action == SECCOMP_RET_ERRNO ||
	       (f->what & SNUG_WATCH_ASKED &&
		(action == SECCOMP_RET_TRACE || action == SECCOMP_RET_USER_NOTIF)) ||
	       (f->what & SNUG_WATCH_LOGGED && action == SECCOMP_RET_LOG);
}

/* Returns whether the listener is asked. */
static bool check_call(const struct fixture *f, struct random_source *r)
{
	enum snug_arch arch = abis[random_below(r, 3)];
	uint64_t args[SNUG_N_ARGS];
	uint32_t nr = random_call_number(r, arch), plain, watched;

	for (int i = 0; i < SNUG_N_ARGS; i++)
		args[i] = random_below(r, 2) ? random_below(r, 25) : random_edge(r);
	plain = run(&f->plain, arch, nr, args);
	watched = run(&f->watched, arch, nr, args);
	if (!is_asked_about(f, plain & SECCOMP_RET_ACTION_FULL)) {
		assert_int_equal(watched, plain);
		return false;
	}
	assert_int_equal(watched, SECCOMP_RET_USER_NOTIF);
	assert_int_equal(snug_meaning_decide(f->meaning, arch, nr, args).ret, plain);
	return true;
}

static int watch(struct fixture *f)
{
	return snug_seccomp_filter_watch(&f->plain, f->what, &f->watched, NULL);
}

static void asks_where_it_refused(void **state)
{
	unsigned long n_asked = 0, n_calls = 0;
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 400; i++) {
		CLEANUP(fixture_done)
		struct fixture f = { .profile = random_filter(&r), .what = i & 3 };

		compile(&f);
		if (f.plain.needs_listener && !(f.what & SNUG_WATCH_ASKED)) {
			assert_int_equal(watch(&f), -EOPNOTSUPP);
			continue;
		}
		assert_int_equal(watch(&f), 0);
		assert_int_equal(f.watched.n_insns, f.plain.n_insns);
		assert_null(bpf_sim_check(f.watched.insns, f.watched.n_insns));
		for (int k = 0; k < 200; k++, n_calls++)
			n_asked += check_call(&f, &r);
	}
	printf("# asked about %lu of %lu calls\n", n_asked, n_calls);
	assert_true(n_asked > n_calls / 20 && n_calls > 10000);
}

static void parse(struct fixture *f, const char *text)
{
	assert_int_equal(
		snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, NULL), 0);
	compile(f);
}

static void flags(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	parse(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"flags\":[\"SECCOMP_FILTER_FLAG_TSYNC\","
		  "\"SECCOMP_FILTER_FLAG_LOG\"]}");
	assert_true(snug_seccomp_filter_refuses(&f.plain));
	assert_int_equal(watch(&f), 0);
	assert_true(f.watched.needs_listener);
	assert_int_equal(f.watched.flags & ~(unsigned)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
			 SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_NEW_LISTENER);
	assert_false(snug_seccomp_filter_refuses(&f.watched));
}

static void logged(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { .what = SNUG_WATCH_LOGGED };

	(void)state;
	parse(&f, "{\"defaultAction\":\"SCMP_ACT_LOG\"}");
	assert_int_equal(watch(&f), 0);
	assert_int_equal(f.watched.flags & ~(unsigned)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
			 SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_NEW_LISTENER);
	assert_false(snug_seccomp_filter_logs(&f.watched));
}

static void nothing_to_ask(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	parse(&f, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"chdir\"],"
		  "\"action\":\"SCMP_ACT_KILL_PROCESS\"},{\"names\":[\"uname\"],"
		  "\"action\":\"SCMP_ACT_LOG\"}]}");
	assert_false(snug_seccomp_filter_refuses(&f.plain));
	assert_false(snug_seccomp_filter_asks(&f.plain));
}

static void somebody_else_to_ask(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { .what = SNUG_WATCH_ASKED };

	(void)state;
	parse(&f, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"chdir\"],"
		  "\"action\":\"SCMP_ACT_TRACE\"}]}");
	assert_false(snug_seccomp_filter_refuses(&f.plain));
	assert_true(snug_seccomp_filter_asks(&f.plain));
	assert_int_equal(watch(&f), 0);
	assert_int_equal(run(&f.watched, SNUG_ARCH_X86_64, 80, (uint64_t[SNUG_N_ARGS]){ 0 }),
			 SECCOMP_RET_USER_NOTIF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_where_it_refused),
		cmocka_unit_test(flags),
		cmocka_unit_test(logged),
		cmocka_unit_test(nothing_to_ask),
		cmocka_unit_test(somebody_else_to_ask),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
