/* SPDX-License-Identifier: Apache-2.0 */
/* `snug check`: would these recorded runs have worked under that profile?  For CI pipelines. */
#include "record/check.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/check-show.h"
#include "cmd/columns.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "seccomp/condition.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct check_args {
	struct env_options env;
	const char *profile;
	bool strict, json, quiet;
};

static const struct snug_option options[] = {
	{ 'p', "profile", SNUG_OPTION_STRING, offsetof(struct check_args, profile), "FILE",
	  "the profile: a file in any format, docker-default, or - for standard input",
	  "@profile" },
	{ 0, "strict", SNUG_OPTION_BOOL, offsetof(struct check_args, strict), NULL,
	  "fail also when it is not certain: a call depends on its arguments, a recording is "
	  "incomplete" },
	ENV_OPTIONS(struct check_args, env),
	{ 0, "json", SNUG_OPTION_BOOL, offsetof(struct check_args, json), NULL,
	  "print one JSON object" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct check_args, quiet), NULL,
	  "print nothing but warnings and errors: only the exit status tells" },
	SNUG_OPTIONS_END,
};

struct runs {
	VEC(struct snug_recording *) owned;
	VEC(struct snug_check_run) list; /* of those recordings */
	bool is_complete;                /* all of them are */
};

static void runs_done(struct runs *runs)
{
	VEC_FOREACH (recording, &runs->owned)
		snug_recording_free(*recording);
	VEC_DONE(&runs->owned);
	VEC_DONE(&runs->list);
}

/* Conditions of the profile hold as they did where the recording was made, unless told else. */
static struct snug_seccomp_env env_of(const struct check_args *args,
				      const struct snug_seccomp_env *given,
				      const struct snug_recording *r)
{
	struct snug_seccomp_env env = *given;

	if (!args->env.arch)
		env.arch = snug_arch_family(r->arch);
	if (!args->env.kernel && r->kernel)
		(void)snug_kernel_version_parse(r->kernel, &env.kernel_version);
	return env;
}

static int read_runs(const struct check_args *args, const struct snug_seccomp_env *env,
		     char **paths, struct runs *runs, struct snug_err *err)
{
	bool stdin_is_read = strcmp(args->profile, "-") == 0;

	runs->is_complete = true;
	for (; *paths; paths++) {
		bool is_stdin = strcmp(*paths, "-") == 0;
		struct snug_recording *r;
		int e;

		if (is_stdin && stdin_is_read)
			return snug_err_set(err, -EINVAL,
					    "-: standard input can be read only once");
		stdin_is_read |= is_stdin;
		if (runs->list.len == SNUG_LIMIT_INPUTS)
			return snug_err_set(err, -E2BIG, "over %d recordings", SNUG_LIMIT_INPUTS);
		e = snug_recording_read(*paths, &r, err);
		if (e < 0)
			return e;
		*VEC_PUSH(&runs->owned) = r;
		*VEC_PUSH(&runs->list) =
			(struct snug_check_run){ .recording = r, .env = env_of(args, env, r) };
		if (snug_recording_is_complete(r))
			continue;
		runs->is_complete = false;
		say_warn("%s: the recording is incomplete: it may lack calls that would be denied",
			 *paths);
	}
	return 0;
}

static void print(const struct check_args *args, const struct check_view *view)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	if (args->json)
		check_add_json(view, &out);
	else
		check_add_text(view, &out);
	fwrite(out.buf, 1, out.len, stdout);
}

/* 1 when a call would have been denied, 0 when not. */
static int check(const struct check_args *args, const struct snug_seccomp_env *env, char **paths,
		 struct snug_err *err)
{
	CLEANUP(input_done) struct input in = { 0 };
	CLEANUP(runs_done) struct runs runs = { 0 };
	CLEANUP(snug_check_done) struct snug_check result = { 0 };
	bool is_ok;
	int r;

	r = input_read(args->profile, &in, err);
	if (r == 0)
		r = read_runs(args, env, paths, &runs, err);
	if (r == 0 && in.profile->base_profile_name)
		say_warn("%s: baseProfileName '%s' is not looked up: what it allows counts as not "
			 "allowed",
			 in.label, in.profile->base_profile_name);
	if (r == 0)
		r = snug_check(in.profile, runs.list.items, runs.list.len, say_warn_text, NULL,
			       &result, err);
	if (r < 0)
		return r;
	is_ok = !result.n[SNUG_CHECK_DENIED];
	if (args->strict)
		is_ok &= runs.is_complete && !result.n[SNUG_CHECK_DEPENDS];
	if (!args->quiet)
		print(args, &(struct check_view){
				    .check = &result,
				    .runs = runs.list.items,
				    .paths = paths,
				    .n_runs = runs.list.len,
				    .profile_path = args->profile,
				    .profile_label = in.label,
				    .profile = in.profile,
				    .is_ok = is_ok,
				    .width = columns_row_width(stdout),
			    });
	return !is_ok;
}

static int usage(const char *text)
{
	say_error("check: %s (see 'snug check --help')", text);
	return SNUG_EXIT_USAGE;
}

static int run_with(const struct check_args *args, char **argv)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_env env;
	int r;

	if (!args->profile)
		return usage("no profile given: -p PROFILE");
	if (!argv[0])
		return usage("no recording given");
	if (env_options_resolve(&args->env, &env, &err) < 0)
		return usage(snug_err_msg(&err));
	r = check(args, &env, argv, &err);
	if (r < 0)
		say_error("check: %s", snug_err_msg(&err));
	return r ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}

static int check_run(void *data, char **argv)
{
	struct check_args *args = data;
	int status;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	status = run_with(args, argv);
	env_options_done(&args->env);
	return status;
}

const struct snug_verb snug_verb_check = {
	.name = "check",
	.synopsis = "-p PROFILE RECORDING...",
	.summary = "Tell whether recorded runs would have worked under a profile",
	.details = "RECORDING is a file from 'snug record --recording', or - for standard input.\n"
		   "The exit status is 0 when the profile allows every recorded call, 1 when not.\n"
		   "Without --arch and --kernel, those of each recording count.\n",
	.options = options,
	.args_size = sizeof(struct check_args),
	.run = check_run,
};
