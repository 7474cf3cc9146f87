/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings as SARIF, which code hosts show beside the lines of a change.  Paragraph numbers are
 * those of the standard, version 2.1.0.
 */
#include "base/str.h"
#include "cmd/lint-show.h"
#include "codec/writer.h"

#include <string.h>

/* {"text": ...} (3.11, 3.12) */
static void write_text(struct snug_writer *w, const char *key, const char *text)
{
	snug_writer_key(w, key);
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "text", text);
	snug_writer_end_object(w);
}

static void write_rule(struct snug_writer *w, const struct snug_lint_rule *rule)
{
	CLEANUP(freep) char *title = xasprintf("%s.", rule->title);
	CLEANUP(freep) char *help = xasprintf("%s Fix: %s.", rule->reason, rule->fix);

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "id", rule->id);
	write_text(w, "shortDescription", title);
	write_text(w, "fullDescription", rule->reason);
	write_text(w, "help", help);
	snug_writer_key(w, "defaultConfiguration");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "level", snug_severity_name(rule->severity));
	snug_writer_end_object(w);
	snug_writer_key(w, "properties");
	snug_writer_begin_object(w);
	snug_writer_key(w, "tags");
	snug_writer_begin_array(w);
	snug_writer_string(w, snug_lint_group_name(rule->group));
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_end_object(w);
}

/* A path as a relative or absolute URI reference (3.4.3, RFC 3986). */
static void add_uri(struct snug_str *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-._~/";

	if (*path == '/')
		snug_str_add(out, "file://");
	for (; *path; path++) {
		if (strchr(plain, *path))
			snug_str_addc(out, *path);
		else
			snug_str_addf(out, "%%%02X", (unsigned char)*path);
	}
}

static void write_location(struct snug_writer *w, const struct lint_file *file,
			   const struct snug_finding *f)
{
	CLEANUP(snug_str_done) struct snug_str uri = SNUG_STR_INIT;
	CLEANUP(freep) char *path = NULL;

	add_uri(&uri, file->label);
	snug_writer_begin_object(w);
	snug_writer_key(w, "physicalLocation");
	snug_writer_begin_object(w);
	snug_writer_key(w, "artifactLocation");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "uri", snug_str_text(&uri));
	snug_writer_end_object(w);
	/* what is about the whole file is shown at its first line */
	snug_writer_key(w, "region");
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "startLine", f->line ? f->line : 1);
	snug_writer_member_uint(w, "startColumn", f->line ? f->col : 1);
	snug_writer_end_object(w);
	snug_writer_end_object(w);
	if (f->has_entry) {
		path = xasprintf("syscalls[%zu]", f->entry);
		snug_writer_key(w, "logicalLocations");
		snug_writer_begin_array(w);
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "fullyQualifiedName", path);
		snug_writer_end_object(w);
		snug_writer_end_array(w);
	}
	snug_writer_end_object(w);
}

static void write_result(struct snug_writer *w, const struct lint_file *file,
			 const struct snug_finding *f)
{
	CLEANUP(freep) char *text = xasprintf("%s. Fix: %s.", f->message, f->fix);

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "ruleId", f->rule->id);
	snug_writer_member_uint(w, "ruleIndex", (uint64_t)(f->rule - snug_lint_rules));
	snug_writer_member_string(w, "level", snug_severity_name(f->severity));
	write_text(w, "message", text);
	snug_writer_key(w, "locations");
	snug_writer_begin_array(w);
	write_location(w, file, f);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
}

static void write_tool(struct snug_writer *w)
{
	snug_writer_key(w, "tool");
	snug_writer_begin_object(w);
	snug_writer_key(w, "driver");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", "snug");
	snug_writer_member_string(w, "version", SNUG_VERSION);
	snug_writer_key(w, "rules");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < snug_n_lint_rules; i++)
		write_rule(w, &snug_lint_rules[i]);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_end_object(w);
}

void lint_add_sarif(const struct lint_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	snug_writer_member_string(w, "version", "2.1.0");
	snug_writer_key(w, "runs");
	snug_writer_begin_array(w);
	snug_writer_begin_object(w);
	write_tool(w);
	snug_writer_key(w, "results");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < view->n_files; i++)
		VEC_FOREACH (f, &view->files[i].findings)
			write_result(w, &view->files[i], f);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
