/* SPDX-License-Identifier: Apache-2.0 */
/* What scripts are made of verbs whose words are hostile to shells; tests/cli/completion.bats has
 * the shells read them. */
#include "cmd/completion.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/completion-words.h"
#include "cmd/verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct snug_option options[] = {
	{ 'f', "flag", SNUG_OPTION_BOOL, 0, NULL, "it's [a]: \\ \"$(b)\" `c`" },
	{ 0, "list", SNUG_OPTION_LIST, 0, "LIST", "many", "one two @letter" },
	{ 'o', "out", SNUG_OPTION_STRING, 0, "FILE", "usual" },
	{ 0, "name", SNUG_OPTION_STRING, 0, "NAME", "free" },
	{ 0, "profile", SNUG_OPTION_STRING, 0, "PROFILE", "usual too" },
	SNUG_OPTIONS_END,
};
static const struct snug_option no_options[] = { SNUG_OPTIONS_END };

static const struct snug_verb hostile = {
	.name = "hostile",
	.alias = "H",
	.synopsis = "WORD",
	.more_positionals = "@letter",
	.summary = "don't: [x] \\ $y",
	.options = options,
};
static const struct snug_verb empty = {
	.name = "empty", .synopsis = "", .summary = "Nothing", .options = no_options
};
static const struct snug_verb runner = {
	.name = "runner",
	.synopsis = "COMMAND",
	.summary = "Run",
	.positionals = "@command",
	.options = no_options,
};
static const struct snug_verb *const verbs[] = { &hostile, &empty, &runner, NULL };

static const char *const letters[] = { "alpha", "beta", NULL };
static const char *const unused[] = { "never", NULL };
static const struct completion_set sets[] = {
	{ "@verb", letters },
	{ "@letter", letters },
	{ "@unused", unused },
	{ NULL, NULL },
};
static const struct completion_input in = { verbs, sets };

static void test_values(void **state)
{
	struct snug_option o = options[0];

	(void)state;
	assert_string_equal(completion_values(&options[1]), "one two @letter");
	assert_string_equal(completion_values(&options[2]), "@file");
	assert_string_equal(completion_values(&options[3]), "");
	assert_string_equal(completion_values(&options[4]), "@profile");
	o.metavar = "DIR";
	assert_string_equal(completion_values(&o), "@directory");
	o.metavar = "ARCH";
	assert_string_equal(completion_values(&o), "@arch");
	o.values = "";
	assert_string_equal(completion_values(&o), "");
	assert_string_equal(completion_positionals(&hostile), "@file");
	assert_string_equal(completion_positionals(&empty), "");
	assert_string_equal(completion_positionals(&runner), "@command");
	assert_string_equal(completion_more_positionals(&runner), "@command");
	assert_string_equal(completion_more_positionals(&hostile), "@letter");
}

static void test_words(void **state)
{
	(void)state;
	assert_true(completion_has_value("one two @letter", "one"));
	assert_true(completion_has_value("one two @letter", "@letter"));
	assert_false(completion_has_value("one two @letter", "tw"));
	assert_false(completion_has_value("one two", "twos"));
	assert_false(completion_has_value("", "x"));
	assert_true(completion_uses_set(&in, "@letter"));
	assert_true(completion_uses_set(&in, "@verb")); /* snug help VERB */
	assert_false(completion_uses_set(&in, "@unused"));
}

static void test_quotes(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	completion_add_quoted("a'b\\$c", &s);
	assert_string_equal(snug_str_text(&s), "'a'\\''b\\$c'");
	snug_str_clear(&s);
	completion_add_fish_quoted("a'b\\$c", &s);
	assert_string_equal(snug_str_text(&s), "'a\\'b\\\\$c'");
}

static void has(const struct snug_str *script, const char *text)
{
	if (!strstr(snug_str_text(script), text))
		fail_msg("no \"%s\" in:\n%s", text, snug_str_text(script));
}

static void test_bash(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	completion_bash(&in, &s);
	has(&s, "\techo 'hostile empty runner'\n");
	has(&s,
	    "\thostile | H)\n\t\toptions='-f --flag --list -o --out --name --profile -h --help' "
	    "positionals='@file' more_positionals='@letter'\n");
	has(&s, "\t\tlist) takes_value=1 values='one two @letter' is_list=1 ;;\n");
	has(&s, "\t\to | out) takes_value=1 values='@file' ;;\n");
	has(&s, "\t\tname) takes_value=1 values='' ;;\n");
	has(&s, "\t@letter) echo 'alpha beta' ;;\n");
	assert_null(strstr(snug_str_text(&s), "never"));
	assert_null(strstr(snug_str_text(&s), "# TABLES"));
	has(&s, "\ncomplete -F _snug snug\n");
}

static void test_zsh(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	completion_zsh(&in, &s);
	assert_int_equal(strncmp(snug_str_text(&s), "#compdef snug\n", 14), 0);
	has(&s, "\t\t'hostile:don'\\''t\\: \\[x\\] \\\\ $y'\n");
	has(&s, "\t\t\t'(-f -flag --flag)-f[it'\\''s \\[a\\]\\: \\\\ \"$(b)\" `c`]' \\\n");
	has(&s, "\t\t\t$hide'(-f -flag --flag)-flag[");
	has(&s, "\t\t\t'*--list=[many]:LIST: _snug_list \"one two @letter\"' \\\n");
	has(&s, "\t\t\t'(-name --name)--name=[free]:NAME: ' \\\n");
	has(&s, "\t@letter) set=(alpha beta) ;;\n");
	has(&s, "'1:word: _snug_values \"@file\"' \\\n\t\t\t'*:word: _snug_values \"@letter\"'\n");
	has(&s, "'(-)1:command: _command_names -e' '*::arguments: _normal'\n");
}

static void test_fish(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	completion_fish(&in, &s);
	has(&s,
	    "        case hostile H\n            contains -- $argv[2] list o out name profile\n");
	has(&s, "-a hostile -d 'don\\'t: [x] \\\\ $y'\n");
	has(&s, "complete -c snug -n '__snug_wants_option hostile H' -s f -l flag"
		" -d 'it\\'s [a]: \\\\ \"$(b)\" `c`'\n");
	has(&s, "complete -c snug -n '__snug_wants_old_option hostile H' -o flag");
	has(&s, " -l list -r -f -a '(__snug_list one two @letter)' -d 'many'\n");
	has(&s, " -s o -l out -r -F -d 'usual'\n");
	has(&s, " -l name -r -f -d 'free'\n");
	has(&s, " -l profile -r -F -a '(__snug_values @profile)' -d 'usual too'\n");
	has(&s, "            string join \\n alpha beta\n");
	has(&s, "complete -c snug -n '__snug_wants_word runner' -f -a '(__snug_command)'\n");
	has(&s, "complete -c snug -n '__snug_wants_word hostile H' -F\n");
	has(&s,
	    "complete -c snug -n '__snug_wants_more hostile H' -f -a '(__snug_values @letter)'\n");
	assert_null(strstr(snug_str_text(&s), "__snug_wants_word empty"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values), cmocka_unit_test(test_words),
		cmocka_unit_test(test_quotes), cmocka_unit_test(test_bash),
		cmocka_unit_test(test_zsh),    cmocka_unit_test(test_fish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
