/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/diff.h"

#include "base/err.h"
#include "base/str.h"
#include "random-profile.h"
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

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

enum { N_PAIRS = 150, N_CALLS = 60 };

#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

static const enum snug_arch x86_abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

struct fixture {
	struct snug_seccomp_profile *a, *b;
	struct snug_meaning *ma, *mb;
	struct snug_diff diff;
};

static void fixture_done(struct fixture *f)
{
	snug_diff_done(&f->diff);
	f->ma = snug_meaning_free(f->ma);
	f->mb = snug_meaning_free(f->mb);
	f->a = snug_seccomp_profile_free(f->a);
	f->b = snug_seccomp_profile_free(f->b);
}

/* 0, or -E2BIG. */
static int try_compare(struct fixture *f)
{
	const struct snug_meaning_options opts = { .keep_unknown = true };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	if (snug_meaning_new(f->a, &host_x86, &opts, &f->ma, &err) < 0 ||
	    snug_meaning_new(f->b, &host_x86, &opts, &f->mb, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	r = snug_diff(f->ma, f->mb, &f->diff, &err);
	if (r == -E2BIG)
		assert_non_null(strstr(snug_err_msg(&err), "are too many to be"));
	else if (r < 0)
		fail_msg("%s", snug_err_msg(&err));
	return r;
}

static void compare(struct fixture *f)
{
	assert_int_equal(try_compare(f), 0);
}

/* A profile by its default, architectures (OCI names less SCMP_ARCH_) and the inside of syscalls.
 */
static struct snug_seccomp_profile *parse(const char *rest, const char *arches,
					  const char *syscalls)
{
	CLEANUP(freep)
	char *text = xasprintf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",%s\"architectures\":[%s],"
			       "\"syscalls\":[%s]}",
			       rest, arches, syscalls);
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p;

	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return p;
}

#define X86_64             "\"SCMP_ARCH_X86_64\""
#define X86                X86_64 ",\"SCMP_ARCH_X86\""
#define ALL                X86 ",\"SCMP_ARCH_X32\""
#define ALLOW(names)       "{\"action\":\"SCMP_ACT_ALLOW\",\"names\":[" names "]}"
#define ACT(action, names) "{\"action\":\"SCMP_ACT_" action "\",\"names\":[" names "]}"
#define ALLOW_IF(names, index, op, value)                                                          \
	"{\"action\":\"SCMP_ACT_ALLOW\",\"names\":[" names "],\"args\":[{\"index\":" #index        \
	",\"op\":\"SCMP_CMP_" op "\",\"value\":" #value "}]}"

static void add_mask(struct snug_str *out, char mark, uint64_t mask)
{
	static const char *const short_names[] = {
		[SNUG_ARCH_X86_64] = "64",
		[SNUG_ARCH_X86] = "32",
		[SNUG_ARCH_X32] = "x32",
	};

	for (size_t i = 0; i < ARRAY_SIZE(short_names); i++)
		if (mask & 1u << i)
			snug_str_addf(out, "%c%s", mark, short_names[i]);
}

/* "+mkdir -read?@64 ~bpf": + B allows, - A allows, ~ else; ? not always; @ the ABIs and % those
 * behind a multiplexer, when not everywhere. */
static char *lines_of(const struct snug_diff *d)
{
	struct snug_str out = SNUG_STR_INIT;

	VEC_FOREACH (line, &d->calls) {
		snug_str_addf(&out, "%s%c%s%s", out.len ? " " : "", "+-~"[line->kind], line -> name,
			      line -> is_always ? "" : "?");
		if (line->is_everywhere)
			continue;
		add_mask(&out, '@', line->arches);
		add_mask(&out, '%', line->mux_arches);
	}
	return snug_str_take(&out);
}

static void assert_lines(const struct fixture *f, const char *want)
{
	CLEANUP(freep) char *got = lines_of(&f->diff);

	assert_string_equal(got, want);
}

static void same(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	/* by text these have nothing in common */
	f.a = parse("", X86_64,
		    ALLOW("\"read\",\"write\"") "," ALLOW_IF("\"ioctl\"", 1, "GE", 5) "," ALLOW_IF(
			    "\"ioctl\"", 1, "LT", 5));
	f.b = parse("", "",
		    ALLOW("\"ioctl\"") "," ALLOW("\"write\"") "," ACT("ERRNO", "\"bpf\"") "," ALLOW(
			    "\"read\"") "," ACT("KILL", "\"read\""));
	compare(&f);
	assert_lines(&f, "");
	assert_true(snug_diff_is_empty(&f.diff));
	assert_int_equal(f.diff.arches, 1u << SNUG_ARCH_X86_64);
}

static void kinds_and_groups(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse(
		"", X86_64,
		ALLOW("\"read\",\"mkdir\"") "," ACT("LOG", "\"close\"") "," ACT("KILL", "\"bpf\""));
	f.b = parse("", X86_64,
		    ALLOW("\"read\",\"rmdir\",\"close\",\"connect\"") "," ACT("TRAP", "\"bpf\""));
	compare(&f);
	assert_int_equal(f.diff.calls.len, 5);
	assert_lines(&f, "+rmdir +connect -mkdir ~bpf ~close");
	assert_int_equal(f.diff.n_names[SNUG_DIFF_B_ALLOWS], 2);
	assert_int_equal(f.diff.n_names[SNUG_DIFF_A_ALLOWS], 1);
	assert_int_equal(f.diff.n_names[SNUG_DIFF_ANSWER], 2);
	assert_int_equal(f.diff.calls.items[0].category, SNUG_CATEGORY_FILES);
	assert_int_equal(f.diff.calls.items[1].category, SNUG_CATEGORY_NETWORK);
	assert_int_equal(f.diff.calls.items[3].ret_a, SECCOMP_RET_KILL_THREAD);
	assert_int_equal(f.diff.calls.items[3].ret_b, SECCOMP_RET_TRAP);
	assert_false(snug_diff_is_empty(&f.diff));
}

static void conditions(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	uint64_t args[SNUG_N_ARGS] = { 0 };

	(void)state;
	f.a = parse("", ALL, ALLOW_IF("\"dup\"", 0, "LE", 10) "," ALLOW_IF("\"kill\"", 1, "NE", 9));
	f.b = parse("", ALL,
		    ALLOW_IF("\"dup\"", 0, "LE", 20) "," ALLOW_IF("\"kill\"", 1, "NE", 4294967305));
	compare(&f);
	/* no argument of 32 bits has the value that B excepts */
	assert_lines(&f, "+dup? +kill? -kill?@64@x32");
	args[0] = 11;
	assert_true(snug_argset_contains(&f.diff.calls.items[0].args, args));
	args[0] = 10;
	assert_false(snug_argset_contains(&f.diff.calls.items[0].args, args));
	args[0] = 21;
	assert_false(snug_argset_contains(&f.diff.calls.items[0].args, args));
	assert_int_equal(f.diff.n_names[SNUG_DIFF_A_ALLOWS], 1);
}

/* What both leave to the default is one difference, and not one for each call. */
static void defaults(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse("\"defaultErrnoRet\":38,", X86_64,
		    ALLOW("\"read\"") "," ALLOW_IF("\"dup\"", 0, "EQ", 1));
	f.b = parse("\"defaultErrnoRet\":13,", X86_64,
		    ALLOW("\"write\"") "," ALLOW_IF("\"dup\"", 0, "EQ", 1));
	compare(&f);
	assert_lines(&f, "+write -read");
	assert_int_equal(f.diff.default_a, ERRNO(ENOSYS));
	assert_int_equal(f.diff.default_b, ERRNO(EACCES));
	fixture_done(&f);
	f = (struct fixture){ 0 };
	f.a = parse("\"defaultErrnoRet\":38,", X86_64, "");
	f.b = parse("\"defaultErrnoRet\":13,", X86_64, "");
	compare(&f);
	assert_lines(&f, "");
	assert_false(snug_diff_is_empty(&f.diff));
}

static void abis(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse("", X86, ALLOW("\"read\",\"stat64\""));
	f.b = parse("", X86_64 ",\"SCMP_ARCH_X32\"", ALLOW("\"read\",\"stat\""));
	compare(&f);
	/* stat64(2) is a call of i386, where only one of them goes */
	assert_lines(&f, "+stat");
	assert_int_equal(f.diff.only_a, 1u << SNUG_ARCH_X86);
	assert_int_equal(f.diff.only_b, 1u << SNUG_ARCH_X32);
	fixture_done(&f);
	f = (struct fixture){ 0 };
	f.a = parse("", X86, ALLOW("\"stat64\""));
	f.b = parse("", X86, ALLOW("\"chown\",\"chown32\""));
	compare(&f);
	assert_lines(&f, "+chown +chown32 -stat64");
	assert_int_equal(f.diff.calls.items[1].arches, 1u << SNUG_ARCH_X86);
}

/* An ABI that is not listed is killed, so one that is listed and killed is the same. */
static void abi_without_difference(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = snug_seccomp_profile_new("a", SNUG_ACTION_KILL);
	f.b = snug_seccomp_profile_new("b", SNUG_ACTION_KILL_THREAD);
	*VEC_PUSH(&f.a->arches) = SNUG_ARCH_X86_64;
	*VEC_PUSH(&f.a->arches) = SNUG_ARCH_X86;
	*VEC_PUSH(&f.b->arches) = SNUG_ARCH_X86_64;
	compare(&f);
	assert_true(snug_diff_is_empty(&f.diff));
}

static void other_families(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse("", X86_64 ",\"SCMP_ARCH_AARCH64\"", ALLOW("\"read\""));
	f.b = parse("", X86_64 ",\"SCMP_ARCH_S390X\"", ALLOW("\"read\""));
	compare(&f);
	assert_true(snug_diff_is_empty(&f.diff));
	assert_int_equal(f.diff.unseen_a, 1u << SNUG_ARCH_AARCH64);
	assert_int_equal(f.diff.unseen_b, 1u << SNUG_ARCH_S390X);
}

static void multiplexers(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	/* a call of its own everywhere, a call that i386 has only behind socketcall(2), and one
	 * whose arguments cannot be seen there */
	f.a = parse("", X86, ALLOW("\"read\""));
	f.b = parse(
		"", X86,
		ALLOW("\"read\",\"connect\",\"accept\"") "," ALLOW_IF("\"socket\"", 0, "EQ", 2));
	compare(&f);
	assert_lines(&f, "+accept +connect +socket?");
	assert_int_equal(f.diff.calls.items[0].arches, 1u << SNUG_ARCH_X86_64);
	assert_int_equal(f.diff.calls.items[0].mux_arches, 1u << SNUG_ARCH_X86);
	assert_int_equal(f.diff.calls.items[1].mux_arches, 1u << SNUG_ARCH_X86);
	assert_int_equal(f.diff.calls.items[2].mux_arches, 0);
	fixture_done(&f);
	f = (struct fixture){ 0 };
	/* only behind it */
	f.a = parse("", X86, ALLOW("\"connect\""));
	f.b = parse("", X86,
		    ALLOW("\"connect\"") "," ALLOW("\"recv\"") "," ACT("KILL", "\"msgget\""));
	compare(&f);
	assert_int_equal(f.diff.calls.len, 2);
	assert_lines(&f, "+recv ~msgget");
	assert_string_equal(f.diff.calls.items[0].through, "socketcall");
	assert_null(f.diff.calls.items[1].through);
	fixture_done(&f);
	f = (struct fixture){ 0 };
	/* the multiplexer itself */
	f.a = parse("", X86, ALLOW("\"connect\""));
	f.b = parse("", X86, ALLOW("\"connect\",\"socketcall\""));
	compare(&f);
	assert_lines(&f, "+socketcall?");
}

static void unknown_names(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse("", ALL, ALLOW("\"of_tomorrow\",\"both\""));
	f.b = parse("", ALL, ACT("KILL", "\"of_yesterday\"") "," ALLOW("\"both\""));
	compare(&f);
	assert_lines(&f, "-of_tomorrow ~of_yesterday");
	assert_int_equal(f.diff.calls.items[0].arches, 0);
	assert_int_equal(f.diff.calls.items[0].category, SNUG_CATEGORY_OTHER);
}

static void fields(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = parse("\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\",\"SECCOMP_FILTER_FLAG_TSYNC\"],",
		    X86_64, ALLOW("\"read\""));
	f.b = parse("\"flags\":[\"SECCOMP_FILTER_FLAG_TSYNC\",\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"],",
		    X86_64, ALLOW("\"read\""));
	compare(&f);
	assert_int_equal(f.diff.flags_a.len, 1);
	assert_string_equal(f.diff.flags_a.items[0], "SECCOMP_FILTER_FLAG_LOG");
	assert_int_equal(f.diff.flags_b.len, 1);
	assert_string_equal(f.diff.flags_b.items[0], "SECCOMP_FILTER_FLAG_SPEC_ALLOW");
	assert_false(snug_diff_is_empty(&f.diff));
	fixture_done(&f);
	f = (struct fixture){ 0 };
	f.a = parse("\"listenerPath\":\"/run/x\",", X86_64, "");
	f.b = parse("", X86_64, "");
	f.b->base_profile_name = xstrdup("runtime");
	compare(&f);
	assert_true(f.diff.has_other_listener);
	assert_true(f.diff.has_other_base);
	assert_false(snug_diff_is_empty(&f.diff));
}

