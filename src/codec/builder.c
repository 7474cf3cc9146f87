/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collection's size is known only when it ends, but its elements shall stand side by side in the
 * arena.  So values first pile up in `pending`: a collection takes one slot there when it begins,
 * what it holds comes above that slot, and at its end all above the slot moves into the arena.
 * What is left at the very end are the roots.  Nothing here or in the readers recurses, and the
 * height of the pile is bounded by SNUG_LIMIT_DOC_NODES.
 */
#include "codec/builder.h"

#include "base/err.h"
#include "base/limits.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	CHUNK_MIN = 4 << 10,
	CHUNK_MAX = 256 << 10,
	ALIGNMENT = 16,
};

static void *arena_alloc(struct snug_doc *doc, size_t n)
{
	struct snug_doc_chunk *c = doc->chunks;
	void *p;

	n = (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (!c || c->size - c->used < n) {
		size_t size = c ? c->size * 2 : CHUNK_MIN;

		if (size > CHUNK_MAX)
			size = CHUNK_MAX;
		if (size < n)
			size = n;
		c = xmalloc(sizeof(*c) + size);
		c->next = doc->chunks;
		c->size = size;
		c->used = 0;
		doc->chunks = c;
	}
	p = c->data + c->used;
	c->used += n;
	return p;
}

static char *arena_copy(struct snug_doc *doc, const char *text, size_t len)
{
	char *p = arena_alloc(doc, len + 1);

	if (len)
		memcpy(p, text, len);
	p[len] = '\0';
	return p;
}

void snug_doc_builder_init(struct snug_doc_builder *b, const char *name,
			   enum snug_doc_syntax syntax, struct snug_err *err)
{
	*b = (struct snug_doc_builder){ .err = err };
	b->doc = xcalloc(1, sizeof(*b->doc));
	b->doc->name = xstrdup(name);
	b->doc->syntax = syntax;
}

void snug_doc_builder_done(struct snug_doc_builder *b)
{
	b->doc = snug_doc_free(b->doc);
	VEC_DONE(&b->pending);
	VEC_DONE(&b->open);
}

/* An open collection's newest child is the next open one; the innermost still waits for its. */
static void add_path(const struct snug_doc_builder *b, struct snug_str *path)
{
	for (size_t i = 0; i < b->open.len; i++) {
		size_t slot = b->open.items[i];
		bool innermost = i + 1 == b->open.len;
		size_t child = innermost ? b->pending.len : b->open.items[i + 1];

		if (b->pending.items[slot].value.type == SNUG_DOC_ARRAY)
			snug_str_addf(path, "[%zu]", child - slot - 1);
		else if (!innermost)
			snug_doc_path_add_key(path, b->pending.items[child].key);
		else if (b->has_key)
			snug_doc_path_add_key(path, b->pending.items[child - 1].key);
	}
}

static int fail_at(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
		   const struct snug_str *path, const char *fmt, va_list ap)
	__attribute__((format(printf, 6, 0)));
static int fail_at(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
		   const struct snug_str *path, const char *fmt, va_list ap)
{
	CLEANUP(freep) char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	return snug_err_set(b->err, code, "%s:%u:%u: %s%s%s", b->doc->name, line, col,
			    snug_str_text(path), path->len ? ": " : "",
			    text ? text : strerror(-code));
}

int snug_doc_builder_fail(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
			  const char *fmt, ...)
{
	CLEANUP(snug_str_done) struct snug_str path = SNUG_STR_INIT;
	va_list ap;
	int r;

	add_path(b, &path);
	va_start(ap, fmt);
	r = fail_at(b, code, line, col, &path, fmt, ap);
	va_end(ap);
	return r;
}

int snug_doc_builder_fail_text(struct snug_doc_builder *b, int code, uint32_t line, uint32_t col,
			       const char *fmt, ...)
{
	const struct snug_str none = SNUG_STR_INIT;
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = fail_at(b, code, line, col, &none, fmt, ap);
	va_end(ap);
	return r;
}

int snug_doc_builder_check_size(struct snug_doc_builder *b, size_t len, size_t max)
{
	if (len <= max)
		return 0;
	return snug_err_set(b->err, -E2BIG, "%s: larger than the limit of %zu bytes", b->doc->name,
			    max);
}

const struct snug_doc_value *snug_doc_builder_top(const struct snug_doc_builder *b)
{
	if (!b->open.len)
		return NULL;
	return &b->pending.items[b->open.items[b->open.len - 1]].value;
}

bool snug_doc_builder_wants_key(const struct snug_doc_builder *b)
{
	const struct snug_doc_value *top = snug_doc_builder_top(b);

	return top && top->type == SNUG_DOC_OBJECT && !b->has_key;
}

/* The slot of the next value: behind its key, or a new one. */
static int place(struct snug_doc_builder *b, uint32_t line, uint32_t col,
		 struct snug_doc_value **ret)
{
	struct snug_doc_value *v;

	snug_bug_on(snug_doc_builder_wants_key(b));
	if (++b->n_values > SNUG_LIMIT_DOC_NODES)
		return snug_doc_builder_fail(b, -E2BIG, line, col,
					     "more values than the limit of %d",
					     SNUG_LIMIT_DOC_NODES);
	if (b->has_key)
		v = &b->pending.items[b->pending.len - 1].value;
	else
		v = &VEC_PUSH(&b->pending)->value;
	b->has_key = false;
	v->line = line;
	v->col = col;
	*ret = v;
	return 0;
}

int snug_doc_builder_begin(struct snug_doc_builder *b, enum snug_doc_type type, uint32_t line,
			   uint32_t col)
{
	struct snug_doc_value *v;
	int r;

	if (b->open.len >= SNUG_LIMIT_DOC_DEPTH)
		return snug_doc_builder_fail(b, -E2BIG, line, col,
					     "nested deeper than the limit of %d levels",
					     SNUG_LIMIT_DOC_DEPTH);
	r = place(b, line, col, &v);
	if (r < 0)
		return r;
	v->type = type;
	*VEC_PUSH(&b->open) = b->pending.len - 1;
	return 0;
}

static int compare_members(const void *pa, const void *pb)
{
	const struct snug_doc_member *a = *(const struct snug_doc_member *const *)pa;
	const struct snug_doc_member *b = *(const struct snug_doc_member *const *)pb;
	int r = strcmp(a->key, b->key);

	if (r)
		return r;
	return a < b ? -1 : 1; /* the order of the text */
}

static int check_keys(struct snug_doc_builder *b, const struct snug_doc_member *m, size_t n)
{
	CLEANUP(freep) const struct snug_doc_member **sorted = NULL;
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	const struct snug_doc_member *dup = NULL, *first = NULL;

	if (n < 2)
		return 0;
	sorted = xcalloc(n, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &m[i];
	qsort(sorted, n, sizeof(*sorted), compare_members);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) == 0 && (!dup || sorted[i] < dup)) {
			first = sorted[i - 1];
			dup = sorted[i];
		}
	}
	if (!dup)
		return 0;
	snug_str_add_printable(&shown, dup->key, strlen(dup->key), 40);
	return snug_doc_builder_fail(b, -EINVAL, dup->line, dup->col,
				     "duplicate key '%s', first at line %u", snug_str_text(&shown),
				     first->line);
}

