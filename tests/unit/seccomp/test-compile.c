/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What filters decide, by an interpreter that knows nothing of libseccomp.  test-compile-model.c
 * has random profiles.
 */
#include "base/err.h"
#include "base/str.h"
#include "bpf-sim.h"
#include "compile-test.h"
#include "seccomp/filter.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

#define ALLOW    SECCOMP_RET_ALLOW
#define KILL     SECCOMP_RET_KILL_THREAD
#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))

static void collect(void *data, const char *text)
{
	struct snug_str *all = data;

	snug_str_add(all, text);
	snug_str_addc(all, '\n');
}

static int compile_for(struct fixture *f, const struct snug_seccomp_env *env, const char *text)
{
	int r;

	fixture_done(f);
	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, &f->err) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
	r = snug_seccomp_filter_compile(f->profile, env, collect, &f->warnings, &f->filter,
					&f->err);
	if (r == 0)
		assert_null(bpf_sim_check(f->filter.insns, f->filter.n_insns));
	return r;
}

static void compile(struct fixture *f, const char *text)
{
	if (compile_for(f, &host_x86, text) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
}

static uint32_t run64(const struct fixture *f, const char *name)
{
	return run(f, SNUG_ARCH_X86_64, name, NULL);
}

/* The answer with one argument set. */
static uint32_t run_arg(const struct fixture *f, enum snug_arch arch, const char *name,
			unsigned index, uint64_t value)
{
	uint64_t args[6] = { 0 };

	args[index] = value;
	return run(f, arch, name, args);
}

#define PROFILE(fields)        "{\"defaultAction\":\"SCMP_ACT_ERRNO\"," fields "}"
#define ALL_X86                "\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"],"
#define E(names, action, more) "{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\"" more "}"
#define ARG(index, op, value)                                                                      \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_" #op "\",\"value\":" #value "}"
#define MASKED(index, mask, value)                                                                 \
	"{\"index\":" #index ",\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":" #mask                     \
	",\"valueTwo\":" #value "}"
#define ARGS(list) ",\"args\":[" list "]"

static void names_apply_where_they_exist(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, PROFILE(ALL_X86 "\"syscalls\":[" E("\"read\",\"mmap2\",\"newfstatat\","
						       "\"socket\",\"rt_sigaction\"",
						       "ALLOW", "") "]"));
	assert_int_equal(run64(&f, "read"), ALLOW);
	assert_int_equal(run64(&f, "write"), ERRNO(EPERM));
	assert_int_equal(run64(&f, "newfstatat"), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "read", NULL), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "mmap2", NULL), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "fstatat64", NULL), ERRNO(EPERM));
	assert_int_equal(run(&f, SNUG_ARCH_X86, "socket", NULL), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 2), ERRNO(EPERM));
	assert_int_equal(run(&f, SNUG_ARCH_X32, "read", NULL), ALLOW);
	assert_int_equal(run_nr(&f, SNUG_ARCH_X32, 0x40000000 + 512, NULL), ALLOW);
	assert_int_equal(run_nr(&f, SNUG_ARCH_X86_64, 512, NULL), ERRNO(EPERM));
	assert_string_equal(snug_str_text(&f.warnings), "");
	assert_int_equal(f.filter.flags, 0);
	assert_false(f.filter.needs_listener);
}

static void other_abis_are_killed(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, PROFILE("\"syscalls\":[" E("\"read\"", "ALLOW", "") "]"));
	assert_int_equal(run64(&f, "read"), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "read", NULL), KILL);
	assert_int_equal(run(&f, SNUG_ARCH_X32, "read", NULL), KILL);
	assert_int_equal(run(&f, SNUG_ARCH_AARCH64, "read", NULL), KILL);
	assert_true(f.filter.can_kill);
	/* the native ABI is there even where only others are listed, and those of other machines
	 * do not matter */
	compile(&f, PROFILE("\"architectures\":[\"SCMP_ARCH_X86\",\"SCMP_ARCH_S390X\","
			    "\"SCMP_ARCH_LOONGARCH64\"],\"syscalls\":[" E("\"read\"", "ALLOW",
									  "") "]"));
	assert_int_equal(run64(&f, "read"), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "read", NULL), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_S390X, "read", NULL), KILL);
	compile(&f, PROFILE("\"archMap\":[{\"architecture\":\"SCMP_ARCH_AARCH64\","
			    "\"subArchitectures\":[\"SCMP_ARCH_ARM\"]},{\"architecture\":"
			    "\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X32\"]}],"
			    "\"syscalls\":[" E("\"read\"", "ALLOW", "") "]"));
	assert_int_equal(run(&f, SNUG_ARCH_X32, "read", NULL), ALLOW);
	assert_int_equal(run(&f, SNUG_ARCH_X86, "read", NULL), KILL);
}

