/* SPDX-License-Identifier: Apache-2.0 */
/* `snug merge`: several profiles and recordings become one profile. */
#include "seccomp/merge.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct merge_args {
	const char *file, *type, *mode;
	bool check, strict, quiet;
	struct env_options env;
};

static const struct snug_option options[] = {
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct merge_args, file), "FILE",
	  "where the profile goes, - for standard output (default: profile.yaml or profile.json in "
	  "$TMPDIR or /tmp)" },
	{ 'c', "check", SNUG_OPTION_BOOL, offsetof(struct merge_args, check), NULL,
	  "write no file; only say whether the first profile means what all of them together do" },
	{ 't', "type", SNUG_OPTION_STRING, offsetof(struct merge_args, type), "TYPE",
	  "seccomp (a SeccompProfile resource, YAML) or raw-seccomp (OCI JSON) (default: that of "
	  "the first profile)",
	  "seccomp raw-seccomp" },
	{ 0, "mode", SNUG_OPTION_STRING, offsetof(struct merge_args, mode), "MODE",
	  "union: allow what any of them allows; intersect: only what all do (default: union)",
	  "union intersect" },
	{ 0, "strict", SNUG_OPTION_BOOL, offsetof(struct merge_args, strict), NULL,
	  "fail where a profile cannot say exactly what the result should be" },
	ENV_OPTIONS(struct merge_args, env),
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct merge_args, quiet), NULL,
	  "say nothing but warnings and errors" },
	SNUG_OPTIONS_END,
};

/* What one merge holds. */
struct work {
	const struct merge_args *args;
	struct snug_seccomp_env env;
	enum snug_merge_mode mode;
	VEC(struct input) inputs;
	VEC(struct snug_meaning *) meanings;
	struct snug_merged merged;
};

static void work_done(struct work *w)
{
	snug_merged_done(&w->merged);
	VEC_FOREACH (meaning, &w->meanings)
		snug_meaning_free(*meaning);
	VEC_DONE(&w->meanings);
	VEC_FOREACH (input, &w->inputs)
		input_done(input);
	VEC_DONE(&w->inputs);
}

static int parse_mode(const char *text, enum snug_merge_mode *ret, struct snug_err *err)
{
	if (!text || strcmp(text, "union") == 0)
		*ret = SNUG_MERGE_UNION;
	else if (strcmp(text, "intersect") == 0)
		*ret = SNUG_MERGE_INTERSECT;
	else
		return snug_err_set(err, -EINVAL,
				    "--mode: '%.64s' is neither 'union' nor 'intersect'", text);
	return 0;
}

static int read_one(struct work *w, const char *path, struct snug_err *err)
{
	struct input input;
	int r;

	if (w->inputs.len == SNUG_LIMIT_INPUTS)
		return snug_err_set(err, -E2BIG, "over %d profiles", SNUG_LIMIT_INPUTS);
	say_log("Reading file %s", path);
	r = input_read(path, &input, err);
	if (r == 0)
		*VEC_PUSH(&w->inputs) = input;
	return r;
}

/* Recordings know their machine; without --arch it counts, where they agree. */
static void adopt_arch(struct work *w)
{
	const struct snug_recording *known = NULL;

	VEC_FOREACH (input, &w->inputs) {
		const struct snug_recording *one = input->recording;

		if (!one)
			continue;
		if (known && snug_arch_family(known->arch) != snug_arch_family(one->arch))
			return;
		known = one;
	}
	if (known)
		w->env.arch = snug_arch_family(known->arch);
}

static int understand(struct work *w, struct snug_err *err)
{
	const struct snug_meaning_options opts = { .keep_unknown = true, .warn = say_warn_text };

	if (!w->args->env.arch)
		adopt_arch(w);
	VEC_FOREACH (input, &w->inputs) {
		struct snug_meaning *meaning;
		int r = snug_meaning_new(input->profile, &w->env, &opts, &meaning, err);

		if (r < 0)
			return r;
		*VEC_PUSH(&w->meanings) = meaning;
	}
	return 0;
}

/* The type of the first profile; recordings have none. */
static const char *default_type(const struct work *w)
{
	VEC_FOREACH (input, &w->inputs)
		if (!input->recording)
			return input->profile->format == SNUG_PROFILE_OCI_JSON ? "raw-seccomp"
									       : "seccomp";
	return "seccomp";
}

/* A resource must have a name; a file that has none lends its own. */
static void set_name(struct work *w, struct snug_seccomp_profile *p)
{
	CLEANUP(freep) char *base = xstrdup(text_basename(w->inputs.items[0].label));
	char *dot = strrchr(base, '.');

	if (p->name || p->format == SNUG_PROFILE_OCI_JSON)
		return;
	if (dot && dot != base)
		*dot = '\0';
	p->name = snug_k8s_name(base);
}

static int write_text(struct work *w, struct snug_str *text, struct snug_err *err)
{
	struct snug_seccomp_profile *p = w->merged.profile;
	int r;

	set_name(w, p);
	r = snug_seccomp_profile_write(p, p->format, text, err);
	if (r == -EOPNOTSUPP && p->format != SNUG_PROFILE_OCI_JSON)
		return snug_err_wrap(err, r, "use '-t raw-seccomp'");
	if (r == -EOPNOTSUPP)
		return snug_err_wrap(err, r, "use '-t seccomp'");
	return r;
}

