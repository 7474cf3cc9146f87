/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How the readers of this directory make a document; nobody else includes this. */
#include "codec/doc.h"

struct snug_doc_chunk {
	struct snug_doc_chunk *next;
	size_t used, size;
	_Alignas(16) char data[];
};

struct snug_doc {
	char *name;
	enum snug_doc_syntax syntax;
	const struct snug_doc_value *roots; /* in the arena, as all that hangs below */
	size_t n_roots;
	struct snug_doc_chunk *chunks; /* the newest first */
};

struct snug_doc_builder {
	struct snug_doc *doc; /* owned until snug_doc_builder_finish() */
	VEC(struct snug_doc_member) pending;
	VEC(size_t) open; /* in pending: the collections that have not ended, outermost first */
	size_t n_values;
	bool has_key; /* the last of pending is a key that waits for its value */
	struct snug_err *err;
};

void snug_doc_builder_init(struct snug_doc_builder *b, const char *name,
			   enum snug_doc_syntax syntax, struct snug_err *err);
void snug_doc_builder_done(struct snug_doc_builder *b);

/* All return 0, or a negative errno with b->err set: -E2BIG over a limit, -EINVAL for a duplicate
 * key.  Texts are copied.  Calling them in an impossible order is a bug of the reader. */
int snug_doc_builder_begin(struct snug_doc_builder *b, enum snug_doc_type type, uint32_t line,
			   uint32_t col);
int snug_doc_builder_end(struct snug_doc_builder *b);
int snug_doc_builder_key(struct snug_doc_builder *b, const char *text, size_t len, uint32_t line,
			 uint32_t col);
int snug_doc_builder_string(struct snug_doc_builder *b, const char *text, size_t len, uint32_t line,
			    uint32_t col);
/* Any other scalar; @v has its place set. */
int snug_doc_builder_scalar(struct snug_doc_builder *b, const struct snug_doc_value *v);

/* The innermost collection that has not ended, or NULL; valid until the next call. */
const struct snug_doc_value *snug_doc_builder_top(const struct snug_doc_builder *b);
/* Whether what comes next is a key. */
bool snug_doc_builder_wants_key(const struct snug_doc_builder *b);

/* Hands the document over; at least one root must be there and none may be open. */
struct snug_doc *snug_doc_builder_finish(struct snug_doc_builder *b);

/* Sets b->err to "name:line:col: path: <text>"; returns @code.  The path, as in codec/decode.h, is
 * that of the value that comes next, or of the object that waits for a key. */
int snug_doc_builder_fail(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
			  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The same without a path: where the text itself is broken, no value can be named. */
int snug_doc_builder_fail_text(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
			       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The check that comes before all others: at most @max bytes. */
int snug_doc_builder_check_size(struct snug_doc_builder *b, size_t len, size_t max);
