/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evaluator against what runc 1.1 makes of the same profile: libseccomp alone, given the rules
 * in the order of the document, for all architectures at once.  Random profiles and random calls;
 * where the two answers differ, a reason must apply.  docs/design/0004-evaluator.md has the reasons
 * with examples.  The program is run in an interpreter that knows nothing of either.
 */
#include "base/err.h"
#include "base/str.h"
#include "bpf-sim.h"
#include "random-profile.h"
#include "runc-filter.h"
#include "seccomp/meaning.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/version.h>

#include <cmocka.h>
#include <seccomp.h>

enum {
	N_PROFILES = 3000,
	N_CALLS = 60,
};

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct runc_filter runc;
};

static void fixture_done(struct fixture *f)
{
	f->meaning = snug_meaning_free(f->meaning);
	f->profile = snug_seccomp_profile_free(f->profile);
	runc_filter_done(&f->runc);
}

static int build(struct fixture *f)
{
	return runc_filter_build(f->profile, snug_meaning_default(f->meaning), &f->runc);
}

/* A call, and what may make a difference. */

struct call {
	enum snug_arch arch;
	uint32_t nr;
	uint64_t args[SNUG_N_ARGS];
};

static bool is_multiplexer(const char *name)
{
	return strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0;
}

static bool is_about_multiplexing(const char *name)
{
	struct snug_syscall_mux mux;

	return is_multiplexer(name) || snug_syscall_multiplexer(SNUG_ARCH_X86, name, &mux);
}

static bool is_named(const struct snug_seccomp_entry *e, const char *name)
{
	VEC_FOREACH (known, &e->names)
		if (strcmp(*known, name) == 0)
			return true;
	return false;
}

static bool is_order(enum snug_cmp op)
{
	return op == SNUG_CMP_LT || op == SNUG_CMP_LE || op == SNUG_CMP_GT || op == SNUG_CMP_GE;
}

static bool holds(const struct snug_seccomp_arg *arg, const uint64_t args[SNUG_N_ARGS])
{
	CLEANUP(snug_argset_done) struct snug_argset set = { 0 };

	snug_argset_add_conds(&set, arg, 1, 64);
	return snug_argset_contains(&set, args);
}

static bool entry_holds(const struct snug_seccomp_entry *e, const uint64_t args[SNUG_N_ARGS])
{
	bool any = false, all = true;

	VEC_FOREACH (arg, &e->args) {
		bool one = holds(arg, args);

		any |= one;
		all &= one;
	}
	return snug_entry_any_arg_is_enough(e) ? any : all;
}

/* What is true of the entries with conditions that name a call. */
struct traits {
	bool exist;
	bool are_wide; /* a value, or an argument that is looked at, has more than 32 bits */
	bool value_is_wide;
	bool has_stray_bits; /* valueTwo has bits that the mask does not */
	bool has_empty_mask;
	bool has_order_and_more; /* less or greater, and another condition on the same argument */
	bool has_two_answers, has_answer;
	uint32_t answer;
	bool repeats_default; /* one that holds */
};

/* Arguments that have been looked at, one bit each. */
struct seen {
	unsigned any, ordered;
};

static void look_at_args(const struct snug_seccomp_entry *e, const struct call *c, struct traits *t,
			 struct seen *seen)
{
	VEC_FOREACH (arg, &e->args) {
		bool is_masked = arg->op == SNUG_CMP_MASKED_EQ;
		uint64_t two = is_masked ? arg->value_two : 0;
		unsigned bit = 1u << arg->index;

		t->value_is_wide |= (arg->value | two) > UINT32_MAX;
		t->are_wide |= t->value_is_wide || c->args[arg->index] > UINT32_MAX;
		t->has_stray_bits |= (two & ~arg->value) != 0;
		t->has_empty_mask |= is_masked && !arg->value;
		t->has_order_and_more |=
			((is_order(arg->op) ? seen->any : seen->ordered) & bit) != 0;
		seen->any |= bit;
		seen->ordered |= is_order(arg->op) ? bit : 0;
	}
}

static void look_at(const struct fixture *f, const char *name, const struct call *c,
		    struct traits *t)
{
	uint32_t default_ret = snug_meaning_default(f->meaning);
	struct seen seen = { 0 };

	*t = (struct traits){ 0 };
	VEC_FOREACH (e, &f->profile->entries) {
		uint32_t ret = ret_of(e);

		if (!e->args.len || !is_named(e, name))
			continue;
		t->exist = true;
		look_at_args(e, c, t, &seen);
		if (ret == default_ret) {
			t->repeats_default |= entry_holds(e, c->args);
			continue;
		}
		t->has_two_answers |= t->has_answer && ret != t->answer;
		t->has_answer = true;
		t->answer = ret;
	}
}