static void foreign_hosts(void **state)
{
	static const enum snug_arch hosts[] = { SNUG_ARCH_AARCH64, SNUG_ARCH_S390X,
						SNUG_ARCH_RISCV64, SNUG_ARCH_PPC64LE,
						SNUG_ARCH_MIPS64,  SNUG_ARCH_PARISC64 };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		const struct snug_seccomp_env env = { .arch = hosts[i] };
		enum snug_arch a = hosts[i];

		if (compile_for(
			    &f, &env,
			    PROFILE("\"syscalls\":[" E("\"read\",\"mseal\"", "ALLOW", "") "," E(
				    "\"dup3\"", "ALLOW",
				    ARGS(ARG(
					    0, EQ,
					    4294967297))) "," E("\"kill\"", "ALLOW",
								ARGS(ARG(
									0, EQ,
									1))) "," E("\"kill\"",
										   "LOG",
										   ARGS(ARG(
											   1, EQ,
											   2))) "]")) <
		    0)
			fail_msg("%s", snug_err_msg(&f.err));
		assert_int_equal(run(&f, a, "read", NULL), ALLOW);
		assert_int_equal(run(&f, a, "mseal", NULL), ALLOW);
		assert_int_equal(run(&f, a, "close", NULL), ERRNO(EPERM));
		assert_int_equal(run_arg(&f, a, "dup3", 0, 4294967297), ALLOW);
		assert_int_equal(run_arg(&f, a, "dup3", 0, 1), ERRNO(EPERM));
		assert_int_equal(run_arg(&f, a, "kill", 0, 1), ALLOW);
		assert_int_equal(run_arg(&f, a, "kill", 1, 2), SECCOMP_RET_LOG);
		assert_int_equal(run_arg(&f, a, "kill", 1, 2ull << 32), ERRNO(EPERM));
		assert_int_equal(run(&f, SNUG_ARCH_X86_64, "read", NULL), KILL);
	}
	{
		const struct snug_seccomp_env env = { .arch = SNUG_ARCH_LOONGARCH64 };

		if (compile_for(&f, &env, PROFILE("\"syscalls\":[]")) < 0)
			assert_string_equal(snug_err_msg(&f.err),
					    "p: libseccomp does not know SCMP_ARCH_LOONGARCH64");
	}
}

