/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of tests/cases/profiles, one test a file:
 *
 *	valid/X      reads, and written in its own format gives X.out (without one: X itself);
 *	             X.warn is what was warned of (without one: nothing)
 *	invalid/X    is refused with the text of X.err
 *
 * A name that begins with "strict-" is read in strict mode.  Messages call the file X.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "codec/doc.h"
#include "seccomp/profile.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES "tests/cases/profiles"

/* The text of a file, or NULL when there is none. */
static char *text_of(const char *dir, const char *name, const char *suffix, size_t *ret_len)
{
	CLEANUP(freep) char *path = xasprintf(CASES "/%s/%s%s", dir, name, suffix);
	char *text = NULL;
	size_t len = 0;

	if (snug_read_file(path, 4 * SNUG_LIMIT_DOC_BYTES, &text, &len, NULL) < 0)
		return NULL;
	if (ret_len)
		*ret_len = len;
	return text;
}

static void collect(void *data, const char *text)
{
	struct snug_str *all = data;

	snug_str_add(all, text);
	snug_str_addc(all, '\n');
}

static int parse(const char *name, const char *text, size_t len, struct snug_str *warnings,
		 struct snug_seccomp_profile **ret, struct snug_err *err)
{
	const struct snug_seccomp_read_options opts = {
		.strict = snug_str_has_prefix(name, "strict-"),
		.warn = collect,
		.warn_data = warnings,
	};

	return snug_seccomp_profile_parse(name, text, len, &opts, ret, err);
}

