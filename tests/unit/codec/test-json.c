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

#include <cmocka.h>

static int parse(const char *text, size_t len, struct snug_doc **ret, struct snug_err *err)
{
	return snug_json_parse("t", text, len, SNUG_LIMIT_DOC_BYTES, ret, err);
}

/* @text is accepted and says what @canonical, written by snug_writer, says. */
static void check_good(const char *text, const char *canonical)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = NULL;

	if (parse(text, strlen(text), &doc, &err) < 0)
		fail_msg("%s: %s", text, snug_err_msg(&err));
	w = snug_writer_new(SNUG_DOC_JSON, &out);
	snug_writer_value(w, snug_doc_root(doc, 0));
	snug_writer_finish(w);
	assert_string_equal(snug_str_text(&out), canonical);
}

static void check_bad_len(const char *text, size_t len, int code, const char *message)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc = NULL;
	int r = parse(text, len, &doc, &err);

	if (r >= 0)
		fail_msg("accepted: %s", text);
	assert_string_equal(snug_err_msg(&err), message);
	assert_int_equal(r, code);
	assert_int_equal(err.code, code);
	assert_null(doc);
	/* and without anybody who listens */
	assert_int_equal(parse(text, len, &doc, NULL), code);
}

static void test_values(void **state)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{ "null", "null\n" },
		{ " \t\r\n true \n", "true\n" },
		{ "false", "false\n" },
		{ "0", "0\n" },
		{ "-0", "0\n" },
		{ "-0.0", "-0.0\n" },
		{ "-1", "-1\n" },
		{ "18446744073709551615", "18446744073709551615\n" },
		{ "9223372036854775808", "9223372036854775808\n" },
		{ "-9223372036854775808", "-9223372036854775808\n" },
		{ "1.0", "1.0\n" },
		{ "1E2", "100.0\n" },
		{ "1e-7", "1.0e-07\n" },
		{ "0.1", "0.1\n" },
		{ "123456789012345678901234567890.0", "1.2345678901234568e+29\n" },
		{ "1e-999", "0.0\n" },
		{ "\"\"", "\"\"\n" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"\n" },
		{ "\"\\u0041\\u00e9\\u20ac\\uD83D\\ude00\\u0001\"",
		  "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\u0001\"\n" },
		{ "\"\x7f\xc3\xa9\"", "\"\x7f\xc3\xa9\"\n" },
		{ "\xef\xbb\xbf[]", "[]\n" },
		{ "[]", "[]\n" },
		{ "{ }", "{}\n" },
		{ "[[],{}]", "[\n  [],\n  {}\n]\n" },
		{ "{\"b\":1,\"a\":[1,\"x\"],\"\":{\"b\":null}}",
		  "{\n  \"b\": 1,\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"\": {\n    \"b\": "
		  "null\n  }\n}\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_good(cases[i].text, cases[i].canonical);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "t:1:1: no document: the text is empty" },
		{ " \n ", "t:2:2: no document: the text is empty" },
		{ "nul", "t:1:1: 'nul' is no JSON value" },
		{ "True", "t:1:1: 'True' is no JSON value" },
		{ "NaN", "t:1:1: 'NaN' is no JSON value" },
		{ "[1, 012]", "t:1:5: [1]: '012' is no JSON value" },
		{ "0x1f", "t:1:1: '0x1f' is no JSON value" },
		{ "+1", "t:1:1: '+1' is no JSON value" },
		{ "-", "t:1:1: '-' is no JSON value" },
		{ "1.", "t:1:1: '1.' is no JSON value" },
		{ ".5", "t:1:1: '.5' is no JSON value" },
		{ "1e", "t:1:1: '1e' is no JSON value" },
		{ "1e+", "t:1:1: '1e+' is no JSON value" },
		{ "1_000", "t:1:1: '1_000' is no JSON value" },
		{ "18446744073709551616", "t:1:1: number out of range: 18446744073709551616" },
		{ "-9223372036854775809", "t:1:1: number out of range: -9223372036854775809" },
		{ "1e999", "t:1:1: number out of range: 1e999" },
		{ "[1,]", "t:1:4: [1]: expected a value, found ']'" },
		{ "[,1]", "t:1:2: [0]: expected a value, found ','" },
		{ "[1 2]", "t:1:4: expected ',' or ']', found '2'" },
		{ "[1}", "t:1:3: expected ',' or ']', found '}'" },
		{ "{\"a\":1,}", "t:1:8: expected a key in quotes, found '}'" },
		{ "{,}", "t:1:2: expected a key in quotes, found ','" },
		{ "{a:1}", "t:1:2: expected a key in quotes, found 'a'" },
		{ "{'a':1}", "t:1:2: expected a key in quotes, found ''' (JSON's quote is \")" },
		{ "{\"a\" 1}", "t:1:6: a: expected ':' after the key, found '1'" },
		{ "{\"a\":}", "t:1:6: a: expected a value, found '}'" },
		{ "{\"a\":1]", "t:1:7: expected ',' or '}', found ']'" },
		{ "{\"a\"\n:1\n\"b\":2}", "t:3:1: expected ',' or '}', found '\"'" },
		{ "[1] x", "t:1:5: expected the end of the text, found 'x'" },
		{ "{}{}", "t:1:3: expected the end of the text, found '{'" },
		{ "[1, // one\n2]",
		  "t:1:5: [1]: expected a value, found '/' (JSON has no comments)" },
		{ "[\\]", "t:1:2: [0]: expected a value, found '\\'" },
		{ "[\x80]", "t:1:2: [0]: expected a value, found byte 0x80" },
		{ "[\x01]", "t:1:2: [0]: expected a value, found byte 0x01" },
		{ "[\xc3\xa9]", "t:1:2: [0]: expected a value, found '\xc3\xa9'" },
		{ "[", "t:1:2: [0]: expected a value, found the end of the text" },
		{ "{", "t:1:2: expected a key in quotes, found the end of the text" },
		{ "{\"a\"", "t:1:5: a: expected ':' after the key, found the end of the text" },
		{ "{\n \"a\":[1,{\"b\":2}",
		  "t:2:16: the text ends inside the array that begins at line 2 column 6" },
		{ "{\"a\":1", "t:1:7: the text ends inside the object that begins at line 1 "
			      "column 1" },
		{ "[\"abc", "t:1:2: [0]: string is never closed" },
		{ "[\"abc\\",
		  "t:1:7: [0]: expected an escaped character, found the end of the text" },
		{ "[\"a\nb\"]", "t:1:4: [0]: line break inside a string (is a quote missing?)" },
		{ "\"\t\"", "t:1:2: control byte 0x09 inside a string" },
		{ "\"\x1f\"", "t:1:2: control byte 0x1f inside a string" },
		{ "\"a\xff\"", "t:1:3: byte 0xff is no UTF-8" },
		{ "\"\xc0\x80\"", "t:1:2: byte 0xc0 is no UTF-8" },
		{ "\"\xed\xa0\x80\"", "t:1:2: byte 0xed is no UTF-8" },
		{ "\"\xf4\x90\x80\x80\"", "t:1:2: byte 0xf4 is no UTF-8" },
		{ "\"\xe2\x82", "t:1:2: byte 0xe2 is no UTF-8" },
		{ "\"\\x41\"",
		  "t:1:3: expected one of \" \\ / b f n r t u after the backslash, found 'x'" },
		{ "\"\\u12g4\"", "t:1:2: \\u needs four hexadecimal digits" },
		{ "\"\\u12", "t:1:2: \\u needs four hexadecimal digits" },
		{ "\"\\u0000\"", "t:1:2: a string may not hold a NUL" },
		{ "\"\\ud800\"", "t:1:2: first half of a surrogate pair without the second" },
		{ "\"\\ud800\\n12345\"",
		  "t:1:2: first half of a surrogate pair without the second" },
		{ "\"\\ud800\\ud800\"",
		  "t:1:2: first half of a surrogate pair without the second" },
		{ "\"\\udc00\"", "t:1:2: second half of a surrogate pair without the first" },
		{ "{\"a\":1,\n\"b\":2,\n \"a\":3}", "t:3:2: duplicate key 'a', first at line 1" },
		{ "{\"\\u0061\":1,\"a\":3}", "t:1:13: duplicate key 'a', first at line 1" },
		{ "[{\"x\":{},\"y\":[],\"y\":1,\"x\":2}]",
		  "t:1:17: [0]: duplicate key 'y', first at line 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check_bad_len(cases[i].text, strlen(cases[i].text), -EINVAL, cases[i].message);
	check_bad_len("[\0]", 3, -EINVAL, "t:1:2: [0]: expected a value, found byte 0x00");
	check_bad_len("\"\0\"", 3, -EINVAL, "t:1:2: control byte 0x00 inside a string");
	check_bad_len("1\0", 2, -EINVAL, "t:1:2: expected the end of the text, found byte 0x00");
	check_bad_len("\"\\\0\"", 4, -EINVAL,
		      "t:1:3: expected one of \" \\ / b f n r t u after the backslash, found byte "
		      "0x00");
}

static void test_places(void **state)
{
	static const char text[] = "\xef\xbb\xbf{\r\n\t\"\xc3\xa9\" :\n  [ 1,{\"k\":-2}]\n}";
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *v;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &doc, NULL), 0);
	assert_string_equal(snug_doc_name(doc), "t");
	assert_int_equal(snug_doc_syntax(doc), SNUG_DOC_JSON);
	assert_int_equal(snug_doc_n_roots(doc), 1);
	v = snug_doc_root(doc, 0);
	assert_int_equal(v->line, 1);
	assert_int_equal(v->col, 1);
	assert_int_equal(v->object.len, 1);
	assert_string_equal(v->object.items[0].key, "\xc3\xa9");
	assert_int_equal(v->object.items[0].line, 2);
	assert_int_equal(v->object.items[0].col, 2);
	v = &v->object.items[0].value;
	assert_int_equal(v->line, 3);
	assert_int_equal(v->col, 3);
	assert_int_equal(v->array.items[0].col, 5);
	assert_int_equal(v->array.items[1].col, 7);
	v = &v->array.items[1].object.items[0].value;
	assert_int_equal(v->col, 12);
	assert_int_equal(v->type, SNUG_DOC_INT);
	assert_int_equal(v->i, -2);
}