static void actions_and_errnos(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f,
		"{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[" E("\"read\"", "KILL", "") "," E("\"write\"", "KILL_PROCESS", "") "," E(
			"\"open\"", "KILL_THREAD",
			"") "," E("\"close\"", "TRAP",
				  "") "," E("\"stat\"", "ERRNO",
					    "") "," E("\"fstat\"", "ERRNO",
						      ",\"errnoRet\":0") "," E("\"lstat\"", "ERRNO",
									       ",\"errnoRet\":4094") "," E("\"poll\"",
													   "ERRNO",
													   ",\"errnoRet\":1,\"errno\":\"ENOSYS\"") "," E("\"lseek\"",
																			 "TRACE",
																			 "") "," E("\"mmap\"",
																				   "TRACE",
																				   ",\"errnoRet\":65535") "," E("\"brk\"",
																								"ALLOW",
																								",\"errnoRet\":5") "," E("\"bpf\"",
																											 "NOTIFY",
																											 "") "]}");
	assert_int_equal(run64(&f, "read"), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(run64(&f, "write"), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(run64(&f, "open"), SECCOMP_RET_KILL_THREAD);
	assert_int_equal(run64(&f, "close"), SECCOMP_RET_TRAP);
	assert_int_equal(run64(&f, "stat"), ERRNO(EPERM));
	assert_int_equal(run64(&f, "fstat"), ERRNO(0));
	assert_int_equal(run64(&f, "lstat"), ERRNO(4094));
	assert_int_equal(run64(&f, "poll"), ERRNO(ENOSYS));
	assert_int_equal(run64(&f, "lseek"), SECCOMP_RET_TRACE | EPERM);
	assert_int_equal(run64(&f, "mmap"), SECCOMP_RET_TRACE | 65535);
	assert_int_equal(run64(&f, "brk"), ALLOW);
	assert_int_equal(run64(&f, "bpf"), SECCOMP_RET_USER_NOTIF);
	assert_int_equal(run64(&f, "getpid"), SECCOMP_RET_LOG);
	assert_true(f.filter.needs_listener);

	compile(&f, PROFILE("\"defaultErrnoRet\":38"));
	assert_int_equal(run64(&f, "read"), ERRNO(38));
	compile(&f, PROFILE("\"defaultErrnoRet\":1,\"defaultErrno\":\"ENOSYS\""));
	assert_int_equal(run64(&f, "read"), ERRNO(38));
	/* a resource's 0 is EPERM */
	compile(&f, "apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		    "spec:\n  defaultAction: SCMP_ACT_ALLOW\n  syscalls:\n  - names: [read]\n"
		    "    action: SCMP_ACT_ERRNO\n    errnoRet: 0\n");
	assert_int_equal(run64(&f, "read"), ERRNO(EPERM));
}

static void flags_of_the_load(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, PROFILE("\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\","
			    "\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\",\"SECCOMP_FILTER_FLAG_TSYNC\","
			    "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]"));
	assert_int_equal(f.filter.flags, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
						 SECCOMP_FILTER_FLAG_TSYNC);
	compile(&f, PROFILE("\"flags\":[\"SECCOMP_FILTER_FLAG_TSYNC\","
			    "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"],\"syscalls\":[" E(
				    "\"bpf\"", "NOTIFY", "") "]"));
	assert_int_equal(f.filter.flags, SECCOMP_FILTER_FLAG_TSYNC |
						 SECCOMP_FILTER_FLAG_TSYNC_ESRCH |
						 SECCOMP_FILTER_FLAG_NEW_LISTENER |
						 SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
}

static void calls_beyond_libseccomp(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, PROFILE(ALL_X86 "\"syscalls\":[" E(
			    "\"mseal\",\"statmount\",\"listmount\","
			    "\"uretprobe\",\"futex_wake\"",
			    "ALLOW", "") "," E("\"listns\"", "LOG",
					       ARGS(ARG(0, GE, 4294967298))) "," E("\"setxattrat\"",
										   "KILL_PROCESS",
										   "") "]"));
	for (int a = SNUG_ARCH_X86_64; a <= SNUG_ARCH_X32; a++) {
		enum snug_arch arch = (enum snug_arch)a;

		assert_int_equal(run(&f, arch, "mseal", NULL), ALLOW);
		assert_int_equal(run(&f, arch, "statmount", NULL), ALLOW);
		assert_int_equal(run(&f, arch, "listmount", NULL), ALLOW);
		assert_int_equal(run(&f, arch, "futex_wake", NULL), ALLOW);
		assert_int_equal(run(&f, arch, "lsm_list_modules", NULL), ERRNO(EPERM));
		assert_int_equal(run(&f, arch, "setxattrat", NULL), SECCOMP_RET_KILL_PROCESS);
		assert_int_equal(run_arg(&f, arch, "listns", 0, 4294967297), ERRNO(EPERM));
		/* i386 has no such argument, whatever is in the register */
		assert_int_equal(run_arg(&f, arch, "listns", 0, 4294967298),
				 arch == SNUG_ARCH_X86 ? ERRNO(EPERM) : SECCOMP_RET_LOG);
	}
	assert_int_equal(run64(&f, "uretprobe"), ALLOW);
	/* another call has its number on i386 */
	assert_int_equal(run_nr(&f, SNUG_ARCH_X86, 335, NULL), ERRNO(EPERM));
	assert_int_equal(run_nr(&f, SNUG_ARCH_X86_64, 999, NULL), ERRNO(EPERM));
}

