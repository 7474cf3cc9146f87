/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>

static const struct snug_option help_option = {
	'h', "help", SNUG_OPTION_BOOL, 0, NULL, "show this help",
};

void snug_list_done(struct snug_list *l)
{
	for (size_t i = 0; i < l->len; i++)
		free(l->items[i]);
	free(l->items);
	*l = (struct snug_list){ 0 };
}

static void list_add(struct snug_list *l, const char *text)
{
	l->is_set = true;
	while (*text) {
		size_t n = strcspn(text, ",");

		if (n) {
			l->items = xrealloc_array(l->items, l->len + 2, sizeof(*l->items));
			l->items[l->len++] = xstrndup(text, n);
			l->items[l->len] = NULL;
		}
		text += n + (text[n] == ',');
	}
}

/* Whether @word (without dashes, up to @len) is the option's name or letter. */
static bool matches(const struct snug_option *o, const char *word, size_t len)
{
	if (len == 1 && o->letter && word[0] == o->letter)
		return true;
	return strlen(o->name) == len && strncmp(o->name, word, len) == 0;
}

static const struct snug_option *find(const struct snug_option *table, const char *word, size_t len)
{
	for (const struct snug_option *o = table; o->name; o++) {
		if (matches(o, word, len))
			return o;
	}
	return matches(&help_option, word, len) ? &help_option : NULL;
}

static const char *nearest_option(const struct snug_option *table, const char *word)
{
	const char *names[64];
	size_t n = 0;

	for (const struct snug_option *o = table; o->name && n < ARRAY_SIZE(names) - 1; o++)
		names[n++] = o->name;
	names[n] = NULL;
	return snug_str_nearest(word, names);
}

static int set_bool(const char *name, bool *dst, const char *value, struct snug_err *err)
{
	if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*dst = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*dst = false;
	else
		return snug_err_set(err, -EINVAL, "--%s takes true or false, not '%s'", name,
				    value);
	return 0;
}

static int set_switch(const char *name, enum snug_switch *dst, const char *value,
		      struct snug_err *err)
{
	bool on = false;
	int r = set_bool(name, &on, value, err);

	if (r == 0)
		*dst = on ? SNUG_SWITCH_ON : SNUG_SWITCH_OFF;
	return r;
}

static int apply(const struct snug_option *o, void *args, const char *value, bool *ret_help,
		 struct snug_err *err)
{
	char *dst = (char *)args + o->offset;

	if (o == &help_option)
		return set_bool(o->name, ret_help, value, err);
	switch (o->type) {
	case SNUG_OPTION_BOOL:
		return set_bool(o->name, (bool *)(void *)dst, value, err);
	case SNUG_OPTION_SWITCH:
		return set_switch(o->name, (enum snug_switch *)(void *)dst, value, err);
	case SNUG_OPTION_STRING:
		*(const char **)(void *)dst = value;
		return 0;
	case SNUG_OPTION_OPTIONAL:
		*(const char **)(void *)dst = value ? value : "";
		return 0;
	case SNUG_OPTION_LIST:
		list_add((struct snug_list *)(void *)dst, value);
		return 0;
	}
	return 0;
}

/* -nq: several letters of flags in one word. */
static bool is_cluster(const struct snug_option *table, const char *word)
{
	for (const char *p = word; *p; p++) {
		const struct snug_option *o = find(table, p, 1);

		if (!o || snug_option_has_value(o))
			return false;
	}
	return *word != '\0';
}

static int parse_word(const struct snug_option *table, char **argv, void *args, bool *ret_help,
		      struct snug_err *err)
{
	bool is_long = argv[0][1] == '-';
	const char *word = argv[0] + 1 + is_long;
	size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct snug_option *o = find(table, word, len);
	const char *near;
	int r = 0;

	if (!o && !is_long && is_cluster(table, word)) {
		for (; *word && r == 0; word++)
			r = apply(find(table, word, 1), args, NULL, ret_help, err);
		return r < 0 ? r : 1;
	}
	if (!o) {
		near = nearest_option(table, word);
		return snug_err_set(err, -EINVAL, "unknown option '%s'%s%s%s", argv[0],
				    near ? " (did you mean '--" : "", near ? near : "",
				    near ? "'?)" : "");
	}
	if (!snug_option_has_value(o) || value) {
		r = apply(o, args, value, ret_help, err);
		return r < 0 ? r : 1;
	}
	if (!argv[1])
		return snug_err_set(err, -EINVAL, "option '%s' needs a value: %s", argv[0],
				    o->metavar);
	r = apply(o, args, argv[1], ret_help, err);
	return r < 0 ? r : 2;
}

int snug_options_parse(const struct snug_option *table, char **argv, void *args, bool *ret_help,
		       struct snug_err *err)
{
	int i = 0;

	while (argv[i] && argv[i][0] == '-' && argv[i][1]) {
		int used;

		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		used = parse_word(table, argv + i, args, ret_help, err);
		if (used < 0)
			return used;
		i += used;
	}
	return i;
}

void snug_options_done(const struct snug_option *table, void *args)
{
	for (const struct snug_option *o = table; o->name; o++)
		if (o->type == SNUG_OPTION_LIST)
			snug_list_done((struct snug_list *)(void *)((char *)args + o->offset));
}

bool snug_options_has(const struct snug_option *table, const char *word)
{
	if (*word++ != '-')
		return false;
	word += *word == '-';
	return find(table, word, strcspn(word, "=")) != NULL;
}

enum { HELP_COLUMN = 30, HELP_WIDTH = 80 };

/* The words of the @len bytes at @text, with @indent columns in front of each line but the first,
 * which the caller has begun. */
static void add_wrapped(struct snug_str *out, const char *text, size_t len, unsigned indent)
{
	const char *end = text + len;
	size_t column = indent;

	while (text < end) {
		size_t n = strcspn(text, " \n");

		if (column > indent && column + 1 + n > HELP_WIDTH) {
			snug_str_addf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		if (column > indent)
			snug_str_addc(out, ' ');
		column += n + (column > indent);
		snug_str_addn(out, text, n);
		text += n;
		text += strspn(text, " \n");
	}
	snug_str_addc(out, '\n');
}

static void help_line(const struct snug_option *o, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str left = SNUG_STR_INIT;

	if (o->letter)
		snug_str_addf(&left, "  -%c, --%s", o->letter, o->name);
	else
		snug_str_addf(&left, "      --%s", o->name);
	if (o->metavar)
		snug_str_addf(&left, o->type == SNUG_OPTION_OPTIONAL ? "[=%s]" : " %s", o->metavar);
	if (left.len < HELP_COLUMN - 2)
		snug_str_addf(out, "%-*s", HELP_COLUMN, snug_str_text(&left));
	else
		snug_str_addf(out, "%s\n%*s", snug_str_text(&left), HELP_COLUMN, "");
	add_wrapped(out, o->help, strlen(o->help), HELP_COLUMN);
}

void snug_options_help(const struct snug_option *table, struct snug_str *out)
{
	for (const struct snug_option *o = table; o->name; o++)
		help_line(o, out);
	help_line(&help_option, out);
}

void snug_options_help_prose(const char *text, struct snug_str *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		bool is_prose = len > 0 && *text != ' ';

		/* up to a line that is not */
		while (is_prose && text[len] && !strchr(" \n", text[len + 1]))
			len += 1 + strcspn(text + len + 1, "\n");
		if (is_prose)
			add_wrapped(out, text, len, 0);
		else
			snug_str_addf(out, "%.*s\n", (int)len, text);
		text += len + (text[len] == '\n');
	}
}
