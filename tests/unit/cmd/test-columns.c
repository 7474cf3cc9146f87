/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/columns.h"

#include "base/mem.h"
#include "base/str.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void check(const char *head, const char *const *items, unsigned width, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	size_t n = 0;

	while (items[n])
		n++;
	columns_add_list(&out, head, items, n, 2, 8, width);
	assert_string_equal(snug_str_text(&out), want);
}

#define LIST(...)                                                                                  \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

static void test_wrap(void **state)
{
	(void)state;
	check("head", LIST("a"), 40, "  head  a\n");
	check("head", LIST("a", "b", "c"), 40, "  head  a, b, c\n");
	check("", LIST("a", "b"), 40, "        a, b\n");
	/* exactly as wide as there is room, and one column less */
	check("head", LIST("one", "two"), 16, "  head  one, two\n");
	check("head", LIST("one", "two"), 15, "  head  one,\n        two\n");
	check("h", LIST("one", "two", "three"), 17, "  h     one, two,\n        three\n");
}

static void test_wide_head(void **state)
{
	(void)state;
	check("files", LIST("a"), 40, "  files a\n");
	check("filess", LIST("a"), 40, "  filess\n        a\n");
	check("alone", (const char *const[]){ NULL }, 40, "  alone\n");
}

/* An item stays whole where a line can hold it; what is wider is broken at its blanks. */
static void test_wide_items(void **state)
{
	(void)state;
	check("h", LIST("x", "f(a, b)"), 16, "  h     x,\n        f(a, b)\n");
	check("h", LIST("x", "f(aa, bb)"), 16, "  h     x, f(aa,\n        bb)\n");
	check("h", LIST("f(aa|bb|cc|dd)"), 16, "  h     f(aa|bb|\n        cc|dd)\n");
	check("h", LIST("x f(aa|bb|cc|dd)"), 16, "  h     x f(aa|\n        bb|cc|\n        dd)\n");
	check("h", LIST("averylongword", "b"), 12, "  h     averylongword,\n        b\n");
}

static void test_utf8(void **state)
{
	(void)state;
	check("h", LIST("äöü", "äöü"), 16, "  h     äöü, äöü\n");
}

static void check_row(const char *head, const char *text, unsigned width, const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	columns_add_row(&s, head, text, 8, width);
	assert_string_equal(snug_str_text(&s), expected);
}

static void test_rows(void **state)
{
	(void)state;
	check_row("  head", "one two", UINT_MAX, "  head  one two\n");
	check_row("  head", "one two", 15, "  head  one two\n");
	check_row("  head", "one two", 14, "  head  one\n        two\n");
	check_row("  head", "", 14, "  head\n");
	check_row("  headed", "one", 14, "  headedone\n");
	check_row("  header", "", 14, "  header\n");
	check_row("  header in the way", "one two", 14,
		  "  header in the way\n        one\n        two\n");
}

static void test_no_terminal(void **state)
{
	FILE *f = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(f);
	assert_int_equal(columns_width(f), 80);
	assert_true(columns_row_width(f) == UINT_MAX);
	assert_false(columns_has_colours(f));
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),        cmocka_unit_test(test_wide_head),
		cmocka_unit_test(test_wide_items),  cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_no_terminal), cmocka_unit_test(test_rows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