static void comparisons(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, PROFILE("\"syscalls\":[" E(
			    "\"read\"", "ALLOW",
			    ARGS(ARG(0, EQ, 4294967296) "," ARG(1, NE, 0) "," MASKED(
				    2, 18446744069414584320, 9223372036854775808))) "]"));
	{
		uint64_t good[6] = { 4294967296, 1, 0x80000000ffffffff };
		uint64_t bad0[6] = { 0, 1, 0x80000000ffffffff };
		uint64_t bad1[6] = { 4294967296, 0, 0x80000000ffffffff };
		uint64_t bad2[6] = { 4294967296, 1, 0xc0000000ffffffff };

		assert_int_equal(run(&f, SNUG_ARCH_X86_64, "read", good), ALLOW);
		assert_int_equal(run(&f, SNUG_ARCH_X86_64, "read", bad0), ERRNO(EPERM));
		assert_int_equal(run(&f, SNUG_ARCH_X86_64, "read", bad1), ERRNO(EPERM));
		assert_int_equal(run(&f, SNUG_ARCH_X86_64, "read", bad2), ERRNO(EPERM));
	}
	/* on i386 no argument is over 32 bits, so this can not be "1" */
	compile(&f, PROFILE(ALL_X86 "\"syscalls\":[" E("\"read\"", "ALLOW",
						       ARGS(ARG(0, EQ, 4294967297))) "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "read", 0, 1), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 4294967297), ALLOW);
}

static void overlaps(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	/* without args wins, with a warning where that is wider */
	compile(&f, PROFILE("\"syscalls\":[" E("\"read\"", "ALLOW", "") "," E(
			    "\"write\",\"read\"", "KILL", ARGS(ARG(0, EQ, 1))) "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "write", 0, 1), KILL);
	assert_string_equal(
		snug_str_text(&f.warnings),
		"p:1:92: syscalls[1].names[1]: SCMP_ACT_KILL for 'read' has no effect, "
		"because syscalls[0] has SCMP_ACT_ALLOW for it without conditions, which "
		"wins with runc and crun\n");
	/* of two without args the first */
	compile(&f, PROFILE("\"syscalls\":[" E("\"read\"", "LOG", "") "," E("\"read\"", "ALLOW",
									    "") "]"));
	assert_int_equal(run64(&f, "read"), SECCOMP_RET_LOG);
	assert_string_equal(snug_str_text(&f.warnings), "");
	/* what repeats the default without args counts for nothing, but is spoken of */
	compile(&f, PROFILE("\"syscalls\":[" E("\"read\"", "ERRNO", "") "," E("\"read\"", "ALLOW",
									      "") "]"));
	assert_int_equal(run64(&f, "read"), ALLOW);
	assert_non_null(strstr(snug_str_text(&f.warnings), "syscalls[0].names[0]: SCMP_ACT_ERRNO"));
	/* with args: the strictest that holds, whatever the order, the default included */
	compile(&f,
		PROFILE("\"syscalls\":[" E("\"read\"", "ALLOW", ARGS(ARG(0, NE, 2))) "," E(
			"\"read\"", "ERRNO", ARGS(ARG(0, EQ, 1))) "," E("\"read\"", "KILL",
									ARGS(ARG(0, EQ, 3))) "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 0), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 1), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 2), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 3), KILL);
	assert_string_equal(snug_str_text(&f.warnings), "");
	/* the same argument twice: each one is enough */
	compile(&f, PROFILE("\"syscalls\":[" E(
			    "\"read\"", "ALLOW",
			    ARGS(ARG(0, EQ, 1) "," ARG(0, EQ, 2) "," ARG(1, EQ, 7))) "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 2), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 1, 7), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "read", 0, 3), ERRNO(EPERM));
	assert_non_null(strstr(snug_str_text(&f.warnings),
			       "syscalls[0].args: two look at the same argument, so each one alone "
			       "is enough for SCMP_ACT_ALLOW"));
}

static void multiplexed_calls(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	/* the arguments behind socketcall(2) cannot be seen: deny */
	compile(&f, PROFILE(ALL_X86
			    "\"syscalls\":[" E("\"socket\"", "ALLOW", ARGS(ARG(0, EQ, 1))) "," E(
				    "\"bind\",\"accept\"", "ALLOW", "") "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "socket", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socket", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socket", 0, 2), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 1), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 2), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 5), ALLOW);
	assert_non_null(strstr(snug_str_text(&f.warnings),
			       "x86: the arguments of 'socket' cannot be checked when it is made "
			       "through socketcall(2); there it gets the strictest answer"));
	/* a multiplexer that is named itself is open for all behind it */
	compile(&f, PROFILE(ALL_X86
			    "\"syscalls\":[" E("\"socket\"", "ALLOW", ARGS(ARG(0, EQ, 1))) "," E(
				    "\"socketcall\"", "ALLOW", "") "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 1), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "socketcall", 0, 3), ALLOW);
	assert_non_null(strstr(snug_str_text(&f.warnings), "'socket' is not restricted when it is "
							   "made through socketcall(2)"));
	/* a multiplexer with conditions, beside calls that have none */
	compile(&f,
		PROFILE(ALL_X86 "\"syscalls\":[" E("\"shmget\"", "ALLOW", "") "," E(
			"\"ipc\"", "LOG", ARGS(ARG(0, LE, 4))) "," E("\"semop\"", "KILL", "") "]"));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "ipc", 0, 23), ALLOW);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "ipc", 0, 1), KILL);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "ipc", 0, 2), SECCOMP_RET_LOG);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86, "ipc", 0, 24), ERRNO(EPERM));
}

static void conditions_select_entries(void **state)
{
	static const char text[] = PROFILE(
		"\"syscalls\":[" E("\"clone\"", "ALLOW", ",\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}") "," E(
			"\"clone\"", "ALLOW",
			ARGS(MASKED(
				0, 2114060288,
				0)) ",\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}") "," E("\"ptrace\"",
											  "ALLOW",
											  ",\"includes\":{\"minKernel\":\"4.8\"}") "," E("\"arch_prctl\"",
																	 "ALLOW",
																	 ",\"includes\":{\"arches\":[\"arm64\"]}") "]");
	struct snug_seccomp_env env = host_x86;
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	assert_int_equal(compile_for(&f, &env, text), 0);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "clone", 0, 0x10000000), ERRNO(EPERM));
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "clone", 0, 0x11), ALLOW);
	assert_int_equal(run64(&f, "ptrace"), ALLOW);
	assert_int_equal(run64(&f, "arch_prctl"), ERRNO(EPERM));
	env.caps = 1ull << CAP_SYS_ADMIN;
	env.kernel_version = KERNEL_VERSION(4, 7, 99);
	assert_int_equal(compile_for(&f, &env, text), 0);
	assert_int_equal(run_arg(&f, SNUG_ARCH_X86_64, "clone", 0, 0x10000000), ALLOW);
	assert_int_equal(run64(&f, "ptrace"), ERRNO(EPERM));
}