/* What the line says about @args of @nr, if it is about that call. */
static bool line_has(const struct snug_difference *line, const char *name, enum snug_arch arch,
		     const struct snug_decision *a, const struct snug_decision *b,
		     const uint64_t args[SNUG_N_ARGS])
{
	if (strcmp(line->name, name) != 0)
		return false;
	/* of what is behind a multiplexer only the kind of difference is kept */
	if (a->behind_mux || b->behind_mux)
		return line->mux_arches & UINT64_C(1) << arch &&
		       snug_ret_passes(line->ret_a) == snug_ret_passes(a->ret) &&
		       snug_ret_passes(line->ret_b) == snug_ret_passes(b->ret);
	return line->arches & UINT64_C(1) << arch && line->ret_a == a->ret &&
	       line->ret_b == b->ret && snug_argset_contains(&line->args, args);
}

/* Whether the difference of two decisions is said, in whichever way. */
static bool is_said(const struct fixture *f, enum snug_arch arch, uint32_t nr,
		    const struct snug_decision *a, const struct snug_decision *b,
		    const uint64_t args[SNUG_N_ARGS])
{
	uint64_t bit = UINT64_C(1) << arch;
	const char *name = a->behind_mux ? a->behind_mux : b->behind_mux;

	if (!(f->diff.arches & bit))
		return (f->diff.only_a | f->diff.only_b) & bit;
	if (!name)
		name = snug_syscall_name(arch, nr);
	VEC_FOREACH (line, &f->diff.calls)
		if (line_has(line, name, arch, a, b, args))
			return true;
	return false;
}

