/* SPDX-License-Identifier: Apache-2.0 */
#include "record/recording.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "record/denied.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "recording-test.h"

#define HEAD "{\"snugRecording\":1,\"arch\":\"x86_64\","

static struct snug_recording *full(void)
{
	struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c;
	struct snug_recording_exec *e;

	r->arch = SNUG_ARCH_X86_64;
	r->kernel = xstrdup("6.1.0");
	r->start = xstrdup("2026-01-02T03:04:05.000006Z");
	r->duration_us = UINT64_MAX;
	*VEC_PUSH(&r->command) = xstrdup("two words");
	*VEC_PUSH(&r->command) = xstrdup("");
	*VEC_PUSH(&r->command) = xstrdup("\033[31m\"\\\n");
	r->exit_kind = SNUG_EXIT_SIGNAL;
	r->exit_value = 9;
	r->stopped_early = true;
	r->attached = true;
	r->lost = (struct snug_recording_losses){ 1, 2, 3, 4, 5, 6 };
	(void)snug_recording_call(r, SNUG_ARCH_X32, 7);
	(void)snug_recording_call(r, SNUG_ARCH_X86, 1);
	(void)snug_recording_call(r, SNUG_ARCH_X86_64, 1023);
	c = snug_recording_call(r, SNUG_ARCH_X86_64, 0);
	c->has_first = true;
	c->first_us = 12;
	c->pid = 34;
	c->comm = xstrdup("l\x1b\"s");
	e = VEC_PUSH(&r->execs);
	e->at_us = 1;
	e->pid = 2;
	e->comm = xstrdup("sh");
	e->path = xstrdup("/bin/sh");
	snug_recording_sort(r);
	return r;
}

static void write_text(const struct snug_recording *r, struct snug_str *out)
{
	snug_str_clear(out);
	snug_recording_write(r, out);
}

