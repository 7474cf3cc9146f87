/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The evaluator against the compiled program: for random profiles and random calls, what
 * snug_meaning_decide() answers is what the BPF program answers when it is run.  The cells are
 * compared with the evaluator in the same way.  The program comes from libseccomp and from the
 * instructions in front of it, and the interpreter knows nothing of either.
 */
#include "base/err.h"
#include "base/str.h"
#include "bpf-sim.h"
#include "random-profile.h"
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

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

enum { N_PROFILES = 4000, N_CELL_PROFILES = 300 };

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

static const enum snug_arch x86_abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_seccomp_filter filter;
	struct snug_err err;
};

static void fixture_done(struct fixture *f)
{
	snug_seccomp_filter_done(&f->filter);
	f->meaning = snug_meaning_free(f->meaning);
	f->profile = snug_seccomp_profile_free(f->profile);
	snug_err_done(&f->err);
}

static void understand(struct fixture *f, const struct snug_seccomp_env *env)
{
	if (snug_meaning_new(f->profile, env, NULL, &f->meaning, &f->err) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
}

/* The fixture of a profile written down. */
static void read_profile(struct fixture *f, const struct snug_seccomp_env *env, const char *text)
{
	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, &f->err) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
	understand(f, env);
}

static struct snug_decision decide(const struct fixture *f, enum snug_arch arch, const char *name,
				   uint64_t arg0, uint64_t arg1)
{
	const uint64_t args[SNUG_N_ARGS] = { arg0, arg1 };
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	return snug_meaning_decide(f->meaning, arch, (uint32_t)nr, args);
}

#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))

