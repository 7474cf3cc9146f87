/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of completion.fish: a `complete` line for each option. */
#include "cmd/completion.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/completion-words.h"
#include "cmd/verb.h"

#include <string.h>

extern const char snug_completion_fish[];

static void add_takes_value(const struct snug_verb *v, struct snug_str *out)
{
	snug_str_add(out, "        case ");
	completion_add_names(v, " ", out);
	snug_str_add(out, "\n            contains -- $argv[2]");
	for (const struct snug_option *o = v->options; o->name; o++) {
		if (!snug_option_has_value(o))
			continue;
		if (o->letter)
			snug_str_addf(out, " %c", o->letter);
		snug_str_addf(out, " %s", o->name);
	}
	snug_str_addc(out, '\n');
}

static void add_takes_values(const struct completion_input *in, struct snug_str *out)
{
	snug_str_add(out, "function __snug_takes_value\n    switch $argv[1]\n");
	for (size_t i = 0; in->verbs[i]; i++)
		add_takes_value(in->verbs[i], out);
	snug_str_add(out, "        case '*'\n            return 1\n    end\nend\n\n");
}

static void add_sets(const struct completion_input *in, struct snug_str *out)
{
	snug_str_add(out, "function __snug_set\n    switch $argv[1]\n");
	completion_add_sets(in, "        case ", "\n            string join \\n ", "\n", out);
	snug_str_add(out, "    end\nend\n\n");
}

/* " -F -a '...'": what @values are, for options and other words alike. */
static void add_values(const char *values, bool is_list, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str call = SNUG_STR_INIT;

	if (completion_has_value(values, "@file") || completion_has_value(values, "@profile"))
		snug_str_add(out, " -F");
	else
		snug_str_add(out, " -f");
	if (strcmp(values, "@file") == 0 || !*values)
		return;
	snug_str_add(out, " -a ");
	if (strcmp(values, "@directory") == 0)
		snug_str_add(&call, "(__fish_complete_directories (commandline -ct))");
	else if (strcmp(values, "@command") == 0)
		snug_str_add(&call, "(__snug_command)");
	else
		snug_str_addf(&call, "(__snug_%s %s)", is_list ? "list" : "values", values);
	completion_add_fish_quoted(snug_str_text(&call), out);
}

static void add_condition(const struct snug_verb *v, const char *condition, struct snug_str *out)
{
	snug_str_addf(out, "complete -c snug -n '%s ", condition);
	completion_add_names(v, " ", out);
	snug_str_addc(out, '\'');
}

static void add_option_rest(const struct snug_option *o, struct snug_str *out)
{
	if (snug_option_has_value(o)) {
		snug_str_add(out, " -r");
		add_values(completion_values(o), o->type == SNUG_OPTION_LIST, out);
	}
	snug_str_add(out, " -d ");
	completion_add_fish_quoted(o->help, out);
	snug_str_addc(out, '\n');
}

static void add_option(const struct snug_verb *v, const struct snug_option *o, struct snug_str *out)
{
	add_condition(v, "__snug_wants_option", out);
	if (o->letter)
		snug_str_addf(out, " -s %c", o->letter);
	snug_str_addf(out, " -l %s", o->name);
	add_option_rest(o, out);
	add_condition(v, "__snug_wants_old_option", out);
	snug_str_addf(out, " -o %s", o->name);
	add_option_rest(o, out);
}

static void add_positionals(const struct snug_verb *v, const char *condition, const char *values,
			    struct snug_str *out)
{
	if (!*values)
		return;
	add_condition(v, condition, out);
	add_values(values, false, out);
	snug_str_addc(out, '\n');
}

static void add_verb(const struct snug_verb *v, struct snug_str *out)
{
	snug_str_addf(out, "\ncomplete -c snug -n __snug_wants_verb -a %s -d ", v->name);
	completion_add_fish_quoted(v->summary, out);
	snug_str_addc(out, '\n');
	for (const struct snug_option *o = v->options; o->name; o++)
		add_option(v, o, out);
	add_condition(v, "__snug_wants_option", out);
	snug_str_add(out, " -s h -l help -d 'show the options'\n");
	add_positionals(v, "__snug_wants_word", completion_positionals(v), out);
	add_positionals(v, "__snug_wants_more", completion_more_positionals(v), out);
}

void completion_fish(const struct completion_input *in, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str tables = SNUG_STR_INIT;

	add_takes_values(in, &tables);
	add_sets(in, &tables);
	snug_str_add(
		&tables,
		"complete -c snug -e\ncomplete -c snug -f\n"
		"complete -c snug -n __snug_wants_verb -s h -l help -d 'list the verbs'\n"
		"complete -c snug -n __snug_wants_verb -s v -l version -d 'print the version'\n"
		"complete -c snug -n __snug_wants_verb -a help"
		" -d 'Show the verbs, or the options of one'\n"
		"complete -c snug -n '__snug_wants_word help h' -f -a '(__snug_set @verb)'\n");
	for (size_t i = 0; in->verbs[i]; i++)
		add_verb(in->verbs[i], &tables);
	completion_add_script(snug_completion_fish, &tables, out);
}
