/* SPDX-License-Identifier: Apache-2.0 */
/* Every edit at every place of texts in many styles: what was meant is what the new text says, and
 * all lines that it does not concern are still there. */
#include "codec/edit.h"

#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* All say {"before": .., "names": ["b", "d", "f"] or less, "after": ..}. */
static const char *const texts[] = {
	"{\"before\":1,\"names\":[\"b\",\"d\",\"f\"],\"after\":{\"x\":[1,\"]\"]}}",
	"{\"before\": 1, \"names\": [\"b\", \"d\", \"f\"], \"after\": {\"x\": [1, \"]\"]}}\n",
	"{\n  \"before\": 1,\n  \"names\": [\n    \"b\",\n    \"d\",\n    \"f\"\n  ],\n  \"after\": 2\n}",
	"{\r\n\t\"before\": 1,\r\n\t\"names\": [\r\n\t\t\"b\",\r\n\t\t\"d\",\r\n\t\t\"f\"\r\n\t],\r\n"
	"\t\"after\": \"a\\\"]\"\r\n}\r\n",
	"{\"before\":\"\\\\\",\"names\":[ \"b\" , \"d\" ,\"f\" ],\"after\":0}",
	"\xef\xbb\xbf{\"before\":1,\"names\":[\"b\"],\"after\":2}",
	"{\n  \"before\": 1,\n  \"names\": [\n    \"b\"\n  ],\n  \"after\": 2\n}\n",
	"{\"before\":\"\xc3\xa4\xe2\x82\xac\",\"names\":[\"b\"],\"after\":[\"\xc3\xa4\"]}",
	"before: 1\nnames:\n- b\n- d\n- f\nafter: 2\n",
	"# head\nbefore: 1 # one\nnames: # all\n  - b # is b\n  # about d\n  - \"d\"\n\n  - 'f'\n# "
	"tail\nafter: [a, 'it''s', \"]\"]\n# end\n",
	"before: 1\nafter:\n  - x\nnames:\n    -   b\n    -   d\n    -   f",
	"before: 1\r\nnames:\r\n- b\r\n- d\r\n- f\r\nafter: 2\r\n",
	"---\nbefore: |\n  names:\n  - x\nnames: [b, d, f]\nafter: >-\n  - b\n",
	"before: 1\nnames: [b, # is b\n  \"d\", 'f'] # end\nafter: 2\n",
	"before: 1\nnames:\n- b\nafter: 2\n",
	"before: {a: [b, \"}\"], 'c': d}\nnames: [ b ]\nafter: \xc3\xa4\n",
	"before: 1\n\"names\":\n  - b\nafter: 2\n---\n",
	"before: 1\nnames:\n-\n  b\n- # is d\n\n  d\n-   f\nafter: 2\n",
};

static struct snug_doc *parse(const char *text, size_t len)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_doc *doc;

	if (snug_doc_parse("t", text, len, 100000, &doc, &err) < 0)
		fail_msg("%s in:\n%s", snug_err_msg(&err), text);
	return doc;
}

static void same_member(const struct snug_doc_value *a, const struct snug_doc_value *b,
			const char *key)
{
	assert_true(snug_doc_equal(snug_doc_get(a, key), snug_doc_get(b, key)));
}

/* The new text: "names" is @expected, the rest is as it was. */
static void check(const struct snug_edit *e, const struct snug_str *out, char *const *expected,
		  size_t n)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(out->buf, out->len);
	const struct snug_doc_value *root = snug_doc_root(doc, 0);
	const struct snug_doc_value *old = snug_doc_root(e->doc, 0);
	const struct snug_doc_value *names = snug_doc_get(root, "names");

	same_member(old, root, "before");
	same_member(old, root, "after");
	assert_int_equal(root->object.len, 3);
	if (names->array.len != n)
		fail_msg("%zu names, not %zu, in:\n%s", names->array.len, n, out->buf);
	for (size_t i = 0; i < n; i++)
		if (strcmp(names->array.items[i].str.text, expected[i]) != 0)
			fail_msg("'%s' in:\n%s", names->array.items[i].str.text, out->buf);
}

static void strings_in_arrays(void **state)
{
	(void)state;
	for (size_t t = 0; t < ARRAY_SIZE(texts); t++) {
		CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(texts[t], strlen(texts[t]));
		const struct snug_edit e = { texts[t], strlen(texts[t]), doc };
		const struct snug_doc_value *root = snug_doc_root(doc, 0);
		const struct snug_doc_value *names = snug_doc_get(root, "names");

		for (size_t at = 0; at <= names->array.len; at++) {
			CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
			char *expected[8], item[] = "new";
			size_t n = 0;

			for (size_t i = 0; i <= names->array.len; i++) {
				if (i == at)
					expected[n++] = item;
				if (i < names->array.len)
					expected[n++] =
						(char *)(uintptr_t)names->array.items[i].str.text;
			}
			assert_int_equal(snug_edit_insert_string(&e, names, at, item,
								 at & 1 ? "why # so" : NULL, &out,
								 NULL),
					 0);
			check(&e, &out, expected, n);
		}
		for (size_t at = 0; at < names->array.len; at++) {
			CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
			char *expected[8];
			size_t n = 0;

			for (size_t i = 0; i < names->array.len; i++)
				if (i != at)
					expected[n++] =
						(char *)(uintptr_t)names->array.items[i].str.text;
			assert_int_equal(
				snug_edit_remove_element(&e, root, "names", at, &out, NULL), 0);
			check(&e, &out, expected, n);
		}
	}
}