static void test_round_trip(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = full();
	CLEANUP(snug_recording_freep) struct snug_recording *again = NULL;
	CLEANUP(snug_str_done) struct snug_str first = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str second = SNUG_STR_INIT;

	(void)state;
	write_text(r, &first);
	assert_int_equal(recording_parse(first.buf, &again, NULL), 0);
	assert_int_equal(again->arch, SNUG_ARCH_X86_64);
	assert_string_equal(again->engine, "bpf");
	assert_string_equal(again->kernel, r->kernel);
	assert_string_equal(again->start, r->start);
	assert_true(again->duration_us == UINT64_MAX);
	assert_int_equal(again->command.len, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(again->command.items[i], r->command.items[i]);
	assert_int_equal(again->exit_kind, SNUG_EXIT_SIGNAL);
	assert_int_equal(again->exit_value, 9);
	assert_true(again->stopped_early);
	assert_true(again->attached);
	assert_memory_equal(&again->lost, &r->lost, sizeof(r->lost));
	assert_int_equal(again->calls.len, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(again->calls.items[i].arch, r->calls.items[i].arch);
		assert_int_equal(again->calls.items[i].nr, r->calls.items[i].nr);
		assert_int_equal(again->calls.items[i].has_first, r->calls.items[i].has_first);
	}
	assert_int_equal(again->calls.items[0].pid, 34);
	assert_string_equal(again->calls.items[0].comm, "l\x1b\"s");
	assert_int_equal(again->execs.len, 1);
	assert_string_equal(again->execs.items[0].path, "/bin/sh");
	write_text(again, &second);
	assert_string_equal(first.buf, second.buf);
}

/* What is absent stays absent. */
static void test_minimal(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	(void)state;
	assert_int_equal(recording_parse(HEAD "\"calls\":{}}", &r, NULL), 0);
	assert_int_equal(r->calls.len, 0);
	assert_int_equal(r->exit_kind, SNUG_EXIT_NONE);
	assert_true(snug_recording_is_complete(r));
	write_text(r, &text);
	assert_null(strstr(text.buf, "\"exit\""));
	assert_null(strstr(text.buf, "\"filtered\""));
	assert_null(strstr(text.buf, "\"denialsFromUs\""));
	assert_null(strstr(text.buf, "\"denied\""));
	assert_null(strstr(text.buf, "\"denials\""));
	assert_non_null(strstr(text.buf, "\"complete\": true"));
	assert_non_null(strstr(text.buf, "\"calls\": {}"));
}

static void test_complete_follows_from_lost(void **state)
{
	static const char *const names[] = { "news",   "tasks", "numbers",
					     "misses", "execs", "denials" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
		CLEANUP(freep)
		char *text = xasprintf(HEAD "\"complete\":true,\"lost\":{\"%s\":1},\"calls\":{}}",
				       names[i]);

		assert_int_equal(recording_parse(text, &r, NULL), 0);
		assert_false(snug_recording_is_complete(r));
	}
}

static void test_exit(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;

	(void)state;
	assert_int_equal(recording_parse(HEAD "\"exit\":{\"code\":0},\"calls\":{}}", &r, NULL), 0);
	assert_int_equal(r->exit_kind, SNUG_EXIT_CODE);
	assert_int_equal(r->exit_value, 0);
	recording_refused(HEAD "\"exit\":{},\"calls\":{}}", -EINVAL, "exit: expected either");
	recording_refused(HEAD "\"exit\":{\"code\":0,\"signal\":9},\"calls\":{}}", -EINVAL,
			  "either");
	recording_refused(HEAD "\"exit\":0,\"calls\":{}}", -EINVAL, "exit: ");
}

static void test_malformed(void **state)
{
	(void)state;
	recording_refused("", -EINVAL, ":1:1: ");
	recording_refused("{", -EINVAL, ":1:");
	recording_refused("[]", -EINVAL, "snugRecording");
	recording_refused("{}", -EINVAL, "snugRecording");
	recording_refused("7", -EINVAL, "snugRecording");
	recording_refused("{\"snugRecording\":1}", -EINVAL, "arch");
	recording_refused(HEAD "\"kernel\":\"x\"}", -EINVAL, "calls");
	recording_refused(HEAD "\"calls\":[]}", -EINVAL, "calls: expected an object");
	recording_refused(HEAD "\"calls\":{\"x86_64\":{}}}", -EINVAL, "calls.x86_64");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[0]}}", -EINVAL, "calls.x86_64[0]");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":0},{}]}}", -EINVAL,
			  "calls.x86_64[1]");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":-1}]}}", -EINVAL,
			  "calls.x86_64[0].nr");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":4294967296}]}}", -EINVAL, "nr");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":0.5}]}}", -EINVAL, "nr");
	recording_refused(HEAD "\"calls\":{},\"command\":\"ls\"}", -EINVAL, "command: ");
	recording_refused(HEAD "\"calls\":{},\"command\":[1]}", -EINVAL, "command[0]: ");
	recording_refused(HEAD "\"calls\":{},\"execs\":[{\"comm\":\"x\"}]}", -EINVAL, "execs[0]");
	recording_refused(HEAD "\"calls\":{},\"calls\":{}}", -EINVAL, "calls");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[],\"x86_64\":[]}}", -EINVAL, "x86_64");
	recording_refused(HEAD "\"calls\":{}} x", -EINVAL, ":1:");
}