int snug_doc_builder_end(struct snug_doc_builder *b)
{
	const struct snug_doc_member *held;
	struct snug_doc_value *v;
	size_t slot, n;
	int r;

	snug_bug_on(!b->open.len || b->has_key);
	slot = b->open.items[b->open.len - 1];
	v = &b->pending.items[slot].value;
	n = b->pending.len - slot - 1;
	held = b->pending.items + slot + 1;
	if (v->type == SNUG_DOC_OBJECT) {
		r = check_keys(b, held, n); /* its message needs the object still open */
		if (r < 0)
			return r;
	}
	b->open.len--;
	b->pending.len = slot + 1;
	if (v->type == SNUG_DOC_OBJECT) {
		v->object.len = n;
		v->object.items = arena_alloc(b->doc, n * sizeof(*held));
		if (n)
			memcpy(v->object.items, held, n * sizeof(*held));
	} else {
		v->array.len = n;
		v->array.items = arena_alloc(b->doc, n * sizeof(*v));
		for (size_t i = 0; i < n; i++)
			v->array.items[i] = held[i].value;
	}
	return 0;
}

static int check_string(struct snug_doc_builder *b, size_t len, uint32_t line, uint32_t col)
{
	if (len <= SNUG_LIMIT_STRING_BYTES)
		return 0;
	return snug_doc_builder_fail(b, -E2BIG, line, col,
				     "string longer than the limit of %d bytes",
				     SNUG_LIMIT_STRING_BYTES);
}

int snug_doc_builder_key(struct snug_doc_builder *b, const char *text, size_t len, uint32_t line,
			 uint32_t col)
{
	struct snug_doc_member *m;
	int r;

	snug_bug_on(!snug_doc_builder_wants_key(b));
	r = check_string(b, len, line, col);
	if (r < 0)
		return r;
	m = VEC_PUSH(&b->pending);
	m->key = arena_copy(b->doc, text, len);
	m->line = line;
	m->col = col;
	b->has_key = true;
	return 0;
}

int snug_doc_builder_string(struct snug_doc_builder *b, const char *text, size_t len, uint32_t line,
			    uint32_t col)
{
	struct snug_doc_value *v;
	int r;

	r = check_string(b, len, line, col);
	if (r < 0)
		return r;
	r = place(b, line, col, &v);
	if (r < 0)
		return r;
	v->type = SNUG_DOC_STRING;
	v->str.text = arena_copy(b->doc, text, len);
	v->str.len = len;
	return 0;
}

int snug_doc_builder_scalar(struct snug_doc_builder *b, const struct snug_doc_value *v)
{
	struct snug_doc_value *slot;
	int r;

	r = place(b, v->line, v->col, &slot);
	if (r < 0)
		return r;
	*slot = *v;
	return 0;
}

struct snug_doc *snug_doc_builder_finish(struct snug_doc_builder *b)
{
	struct snug_doc_value *roots;

	snug_bug_on(b->open.len || b->has_key || !b->pending.len);
	roots = arena_alloc(b->doc, b->pending.len * sizeof(*roots));
	for (size_t i = 0; i < b->pending.len; i++)
		roots[i] = b->pending.items[i].value;
	b->doc->roots = roots;
	b->doc->n_roots = b->pending.len;
	return STEAL(b->doc);
}
