/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "codec/decode.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct point {
	uint32_t x;
	uint64_t y;
};

struct thing {
	char *name;
	bool flag;
	struct point point;
	VEC(struct point) points;
	const struct snug_doc_value *extra;
};

static const struct snug_decode_field point_fields[] = {
	{ "x", snug_decode_u32, offsetof(struct point, x), SNUG_DECODE_REQUIRED },
	{ "y", snug_decode_u64, offsetof(struct point, y), 0 },
	{ NULL },
};

static int decode_point(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_object(d, v, point_fields, dst);
}

static int decode_each_point(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct thing *t = dst;

	return decode_point(d, v, VEC_PUSH(&t->points));
}

static int decode_points(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, 3, decode_each_point, dst);
}

static int decode_color(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const char *const names[] = { "red", "green", "blue", NULL };

	(void)dst;
	return snug_decode_unknown_name(d, v, "color", names);
}

static const struct snug_decode_field thing_fields[] = {
	{ "name", snug_decode_string, offsetof(struct thing, name), SNUG_DECODE_REQUIRED },
	{ "flag", snug_decode_bool, offsetof(struct thing, flag), SNUG_DECODE_NULL_OK },
	{ "point", decode_point, offsetof(struct thing, point), 0 },
	{ "points", decode_points, 0, 0 },
	{ "extra", snug_decode_value, offsetof(struct thing, extra), 0 },
	{ "color", decode_color, 0, 0 },
	{ "comment", NULL, 0, SNUG_DECODE_IGNORE },
	{ NULL },
};

struct run {
	struct thing thing;
	struct snug_doc *doc;
	struct snug_decode decode;
	struct snug_err err;
	struct snug_str warnings;
	int r;
};

static void run_done(struct run *run)
{
	free(run->thing.name);
	VEC_DONE(&run->thing.points);
	snug_doc_free(run->doc);
	snug_decode_done(&run->decode);
	snug_err_done(&run->err);
	snug_str_done(&run->warnings);
}

static void add_warning(void *data, const char *text)
{
	struct run *run = data;

	snug_str_add(&run->warnings, text);
	snug_str_addc(&run->warnings, '\n');
}

static void decode(struct run *run, const char *text, bool strict)
{
	run_done(run);
	*run = (struct run){ 0 };
	assert_int_equal(
		snug_doc_parse("t", text, strlen(text), SNUG_LIMIT_DOC_BYTES, &run->doc, &run->err),
		0);
	run->decode = (struct snug_decode){ .doc = run->doc,
					    .strict = strict,
					    .warn = add_warning,
					    .warn_data = run,
					    .err = &run->err };
	run->r = snug_decode_object(&run->decode, snug_doc_root(run->doc, 0), thing_fields,
				    &run->thing);
}

