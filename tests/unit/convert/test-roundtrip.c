/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever converts, converts back to the same meaning: random profiles through the resolved
 * forms and through units, and the instructions against the evaluator.
 */
#include "../seccomp/random-profile.h"
#include "base/err.h"
#include "base/str.h"
#include "bpf-sim.h"
#include "convert-test.h"
#include "convert/resolve.h"
#include "convert/systemd-read.h"
#include "convert/systemd-write.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/version.h>

#include <cmocka.h>

enum { N_PROFILES = 1500, N_PROGRAMS = 300, N_CALLS = 40 };

static const struct snug_seccomp_env envs[] = {
	{ .arch = SNUG_ARCH_X86_64, .kernel_version = KERNEL_VERSION(6, 1, 0) },
	{ .arch = SNUG_ARCH_X86_64, .kernel_version = KERNEL_VERSION(4, 5, 0), .caps = UINT64_MAX },
	{ .arch = SNUG_ARCH_AARCH64, .kernel_version = KERNEL_VERSION(5, 1, 0) },
	{ .arch = SNUG_ARCH_S390X, .caps = 1ull << CAP_SYS_ADMIN },
};

static bool compiles(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;

	return snug_meaning_new(p, env, NULL, &m, NULL) == 0;
}

static void check_same(const struct snug_seccomp_profile *a, const struct snug_seccomp_profile *b,
		       const struct snug_seccomp_env *env, const char *text)
{
	CLEANUP(freep) char *difference = find_difference(a, b, env);

	if (difference)
		fail_msg("%s\n%s", difference, text);
}

static bool through_format(const struct snug_seccomp_profile *p, enum snug_profile_format format,
			   const struct snug_seccomp_env *env)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *plain = NULL;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *back = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	plain = snug_profile_resolve(p, env);
	assert_false(snug_profile_is_dialect(plain));
	if (!compiles(p, env)) {
		assert_false(compiles(plain, env));
		return false;
	}
	check_same(p, plain, env, "resolved");
	if (snug_seccomp_profile_write(plain, format, &text, &err) < 0) {
		assert_int_equal(err.code, -EOPNOTSUPP);
		return false;
	}
	if (snug_seccomp_profile_parse("back", text.buf, text.len, NULL, &back, &err) < 0)
		fail_msg("%s\n%s", snug_err_msg(&err), text.buf);
	check_same(p, back, env, text.buf);
	return true;
}

static void through_the_formats(void **state)
{
	struct random_source r;
	unsigned n = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		enum snug_profile_format from =
			i % 3 ? SNUG_PROFILE_OCI_JSON : SNUG_PROFILE_CRD_YAML;
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_profile(&r, from);
		const struct snug_seccomp_env *env = &envs[random_below(&r, ARRAY_SIZE(envs))];

		n += through_format(p, SNUG_PROFILE_OCI_JSON, env);
		n += through_format(p, SNUG_PROFILE_CRD_YAML, env);
	}
	printf("# %u conversions\n", n);
	assert_true(n > N_PROFILES / 10);
}

/* Fewer conditions and answers, so that most of them are what a unit can say. */
static void make_plain(struct random_source *r, struct snug_seccomp_profile *p)
{
	static const enum snug_action actions[] = { SNUG_ACTION_ALLOW, SNUG_ACTION_LOG,
						    SNUG_ACTION_ERRNO, SNUG_ACTION_KILL_PROCESS };

	p->default_action = actions[random_below(r, ARRAY_SIZE(actions))];
	p->default_errno_ret.value = 1 + random_below(r, 40);
	p->arches.len = random_below(r, 4);
	VEC_FOREACH (e, &p->entries) {
		e->action = actions[random_below(r, ARRAY_SIZE(actions))];
		if (random_below(r, 50))
			e->args.len = 0;
	}
}

static void through_units(void **state)
{
	struct random_source r;
	unsigned n = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_filter(&r);
		CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *back = NULL;
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

		make_plain(&r, p);
		if (snug_systemd_unit_write(p, &convert_env, NULL, NULL, &text, &err) < 0) {
			assert_int_equal(err.code, -EOPNOTSUPP);
			continue;
		}
		if (snug_systemd_unit_parse("back", text.buf, text.len, NULL, &back, &err) < 0)
			fail_msg("%s\n%s", snug_err_msg(&err), text.buf);
		check_same(p, back, &convert_env, text.buf);
		n++;
	}
	printf("# %u conversions\n", n);
	assert_true(n > N_PROFILES / 2);
}

static void check_calls(struct random_source *r, const struct snug_meaning *m,
			const struct snug_seccomp_filter *f, const struct snug_seccomp_profile *p)
{
	static const enum snug_arch abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

	for (int i = 0; i < N_CALLS; i++) {
		enum snug_arch arch = abis[random_below(r, ARRAY_SIZE(abis))];
		uint64_t args[SNUG_N_ARGS];
		uint32_t nr = random_call_number(r, arch), ret;

		for (unsigned j = 0; j < SNUG_N_ARGS; j++)
			args[j] = random_edge(r);
		/* on i386 the kernel passes the lower halves */
		for (unsigned j = 0; arch == SNUG_ARCH_X86 && j < SNUG_N_ARGS; j++)
			args[j] &= UINT32_MAX;
		assert_true(bpf_sim_call(f->insns, f->n_insns, snug_arch_to_audit(arch), nr, args,
					 &ret) > 0);
		if (ret != snug_meaning_decide(m, arch, nr, args).ret)
			fail_msg("%s: call %u of %s", p->source, nr, snug_arch_name(arch));
	}
}

static void as_instructions(void **state)
{
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROGRAMS; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_filter(&r);
		CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
		CLEANUP(snug_seccomp_filter_done) struct snug_seccomp_filter f = { 0 };
		CLEANUP(snug_str_done) struct snug_str pfc = SNUG_STR_INIT;

		assert_int_equal(snug_meaning_new(p, &convert_env, NULL, &m, NULL), 0);
		assert_int_equal(snug_seccomp_filter_compile_pfc(p, &convert_env, NULL, NULL, &pfc,
								 &f, NULL),
				 0);
		assert_non_null(strstr(pfc.buf, "# pseudo filter code end"));
		assert_null(bpf_sim_check(f.insns, f.n_insns));
		check_calls(&r, m, &f, p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through_the_formats),
		cmocka_unit_test(through_units),
		cmocka_unit_test(as_instructions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
