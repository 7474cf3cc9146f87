/* SPDX-License-Identifier: Apache-2.0 */
#include "record/check.h"

#include "base/err.h"
#include "base/str.h"
#include "record/argument-facts.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

#include "recording-test.h"

#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))

static const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

enum { MAX_RUNS = 4 };

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_recording *recordings[MAX_RUNS];
	struct snug_check_run runs[MAX_RUNS];
	size_t n_runs;
	struct snug_check check;
};

static void fixture_done(struct fixture *f)
{
	snug_check_done(&f->check);
	for (size_t i = 0; i < f->n_runs; i++)
		snug_recording_free(f->recordings[i]);
	f->profile = snug_seccomp_profile_free(f->profile);
}

static void profile(struct fixture *f, const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

/* Only the calls in @calls are allowed, by syscalls[0]. */
static void profile_allows(struct fixture *f, const char *const *calls, size_t n)
{
	f->profile = snug_seccomp_profile_new("p", SNUG_ACTION_ERRNO);
	snug_seccomp_profile_add(f->profile, SNUG_ACTION_ALLOW, calls, n);
}

static struct snug_recording *add_run(struct fixture *f)
{
	struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);

	f->recordings[f->n_runs] = r;
	f->runs[f->n_runs++] = (struct snug_check_run){ r, host_x86 };
	return r;
}

static void add_by(struct snug_recording *r, const char *name, const char *comm, uint32_t pid)
{
	struct snug_recording_call *c = recording_add(r, SNUG_ARCH_X86_64, name);

	c->has_first = true;
	c->comm = xstrdup(comm);
	c->pid = pid;
}

