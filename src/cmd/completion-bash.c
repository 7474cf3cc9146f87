/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of completion.bash; what they are, that file says. */
#include "cmd/completion.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/completion-words.h"
#include "cmd/verb.h"

extern const char snug_completion_bash[];

static void add_option_words(const struct snug_option *table, struct snug_str *out)
{
	for (const struct snug_option *o = table; o->name; o++) {
		if (o->letter)
			snug_str_addf(out, "-%c ", o->letter);
		snug_str_addf(out, "--%s ", o->name);
	}
	snug_str_add(out, "-h --help");
}

static void add_option(const struct snug_option *o, struct snug_str *out)
{
	if (!snug_option_has_value(o))
		return;
	snug_str_add(out, "\t\t");
	if (o->letter)
		snug_str_addf(out, "%c | ", o->letter);
	snug_str_addf(out, "%s) takes_value=1 values=", o->name);
	completion_add_quoted(completion_values(o), out);
	snug_str_addf(out, "%s ;;\n", o->type == SNUG_OPTION_LIST ? " is_list=1" : "");
}

static void add_verb(const struct snug_verb *v, struct snug_str *out)
{
	snug_str_addc(out, '\t');
	completion_add_names(v, " | ", out);
	snug_str_add(out, ")\n\t\toptions='");
	add_option_words(v->options, out);
	snug_str_add(out, "' positionals=");
	completion_add_quoted(completion_positionals(v), out);
	snug_str_add(out, " more_positionals=");
	completion_add_quoted(completion_more_positionals(v), out);
	snug_str_add(out, "\n\t\tcase ${2-} in\n");
	for (const struct snug_option *o = v->options; o->name; o++)
		add_option(o, out);
	snug_str_add(out, "\t\tesac\n\t\t;;\n");
}

static void add_sets(const struct completion_input *in, struct snug_str *out)
{
	snug_str_add(out, "_snug_set() {\n\tcase $1 in\n");
	completion_add_sets(in, "\t", ") echo '", "' ;;\n", out);
	snug_str_add(out, "\tesac\n}\n");
}

void completion_bash(const struct completion_input *in, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str tables = SNUG_STR_INIT;

	snug_str_add(&tables, "_snug_verbs() {\n\techo '");
	for (size_t i = 0; in->verbs[i]; i++)
		snug_str_addf(&tables, "%s%s", i ? " " : "", in->verbs[i]->name);
	snug_str_add(&tables, "'\n}\n\n_snug_verb() {\n\tcase $1 in\n");
	for (size_t i = 0; in->verbs[i]; i++)
		add_verb(in->verbs[i], &tables);
	snug_str_add(&tables,
		     "\thelp | h) positionals='@verb' ;;\n\t*) return 1 ;;\n\tesac\n}\n\n");
	add_sets(in, &tables);
	completion_add_script(snug_completion_bash, &tables, out);
}
