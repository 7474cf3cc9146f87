/* SPDX-License-Identifier: Apache-2.0 */
/* The output of the OCI hook: a recording alone, and a base that grows by one. */
#include "base/err.h"
#include "base/str.h"
#include "record/grow.h"
#include "seccomp/meaning.h"
#include "seccomp/profile-compact.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

struct fixture {
	struct snug_recording *recording;
	struct snug_derived derived;
	struct snug_seccomp_profile *base;
	struct snug_grown grown;
	struct snug_str text;
	struct snug_err err;
};

static void fixture_done(struct fixture *f)
{
	snug_grown_done(&f->grown);
	snug_derived_done(&f->derived);
	f->recording = snug_recording_free(f->recording);
	f->base = snug_seccomp_profile_free(f->base);
	snug_str_done(&f->text);
	snug_err_done(&f->err);
}

/* A recording of @names on x86-64, and of write on i386 with @compat. */
static void record(struct fixture *f, const char *const *names, bool compat)
{
	const struct snug_derive_policy policy = { .name = "x" };
	const struct snug_recording *all[1];

	f->recording = snug_recording_new();
	f->recording->arch = SNUG_ARCH_X86_64;
	for (; *names; names++) {
		int64_t nr = snug_syscall_number(SNUG_ARCH_X86_64, *names);

		assert_true(nr >= 0);
		(void)snug_recording_call(f->recording, SNUG_ARCH_X86_64, (uint32_t)nr);
	}
	if (compat)
		(void)snug_recording_call(f->recording, SNUG_ARCH_X86, 4);
	all[0] = f->recording;
	assert_int_equal(snug_derive(all, 1, &policy, &f->derived, &f->err), 0);
}

static int grow(struct fixture *f, const char *base)
{
	int r;

	assert_int_equal(
		snug_seccomp_profile_parse("base", base, strlen(base), NULL, &f->base, &f->err), 0);
	r = snug_grow(f->base, &f->derived, &host_x86, &f->grown, &f->err);
	if (r == 0)
		snug_seccomp_profile_write_compact(f->base, &f->text);
	return r;
}

#define TAIL ",\"comment\":\"\",\"includes\":{},\"excludes\":{}}"

