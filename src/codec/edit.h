/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Changes to the text of a document that leave everything else as it is: order, layout, comments,
 * members that nobody knows.  Each function appends the whole new text to @out.  What is inserted
 * follows the style of its neighbours.
 *
 * Where the text is written in a way that these functions do not understand, they fail with
 * -EOPNOTSUPP and the place, or the new text says something else than intended: the caller parses
 * it again and compares.
 */
#include "codec/doc.h"

struct snug_err;

/* A text, and the document that was parsed from just this text. */
struct snug_edit {
	const char *text;
	size_t len;
	const struct snug_doc *doc;
};

/* Puts the string @item before the element @index of @array, or behind the last when @index is
 * their number, which must not be 0.  @comment (or NULL; one line): put behind the item where the
 * syntax has a place for it, which is a YAML list with an item a line. */
int snug_edit_insert_string(const struct snug_edit *e, const struct snug_doc_value *array,
			    size_t index, const char *item, const char *comment,
			    struct snug_str *out, struct snug_err *err);
/* Puts an object behind the last element of @array.  @json and @yaml are the object as
 * codec/writer.h writes it, in YAML as the only element of an array ("- names:\n  - x\n"); which
 * one is taken follows from how the array is written. */
int snug_edit_append_object(const struct snug_edit *e, const struct snug_doc_value *array,
			    const char *json, const char *yaml, struct snug_str *out,
			    struct snug_err *err);
/* Adds the member @key behind the last of @object (which has at least one): an array with that
 * object. */
int snug_edit_add_array(const struct snug_edit *e, const struct snug_doc_value *object,
			const char *key, const char *json, const char *yaml, struct snug_str *out,
			struct snug_err *err);
/* Takes the element @index out of the array that is the member @key of @object. */
int snug_edit_remove_element(const struct snug_edit *e, const struct snug_doc_value *object,
			     const char *key, size_t index, struct snug_str *out,
			     struct snug_err *err);
/* Replaces a string that stands on one line; its quotes stay. */
int snug_edit_replace_string(const struct snug_edit *e, const struct snug_doc_value *v,
			     const char *with, struct snug_str *out, struct snug_err *err);
