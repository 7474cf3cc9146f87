/* SPDX-License-Identifier: Apache-2.0 */
/* `snug show`: what a profile means, why it answers a call as it does, what a recording saw. */
#include "base/err.h"
#include "base/str.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/show-call.h"
#include "cmd/show-profile.h"
#include "cmd/show-recording.h"
#include "cmd/verb.h"
#include "codec/writer.h"

#include <errno.h>
#include <stdio.h>

static const char reference_name[] = "docker-default";

struct show_args {
	struct env_options env;
	bool json;
};

static const struct snug_option options[] = {
	ENV_OPTIONS(struct show_args, env),
	{ 0, "json", SNUG_OPTION_BOOL, offsetof(struct show_args, json), NULL,
	  "print one JSON object" },
	SNUG_OPTIONS_END,
};

struct questions {
	struct snug_call_question *items;
	size_t len, cap;
};

static void questions_done(struct questions *q)
{
	VEC_FOREACH (one, q)
		snug_call_question_done(one);
	VEC_DONE(q);
}

/* The profile beside which others are shown, where this machine has it. */
struct reference {
	struct input in;
	struct snug_meaning *meaning;
	struct snug_diff diff;
	bool is_there;
};

static void reference_done(struct reference *r)
{
	snug_diff_done(&r->diff);
	r->meaning = snug_meaning_free(r->meaning);
	input_done(&r->in);
}

/* The comparison is an extra: what it needs may be missing, or be too much. */
static void compare_to_reference(const struct input *in, const struct snug_meaning *m,
				 struct reference *ret)
{
	const struct snug_meaning_options opts = { .keep_unknown = true };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	if (in->is_well_known)
		return;
	r = input_read_keep_unknown(reference_name, &ret->in, &err);
	if (r == -ENOENT)
		return;
	if (r == 0)
		r = snug_meaning_new(ret->in.profile, snug_meaning_env(m), &opts, &ret->meaning,
				     &err);
	if (r == 0)
		r = snug_diff(ret->meaning, m, &ret->diff, &err);
	ret->is_there = r == 0;
	if (r < 0)
		say_warn("not compared with %s: %s", reference_name, snug_err_msg(&err));
}

static void print(const struct snug_str *out)
{
	if (out->len)
		fwrite(out->buf, 1, out->len, stdout);
}

static int show_profile(const struct show_args *args, const struct input *in,
			const struct snug_meaning *m, struct snug_err *err)
{
	CLEANUP(snug_digest_done) struct snug_digest digest = { 0 };
	CLEANUP(snug_findings_done) struct snug_findings risks = { 0 };
	CLEANUP(snug_seccomp_filter_done) struct snug_seccomp_filter filter = { 0 };
	CLEANUP(snug_err_done) struct snug_err no_filter = SNUG_ERR_INIT;
	CLEANUP(reference_done) struct reference reference = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	struct snug_lint_options lint = { .env = *snug_meaning_env(m),
					  .rules = snug_lint_group_bits(SNUG_LINT_RISK) };
	struct show_style style = show_style_of_stdout();
	struct profile_view view = { .label = in->label, .meaning = m, .digest = &digest };
	int r;

	r = snug_digest(m, &digest, err);
	if (r < 0)
		return r;
	compare_to_reference(in, m, &reference);
	snug_lint(in->profile, &lint, &risks);
	if (snug_seccomp_filter_compile(in->profile, snug_meaning_env(m), NULL, NULL, &filter,
					&no_filter) < 0)
		view.compile_fail = snug_err_msg(&no_filter);
	view.n_insns = filter.n_insns;
	view.risks = &risks;
	view.diff = reference.is_there ? &reference.diff : NULL;
	view.reference = reference_name;
	if (args->json)
		profile_view_add_json(&view, &out);
	else
		profile_view_add_text(&view, &style, &out);
	print(&out);
	return 0;
}

static int explain_text(const struct snug_meaning *m, const struct questions *questions,
			const struct recording_view *recording, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	struct show_style style = show_style_of_stdout();
	int r;

	VEC_FOREACH (q, questions) {
		CLEANUP(snug_explanation_done) struct snug_explanation e = { 0 };
		struct call_view view = { .meaning = m, .question = q, .explanation = &e };

		if (q != questions->items && !recording)
			snug_str_addc(&out, '\n');
		if (recording) {
			recording_view_add_call(recording, q->name, &out);
			continue;
		}
		r = snug_explain(m, q, &e, err);
		if (r < 0)
			return r;
		call_view_add_text(&view, &style, &out);
	}
	print(&out);
	return 0;
}

