/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void reserve(struct snug_str *s, size_t more)
{
	size_t need = s->len + more + 1;

	if (need <= s->cap)
		return;
	if (need < s->cap * 2)
		need = s->cap * 2;
	s->buf = xrealloc_array(s->buf, need, 1);
	s->cap = need;
}

void snug_str_addn(struct snug_str *s, const void *data, size_t n)
{
	reserve(s, n);
	if (n)
		memcpy(s->buf + s->len, data, n);
	s->len += n;
	s->buf[s->len] = '\0';
}

void snug_str_add(struct snug_str *s, const char *text)
{
	snug_str_addn(s, text, strlen(text));
}

void snug_str_addc(struct snug_str *s, char c)
{
	snug_str_addn(s, &c, 1);
}

void snug_str_addf(struct snug_str *s, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	snug_bug_on(n < 0);
	reserve(s, (size_t)n);
	vsnprintf(s->buf + s->len, (size_t)n + 1, fmt, again);
	va_end(again);
	s->len += (size_t)n;
}

size_t snug_utf8_char_len(const unsigned char *p, const unsigned char *end)
{
	uint32_t min, v;
	size_t n;

	if (p >= end)
		return 0;
	if (*p < 0x80)
		return 1;
	if ((*p & 0xe0) == 0xc0)
		n = 2, min = 0x80, v = *p & 0x1f;
	else if ((*p & 0xf0) == 0xe0)
		n = 3, min = 0x800, v = *p & 0x0f;
	else if ((*p & 0xf8) == 0xf0)
		n = 4, min = 0x10000, v = *p & 0x07;
	else
		return 0;
	if ((size_t)(end - p) < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < min || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	return n;
}

/* Characters that change how what follows is shown, and are not seen themselves: directional marks
 * and overrides (Unicode annex 9), line and paragraph separators, zero-width ones. */
static bool is_unseen(const unsigned char *p, size_t len)
{
	uint32_t c;

	if (len == 2)
		return p[0] == 0xd8 && p[1] == 0x9c; /* U+061C */
	if (len != 3)
		return false;
	c = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

void snug_str_add_printable(struct snug_str *s, const char *text, size_t n, size_t max)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;

	while (p < end) {
		size_t len = snug_utf8_char_len(p, end);
		/* U+0080..U+009F are control characters too */
		bool plain = len && *p >= 0x20 && *p != 0x7f && *p != '\\' &&
			     !(len == 2 && p[0] == 0xc2 && p[1] < 0xa0) && !is_unseen(p, len);

		if ((size_t)((const char *)p - text) >= max) {
			snug_str_add(s, "...");
			return;
		}
		if (plain) {
			snug_str_addn(s, p, len);
			p += len;
		} else {
			snug_str_addf(s, "\\x%02x", *p++);
		}
	}
}

const char *snug_str_text(const struct snug_str *s)
{
	return s->buf ? s->buf : "";
}

char *snug_str_take(struct snug_str *s)
{
	char *p = s->buf ? s->buf : xstrdup("");

	*s = (struct snug_str)SNUG_STR_INIT;
	return p;
}

void snug_str_clear(struct snug_str *s)
{
	s->len = 0;
	if (s->buf)
		s->buf[0] = '\0';
}

void snug_str_done(struct snug_str *s)
{
	free(s->buf);
	*s = (struct snug_str)SNUG_STR_INIT;
}

bool snug_str_has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

unsigned snug_str_distance(const char *a, const char *b, unsigned max)
{
	enum { MAX_WORD = 64 };
	unsigned rows[3][MAX_WORD + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > MAX_WORD || lb > MAX_WORD || la > lb + max || lb > la + max)
		return max + 1;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned cost = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;

			row[j] = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + cost);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]) && up2[j - 2] + 1 < row[j])
				row[j] = up2[j - 2] + 1;
		}
	}
	return rows[la % 3][lb] > max ? max + 1 : rows[la % 3][lb];
}

/* The name that is @word behind a prefix: SCMP_ACT_ALLOW for "allow". */
static const char *ends_with_word(const char *const *names, const char *word)
{
	size_t len = strlen(word);

	for (; len && *names; names++) {
		size_t n = strlen(*names);

		if (n > len && (*names)[n - len - 1] == '_' &&
		    strcasecmp(*names + n - len, word) == 0)
			return *names;
	}
	return NULL;
}

const char *snug_str_nearest(const char *word, const char *const *names)
{
	const char *const *all = names;
	unsigned best = (unsigned)(strlen(word) + 2) / 3 + 1;
	const char *found = NULL;

	for (; *names; names++) {
		unsigned d = snug_str_distance(word, *names, best);

		if (d < best) {
			best = d;
			found = *names;
		}
	}
	return found ? found : ends_with_word(all, word);
}

char *snug_str_did_you_mean(const char *near)
{
	return near ? xasprintf(" (did you mean '%s'?)", near) : xstrdup("");
}

size_t snug_utf8_len(const char *text, size_t len)
{
	const unsigned char *first = (const unsigned char *)text, *p = first, *end = p + len;
	size_t n;

	while (p < end && (n = snug_utf8_char_len(p, end)))
		p += n;
	return (size_t)(p - first);
}

size_t snug_utf8_bom_len(const char *text, size_t len)
{
	return len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

bool snug_str_list_has(const char *list, const char *word, size_t len)
{
	for (;;) {
		size_t n = strcspn(list, ",");

		if (n == len && strncmp(list, word, len) == 0)
			return true;
		if (!list[n])
			return false;
		list += n + 1;
	}
}
