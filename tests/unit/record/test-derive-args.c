/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles that look at arguments: worked cases. */
#include "record/derive.h"

#include "base/err.h"
#include "base/str.h"
#include "record/argument-facts.h"
#include "seccomp/call-args.h"
#include "seccomp/meaning.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "recording-test.h"

#define X64 SNUG_ARCH_X86_64
#define X86 SNUG_ARCH_X86

/* @by made the call with these arguments. */
static void made_by(struct snug_recording *r, enum snug_arch arch, const char *name, unsigned by,
		    uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t args[SNUG_N_ARGS] = { a, b, c };
	struct snug_recording_call *call = recording_add(r, arch, name);

	call->by |= by;
	(void)snug_argument_facts_begin(call);
	(void)snug_argument_facts_note(call, by, args);
}

static void made(struct snug_recording *r, enum snug_arch arch, const char *name, uint64_t a,
		 uint64_t b, uint64_t c)
{
	made_by(r, arch, name, SNUG_BY_MAIN, a, b, c);
}

static void derive(const struct snug_recording *const *all, size_t n,
		   const struct snug_derive_policy *policy, struct snug_derived *ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_derive(all, n, policy, ret, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static void derive_one(const struct snug_recording *r, enum snug_args_level level,
		       struct snug_derived *ret)
{
	const struct snug_derive_policy policy = { .name = "x", .args = level };

	derive(&r, 1, &policy, ret);
}

/* Entries behind the first as text: "socket+socketpair: family == AF_UNIX && ...;". */
static char *conditions(const struct snug_derived *d)
{
	struct snug_str s = SNUG_STR_INIT;

	for (size_t i = 1; i < d->profile->entries.len; i++) {
		const struct snug_seccomp_entry *e = &d->profile->entries.items[i];

		VEC_FOREACH (name, &e->names)
			snug_str_addf(&s, "%s%s", name == e->names.items ? "" : "+", *name);
		if (e->action != SNUG_ACTION_ALLOW)
			snug_str_addf(&s, "=%u", e->errno_ret.value);
		snug_str_addc(&s, ':');
		VEC_FOREACH (arg, &e->args) {
			snug_str_add(&s, arg == e->args.items ? " " : " && ");
			snug_cond_add_text(e->names.items[0], arg, &s);
		}
		snug_str_add(&s, ";\n");
	}
	return snug_str_take(&s);
}

static void assert_conditions(const struct snug_derived *d, const char *want)
{
	CLEANUP(freep) char *got = conditions(d);

	assert_string_equal(got, want);
}

static void assert_open(const struct snug_derived *d, const char *name,
			enum snug_open_reason reason)
{
	bool is_there = false;

	VEC_FOREACH (open, &d->open) {
		if (strcmp(open->name, name) != 0)
			continue;
		is_there = true;
		assert_string_equal(snug_open_reason_name(open->reason),
				    snug_open_reason_name(reason));
	}
	assert_true(is_there);
	is_there = false;
	VEC_FOREACH (one, &d->profile->entries.items[0].names)
		is_there |= strcmp(*one, name) == 0;
	assert_true(is_there);
}

static void assert_decides(const struct snug_derived *d, enum snug_arch arch, const char *name,
			   uint64_t a, uint64_t b, uint64_t c, bool passes)
{
	const struct snug_seccomp_env env = { .arch = X64 };
	const uint64_t args[SNUG_N_ARGS] = { a, b, c };
	struct snug_decision decision;
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	assert_int_equal(
		snug_seccomp_decide(d->profile, &env, arch, (uint32_t)nr, args, &decision, NULL),
		0);
	assert_int_equal(snug_ret_passes(decision.ret), passes);
}

static void test_entries(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	(void)recording_add(r, X64, "execve");
	made(r, X64, "socket", 2, 1 | 02000000, 0);
	made(r, X64, "socket", 1, 2, 0);
	made(r, X64, "socketpair", 1, 2 | 04000, 0);
	made(r, X64, "ioctl", 7, 0x5401, 99);
	made(r, X64, "ptrace", 16, 0, 0);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_conditions(&d,
			  "ioctl: cmd == TCGETS;\n"
			  "ptrace: request == PTRACE_ATTACH;\n"
			  "socket+socketpair: family == AF_UNIX && (type & 0xf) == SOCK_DGRAM && "
			  "protocol == IPPROTO_IP;\n"
			  "socket: family == AF_INET && (type & 0xf) == SOCK_STREAM && protocol == "
			  "IPPROTO_IP;\n");
	assert_int_equal(d.profile->entries.items[0].names.len, 1);
	assert_int_equal(d.conditional.len, 4);
	assert_int_equal(d.n_conditions, 4);
	assert_int_equal(d.open.len, 0);
	assert_int_equal(d.leaky.len, 0);
	/* the kernel takes an int: its upper half cannot smuggle another one */
	assert_decides(&d, X64, "socket", 0x100000026, 1, 0, false);
	assert_decides(&d, X64, "socket", 2, 2, 0, false);
	snug_derived_done(&d);
	derive_one(r, SNUG_ARGS_OFF, &d);
	assert_conditions(&d, "");
	assert_int_equal(d.profile->entries.items[0].names.len, 5);
	assert_int_equal(d.conditional.len + d.open.len, 0);
}

static void test_levels(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	const uint64_t args[SNUG_N_ARGS] = { 0, 4096, 3, 0x22 };
	struct snug_recording_call *c;

	(void)state;
	c = recording_add(r, X64, "mmap");
	(void)snug_argument_facts_begin(c);
	(void)snug_argument_facts_note(c, SNUG_BY_MAIN, args);
	made(r, X64, "openat", 0, 0, 0x80000);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_conditions(&d, "mmap: (prot & 0x7) == (PROT_READ|PROT_WRITE);\n");
	snug_derived_done(&d);
	derive_one(r, SNUG_ARGS_ALL, &d);
	assert_int_equal(d.conditional.len, 2);
	assert_decides(&d, X64, "openat", 0, 0, 0x80000, true);
	assert_decides(&d, X64, "openat", 0, 0, 0x80001, false);
}

/* Flags that may be there or not are one entry. */
static void test_flags(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	for (uint64_t prot = 0; prot < 4; prot++)
		made(r, X64, "mprotect", 0, 0, prot);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_conditions(&d, "mprotect: !(prot & PROT_EXEC);\n");
	snug_derived_done(&d);
	for (uint64_t prot = 4; prot < 8; prot++)
		made(r, X64, "mprotect", 0, 0, prot);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_conditions(&d, "");
	assert_open(&d, "mprotect", SNUG_OPEN_EVERY_VALUE);
}

static void test_open(void **state)
{
	static const char *const base[] = { "prctl", "unshare" };
	static const char *const of_runtime[] = { "personality" };
	const struct snug_derive_baseline baseline = { "runc", of_runtime, 1 };
	const struct snug_derive_policy policy = {
		.name = "x",
		.base = base,
		.n_base = 2,
		.baselines = &baseline,
		.n_baselines = 1,
		.args = SNUG_ARGS_SECURITY,
	};
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording_of(X64);
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording_of(X64);
	const struct snug_recording *both[] = { a, b };
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	made(a, X64, "prctl", 4, 0, 0);
	made(a, X64, "personality", 8, 0, 0);
	made(a, X64, "socket", 2, 1, 0);
	(void)recording_add(b, X64, "socket");
	made(a, X64, "fcntl", 0, 1, 0);
	snug_argument_facts_cut(recording_add(a, X64, "fcntl"), SNUG_BY_MAIN);
	made(a, X64, "kill", 1, 9, 0);
	made(b, X64, "kill", 1, 15, 0);
	for (uint64_t i = 0; i < 16; i++) {
		made(a, X64, "arch_prctl", i, 0, 0);
		made(b, X64, "arch_prctl", 16 + i, 0, 0);
	}
	derive(both, 2, &policy, &d);
	assert_conditions(&d, "kill: sig == SIGKILL;\nkill: sig == SIGTERM;\n");
	assert_open(&d, "prctl", SNUG_OPEN_BASE);
	assert_open(&d, "unshare", SNUG_OPEN_BASE);
	assert_open(&d, "personality", SNUG_OPEN_RUNTIME);
	assert_open(&d, "socket", SNUG_OPEN_NOT_RECORDED);
	assert_open(&d, "fcntl", SNUG_OPEN_TOO_MANY);
	/* sixteen each, and that is the limit */
	assert_open(&d, "arch_prctl", SNUG_OPEN_TOO_MANY);
	assert_int_equal(d.open.len, 6);
}

/* What only entered processes did with a call that the main side makes, too. */
static void test_sides(void **state)
{
	struct snug_derive_policy policy = { .name = "x", .args = SNUG_ARGS_SECURITY };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	const struct snug_recording *one = r;
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	made_by(r, X64, "socket", SNUG_BY_MAIN, 2, 1, 0);
	made_by(r, X64, "socket", SNUG_BY_ENTERED, 16, 3, 0);
	made_by(r, X64, "ioctl", SNUG_BY_ENTERED, 0, 0x5401, 0);
	made_by(r, X64, "fcntl", SNUG_BY_MAIN, 0, 1, 0);
	made_by(r, X64, "fcntl", SNUG_BY_ENTERED, 0, 2, 0);
	snug_argument_facts_cut(recording_add(r, X64, "fcntl"), SNUG_BY_ENTERED);
	derive(&one, 1, &policy, &d);
	assert_decides(&d, X64, "socket", 16, 3, 0, true);
	assert_decides(&d, X64, "ioctl", 0, 0x5401, 0, true);
	assert_open(&d, "fcntl", SNUG_OPEN_TOO_MANY);
	snug_derived_done(&d);
	policy.no_entered = true;
	derive(&one, 1, &policy, &d);
	assert_decides(&d, X64, "socket", 2, 1, 0, true);
	assert_decides(&d, X64, "socket", 16, 3, 0, false);
	assert_decides(&d, X64, "ioctl", 0, 0x5401, 0, false);
	assert_decides(&d, X64, "fcntl", 0, 1, 0, true);
	assert_decides(&d, X64, "fcntl", 0, 2, 0, false);
}

/* Of an older table, which looked at less. */
static void test_older(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording_of(X64);
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording_of(X64);
	const struct snug_recording *both[] = { a, b };
	const struct snug_derive_policy policy = { .name = "x", .args = SNUG_ARGS_SECURITY };
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	struct snug_recording_call *old = recording_add(a, X64, "socket");
	const uint64_t inet = 2;

	(void)state;
	old->args.spec = (struct snug_arg_spec){ 1, { 0 }, { UINT32_MAX } };
	snug_argument_facts_restore(old, SNUG_BY_MAIN, &inet);
	made(b, X64, "socket", 2, 1, 0);
	made(b, X64, "socket", 1, 1, 0);
	derive(both, 2, &policy, &d);
	assert_conditions(&d, "socket: family == AF_UNIX && (type & 0xf) == SOCK_STREAM && "
			      "protocol == IPPROTO_IP;\n"
			      "socket: family == AF_INET;\n");
}

/* A recording that looked at all 64 bits. */
static void test_width(void **state)
{
	struct snug_derive_policy policy = { .name = "x", .args = SNUG_ARGS_SECURITY };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	const struct snug_recording *one = r;
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct snug_recording_call *c = recording_add(r, X64, "ptrace");
	const uint64_t values[] = { 16, (uint64_t)-5 };

	(void)state;
	c->args.spec = (struct snug_arg_spec){ 1, { 0 }, { UINT64_MAX } };
	snug_argument_facts_restore(c, SNUG_BY_MAIN, &values[0]);
	snug_argument_facts_restore(c, SNUG_BY_MAIN, &values[1]);
	(void)recording_add(r, X86, "read");
	derive(&one, 1, &policy, &d);
	assert_decides(&d, X64, "ptrace", 16, 0, 0, true);
	assert_decides(&d, X64, "ptrace", (uint64_t)-5, 0, 0, true);
	assert_decides(&d, X64, "ptrace", 0x100000010, 0, 0, false);
	assert_decides(&d, X86, "ptrace", 16, 0, 0, true); /* profiles have no args of one ABI */
	assert_decides(&d, X86, "ptrace", (uint32_t)-5, 0, 0, false);
	snug_derived_done(&d);
	/* a resource has no such number */
	policy.signed_values = true;
	derive(&one, 1, &policy, &d);
	assert_decides(&d, X64, "ptrace", (uint64_t)-5, 0, 0, true);
	assert_decides(&d, X64, "ptrace", (uint32_t)-5, 0, 0, false);
	assert_int_equal(snug_seccomp_profile_write(d.profile, SNUG_PROFILE_CRD_YAML, &text, NULL),
			 0);
}

/* An int with something above it that the kernel ignores: the program must not be stopped. */
static void test_odd_upper_half(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	const uint64_t above = UINT64_C(7) << 32;

	(void)state;
	made(r, X64, "socket", above | 2, 1, 0);
	made(r, X64, "socket", 1, 1, 0);
	made(r, X64, "prctl", above | 3, 0, 0);
	made(r, X64, "prctl", 3, 0, 0);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_decides(&d, X64, "socket", above | 2, 1, 0, true);
	assert_decides(&d, X64, "socket", 2, 1, 0, true);
	assert_decides(&d, X64, "socket", 1, 1, 0, true);
	assert_decides(&d, X64, "socket", above | 1, 1, 0, false);
	assert_decides(&d, X64, "socket", above | 38, 1, 0, false);
	assert_decides(&d, X64, "prctl", above << 1 | 3, 0, 0, true);
	assert_decides(&d, X64, "prctl", 3, 0, 0, true);
}

static void test_other_abis(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	made(r, X64, "mmap", 0, 0, 1);
	made(r, X64, "socket", 2, 1, 0);
	made(r, X64, "connect", 0, 0, 0);
	made(r, X64, "shmctl", 0, 0, 0);
	made(r, X86, "read", 0, 0, 0);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	/* i386 is listed, and has these otherwise */
	assert_int_equal(d.leaky.len, 2);
	assert_string_equal(d.leaky.items[0], "mmap");
	assert_string_equal(d.leaky.items[1], "socket");
	assert_decides(&d, X86, "socketcall", 1, 0, 0, false);
	snug_derived_done(&d);
	/* i386's mmap has its arguments in memory */
	made(r, X86, "mmap", 0, 0, 0);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_open(&d, "mmap", SNUG_OPEN_ELSEWHERE);
	assert_decides(&d, X64, "socket", 38, 1, 0, false);
	snug_derived_done(&d);
	/* SYS_SOCKET: what it makes cannot be seen, and must go on working */
	made(r, X86, "socketcall", 1, 0, 0);
	made(r, X86, "socketcall", 2, 0, 0);
	derive_one(r, SNUG_ARGS_SECURITY, &d);
	assert_open(&d, "socket", SNUG_OPEN_BEHIND_MUX);
	assert_decides(&d, X86, "socketcall", 1, 0, 0, true);
	assert_decides(&d, X86, "socketcall", 2, 0, 0, true);
	assert_decides(&d, X86, "socketcall", 4, 0, 0, false);
}

static void test_clone3(void **state)
{
	struct snug_derive_policy policy = { .name = "x", .args = SNUG_ARGS_SECURITY };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(X64);
	CLEANUP(snug_recording_freep) struct snug_recording *s390 = recording_of(SNUG_ARCH_S390X);
	const struct snug_recording *one = r, *big = s390;
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	(void)recording_add(r, X64, "clone3");
	derive(&one, 1, &policy, &d);
	assert_conditions(&d, "");
	assert_false(d.has_clone3); /* there is no clone with conditions */
	snug_derived_done(&d);
	policy.clone3_is_enosys = true;
	derive(&one, 1, &policy, &d);
	assert_conditions(&d, "clone: !(flags & CLONE_NEW*);\nclone3=38:;\n");
	assert_int_equal(d.added.len, 2); /* with execve */
	snug_derived_done(&d);
	made(r, X64, "clone", 0x1200011, 0, 0);
	made(r, X64, "clone", 0x10000011, 0, 0);
	derive(&one, 1, &policy, &d);
	assert_decides(&d, X64, "clone", 0x1200011, 0, 0, true);
	assert_decides(&d, X64, "clone", 0x3d0f00, 0, 0, true);   /* a thread */
	assert_decides(&d, X64, "clone", 0x10000011, 0, 0, true); /* as recorded */
	assert_decides(&d, X64, "clone", 0x50000011, 0, 0, false);
	snug_derived_done(&d);
	policy.clone3_is_enosys = false;
	derive(&one, 1, &policy, &d);
	assert_true(d.has_clone3);
	snug_derived_done(&d);
	/* without arguments: names */
	policy = (struct snug_derive_policy){ .name = "x", .clone3_is_enosys = true };
	derive(&one, 1, &policy, &d);
	assert_conditions(&d, "clone3=38:;\n");
	assert_decides(&d, X64, "clone", 0x50000011, 0, 0, true);
	snug_derived_done(&d);
	/* s390 has the flags elsewhere */
	(void)recording_add(s390, SNUG_ARCH_S390X, "clone3");
	policy.args = SNUG_ARGS_ALL;
	derive(&big, 1, &policy, &d);
	assert_conditions(&d, "clone3=38:;\n");
}

static void test_names(void **state)
{
	enum snug_args_level level = SNUG_ARGS_OFF;

	(void)state;
	for (int i = 0; snug_args_level_names()[i]; i++) {
		assert_int_equal(snug_args_level_from_name(snug_args_level_names()[i], &level), 0);
		assert_int_equal(level, i);
	}
	assert_int_equal(snug_args_level_from_name("some", &level), -EINVAL);
	assert_int_equal(snug_args_level_from_name("", &level), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),        cmocka_unit_test(test_levels),
		cmocka_unit_test(test_flags),          cmocka_unit_test(test_open),
		cmocka_unit_test(test_sides),          cmocka_unit_test(test_older),
		cmocka_unit_test(test_width),          cmocka_unit_test(test_other_abis),
		cmocka_unit_test(test_clone3),         cmocka_unit_test(test_names),
		cmocka_unit_test(test_odd_upper_half),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
