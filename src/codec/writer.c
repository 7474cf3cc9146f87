/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON is written by hand, YAML by libyaml's emitter, which knows when a plain scalar would be
 * misread as structure; what a plain scalar would be misread as a *value* (true, 0x1f, a date) is
 * known here.  The emitter gets no line width, so that it never folds a string.
 */
#include "codec/writer.h"

#include "codec/number.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

struct level {
	bool is_object;
	bool has_key;
	size_t len;
};

struct snug_writer {
	enum snug_doc_syntax syntax;
	struct snug_str *out;
	yaml_emitter_t emitter; /* YAML only */
	VEC(struct level) levels;
	struct snug_str scratch; /* a string made valid UTF-8, a number's text */
	size_t n_roots;
	bool finished;
};

static void emit(struct snug_writer *w, yaml_event_t *ev, int initialized)
{
	/* both fail for lack of memory or an impossible order only */
	snug_bug_on(!initialized);
	snug_bug_on(!yaml_emitter_emit(&w->emitter, ev));
}

static int write_handler(void *data, unsigned char *buffer, size_t size)
{
	struct snug_writer *w = data;

	snug_str_addn(w->out, buffer, size);
	return 1;
}

struct snug_writer *snug_writer_new(enum snug_doc_syntax syntax, struct snug_str *out)
{
	struct snug_writer *w = xcalloc(1, sizeof(*w));
	yaml_event_t ev;

	w->syntax = syntax;
	w->out = out;
	if (syntax != SNUG_DOC_YAML)
		return w;
	snug_bug_on(!yaml_emitter_initialize(&w->emitter));
	yaml_emitter_set_output(&w->emitter, write_handler, w);
	yaml_emitter_set_encoding(&w->emitter, YAML_UTF8_ENCODING);
	yaml_emitter_set_unicode(&w->emitter, 1);
	yaml_emitter_set_width(&w->emitter, -1);
	yaml_emitter_set_break(&w->emitter, YAML_LN_BREAK);
	emit(w, &ev, yaml_stream_start_event_initialize(&ev, YAML_UTF8_ENCODING));
	return w;
}

struct snug_writer *snug_writer_free(struct snug_writer *w)
{
	if (!w)
		return NULL;
	if (w->syntax == SNUG_DOC_YAML)
		yaml_emitter_delete(&w->emitter);
	VEC_DONE(&w->levels);
	snug_str_done(&w->scratch);
	free(w);
	return NULL;
}

static struct level *top(struct snug_writer *w)
{
	return w->levels.len ? &w->levels.items[w->levels.len - 1] : NULL;
}

static void new_line(struct snug_writer *w)
{
	snug_str_addc(w->out, '\n');
	for (size_t i = 0; i < w->levels.len; i++)
		snug_str_add(w->out, "  ");
}

static void before_root(struct snug_writer *w)
{
	yaml_event_t ev;

	if (w->syntax == SNUG_DOC_YAML)
		emit(w, &ev,
		     yaml_document_start_event_initialize(&ev, NULL, NULL, NULL, w->n_roots == 0));
	else
		snug_bug_on(w->n_roots);
	w->n_roots++;
}

static void before_value(struct snug_writer *w)
{
	struct level *l = top(w);

	snug_bug_on(w->finished);
	if (!l) {
		before_root(w);
		return;
	}
	snug_bug_on(l->is_object != l->has_key);
	l->has_key = false;
	if (l->is_object)
		return; /* the key did the rest */
	if (w->syntax == SNUG_DOC_JSON) {
		if (l->len)
			snug_str_addc(w->out, ',');
		new_line(w);
	}
	l->len++;
}

static void after_value(struct snug_writer *w)
{
	yaml_event_t ev;

	if (w->levels.len)
		return;
	if (w->syntax == SNUG_DOC_YAML)
		emit(w, &ev, yaml_document_end_event_initialize(&ev, 1));
	else
		snug_str_addc(w->out, '\n');
}

static void begin(struct snug_writer *w, bool is_object)
{
	yaml_event_t ev;

	before_value(w);
	VEC_PUSH(&w->levels)->is_object = is_object;
	if (w->syntax == SNUG_DOC_JSON)
		snug_str_addc(w->out, is_object ? '{' : '[');
	else if (is_object)
		emit(w, &ev,
		     yaml_mapping_start_event_initialize(&ev, NULL, NULL, 1,
							 YAML_BLOCK_MAPPING_STYLE));
	else
		emit(w, &ev,
		     yaml_sequence_start_event_initialize(&ev, NULL, NULL, 1,
							  YAML_BLOCK_SEQUENCE_STYLE));
}