static void check(struct fixture *f)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	for (size_t i = 0; i < f->n_runs; i++)
		snug_recording_sort(f->recordings[i]);
	if (snug_check(f->profile, f->runs, f->n_runs, NULL, NULL, &f->check, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

/* "denied mkdir, allowed read, ...", in the order of the lines */
static void assert_lines(const struct fixture *f, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	VEC_FOREACH (call, &f->check.calls)
		snug_str_addf(&out, "%s%s %s", out.len ? ", " : "",
			      snug_check_result_name(call->result), call->name ? call->name : "?");
	assert_string_equal(snug_str_text(&out), want);
}

static void allowed_and_denied(void **state)
{
	static const char *const calls[] = { "read", "execve", "mkdir" };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_recording *r = add_run(&f);

	(void)state;
	profile_allows(&f, calls, 3);
	recording_add(r, SNUG_ARCH_X86_64, "write");
	recording_add(r, SNUG_ARCH_X86_64, "read");
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	check(&f);
	assert_lines(&f, "denied write, allowed read, allowed execve");
	assert_int_equal(f.check.n[SNUG_CHECK_DENIED], 1);
	assert_int_equal(f.check.n[SNUG_CHECK_ALLOWED], 2);
	assert_int_equal(f.check.calls.items[0].decision.ret, ERRNO(EPERM));
	assert_int_equal(f.check.calls.items[0].decision.by, SNUG_BY_DEFAULT);
	assert_int_equal(f.check.calls.items[0].n_runs, 1);
	assert_null(f.check.calls.items[0].first);
	assert_int_equal(f.check.calls.items[2].decision.by, SNUG_BY_ENTRY);
	assert_int_equal(f.check.calls.items[2].decision.entry, 0);
	assert_false(f.check.calls.items[2].is_start);
}

/* A recording begins behind the execve(2) that starts the command. */
static void start(void **state)
{
	static const char *const calls[] = { "read" };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile_allows(&f, calls, 1);
	recording_add(add_run(&f), SNUG_ARCH_X86_64, "read");
	check(&f);
	assert_lines(&f, "denied execve, allowed read");
	assert_true(f.check.calls.items[0].is_start);
	assert_int_equal(f.check.calls.items[0].arch, SNUG_ARCH_X86_64);
	/* one run made it, the other only starts with it */
	add_by(add_run(&f), "execve", "sh", 7);
	snug_check_done(&f.check);
	check(&f);
	assert_lines(&f, "denied execve, allowed read");
	assert_false(f.check.calls.items[0].is_start);
	assert_int_equal(f.check.calls.items[0].n_runs, 2);
	assert_int_equal(f.check.calls.items[0].first_run, 1);
	assert_int_equal(f.check.calls.items[0].first->pid, 7);
}

/* The start is the native ABI's, whatever the program itself is. */
static void start_of_a_foreign_program(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		    "\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}");
	recording_add(add_run(&f), SNUG_ARCH_X86, "read");
	check(&f);
	assert_lines(&f, "denied execve, allowed read");
	assert_int_equal(f.check.calls.items[0].arch, SNUG_ARCH_X86_64);
	assert_int_equal(f.check.calls.items[1].arch, SNUG_ARCH_X86);
}

static void counts_and_witnesses(void **state)
{
	static const char *const calls[] = { "execve" };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	const struct snug_check_call *mkdir_call;

	(void)state;
	profile_allows(&f, calls, 1);
	recording_add(add_run(&f), SNUG_ARCH_X86_64, "mkdir");
	add_by(add_run(&f), "rmdir", "other", 2);
	add_by(add_run(&f), "mkdir", "third", 3);
	add_by(add_run(&f), "mkdir", "fourth", 4);
	check(&f);
	assert_lines(&f, "denied mkdir, denied rmdir, allowed execve");
	mkdir_call = &f.check.calls.items[0];
	assert_int_equal(mkdir_call->n_runs, 3);
	/* the first that knows it, although another run had the call before */
	assert_int_equal(mkdir_call->first_run, 2);
	assert_string_equal(mkdir_call->first->comm, "third");
	assert_int_equal(f.check.calls.items[2].n_runs, 4);
}

static void depends(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_recording *r = add_run(&f);
	uint64_t args[SNUG_N_ARGS] = { 2 };

	(void)state;
	profile(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		    "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		    "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		    "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_TRAP\",\"args\":["
		    "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		    "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"},"
		    "{\"names\":[\"close\",\"execve\"],\"action\":\"SCMP_ACT_LOG\"}]}");
	recording_add(r, SNUG_ARCH_X86_64, "socket");
	recording_add(r, SNUG_ARCH_X86_64, "ptrace");
	recording_add(r, SNUG_ARCH_X86_64, "mount");
	recording_add(r, SNUG_ARCH_X86_64, "close");
	check(&f);
	/* whatever ptrace's arguments are, it fails: with one answer or the other */
	assert_lines(&f, "denied ptrace, depends socket, depends mount, logged close, "
			 "logged execve");
	assert_int_equal(f.check.calls.items[0].decision.ret, SECCOMP_RET_TRAP);
	assert_int_equal(f.check.calls.items[1].decision.ret, ERRNO(EPERM));
	assert_true(snug_argset_contains(&f.check.calls.items[1].passing, args));
	args[0] = 3;
	assert_false(snug_argset_contains(&f.check.calls.items[1].passing, args));
	assert_true(snug_argset_is_empty(&f.check.calls.items[2].passing));
	assert_int_equal(f.check.calls.items[2].decision.ret, SECCOMP_RET_USER_NOTIF);
}

/* Conditions that always hold together are no question of arguments. */
static void conditions_that_cover_everything(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		    "{\"names\":[\"execve\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		    "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		    "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		    "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
		    "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_NE\"}]}]}");
	recording_add(add_run(&f), SNUG_ARCH_X86_64, "read");
	check(&f);
	assert_lines(&f, "allowed read, allowed execve");
}

