/* SPDX-License-Identifier: Apache-2.0 */
#include "record/argument-facts.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "recording-test.h"

#define HEAD       "{\"snugRecording\":1,\"arch\":\"x86_64\","
#define CALL(args) HEAD "\"calls\":{\"x86_64\":[{\"nr\":41,\"args\":{" args "}}]}}"
#define THREE      "\"index\":[0,1,2],\"mask\":[4294967295,15,4294967295]"

enum { NR_SOCKET = 41, NR_READ = 0, NR_PRCTL = 157, NR_SETSOCKOPT = 54 }; /* x86-64 */

static struct snug_recording_call *call(struct snug_recording *r, uint32_t nr)
{
	struct snug_recording_call *c = snug_recording_call(r, SNUG_ARCH_X86_64, nr);

	c->by = SNUG_BY_MAIN;
	(void)snug_argument_facts_begin(c);
	return c;
}

static bool note(struct snug_recording_call *c, unsigned by, uint64_t a, uint64_t b, uint64_t d)
{
	const uint64_t args[SNUG_N_ARGS] = { a, b, d, 77, 77, 77 };

	return snug_argument_facts_note(c, by, args);
}

static void values_are_masked_distinct_and_sorted(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_SOCKET);
	static const uint64_t want[][3] = { { 1, 1, 0 }, { 1, 2, 0 }, { 2, 1, 0 }, { 2, 1, 6 } };

	(void)state;
	assert_true(note(c, SNUG_BY_MAIN, AF_INET, SOCK_STREAM, 6));
	assert_true(note(c, SNUG_BY_MAIN, AF_UNIX, SOCK_DGRAM, 0));
	assert_true(note(c, SNUG_BY_MAIN, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	assert_true(note(c, SNUG_BY_MAIN, AF_INET, SOCK_STREAM, 0));
	assert_false(note(c, SNUG_BY_MAIN, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	/* what is not looked at is not news: SOCK_STREAM is of a mask of four bits */
	assert_false(note(c, SNUG_BY_MAIN, AF_INET, UINT64_C(7) << 32 | SOCK_STREAM, 0));
	assert_int_equal(c->args.tuples.len, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_memory_equal(c->args.tuples.items[i].values, want[i], sizeof(want[i]));
	assert_int_equal(c->args.cut_by, 0);
}

/* An int is extended by zeros or its sign; what else was above it is noted, and once. */
static void odd_upper_halves(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_PRCTL);
	const uint64_t above = UINT64_C(7) << 32;

	(void)state;
	assert_true(note(c, SNUG_BY_MAIN, UINT32_MAX - 4, 0, 0));
	assert_false(note(c, SNUG_BY_MAIN, (uint64_t)-5, 0, 0));
	assert_true(note(c, SNUG_BY_MAIN, above | 3, 0, 0));
	assert_false(note(c, SNUG_BY_MAIN, ~(uint64_t)UINT32_MAX | 3, 0, 0));
	assert_true(note(c, SNUG_BY_MAIN, 3, 0, 0));
	assert_int_equal(c->args.tuples.len, 3);
	assert_int_equal(c->args.tuples.items[0].values[0], 3);
	assert_int_equal(c->args.tuples.items[1].values[0], UINT32_MAX - 4);
	assert_int_equal(c->args.tuples.items[2].values[0], SNUG_RECORDING_ODD_UPPER | 3);
}

static void a_call_that_is_not_in_the_table(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_READ);
	struct snug_recording_call *nameless = call(r, 1022);

	(void)state;
	assert_false(snug_argument_facts_begin(c));
	assert_false(snug_argument_facts_begin(nameless));
	assert_false(note(c, SNUG_BY_MAIN, 1, 2, 3));
	assert_int_equal(c->args.tuples.len, 0);
	snug_argument_facts_end(c);
	snug_argument_facts_cut(c, SNUG_BY_MAIN);
	assert_int_equal(c->args.cut_by, 0);
}

/* Each side has a limit of its own. */
static void limits(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_PRCTL);
	unsigned limit = snug_arg_filters(SNUG_ARCH_X86_64, "prctl")->limit;

	(void)state;
	c->by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	for (unsigned i = 0; i < limit; i++)
		assert_true(note(c, SNUG_BY_MAIN, 1000 - i, 0, 0));
	assert_int_equal(c->args.cut_by, 0);
	assert_false(note(c, SNUG_BY_MAIN, 1000, 0, 0));
	assert_int_equal(c->args.cut_by, 0);
	assert_true(note(c, SNUG_BY_ENTERED, 1000, 0, 0));
	assert_false(note(c, SNUG_BY_ENTERED, 1000, 0, 0));
	assert_false(note(c, SNUG_BY_MAIN, 2000, 0, 0));
	assert_int_equal(c->args.cut_by, SNUG_BY_MAIN);
	assert_false(note(c, SNUG_BY_MAIN, 2001, 0, 0));
	assert_true(note(c, SNUG_BY_ENTERED, 2001, 0, 0));
	assert_int_equal(c->args.tuples.len, limit + 1);
	for (size_t i = 1; i < c->args.tuples.len; i++)
		assert_true(c->args.tuples.items[i - 1].values[0] <
			    c->args.tuples.items[i].values[0]);
}

static void whoever_has_no_tuple_is_cut(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_SOCKET);

	(void)state;
	c->by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	assert_true(note(c, SNUG_BY_MAIN, 1, 1, 0));
	snug_argument_facts_end(c);
	assert_int_equal(c->args.cut_by, SNUG_BY_ENTERED);
}

