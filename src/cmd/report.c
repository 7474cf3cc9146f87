/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug report`: profiles, recordings and denials as one page for a browser.  What stands in it is
 * src/report; here is only what belongs to whom.  The first profile is the one that is reported on;
 * without any, it is the one that `snug derive` makes of the recordings.
 */
#include "report/page.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/identity.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "record/derive.h"
#include "report/model.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char reference_name[] = "docker-default";

struct report_args {
	struct env_options env;
	const char *output, *title;
	bool json;
};

static const struct snug_option options[] = {
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct report_args, output), "FILE",
	  "write the page here, - for standard output (default, if it is no terminal)", "@file" },
	{ 0, "title", SNUG_OPTION_STRING, offsetof(struct report_args, title), "TEXT",
	  "the page's heading (default: the first profile's file name)", "" },
	ENV_OPTIONS(struct report_args, env),
	{ 0, "json", SNUG_OPTION_BOOL, offsetof(struct report_args, json), NULL,
	  "write what the page says as one JSON object instead" },
	SNUG_OPTIONS_END,
};

/* All that was read; the model borrows from it. */
struct sources {
	VEC(struct input) inputs;
	VEC(struct snug_report_profile_input) profiles;
	VEC(struct snug_report_recording_input) recordings;
	VEC(const struct snug_recording *) to_derive;
	struct snug_report_denials denials;
	struct snug_derived derived;
	struct input reference;
};

static void sources_done(struct sources *s)
{
	VEC_FOREACH (in, &s->inputs)
		input_done(in);
	VEC_DONE(&s->inputs);
	VEC_DONE(&s->profiles);
	VEC_DONE(&s->recordings);
	VEC_DONE(&s->to_derive);
	snug_report_denials_done(&s->denials);
	snug_derived_done(&s->derived);
	input_done(&s->reference);
}

static int add_input(struct sources *s, struct input *in, struct snug_err *err)
{
	if (in->other)
		return snug_report_denials_add(&s->denials, in->label, in->other, in->other_len,
					       err);
	if (in->recording) {
		*VEC_PUSH(&s->recordings) =
			(struct snug_report_recording_input){ .label = in->label,
							      .recording = in->recording };
		*VEC_PUSH(&s->to_derive) = in->recording;
		return 0;
	}
	*VEC_PUSH(&s->profiles) = (struct snug_report_profile_input){
		.label = in->label, .profile = in->profile, .is_well_known = in->is_well_known
	};
	return 0;
}

static int read_all(struct sources *s, char **paths, struct snug_err *err)
{
	enum { MAX = SNUG_LIMIT_REPORT_RECORDINGS + SNUG_LIMIT_REPORT_PROFILES };
	int r = 0;

	for (; *paths && r == 0; paths++) {
		if (s->inputs.len == MAX)
			return snug_err_set(err, -E2BIG, "more than %d files for one page", MAX);
		r = input_read_or_other(*paths, snug_report_is_denials, VEC_PUSH(&s->inputs), err);
		if (r == 0)
			r = add_input(s, &s->inputs.items[s->inputs.len - 1], err);
	}
	return r;
}

/* What `snug derive` makes without options. */
static int derive(struct sources *s, struct snug_err *err)
{
	const struct output_options no_options = { 0 };
	int r;

	r = output_derive(&no_options, "report", s->to_derive.items, s->to_derive.len, &s->derived,
			  err);
	if (r < 0)
		return r;
	*VEC_PUSH(&s->profiles) = (struct snug_report_profile_input){
		.label = s->recordings.len == 1 ? s->recordings.items[0].label : "these recordings",
		.profile = s->derived.profile,
		.is_derived = true,
	};
	return 0;
}

/* The comparison is an extra: the machine need not have what it takes. */
static void add_reference(struct sources *s)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	VEC_FOREACH (in, &s->inputs)
		if (in->is_well_known)
			return;
	r = input_read_keep_unknown(reference_name, &s->reference, &err);
	if (r == 0)
		*VEC_PUSH(&s->profiles) = (struct snug_report_profile_input){
			.label = s->reference.label,
			.profile = s->reference.profile,
			.is_reference = true,
		};
	else
		say_note("not compared with %s: %s", reference_name, snug_err_msg(&err));
}

static int collect(struct sources *s, char **paths, struct snug_err *err)
{
	int r = read_all(s, paths, err);

	if (r == 0 && !s->profiles.len && !s->recordings.len)
		return snug_err_set(err, -EINVAL,
				    "denials alone make no report: add the profile that refused");
	if (r == 0 && !s->profiles.len)
		r = derive(s, err);
	if (r == 0)
		add_reference(s);
	return r;
}

static int make_page(const struct report_args *args, struct sources *s,
		     const struct snug_seccomp_env *env, struct snug_str *page,
		     struct snug_err *err)
{
	CLEANUP(snug_report_done) struct snug_report report = { 0 };
	struct snug_report_input in = {
		.title = args->title ? args->title : text_basename(s->profiles.items[0].label),
		.env = *env,
		.profiles = s->profiles.items,
		.n_profiles = s->profiles.len,
		.recordings = s->recordings.items,
		.n_recordings = s->recordings.len,
		.denials = &s->denials,
	};
	int r;

	/* recordings are about the machine where they were made */
	if (s->recordings.len && !args->env.arch)
		in.env.arch = snug_arch_family(s->recordings.items[0].recording->arch);
	r = snug_report_build(&in, &report, err);
	if (r < 0)
		return r;
	if (!args->json)
		return snug_report_write_page(&report, "snug " SNUG_VERSION, page, err);
	snug_report_write_json(&report, page);
	return 0;
}

static int open_output(const char *path, char **inputs, struct snug_outfile **ret,
		       struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	int r;

	r = sudo_outfile_open(path, &file, err);
	if (r < 0)
		return r;
	for (; *inputs; inputs++)
		if (snug_outfile_is(file, *inputs))
			return snug_err_set(err, -EINVAL, "%s: is an input and the page at once",
					    *inputs);
	*ret = STEAL(file);
	return 0;
}

static int report(const struct report_args *args, char **paths, const struct snug_seccomp_env *env,
		  struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	CLEANUP(sources_done) struct sources sources = { 0 };
	CLEANUP(snug_str_done) struct snug_str page = SNUG_STR_INIT;
	const char *path = args->output ? args->output : "-";
	int r;

	r = open_output(path, paths, &file, err);
	if (r == 0)
		r = collect(&sources, paths, err);
	if (r == 0)
		r = make_page(args, &sources, env, &page, err);
	if (r < 0)
		return r;
	snug_outfile_add(file, page.buf, page.len);
	r = snug_outfile_commit(file, err);
	if (r == 0 && strcmp(path, "-") != 0)
		say_person("The report is in %s%s.", path,
			   args->json ? "" : ": open it in a browser");
	return r;
}

static int report_run(void *data, char **argv)
{
	struct report_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_env env;
	int status = SNUG_EXIT_USAGE;

	say_init(SNUG_TALK_NORMAL);
	if (!argv[0])
		say_error("report: a profile or a recording is needed (see 'snug report --help')");
	else if (!args->output && !args->json && isatty(STDOUT_FILENO))
		say_error("report: a page is not for a terminal: give -o FILE");
	else if (env_options_resolve(&args->env, &env, &err) == 0)
		status = report(args, argv, &env, &err) < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
	if (err.code)
		say_error("report: %s", snug_err_msg(&err));
	env_options_done(&args->env);
	return status;
}

const struct snug_verb snug_verb_report = {
	.name = "report",
	.synopsis = "FILE...",
	.summary = "Make a page for a browser of profiles and recordings",
	.details =
		"FILE is a profile in any format, a recording, docker-default, what --json of snug run,\n"
		"audit or watch wrote, or - for standard input. The first profile is reported on,\n"
		"without one what 'snug derive' makes of the recordings:\n\n"
		"  snug report -o web.html web.json web.recording.json\n",
	.positionals = "@profile",
	.options = options,
	.args_size = sizeof(struct report_args),
	.run = report_run,
};
