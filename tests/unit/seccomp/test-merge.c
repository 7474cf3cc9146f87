/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging, held against the evaluator: what the inputs answer to a call, and what the result does.
 *
 * The laws, over random profiles: never laxer than the inputs together, equal to them when the
 * result says that it is exact; the order does not matter, nor does doing it step by step; a
 * profile with itself is itself; what comes out compiles and can be written and read.
 *
 * Then what the worked cases of test-merge-cases.c do not show.
 */
#include "base/err.h"
#include "base/str.h"
#include "merge-test.h"
#include "random-profile.h"
#include "seccomp/filter.h"
#include "seccomp/merge.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The laws */

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
			dump_merge(what, &c, da.ret, db.ret, profiles, n, b);
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

	again = parse_profile("merged", text);
	if (!snug_seccomp_profile_equal(again, m->profile))
		dump_merge("does not read as what was written", &none, 0, 0, profiles, n, m);
	r = snug_seccomp_filter_compile(m->profile, &merge_host, NULL, NULL, &filter, &err);
	/* three profiles of intervals over 64 bits may be more than the kernel takes */
	if (r < 0 && r != -E2BIG)
		dump_merge(snug_err_msg(&err), &none, 0, 0, profiles, n, m);
	counts->too_long += r < 0;
	snug_seccomp_filter_done(&filter);
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
		profiles[n] = parse_profile("p", texts[n]);
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
	r = merge_profiles(p, 2, SNUG_MERGE_UNION, false, &m, &err);
	assert_int_equal(r, -E2BIG);
	assert_string_equal(snug_err_msg(&err),
			    "the merged profile would have 18000 names; 16384 is the limit");
	snug_err_done(&err);
	p[0]->format = SNUG_PROFILE_CRD_YAML;
	r = merge_profiles(p, 1, SNUG_MERGE_UNION, false, &m, &err);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resources),
		cmocka_unit_test(resource_of_a_deny_list),
		cmocka_unit_test(what_is_taken_from_the_first),
		cmocka_unit_test(is_first_by_meaning),
		cmocka_unit_test(too_large),
		cmocka_unit_test(many_long_lists),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(laws_of_unions),
		cmocka_unit_test(laws_of_intersections),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
