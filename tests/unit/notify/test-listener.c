/* SPDX-License-Identifier: Apache-2.0 */
/* The listener against the kernel: each child has a filter that asks about uname(2) or chdir(2). */
#include "notify/listener.h"

#include "base/child.h"
#include "base/err.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Asks about the call @nr; returns the listener. */
static int install(uint32_t nr)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = ARRAY_SIZE(insns), .filter = insns };
	long r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	return r < 0 ? -errno : (int)r;
}

struct job {
	uint32_t nr;
	int (*work)(void); /* in the child, behind the filter; its result is the exit status */
	struct snug_listener *listener;
	pid_t pid;
};

/* The listener reaches the parent through the tested way of base/child.c; the work is done where
 * execve(2) would come, which then does not. */
static int before_exec(void *data)
{
	const struct job *job = data;
	int fd = install(job->nr);

	return fd < 0 ? fd : fd + 1;
}

static void job_done(struct job *job)
{
	job->listener = snug_listener_free(job->listener);
	if (job->pid > 0)
		(void)waitpid(job->pid, NULL, 0);
}

/* A child of the old way, for work in C: it sends its listener before it works. */
static void begin(struct job *job)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int fd, *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(shared, MAP_FAILED);
	*shared = -1;
	job->pid = fork();
	assert_true(job->pid >= 0);
	if (job->pid == 0) {
		int own = install(job->nr);

		*(volatile int *)shared = own;
		while (*(volatile int *)shared >= 0)
			usleep(100);
		close(own);
		_exit(job->work());
	}
	while (*(volatile int *)shared == -1)
		usleep(100);
	fd = (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, job->pid, 0), *shared, 0);
	assert_true(fd >= 0);
	*(volatile int *)shared = -2;
	if (snug_listener_new(fd, &job->listener, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	munmap(shared, sizeof(*shared));
}

static int exit_status(struct job *job)
{
	int status;

	assert_int_equal(waitpid(job->pid, &status, 0), job->pid);
	job->pid = 0;
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int next(const struct job *job, struct snug_notice *n)
{
	struct pollfd p = { .fd = snug_listener_poll_fd(job->listener), .events = POLLIN };

	assert_int_equal(poll(&p, 1, 5000), 1);
	return snug_listener_receive(job->listener, n);
}

static int call_uname(void)
{
	struct utsname u;

	return uname(&u) == 0 ? 100 : errno;
}

static void refuses_and_lets_pass(void **state)
{
	struct snug_notice n;

	(void)state;
	for (int error = 0; error < 3; error++) {
		CLEANUP(job_done) struct job job = { .nr = SYS_uname, .work = call_uname };

		begin(&job);
		assert_int_equal(next(&job, &n), 1);
		assert_int_equal(n.nr, SYS_uname);
		assert_int_equal(n.pid, job.pid);
		assert_true(snug_listener_is_waiting(job.listener, &n));
		assert_int_equal(snug_listener_receive(job.listener, &(struct snug_notice){ 0 }),
				 0);
		if (error)
			assert_int_equal(snug_listener_refuse(job.listener, &n, error), 0);
		else
			assert_int_equal(snug_listener_let_pass(job.listener, &n), 0);
		assert_int_equal(exit_status(&job), error ? error : 100);
		assert_int_equal(snug_listener_refuse(job.listener, &n, EPERM), -ENOENT);
		assert_false(snug_listener_is_waiting(job.listener, &n));
		/* nobody is left */
		assert_int_equal(snug_listener_receive(job.listener, &n), -EPIPE);
	}
}

/* A string that ends where memory ends, and one across two pages. */
static int call_chdir(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, (size_t)page * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	memset(p, 'a', (size_t)page * 2);
	memcpy(p + page - 3, "/there", 6);
	memcpy(p + page * 2 - 5, "/end", 5);
	if (munmap(p + page * 2, (size_t)page) < 0)
		return 1;
	prctl(PR_SET_NAME, "fifteen-letters");
	if (syscall(SYS_chdir, p + page - 3) == 0 || syscall(SYS_chdir, p + page * 2 - 5) == 0)
		return 2;
	return syscall(SYS_chdir, -1L) == 0 ? 3 : 0;
}

static void reads_memory(void **state)
{
	CLEANUP(job_done) struct job job = { .nr = SYS_chdir, .work = call_chdir };
	struct snug_notice n;
	char buf[64], comm[16];

	(void)state;
	begin(&job);
	assert_int_equal(next(&job, &n), 1);
	assert_int_equal(snug_listener_read(job.listener, &n, n.args[0], buf, sizeof(buf)), 64);
	assert_memory_equal(buf, "/thereaaa", 9);
	snug_listener_comm(job.listener, &n, comm);
	assert_string_equal(comm, "fifteen-letters");
	assert_int_equal(snug_listener_refuse(job.listener, &n, EPERM), 0);
	assert_int_equal(next(&job, &n), 1);
	assert_int_equal(snug_listener_read(job.listener, &n, n.args[0], buf, sizeof(buf)), 5);
	assert_string_equal(buf, "/end");
	assert_int_equal(snug_listener_refuse(job.listener, &n, EPERM), 0);
	assert_int_equal(next(&job, &n), 1);
	assert_int_equal(snug_listener_read(job.listener, &n, n.args[0], buf, sizeof(buf)),
			 -EFAULT);
	assert_int_equal(snug_listener_read(job.listener, &n, 0, buf, sizeof(buf)), -EFAULT);
	assert_int_equal(snug_listener_refuse(job.listener, &n, EPERM), 0);
	assert_int_equal(exit_status(&job), 0);
	assert_int_equal(snug_listener_read(job.listener, &n, 4096, buf, sizeof(buf)), -ESRCH);
	snug_listener_comm(job.listener, &n, comm);
	assert_string_equal(comm, "");
}

/* A task that dies while it waits, before and after its call was received. */
static void task_dies(void **state)
{
	struct snug_notice n;

	(void)state;
	for (int received = 0; received < 2; received++) {
		CLEANUP(job_done) struct job job = { .nr = SYS_uname, .work = call_uname };
		struct pollfd p = { .events = POLLIN };

		begin(&job);
		p.fd = snug_listener_poll_fd(job.listener);
		assert_int_equal(poll(&p, 1, 5000), 1);
		if (received)
			assert_int_equal(snug_listener_receive(job.listener, &n), 1);
		assert_int_equal(kill(job.pid, SIGKILL), 0);
		assert_int_equal(waitpid(job.pid, NULL, 0), job.pid);
		job.pid = 0;
		if (received)
			assert_int_equal(snug_listener_refuse(job.listener, &n, EPERM), -ENOENT);
		assert_int_equal(snug_listener_receive(job.listener, &n), -EPIPE);
	}
}

/* The call that starts the command waits for the listener, which snug_child_start() looks after. */
static void answer_execve(void *data, int fd)
{
	struct job *job = data;
	struct snug_notice n;

	if (!job->listener)
		assert_int_equal(snug_listener_new(dup(fd), &job->listener, NULL), 0);
	if (snug_listener_receive(job->listener, &n) != 1)
		return;
	assert_int_equal(n.nr, SYS_execve);
	assert_int_equal(snug_listener_refuse(job->listener, &n, EACCES), 0);
}

static void execve_waits(void **state)
{
	CLEANUP(job_done) struct job job = { .nr = SYS_execve };
	CLEANUP(snug_child_freep) struct snug_child *c = NULL;
	enum snug_child_step step;
	char name[] = "true", *argv[] = { name, NULL }, *env[] = { NULL };
	const struct snug_child_options o = {
		.path = "/bin/true",
		.argv = argv,
		.envp = env,
		.before_exec = before_exec,
		.passes_fd = true,
		.on_passed = answer_execve,
		.data = &job,
	};

	(void)state;
	assert_int_equal(snug_child_spawn(&o, &c, NULL), 0);
	assert_int_equal(snug_child_start(c, &step), -EACCES);
	assert_int_equal(step, SNUG_CHILD_EXEC);
	assert_non_null(job.listener);
}

static void not_a_listener(void **state)
{
	struct snug_listener *l = NULL;
	struct snug_notice n = { .pid = (uint32_t)getpid() };
	char comm[16];

	(void)state;
	assert_int_equal(snug_listener_new(dup(0), &l, NULL), 0);
	assert_false(snug_listener_is_waiting(l, &n));
	snug_listener_comm(l, &n, comm);
	assert_string_equal(comm, "");
	assert_null(snug_listener_free(l));
	assert_null(snug_listener_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_and_lets_pass),
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(task_dies),
		cmocka_unit_test(execve_waits),
		cmocka_unit_test(not_a_listener),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