static void edits_to(const char *text, const char *expected,
		     int (*edit)(const struct snug_edit *e, const struct snug_doc_value *root,
				 struct snug_str *out, struct snug_err *err))
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(text, strlen(text));
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_edit e = { text, strlen(text), doc };

	if (edit(&e, snug_doc_root(doc, 0), &out, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_string_equal(snug_str_text(&out), expected);
	snug_doc_free(parse(out.buf, out.len));
}

static const char json[] = "{\n  \"n\": [\n    \"x\"\n  ],\n  \"a\": \"y\"\n}\n";
static const char yaml[] = "- a: y\n  n:\n  - x\n";

static int append(const struct snug_edit *e, const struct snug_doc_value *root,
		  struct snug_str *out, struct snug_err *err)
{
	return snug_edit_append_object(e, snug_doc_get(root, "s"), json, yaml, out, err);
}

static int add(const struct snug_edit *e, const struct snug_doc_value *root, struct snug_str *out,
	       struct snug_err *err)
{
	return snug_edit_add_array(e, root, "s", json, yaml, out, err);
}

static int insert_first(const struct snug_edit *e, const struct snug_doc_value *root,
			struct snug_str *out, struct snug_err *err)
{
	return snug_edit_insert_string(e, snug_doc_get(root, "n"), 0, "new", "why", out, err);
}

static int insert_second(const struct snug_edit *e, const struct snug_doc_value *root,
			 struct snug_str *out, struct snug_err *err)
{
	return snug_edit_insert_string(e, snug_doc_get(root, "n"), 1, "new", "why", out, err);
}

static int remove_first(const struct snug_edit *e, const struct snug_doc_value *root,
			struct snug_str *out, struct snug_err *err)
{
	return snug_edit_remove_element(e, root, "n", 0, out, err);
}

static int remove_second(const struct snug_edit *e, const struct snug_doc_value *root,
			 struct snug_str *out, struct snug_err *err)
{
	return snug_edit_remove_element(e, root, "n", 1, out, err);
}

static int replace(const struct snug_edit *e, const struct snug_doc_value *root,
		   struct snug_str *out, struct snug_err *err)
{
	return snug_edit_replace_string(e, snug_doc_get(root, "v"), "NEW", out, err);
}

static void style_of_strings(void **state)
{
	(void)state;
	edits_to("{\"n\":[\"a\",\"b\"]}", "{\"n\":[\"a\",\"new\",\"b\"]}", insert_second);
	edits_to("{\"n\": [\"a\"]}", "{\"n\": [\"a\", \"new\"]}", insert_second);
	edits_to("{\"n\": [\"a\"]}", "{\"n\": [\"new\", \"a\"]}", insert_first);
	edits_to("{\"n\": [\n\t\"a\"\n]}", "{\"n\": [\n\t\"a\",\n\t\"new\"\n]}", insert_second);
	edits_to("{\"n\": [\n\t\"a\"\n]}", "{\"n\": [\n\t\"new\",\n\t\"a\"\n]}", insert_first);
	edits_to("n:\n  - a # x\n  # next\n  - b\n",
		 "n:\n  - a # x\n  - new # why\n  # next\n  - b\n", insert_second);
	edits_to("n:\n  -   \"a\"\n", "n:\n  -   \"new\" # why\n  -   \"a\"\n", insert_first);
	edits_to("n:\n- a", "n:\n- a\n- new # why\n", insert_second);
	edits_to("n: ['a', 'b'] # x\n", "n: ['a', 'new', 'b'] # x\n", insert_second);
	edits_to("n:\n- # a\n\n  a\n", "n:\n- # a\n\n  a\n- new # why\n", insert_second);
}

static void removal(void **state)
{
	(void)state;
	edits_to("{\"n\": [\"a\"], \"m\": 1}", "{\"n\": [], \"m\": 1}", remove_first);
	edits_to("n:\n- a # x\n# y\nm: 1\n", "n: []\n# y\nm: 1\n", remove_first);
	edits_to("'n': # why\n  - a\nm: 1\n", "'n': [] # why\nm: 1\n", remove_first);
	edits_to("n:\n- a: 1\n  b:\n  - c\n\n  # d\n- e: 1\n", "n:\n- e: 1\n", remove_first);
	edits_to("n:\n-\n  a\n", "n: []\n", remove_first);
	edits_to("n: [a, # is a\n  b, # is b\n  c] # all\n", "n: [a, # is a\n  c] # all\n",
		 remove_second);
	edits_to("n: [a, # is a\n  b # is b\n ]\n", "n: [a # is a\n   # is b\n ]\n", remove_second);
	edits_to("n: [a\n  , b]\n", "n: [a]\n", remove_second);
	edits_to("{\"n\": [\n  \"a\",\n  \"b\"\n]}", "{\"n\": [\n  \"a\"\n]}", remove_second);
	edits_to("n:\n- |\n  text\n\n  # text\n- e: 1\n", "n:\n- e: 1\n", remove_first);
}

static void objects(void **state)
{
	(void)state;
	edits_to("{\"s\":[{\"n\":[\"b\"],\"a\":\"c\"}]}",
		 "{\"s\":[{\"n\":[\"b\"],\"a\":\"c\"}, {\"n\": [\"x\"], \"a\": \"y\"}]}", append);
	edits_to("{\n    \"s\": [\n        {\n            \"n\": [\"b\"]\n        }\n    ]\n}\n",
		 "{\n    \"s\": [\n        {\n            \"n\": [\"b\"]\n        },\n        {\n"
		 "            \"n\": [\n                \"x\"\n            ],\n"
		 "            \"a\": \"y\"\n        }\n    ]\n}\n",
		 append);
	edits_to("{\"s\": []}", "{\"s\": [{\"n\": [\"x\"], \"a\": \"y\"}]}", append);
	edits_to(
		"s:\n  - n: # x\n      - b\n    a: c # y\n# z\nt: 1\n",
		"s:\n  - n: # x\n      - b\n    a: c # y\n  - a: y\n    n:\n      - x\n# z\nt: 1\n",
		append);
	edits_to("s:\n- n: [b]", "s:\n- n: [b]\n- a: y\n  n:\n  - x\n", append);
	edits_to("s: [{n: [b]}]\n", "s: [{n: [b]}, {\"n\": [\"x\"], \"a\": \"y\"}]\n", append);
	edits_to("s: [ # none\n]\n", "s: [{\"n\": [\"x\"], \"a\": \"y\"} # none\n]\n", append);
	edits_to("s:\n-\n  n: [b]\n", "s:\n-\n  n: [b]\n- a: y\n  n:\n  - x\n", append);
	edits_to("s: []\n", "s: [{\"n\": [\"x\"], \"a\": \"y\"}]\n", append);
	edits_to("{\"d\":1}", "{\"d\":1, \"s\": [{\"n\": [\"x\"], \"a\": \"y\"}]}", add);
	edits_to("{\n  \"d\": 1\n}\n",
		 "{\n  \"d\": 1,\n  \"s\": [\n    {\n      \"n\": [\n        \"x\"\n      ],\n"
		 "      \"a\": \"y\"\n    }\n  ]\n}\n",
		 add);
	edits_to("d: 1\ne:\n- 2\n# end\n", "d: 1\ne:\n- 2\ns:\n- a: y\n  n:\n  - x\n# end\n", add);
	edits_to("d: 1", "d: 1\ns:\n- a: y\n  n:\n  - x\n", add);
}

static void scalars(void **state)
{
	(void)state;
	edits_to("{\"v\":\"old\",\"w\":\"old\"}", "{\"v\":\"NEW\",\"w\":\"old\"}", replace);
	edits_to("w: old\nv: old # why\n", "w: old\nv: NEW # why\n", replace);
	edits_to("v: 'old'\r\n", "v: 'NEW'\r\n", replace);
}

static void refuses(const char *text, const char *place,
		    int (*edit)(const struct snug_edit *e, const struct snug_doc_value *root,
				struct snug_str *out, struct snug_err *err))
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = parse(text, strlen(text));
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_edit e = { text, strlen(text), doc };

	assert_int_equal(edit(&e, snug_doc_root(doc, 0), &out, &err), -EOPNOTSUPP);
	assert_int_equal(out.len, 0);
	if (!strstr(snug_err_msg(&err), place) || !strstr(snug_err_msg(&err), "cannot be edited"))
		fail_msg("%s", snug_err_msg(&err));
}

static void odd_layouts(void **state)
{
	(void)state;
	refuses("? n\n: - a\n", "t:2:5", insert_first);
	refuses("v: |\n  old\n", "t:1:4", replace);
	refuses("{\"v\":\"\\u006fld\"}", "t:1:6", replace);
	refuses("v: ol\n  d\n", "t:1:4", replace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_in_arrays), cmocka_unit_test(style_of_strings),
		cmocka_unit_test(removal),           cmocka_unit_test(objects),
		cmocka_unit_test(scalars),           cmocka_unit_test(odd_layouts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
