/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging, held against the evaluator: what the inputs answer to a call, and what the result does.
 *
 * The laws, over random profiles: never laxer than the inputs together, equal to them when the
 * result says that it is exact; the order does not matter, nor does doing it step by step; a
 * profile with itself is itself; what comes out compiles and can be written and read.
 *
 * Then the worked cases of tests/cases/merge: the reason, "== MODE [strict]", and sections that
 * begin with "-- NAME": the profiles, and the result with its notes ("! ": inexact), or the error.
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
	struct snug_meaning *inputs[MAX_INPUTS] = { NULL };
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

static bool random_call_on(struct random_source *r, enum snug_arch arch, struct call *ret)
{
	const char *name;
	int64_t nr;
	size_t n = 0;

	while (random_calls[n])
		n++;
	name = random_calls[random_below(r, (uint32_t)n)];
	ret->arch = arch;
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

static bool random_call(struct random_source *r, struct call *ret)
{
	static const enum snug_arch arches[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

	return random_call_on(r, arches[random_below(r, ARRAY_SIZE(arches))], ret);
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
	struct snug_meaning *inputs[MAX_INPUTS] = { NULL }, *result = meaning_of(m->profile);

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

/* What the cases do not show */

/* Merges the texts, NULL-terminated; *ret_profiles keeps what the result borrows. */
static void merge_texts(const char *const *texts, enum snug_merge_mode mode,
			enum snug_profile_format format,
			struct snug_seccomp_profile *profiles[MAX_INPUTS], size_t *ret_n,
			struct snug_merged *ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_merge_options opts = { .mode = mode, .format = format };
	struct snug_meaning *inputs[MAX_INPUTS] = { NULL };
	size_t n = 0;

	for (; texts[n]; n++) {
		profiles[n] = parse("p", texts[n]);
		inputs[n] = meaning_of(profiles[n]);
	}
	if (snug_merge((const struct snug_meaning *const *)inputs, n, &opts, ret, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	for (size_t i = 0; i < n; i++)
		snug_meaning_free(inputs[i]);
	*ret_n = n;
}

static void check_texts(const char *const *texts, enum snug_merge_mode mode,
			enum snug_profile_format format, const char *want, const char *notes)
{
	struct snug_seccomp_profile *profiles[MAX_INPUTS];
	CLEANUP(snug_str_done) struct snug_str got_notes = SNUG_STR_INIT;
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	CLEANUP(freep) char *got = NULL;
	size_t n;

	merge_texts(texts, mode, format, profiles, &n, &m);
	got = text_of(m.profile);
	assert_string_equal(got, want);
	notes_of(&m, &got_notes);
	assert_string_equal(snug_str_text(&got_notes), notes);
	for (size_t i = 0; i < n; i++)
		snug_seccomp_profile_free(profiles[i]);
}

/* One name an entry; a default that a resource cannot have. */
static void resources(void **state)
{
	static const char *const texts[] = {
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
		"{\"names\":[\"write\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"close\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		"{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":1}]}]}",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38}",
		NULL,
	};

	(void)state;
	check_texts(
		texts, SNUG_MERGE_UNION, SNUG_PROFILE_CRD_YAML,
		"apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		"kind: SeccompProfile\n"
		"metadata: {}\n"
		"spec:\n"
		"  defaultAction: SCMP_ACT_ERRNO\n"
		"  syscalls:\n"
		"  - action: SCMP_ACT_ALLOW\n"
		"    args:\n"
		"    - index: 0\n"
		"      op: SCMP_CMP_EQ\n"
		"      value: 1\n"
		"    names:\n"
		"    - close\n"
		"  - action: SCMP_ACT_ALLOW\n"
		"    names:\n"
		"    - read\n"
		"  - action: SCMP_ACT_ALLOW\n"
		"    names:\n"
		"    - write\n"
		"status: {}\n",
		"! defaultAction: a SeccompProfile has no place for SCMP_ACT_ERRNO(ENOSYS): it is "
		"SCMP_ACT_ERRNO(EPERM) (raw-seccomp has)\n");
}