static void repeat(struct snug_str *s, const char *text, size_t n)
{
	while (n--)
		snug_str_add(s, text);
}

static void check_deep(size_t depth, int code)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_str_done) struct snug_str message = SNUG_STR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	repeat(&s, "[", depth);
	repeat(&s, "]", depth);
	assert_int_equal(parse(s.buf, s.len, &doc, &err), code);
	if (!code)
		return;
	snug_str_add(&message, "t:1:65: ");
	repeat(&message, "[0]", SNUG_LIMIT_DOC_DEPTH);
	snug_str_add(&message, ": nested deeper than the limit of 64 levels");
	assert_string_equal(snug_err_msg(&err), snug_str_text(&message));
}

static void test_limit_depth(void **state)
{
	(void)state;
	check_deep(SNUG_LIMIT_DOC_DEPTH, 0);
	check_deep(SNUG_LIMIT_DOC_DEPTH + 1, -E2BIG);
	check_deep(400000, -E2BIG);
}

static void check_string(size_t len, int code)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	snug_str_addc(&s, '"');
	repeat(&s, "x", len);
	snug_str_addc(&s, '"');
	assert_int_equal(parse(s.buf, s.len, &doc, NULL), code);
	if (!code)
		assert_int_equal(snug_doc_root(doc, 0)->str.len, len);
}

