/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Small pieces of text that several verbs print. */
#include <stddef.h>
#include <stdint.h>

struct snug_str;
struct snug_writer;

/* The last component of a path, borrowed. */
const char *text_basename(const char *path);
/* Appends the word, or several with spaces between them, as a shell would need them typed; control
 * characters are escaped (bash's $'...'). */
void text_add_shell_word(struct snug_str *out, const char *word);
void text_add_shell_words(struct snug_str *out, char *const *words);
/* Appends a written JSON document as one line: only layout goes, strings hold no raw line feed. */
void text_add_json_line(struct snug_str *out, const struct snug_str *json);
/* Writes the member @key: @text as it is where JSON can hold it, else with \xNN; nothing when
 * @text is NULL. */
void text_write_bytes(struct snug_writer *w, const char *key, const char *text, size_t len);
/* Writes the member @key, a time as text_format_utc() has it. */
void text_write_utc(struct snug_writer *w, const char *key, uint64_t us);
/* "2026-11-20 14:39:01", of this machine's time zone, from microseconds since 1970; "-" for 0. */
void text_format_local(char buf[32], uint64_t us);
/* "2026-11-20T14:39:01.123Z" */
void text_format_utc(char buf[32], uint64_t us);
