/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include "base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_good(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} cases[] = {
		{ "0", 0 },   { "007", 7 },    { "18446744073709551615", UINT64_MAX },
		{ "0x0", 0 }, { "0XfF", 255 }, { "0xffffffffffffffff", UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 42;

		assert_int_equal(snug_parse_u64(cases[i].text, UINT64_MAX, &v), 0);
		assert_true(v == cases[i].value);
	}
}

static void test_bad(void **state)
{
	static const char *const cases[] = { "",   " 1", "1 ", "-1", "+1",  "0x",  "0x-1",
					     "1x", "1.", "ff", "x",  "0xg", "1_0", "\xc2\xb2" };
	uint64_t v = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(snug_parse_u64(cases[i], UINT64_MAX, &v), -EINVAL);
	assert_int_equal(v, 42);
}

static void test_range(void **state)
{
	uint64_t v = 42;

	(void)state;
	assert_int_equal(snug_parse_u64("255", 255, &v), 0);
	assert_int_equal(v, 255);
	assert_int_equal(snug_parse_u64("256", 255, &v), -ERANGE);
	assert_int_equal(snug_parse_u64("18446744073709551616", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(snug_parse_u64("0x10000000000000000", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(snug_parse_u64("99999999999999999999999", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(v, 255);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t us;
	} good[] = {
		{ "10", 10000000 },      { "10s", 10000000 },   { "250ms", 250000 },
		{ "5m", 300000000 },     { "0s", 0 },           { "0", 0 },
		{ "1h30m", 5400000000 }, { "1d", 86400000000 }, { "1m1ms", 60001000 },
	};
	static const char *const bad[] = { "",     "s",   "10 s", " 1",  "-1s", "1.5s", "1x",
					   "10us", "1s ", "1m30", "0x1", "1sm", "ten",  "1s1" };
	uint64_t v = 42;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(snug_parse_duration(good[i].text, UINT64_MAX, &v), 0);
		assert_true(v == good[i].us);
	}
	v = 42;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(snug_parse_duration(bad[i], UINT64_MAX, &v), -EINVAL);
	assert_int_equal(snug_parse_duration("11s", 10999999, &v), -ERANGE);
	assert_int_equal(snug_parse_duration("99999999999999999999s", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(snug_parse_duration("18446744073709551615d", UINT64_MAX, &v), -ERANGE);
	assert_int_equal(snug_parse_duration("18446744073709s18446744073709s", UINT64_MAX, &v),
			 -ERANGE);
	/* no number at all, even where another one is too large */
	assert_int_equal(snug_parse_duration("99999999999999999999s1", UINT64_MAX, &v), -EINVAL);
	assert_int_equal(v, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_durations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
