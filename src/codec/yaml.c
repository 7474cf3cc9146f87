/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libyaml's events become the same tree that JSON text becomes.  What Kubernetes manifests do not
 * use and what makes YAML dangerous or ambiguous (anchors, aliases, tags, merge keys, keys that are
 * not strings) is refused, so that nothing can expand and one text has one meaning.
 *
 * libyaml's marks count characters; our places count bytes.  The text is checked to be UTF-8
 * first, and a cursor follows the marks through it: they almost only go forward, so that the whole
 * costs one walk.
 */
#include "codec/doc.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/words.h"
#include "codec/builder.h"
#include "codec/number.h"

#include <errno.h>
#include <string.h>

#include <yaml.h>

enum { MAX_TAG_LINES = 16 };

static const char no_tag_directives[] = "%TAG directives are not supported";

struct reader {
	const unsigned char *text;
	size_t len;
	struct {
		size_t index;  /* in characters, as libyaml counts */
		size_t offset; /* in bytes */
		size_t line_start;
		uint32_t line;
	} cursor;
	yaml_parser_t parser;
	struct snug_doc_builder builder;
	bool done;
};

static void cursor_forward(struct reader *rd)
{
	size_t n = snug_utf8_char_len(rd->text + rd->cursor.offset, rd->text + rd->len);
	bool line_break = rd->text[rd->cursor.offset] == '\n';

	rd->cursor.offset += n ? n : 1;
	rd->cursor.index++;
	if (line_break) {
		rd->cursor.line++;
		rd->cursor.line_start = rd->cursor.offset;
	}
}

static void cursor_back(struct reader *rd)
{
	const unsigned char *before;

	do
		rd->cursor.offset--;
	while (rd->cursor.offset && (rd->text[rd->cursor.offset] & 0xc0) == 0x80);
	rd->cursor.index--;
	if (rd->text[rd->cursor.offset] == '\n') {
		before = memrchr(rd->text, '\n', rd->cursor.offset);
		rd->cursor.line--;
		rd->cursor.line_start = before ? (size_t)(before - rd->text) + 1 : 0;
	}
}

/* Sets the cursor to @mark. */
static void locate(struct reader *rd, yaml_mark_t mark)
{
	while (rd->cursor.index < mark.index && rd->cursor.offset < rd->len)
		cursor_forward(rd);
	while (rd->cursor.index > mark.index && rd->cursor.offset)
		cursor_back(rd);
}

static void locate_offset(struct reader *rd, size_t offset)
{
	while (rd->cursor.offset && rd->cursor.offset > offset)
		cursor_back(rd);
	while (rd->cursor.offset < offset && rd->cursor.offset < rd->len)
		cursor_forward(rd);
}

static uint32_t column(const struct reader *rd)
{
	return (uint32_t)(rd->cursor.offset - rd->cursor.line_start) + 1;
}

/* Fails where the cursor is. */
static int fail_here(struct reader *rd, const char *what)
{
	return snug_doc_builder_fail(&rd->builder, -EINVAL, rd->cursor.line, column(rd), "%s",
				     what);
}

static int check_utf8(struct reader *rd)
{
	size_t n = snug_utf8_len((const char *)rd->text, rd->len);

	if (n == rd->len)
		return 0;
	locate_offset(rd, n);
	return snug_doc_builder_fail(&rd->builder, -EINVAL, rd->cursor.line, column(rd),
				     "byte 0x%02x is no UTF-8", rd->text[n]);
}

/* Whether libyaml sees column 0 at @p: it knows more line breaks than we count. */
static bool at_line_start(const struct reader *rd, const unsigned char *p)
{
	size_t before = (size_t)(p - rd->text);

	return !before || p[-1] == '\n' || p[-1] == '\r' ||
	       (before >= 2 && memcmp(p - 2, "\xc2\x85", 2) == 0) ||
	       (before >= 3 &&
		(memcmp(p - 3, "\xe2\x80\xa8", 3) == 0 || memcmp(p - 3, "\xe2\x80\xa9", 3) == 0));
}

/* libyaml compares each %TAG directive with all others of its document, which takes many seconds
 * for a text that is full of them.  So what could be many is refused before it sees the text.  A
 * few may stand here, in a quoted scalar for example: read_event() tells what is a directive. */
