/* SPDX-License-Identifier: Apache-2.0 */
/*
 * d->path grows by ".key" or "[i]" on the way down and is cut back on the way up; a failure leaves
 * it where it is, because nothing is decoded after one.
 */
#include "codec/decode.h"

#include "base/err.h"
#include "base/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SHOWN_KEY = 64 };

void snug_decode_done(struct snug_decode *d)
{
	snug_str_done(&d->path);
}

static void path_cut(struct snug_decode *d, size_t len)
{
	if (!d->path.buf)
		return;
	d->path.len = len;
	d->path.buf[len] = '\0';
}

/* "file:line:col: path: <text>"; the caller frees. */
static char *message(const struct snug_decode *d, uint32_t line, uint32_t col, const char *fmt,
		     va_list ap) __attribute__((format(printf, 4, 0)));
static char *message(const struct snug_decode *d, uint32_t line, uint32_t col, const char *fmt,
		     va_list ap)
{
	CLEANUP(freep) char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	return xasprintf("%s:%u:%u: %s%s%s", snug_doc_name(d->doc), line, col,
			 snug_str_text(&d->path), d->path.len ? ": " : "", text ? text : "?");
}

int snug_decode_fail(struct snug_decode *d, const struct snug_doc_value *v, int code,
		     const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = message(d, v->line, v->col, fmt, ap);
	va_end(ap);
	return snug_err_set(d->err, code, "%s", text);
}

void snug_decode_warn(struct snug_decode *d, const struct snug_doc_value *v, const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;

	if (!d->warn || d->n_warnings > SNUG_LIMIT_WARNINGS)
		return;
	if (d->n_warnings++ == SNUG_LIMIT_WARNINGS) {
		text = xasprintf("%s: more warnings are left out", snug_doc_name(d->doc));
	} else {
		va_start(ap, fmt);
		text = message(d, v->line, v->col, fmt, ap);
		va_end(ap);
	}
	d->warn(d->warn_data, text);
}

int snug_decode_expected(struct snug_decode *d, const struct snug_doc_value *v, const char *what)
{
	CLEANUP(snug_str_done) struct snug_str got = SNUG_STR_INIT;

	if (v->type != SNUG_DOC_NULL) {
		snug_str_add(&got, snug_doc_type_name(v->type));
		snug_str_addc(&got, ' ');
	}
	snug_doc_show(&got, v);
	return snug_decode_fail(d, v, -EINVAL, "expected %s, got %s", what, snug_str_text(&got));
}

int snug_decode_unknown_name(struct snug_decode *d, const struct snug_doc_value *v,
			     const char *what, const char *const *names)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *hint = NULL;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	snug_doc_show(&shown, v);
	hint = snug_str_did_you_mean(snug_str_nearest(v->str.text, names));
	return snug_decode_fail(d, v, -EINVAL, "unknown %s %s%s", what, snug_str_text(&shown),
				hint);
}

/* The nearest field name; a table has no ready array of names. */
static const char *nearest_key(const struct snug_decode_field *fields, const char *word)
{
	CLEANUP(freep) const char **names = NULL;
	size_t n = 0;

	while (fields[n].key)
		n++;
	names = xcalloc(n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = fields[i].key;
	return snug_str_nearest(word, names);
}

static int unknown_field(struct snug_decode *d, const struct snug_doc_member *m,
			 const struct snug_decode_field *fields)
{
	const struct snug_doc_value at = { .line = m->line, .col = m->col };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(freep) char *hint = NULL;

	/* the search is the dear part; a document full of unknown fields shall not pay it for each
	 */
	if (!d->strict && d->n_warnings > SNUG_LIMIT_WARNINGS)
		return 0;
	hint = snug_str_did_you_mean(nearest_key(fields, m->key));
	snug_str_add(&text, "unknown field '");
	snug_str_add_printable(&text, m->key, strlen(m->key), MAX_SHOWN_KEY);
	snug_str_addc(&text, '\'');
	snug_str_add(&text, hint);
	if (d->strict)
		return snug_decode_fail(d, &at, -EINVAL, "%s", snug_str_text(&text));
	snug_decode_warn(d, &at, "%s", snug_str_text(&text));
	return 0;
}

static int decode_member(struct snug_decode *d, const struct snug_doc_member *m,
			 const struct snug_decode_field *fields, void *dst)
{
	const struct snug_decode_field *f = fields;
	size_t len = d->path.len;
	int r;

	while (f->key && strcmp(f->key, m->key) != 0)
		f++;
	if (!f->key)
		return unknown_field(d, m, fields);
	if (f->flags & SNUG_DECODE_IGNORE)
		return 0;
	if ((f->flags & SNUG_DECODE_NULL_OK) && m->value.type == SNUG_DOC_NULL)
		return 0;
	snug_doc_path_add_key(&d->path, m->key);
	r = f->decode(d, &m->value, (char *)dst + f->offset);
	if (r < 0)
		return r;
	path_cut(d, len);
	return 0;
}

int snug_decode_object(struct snug_decode *d, const struct snug_doc_value *v,
		       const struct snug_decode_field *fields, void *dst)
{
	int r;

	if (v->type != SNUG_DOC_OBJECT)
		return snug_decode_expected(d, v, "an object");
	for (size_t i = 0; i < v->object.len; i++) {
		r = decode_member(d, &v->object.items[i], fields, dst);
		if (r < 0)
			return r;
	}
	for (const struct snug_decode_field *f = fields; f->key; f++) {
		const struct snug_doc_value *there;

		if (!(f->flags & SNUG_DECODE_REQUIRED))
			continue;
		there = snug_doc_get(v, f->key);
		if (!there || ((f->flags & SNUG_DECODE_NULL_OK) && there->type == SNUG_DOC_NULL))
			return snug_decode_fail(d, v, -EINVAL, "field '%s' is missing", f->key);
	}
	return 0;
}

int snug_decode_array(struct snug_decode *d, const struct snug_doc_value *v, size_t max,
		      snug_decode_fn each, void *dst)
{
	size_t len = d->path.len;
	int r;

	if (v->type != SNUG_DOC_ARRAY)
		return snug_decode_expected(d, v, "an array");
	if (v->array.len > max)
		return snug_decode_fail(d, v, -E2BIG, "%zu elements are over the limit of %zu",
					v->array.len, max);
	for (size_t i = 0; i < v->array.len; i++) {
		snug_str_addf(&d->path, "[%zu]", i);
		r = each(d, &v->array.items[i], dst);
		if (r < 0)
			return r;
		path_cut(d, len);
	}
	return 0;
}

int snug_decode_string(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	char **p = dst;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	free(*p);
	*p = xstrndup(v->str.text, v->str.len);
	return 0;
}

int snug_decode_bool(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_BOOL)
		return snug_decode_expected(d, v, "true or false");
	*(bool *)dst = v->b;
	return 0;
}

int snug_decode_u32(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_UINT || v->u > UINT32_MAX)
		return snug_decode_expected(d, v, "an integer of 0 to 4294967295");
	*(uint32_t *)dst = (uint32_t)v->u;
	return 0;
}

int snug_decode_u64(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_UINT)
		return snug_decode_expected(d, v, "an integer of 0 to 18446744073709551615");
	*(uint64_t *)dst = v->u;
	return 0;
}

int snug_decode_value(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	(void)d;
	*(const struct snug_doc_value **)dst = v;
	return 0;
}