/* What a deny list does not name is still what the allow list allows. */
static void resource_of_a_deny_list(void **state)
{
	static const char *const texts[] = {
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		"{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ERRNO\"}]}",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
		"{\"names\":[\"ptrace\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
		NULL,
	};

	(void)state;
	check_texts(
		texts, SNUG_MERGE_INTERSECT, SNUG_PROFILE_CRD_YAML,
		"apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		"kind: SeccompProfile\n"
		"metadata: {}\n"
		"spec:\n"
		"  defaultAction: SCMP_ACT_ERRNO\n"
		"  syscalls:\n"
		"  - action: SCMP_ACT_ALLOW\n"
		"    names:\n"
		"    - read\n"
		"status: {}\n",
		"! defaultAction: a SeccompProfile has no place for SCMP_ACT_ERRNO(ENOSYS): it is "
		"SCMP_ACT_ERRNO(EPERM) (raw-seccomp has)\n");
}

#define CRD(name, spec)                                                                            \
	"apiVersion: security-profiles-operator.x-k8s.io/v1\n"                                     \
	"kind: SeccompProfile\n"                                                                   \
	"metadata:\n"                                                                              \
	"  name: " name "\n"                                                                       \
	"spec:\n" spec "  defaultAction: SCMP_ACT_ERRNO\n"

static void what_is_taken_from_the_first(void **state)
{
	static const char *const same_base[] = {
		CRD("one", "  baseProfileName: runc\n  state: Disabled\n"),
		CRD("two", "  baseProfileName: runc\n"),
		NULL,
	};
	static const char *const other_base[] = {
		CRD("one", "  baseProfileName: runc\n"),
		CRD("two", "  baseProfileName: crun\n"),
		NULL,
	};

	(void)state;
	check_texts(same_base, SNUG_MERGE_UNION, SNUG_PROFILE_CRD_YAML,
		    "apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		    "kind: SeccompProfile\n"
		    "metadata:\n"
		    "  name: one\n"
		    "spec:\n"
		    "  baseProfileName: runc\n"
		    "  defaultAction: SCMP_ACT_ERRNO\n"
		    "  state: Disabled\n"
		    "status: {}\n",
		    "");
	check_texts(
		other_base, SNUG_MERGE_UNION, SNUG_PROFILE_CRD_YAML,
		"apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		"kind: SeccompProfile\n"
		"metadata:\n"
		"  name: one\n"
		"spec:\n"
		"  defaultAction: SCMP_ACT_ERRNO\n"
		"status: {}\n",
		"! baseProfileName is left out, because the profiles do not have the same: what "
		"only a base profile allows is not allowed\n");
}

static void check_first(const char *a, const char *b, bool want)
{
	const char *const texts[] = { a, b, NULL };
	struct snug_seccomp_profile *profiles[MAX_INPUTS];
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	size_t n;

	merge_texts(texts, SNUG_MERGE_UNION, SNUG_PROFILE_OCI_JSON, profiles, &n, &m);
	if (m.is_first != want)
		fail_msg("%s and %s: %s", a, b, want ? "not the first" : "the first");
	for (size_t i = 0; i < n; i++)
		snug_seccomp_profile_free(profiles[i]);
}

#define OCI(more)      "{\"defaultAction\":\"SCMP_ACT_ERRNO\"" more "}"
#define CALLS(list)    ",\"syscalls\":[" list "]"
#define ALLOWED(names) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\"}"
#define ALLOWED_IF(name, op, v)                                                                    \
	"{\"names\":[" name "],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["                           \
	"{\"index\":0,\"op\":\"SCMP_CMP_" op "\",\"value\":" v "}]}"