static void test_container(void **state)
{
	static const char *const names[] = { "close", "execve" };
	CLEANUP(snug_recording_freep) struct snug_recording *r = full();
	CLEANUP(snug_recording_freep) struct snug_recording *again = NULL;
	CLEANUP(snug_str_done) struct snug_str first = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str second = SNUG_STR_INIT;

	(void)state;
	snug_recording_container(r)->id = xstrdup("0123");
	snug_recording_container(r)->name = xstrdup("we\033b");
	r->container->pid = 7;
	snug_recording_add_baseline(r, "runc 1.1.5", names, 2);
	snug_recording_add_baseline(r, "none", NULL, 0);
	r->calls.items[0].by = SNUG_BY_ENTERED;
	r->calls.items[1].by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	r->calls.items[2].by = SNUG_BY_MAIN;
	r->execs.items[0].entered = true;
	write_text(r, &first);
	assert_int_equal(recording_parse(first.buf, &again, NULL), 0);
	assert_string_equal(again->container->id, "0123");
	assert_string_equal(again->container->name, "we\033b");
	assert_null(again->container->image);
	assert_null(again->container->runtime);
	assert_int_equal(again->container->pid, 7);
	assert_int_equal(again->baselines.len, 2);
	assert_string_equal(again->baselines.items[0].label, "runc 1.1.5");
	assert_int_equal(again->baselines.items[0].names.len, 2);
	assert_string_equal(again->baselines.items[0].names.items[1], "execve");
	assert_int_equal(again->baselines.items[1].names.len, 0);
	assert_true(snug_recording_call_is_foreign(&again->calls.items[0]));
	assert_int_equal(again->calls.items[1].by, SNUG_BY_MAIN | SNUG_BY_ENTERED);
	assert_false(snug_recording_call_is_foreign(&again->calls.items[1]));
	assert_int_equal(again->calls.items[2].by, SNUG_BY_MAIN);
	assert_true(again->execs.items[0].entered);
	write_text(again, &second);
	assert_string_equal(first.buf, second.buf);
}

static void test_malformed_container(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;

	(void)state;
	assert_int_equal(recording_parse(HEAD "\"container\":{\"new\":[]},\"calls\":{}}", &r, NULL),
			 0);
	recording_refused(HEAD "\"container\":\"x\",\"calls\":{}}", -EINVAL, "container: ");
	recording_refused(HEAD "\"container\":{\"pid\":-1},\"calls\":{}}", -EINVAL,
			  "container.pid: ");
	recording_refused(HEAD "\"container\":{\"name\":1},\"calls\":{}}", -EINVAL,
			  "container.name: ");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":0,\"entered\":true}]}}", -EINVAL,
			  "calls.x86_64[0].entered: expected 'only' or 'also'");
	recording_refused(HEAD
			  "\"calls\":{},\"execs\":[{\"comm\":\"\",\"path\":\"\",\"entered\":1}]}",
			  -EINVAL, "execs[0].entered: ");
	recording_refused(HEAD "\"calls\":{},\"baselines\":{}}", -EINVAL, "baselines: ");
	recording_refused(HEAD "\"calls\":{},\"baselines\":[{\"names\":[]}]}", -EINVAL, "label");
	recording_refused(HEAD "\"calls\":{},\"baselines\":[{\"label\":\"x\"}]}", -EINVAL, "names");
	recording_refused(
		HEAD "\"calls\":{},\"baselines\":[{\"label\":\"x\",\"names\":[\"opne\"]}]}",
		-EINVAL, "baselines[0].names[0]: unknown syscall 'opne' (did you mean 'open'?)");
	recording_refused(HEAD
			  "\"calls\":{},\"baselines\":[{\"label\":\"x\",\"names\":[\"\\u001b\"]}]}",
			  -EINVAL, "baselines[0].names[0]: unknown syscall");
}

static void test_versions(void **state)
{
	(void)state;
	recording_refused("{\"snugRecording\":2,\"arch\":\"x86_64\",\"calls\":{}}", -EINVAL,
			  ":1:18: snugRecording: recording version 2, this snug reads up to 1");
	recording_refused("{\"snugRecording\":0,\"arch\":\"x86_64\",\"calls\":{}}", -EINVAL,
			  "version 0");
	recording_refused("{\"snugRecording\":\"1\",\"arch\":\"x86_64\",\"calls\":{}}", -EINVAL,
			  "snugRecording: ");
	/* a later version may have changed everything else: its number is told first */
	recording_refused("{\"snugRecording\":4000000000,\"arch\":[],\"calls\":7}", -EINVAL,
			  "version");
}

