/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/text.h"

#include "base/mem.h"
#include "base/str.h"

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

	snug_str_add(&s, json);
	text_join_lines(&s);
	assert_string_equal(snug_str_text(&s), want);
}

static void test_join_lines(void **state)
{
	(void)state;
	joined("", "");
	joined("{}\n", "{}");
	joined("{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": \"x  y\"\n}\n",
	       "{\"a\": [1,2],\"b\": \"x  y\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basename),   cmocka_unit_test(test_quoting),
		cmocka_unit_test(test_words),      cmocka_unit_test(test_bash_reads_it),
		cmocka_unit_test(test_join_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
