/* SPDX-License-Identifier: Apache-2.0 */
/* The figures at the top: what somebody reads who reads nothing else. */
#include "base/str.h"
#include "report/page-internal.h"

#include <inttypes.h>
#include <string.h>

/* A card opens: @class is "", "good", "some" or "bad". */
static void open_card(struct snug_str *out, const char *class, const char *term)
{
	snug_str_addf(out, "<div class=\"card %s\"><dt>", class);
	page_add_text(out, term);
	snug_str_add(out, "</dt><dd class=\"figure\">");
}

static void open_note(struct snug_str *out)
{
	snug_str_add(out, "</dd><dd class=\"note\">");
}

static void close_card(struct snug_str *out)
{
	snug_str_add(out, "</dd></div>\n");
}

/* The share of calls that pass; attributes only, because the page's policy forbids inline styles.
 */
static void add_bar(struct snug_str *out, const struct snug_digest *d)
{
	size_t all = d->n_known ? d->n_known : 1;
	size_t yes = d->n_always * 1000 / all, maybe = d->n_partly * 1000 / all;

	snug_str_addf(out,
		      "<svg class=\"bar\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" "
		      "aria-hidden=\"true\"><rect class=\"all\" width=\"1000\" height=\"8\"/>"
		      "<rect class=\"yes\" width=\"%zu\" height=\"8\"/><rect class=\"maybe\" "
		      "x=\"%zu\" width=\"%zu\" height=\"8\"/></svg>",
		      yes, yes, maybe);
}

static void add_allowed(struct snug_str *out, const struct snug_report_profile *p)
{
	open_card(out, "", "Calls allowed");
	snug_str_addf(out, "%zu <small>of %zu</small>", p->digest.n_always, p->digest.n_known);
	add_bar(out, &p->digest);
	open_note(out);
	if (p->digest.n_partly)
		snug_str_addf(out, "and %zu more, depending on their arguments",
			      p->digest.n_partly);
	else
		snug_str_add(out, "whatever their arguments are");
	close_card(out);
}

static void add_risks(struct snug_str *out, const struct snug_report_profile *p)
{
	size_t n = 0;

	open_card(out, p->n_risky ? "some" : "good", "Calls attackers use");
	snug_str_addf(out, "%zu", p->n_risky);
	open_note(out);
	VEC_FOREACH (f, &p->findings) {
		if (f->rule->group != SNUG_LINT_RISK)
			continue;
		n++;
	}
	if (!n)
		snug_str_add(out, "none that <code>snug lint</code> knows is allowed");
	else {
		snug_str_add(out, "allowed; see ");
		page_add_count(out, n, "finding");
		snug_str_add(out, " about risks");
	}
	close_card(out);
}

static void add_reference(struct snug_str *out, const struct snug_report_profile *p)
{
	CLEANUP(freep) char *term = xasprintf("Beside %s", p->label);

	open_card(out, p->n_fewer ? "some" : "good", term);
	if (p->n_more >= p->n_fewer)
		snug_str_addf(out, "%zu <small>calls fewer</small>", p->n_more);
	else
		snug_str_addf(out, "%zu <small>calls more</small>", p->n_fewer);
	open_note(out);
	if (!p->n_more && !p->n_fewer)
		snug_str_add(out, "lets the same calls pass");
	else if (p->n_more >= p->n_fewer && !p->n_fewer)
		snug_str_add(out, "and none that it refuses");
	else if (p->n_more >= p->n_fewer)
		snug_str_addf(out, "but %zu that it refuses", p->n_fewer);
	else
		snug_str_addf(out, "and %zu fewer", p->n_more);
	close_card(out);
}

static void add_seen(struct snug_str *out, const struct snug_report *r)
{
	size_t n_incomplete = 0;

	VEC_FOREACH (one, &r->recordings)
		n_incomplete += !snug_recording_is_complete(one->recording);
	open_card(out, n_incomplete ? "some" : "good", "Calls seen");
	snug_str_addf(out, "%zu", r->n_seen);
	open_note(out);
	snug_str_add(out, "in ");
	page_add_count(out, r->recordings.len, "recording");
	if (n_incomplete)
		snug_str_addf(out, ", %zu of them incomplete", n_incomplete);
	else
		snug_str_add(out, ", nothing lost");
	close_card(out);
}