static void valid(void **state)
{
	const char *name = *state;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL, *again = NULL;
	CLEANUP(snug_str_done) struct snug_str warnings = SNUG_STR_INIT, out = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	size_t len = 0;
	CLEANUP(freep) char *text = text_of("valid", name, "", &len);
	CLEANUP(freep) char *expected = text_of("valid", name, ".out", NULL);
	CLEANUP(freep) char *expected_warnings = text_of("valid", name, ".warn", NULL);

	assert_non_null(text);
	if (parse(name, text, len, &warnings, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_string_equal(snug_str_text(&warnings), expected_warnings ? expected_warnings : "");
	if (snug_seccomp_profile_write(p, p->format, &out, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_string_equal(snug_str_text(&out), expected ? expected : text);
	if (parse(name, out.buf, out.len, &warnings, &again, &err) < 0)
		fail_msg("what was written: %s", snug_err_msg(&err));
	assert_true(snug_seccomp_profile_equal(p, again));
}

static void invalid(void **state)
{
	const char *name = *state;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_str_done) struct snug_str warnings = SNUG_STR_INIT, said = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	size_t len = 0;
	CLEANUP(freep) char *text = text_of("invalid", name, "", &len);
	CLEANUP(freep) char *expected = text_of("invalid", name, ".err", NULL);
	int r;

	assert_non_null(text);
	assert_non_null(expected);
	r = parse(name, text, len, &warnings, &p, &err);
	assert_true(r == -EINVAL || r == -E2BIG);
	assert_null(p);
	collect(&said, snug_err_msg(&err));
	assert_string_equal(snug_str_text(&said), expected);
}

static bool is_case(const char *name)
{
	static const char *const others[] = { ".out", ".warn", ".err" };
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < ARRAY_SIZE(others); i++)
		if (strcmp(dot, others[i]) == 0)
			return false;
	return name[0] != '.';
}

struct tests {
	struct CMUnitTest *items;
	size_t len, cap;
};

static int compare_tests(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static void add_cases(struct tests *tests, const char *dir, CMUnitTestFunction run)
{
	CLEANUP(freep) char *path = xasprintf(CASES "/%s", dir);
	DIR *d = opendir(path);
	size_t from = tests->len;

	while (d) {
		const struct dirent *entry = readdir(d);

		if (!entry)
			break;
		if (!is_case(entry->d_name))
			continue;
		*VEC_PUSH(tests) = (struct CMUnitTest){
			.name = xasprintf("%s/%s", dir, entry->d_name),
			.test_func = run,
			.initial_state = xstrdup(entry->d_name),
		};
	}
	if (d)
		closedir(d);
	qsort(tests->items + from, tests->len - from, sizeof(*tests->items), compare_tests);
}

/* What no file of reasonable size can be a case of. */

static int parse_text(const struct snug_str *text, struct snug_err *err)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;

	return snug_seccomp_profile_parse("big", snug_str_text(text), text->len, NULL, &p, err);
}

static void entries(struct snug_str *s, size_t n, const char *entry)
{
	snug_str_clear(s);
	snug_str_add(s, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[");
	for (size_t i = 0; i < n; i++)
		snug_str_addf(s, "%s%s", i ? "," : "", entry);
	snug_str_add(s, "]}");
}

static void limits(void **state)
{
	static const char entry[] = "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_LOG\"}";
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT, names = SNUG_STR_INIT;

	(void)state;
	entries(&s, SNUG_LIMIT_PROFILE_ENTRIES, entry);
	assert_int_equal(parse_text(&s, &err), 0);
	entries(&s, SNUG_LIMIT_PROFILE_ENTRIES + 1, entry);
	assert_int_equal(parse_text(&s, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err),
			    "big:1:46: syscalls: 4097 elements are over the limit of 4096");
	snug_err_done(&err);

	snug_str_add(&names, "{\"action\":\"SCMP_ACT_LOG\",\"names\":[\"read\"");
	for (size_t i = 1; i < SNUG_LIMIT_PROFILE_NAMES / 4; i++)
		snug_str_add(&names, ",\"read\"");
	snug_str_add(&names, "]}");
	entries(&s, 4, snug_str_text(&names));
	assert_int_equal(parse_text(&s, &err), 0);
	entries(&s, 5, snug_str_text(&names));
	assert_int_equal(parse_text(&s, &err), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&err), "syscalls[4].names[0]: more than 16384 names"));
	snug_err_done(&err);

	snug_str_clear(&names);
	snug_str_addf(&names, "{\"names\":[\"%0*d\"],\"action\":\"SCMP_ACT_LOG\"}",
		      SNUG_LIMIT_NAME_BYTES + 1, 0);
	entries(&s, 1, snug_str_text(&names));
	assert_int_equal(parse_text(&s, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err), "big:1:57: syscalls[0].names[0]: is over the limit "
						"of 128 bytes");
}

static void files(void **state)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(snug_seccomp_profile_read(CASES "/valid/recorded.json", NULL, &p, &err),
			 0);
	assert_string_equal(p->source, CASES "/valid/recorded.json");
	assert_int_equal(p->format, SNUG_PROFILE_OCI_JSON);
	p = snug_seccomp_profile_free(p);
	assert_int_equal(snug_seccomp_profile_read("/nowhere/p.json", NULL, &p, &err), -ENOENT);
	assert_non_null(strstr(snug_err_msg(&err), "/nowhere/p.json"));
}

/* A document full of the same mistake costs a bounded number of warnings. */
static void warnings_end(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT, warnings = SNUG_STR_INIT;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	size_t n = 0;

	(void)state;
	entries(&s, 1000, "{\"names\":[\"opne\"],\"action\":\"SCMP_ACT_LOG\"}");
	assert_int_equal(parse("w", s.buf, s.len, &warnings, &p, NULL), 0);
	for (const char *c = snug_str_text(&warnings); *c; c++)
		n += *c == '\n';
	assert_int_equal(n, SNUG_LIMIT_WARNINGS + 1);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(files),
		cmocka_unit_test(warnings_end),
	};
	struct tests tests = { 0 };
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		*VEC_PUSH(&tests) = others[i];
	add_cases(&tests, "valid", valid);
	add_cases(&tests, "invalid", invalid);
	if (tests.len < ARRAY_SIZE(others) + 20)
		return 1; /* not in the source directory */
	cmocka_set_message_output(CM_OUTPUT_TAP);
	r = _cmocka_run_group_tests("profiles", tests.items, tests.len, NULL, NULL);
	for (size_t i = ARRAY_SIZE(others); i < tests.len; i++) {
		free((void *)(uintptr_t)tests.items[i].name);
		free(tests.items[i].initial_state);
	}
	VEC_DONE(&tests);
	return r;
}
