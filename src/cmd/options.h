/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One table a verb: parsing, --help and the man pages' check all come from it.  Parsing stops at
 * the first positional or behind "--"; -x, --long, -long, --long=V and --long V are understood.
 */
#include <stdbool.h>
#include <stddef.h>

struct snug_err;
struct snug_str;

enum snug_option_type {
	SNUG_OPTION_BOOL,   /* bool; --x=false turns it off again */
	SNUG_OPTION_SWITCH, /* enum snug_switch: on the command line as BOOL, but not given is known
			     */
	SNUG_OPTION_STRING, /* const char *, borrowed from argv; the last one wins */
	/* const char *, "" without a value: only --x=V has one, the next word never is */
	SNUG_OPTION_OPTIONAL,
	SNUG_OPTION_LIST, /* struct snug_list: repeatable, split at commas */
};

enum snug_switch {
	SNUG_SWITCH_UNSET,
	SNUG_SWITCH_OFF,
	SNUG_SWITCH_ON,
};

struct snug_option {
	char letter;      /* 0: none */
	const char *name; /* NULL ends a table */
	enum snug_option_type type;
	size_t offset;       /* into the verb's argument struct */
	const char *metavar; /* for values */
	const char *help;
	/* what a shell offers for the value, as cmd/completion-words.h says; NULL: what the metavar
	 * suggests */
	const char *values;
};

/* Whether a value must follow. */
static inline bool snug_option_has_value(const struct snug_option *o)
{
	return o->type == SNUG_OPTION_STRING || o->type == SNUG_OPTION_LIST;
}

#define SNUG_OPTIONS_END                                                                           \
	{                                                                                          \
		0, NULL, SNUG_OPTION_BOOL, 0, NULL, NULL, NULL                                     \
	}

struct snug_list {
	bool is_set;
	char **items; /* NULL-terminated when is_set */
	size_t len;
};
void snug_list_done(struct snug_list *l);

/* Returns how many words of @argv were options (the positionals follow), or -EINVAL with words that
 * name the option.  *ret_help: --help was among them. */
int snug_options_parse(const struct snug_option *table, char **argv, void *args, bool *ret_help,
		       struct snug_err *err);
/* Frees the lists in @args; for whoever does not run the verb, which owns them otherwise. */
void snug_options_done(const struct snug_option *table, void *args);
/* Whether @word is an option of @table as people write it: -x, --long, -long, with =V or without.
 */
bool snug_options_has(const struct snug_option *table, const char *word);
/* Appends the table, two columns wide. */
void snug_options_help(const struct snug_option *table, struct snug_str *out);
/* Appends @text for a terminal of 80 columns: lines that follow each other are one paragraph; one
 * that begins with a blank stays as it is, and so does an empty one. */
void snug_options_help_prose(const char *text, struct snug_str *out);