/* Whether something about calls behind multiplexers depends on arguments. */
static bool are_multiplexed_calls_conditional(const struct fixture *f)
{
	VEC_FOREACH (e, &f->profile->entries) {
		if (!e->args.len)
			continue;
		VEC_FOREACH (name, &e->names)
			if (is_about_multiplexing(*name))
				return true;
	}
	return false;
}

/* The calls that libseccomp's list of an ABI begins with: those of the first entry without
 * conditions, or of any when there is none. */
static bool begins_with_foreign_call(const struct fixture *f)
{
	bool is_foreign = false;

	VEC_FOREACH (e, &f->profile->entries) {
		if (ret_of(e) == snug_meaning_default(f->meaning))
			continue;
		VEC_FOREACH (name, &e->names) {
			if (seccomp_syscall_resolve_name(*name) == __NR_SCMP_ERROR)
				continue;
			if (!e->args.len)
				return snug_syscall_number(SNUG_ARCH_X86_64, *name) < 0;
			is_foreign |= snug_syscall_number(SNUG_ARCH_X86_64, *name) < 0;
		}
	}
	return is_foreign;
}

/* Reasons, in the order of docs/design/0004-evaluator.md. */
enum reason {
	NEW_NAME,
	LOST_NUMBER,
	MULTIPLEXED,
	X32_ARGUMENTS,
	WIDE_VALUES,
	STRAY_BITS,
	EMPTY_MASK,
	REPEATED_DEFAULT,
	TWO_ANSWERS,
	ORDER_AND_MORE,
	N_REASONS,
	NO_REASON = N_REASONS,
};

static const char *const reason_texts[] = {
	[NEW_NAME] = "names newer than libseccomp",
	[LOST_NUMBER] = "the number is not loaded",
	[MULTIPLEXED] = "multiplexed calls",
	[X32_ARGUMENTS] = "x32 arguments",
	[WIDE_VALUES] = "64-bit values on i386",
	[STRAY_BITS] = "bits outside a mask",
	[EMPTY_MASK] = "masks of no bits",
	[REPEATED_DEFAULT] = "entries that repeat the default",
	[TWO_ANSWERS] = "entries of different answers",
	[ORDER_AND_MORE] = "an order and more on one argument",
};

static enum reason find_reason(const struct fixture *f, const struct call *c)
{
	const char *name = snug_syscall_name(c->arch, c->nr);
	struct traits t;

	if (snug_syscall_is_beyond_libseccomp(name))
		return NEW_NAME;
	if (c->arch != SNUG_ARCH_X86 && begins_with_foreign_call(f))
		return LOST_NUMBER;
	if (c->arch == SNUG_ARCH_X86 && is_about_multiplexing(name) &&
	    (are_multiplexed_calls_conditional(f) || (is_multiplexer(name) && c->args[0] > 0xffff)))
		return MULTIPLEXED;
	look_at(f, name, c, &t);
	if (!t.exist)
		return NO_REASON;
	if (c->arch == SNUG_ARCH_X32 && t.are_wide)
		return X32_ARGUMENTS;
	if (c->arch == SNUG_ARCH_X86 && t.value_is_wide)
		return WIDE_VALUES;
	if (t.has_stray_bits)
		return STRAY_BITS;
	if (t.has_empty_mask)
		return EMPTY_MASK;
	if (t.repeats_default)
		return REPEATED_DEFAULT;
	if (t.has_two_answers)
		return TWO_ANSWERS;
	if (t.has_order_and_more)
		return ORDER_AND_MORE;
	return NO_REASON;
}

static void random_call(struct random_source *r, struct call *c)
{
	static const enum snug_arch abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86_64, SNUG_ARCH_X86,
					       SNUG_ARCH_X32 };

	c->arch = abis[random_below(r, ARRAY_SIZE(abis))];
	c->nr = random_call_number(r, c->arch);
	for (int i = 0; i < SNUG_N_ARGS; i++)
		c->args[i] = random_edge(r);
	if (c->arch == SNUG_ARCH_X86 && random_below(r, 2))
		c->args[0] = random_below(r, 25) + ((uint64_t)random_below(r, 3) << 16);
}

static uint32_t run(const struct fixture *f, const struct call *c)
{
	uint32_t ret;

	assert_true(bpf_sim_call(f->runc.insns, f->runc.n_insns, snug_arch_to_audit(c->arch), c->nr,
				 c->args, &ret) > 0);
	return ret;
}

