/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/completion-words.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/verb.h"

#include <string.h>

const char *completion_values(const struct snug_option *option)
{
	static const struct {
		const char *metavar, *values;
	} usual[] = {
		{ "FILE", "@file" },       { "RECORDING", "@file" }, { "DIR", "@directory" },
		{ "PROFILE", "@profile" }, { "ARCH", "@arch" },
	};

	if (option->values)
		return option->values;
	for (size_t i = 0; option->metavar && i < ARRAY_SIZE(usual); i++) {
		if (strcmp(option->metavar, usual[i].metavar) == 0)
			return usual[i].values;
	}
	return "";
}

const char *completion_positionals(const struct snug_verb *verb)
{
	if (verb->positionals)
		return verb->positionals;
	return *verb->synopsis ? "@file" : "";
}

const char *completion_more_positionals(const struct snug_verb *verb)
{
	return verb->more_positionals ? verb->more_positionals : completion_positionals(verb);
}

bool completion_has_value(const char *values, const char *word)
{
	size_t len = strlen(word);

	while (*values) {
		size_t n = strcspn(values, " ");

		if (n == len && strncmp(values, word, n) == 0)
			return true;
		values += n + (values[n] == ' ');
	}
	return false;
}

bool completion_uses_set(const struct completion_input *in, const char *name)
{
	/* `snug help VERB`, which is in no table */
	if (strcmp(name, "@verb") == 0)
		return true;
	for (size_t i = 0; in->verbs[i]; i++) {
		if (completion_has_value(completion_positionals(in->verbs[i]), name) ||
		    completion_has_value(completion_more_positionals(in->verbs[i]), name))
			return true;
		for (const struct snug_option *o = in->verbs[i]->options; o->name; o++) {
			if (completion_has_value(completion_values(o), name))
				return true;
		}
	}
	return false;
}

void completion_add_names(const struct snug_verb *verb, const char *between, struct snug_str *out)
{
	snug_str_add(out, verb->name);
	if (verb->alias)
		snug_str_addf(out, "%s%s", between, verb->alias);
}

void completion_add_quoted(const char *text, struct snug_str *out)
{
	snug_str_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			snug_str_add(out, "'\\''");
		else
			snug_str_addc(out, *text);
	}
	snug_str_addc(out, '\'');
}

void completion_add_fish_quoted(const char *text, struct snug_str *out)
{
	snug_str_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			snug_str_addc(out, '\\');
		snug_str_addc(out, *text);
	}
	snug_str_addc(out, '\'');
}

void completion_add_sets(const struct completion_input *in, const char *before, const char *between,
			 const char *after, struct snug_str *out)
{
	for (const struct completion_set *s = in->sets; s->name; s++) {
		if (!completion_uses_set(in, s->name))
			continue;
		snug_str_addf(out, "%s%s%s", before, s->name, between);
		for (size_t i = 0; s->words[i]; i++)
			snug_str_addf(out, "%s%s", i ? " " : "", s->words[i]);
		snug_str_add(out, after);
	}
}

void completion_add_script(const char *text, const struct snug_str *tables, struct snug_str *out)
{
	static const char line[] = "# TABLES\n";
	const char *place = strstr(text, line);

	snug_bug_on(!place);
	snug_str_addn(out, text, (size_t)(place - text));
	snug_str_add(out, snug_str_text(tables));
	snug_str_add(out, place + strlen(line));
}
