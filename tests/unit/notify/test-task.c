/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc tells of a task: of this process, which need not wait for that. */
#include "notify/task.h"

#include "notify/listener.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct snug_notice self(void)
{
	return (struct snug_notice){ .pid = (uint32_t)getpid() };
}

static void test_status(void **state)
{
	const struct snug_notice n = self(), none = { .pid = 0 };
	struct snug_task_status st;

	(void)state;
	assert_true(snug_task_status(&n, &st));
	assert_int_equal(st.tgid, getpid());
	assert_int_equal(st.euid, geteuid());
	assert_int_equal(st.egid, getegid());
	assert_int_equal(st.no_new_privs, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	assert_int_equal(snug_own_no_new_privs(), st.no_new_privs);
	/* not in our PID namespace */
	assert_false(snug_task_status(&none, &st));
	assert_int_equal(st.tgid, 0);
}

static void test_no_new_privs(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct snug_notice n = self();
		struct snug_task_status st;

		(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(snug_task_status(&n, &st) && st.no_new_privs && snug_own_no_new_privs() ? 0
											      : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void make(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void test_gains_privilege(void **state)
{
	char dir[] = "/tmp/snug-task-XXXXXX", path[64], fd_path[64];
	const struct snug_notice n = self();
	struct snug_task_status st, other;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/prog", dir);
	assert_true(snug_task_status(&n, &st));
	other = st;
	other.euid++;
	other.egid++;
	make(path, 0755);
	assert_false(snug_task_gains_privilege(&n, &other, path));
	make(path, 04755);
	assert_true(snug_task_gains_privilege(&n, &other, path));
	/* one's own */
	assert_false(snug_task_gains_privilege(&n, &st, path));
	make(path, 02755);
	assert_true(snug_task_gains_privilege(&n, &other, path));
	/* no set-group-ID, but mandatory locking as it was */
	make(path, 02745);
	assert_false(snug_task_gains_privilege(&n, &other, path));
	make(path, 04755);
	fd = open(path, O_PATH | O_CLOEXEC);
	assert_true(fd >= 0);
	(void)snprintf(fd_path, sizeof(fd_path), "/dev/fd/%d", fd);
	assert_true(snug_task_gains_privilege(&n, &other, fd_path));
	close(fd);
	fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	(void)snprintf(fd_path, sizeof(fd_path), "/dev/fd/%d/prog", fd);
	assert_true(snug_task_gains_privilege(&n, &other, fd_path));
	close(fd);
	assert_false(snug_task_gains_privilege(&n, &other, ""));
	assert_false(snug_task_gains_privilege(&n, &other, dir));
	assert_false(snug_task_gains_privilege(&n, &other, "/nonexistent"));
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_no_new_privs),
		cmocka_unit_test(test_gains_privilege),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
