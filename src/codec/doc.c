/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/doc.h"

#include "codec/builder.h"
#include "codec/number.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_PATH_KEY = 64 };

int snug_doc_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		   struct snug_doc **ret, struct snug_err *err)
{
	size_t i = snug_utf8_bom_len(text, len);

	while (i < len && strchr(" \t\r\n", text[i]) && text[i])
		i++;
	if (i < len && (text[i] == '{' || text[i] == '['))
		return snug_json_parse(name, text, len, max_bytes, ret, err);
	return snug_yaml_parse(name, text, len, max_bytes, ret, err);
}

struct snug_doc *snug_doc_free(struct snug_doc *doc)
{
	if (!doc)
		return NULL;
	while (doc->chunks) {
		struct snug_doc_chunk *c = doc->chunks;

		doc->chunks = c->next;
		free(c);
	}
	free(doc->name);
	free(doc);
	return NULL;
}

const char *snug_doc_name(const struct snug_doc *doc)
{
	return doc->name;
}

enum snug_doc_syntax snug_doc_syntax(const struct snug_doc *doc)
{
	return doc->syntax;
}

size_t snug_doc_n_roots(const struct snug_doc *doc)
{
	return doc->n_roots;
}

const struct snug_doc_value *snug_doc_root(const struct snug_doc *doc, size_t i)
{
	snug_bug_on(i >= doc->n_roots);
	return &doc->roots[i];
}

const struct snug_doc_value *snug_doc_get(const struct snug_doc_value *object, const char *key)
{
	if (object->type != SNUG_DOC_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->object.len; i++) {
		if (strcmp(object->object.items[i].key, key) == 0)
			return &object->object.items[i].value;
	}
	return NULL;
}

const char *snug_doc_get_string(const struct snug_doc_value *object, const char *key)
{
	const struct snug_doc_value *v = snug_doc_get(object, key);

	return v && v->type == SNUG_DOC_STRING ? v->str.text : NULL;
}

const char *snug_doc_type_name(enum snug_doc_type type)
{
	switch (type) {
	case SNUG_DOC_NULL:
		return "null";
	case SNUG_DOC_BOOL:
		return "a boolean";
	case SNUG_DOC_UINT:
	case SNUG_DOC_INT:
		return "an integer";
	case SNUG_DOC_REAL:
		return "a number";
	case SNUG_DOC_STRING:
		return "a string";
	case SNUG_DOC_ARRAY:
		return "an array";
	case SNUG_DOC_OBJECT:
		return "an object";
	}
	return "?";
}

static bool objects_equal(const struct snug_doc_value *a, const struct snug_doc_value *b)
{
	if (a->object.len != b->object.len)
		return false;
	/* keys are unique, so that equal counts and all of a's found in b is enough */
	for (size_t i = 0; i < a->object.len; i++) {
		const struct snug_doc_member *m = &a->object.items[i];
		const struct snug_doc_value *other = &b->object.items[i].value;

		if (strcmp(m->key, b->object.items[i].key) != 0)
			other = snug_doc_get(b, m->key);
		if (!other || !snug_doc_equal(&m->value, other))
			return false;
	}
	return true;
}

/* Recurses, but never deeper than a document can be: SNUG_LIMIT_DOC_DEPTH. */
bool snug_doc_equal(const struct snug_doc_value *a, const struct snug_doc_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case SNUG_DOC_NULL:
		return true;
	case SNUG_DOC_BOOL:
		return a->b == b->b;
	case SNUG_DOC_UINT:
		return a->u == b->u;
	case SNUG_DOC_INT:
		return a->i == b->i;
	case SNUG_DOC_REAL:
		return a->d == b->d;
	case SNUG_DOC_STRING:
		return a->str.len == b->str.len &&
		       memcmp(a->str.text, b->str.text, a->str.len) == 0;
	case SNUG_DOC_ARRAY:
		if (a->array.len != b->array.len)
			return false;
		for (size_t i = 0; i < a->array.len; i++) {
			if (!snug_doc_equal(&a->array.items[i], &b->array.items[i]))
				return false;
		}
		return true;
	case SNUG_DOC_OBJECT:
		return objects_equal(a, b);
	}
	return false;
}

void snug_doc_path_add_key(struct snug_str *path, const char *key)
{
	if (path->len)
		snug_str_addc(path, '.');
	snug_str_add_printable(path, key, strlen(key), MAX_PATH_KEY);
}

void snug_doc_show(struct snug_str *out, const struct snug_doc_value *v)
{
	enum { MAX_SHOWN = 48 };

	switch (v->type) {
	case SNUG_DOC_NULL:
		snug_str_add(out, "null");
		break;
	case SNUG_DOC_BOOL:
		snug_str_add(out, v->b ? "true" : "false");
		break;
	case SNUG_DOC_UINT:
		snug_str_addf(out, "%" PRIu64, v->u);
		break;
	case SNUG_DOC_INT:
		snug_str_addf(out, "%" PRId64, v->i);
		break;
	case SNUG_DOC_REAL:
		snug_number_format_real(out, v->d);
		break;
	case SNUG_DOC_STRING:
		snug_str_addc(out, '\'');
		snug_str_add_printable(out, v->str.text, v->str.len, MAX_SHOWN);
		snug_str_addc(out, '\'');
		break;
	case SNUG_DOC_ARRAY:
		snug_str_add(out, v->array.len ? "[...]" : "[]");
		break;
	case SNUG_DOC_OBJECT:
		snug_str_add(out, v->object.len ? "{...}" : "{}");
		break;
	}
}
