/* SPDX-License-Identifier: Apache-2.0 */
/* `snug diff`: how two profiles differ in what they mean.  Its exit statuses are those of diff(1).
 */
#include "seccomp/diff.h"
#include "base/err.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/diff-show.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/verb.h"

#include <errno.h>
#include <stdio.h>

enum {
	STATUS_SAME = SNUG_EXIT_OK,
	STATUS_DIFFERENT = SNUG_EXIT_FAILED,
	STATUS_TROUBLE = SNUG_EXIT_USAGE,
};

struct diff_args {
	struct env_options env;
	bool json, quiet;
};

static const struct snug_option options[] = {
	ENV_OPTIONS(struct diff_args, env),
	{ 0, "json", SNUG_OPTION_BOOL, offsetof(struct diff_args, json), NULL,
	  "print one JSON object" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct diff_args, quiet), NULL,
	  "print nothing but warnings and errors: only the exit status tells" },
	SNUG_OPTIONS_END,
};

/* One of the two inputs. */
struct side {
	struct input in;
	struct snug_meaning *meaning;
};

static void side_done(struct side *s)
{
	s->meaning = snug_meaning_free(s->meaning);
	input_done(&s->in);
}

/* What was recorded elsewhere is compared for the machine where it was recorded. */
static int adopt_arch(const struct side *a, const struct side *b, struct snug_seccomp_env *env,
		      struct snug_err *err)
{
	const struct snug_recording *ra = a->in.recording, *rb = b->in.recording;

	if (ra && rb && snug_arch_family(ra->arch) != snug_arch_family(rb->arch))
		return snug_err_set(err, -EINVAL,
				    "%s was recorded on %s and %s on %s: --arch says for which "
				    "they shall be compared",
				    a->in.label, snug_arch_name(ra->arch), b->in.label,
				    snug_arch_name(rb->arch));
	if (ra || rb)
		env->arch = snug_arch_family(ra ? ra->arch : rb->arch);
	return 0;
}

static int understand(struct side *s, const struct snug_seccomp_env *env, struct snug_err *err)
{
	/* what is odd in one of them, is lint's to tell */
	const struct snug_meaning_options opts = { .keep_unknown = true };
	const char *base = s->in.profile->base_profile_name;

	if (base)
		say_warn("%s: baseProfileName '%s' is not looked up: only what stands in this "
			 "profile is compared",
			 s->in.label, base);
	return snug_meaning_new(s->in.profile, env, &opts, &s->meaning, err);
}

static void tell_unseen(uint64_t mask, const char *label)
{
	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		const char *name = snug_arch_name((enum snug_arch)i);

		if (mask & UINT64_C(1) << i)
			say_warn("only %s lists %s, which is not compared here (--arch %s does)",
				 label, name, name);
	}
}

static void print(const struct diff_args *args, const struct diff_view *view)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	if (args->json)
		diff_add_json(view, &out);
	else
		diff_add_text(view, &out);
	if (out.len)
		fwrite(out.buf, 1, out.len, stdout);
	if (snug_diff_is_empty(view->diff))
		say_person("%s and %s mean the same.", view->label_a, view->label_b);
}

/* 1 when they differ, 0 when not. */
static int diff(const struct diff_args *args, char **paths, struct snug_err *err)
{
	CLEANUP(side_done) struct side a = { 0 };
	CLEANUP(side_done) struct side b = { 0 };
	CLEANUP(snug_diff_done) struct snug_diff d = { 0 };
	struct snug_seccomp_env env;
	int r;

	r = env_options_resolve(&args->env, &env, err);
	if (r == 0)
		r = input_read(paths[0], &a.in, err);
	if (r == 0)
		r = input_read(paths[1], &b.in, err);
	if (r == 0 && !args->env.arch)
		r = adopt_arch(&a, &b, &env, err);
	if (r == 0)
		r = understand(&a, &env, err);
	if (r == 0)
		r = understand(&b, &env, err);
	if (r == 0)
		r = snug_diff(a.meaning, b.meaning, &d, err);
	if (r < 0)
		return r;
	tell_unseen(d.unseen_a, a.in.label);
	tell_unseen(d.unseen_b, b.in.label);
	if (!args->quiet)
		print(args, &(struct diff_view){
				    .diff = &d,
				    .label_a = a.in.label,
				    .label_b = b.in.label,
				    .a = a.in.profile,
				    .b = b.in.profile,
				    .env = &env,
				    .width = columns_width(stdout),
				    .has_colours = columns_has_colours(stdout),
			    });
	return !snug_diff_is_empty(&d);
}

static int diff_run(void *data, char **argv)
{
	struct diff_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = -EINVAL;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	if (!argv[0] || !argv[1] || argv[2])
		say_error("diff: two profiles are needed (see 'snug diff --help')");
	else
		r = diff(args, argv, &err);
	if (err.code)
		say_error("diff: %s", snug_err_msg(&err));
	env_options_done(&args->env);
	/* main() tells, but a full disk must not look like "same" or "different" */
	if (r < 0 || fflush(stdout) != 0)
		return STATUS_TROUBLE;
	return r ? STATUS_DIFFERENT : STATUS_SAME;
}

const struct snug_verb snug_verb_diff = {
	.name = "diff",
	.synopsis = "A B",
	.summary = "Show how two profiles differ in what they mean",
	.details =
		"A and B are profiles in any format, recordings (which stand for the profile that\n"
		"allows exactly what they did), docker-default, or - for standard input.\n"
		"The exit status is 0 when they mean the same, 1 when not, 2 after an error.\n",
	.positionals = "@profile",
	.options = options,
	.args_size = sizeof(struct diff_args),
	.run = diff_run,
};
