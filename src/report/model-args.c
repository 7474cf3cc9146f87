/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What recordings know of arguments: which a call was seen with, and whether the subject lets the
 * recorded runs work with them.  The second is what `snug check` says.
 */
#include "report/model-internal.h"

#include "base/limits.h"
#include "base/str.h"
#include "record/argument-facts.h"
#include "record/check.h"

#include <string.h>

void snug_report_args_done(struct snug_report_args *args)
{
	VEC_FOREACH (item, args)
		free(*item);
	VEC_DONE(args);
}

/* Few enough for one look at each. */
static void add_text(struct snug_report_args *args, const char *text)
{
	VEC_FOREACH (item, args)
		if (strcmp(*item, text) == 0)
			return;
	if (args->len == SNUG_LIMIT_REPORT_ARGS)
		args->has_more = true;
	else
		*VEC_PUSH(args) = xstrdup(text);
}

void snug_report_args_add(struct snug_report_args *args, const struct snug_recording_call *c)
{
	if (!c->args.spec.n) {
		args->n_not_looked_at++;
		return;
	}
	args->n_known++;
	args->is_cut |= c->args.cut_by != 0;
	VEC_FOREACH (tuple, &c->args.tuples) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

		snug_argument_facts_add_text(c, tuple, &text);
		add_text(args, snug_str_text(&text));
	}
}

static void note(struct snug_report *r, size_t n_named, const struct snug_check *check)
{
	VEC_FOREACH (c, &check->calls) {
		struct snug_report_call *row =
			snug_report_find_row(r, n_named, c->name, c->arch, c->nr);

		/* execve(2) may be here because it starts the program */
		if (!row || !row->n_recordings)
			continue;
		row->is_broken |= c->result == SNUG_CHECK_DENIED;
		row->depends |= c->result == SNUG_CHECK_DEPENDS;
	}
}

int snug_report_judge(struct snug_report *ret, size_t n_named,
		      const struct snug_seccomp_profile *profile, struct snug_err *err)
{
	CLEANUP(snug_check_done) struct snug_check check = { 0 };
	VEC(struct snug_check_run) runs = { 0 };
	int r;

	if (!ret->recordings.len)
		return 0;
	VEC_FOREACH (one, &ret->recordings) {
		struct snug_check_run *run = VEC_PUSH(&runs);

		*run = (struct snug_check_run){ .recording = one->recording, .env = ret->env };
		run->env.arch = snug_arch_family(one->recording->arch);
	}
	r = snug_check(profile, runs.items, runs.len, NULL, NULL, &check, err);
	if (r == 0)
		note(ret, n_named, &check);
	VEC_DONE(&runs);
	return r;
}
