/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "codec/doc.h"
#include "codec/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static int parse(const char *text, size_t len, struct snug_doc **ret, struct snug_err *err)
{
	return snug_yaml_parse("t", text, len, SNUG_LIMIT_DOC_BYTES, ret, err);
}

static void add_json(struct snug_str *out, const struct snug_doc_value *v)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_value(w, v);
	snug_writer_finish(w);
}

static void repeat(struct snug_str *s, const char *text, size_t n)
{
	while (n--)
		snug_str_add(s, text);
}

/* @text says what the JSON texts in @json, one a root, say. */
static void check_good(const char *text, const char *json)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	if (parse(text, strlen(text), &doc, &err) < 0)
		fail_msg("%s: %s", text, snug_err_msg(&err));
	for (size_t i = 0; i < snug_doc_n_roots(doc); i++)
		add_json(&out, snug_doc_root(doc, i));
	assert_string_equal(snug_str_text(&out), json);
}

static void check_bad(const char *text, int code, const char *message)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc = NULL;
	int r = parse(text, strlen(text), &doc, &err);

	if (r >= 0)
		fail_msg("accepted: %s", text);
	assert_string_equal(snug_err_msg(&err), message);
	assert_int_equal(r, code);
	assert_null(doc);
}

static void test_scalars(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{ "null", "null\n" },
		{ "Null", "null\n" },
		{ "~", "null\n" },
		{ "true", "true\n" },
		{ "True", "true\n" },
		{ "FALSE", "false\n" },
		{ "tRue", "\"tRue\"\n" },
		{ "yes", "\"yes\"\n" },
		{ "no", "\"no\"\n" },
		{ "on", "\"on\"\n" },
		{ "y", "\"y\"\n" },
		{ "0", "0\n" },
		{ "-0", "0\n" },
		{ "18446744073709551615", "18446744073709551615\n" },
		{ "-9223372036854775808", "-9223372036854775808\n" },
		{ "0x1f", "31\n" },
		{ "0xFFFFFFFFFFFFFFFF", "18446744073709551615\n" },
		{ "0x", "\"0x\"\n" },
		{ "0xg", "\"0xg\"\n" },
		{ "0X1F", "\"0X1F\"\n" },
		{ "-0x1f", "\"-0x1f\"\n" },
		{ "0o17", "\"0o17\"\n" },
		{ "017", "\"017\"\n" },
		{ "1_000", "\"1_000\"\n" },
		{ "+1", "\"+1\"\n" },
		{ ".5", "\".5\"\n" },
		{ ".inf", "\".inf\"\n" },
		{ "1.0", "1.0\n" },
		{ "1e3", "1000.0\n" },
		{ "1:30", "\"1:30\"\n" },
		{ "2001-01-01", "\"2001-01-01\"\n" },
		{ "'1'", "\"1\"\n" },
		{ "\"true\"", "\"true\"\n" },
		{ "''", "\"\"\n" },
		{ "|\n  a\n  b\n", "\"a\\nb\\n\"\n" },
		{ ">-\n  a\n  b\n", "\"a b\"\n" },
		{ "'a\n\n  b'", "\"a\\nb\"\n" },
		{ "\"\\u00e9\\U0001F600\\t\"", "\"\xc3\xa9\xf0\x9f\x98\x80\\t\"\n" },
		{ "\xef\xbb\xbf- 1", "[\n  1\n]\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_good(cases[i].text, cases[i].json);
}

static void test_collections(void **state)
{
	(void)state;
	check_good("a:\n- 1\n- b: []\n  c: {}\nd: [x, {y: z}]\ne:\n",
		   "{\n  \"a\": [\n    1,\n    {\n      \"b\": [],\n      \"c\": {}\n    }\n  ],\n"
		   "  \"d\": [\n    \"x\",\n    {\n      \"y\": \"z\"\n    }\n  ],\n"
		   "  \"e\": null\n}\n");
	check_good(
		"\"1\": a\n'true': b\nyes: c\n? d\n: e\n",
		"{\n  \"1\": \"a\",\n  \"true\": \"b\",\n  \"yes\": \"c\",\n  \"d\": \"e\"\n}\n");
	check_good("%YAML 1.1\n---\na: 1\r\nb: 2\r\n...\n", "{\n  \"a\": 1,\n  \"b\": 2\n}\n");
}

static void test_streams(void **state)
{
	(void)state;
	check_good("a: 1\n---\n- x\n---\nnull\n", "{\n  \"a\": 1\n}\n[\n  \"x\"\n]\nnull\n");
	check_good("---\n# nothing here\n---\na: 1\n---\n", "{\n  \"a\": 1\n}\n");
	check_good("''", "\"\"\n");
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "t:1:1: no document: the text is empty" },
		{ "# only\n", "t:2:1: no document: the text is empty" },
		{ "---\n---\n", "t:3:1: no document: the text is empty" },
		{ "a: &x 1", "t:1:4: a: anchors (&name) are not supported" },
		{ "&x [1]", "t:1:1: anchors (&name) are not supported" },
		{ "a: *x", "t:1:4: a: aliases (*name) are not supported" },
		{ "*x : 1", "t:1:1: aliases (*name) are not supported" },
		{ "a: !!str 1", "t:1:4: a: tags (!name) are not supported" },
		{ "a: ! 1", "t:1:4: a: tags (!name) are not supported" },
		{ "a: !x {}", "t:1:4: a: tags (!name) are not supported" },
		{ "a:\n  <<: 1", "t:2:3: a: merge keys (<<) are not supported" },
		{ "1: x", "t:1:1: a key must be a string: write \"1\" in quotes" },
		{ "{true: x}", "t:1:2: a key must be a string: write \"true\" in quotes" },
		{ "~: x", "t:1:1: a key must be a string: write \"~\" in quotes" },
		{ "?\n: x", "t:1:2: a key must be a string: write \"\" in quotes" },
		{ "99999999999999999999: x",
		  "t:1:1: a key must be a string: write \"99999999999999999999\" in quotes" },
		{ "? [a]\n: b", "t:1:3: a key must be a string" },
		{ "{{a: b}: c}", "t:1:2: a key must be a string" },
		{ "a: 1\n\xc3\xa9: 2\na: 3", "t:3:1: duplicate key 'a', first at line 1" },
		{ "a: 99999999999999999999",
		  "t:1:4: a: number out of range: 99999999999999999999" },
		{ "- 0x10000000000000000", "t:1:3: [0]: number out of range: 0x10000000000000000" },
		{ "a:\n- b:\n  - x\n  - y: 1\n    z: 0x10000000000000000",
		  "t:5:8: a[0].b[1].z: number out of range: 0x10000000000000000" },
		{ "a:\n- 1\n- b: 1\n  c: 2\n  b: 3",
		  "t:5:3: a[1]: duplicate key 'b', first at line 3" },
		{ "a: 1\n---\n- [x, *y]", "t:3:7: [0][1]: aliases (*name) are not supported" },
		{ "- 1e999", "t:1:3: [0]: number out of range: 1e999" },
		{ "\xc3\xa9: \"\\0\"", "t:1:5: \xc3\xa9: a string may not hold a NUL" },
		{ "\xc3\xa9: \xff", "t:1:5: byte 0xff is no UTF-8" },
		{ "a: 1\nb: \x01", "t:2:4: control characters are not allowed" },
		{ "\xff\xfe"
		  "a",
		  "t:1:1: byte 0xff is no UTF-8" },
		{ "a: b: c", "t:1:5: mapping values are not allowed in this context" },
		{ "a:\n\t- b", "t:2:1: found character that cannot start any token" },
		{ "\xc3\xa9: [\xc3\xa9, b",
		  "t:1:11: did not find expected ',' or ']' while parsing a flow sequence that "
		  "begins at line 1" },
		{ "a: 'x\n\n", "t:3:1: found unexpected end of stream while scanning a quoted "
			       "scalar that begins at line 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_bad(cases[i].text, -EINVAL, cases[i].message);
}

/* Only directives are refused, not lines that look like them; but many directives would take
 * libyaml many seconds. */
static void test_tag_directives(void **state)
{
	static const char *const breaks[] = { "\n",       "\r",           "\r\n",
					      "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9" };

	(void)state;
	check_good("a: 'x\n%TAG y'\n", "{\n  \"a\": \"x %TAG y\"\n}\n");
	check_good("x\n%TAG y\n", "\"x %TAG y\"\n");
	check_good("a: |\n  %TAG x\n", "{\n  \"a\": \"%TAG x\\n\"\n}\n");
	check_bad("%TAG ! tag:x,2000:\n---\na: 1", -EINVAL,
		  "t:1:1: %TAG directives are not supported");
	check_bad("a: 1\n...\n# x\n%TAG ! tag:x,2000:\n---\na: 1", -EINVAL,
		  "t:4:1: %TAG directives are not supported");
	for (size_t i = 0; i < ARRAY_SIZE(breaks); i++) {
		CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		struct snug_doc *doc = NULL;
		clock_t start = clock();

		snug_str_add(&s, "a: 1");
		snug_str_add(&s, breaks[i]);
		for (unsigned n = 0; s.len < SNUG_LIMIT_DOC_BYTES - 64; n++) {
			snug_str_addf(&s, "%%TAG !%u! a:", n);
			snug_str_add(&s, breaks[i]);
		}
		assert_int_equal(parse(s.buf, s.len, &doc, &err), -EINVAL);
		assert_non_null(strstr(snug_err_msg(&err), "%TAG directives are not supported"));
		assert_true(clock() - start < CLOCKS_PER_SEC);
	}
}

static void test_places(void **state)
{
	static const char text[] = "# \xe2\x82\xac\n\xc3\xa9: \xe2\x82\xac\n"
				   "k:\n- \xf0\x9f\x98\x80: x\n  y: [\xc3\xa9, 1]\r\n"
				   "m: |\n  \xc3\xa9\xc3\xa9\n  b\nn: \"q\"\n---\n- z\n";
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *v, *item;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &doc, NULL), 0);
	v = snug_doc_root(doc, 0);
	assert_int_equal(v->line, 2);
	assert_int_equal(v->col, 1);
	assert_int_equal(v->object.items[0].value.col, 5);
	item = &v->object.items[1].value;
	assert_int_equal(item->line, 4);
	assert_int_equal(item->col, 1);
	item = &item->array.items[0];
	assert_int_equal(item->col, 3);
	assert_int_equal(item->object.items[0].value.col, 9);
	item = &item->object.items[1].value;
	assert_int_equal(item->line, 5);
	assert_int_equal(item->col, 6);
	assert_int_equal(item->array.items[1].col, 11);
	assert_int_equal(v->object.items[3].line, 9);
	assert_int_equal(v->object.items[3].col, 1);
	assert_int_equal(v->object.items[3].value.col, 4);
	v = snug_doc_root(doc, 1);
	assert_int_equal(v->line, 11);
	assert_int_equal(v->array.items[0].col, 3);
}

