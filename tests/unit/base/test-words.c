/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_sort(void **state)
{
	const char *words[] = { "write", "close", "read", "close", "write", "close" };
	const char *key = "read";

	(void)state;
	assert_int_equal(snug_words_sort(words, 6), 3);
	assert_string_equal(words[0], "close");
	assert_string_equal(words[1], "read");
	assert_string_equal(words[2], "write");
	assert_ptr_equal(bsearch(&key, words, 3, sizeof(*words), snug_words_compare), &words[1]);
	assert_int_equal(snug_words_sort(words, 1), 1);
	assert_int_equal(snug_words_sort(NULL, 0), 0);
}

static void test_find(void **state)
{
	const char *const words[] = { "write", "close", NULL };

	(void)state;
	assert_true(snug_words_have(words, 2, "close"));
	assert_false(snug_words_have(words, 1, "close"));
	assert_false(snug_words_have(words, 2, "clos"));
	assert_false(snug_words_have(NULL, 0, "close"));
	assert_int_equal(snug_words_index(words, "close"), 1);
	assert_int_equal(snug_words_index(words, "read"), -1);
	assert_int_equal(snug_words_index(words + 2, "close"), -1);
}

static void test_equal(void **state)
{
	(void)state;
	assert_true(snug_words_equal("a", "a"));
	assert_false(snug_words_equal("a", "b"));
	assert_false(snug_words_equal("a", NULL));
	assert_false(snug_words_equal(NULL, ""));
	assert_true(snug_words_equal(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_equal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
