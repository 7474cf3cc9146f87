/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of all calls.  A row says in attributes what the script filters and sorts by: data-v the
 * subject's verdict, data-c the category, data-o the origin, data-f flags; a cell's data-s is the
 * number that it sorts by, a heading's data-k the name of its column in the address.
 */
#include "base/str.h"
#include "record/curve.h"
#include "report/page-internal.h"
#include "seccomp/syscalls.h"

#include <inttypes.h>
#include <string.h>

enum {
	MAX_SEEN = 16, /* combinations of arguments in one cell */
	MANY = 3,      /* profiles; more make the list so wide that it scrolls anyway */
};

static const char *const origin_words[_SNUG_REPORT_ORIGIN_MAX] = {
	[SNUG_REPORT_NO_ORIGIN] = "",
	[SNUG_REPORT_WORKLOAD] = "workload",
	[SNUG_REPORT_ENTERED] = "entered the container",
	[SNUG_REPORT_RUNTIME] = "runtime baseline",
	[SNUG_REPORT_BASE] = "base set",
	[SNUG_REPORT_NOT_SEEN] = "not seen",
};

static bool has_args(const struct snug_report *r)
{
	VEC_FOREACH (c, &r->calls)
		if (c->answers[0].args || c->seen_args.n_known)
			return true;
	return false;
}

static void add_option(struct snug_str *out, const char *value, const char *text)
{
	snug_str_addf(out, "<option value=\"%s\">%s</option>", value, text);
}

static bool has_category(const struct snug_report *r, enum snug_category category)
{
	VEC_FOREACH (c, &r->calls)
		if (c->category == category)
			return true;
	return false;
}

static void add_show_options(struct snug_str *out, const struct snug_report *r)
{
	add_option(out, "allowed", "allowed calls");
	add_option(out, "sometimes", "allowed by argument");
	add_option(out, "refused", "refused calls");
	add_option(out, "risk", "calls attackers use");
	if (r->profiles.len > 1)
		add_option(out, "differs", "calls that differ between profiles");
	if (r->denials.n_sources)
		add_option(out, "denied", "calls with denials");
	if (r->recordings.len)
		add_option(out, "broken", "seen, but refused");
	add_option(out, "all", "every call");
}

static void add_controls(struct snug_str *out, const struct snug_report *r)
{
	snug_str_add(out, "<form id=\"controls\" role=\"search\" hidden>\n<label class=\"grow\">"
			  "Search<input type=\"search\" name=\"q\" autocomplete=\"off\" "
			  "spellcheck=\"false\" maxlength=\"200\" "
			  "placeholder=\"name, process, argument\"></label>\n<label>Show<select "
			  "name=\"show\">");
	add_show_options(out, r);
	snug_str_add(out, "</select></label>\n<label>Category<select name=\"category\">");
	add_option(out, "", "all");
	for (int i = 0; i < _SNUG_CATEGORY_MAX; i++)
		if (has_category(r, (enum snug_category)i))
			add_option(out, snug_category_name((enum snug_category)i),
				   snug_category_name((enum snug_category)i));
	snug_str_add(out, "</select></label>\n");
	if (r->recordings.len) {
		snug_str_add(out, "<label>Origin<select name=\"origin\">");
		add_option(out, "", "all");
		for (int i = SNUG_REPORT_WORKLOAD; i < _SNUG_REPORT_ORIGIN_MAX; i++)
			add_option(out, snug_report_origin_name((enum snug_report_origin)i),
				   origin_words[i]);
		snug_str_add(out, "</select></label>\n");
	}
	snug_str_add(out, "<button type=\"reset\">Reset</button>\n</form>\n"
			  "<p id=\"count\" class=\"muted\" role=\"status\"></p>\n");
}

static void add_column(struct snug_str *out, const char *key, const char *text, bool is_number)
{
	snug_str_addf(out, "<th scope=\"col\" data-k=\"%s\"%s>", key,
		      is_number ? " data-number" : "");
	page_add_text(out, text);
	snug_str_add(out, "</th>");
}

static void add_columns(struct snug_str *out, const struct snug_report *r, bool with_args)
{
	size_t n = 0;

	snug_str_add(out, "<thead><tr>");
	add_column(out, "call", "Call", false);
	add_column(out, "category", "Category", false);
	VEC_FOREACH (p, &r->profiles) {
		CLEANUP(freep) char *key = xasprintf("p%zu", ++n);

		add_column(out, key, r->profiles.len == 1 ? "Answer" : p->label, false);
	}
	if (with_args)
		add_column(out, "arguments", "Arguments", false);
	if (r->recordings.len) {
		add_column(out, "first", "First seen", true);
		add_column(out, "process", "Process", false);
		add_column(out, "origin", "Origin", false);
	}
	if (r->denials.n_sources)
		add_column(out, "denials", "Denials", true);
	snug_str_add(out, "</tr></thead>\n");
}

static void add_tag(struct snug_str *out, bool is_so, const char *class, const char *text)
{
	if (is_so)
		snug_str_addf(out, " <span class=\"tag %s\">%s</span>", class, text);
}

static void add_name(struct snug_str *out, const struct snug_report_call *c)
{
	snug_str_add(out, "<th scope=\"row\" class=\"name\"><code>");
	page_add_text(out, c->name);
	snug_str_add(out, "</code>");
	add_tag(out, c->is_risky, "risk", "risk");
	add_tag(out, c->is_broken, "bad", "seen, refused");
	add_tag(out, c->is_known && !c->is_native, "", "other ABI");
	add_tag(out, !c->is_known, "", "unknown");
	snug_str_add(out, "</th>");
}

