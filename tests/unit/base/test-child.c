/* SPDX-License-Identifier: Apache-2.0 */
#include "base/child.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int reap(struct snug_child *c)
{
	int status = -1;

	assert_int_equal(waitpid(snug_child_pid(c), &status, 0), snug_child_pid(c));
	snug_child_set_reaped(c);
	return status;
}

static int start(const struct snug_child_options *o, struct snug_child **ret,
		 enum snug_child_step *step)
{
	assert_int_equal(snug_child_spawn(o, ret, NULL), 0);
	return snug_child_start(*ret, step);
}

static struct snug_child_options shell(char **argv, char *script)
{
	static char *env[] = { NULL }, name[] = "sh", option[] = "-c";

	argv[0] = name;
	argv[1] = option;
	argv[2] = script;
	argv[3] = NULL;
	return (struct snug_child_options){ .path = "/bin/sh", .argv = argv, .envp = env };
}

static void test_path_find(void **state)
{
	CLEANUP(freep) char *old = xstrdup(getenv("PATH") ? getenv("PATH") : "");
	char dir[] = "/tmp/snug-child-XXXXXX";
	CLEANUP(freep) char *file = NULL;
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *found = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = xasprintf("%s/sh", dir);
	assert_int_equal(close(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)), 0);
	path = xasprintf("/none:%s", dir);
	setenv("PATH", path, 1);
	assert_int_equal(snug_path_find("sh", &found), -EACCES);
	assert_int_equal(snug_path_find("no-such-program", &found), -ENOENT);
	assert_int_equal(snug_path_find("", &found), -ENOENT);
	assert_int_equal(snug_path_find("/tmp", &found), -EACCES);
	assert_int_equal(snug_path_find(file, &found), -EACCES);
	assert_null(found);
	/* what cannot be executed does not hide what can */
	free(path);
	path = xasprintf("%s:/bin", dir);
	setenv("PATH", path, 1);
	assert_int_equal(snug_path_find("sh", &found), 0);
	assert_string_equal(found, "/bin/sh");
	free(STEAL(found));
	/* an empty part is the current directory */
	assert_int_equal(chmod(file, 0755), 0);
	assert_int_equal(chdir(dir), 0);
	setenv("PATH", "/none::/bin", 1);
	assert_int_equal(snug_path_find("sh", &found), 0);
	assert_string_equal(found, "./sh");
	assert_int_equal(chdir("/"), 0);
	setenv("PATH", old, 1);
	(void)unlink(file);
	(void)rmdir(dir);
}

static void test_runs(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	const struct snug_child_options o = shell(argv, (char[]){ "exit 7" });

	(void)state;
	assert_int_equal(start(&o, &c, &step), 0);
	assert_true(snug_child_pidfd(c) >= 0);
	assert_int_equal(WEXITSTATUS(reap(c)), 7);
}

/* Nothing of the command happens before the gate opens, and nothing at all without it. */
static void test_waits(void **state)
{
	struct snug_child *c = NULL;
	struct pollfd p = { .events = POLLIN };
	char *argv[4];
	const struct snug_child_options o = shell(argv, (char[]){ "exit 0" });
	pid_t pid;

	(void)state;
	assert_int_equal(snug_child_spawn(&o, &c, NULL), 0);
	p.fd = snug_child_pidfd(c);
	pid = snug_child_pid(c);
	assert_int_equal(poll(&p, 1, 50), 0);
	assert_null(snug_child_free(c));
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_null(snug_child_free(NULL));
}

/* A parent that dies in between starts nothing. */
static void test_parent_dies(void **state)
{
	char *argv[4], dir[] = "/tmp/snug-child-XXXXXX";
	CLEANUP(freep) char *script = NULL;
	struct snug_child_options o;
	int done[2];
	pid_t pid;
	char c;

	(void)state;
	assert_non_null(mkdtemp(dir));
	script = xasprintf("echo ran >%s/ran", dir);
	o = shell(argv, script);
	assert_int_equal(pipe(done), 0); /* inherited: ends with the last of them */
	pid = fork();
	if (pid == 0) {
		struct snug_child *child;

		_exit(snug_child_spawn(&o, &child, NULL) < 0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(done[1]);
	assert_int_equal(read(done[0], &c, 1), 0);
	close(done[0]);
	assert_int_equal(rmdir(dir), 0);
}

static void test_cannot_exec(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	struct snug_child_options o = shell(argv, (char[]){ "exit 0" });

	(void)state;
	o.path = "/no/such/file";
	assert_int_equal(start(&o, &c, &step), -ENOENT);
	assert_int_equal(step, SNUG_CHILD_EXEC);
	c = snug_child_free(c);
	o.path = "/etc/passwd";
	assert_int_equal(start(&o, &c, &step), -EACCES);
	assert_int_equal(step, SNUG_CHILD_EXEC);
}

static int refuse(void *data)
{
	return *(int *)data;
}

static void test_before_exec(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	struct snug_child_options o = shell(argv, (char[]){ "exit 3" });
	int r = -EOPNOTSUPP;

	(void)state;
	o.before_exec = refuse;
	o.data = &r;
	assert_int_equal(start(&o, &c, &step), -EOPNOTSUPP);
	assert_int_equal(step, SNUG_CHILD_BEFORE_EXEC);
	c = snug_child_free(c);
	r = 0;
	assert_int_equal(start(&o, &c, &step), 0);
	assert_int_equal(WEXITSTATUS(reap(c)), 3);
}

/* A filter under which the child can neither execute, nor report through a pipe, nor exit.  All
 * that it leaves is what ASan does in front of a function that does not return. */
static int deny_all(void *data)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sigaltstack, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(insns), .filter = insns };

	(void)data;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return -errno;
	return 0;
}