static void test_architectures(void **state)
{
	(void)state;
	recording_refused("{\"snugRecording\":1,\"arch\":\"vax\",\"calls\":{}}", -EINVAL,
			  "arch: unknown architecture 'vax'");
	recording_refused("{\"snugRecording\":1,\"arch\":64,\"calls\":{}}", -EINVAL,
			  "arch: expected");
	recording_refused(HEAD "\"calls\":{\"x86_46\":[]}}", -EINVAL,
			  "unknown architecture 'x86_46'");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":1}],\"x86_46\":[]}}", -EINVAL,
			  ": calls: unknown architecture 'x86_46'");
	recording_refused(HEAD "\"calls\":{\"a\\u001b[2J\":[]}}", -EINVAL, "unknown architecture");
}

/* Nothing comes in under a name that is not its own. */
static void test_wrong_names(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;

	(void)state;
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":1,\"name\":\"read\"}]}}", -EINVAL,
			  "call 1 of x86_64 is 'write', not 'read'");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":999,\"name\":\"read\"}]}}", -EINVAL,
			  "'read' is not call 999 of x86_64");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":1,\"name\":\"\\u001b\\n\"}]}}",
			  -EINVAL, "is 'write', not '\\x1b\\x0a'");
	/* a number of another ABI */
	recording_refused(HEAD "\"calls\":{\"x86\":[{\"nr\":0,\"name\":\"read\"}]}}", -EINVAL,
			  "read");
	/* a call of tomorrow: its number is kept, its name is not believed */
	assert_int_equal(
		recording_parse(HEAD "\"calls\":{\"x86_64\":[{\"nr\":999,\"name\":\"tomorrow\"}]}}",
				&r, NULL),
		0);
	assert_int_equal(r->calls.items[0].nr, 999);
	assert_null(r->calls.items[0].name);
}

static void test_same_call_twice(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;

	(void)state;
	assert_int_equal(
		recording_parse(HEAD
				"\"calls\":{\"x86_64\":[{\"nr\":1,\"firstUs\":5,\"comm\":\"a\"},"
				"{\"nr\":1,\"firstUs\":6,\"comm\":\"b\"},{\"nr\":1}]}}",
				&r, NULL),
		0);
	assert_int_equal(r->calls.len, 1);
	assert_string_equal(r->calls.items[0].comm, "b");
}

/* A recording with @n calls in each of @n_arches arrays. */
static char *many_calls(unsigned n_arches, unsigned n)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	snug_str_add(&s, HEAD "\"calls\":{");
	for (unsigned a = 0; a < n_arches; a++) {
		snug_str_addf(&s, "%s\"%s\":[", a ? "," : "", snug_arch_name((enum snug_arch)a));
		for (unsigned i = 0; i < n; i++)
			snug_str_addf(&s, "%s{\"nr\":%u}", i ? "," : "", 5000 + i);
		snug_str_addc(&s, ']');
	}
	snug_str_add(&s, "}}");
	return snug_str_take(&s);
}

static void test_limits(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	CLEANUP(freep) char *most = many_calls(1, SNUG_LIMIT_RECORDING_CALLS);
	CLEANUP(freep) char *over = many_calls(1, SNUG_LIMIT_RECORDING_CALLS + 1);
	CLEANUP(freep) char *spread = many_calls(7, SNUG_LIMIT_RECORDING_CALLS);

	(void)state;
	assert_int_equal(recording_parse(most, &r, NULL), 0);
	assert_int_equal(r->calls.len, SNUG_LIMIT_RECORDING_CALLS);
	recording_refused(over, -E2BIG, "calls");
	recording_refused(spread, -E2BIG, "calls");
}

