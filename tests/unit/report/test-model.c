/* SPDX-License-Identifier: Apache-2.0 */
#include "report/model.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/version.h>

#include <cmocka.h>

static struct snug_seccomp_profile *profile(const char *syscalls)
{
	CLEANUP(freep)
	char *text =
		xasprintf("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [%s]}", syscalls);
	const struct snug_seccomp_read_options opts = { .keep_unknown = true };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p = NULL;

	if (snug_seccomp_profile_parse("p.json", text, strlen(text), &opts, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return p;
}

#define ALLOW(names) "{\"names\": [" names "], \"action\": \"SCMP_ACT_ALLOW\"}"

static void call(struct snug_recording *r, uint32_t nr, uint64_t first_us, unsigned by)
{
	struct snug_recording_call *c = snug_recording_call(r, SNUG_ARCH_X86_64, nr);

	c->by = by;
	c->has_first = first_us != UINT64_MAX;
	if (!c->has_first)
		return;
	c->first_us = first_us;
	c->pid = 7;
	c->comm = xstrdup("web");
}

static struct snug_recording *recording(void)
{
	struct snug_recording *r = snug_recording_new();

	r->arch = SNUG_ARCH_X86_64;
	r->duration_us = 1000000;
	return r;
}

static void exec(struct snug_recording *r, uint64_t at_us, uint32_t pid, const char *path)
{
	*VEC_PUSH(&r->execs) = (struct snug_recording_exec){
		.at_us = at_us, .pid = pid, .comm = xstrdup("c"), .path = xstrdup(path)
	};
}

static const struct snug_seccomp_env env = { .arch = SNUG_ARCH_X86_64,
					     .kernel_version = KERNEL_VERSION(6, 1, 0) };

static void build(struct snug_report_input *in, struct snug_report *ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	in->env = env;
	if (snug_report_build(in, ret, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

static const struct snug_report_call *row(const struct snug_report *r, const char *name)
{
	VEC_FOREACH (c, &r->calls)
		if (strcmp(c->name, name) == 0)
			return c;
	fail_msg("no row for %s", name);
	return NULL;
}

static void every_call_of_the_architecture_has_one_row(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = profile(ALLOW("\"read\", \"nosuch\", \"socketcall\""));
	struct snug_report_profile_input in_p = { .label = "p.json", .profile = p };
	struct snug_report_input in = { .profiles = &in_p, .n_profiles = 1 };
	CLEANUP(snug_report_done) struct snug_report r = { 0 };

	(void)state;
	build(&in, &r);
	assert_int_equal(r.calls.len, r.profiles.items[0].digest.n_known + 2);
	for (size_t i = 1; i < r.calls.len; i++) {
		const struct snug_report_call *a = &r.calls.items[i - 1], *b = &r.calls.items[i];

		assert_true(a->category < b->category ||
			    (a->category == b->category && strcmp(a->name, b->name) < 0));
	}
	assert_int_equal(row(&r, "read")->answers[0].verdict, SNUG_REPORT_PASSES);
	assert_true(row(&r, "read")->answers[0].is_named);
	assert_int_equal(row(&r, "mount")->answers[0].verdict, SNUG_REPORT_REFUSED);
	assert_string_equal(row(&r, "mount")->answers[0].text, "EPERM");
	assert_false(row(&r, "mount")->answers[0].is_named);
	assert_false(row(&r, "nosuch")->is_known);
	assert_true(row(&r, "socketcall")->is_known);
	assert_false(row(&r, "socketcall")->is_native);
	/* nothing was recorded, so nothing is said of origins */
	assert_int_equal(row(&r, "read")->origin, SNUG_REPORT_NO_ORIGIN);
	assert_int_equal(r.n_unseen, 0);
	assert_string_equal(r.title, "p.json");
}

static void origins_come_from_recordings(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = profile(
		ALLOW("\"read\", \"write\", \"close\", \"fchdir\", \"getpid\", \"ptrace\""));
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording();
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording();
	static const char *const baseline[] = { "close", "read" };
	struct snug_report_profile_input in_p = { .label = "p", .profile = p };
	struct snug_report_recording_input in_r[] = { { "a", a }, { "b", b } };
	struct snug_report_input in = {
		.profiles = &in_p, .n_profiles = 1, .recordings = in_r, .n_recordings = 2
	};
	CLEANUP(snug_report_done) struct snug_report r = { 0 };

	(void)state;
	call(a, 0, 500, SNUG_BY_MAIN);            /* read */
	call(a, 39, UINT64_MAX, SNUG_BY_ENTERED); /* getpid */
	call(a, 165, 900, SNUG_BY_MAIN);          /* mount */
	call(b, 0, 100, SNUG_BY_MAIN);
	call(b, 1, 200, SNUG_BY_MAIN); /* write */
	call(b, 1000, 300, SNUG_BY_MAIN);
	snug_recording_add_baseline(b, "runc <1>\n", baseline, 2);
	build(&in, &r);
	assert_int_equal(row(&r, "read")->origin, SNUG_REPORT_WORKLOAD);
	/* the first recording that has it, though the second had it sooner after its start */
	assert_int_equal(row(&r, "read")->first.at_us, 500);
	assert_int_equal(row(&r, "read")->first.recording, 0);
	assert_int_equal(row(&r, "read")->n_recordings, 2);
	assert_int_equal(row(&r, "write")->first.recording, 1);
	assert_int_equal(row(&r, "getpid")->origin, SNUG_REPORT_ENTERED);
	assert_false(row(&r, "getpid")->has_first);
	assert_int_equal(row(&r, "close")->origin, SNUG_REPORT_RUNTIME);
	assert_string_equal(row(&r, "close")->runtime, "runc <1>\\x0a");
	assert_int_equal(row(&r, "fchdir")->origin, SNUG_REPORT_BASE);
	assert_int_equal(row(&r, "ptrace")->origin, SNUG_REPORT_NOT_SEEN);
	assert_int_equal(row(&r, "umount2")->origin, SNUG_REPORT_NO_ORIGIN);
	assert_true(row(&r, "mount")->is_broken);
	assert_true(row(&r, "call 1000 (x86_64)")->is_broken);
	assert_null(row(&r, "call 1000 (x86_64)")->key);
	assert_int_equal(r.n_seen, 5);
	assert_int_equal(r.n_unseen, 3);
	assert_int_equal(r.n_broken, 2);
	assert_int_equal(r.recordings.items[0].n_new, 3);
	assert_int_equal(r.recordings.items[1].n_new, 2);
}

static void answers_by_argument_are_told(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = profile(
		"{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"index\": "
		"0, \"value\": 2, \"op\": \"SCMP_CMP_EQ\"}]},"
		"{\"names\": [\"ptrace\"], \"action\": \"SCMP_ACT_KILL_PROCESS\"},"
		"{\"names\": [\"mknod\"], \"action\": \"SCMP_ACT_NOTIFY\"},"
		"{\"names\": [\"uname\"], \"action\": \"SCMP_ACT_LOG\"}");
	struct snug_report_profile_input in_p = { .label = "p", .profile = p };
	struct snug_report_input in = { .profiles = &in_p, .n_profiles = 1 };
	CLEANUP(snug_report_done) struct snug_report r = { 0 };

	(void)state;
	build(&in, &r);
	assert_int_equal(row(&r, "socket")->answers[0].verdict, SNUG_REPORT_SOMETIMES);
	assert_string_equal(row(&r, "socket")->answers[0].args, "socket(AF_INET, ...); else EPERM");
	assert_int_equal(row(&r, "ptrace")->answers[0].verdict, SNUG_REPORT_REFUSED);
	assert_string_equal(row(&r, "ptrace")->answers[0].text, "kills the process");
	assert_int_equal(row(&r, "mknod")->answers[0].verdict, SNUG_REPORT_ASKS);
	assert_int_equal(row(&r, "uname")->answers[0].verdict, SNUG_REPORT_PASSES);
	assert_string_equal(row(&r, "uname")->answers[0].text, "allowed, logged");
}

static void profiles_stand_beside_the_first(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *a = profile(ALLOW("\"read\", \"write\", \"bpf\""));
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *b = profile(ALLOW("\"read\", \"uname\", \"getpid\""));
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *reference = profile(ALLOW("\"read\", \"mount\""));
	struct snug_report_profile_input in_p[] = {
		{ .label = "a", .profile = a },
		{ .label = "b", .profile = b },
		{ .label = "docker-default", .profile = reference, .is_reference = true },
	};
	struct snug_report_input in = { .profiles = in_p, .n_profiles = 3 };
	CLEANUP(snug_report_done) struct snug_report r = { 0 };

	(void)state;
	build(&in, &r);
	assert_int_equal(r.profiles.items[1].n_more, 2);
	assert_int_equal(r.profiles.items[1].n_fewer, 2);
	assert_true(r.profiles.items[2].is_compared);
	assert_int_equal(r.profiles.items[2].findings.len, 0);
	assert_int_equal(r.profiles.items[2].n_risky, 1);
	assert_int_equal(r.profiles.items[0].n_risky, 1);
	assert_true(row(&r, "bpf")->is_risky);
	assert_true(row(&r, "bpf")->differs);
	assert_false(row(&r, "read")->differs);
	/* from the reference alone, while another profile was given */
	assert_false(row(&r, "mount")->differs);
}

static void moments_have_the_program_that_serves(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = profile(ALLOW("\"read\""));
	CLEANUP(snug_recording_freep) struct snug_recording *rec = recording();
	struct snug_report_profile_input in_p = { .label = "p", .profile = p };
	struct snug_report_recording_input in_r = { "r", rec };
	struct snug_report_input in = {
		.profiles = &in_p, .n_profiles = 1, .recordings = &in_r, .n_recordings = 1
	};
	CLEANUP(snug_report_done) struct snug_report r = { 0 };
	const struct snug_report_recording *one;

	(void)state;
	for (uint32_t i = 0; i < 40; i++)
		exec(rec, i * 10, i == 35 ? 7 : 100 + i, i == 35 ? "/srv" : "/wrapper");
	call(rec, 59, 0, 0);
	call(rec, 50, 390, 0);  /* listen */
	call(rec, 288, 395, 0); /* accept4 */
	call(rec, 43, 399, 0);  /* accept, later */
	build(&in, &r);
	one = &r.recordings.items[0];
	assert_int_equal(one->moments.len, SNUG_LIMIT_REPORT_EXECS + 2);
	assert_int_equal(one->n_more_execs, 40 - SNUG_LIMIT_REPORT_EXECS);
	for (size_t i = 1; i < one->moments.len; i++)
		assert_true(one->moments.items[i - 1].at_us <= one->moments.items[i].at_us);
	assert_string_equal(one->moments.items[one->moments.len - 3].what, "/srv");
	assert_int_equal(one->moments.items[one->moments.len - 2].kind, SNUG_REPORT_LISTENS);
	assert_string_equal(one->moments.items[one->moments.len - 1].what, "accept4");
	assert_int_equal(one->moments.items[one->moments.len - 1].n_known, 3);
}

static void limits_are_errors(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = profile(ALLOW("\"read\""));
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_report_profile_input in_p[SNUG_LIMIT_REPORT_PROFILES + 2];
	struct snug_report_input in = { .env = env, .profiles = in_p };
	struct snug_report r = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(in_p); i++)
		in_p[i] = (struct snug_report_profile_input){ .label = "p", .profile = p };
	in.n_profiles = SNUG_LIMIT_REPORT_PROFILES + 1;
	assert_int_equal(snug_report_build(&in, &r, &err), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&err), "9 profiles are too many"));
	assert_null(r.title);
	/* one that nobody gave does not count */
	in_p[in.n_profiles - 1].is_reference = true;
	assert_int_equal(snug_report_build(&in, &r, NULL), 0);
	snug_report_done(&r);
}

static void denials(const char *text, struct snug_report_denials *ret, int want, const char *words)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_report_denials_add(ret, "d.json", text, strlen(text), &err);

	assert_int_equal(r, want);
	if (words)
		assert_non_null(strstr(snug_err_msg(&err), words));
}

static void denials_are_read(void **state)
{
	static const char refusals[] =
		"{\"snugRefusals\": 1, \"profile\": \"p\", \"refused\": [{\"arch\": \"x86_64\", "
		"\"nr\": 63, \"name\": \"uname\", \"action\": \"SCMP_ACT_ERRNO\", \"errnoRet\": 1, "
		"\"count\": 3, \"comm\": \"a\\u202eb\"}, {\"arch\": \"x86_64\", \"nr\": 1000, "
		"\"action\": \"SCMP_ACT_KILL_PROCESS\", \"count\": 1}], \"more\": 4}";
	static const char lines[] =
		"{\"type\":\"seccomp\",\"nr\":-1,\"outcome\":\"killed\",\"count\":2}\n\n"
		"{\"type\":\"apparmor\",\"operation\":\"open\",\"name\":\"/etc/shadow\","
		"\"outcome\":\"denied\",\"count\":1}";
	CLEANUP(snug_report_denials_done) struct snug_report_denials d = { 0 };

	(void)state;
	assert_true(snug_report_is_denials(refusals, strlen(refusals)));
	assert_true(snug_report_is_denials(lines, strlen(lines)));
	assert_false(snug_report_is_denials("{\"defaultAction\": \"SCMP_ACT_LOG\"}", 34));
	assert_false(snug_report_is_denials("{\"type\": 1, \"outcome\": \"x\"}", 27));
	assert_false(snug_report_is_denials("", 0));
	assert_false(snug_report_is_denials("{", 1));
	denials(refusals, &d, 0, NULL);
	denials(lines, &d, 0, NULL);
	assert_int_equal(d.n_sources, 2);
	assert_int_equal(d.n_more, 4);
	assert_int_equal(d.len, 4);
	assert_string_equal(d.items[0].program, "a\\xe2\\x80\\xaeb");
	assert_string_equal(d.items[0].outcome, "EPERM");
	assert_string_equal(d.items[1].what, "call 1000 (x86_64)");
	assert_null(d.items[1].call);
	assert_string_equal(d.items[2].what, "call -1 (an unknown ABI)");
	assert_string_equal(d.items[3].what, "apparmor open /etc/shadow");
	denials("{\"type\":\"x\",\"outcome\":\"y\"}\n[]\n", &d, -EINVAL, "d.json:2: not a line");
	denials("{\"type\":\"x\",\"outcome\":\"y\"}\n{\n", &d, -EINVAL, "d.json:2: ");
}

static void denials_over_the_limit_are_counted(void **state)
{
	CLEANUP(snug_report_denials_done) struct snug_report_denials d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	(void)state;
	for (int i = 0; i < SNUG_LIMIT_REPORT_DENIALS + 5; i++)
		snug_str_add(
			&text,
			"{\"type\":\"seccomp\",\"syscall\":\"mount\",\"outcome\":\"EPERM\"}\n");
	denials(snug_str_text(&text), &d, 0, NULL);
	assert_int_equal(d.len, SNUG_LIMIT_REPORT_DENIALS);
	assert_int_equal(d.n_more, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_of_the_architecture_has_one_row),
		cmocka_unit_test(origins_come_from_recordings),
		cmocka_unit_test(answers_by_argument_are_told),
		cmocka_unit_test(profiles_stand_beside_the_first),
		cmocka_unit_test(moments_have_the_program_that_serves),
		cmocka_unit_test(limits_are_errors),
		cmocka_unit_test(denials_are_read),
		cmocka_unit_test(denials_over_the_limit_are_counted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
