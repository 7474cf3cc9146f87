/* SPDX-License-Identifier: Apache-2.0 */
/* `snug lint`: what is wrong with profiles.  The rules are src/seccomp/lint-rules.c. */
#include "seccomp/lint.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/identity.h"
#include "cmd/input.h"
#include "cmd/lint-show.h"
#include "cmd/say.h"
#include "cmd/verb.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum {
	STATUS_CLEAN = SNUG_EXIT_OK,
	STATUS_FINDINGS = SNUG_EXIT_FAILED,
	STATUS_TROUBLE = SNUG_EXIT_USAGE,
};

struct lint_args {
	struct env_options env;
	const char *level, *format, *libseccomp, *output;
	struct snug_list disable, only;
	bool list_rules, quiet;
};

static const struct snug_option options[] = {
	{ 'l', "level", SNUG_OPTION_STRING, offsetof(struct lint_args, level), "LEVEL",
	  "show findings from this severity on: note, warning (default), error",
	  "note warning error" },
	{ 'f', "format", SNUG_OPTION_STRING, offsetof(struct lint_args, format), "FORMAT",
	  "text (default), json, sarif; with --list-rules: text, json, markdown",
	  "text json sarif markdown" },
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct lint_args, output), "FILE",
	  "write here instead of to standard output", "@file" },
	{ 'd', "disable", SNUG_OPTION_LIST, offsetof(struct lint_args, disable), "RULES",
	  "leave these rules out: ids, or mistake, compatibility, risk for all of a kind",
	  "mistake compatibility risk @rule" },
	{ 0, "only", SNUG_OPTION_LIST, offsetof(struct lint_args, only), "RULES",
	  "run these rules and no others", "mistake compatibility risk @rule" },
	{ 0, "libseccomp", SNUG_OPTION_STRING, offsetof(struct lint_args, libseccomp), "VERSION",
	  "the libseccomp that will load the profile, such as 2.4.3 (default: this snug's)", "" },
	ENV_OPTIONS(struct lint_args, env),
	{ 0, "list-rules", SNUG_OPTION_BOOL, offsetof(struct lint_args, list_rules), NULL,
	  "list the rules and exit" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct lint_args, quiet), NULL,
	  "no summary at the end" },
	SNUG_OPTIONS_END,
};

struct files {
	VEC(struct lint_file) all;
	size_t n_below; /* findings under --level */
};

static void files_done(struct files *f)
{
	VEC_FOREACH (one, &f->all) {
		free(one->label);
		snug_findings_done(&one->findings);
	}
	VEC_DONE(&f->all);
}

/* The bits of the rules that @list names. */
static int rules_of(const char *option, const struct snug_list *list, uint64_t *ret,
		    struct snug_err *err)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < list->len; i++) {
		const char *word = list->items[i], *near;
		const struct snug_lint_rule *rule = snug_lint_rule_find(word);
		uint64_t found = rule ? snug_lint_rule_bit(rule) : 0;

		for (int g = 0; g < _SNUG_LINT_GROUP_MAX; g++)
			if (strcmp(snug_lint_group_name((enum snug_lint_group)g), word) == 0)
				found |= snug_lint_group_bits((enum snug_lint_group)g);
		if (!found) {
			near = snug_str_nearest(word, snug_lint_rule_ids());
			return snug_err_set(err, -EINVAL, "%s: unknown rule '%.64s'%s%s%s", option,
					    word, near ? " (did you mean '" : "", near ? near : "",
					    near ? "'?)" : " (--list-rules has them)");
		}
		bits |= found;
	}
	*ret = bits;
	return 0;
}

static int resolve_rules(const struct lint_args *args, uint64_t *ret, struct snug_err *err)
{
	uint64_t only = 0, disabled = 0;
	int r = 0;

	for (int g = 0; g < _SNUG_LINT_GROUP_MAX; g++)
		only |= snug_lint_group_bits((enum snug_lint_group)g);
	/* an empty list too: what a script left empty must not look like a profile without fault */
	if (args->only.is_set)
		r = rules_of("--only", &args->only, &only, err);
	if (r == 0)
		r = rules_of("--disable", &args->disable, &disabled, err);
	if (r < 0)
		return r;
	if (!(only & ~disabled))
		return snug_err_set(err, -EINVAL, "--only and --disable leave no rule to run");
	*ret = only & ~disabled;
	return 0;
}

static int check_format(const struct lint_args *args, const char *a, const char *b, const char *c,
			struct snug_err *err)
{
	if (strcmp(args->format, a) == 0 || strcmp(args->format, b) == 0 ||
	    strcmp(args->format, c) == 0)
		return 0;
	return snug_err_set(err, -EINVAL, "--format: '%.64s' is none of %s, %s, %s", args->format,
			    a, b, c);
}

static int resolve(struct lint_args *args, struct snug_lint_options *ret,
		   enum snug_severity *ret_level, struct snug_err *err)
{
	int r;

	*ret_level = SNUG_SEVERITY_WARNING;
	if (args->level)
		*ret_level = snug_severity_from_name(args->level);
	if (*ret_level == _SNUG_SEVERITY_INVALID)
		return snug_err_set(err, -EINVAL,
				    "--level: '%.64s' is none of note, warning, error",
				    args->level);
	if (args->libseccomp &&
	    snug_libseccomp_version_parse(args->libseccomp, &ret->libseccomp) < 0)
		return snug_err_set(err, -EINVAL, "--libseccomp: '%.64s' is no version (2.5.4)",
				    args->libseccomp);
	r = env_options_resolve(&args->env, &ret->env, err);
	return r < 0 ? r : resolve_rules(args, &ret->rules, err);
}

