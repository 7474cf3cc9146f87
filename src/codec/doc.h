/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A document: what JSON or YAML text says, as one tree in which every value knows its place in the
 * text.  Read-only once parsed; one arena holds everything, so that a value, a key or a string is
 * valid until snug_doc_free().
 */
#include "base/mem.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;

enum snug_doc_type {
	SNUG_DOC_NULL,
	SNUG_DOC_BOOL,
	SNUG_DOC_UINT, /* an integer of 0 to UINT64_MAX (-0 is 0): .u */
	SNUG_DOC_INT,  /* an integer of INT64_MIN to -1: .i */
	SNUG_DOC_REAL, /* written with a fraction or an exponent, even 1.0: .d, finite */
	SNUG_DOC_STRING,
	SNUG_DOC_ARRAY,
	SNUG_DOC_OBJECT,
};

struct snug_doc_value {
	enum snug_doc_type type;
	uint32_t line, col; /* where it starts, from 1; columns count bytes */
	union {
		bool b;
		uint64_t u;
		int64_t i;
		double d;
		struct {
			const char *text; /* NUL-terminated, valid UTF-8, no NUL inside */
			size_t len;
		} str;
		struct {
			struct snug_doc_value *items;
			size_t len;
		} array;
		struct {
			struct snug_doc_member *items; /* in the order of the text */
			size_t len;
		} object;
	};
};

struct snug_doc_member {
	const char *key;
	uint32_t line, col;
	struct snug_doc_value value;
};

enum snug_doc_syntax {
	SNUG_DOC_JSON,
	SNUG_DOC_YAML,
};

struct snug_doc; /* text name, syntax, one or more roots (YAML streams may hold several) */

/*
 * Parses @len bytes of @text.  @name ("profile.json", "<stdin>") is copied, for messages
 * ("name:line:col: what").  JSON is RFC 8259 without duplicate keys, NUL in strings, numbers out
 * of the ranges above, or bytes that are no UTF-8.  YAML is what Kubernetes manifests use: block
 * and flow collections, scalars that resolve as in YAML 1.2's core schema as far as YAML 1.1 agrees
 * and JSON can say it: null ("null", "~", nothing), true and false (all three with their Titlecase
 * and UPPERCASE forms), numbers as JSON writes them, integers as 0x1f; all other is a string, also
 * yes, on, 0o17, 017, 1_000 and .inf.  Anchors, aliases, tags, merge keys, duplicate or non-string
 * keys are refused.  A leading UTF-8 byte order mark is skipped.  Documents of a YAML stream that
 * hold nothing are left out; a text without any document is an error.
 * Limits: @max_bytes (SNUG_LIMIT_DOC_BYTES, ...), SNUG_LIMIT_DOC_DEPTH, SNUG_LIMIT_DOC_NODES,
 * SNUG_LIMIT_STRING_BYTES.
 * Returns 0 and a document for the caller to free, -EINVAL, or -E2BIG over a limit.
 */
int snug_json_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		    struct snug_doc **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
int snug_yaml_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		    struct snug_doc **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* Decides by content: text whose first character is '{' or '[' is JSON, all other is YAML. */
int snug_doc_parse(const char *name, const char *text, size_t len, size_t max_bytes,
		   struct snug_doc **ret, struct snug_err *err) __attribute__((warn_unused_result));

struct snug_doc *snug_doc_free(struct snug_doc *doc);
DEFINE_FREEP(struct snug_doc, snug_doc_freep, snug_doc_free)

/* Borrowed views. */
const char *snug_doc_name(const struct snug_doc *doc);
enum snug_doc_syntax snug_doc_syntax(const struct snug_doc *doc);
size_t snug_doc_n_roots(const struct snug_doc *doc); /* at least 1 */
const struct snug_doc_value *snug_doc_root(const struct snug_doc *doc, size_t i);

/* The member @key of @object, or NULL; NULL too when @object is no object. */
const struct snug_doc_value *snug_doc_get(const struct snug_doc_value *object, const char *key);
/* The text of member @key when it is there and a string, else NULL. */
const char *snug_doc_get_string(const struct snug_doc_value *object, const char *key);
/* "an object", "a string", "a number", ... for messages. */
const char *snug_doc_type_name(enum snug_doc_type type);
/* Whether two values mean the same; objects compare without order. */
bool snug_doc_equal(const struct snug_doc_value *a, const struct snug_doc_value *b);
/* Appends a member's name to a path as messages have it, "syscalls[0].args"; long names are cut. */
void snug_doc_path_add_key(struct snug_str *path, const char *key);
/* Appends the value as a person may see it in a message: 'text', 42, [...], {...}; hostile bytes
 * are escaped and long strings cut. */
void snug_doc_show(struct snug_str *out, const struct snug_doc_value *v);
