/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worked cases of tests/cases/merge: the reason, "== MODE [strict]", and sections that begin
 * with "-- NAME": the profiles, and the result with its notes ("! ": inexact), or the error.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "merge-test.h"
#include "random-profile.h"
#include "seccomp/merge.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CASES "tests/cases/merge"

struct worked {
	char *text; /* cut into lines */
	enum snug_merge_mode mode;
	bool strict;
	struct snug_seccomp_profile *profiles[MAX_INPUTS];
	size_t n;
	char *result, *error, *notes; /* owned, or NULL */
};

static void worked_done(struct worked *w)
{
	for (size_t i = 0; i < w->n; i++)
		snug_seccomp_profile_free(w->profiles[i]);
	free(w->text);
	free(w->result);
	free(w->error);
	free(w->notes);
}

static void take_section(struct worked *w, const char *name, const struct snug_str *body)
{
	if (strcmp(name, "result") == 0)
		w->result = xstrdup(snug_str_text(body));
	else if (strcmp(name, "error") == 0)
		w->error = xstrdup(snug_str_text(body));
	else if (strcmp(name, "notes") == 0)
		w->notes = xstrdup(snug_str_text(body));
	else if (w->n < MAX_INPUTS)
		w->profiles[w->n++] = parse_profile(name, snug_str_text(body));
	else
		fail_msg("too many profiles");
}

/* The reason, "== MODE [strict]", and sections that begin with "-- NAME". */
static void read_case(struct worked *w, const char *path)
{
	CLEANUP(snug_str_done) struct snug_str body = SNUG_STR_INIT;
	const char *name = NULL, *mode = NULL;
	size_t len, n_reason = 0;
	char *rest = NULL;

	if (snug_read_file(path, SNUG_LIMIT_DOC_BYTES, &w->text, &len, NULL) < 0)
		fail_msg("%s cannot be read", path);
	for (char *line = w->text; line; line = rest) {
		rest = strchr(line, '\n');
		if (rest)
			*rest++ = '\0';
		if (snug_str_has_prefix(line, "-- ")) {
			if (name)
				take_section(w, name, &body);
			name = line + 3;
			snug_str_clear(&body);
		} else if (snug_str_has_prefix(line, "== ")) {
			mode = line + 3;
		} else if (!mode) {
			n_reason++;
		} else if (*line) {
			snug_str_addf(&body, "%s\n", line);
		}
	}
	if (!mode || !name || !n_reason)
		fail_msg("%s: no reason, mode or sections", path);
	take_section(w, name, &body);
	w->mode = snug_str_has_prefix(mode, "union") ? SNUG_MERGE_UNION : SNUG_MERGE_INTERSECT;
	w->strict = strstr(mode, "strict");
}

static void check_result(const struct worked *w, const struct snug_merged *m)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *want = NULL;
	CLEANUP(snug_str_done) struct snug_str notes = SNUG_STR_INIT;
	CLEANUP(freep) char *got = text_of(m->profile);
	CLEANUP(freep) char *want_text = NULL;

	assert_non_null(w->result);
	want = parse_profile("result", w->result);
	want_text = text_of(want);
	assert_string_equal(got, want_text);
	notes_of(m, &notes);
	assert_string_equal(snug_str_text(&notes), w->notes ? w->notes : "");
	assert_int_equal(m->is_exact, !strstr(snug_str_text(&notes), "! "));
}

/* The result of another order is the same, word by word. */
static void check_turned(const struct worked *w, const struct snug_merged *m)
{
	CLEANUP(snug_merged_done) struct snug_merged turned = { 0 };
	CLEANUP(freep) char *one = text_of(m->profile);
	CLEANUP(freep) char *other = NULL;
	struct snug_seccomp_profile *p[MAX_INPUTS];

	for (size_t i = 0; i < w->n; i++)
		p[i] = w->profiles[w->n - 1 - i];
	must_merge(p, w->n, w->mode, &turned);
	other = text_of(turned.profile);
	assert_string_equal(one, other);
}

static void worked_case(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_merged_done) struct snug_merged m = { 0 };
	CLEANUP(worked_done) struct worked w = { 0 };
	struct random_source random = { 1 };
	int r;

	read_case(&w, *state);
	r = merge_profiles(w.profiles, w.n, w.mode, w.strict, &m, &err);
	if (w.error) {
		assert_int_equal(r, -EOPNOTSUPP);
		w.error[strcspn(w.error, "\n")] = '\0';
		assert_string_equal(snug_err_msg(&err), w.error);
		return;
	}
	if (r < 0)
		fail_msg("%s", snug_err_msg(&err));
	check_result(&w, &m);
	check_containment(&random, w.profiles, w.n, w.mode, &m);
	check_turned(&w, &m);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

struct tests {
	struct CMUnitTest *items;
	size_t len, cap;
};

static void find_cases(struct tests *tests)
{
	DIR *d = opendir(CASES);
	struct dirent *e;

	if (!d) {
		print_error("%s: %s\n", CASES, strerror(errno));
		exit(1);
	}
	while ((e = readdir(d))) {
		char *path;

		if (!strstr(e->d_name, ".case"))
			continue;
		path = xasprintf(CASES "/%s", e->d_name);
		*VEC_PUSH(tests) = (struct CMUnitTest){
			.name = strrchr(path, '/') + 1,
			.test_func = worked_case,
			.initial_state = path,
		};
	}
	closedir(d);
	qsort(tests->items, tests->len, sizeof(*tests->items), by_name);
}

int main(void)
{
	struct tests tests = { 0 };
	int r;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	find_cases(&tests);
	r = _cmocka_run_group_tests("merge-cases", tests.items, tests.len, NULL, NULL);
	VEC_FOREACH (test, &tests)
		free(test->initial_state);
	VEC_DONE(&tests);
	return r;
}
