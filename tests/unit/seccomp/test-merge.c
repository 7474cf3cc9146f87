/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging, held against the evaluator: what the inputs answer to a call, and what the result does.
 *
 * The laws, over random profiles: never laxer than the inputs together, equal to them when the
 * result says that it is exact; the order does not matter, nor does doing it step by step; a
 * profile with itself is itself; what comes out compiles and can be written and read.
 *
 * The worked cases are tests/cases/merge: see README there.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "random-profile.h"
#include "seccomp/merge.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

#define CASES "tests/cases/merge"

enum { MAX_INPUTS = 4 };

static const struct snug_seccomp_env host = {
	.arch = SNUG_ARCH_X86_64,
	.caps = 1ull << CAP_CHOWN,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

static const struct snug_meaning_options keep = { .keep_unknown = true };

static struct snug_meaning *meaning_of(const struct snug_seccomp_profile *p)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_meaning *m;

	if (snug_meaning_new(p, &host, &keep, &m, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return m;
}

static struct snug_seccomp_profile *parse(const char *name, const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p;

	if (snug_seccomp_profile_parse(name, text, strlen(text), NULL, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return p;
}

static char *text_of(const struct snug_seccomp_profile *p)
{
	struct snug_str s = SNUG_STR_INIT;

	if (snug_seccomp_profile_write(p, p->format, &s, NULL) < 0)
		snug_str_add(&s, "(cannot be written)");
	return snug_str_take(&s);
}

/* Merges @n profiles; the meanings live as long as the call. */
static int merge(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		 bool strict, struct snug_merged *ret, struct snug_err *err)
{
	const struct snug_merge_options opts = {
		.mode = mode,
		.format = profiles[0]->format,
		.strict = strict,
	};
	struct snug_meaning *inputs[MAX_INPUTS];
	int r;

	for (size_t i = 0; i < n; i++)
		inputs[i] = meaning_of(profiles[i]);
	r = snug_merge((const struct snug_meaning *const *)inputs, n, &opts, ret, err);
	for (size_t i = 0; i < n; i++)
		snug_meaning_free(inputs[i]);
	return r;
}

static void notes_of(const struct snug_merged *m, struct snug_str *out)
{
	VEC_FOREACH (note, &m->notes)
		snug_str_addf(out, "%s%s\n", note->is_inexact ? "! " : "", note->text);
}

/* The laws */

struct call {
	enum snug_arch arch;
	uint32_t nr;
	uint64_t args[SNUG_N_ARGS];
};

/* A profile that does not know the ABI refuses more than any answer. */
static int compare_decisions(struct snug_decision a, struct snug_decision b)
{
	bool a_is_foreign = a.by == SNUG_BY_FOREIGN_ABI, b_is_foreign = b.by == SNUG_BY_FOREIGN_ABI;

	if (a_is_foreign || b_is_foreign)
		return b_is_foreign - a_is_foreign;
	return snug_ret_compare(a.ret, b.ret);
}

static struct snug_decision decide(const struct snug_meaning *m, const struct call *c)
{
	return snug_meaning_decide(m, c->arch, c->nr, c->args);
}

static struct snug_decision decide_together(struct snug_meaning **inputs, size_t n,
					    enum snug_merge_mode mode, const struct call *c)
{
	struct snug_decision best = decide(inputs[0], c);

	for (size_t i = 1; i < n; i++) {
		struct snug_decision one = decide(inputs[i], c);
		int order = compare_decisions(one, best);

		if (mode == SNUG_MERGE_UNION ? order > 0 : order < 0)
			best = one;
	}
	return best;
}

static bool random_call(struct random_source *r, struct call *ret)
{
	static const enum snug_arch arches[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };
	const char *name;
	int64_t nr;
	size_t n = 0;

	while (random_calls[n])
		n++;
	name = random_calls[random_below(r, (uint32_t)n)];
	ret->arch = arches[random_below(r, ARRAY_SIZE(arches))];
	nr = snug_syscall_number(ret->arch, name);
	if (nr < 0)
		return false;
	ret->nr = (uint32_t)nr;
	for (size_t i = 0; i < SNUG_N_ARGS; i++)
		ret->args[i] = random_below(r, 3) ? random_below(r, 9) : random_edge(r);
	/* sub-calls of the multiplexers, with and without a version */
	if (random_below(r, 2) && (strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0))
		ret->args[0] = random_below(r, 25) | (uint64_t)random_below(r, 2) << 16;
	return true;
}

static void dump(const char *what, const struct call *c, uint32_t want, uint32_t got,
		 struct snug_seccomp_profile **profiles, size_t n, const struct snug_merged *m)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(freep) char *result = text_of(m->profile);
	const char *name = snug_syscall_name(c->arch, c->nr);

	for (size_t i = 0; i < n; i++) {
		CLEANUP(freep) char *text = text_of(profiles[i]);

		snug_str_addf(&s, "%s\n", text);
	}
	snug_str_addf(&s, "merged:\n%s\n", result);
	notes_of(m, &s);
	/* cmocka cuts long messages */
	fprintf(stderr, "%s\n", snug_str_text(&s));
	fail_msg("%s: %s on %s (%#llx, %#llx, %#llx): 0x%08x, wanted 0x%08x", what, name,
		 snug_arch_name(c->arch), (unsigned long long)c->args[0],
		 (unsigned long long)c->args[1], (unsigned long long)c->args[2], got, want);
}

static void check_containment(struct random_source *r, struct snug_seccomp_profile **profiles,
			      size_t n, enum snug_merge_mode mode, const struct snug_merged *m)
{
	struct snug_meaning *inputs[MAX_INPUTS], *result = meaning_of(m->profile);

	for (size_t i = 0; i < n; i++)
		inputs[i] = meaning_of(profiles[i]);
	for (int i = 0; i < 250; i++) {
		struct snug_decision want, got;
		struct call c;
		int order;

		if (!random_call(r, &c))
			continue;
		want = decide_together(inputs, n, mode, &c);
		got = decide(result, &c);
		order = compare_decisions(got, want);
		if (order > 0)
			dump("laxer", &c, want.ret, got.ret, profiles, n, m);
		if (order < 0 && m->is_exact)
			dump("not exact", &c, want.ret, got.ret, profiles, n, m);
	}
	for (size_t i = 0; i < n; i++)
		snug_meaning_free(inputs[i]);
	snug_meaning_free(result);
}

/* Whether two merged profiles mean the same; @profiles are what they were made of. */
static void check_same(struct random_source *r, const char *what, const struct snug_merged *a,
		       const struct snug_merged *b, struct snug_seccomp_profile **profiles,
		       size_t n)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *ma = meaning_of(a->profile);
	CLEANUP(snug_meaning_freep) struct snug_meaning *mb = meaning_of(b->profile);

	for (int i = 0; i < 150; i++) {
		struct snug_decision da, db;
		struct call c;

		if (!random_call(r, &c))
			continue;
		da = decide(ma, &c);
		db = decide(mb, &c);
		if (compare_decisions(da, db) != 0)
			dump(what, &c, da.ret, db.ret, profiles, n, b);
	}
}

struct counts {
	unsigned n, exact, chains, too_long;
};

static void check_compiles(struct snug_seccomp_profile **profiles, size_t n,
			   const struct snug_merged *m, struct counts *counts)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *text = text_of(m->profile);
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *again = NULL;
	struct snug_seccomp_filter filter = { 0 };
	struct call none = { 0 };
	int r;

	again = parse("merged", text);
	if (!snug_seccomp_profile_equal(again, m->profile))
		dump("does not read as what was written", &none, 0, 0, profiles, n, m);
	r = snug_seccomp_filter_compile(m->profile, &host, NULL, NULL, &filter, &err);
	/* three profiles of intervals over 64 bits may be more than the kernel takes */
	if (r < 0 && r != -E2BIG)
		dump(snug_err_msg(&err), &none, 0, 0, profiles, n, m);
	counts->too_long += r < 0;
	snug_seccomp_filter_done(&filter);
}

/* Mostly small values, which meet each other.  All three ABIs of x86, or some of them. */
static struct snug_seccomp_profile *random_input(struct random_source *r)
{
	struct snug_seccomp_profile *p = random_filter(r);
	bool is_small = random_below(r, 5);

	if (random_below(r, 3) == 0)
		p->arches.len = random_below(r, 4);
	VEC_FOREACH (e, &p->entries) {
		VEC_FOREACH (arg, &e->args) {
			arg->has_value_two = true; /* to be written */
			if (is_small) {
				arg->value %= 8;
				arg->value_two %= 8;
			}
		}
	}
	if (random_below(r, 8) == 0)
		p->listener_path = xstrdup("/run/listener");
	return p;
}

static void must_merge(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		       struct snug_merged *ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (merge(profiles, n, mode, false, ret, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static void check_laws(struct random_source *r, enum snug_merge_mode mode, struct counts *counts)
{
	struct snug_seccomp_profile *p[3] = { random_input(r), random_input(r), random_input(r) };
	struct snug_seccomp_profile *turned[3] = { p[2], p[0], p[1] };
	struct snug_seccomp_profile *twice[2] = { p[0], p[0] };
	struct snug_seccomp_profile *step[2] = { NULL, p[2] };
	CLEANUP(snug_merged_done) struct snug_merged all = { 0 };
	CLEANUP(snug_merged_done) struct snug_merged other = { 0 };
	CLEANUP(snug_merged_done) struct snug_merged same = { 0 };
	CLEANUP(snug_merged_done) struct snug_merged two = { 0 };
	CLEANUP(snug_merged_done) struct snug_merged chain = { 0 };

	must_merge(p, 3, mode, &all);
	check_containment(r, p, 3, mode, &all);
	check_compiles(p, 3, &all, counts);
	must_merge(turned, 3, mode, &other);
	check_same(r, "another order", &all, &other, p, 3);
	assert_int_equal(all.is_exact, other.is_exact);

	must_merge(twice, 2, mode, &same);
	check_containment(r, twice, 2, mode, &same);
	if (same.is_exact)
		assert_true(same.is_first);

	must_merge(p, 2, mode, &two);
	check_containment(r, p, 2, mode, &two);
	step[0] = two.profile;
	must_merge(step, 2, mode, &chain);
	chain.is_exact &= two.is_exact;
	check_containment(r, p, 3, mode, &chain);
	if (chain.is_exact && all.is_exact) {
		check_same(r, "step by step", &all, &chain, p, 3);
		counts->chains++;
	}
	counts->n++;
	counts->exact += two.is_exact;
	for (size_t i = 0; i < 3; i++)
		snug_seccomp_profile_free(p[i]);
}

static void laws(enum snug_merge_mode mode)
{
	struct counts counts = { 0 };
	struct random_source r;

	random_init(&r);
	for (int i = 0; i < 60; i++)
		check_laws(&r, mode, &counts);
	print_message("# %u merges of two, %u of them exact; %u chains; %u too long\n", counts.n,
		      counts.exact, counts.chains, counts.too_long);
	assert_true(counts.exact > counts.n / 10);
	assert_true(counts.chains > 0);
	assert_true(counts.too_long < counts.n / 20);
}

static void laws_of_unions(void **state)
{
	(void)state;
	laws(SNUG_MERGE_UNION);
}

static void laws_of_intersections(void **state)
{
	(void)state;
	laws(SNUG_MERGE_INTERSECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laws_of_unions),
		cmocka_unit_test(laws_of_intersections),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
