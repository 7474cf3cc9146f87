/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug amend`: allows in a profile what it refused and should not, or makes it complain only.  The
 * change is shown as what it means, and written when somebody has said yes.
 */
#include "seccomp/amend.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/amend-from.h"
#include "cmd/columns.h"
#include "cmd/diff-show.h"
#include "cmd/edit-lock.h"
#include "cmd/identity.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct amend_args {
	const char *profile, *from, *mode, *file;
	struct snug_list exes, comms;
	struct env_options env;
	bool yes, quiet;
};

static const struct snug_option options[] = {
	{ 'p', "profile", SNUG_OPTION_STRING, offsetof(struct amend_args, profile), "FILE",
	  "the profile to change, - for standard input" },
	{ 'f', "from", SNUG_OPTION_STRING, offsetof(struct amend_args, from), "FILE",
	  "allow what was refused there: the JSON of 'snug run', 'snug audit' or 'snug watch', a "
	  "recording, an audit log, - for standard input, or audit: this host's log" },
	{ 0, "exe", SNUG_OPTION_LIST, offsetof(struct amend_args, exes), "FILES",
	  "of an audit log, only what these executables did (* and ? as in a shell)", "@file" },
	{ 0, "comm", SNUG_OPTION_LIST, offsetof(struct amend_args, comms), "NAMES",
	  "of an audit log, only what threads called so did", "" },
	{ 0, "mode", SNUG_OPTION_STRING, offsetof(struct amend_args, mode), "MODE",
	  "log: what the default refuses is logged and passes; enforce: it is refused again; or "
	  "an action (SCMP_ACT_KILL_PROCESS)",
	  "log enforce" },
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct amend_args, file), "FILE",
	  "write here, - for standard output (default: the profile itself)" },
	{ 'y', "yes", SNUG_OPTION_BOOL, offsetof(struct amend_args, yes), NULL,
	  "write without asking" },
	ENV_OPTIONS(struct amend_args, env),
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct amend_args, quiet), NULL,
	  "do not show the change; say nothing but warnings and errors" },
	SNUG_OPTIONS_END,
};

struct work {
	const struct amend_args *args;
	struct snug_seccomp_env env;
	char *text; /* of the profile */
	size_t len;
	const char *name;   /* of it, for messages */
	const char *target; /* where the result goes */
	bool is_in_place;
	int lock; /* or -EBADF */
	struct amend_calls calls;
	struct snug_amended amended;
};

static void work_done(struct work *w)
{
	snug_amended_done(&w->amended);
	amend_calls_done(&w->calls);
	free(w->text);
	closep(&w->lock);
}

static int parse_profile(const struct work *w, struct snug_seccomp_profile **ret,
			 struct snug_err *err)
{
	const struct snug_seccomp_read_options opts = { .warn = say_warn_text };

	return snug_seccomp_profile_parse(w->name, w->text, w->len, &opts, ret, err);
}

/* What is to pass. */
static int collect(struct work *w, char **words, struct snug_err *err)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	struct amend_from from = {
		.path = w->args->from,
		.exes = w->args->exes,
		.comms = w->args->comms,
		.env = w->env,
	};
	int r = 0;

	for (; *words && r == 0; words++)
		r = amend_calls_add(&w->calls, *words, err);
	if (r < 0 || !from.path)
		return r;
	r = parse_profile(w, &p, err);
	from.profile = p;
	return r < 0 ? r : amend_calls_add_from(&w->calls, &from, err);
}

static char *make_note(const struct work *w)
{
	CLEANUP(snug_str_done) struct snug_str note = SNUG_STR_INIT;
	const char *from = w->args->from;

	snug_str_add(&note, "added by snug amend");
	if (from && strcmp(from, "-") != 0) {
		snug_str_add(&note, " from ");
		from = text_basename(from);
		snug_str_add_printable(&note, from, strlen(from), 64);
	}
	return snug_str_take(&note);
}

static int allow(struct work *w, struct snug_err *err)
{
	CLEANUP(freep) char *note = make_note(w);
	const struct snug_amend_options opts = { .env = &w->env, .note = note };

	return snug_amend_allow(w->name, w->text, w->len, &opts, w->calls.items, w->calls.len,
				&w->amended, err);
}

/* The action that --mode means for a profile whose default is @old. */
static int parse_mode(const char *mode, enum snug_action old, enum snug_action *ret,
		      struct snug_err *err)
{
	bool is_log = strcmp(mode, "log") == 0, is_enforce = strcmp(mode, "enforce") == 0;

	if (!is_log && !is_enforce) {
		*ret = snug_action_from_name(mode);
		if (*ret == _SNUG_ACTION_INVALID || *ret == SNUG_ACTION_ALLOW)
			return snug_err_set(err, -EINVAL,
					    "--mode: '%.64s' is neither log nor enforce nor an "
					    "action that refuses",
					    mode);
		return 0;
	}
	if (old == SNUG_ACTION_ALLOW)
		return snug_err_set(err, -EINVAL,
				    "the default allows: there is nothing to log or to enforce");
	if (is_log)
		*ret = SNUG_ACTION_LOG;
	else
		*ret = old == SNUG_ACTION_LOG ? SNUG_ACTION_ERRNO : old;
	return 0;
}

static void tell_mode(const struct work *w, enum snug_action old, enum snug_action action)
{
	const struct snug_seccomp_profile *p = w->amended.after;
	size_t n = 0;

	if (action != SNUG_ACTION_LOG || old == action || say_is_quiet())
		return;
	if (old != SNUG_ACTION_ERRNO)
		say_note("to have %s back: snug amend --mode %s", snug_action_name(old),
			 snug_action_name(old));
	VEC_FOREACH (e, &p->entries)
		n += e->action != SNUG_ACTION_ALLOW && e->action != SNUG_ACTION_LOG;
	if (n)
		say_note("%zu %s on refusing: only the default logs", n,
			 n == 1 ? "entry goes" : "entries go");
}

static int set_mode(struct work *w, struct snug_err *err)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	const struct snug_amend_options opts = { .env = &w->env };
	enum snug_action action = SNUG_ACTION_ERRNO;
	int r = parse_profile(w, &p, err);

	if (r == 0)
		r = parse_mode(w->args->mode, p->default_action, &action, err);
	if (r == 0)
		r = snug_amend_default(w->name, w->text, w->len, &opts, action, &w->amended, err);
	if (r == 0)
		tell_mode(w, p->default_action, action);
	return r;
}

static void show(const struct work *w)
{
	CLEANUP(freep) char *label = xasprintf("%s, amended", w->name);
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	/* standard output may be where the profile goes */
	FILE *to = strcmp(w->target, "-") == 0 ? stderr : stdout;
	const struct diff_view view = {
		.diff = &w->amended.diff,
		.label_a = w->name,
		.label_b = label,
		.a = w->amended.before,
		.b = w->amended.after,
		.env = &w->env,
		.width = columns_width(to),
		.has_colours = columns_has_colours(to),
	};

	diff_add_text(&view, &out);
	fwrite(out.buf, 1, out.len, to);
	fflush(to);
}

/* Standard input may be spoken for. */
static FILE *open_answers(const struct work *w)
{
	bool is_taken = strcmp(w->args->profile, "-") == 0 ||
			(w->args->from && strcmp(w->args->from, "-") == 0);

	if (!isatty(STDERR_FILENO))
		return NULL;
	return !is_taken && isatty(STDIN_FILENO) ? fdopen(dup(STDIN_FILENO), "re")
						 : fopen("/dev/tty", "re");
}

/* 1: yes. */
static int ask(const struct work *w, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	FILE *answers = open_answers(w);
	char line[16] = "";

	if (!answers)
		return snug_err_set(err, -EPERM,
				    "nothing is written: there is no terminal to ask on; "
				    "--yes writes");
	snug_str_add_printable(&shown, w->target, strlen(w->target), SIZE_MAX);
	fprintf(stderr, "Write %s? [y/N] ", snug_str_text(&shown));
	fflush(stderr);
	(void)!fgets(line, sizeof(line), answers);
	fclose(answers);
	if (line[0] == 'y' || line[0] == 'Y')
		return 1;
	return snug_err_set(err, -ECANCELED, "nothing is written");
}

/* Somebody may have edited the file while we asked. */
static int check_unchanged(const struct work *w, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t len;
	int r;

	if (strcmp(w->args->profile, "-") == 0)
		return 0;
	r = snug_read_file(w->args->profile, SNUG_LIMIT_DOC_BYTES, &text, &len, err);
	if (r == 0 && (len != w->len || memcmp(text, w->text, len) != 0))
		r = snug_err_set(err, -EBUSY, "%s has changed meanwhile: nothing is written",
				 w->name);
	return r;
}

static int write_result(struct work *w, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	int r = sudo_outfile_open(w->target, &file, err);

	if (r == 0 && !w->args->yes && strcmp(w->target, "-") != 0)
		r = ask(w, err);
	/* nobody is kept waiting by a question */
	if (r >= 0 && w->is_in_place && w->lock < 0)
		r = edit_lock(w->target, &w->lock, err);
	if (r >= 0)
		r = check_unchanged(w, err);
	if (r < 0)
		return r;
	snug_outfile_add(file, w->amended.text.buf, w->amended.text.len);
	r = snug_outfile_commit(file, err);
	if (r == 0 && strcmp(w->target, "-") != 0)
		say_person("profile: %s", w->target);
	return r;
}

static int amend(struct work *w, char **words, struct snug_err *err)
{
	bool is_same;
	int r = 0;

	if (w->is_in_place && w->args->yes)
		r = edit_lock(w->target, &w->lock, err);
	if (r == 0)
		r = snug_read_file(w->args->profile, SNUG_LIMIT_DOC_BYTES, &w->text, &w->len, err);
	if (r == 0)
		r = w->args->mode ? set_mode(w, err) : collect(w, words, err);
	if (r == 0 && !w->args->mode)
		r = allow(w, err);
	if (r < 0)
		return r;
	is_same =
		w->amended.text.len == w->len && memcmp(w->amended.text.buf, w->text, w->len) == 0;
	if (is_same && !say_is_quiet())
		say_note("nothing to change in '%s'", w->name);
	if (is_same && w->is_in_place)
		return 0;
	if (!is_same && !say_is_quiet())
		show(w);
	return write_result(w, err);
}

static int check_args(const struct amend_args *args, char **words, struct snug_err *err)
{
	bool has_calls = words[0] || args->from;

	if (!args->profile)
		return snug_err_set(err, -EINVAL, "no profile given: -p PROFILE");
	if (!has_calls && !args->mode)
		return snug_err_set(err, -EINVAL,
				    "nothing to do: names of calls, --from or --mode");
	if (has_calls && args->mode)
		return snug_err_set(err, -EINVAL, "--mode does not go with calls to allow");
	if (args->from && strcmp(args->from, "-") == 0 && strcmp(args->profile, "-") == 0)
		return snug_err_set(err, -EINVAL, "-: standard input can be read only once");
	if ((args->exes.is_set || args->comms.is_set) && !args->from)
		return snug_err_set(err, -EINVAL, "--exe and --comm choose from --from");
	return 0;
}

static int amend_run(void *data, char **argv)
{
	struct amend_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(work_done) struct work work = { .args = args, .lock = -EBADF };
	int status = SNUG_EXIT_USAGE;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	if (check_args(args, argv, &err) < 0) {
		say_error("amend: %s (see 'snug amend --help')", snug_err_msg(&err));
	} else if (env_options_resolve(&args->env, &work.env, &err) < 0) {
		say_error("amend: %s", snug_err_msg(&err));
	} else {
		work.name = strcmp(args->profile, "-") == 0 ? "<stdin>" : args->profile;
		work.target = args->file ? args->file : args->profile;
		work.is_in_place =
			strcmp(work.target, args->profile) == 0 && strcmp(args->profile, "-") != 0;
		status = amend(&work, argv, &err) < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
		if (err.code)
			say_error("amend: %s", snug_err_msg(&err));
	}
	env_options_done(&args->env);
	snug_list_done(&args->exes);
	snug_list_done(&args->comms);
	return status;
}

const struct snug_verb snug_verb_amend = {
	.name = "amend",
	.synopsis = "[CALL...]",
	.positionals = "@syscall",
	.summary = "Allow in a profile what it refused and should not",
	.details = "CALL is a name, or a name with the arguments that shall pass: uname,\n"
		   "'socket(AF_INET)'. The change is shown, and written after a yes; the rest of\n"
		   "the file stays as it is. The exit status is 1 when nothing was written.\n",
	.options = options,
	.args_size = sizeof(struct amend_args),
	.run = amend_run,
};
