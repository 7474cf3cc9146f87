/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "oci/annotation.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void taken(const char *value, const char *output, const char *input)
{
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation a = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_trace_annotation_parse(value, strlen(value), &a, &err) < 0)
		fail_msg("'%s': %s", value, snug_err_msg(&err));
	assert_string_equal(a.output, output);
	if (input)
		assert_string_equal(a.input, input);
	else
		assert_null(a.input);
}

static void refused(const char *value, const char *words)
{
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation a = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(snug_trace_annotation_parse(value, strlen(value), &a, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), words);
	assert_null(a.output);
}

static void the_peers_grammar(void **state)
{
	(void)state;
	taken("of:/tmp/a.json", "/tmp/a.json", NULL);
	taken("if:/b;of:/a", "/a", "/b");
	taken("of:/a;if:/b", "/a", "/b");
	taken("of: \t/tmp/with blanks in it \n", "/tmp/with blanks in it", NULL);
	taken("of:/a;of:/b", "/b", NULL); /* the last one counts */
}

static void the_peers_words(void **state)
{
	static const char prefix[] = "invalid annotation: must start \"if:\" or \"of:\" prefix";

	(void)state;
	refused("", prefix);
	refused("/a", prefix);
	refused(" of:/a", prefix);
	refused("OF:/a", prefix);
	refused("of:/a;", prefix);
	refused("of:/a;if:/b;", "invalid annotation: more than one semi-colon: \"of:/a;if:/b;\"");
	refused("of:/a;if:/b;of:/c",
		"invalid annotation: more than one semi-colon: \"of:/a;if:/b;of:/c\"");
	refused("of:a", "invalid annotation: output file path must be absolute: \"a\"");
	refused("of:", "invalid annotation: output file path must be absolute: \"\"");
	refused("if: b ;of:/a", "invalid annotation: input file path must be absolute: \"b\"");
	refused("of:a;of:/b", "invalid annotation: output file path must be absolute: \"a\"");
	refused("if:/a", "invalid annotation: providing output file is mandatory");
	refused("if:/a;if:/b", "invalid annotation: providing output file is mandatory");
}

static void what_snug_adds(void **state)
{
	static const char value[] = "if:/b;of:/a;recording: /r.json;base:runc,crun;format:crd";
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation a = { 0 };
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation none = { 0 };

	(void)state;
	assert_int_equal(snug_trace_annotation_parse(value, strlen(value), &a, NULL), 0);
	assert_string_equal(a.recording, "/r.json");
	assert_string_equal(a.format, "crd");
	assert_int_equal(a.runtimes.len, 2);
	assert_string_equal(a.runtimes.items[0], "runc");
	assert_string_equal(a.runtimes.items[1], "crun");
	assert_false(a.no_baseline);
	assert_int_equal(snug_trace_annotation_parse("of:/a;base:none", 15, &none, NULL), 0);
	assert_true(none.no_baseline);
	/* they stand behind the known ones */
	refused("recording:/r;of:/a", "invalid annotation: must start \"if:\" or \"of:\" prefix");
	refused("of:/a;recording:r", "invalid annotation: recording file path must be absolute: "
				     "\"r\"");
	refused("of:/a;format:yaml", "invalid annotation: format: takes oci or crd: \"yaml\"");
	refused("of:/a;base:",
		"invalid annotation: base: takes runtimes (runc,crun) or none: \"\"");
	refused("of:/a;base:runc,",
		"invalid annotation: base: takes runtimes (runc,crun) or none: \"runc,\"");
}

static void hostile_text(void **state)
{
	CLEANUP(snug_trace_annotation_done) struct snug_trace_annotation a = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *long_value = xmalloc(1 << 20);

	(void)state;
	refused("of:/tmp/../etc/shadow",
		"invalid annotation: a path must not hold '..': \"/tmp/../etc/shadow\"");
	refused("of:/tmp/..", "invalid annotation: a path must not hold '..': \"/tmp/..\"");
	taken("of:/tmp/..a/b..", "/tmp/..a/b..", NULL);
	refused("of:/a\nb",
		"invalid annotation: a path must not hold control characters: \"/a\\x0ab\"");
	refused("of:/\x1b[2J",
		"invalid annotation: a path must not hold control characters: \"/\\x1b[2J\"");
	refused(";;;;;;;;;;;;;;;;;;;;",
		"invalid annotation: more than one semi-colon: \";;;;;;;;;;;;;;;;;;;;\"");
	memset(long_value, 'a', 1 << 20);
	memcpy(long_value, "of:/", 4);
	assert_int_equal(snug_trace_annotation_parse(long_value, 1 << 20, &a, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "invalid annotation: 1048576 bytes, over 16384");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_peers_grammar),
		cmocka_unit_test(the_peers_words),
		cmocka_unit_test(what_snug_adds),
		cmocka_unit_test(hostile_text),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