static void expect_text(const struct snug_recording_call *c, size_t i, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_argument_facts_add_text(c, &c->args.tuples.items[i], &text);
	assert_string_equal(snug_str_text(&text), want);
}

static void names(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	struct snug_recording_call *c = call(r, NR_SOCKET);

	(void)state;
	(void)note(c, SNUG_BY_MAIN, AF_INET6, SOCK_RAW, 58);
	expect_text(c, 0, "(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)");
	c = call(r, NR_PRCTL);
	(void)note(c, SNUG_BY_MAIN, 38, 0, 0);
	(void)note(c, SNUG_BY_MAIN, SNUG_RECORDING_ODD_UPPER << 1 | 38, 0, 0);
	expect_text(c, 0, "PR_SET_NO_NEW_PRIVS");
	expect_text(c, 1, "PR_SET_NO_NEW_PRIVS (+ upper half)");
	/* option 1 is SO_DEBUG of sockets, and TCP_NODELAY of TCP */
	c = call(r, NR_SETSOCKOPT);
	(void)note(c, SNUG_BY_MAIN, 3, SOL_SOCKET, SO_DEBUG);
	(void)note(c, SNUG_BY_MAIN, 3, 6, 1);
	expect_text(c, 0, "(SOL_SOCKET, SO_DEBUG)");
	expect_text(c, 1, "(SOL_TCP, 1)");
}

static void documents(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	CLEANUP(snug_recording_freep) struct snug_recording *again = NULL;
	CLEANUP(snug_str_done) struct snug_str first = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str second = SNUG_STR_INIT;
	struct snug_recording_call *c = call(r, NR_SOCKET);
	const struct snug_recording_args *args;

	(void)state;
	r->arch = SNUG_ARCH_X86_64;
	c->by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	(void)note(c, SNUG_BY_MAIN, 2, 1, 6);
	(void)note(c, SNUG_BY_ENTERED, 2, 1, 6);
	(void)note(c, SNUG_BY_ENTERED, UINT32_MAX, 1, 0);
	snug_argument_facts_cut(c, SNUG_BY_ENTERED);
	snug_recording_write(r, &first);
	assert_int_equal(recording_parse(first.buf, &again, NULL), 0);
	assert_int_equal(again->calls.len, 1);
	args = &again->calls.items[0].args;
	assert_int_equal(args->spec.n, c->args.spec.n);
	assert_memory_equal(args->spec.index, c->args.spec.index, sizeof(args->spec.index));
	assert_memory_equal(args->spec.mask, c->args.spec.mask, sizeof(args->spec.mask));
	assert_int_equal(args->cut_by, SNUG_BY_ENTERED);
	assert_int_equal(args->tuples.len, 2);
	assert_int_equal(args->tuples.items[0].by, SNUG_BY_MAIN | SNUG_BY_ENTERED);
	assert_int_equal(args->tuples.items[1].by, SNUG_BY_ENTERED);
	assert_true(args->tuples.items[1].values[0] == UINT32_MAX);
	snug_recording_write(again, &second);
	assert_string_equal(first.buf, second.buf);
}

/* Facts of a table that looked at less, or at other bits, stay what they are. */
static void documents_of_another_table(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	const struct snug_recording_args *args;

	(void)state;
	assert_int_equal(
		recording_parse(CALL("\"values\":[[9],[3],[9]],\"mask\":[255],\"index\":[5]"), &r,
				NULL),
		0);
	args = &r->calls.items[0].args;
	assert_int_equal(args->spec.n, 1);
	assert_int_equal(args->spec.index[0], 5);
	assert_true(args->spec.mask[0] == 255);
	assert_int_equal(args->tuples.len, 2);
	assert_true(args->tuples.items[0].values[0] == 3);
	assert_int_equal(args->cut_by, 0);
}