/* Two filters that fit the kernel may make one that does not. */
static int check_size(struct work *w, struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err reason = SNUG_ERR_INIT;
	struct snug_seccomp_filter filter = { 0 };
	int r;

	r = snug_seccomp_filter_compile(w->merged.profile, &w->env, NULL, NULL, &filter, &reason);
	snug_seccomp_filter_done(&filter);
	if (r != -E2BIG)
		return 0;
	if (w->args->strict)
		return snug_err_set(err, r, "the result is too large: %s", snug_err_msg(&reason));
	say_warn("the result is too large for a filter: %s", snug_err_msg(&reason));
	return 0;
}

static int merge(struct work *w, enum snug_profile_format format, struct snug_err *err)
{
	const struct snug_merge_options opts = {
		.mode = w->mode,
		.format = format,
		.strict = w->args->strict,
	};
	int r;

	r = snug_merge((const struct snug_meaning *const *)w->meanings.items, w->meanings.len,
		       &opts, &w->merged, err);
	if (r < 0)
		return r == -EOPNOTSUPP ? snug_err_wrap(err, r, "not exact (--strict)") : r;
	VEC_FOREACH (note, &w->merged.notes) {
		if (note->is_inexact)
			say_warn("%s", note->text);
		else if (!w->args->quiet)
			say_note("%s", note->text);
	}
	return check_size(w, err);
}

/* Returns 1 when the first profile is not what the merge makes of it. */
static int check(struct work *w, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r = write_text(w, &text, err);

	if (r < 0)
		return r;
	if (w->merged.is_first) {
		say_note("Base profile is up-to-date.");
		return 0;
	}
	say_note("Base profile needs an update.");
	fputs(snug_str_text(&text), stderr);
	return 1;
}

/* A recording is not made twice: what replaces one is a mistake. */
static int refuse_recordings(const struct work *w, const struct output *output,
			     struct snug_err *err)
{
	VEC_FOREACH (input, &w->inputs)
		if (input->recording && snug_outfile_is(output->file, input->label))
			return snug_err_set(err, -EINVAL,
					    "%s: is a recording and the output at once",
					    input->label);
	return 0;
}

static int merge_files(struct work *w, char **paths, struct snug_err *err)
{
	struct output_options to = { .file = w->args->file, .type = w->args->type };
	CLEANUP(output_done) struct output output = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r = 0;

	for (char **path = paths; *path && r == 0; path++)
		r = read_one(w, *path, err);
	if (r == 0)
		r = understand(w, err);
	if (r < 0)
		return r;
	if (!to.type)
		to.type = default_type(w);
	if (w->args->check) {
		r = merge(w,
			  strcmp(to.type, "seccomp") == 0 ? SNUG_PROFILE_CRD_YAML
							  : SNUG_PROFILE_OCI_JSON,
			  err);
		return r < 0 ? r : check(w, err);
	}
	r = output_open(&to, &output, err);
	if (r == 0)
		r = refuse_recordings(w, &output, err);
	if (r < 0)
		return r;
	say_log("Merging %zu profiles into %s", w->inputs.len, output.path);
	r = merge(w, output.format, err);
	if (r == 0)
		r = write_text(w, &text, err);
	if (r < 0)
		return r;
	snug_outfile_add(output.file, text.buf, text.len);
	r = snug_outfile_commit(output.file, err);
	if (r == 0)
		say_person("profile: %s", output.path);
	return r;
}

/* What can be the user's mistake in the options. */
static int start(struct work *w, struct snug_err *err)
{
	struct output_options type = { .type = w->args->type };
	int r;

	r = parse_mode(w->args->mode, &w->mode, err);
	if (r == 0)
		r = env_options_resolve(&w->args->env, &w->env, err);
	return r < 0 ? r : output_check(&type, err);
}

static int merge_run(void *data, char **argv)
{
	struct merge_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(work_done) struct work work = { .args = args };
	int r, status = SNUG_EXIT_USAGE;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	if (!argv[0]) {
		say_error("merge: no profiles provided (see 'snug merge --help')");
	} else {
		r = start(&work, &err);
		if (r == 0) {
			r = merge_files(&work, argv, &err);
			status = r ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
		}
		if (r < 0)
			say_error("merge: %s", snug_err_msg(&err));
	}
	env_options_done(&args->env);
	return status;
}

const struct snug_verb snug_verb_merge = {
	.name = "merge",
	.alias = "m",
	.synopsis = "INFILE...",
	.positionals = "@profile",
	.summary = "Combine profiles and recordings into one profile",
	.details =
		"INFILE is a profile in any format, a recording, docker-default, or - for "
		"standard input.\n"
		"The result never allows what none of them does; where it cannot be exact it is\n"
		"stricter, and a warning says so.\n",
	.options = options,
	.args_size = sizeof(struct merge_args),
	.run = merge_run,
};
