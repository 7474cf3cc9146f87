/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random profiles, compiled, against a model that is written straight from the words of
 * seccomp/rules.h.
 */
#include "base/str.h"
#include "bpf-sim.h"
#include "compile-test.h"
#include "random-profile.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/seccomp.h>

#include <cmocka.h>

/* The model: what a call gets, by the words of rules.h. */

static bool model_cond(const struct snug_seccomp_arg *arg, const uint64_t args[6])
{
	uint64_t v = args[arg->index];

	switch ((int)arg->op) {
	case SNUG_CMP_NE:
		return v != arg->value;
	case SNUG_CMP_LT:
		return v < arg->value;
	case SNUG_CMP_LE:
		return v <= arg->value;
	case SNUG_CMP_EQ:
		return v == arg->value;
	case SNUG_CMP_GE:
		return v >= arg->value;
	case SNUG_CMP_GT:
		return v > arg->value;
	default:
		return (v & arg->value) == arg->value_two;
	}
}

/* Arguments have 32 bits here: a restriction that they could never meet is one of the lower half.
 */
static struct snug_seccomp_arg model_cut(const struct snug_seccomp_arg *arg)
{
	struct snug_seccomp_arg cut = *arg;

	if (arg->op == SNUG_CMP_NE || arg->op == SNUG_CMP_LT || arg->op == SNUG_CMP_LE)
		return cut;
	cut.value &= UINT32_MAX;
	cut.value_two &= UINT32_MAX;
	return cut;
}

static bool model_args(const struct snug_seccomp_entry *e, const uint64_t args[6], bool is_cut)
{
	unsigned count[6] = { 0 };
	bool all = true, any = false, twice = false;

	VEC_FOREACH (arg, &e->args) {
		struct snug_seccomp_arg cond = is_cut ? model_cut(arg) : *arg;

		twice |= ++count[arg->index] > 1;
		all &= model_cond(&cond, args);
		any |= model_cond(&cond, args);
	}
	return twice ? any : all;
}

static uint32_t model_ret(enum snug_action a, const struct snug_errno_ret *ret)
{
	static const uint32_t rets[] = {
		SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD,
		SECCOMP_RET_TRAP,        SECCOMP_RET_ERRNO,        SECCOMP_RET_TRACE,
		SECCOMP_RET_ALLOW,       SECCOMP_RET_LOG,          SECCOMP_RET_USER_NOTIF,
	};
	uint32_t data = a == SNUG_ACTION_ERRNO || a == SNUG_ACTION_TRACE
				? (ret->is_set ? ret->value : EPERM)
				: 0;

	return rets[a] | data;
}

static bool has_name(const struct snug_seccomp_entry *e, const char *name)
{
	VEC_FOREACH (known, &e->names)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}

static uint32_t model(const struct snug_seccomp_profile *p, enum snug_arch arch, const char *name,
		      const uint64_t args[6])
{
	uint32_t def = model_ret(p->default_action, &p->default_errno_ret), best = 0;
	bool found = false;

	VEC_FOREACH (e, &p->entries) {
		uint32_t ret = model_ret(e->action, &e->errno_ret);

		if (has_name(e, name) && !e->args.len && ret != def)
			return ret;
	}
	VEC_FOREACH (e, &p->entries) {
		uint32_t ret = model_ret(e->action, &e->errno_ret);

		bool is_cut =
			arch == SNUG_ARCH_X86 && (int32_t)(ret & SECCOMP_RET_ACTION_FULL) <
							 (int32_t)(def & SECCOMP_RET_ACTION_FULL);

		if (!has_name(e, name) || !e->args.len || !model_args(e, args, is_cut))
			continue;
		if (!found || (int32_t)(ret & SECCOMP_RET_ACTION_FULL) <
				      (int32_t)(best & SECCOMP_RET_ACTION_FULL))
			best = ret;
		found = true;
	}
	return found ? best : def;
}

static void dump(const struct snug_seccomp_profile *p, enum snug_arch arch, const char *name,
		 const uint64_t a[6], uint32_t got, uint32_t want)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	assert_int_equal(snug_seccomp_profile_write(p, SNUG_PROFILE_OCI_JSON, &out, NULL), 0);
	fail_msg("%s on %s (%#llx, %#llx, %#llx): 0x%08x, expected 0x%08x\n%s", name,
		 snug_arch_name(arch), (unsigned long long)a[0], (unsigned long long)a[1],
		 (unsigned long long)a[2], got, want, snug_str_text(&out));
}

static void compare(struct random_source *r, const struct snug_seccomp_profile *p,
		    const struct fixture *f, enum snug_arch arch)
{
	for (size_t i = 0; random_calls[i]; i++) {
		for (int k = 0; k < 12; k++) {
			uint64_t args[6] = { random_edge(r), random_edge(r), random_edge(r) };
			uint64_t lower[6] = { 0 };
			uint32_t got, want;

			/* what a 64-bit program leaves above the arguments of int $0x80 */
			for (int j = 0; j < 3; j++)
				lower[j] = snug_arch_arg_bits(arch) == 32 ? (uint32_t)args[j]
									  : args[j];
			/* the model knows nothing of what is behind a multiplexer */
			if (snug_syscall_number(arch, random_calls[i]) < 0 ||
			    strcmp(random_calls[i], "socketcall") == 0 ||
			    strcmp(random_calls[i], "ipc") == 0)
				continue;
			got = run(f, arch, random_calls[i], args);
			want = model(p, arch, random_calls[i], lower);
			if (got != want)
				dump(p, arch, random_calls[i], args, got, want);
		}
	}
}

static void random_filters_do_what_the_model_says(void **state)
{
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 600; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };

		if (snug_seccomp_filter_compile(f.profile, &host_x86, NULL, NULL, &f.filter,
						&f.err) < 0)
			fail_msg("%s", snug_err_msg(&f.err));
		assert_null(bpf_sim_check(f.filter.insns, f.filter.n_insns));
		for (int a = SNUG_ARCH_X86_64; a <= SNUG_ARCH_X32; a++)
			compare(&r, f.profile, &f, (enum snug_arch)a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_filters_do_what_the_model_says),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
