/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "codec/doc.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct snug_doc *parse(const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc = NULL;

	if (snug_doc_parse("t", text, strlen(text), SNUG_LIMIT_DOC_BYTES, &doc, &err) < 0)
		fail_msg("%s: %s", text, snug_err_msg(&err));
	return doc;
}

static void check_syntax(const char *text, enum snug_doc_syntax syntax)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(text);

	assert_int_equal(snug_doc_syntax(doc), syntax);
}

static void test_content_decides(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc = NULL;

	(void)state;
	check_syntax("{}", SNUG_DOC_JSON);
	check_syntax(" \t\r\n[1]", SNUG_DOC_JSON);
	check_syntax("\xef\xbb\xbf {}", SNUG_DOC_JSON);
	check_syntax("a: 1", SNUG_DOC_YAML);
	check_syntax("---\n{}", SNUG_DOC_YAML);
	check_syntax("# {\n{a: 1}", SNUG_DOC_YAML);
	check_syntax("\"{\"", SNUG_DOC_YAML);
	assert_int_equal(snug_doc_parse("t", "\0{}", 3, 100, &doc, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "t:1:1: control characters are not allowed");
	snug_err_done(&err);
	assert_int_equal(snug_doc_parse("t", "", 0, 100, &doc, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "t:1:1: no document: the text is empty");
}

static void test_get(void **state)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = parse("{\"a\":\"x\",\"b\":1,\"c\":[]}");
	const struct snug_doc_value *root = snug_doc_root(doc, 0);

	(void)state;
	assert_string_equal(snug_doc_get_string(root, "a"), "x");
	assert_null(snug_doc_get_string(root, "b"));
	assert_null(snug_doc_get_string(root, "d"));
	assert_null(snug_doc_get(root, "d"));
	assert_int_equal(snug_doc_get(root, "b")->u, 1);
	assert_null(snug_doc_get(snug_doc_get(root, "c"), "a"));
	assert_null(snug_doc_get(snug_doc_get(root, "a"), "a"));
}

static void test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", true },
		{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
		{ "{\"a\":1,\"c\":2}", "{\"a\":1,\"b\":2}", false },
		{ "[1,2]", "[2,1]", false },
		{ "[1,2]", "[1]", false },
		{ "[1]", "[1.0]", false },
		{ "[1.5]", "[1.5]", true },
		{ "[1.5]", "[1.25]", false },
		{ "[-1]", "[-1]", true },
		{ "[-1]", "[-2]", false },
		{ "[null,true]", "[null,true]", true },
		{ "[true]", "[false]", false },
		{ "[null]", "[false]", false },
		{ "[\"a\"]", "[\"a\"]", true },
		{ "[\"a\"]", "[\"ab\"]", false },
		{ "[\"a\"]", "[\"b\"]", false },
		{ "[18446744073709551615]", "[18446744073709551614]", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_doc_freep) struct snug_doc *a = parse(cases[i].a);
		CLEANUP(snug_doc_freep) struct snug_doc *b = parse(cases[i].b);

		assert_int_equal(snug_doc_equal(snug_doc_root(a, 0), snug_doc_root(b, 0)),
				 cases[i].equal);
		assert_int_equal(snug_doc_equal(snug_doc_root(b, 0), snug_doc_root(a, 0)),
				 cases[i].equal);
	}
}

static void test_show(void **state)
{
	static const struct {
		const char *text, *shown, *type;
	} cases[] = {
		{ "null", "null", "null" },
		{ "true", "true", "a boolean" },
		{ "false", "false", "a boolean" },
		{ "18446744073709551615", "18446744073709551615", "an integer" },
		{ "-5", "-5", "an integer" },
		{ "2.5", "2.5", "a number" },
		{ "\"a'b\"", "'a'b'", "a string" },
		{ "\"\\u001b[2Jx\\u009b\\\\\"", "'\\x1b[2Jx\\xc2\\x9b\\x5c'", "a string" },
		{ "\"0123456789012345678901234567890123456789012345678901234567890\"",
		  "'012345678901234567890123456789012345678901234567...'", "a string" },
		{ "[]", "[]", "an array" },
		{ "[1]", "[...]", "an array" },
		{ "{}", "{}", "an object" },
		{ "{\"a\":1}", "{...}", "an object" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(cases[i].text);
		CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

		snug_doc_show(&s, snug_doc_root(doc, 0));
		assert_string_equal(snug_str_text(&s), cases[i].shown);
		assert_string_equal(snug_doc_type_name(snug_doc_root(doc, 0)->type), cases[i].type);
	}
	assert_null(snug_doc_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_content_decides),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_show),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