static void add_answer(struct snug_str *out, const struct snug_report_answer *a, bool is_subject)
{
	const char *verdict = snug_report_verdict_name(a->verdict);
	/* the word says no more than the sign in front of it */
	bool is_plain = a->verdict == SNUG_REPORT_PASSES && strcmp(a->text, verdict) == 0;
	CLEANUP(freep) char *class = xasprintf("v-%s%s", verdict, is_plain ? " plain" : "");

	snug_str_add(out, "<td>");
	page_add_word(out, class, a->text);
	/* the subject's have a column of their own */
	if (a->args && !is_subject) {
		snug_str_add(out, "<br><small class=\"mono wide\">");
		page_add_text(out, a->args);
		snug_str_add(out, "</small>");
	}
	snug_str_add(out, "</td>");
}

static void add_seen_args(struct snug_str *out, const struct snug_report_args *args)
{
	size_t n = args->len < MAX_SEEN ? args->len : MAX_SEEN;

	for (size_t i = 0; i < n; i++) {
		snug_str_add(out, i ? ", <code>" : "<code>");
		page_add_text(out, args->items[i]);
		snug_str_add(out, "</code>");
	}
	if (args->len > n)
		snug_str_addf(out, " and %s%zu more", args->has_more ? "over " : "", args->len - n);
	if (args->is_cut)
		snug_str_add(out, n ? "; and with others that were not noted"
				    : "with arguments that were not noted");
	if (args->n_not_looked_at)
		snug_str_add(out, "; not every recording looked at them");
}

static void add_arguments(struct snug_str *out, const struct snug_report_call *c)
{
	snug_str_add(out, "<td class=\"wide\">");
	if (c->answers[0].args) {
		snug_str_add(out, "<code>");
		page_add_text(out, c->answers[0].args);
		snug_str_add(out, "</code>");
	}
	if (c->seen_args.n_known) {
		snug_str_add(out, c->answers[0].args ? "<br><small>seen: " : "<small>seen: ");
		add_seen_args(out, &c->seen_args);
		snug_str_add(out, "</small>");
	}
	snug_str_add(out, "</td>");
}

static void add_evidence(struct snug_str *out, const struct snug_report *r,
			 const struct snug_report_call *c)
{
	if (c->has_first) {
		snug_str_addf(out, "<td class=\"number\" data-s=\"%" PRIu64 "\">", c->first.at_us);
		snug_duration_add_text(c->first.at_us, out);
		if (r->recordings.len > 1) {
			snug_str_add(out, "<br><small>");
			page_add_text(out, r->recordings.items[c->first.recording].label);
			snug_str_add(out, "</small>");
		}
		snug_str_add(out, "</td><td class=\"name\">");
		page_add_text(out, c->first.comm);
		snug_str_addf(out, " <small>%u</small></td>", c->first.pid);
	} else if (c->n_recordings) {
		snug_str_add(out, "<td class=\"muted\">made, time lost</td><td></td>");
	} else {
		snug_str_add(out, "<td></td><td></td>");
	}
	snug_str_add(out, "<td>");
	snug_str_add(out, origin_words[c->origin]);
	if (c->origin == SNUG_REPORT_RUNTIME) {
		snug_str_add(out, "<br><small>");
		page_add_text(out, c->runtime);
		snug_str_add(out, "</small>");
	}
	snug_str_add(out, "</td>");
}

static void add_flag(struct snug_str *out, bool is_so, const char *flag)
{
	if (is_so)
		snug_str_addf(out, " %s", flag);
}

static void add_row(struct snug_str *out, const struct snug_report *r,
		    const struct snug_report_call *c, bool with_args)
{
	snug_str_addf(out, "<tr data-v=\"%s\" data-c=\"%s\" data-o=\"%s\" data-f=\"",
		      snug_report_verdict_name(c->answers[0].verdict),
		      snug_category_name(c->category), snug_report_origin_name(c->origin));
	add_flag(out, c->is_risky, "risk");
	add_flag(out, c->differs, "differs");
	add_flag(out, c->n_denied, "denied");
	add_flag(out, c->is_broken, "broken");
	snug_str_add(out, "\">");
	add_name(out, c);
	snug_str_addf(out, "<td>%s</td>", snug_category_name(c->category));
	for (size_t i = 0; i < r->profiles.len; i++)
		add_answer(out, &c->answers[i], i == 0);
	if (with_args)
		add_arguments(out, c);
	if (r->recordings.len)
		add_evidence(out, r, c);
	if (r->denials.n_sources && c->n_denied)
		snug_str_addf(out, "<td class=\"number\" data-s=\"%" PRIu64 "\">%" PRIu64 "</td>",
			      c->n_denied, c->n_denied);
	else if (r->denials.n_sources)
		snug_str_add(out, "<td></td>");
	snug_str_add(out, "</tr>\n");
}

void page_add_calls(struct snug_str *out, const struct snug_report *r, size_t max)
{
	bool with_args = has_args(r);

	page_open_section(out, "calls", "All calls");
	add_controls(out, r);
	snug_str_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			  "aria-label=\"List of calls\">\n<table id=\"list\"");
	snug_str_add(out, r->profiles.len > MANY ? " class=\"many\"" : "");
	snug_str_addf(out,
		      ">\n<caption>Every call that %s has, and those that the inputs name besides",
		      snug_arch_name(r->env.arch));
	snug_str_add(out, "</caption>\n");
	add_columns(out, r, with_args);
	snug_str_add(out, "<tbody>\n");
	for (size_t i = 0; i < r->calls.len && out->len <= max; i++)
		add_row(out, r, &r->calls.items[i], with_args);
	snug_str_add(out, "</tbody>\n</table>\n</div>\n</section>\n");
}
