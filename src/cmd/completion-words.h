/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What shells are told about the verbs.  The `values` of an option and the `positionals` and
 * `more_positionals` of a verb are words separated by blanks: each is offered as it stands, except
 *
 *	@file, @directory	names of files
 *	@profile		the same, and the well-known profiles
 *	@command		a command with its arguments, completed as if it stood alone
 *	@verb, @arch, @capability, @rule, @syscall
 *				the words of that set
 *
 * "" offers nothing.
 */
#include <stdbool.h>
#include <stddef.h>

struct snug_option;
struct snug_str;
struct snug_verb;

/* A word with '@' in front that stands for many. */
struct completion_set {
	const char *name;         /* NULL ends a list */
	const char *const *words; /* NULL-terminated */
};

struct completion_input {
	const struct snug_verb *const *verbs; /* NULL-terminated */
	const struct completion_set *sets;
};

/* As the header of this file says; never NULL.  A flag has no values: check its type. */
const char *completion_values(const struct snug_option *option);
const char *completion_positionals(const struct snug_verb *verb);
const char *completion_more_positionals(const struct snug_verb *verb);
/* Whether @word is one of @values. */
bool completion_has_value(const char *values, const char *word);
/* Whether some option or verb has the value @name. */
bool completion_uses_set(const struct completion_input *in, const char *name);

/* Appends "name" or "name<between>alias". */
void completion_add_names(const struct snug_verb *verb, const char *between, struct snug_str *out);
/* Appends @text in single quotes as POSIX shells and zsh read it. */
void completion_add_quoted(const char *text, struct snug_str *out);
/* The same as fish reads it, where a backslash escapes inside single quotes too. */
void completion_add_fish_quoted(const char *text, struct snug_str *out);
/* Appends @before, its name, @between, its words and @after, for each set that is in use. */
void completion_add_sets(const struct completion_input *in, const char *before, const char *between,
			 const char *after, struct snug_str *out);
/* Appends @text, in which the line "# TABLES" is replaced by @tables; SNUG_BUG without that. */
void completion_add_script(const char *text, const struct snug_str *tables, struct snug_str *out);
