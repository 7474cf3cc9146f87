/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Writes a document, JSON or YAML, through one set of calls; the output is deterministic.
 * JSON: 2-space indent, "key": value, empty collections as [] and {}, one trailing newline.
 * YAML: block style as Kubernetes tools print it (sequences not indented below their key, no
 * leading ---), strings that another reader could take for something else are quoted; a second
 * root is separated by "---".
 *
 *   snug_writer_begin_object(w);
 *   snug_writer_key(w, "names");
 *   snug_writer_begin_array(w);
 *   snug_writer_string(w, "read");
 *   snug_writer_end_array(w);
 *   snug_writer_end_object(w);
 *
 * Misuse (a value without a key in an object, an end without a begin) is a bug and aborts.
 */
#include "codec/doc.h"

struct snug_writer;

/* @out is borrowed and must outlive the writer; text is complete after snug_writer_finish(). */
struct snug_writer *snug_writer_new(enum snug_doc_syntax syntax, struct snug_str *out);
struct snug_writer *snug_writer_free(struct snug_writer *w);
DEFINE_FREEP(struct snug_writer, snug_writer_freep, snug_writer_free)

void snug_writer_begin_object(struct snug_writer *w);
void snug_writer_end_object(struct snug_writer *w);
void snug_writer_begin_array(struct snug_writer *w);
void snug_writer_end_array(struct snug_writer *w);
void snug_writer_key(struct snug_writer *w, const char *key);
/* @s must be UTF-8; bytes that are not become U+FFFD. */
void snug_writer_string(struct snug_writer *w, const char *s);
void snug_writer_uint(struct snug_writer *w, uint64_t v);
void snug_writer_int(struct snug_writer *w, int64_t v);
void snug_writer_real(struct snug_writer *w, double v);
void snug_writer_bool(struct snug_writer *w, bool v);
void snug_writer_null(struct snug_writer *w);
/* Any value of a document, members in their order. */
void snug_writer_value(struct snug_writer *w, const struct snug_doc_value *v);
/* Key and value in one line of code. */
void snug_writer_member_string(struct snug_writer *w, const char *key, const char *s);
void snug_writer_member_uint(struct snug_writer *w, const char *key, uint64_t v);
void snug_writer_member_bool(struct snug_writer *w, const char *key, bool v);
/* Key and an array of @n strings. */
void snug_writer_member_strings(struct snug_writer *w, const char *key, const char *const *items,
				size_t n);
/* Completes the text.  Every begun collection must have ended. */
void snug_writer_finish(struct snug_writer *w);
