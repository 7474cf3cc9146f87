/* SPDX-License-Identifier: Apache-2.0 */
/* `snug doctor`: a table of what this host offers, and what snug will use. */
#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/doctor-rows.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "codec/writer.h"

#include <stdio.h>
#include <string.h>

struct doctor_args {
	bool json;
};

static const struct snug_option options[] = {
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct doctor_args, json), NULL, "as JSON" },
	SNUG_OPTIONS_END,
};

static const char *const state_names[] = {
	[DOCTOR_YES] = "yes",
	[DOCTOR_NO] = "no",
	[DOCTOR_INFO] = "-",
};

enum { DETAIL_COLUMN = 27 };

static void print_table(const struct doctor_rows *rows)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const char *group = "";

	VEC_FOREACH (row, &rows->rows) {
		CLEANUP(freep)
		char *head = xasprintf("  %-18s  %-3s", row->name, state_names[row->state]);

		if (strcmp(group, row->group) != 0)
			snug_str_addf(&text, "%s%s\n", *group ? "\n" : "", row->group);
		group = row->group;
		columns_add_row(&text, head, row->detail, DETAIL_COLUMN, columns_row_width(stdout));
	}
	fputs(snug_str_text(&text), stdout);
}

static void print_json(const struct doctor_rows *rows)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &text);

	snug_writer_begin_array(w);
	VEC_FOREACH (row, &rows->rows) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "group", row->group);
		snug_writer_member_string(w, "name", row->name);
		if (row->state != DOCTOR_INFO)
			snug_writer_member_bool(w, "ok", row->state == DOCTOR_YES);
		snug_writer_member_string(w, "detail", row->detail);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
	snug_writer_finish(w);
	fputs(snug_str_text(&text), stdout);
}

static int doctor_run(void *data, char **argv)
{
	CLEANUP(doctor_rows_done) struct doctor_rows rows = { 0 };
	const struct doctor_args *args = data;

	if (argv[0]) {
		say_error("doctor: takes no argument: '%s'", argv[0]);
		return SNUG_EXIT_USAGE;
	}
	doctor_collect(&rows);
	if (args->json)
		print_json(&rows);
	else
		print_table(&rows);
	return SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_doctor = {
	.name = "doctor",
	.synopsis = "",
	.summary = "Show what this host offers and what snug will use",
	.options = options,
	.args_size = sizeof(struct doctor_args),
	.run = doctor_run,
};
