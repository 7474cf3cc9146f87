/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page holds text, tables and one drawing for each recording; the script only hides and sorts
 * rows that are there.  Markup is written by this directory alone: every text of the model goes
 * through page_add_text().
 */
#include "report/page.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "record/curve.h"
#include "report/page-internal.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void add_head(struct snug_str *out, const struct snug_report *r, const char *generator)
{
	snug_str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
			  "'none'; img-src data:; style-src '");
	snug_str_add(out, snug_report_css_hash);
	snug_str_add(out, "'; script-src '");
	snug_str_add(out, snug_report_js_hash);
	snug_str_add(out, "'; base-uri 'none'; form-action 'none'\">\n"
			  "<meta name=\"viewport\" content=\"width=device-width, "
			  "initial-scale=1\">\n"
			  "<meta name=\"color-scheme\" content=\"light dark\">\n"
			  "<meta name=\"referrer\" content=\"no-referrer\">\n"
			  "<meta name=\"generator\" content=\"");
	page_add_text(out, generator);
	/* an empty icon, so that no server is asked for one */
	snug_str_add(out, "\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
	page_add_text(out, r->title);
	snug_str_add(out, " - system calls</title>\n<style>");
	snug_str_add(out, snug_report_css);
	snug_str_add(out, "</style>\n</head>\n");
}

static void add_link(struct snug_str *out, bool is_there, const char *id, const char *text)
{
	if (is_there)
		snug_str_addf(out, "<li><a href=\"#%s\">%s</a></li>\n", id, text);
}

static bool has_findings(const struct snug_report *r)
{
	VEC_FOREACH (p, &r->profiles)
		if (p->findings.len)
			return true;
	return false;
}

static void add_header(struct snug_str *out, const struct snug_report *r)
{
	const struct snug_report_profile *subject = &r->profiles.items[0];
	uint32_t kernel = r->env.kernel_version;

	snug_str_add(out, "<body>\n<a class=\"skip\" href=\"#calls\">Skip to the list of calls</a>"
			  "\n<header>\n<p class=\"kind\">Seccomp report</p>\n<h1>");
	page_add_text(out, r->title);
	snug_str_add(out, "</h1>\n<p class=\"muted\">");
	if (subject->is_derived)
		snug_str_add(out, "The profile that <code>snug derive</code> makes of ");
	else
		snug_str_add(out, "The profile ");
	snug_str_add(out, "<strong>");
	page_add_text(out, subject->label);
	snug_str_addf(out,
		      "</strong>, read for %s, Linux %u.%u.%u. What it does not name gets the "
		      "answer ",
		      snug_arch_name(r->env.arch), kernel >> 16, kernel >> 8 & 255, kernel & 255);
	snug_str_add(out, "<code>");
	snug_ret_add_text(subject->digest.default_ret, out);
	snug_str_add(out, "</code>.</p>\n<nav aria-label=\"Sections\"><ul>\n");
	add_link(out, r->profiles.len > 1, "profiles", "Side by side");
	add_link(out, r->recordings.len > 0, "recordings", "Recordings");
	add_link(out, r->denials.n_sources > 0, "denials", "Denials");
	add_link(out, has_findings(r), "findings", "Findings");
	add_link(out, true, "calls", "All calls");
	snug_str_add(out, "</ul></nav>\n</header>\n<main>\n");
}

static void add_profile_row(struct snug_str *out, const struct snug_report_profile *p,
			    bool is_subject)
{
	CLEANUP(snug_str_done) struct snug_str answer = SNUG_STR_INIT;

	snug_str_add(out, "<tr><th scope=\"row\" class=\"name\">");
	page_add_text(out, p->label);
	snug_str_addf(out, "</th><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td>",
		      p->digest.n_always, p->digest.n_partly);
	snug_ret_add_text(p->digest.default_ret, &answer);
	snug_str_add(out, "<code>");
	page_add_text(out, snug_str_text(&answer));
	snug_str_add(out, "</code></td>");
	snug_str_addf(out, "<td class=\"number\">%zu</td><td>", p->n_risky);
	if (is_subject) {
		snug_str_add(out, "<span class=\"muted\">the one reported on</span>");
	} else if (p->is_compared && (p->n_more || p->n_fewer)) {
		snug_str_addf(out, "%zu more, %zu fewer", p->n_more, p->n_fewer);
	} else if (p->is_compared) {
		snug_str_add(out, "lets the same calls pass");
	} else {
		snug_str_add(out, "not compared: ");
		page_add_text(out, p->compare_fail);
	}
	snug_str_add(out, "</td></tr>\n");
}

