/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An edit is one splice: the text up to a place, something new, the text from a place on.  Where is
 * found by edit-place.c; what is new takes quotes, separators, indentation and line breaks from the
 * neighbours.  Flow style (all of JSON) and block style have functions of their own.
 */
#include "codec/edit.h"

#include "base/err.h"
#include "codec/edit-internal.h"

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

static void splice(const struct snug_edit *e, size_t from, size_t to, const struct snug_str *with,
		   struct snug_str *out)
{
	snug_str_addn(out, e->text, from);
	if (with)
		snug_str_addn(out, with->buf, with->len);
	snug_str_addn(out, e->text + to, e->len - to);
}

static bool is_blank_text(const struct snug_edit *e, size_t from, size_t to)
{
	while (from < to && snug_edit_is_space(e->text[from]))
		from++;
	return from == to;
}

/* Flow style */

/* What separates elements of a flow array that has some. */
static void add_separator(const struct snug_edit *e, const struct snug_doc_value *array,
			  struct snug_str *out)
{
	const struct snug_doc_value *model = &array->array.items[array->array.len > 1];
	size_t to = snug_edit_start(e, model), from = snug_edit_space_before(e, to);
	bool is_one_line = !memchr(e->text + from, '\n', to - from);

	if (array->array.len == 1 && is_one_line)
		snug_str_addc(out, ' ');
	else
		snug_str_addn(out, e->text + from, to - from);
}

static void add_scalar(const struct snug_edit *e, const struct snug_doc_value *like,
		       const char *item, struct snug_str *out)
{
	char quote = snug_edit_char(e, snug_edit_start(e, like));

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
		at = snug_edit_flow_end(e, &array->array.items[index - 1]);
		snug_str_addc(&with, ',');
		add_separator(e, array, &with);
		snug_str_addn(&with, item->buf, item->len);
	} else {
		at = snug_edit_start(e, &array->array.items[0]);
		snug_str_addn(&with, item->buf, item->len);
		snug_str_addc(&with, ',');
		add_separator(e, array, &with);
	}
	splice(e, at, at, &with, out);
}

/* Block style */

/* "\n", or "\r\n" where the text has such. */
static const char *line_break(const struct snug_edit *e)
{
	size_t end = snug_edit_end_of_line(e, 0);

	return end > 0 && end < e->len && e->text[end - 1] == '\r' ? "\r\n" : "\n";
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

	if (!snug_edit_find_dash(e, array, model, &line))
		return refuse_at(e, &array->array.items[model], err);
	snug_str_addn(&with, e->text + line, array->col);
	/* as many blanks as there are behind the neighbour's dash, if that is on the same line */
	at = line + array->col;
	if (line == snug_edit_line_start(e, snug_edit_start(e, &array->array.items[model])))
		snug_str_addn(&with, e->text + at,
			      snug_edit_start(e, &array->array.items[model]) - at);
	else
		snug_str_addc(&with, ' ');
	add_scalar(e, &array->array.items[model], item, &with);
	if (comment)
		snug_str_addf(&with, " # %s", comment);
	snug_str_add(&with, line_break(e));
	insert_lines(e, index ? snug_edit_block_end(e, line, array->col - 1) : line, &with, out);
	return 0;
}

int snug_edit_insert_string(const struct snug_edit *e, const struct snug_doc_value *array,
			    size_t index, const char *item, const char *comment,
			    struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_bug_on(array->type != SNUG_DOC_ARRAY || array->array.len == 0);
	if (snug_edit_is_block(e, array))
		return insert_block(e, array, index, item, comment, out, err);
	add_scalar(e, &array->array.items[0], item, &text);
	insert_flow(e, array, index, &text, out);
	return 0;
}

/* Objects */