static uint32_t random_call(struct random_source *r, enum snug_arch arch,
			    uint64_t args[SNUG_N_ARGS])
{
	uint32_t nr = random_call_number(r, arch);

	for (int i = 0; i < SNUG_N_ARGS; i++)
		args[i] = random_edge(r);
	if (random_below(r, 2))
		args[0] = random_below(r, 25);
	for (int i = 0; i < SNUG_N_ARGS && snug_arch_arg_bits(arch) == 32; i++)
		args[i] &= UINT32_MAX;
	return nr;
}

/* An unequal answer is said, an equal one is not. */
static void check_call(const struct fixture *f, enum snug_arch arch, uint32_t nr,
		       const uint64_t args[SNUG_N_ARGS], unsigned *n_unequal)
{
	struct snug_decision a = snug_meaning_decide(f->ma, arch, nr, args);
	struct snug_decision b = snug_meaning_decide(f->mb, arch, nr, args);
	bool is_by_default = a.by == SNUG_BY_DEFAULT && b.by == SNUG_BY_DEFAULT;
	bool want = a.ret != b.ret && !is_by_default;

	if (a.ret != b.ret && is_by_default)
		assert_true(f->diff.default_a != f->diff.default_b);
	*n_unequal += want;
	if (!want && (a.behind_mux || b.behind_mux || !(f->diff.arches & UINT64_C(1) << arch)))
		return;
	if (is_said(f, arch, nr, &a, &b, args) != want)
		fail_msg("%s on %s (%#llx, %#llx, %#llx): A 0x%08x, B 0x%08x is%s said",
			 snug_syscall_name(arch, nr), snug_arch_name(arch),
			 (unsigned long long)args[0], (unsigned long long)args[1],
			 (unsigned long long)args[2], a.ret, b.ret, want ? " not" : "");
}

