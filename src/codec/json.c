/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict reader of RFC 8259, one byte of look-ahead, no recursion: `expect` says what may come
 * next, the builder holds the collections that are open.  Every refusal names line and column of
 * the very byte that is wrong.  Line breaks occur only between tokens (inside strings they are an
 * error), so counting them in skip_blanks() is enough.
 */
#include "codec/doc.h"

#include "base/err.h"
#include "base/limits.h"
#include "codec/builder.h"
#include "codec/number.h"

#include <errno.h>
#include <string.h>

enum expect {
	EXPECT_VALUE,
	EXPECT_VALUE_OR_END, /* right after [ */
	EXPECT_KEY,
	EXPECT_KEY_OR_END, /* right after { */
	EXPECT_NEXT,       /* a comma or the end of the collection */
	EXPECT_NOTHING,    /* the root is complete */
};

struct reader {
	const unsigned char *p, *end, *line_start;
	uint32_t line;
	enum expect expect;
	struct snug_str scratch; /* the string being read, unescaped */
	struct snug_doc_builder builder;
};

static uint32_t column(const struct reader *rd, const unsigned char *at)
{
	return (uint32_t)(at - rd->line_start) + 1;
}

/* What stands at @at, fit for a message: "'x'", "byte 0xff", "the end of the text". */
static void describe(const struct reader *rd, const unsigned char *at, struct snug_str *out)
{
	size_t n = snug_utf8_char_len(at, rd->end);

	if (at == rd->end) {
		snug_str_add(out, "the end of the text");
	} else if (n && *at >= 0x20 && *at != 0x7f) {
		snug_str_addc(out, '\'');
		if (*at == '\\') /* as itself: the other way to show it is \x5c */
			snug_str_addc(out, '\\');
		else
			snug_str_add_printable(out, (const char *)at, n, n);
		snug_str_addc(out, '\'');
	} else {
		snug_str_addf(out, "byte 0x%02x", *at);
	}
}

static int fail_expected(struct reader *rd, const char *what)
{
	CLEANUP(snug_str_done) struct snug_str found = SNUG_STR_INIT;

	describe(rd, rd->p, &found);
	if (rd->p < rd->end && (*rd->p == '/' || *rd->p == '#'))
		snug_str_add(&found, " (JSON has no comments)");
	else if (rd->p < rd->end && *rd->p == '\'')
		snug_str_add(&found, " (JSON's quote is \")");
	/* behind a value no other one can be named */
	if (rd->expect == EXPECT_NEXT || rd->expect == EXPECT_NOTHING)
		return snug_doc_builder_fail_text(&rd->builder, -EINVAL, rd->line,
						  column(rd, rd->p), "expected %s, found %s", what,
						  snug_str_text(&found));
	return snug_doc_builder_fail(&rd->builder, -EINVAL, rd->line, column(rd, rd->p),
				     "expected %s, found %s", what, snug_str_text(&found));
}

static int fail_at(struct reader *rd, const unsigned char *at, const char *what)
{
	return snug_doc_builder_fail(&rd->builder, -EINVAL, rd->line, column(rd, at), "%s", what);
}

static void skip_blanks(struct reader *rd)
{
	for (; rd->p < rd->end; rd->p++) {
		if (*rd->p == '\n') {
			rd->line++;
			rd->line_start = rd->p + 1;
		} else if (*rd->p != ' ' && *rd->p != '\t' && *rd->p != '\r') {
			return;
		}
	}
}

static int hex4(const unsigned char *p, const unsigned char *end, uint32_t *ret)
{
	uint32_t v = 0;

	if (end - p < 4)
		return -EINVAL;
	for (int i = 0; i < 4; i++) {
		unsigned c = p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			v = v << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -EINVAL;
	}
	*ret = v;
	return 0;
}

