/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused in real runs, and what of that could not be seen. */
#include "base/str.h"
#include "record/curve.h"
#include "report/page-internal.h"

#include <inttypes.h>

bool page_denials_are_partial(const struct snug_report_denials *d)
{
	return d->n_unwatched || d->n_late || d->n_not_noted;
}

/* The first of the recordings that a sentence is about, by its name, and how many others there are.
 */
static void add_recordings(struct snug_str *out, const char *first, size_t n)
{
	snug_str_add(out, "<strong>");
	page_add_text(out, first);
	snug_str_add(out, "</strong>");
	if (n > 1)
		snug_str_addf(out, " and %zu more", n - 1);
}

static void add_unwatched(struct snug_str *out, const struct snug_report *r)
{
	VEC_FOREACH (one, &r->recordings) {
		if (!one->recording->has_filter || one->recording->watched_denials)
			continue;
		snug_str_add(out, "<p>Calls that were answered with an errno could not be watched "
				  "for in ");
		add_recordings(out, one->label, r->denials.n_unwatched);
		snug_str_add(out, ": only those that were trapped or killed are known.</p>\n");
		return;
	}
}

static void add_late(struct snug_str *out, const struct snug_report *r)
{
	VEC_FOREACH (one, &r->recordings) {
		const struct snug_recording *rec = one->recording;

		if (!rec->has_filter || !rec->watched_denials || !rec->denials_from_us)
			continue;
		snug_str_add(out, "<p>Calls that were answered with an errno in the first ");
		snug_duration_add_text(rec->denials_from_us, out);
		snug_str_add(out, " of ");
		page_add_text(out, one->label);
		snug_str_add(out, " are not known.</p>\n");
	}
}

/* What the denials cannot have, so that nobody takes them for all. */
static void add_gaps(struct snug_str *out, const struct snug_report *r)
{
	if (r->denials.n_unwatched)
		add_unwatched(out, r);
	if (r->denials.n_late)
		add_late(out, r);
	if (r->denials.n_not_noted)
		snug_str_addf(out,
			      "<p>%" PRIu64 " refused calls were too many different ones for a "
			      "recording, and are not counted.</p>\n",
			      r->denials.n_not_noted);
}

static void add_denial_row(struct snug_str *out, const struct snug_report_denial *d, bool has_first,
			   bool has_last)
{
	snug_str_addf(out,
		      "<tr><td class=\"number\">%" PRIu64 "</td><th scope=\"row\" "
		      "class=\"wide\"><code>",
		      d->count);
	page_add_text(out, d->what);
	snug_str_add(out, "</code></th><td class=\"name\">");
	page_add_text(out, d->program ? d->program : "not known");
	snug_str_add(out, "</td><td>");
	page_add_word(out, "v-refused", d->outcome);
	snug_str_add(out, "</td>");
	if (has_first) {
		snug_str_add(out, "<td>");
		page_add_text(out, d->first ? d->first : "");
		snug_str_add(out, "</td>");
	}
	if (has_last) {
		snug_str_add(out, "<td>");
		page_add_text(out, d->last ? d->last : "");
		snug_str_add(out, "</td>");
	}
	snug_str_add(out, "</tr>\n");
}

void page_add_denials(struct snug_str *out, const struct snug_report *r)
{
	bool has_first = false, has_last = false;

	if (!r->denials.n_sources)
		return;
	VEC_FOREACH (d, &r->denials) {
		has_first |= d->first != NULL;
		has_last |= d->last != NULL;
	}
	page_open_section(out, "denials", "Denials");
	if (!r->denials.len) {
		snug_str_add(out, page_denials_are_partial(&r->denials)
					  ? "<p>Nothing was seen to be refused.</p>\n"
					  : "<p>Nothing was refused.</p>\n");
		add_gaps(out, r);
		snug_str_add(out, "</section>\n");
		return;
	}
	snug_str_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			  "aria-label=\"Denials\">\n<table>\n<caption>What was refused or logged "
			  "in real runs</caption>\n<thead><tr><th scope=\"col\">Count</th>"
			  "<th scope=\"col\">Call</th><th scope=\"col\">Program</th>"
			  "<th scope=\"col\">Outcome</th>");
	snug_str_add(out, has_first ? "<th scope=\"col\">First</th>" : "");
	snug_str_add(out, has_last ? "<th scope=\"col\">Last</th>" : "");
	snug_str_add(out, "</tr></thead>\n<tbody>\n");
	VEC_FOREACH (d, &r->denials)
		add_denial_row(out, d, has_first, has_last);
	snug_str_add(out, "</tbody>\n</table>\n</div>\n");
	if (r->denials.n_more)
		snug_str_addf(out, "<p>%" PRIu64 " more are not listed.</p>\n", r->denials.n_more);
	add_gaps(out, r);
	snug_str_add(out, "</section>\n");
}
