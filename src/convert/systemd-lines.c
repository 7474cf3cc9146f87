/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/systemd-lines.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>

#define BLANKS " \t\n\r"

struct reader {
	const char *name;
	int (*each)(void *data, unsigned line, const char *key, char *value);
	void *data;
	struct snug_err *err;
	struct snug_str whole; /* the lines that are being joined */
	unsigned line;         /* of the first of them */
	bool has_settings;     /* this section's count */
};

static bool is_blank(char c)
{
	return c && strchr(BLANKS, c);
}

static char *strip(char *s)
{
	size_t len;

	s += strspn(s, BLANKS);
	len = strlen(s);
	while (len && is_blank(s[len - 1]))
		s[--len] = '\0';
	return s;
}

static bool has_settings(const char *section)
{
	static const char *const sections[] = { "[Service]", "[Socket]", "[Mount]", "[Swap]" };

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		if (strcmp(section, sections[i]) == 0)
			return true;
	return false;
}

static int read_whole(struct reader *d)
{
	char *line = d->whole.len ? strip(d->whole.buf) : NULL, *equals;

	if (!line || !*line)
		return 0;
	if (*line == '[') {
		if (line[strlen(line) - 1] != ']')
			return snug_err_set(d->err, -EINVAL,
					    "%s:%u: expected a section, [Name], which ends with ]",
					    d->name, d->line);
		d->has_settings = has_settings(line);
		return 0;
	}
	if (!d->has_settings)
		return 0;
	equals = strchr(line, '=');
	if (!equals || equals == line)
		return d->each(d->data, d->line, NULL, line);
	*equals = '\0';
	return d->each(d->data, d->line, strip(line), strip(equals + 1));
}

/* Whether a backslash that no other one takes away is the last character; it becomes a blank. */
static bool cut_continuation(char *line, size_t len)
{
	size_t n = 0;

	while (n < len && line[len - 1 - n] == '\\')
		n++;
	if (n % 2 == 0)
		return false;
	line[len - 1] = ' ';
	return true;
}

static int read_line(struct reader *d, unsigned number, const char *text, size_t len)
{
	size_t skip = 0;
	int r;

	while (len && text[len - 1] == '\r')
		len--;
	while (skip < len && is_blank(text[skip]))
		skip++;
	/* a comment does not end what it stands in */
	if (skip < len && (text[skip] == '#' || text[skip] == ';'))
		return 0;
	if (!d->whole.len)
		d->line = number;
	snug_str_addn(&d->whole, text, len);
	if (len && cut_continuation(d->whole.buf + d->whole.len - len, len))
		return 0;
	r = read_whole(d);
	snug_str_clear(&d->whole);
	return r;
}

static int read_all(struct reader *d, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned number = 0;
	int r = 0;

	text += snug_utf8_bom_len(text, len);
	while (text < end && r == 0) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		r = read_line(d, ++number, text, (size_t)((newline ? newline : end) - text));
		text = newline ? newline + 1 : end;
	}
	return r == 0 ? read_whole(d) : r;
}

int snug_systemd_each_setting(const char *name, const char *text, size_t len,
			      int (*each)(void *data, unsigned line, const char *key, char *value),
			      void *data, struct snug_err *err)
{
	struct reader d = { .name = name, .each = each, .data = data, .err = err };
	int r;

	if (len > SNUG_LIMIT_DOC_BYTES)
		return snug_err_set(err, -E2BIG, "%s: over %d bytes", name, SNUG_LIMIT_DOC_BYTES);
	if (memchr(text, '\0', len))
		return snug_err_set(err, -EINVAL, "%s: a unit file has no NUL", name);
	r = read_all(&d, text, len);
	snug_str_done(&d.whole);
	return r;
}

bool snug_is_systemd_unit(const char *text, size_t len)
{
	const char *end = text + len;

	text += snug_utf8_bom_len(text, len);
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		while (text < stop && is_blank(*text))
			text++;
		while (text < stop && is_blank(stop[-1]))
			stop--;
		if (text < stop && *text != '#' && *text != ';')
			return stop - text >= 3 && text[0] == '[' && text[1] >= 'A' &&
			       text[1] <= 'Z' && stop[-1] == ']';
		text = newline ? newline + 1 : end;
	}
	return false;
}
