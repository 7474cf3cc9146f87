/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "report/page-internal.h"

#include "../seccomp/random-profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/version.h>

#include <cmocka.h>

#include "../record/recording-test.h"

static void markup_is_escaped(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "<script>", "&#60;script&#62;" },
		{ "\"'&", "&#34;&#39;&#38;" },
		{ "a&lt;b", "a&#38;lt;b" },
		{ "&&", "&#38;&#38;" },
		{ "\303\251", "\303\251" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		page_add_text(&out, cases[i].text);
		assert_string_equal(snug_str_text(&out), cases[i].want);
	}
}

/* Whatever bytes a name has: what comes out holds no markup, and decodes to what is printable. */
static void random_names_hold_no_markup(void **state)
{
	static const char bytes[] = "<>&\"'/=! abc\\\x01\x1b\x7f\xe2\x80\xae\xff\xc3\xa9;#";
	struct random_source random;

	(void)state;
	random_init(&random);
	for (int i = 0; i < 20000; i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
		CLEANUP(freep) char *shown = NULL;
		char name[40] = { 0 };

		for (uint32_t n = random_below(&random, 39) + 1; n; n--)
			name[n - 1] = bytes[random_below(&random, sizeof(bytes) - 1)];
		shown = snug_report_printable(name);
		page_add_text(&out, shown);
		assert_null(strpbrk(snug_str_text(&out), "<>\"'\x01\x1b\x7f"));
		for (const char *amp = snug_str_text(&out); (amp = strchr(amp, '&')); amp++)
			assert_int_equal(amp[1], '#');
		assert_null(strstr(snug_str_text(&out), "\xe2\x80\xae"));
	}
}

/* A golden drawing, and what must hold for every one: coordinates within the picture. */
static void the_curve_is_drawn(void **state)
{
	static const uint64_t times[] = { 0, 10, 100, 1000 };
	CLEANUP(snug_recording_freep)
	struct snug_recording *rec = recording_of_times(10000, times, 4);
	const struct snug_report_recording r = { .label = (char[]){ "a<b" }, .recording = rec };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	page_add_curve(&out, &r, 3);
	assert_non_null(strstr(snug_str_text(&out),
			       "<title id=\"curve-3\">Distinct calls over time "
			       "in a&#60;b: 4, the last new one after 1.00 ms"
			       "</title>"));
	assert_non_null(strstr(snug_str_text(&out),
			       "<path class=\"line\" d=\"M44 440H44V340H344V290H644V240H944\"/>"));
	assert_non_null(strstr(snug_str_text(&out), ">0 - 10 us<"));
	assert_non_null(strstr(snug_str_text(&out), ">10 ms<"));
	assert_null(strstr(snug_str_text(&out), ">100 ms<"));
}

static void odd_times_are_drawn_too(void **state)
{
	static const uint64_t cases[][3] = {
		{ 0, 0, 0 },
		{ UINT64_MAX - 1, 0, 5 },
		{ 1, UINT64_MAX, UINT64_MAX },
		{ UINT64_MAX - 1, UINT64_MAX - 2, UINT64_MAX - 3 },
		{ 7, 7, 7 },
	};
	static const uint64_t durations[] = { 0, 1, 7, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (size_t k = 0; k < ARRAY_SIZE(durations); k++) {
			CLEANUP(snug_recording_freep)
			struct snug_recording *rec = recording_of_times(durations[k], cases[i], 3);
			const struct snug_report_recording r = { .label = (char[]){ "r" },
								 .recording = rec };
			CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
			const char *line;

			page_add_curve(&out, &r, 0);
			line = strstr(snug_str_text(&out), "class=\"line\" d=\"M44 440");
			assert_non_null(line);
			for (const char *h = line; (h = strchr(h, 'H')); h++) {
				unsigned long x = strtoul(h + 1, NULL, 10);

				assert_true(x >= 44 && x <= 944);
			}
			assert_null(strstr(snug_str_text(&out), "nan"));
		}
}

/* However close moments are, each number has its own place in the picture, and no line crosses it.
 */
static void numbers_do_not_touch(void **state)
{
	static const uint64_t times[] = { 0, 10, 1000000 };
	static const uint64_t steps[] = { 0, 1, 40, 100, 5000 };
	CLEANUP(snug_recording_freep)
	struct snug_recording *rec = recording_of_times(2000000, times, 3);

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(steps); k++) {
		struct snug_report_moment moments[SNUG_LIMIT_REPORT_EXECS + 2] = { 0 };
		const struct snug_report_recording r = {
			.label = (char[]){ "r" },
			.recording = rec,
			.moments = { moments, ARRAY_SIZE(moments), 0 },
		};
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
		unsigned x[ARRAY_SIZE(moments)], y[ARRAY_SIZE(moments)], top, n = 0;
		const char *at;

		for (size_t i = 0; i < ARRAY_SIZE(moments); i++)
			moments[i].at_us = 1000 + i * steps[k];
		page_add_curve(&out, &r, 0);
		at = strstr(snug_str_text(&out), "viewBox=\"0 ");
		assert_non_null(at);
		top = (unsigned)strtoul(at + strlen("viewBox=\"0 "), NULL, 10);
		assert_null(strstr(strstr(snug_str_text(&out), "<circle"), "class=\"mark\""));
		for (at = snug_str_text(&out); (at = strstr(at, " cx=\"")); n++) {
			char *end;

			assert_true(n < ARRAY_SIZE(moments));
			at += strlen(" cx=\"");
			x[n] = (unsigned)strtoul(at, &end, 10);
			y[n] = (unsigned)strtoul(end + strlen("\" cy=\""), NULL, 10);
			/* the radius is 9, and a line has its width */
			assert_true(y[n] >= top + 10 && y[n] <= 230);
			for (unsigned i = 0; i < n; i++)
				assert_true(x[n] >= x[i] + 20 || y[n] >= y[i] + 20 ||
					    y[i] >= y[n] + 20);
		}
		assert_int_equal(n, ARRAY_SIZE(moments));
	}
}

