/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/say.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char got[4096];

/* What @fn writes to standard error, into got.  A child does it: what is said stays said. */
static void listen_to(enum snug_talk talk, int out, int in, void (*fn)(void))
{
	size_t len = 0;
	int status;
	ssize_t n;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		dup2(out, STDERR_FILENO);
		say_init(talk);
		fn();
		_exit(0);
	}
	close(out);
	while ((n = read(in, got + len, sizeof(got) - 1 - len)) > 0)
		len += (size_t)n;
	got[len] = '\0';
	close(in);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void through_pipe(enum snug_talk talk, void (*fn)(void))
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	listen_to(talk, fds[1], fds[0], fn);
}

static void through_terminal(enum snug_talk talk, void (*fn)(void))
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	listen_to(talk, slave, master, fn);
}

static void everything(void)
{
	say_log("log %d", 1);
	say_person("person");
	say_strong("strong", "words");
	say_warn("warning");
	say_note("note");
	say_error("error");
}

/* "10:08:25.591945 " in front of every line */
static void assert_clocks(unsigned lines)
{
	const char *p = got;

	for (; lines; lines--) {
		unsigned h, m, s, us;
		int n = 0;

		/* NOLINTNEXTLINE */
		assert_int_equal(sscanf(p, "%2u:%2u:%2u.%6u %n", &h, &m, &s, &us, &n), 4);
		assert_int_equal(n, 16);
		p = strchr(p, '\n');
		assert_non_null(p);
		p++;
	}
	assert_string_equal(p, "");
}

static void test_log(void **state)
{
	(void)state;
	through_pipe(SNUG_TALK_NORMAL, everything);
	assert_clocks(4);
	assert_non_null(strstr(got, " log 1\n"));
	assert_non_null(strstr(got, " snug: warning: warning\n"));
	assert_non_null(strstr(got, " snug: note\n"));
	assert_non_null(strstr(got, " Unable to run: error\n"));
	assert_null(strstr(got, "person"));
	assert_null(strstr(got, "strong"));
	assert_null(strchr(got, '\033'));
	through_pipe(SNUG_TALK_QUIET, everything);
	assert_clocks(3);
	assert_null(strstr(got, "log 1"));
}

static void test_terminal(void **state)
{
	(void)state;
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	through_terminal(SNUG_TALK_NORMAL, everything);
	assert_string_equal(got, "person\r\n\033[1mstrong\033[0m words\r\n"
				 "snug: warning: warning\r\nsnug: note\r\nsnug: error\r\n");
	setenv("NO_COLOR", "1", 1);
	through_terminal(SNUG_TALK_VERBOSE, everything);
	assert_non_null(strstr(got, " log 1\r\nperson\r\nstrong words\r\n"));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	through_terminal(SNUG_TALK_QUIET, everything);
	assert_string_equal(got, "snug: warning: warning\r\nsnug: note\r\nsnug: error\r\n");
}

static void hostile(void)
{
	say_error("'%s' and %s", "\033[2J\r\n\x07\x7f\xff\xc2\x9b", "a\\x1b\\ \xc3\xbc");
}

/* One line without control characters; what was escaped before is not escaped again. */
static void test_hostile(void **state)
{
	(void)state;
	through_pipe(SNUG_TALK_NORMAL, hostile);
	assert_clocks(1);
	assert_non_null(strstr(got, "Unable to run: '\\x1b[2J\\x0d\\x0a\\x07\\x7f\\xff\\xc2\\x9b' "
				    "and a\\x1b\\ \xc3\xbc\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_hostile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
