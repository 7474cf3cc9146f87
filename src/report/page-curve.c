/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The discovery curve as a drawing: how many distinct calls were known by when.  Time is on a
 * logarithmic scale, because a program makes most of its calls in the first milliseconds and then
 * runs for minutes.  Coordinates are integers, so that the same recording gives the same bytes
 * everywhere.
 */
#include "base/limits.h"
#include "base/str.h"
#include "record/curve.h"
#include "report/page-internal.h"

#include <inttypes.h>
#include <math.h>

enum {
	WIDTH = 960,
	LEFT = 44,
	RIGHT = 16,
	ROW = 20,                             /* of numbers over the plot */
	N_ROWS = SNUG_LIMIT_REPORT_EXECS + 2, /* when all moments are at one place */
	TOP = N_ROWS * ROW,
	BOTTOM = 28,
	HEIGHT = TOP + 200 + BOTTOM,
	RADIUS = 9,
};

struct scale {
	double from, to; /* decimal logarithms of microseconds */
	size_t n;        /* calls at the top */
};

static unsigned x_of(const struct scale *s, uint64_t us)
{
	double at = us ? log10((double)us) : s->from;

	at = at < s->from ? s->from : at > s->to ? s->to : at;
	return (unsigned)lround(LEFT + (WIDTH - LEFT - RIGHT) * (at - s->from) / (s->to - s->from));
}

static unsigned y_of(const struct scale *s, size_t n)
{
	return (unsigned)(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * n / s->n);
}

/* From the first call that was not made at once, rounded down to 1, 10, 100 us ..., to the end. */
static struct scale scale_of(const struct snug_recording *r, uint64_t last_us)
{
	uint64_t end_us = r->duration_us > last_us ? r->duration_us : last_us, first_us = 0;
	struct scale s = { .n = r->calls.len };

	VEC_FOREACH (c, &r->calls)
		if (c->has_first && c->first_us && (!first_us || c->first_us < first_us))
			first_us = c->first_us;
	s.from = first_us ? floor(log10((double)first_us)) : 0;
	s.to = end_us ? log10((double)end_us) : 1;
	if (s.to < s.from + 0.1)
		s.to = s.from + 0.1;
	return s;
}

/* What happened before the left edge stands on it. */
static void add_tick(struct snug_str *out, const struct scale *s, uint64_t us, const char *word)
{
	double at = log10((double)us);

	if (at < s->from || at > s->to)
		return;
	snug_str_addf(out,
		      "<path class=\"grid\" d=\"M%u %dV%d\"/><text x=\"%u\" y=\"%d\" "
		      "text-anchor=\"middle\">%s%s</text>\n",
		      x_of(s, us), TOP, HEIGHT - BOTTOM, x_of(s, us), HEIGHT - 9,
		      x_of(s, us) == LEFT ? "0 - " : "", word);
}

