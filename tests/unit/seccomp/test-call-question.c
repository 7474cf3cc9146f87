/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/mem.h"
#include "seccomp/call-args.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { X = -1 }; /* not known */

static void questions_are_understood(void **state)
{
	static const struct {
		const char *text, *name;
		int64_t args[SNUG_N_ARGS];
	} cases[] = {
		{ "socket", "socket", { X, X, X, X, X, X } },
		{ "  socket  ", "socket", { X, X, X, X, X, X } },
		{ "getpid()", "getpid", { X, X, X, X, X, X } },
		{ "socket(AF_INET, SOCK_STREAM, 0)", "socket", { 2, 1, 0, X, X, X } },
		{ "socket( AF_INET ,SOCK_STREAM | SOCK_CLOEXEC)",
		  "socket",
		  { 2, 0x80001, X, X, X, X } },
		{ "socket(_, _, 6)", "socket", { X, X, 6, X, X, X } },
		{ "socket(, , 6)", "socket", { X, X, 6, X, X, X } },
		{ "socket(10, ...)", "socket", { 10, X, X, X, X, X } },
		{ "socket(...)", "socket", { X, X, X, X, X, X } },
		{ "ioctl(_, 0x5412)", "ioctl", { X, 0x5412, X, X, X, X } },
		{ "ioctl(0,TIOCSTI,_)", "ioctl", { 0, 0x5412, X, X, X, X } },
		{ "chmod(_, 04755)", "chmod", { X, 04755, X, X, X, X } },
		{ "personality(-1)", "personality", { 0xffffffff, X, X, X, X, X } },
		{ "openat(AT_FDCWD)", "openat", { 0xffffff9c, X, X, X, X, X } },
		{ "prctl(1, 2, 3, 4, 5)", "prctl", { 1, 2, 3, 4, 5, X } },
		{ "tuxcall(1, 2, 3, 4, 5, 6)", "tuxcall", { 1, 2, 3, 4, 5, 6 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

		if (snug_call_question_parse(cases[i].text, &q, &err) < 0)
			fail_msg("%s: %s", cases[i].text, snug_err_msg(&err));
		assert_string_equal(q.name, cases[i].name);
		for (int k = 0; k < SNUG_N_ARGS; k++) {
			assert_int_equal(q.known[k], cases[i].args[k] != X);
			assert_int_equal(q.args[k], q.known[k] ? cases[i].args[k] : 0);
		}
	}
}

static void negative_numbers_fill_their_argument(void **state)
{
	CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };

	(void)state;
	assert_int_equal(snug_call_question_parse("ptrace(-2)", &q, NULL), 0);
	assert_int_equal(q.args[0], UINT64_MAX - 1);
}

static void bad_questions_say_why(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "sokcet", "unknown system call 'sokcet' (did you mean 'socket'?)" },
		{ "", "unknown system call ''" },
		{ "(1)", "unknown system call ''" },
		{ "xyzzyplugh", "unknown system call 'xyzzyplugh'" },
		{ "a\033[31mb", "unknown system call 'a\\x1b[31mb'" },
		{ "socket(AF_INTE)",
		  "argument 1 of socket: unknown constant 'AF_INTE' (did you mean "
		  "'AF_INET'?); a number or _ (unknown) will do" },
		{ "read(zzzzzzzz)",
		  "argument 1 of read: unknown constant 'zzzzzzzz'; a number or _ "
		  "(unknown) will do" },
		{ "read(12x)", "argument 1 of read: '12x' is no number of 64 bits" },
		{ "read(099)", "argument 1 of read: '099' is no number of 64 bits" },
		{ "read(18446744073709551616)",
		  "argument 1 of read: '18446744073709551616' is no number of 64 bits" },
		{ "read(07777777777777777777777)",
		  "argument 1 of read: '07777777777777777777777' is no number of 64 bits" },
		{ "socket(1|)", "argument 1 of socket: nothing beside a '|'" },
		{ "socket(|)", "argument 1 of socket: nothing beside a '|'" },
		{ "socket(1,2,3,4)", "socket has 3 arguments" },
		{ "close(1,2)", "close has 1 argument" },
		{ "getpid(1)", "getpid has 0 arguments" },
		{ "tuxcall(1,2,3,4,5,6,7)", "tuxcall has 6 arguments" },
		{ "socket(1", "socket: expected NAME(ARGUMENT, ...), with one ')' at the end" },
		{ "socket(1))", "socket: expected NAME(ARGUMENT, ...), with one ')' at the end" },
		{ "socket((1))", "socket: expected NAME(ARGUMENT, ...), with one ')' at the end" },
		{ "socket(1)x", "socket: expected NAME(ARGUMENT, ...), with one ')' at the end" },
		{ "socket(", "socket: expected NAME(ARGUMENT, ...), with one ')' at the end" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		struct snug_call_question q = { 0 };

		assert_int_equal(snug_call_question_parse(cases[i].text, &q, &err), -EINVAL);
		assert_string_equal(snug_err_msg(&err), cases[i].message);
		assert_null(q.name);
	}
}

static void long_questions_are_refused(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_call_question q;
	char text[5000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(snug_call_question_parse(text, &q, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "a call of over 4096 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_understood),
		cmocka_unit_test(negative_numbers_fill_their_argument),
		cmocka_unit_test(bad_questions_say_why),
		cmocka_unit_test(long_questions_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