static int check_directives(struct reader *rd)
{
	static const char directive[] = "%TAG";
	const unsigned char *p = rd->text, *end = p + rd->len, *first = NULL;
	size_t n = 0;

	while ((p = memmem(p, (size_t)(end - p), directive, sizeof(directive) - 1))) {
		if (at_line_start(rd, p)) {
			first = first ? first : p;
			n++;
		}
		p++;
	}
	if (n <= MAX_TAG_LINES)
		return 0;
	locate_offset(rd, (size_t)(first - rd->text));
	return fail_here(rd, no_tag_directives);
}

/* libyaml refused the text: its words, and where it means.  It reads ahead of
 * the builder, whose path would mislead. */
static int fail_parser(struct reader *rd)
{
	const yaml_parser_t *p = &rd->parser;
	const char *problem = p->problem ? p->problem : "cannot be read";

	if (p->error == YAML_READER_ERROR) {
		locate_offset(rd, p->problem_offset);
		return snug_doc_builder_fail_text(&rd->builder, -EINVAL, rd->cursor.line,
						  column(rd), "%s", problem);
	}
	locate(rd, p->problem_mark);
	if (!p->context || p->context_mark.index >= p->problem_mark.index)
		return snug_doc_builder_fail_text(&rd->builder, -EINVAL, rd->cursor.line,
						  column(rd), "%s", problem);
	return snug_doc_builder_fail_text(&rd->builder, -EINVAL, rd->cursor.line, column(rd),
					  "%s %s that begins at line %zu", problem, p->context,
					  p->context_mark.line + 1);
}

/* 0x1f, as both YAML 1.1 and 1.2 know it. */
static int parse_hex(const char *text, size_t len, struct snug_doc_value *v)
{
	uint64_t u = 0;

	for (size_t i = 2; i < len; i++) {
		unsigned c = (unsigned char)text[i];

		if (u >> 60)
			return -ERANGE;
		u = u << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	v->type = SNUG_DOC_UINT;
	v->u = u;
	return 0;
}

static bool is_hex(const char *text, size_t len)
{
	return len > 2 && text[0] == '0' && text[1] == 'x' &&
	       strspn(text + 2, "0123456789abcdefABCDEF") == len - 2;
}

/* What an unquoted scalar means.  Returns 0 with @v set to anything but a string, 1 when it is a
 * string, -ERANGE. */
static int resolve(const char *text, size_t len, struct snug_doc_value *v)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const truths[] = { "true", "True", "TRUE", NULL };
	static const char *const lies[] = { "false", "False", "FALSE", NULL };

	if (snug_words_index(nulls, text) >= 0) {
		v->type = SNUG_DOC_NULL;
	} else if (snug_words_index(truths, text) >= 0 || snug_words_index(lies, text) >= 0) {
		v->type = SNUG_DOC_BOOL;
		v->b = snug_words_index(truths, text) >= 0;
	} else if (is_hex(text, len)) {
		return parse_hex(text, len, v);
	} else if (len && snug_number_scan(text, len) == len) {
		return snug_number_parse(text, len, v);
	} else {
		return 1;
	}
	return 0;
}

/* Anchors and tags can be on scalars and collections alike; NULL when there is none. */
static int check_properties(struct reader *rd, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return fail_here(rd, "anchors (&name) are not supported");
	if (tag)
		return fail_here(rd, "tags (!name) are not supported");
	return 0;
}

static int read_key(struct reader *rd, const char *text, size_t len, bool plain)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	struct snug_doc_value ignored;

	if (plain && strcmp(text, "<<") == 0)
		return fail_here(rd, "merge keys (<<) are not supported");
	if (plain && resolve(text, len, &ignored) != 1) {
		snug_str_add_printable(&shown, text, len, 40);
		return snug_doc_builder_fail(&rd->builder, -EINVAL, rd->cursor.line, column(rd),
					     "a key must be a string: write \"%s\" in quotes",
					     snug_str_text(&shown));
	}
	return snug_doc_builder_key(&rd->builder, text, len, rd->cursor.line, column(rd));
}