static void refused(const char *text, int code, const char *words)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	assert_int_equal(compile_for(&f, &host_x86, text), code);
	assert_string_equal(snug_err_msg(&f.err), words);
	assert_null(f.filter.insns);
}

static void what_cannot_be_compiled(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	refused("{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", -EINVAL,
		"p: defaultAction: SCMP_ACT_NOTIFY cannot be the default, because the program that "
		"answers could not start");
	refused(PROFILE("\"defaultErrnoRet\":4095"), -EINVAL,
		"p: defaultErrnoRet: 4095 is over 4094");
	refused(PROFILE("\"syscalls\":[" E("\"read\"", "ERRNO", ",\"errnoRet\":5000") "]"), -EINVAL,
		"p:1:47: syscalls[0].errnoRet: 5000 is over 4094");
	refused("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" E("\"read\",\"opne\\n\"",
									 "KILL", "") "]}",
		-EINVAL,
		"p:1:47: syscalls[0].names[1]: unknown syscall 'opne\\x0a' cannot be restricted to "
		"SCMP_ACT_KILL");
	compile(&f, PROFILE("\"syscalls\":[" E("\"opne\"", "ALLOW", "") "," E("\"opnf\"", "ERRNO",
									      "") "]"));
	assert_string_equal(snug_str_text(&f.warnings),
			    "p:1:47: syscalls[0].names[0]: unknown syscall 'opne' is left out\n"
			    "p:1:92: syscalls[1].names[0]: unknown syscall 'opnf' is left out\n");
	/* more than the kernel takes */
	snug_str_add(&s, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[");
	for (int i = 0; i < 900; i++)
		snug_str_addf(&s,
			      "%s{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
			      "{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":%d}]}",
			      i ? "," : "", i);
	snug_str_add(&s, "]}");
	assert_int_equal(compile_for(&f, &host_x86, snug_str_text(&s)), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&f.err), "the kernel takes 4096"));
	/* and more than is worth trying */
	snug_str_clear(&s);
	snug_str_add(&s, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"action\":"
			 "\"SCMP_ACT_ALLOW\",\"names\":[\"read\"");
	for (int i = 0; i < 100; i++)
		snug_str_add(&s, ",\"read\"");
	snug_str_add(&s, "],\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":1}");
	for (int i = 0; i < 100; i++)
		snug_str_add(&s, ",{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":1}");
	snug_str_add(&s, "]}]}");
	assert_int_equal(compile_for(&f, &host_x86, snug_str_text(&s)), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&f.err), "more conditions than a filter can hold"));
}