static void abis(void **state)
{
	static const char *const calls[] = { "execve", "read", "connect" };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_recording *r = add_run(&f);

	(void)state;
	profile_allows(&f, calls, 3);
	recording_add(r, SNUG_ARCH_X86, "read");
	recording_add(r, SNUG_ARCH_X32, "read");
	check(&f);
	assert_lines(&f, "denied read, denied read, allowed execve");
	assert_int_equal(f.check.calls.items[0].decision.by, SNUG_BY_FOREIGN_ABI);
	assert_int_equal(f.check.calls.items[0].decision.ret, SECCOMP_RET_KILL_THREAD);
	snug_check_done(&f.check);
	*VEC_PUSH(&f.profile->arches) = SNUG_ARCH_X86;
	*VEC_PUSH(&f.profile->arches) = SNUG_ARCH_X32;
	/* which call is made through it, the recording does not say */
	recording_add(r, SNUG_ARCH_X86, "socketcall");
	check(&f);
	assert_lines(&f, "depends socketcall, allowed execve, allowed read, allowed read");
}

static void unnamed(void **state)
{
	static const char *const calls[] = { "execve" };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile_allows(&f, calls, 1);
	(void)snug_recording_call(add_run(&f), SNUG_ARCH_X86_64, 1000);
	check(&f);
	assert_lines(&f, "denied ?, allowed execve");
	assert_int_equal(f.check.calls.items[0].nr, 1000);
	/* and where everything is allowed, it is */
	snug_check_done(&f.check);
	f.profile->default_action = SNUG_ACTION_ALLOW;
	check(&f);
	assert_lines(&f, "allowed execve, allowed ?");
}

/* Each recording is judged for the kernel it was made on; what is the same becomes one line. */
static void envs(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile(&f, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		    "{\"names\":[\"execve\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		    "{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{"
		    "\"minKernel\":\"4.8\"}}]}");
	for (int i = 0; i < 3; i++) {
		struct snug_recording *r = add_run(&f);

		recording_add(r, SNUG_ARCH_X86_64, "ptrace");
		recording_add(r, SNUG_ARCH_X86_64, "mkdir");
	}
	f.runs[1].env.kernel_version = KERNEL_VERSION(4, 4, 0);
	check(&f);
	assert_lines(&f, "denied mkdir, denied ptrace, allowed execve, allowed ptrace");
	assert_int_equal(f.check.calls.items[0].n_runs, 3);
	assert_int_equal(f.check.calls.items[1].n_runs, 1);
	assert_int_equal(f.check.calls.items[1].first_run, 1);
	assert_int_equal(f.check.calls.items[3].n_runs, 2);
	assert_int_equal(f.check.calls.items[3].first_run, 0);
}

static void other_machines(void **state)
{
	static const char *const calls[] = { "execve", "openat" };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_recording *r = add_run(&f);

	(void)state;
	profile_allows(&f, calls, 2);
	r->arch = SNUG_ARCH_AARCH64;
	f.runs[0].env.arch = SNUG_ARCH_AARCH64;
	recording_add(r, SNUG_ARCH_AARCH64, "openat");
	recording_add(r, SNUG_ARCH_AARCH64, "renameat");
	check(&f);
	assert_lines(&f, "denied renameat, allowed openat, allowed execve");
	assert_int_equal(f.check.calls.items[2].arch, SNUG_ARCH_AARCH64);
}

static void profile_that_means_nothing(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	f.profile = snug_seccomp_profile_new("n", SNUG_ACTION_NOTIFY);
	add_run(&f);
	assert_int_equal(snug_check(f.profile, f.runs, 1, NULL, NULL, &f.check, &err), -EINVAL);
	assert_non_null(strstr(snug_err_msg(&err), "SCMP_ACT_NOTIFY"));
	assert_int_equal(f.check.calls.len, 0);
}

/* The run made socket(2) with these families. */
static void made_sockets(struct snug_recording *r, const uint64_t *families, size_t n)
{
	struct snug_recording_call *c = recording_add(r, SNUG_ARCH_X86_64, "socket");

	assert_true(snug_argument_facts_begin(c));
	for (size_t i = 0; i < n; i++) {
		const uint64_t args[SNUG_N_ARGS] = { families[i], 1 };

		(void)snug_argument_facts_note(c, SNUG_BY_MAIN, args);
	}
}

static const char only_inet[] = "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
				"{\"names\":[\"execve\"],\"action\":\"SCMP_ACT_ALLOW\"},"
				"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":["
				"{\"index\":0,\"op\":\"SCMP_CMP_LE\",\"value\":2}]},"
				"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_LOG\",\"args\":["
				"{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":10}]}]}";