static int read_scalar(struct reader *rd, const yaml_event_t *ev)
{
	const char *text = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct snug_doc_value v = { .line = rd->cursor.line, .col = column(rd) };
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	int r;

	r = check_properties(rd, ev->data.scalar.anchor, ev->data.scalar.tag);
	if (r < 0)
		return r;
	if (memchr(text, '\0', len))
		return fail_here(rd, "a string may not hold a NUL");
	if (snug_doc_builder_wants_key(&rd->builder))
		return read_key(rd, text, len, plain);
	/* "---" with nothing behind it is no document, as for kubectl */
	if (plain && !len && !snug_doc_builder_top(&rd->builder))
		return 0;
	r = plain ? resolve(text, len, &v) : 1;
	if (r == 1)
		return snug_doc_builder_string(&rd->builder, text, len, v.line, v.col);
	if (r == 0)
		return snug_doc_builder_scalar(&rd->builder, &v);
	snug_str_add_printable(&shown, text, len, 40);
	return snug_doc_builder_fail(&rd->builder, -EINVAL, v.line, v.col,
				     "number out of range: %s", snug_str_text(&shown));
}

static int begin(struct reader *rd, enum snug_doc_type type, const yaml_char_t *anchor,
		 const yaml_char_t *tag)
{
	int r;

	r = check_properties(rd, anchor, tag);
	if (r < 0)
		return r;
	if (snug_doc_builder_wants_key(&rd->builder))
		return fail_here(rd, "a key must be a string");
	return snug_doc_builder_begin(&rd->builder, type, rd->cursor.line, column(rd));
}

static int read_event(struct reader *rd, const yaml_event_t *ev)
{
	locate(rd, ev->start_mark);
	switch (ev->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		if (ev->data.document_start.tag_directives.start !=
		    ev->data.document_start.tag_directives.end)
			return fail_here(rd, no_tag_directives);
		return 0;
	case YAML_STREAM_END_EVENT:
		rd->done = true;
		return 0;
	case YAML_ALIAS_EVENT:
		return fail_here(rd, "aliases (*name) are not supported");
	case YAML_SCALAR_EVENT:
		return read_scalar(rd, ev);
	case YAML_SEQUENCE_START_EVENT:
		return begin(rd, SNUG_DOC_ARRAY, ev->data.sequence_start.anchor,
			     ev->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return begin(rd, SNUG_DOC_OBJECT, ev->data.mapping_start.anchor,
			     ev->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return snug_doc_builder_end(&rd->builder);
	}
	return 0;
}

static int read_text(struct reader *rd)
{
	int r;

	r = check_utf8(rd);
	if (r < 0)
		return r;
	r = check_directives(rd);
	if (r < 0)
		return r;
	while (!rd->done) {
		CLEANUP(yaml_event_delete) yaml_event_t ev;

		if (!yaml_parser_parse(&rd->parser, &ev))
			return fail_parser(rd);
		r = read_event(rd, &ev);
		if (r < 0)
			return r;
	}
	if (!rd->builder.pending.len)
		return fail_here(rd, "no document: the text is empty");
	return 0;
}

static void reader_done(struct reader *rd)
{
	yaml_parser_delete(&rd->parser);
	snug_doc_builder_done(&rd->builder);
}

int snug_yaml_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		    struct snug_doc **ret, struct snug_err *err)
{
	CLEANUP(reader_done) struct reader rd = { .cursor.line = 1 };
	size_t bom;
	int r;

	snug_doc_builder_init(&rd.builder, name, SNUG_DOC_YAML, err);
	snug_bug_on(!yaml_parser_initialize(&rd.parser)); /* fails without memory only */
	r = snug_doc_builder_check_size(&rd.builder, len, max_bytes);
	if (r < 0)
		return r;
	bom = snug_utf8_bom_len(text, len);
	rd.text = (const unsigned char *)text + bom;
	rd.len = len - bom;
	/* said aloud, or libyaml would take the first bytes for a hint at UTF-16 */
	yaml_parser_set_encoding(&rd.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&rd.parser, rd.text, rd.len);
	r = read_text(&rd);
	if (r < 0)
		return r;
	*ret = snug_doc_builder_finish(&rd.builder);
	return 0;
}
