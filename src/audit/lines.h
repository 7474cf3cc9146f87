/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A descriptor's bytes as lines, in one buffer of fixed size: no allocation a line. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct snug_audit_lines {
	char *buf;         /* owned */
	size_t start, end; /* of what has been read and not been given out */
	size_t searched;   /* behind start: no end of a line up to there */
	size_t to_skip;    /* bytes that are still to come and nobody wants */
	bool is_skipping;  /* the rest of a line that is too long */
	uint64_t n_overlong;
};

void snug_audit_lines_init(struct snug_audit_lines *l);
void snug_audit_lines_done(struct snug_audit_lines *l);
/* Reads once: how many bytes, 0 at the end, or negative errno.  Invalidates what was given out. */
ssize_t snug_audit_lines_fill(struct snug_audit_lines *l, int fd);
/* The next whole line, without its end; false: fill first.  Lines over SNUG_LIMIT_AUDIT_LINE_BYTES
 * are left out and counted. */
bool snug_audit_lines_next(struct snug_audit_lines *l, char **ret, size_t *ret_len);
/* Gives the last @n bytes that next() has given out, before a fill, out again. */
void snug_audit_lines_unread(struct snug_audit_lines *l, size_t n);
/* What is left at the end of the file, without an end of line; false when that is nothing. */
bool snug_audit_lines_rest(struct snug_audit_lines *l, char **ret, size_t *ret_len);
/* @n bytes as they are, whatever they hold; false: fill first.  @n up to
 * SNUG_LIMIT_AUDIT_LINE_BYTES. */
bool snug_audit_lines_take(struct snug_audit_lines *l, size_t n, char **ret);
/* The next @n bytes are nobody's. */
void snug_audit_lines_skip(struct snug_audit_lines *l, uint64_t n);
/* What has been read and not been given out. */
const char *snug_audit_lines_peek(const struct snug_audit_lines *l, size_t *ret_len);