static void test_files(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_err_done) struct snug_err big = SNUG_ERR_INIT;
	struct snug_recording *r = NULL;
	char path[] = "/tmp/snug-recording-XXXXXX";
	CLEANUP(closep) int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(snug_recording_read("/no/such/file", &r, &err), -ENOENT);
	assert_non_null(strstr(snug_err_msg(&err), "/no/such/file"));
	assert_int_equal(ftruncate(fd, SNUG_LIMIT_RECORDING_BYTES + 1), 0);
	assert_int_equal(snug_recording_read(path, &r, &big), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&big), path));
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(snug_write_all(fd, HEAD "\"calls\":{}}", strlen(HEAD "\"calls\":{}}")), 0);
	assert_int_equal(snug_recording_read(path, &r, NULL), 0);
	assert_null(snug_recording_free(r));
	assert_null(snug_recording_free(NULL));
	assert_int_equal(unlink(path), 0);
}

static void test_calls_are_sorted(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	static const uint32_t order[] = { 9, 3, 7, 1, 3, 9, 0 };
	static const uint32_t want[] = { 0, 1, 3, 7, 9 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		(void)snug_recording_call(r, SNUG_ARCH_X86, order[i]);
		(void)snug_recording_call(r, SNUG_ARCH_X86_64, order[i]);
	}
	snug_recording_sort(r);
	assert_int_equal(r->calls.len, 2 * ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_int_equal(r->calls.items[i].arch, SNUG_ARCH_X86_64);
		assert_int_equal(r->calls.items[i].nr, want[i]);
		assert_int_equal(r->calls.items[ARRAY_SIZE(want) + i].arch, SNUG_ARCH_X86);
		assert_int_equal(r->calls.items[ARRAY_SIZE(want) + i].nr, want[i]);
	}
	assert_string_equal(r->calls.items[0].name, "read");
	assert_string_equal(r->calls.items[ARRAY_SIZE(want)].name, "restart_syscall");
}

static void add_denial(struct snug_recording *r, enum snug_arch arch, uint32_t nr, uint32_t result,
		       unsigned by)
{
	struct snug_recording_denial *d = snug_recording_denial(r, arch, nr, result);

	d->by = by;
	d->count = 3;
	d->first_us = 17;
	d->pid = 4;
	d->comm = xstrdup("x\n");
}

/* All answers, both sides, sorted; and the same bytes again. */
static void test_denials(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = full();
	CLEANUP(snug_recording_freep) struct snug_recording *again = NULL;
	CLEANUP(snug_str_done) struct snug_str first = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str second = SNUG_STR_INIT;

	(void)state;
	r->has_filter = r->watched_denials = true;
	r->denials_from_us = 5;
	add_denial(r, SNUG_ARCH_X86, 122, SNUG_RESULT_TRAPPED, SNUG_BY_ENTERED);
	add_denial(r, SNUG_ARCH_X86_64, UINT32_MAX, 4000, SNUG_BY_MAIN);
	add_denial(r, SNUG_ARCH_X86_64, 63, SNUG_RESULT_KILLED, SNUG_BY_MAIN | SNUG_BY_ENTERED);
	add_denial(r, SNUG_ARCH_X86_64, 63, EPERM, SNUG_BY_MAIN);
	snug_recording_sort(r);
	write_text(r, &first);
	assert_int_equal(recording_parse(first.buf, &again, NULL), 0);
	write_text(again, &second);
	assert_string_equal(first.buf, second.buf);
	assert_true(again->has_filter);
	assert_true(again->watched_denials);
	assert_int_equal(again->denials_from_us, 5);
	assert_int_equal(again->denied.len, 4);
	assert_int_equal(again->denied.items[0].nr, 63);
	assert_int_equal(again->denied.items[0].result, EPERM);
	assert_string_equal(again->denied.items[0].name, "uname");
	assert_int_equal(again->denied.items[0].count, 3);
	assert_int_equal(again->denied.items[0].first_us, 17);
	assert_int_equal(again->denied.items[0].pid, 4);
	assert_string_equal(again->denied.items[0].comm, "x\n");
	assert_int_equal(again->denied.items[1].result, SNUG_RESULT_KILLED);
	assert_int_equal(again->denied.items[1].by, SNUG_BY_MAIN | SNUG_BY_ENTERED);
	assert_int_equal(again->denied.items[2].nr, UINT32_MAX);
	assert_int_equal(again->denied.items[2].result, 4000);
	assert_null(again->denied.items[2].name);
	assert_int_equal(again->denied.items[3].arch, SNUG_ARCH_X86);
	assert_int_equal(again->denied.items[3].by, SNUG_BY_ENTERED);
	assert_string_equal(again->denied.items[3].name, "uname");
	/* what was refused was not made */
	assert_int_equal(again->calls.len, 4);
}