static void is_first_by_meaning(void **state)
{
	static const char read[] = OCI(CALLS(ALLOWED("\"read\"")));
	static const char some[] = OCI(CALLS(ALLOWED_IF("\"read\"", "EQ", "1")));

	(void)state;
	check_first(read, read, true);
	check_first(read, OCI(""), true);
	check_first(OCI(""), read, false);
	check_first(read, some, true);
	check_first(some, read, false);
	/* not by words: two entries, twice the name */
	check_first(OCI(CALLS(ALLOWED("\"read\",\"read\"") "," ALLOWED("\"write\""))),
		    OCI(CALLS(ALLOWED("\"write\",\"read\""))), true);
	check_first(OCI(CALLS(ALLOWED_IF("\"read\"", "LE", "4"))),
		    OCI(CALLS(ALLOWED_IF("\"read\"", "LT", "5"))), true);
	check_first(OCI(CALLS(ALLOWED_IF("\"frobnicate\"", "LE", "4"))),
		    OCI(CALLS(ALLOWED_IF("\"frobnicate\"", "LE", "5"))), false);
	check_first(OCI(",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"]"), OCI(""), true);
	check_first(OCI(",\"flags\":[\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]"), OCI(""), false);
	check_first(OCI(""), OCI(",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"]"), false);
	check_first(OCI(",\"architectures\":[\"SCMP_ARCH_X86\"]"), OCI(""), true);
	check_first(OCI(""), OCI(",\"architectures\":[\"SCMP_ARCH_X86\"]"), false);
	check_first(OCI(""), OCI(",\"architectures\":[\"SCMP_ARCH_X86_64\"]"), true);
	check_first(OCI(""), "{\"defaultAction\":\"SCMP_ACT_LOG\"}", false);
	check_first("{\"defaultAction\":\"SCMP_ACT_LOG\"}", OCI(""), true);
}

/* More names than a profile may have, though no single one has. */
static void too_large(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	struct snug_seccomp_profile *p[2];
	int r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct snug_seccomp_entry *e;

		p[i] = snug_seccomp_profile_new("big", SNUG_ACTION_ERRNO);
		e = VEC_PUSH(&p[i]->entries);
		e->action = SNUG_ACTION_ALLOW;
		for (int j = 0; j < 9000; j++)
			*VEC_PUSH(&e->names) = xasprintf("call_%d_%d", i, j);
	}
	r = merge(p, 2, SNUG_MERGE_UNION, false, &m, &err);
	assert_int_equal(r, -E2BIG);
	assert_string_equal(snug_err_msg(&err),
			    "the merged profile would have 18000 names; 16384 is the limit");
	snug_err_done(&err);
	p[0]->format = SNUG_PROFILE_CRD_YAML;
	r = merge(p, 1, SNUG_MERGE_UNION, false, &m, &err);
	assert_int_equal(r, -E2BIG);
	assert_string_equal(snug_err_msg(&err),
			    "the merged profile would have 9000 entries; 4096 is the limit");
	for (int i = 0; i < 2; i++)
		snug_seccomp_profile_free(p[i]);
}

/* A long list of values for each of many calls: what a merge takes is limited for all of them
 * together, and the result is stricter, and no error. */
static void many_long_lists(void **state)
{
	enum { CALLS_WITH_LISTS = 100, VALUES = 30 };
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	CLEANUP(snug_str_done) struct snug_str notes = SNUG_STR_INIT;
	struct snug_seccomp_profile *p[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		p[i] = snug_seccomp_profile_new("lists", SNUG_ACTION_ERRNO);
		for (uint64_t v = 0; v < VALUES; v++) {
			struct snug_seccomp_entry *e = VEC_PUSH(&p[i]->entries);

			e->action = SNUG_ACTION_ALLOW;
			for (int j = 0; j < CALLS_WITH_LISTS; j++)
				*VEC_PUSH(&e->names) = xasprintf("call_%d", j);
			*VEC_PUSH(&e->args) = (struct snug_seccomp_arg){
				.op = SNUG_CMP_EQ,
				.value = 4 * v + 2 * (uint64_t)i,
			};
			e->has_args = true;
		}
	}
	must_merge(p, 2, SNUG_MERGE_UNION, &m);
	assert_false(m.is_exact);
	notes_of(&m, &notes);
	assert_non_null(strstr(snug_str_text(&notes), "more conditions than are sensible"));
	for (int i = 0; i < 2; i++)
		snug_seccomp_profile_free(p[i]);
}

static void hostile_names(void **state)
{
	static const char *const texts[] = {
		OCI(CALLS("{\"names\":[\"\\u001b[31m\"],\"action\":\"SCMP_ACT_ERRNO\","
			  "\"errnoRet\":7}")),
		OCI(""),
		NULL,
	};
	struct snug_seccomp_profile *profiles[MAX_INPUTS];
	CLEANUP(snug_str_done) struct snug_str notes = SNUG_STR_INIT;
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	size_t n;

	(void)state;
	merge_texts(texts, SNUG_MERGE_UNION, SNUG_PROFILE_OCI_JSON, profiles, &n, &m);
	notes_of(&m, &notes);
	assert_string_equal(snug_str_text(&notes),
			    "! SCMP_ACT_ERRNO(EPERM) and SCMP_ACT_ERRNO(E2BIG) cannot both be kept "
			    "for \\x1b[31m: it is SCMP_ACT_ERRNO(EPERM)\n");
	for (size_t i = 0; i < n; i++)
		snug_seccomp_profile_free(profiles[i]);
}

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
		assert_int_equal(snug_meaning_new(p[i], env, &keep, &inputs[i], NULL), 0);
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
		assert_int_equal(snug_meaning_new(p[i], env, &keep, &inputs[i], NULL), 0);
	assert_int_equal(snug_meaning_new(m->profile, env, &keep, &result, NULL), 0);
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
			dump("another machine", &c, want.ret, got.ret, p, 2, m);
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

/* The worked cases */

struct worked {
	char *text; /* cut into lines */
	enum snug_merge_mode mode;
	bool strict;
	struct snug_seccomp_profile *profiles[MAX_INPUTS];
	size_t n;
	char *result, *error, *notes; /* owned, or NULL */
};

static void worked_done(struct worked *w)
{
	for (size_t i = 0; i < w->n; i++)
		snug_seccomp_profile_free(w->profiles[i]);
	free(w->text);
	free(w->result);
	free(w->error);
	free(w->notes);
}

static void take_section(struct worked *w, const char *name, const struct snug_str *body)
{
	if (strcmp(name, "result") == 0)
		w->result = xstrdup(snug_str_text(body));
	else if (strcmp(name, "error") == 0)
		w->error = xstrdup(snug_str_text(body));
	else if (strcmp(name, "notes") == 0)
		w->notes = xstrdup(snug_str_text(body));
	else if (w->n < MAX_INPUTS)
		w->profiles[w->n++] = parse(name, snug_str_text(body));
	else
		fail_msg("too many profiles");
}

/* The reason, "== MODE [strict]", and sections that begin with "-- NAME". */
static void read_case(struct worked *w, const char *path)
{
	CLEANUP(snug_str_done) struct snug_str body = SNUG_STR_INIT;
	const char *name = NULL, *mode = NULL;
	size_t len, n_reason = 0;
	char *rest = NULL;

	if (snug_read_file(path, SNUG_LIMIT_DOC_BYTES, &w->text, &len, NULL) < 0)
		fail_msg("%s cannot be read", path);
	for (char *line = w->text; line; line = rest) {
		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		if (snug_str_has_prefix(line, "-- ")) {
			if (name)
				take_section(w, name, &body);
			name = line + 3;
			snug_str_clear(&body);
		} else if (snug_str_has_prefix(line, "== ")) {
			mode = line + 3;
		} else if (!mode) {
			n_reason++;
		} else if (*line) {
			snug_str_addf(&body, "%s\n", line);
		}
	}
	if (!mode || !name || !n_reason)
		fail_msg("%s: no reason, mode or sections", path);
	take_section(w, name, &body);
	w->mode = snug_str_has_prefix(mode, "union") ? SNUG_MERGE_UNION : SNUG_MERGE_INTERSECT;
	w->strict = strstr(mode, "strict");
}

static void check_result(const struct worked *w, const struct snug_merged *m)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *want = NULL;
	CLEANUP(snug_str_done) struct snug_str notes = SNUG_STR_INIT;
	CLEANUP(freep) char *got = text_of(m->profile);
	CLEANUP(freep) char *want_text = NULL;

	assert_non_null(w->result);
	want = parse("result", w->result);
	want_text = text_of(want);
	assert_string_equal(got, want_text);
	notes_of(m, &notes);
	assert_string_equal(snug_str_text(&notes), w->notes ? w->notes : "");
	assert_int_equal(m->is_exact, !strstr(snug_str_text(&notes), "! "));
}

