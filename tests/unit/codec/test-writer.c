/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "codec/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void write_sample(struct snug_writer *w)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "text", "x");
	snug_writer_member_uint(w, "big", UINT64_MAX);
	snug_writer_member_bool(w, "yes", true);
	snug_writer_key(w, "list");
	snug_writer_begin_array(w);
	snug_writer_int(w, INT64_MIN);
	snug_writer_real(w, 0.5);
	snug_writer_null(w);
	snug_writer_begin_array(w);
	snug_writer_string(w, "deep");
	snug_writer_end_array(w);
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "k", "v");
	snug_writer_member_bool(w, "l", false);
	snug_writer_end_object(w);
	snug_writer_end_array(w);
	snug_writer_member_strings(w, "none", NULL, 0);
	snug_writer_key(w, "status");
	snug_writer_begin_object(w);
	snug_writer_end_object(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}

static void check_sample(enum snug_doc_syntax syntax, const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(syntax, &out);

	write_sample(w);
	assert_string_equal(snug_str_text(&out), expected);
}

static void test_json(void **state)
{
	(void)state;
	check_sample(SNUG_DOC_JSON, "{\n"
				    "  \"text\": \"x\",\n"
				    "  \"big\": 18446744073709551615,\n"
				    "  \"yes\": true,\n"
				    "  \"list\": [\n"
				    "    -9223372036854775808,\n"
				    "    0.5,\n"
				    "    null,\n"
				    "    [\n"
				    "      \"deep\"\n"
				    "    ],\n"
				    "    {\n"
				    "      \"k\": \"v\",\n"
				    "      \"l\": false\n"
				    "    }\n"
				    "  ],\n"
				    "  \"none\": [],\n"
				    "  \"status\": {}\n"
				    "}\n");
}

static void test_yaml(void **state)
{
	(void)state;
	check_sample(SNUG_DOC_YAML, "text: x\n"
				    "big: 18446744073709551615\n"
				    "\"yes\": true\n"
				    "list:\n"
				    "- -9223372036854775808\n"
				    "- 0.5\n"
				    "- null\n"
				    "- - deep\n"
				    "- k: v\n"
				    "  l: false\n"
				    "none: []\n"
				    "status: {}\n");
}

static void test_yaml_roots(void **state)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, &out);

	(void)state;
	for (uint64_t i = 0; i < 2; i++) {
		snug_writer_begin_object(w);
		snug_writer_member_uint(w, "a", i);
		snug_writer_end_object(w);
	}
	snug_writer_finish(w);
	assert_string_equal(snug_str_text(&out), "a: 0\n---\na: 1\n");
}

static void test_strings(void **state)
{
	static const char *const items[] = { "one", "two" };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, &out);

	(void)state;
	snug_writer_begin_object(w);
	snug_writer_member_strings(w, "both", items, 2);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	assert_string_equal(snug_str_text(&out), "both:\n- one\n- two\n");
}

static void write_string(enum snug_doc_syntax syntax, const char *s, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(syntax, out);

	snug_writer_begin_array(w);
	snug_writer_string(w, s);
	snug_writer_end_array(w);
	snug_writer_finish(w);
}

static void test_yaml_quotes(void **state)
{
	static const char *const quoted[] = {
		"",
		"y",
		"N",
		"yes",
		"No",
		"on",
		"OFF",
		"true",
		"False",
		"null",
		"NULL",
		"~",
		"=",
		"<<",
		".inf",
		"-.INF",
		".NaN",
		"1",
		"-1",
		"+1",
		"012",
		"0o17",
		"0x1F",
		"0b11",
		"1_000",
		"1.5",
		".5",
		"1e3",
		"1E+3",
		"190:20",
		"1.",
		"2001-01-01",
		" a",
		"a ",
		"2001-12-14t21:59:43.10-05:00",
		"2001-12-14 21:59:43",
		"-",
		"---",
		"...",
		"a\nb",
		"a\tb",
		"\x1b",
		"\x7f",
		"\xc2\x85",
		"\xe2\x80\xa8",
		"\xef\xbb\xbfx",
	};
	static const char *const plain[] = {
		"read",      "a b",    "openat2",    "SCMP_ACT_ALLOW", "7zip",     "a-b",
		"a:b",       "/bin/x", "-f",         "http://x/?a=b",  "\xc3\xa9", "a#b",
		"k8s.io/v1", "x,y",    "10.0.0.1/8",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		write_string(SNUG_DOC_YAML, quoted[i], &out);
		if (!snug_str_has_prefix(out.buf, "- \""))
			fail_msg("not quoted: %s", out.buf);
	}
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
		CLEANUP(freep) char *expected = xasprintf("- %s\n", plain[i]);

		write_string(SNUG_DOC_YAML, plain[i], &out);
		assert_string_equal(snug_str_text(&out), expected);
	}
}

