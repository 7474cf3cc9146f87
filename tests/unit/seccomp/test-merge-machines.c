/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging for machines other than x86, held against the evaluator, with random profiles.
 */
#include "merge-test.h"
#include "random-profile.h"
#include "seccomp/merge.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static bool lists_family(const struct snug_seccomp_profile *p, enum snug_arch family)
{
	VEC_FOREACH (arch, &p->arches)
		if (snug_arch_family(*arch) == family)
			return true;
	return false;
}

/* A random profile that lists some ABIs of @env's kernel. */
static struct snug_seccomp_profile *input_for(struct random_source *r,
					      const struct snug_seccomp_env *env)
{
	struct snug_seccomp_profile *p = random_input(r);

	p->arches.len = 0;
	for (int a = 0; a < _SNUG_ARCH_MAX; a++)
		if (snug_arch_family((enum snug_arch)a) == snug_arch_family(env->arch) &&
		    random_below(r, 4))
			*VEC_PUSH(&p->arches) = (enum snug_arch)a;
	return p;
}

static void merge_for(struct snug_seccomp_profile *p[2], const struct snug_seccomp_env *env,
		      enum snug_merge_mode mode, struct snug_merged *ret)
{
	const struct snug_merge_options opts = { .mode = mode, .format = SNUG_PROFILE_OCI_JSON };
	struct snug_meaning *inputs[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(snug_meaning_new(p[i], env, &merge_keep, &inputs[i], NULL), 0);
	assert_int_equal(
		snug_merge((const struct snug_meaning *const *)inputs, 2, &opts, ret, NULL), 0);
	for (int i = 0; i < 2; i++)
		snug_meaning_free(inputs[i]);
}

/* The result is contained in both, as a kernel like @env's reads them, on every ABI there is; exact
 * is what it says it is, where it was merged for (@is_here). */
static void check_machine(struct random_source *r, struct snug_seccomp_profile *p[2],
			  const struct snug_seccomp_env *env, bool is_here,
			  enum snug_merge_mode mode, const struct snug_merged *m)
{
	struct snug_meaning *inputs[2], *result;

	for (int i = 0; i < 2; i++)
		assert_int_equal(snug_meaning_new(p[i], env, &merge_keep, &inputs[i], NULL), 0);
	assert_int_equal(snug_meaning_new(m->profile, env, &merge_keep, &result, NULL), 0);
	for (int i = 0; i < 2000; i++) {
		enum snug_arch arch = (enum snug_arch)random_below(r, _SNUG_ARCH_MAX);
		struct snug_decision want, got;
		struct call c;

		if (snug_arch_family(arch) != snug_arch_family(env->arch) ||
		    !random_call_on(r, arch, &c))
			continue;
		want = decide_together(inputs, 2, mode, &c);
		got = decide(result, &c);
		if (compare_decisions(got, want) > 0 ||
		    (compare_decisions(got, want) != 0 && m->is_exact && is_here))
			dump_merge("another machine", &c, want.ret, got.ret, p, 2, m);
	}
	snug_meaning_free(result);
	for (int i = 0; i < 2; i++)
		snug_meaning_free(inputs[i]);
}

/* Where two ABIs have socketcall(2), and where the native one has 32 bits: merged for that machine,
 * and for another one while it is listed. */
static void other_machines(void **state)
{
	static const enum snug_arch hosts[] = { SNUG_ARCH_S390X, SNUG_ARCH_AARCH64, SNUG_ARCH_X86,
						SNUG_ARCH_PPC64LE, SNUG_ARCH_MIPS64 };
	struct random_source r = { 7 };
	unsigned n_listed = 0, n_left_out = 0;

	(void)state;
	for (size_t h = 0; h < ARRAY_SIZE(hosts); h++) {
		const struct snug_seccomp_env env = { .arch = hosts[h] };
		const struct snug_seccomp_env elsewhere = { .arch = SNUG_ARCH_RISCV64 };

		for (int i = 0; i < 20; i++) {
			enum snug_merge_mode mode = i % 2 ? SNUG_MERGE_UNION : SNUG_MERGE_INTERSECT;
			struct snug_seccomp_profile *p[2] = { input_for(&r, &env),
							      input_for(&r, &env) };
			CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
			CLEANUP(snug_merged_done) struct snug_merged far = { 0 };

			merge_for(p, &env, mode, &m);
			check_machine(&r, p, &env, true, mode, &m);
			merge_for(p, &elsewhere, mode, &far);
			if (lists_family(far.profile, env.arch)) {
				check_machine(&r, p, &env, false, mode, &far);
				n_listed++;
			} else {
				n_left_out++;
			}
			for (int k = 0; k < 2; k++)
				snug_seccomp_profile_free(p[k]);
		}
	}
	printf("# merged elsewhere: %u listed, %u left out\n", n_listed, n_left_out);
	assert_true(n_listed > 10 && n_left_out > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_machines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