static void a_recording_alone(void **state)
{
	static const char *const names[] = { "write", "execve", "read", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	record(&f, names, false);
	snug_seccomp_profile_write_compact(f.derived.profile, &f.text);
	assert_string_equal(snug_str_text(&f.text),
			    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":["
			    "\"SCMP_ARCH_X86_64\"],\"syscalls\":[{\"names\":[\"execve\",\"read\","
			    "\"write\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[]" TAIL "]}");
}

static void a_base_grows(void **state)
{
	static const char *const names[] = { "write", "execve", "read", "mount", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	record(&f, names, true);
	assert_int_equal(grow(&f, "{\"defaultAction\":\"SCMP_ACT_KILL\",\"defaultErrnoRet\":38,"
				  "\"syscalls\":[{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\","
				  "\"comment\":\"<b>\"},{\"names\":[\"mount\"],\"action\":"
				  "\"SCMP_ACT_ERRNO\",\"errnoRet\":1}]}"),
			 0);
	/* the default is forced as the peer does it, what is blocked stays so */
	assert_string_equal(
		snug_str_text(&f.text),
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
		"\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\"],\"syscalls\":["
		"{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\",\"args\":[],\"comment\":"
		"\"\\u003cb\\u003e\",\"includes\":{},\"excludes\":{}},"
		"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[],\"comment\":\"\","
		"\"includes\":{},\"excludes\":{},\"errnoRet\":1},"
		"{\"names\":[\"execve\",\"write\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[]" TAIL
		"]}");
	assert_int_equal(f.grown.blocked.len, 1);
	assert_string_equal(f.grown.blocked.items[0], "mount");
	assert_int_equal(f.grown.added.len, 2);
}

static void nothing_new(void **state)
{
	static const char *const names[] = { "execve", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	record(&f, names, false);
	assert_int_equal(grow(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":["
				  "\"SCMP_ARCH_X86_64\"],\"syscalls\":[{\"names\":[\"execve\"],"
				  "\"action\":\"SCMP_ACT_ALLOW\"}]}"),
			 0);
	assert_int_equal(f.base->entries.len, 1);
	assert_int_equal(f.base->arches.len, 1);
}

/* The peer takes any mention of a name for a decision about all of its calls. */
static void what_holds_only_sometimes(void **state)
{
	static const char *const names[] = { "execve", "socket", "mount", "read", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	record(&f, names, false);
	assert_int_equal(grow(&f,
			      "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
			      "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{"
			      "\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]},"
			      "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{"
			      "\"caps\":[\"CAP_SYS_ADMIN\"]}},"
			      "{\"names\":[\"read\",\"execve\"],\"action\":\"SCMP_ACT_ALLOW\"}]}"),
			 0);
	assert_int_equal(f.grown.added.len, 2);
	assert_string_equal(f.grown.added.items[0], "mount");
	assert_string_equal(f.grown.added.items[1], "socket");
	assert_int_equal(f.grown.blocked.len, 0);
}

static void what_is_refused_for_some_arguments(void **state)
{
	static const char *const names[] = { "clone", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_decision d;
	const uint64_t newuser[SNUG_N_ARGS] = { 0x10000011 }, fork[SNUG_N_ARGS] = { 17 };

	(void)state;
	record(&f, names, false);
	assert_int_equal(
		grow(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":["
			 "\"clone\"],\"action\":\"SCMP_ACT_KILL_PROCESS\",\"args\":[{\"index\":0,"
			 "\"value\":268435456,\"valueTwo\":268435456,\"op\":"
			 "\"SCMP_CMP_MASKED_EQ\"}]},{\"names\":[\"execve\"],\"action\":"
			 "\"SCMP_ACT_ALLOW\"}]}"),
		0);
	assert_int_equal(f.grown.blocked.len, 1);
	assert_int_equal(
		snug_seccomp_decide(f.base, &host_x86, SNUG_ARCH_X86_64, 56, newuser, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(
		snug_seccomp_decide(f.base, &host_x86, SNUG_ARCH_X86_64, 56, fork, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
}

/* A runtime drops an entry that repeats the default; who wrote it wants the call refused. */
static void what_is_refused_as_by_default(void **state)
{
	static const char *const names[] = { "chmod", "clone", "execve", "kill", "mount", NULL };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const uint64_t newuser[SNUG_N_ARGS] = { 0x10000000 }, fork[SNUG_N_ARGS] = { 17 };
	struct snug_decision d;

	(void)state;
	record(&f, names, false);
	assert_int_equal(
		grow(&f,
		     "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,\"syscalls\":[{"
		     "\"names\":[\"chmod\",\"kill\"],\"action\":\"SCMP_ACT_ERRNO\"},{\"names\":"
		     "[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1,\"args\":[{"
		     "\"index\":0,\"value\":268435456,\"op\":\"SCMP_CMP_EQ\"}]},{\"names\":["
		     "\"kill\"],\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"read\"],"
		     "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":4094}]}"),
		0);
	/* kill is allowed: that entry counts where the other one is dropped */
	assert_int_equal(f.grown.blocked.len, 2);
	assert_string_equal(f.grown.blocked.items[0], "chmod");
	assert_string_equal(f.grown.blocked.items[1], "clone");
	assert_int_equal(f.grown.added.len, 2);
	assert_string_equal(f.grown.added.items[0], "execve");
	assert_string_equal(f.grown.added.items[1], "mount");
	assert_int_equal(f.base->default_errno_ret.value, 1);
	assert_int_equal(
		snug_seccomp_decide(f.base, &host_x86, SNUG_ARCH_X86_64, 90, fork, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_ERRNO | EPERM);
	assert_int_equal(
		snug_seccomp_decide(f.base, &host_x86, SNUG_ARCH_X86_64, 56, newuser, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_ERRNO | EPERM);
	assert_int_equal(
		snug_seccomp_decide(f.base, &host_x86, SNUG_ARCH_X86_64, 56, fork, &d, NULL), 0);
	assert_int_equal(d.ret, SECCOMP_RET_ALLOW);
}

/* podman and docker refuse a profile that has both, and so do we. */
static void a_base_with_a_map(void **state)
{
	static const char *const names[] = { "execve", NULL };
	static const char *const bases[] = {
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"archMap\":[{\"architecture\":"
		"\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X32\"]}],\"syscalls\":[]}",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"archMap\":[{\"architecture\":"
		"\"SCMP_ARCH_AARCH64\",\"subArchitectures\":[]}],\"syscalls\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		CLEANUP(fixture_done) struct fixture f = { 0 };
		CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *again = NULL;
		struct snug_arches arches = { 0 };
		bool compat = i & 1, has_x86 = false;

		record(&f, names, compat);
		assert_int_equal(grow(&f, bases[i / 2]), 0);
		assert_int_equal(snug_seccomp_profile_parse("again", snug_str_text(&f.text),
							    f.text.len, NULL, &again, &f.err),
				 0);
		assert_int_equal(again->arches.len, 0);
		snug_seccomp_arches(again, &host_x86, &arches);
		VEC_FOREACH (arch, &arches)
			has_x86 |= *arch == SNUG_ARCH_X86;
		assert_int_equal(has_x86, compat);
		VEC_DONE(&arches);
	}
}

static void every_field(void **state)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrno\":\"ENOSYS\",\"archMap\":[{"
		"\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[\"SCMP_ARCH_X86\","
		"\"SCMP_ARCH_X32\"]}],\"syscalls\":[{\"names\":[\"a\",\"b\"],\"action\":"
		"\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":1,\"value\":18446744073709551615,"
		"\"valueTwo\":2,\"op\":\"SCMP_CMP_MASKED_EQ\"},{\"index\":0,\"value\":1,"
		"\"valueTwo\":0,\"op\":\"SCMP_CMP_EQ\"}],\"comment\":\"a\\tb\\u2028\\\"\\u0001\","
		"\"includes\":{\"caps\":[\"CAP_KILL\"],\"minKernel\":\"4.8\"},\"excludes\":{"
		"\"arches\":[\"arm\"]},\"errnoRet\":0,\"errno\":\"EPERM\"}],\"flags\":["
		"\"SECCOMP_FILTER_FLAG_LOG\"],\"listenerPath\":\"/l\",\"listenerMetadata\":\"m\"}";
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	assert_int_equal(
		snug_seccomp_profile_parse("all", text, strlen(text), NULL, &f.base, &f.err), 0);
	snug_seccomp_profile_write_compact(f.base, &f.text);
	assert_string_equal(snug_str_text(&f.text), text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_alone),
		cmocka_unit_test(a_base_grows),
		cmocka_unit_test(nothing_new),
		cmocka_unit_test(what_holds_only_sometimes),
		cmocka_unit_test(what_is_refused_for_some_arguments),
		cmocka_unit_test(what_is_refused_as_by_default),
		cmocka_unit_test(a_base_with_a_map),
		cmocka_unit_test(every_field),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
