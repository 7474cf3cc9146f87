/* SPDX-License-Identifier: Apache-2.0 */
/* `snug`: finds the verb, parses its options, runs it. */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/terminal.h"
#include "cmd/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the order of the help; one a line, so that a new verb is one line more. */
/* clang-format off */
static const struct snug_verb *const verbs[] = {
	&snug_verb_record,
	&snug_verb_run,
	&snug_verb_derive,
	&snug_verb_show,
	&snug_verb_merge,
	&snug_verb_diff,
	&snug_verb_check,
	&snug_verb_convert,
	&snug_verb_lint,
	&snug_verb_report,
	&snug_verb_audit,
	&snug_verb_watch,
	&snug_verb_amend,
	&snug_verb_hook,
	&snug_verb_ps,
	&snug_verb_doctor,
	&snug_verb_completion,
	&snug_verb_version,
	NULL,
};
/* clang-format on */

const struct snug_verb *const *snug_verbs(void)
{
	return verbs;
}

static const struct snug_verb *find_verb(const char *name)
{
	for (size_t i = 0; verbs[i]; i++) {
		if (strcmp(verbs[i]->name, name) == 0 ||
		    (verbs[i]->alias && strcmp(verbs[i]->alias, name) == 0))
			return verbs[i];
	}
	return NULL;
}

/* An option here is meant for snug itself, which has two. */
static int refuse_word(const char *word)
{
	static const char *const own[] = { "--help", "--version", NULL };
	const char *names[ARRAY_SIZE(verbs)] = { NULL };
	bool is_option = word[0] == '-';
	CLEANUP(freep) char *hint = NULL;

	for (size_t i = 0; verbs[i]; i++)
		names[i] = verbs[i]->name;
	hint = snug_str_did_you_mean(snug_str_nearest(word, is_option ? own : names));
	if (is_option)
		say_error("unknown option '%s'%s before the verb (see 'snug --help')", word, hint);
	else
		say_error("unknown verb '%s'%s; 'snug --help' lists them", word, hint);
	return SNUG_EXIT_USAGE;
}

static void print_help(void)
{
	printf("snug makes security profiles that fit: it records what a program asks of the\n"
	       "kernel, writes a seccomp profile from it, and runs programs under profiles.\n\n"
	       "Usage: snug VERB [OPTIONS] ...\n\n");
	for (size_t i = 0; verbs[i]; i++)
		printf("  %-10s %-2s  %s\n", verbs[i]->name, verbs[i]->alias ? verbs[i]->alias : "",
		       verbs[i]->summary);
	printf("\nTry:\n"
	       "  sudo snug record -o ls.json -t raw-seccomp -n -- ls /\n"
	       "  snug run -p ls.json -- ls /\n\n"
	       "'snug VERB --help' and the manual page snug-VERB(1) say more.\n");
}

/* `snug` alone: who types that wants to know where to begin, not all there is. */
static void print_start(void)
{
	printf("snug makes seccomp profiles that fit: it watches a program, and writes down the\n"
	       "system calls that this program is allowed to make from now on, and no other.\n\n"
	       "Make a profile for a command:\n"
	       "  sudo snug record -n -t raw-seccomp -o ls.json -- ls /\n\n"
	       "Run a command under a profile, and be told what it refuses:\n"
	       "  snug run -p ls.json -- ls -l /\n\n"
	       "Make a profile for a container that runs ('snug ps' lists them):\n"
	       "  sudo snug record --container NAME -o web.yaml\n\n"
	       "Understand a profile, whoever wrote it:\n"
	       "  snug show ls.json\n\n"
	       "Ask, in a pipeline, whether the profile still fits:\n"
	       "  sudo snug record -q -o /dev/null --recording tests.rec -- make test\n"
	       "  snug check -p ls.json tests.rec\n\n"
	       "'snug doctor' tells what works on this machine, 'snug --help' lists all verbs.\n");
}