#define DENIED(text) HEAD "\"calls\":{},\"denied\":{\"x86_64\":[" text "]}}"

static void test_malformed_denials(void **state)
{
	(void)state;
	recording_refused(DENIED("{}"), -EINVAL, "denied.x86_64[0]");
	recording_refused(DENIED("{\"nr\":1}"), -EINVAL, "result");
	recording_refused(DENIED("{\"nr\":1,\"result\":\"EWHAT\"}"), -EINVAL,
			  "denied.x86_64[0].result");
	recording_refused(DENIED("{\"nr\":1,\"result\":\"errno 0\"}"), -EINVAL, "result");
	recording_refused(DENIED("{\"nr\":1,\"result\":\"errno 4096\"}"), -EINVAL, "result");
	recording_refused(DENIED("{\"nr\":1,\"result\":1}"), -EINVAL, "result");
	recording_refused(DENIED("{\"nr\":1,\"name\":\"uname\",\"result\":\"EPERM\"}"), -EINVAL,
			  "uname");
	recording_refused(DENIED("{\"nr\":1,\"result\":\"EPERM\"},{\"nr\":1,\"result\":\"EPERM\"}"),
			  -EINVAL, "the same denial once more");
	recording_refused(HEAD "\"calls\":{},\"denied\":[]}", -EINVAL, "denied");
	recording_refused(HEAD "\"calls\":{},\"denied\":{\"z80\":[]}}", -EINVAL, "z80");
	recording_refused(HEAD "\"calls\":{},\"denialsFromUs\":-1}", -EINVAL, "denialsFromUs");
	recording_refused(HEAD "\"calls\":{},\"filtered\":1}", -EINVAL, "filtered");
}

static void test_too_many_denials(void **state)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	(void)state;
	snug_str_add(&text, HEAD "\"calls\":{},\"denied\":{\"x86_64\":[");
	for (int i = 0; i <= SNUG_LIMIT_RECORDING_DENIALS; i++)
		snug_str_addf(&text, "%s{\"nr\":%d,\"result\":\"EPERM\"}", i ? "," : "", i);
	snug_str_add(&text, "]}}");
	recording_refused(text.buf, -E2BIG, "4096");
}

static void test_result_names(void **state)
{
	static const uint32_t all[] = {
		1, 13, 38, 133, 134, 4095, SNUG_RESULT_TRAPPED, SNUG_RESULT_KILLED
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		CLEANUP(snug_str_done) struct snug_str name = SNUG_STR_INIT;
		uint32_t back = 0;

		snug_result_add_name(&name, all[i]);
		assert_true(snug_result_from_name(name.buf, &back));
		assert_int_equal(back, all[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_minimal),
		cmocka_unit_test(test_complete_follows_from_lost),
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_malformed_container),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_architectures),
		cmocka_unit_test(test_wrong_names),
		cmocka_unit_test(test_same_call_twice),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_calls_are_sorted),
		cmocka_unit_test(test_denials),
		cmocka_unit_test(test_malformed_denials),
		cmocka_unit_test(test_too_many_denials),
		cmocka_unit_test(test_result_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
