/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_set(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(snug_err_set(&err, -EINVAL, "bad '%s' %d", "x", 7), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(snug_err_msg(&err), "bad 'x' 7");
	assert_int_equal(snug_err_set(NULL, -E2BIG, "nobody listens"), -E2BIG);
	snug_err_done(&err);
	assert_int_equal(err.code, 0);
	assert_null(err.msg);
	snug_err_done(&err);
	snug_err_done(NULL);
	assert_int_equal(snug_err_set(&err, -EPERM, "again"), -EPERM);
	assert_string_equal(snug_err_msg(&err), "again");
}

static void test_errno(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	errno = ENOENT;
	assert_int_equal(snug_err_errno(&err, "opening '%s'", "f"), -ENOENT);
	assert_int_equal(err.code, -ENOENT);
	assert_string_equal(snug_err_msg(&err), "opening 'f': No such file or directory");
	errno = EACCES;
	assert_int_equal(snug_err_errno(NULL, "x"), -EACCES);
	/* a caller's bug shall not turn into a success */
	errno = 0;
	assert_int_equal(snug_err_errno(NULL, "x"), -EIO);
}

static void test_wrap(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	(void)snug_err_set(&err, -EINVAL, "inner");
	assert_int_equal(snug_err_wrap(&err, -EINVAL, "middle %d", 1), -EINVAL);
	assert_int_equal(snug_err_wrap(&err, -EINVAL, "outer"), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "outer: middle 1: inner");
	snug_err_done(&err);
	/* a callee that gave no words */
	assert_int_equal(snug_err_wrap(&err, -ENOENT, "loading"), -ENOENT);
	assert_string_equal(snug_err_msg(&err), "loading: No such file or directory");
	assert_int_equal(err.code, -ENOENT);
	assert_int_equal(snug_err_wrap(NULL, -ENOENT, "x"), -ENOENT);
}

static void test_msg_without_words(void **state)
{
	struct snug_err err = { -ENOSPC, NULL };

	(void)state;
	assert_string_equal(snug_err_msg(&err), "No space left on device");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_msg_without_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