static void dump(const struct fixture *f, const struct call *c, uint32_t ours, uint32_t theirs)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	assert_int_equal(snug_seccomp_profile_write(f->profile, SNUG_PROFILE_OCI_JSON, &out, NULL),
			 0);
	fputs(snug_str_text(&out), stderr);
	fail_msg("%s on %s (%#llx, %#llx, %#llx): 0x%08x, and by libseccomp alone 0x%08x",
		 snug_syscall_name(c->arch, c->nr), snug_arch_name(c->arch),
		 (unsigned long long)c->args[0], (unsigned long long)c->args[1],
		 (unsigned long long)c->args[2], ours, theirs);
}

static bool have_name_in_common(const struct snug_seccomp_entry *a,
				const struct snug_seccomp_entry *b)
{
	VEC_FOREACH (name, &a->names)
		if (is_named(b, *name))
			return true;
	return false;
}

/* libseccomp refuses a second rule for a call that it has changed into one behind a multiplexer,
 * and another answer where it finds the same conditions already. */
static bool may_be_refused(const struct fixture *f)
{
	uint32_t default_ret = snug_meaning_default(f->meaning);
	size_t n = 0;

	VEC_FOREACH (e, &f->profile->entries) {
		if (ret_of(e) == default_ret)
			continue;
		VEC_FOREACH (name, &e->names)
			if (is_about_multiplexing(*name))
				n += snug_entry_any_arg_is_enough(e) ? e->args.len : 1;
		VEC_FOREACH (other, &f->profile->entries)
			if (ret_of(other) != default_ret && ret_of(other) != ret_of(e) &&
			    have_name_in_common(e, other))
				return true;
	}
	return n > 1;
}

struct counts {
	unsigned long n_pairs, n_plain, n_conditional, n_refused, n_hung;
	unsigned long n_differ[N_REASONS];
};

static void compare(const struct fixture *f, const struct call *c, struct counts *counts)
{
	uint32_t ours = snug_meaning_decide(f->meaning, c->arch, c->nr, c->args).ret;
	uint32_t theirs = run(f, c);
	enum reason reason = find_reason(f, c);

	counts->n_pairs++;
	counts->n_plain += reason == NO_REASON;
	counts->n_conditional += reason == NO_REASON && ours != snug_meaning_default(f->meaning);
	if (ours == theirs)
		return;
	if (reason == NO_REASON)
		dump(f, c, ours, theirs);
	counts->n_differ[reason]++;
}

static void random_profiles_mean_the_same(void **state)
{
	struct counts counts = { 0 };
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };
		int built;

		if (snug_meaning_new(f.profile, &host_x86, NULL, &f.meaning, NULL) < 0)
			fail_msg("no meaning");
		built = build(&f);
		if (built < 0) {
			assert_true(built == -ETIME || (built == -EEXIST && may_be_refused(&f)));
			counts.n_hung += built == -ETIME;
			counts.n_refused += built == -EEXIST;
			continue;
		}
		for (int k = 0; k < N_CALLS; k++) {
			struct call c;

			random_call(&r, &c);
			compare(&f, &c, &counts);
		}
	}
	printf("# %lu random (profile, call) pairs; %lu without a reason to differ, %lu of those "
	       "not by default; %lu profiles that libseccomp refuses, %lu on which it hangs\n",
	       counts.n_pairs, counts.n_plain, counts.n_conditional, counts.n_refused,
	       counts.n_hung);
	for (int i = 0; i < N_REASONS; i++)
		printf("# %lu differ: %s\n", counts.n_differ[i], reason_texts[i]);
	assert_true(counts.n_plain >= 50000);
	/* or it would be a comparison of defaults */
	assert_true(counts.n_conditional > counts.n_plain / 10);
	assert_true(counts.n_hung < N_PROFILES / 100);
}

/* The examples of docs/design/0004-evaluator.md. */

#define ENTRY(name, action, args)                                                                  \
	"{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_" action "\",\"args\":[" args "]}"
#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" #op "\",\"value\":" #value "}"
#define MASKED(index, mask, value)                                                                 \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask                     \
	",\"valueTwo\":" #value "}"

