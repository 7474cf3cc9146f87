/* SPDX-License-Identifier: Apache-2.0 */
/* What our reader of JSON takes, jansson takes and understands the same way.  The other direction
 * is not wanted: we refuse duplicate keys and more. */
#include "fuzz.h"

#include <string.h>

#include <jansson.h>

/* jansson's integers are int64_t */
static bool has_large(const struct snug_doc_value *v)
{
	bool found = v->type == SNUG_DOC_UINT && v->u > INT64_MAX;

	if (v->type == SNUG_DOC_ARRAY) {
		for (size_t i = 0; i < v->array.len && !found; i++)
			found = has_large(&v->array.items[i]);
	} else if (v->type == SNUG_DOC_OBJECT) {
		for (size_t i = 0; i < v->object.len && !found; i++)
			found = has_large(&v->object.items[i].value);
	}
	return found;
}

static void compare(const struct snug_doc_value *v, const json_t *j)
{
	switch (v->type) {
	case SNUG_DOC_NULL:
		snug_bug_on(!json_is_null(j));
		break;
	case SNUG_DOC_BOOL:
		snug_bug_on(!json_is_boolean(j) || json_is_true(j) != v->b);
		break;
	case SNUG_DOC_UINT:
		snug_bug_on(!json_is_integer(j) || (uint64_t)json_integer_value(j) != v->u);
		break;
	case SNUG_DOC_INT:
		snug_bug_on(!json_is_integer(j) || json_integer_value(j) != v->i);
		break;
	case SNUG_DOC_REAL:
		snug_bug_on(!json_is_real(j) || json_real_value(j) != v->d);
		break;
	case SNUG_DOC_STRING:
		snug_bug_on(!json_is_string(j) || json_string_length(j) != v->str.len ||
			    memcmp(json_string_value(j), v->str.text, v->str.len) != 0);
		break;
	case SNUG_DOC_ARRAY:
		snug_bug_on(!json_is_array(j) || json_array_size(j) != v->array.len);
		for (size_t i = 0; i < v->array.len; i++)
			compare(&v->array.items[i], json_array_get(j, i));
		break;
	case SNUG_DOC_OBJECT:
		snug_bug_on(!json_is_object(j) || json_object_size(j) != v->object.len);
		for (size_t i = 0; i < v->object.len; i++)
			compare(&v->object.items[i].value,
				json_object_get(j, v->object.items[i].key));
		break;
	}
}

void fuzz_check_oracle(const uint8_t *data, size_t size, const struct snug_doc_value *root)
{
	json_error_t error;
	json_t *j;

	if (has_large(root))
		return;
	if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		data += 3;
		size -= 3;
	}
	j = json_loadb((const char *)data, size, JSON_DECODE_ANY, &error);
	if (!j)
		fprintf(stderr, "jansson: %d:%d: %s\n", error.line, error.column, error.text);
	snug_bug_on(!j);
	compare(root, j);
	json_decref(j);
}
