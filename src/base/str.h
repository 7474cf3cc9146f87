/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A growable string; always NUL-terminated once something was added. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_str {
	char *buf; /* owned; NULL while empty */
	size_t len, cap;
};

#define SNUG_STR_INIT                                                                              \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

/* Append text, @n bytes, one byte, formatted text. */
void snug_str_add(struct snug_str *s, const char *text);
void snug_str_addn(struct snug_str *s, const void *data, size_t n);
void snug_str_addc(struct snug_str *s, char c);
void snug_str_addf(struct snug_str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends at most @max bytes of @text the way a terminal may be shown hostile text: control bytes,
 * bytes that are no UTF-8, characters that turn text around or are not seen, and backslashes become
 * \xNN; "..." marks a cut. */
void snug_str_add_printable(struct snug_str *s, const char *text, size_t n, size_t max);

/* The text, "" while empty; borrowed until the next change. */
const char *snug_str_text(const struct snug_str *s);
/* Hands the buffer over (never NULL, the caller frees it) and leaves @s empty. */
char *snug_str_take(struct snug_str *s);
/* Forgets the content, keeps the memory. */
void snug_str_clear(struct snug_str *s);
/* Frees; idempotent; usable with CLEANUP(). */
void snug_str_done(struct snug_str *s);

/* How many bytes the UTF-8 character at @p takes (1 to 4), or 0 when the bytes up to @end are not
 * one: overlong forms, surrogates and values over U+10FFFF are refused (RFC 3629). */
size_t snug_utf8_char_len(const unsigned char *p, const unsigned char *end);

/* How many of the @len bytes at @text, from the first, are whole UTF-8 characters. */
size_t snug_utf8_len(const char *text, size_t len);
/* The length of the byte order mark that @text begins with: 3, or 0 when there is none. */
size_t snug_utf8_bom_len(const char *text, size_t len);

/* Whether the comma-separated @list has the @len bytes at @word as an item. */
bool snug_str_list_has(const char *list, const char *word, size_t len);

/* Whether @s starts with @prefix. */
bool snug_str_has_prefix(const char *s, const char *prefix);

/* The name in @names (NULL-terminated) that a person who wrote @word most likely meant, or NULL
 * when none is near: smallest edit distance, at most a third of the word's length; else a name that
 * is @word behind a prefix ("ALLOW": SCMP_ACT_ALLOW). */
const char *snug_str_nearest(const char *word, const char *const *names);
/* What an error says behind a name that it does not know: " (did you mean 'NEAR'?)", or "" when
 * @near is NULL.  The caller frees. */
char *snug_str_did_you_mean(const char *near);
/* Edit distance (insert, delete, replace, swap of neighbours; case does not count), capped at
 * @max + 1.  Words over 64 bytes count as far apart. */
unsigned snug_str_distance(const char *a, const char *b, unsigned max);
