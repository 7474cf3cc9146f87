/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Places in the text of a document, as offsets: where a value starts and ends.  Nothing here reads
 * behind the end of the text. */
#include "codec/edit.h"

/* Of a line and column from 1; e->len when there is none such. */
size_t snug_edit_offset(const struct snug_edit *e, uint32_t line, uint32_t col);
size_t snug_edit_start(const struct snug_edit *e, const struct snug_doc_value *v);
/* NUL behind the end. */
char snug_edit_char(const struct snug_edit *e, size_t at);
bool snug_edit_is_blank(char c); /* not a line feed */
bool snug_edit_is_space(char c);
/* Whether a comment of YAML starts at @at. */
bool snug_edit_is_comment(const struct snug_edit *e, size_t at);
/* Whether there are only blanks, line breaks and comments. */
bool snug_edit_is_empty(const struct snug_edit *e, size_t from, size_t to);

/* Behind a value in flow style. */
size_t snug_edit_flow_end(const struct snug_edit *e, const struct snug_doc_value *v);
/* Where the blanks and line breaks in front of @at start. */
size_t snug_edit_space_before(const struct snug_edit *e, size_t at);

/* Of the line that @at is in; its end is where the line feed stands. */
size_t snug_edit_line_start(const struct snug_edit *e, size_t at);
size_t snug_edit_end_of_line(const struct snug_edit *e, size_t at);
size_t snug_edit_next_line(const struct snug_edit *e, size_t at);
/* How many blanks the line at @line begins with. */
size_t snug_edit_indent(const struct snug_edit *e, size_t line);

bool snug_edit_is_block(const struct snug_edit *e, const struct snug_doc_value *array);
/* The line of the dash of an element of a block array; false when something else stands in front
 * of it. */
bool snug_edit_find_dash(const struct snug_edit *e, const struct snug_doc_value *array,
			 size_t index, size_t *ret_line);
/* Behind the last line of what stands in block style from @line on, further right than @column
 * (from 0); what comments and empty lines follow further left are not its own. */
size_t snug_edit_block_end(const struct snug_edit *e, size_t line, size_t column);