static void check_mirror(const struct fixture *f)
{
	struct snug_diff back = { 0 };

	assert_int_equal(snug_diff(f->mb, f->ma, &back, NULL), 0);
	assert_int_equal(back.n_names[SNUG_DIFF_A_ALLOWS], f->diff.n_names[SNUG_DIFF_B_ALLOWS]);
	assert_int_equal(back.n_names[SNUG_DIFF_B_ALLOWS], f->diff.n_names[SNUG_DIFF_A_ALLOWS]);
	assert_int_equal(back.n_names[SNUG_DIFF_ANSWER], f->diff.n_names[SNUG_DIFF_ANSWER]);
	assert_int_equal(back.calls.len, f->diff.calls.len);
	assert_int_equal(back.only_a, f->diff.only_b);
	snug_diff_done(&back);
	assert_int_equal(snug_diff(f->ma, f->ma, &back, NULL), 0);
	assert_true(snug_diff_is_empty(&back));
	snug_diff_done(&back);
}

static void says_what_the_evaluator_says(void **state)
{
	struct random_source r;
	unsigned n_unequal = 0, n_too_many = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PAIRS; i++) {
		CLEANUP(fixture_done)
		struct fixture f = { .a = random_filter(&r), .b = random_filter(&r) };

		f.a->arches.len -= random_below(&r, 4) == 0;
		f.b->arches.len -= random_below(&r, 4) == 0;
		if (try_compare(&f) < 0) {
			n_too_many++;
			continue;
		}
		for (int k = 0; k < N_CALLS; k++) {
			enum snug_arch arch = x86_abis[k % 3];
			uint64_t args[SNUG_N_ARGS];
			uint32_t nr = random_call(&r, arch, args);

			check_call(&f, arch, nr, args, &n_unequal);
		}
		check_mirror(&f);
	}
	printf("# %u of %d answers were unequal; %u of %d pairs had too many conditions\n",
	       n_unequal, N_PAIRS * N_CALLS, n_too_many, N_PAIRS);
	assert_true(n_unequal > N_PAIRS * N_CALLS / 10);
	assert_true(n_too_many < N_PAIRS / 4);
}