static void documents_with_losses(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	CLEANUP(snug_recording_freep) struct snug_recording *empty = NULL;

	(void)state;
	assert_int_equal(
		recording_parse(HEAD "\"lost\":{\"arguments\":1},\"calls\":{\"x86_64\":[{\"nr\":41,"
				     "\"args\":{" THREE ",\"values\":[[1,1,1]]}}]}}",
				&r, NULL),
		0);
	assert_false(snug_recording_is_complete(r));
	assert_int_equal(r->calls.items[0].args.cut_by, SNUG_BY_MAIN);
	assert_int_equal(recording_parse(CALL(THREE), &empty, NULL), 0);
	assert_int_equal(empty->calls.items[0].args.cut_by, SNUG_BY_MAIN);
}

static void malformed_documents(void **state)
{
	CLEANUP(snug_str_done) struct snug_str many = SNUG_STR_INIT;

	(void)state;
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":41,\"args\":[]}]}}", -EINVAL,
			  "calls.x86_64[0].args: ");
	recording_refused(CALL("\"index\":[0]"), -EINVAL, "calls.x86_64[0].args");
	recording_refused(CALL("\"mask\":[1]"), -EINVAL, "'index'");
	recording_refused(CALL("\"index\":[],\"mask\":[]"), -EINVAL,
			  "args: 'index' has 0 arguments");
	recording_refused(CALL("\"index\":[0],\"mask\":[1,2]"), -EINVAL, "and 'mask' 2");
	recording_refused(CALL("\"index\":[6],\"mask\":[1]"), -EINVAL, "from 0 to 5, in order");
	recording_refused(CALL("\"index\":[1,0],\"mask\":[1,1]"), -EINVAL, "from 0 to 5, in order");
	recording_refused(CALL("\"index\":[1,1],\"mask\":[1,1]"), -EINVAL, "from 0 to 5, in order");
	recording_refused(CALL("\"index\":[256],\"mask\":[1]"), -EINVAL, "from 0 to 5, in order");
	recording_refused(CALL("\"index\":[0],\"mask\":[0]"), -EINVAL,
			  "a mask of 0 looks at nothing");
	recording_refused(CALL("\"index\":[-1],\"mask\":[1]"), -EINVAL, "args.index[0]: ");
	recording_refused(CALL("\"index\":[0,1,2,3,4,5,6],\"mask\":[1]"), -E2BIG, "args.index");
	recording_refused(CALL(THREE ",\"values\":{}"), -EINVAL, "args.values: ");
	recording_refused(CALL(THREE ",\"values\":[7]"), -EINVAL, "args.values[0]: ");
	recording_refused(CALL(THREE ",\"values\":[[1,1,1],[1,1]]"), -EINVAL,
			  "args.values[1]: 2 values, and 'index' has 3 arguments");
	recording_refused(CALL(THREE ",\"values\":[[1,16,1]]"), -EINVAL,
			  "16 has bits that are not in its mask, 15");
	/* bit 32 is for masks of all 32 bits, and the only one above */
	recording_refused(CALL(THREE ",\"values\":[[1,4294967297,1]]"), -EINVAL,
			  "4294967297 has bits that are not in its mask, 15");
	recording_refused(CALL(THREE ",\"values\":[[8589934593,1,1]]"), -EINVAL,
			  "8589934593 has bits that are not in its mask, 4294967295");
	recording_refused(CALL(THREE ",\"values\":[[1,1,\"x\"]]"), -EINVAL, "args.values[0][2]: ");
	recording_refused(CALL(THREE ",\"enteredValues\":[[1]]"), -EINVAL,
			  "args.enteredValues[0]: ");
	recording_refused(CALL(THREE ",\"cut\":1"), -EINVAL, "args.cut: ");
	recording_refused(HEAD "\"calls\":{\"x86_64\":[{\"nr\":41,\"args\":{" THREE "}},{\"nr\":41,"
			       "\"args\":{" THREE "}}]}}",
			  -EINVAL, "calls.x86_64[1].args: call 41 of x86_64 has arguments already");
	snug_str_add(&many, HEAD "\"calls\":{\"x86_64\":[{\"nr\":157,\"args\":{\"index\":[0],"
				 "\"mask\":[65535],\"values\":[[0]");
	for (int i = 1; i <= SNUG_LIMIT_RECORDING_TUPLES; i++)
		snug_str_addf(&many, ",[%d]", i);
	snug_str_add(&many, "]}}]}}");
	recording_refused(many.buf, -E2BIG, "args.values");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_masked_distinct_and_sorted),
		cmocka_unit_test(odd_upper_halves),
		cmocka_unit_test(a_call_that_is_not_in_the_table),
		cmocka_unit_test(limits),
		cmocka_unit_test(whoever_has_no_tuple_is_cut),
		cmocka_unit_test(names),
		cmocka_unit_test(documents),
		cmocka_unit_test(documents_of_another_table),
		cmocka_unit_test(documents_with_losses),
		cmocka_unit_test(malformed_documents),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
