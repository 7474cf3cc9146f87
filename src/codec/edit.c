/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The document knows where each value starts.  Where it ends is found out here: in JSON and in
 * YAML's flow style ({...}, [...], scalars) by a walk over brackets and quotes; in YAML's block
 * style by indentation, line by line.  An array is in block style when a dash stands where it
 * starts.
 */
#include "codec/edit.h"

#include "base/err.h"

#include <errno.h>
#include <string.h>

static int refuse(const struct snug_edit *e, uint32_t line, uint32_t col, struct snug_err *err)
{
	return snug_err_set(err, -EOPNOTSUPP,
			    "%s:%u:%u: this text is laid out in a way that cannot be edited here",
			    snug_doc_name(e->doc), line, col);
}

static int refuse_at(const struct snug_edit *e, const struct snug_doc_value *v,
		     struct snug_err *err)
{
	return refuse(e, v->line, v->col, err);
}

/* The offset of a place; e->len when there is none such. */
static size_t offset(const struct snug_edit *e, uint32_t line, uint32_t col)
{
	const char *p = e->text, *end = e->text + e->len;

	if (e->len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	for (uint32_t i = 1; i < line; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return e->len;
		p++;
	}
	return col - 1 < (size_t)(end - p) ? (size_t)(p - e->text) + col - 1 : e->len;
}

static size_t start_of(const struct snug_edit *e, const struct snug_doc_value *v)
{
	return offset(e, v->line, v->col);
}

static char char_at(const struct snug_edit *e, size_t at)
{
	return at < e->len ? e->text[at] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\n';
}

static void splice(const struct snug_edit *e, size_t from, size_t to, const struct snug_str *with,
		   struct snug_str *out)
{
	snug_str_addn(out, e->text, from);
	if (with)
		snug_str_addn(out, with->buf, with->len);
	snug_str_addn(out, e->text + to, e->len - to);
}

/* Flow style */

/* Behind the string whose quote is at @at. */
static size_t end_of_quoted(const struct snug_edit *e, size_t at)
{
	char quote = e->text[at];

	for (at++; at < e->len; at++) {
		if (e->text[at] == '\\' && quote == '"')
			at++;
		else if (e->text[at] == quote && quote == '\'' && char_at(e, at + 1) == '\'')
			at++;
		else if (e->text[at] == quote)
			return at + 1;
	}
	return e->len;
}

static bool is_comment(const struct snug_edit *e, size_t at)
{
	return snug_doc_syntax(e->doc) == SNUG_DOC_YAML && e->text[at] == '#' &&
	       (at == 0 || is_space(e->text[at - 1]));
}

static size_t end_of_line(const struct snug_edit *e, size_t at)
{
	const char *p = at < e->len ? memchr(e->text + at, '\n', e->len - at) : NULL;

	return p ? (size_t)(p - e->text) : e->len;
}

/* Behind a scalar without quotes. */
static size_t end_of_plain(const struct snug_edit *e, size_t at)
{
	size_t start = at;

	while (at < e->len && !strchr(",[]{}\n", e->text[at]) && !is_comment(e, at))
		at++;
	while (at > start && is_blank(e->text[at - 1]))
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
		if (c == '"' ||
		    (c == '\'' && (is_space(e->text[at - 1]) || strchr("[{,:", e->text[at - 1])))) {
			at = end_of_quoted(e, at);
			continue;
		}
		if (is_comment(e, at)) {
			at = end_of_line(e, at);
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

/* Behind a value in flow style. */
static size_t flow_end(const struct snug_edit *e, const struct snug_doc_value *v)
{
	size_t at = start_of(e, v);
	char c = char_at(e, at);

	if (c == '[' || c == '{')
		return end_of_brackets(e, at);
	return c == '"' || c == '\'' ? end_of_quoted(e, at) : end_of_plain(e, at);
}

/* Where the blanks in front of @at start. */
static size_t space_before(const struct snug_edit *e, size_t at)
{
	while (at > 0 && is_space(e->text[at - 1]))
		at--;
	return at;
}

/* What separates elements of a flow array that has some. */
static void add_separator(const struct snug_edit *e, const struct snug_doc_value *array,
			  struct snug_str *out)
{
	const struct snug_doc_value *model = &array->array.items[array->array.len > 1];
	size_t to = start_of(e, model), from = space_before(e, to);
	bool is_one_line = !memchr(e->text + from, '\n', to - from);

	if (array->array.len == 1 && is_one_line)
		snug_str_addc(out, ' ');
	else
		snug_str_addn(out, e->text + from, to - from);
}

static void add_scalar(const struct snug_edit *e, const struct snug_doc_value *like,
		       const char *item, struct snug_str *out)
{
	char quote = char_at(e, start_of(e, like));

	if (quote != '"' && quote != '\'')
		snug_str_add(out, item);
	else
		snug_str_addf(out, "%c%s%c", quote, item, quote);
}

static void insert_flow(const struct snug_edit *e, const struct snug_doc_value *array, size_t index,
			const struct snug_str *item, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	size_t at;

	if (index > 0) {
		at = flow_end(e, &array->array.items[index - 1]);
		snug_str_addc(&with, ',');
		add_separator(e, array, &with);
		snug_str_addn(&with, item->buf, item->len);
	} else {
		at = start_of(e, &array->array.items[0]);
		snug_str_addn(&with, item->buf, item->len);
		snug_str_addc(&with, ',');
		add_separator(e, array, &with);
	}
	splice(e, at, at, &with, out);
}

/* Block style */

static bool is_block_array(const struct snug_edit *e, const struct snug_doc_value *v)
{
	size_t at = start_of(e, v);

	return snug_doc_syntax(e->doc) == SNUG_DOC_YAML && char_at(e, at) == '-' &&
	       is_space(char_at(e, at + 1));
}

static size_t line_start(const struct snug_edit *e, size_t at)
{
	const char *p = memrchr(e->text, '\n', at);

	return p ? (size_t)(p - e->text) + 1 : 0;
}

static size_t next_line(const struct snug_edit *e, size_t at)
{
	size_t end = end_of_line(e, at);

	return end < e->len ? end + 1 : e->len;
}

static size_t indent_of(const struct snug_edit *e, size_t line)
{
	size_t at = line;

	while (char_at(e, at) == ' ')
		at++;
	return at - line;
}

/* "\n", or "\r\n" where the text has such. */
static const char *line_break(const struct snug_edit *e)
{
	size_t end = end_of_line(e, 0);

	return end > 0 && end < e->len && e->text[end - 1] == '\r' ? "\r\n" : "\n";
}

/* The line of an element's dash; false when that is not what stands in front of it. */
static bool find_dash(const struct snug_edit *e, const struct snug_doc_value *array, size_t index,
		      size_t *ret_line)
{
	const struct snug_doc_value *v = &array->array.items[index];
	size_t line = offset(e, v->line, 1), dash = line + array->col - 1;

	if (dash >= e->len || e->text[dash] != '-' || !is_space(char_at(e, dash + 1)))
		return false;
	for (size_t at = dash + 1; at < start_of(e, v); at++)
		if (!is_blank(e->text[at]))
			return false;
	/* the first may stand behind a dash or a key of its parent's */
	*ret_line = line;
	return line + indent_of(e, line) == dash;
}

/* Behind the last line of what stands in block style from @line on, further right than @column
 * (from 0); what comments and empty lines follow further left are not its own. */
static size_t block_end(const struct snug_edit *e, size_t line, size_t column)
{
	size_t end = next_line(e, line);

	for (size_t at = end; at < e->len; at = next_line(e, at)) {
		size_t text = at + indent_of(e, at);
		char c = char_at(e, text);

		if (c == '\0' || c == '\n' || c == '\r' || (c == '#' && text - at <= column))
			continue;
		if (text - at <= column)
			break;
		end = next_line(e, at);
	}
	return end;
}

/* Puts lines in front of @line; the last line of a text may lack its end. */
static void insert_lines(const struct snug_edit *e, size_t line, const struct snug_str *lines,
			 struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;

	if (line == e->len && line > 0 && e->text[line - 1] != '\n')
		snug_str_add(&with, line_break(e));
	snug_str_addn(&with, lines->buf, lines->len);
	splice(e, line, line, &with, out);
}

static int insert_block(const struct snug_edit *e, const struct snug_doc_value *array, size_t index,
			const char *item, const char *comment, struct snug_str *out,
			struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	size_t model = index ? index - 1 : 0, line, at;

	if (!find_dash(e, array, model, &line))
		return refuse_at(e, &array->array.items[model], err);
	snug_str_addn(&with, e->text + line, array->col - 1);
	/* as many blanks as there are behind the neighbour's dash */
	at = line + array->col - 1;
	snug_str_addn(&with, e->text + at, start_of(e, &array->array.items[model]) - at);
	add_scalar(e, &array->array.items[model], item, &with);
	if (comment)
		snug_str_addf(&with, " # %s", comment);
	snug_str_add(&with, line_break(e));
	insert_lines(e, index ? block_end(e, line, array->col - 1) : line, &with, out);
	return 0;
}

int snug_edit_insert_string(const struct snug_edit *e, const struct snug_doc_value *array,
			    size_t index, const char *item, const char *comment,
			    struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_bug_on(array->type != SNUG_DOC_ARRAY || array->array.len == 0);
	if (is_block_array(e, array))
		return insert_block(e, array, index, item, comment, out, err);
	add_scalar(e, &array->array.items[0], item, &text);
	insert_flow(e, array, index, &text, out);
	return 0;
}

/* Objects */

/* The blanks that a line begins with. */
static void add_indent_at(const struct snug_edit *e, size_t at, struct snug_str *out)
{
	size_t line = line_start(e, at), end = line;

	while (is_blank(char_at(e, end)))
		end++;
	snug_str_addn(out, e->text + line, end - line);
}

/* What a member of @v stands further right than @v; nothing when they share a line. */
static void add_step(const struct snug_edit *e, const struct snug_doc_value *v,
		     struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str outer = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str inner = SNUG_STR_INIT;

	if (v->type != SNUG_DOC_OBJECT || v->object.len == 0 || v->object.items[0].line == v->line)
		return;
	add_indent_at(e, start_of(e, v), &outer);
	add_indent_at(e, offset(e, v->object.items[0].line, 1), &inner);
	if (inner.len > outer.len)
		snug_str_addn(out, inner.buf + outer.len, inner.len - outer.len);
}

/* The writer's JSON with @step for its two blanks and @indent in front of all lines but the first;
 * on one line without a step. */
static void add_json(const char *json, const struct snug_str *indent, const struct snug_str *step,
		     const char *newline, struct snug_str *out)
{
	while (*json) {
		size_t n = strcspn(json, "\n"), blanks = strspn(json, " ");

		snug_str_addn(out, json + blanks, n - blanks);
		json += n + (json[n] == '\n');
		if (!*json)
			break;
		blanks = strspn(json, " ");
		if (!step->len) {
			/* as in {"names": ["x"], "action": "y"} */
			if (out->buf[out->len - 1] == ',')
				snug_str_addc(out, ' ');
			continue;
		}
		snug_str_add(out, newline);
		snug_str_addn(out, indent->buf, indent->len);
		for (size_t i = 0; i < blanks / 2; i++)
			snug_str_addn(out, step->buf, step->len);
	}
}

/* The writer's YAML from column @column on, lists indented by @list_step blanks more than it does.
 */
static void add_yaml(const struct snug_edit *e, const char *yaml, size_t column, size_t list_step,
		     struct snug_str *out)
{
	for (size_t i = 0; *yaml; i++) {
		size_t n = strcspn(yaml, "\n");
		/* "- names:", "  - x", "  args:", "  - index: 0", "    op: y" */
		bool in_list = i > 0 && n > 2 && (yaml[2] == '-' || yaml[2] == ' ');

		snug_str_addf(out, "%*s%.*s%s", (int)(column + (in_list ? list_step : 0)), "",
			      (int)n, yaml, line_break(e));
		yaml += n + (yaml[n] == '\n');
	}
}

/* How far right of its key a list in @object starts. */
static size_t list_step_of(const struct snug_edit *e, const struct snug_doc_value *object)
{
	if (object->type != SNUG_DOC_OBJECT)
		return 0;
	for (size_t i = 0; i < object->object.len; i++) {
		const struct snug_doc_member *m = &object->object.items[i];

		if (m->value.type == SNUG_DOC_ARRAY && m->value.line != m->line &&
		    is_block_array(e, &m->value) && m->value.col >= m->col)
			return m->value.col - m->col;
	}
	return 0;
}

static int append_to_empty(const struct snug_edit *e, const struct snug_doc_value *array,
			   const char *json, struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str indent = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str step = SNUG_STR_INIT;
	size_t from = start_of(e, array), to;

	if (char_at(e, from) != '[')
		return refuse_at(e, array, err);
	to = flow_end(e, array);
	snug_str_addc(&with, '[');
	add_json(json, &indent, &step, "", &with);
	snug_str_addc(&with, ']');
	splice(e, from, to, &with, out);
	return 0;
}

int snug_edit_append_object(const struct snug_edit *e, const struct snug_doc_value *array,
			    const char *json, const char *yaml, struct snug_str *out,
			    struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str indent = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str step = SNUG_STR_INIT;
	const struct snug_doc_value *last;
	size_t line;

	if (array->array.len == 0)
		return append_to_empty(e, array, json, out, err);
	last = &array->array.items[array->array.len - 1];
	if (!is_block_array(e, array)) {
		add_indent_at(e, start_of(e, last), &indent);
		add_step(e, last, &step);
		add_json(json, &indent, &step, line_break(e), &with);
		insert_flow(e, array, array->array.len, &with, out);
		return 0;
	}
	if (!find_dash(e, array, array->array.len - 1, &line))
		return refuse_at(e, last, err);
	add_yaml(e, yaml, array->col - 1, list_step_of(e, last), &with);
	insert_lines(e, block_end(e, line, array->col - 1), &with, out);
	return 0;
}

/* Behind the last member of a JSON object, in its style. */
static void add_member_flow(const struct snug_edit *e, const struct snug_doc_value *object,
			    const char *key, const char *json, struct snug_str *out)
{
	const struct snug_doc_member *last = &object->object.items[object->object.len - 1];
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str indent = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str step = SNUG_STR_INIT;
	size_t key_at = offset(e, last->line, last->col), space = space_before(e, key_at);
	size_t at = flow_end(e, &last->value);

	add_step(e, object, &step);
	add_indent_at(e, key_at, &indent);
	snug_str_addc(&with, ',');
	if (space < key_at && object->object.len > 1)
		snug_str_addn(&with, e->text + space, key_at - space);
	else if (step.len)
		snug_str_addf(&with, "%s%s", line_break(e), snug_str_text(&indent));
	else
		snug_str_addc(&with, ' ');
	snug_str_addf(&with, "\"%s\": [", key);
	if (step.len) {
		snug_str_addf(&with, "%s%s%s", line_break(e), snug_str_text(&indent),
			      snug_str_text(&step));
		snug_str_addn(&indent, step.buf, step.len);
	}
	add_json(json, &indent, &step, line_break(e), &with);
	if (step.len) {
		indent.len -= step.len;
		indent.buf[indent.len] = '\0';
		snug_str_addf(&with, "%s%s", line_break(e), snug_str_text(&indent));
	}
	snug_str_addc(&with, ']');
	splice(e, at, at, &with, out);
}

int snug_edit_add_array(const struct snug_edit *e, const struct snug_doc_value *object,
			const char *key, const char *json, const char *yaml, struct snug_str *out,
			struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	const struct snug_doc_member *last;
	size_t line, column;

	snug_bug_on(object->type != SNUG_DOC_OBJECT || object->object.len == 0);
	if (char_at(e, start_of(e, object)) == '{') {
		add_member_flow(e, object, key, json, out);
		return 0;
	}
	last = &object->object.items[object->object.len - 1];
	line = offset(e, last->line, 1);
	column = last->col - 1;
	if (snug_doc_syntax(e->doc) != SNUG_DOC_YAML)
		return refuse_at(e, object, err);
	snug_str_addf(&with, "%*s%s:%s", (int)column, "", key, line_break(e));
	add_yaml(e, yaml, column, 0, &with);
	/* a list may stand as far left as its key */
	if (is_block_array(e, &last->value) && last->value.col == last->col)
		line = offset(e, last->value.array.items[last->value.array.len - 1].line, 1);
	insert_lines(e, block_end(e, line, column), &with, out);
	return 0;
}

/* The only one: what is left is "[]". */
static int remove_only(const struct snug_edit *e, const struct snug_doc_member *m,
		       struct snug_str *out, struct snug_err *err)
{
	const struct snug_str brackets = { .buf = (char[]){ " []" }, .len = 3 };
	CLEANUP(snug_str_done) struct snug_str half = SNUG_STR_INIT;
	const struct snug_edit rest = { .doc = e->doc };
	size_t colon = offset(e, m->line, m->col) + strlen(m->key), line;
	struct snug_edit next = rest;

	if (!is_block_array(e, &m->value)) {
		const struct snug_str empty = { .buf = (char[]){ "[]" }, .len = 2 };

		splice(e, start_of(e, &m->value), flow_end(e, &m->value), &empty, out);
		return 0;
	}
	/* the key may be in quotes */
	colon += char_at(e, offset(e, m->line, m->col)) == m->key[0] ? 0 : 2;
	if (char_at(e, colon) != ':' || !find_dash(e, &m->value, 0, &line))
		return refuse(e, m->line, m->col, err);
	splice(e, line, block_end(e, line, m->value.col - 1), NULL, &half);
	next.text = half.buf;
	next.len = half.len;
	splice(&next, colon + 1, colon + 1, &brackets, out);
	return 0;
}

int snug_edit_remove_element(const struct snug_edit *e, const struct snug_doc_value *object,
			     const char *key, size_t index, struct snug_str *out,
			     struct snug_err *err)
{
	const struct snug_doc_member *m = object->object.items;
	const struct snug_doc_value *array;
	size_t line;

	while (strcmp(m->key, key) != 0)
		m++;
	array = &m->value;
	snug_bug_on(array->type != SNUG_DOC_ARRAY || index >= array->array.len);
	if (array->array.len == 1)
		return remove_only(e, m, out, err);
	if (is_block_array(e, array)) {
		if (!find_dash(e, array, index, &line))
			return refuse_at(e, &array->array.items[index], err);
		splice(e, line, block_end(e, line, array->col - 1), NULL, out);
	} else if (index > 0) {
		splice(e, flow_end(e, &array->array.items[index - 1]),
		       flow_end(e, &array->array.items[index]), NULL, out);
	} else {
		splice(e, start_of(e, &array->array.items[0]), start_of(e, &array->array.items[1]),
		       NULL, out);
	}
	return 0;
}

int snug_edit_replace_string(const struct snug_edit *e, const struct snug_doc_value *v,
			     const char *with, struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	size_t from = start_of(e, v), to = flow_end(e, v);

	snug_bug_on(v->type != SNUG_DOC_STRING);
	/* as it is written, so that nothing else is taken for it */
	add_scalar(e, v, v->str.text, &text);
	if (to - from != text.len || memcmp(e->text + from, text.buf, text.len) != 0)
		return refuse_at(e, v, err);
	snug_str_clear(&text);
	add_scalar(e, v, with, &text);
	splice(e, from, to, &text, out);
	return 0;
}
