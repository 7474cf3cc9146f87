/* SPDX-License-Identifier: Apache-2.0 */
#include "record/curve.h"

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "recording-test.h"

static void calls_are_sorted_by_time(void **state)
{
	static const uint64_t times[] = { 50, UINT64_MAX, 10, 50, UINT64_MAX, 0 };
	static const size_t order[] = { 5, 2, 0, 3, 1, 4 };
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	CLEANUP(snug_first_seen_done) struct snug_first_seen f = { 0 };
	CLEANUP(snug_first_seen_done) struct snug_first_seen none = { 0 };
	CLEANUP(snug_recording_freep) struct snug_recording *empty = recording_of_times(1, NULL, 0);
	uint64_t last = 7;

	(void)state;
	r = recording_of_times(100, times, ARRAY_SIZE(times));
	snug_first_seen_sort(r, &f);
	assert_int_equal(f.len, ARRAY_SIZE(order));
	for (size_t i = 0; i < f.len; i++)
		assert_int_equal(f.items[i], order[i]);
	assert_true(snug_recording_last_new(r, &last));
	assert_int_equal(last, 50);
	snug_first_seen_sort(empty, &none);
	assert_int_equal(none.len, 0);
	assert_false(snug_recording_last_new(empty, &last));
	assert_int_equal(last, 50);
}

static void durations_have_fitting_units(void **state)
{
	static const struct {
		uint64_t us;
		const char *text;
	} cases[] = {
		{ 0, "0 us" },
		{ 999, "999 us" },
		{ 1000, "1.00 ms" },
		{ 1529, "1.52 ms" },
		{ 999999, "999.99 ms" },
		{ 1000000, "1.00 s" },
		{ 59999999, "59.99 s" },
		{ 60000000, "1 min 0 s" },
		{ 3599999999, "59 min 59 s" },
		{ 7500000000, "2 h 5 min" },
		{ UINT64_MAX, "5124095576 h 1 min" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		snug_duration_add_text(cases[i].us, &out);
		assert_string_equal(snug_str_text(&out), cases[i].text);
	}
}

static void expect(const struct snug_recording *r, bool is_utf8, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	snug_curve_draw(r, 40, 4, is_utf8, &out);
	assert_string_equal(snug_str_text(&out), want);
}

static void a_curve_in_ascii(void **state)
{
	static const uint64_t times[] = { 0, 0, 0, 50000 };
	CLEANUP(snug_recording_freep)
	struct snug_recording *r = recording_of_times(100000, times, 4);

	(void)state;
	expect(r, false,
	       "4 |                  *******************\n"
	       "  |*******************\n"
	       "  |*\n"
	       "0 |*\n"
	       "  +-------------------------------------\n"
	       "   0                           100.00 ms\n");
}

static void a_curve_in_braille(void **state)
{
	static const uint64_t times[] = { 0, 25000, 50000, 75000 };
	CLEANUP(snug_recording_freep)
	struct snug_recording *r = recording_of_times(100000, times, 4);

	(void)state;
	expect(r, true,
	       "4 ┤                           ⢸⠉⠉⠉⠉⠉⠉⠉⠉⠉\n"
	       "  ┤                  ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉\n"
	       "  ┤         ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠁\n"
	       "0 ┤⡏⠉⠉⠉⠉⠉⠉⠉⠉⠁\n"
	       "  └─────────────────────────────────────\n"
	       "   0                           100.00 ms\n");
}

/* Whatever a recording says, the plot keeps its size. */
static void curves_stay_in_their_box(void **state)
{
	static const uint64_t odd[][3] = {
		{ 0, 0, 0 },
		{ UINT64_MAX - 1, 5, UINT64_MAX },
		{ 1, UINT64_MAX - 1, UINT64_MAX - 1 },
	};
	static const uint64_t durations[] = { 0, 1, 1000, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd) * ARRAY_SIZE(durations) * 4; i++) {
		CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
		unsigned width = i % 4 < 2 ? 80 : 1000000, height = i % 4 < 2 ? 8 : 1000000;
		size_t n_lines = 0, longest = 0;

		r = recording_of_times(durations[i / 4 % ARRAY_SIZE(durations)],
				       odd[i / 4 / ARRAY_SIZE(durations)], 3);
		snug_curve_draw(r, width, height, i % 2, &out);
		for (const char *line = snug_str_text(&out); *line;) {
			size_t n = strcspn(line, "\n"), columns = 0;

			for (size_t k = 0; k < n; k++)
				columns += (line[k] & 0xc0) != 0x80;
			longest = columns > longest ? columns : longest;
			n_lines++;
			line += n + (line[n] == '\n');
		}
		assert_int_equal(n_lines, i % 4 < 2 ? 10 : 42);
		assert_true(longest <= (i % 4 < 2 ? 80 : 201));
	}
}

static void no_times_no_curve(void **state)
{
	static const uint64_t times[] = { UINT64_MAX, UINT64_MAX };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of_times(100, times, 2);
	CLEANUP(snug_recording_freep)
	struct snug_recording *empty = recording_of_times(100, NULL, 0);

	(void)state;
	expect(r, false, "");
	expect(empty, true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_sorted_by_time),
		cmocka_unit_test(durations_have_fitting_units),
		cmocka_unit_test(a_curve_in_ascii),
		cmocka_unit_test(a_curve_in_braille),
		cmocka_unit_test(curves_stay_in_their_box),
		cmocka_unit_test(no_times_no_curve),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
