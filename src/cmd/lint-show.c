/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/lint-show.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "codec/writer.h"

#include <string.h>

static const char *colour_of(enum snug_severity s)
{
	switch (s) {
	case SNUG_SEVERITY_ERROR:
		return "\033[1;31m";
	case SNUG_SEVERITY_WARNING:
		return "\033[1;35m";
	case SNUG_SEVERITY_NOTE:
	case _SNUG_SEVERITY_MAX:
	case _SNUG_SEVERITY_INVALID:
	default:
		return "\033[1;36m";
	}
}

static void add_finding(const struct lint_view *view, const struct lint_file *file,
			const struct snug_finding *f, struct snug_str *out)
{
	const char *strong = view->has_colours ? "\033[1m" : "";
	const char *colour = view->has_colours ? colour_of(f->severity) : "";
	const char *off = view->has_colours ? "\033[0m" : "";

	snug_str_add(out, strong);
	snug_str_add_printable(out, file->label, strlen(file->label), SNUG_LIMIT_STRING_BYTES);
	if (f->line)
		snug_str_addf(out, ":%u:%u", f->line, f->col);
	snug_str_addf(out, ":%s %s%s:%s ", off, colour, snug_severity_name(f->severity), off);
	/* entries that nobody has written have no number that would mean something */
	if (f->has_entry && f->line)
		snug_str_addf(out, "syscalls[%zu]: ", f->entry);
	snug_str_addf(out, "%s [%s]\n    fix: %s\n", f->message, f->rule->id, f->fix);
}

void lint_add_text(const struct lint_view *view, struct snug_str *out)
{
	for (size_t i = 0; i < view->n_files; i++)
		VEC_FOREACH (f, &view->files[i].findings)
			add_finding(view, &view->files[i], f, out);
}

static void write_finding(struct snug_writer *w, const struct snug_finding *f)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "rule", f->rule->id);
	snug_writer_member_string(w, "group", snug_lint_group_name(f->rule->group));
	snug_writer_member_string(w, "severity", snug_severity_name(f->severity));
	if (f->line) {
		snug_writer_member_uint(w, "line", f->line);
		snug_writer_member_uint(w, "column", f->col);
	}
	if (f->has_entry)
		snug_writer_member_uint(w, "entry", f->entry);
	snug_writer_member_strings(w, "names", (const char *const *)f->names.items, f->names.len);
	snug_writer_member_string(w, "message", f->message);
	snug_writer_member_string(w, "fix", f->fix);
	snug_writer_end_object(w);
}

void lint_add_json(const struct lint_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);
	size_t sum[_SNUG_SEVERITY_MAX] = { 0 };

	snug_writer_begin_object(w);
	snug_writer_key(w, "profiles");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < view->n_files; i++) {
		size_t n[_SNUG_SEVERITY_MAX];

		snug_writer_begin_object(w);
		snug_writer_member_string(w, "file", view->files[i].label);
		snug_writer_key(w, "findings");
		snug_writer_begin_array(w);
		VEC_FOREACH (f, &view->files[i].findings)
			write_finding(w, f);
		snug_writer_end_array(w);
		snug_writer_end_object(w);
		snug_findings_count(&view->files[i].findings, n);
		for (int s = 0; s < _SNUG_SEVERITY_MAX; s++)
			sum[s] += n[s];
	}
	snug_writer_end_array(w);
	snug_writer_key(w, "count");
	snug_writer_begin_object(w);
	for (int s = _SNUG_SEVERITY_MAX - 1; s >= 0; s--)
		snug_writer_member_uint(w, snug_severity_name((enum snug_severity)s), sum[s]);
	snug_writer_end_object(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}

enum { TITLE_COLUMN = 34 };

void lint_add_rules_text(unsigned width, struct snug_str *out)
{
	for (size_t i = 0; i < snug_n_lint_rules; i++) {
		const struct snug_lint_rule *rule = &snug_lint_rules[i];
		CLEANUP(freep)
		char *head =
			xasprintf("  %-22s %-7s", rule->id, snug_severity_name(rule->severity));

		if (i == 0 || rule->group != rule[-1].group)
			snug_str_addf(out, "%s%s\n", i ? "\n" : "",
				      snug_lint_group_name(rule->group));
		columns_add_row(out, head, rule->title, TITLE_COLUMN, width);
	}
}

void lint_add_rules_json(struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_array(w);
	for (size_t i = 0; i < snug_n_lint_rules; i++) {
		const struct snug_lint_rule *rule = &snug_lint_rules[i];

		snug_writer_begin_object(w);
		snug_writer_member_string(w, "id", rule->id);
		snug_writer_member_string(w, "group", snug_lint_group_name(rule->group));
		snug_writer_member_string(w, "severity", snug_severity_name(rule->severity));
		snug_writer_member_string(w, "title", rule->title);
		snug_writer_member_string(w, "reason", rule->reason);
		snug_writer_member_string(w, "fix", rule->fix);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
	snug_writer_finish(w);
}
