/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"

#include "base/err.h"
#include "base/limits.h"
#include "codec/writer.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void fuzz_check_err(int r, struct snug_err *err, const char *prefix)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	const char *msg = snug_err_msg(err);

	snug_bug_on(r != -EINVAL && r != -E2BIG);
	snug_bug_on(err->code != r);
	snug_bug_on(!snug_str_has_prefix(msg, prefix));
	snug_bug_on(strlen(msg) <= strlen(prefix));
	/* equal to its printable form, but for backslashes, which that form escapes */
	for (const char *p = msg; *p; p++) {
		if (*p != '\\')
			snug_str_addc(&shown, *p);
	}
	if (shown.len) {
		CLEANUP(snug_str_done) struct snug_str printable = SNUG_STR_INIT;

		snug_str_add_printable(&printable, shown.buf, shown.len, shown.len);
		snug_bug_on(strcmp(printable.buf, shown.buf) != 0);
	}
	snug_err_done(err);
}

static void check_text(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;
	size_t n;

	snug_bug_on(strlen(text) != len || len > SNUG_LIMIT_STRING_BYTES);
	while (p < end && (n = snug_utf8_char_len(p, end)))
		p += n;
	snug_bug_on(p != end);
}

static void check_value(const struct snug_doc_value *v, unsigned depth)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_doc_show(&shown, v);
	snug_bug_on(!shown.len || shown.len > 1000);
	snug_bug_on(!v->line || !v->col);
	snug_bug_on(v->type == SNUG_DOC_INT && v->i >= 0);
	snug_bug_on(v->type == SNUG_DOC_REAL && !isfinite(v->d));
	if (v->type == SNUG_DOC_STRING)
		check_text(v->str.text, v->str.len);
	if (v->type == SNUG_DOC_ARRAY || v->type == SNUG_DOC_OBJECT)
		snug_bug_on(depth >= SNUG_LIMIT_DOC_DEPTH);
	if (v->type == SNUG_DOC_ARRAY) {
		for (size_t i = 0; i < v->array.len; i++)
			check_value(&v->array.items[i], depth + 1);
	}
	if (v->type == SNUG_DOC_OBJECT) {
		for (size_t i = 0; i < v->object.len; i++) {
			const struct snug_doc_member *m = &v->object.items[i];

			check_text(m->key, strlen(m->key));
			snug_bug_on(!m->line || !m->col);
			snug_bug_on(snug_doc_get(v, m->key) != &m->value);
			check_value(&m->value, depth + 1);
		}
	}
}

static void write_roots(enum snug_doc_syntax syntax, const struct snug_doc *doc,
			struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(syntax, out);

	for (size_t i = 0; i < snug_doc_n_roots(doc); i++)
		snug_writer_value(w, snug_doc_root(doc, i));
	snug_writer_finish(w);
}

static void check_round_trip(const struct snug_doc *doc, enum snug_doc_syntax syntax)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str text2 = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *again = NULL;
	int r;

	write_roots(syntax, doc, &text);
	/* indentation and escapes may make it larger than what a file may be */
	if (syntax == SNUG_DOC_JSON)
		r = snug_json_parse("written", text.buf, text.len, SIZE_MAX, &again, &err);
	else
		r = snug_yaml_parse("written", text.buf, text.len, SIZE_MAX, &again, &err);
	if (r < 0)
		fprintf(stderr, "%s\n%s\n", snug_err_msg(&err), snug_str_text(&text));
	snug_bug_on(r < 0);
	snug_bug_on(snug_doc_n_roots(again) != snug_doc_n_roots(doc));
	for (size_t i = 0; i < snug_doc_n_roots(doc); i++)
		snug_bug_on(!snug_doc_equal(snug_doc_root(doc, i), snug_doc_root(again, i)));
	write_roots(syntax, again, &text2);
	snug_bug_on(strcmp(text.buf, text2.buf) != 0);
}

void fuzz_check_doc(const struct snug_doc *doc)
{
	snug_bug_on(!snug_doc_n_roots(doc));
	for (size_t i = 0; i < snug_doc_n_roots(doc); i++)
		check_value(snug_doc_root(doc, i), 0);
	if (snug_doc_n_roots(doc) == 1)
		check_round_trip(doc, SNUG_DOC_JSON);
	check_round_trip(doc, SNUG_DOC_YAML);
}