static void end(struct snug_writer *w, bool is_object)
{
	struct level *l = top(w);
	yaml_event_t ev;
	bool empty;

	snug_bug_on(!l || l->is_object != is_object || l->has_key);
	empty = l->len == 0;
	w->levels.len--;
	if (w->syntax == SNUG_DOC_JSON) {
		if (!empty)
			new_line(w);
		snug_str_addc(w->out, is_object ? '}' : ']');
	} else if (is_object) {
		emit(w, &ev, yaml_mapping_end_event_initialize(&ev));
	} else {
		emit(w, &ev, yaml_sequence_end_event_initialize(&ev));
	}
	after_value(w);
}

void snug_writer_begin_object(struct snug_writer *w)
{
	begin(w, true);
}

void snug_writer_end_object(struct snug_writer *w)
{
	end(w, true);
}

void snug_writer_begin_array(struct snug_writer *w)
{
	begin(w, false);
}

void snug_writer_end_array(struct snug_writer *w)
{
	end(w, false);
}

static void add_json_string(struct snug_str *out, const char *s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";

	snug_str_addc(out, '"');
	for (; *s; s++) {
		const char *found = strchr(from, *s);

		if (found) {
			snug_str_addc(out, '\\');
			snug_str_addc(out, to[found - from]);
		} else if ((unsigned char)*s < 0x20) {
			snug_str_addf(out, "\\u%04x", (unsigned)*s);
		} else {
			snug_str_addc(out, *s);
		}
	}
	snug_str_addc(out, '"');
}

static void emit_scalar(struct snug_writer *w, const char *s, yaml_scalar_style_t style)
{
	yaml_event_t ev;

	emit(w, &ev,
	     yaml_scalar_event_initialize(&ev, NULL, NULL, (const yaml_char_t *)s, (int)strlen(s),
					  1, 1, style));
}

/* Whether @s has a character that a plain or single-quoted scalar would need to fold or lose. */
static bool has_special(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	for (; *p; p++) {
		/* 0xc2 0x80..0x9f: C1 controls with NEL; 0xe2 0x80 0xa8/0xa9: LS and PS, line
		 * breaks of YAML 1.1; 0xef 0xbb 0xbf: a byte order mark */
		if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0) ||
		    (p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) ||
		    (p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf))
			return true;
	}
	return false;
}

/*
 * Whether a reader of YAML 1.1 or 1.2 would take the unquoted @s for something else than this
 * string.  Numbers, dates and sexagesimals are not told apart: what begins like one and has none
 * but their characters is quoted.
 */
static bool is_ambiguous(const char *s)
{
	static const char *const words[] = {
		"y",    "n", "yes", "no", "on",   "off",   "true",  "false",
		"null", "~", "=",   "<<", ".inf", "+.inf", "-.inf", ".nan",
	};
	size_t len = strlen(s);

	if (!len || s[0] == ' ' || s[len - 1] == ' ' || has_special(s))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(s, words[i]) == 0)
			return true;
	}
	if (strspn(s, "+-._") == len)
		return true;
	return strchr("0123456789+-.", s[0]) && strpbrk(s, "0123456789") &&
	       strspn(s, "0123456789abcdefABCDEFxXoO_+-.:,tTzZ ") == len;
}

/* @s, or a copy in w->scratch in which what is no UTF-8 is U+FFFD. */
static const char *valid_utf8(struct snug_writer *w, const char *s)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + strlen(s);

	if (snug_utf8_len(s, strlen(s)) == strlen(s))
		return s;
	snug_str_clear(&w->scratch);
	for (size_t n; p < end; p += n ? n : 1) {
		n = snug_utf8_char_len(p, end);
		if (n)
			snug_str_addn(&w->scratch, p, n);
		else
			snug_str_add(&w->scratch, "\xef\xbf\xbd");
	}
	return snug_str_text(&w->scratch);
}

static void add_string(struct snug_writer *w, const char *s)
{
	s = valid_utf8(w, s);
	if (w->syntax == SNUG_DOC_JSON)
		add_json_string(w->out, s);
	else
		emit_scalar(w, s,
			    is_ambiguous(s) ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
					    : YAML_ANY_SCALAR_STYLE);
}