void page_add_profiles(struct snug_str *out, const struct snug_report *r)
{
	if (r->profiles.len < 2)
		return;
	page_open_section(out, "profiles", "Side by side");
	snug_str_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			  "aria-label=\"Profiles side by side\">\n<table>\n<caption>");
	snug_str_addf(out,
		      "How many of the %zu calls of %s each profile lets pass. A call is "
		      "compared with all its arguments.",
		      r->profiles.items[0].digest.n_known, snug_arch_name(r->env.arch));
	snug_str_add(out,
		     "</caption>\n<thead><tr><th scope=\"col\">Profile</th>"
		     "<th scope=\"col\">Allowed</th><th scope=\"col\">By argument</th>"
		     "<th scope=\"col\">Everything else</th><th scope=\"col\">Calls attackers "
		     "use</th><th scope=\"col\">Lets pass, beside the first</th></tr></thead>\n"
		     "<tbody>\n");
	VEC_FOREACH (p, &r->profiles)
		add_profile_row(out, p, p == r->profiles.items);
	snug_str_add(out, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void add_finding_row(struct snug_str *out, const struct snug_report_profile *p,
			    const struct snug_finding *f, bool with_profile)
{
	CLEANUP(freep) char *class = xasprintf("s-%s", snug_severity_name(f->severity));

	snug_str_add(out, "<tr><td>");
	page_add_word(out, class, snug_severity_name(f->severity));
	snug_str_add(out, "</td><th scope=\"row\" class=\"wide\">");
	page_add_text(out, f->message);
	snug_str_add(out, "<br><small>Fix: ");
	page_add_text(out, f->fix);
	snug_str_add(out, "</small></th><td><code>");
	page_add_text(out, f->rule->id);
	snug_str_add(out, "</code></td>");
	if (with_profile) {
		snug_str_add(out, "<td class=\"name\">");
		page_add_text(out, p->label);
		snug_str_add(out, "</td>");
	}
	if (f->line)
		snug_str_addf(out, "<td class=\"number\">%u:%u</td></tr>\n", f->line, f->col);
	else
		snug_str_add(out, "<td></td></tr>\n");
}

static void open_findings(struct snug_str *out, const char *caption, bool with_profile)
{
	snug_str_addf(out,
		      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		      "aria-label=\"%s\">\n<table>\n<caption>%s</caption>\n"
		      "<thead><tr><th scope=\"col\">Severity</th><th scope=\"col\">Finding</th>"
		      "<th scope=\"col\">Rule</th>%s<th scope=\"col\">Line</th></tr></thead>\n"
		      "<tbody>\n",
		      caption, caption, with_profile ? "<th scope=\"col\">Profile</th>" : "");
}

/* The profiles whose findings one table has. */
struct group {
	const struct snug_report_profile *first, *end;
	bool with_profile; /* a column says which */
};

/* Those of severity @s, within a profile by place; @n counts the page's. */
static void add_severity(struct snug_str *out, const struct group *g, enum snug_severity s,
			 size_t *n)
{
	for (const struct snug_report_profile *p = g->first; p < g->end; p++)
		VEC_FOREACH (f, &p->findings)
			if (f->severity == s && (*n)++ < SNUG_LIMIT_REPORT_FINDINGS)
				add_finding_row(out, p, f, g->with_profile);
}

/* Those of severities from @worst down to @least. */
static size_t count_findings(const struct group *g, enum snug_severity worst,
			     enum snug_severity least)
{
	size_t n[_SNUG_SEVERITY_MAX], sum = 0;

	for (const struct snug_report_profile *p = g->first; p < g->end; p++) {
		snug_findings_count(&p->findings, n);
		for (int s = worst; s >= (int)least; s--)
			sum += n[s];
	}
	return sum;
}

/* A table of those; folded away below "N @folded" unless that is NULL. */
static void add_findings(struct snug_str *out, const struct group *g, enum snug_severity worst,
			 enum snug_severity least, const char *caption, const char *folded,
			 size_t *n)
{
	size_t here = count_findings(g, worst, least);

	if (!here)
		return;
	if (folded) {
		snug_str_add(out, "<details>\n<summary>");
		page_add_count(out, here, folded);
		snug_str_addf(out, "%s</summary>\n", g->with_profile ? " in other profiles" : "");
	}
	open_findings(out, caption, g->with_profile);
	for (int s = worst; s >= (int)least; s--)
		add_severity(out, g, (enum snug_severity)s, n);
	snug_str_add(out, "</tbody>\n</table>\n</div>\n");
	snug_str_add(out, folded ? "</details>\n" : "");
}

/* The subject's warnings are what the page is about; all else is folded away. */
void page_add_findings(struct snug_str *out, const struct snug_report *r)
{
	const struct snug_report_profile *p = r->profiles.items;
	const struct group subject = { p, p + 1, false };
	const struct group others = { p + 1, p + r->profiles.len, true };
	size_t n = 0;

	if (!has_findings(r))
		return;
	page_open_section(out, "findings", "Findings");
	if (!count_findings(&subject, SNUG_SEVERITY_ERROR, SNUG_SEVERITY_WARNING))
		snug_str_add(out, "<p><code>snug lint</code> warns of nothing.</p>\n");
	add_findings(out, &subject, SNUG_SEVERITY_ERROR, SNUG_SEVERITY_WARNING,
		     "What snug lint warns of", NULL, &n);
	add_findings(out, &subject, SNUG_SEVERITY_NOTE, SNUG_SEVERITY_NOTE,
		     "What is true, and often meant so", "note", &n);
	add_findings(out, &others, SNUG_SEVERITY_ERROR, SNUG_SEVERITY_NOTE,
		     "What snug lint says of the others", "finding", &n);
	if (n > SNUG_LIMIT_REPORT_FINDINGS)
		snug_str_addf(out,
			      "<p>%zu more are not listed; <code>snug lint</code> has them."
			      "</p>\n",
			      n - SNUG_LIMIT_REPORT_FINDINGS);
	snug_str_add(out, "</section>\n");
}

static int check_size(const struct snug_str *out, size_t start, struct snug_err *err)
{
	if (out->len - start <= SNUG_LIMIT_REPORT_BYTES)
		return 0;
	return snug_err_set(err, -E2BIG,
			    "the page would be over %d MiB: report on fewer profiles at a time",
			    SNUG_LIMIT_REPORT_BYTES >> 20);
}

int snug_report_write_page(const struct snug_report *r, const char *generator, struct snug_str *out,
			   struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str page = SNUG_STR_INIT;
	int e;

	add_head(&page, r, generator);
	add_header(&page, r);
	page_add_figures(&page, r);
	page_add_profiles(&page, r);
	page_add_recordings(&page, r);
	page_add_denials(&page, r);
	page_add_findings(&page, r);
	page_add_calls(&page, r, SNUG_LIMIT_REPORT_BYTES);
	snug_str_add(&page, "</main>\n<footer><p>Made by ");
	page_add_text(&page, generator);
	snug_str_add(&page, ". This page holds everything it shows and asks no server for "
			    "anything.</p></footer>\n<script>");
	snug_str_add(&page, snug_report_js);
	snug_str_add(&page, "</script>\n</body>\n</html>\n");
	e = check_size(&page, 0, err);
	if (e == 0)
		snug_str_addn(out, page.buf, page.len);
	return e;
}
