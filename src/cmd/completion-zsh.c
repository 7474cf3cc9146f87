/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of completion.zsh: arguments of zsh's _arguments, zshcompsys(1). */
#include "cmd/completion.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/completion-words.h"
#include "cmd/verb.h"

#include <string.h>

extern const char snug_completion_zsh[];

/* Appends @text as it may stand in an argument of _arguments or _describe, inside single quotes. */
static void add_text(const char *text, struct snug_str *out)
{
	for (; *text; text++) {
		if (strchr("[]:\\", *text))
			snug_str_addc(out, '\\');
		if (*text == '\'')
			snug_str_add(out, "'\\''");
		else
			snug_str_addc(out, *text);
	}
}

/* ":FILE: _snug_values @file": the value of an option. */
static void add_value(const struct snug_option *o, struct snug_str *out)
{
	const char *values = completion_values(o);

	snug_str_addc(out, ':');
	add_text(o->metavar, out);
	snug_str_add(out, ": ");
	if (!*values)
		return;
	snug_str_add(out, o->type == SNUG_OPTION_LIST ? "_snug_list \"" : "_snug_values \"");
	add_text(values, out);
	snug_str_addc(out, '"');
}

/* One spelling.  $hide keeps the one with a single dash out of what is offered, unless somebody
 * writes so; "=" allows the value behind it and in the next word. */
static void add_spelling(const struct snug_option *o, const char *dashes, const char *name,
			 bool is_hidden, struct snug_str *out)
{
	bool has_value = snug_option_has_value(o);

	snug_str_addf(out, " \\\n\t\t\t%s'", is_hidden ? "$hide" : "");
	if (o->type == SNUG_OPTION_LIST)
		snug_str_addc(out, '*');
	else if (o->letter)
		snug_str_addf(out, "(-%c -%s --%s)", o->letter, o->name, o->name);
	else
		snug_str_addf(out, "(-%s --%s)", o->name, o->name);
	snug_str_addf(out, "%s%s%s[", dashes, name, has_value ? "=" : "");
	add_text(o->help, out);
	snug_str_addc(out, ']');
	if (has_value)
		add_value(o, out);
	snug_str_addc(out, '\'');
}

static void add_option(const struct snug_option *o, struct snug_str *out)
{
	const char letter[] = { o->letter, '\0' };

	if (o->letter)
		add_spelling(o, "-", letter, false, out);
	add_spelling(o, "--", o->name, false, out);
	add_spelling(o, "-", o->name, true, out);
}

/* @place: "1" or "*" */
static void add_positionals(const char *place, const char *values, struct snug_str *out)
{
	if (!*values)
		return;
	snug_str_addf(out, " \\\n\t\t\t'%s:word: _snug_values \"", place);
	add_text(values, out);
	snug_str_add(out, "\"'");
}

static void add_verb(const struct snug_verb *v, struct snug_str *out)
{
	const char *positionals = completion_positionals(v);

	snug_str_addc(out, '\t');
	completion_add_names(v, " | ", out);
	snug_str_add(out, ")\n\t\t_arguments -A '-*'");
	for (const struct snug_option *o = v->options; o->name; o++)
		add_option(o, out);
	snug_str_add(out, " \\\n\t\t\t'(- *)'{-h,--help}'[show the options]'");
	if (strcmp(positionals, "@command") == 0) {
		snug_str_add(out, " \\\n\t\t\t'(-)1:command: _command_names -e'"
				  " '*::arguments: _normal'");
	} else {
		add_positionals("1", positionals, out);
		add_positionals("*", completion_more_positionals(v), out);
	}
	snug_str_add(out, "\n\t\t;;\n");
}

static void add_sets(const struct completion_input *in, struct snug_str *out)
{
	snug_str_add(out, "_snug_set() {\n\tcase $1 in\n");
	completion_add_sets(in, "\t", ") set=(", ") ;;\n", out);
	snug_str_add(out, "\tesac\n}\n");
}

void completion_zsh(const struct completion_input *in, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str tables = SNUG_STR_INIT;

	snug_str_add(&tables, "_snug_verbs() {\n\tverbs=(\n");
	for (size_t i = 0; in->verbs[i]; i++) {
		snug_str_addf(&tables, "\t\t'%s:", in->verbs[i]->name);
		add_text(in->verbs[i]->summary, &tables);
		snug_str_add(&tables, "'\n");
	}
	snug_str_add(&tables, "\t\t'help:Show the verbs, or the options of one'\n\t)\n}\n\n"
			      "_snug_verb() {\n\tcase $words[1] in\n");
	for (size_t i = 0; in->verbs[i]; i++)
		add_verb(in->verbs[i], &tables);
	snug_str_add(&tables, "\thelp | h) _arguments '1:verb: _snug_values @verb' ;;\n"
			      "\tesac\n}\n\n");
	add_sets(in, &tables);
	completion_add_script(snug_completion_zsh, &tables, out);
}