void snug_writer_key(struct snug_writer *w, const char *key)
{
	struct level *l = top(w);

	snug_bug_on(w->finished || !l || !l->is_object || l->has_key);
	if (w->syntax == SNUG_DOC_JSON) {
		if (l->len)
			snug_str_addc(w->out, ',');
		new_line(w);
	}
	add_string(w, key);
	if (w->syntax == SNUG_DOC_JSON)
		snug_str_add(w->out, ": ");
	l->len++;
	l->has_key = true;
}

void snug_writer_string(struct snug_writer *w, const char *s)
{
	before_value(w);
	add_string(w, s);
	after_value(w);
}

/* A word that is the same in both syntaxes. */
static void add_word(struct snug_writer *w, const char *word)
{
	before_value(w);
	if (w->syntax == SNUG_DOC_JSON)
		snug_str_add(w->out, word);
	else
		emit_scalar(w, word, YAML_PLAIN_SCALAR_STYLE);
	after_value(w);
}

void snug_writer_uint(struct snug_writer *w, uint64_t v)
{
	snug_str_clear(&w->scratch);
	snug_str_addf(&w->scratch, "%" PRIu64, v);
	add_word(w, snug_str_text(&w->scratch));
}

void snug_writer_int(struct snug_writer *w, int64_t v)
{
	snug_str_clear(&w->scratch);
	snug_str_addf(&w->scratch, "%" PRId64, v);
	add_word(w, snug_str_text(&w->scratch));
}

void snug_writer_real(struct snug_writer *w, double v)
{
	snug_str_clear(&w->scratch);
	snug_number_format_real(&w->scratch, v);
	add_word(w, snug_str_text(&w->scratch));
}

void snug_writer_bool(struct snug_writer *w, bool v)
{
	add_word(w, v ? "true" : "false");
}

void snug_writer_null(struct snug_writer *w)
{
	add_word(w, "null");
}

/* Recurses, but never deeper than a document can be: SNUG_LIMIT_DOC_DEPTH. */
void snug_writer_value(struct snug_writer *w, const struct snug_doc_value *v)
{
	switch (v->type) {
	case SNUG_DOC_NULL:
		snug_writer_null(w);
		break;
	case SNUG_DOC_BOOL:
		snug_writer_bool(w, v->b);
		break;
	case SNUG_DOC_UINT:
		snug_writer_uint(w, v->u);
		break;
	case SNUG_DOC_INT:
		snug_writer_int(w, v->i);
		break;
	case SNUG_DOC_REAL:
		snug_writer_real(w, v->d);
		break;
	case SNUG_DOC_STRING:
		snug_writer_string(w, v->str.text);
		break;
	case SNUG_DOC_ARRAY:
		snug_writer_begin_array(w);
		for (size_t i = 0; i < v->array.len; i++)
			snug_writer_value(w, &v->array.items[i]);
		snug_writer_end_array(w);
		break;
	case SNUG_DOC_OBJECT:
		snug_writer_begin_object(w);
		for (size_t i = 0; i < v->object.len; i++) {
			snug_writer_key(w, v->object.items[i].key);
			snug_writer_value(w, &v->object.items[i].value);
		}
		snug_writer_end_object(w);
		break;
	}
}

void snug_writer_member_string(struct snug_writer *w, const char *key, const char *s)
{
	snug_writer_key(w, key);
	snug_writer_string(w, s);
}

void snug_writer_member_uint(struct snug_writer *w, const char *key, uint64_t v)
{
	snug_writer_key(w, key);
	snug_writer_uint(w, v);
}

void snug_writer_member_bool(struct snug_writer *w, const char *key, bool v)
{
	snug_writer_key(w, key);
	snug_writer_bool(w, v);
}

void snug_writer_member_strings(struct snug_writer *w, const char *key, const char *const *items,
				size_t n)
{
	snug_writer_key(w, key);
	snug_writer_begin_array(w);
	for (size_t i = 0; i < n; i++)
		snug_writer_string(w, items[i]);
	snug_writer_end_array(w);
}

void snug_writer_finish(struct snug_writer *w)
{
	yaml_event_t ev;

	snug_bug_on(w->finished || w->levels.len || !w->n_roots);
	w->finished = true;
	if (w->syntax == SNUG_DOC_YAML)
		emit(w, &ev, yaml_stream_end_event_initialize(&ev));
}
