/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles that look at arguments: of random recordings every call is allowed that was made, and no
 * other; by snug's meaning and by the program that libseccomp makes as runc has it. */
#include "record/derive.h"

#include "base/err.h"
#include "record/argument-facts.h"
#include "seccomp/meaning.h"
#include "seccomp/ret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../seccomp/random-profile.h"
#include "../seccomp/runc-filter.h"
#include "bpf-sim.h"
#include "recording-test.h"

#define X64 SNUG_ARCH_X86_64
#define X86 SNUG_ARCH_X86

static const char *const random_names[] = { "socket",    "clone",      "mmap",  "mprotect",
					    "ptrace",    "ioctl",      "fcntl", "unshare",
					    "keyctl",    "setsockopt", "shmat", "mount",
					    "socketcall" };

struct made_call {
	enum snug_arch arch;
	uint32_t nr;
	uint64_t args[SNUG_N_ARGS];
};

struct made_calls {
	struct made_call *items;
	size_t len, cap;
};

static void random_args(struct random_source *source, struct made_call *c)
{
	for (int i = 0; i < SNUG_N_ARGS; i++) {
		c->args[i] = random_u64(source) % 9;
		if (random_u64(source) % 8 == 0)
			c->args[i] |= UINT64_C(1) << random_u64(source) % 32;
		/* ints, extended by zeros or by their sign, and some not at all */
		if (random_u64(source) % 16 == 0)
			c->args[i] = -c->args[i];
		if (random_u64(source) % 2)
			c->args[i] = (uint32_t)c->args[i];
		else
			c->args[i] = (uint64_t)(int64_t)(int32_t)c->args[i];
		if (random_u64(source) % 16 == 0)
			c->args[i] ^= (random_u64(source) % 3) << 32;
		if (snug_arch_is_32bit(c->arch))
			c->args[i] = (uint32_t)c->args[i];
	}
}

static void random_call(struct random_source *source, struct made_call *ret)
{
	int64_t nr;

	do {
		ret->arch = random_u64(source) % 3 ? X64 : X86;
		nr = snug_syscall_number(
			ret->arch, random_names[random_u64(source) % ARRAY_SIZE(random_names)]);
	} while (nr < 0);
	ret->nr = (uint32_t)nr;
	random_args(source, ret);
}

static struct snug_recording *random_recording(struct random_source *source,
					       struct made_calls *made_calls)
{
	struct snug_recording *r = recording_of(X64);
	size_t n = 1 + random_u64(source) % 40;

	for (size_t i = 0; i < n; i++) {
		struct made_call *c = VEC_PUSH(made_calls);
		struct snug_recording_call *call;

		random_call(source, c);
		call = snug_recording_call(r, c->arch, c->nr);
		(void)snug_argument_facts_begin(call);
		(void)snug_argument_facts_note(call, SNUG_BY_MAIN, c->args);
	}
	return r;
}

/* Whether @arg is what a recorder with @mask noted as @value. */
static bool is_alike(uint64_t arg, uint64_t mask, uint64_t value)
{
	if (mask != UINT32_MAX)
		return (arg & mask) == value;
	/* any upper half, if that was odd, or if there are two that are not */
	return (uint32_t)arg == (uint32_t)value && (arg == value || value > INT32_MAX);
}

/* Whether some recorded call of that name looks the same to the recorder. */
static bool was_made(const struct snug_recording *r, const char *name,
		     const uint64_t args[SNUG_N_ARGS])
{
	VEC_FOREACH (c, &r->calls) {
		if (strcmp(c->name, name) != 0)
			continue;
		VEC_FOREACH (t, &c->args.tuples) {
			bool is_same = true;

			for (unsigned i = 0; i < c->args.spec.n; i++)
				is_same &= is_alike(args[c->args.spec.index[i]],
						    c->args.spec.mask[i], t->values[i]);
			if (is_same)
				return true;
		}
	}
	return false;
}

static bool is_conditional(const struct snug_derived *d, const char *name)
{
	VEC_FOREACH (one, &d->conditional)
		if (strcmp(*one, name) == 0)
			return true;
	return false;
}

static bool passes(const struct snug_meaning *m, const struct made_call *c)
{
	return snug_ret_passes(snug_meaning_decide(m, c->arch, c->nr, c->args).ret);
}

static bool passes_for_runc(const struct runc_filter *f, const struct made_call *c)
{
	uint32_t ret;

	assert_true(bpf_sim_call(f->insns, f->n_insns, snug_arch_to_audit(c->arch), c->nr, c->args,
				 &ret) > 0);
	return snug_ret_passes(ret);
}

static void check_one(struct random_source *source, const struct snug_recording *r,
		      const struct made_calls *all)
{
	const struct snug_derive_policy policy = { .name = "x", .args = SNUG_ARGS_ALL };
	const struct snug_seccomp_env env = { .arch = X64 };
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct runc_filter runc = { 0 };

	if (snug_derive(&r, 1, &policy, &d, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_int_equal(snug_meaning_new(d.profile, &env, NULL, &m, NULL), 0);
	assert_int_equal(runc_filter_build(d.profile, snug_meaning_default(m), &runc), 0);
	VEC_FOREACH (c, all) {
		assert_true(passes(m, c));
		assert_true(passes_for_runc(&runc, c));
	}
	for (int i = 0; i < 200; i++) {
		struct made_call c;
		const char *name;
		bool is_allowed = false;

		random_call(source, &c);
		if (!snug_meaning_has_arch(m, c.arch))
			continue;
		name = snug_syscall_name(c.arch, c.nr);
		VEC_FOREACH (call, &r->calls)
			is_allowed |= strcmp(call->name, name) == 0;
		if (is_conditional(&d, name))
			is_allowed = was_made(r, name, c.args);
		assert_int_equal(passes(m, &c), is_allowed);
		/* libseccomp does not look at what is behind socketcall */
		if (strcmp(name, "socketcall") != 0)
			assert_int_equal(passes_for_runc(&runc, &c), is_allowed);
	}
	runc_filter_done(&runc);
}

static void test_random(void **state)
{
	struct random_source source;

	(void)state;
	random_init(&source);
	for (int round = 0; round < 200; round++) {
		struct made_calls all = { 0 };
		CLEANUP(snug_recording_freep)
		struct snug_recording *r = random_recording(&source, &all);

		check_one(&source, r, &all);
		VEC_DONE(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