/* Keeps the findings of @level and above. */
static void keep(struct snug_findings *all, enum snug_severity level, struct files *files)
{
	struct snug_findings below = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < all->len; i++) {
		if (all->items[i].severity >= level)
			all->items[kept++] = all->items[i];
		else
			*VEC_PUSH(&below) = all->items[i];
	}
	all->len = kept;
	files->n_below += below.len;
	snug_findings_done(&below);
}

static int lint_one(const char *path, const struct lint_args *args,
		    const struct snug_lint_options *opts, enum snug_severity level,
		    struct files *files, struct snug_err *err)
{
	CLEANUP(input_done) struct input in = { 0 };
	struct snug_lint_options mine = *opts;
	struct snug_findings findings = { 0 };
	struct lint_file *file;
	int r;

	r = input_read_keep_unknown(path, &in, err);
	/* a recording is about the machine where it was made */
	if (r == 0 && in.recording && !args->env.arch)
		mine.env.arch = snug_arch_family(in.recording->arch);
	if (r < 0)
		return r;
	snug_lint(in.profile, &mine, &findings);
	keep(&findings, level, files);
	file = VEC_PUSH(&files->all);
	file->label = STEAL(in.label);
	file->findings = findings;
	return 0;
}

static void add_output(const struct lint_args *args, const struct files *files,
		       struct snug_str *out)
{
	struct lint_view view = {
		.files = files->all.items,
		.n_files = files->all.len,
		.has_colours = !args->output && columns_has_colours(stdout),
	};

	if (strcmp(args->format, "json") == 0)
		lint_add_json(&view, out);
	else if (strcmp(args->format, "sarif") == 0)
		lint_add_sarif(&view, out);
	else
		lint_add_text(&view, out);
}

static void add_rules(const struct lint_args *args, struct snug_str *out)
{
	if (strcmp(args->format, "json") == 0)
		lint_add_rules_json(out);
	else if (strcmp(args->format, "markdown") == 0)
		snug_lint_add_manual(out);
	else
		lint_add_rules_text(args->output ? UINT_MAX : columns_row_width(stdout), out);
}

/* @files: what must not be replaced. */
static int write_output(const char *path, const struct files *files, const struct snug_str *text,
			struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	int r;

	if (!path) {
		/* main() looks for errors */
		if (text->len)
			fwrite(text->buf, 1, text->len, stdout);
		return 0;
	}
	r = sudo_outfile_open(path, &file, err);
	if (r < 0)
		return r;
	VEC_FOREACH (one, &files->all)
		if (snug_outfile_is(file, one->label))
			return snug_err_set(err, -EINVAL, "%s: is a profile and the output at once",
					    one->label);
	snug_outfile_add(file, snug_str_text(text), text->len);
	return snug_outfile_commit(file, err);
}

/* How many findings there are; tells of them. */
static size_t sum_up(const struct files *files, enum snug_severity level)
{
	size_t sum[_SNUG_SEVERITY_MAX] = { 0 }, n[_SNUG_SEVERITY_MAX], all = 0;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	VEC_FOREACH (file, &files->all) {
		snug_findings_count(&file->findings, n);
		for (int s = 0; s < _SNUG_SEVERITY_MAX; s++)
			sum[s] += n[s];
	}
	for (int s = _SNUG_SEVERITY_MAX - 1; s >= (int)level; s--) {
		snug_str_addf(&text, "%s%zu %s%s", text.len ? ", " : "", sum[s],
			      snug_severity_name((enum snug_severity)s), sum[s] == 1 ? "" : "s");
		all += sum[s];
	}
	if (files->n_below)
		snug_str_addf(&text, "; %zu below --level %s not shown", files->n_below,
			      snug_severity_name(level));
	say_person("%s", snug_str_text(&text));
	return all;
}

/* 1 when something was found, 0 when not. */
static int lint(struct lint_args *args, char **paths, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(files_done) struct files files = { 0 };
	struct snug_lint_options opts = { 0 };
	enum snug_severity level = SNUG_SEVERITY_WARNING;
	int r;

	if (args->list_rules) {
		r = check_format(args, "text", "json", "markdown", err);
		if (r < 0)
			return r;
		add_rules(args, &out);
		return write_output(args->output, &files, &out, err);
	}
	if (!paths[0])
		return snug_err_set(err, -EINVAL, "no profile provided (see 'snug lint --help')");
	r = check_format(args, "text", "json", "sarif", err);
	if (r == 0)
		r = resolve(args, &opts, &level, err);
	for (; r == 0 && *paths; paths++)
		r = lint_one(*paths, args, &opts, level, &files, err);
	if (r < 0)
		return r;
	add_output(args, &files, &out);
	r = write_output(args->output, &files, &out, err);
	if (r < 0)
		return r;
	return sum_up(&files, level) > 0;
}

static int lint_run(void *data, char **argv)
{
	struct lint_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	if (!args->format)
		args->format = "text";
	r = lint(args, argv, &err);
	if (r < 0)
		say_error("lint: %s", snug_err_msg(&err));
	env_options_done(&args->env);
	snug_list_done(&args->disable);
	snug_list_done(&args->only);
	/* main() tells, but a full disk must not look like a result */
	if (r < 0 || fflush(stdout) != 0)
		return STATUS_TROUBLE;
	return r ? STATUS_FINDINGS : STATUS_CLEAN;
}

const struct snug_verb snug_verb_lint = {
	.name = "lint",
	.synopsis = "PROFILE...",
	.summary = "Find mistakes and risks in profiles",
	.details =
		"PROFILE is a profile in any format, a recording (which stands for the profile that\n"
		"allows exactly what it did), docker-default, or - for standard input.\n"
		"The exit status is 0 when nothing was found, 1 when something was, 2 after an error.\n",
	.positionals = "@profile",
	.options = options,
	.args_size = sizeof(struct lint_args),
	.run = lint_run,
};