static void add_utf8(struct snug_str *s, uint32_t c)
{
	if (c < 0x80) {
		snug_str_addc(s, (char)c);
	} else if (c < 0x800) {
		snug_str_addc(s, (char)(0xc0 | c >> 6));
		snug_str_addc(s, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		snug_str_addc(s, (char)(0xe0 | c >> 12));
		snug_str_addc(s, (char)(0x80 | (c >> 6 & 0x3f)));
		snug_str_addc(s, (char)(0x80 | (c & 0x3f)));
	} else {
		snug_str_addc(s, (char)(0xf0 | c >> 18));
		snug_str_addc(s, (char)(0x80 | (c >> 12 & 0x3f)));
		snug_str_addc(s, (char)(0x80 | (c >> 6 & 0x3f)));
		snug_str_addc(s, (char)(0x80 | (c & 0x3f)));
	}
}

/* At the u of \uXXXX; characters over U+FFFF are written as two of them. */
static int read_unicode_escape(struct reader *rd)
{
	const unsigned char *backslash = rd->p - 1;
	uint32_t c, low;

	if (hex4(rd->p + 1, rd->end, &c) < 0)
		return fail_at(rd, backslash, "\\u needs four hexadecimal digits");
	rd->p += 5;
	if (c >= 0xdc00 && c <= 0xdfff)
		return fail_at(rd, backslash, "second half of a surrogate pair without the first");
	if (c >= 0xd800 && c <= 0xdbff) {
		if (rd->end - rd->p < 6 || rd->p[0] != '\\' || rd->p[1] != 'u' ||
		    hex4(rd->p + 2, rd->end, &low) < 0 || low < 0xdc00 || low > 0xdfff)
			return fail_at(rd, backslash,
				       "first half of a surrogate pair without the second");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		rd->p += 6;
	}
	if (!c)
		return fail_at(rd, backslash, "a string may not hold a NUL");
	add_utf8(&rd->scratch, c);
	return 0;
}

/* At the backslash. */
static int read_escape(struct reader *rd)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	rd->p++;
	if (rd->p == rd->end)
		return fail_expected(rd, "an escaped character");
	if (*rd->p == 'u')
		return read_unicode_escape(rd);
	found = *rd->p ? strchr(from, *rd->p) : NULL;
	if (!found)
		return fail_expected(rd, "one of \" \\ / b f n r t u after the backslash");
	snug_str_addc(&rd->scratch, to[found - from]);
	rd->p++;
	return 0;
}

static int read_string_byte(struct reader *rd)
{
	CLEANUP(snug_str_done) struct snug_str found = SNUG_STR_INIT;
	size_t n = snug_utf8_char_len(rd->p, rd->end);

	if (*rd->p == '\n' || *rd->p == '\r')
		return fail_at(rd, rd->p, "line break inside a string (is a quote missing?)");
	if (n && *rd->p >= 0x20) {
		snug_str_addn(&rd->scratch, rd->p, n);
		rd->p += n;
		return 0;
	}
	snug_str_addf(&found, n ? "control byte 0x%02x inside a string" : "byte 0x%02x is no UTF-8",
		      *rd->p);
	return fail_at(rd, rd->p, snug_str_text(&found));
}

/* At the opening quote; the text goes to rd->scratch. */
static int read_string(struct reader *rd)
{
	const unsigned char *start = rd->p++;
	int r;

	snug_str_clear(&rd->scratch);
	for (;;) {
		const unsigned char *run = rd->p;

		while (rd->p < rd->end && *rd->p >= 0x20 && *rd->p < 0x80 && *rd->p != '"' &&
		       *rd->p != '\\')
			rd->p++;
		snug_str_addn(&rd->scratch, run, (size_t)(rd->p - run));
		if (rd->p == rd->end)
			return fail_at(rd, start, "string is never closed");
		if (*rd->p == '"') {
			rd->p++;
			return 0;
		}
		r = *rd->p == '\\' ? read_escape(rd) : read_string_byte(rd);
		if (r < 0)
			return r;
	}
}

static bool is_word_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
	       c == '+' || c == '.' || c == '_';
}

/* Takes a number or one of the three words; all that touches it belongs to it, so that 012 and
 * 1.5.2 are refused as a whole. */
static int read_word(struct reader *rd)
{
	const char *text = (const char *)rd->p;
	struct snug_doc_value v = { .line = rd->line, .col = column(rd, rd->p) };
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	size_t len;

	while (rd->p < rd->end && is_word_byte(*rd->p))
		rd->p++;
	len = (size_t)((const char *)rd->p - text);
	snug_str_add_printable(&shown, text, len, 40);
	if (len == 4 && memcmp(text, "null", 4) == 0) {
		v.type = SNUG_DOC_NULL;
	} else if (len == 4 && memcmp(text, "true", 4) == 0) {
		v.type = SNUG_DOC_BOOL;
		v.b = true;
	} else if (len == 5 && memcmp(text, "false", 5) == 0) {
		v.type = SNUG_DOC_BOOL;
	} else if (snug_number_scan(text, len) != len) {
		return snug_doc_builder_fail(&rd->builder, -EINVAL, v.line, v.col,
					     "'%s' is no JSON value", snug_str_text(&shown));
	} else if (snug_number_parse(text, len, &v) < 0) {
		return snug_doc_builder_fail(&rd->builder, -EINVAL, v.line, v.col,
					     "number out of range: %s", snug_str_text(&shown));
	}
	return snug_doc_builder_scalar(&rd->builder, &v);
}

