/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The document knows where each value starts.  Where it ends is found out here: in JSON and in
 * YAML's flow style ({...}, [...], scalars) by a walk over brackets and quotes; in YAML's block
 * style by indentation, line by line.  An array is in block style when a dash stands where it
 * starts.
 */
#include "codec/edit-internal.h"

#include <string.h>

size_t snug_edit_offset(const struct snug_edit *e, uint32_t line, uint32_t col)
{
	const char *p = e->text + snug_utf8_bom_len(e->text, e->len), *end = e->text + e->len;

	for (uint32_t i = 1; i < line; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return e->len;
		p++;
	}
	return col - 1 < (size_t)(end - p) ? (size_t)(p - e->text) + col - 1 : e->len;
}

size_t snug_edit_start(const struct snug_edit *e, const struct snug_doc_value *v)
{
	return snug_edit_offset(e, v->line, v->col);
}

char snug_edit_char(const struct snug_edit *e, size_t at)
{
	return at < e->len ? e->text[at] : '\0';
}

bool snug_edit_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool snug_edit_is_space(char c)
{
	return snug_edit_is_blank(c) || c == '\n';
}

/* Behind the string whose quote is at @at. */
static size_t end_of_quoted(const struct snug_edit *e, size_t at)
{
	char quote = e->text[at];

	for (at++; at < e->len; at++) {
		if (e->text[at] == '\\' && quote == '"')
			at++;
		else if (e->text[at] == quote && quote == '\'' && snug_edit_char(e, at + 1) == '\'')
			at++;
		else if (e->text[at] == quote)
			return at + 1;
	}
	return e->len;
}

bool snug_edit_is_comment(const struct snug_edit *e, size_t at)
{
	return snug_doc_syntax(e->doc) == SNUG_DOC_YAML && e->text[at] == '#' &&
	       (at == 0 || snug_edit_is_space(e->text[at - 1]));
}

size_t snug_edit_end_of_line(const struct snug_edit *e, size_t at)
{
	const char *p = at < e->len ? memchr(e->text + at, '\n', e->len - at) : NULL;

	return p ? (size_t)(p - e->text) : e->len;
}

/* Behind a scalar without quotes. */
static size_t end_of_plain(const struct snug_edit *e, size_t at)
{
	size_t start = at;

	while (at < e->len && !strchr(",[]{}\n", e->text[at]) && !snug_edit_is_comment(e, at))
		at++;
	while (at > start && snug_edit_is_blank(e->text[at - 1]))
		at--;
	return at;
}

/* Behind the bracket that closes the one at @at. */
static size_t end_of_brackets(const struct snug_edit *e, size_t at)
{
	size_t depth = 0;

	while (at < e->len) {
		char c = e->text[at];

		/* in YAML a quote inside a plain scalar is a letter */
		if (c == '"' || (c == '\'' && (snug_edit_is_space(e->text[at - 1]) ||
					       strchr("[{,:", e->text[at - 1])))) {
			at = end_of_quoted(e, at);
			continue;
		}
		if (snug_edit_is_comment(e, at)) {
			at = snug_edit_end_of_line(e, at);
			continue;
		}
		at++;
		if (c == '[' || c == '{')
			depth++;
		else if ((c == ']' || c == '}') && --depth == 0)
			return at;
	}
	return e->len;
}

size_t snug_edit_flow_end(const struct snug_edit *e, const struct snug_doc_value *v)
{
	size_t at = snug_edit_start(e, v);
	char c = snug_edit_char(e, at);

	if (c == '[' || c == '{')
		return end_of_brackets(e, at);
	return c == '"' || c == '\'' ? end_of_quoted(e, at) : end_of_plain(e, at);
}

size_t snug_edit_space_before(const struct snug_edit *e, size_t at)
{
	while (at > 0 && snug_edit_is_space(e->text[at - 1]))
		at--;
	return at;
}

bool snug_edit_is_block(const struct snug_edit *e, const struct snug_doc_value *v)
{
	size_t at = snug_edit_start(e, v);

	return snug_doc_syntax(e->doc) == SNUG_DOC_YAML && snug_edit_char(e, at) == '-' &&
	       snug_edit_is_space(snug_edit_char(e, at + 1));
}

size_t snug_edit_line_start(const struct snug_edit *e, size_t at)
{
	const char *p = memrchr(e->text, '\n', at);

	return p ? (size_t)(p - e->text) + 1 : 0;
}

size_t snug_edit_next_line(const struct snug_edit *e, size_t at)
{
	size_t end = snug_edit_end_of_line(e, at);

	return end < e->len ? end + 1 : e->len;
}

size_t snug_edit_indent(const struct snug_edit *e, size_t line)
{
	size_t at = line;

	while (snug_edit_char(e, at) == ' ')
		at++;
	return at - line;
}

bool snug_edit_is_empty(const struct snug_edit *e, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		if (snug_edit_is_comment(e, at))
			at = snug_edit_end_of_line(e, at);
		else if (!snug_edit_is_space(e->text[at++]))
			return false;
	}
	return true;
}

bool snug_edit_find_dash(const struct snug_edit *e, const struct snug_doc_value *array,
			 size_t index, size_t *ret_line)
{
	size_t at = snug_edit_start(e, &array->array.items[index]),
	       line = snug_edit_line_start(e, at);
	size_t dash = line + array->col - 1;

	/* the element may stand on a line below its dash */
	while (dash >= at || e->text[dash] != '-' || !snug_edit_is_space(e->text[dash + 1])) {
		if (line == 0 || !snug_edit_is_empty(e, line, at))
			return false;
		at = line - 1;
		line = snug_edit_line_start(e, at);
		dash = line + array->col - 1;
	}
	/* the first may stand behind a dash or a key of its parent's */
	*ret_line = line;
	return snug_edit_is_empty(e, dash + 1, at) && line + snug_edit_indent(e, line) == dash;
}

size_t snug_edit_block_end(const struct snug_edit *e, size_t line, size_t column)
{
	size_t end = snug_edit_next_line(e, line);

	for (size_t at = end; at < e->len; at = snug_edit_next_line(e, at)) {
		size_t text = at + snug_edit_indent(e, at);
		char c = snug_edit_char(e, text);

		if (c == '\0' || c == '\n' || c == '\r' || (c == '#' && text - at <= column))
			continue;
		if (text - at <= column)
			break;
		end = snug_edit_next_line(e, at);
	}
	return end;
}