static void print_verb_help(const struct snug_verb *v)
{
	CLEANUP(snug_str_done) struct snug_str rest = SNUG_STR_INIT;

	snug_options_help(v->options, &rest);
	if (v->details) {
		snug_str_addc(&rest, '\n');
		snug_options_help_prose(v->details, &rest);
	}
	printf("Usage: snug %s [OPTIONS]%s%s\n\n%s.\n\nOptions:\n%s", v->name,
	       v->synopsis[0] ? " " : "", v->synopsis, v->summary, snug_str_text(&rest));
}

/* An option behind the first positional would be taken for a file, or for what else the verb
 * expects there; only what is to be run has options of its own. */
static int refuse_late_options(const struct snug_verb *v, char **argv, int used,
			       struct snug_err *err)
{
	bool takes_command = v->positionals && strcmp(v->positionals, "@command") == 0;

	if (takes_command || (used && strcmp(argv[used - 1], "--") == 0))
		return 0;
	for (char **word = argv + used; *word; word++)
		if (snug_options_has(v->options, *word))
			return snug_err_set(err, -EINVAL,
					    "'%.64s' comes too late: options stand before '%.64s'",
					    *word, argv[used]);
	return 0;
}

static int run_verb(const struct snug_verb *v, char **argv)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) void *args = xcalloc(1, v->args_size);
	bool wants_help = false;
	int used;

	used = snug_options_parse(v->options, argv, args, &wants_help, &err);
	if (used >= 0 && !wants_help && refuse_late_options(v, argv, used, &err) < 0)
		used = -EINVAL;
	if (used >= 0 && !wants_help)
		return v->run(args, argv + used);
	snug_options_done(v->options, args);
	if (used < 0) {
		say_error("%s: %s (see 'snug %s --help')", v->name, snug_err_msg(&err), v->name);
		return SNUG_EXIT_USAGE;
	}
	print_verb_help(v);
	return SNUG_EXIT_OK;
}

static bool is_help_word(const char *word)
{
	return strcmp(word, "help") == 0 || strcmp(word, "h") == 0 || strcmp(word, "--help") == 0 ||
	       strcmp(word, "-help") == 0 || strcmp(word, "-h") == 0;
}

static int dispatch(char **argv)
{
	const struct snug_verb *v;

	if (!argv[0]) {
		print_start();
		return SNUG_EXIT_OK;
	}
	if (is_help_word(argv[0])) {
		v = argv[1] ? find_verb(argv[1]) : NULL;
		if (argv[1] && *argv[1] && !v && !is_help_word(argv[1]))
			return refuse_word(argv[1]);
		if (v)
			print_verb_help(v);
		else
			print_help();
		return SNUG_EXIT_OK;
	}
	if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-v") == 0) {
		printf("snug version %s\n", SNUG_VERSION);
		return SNUG_EXIT_OK;
	}
	v = find_verb(argv[0]);
	if (v)
		return run_verb(v, argv + 1);
	return refuse_word(argv[0]);
}

/*
 * 0, 1 and 2 must be ours, or a file opened later could become the command's standard output.
 * Without O_CLOEXEC, which would take them away again; opened the wrong way round, so that reading
 * and writing fail as on the closed descriptors that they stand for.
 */
static void claim_standard_streams(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDONLY | O_NOCTTY);

		if (fd == STDIN_FILENO) {
			close(fd);
			fd = open("/dev/null", O_WRONLY | O_NOCTTY);
		}
		if (fd > STDERR_FILENO)
			close(fd);
		if (fd < 0 || fd > STDERR_FILENO)
			return;
	}
}

int main(int argc, char **argv)
{
	int status;

	claim_standard_streams();
	terminal_init();
	say_init(SNUG_TALK_NORMAL);
	status = dispatch(argv + (argc > 0));
	/* a full disk must not look like success */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		say_error("standard output: cannot write");
		return status ? status : SNUG_EXIT_FAILED;
	}
	return status;
}
