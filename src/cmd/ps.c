/* SPDX-License-Identifier: Apache-2.0 */
/* `snug ps`: the containers that `snug record --container` can find. */
#include "base/err.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/ps-table.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "trace/recorded.h"

#include <stdio.h>
#include <unistd.h>

struct ps_args {
	bool json, quiet;
};

static const struct snug_option options[] = {
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct ps_args, json), NULL, "as JSON" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct ps_args, quiet), NULL,
	  "only the ids, one a line" },
	SNUG_OPTIONS_END,
};

struct rows {
	VEC(struct ps_row) rows;
};

static void rows_done(struct rows *r)
{
	VEC_DONE(&r->rows);
}

static void collect(const struct snug_containers *all, struct rows *ret)
{
	CLEANUP(snug_recorders_freep) struct snug_recorders *recorders = NULL;

	if (snug_recorders_find(&recorders, NULL) < 0)
		recorders = NULL;
	VEC_FOREACH (c, all) {
		struct ps_row *row = VEC_PUSH(&ret->rows);

		row->container = c;
		row->recording = PS_RECORDING_UNKNOWN;
		if (recorders)
			row->recording = snug_recorders_has(recorders, c->pid) ? PS_RECORDING_YES
									       : PS_RECORDING_NO;
	}
}

static void print_ids(const struct snug_containers *all)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	VEC_FOREACH (c, all) {
		snug_str_clear(&text);
		snug_str_add_printable(&text, c->id, strlen(c->id), SIZE_MAX);
		puts(snug_str_text(&text));
	}
}

static int ps_run(void *data, char **argv)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(rows_done) struct rows rows = { 0 };
	const struct ps_args *args = data;

	if (argv[0]) {
		say_error("ps: takes no argument: '%s'", argv[0]);
		return SNUG_EXIT_USAGE;
	}
	if (args->json && args->quiet) {
		say_error("ps: --json and --quiet exclude each other");
		return SNUG_EXIT_USAGE;
	}
	if (snug_containers_list("", &all, &err) < 0) {
		say_error("ps: %s", snug_err_msg(&err));
		return SNUG_EXIT_FAILED;
	}
	if (geteuid() != 0)
		say_note("only root sees every container, and which are being recorded");
	if (args->quiet) {
		print_ids(&all);
		return SNUG_EXIT_OK;
	}
	collect(&all, &rows);
	if (args->json)
		ps_add_json(&text, rows.rows.items, rows.rows.len);
	else
		ps_add_table(&text, rows.rows.items, rows.rows.len,
			     isatty(STDOUT_FILENO) ? columns_width(stdout) : 0);
	fputs(snug_str_text(&text), stdout);
	return SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_ps = {
	.name = "ps",
	.synopsis = "",
	.summary = "List the containers that run here, and which are being recorded",
	.details =
		"NAME is what 'snug record --container' takes. A dash stands for what is not known.\n",
	.options = options,
	.args_size = sizeof(struct ps_args),
	.run = ps_run,
};
