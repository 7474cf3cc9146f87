/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Small pieces of text that several verbs print. */
#include <stddef.h>

struct snug_str;

/* The last component of a path, borrowed. */
const char *text_basename(const char *path);
/* Appends the word, or several with spaces between them, as a shell would need them typed; control
 * characters are escaped (bash's $'...'). */
void text_add_shell_word(struct snug_str *out, const char *word);
void text_add_shell_words(struct snug_str *out, char *const *words);
/* Makes a written JSON document one line: only layout goes, strings hold no raw line feed. */
void text_join_lines(struct snug_str *json);