/* The blanks that a line begins with. */
static void add_indent_at(const struct snug_edit *e, size_t at, struct snug_str *out)
{
	size_t line = snug_edit_line_start(e, at), end = line;

	while (snug_edit_is_blank(snug_edit_char(e, end)))
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
	add_indent_at(e, snug_edit_start(e, v), &outer);
	add_indent_at(e, snug_edit_offset(e, v->object.items[0].line, 1), &inner);
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
		    snug_edit_is_block(e, &m->value) && m->value.col >= m->col)
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
	size_t from = snug_edit_start(e, array);

	if (snug_edit_char(e, from) != '[')
		return refuse_at(e, array, err);
	/* there may be comments between the brackets */
	add_json(json, &indent, &step, "", &with);
	splice(e, from + 1, from + 1, &with, out);
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
	if (!snug_edit_is_block(e, array)) {
		add_indent_at(e, snug_edit_start(e, last), &indent);
		add_step(e, last, &step);
		add_json(json, &indent, &step, line_break(e), &with);
		insert_flow(e, array, array->array.len, &with, out);
		return 0;
	}
	if (!snug_edit_find_dash(e, array, array->array.len - 1, &line))
		return refuse_at(e, last, err);
	add_yaml(e, yaml, array->col - 1, list_step_of(e, last), &with);
	insert_lines(e, snug_edit_block_end(e, line, array->col - 1), &with, out);
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
	size_t key_at = snug_edit_offset(e, last->line, last->col),
	       space = snug_edit_space_before(e, key_at);
	size_t at = snug_edit_flow_end(e, &last->value);

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
	if (snug_edit_char(e, snug_edit_start(e, object)) == '{') {
		add_member_flow(e, object, key, json, out);
		return 0;
	}
	last = &object->object.items[object->object.len - 1];
	line = snug_edit_offset(e, last->line, 1);
	column = last->col - 1;
	if (snug_doc_syntax(e->doc) != SNUG_DOC_YAML)
		return refuse_at(e, object, err);
	snug_str_addf(&with, "%*s%s:%s", (int)column, "", key, line_break(e));
	add_yaml(e, yaml, column, 0, &with);
	/* a list may stand as far left as its key */
	if (snug_edit_is_block(e, &last->value) && last->value.col == last->col)
		line = snug_edit_offset(e, last->value.array.items[last->value.array.len - 1].line,
					1);
	insert_lines(e, snug_edit_block_end(e, line, column), &with, out);
	return 0;
}

/* The only one: what is left is "[]". */
static int remove_only(const struct snug_edit *e, const struct snug_doc_member *m,
		       struct snug_str *out, struct snug_err *err)
{
	const struct snug_str brackets = { .buf = (char[]){ " []" }, .len = 3 };
	CLEANUP(snug_str_done) struct snug_str half = SNUG_STR_INIT;
	const struct snug_edit rest = { .doc = e->doc };
	size_t colon = snug_edit_offset(e, m->line, m->col) + strlen(m->key), line;
	struct snug_edit next = rest;

	if (!snug_edit_is_block(e, &m->value)) {
		const struct snug_str empty = { .buf = (char[]){ "[]" }, .len = 2 };

		splice(e, snug_edit_start(e, &m->value), snug_edit_flow_end(e, &m->value), &empty,
		       out);
		return 0;
	}
	/* the key may be in quotes */
	colon += snug_edit_char(e, snug_edit_offset(e, m->line, m->col)) == m->key[0] ? 0 : 2;
	if (snug_edit_char(e, colon) != ':' || !snug_edit_find_dash(e, &m->value, 0, &line))
		return refuse(e, m->line, m->col, err);
	splice(e, line, snug_edit_block_end(e, line, m->value.col - 1), NULL, &half);
	next.text = half.buf;
	next.len = half.len;
	splice(&next, colon + 1, colon + 1, &brackets, out);
	return 0;
}

/* With the comma in front of it; comments between the two are about the one that stays. */
static void remove_last_flow(const struct snug_edit *e, const struct snug_doc_value *array,
			     struct snug_str *out)
{
	const struct snug_doc_value *last = &array->array.items[array->array.len - 1];
	size_t from = snug_edit_flow_end(e, last - 1), comma = from, to = snug_edit_start(e, last);
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;

	while (comma < to && e->text[comma] != ',')
		comma = snug_edit_is_comment(e, comma) ? snug_edit_end_of_line(e, comma)
						       : comma + 1;
	if (comma < to && (!is_blank_text(e, from, comma) || !is_blank_text(e, comma + 1, to))) {
		snug_str_addn(&with, e->text + from, comma - from);
		snug_str_addn(&with, e->text + comma + 1, to - comma - 1);
	}
	splice(e, from, snug_edit_flow_end(e, last), &with, out);
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
	if (snug_edit_is_block(e, array)) {
		if (!snug_edit_find_dash(e, array, index, &line))
			return refuse_at(e, &array->array.items[index], err);
		splice(e, line, snug_edit_block_end(e, line, array->col - 1), NULL, out);
	} else if (index + 1 < array->array.len) {
		splice(e, snug_edit_start(e, &array->array.items[index]),
		       snug_edit_start(e, &array->array.items[index + 1]), NULL, out);
	} else {
		remove_last_flow(e, array, out);
	}
	return 0;
}

int snug_edit_replace_string(const struct snug_edit *e, const struct snug_doc_value *v,
			     const char *with, struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	size_t from = snug_edit_start(e, v), to = snug_edit_flow_end(e, v);

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
