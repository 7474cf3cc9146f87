/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/number.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_scan(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "", 0 },    { "-", 0 },      { "x", 0 },       { "+1", 0 },   { ".5", 0 },
		{ "0", 1 },   { "-0", 2 },     { "01", 1 },      { "10x", 2 },  { "1.", 1 },
		{ "1.5", 3 }, { "1.5.2", 3 },  { "1e", 1 },      { "1e+", 1 },  { "1e+5", 4 },
		{ "1E5", 3 }, { "1.2e-3", 6 }, { "-1.2e3-", 6 }, { "0x1f", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(snug_number_scan(cases[i].text, strlen(cases[i].text)),
				 cases[i].len);
	assert_int_equal(snug_number_scan("1.5e3", 3), 3);
	assert_int_equal(snug_number_scan("1.5e3", 2), 1);
}

static void test_parse(void **state)
{
	struct snug_doc_value v = { 0 };

	(void)state;
	assert_int_equal(snug_number_parse("18446744073709551615", 20, &v), 0);
	assert_int_equal(v.type, SNUG_DOC_UINT);
	assert_true(v.u == UINT64_MAX);
	assert_int_equal(snug_number_parse("-9223372036854775808", 20, &v), 0);
	assert_int_equal(v.type, SNUG_DOC_INT);
	assert_true(v.i == INT64_MIN);
	assert_int_equal(snug_number_parse("-1", 2, &v), 0);
	assert_true(v.type == SNUG_DOC_INT && v.i == -1);
	assert_int_equal(snug_number_parse("-0", 2, &v), 0);
	assert_true(v.type == SNUG_DOC_UINT && v.u == 0);
	assert_int_equal(snug_number_parse("12345", 2, &v), 0);
	assert_true(v.type == SNUG_DOC_UINT && v.u == 12);
	assert_int_equal(snug_number_parse("1.25", 4, &v), 0);
	assert_true(v.type == SNUG_DOC_REAL && v.d == 1.25);
	assert_int_equal(snug_number_parse("18446744073709551616", 20, &v), -ERANGE);
	assert_int_equal(snug_number_parse("-9223372036854775809", 20, &v), -ERANGE);
	assert_int_equal(snug_number_parse("-1e400", 6, &v), -ERANGE);
}

static void check_real(double d, const char *text)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	struct snug_doc_value v = { 0 };

	snug_number_format_real(&s, d);
	if (text)
		assert_string_equal(snug_str_text(&s), text);
	assert_int_equal(snug_number_scan(s.buf, s.len), s.len);
	assert_int_equal(snug_number_parse(s.buf, s.len, &v), 0);
	assert_int_equal(v.type, SNUG_DOC_REAL);
	assert_memory_equal(&v.d, &d, sizeof(d));
}

static void test_format_real(void **state)
{
	uint64_t x = 88172645463325252u;

	(void)state;
	check_real(0.0, "0.0");
	check_real(-0.0, "-0.0");
	check_real(1.0, "1.0");
	check_real(0.1, "0.1");
	check_real(1e20, "1.0e+20");
	check_real(1.0 / 3, "0.3333333333333333");
	check_real(5e-324, NULL);
	check_real(1.7976931348623157e308, "1.7976931348623157e+308");
	for (int i = 0; i < 20000; i++) {
		double d;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		memcpy(&d, &x, sizeof(d));
		if ((x >> 52 & 0x7ff) != 0x7ff) /* not infinite, a number */
			check_real(d, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_format_real),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