static void add_unseen(struct snug_str *out, const struct snug_report *r)
{
	size_t n_needed = 0;

	VEC_FOREACH (c, &r->calls)
		n_needed += c->is_native &&
			    (c->origin == SNUG_REPORT_RUNTIME || c->origin == SNUG_REPORT_BASE);
	open_card(out, "", "Allowed, not seen");
	snug_str_addf(out, "%zu", r->n_unseen);
	open_note(out);
	if (n_needed)
		snug_str_addf(out, "%zu of them for container runtimes", n_needed);
	else
		snug_str_add(out,
			     r->recordings.len == 1 ? "in this recording" : "in these recordings");
	close_card(out);
}

static void add_broken(struct snug_str *out, const struct snug_report *r)
{
	open_card(out, r->n_broken ? "bad" : r->n_depends ? "some" : "good", "Seen, but refused");
	snug_str_addf(out, "%zu", r->n_broken);
	open_note(out);
	if (r->n_broken)
		snug_str_add(out, "the recorded runs would not work as they did");
	else if (!r->n_depends)
		snug_str_add(out, "the recorded runs would work");
	if (r->n_depends)
		snug_str_addf(out, "%s%zu %s%s on what was not recorded", r->n_broken ? "; " : "",
			      r->n_depends, r->n_broken ? "more " : "",
			      r->n_depends == 1 ? "depends" : "depend");
	close_card(out);
}

static void add_denied(struct snug_str *out, const struct snug_report *r)
{
	bool is_partial = page_denials_are_partial(&r->denials);

	open_card(out, r->n_denied || is_partial ? "some" : "good", "Denials");
	snug_str_addf(out, "%" PRIu64, r->n_denied);
	open_note(out);
	if (r->denials.len)
		page_add_count(out, r->denials.len + r->denials.n_more, "different one");
	else
		snug_str_add(out,
			     is_partial ? "nothing was seen to be refused" : "nothing was refused");
	if (is_partial)
		snug_str_add(out, "; not all could be seen");
	close_card(out);
}

static void add_lint(struct snug_str *out, const struct snug_report_profile *p)
{
	size_t n[_SNUG_SEVERITY_MAX];

	snug_findings_count(&p->findings, n);
	open_card(out,
		  n[SNUG_SEVERITY_ERROR]     ? "bad"
		  : n[SNUG_SEVERITY_WARNING] ? "some"
					     : "good",
		  "Lint");
	snug_str_addf(out, "%zu ", n[SNUG_SEVERITY_ERROR] + n[SNUG_SEVERITY_WARNING]);
	snug_str_add(out, "<small>to look at</small>");
	open_note(out);
	page_add_count(out, n[SNUG_SEVERITY_ERROR], "error");
	snug_str_add(out, ", ");
	page_add_count(out, n[SNUG_SEVERITY_WARNING], "warning");
	snug_str_add(out, ", ");
	page_add_count(out, n[SNUG_SEVERITY_NOTE], "note");
	close_card(out);
}

void page_add_figures(struct snug_str *out, const struct snug_report *r)
{
	const struct snug_report_profile *subject = &r->profiles.items[0];

	snug_str_add(out, "<section class=\"bare\" id=\"figures\" aria-label=\"Key figures\">\n"
			  "<dl class=\"cards\">\n");
	add_allowed(out, subject);
	VEC_FOREACH (p, &r->profiles)
		if (p != subject && p->is_well_known && p->is_compared)
			add_reference(out, p);
	add_risks(out, subject);
	add_lint(out, subject);
	if (r->recordings.len) {
		add_seen(out, r);
		add_broken(out, r);
		add_unseen(out, r);
	}
	if (r->denials.n_sources)
		add_denied(out, r);
	snug_str_add(out, "</dl>\n</section>\n");
}
