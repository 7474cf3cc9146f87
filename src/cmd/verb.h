/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What a verb of `snug` is; main.c has the table of all. */
#include "cmd/options.h"

/* Exit statuses; `record` and `run` exit with the command's own status once it was started. */
enum snug_exit {
	SNUG_EXIT_OK = 0,
	SNUG_EXIT_FAILED = 1,
	SNUG_EXIT_USAGE = 2,
	SNUG_EXIT_NOT_EXECUTABLE = 126,
	SNUG_EXIT_NOT_FOUND = 127,
	SNUG_EXIT_SIGNAL_BASE = 128,
};

struct snug_verb {
	const char *name;
	const char *alias;    /* one short form, or NULL */
	const char *synopsis; /* behind "snug NAME [OPTIONS] " */
	const char *summary;  /* one line */
	const char *details;  /* further help text, as snug_options_help_prose() says; or NULL */
	/* what a shell offers for the first positional, as cmd/completion-words.h says; NULL:
	 * files, or nothing where the synopsis is empty */
	const char *positionals;
	const char *more_positionals; /* the same for the others; NULL: as for the first */
	const struct snug_option *options;
	size_t args_size; /* of the struct that options write to, zeroed */
	/* @argv: the positionals, NULL-terminated.  Returns the exit status.  Owns what options put
	 * into @args (lists). */
	int (*run)(void *args, char **argv);
};

extern const struct snug_verb snug_verb_record;
extern const struct snug_verb snug_verb_run;
extern const struct snug_verb snug_verb_derive;
extern const struct snug_verb snug_verb_show;
extern const struct snug_verb snug_verb_merge;
extern const struct snug_verb snug_verb_diff;
extern const struct snug_verb snug_verb_check;
extern const struct snug_verb snug_verb_convert;
extern const struct snug_verb snug_verb_lint;
extern const struct snug_verb snug_verb_report;
extern const struct snug_verb snug_verb_audit;
extern const struct snug_verb snug_verb_watch;
extern const struct snug_verb snug_verb_amend;
extern const struct snug_verb snug_verb_hook;
extern const struct snug_verb snug_verb_ps;
extern const struct snug_verb snug_verb_doctor;
extern const struct snug_verb snug_verb_completion;
extern const struct snug_verb snug_verb_version;

/* All of them, in the order of the help, NULL-terminated. */
const struct snug_verb *const *snug_verbs(void);
