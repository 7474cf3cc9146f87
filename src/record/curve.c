/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plot is a grid of dots: in braille two a column and four a line, in ASCII one.  In each column
 * of dots stands the count at the end of its time; a dot lies on every level from the column before
 * up to it, so that the curve has no holes.
 */
#include "record/curve.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WIDTH = 200, MAX_HEIGHT = 40, DOTS_X = 2, DOTS_Y = 4 };

struct plot {
	const struct snug_recording *r;
	struct snug_first_seen order;
	uint64_t end_us;
	unsigned cols, rows;   /* characters */
	unsigned dot_x, dot_y; /* dots a character */
	unsigned char *cells;  /* a bit a dot */
};

void snug_first_seen_done(struct snug_first_seen *f)
{
	VEC_DONE(f);
}

static int compare_first(const void *a, const void *b, void *data)
{
	const struct snug_recording *r = data;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const struct snug_recording_call *x = &r->calls.items[i], *y = &r->calls.items[k];

	if (x->has_first != y->has_first)
		return x->has_first ? -1 : 1;
	if (x->has_first && x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return i < k ? -1 : i > k;
}

void snug_first_seen_sort(const struct snug_recording *r, struct snug_first_seen *ret)
{
	union {
		const struct snug_recording *in;
		void *out;
	} data = { .in = r };

	for (size_t i = 0; i < r->calls.len; i++)
		*VEC_PUSH(ret) = i;
	if (ret->len)
		qsort_r(ret->items, ret->len, sizeof(ret->items[0]), compare_first, data.out);
}

bool snug_recording_last_new(const struct snug_recording *r, uint64_t *ret)
{
	uint64_t last = 0;
	bool any = false;

	VEC_FOREACH (c, &r->calls) {
		if (!c->has_first)
			continue;
		any = true;
		if (c->first_us > last)
			last = c->first_us;
	}
	if (any)
		*ret = last;
	return any;
}

void snug_duration_add_text(uint64_t us, struct snug_str *out)
{
	uint64_t s = us / 1000000;

	if (us < 1000)
		snug_str_addf(out, "%" PRIu64 " us", us);
	else if (us < 1000000)
		snug_str_addf(out, "%" PRIu64 ".%02" PRIu64 " ms", us / 1000, us % 1000 / 10);
	else if (s < 60)
		snug_str_addf(out, "%" PRIu64 ".%02" PRIu64 " s", s, us % 1000000 / 10000);
	else if (s < 3600)
		snug_str_addf(out, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else
		snug_str_addf(out, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s % 3600 / 60);
}

static void plot_done(struct plot *p)
{
	snug_first_seen_done(&p->order);
	free(p->cells);
}

/* Dots count from the lower left. */
static void set_dot(struct plot *p, unsigned x, unsigned y)
{
	/* Unicode, block U+2800: dots 1 2 3 7 on the left, 4 5 6 8 on the right, downwards */
	static const unsigned char bits[DOTS_X][DOTS_Y] = { { 0x40, 0x04, 0x02, 0x01 },
							    { 0x80, 0x20, 0x10, 0x08 } };
	unsigned row = p->rows - 1 - y / p->dot_y;

	p->cells[row * p->cols + x / p->dot_x] |= bits[x % p->dot_x][y % p->dot_y];
}

/* How many calls were known at the end of column @x of dots; @next goes along. */
static size_t count_at(const struct plot *p, unsigned x, size_t *next)
{
	/* the duration of a hostile document may be near UINT64_MAX */
	long double until = (long double)p->end_us * (x + 1) / (p->cols * p->dot_x);

	while (*next < p->order.len) {
		const struct snug_recording_call *c = &p->r->calls.items[p->order.items[*next]];

		if (!c->has_first || (long double)c->first_us > until)
			break;
		(*next)++;
	}
	return *next;
}

static void fill(struct plot *p)
{
	unsigned top = p->rows * p->dot_y - 1, last = 0;
	size_t next = 0;

	for (unsigned x = 0; x < p->cols * p->dot_x; x++) {
		size_t n = count_at(p, x, &next);
		unsigned y = (unsigned)(n * top / p->r->calls.len);

		for (unsigned at = last; at <= y; at++)
			set_dot(p, x, at);
		/* a step stands on one column only */
		last = y;
	}
}

static void add_cell(struct snug_str *out, unsigned char dots, bool is_utf8)
{
	const char braille[] = { (char)0xe2, (char)(0xa0 | dots >> 6),
				 (char)(0x80 | (dots & 0x3f)) };

	if (!dots)
		snug_str_addc(out, ' ');
	else if (is_utf8)
		snug_str_addn(out, braille, sizeof(braille));
	else
		snug_str_addc(out, '*');
}

static void add_rows(const struct plot *p, unsigned label_width, bool is_utf8, struct snug_str *out)
{
	size_t n = p->r->calls.len;

	for (unsigned row = 0; row < p->rows; row++) {
		unsigned used = p->cols;

		if (row == 0)
			snug_str_addf(out, "%*zu", (int)label_width, n);
		else if (row == p->rows - 1)
			snug_str_addf(out, "%*d", (int)label_width, 0);
		else
			snug_str_addf(out, "%*s", (int)label_width, "");
		snug_str_add(out, is_utf8 ? " \u2524" : " |");
		while (used && !p->cells[row * p->cols + used - 1])
			used--;
		for (unsigned x = 0; x < used; x++)
			add_cell(out, p->cells[row * p->cols + x], is_utf8);
		snug_str_addc(out, '\n');
	}
}

static void add_axis(const struct plot *p, unsigned label_width, bool is_utf8, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str end = SNUG_STR_INIT;

	snug_duration_add_text(p->end_us, &end);
	snug_str_addf(out, "%*s %s", (int)label_width, "", is_utf8 ? "\u2514" : "+");
	for (unsigned x = 0; x < p->cols; x++)
		snug_str_add(out, is_utf8 ? "\u2500" : "-");
	snug_str_addf(out, "\n%*s  0%*s\n", (int)label_width, "", (int)p->cols - 1,
		      snug_str_text(&end));
}

void snug_curve_draw(const struct snug_recording *r, unsigned width, unsigned height, bool is_utf8,
		     struct snug_str *out)
{
	CLEANUP(plot_done) struct plot p = { .r = r, .dot_x = 1, .dot_y = 1 };
	CLEANUP(snug_str_done) struct snug_str label = SNUG_STR_INIT;
	uint64_t last;

	if (!snug_recording_last_new(r, &last))
		return;
	snug_str_addf(&label, "%zu", r->calls.len);
	if (is_utf8) {
		p.dot_x = DOTS_X;
		p.dot_y = DOTS_Y;
	}
	width = width > MAX_WIDTH ? MAX_WIDTH : width < 40 ? 40 : width;
	p.cols = width - (unsigned)label.len - 2;
	p.rows = height > MAX_HEIGHT ? MAX_HEIGHT : height < 2 ? 2 : height;
	/* a call may be heard of after the clock was stopped */
	p.end_us = r->duration_us > last ? r->duration_us : last;
	p.cells = xcalloc((size_t)p.cols * p.rows, 1);
	snug_first_seen_sort(r, &p.order);
	fill(&p);
	add_rows(&p, (unsigned)label.len, is_utf8, out);
	add_axis(&p, (unsigned)label.len, is_utf8, out);
}