static void no_time_no_curve(void **state)
{
	static const uint64_t times[] = { UINT64_MAX };
	CLEANUP(snug_recording_freep)
	struct snug_recording *rec = recording_of_times(10000, times, 1);
	const struct snug_report_recording r = { .label = (char[]){ "r" }, .recording = rec };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	page_add_curve(&out, &r, 0);
	assert_int_equal(out.len, 0);
}

/* Any two profiles make a page, and the same one again. */
static void random_profiles_make_pages(void **state)
{
	struct random_source random;

	(void)state;
	random_init(&random);
	for (int i = 0; i < 100; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *a = random_filter(&random);
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *b = random_filter(&random);
		const struct snug_report_profile_input in_p[] = { { .label = "a", .profile = a },
								  { .label = "b", .profile = b } };
		struct snug_report_input in = {
			.env = { .arch = SNUG_ARCH_X86_64,
				 .kernel_version = KERNEL_VERSION(6, 1, 0) },
			.profiles = in_p,
			.n_profiles = 2,
		};
		struct snug_str pages[2] = { SNUG_STR_INIT, SNUG_STR_INIT };

		for (int k = 0; k < 2; k++) {
			CLEANUP(snug_report_done) struct snug_report r = { 0 };

			assert_int_equal(snug_report_build(&in, &r, NULL), 0);
			assert_int_equal(snug_report_write_page(&r, "snug", &pages[k], NULL), 0);
		}
		assert_string_equal(snug_str_text(&pages[0]), snug_str_text(&pages[1]));
		snug_str_done(&pages[0]);
		snug_str_done(&pages[1]);
	}
}

/* A profile with as many hostile names as fit, eight times, beside a reference: the page stays
 * under its limit or is refused, and nothing is written of one that is refused. */
static void the_page_is_bounded(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = snug_seccomp_profile_new("p", SNUG_ACTION_ERRNO);
	struct snug_report_profile_input in_p[SNUG_LIMIT_REPORT_PROFILES];
	struct snug_report_input in = {
		.env = { .arch = SNUG_ARCH_X86_64, .kernel_version = KERNEL_VERSION(6, 1, 0) },
		.profiles = in_p,
		.n_profiles = ARRAY_SIZE(in_p),
	};
	CLEANUP(snug_report_done) struct snug_report r = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	int e;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		CLEANUP(freep) char *name = xasprintf("%0*d", SNUG_LIMIT_NAME_BYTES, i);
		const char *const names[] = { name };

		memset(name, '<', 100);
		snug_seccomp_profile_add(p, SNUG_ACTION_ALLOW, names, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(in_p); i++)
		in_p[i] = (struct snug_report_profile_input){ .label = "p", .profile = p };
	assert_int_equal(snug_report_build(&in, &r, NULL), 0);
	e = snug_report_write_page(&r, "snug", &out, &err);
	assert_int_equal(e, 0);
	assert_true(out.len < SNUG_LIMIT_REPORT_BYTES);
	assert_null(strstr(strstr(snug_str_text(&out), "<tbody>"), "<<"));
	/* the same, while it is written: the list ends when it is too long */
	snug_str_clear(&out);
	page_add_calls(&out, &r, 100000);
	assert_in_range(out.len, 100000, 110000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_escaped),
		cmocka_unit_test(random_names_hold_no_markup),
		cmocka_unit_test(the_curve_is_drawn),
		cmocka_unit_test(odd_times_are_drawn_too),
		cmocka_unit_test(numbers_do_not_touch),
		cmocka_unit_test(no_time_no_curve),
		cmocka_unit_test(random_profiles_make_pages),
		cmocka_unit_test(the_page_is_bounded),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