static void check_deep(const char *open, const char *close, size_t depth, int code)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	repeat(&s, open, depth);
	repeat(&s, close, depth);
	assert_int_equal(parse(s.buf, s.len, &doc, &err), code);
	if (code)
		assert_non_null(strstr(snug_err_msg(&err), "nested deeper than the limit of 64"));
}

static void test_limits(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc = NULL;

	(void)state;
	check_deep("[", "]", SNUG_LIMIT_DOC_DEPTH, 0);
	check_deep("[", "]", SNUG_LIMIT_DOC_DEPTH + 1, -E2BIG);
	check_deep("[", "]", 500000, -E2BIG);
	check_deep("- ", "", SNUG_LIMIT_DOC_DEPTH + 1, -E2BIG);
	check_deep("{a: ", "}", 200000, -E2BIG);
	assert_int_equal(snug_yaml_parse("t", "- 1", 3, 2, &doc, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err), "t: larger than the limit of 2 bytes");
	snug_err_done(&err);
	repeat(&s, "x", SNUG_LIMIT_STRING_BYTES + 1);
	assert_int_equal(parse(s.buf, s.len, &doc, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err),
			    "t:1:1: string longer than the limit of 65536 bytes");
	snug_err_done(&err);
	snug_str_clear(&s);
	snug_str_addc(&s, '[');
	repeat(&s, "1,", SNUG_LIMIT_DOC_NODES);
	snug_str_addc(&s, ']');
	assert_int_equal(parse(s.buf, s.len, &doc, &err), -E2BIG);
	assert_null(doc);
}

