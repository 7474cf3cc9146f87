/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/category-table.h"
#include "seccomp/category.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_call_has_a_category(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *const *name = snug_syscall_names(); *name; name++, n++)
		if (snug_syscall_category(*name) == SNUG_CATEGORY_OTHER)
			fail_msg("data/syscall-categories.csv lacks %s", *name);
	assert_true(n > 450);
}

static void rows_are_sorted_and_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < snug_n_category_rows; i++) {
		const struct snug_category_row *row = &snug_category_rows[i];

		assert_true(i == 0 || strcmp(snug_category_rows[i - 1].name, row->name) < 0);
		assert_int_not_equal(row->category, SNUG_CATEGORY_OTHER);
		assert_int_equal(snug_syscall_category(row->name), row->category);
	}
}

static void calls_are_where_one_looks(void **state)
{
	static const struct {
		const char *name;
		enum snug_category category;
	} cases[] = {
		{ "openat", SNUG_CATEGORY_FILES },         { "epoll_wait", SNUG_CATEGORY_EVENTS },
		{ "socket", SNUG_CATEGORY_NETWORK },       { "execve", SNUG_CATEGORY_PROCESSES },
		{ "mmap", SNUG_CATEGORY_MEMORY },          { "clock_gettime", SNUG_CATEGORY_TIME },
		{ "rt_sigaction", SNUG_CATEGORY_SIGNALS }, { "pipe2", SNUG_CATEGORY_IPC },
		{ "setuid", SNUG_CATEGORY_IDENTITY },      { "uname", SNUG_CATEGORY_SYSTEM },
		{ "mount", SNUG_CATEGORY_PRIVILEGED },     { "tuxcall", SNUG_CATEGORY_OBSOLETE },
		{ "opne", SNUG_CATEGORY_OTHER },           { "", SNUG_CATEGORY_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(snug_syscall_category(cases[i].name), cases[i].category);
}

static void names_are_single_words(void **state)
{
	(void)state;
	for (int i = 0; i < _SNUG_CATEGORY_MAX; i++) {
		const char *name = snug_category_name((enum snug_category)i);

		assert_true(*name && strspn(name, "abcdefghijklmnopqrstuvwxyz") == strlen(name));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name, snug_category_name((enum snug_category)k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_has_a_category),
		cmocka_unit_test(rows_are_sorted_and_known),
		cmocka_unit_test(calls_are_where_one_looks),
		cmocka_unit_test(names_are_single_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
