/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct args {
	const char *output;
	struct snug_list base;
	bool none, quiet, long_only;
	const char *level;
};

static const struct snug_option table[] = {
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct args, output), "FILE",
	  "where to" },
	{ 'b', "base", SNUG_OPTION_LIST, offsetof(struct args, base), "NAMES", "names" },
	{ 'n', "no-base", SNUG_OPTION_BOOL, offsetof(struct args, none), NULL, "no names" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct args, quiet), NULL, "silence" },
	{ 0, "level", SNUG_OPTION_OPTIONAL, offsetof(struct args, level), "LEVEL", "how much" },
	{ 0, "long-only", SNUG_OPTION_BOOL, offsetof(struct args, long_only), NULL,
	  "a text that is much too long to stand in one line behind the option, so that it goes "
	  "on in the next one, and in one more" },
	SNUG_OPTIONS_END,
};

static struct args args;
static bool help;

/* Splits @line at spaces and parses; the error's words in @err. */
static int parse(const char *line, struct snug_err *err)
{
	static char copy[512];
	char *argv[32], *rest = copy;
	size_t n = 0;

	snug_list_done(&args.base);
	args = (struct args){ 0 };
	help = false;
	assert_true(strlen(line) < sizeof(copy));
	memcpy(copy, line, strlen(line) + 1);
	while (rest && *rest)
		argv[n++] = strsep(&rest, " ");
	argv[n] = NULL;
	return snug_options_parse(table, argv, &args, &help, err);
}

static void test_strings(void **state)
{
	static const char *const lines[] = {
		"-o f x", "--output-file f x", "-output-file f x",
		"-o=f x", "--output-file=f x", "-output-file=f x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_int_equal(parse(lines[i], NULL), i < 3 ? 2 : 1);
		assert_string_equal(args.output, "f");
	}
	assert_int_equal(parse("-o a -o b", NULL), 4);
	assert_string_equal(args.output, "b");
	assert_int_equal(parse("-o=", NULL), 1);
	assert_string_equal(args.output, "");
	assert_int_equal(parse("-o=a=b", NULL), 1);
	assert_string_equal(args.output, "a=b");
	/* a value may look like an option */
	assert_int_equal(parse("-o --quiet", NULL), 2);
	assert_string_equal(args.output, "--quiet");
	assert_false(args.quiet);
	assert_int_equal(parse("-o -- -q", NULL), 3);
	assert_string_equal(args.output, "--");
	assert_true(args.quiet);
}

static void test_where_it_ends(void **state)
{
	(void)state;
	assert_int_equal(parse("", NULL), 0);
	assert_int_equal(parse("ls -n", NULL), 0);
	assert_false(args.none);
	assert_int_equal(parse("-n ls -q", NULL), 1);
	assert_true(args.none);
	assert_false(args.quiet);
	assert_int_equal(parse("-n -- -q", NULL), 2);
	assert_false(args.quiet);
	assert_int_equal(parse("-- -- -q", NULL), 1);
	/* standard input, not an option */
	assert_int_equal(parse("- -q", NULL), 0);
}

static void test_flags(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(parse("-nq", NULL), 1);
	assert_true(args.none && args.quiet && !args.long_only);
	assert_int_equal(parse("--quiet=true --no-base=1 --long-only", NULL), 3);
	assert_true(args.none && args.quiet && args.long_only);
	assert_int_equal(parse("-n -q --no-base=false -q=0", NULL), 4);
	assert_false(args.none || args.quiet);
	assert_int_equal(parse("-q=yes", &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "--quiet takes true or false, not 'yes'");
}

static void test_lists(void **state)
{
	(void)state;
	assert_int_equal(parse("x", NULL), 0);
	assert_false(args.base.is_set);
	assert_int_equal(parse("-b a,b -b=c --base ,d,,", NULL), 5);
	assert_true(args.base.is_set);
	assert_int_equal(args.base.len, 4);
	assert_string_equal(args.base.items[0], "a");
	assert_string_equal(args.base.items[3], "d");
	assert_null(args.base.items[4]);
	assert_int_equal(parse("-b=", NULL), 1);
	assert_true(args.base.is_set);
	assert_int_equal(args.base.len, 0);
	snug_list_done(&args.base);
	assert_false(args.base.is_set);
}

static void test_help(void **state)
{
	static const char *const lines[] = { "-h", "--help", "-help", "-nh x", "-o f --help" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		assert_true(parse(lines[i], NULL) > 0);
		assert_true(help);
	}
	assert_int_equal(parse("x -h", NULL), 0);
	assert_false(help);
}

static void refused(const char *line, const char *words)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(parse(line, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), words);
	assert_int_equal(parse(line, NULL), -EINVAL);
}

static void test_errors(void **state)
{
	(void)state;
	refused("-o", "option '-o' needs a value: FILE");
	refused("-n --base", "option '--base' needs a value: NAMES");
	refused("-x", "unknown option '-x'");
	refused("-nx", "unknown option '-nx'");
	/* a cluster takes no option with a value */
	refused("-no", "unknown option '-no'");
	refused("--quite", "unknown option '--quite' (did you mean '--quiet'?)");
	refused("--output-fil=x",
		"unknown option '--output-fil=x' (did you mean '--output-file'?)");
	refused("---", "unknown option '---'");
	refused("-=x", "unknown option '-=x'");
	refused("--=x", "unknown option '--=x'");
}

/* A value only behind '=': the next word is a command's, or an input. */
static void test_optional_values(void **state)
{
	(void)state;
	assert_int_equal(parse("-q a", NULL), 1);
	assert_null(args.level);
	assert_int_equal(parse("--level a", NULL), 1);
	assert_string_equal(args.level, "");
	assert_int_equal(parse("-level=all -q a", NULL), 2);
	assert_string_equal(args.level, "all");
	assert_int_equal(parse("--level=all --level", NULL), 2);
	assert_string_equal(args.level, "");
	assert_int_equal(parse("--level=", NULL), 1);
	assert_string_equal(args.level, "");
}

static void test_help_text(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	snug_options_help(table, &s);
	assert_string_equal(
		snug_str_text(&s),
		"  -o, --output-file FILE      where to\n"
		"  -b, --base NAMES            names\n"
		"  -n, --no-base               no names\n"
		"  -q, --quiet                 silence\n"
		"      --level[=LEVEL]         how much\n"
		"      --long-only             a text that is much too long to stand in one line\n"
		"                              behind the option, so that it goes on in the next\n"
		"                              one, and in one more\n"
		"  -h, --help                  show this help\n");
}

static void prose(const char *text, const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	snug_options_help_prose(text, &s);
	assert_string_equal(snug_str_text(&s), expected);
}

#define TEN     "123456789 "
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN

static void test_prose(void **state)
{
	(void)state;
	prose("", "");
	prose("one\n", "one\n");
	prose("one", "one\n");
	prose("one\ntwo  three\n", "one two three\n");
	/* 80 columns, and no more */
	prose(SEVENTY "1234567890 next\n", SEVENTY "1234567890\nnext\n");
	prose(SEVENTY "12345678901 next\n",
	      TEN TEN TEN TEN TEN TEN "123456789\n12345678901 next\n");
	/* what is set apart stays */
	prose("one\n  two\nthree\nfour\n\nfive\n", "one\n  two\nthree four\n\nfive\n");
	prose("  " SEVENTY SEVENTY "\n", "  " SEVENTY SEVENTY "\n");
}

static int done(void **state)
{
	(void)state;
	snug_list_done(&args.base);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_where_it_ends),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_optional_values),
		cmocka_unit_test(test_help_text),
		cmocka_unit_test(test_prose),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, done);
}