/* What kills readers that resolve aliases. */
static void test_billion_laughs(void **state)
{
	(void)state;
	check_bad("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", -EINVAL,
		  "t:1:4: a: anchors (&name) are not supported");
}

static void test_truncated(void **state)
{
	static const char text[] = "a:\n- \"x\\u00e9\xe2\x82\xac\"\n- [1, {b: 'c'}]\n---\n? d\n"
				   ": |\n  e\n  f\n";
	size_t len = sizeof(text) - 1;

	(void)state;
	for (size_t n = 1; n <= len; n++) {
		CLEANUP(freep) char *copy = xmalloc(n);
		CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

		memcpy(copy, text, n);
		(void)!parse(copy, n, &doc, NULL);
	}
	for (size_t i = 0; i < len; i++) {
		for (int c = 1; c < 256; c += 2) {
			CLEANUP(freep) char *copy = xmalloc(len);
			CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

			memcpy(copy, text, len);
			copy[i] = (char)c;
			(void)!parse(copy, len, &doc, NULL);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),        cmocka_unit_test(test_collections),
		cmocka_unit_test(test_streams),        cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_tag_directives), cmocka_unit_test(test_places),
		cmocka_unit_test(test_limits),         cmocka_unit_test(test_billion_laughs),
		cmocka_unit_test(test_truncated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
