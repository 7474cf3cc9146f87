/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/text.h"

#include "base/mem.h"
#include "base/str.h"
#include "codec/writer.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { US_PER_S = 1000000, US_PER_MS = 1000 };

const char *text_basename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Bytes that cannot stand between plain quotes on a terminal. */
static bool is_odd(const char *word)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	for (; *word; word += *word == '\\') {
		size_t n = strcspn(word, "\\");

		snug_str_clear(&shown);
		snug_str_add_printable(&shown, word, n, n);
		if (shown.len != n)
			return true;
		word += n;
	}
	return false;
}

static void add_ansi_word(struct snug_str *out, const char *word)
{
	snug_str_add(out, "$'");
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;

		if (c == '\'' || c == '\\')
			snug_str_addf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			snug_str_addf(out, "\\%03o", c);
		else
			snug_str_addc(out, (char)c);
	}
	snug_str_addc(out, '\'');
}

void text_add_shell_word(struct snug_str *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	if (*word && strspn(word, plain) == strlen(word)) {
		snug_str_add(out, word);
		return;
	}
	if (is_odd(word)) {
		add_ansi_word(out, word);
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
		text_add_shell_word(out, *words);
		if (words[1])
			snug_str_addc(out, ' ');
	}
}

void text_format_local(char buf[32], uint64_t us)
{
	time_t t = (time_t)(us / US_PER_S);
	struct tm tm;

	if (!us || !localtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%d %H:%M:%S", &tm))
		memcpy(buf, "-", 2);
}

void text_format_utc(char buf[32], uint64_t us)
{
	time_t t = (time_t)(us / US_PER_S);
	size_t len = 0;
	struct tm tm;

	if (gmtime_r(&t, &tm))
		len = strftime(buf, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, 32 - len, ".%03uZ", (unsigned)(us % US_PER_S / US_PER_MS));
}

void text_add_json_line(struct snug_str *out, const struct snug_str *json)
{
	for (size_t i = 0; i < json->len; i++) {
		if (json->buf[i] != '\n') {
			snug_str_addc(out, json->buf[i]);
			continue;
		}
		while (i + 1 < json->len && json->buf[i + 1] == ' ')
			i++;
	}
	snug_str_addc(out, '\n');
}

void text_write_bytes(struct snug_writer *w, const char *key, const char *text, size_t len)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	if (!text)
		return;
	if (snug_utf8_len(text, len) == len && !memchr(text, '\0', len))
		snug_str_addn(&s, text, len);
	else
		snug_str_add_printable(&s, text, len, SIZE_MAX);
	snug_writer_member_string(w, key, snug_str_text(&s));
}

void text_write_utc(struct snug_writer *w, const char *key, uint64_t us)
{
	char text[32];

	text_format_utc(text, us);
	snug_writer_member_string(w, key, text);
}