static int read_value(struct reader *rd)
{
	uint32_t col = column(rd, rd->p);
	int r;

	if (rd->p == rd->end)
		return fail_expected(rd, "a value");
	if (*rd->p == '{' || *rd->p == '[') {
		bool is_object = *rd->p++ == '{';

		rd->expect = is_object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
		return snug_doc_builder_begin(
			&rd->builder, is_object ? SNUG_DOC_OBJECT : SNUG_DOC_ARRAY, rd->line, col);
	}
	if (*rd->p == '"') {
		r = read_string(rd);
		if (r == 0)
			r = snug_doc_builder_string(&rd->builder, snug_str_text(&rd->scratch),
						    rd->scratch.len, rd->line, col);
	} else if (is_word_byte(*rd->p)) {
		r = read_word(rd);
	} else {
		r = fail_expected(rd, "a value");
	}
	if (r < 0)
		return r;
	rd->expect = EXPECT_NEXT;
	return 0;
}

static int read_key(struct reader *rd)
{
	uint32_t col = column(rd, rd->p);
	int r;

	if (rd->p == rd->end || *rd->p != '"')
		return fail_expected(rd, "a key in quotes");
	r = read_string(rd);
	if (r < 0)
		return r;
	r = snug_doc_builder_key(&rd->builder, snug_str_text(&rd->scratch), rd->scratch.len,
				 rd->line, col);
	if (r < 0)
		return r;
	skip_blanks(rd);
	if (rd->p == rd->end || *rd->p != ':')
		return fail_expected(rd, "':' after the key");
	rd->p++;
	rd->expect = EXPECT_VALUE;
	return 0;
}

static int read_end(struct reader *rd)
{
	rd->p++;
	rd->expect = EXPECT_NEXT;
	return snug_doc_builder_end(&rd->builder);
}

static int read_next(struct reader *rd)
{
	const struct snug_doc_value *top = snug_doc_builder_top(&rd->builder);
	bool in_object;

	if (!top) {
		rd->expect = EXPECT_NOTHING;
		if (rd->p < rd->end)
			return fail_expected(rd, "the end of the text");
		return 0;
	}
	in_object = top->type == SNUG_DOC_OBJECT;
	if (rd->p == rd->end)
		return snug_doc_builder_fail_text(
			&rd->builder, -EINVAL, rd->line, column(rd, rd->p),
			"the text ends inside the %s that begins at line %u column %u",
			in_object ? "object" : "array", top->line, top->col);
	if (*rd->p == (in_object ? '}' : ']'))
		return read_end(rd);
	if (*rd->p != ',')
		return fail_expected(rd, in_object ? "',' or '}'" : "',' or ']'");
	rd->p++;
	rd->expect = in_object ? EXPECT_KEY : EXPECT_VALUE;
	return 0;
}

static int read_step(struct reader *rd)
{
	bool at_end;

	skip_blanks(rd);
	at_end = rd->p == rd->end;
	switch (rd->expect) {
	case EXPECT_VALUE_OR_END:
		return !at_end && *rd->p == ']' ? read_end(rd) : read_value(rd);
	case EXPECT_VALUE:
		return read_value(rd);
	case EXPECT_KEY_OR_END:
		return !at_end && *rd->p == '}' ? read_end(rd) : read_key(rd);
	case EXPECT_KEY:
		return read_key(rd);
	case EXPECT_NEXT:
	case EXPECT_NOTHING:
		return read_next(rd);
	}
	return -EINVAL;
}

static void reader_done(struct reader *rd)
{
	snug_doc_builder_done(&rd->builder);
	snug_str_done(&rd->scratch);
}

int snug_json_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		    struct snug_doc **ret, struct snug_err *err)
{
	CLEANUP(reader_done) struct reader rd = { .line = 1, .expect = EXPECT_VALUE };
	int r;

	snug_doc_builder_init(&rd.builder, name, SNUG_DOC_JSON, err);
	r = snug_doc_builder_check_size(&rd.builder, len, max_bytes);
	if (r < 0)
		return r;
	rd.end = (const unsigned char *)text + len;
	rd.p = rd.line_start = (const unsigned char *)text + snug_utf8_bom_len(text, len);
	skip_blanks(&rd);
	if (rd.p == rd.end)
		return fail_at(&rd, rd.p, "no document: the text is empty");
	while (rd.expect != EXPECT_NOTHING) {
		r = read_step(&rd);
		if (r < 0)
			return r;
	}
	*ret = snug_doc_builder_finish(&rd.builder);
	return 0;
}