static int write_question(const struct snug_meaning *m, const struct snug_call_question *q,
			  const struct recording_view *recording, struct snug_writer *w,
			  struct snug_err *err)
{
	CLEANUP(snug_explanation_done) struct snug_explanation e = { 0 };
	int r;

	if (recording) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "name", q->name);
		snug_writer_key(w, "recorded");
		recording_view_write_calls(recording, q->name, w);
		snug_writer_end_object(w);
		return 0;
	}
	r = snug_explain(m, q, &e, err);
	if (r == 0)
		call_view_write(&(struct call_view){ m, q, &e }, w);
	return r;
}

static int explain_json(const struct input *in, const struct snug_meaning *m,
			const struct questions *questions, const struct recording_view *recording,
			struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &out);
	int r;

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugShow", 1);
	snug_writer_member_string(w, "kind", "calls");
	snug_writer_member_string(w, "source", in->label);
	snug_writer_member_string(w, "arch", snug_arch_name(snug_meaning_env(m)->arch));
	snug_writer_key(w, "calls");
	snug_writer_begin_array(w);
	VEC_FOREACH (q, questions) {
		r = write_question(m, q, recording, w, err);
		if (r < 0)
			return r;
	}
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	print(&out);
	return 0;
}

static int show_recording(const struct show_args *args, const struct recording_view *view)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	struct show_style style = show_style_of_stdout();

	if (args->json)
		recording_view_add_json(view, &out);
	else
		recording_view_add_text(view, &style, &out);
	print(&out);
	return 0;
}

static int show(const struct show_args *args, const char *path, const struct questions *questions,
		const struct snug_seccomp_env *host, struct snug_err *err)
{
	const struct snug_meaning_options opts = { .keep_unknown = true, .warn = say_warn_text };
	CLEANUP(input_done) struct input in = { 0 };
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
	struct snug_seccomp_env env = *host;
	struct recording_view recording;
	int r;

	r = input_read_keep_unknown(path, &in, err);
	if (r < 0)
		return r;
	recording = (struct recording_view){ .label = in.label, .recording = in.recording };
	if (in.recording && !questions->len)
		return show_recording(args, &recording);
	if (in.recording)
		env.arch = snug_arch_family(in.recording->arch);
	r = snug_meaning_new(in.profile, &env, &opts, &m, err);
	if (r < 0)
		return r;
	if (!questions->len)
		return show_profile(args, &in, m, err);
	if (args->json)
		return explain_json(&in, m, questions, in.recording ? &recording : NULL, err);
	return explain_text(m, questions, in.recording ? &recording : NULL, err);
}

static int parse_questions(char **texts, struct questions *ret, struct snug_err *err)
{
	int r = 0;

	for (; *texts && r == 0; texts++)
		r = snug_call_question_parse(*texts, VEC_PUSH(ret), err);
	return r;
}

static int show_run(void *data, char **argv)
{
	struct show_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(questions_done) struct questions questions = { 0 };
	struct snug_seccomp_env env;
	int status = SNUG_EXIT_USAGE;

	say_init(SNUG_TALK_NORMAL);
	if (!argv[0])
		say_error("show: a profile or a recording is needed (see 'snug show --help')");
	else if (env_options_resolve(&args->env, &env, &err) == 0 &&
		 parse_questions(argv + 1, &questions, &err) == 0)
		status = show(args, argv[0], &questions, &env, &err) < 0 ? SNUG_EXIT_FAILED
									 : SNUG_EXIT_OK;
	if (err.code)
		say_error("show: %s", snug_err_msg(&err));
	env_options_done(&args->env);
	return status;
}

const struct snug_verb snug_verb_show = {
	.name = "show",
	.synopsis = "FILE [CALL...]",
	.summary = "Show what a profile means, or what a recording saw",
	.details =
		"FILE is a profile in any format, a recording, docker-default, or - for standard\n"
		"input. CALL asks which entry decides a call and why: its name, or the call with\n"
		"arguments, numbers or constants or _ for any, such as\n\n"
		"  snug show web.json 'socket(AF_INET, SOCK_STREAM, 0)' 'ioctl(_, TIOCSTI)'\n",
	.positionals = "@profile",
	.more_positionals = "@syscall",
	.options = options,
	.args_size = sizeof(struct show_args),
	.run = show_run,
};