static void test_filter_denies_all(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	struct snug_child_options o = shell(argv, (char[]){ "exit 0" });

	(void)state;
	o.before_exec = deny_all;
	assert_int_equal(start(&o, &c, &step), -EPERM);
	assert_int_equal(step, SNUG_CHILD_EXEC);
}

/* Opens a file and then forbids itself every call; the descriptor is the result, and one more. */
static int pass_and_deny(void *data)
{
	int fd = open(data, O_RDONLY | O_CLOEXEC), r = deny_all(NULL);

	return r < 0 ? r : fd + 1;
}

static void test_passes_fd(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	CLEANUP(closep) int fd = -EBADF;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4], file[] = "/proc/self/comm";
	struct snug_child_options o = shell(argv, (char[]){ "exit 0" });

	(void)state;
	o.passes_fd = true;
	o.before_exec = pass_and_deny;
	o.data = file;
	assert_int_equal(start(&o, &c, &step), -EPERM);
	assert_int_equal(step, SNUG_CHILD_EXEC);
	fd = snug_child_take_fd(c);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(snug_child_take_fd(c), -EBADF);
}

/* A descriptor that is ready before the command runs, and one that is none. */
static int pass_pipe(void *data)
{
	int ends[2];

	if (!data)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0 || write(ends[1], "x", 1) != 1)
		return -EIO;
	return ends[0] + 1;
}

static int n_ready;

static void count_ready(void *data, int fd)
{
	char byte;

	(void)data;
	n_ready += read(fd, &byte, 1) == 1;
}

static void test_passed_is_watched(void **state)
{
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	struct snug_child_options o = shell(argv, (char[]){ "exit 4" });

	(void)state;
	o.passes_fd = true;
	o.before_exec = pass_pipe;
	o.on_passed = count_ready;
	for (int i = 0; i < 20; i++) {
		CLEANUP(snug_child_freep) struct snug_child *c = NULL;
		int fd;

		o.data = i & 1 ? &o : NULL;
		assert_int_equal(start(&o, &c, &step), 0);
		fd = snug_child_take_fd(c);
		assert_int_equal(fd >= 0, i & 1);
		closep(&fd);
		assert_int_equal(WEXITSTATUS(reap(c)), 4);
	}
	/* nobody is left behind */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* A child that dies before it has given anything, or is never started. */
static int die(void *data)
{
	(void)data;
	(void)kill(getpid(), SIGKILL);
	return 0;
}

static void test_passes_nothing(void **state)
{
	struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	struct snug_child_options o = shell(argv, (char[]){ "exit 0" });
	int r = -EOPNOTSUPP;

	(void)state;
	o.passes_fd = true;
	assert_int_equal(snug_child_spawn(&o, &c, NULL), 0);
	assert_null(snug_child_free(c));
	o.before_exec = refuse;
	o.data = &r;
	assert_int_equal(start(&o, &c, &step), -EOPNOTSUPP);
	assert_int_equal(step, SNUG_CHILD_BEFORE_EXEC);
	assert_int_equal(snug_child_take_fd(c), -EBADF);
	c = snug_child_free(c);
	o.before_exec = die;
	assert_int_equal(start(&o, &c, &step), 0);
	assert_int_equal(snug_child_take_fd(c), -EBADF);
	(void)reap(c);
	c = snug_child_free(c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_script_without_interpreter(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char file[] = "/tmp/snug-child-XXXXXX", name[] = "script", arg[] = "5", *env[] = { NULL };
	char *argv[] = { name, arg, NULL };
	const struct snug_child_options o = { .path = file, .argv = argv, .envp = env };
	int fd = mkostemp(file, O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "exit $1\n", 8), 8);
	assert_int_equal(fchmod(fd, 0755), 0);
	close(fd);
	assert_int_equal(start(&o, &c, &step), 0);
	assert_int_equal(WEXITSTATUS(reap(c)), 5);
	(void)unlink(file);
}

/* What we block for ourselves is not blocked in the command. */
static void test_signal_mask(void **state)
{
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step = SNUG_CHILD_OK;
	char *argv[4];
	const struct snug_child_options o = shell(argv, (char[]){ "kill -TERM $$; exit 0" });
	sigset_t set;
	int status;

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	snug_child_block_signals(&set);
	snug_child_block_signals(&set); /* the second time does not forget the first mask */
	assert_int_equal(start(&o, &c, &step), 0);
	status = reap(c);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path_find),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_parent_dies),
		cmocka_unit_test(test_cannot_exec),
		cmocka_unit_test(test_before_exec),
		cmocka_unit_test(test_filter_denies_all),
		cmocka_unit_test(test_passes_fd),
		cmocka_unit_test(test_passed_is_watched),
		cmocka_unit_test(test_passes_nothing),
		cmocka_unit_test(test_script_without_interpreter),
		cmocka_unit_test(test_signal_mask),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
