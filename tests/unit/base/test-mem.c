/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
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

static void test_vec(void **state)
{
	VEC(int) v = { 0 };
	int sum = 0;

	(void)state;
	VEC_FOREACH (it, &v)
		fail();
	for (int i = 0; i < 1000; i++) {
		int *p = VEC_PUSH(&v);

		assert_int_equal(*p, 0);
		*p = i;
	}
	VEC_FOREACH (it, &v)
		sum += *it;
	assert_int_equal(sum, 499500);
	VEC_REMOVE(&v, 1);
	assert_int_equal(v.items[0], 0);
	assert_int_equal(v.items[1], 2);
	VEC_REMOVE(&v, v.len - 1);
	assert_int_equal(v.len, 998);
	assert_int_equal(v.items[997], 998);
	VEC_DONE(&v);
	assert_null(v.items);
	assert_int_equal(v.len, 0);
	VEC_DONE(&v);
}

static void test_steal(void **state)
{
	CLEANUP(freep) char *a = xstrdup("x");
	CLEANUP(freep) char *b = STEAL(a);
	int fd = 5;

	(void)state;
	assert_null(a);
	assert_string_equal(b, "x");
	assert_int_equal(snug_steal_fd(&fd), 5);
	assert_int_equal(fd, -EBADF);
}

static void test_closep(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int copy = fd;

	(void)state;
	errno = EEXIST;
	closep(&fd);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(fd, -EBADF);
	closep(&fd);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
}

static void test_alloc(void **state)
{
	CLEANUP(freep) char *none = xmalloc(0);
	CLEANUP(freep) int *zeroes = xcalloc(4, sizeof(int));
	CLEANUP(freep) char *cut = xstrndup("abc", 2);
	CLEANUP(freep) char *text = xasprintf("%d-%s", 1, "x");

	(void)state;
	assert_non_null(none);
	for (int i = 0; i < 4; i++)
		assert_int_equal(zeroes[i], 0);
	zeroes = xrealloc_array(zeroes, 8, sizeof(int));
	zeroes[7] = 1;
	assert_string_equal(cut, "ab");
	assert_string_equal(text, "1-x");
}

static void out_of_memory(void)
{
	/* an overflow that only a checked multiplication sees */
	volatile size_t many = SIZE_MAX / 2 + 2;
	char *p = xrealloc_array(NULL, many, 2);

	p[0] = 1;
	free(p);
}

static void bug(void)
{
	snug_bug_on(getpid() > 0);
}

/* Runs @fn in a child; returns its wait status and the first bytes that it wrote to stderr. */
static int run_child(void (*fn)(void), char *text, size_t size)
{
	int status = -1, ends[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const struct rlimit no_core = { 0, 0 };

		setrlimit(RLIMIT_CORE, &no_core);
		dup2(ends[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	close(ends[1]);
	n = read(ends[0], text, size - 1);
	text[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_bug(void **state)
{
	char text[256];
	int status = run_child(bug, text, sizeof(text));

	(void)state;
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(text, "snug: bug at "));
	assert_non_null(strstr(text, ": getpid() > 0\n"));
}

static void test_out_of_memory(void **state)
{
	char text[256];
	int status = run_child(out_of_memory, text, sizeof(text));

	(void)state;
	/* a sanitizer stops the program itself */
	assert_true(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	assert_true(strlen(text) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vec),    cmocka_unit_test(test_steal),
		cmocka_unit_test(test_closep), cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_bug),    cmocka_unit_test(test_out_of_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