static void recorded_arguments(void **state)
{
	static const uint64_t families[] = { 1, 2, 10, 38 };
	static const struct {
		size_t first, n;
		const char *lines;
		uint64_t refused; /* some family that is, or 0 */
	} rows[] = {
		{ 0, 2, "allowed socket, allowed execve", 0 },
		{ 1, 2, "logged socket, allowed execve", 10 },
		{ 0, 4, "denied socket, allowed execve", 38 },
		{ 3, 1, "denied socket, allowed execve", 38 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(fixture_done) struct fixture f = { 0 };
		const struct snug_check_call *call;
		uint64_t args[SNUG_N_ARGS];

		profile(&f, only_inet);
		made_sockets(add_run(&f), families + rows[i].first, rows[i].n);
		check(&f);
		assert_lines(&f, rows[i].lines);
		call = &f.check.calls.items[0];
		assert_int_equal(snug_argset_sample(&call->refused, args), rows[i].refused != 0);
		if (rows[i].refused)
			assert_int_equal(args[0], rows[i].refused);
		assert_true(snug_argset_is_empty(&call->passing));
	}
}

/* What is not known may be anything: unless what is known is refused. */
static void recorded_arguments_in_part(void **state)
{
	static const uint64_t inet = 2, alg = 38;
	CLEANUP(fixture_done) struct fixture f = { 0 }, g = { 0 };

	(void)state;
	profile(&f, only_inet);
	made_sockets(add_run(&f), &inet, 1);
	snug_argument_facts_cut(recording_add(f.recordings[0], SNUG_ARCH_X86_64, "socket"),
				SNUG_BY_MAIN);
	check(&f);
	assert_lines(&f, "depends socket, allowed execve");
	assert_false(snug_argset_is_empty(&f.check.calls.items[0].passing));
	profile(&g, only_inet);
	made_sockets(add_run(&g), &alg, 1);
	snug_argument_facts_cut(recording_add(g.recordings[0], SNUG_ARCH_X86_64, "socket"),
				SNUG_BY_MAIN);
	check(&g);
	assert_lines(&g, "denied socket, allowed execve");
}

/* Each run is judged by its own arguments. */
static void recorded_arguments_of_runs(void **state)
{
	static const uint64_t families[] = { 1, 38 };
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	profile(&f, only_inet);
	made_sockets(add_run(&f), &families[0], 1);
	made_sockets(add_run(&f), &families[1], 1);
	made_sockets(add_run(&f), &families[1], 1);
	(void)recording_add(add_run(&f), SNUG_ARCH_X86_64, "socket");
	check(&f);
	assert_lines(&f, "denied socket, depends socket, allowed socket, allowed execve");
	assert_int_equal(f.check.calls.items[0].n_runs, 2);
	assert_int_equal(f.check.calls.items[0].first_run, 1);
	assert_int_equal(f.check.calls.items[1].n_runs, 1);
	assert_int_equal(f.check.calls.items[2].n_runs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_and_denied),
		cmocka_unit_test(start),
		cmocka_unit_test(start_of_a_foreign_program),
		cmocka_unit_test(counts_and_witnesses),
		cmocka_unit_test(depends),
		cmocka_unit_test(conditions_that_cover_everything),
		cmocka_unit_test(abis),
		cmocka_unit_test(unnamed),
		cmocka_unit_test(envs),
		cmocka_unit_test(other_machines),
		cmocka_unit_test(profile_that_means_nothing),
		cmocka_unit_test(recorded_arguments),
		cmocka_unit_test(recorded_arguments_in_part),
		cmocka_unit_test(recorded_arguments_of_runs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