static void test_good(void **state)
{
	CLEANUP(run_done) struct run run = { 0 };

	(void)state;
	decode(&run,
	       "{\"name\":\"n\",\"flag\":true,\"point\":{\"x\":4294967295,"
	       "\"y\":18446744073709551615},\"points\":[{\"x\":1},{\"x\":2,\"y\":3}],"
	       "\"extra\":{\"any\":[]},\"comment\":[1,2]}",
	       true);
	assert_int_equal(run.r, 0);
	assert_string_equal(run.thing.name, "n");
	assert_true(run.thing.flag);
	assert_int_equal(run.thing.point.x, UINT32_MAX);
	assert_true(run.thing.point.y == UINT64_MAX);
	assert_int_equal(run.thing.points.len, 2);
	assert_int_equal(run.thing.points.items[1].y, 3);
	assert_int_equal(run.thing.extra->type, SNUG_DOC_OBJECT);
	assert_string_equal(snug_str_text(&run.decode.path), "");
	assert_string_equal(snug_str_text(&run.warnings), "");
	/* absent and null fields are left alone */
	decode(&run, "name: x\nflag: null\n", true);
	assert_int_equal(run.r, 0);
	assert_false(run.thing.flag);
	assert_null(run.thing.extra);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *message;
	} cases[] = {
		{ "[]", -EINVAL, "t:1:1: expected an object, got an array []" },
		{ "{}", -EINVAL, "t:1:1: field 'name' is missing" },
		{ "{\"name\":1}", -EINVAL, "t:1:9: name: expected a string, got an integer 1" },
		{ "{\"name\":null}", -EINVAL, "t:1:9: name: expected a string, got null" },
		{ "{\"name\":\"n\",\"flag\":\"yes\"}", -EINVAL,
		  "t:1:20: flag: expected true or false, got a string 'yes'" },
		{ "{\"point\":{\n \"y\":1}}", -EINVAL, "t:1:10: point: field 'x' is missing" },
		{ "{\"point\":{\n \"x\":4294967296}}", -EINVAL,
		  "t:2:6: point.x: expected an integer of 0 to 4294967295, got an integer "
		  "4294967296" },
		{ "{\"points\":[{\"x\":1},{\"x\":1,\"y\":-1}]}", -EINVAL,
		  "t:1:31: points[1].y: expected an integer of 0 to 18446744073709551615, got an "
		  "integer -1" },
		{ "{\"points\":[{\"x\":1.0}]}", -EINVAL,
		  "t:1:17: points[0].x: expected an integer of 0 to 4294967295, got a number 1.0" },
		{ "{\"points\":{\"a\":1}}", -EINVAL,
		  "t:1:11: points: expected an array, got an object {...}" },
		{ "{\"points\":[1,2,3,4]}", -E2BIG,
		  "t:1:11: points: 4 elements are over the limit of 3" },
		{ "{\"points\":[null]}", -EINVAL,
		  "t:1:12: points[0]: expected an object, got null" },
		{ "{\"color\":\"gren\"}", -EINVAL,
		  "t:1:10: color: unknown color 'gren' (did you mean 'green'?)" },
		{ "{\"color\":\"mauve\"}", -EINVAL, "t:1:10: color: unknown color 'mauve'" },
		{ "{\"color\":7}", -EINVAL, "t:1:10: color: expected a string, got an integer 7" },
		{ "name: a\nname2: b\n", -EINVAL,
		  "t:2:1: unknown field 'name2' (did you mean 'name'?)" },
		{ "{\"zzzzzz\\u001b\":1}", -EINVAL, "t:1:2: unknown field 'zzzzzz\\x1b'" },
		{ "{\"points\":[{\"x\":1,\"why\":2}]}", -EINVAL,
		  "t:1:19: points[0]: unknown field 'why'" },
	};
	CLEANUP(run_done) struct run run = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		decode(&run, cases[i].text, true);
		assert_string_equal(snug_err_msg(&run.err), cases[i].message);
		assert_int_equal(run.r, cases[i].code);
		assert_string_equal(snug_str_text(&run.warnings), "");
	}
}

static void test_warnings(void **state)
{
	CLEANUP(run_done) struct run run = { 0 };

	(void)state;
	decode(&run, "name: a\nflagg: true\npoint:\n  x: 1\n  zeta: 1\n", false);
	assert_int_equal(run.r, 0);
	assert_string_equal(snug_str_text(&run.warnings),
			    "t:2:1: unknown field 'flagg' (did you mean 'flag'?)\n"
			    "t:5:3: point: unknown field 'zeta'\n");
	assert_int_equal(run.decode.n_warnings, 2);
}

static void test_many_warnings(void **state)
{
	CLEANUP(run_done) struct run run = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	size_t lines = 0;

	(void)state;
	snug_str_add(&text, "{\"name\":\"n\"");
	for (int i = 0; i < 20000; i++)
		snug_str_addf(&text, ",\"unknown%d\":1", i);
	snug_str_add(&text, "}");
	decode(&run, text.buf, false);
	assert_int_equal(run.r, 0);
	for (const char *p = run.warnings.buf; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, SNUG_LIMIT_WARNINGS + 1);
	assert_non_null(strstr(run.warnings.buf, "\nt: more warnings are left out\n"));
	/* nobody listens */
	run.decode.warn = NULL;
	run.decode.n_warnings = 0;
	snug_decode_warn(&run.decode, snug_doc_root(run.doc, 0), "x");
	assert_int_equal(run.decode.n_warnings, 0);
}

static void test_string_is_replaced(void **state)
{
	CLEANUP(run_done) struct run run = { 0 };
	CLEANUP(freep) char *s = xstrdup("old");

	(void)state;
	decode(&run, "{\"name\":\"new\"}", true);
	assert_int_equal(snug_decode_string(&run.decode,
					    snug_doc_get(snug_doc_root(run.doc, 0), "name"), &s),
			 0);
	assert_string_equal(s, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_many_warnings),
		cmocka_unit_test(test_string_is_replaced),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