static void add_x_axis(struct snug_str *out, const struct scale *s)
{
	static const struct {
		uint64_t us;
		const char *word;
	} ticks[] = {
		{ 1, "1 us" },
		{ 10, "10 us" },
		{ 100, "100 us" },
		{ 1000, "1 ms" },
		{ 10000, "10 ms" },
		{ 100000, "100 ms" },
		{ 1000000, "1 s" },
		{ 10000000, "10 s" },
		{ 60000000, "1 min" },
		{ 600000000, "10 min" },
		{ 3600000000, "1 h" },
		{ 36000000000, "10 h" },
		{ 864000000000, "10 days" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++)
		add_tick(out, s, ticks[i].us, ticks[i].word);
}

static void add_y_axis(struct snug_str *out, const struct scale *s)
{
	size_t step = 1;

	/* 1, 2, 5, 10, 20, 50, ... */
	for (size_t i = 0; s->n / step > 5; i++)
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	for (size_t n = 0; n <= s->n; n += step)
		snug_str_addf(out,
			      "<path class=\"%s\" d=\"M%d %uH%d\"/><text x=\"%d\" y=\"%u\" "
			      "text-anchor=\"end\">%zu</text>\n",
			      n ? "grid" : "axis", LEFT, y_of(s, n), WIDTH - RIGHT, LEFT - 8,
			      y_of(s, n) + 4, n);
}

/* The steps, as the commands of a path that starts at the lower left. */
static void add_steps(struct snug_str *out, const struct snug_recording *r, const struct scale *s)
{
	CLEANUP(snug_first_seen_done) struct snug_first_seen order = { 0 };
	size_t n = 0;

	snug_first_seen_sort(r, &order);
	VEC_FOREACH (i, &order) {
		const struct snug_recording_call *c = &r->calls.items[*i];

		n++;
		/* one step for all calls at one place */
		if (!c->has_first)
			break;
		if (n < order.len && r->calls.items[order.items[n]].has_first &&
		    x_of(s, r->calls.items[order.items[n]].first_us) == x_of(s, c->first_us))
			continue;
		snug_str_addf(out, "H%uV%u", x_of(s, c->first_us), y_of(s, n));
	}
	snug_str_addf(out, "H%d", WIDTH - RIGHT);
}

/* In which row over the plot each number stands: the lowest one in which it touches no other.
 * Returns how many rows that takes. */
static unsigned find_rows(const struct snug_report_recording *r, const struct scale *s,
			  unsigned rows[N_ROWS])
{
	unsigned free_from[N_ROWS] = { 0 }, n = 0;

	for (size_t i = 0; i < r->moments.len; i++) {
		unsigned x = x_of(s, r->moments.items[i].at_us), row = 0;

		while (free_from[row] > x)
			row++;
		rows[i] = row;
		free_from[row] = x + 2 * RADIUS + 2;
		n = row + 1 > n ? row + 1 : n;
	}
	return n;
}

static const char *class_of(const struct snug_report_moment *m)
{
	return m->kind == SNUG_REPORT_EXEC ? "exec" : "serves";
}

/* All lines before all numbers, so that no line crosses a number. */
static void add_marks(struct snug_str *out, const struct snug_report_recording *r,
		      const struct scale *s, const unsigned *rows)
{
	for (size_t i = 0; i < r->moments.len; i++) {
		const struct snug_report_moment *m = &r->moments.items[i];

		snug_str_addf(out, "<g class=\"%s\"><path class=\"mark\" d=\"M%u %uV%d\"/></g>\n",
			      class_of(m), x_of(s, m->at_us), TOP - rows[i] * ROW, HEIGHT - BOTTOM);
	}
	for (size_t i = 0; i < r->moments.len; i++) {
		const struct snug_report_moment *m = &r->moments.items[i];
		unsigned x = x_of(s, m->at_us), y = TOP - ROW / 2 - rows[i] * ROW;

		snug_str_addf(out,
			      "<g class=\"%s\"><circle class=\"dot\" cx=\"%u\" cy=\"%u\" "
			      "r=\"%d\"/><text class=\"number\" x=\"%u\" y=\"%u\">%zu</text>"
			      "</g>\n",
			      class_of(m), x, y, RADIUS, x, y + 4, i + 1);
	}
}

void page_add_curve(struct snug_str *out, const struct snug_report_recording *r, size_t id)
{
	CLEANUP(snug_str_done) struct snug_str steps = SNUG_STR_INIT;
	const struct snug_recording *rec = r->recording;
	unsigned rows[N_ROWS], unused;
	struct scale s;
	uint64_t last_us;

	snug_bug_on(r->moments.len > ARRAY_SIZE(rows));
	if (!snug_recording_last_new(rec, &last_us))
		return;
	s = scale_of(rec, last_us);
	unused = (N_ROWS - find_rows(r, &s, rows)) * ROW;
	add_steps(&steps, rec, &s);
	snug_str_addf(out,
		      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby="
		      "\"curve-%zu\">\n<svg class=\"curve\" viewBox=\"0 %u %d %u\" role=\"img\" "
		      "aria-labelledby=\"curve-%zu\"><title id=\"curve-%zu\">Distinct calls over "
		      "time in ",
		      id, unused, WIDTH, HEIGHT - unused, id, id);
	page_add_text(out, r->label);
	snug_str_addf(out, ": %zu, the last new one after ", rec->calls.len);
	snug_duration_add_text(last_us, out);
	snug_str_add(out, "</title>\n");
	add_x_axis(out, &s);
	add_y_axis(out, &s);
	snug_str_addf(out, "<path class=\"area\" d=\"M%d %d%sV%dZ\"/>\n", LEFT, HEIGHT - BOTTOM,
		      snug_str_text(&steps), HEIGHT - BOTTOM);
	snug_str_addf(out, "<path class=\"line\" d=\"M%d %d%s\"/>\n", LEFT, HEIGHT - BOTTOM,
		      snug_str_text(&steps));
	add_marks(out, r, &s, rows);
	snug_str_add(out, "</svg>\n</div>\n");
}