static void test_no_utf8(void **state)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	write_string(SNUG_DOC_JSON,
		     "a\xff\xed\xa0\x80"
		     "b\xc3",
		     &out);
	assert_string_equal(snug_str_text(&out), "[\n  \"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
						 "\xef\xbf\xbd"
						 "b\xef\xbf\xbd\"\n]\n");
	snug_str_clear(&out);
	write_string(SNUG_DOC_YAML, "\xff", &out);
	assert_string_equal(snug_str_text(&out), "- \xef\xbf\xbd\n");
}

static uint64_t seed;

static uint64_t next_random(uint64_t below)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (seed >> 11) % below;
}

/* Strings made of what makes trouble. */
static const char *random_string(struct snug_str *s)
{
	static const char *const parts[] = {
		"a",
		"true",
		"0",
		"x1",
		":",
		" ",
		"-",
		"#",
		"\n",
		"\t",
		"'",
		"\"",
		"\\",
		"[",
		"{",
		",",
		"%",
		"&",
		"*",
		"!",
		"|",
		">",
		"@",
		"`",
		"?",
		"\xc3\xa9",
		"\xc2\x85",
		"\xe2\x80\xa9",
		"\xef\xbb\xbf",
		"\xf0\x9f\x98\x80",
		"\r",
		"\x01",
		"\x7f",
		"---",
		"...",
		"~",
		"..",
		"=",
		"<<",
		"e+",
		"\xef\xbf\xbd",
	};

	snug_str_clear(s);
	for (uint64_t n = next_random(6); n; n--)
		snug_str_add(s, parts[next_random(ARRAY_SIZE(parts))]);
	if (next_random(64) == 0) { /* longer than libyaml's simple keys and any line */
		for (int i = 0; i < 300; i++)
			snug_str_add(s, i % 7 ? "word" : " ");
	}
	return snug_str_text(s);
}

static void write_random(struct snug_writer *w, unsigned depth)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	uint64_t kind = next_random(depth < 5 ? 9 : 7);

	switch (kind) {
	case 0:
		snug_writer_null(w);
		break;
	case 1:
		snug_writer_bool(w, next_random(2));
		break;
	case 2:
		snug_writer_uint(w, seed >> next_random(64));
		break;
	case 3:
		snug_writer_int(w, -1 - (int64_t)(seed >> (1 + next_random(63))));
		break;
	case 4:
		snug_writer_real(w, (double)(int64_t)seed / (double)(1 + next_random(1u << 30)));
		break;
	case 7:
		snug_writer_begin_array(w);
		for (uint64_t n = next_random(5); n; n--)
			write_random(w, depth + 1);
		snug_writer_end_array(w);
		break;
	case 8:
		snug_writer_begin_object(w);
		for (uint64_t n = next_random(5); n; n--) {
			/* the number makes the key unique */
			random_string(&s);
			snug_str_addf(&s, "%" PRIu64, n);
			snug_writer_key(w, snug_str_text(&s));
			write_random(w, depth + 1);
		}
		snug_writer_end_object(w);
		break;
	default:
		snug_writer_string(w, random_string(&s));
		break;
	}
}