/* The result of another order is the same, word by word. */
static void check_turned(const struct worked *w, const struct snug_merged *m)
{
	CLEANUP(snug_merged_done) struct snug_merged turned = { 0 };
	CLEANUP(freep) char *one = text_of(m->profile);
	CLEANUP(freep) char *other = NULL;
	struct snug_seccomp_profile *p[MAX_INPUTS];

	for (size_t i = 0; i < w->n; i++)
		p[i] = w->profiles[w->n - 1 - i];
	must_merge(p, w->n, w->mode, &turned);
	other = text_of(turned.profile);
	assert_string_equal(one, other);
}

static void worked_case(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	CLEANUP(worked_done) struct worked w = { 0 };
	struct random_source random = { 1 };
	int r;

	read_case(&w, *state);
	r = merge(w.profiles, w.n, w.mode, w.strict, &m, &err);
	if (w.error) {
		assert_int_equal(r, -EOPNOTSUPP);
		w.error[strcspn(w.error, "\n")] = '\0';
		assert_string_equal(snug_err_msg(&err), w.error);
		return;
	}
	if (r < 0)
		fail_msg("%s", snug_err_msg(&err));
	check_result(&w, &m);
	check_containment(&random, w.profiles, w.n, w.mode, &m);
	check_turned(&w, &m);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

struct tests {
	struct CMUnitTest *items;
	size_t len, cap;
};

static void find_cases(struct tests *tests)
{
	DIR *d = opendir(CASES);
	struct dirent *e;

	if (!d) {
		print_error("%s: %s\n", CASES, strerror(errno));
		exit(1);
	}
	while ((e = readdir(d))) {
		char *path;

		if (!strstr(e->d_name, ".case"))
			continue;
		path = xasprintf(CASES "/%s", e->d_name);
		*VEC_PUSH(tests) = (struct CMUnitTest){
			.name = strrchr(path, '/') + 1,
			.test_func = worked_case,
			.initial_state = path,
		};
	}
	closedir(d);
	qsort(tests->items, tests->len, sizeof(*tests->items), by_name);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(resources),
		cmocka_unit_test(resource_of_a_deny_list),
		cmocka_unit_test(what_is_taken_from_the_first),
		cmocka_unit_test(is_first_by_meaning),
		cmocka_unit_test(too_large),
		cmocka_unit_test(many_long_lists),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(other_machines),
		cmocka_unit_test(laws_of_unions),
		cmocka_unit_test(laws_of_intersections),
	};
	struct tests tests = { 0 };
	int r;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	find_cases(&tests);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		*VEC_PUSH(&tests) = others[i];
	r = _cmocka_run_group_tests("merge", tests.items, tests.len, NULL, NULL);
	VEC_FOREACH (test, &tests)
		free(test->initial_state);
	VEC_DONE(&tests);
	return r;
}