static void the_entry_that_decides(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_decision d;

	(void)state;
	read_profile(
		&f, &host_x86,
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
		"\"architectures\":[\"SCMP_ARCH_X86\"],\"syscalls\":["
		"{\"names\":[\"read\",\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		"{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
		"{\"names\":[\"write\",\"read\"],\"action\":\"SCMP_ACT_KILL_PROCESS\",\"args\":["
		"{\"index\":1,\"value\":7,\"op\":\"SCMP_CMP_GT\"}]},"
		"{\"names\":[\"close\",\"connect\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"close\"],\"action\":\"SCMP_ACT_KILL\"}]}");
	d = decide(&f, SNUG_ARCH_X86_64, "read", 1, 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(d.by, SNUG_BY_ENTRY);
	assert_int_equal(d.entry, 0);
	assert_int_equal(d.name_index, 0);
	/* of entries with args the most restrictive that holds */
	d = decide(&f, SNUG_ARCH_X86_64, "read", 1, 8);
	assert_int_equal(d.ret, SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(d.entry, 1);
	assert_int_equal(d.name_index, 1);
	d = decide(&f, SNUG_ARCH_X86_64, "read", 2, 7);
	assert_int_equal(d.ret, ERRNO(38));
	assert_int_equal(d.by, SNUG_BY_DEFAULT);
	/* one without args wins */
	d = decide(&f, SNUG_ARCH_X86_64, "close", 0, 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(d.entry, 2);
	assert_null(d.behind_mux);
	/* nothing names it; nothing knows its number */
	d = decide(&f, SNUG_ARCH_X86, "open", 0, 0);
	assert_int_equal(d.by, SNUG_BY_DEFAULT);
	assert_int_equal(
		snug_meaning_decide(f.meaning, SNUG_ARCH_X86_64, 9999, (uint64_t[SNUG_N_ARGS]){ 0 })
			.ret,
		ERRNO(38));
	/* an ABI that is not listed */
	d = decide(&f, SNUG_ARCH_X32, "close", 0, 0);
	assert_int_equal(d.by, SNUG_BY_FOREIGN_ABI);
	assert_int_equal(d.ret, SECCOMP_RET_KILL_THREAD);
	/* connect(2) through socketcall(2), and socket(2), whose arguments cannot be seen there */
	d = decide(&f, SNUG_ARCH_X86, "socketcall", 3, 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(d.entry, 2);
	assert_string_equal(d.behind_mux, "connect");
	d = decide(&f, SNUG_ARCH_X86, "socketcall", 1, 0);
	assert_int_equal(d.ret, ERRNO(38));
	assert_int_equal(d.by, SNUG_BY_DEFAULT);
	assert_string_equal(d.behind_mux, "socket");
}

static void conditions_of_the_dialect(void **state)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"archMap\":[{\"architecture\":"
		"\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\"]}],\"syscalls\":["
		"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":["
		"\"CAP_SYS_ADMIN\"]}},"
		"{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"minKernel\":"
		"\"4.8\"}},"
		"{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"EACCES\","
		"\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}]}";
	struct snug_seccomp_env env = host_x86;
	struct snug_decision d;
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const uint64_t none[SNUG_N_ARGS] = { 0 };

	(void)state;
	read_profile(&f, &env, text);
	assert_int_equal(decide(&f, SNUG_ARCH_X86_64, "mount", 0, 0).ret, ERRNO(EPERM));
	assert_int_equal(decide(&f, SNUG_ARCH_X86, "ptrace", 0, 0).ret, SECCOMP_RET_ALLOW);
	assert_int_equal(decide(&f, SNUG_ARCH_X86_64, "bpf", 0, 0).ret, ERRNO(EACCES));
	env.caps = 1ull << CAP_SYS_ADMIN;
	env.kernel_version = KERNEL_VERSION(4, 7, 0);
	assert_int_equal(
		snug_seccomp_decide(f.profile, &env, SNUG_ARCH_X86_64, 165, none, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
	assert_int_equal(d.entry, 0);
	assert_int_equal(
		snug_seccomp_decide(f.profile, &env, SNUG_ARCH_X86_64, 101, none, &d, NULL), 0);
	assert_int_equal(d.ret, ERRNO(EPERM));
}

static void what_cannot_be_meant(void **state)
{
	CLEANUP(fixture_done)
	struct fixture f = {
		.profile = snug_seccomp_profile_new("n", SNUG_ACTION_NOTIFY),
	};

	(void)state;
	assert_int_equal(snug_meaning_new(f.profile, &host_x86, NULL, &f.meaning, &f.err), -EINVAL);
	assert_non_null(strstr(snug_err_msg(&f.err), "SCMP_ACT_NOTIFY cannot be the default"));
	assert_null(f.meaning);
}

static void names_that_no_table_knows(void **state)
{
	const struct snug_meaning_options keep = { .keep_unknown = true };
	const char *name = "of_tomorrow";
	CLEANUP(fixture_done)
	struct fixture f = {
		.profile = snug_seccomp_profile_new("u", SNUG_ACTION_ALLOW),
	};
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };

	(void)state;
	snug_seccomp_profile_add(f.profile, SNUG_ACTION_KILL, &name, 1);
	assert_int_equal(snug_meaning_new(f.profile, &host_x86, NULL, &f.meaning, &f.err), -EINVAL);
	assert_int_equal(snug_meaning_new(f.profile, &host_x86, &keep, &f.meaning, NULL), 0);
	assert_int_equal(snug_meaning_names(f.meaning)->len, 1);
	assert_int_equal(snug_meaning_name_cells(f.meaning, name, 64, &cells, NULL), 0);
	assert_int_equal(cells.len, 1);
	assert_int_equal(cells.items[0].decision.ret, SECCOMP_RET_KILL_THREAD);
}

static void dump(const struct fixture *f, enum snug_arch arch, const char *name,
		 const uint64_t a[SNUG_N_ARGS], uint32_t got, uint32_t want)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	assert_int_equal(snug_seccomp_profile_write(f->profile, SNUG_PROFILE_OCI_JSON, &out, NULL),
			 0);
	fputs(snug_str_text(&out), stderr);
	fail_msg("%s on %s (%#llx, %#llx, %#llx): 0x%08x, expected 0x%08x", name,
		 snug_arch_name(arch), (unsigned long long)a[0], (unsigned long long)a[1],
		 (unsigned long long)a[2], got, want);
}

/* A random call of @arch: one that the profile may have rules for, with arguments that are likely
 * to meet them; a multiplexer with the number of a call behind it. */
static uint32_t random_call(struct random_source *r, enum snug_arch arch,
			    uint64_t args[SNUG_N_ARGS])
{
	uint32_t nr = random_call_number(r, arch);

	for (int i = 0; i < SNUG_N_ARGS; i++)
		args[i] = random_edge(r);
	if (random_below(r, 2))
		args[0] = random_below(r, 25) + ((uint64_t)random_below(r, 3) << 16);
	return nr;
}

/* The same for the profile on the ABIs that it lists, and on one that it does not. */
static void drop_an_abi(struct random_source *r, struct snug_seccomp_profile *p)
{
	if (random_below(r, 4) == 0)
		p->arches.len--;
}

static uint32_t run(const struct fixture *f, enum snug_arch arch, uint32_t nr,
		    const uint64_t args[SNUG_N_ARGS])
{
	uint32_t ret;

	assert_true(bpf_sim_call(f->filter.insns, f->filter.n_insns, snug_arch_to_audit(arch), nr,
				 args, &ret) > 0);
	return ret;
}

static void agrees_with_the_program(void **state)
{
	unsigned long n_pairs = 0, n_conditional = 0;
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_PROFILES; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };

		drop_an_abi(&r, f.profile);
		understand(&f, &host_x86);
		if (snug_seccomp_filter_compile(f.profile, &host_x86, NULL, NULL, &f.filter,
						&f.err) < 0)
			fail_msg("%s", snug_err_msg(&f.err));
		for (int k = 0; k < 120; k++) {
			enum snug_arch arch = x86_abis[k % 3];
			uint64_t args[SNUG_N_ARGS];
			uint32_t nr = random_call(&r, arch, args);
			uint32_t got = snug_meaning_decide(f.meaning, arch, nr, args).ret;
			uint32_t want = run(&f, arch, nr, args);

			n_pairs++;
			n_conditional += want != snug_meaning_default(f.meaning);
			if (got != want)
				dump(&f, arch, snug_syscall_name(arch, nr), args, got, want);
		}
	}
	printf("# %lu random (profile, call) pairs agree, %lu of them not by default\n", n_pairs,
	       n_conditional);
	assert_true(n_pairs >= 200000);
	/* or it would be a comparison of defaults */
	assert_true(n_conditional > n_pairs / 4);
}

/* Exactly one cell has the call, and it says what the evaluator says. */
static void check_cells(const struct fixture *f, enum snug_arch arch, uint32_t nr,
			const struct snug_cells *cells, const uint64_t args[SNUG_N_ARGS])
{
	struct snug_decision want = snug_meaning_decide(f->meaning, arch, nr, args);
	const struct snug_cell *found = NULL;

	VEC_FOREACH (cell, cells) {
		if (!snug_argset_contains(&cell->args, args))
			continue;
		if (found)
			fail_msg("%s: two cells", snug_syscall_name(arch, nr));
		found = cell;
	}
	if (!found) {
		fail_msg("%s: no cell", snug_syscall_name(arch, nr));
		return;
	}
	if (found->decision.ret != want.ret)
		dump(f, arch, snug_syscall_name(arch, nr), args, found->decision.ret, want.ret);
	assert_int_equal(found->decision.by, want.by);
	assert_int_equal(found->decision.entry, want.entry);
}

static void cells_are_a_partition(void **state)
{
	struct random_source r;
	unsigned n_too_many = 0, n = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < N_CELL_PROFILES; i++) {
		CLEANUP(fixture_done) struct fixture f = { .profile = random_filter(&r) };

		understand(&f, &host_x86);
		for (int k = 0; k < 30; k++, n++) {
			CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
			enum snug_arch arch = x86_abis[k % 3];
			uint64_t args[SNUG_N_ARGS];
			uint32_t nr = random_call(&r, arch, args);

			for (int a = 0; a < SNUG_N_ARGS && snug_arch_arg_bits(arch) == 32; a++)
				args[a] &= UINT32_MAX;
			if (snug_meaning_cells(f.meaning, arch, nr, &cells, NULL) < 0) {
				n_too_many++;
				continue;
			}
			check_cells(&f, arch, nr, &cells, args);
			/* members that the cells name themselves, which random calls may miss */
			VEC_FOREACH (cell, &cells) {
				assert_true(snug_argset_sample(&cell->args, args));
				check_cells(&f, arch, nr, &cells, args);
			}
		}
	}
	assert_true(n_too_many < n / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entry_that_decides),
		cmocka_unit_test(conditions_of_the_dialect),
		cmocka_unit_test(what_cannot_be_meant),
		cmocka_unit_test(names_that_no_table_knows),
		cmocka_unit_test(agrees_with_the_program),
		cmocka_unit_test(cells_are_a_partition),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
