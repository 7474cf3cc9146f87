/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * From a document to a struct by table: one row a field, so that the reader of a format is the
 * format's description, and every error carries file:line:column, the path inside the document
 * and the bad value:
 *
 *   web.json:12:17: syscalls[3].names[0]: unknown syscall 'opne' (did you mean 'open'?)
 */
#include "codec/doc.h"

/* Starts as { .doc = ..., .err = ... } and what else is wanted; path is kept by the functions. */
struct snug_decode {
	const struct snug_doc *doc;
	bool strict; /* unknown fields are errors instead of warnings */
	/* Called with each warning's full text (file:line:col: path: words); may be NULL. */
	void (*warn)(void *data, const char *text);
	void *warn_data;
	unsigned n_warnings;  /* so far; after SNUG_LIMIT_WARNINGS one last says that more are left
				 out */
	struct snug_str path; /* where decoding is: "spec.syscalls[3].names[0]" */
	struct snug_err *err;
};

void snug_decode_done(struct snug_decode *d);

typedef int (*snug_decode_fn)(struct snug_decode *d, const struct snug_doc_value *v, void *dst);

enum snug_decode_flags {
	SNUG_DECODE_REQUIRED = 1u << 0,
	SNUG_DECODE_NULL_OK = 1u << 1, /* null is the same as absent */
	SNUG_DECODE_IGNORE = 1u << 2,  /* known, of no interest: no warning, not decoded */
};

struct snug_decode_field {
	const char *key; /* NULL ends a table */
	snug_decode_fn decode;
	size_t offset; /* of the destination inside the struct */
	unsigned flags;
};

/* Decodes the object @v into the struct @dst.  Fields absent from the document are left alone.
 * Returns 0, or with d->err set -EINVAL or what a field's function returned; decoding cannot go on
 * with the same @d after a failure. */
int snug_decode_object(struct snug_decode *d, const struct snug_doc_value *v,
		       const struct snug_decode_field *fields, void *dst);
/* Calls @each for every element of the array @v with the path extended by [i]; @dst goes to each
 * call as it is.  Over @max elements: -E2BIG. */
int snug_decode_array(struct snug_decode *d, const struct snug_doc_value *v, size_t max,
		      snug_decode_fn each, void *dst);

/* Leaves: @dst is char ** (owned copy, at most SNUG_LIMIT_STRING_BYTES; the old value is freed),
 * bool *, uint32_t *, uint64_t *.  A value of another type or out of range: -EINVAL. */
int snug_decode_string(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
int snug_decode_bool(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
int snug_decode_u32(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
int snug_decode_u64(struct snug_decode *d, const struct snug_doc_value *v, void *dst);
/* Keeps the value itself: @dst is const struct snug_doc_value **, borrowed from the document. */
int snug_decode_value(struct snug_decode *d, const struct snug_doc_value *v, void *dst);

/* Fails at @v: sets d->err to "file:line:col: path: <text>" and returns @code. */
int snug_decode_fail(struct snug_decode *d, const struct snug_doc_value *v, int code,
		     const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "expected <what>, got <type and value>"; returns -EINVAL. */
int snug_decode_expected(struct snug_decode *d, const struct snug_doc_value *v, const char *what);
/* Fails with -EINVAL over a name that is none of @names (NULL-terminated):
 * "unknown <what> '<name>' (did you mean '<nearest>'?)". */
int snug_decode_unknown_name(struct snug_decode *d, const struct snug_doc_value *v,
			     const char *what, const char *const *names);
/* Passes "file:line:col: path: <text>" to d->warn. */
void snug_decode_warn(struct snug_decode *d, const struct snug_doc_value *v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