static void base_profile_is_spoken_of(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	compile(&f, "apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		    "spec:\n  baseProfileName: runc\n  defaultAction: SCMP_ACT_ALLOW\n");
	assert_non_null(strstr(snug_str_text(&f.warnings), "base profile is not looked up"));
}

/* The kernel looks at call & 0xffff; a version above it must not get around the rule. */
static void versions_of_ipc(void **state)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"semget\",\"shmget\",\"connect\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":99}]}";
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const uint32_t refused = SECCOMP_RET_ERRNO | 99;
	uint64_t args[6] = { 2 };

	(void)state;
	assert_int_equal(
		snug_seccomp_profile_parse("ipc", text, strlen(text), NULL, &f.profile, NULL), 0);
	assert_int_equal(
		snug_seccomp_filter_compile(f.profile, &host_x86, NULL, NULL, &f.filter, &f.err),
		0);
	for (uint64_t version = 0; version < 3; version++) {
		args[0] = version << 16 | 2;
		assert_int_equal(run(&f, SNUG_ARCH_X86, "ipc", args), refused);
		args[0] = version << 16 | 23;
		assert_int_equal(run(&f, SNUG_ARCH_X86, "ipc", args), refused);
		args[0] = version << 16 | 1;
		assert_int_equal(run(&f, SNUG_ARCH_X86, "ipc", args), SECCOMP_RET_ALLOW);
	}
	args[0] = 3;
	assert_int_equal(run(&f, SNUG_ARCH_X86, "socketcall", args), refused);
	args[0] = 0x10003; /* no call of socketcall(2) */
	assert_int_equal(run(&f, SNUG_ARCH_X86, "socketcall", args), SECCOMP_RET_ALLOW);
}

/* Every call with six conditions: no filter can hold that, and finding out must not take minutes.
 */
static void hundreds_of_conditions(void **state)
{
	CLEANUP(fixture_done)
	struct fixture f = {
		.profile = snug_seccomp_profile_new("big", SNUG_ACTION_ERRNO),
	};
	struct snug_seccomp_entry *e = VEC_PUSH(&f.profile->entries);

	(void)state;
	*VEC_PUSH(&f.profile->arches) = SNUG_ARCH_X86;
	e->action = SNUG_ACTION_ALLOW;
	for (const char *const *name = snug_syscall_names(); *name; name++)
		*VEC_PUSH(&e->names) = xstrdup(*name);
	for (uint32_t i = 0; i < 6; i++)
		*VEC_PUSH(&e->args) =
			(struct snug_seccomp_arg){ .index = i, .op = SNUG_CMP_GT, .value = i + 1 };
	alarm(20); /* minutes otherwise, whatever the machine */
	assert_int_equal(
		snug_seccomp_filter_compile(f.profile, &host_x86, NULL, NULL, &f.filter, &f.err),
		-E2BIG);
	alarm(0);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_apply_where_they_exist),
		cmocka_unit_test(other_abis_are_killed),
		cmocka_unit_test(foreign_hosts),
		cmocka_unit_test(actions_and_errnos),
		cmocka_unit_test(flags_of_the_load),
		cmocka_unit_test(calls_beyond_libseccomp),
		cmocka_unit_test(comparisons),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(multiplexed_calls),
		cmocka_unit_test(versions_of_ipc),
		cmocka_unit_test(hundreds_of_conditions),
		cmocka_unit_test(conditions_select_entries),
		cmocka_unit_test(what_cannot_be_compiled),
		cmocka_unit_test(base_profile_is_spoken_of),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