static void write_doc(enum snug_doc_syntax syntax, const struct snug_doc *doc, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(syntax, out);

	for (size_t i = 0; i < snug_doc_n_roots(doc); i++)
		snug_writer_value(w, snug_doc_root(doc, i));
	snug_writer_finish(w);
}

/* Whatever is written reads back the same, in both syntaxes; writing is deterministic. */
static void check_round_trip(uint64_t start)
{
	CLEANUP(snug_str_done) struct snug_str json = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str yaml = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str again = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = NULL;
	CLEANUP(snug_doc_freep) struct snug_doc *a = NULL;
	CLEANUP(snug_doc_freep) struct snug_doc *b = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	seed = start;
	w = snug_writer_new(SNUG_DOC_JSON, &json);
	write_random(w, 0);
	snug_writer_finish(w);
	if (snug_json_parse("json", json.buf, json.len, SNUG_LIMIT_DOC_BYTES, &a, &err) < 0)
		fail_msg("seed %" PRIu64 ": %s\n%s", start, snug_err_msg(&err), json.buf);
	write_doc(SNUG_DOC_JSON, a, &again);
	assert_string_equal(json.buf, again.buf);
	write_doc(SNUG_DOC_YAML, a, &yaml);
	if (snug_yaml_parse("yaml", yaml.buf, yaml.len, SNUG_LIMIT_DOC_BYTES, &b, &err) < 0)
		fail_msg("seed %" PRIu64 ": %s\n%s", start, snug_err_msg(&err), yaml.buf);
	if (!snug_doc_equal(snug_doc_root(a, 0), snug_doc_root(b, 0)))
		fail_msg("seed %" PRIu64 ": differs:\n%s\n%s", start, json.buf, yaml.buf);
}

static void test_round_trip(void **state)
{
	uint64_t start = 0x9e3779b97f4a7c15u;

	(void)state;
	for (int i = 0; i < 3000; i++)
		check_round_trip(start + (uint64_t)i * 7919);
}

static void misuse_value_without_key(struct snug_writer *w)
{
	snug_writer_begin_object(w);
	snug_writer_null(w);
}

static void misuse_key_in_array(struct snug_writer *w)
{
	snug_writer_begin_array(w);
	snug_writer_key(w, "k");
}

static void misuse_wrong_end(struct snug_writer *w)
{
	snug_writer_begin_array(w);
	snug_writer_end_object(w);
}

static void misuse_end_without_begin(struct snug_writer *w)
{
	snug_writer_end_array(w);
}

static void misuse_key_without_value(struct snug_writer *w)
{
	snug_writer_begin_object(w);
	snug_writer_key(w, "k");
	snug_writer_end_object(w);
}

static void misuse_unfinished(struct snug_writer *w)
{
	snug_writer_begin_object(w);
	snug_writer_finish(w);
}

static void misuse_nothing(struct snug_writer *w)
{
	snug_writer_finish(w);
}

static void check_aborts(void (*misuse)(struct snug_writer *), enum snug_doc_syntax syntax)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit no_core = { 0, 0 };
		struct snug_str out = SNUG_STR_INIT;

		/* neither a core file nor words: this is what shall happen */
		setrlimit(RLIMIT_CORE, &no_core);
		close(STDERR_FILENO);
		misuse(snug_writer_new(syntax, &out));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void test_misuse(void **state)
{
	static void (*const all[])(struct snug_writer *) = {
		misuse_value_without_key, misuse_key_in_array,      misuse_wrong_end,
		misuse_end_without_begin, misuse_key_without_value, misuse_unfinished,
		misuse_nothing,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		check_aborts(all[i], SNUG_DOC_JSON);
		check_aborts(all[i], SNUG_DOC_YAML);
	}
	assert_null(snug_writer_free(NULL));
}

static void test_freed_half_way(void **state)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, &out);

	(void)state;
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "a", "b");
	snug_writer_key(w, "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),        cmocka_unit_test(test_json),
		cmocka_unit_test(test_yaml),           cmocka_unit_test(test_yaml_roots),
		cmocka_unit_test(test_yaml_quotes),    cmocka_unit_test(test_no_utf8),
		cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_freed_half_way),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