/* Entries for some calls: one condition for each argument, at random ends. */
static struct snug_seccomp_profile *many_corners(struct random_source *r)
{
	struct snug_seccomp_profile *p = parse("", X86_64, "");
	static const char *const names[] = { "clone", "fcntl", "futex",  "ioctl",  "madvise",
					     "mmap",  "prctl", "socket", "unshare" };

	for (unsigned i = 0; i < 16; i++) {
		struct snug_seccomp_entry *e = snug_seccomp_profile_add(
			p, (enum snug_action)(SNUG_ACTION_TRACE + i % 3), names, ARRAY_SIZE(names));

		for (unsigned k = 0; k < SNUG_N_ARGS; k++)
			*VEC_PUSH(&e->args) = (struct snug_seccomp_arg){
				.index = k,
				.op = random_below(r, 2) ? SNUG_CMP_GE : SNUG_CMP_LE,
				.value = random_u64(r),
			};
		e->has_args = true;
	}
	return p;
}

/* Conditions that each profile can have, but that cut each other into more pieces than anybody
 * reads: refused, before they take all memory. */
static void too_many_pieces(void **state)
{
	struct random_source r = { 4 };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	f.a = many_corners(&r);
	f.b = many_corners(&r);
	assert_int_equal(try_compare(&f), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same),
		cmocka_unit_test(kinds_and_groups),
		cmocka_unit_test(conditions),
		cmocka_unit_test(defaults),
		cmocka_unit_test(abis),
		cmocka_unit_test(abi_without_difference),
		cmocka_unit_test(other_families),
		cmocka_unit_test(multiplexers),
		cmocka_unit_test(unknown_names),
		cmocka_unit_test(fields),
		cmocka_unit_test(too_many_pieces),
		cmocka_unit_test(says_what_the_evaluator_says),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
