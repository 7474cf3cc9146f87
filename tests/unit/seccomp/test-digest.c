/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/digest.h"

#include "base/err.h"
#include "base/mem.h"
#include "random-profile.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

enum { N_PROFILES = 150, N_CALLS = 60 };

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_digest digest;
};

static void fixture_done(struct fixture *f)
{
	snug_digest_done(&f->digest);
	f->meaning = snug_meaning_free(f->meaning);
	f->profile = snug_seccomp_profile_free(f->profile);
}

static void digest(struct fixture *f)
{
	const struct snug_meaning_options opts = { .keep_unknown = true };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_meaning_new(f->profile, &host_x86, &opts, &f->meaning, &err) < 0 ||
	    snug_digest(f->meaning, &f->digest, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static void allow(struct snug_seccomp_profile *p, enum snug_action action, const char *name)
{
	(void)snug_seccomp_profile_add(p, action, &name, 1);
}

static const struct snug_digest_call *find(const struct snug_digest *d, const char *name)
{
	VEC_FOREACH (c, &d->calls)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* The same of a call that has to be there. */
static const struct snug_digest_call *get(const struct snug_digest *d, const char *name)
{
	static const struct snug_digest_call none;
	const struct snug_digest_call *c = find(d, name);

	assert_non_null(c);
	return c ? c : &none;
}

static void calls_are_counted_and_sorted(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const struct snug_digest *d = &f.digest;
	struct snug_seccomp_entry *e;
	const char *socket = "socket";

	(void)state;
	f.profile = snug_seccomp_profile_new("p", SNUG_ACTION_ERRNO);
	*VEC_PUSH(&f.profile->arches) = SNUG_ARCH_X86_64;
	*VEC_PUSH(&f.profile->arches) = SNUG_ARCH_X86;
	allow(f.profile, SNUG_ACTION_ALLOW, "write");
	allow(f.profile, SNUG_ACTION_ALLOW, "read");
	allow(f.profile, SNUG_ACTION_ALLOW, "brk");
	allow(f.profile, SNUG_ACTION_ALLOW, "stat64");
	allow(f.profile, SNUG_ACTION_ALLOW, "send");
	allow(f.profile, SNUG_ACTION_ALLOW, "arm_fadvise64_64");
	allow(f.profile, SNUG_ACTION_ALLOW, "frobnicate");
	allow(f.profile, SNUG_ACTION_KILL, "bpf");
	allow(f.profile, SNUG_ACTION_ERRNO, "mount");
	e = snug_seccomp_profile_add(f.profile, SNUG_ACTION_ALLOW, &socket, 1);
	*VEC_PUSH(&e->args) = (struct snug_seccomp_arg){ 0, SNUG_CMP_EQ, 2, 0, false };
	digest(&f);

	assert_int_equal(d->n_always, 3);
	assert_int_equal(d->n_partly, 1);
	assert_int_equal(d->n_elsewhere, 1);
	assert_int_equal(d->n_unknown, 1);
	assert_true(d->n_known > 300 && d->n_known < 500);
	assert_int_equal(d->default_ret, SECCOMP_RET_ERRNO | 1);
	assert_int_equal(d->rets.len, 2);
	assert_int_equal(d->rets.items[0], SECCOMP_RET_ALLOW);
	assert_int_equal(d->rets.items[1], SECCOMP_RET_KILL_THREAD);
	assert_int_equal(d->calls.len, 9);
	for (size_t i = 1; i < d->calls.len; i++) {
		const struct snug_digest_call *a = &d->calls.items[i - 1], *b = a + 1;

		assert_true(a->category < b->category ||
			    (a->category == b->category && strcmp(a->name, b->name) < 0));
	}
	assert_null(find(d, "mount"));
	assert_true(get(d, "read")->is_native && get(d, "read")->is_always);
	assert_int_equal(get(d, "read")->arches, 1u << SNUG_ARCH_X86_64 | 1u << SNUG_ARCH_X86);
	assert_false(get(d, "stat64")->is_native);
	assert_int_equal(get(d, "stat64")->arches, 1u << SNUG_ARCH_X86);
	/* i386 has it behind socketcall(2) only */
	assert_int_equal(get(d, "send")->arches, 1u << SNUG_ARCH_X86);
	assert_int_equal(get(d, "arm_fadvise64_64")->arches, 0);
	assert_false(get(d, "frobnicate")->is_known);
	assert_false(get(d, "socket")->is_always);
	assert_int_equal(get(d, "socket")->answers.len, 1);
}

static void what_is_not_named_passes_by_default(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_seccomp_entry *e;
	const char *socket = "socket";

	(void)state;
	f.profile = snug_seccomp_profile_new("p", SNUG_ACTION_ALLOW);
	allow(f.profile, SNUG_ACTION_ERRNO, "bpf");
	allow(f.profile, SNUG_ACTION_LOG, "read");
	e = snug_seccomp_profile_add(f.profile, SNUG_ACTION_ERRNO, &socket, 1);
	*VEC_PUSH(&e->args) = (struct snug_seccomp_arg){ 0, SNUG_CMP_EQ, 2, 0, false };
	digest(&f);
	assert_int_equal(f.digest.n_always, f.digest.n_known - 2);
	assert_int_equal(f.digest.n_partly, 1);
}

static uint32_t answer_to(const struct snug_digest *d, const struct snug_digest_call *c,
			  const uint64_t args[SNUG_N_ARGS])
{
	VEC_FOREACH (answer, &c->answers)
		if (snug_argset_contains(&answer->args, args))
			return answer->ret;
	return d->default_ret;
}

/* What the digest says is what the evaluator answers. */
static void digests_agree_with_decisions(void **state)
{
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };

		digest(&f);
		for (int k = 0; k < N_CALLS; k++) {
			const struct snug_digest_call *c;
			uint64_t args[SNUG_N_ARGS];
			uint32_t ret;
			int64_t nr;

			if (!f.digest.calls.len)
				break;
			c = &f.digest.calls.items[random_below(&r, (uint32_t)f.digest.calls.len)];
			nr = snug_syscall_number(SNUG_ARCH_X86_64, c->name);
			if (nr < 0)
				continue;
			for (int a = 0; a < SNUG_N_ARGS; a++)
				args[a] = random_edge(&r);
			ret = snug_meaning_decide(f.meaning, SNUG_ARCH_X86_64, (uint32_t)nr, args)
				      .ret;
			assert_int_equal(answer_to(&f.digest, c, args), ret);
			if (c->is_always)
				assert_int_equal(c->answers.items[0].ret, ret);
		}
		assert_true(f.digest.n_always + f.digest.n_partly <= f.digest.n_known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_counted_and_sorted),
		cmocka_unit_test(what_is_not_named_passes_by_default),
		cmocka_unit_test(digests_agree_with_decisions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
