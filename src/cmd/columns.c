/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/columns.h"

#include "base/mem.h"
#include "base/str.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH = 80, MIN_WIDTH = 40, MAX_WIDTH = 120 };

/* A standard stream may have no descriptor that stdio knows of (terminal.c). */
static int fd_of(FILE *f)
{
	int fd = fileno(f);

	if (fd >= 0)
		return fd;
	return f == stderr ? STDERR_FILENO : STDOUT_FILENO;
}

unsigned columns_width(FILE *f)
{
	struct winsize ws;

	if (!isatty(fd_of(f)) || ioctl(fd_of(f), TIOCGWINSZ, &ws) < 0 || !ws.ws_col)
		return WIDTH;
	if (ws.ws_col < MIN_WIDTH)
		return MIN_WIDTH;
	return ws.ws_col > MAX_WIDTH ? MAX_WIDTH : ws.ws_col;
}

unsigned columns_row_width(FILE *f)
{
	return isatty(fd_of(f)) ? columns_width(f) : UINT_MAX;
}

bool columns_has_colours(FILE *f)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd_of(f)) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

/* Columns, not bytes: UTF-8 continuation bytes take none. */
static unsigned width_of(const char *text, size_t n)
{
	unsigned width = 0;

	for (size_t i = 0; i < n; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

struct filler {
	struct snug_str *out;
	unsigned start, width;
	unsigned at;   /* the column where the next byte goes */
	bool is_begun; /* something stands on this line from start on */
};

static void next_line(struct filler *f)
{
	snug_str_addf(f->out, "\n%*s", (int)f->start, "");
	f->at = f->start;
	f->is_begun = false;
}

static void add_bytes(struct filler *f, const char *text, size_t n)
{
	snug_str_addn(f->out, text, n);
	f->at += width_of(text, n);
	f->is_begun = true;
}

/* @n bytes that stay together, behind a blank when they are not the first of their line. */
static void add_piece(struct filler *f, const char *text, size_t n)
{
	if (f->is_begun && f->at + 1 + width_of(text, n) > f->width)
		next_line(f);
	if (f->is_begun)
		add_bytes(f, " ", 1);
	add_bytes(f, text, n);
}

/* A word wider than the column is broken behind its '|', which joins names of values. */
static void add_wide_word(struct filler *f, const char *text, size_t n)
{
	bool is_first = true;

	while (n) {
		const char *bar = memchr(text, '|', n);
		size_t part = bar ? (size_t)(bar - text) + 1 : n;

		if (is_first) {
			add_piece(f, text, part);
		} else {
			if (f->at + width_of(text, part) > f->width)
				next_line(f);
			add_bytes(f, text, part);
		}
		is_first = false;
		text += part;
		n -= part;
	}
}

static void add_words(struct filler *f, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, " ");

		if (n && f->start + width_of(text, n) <= f->width)
			add_piece(f, text, n);
		else
			add_wide_word(f, text, n);
		text += n + (text[n] == ' ');
	}
}

static void add_item(struct filler *f, const char *item, bool is_last)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_str_addf(&text, "%s%s", item, is_last ? "" : ",");
	if (f->start + width_of(text.buf, text.len) <= f->width)
		add_piece(f, text.buf, text.len);
	else
		add_words(f, text.buf);
}

void columns_add_list(struct snug_str *out, const char *head, const char *const *items, size_t n,
		      unsigned indent, unsigned start, unsigned width)
{
	unsigned head_end = indent + width_of(head, strlen(head));
	struct filler f = { .out = out, .start = start, .width = width, .at = head_end };

	snug_str_addf(out, "%*s%s", (int)indent, "", head);
	if (!n) {
		snug_str_addc(out, '\n');
		return;
	}
	if (head_end >= start && *head)
		next_line(&f);
	snug_str_addf(out, "%*s", (int)(start - f.at), "");
	f.at = start;
	for (size_t i = 0; i < n; i++)
		add_item(&f, items[i], i + 1 == n);
	snug_str_addc(out, '\n');
}

void columns_add_row(struct snug_str *out, const char *head, const char *text, unsigned start,
		     unsigned width)
{
	unsigned head_end = width_of(head, strlen(head));
	struct filler f = { .out = out, .start = start, .width = width, .at = head_end };

	snug_str_add(out, head);
	if (*text && head_end > start)
		next_line(&f);
	else if (*text)
		snug_str_addf(out, "%*s", (int)(start - head_end), "");
	f.at = start;
	add_words(&f, text);
	snug_str_addc(out, '\n');
}

void columns_add_tail(struct snug_str *out, const char *head, const char *text, unsigned indent,
		      unsigned width)
{
	size_t n = strlen(head);

	if (width_of(head, n) + width_of(text, strlen(text)) <= width) {
		snug_str_addf(out, "%s%s\n", head, text);
		return;
	}
	while (n && head[n - 1] == ' ')
		n--;
	snug_str_addn(out, head, n);
	snug_str_addc(out, '\n');
	columns_add_row(out, "", text, indent, width);
}
