/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/text.h"

#include "base/mem.h"
#include "base/str.h"
#include "codec/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_basename(void **state)
{
	(void)state;
	assert_string_equal(text_basename("ls"), "ls");
	assert_string_equal(text_basename("/bin/ls"), "ls");
	assert_string_equal(text_basename("./x y"), "x y");
	assert_string_equal(text_basename("/"), "/");
	assert_string_equal(text_basename(""), "");
}

static void quoted(const char *word, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	text_add_shell_word(&s, word);
	assert_string_equal(snug_str_text(&s), want);
}

static void test_quoting(void **state)
{
	(void)state;
	quoted("plain-1.0_@%+=:,./x", "plain-1.0_@%+=:,./x");
	quoted("", "''");
	quoted("two words", "'two words'");
	quoted("it's", "'it'\\''s'");
	quoted("$HOME`x`\"\\*", "'$HOME`x`\"\\*'");
	quoted("\xc3\xbc", "'\xc3\xbc'");
	quoted("a\nb", "$'a\\012b'");
	quoted("\033[31m'\\", "$'\\033[31m\\'\\\\'");
	quoted("\xff", "$'\\377'");
	/* a control character in UTF-8 */
	quoted("\xc2\x9b", "$'\\302\\233'");
}

static void test_words(void **state)
{
	char *words[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[]){ "echo x" }, NULL };
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	(void)state;
	text_add_shell_words(&s, words);
	assert_string_equal(snug_str_text(&s), "sh -c 'echo x'");
	snug_str_clear(&s);
	text_add_shell_words(&s, words + 3);
	assert_string_equal(snug_str_text(&s), "");
}

/* What bash makes of the text is the word again. */
static void test_bash_reads_it(void **state)
{
	CLEANUP(snug_str_done) struct snug_str script = SNUG_STR_INIT;
	char word[256], got[256];
	int fds[2], status;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	(void)state;
	for (int i = 1; i < 256; i++)
		word[i - 1] = (char)i;
	word[255] = '\0';
	snug_str_add(&script, "printf %s ");
	text_add_shell_word(&script, word);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		execl("/bin/bash", "bash", "-c", snug_str_text(&script), (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], got + len, sizeof(got) - len)) > 0)
		len += (size_t)n;
	assert_int_equal(len, 255);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_memory_equal(got, word, 255);
}

static void joined(const char *json, const char *want)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;

	snug_str_add(&s, json);
	snug_str_add(&line, "before\n");
	text_add_json_line(&line, &s);
	assert_string_equal(snug_str_text(&line), want);
}

static void test_json_line(void **state)
{
	(void)state;
	joined("{}\n", "before\n{}\n");
	joined("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"x  y\"\n}\n",
	       "before\n{\"a\": [1,2],\"b\": \"x  y\"}\n");
}

static void test_json_bytes(void **state)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &s);

	(void)state;
	snug_writer_begin_object(w);
	text_write_bytes(w, "none", NULL, 0);
	text_write_bytes(w, "text", "\xc3\xa9\n\\", 4);
	text_write_bytes(w, "bytes", "a\xff\\", 3);
	text_write_bytes(w, "nul", "a\0b", 3);
	text_write_utc(w, "time", 1700000000123456);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	text_add_json_line(&line, &s);
	assert_string_equal(snug_str_text(&line),
			    "{\"text\": \"\xc3\xa9\\n\\\\\",\"bytes\": \"a\\\\xff\\\\x5c\","
			    "\"nul\": \"a\\\\x00b\",\"time\": \"2023-11-14T22:13:20.123Z\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basename),  cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_words),     cmocka_unit_test(test_bash_reads_it),
		cmocka_unit_test(test_json_line), cmocka_unit_test(test_json_bytes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
