/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/baseline.h"

#include "base/err.h"
#include "base/str.h"
#include "base/words.h"
#include "oci/baseline-table.h"

#include <errno.h>
#include <string.h>

enum { MAX_RUNTIMES = 16 };

void snug_baseline_done(struct snug_baseline *b)
{
	VEC_DONE(&b->names);
}

const char *const *snug_baseline_runtimes(void)
{
	static const char *names[MAX_RUNTIMES + 1];
	size_t n = 0;

	for (size_t i = 0; i < snug_n_baseline_rows; i++) {
		const char *name = snug_baseline_rows[i].runtime;

		if (n && strcmp(names[n - 1], name) == 0)
			continue;
		snug_bug_on(n == MAX_RUNTIMES);
		names[n++] = name;
	}
	return names;
}

bool snug_baseline_is_known(const char *runtime)
{
	return snug_words_index(snug_baseline_runtimes(), runtime) >= 0;
}

static bool agrees(enum snug_known known, bool fact)
{
	return known == SNUG_KNOWN_NOT || (known == SNUG_KNOWN_YES) == fact;
}

static bool applies(const struct snug_baseline_query *q, const struct snug_baseline_row *row)
{
	return (q->with_exec || !row->is_exec) && agrees(q->no_new_privs, row->no_new_privs) &&
	       agrees(q->is_root, row->is_root) &&
	       (row->has_terminal < 0 || agrees(q->has_terminal, row->has_terminal));
}

/* The words of the table, split once and for ever: a list of names wants them one by one. */
static const char *word_of(const char *text, size_t n)
{
	static VEC(char *) words;

	VEC_FOREACH (word, &words)
		if (strncmp(*word, text, n) == 0 && !(*word)[n])
			return *word;
	*VEC_PUSH(&words) = xstrndup(text, n);
	return words.items[words.len - 1];
}

static void add_words(struct snug_baseline *b, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		*VEC_PUSH(&b->names) = word_of(words, n);
		words += n + (words[n] == ' ');
	}
}

/* A Go runtime's locks and signals: when they come, no measurement can know. */
static void add_chance(struct snug_baseline *b, const struct snug_baseline_row *row)
{
	static const char *const calls[] = { "futex", "rt_sigreturn" };

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (strstr(row->sometimes, calls[i]))
			*VEC_PUSH(&b->names) = calls[i];
}

static int unknown_runtime(const char *name, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str known = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	for (const char *const *k = snug_baseline_runtimes(); *k; k++)
		snug_str_addf(&known, "%s%s", known.len ? ", " : "", *k);
	snug_str_add_printable(&shown, name, strlen(name), 64);
	return snug_err_set(err, -ENOENT,
			    "no baseline of the runtime '%s' was measured (known: %s); "
			    "'base:none' leaves it out",
			    snug_str_text(&shown), snug_str_text(&known));
}

int snug_baseline_find(const struct snug_baseline_query *q, struct snug_baseline *ret,
		       struct snug_err *err)
{
	const char *slash = strrchr(q->runtime, '/');
	const char *name = slash ? slash + 1 : q->runtime;
	struct snug_baseline b = { 0 };

	for (size_t i = 0; i < snug_n_baseline_rows; i++) {
		const struct snug_baseline_row *row = &snug_baseline_rows[i];

		if (strcmp(row->runtime, name) != 0)
			continue;
		b.version = row->version;
		add_chance(&b, row);
		if (applies(q, row)) {
			add_words(&b, row->always);
			add_words(&b, row->sometimes);
		}
	}
	if (!b.version)
		return unknown_runtime(name, err);
	b.names.len = snug_words_sort(b.names.items, b.names.len);
	*ret = b;
	return 0;
}