static void check_bad(const char *text, const char *message)
{
	check_bad_len(text, strlen(text), -EINVAL, message);
}

static void test_paths(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	check_bad("{\"a\":[1,{},[]],\"b\":[[0],{\"c\":{\"d\":1,\"e\":1e999}}]}",
		  "t:1:41: b[1].c.e: number out of range: 1e999");
	check_bad("{\"a\":[[],{\"b\":{\"c\":1,\"c\":[2]}}]}",
		  "t:1:22: a[1].b: duplicate key 'c', first at line 1");
	check_bad("{\"a\":[{\"b\":1} {\"c\":2}]}", "t:1:15: expected ',' or ']', found '{'");
	snug_str_add(&s, "{\"a\":[1,{\"\\n\":[\"");
	repeat(&s, "x", SNUG_LIMIT_STRING_BYTES + 1);
	snug_str_add(&s, "\"]}]}");
	check_bad_len(s.buf, s.len, -E2BIG,
		      "t:1:16: a[1].\\x0a[0]: string longer than the limit of 65536 bytes");
}

static void test_limit_string(void **state)
{
	(void)state;
	check_string(SNUG_LIMIT_STRING_BYTES, 0);
	check_string(SNUG_LIMIT_STRING_BYTES + 1, -E2BIG);
}

static void test_limit_values(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	(void)state;
	snug_str_addc(&s, '[');
	repeat(&s, "1,", SNUG_LIMIT_DOC_NODES - 2);
	snug_str_add(&s, "1]");
	assert_int_equal(parse(s.buf, s.len, &doc, &err), 0);
	s.buf[--s.len] = '\0';
	snug_str_add(&s, ",1]");
	doc = snug_doc_free(doc);
	assert_int_equal(parse(s.buf, s.len, &doc, &err), -E2BIG);
	assert_non_null(strstr(snug_err_msg(&err), "more values than the limit of 262144"));
}

static void test_limit_bytes(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	(void)state;
	assert_int_equal(snug_json_parse("t", "[1]", 3, 3, &doc, &err), 0);
	doc = snug_doc_free(doc);
	assert_int_equal(snug_json_parse("t", "[1]", 3, 2, &doc, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err), "t: larger than the limit of 2 bytes");
}

/* Exact-size copies, so that the sanitizer sees a read past the end. */
static int parse_copy(const char *text, size_t len)
{
	CLEANUP(freep) char *copy = xmalloc(len);
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	memcpy(copy, text, len);
	return parse(copy, len, &doc, NULL);
}

static void test_truncated(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e+3,\"x\\u00e9\\ud83d\\ude00\xe2\x82\xac\"],"
				   "\"b\":{\"c\":null,\"d\":[true,false]}}";
	size_t len = sizeof(text) - 1;

	(void)state;
	assert_int_equal(parse_copy(text, len), 0);
	for (size_t n = 0; n < len; n++)
		assert_int_equal(parse_copy(text, n), -EINVAL);
	for (size_t i = 0; i < len; i++) {
		CLEANUP(freep) char *bent = xstrdup(text);

		for (int c = 0; c < 256; c++) {
			bent[i] = (char)c;
			(void)parse_copy(bent, len);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),       cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_places),       cmocka_unit_test(test_limit_depth),
		cmocka_unit_test(test_paths),        cmocka_unit_test(test_limit_string),
		cmocka_unit_test(test_limit_values), cmocka_unit_test(test_limit_bytes),
		cmocka_unit_test(test_truncated),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
