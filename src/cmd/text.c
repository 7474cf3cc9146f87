/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/text.h"

#include "base/str.h"

#include <string.h>

const char *text_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void add_shell_word(struct snug_str *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*word && strspn(word, plain) == strlen(word)) {
		snug_str_add(out, word);
		return;
	}
	snug_str_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			snug_str_add(out, "'\\''");
		else
			snug_str_addc(out, *word);
	}
	snug_str_addc(out, '\'');
}

void text_add_shell_words(struct snug_str *out, char *const *words)
{
	for (; *words; words++) {
		add_shell_word(out, *words);
		if (words[1])
			snug_str_addc(out, ' ');
	}
}

void text_join_lines(struct snug_str *json)
{
	size_t n = 0;

	for (size_t i = 0; i < json->len; i++) {
		if (json->buf[i] != '\n') {
			json->buf[n++] = json->buf[i];
			continue;
		}
		while (i + 1 < json->len && json->buf[i + 1] == ' ')
			i++;
	}
	json->len = n;
	if (json->buf)
		json->buf[n] = '\0';
}
