/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_add(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(freep) char *taken = NULL;
	CLEANUP(freep) char *empty = NULL;

	(void)state;
	assert_string_equal(snug_str_text(&s), "");
	snug_str_add(&s, "ab");
	snug_str_addc(&s, 'c');
	snug_str_addn(&s, "de\0f", 4);
	snug_str_addf(&s, "%s%03d", "g", 7);
	assert_int_equal(s.len, 11);
	assert_memory_equal(s.buf, "abcde\0fg007", 12);
	snug_str_clear(&s);
	assert_string_equal(snug_str_text(&s), "");
	snug_str_addn(&s, NULL, 0);
	assert_int_equal(s.len, 0);
	for (int i = 0; i < 5000; i++)
		snug_str_addf(&s, "%d,", i % 10);
	assert_int_equal(s.len, 10000);
	assert_int_equal(strlen(s.buf), 10000);
	taken = snug_str_take(&s);
	assert_int_equal(strlen(taken), 10000);
	assert_null(s.buf);
	empty = snug_str_take(&s);
	assert_string_equal(empty, "");
	snug_str_clear(&s);
	snug_str_done(&s);
}

static void check_printable(const char *text, size_t n, size_t max, const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	snug_str_add_printable(&s, text, n, max);
	assert_string_equal(snug_str_text(&s), expected);
}

static void test_printable(void **state)
{
	(void)state;
	check_printable("abc", 3, 10, "abc");
	check_printable("abc", 3, 3, "abc");
	check_printable("abcd", 4, 3, "abc...");
	check_printable("", 0, 0, "");
	check_printable("a\nb\0c", 5, 10, "a\\x0ab\\x00c");
	check_printable("\x1b[31m\x7f\\", 7, 10, "\\x1b[31m\\x7f\\x5c");
	/* what turns text around, and what is not seen */
	check_printable("a\xe2\x80\xae"
			"b",
			5, 10, "a\\xe2\\x80\\xaeb");
	check_printable("\xe2\x81\xa6\xd8\x9c\xe2\x80\x8b", 8, 10,
			"\\xe2\\x81\\xa6\\xd8\\x9c\\xe2\\x80\\x8b");
	check_printable("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, 20,
			"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	check_printable("\xff\xc3", 2, 10, "\\xff\\xc3");
	check_printable("\xc2\x9b", 2, 10, "\\xc2\\x9b");
}

static size_t char_len(const char *s)
{
	return snug_utf8_char_len((const unsigned char *)s, (const unsigned char *)s + strlen(s));
}

static void test_utf8(void **state)
{
	(void)state;
	assert_int_equal(char_len(""), 0);
	assert_int_equal(char_len("a\x80"), 1);
	assert_int_equal(char_len("\xc2\x80"), 2);
	assert_int_equal(char_len("\xdf\xbf"), 2);
	assert_int_equal(char_len("\xe0\xa0\x80"), 3);
	assert_int_equal(char_len("\xed\x9f\xbf"), 3);
	assert_int_equal(char_len("\xee\x80\x80"), 3);
	assert_int_equal(char_len("\xf0\x90\x80\x80"), 4);
	assert_int_equal(char_len("\xf4\x8f\xbf\xbf"), 4);
	/* a continuation alone, overlong forms, surrogates, too large, cut */
	assert_int_equal(char_len("\x80"), 0);
	assert_int_equal(char_len("\xc0\x80"), 0);
	assert_int_equal(char_len("\xc1\xbf"), 0);
	assert_int_equal(char_len("\xe0\x9f\xbf"), 0);
	assert_int_equal(char_len("\xf0\x8f\xbf\xbf"), 0);
	assert_int_equal(char_len("\xed\xa0\x80"), 0);
	assert_int_equal(char_len("\xed\xbf\xbf"), 0);
	assert_int_equal(char_len("\xf4\x90\x80\x80"), 0);
	assert_int_equal(char_len("\xf8\x88\x80\x80\x80"), 0);
	assert_int_equal(char_len("\xff"), 0);
	assert_int_equal(char_len("\xe2\x82"), 0);
	assert_int_equal(char_len("\xe2\x82z"), 0);
	assert_int_equal(snug_utf8_len("a\xc2\x80\xff", 4), 3);
	assert_int_equal(snug_utf8_len("", 0), 0);
	assert_int_equal(snug_utf8_bom_len("\xef\xbb\xbf{}", 5), 3);
	assert_int_equal(snug_utf8_bom_len("\xef\xbb", 2), 0);
}

static void test_prefix(void **state)
{
	(void)state;
	assert_true(snug_str_has_prefix("abc", "ab"));
	assert_true(snug_str_has_prefix("abc", ""));
	assert_false(snug_str_has_prefix("ab", "abc"));
}

static void test_distance(void **state)
{
	(void)state;
	assert_int_equal(snug_str_distance("open", "open", 5), 0);
	assert_int_equal(snug_str_distance("open", "OPEN", 5), 0);
	assert_int_equal(snug_str_distance("opne", "open", 5), 1);
	assert_int_equal(snug_str_distance("opn", "open", 5), 1);
	assert_int_equal(snug_str_distance("oopen", "open", 5), 1);
	assert_int_equal(snug_str_distance("kitten", "sitting", 5), 3);
	assert_int_equal(snug_str_distance("kitten", "sitting", 2), 3);
	assert_int_equal(snug_str_distance("abcdef", "uvwxyz", 2), 3);
	assert_int_equal(snug_str_distance("", "abc", 5), 3);
	assert_int_equal(snug_str_distance("abc", "", 5), 3);
	assert_int_equal(snug_str_distance("", "", 5), 0);
	assert_int_equal(
		snug_str_distance(
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b",
			100),
		101);
}

static void test_nearest(void **state)
{
	static const char *const names[] = { "open", "openat", "read", "write", NULL };
	static const char *const none[] = { NULL };

	(void)state;
	assert_string_equal(snug_str_nearest("opne", names), "open");
	assert_string_equal(snug_str_nearest("openta", names), "openat");
	assert_string_equal(snug_str_nearest("WRIET", names), "write");
	assert_null(snug_str_nearest("mmap", names));
	assert_null(snug_str_nearest("", names));
	assert_null(snug_str_nearest("open", none));
}

static void test_did_you_mean(void **state)
{
	char *near = snug_str_did_you_mean("open");
	char *none = snug_str_did_you_mean(NULL);

	(void)state;
	assert_string_equal(near, " (did you mean 'open'?)");
	assert_string_equal(none, "");
	free(near);
	free(none);
}

static void test_list_has(void **state)
{
	(void)state;
	assert_true(snug_str_list_has("a,bc,d", "a", 1));
	assert_true(snug_str_list_has("a,bc,d", "bc", 2));
	assert_true(snug_str_list_has("a,bc,d", "d,x", 1));
	assert_false(snug_str_list_has("a,bc,d", "b", 1));
	assert_false(snug_str_list_has("a,bc,d", "bc,d", 4));
	assert_false(snug_str_list_has("a,bc", "", 0));
	assert_true(snug_str_list_has("", "", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),          cmocka_unit_test(test_printable),
		cmocka_unit_test(test_utf8),         cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_distance),     cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_did_you_mean), cmocka_unit_test(test_list_has),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
