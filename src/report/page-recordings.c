/* SPDX-License-Identifier: Apache-2.0 */
/* The recordings: a line each, and for the first ones the curve with its moments. */
#include "base/limits.h"
#include "base/str.h"
#include "record/curve.h"
#include "report/page-internal.h"

#include <inttypes.h>
#include <string.h>

static void add_state(struct snug_str *out, const struct snug_recording *r)
{
	if (!snug_recording_is_complete(r))
		page_add_word(out, "s-warning", "incomplete");
	else if (r->attached)
		page_add_word(out, "s-note", "from the middle of a run");
	else
		page_add_word(out, "v-allowed", "complete");
}

static void add_row(struct snug_str *out, const struct snug_report_recording *one)
{
	const struct snug_recording *r = one->recording;

	snug_str_add(out, "<tr><th scope=\"row\" class=\"name\">");
	page_add_text(out, one->label);
	snug_str_add(out, "</th><td class=\"wide\"><code>");
	page_add_text(out, one->command ? one->command : "not known");
	snug_str_addf(out,
		      "</code></td><td class=\"number\">%zu</td><td class=\"number\">%zu</td>"
		      "<td class=\"number\">",
		      r->calls.len, one->n_new);
	snug_duration_add_text(r->duration_us, out);
	snug_str_add(out, "</td><td>");
	add_state(out, r);
	snug_str_add(out, "</td></tr>\n");
}

static void add_moment(struct snug_str *out, const struct snug_report_moment *m)
{
	static const char *const words[] = {
		[SNUG_REPORT_EXEC] = "executes",
		[SNUG_REPORT_LISTENS] = "listens, first",
		[SNUG_REPORT_SERVES] = "is ready to serve, first",
	};

	snug_str_add(out, "<li>");
	snug_duration_add_text(m->at_us, out);
	snug_str_addf(out, ": process %u %s <code>", m->pid, words[m->kind]);
	page_add_text(out, m->what);
	snug_str_add(out, "</code> <span class=\"muted\">(");
	page_add_count(out, m->n_known, "call");
	snug_str_add(out, " known)</span></li>\n");
}

static void add_caption(struct snug_str *out, const struct snug_report_recording *one)
{
	const struct snug_recording *r = one->recording;
	uint64_t last_us;
	int flat = 0;

	snug_str_add(out, "<figcaption><h3>");
	page_add_text(out, one->label);
	snug_str_add(out, "</h3>");
	page_add_count(out, r->calls.len, "distinct call");
	if (snug_recording_last_new(r, &last_us)) {
		if (r->duration_us > last_us)
			flat = (int)(100.0 * (double)(r->duration_us - last_us) /
				     (double)r->duration_us);
		snug_str_add(out, "; the last new one after ");
		snug_duration_add_text(last_us, out);
		if (flat > 0)
			snug_str_addf(out, ", nothing new in the last %d\302\240%% of the run",
				      flat);
	}
	snug_str_add(out, ".</figcaption>\n");
}

static void add_figure(struct snug_str *out, const struct snug_report_recording *one, size_t id)
{
	snug_str_add(out, "<figure>\n");
	add_caption(out, one);
	page_add_curve(out, one, id);
	if (one->moments.len) {
		snug_str_add(out, "<ol class=\"moments\">\n");
		VEC_FOREACH (m, &one->moments)
			add_moment(out, m);
		snug_str_add(out, "</ol>\n");
	}
	if (one->n_more_execs)
		snug_str_addf(out, "<p class=\"muted\">%zu more programs were executed.</p>\n",
			      one->n_more_execs);
	snug_str_add(out, "</figure>\n");
}

static void add_table(struct snug_str *out, const struct snug_report *r)
{
	snug_str_add(out,
		     "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		     "aria-label=\"Table of recordings\">\n<table>\n<caption>What was observed; "
		     "new are calls that no recording above had</caption>\n<thead><tr>"
		     "<th scope=\"col\">Recording</th><th scope=\"col\">Command</th>"
		     "<th scope=\"col\">Calls</th><th scope=\"col\">New</th>"
		     "<th scope=\"col\">Ran for</th><th scope=\"col\">State</th></tr></thead>\n"
		     "<tbody>\n");
	VEC_FOREACH (one, &r->recordings)
		add_row(out, one);
	snug_str_add(out, "</tbody>\n</table>\n</div>\n");
}

void page_add_recordings(struct snug_str *out, const struct snug_report *r)
{
	if (!r->recordings.len)
		return;
	page_open_section(out, "recordings", "Recordings");
	for (size_t i = 0; i < r->recordings.len && i < SNUG_LIMIT_REPORT_CURVES; i++)
		add_figure(out, &r->recordings.items[i], i);
	if (r->recordings.len > SNUG_LIMIT_REPORT_CURVES)
		snug_str_addf(out, "<p class=\"muted\">Drawn are the first %d.</p>\n",
			      SNUG_LIMIT_REPORT_CURVES);
	add_table(out, r);
	snug_str_add(out, "</section>\n");
}