static const struct example {
	enum reason reason;
	const char *entries;
	enum snug_arch arch;
	const char *name;
	uint64_t arg0, arg1;
	enum snug_action ours, theirs;
} examples[] = {
	{ NEW_NAME, ENTRY("mseal", "ALLOW", ""), SNUG_ARCH_X86_64, "mseal", 0, 0, SNUG_ACTION_ALLOW,
	  SNUG_ACTION_ERRNO },
	{ LOST_NUMBER, ENTRY("socketcall", "ALLOW", "") "," ENTRY("read", "ALLOW", ARG(0, EQ, 1)),
	  SNUG_ARCH_X86_64, "read", 1, 0, SNUG_ACTION_ALLOW, SNUG_ACTION_ERRNO },
	{ MULTIPLEXED, ENTRY("socket", "ALLOW", ARG(0, EQ, 1)), SNUG_ARCH_X86, "socketcall", 1, 0,
	  SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
	{ X32_ARGUMENTS, ENTRY("read", "ALLOW", ARG(0, EQ, 1)), SNUG_ARCH_X32, "read",
	  1ull << 32 | 1, 0, SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
	{ WIDE_VALUES, ENTRY("read", "ALLOW", ARG(0, EQ, 4294967297)), SNUG_ARCH_X86, "read", 1, 0,
	  SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
	{ STRAY_BITS, ENTRY("read", "ALLOW", MASKED(0, 1, 3)), SNUG_ARCH_X86_64, "read", 1, 0,
	  SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
	{ EMPTY_MASK, ENTRY("read", "TRAP", MASKED(0, 0, 0)) "," ENTRY("read", "ALLOW", ""),
	  SNUG_ARCH_X86_64, "read", 1, 0, SNUG_ACTION_ALLOW, SNUG_ACTION_TRAP },
	{ REPEATED_DEFAULT,
	  ENTRY("read", "ALLOW", ARG(0, LE, 9)) "," ENTRY("read", "ERRNO", ARG(0, EQ, 5)),
	  SNUG_ARCH_X86_64, "read", 5, 0, SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
	{ TWO_ANSWERS,
	  ENTRY("read", "KILL_THREAD", ARG(0, GT, 4294967294)) "," ENTRY("read", "LOG",
									 ARG(0, NE, 0)),
	  SNUG_ARCH_X86, "read", 4294967295, 0, SNUG_ACTION_KILL_THREAD, SNUG_ACTION_LOG },
	{ ORDER_AND_MORE,
	  ENTRY("read", "ALLOW", ARG(0, LT, 12884901887)) "," ENTRY("read", "ALLOW",
								    ARG(0, GT, 12884901889)),
	  SNUG_ARCH_X86_64, "read", 12884901887, 0, SNUG_ACTION_ERRNO, SNUG_ACTION_ALLOW },
};

static void check_example(const struct example *e)
{
	CLEANUP(freep)
	char *text = xasprintf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":["
			       "\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"],\"syscalls\":[%s]}",
			       e->entries);
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct call c = { .arch = e->arch, .args = { e->arg0, e->arg1 } };
	enum snug_action ours, theirs;

	c.nr = (uint32_t)snug_syscall_number(e->arch, e->name);
	assert_int_equal(
		snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f.profile, NULL), 0);
	assert_int_equal(snug_meaning_new(f.profile, &host_x86, NULL, &f.meaning, NULL), 0);
	assert_int_equal(build(&f), 0);
	assert_int_equal(find_reason(&f, &c), e->reason);
	ours = snug_ret_action(snug_meaning_decide(f.meaning, c.arch, c.nr, c.args).ret);
	theirs = snug_ret_action(run(&f, &c));
	if (ours != e->ours || theirs != e->theirs)
		fail_msg("%s: %s, and by libseccomp alone %s", reason_texts[e->reason],
			 snug_action_name(ours), snug_action_name(theirs));
}

static void each_reason_has_an_example(void **state)
{
	bool has[N_REASONS] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		check_example(&examples[i]);
		has[examples[i].reason] = true;
	}
	for (int i = 0; i < N_REASONS; i++)
		assert_true(has[i]);
}

/* Also of the second kind of difference: a profile that libseccomp does not take at all. */
static void a_profile_that_is_refused(void **state)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[" ENTRY("connect", "ALLOW", "") "," ENTRY("connect", "LOG",
									 ARG(0, EQ, 1)) "]}";
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	assert_int_equal(
		snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f.profile, NULL), 0);
	assert_int_equal(snug_meaning_new(f.profile, &host_x86, NULL, &f.meaning, NULL), 0);
	assert_int_equal(build(&f), -EEXIST);
	assert_true(may_be_refused(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reason_has_an_example),
		cmocka_unit_test(a_profile_that_is_refused),
		cmocka_unit_test(random_profiles_mean_the_same),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
