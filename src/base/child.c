/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How parent and child talk: a gate pipe (the child reads until it is closed), a close-on-exec pipe
 * whose end of file tells the parent that execve happened or that the child died, and one shared
 * page in which the child leaves the reason of a failure.  Behind a seccomp filter the child may be
 * unable to write or even to exit, hence the page, and the trap instruction as the last way out.
 */
#include "base/child.h"

#include "base/courier.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Before a call that does not return, AddressSanitizer's code calls sigaltstack(2), which the
 * command's filter need not allow: no such code behind the filter. */
#define BEHIND_FILTER __attribute__((no_sanitize_address))

struct report {
	bool go; /* the parent opened the gate; else it is dead */
	enum snug_child_step step;
	int error; /* negative errno */
};

struct snug_child {
	pid_t pid;
	int pidfd;
	int gate;                              /* closing it lets the child go */
	int done;                              /* end of file: executed or dead */
	int passed;                            /* what before_exec returned, less one */
	struct snug_courier *courier;          /* who brings it; NULL: nothing is passed */
	pid_t guard;                           /* its guard, or 0 */
	const struct snug_child_options *opts; /* borrowed until the start */
	bool is_started, is_reaped;
	volatile struct report *report; /* one shared page */
};

/* The mask that was in force before snug_child_block_signals(): what commands must start with. */
static sigset_t inherited_mask;
static bool has_inherited_mask;

void snug_child_block_signals(const sigset_t *set)
{
	sigprocmask(SIG_BLOCK, set, has_inherited_mask ? NULL : &inherited_mask);
	has_inherited_mask = true;
}

/* Whether we were started with SIGCHLD ignored, which execve(2) hands on: commands get it back. */
static bool ignored_chld;

/* While SIGCHLD is ignored the kernel reaps children itself, says nothing and forgets their status
 * (wait(2), NOTES). */
static void heed_chld(void)
{
	struct sigaction action;

	if (sigaction(SIGCHLD, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
		return;
	signal(SIGCHLD, SIG_DFL);
	ignored_chld = true;
}

static int check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENOENT : -EACCES;
	if (!S_ISREG(st.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -EACCES;
	return 0;
}

int snug_path_find(const char *name, char **ret)
{
	const char *dirs = getenv("PATH");
	int result = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/')) {
		int r = check_executable(name);

		if (r == 0)
			*ret = xstrdup(name);
		return r;
	}
	if (!dirs)
		dirs = "/usr/local/bin:/usr/bin:/bin";
	for (const char *dir = dirs;; dir++) {
		size_t len = strcspn(dir, ":");
		CLEANUP(freep) char *path = NULL;
		int r;

		path = xasprintf("%.*s/%s", len ? (int)len : 1, len ? dir : ".", name);
		/* in a directory that is closed to us there is nothing */
		r = access(path, F_OK) < 0 ? -ENOENT : check_executable(path);
		if (r == 0) {
			*ret = STEAL(path);
			return 0;
		}
		if (r == -EACCES)
			result = -EACCES;
		dir += len;
		if (!*dir)
			return result;
	}
}

BEHIND_FILTER static _Noreturn void child_fail(volatile struct report *report,
					       enum snug_child_step step, int r)
{
	report->error = r;
	report->step = step;
	/* not _exit(3), which has an end of its own for what comes next */
	(void)syscall(SYS_exit_group, 127);
	/* a filter may deny even that */
	for (;;)
		__builtin_trap();
}

/* As shells tell a program that this machine cannot run from a script: by a NUL byte in its first
 * line. */
static bool is_binary(const char *path)
{
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char head[128];
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof(head));

	for (ssize_t i = 0; i < n && head[i] != '\n'; i++) {
		if (!head[i])
			return true;
	}
	return false;
}

/* "sh PATH ARGS...", for a script without #!, made before the fork: behind a filter there may be no
 * memory to be had.  NULL when @o->path is no script. */
static char **shell_argv(const struct snug_child_options *o)
{
	VEC(char *) argv = { 0 };

	if (is_binary(o->path))
		return NULL;
	*VEC_PUSH(&argv) = (char *)(uintptr_t) "sh";
	*VEC_PUSH(&argv) = (char *)(uintptr_t)o->path;
	for (char *const *a = o->argv; *a && a[1]; a++)
		*VEC_PUSH(&argv) = a[1];
	(void)VEC_PUSH(&argv); /* the NULL */
	return argv.items;
}

BEHIND_FILTER static _Noreturn void child_exec(const struct snug_child_options *o, char **sh_argv,
					       volatile struct report *report)
{
	int saved;

	execve(o->path, o->argv, o->envp);
	saved = errno;
	if (saved == ENOEXEC && sh_argv) {
		/* what execvp(3) and shells do */
		execve("/bin/sh", sh_argv, o->envp);
		saved = errno;
	}
	child_fail(report, SNUG_CHILD_EXEC, -saved);
}

BEHIND_FILTER static _Noreturn void child_main(const struct snug_child_options *o, char **sh_argv,
					       int gate, struct snug_child *c)
{
	volatile struct report *report = c->report;
	char byte;
	int r;

	do
		r = (int)read(gate, &byte, 1);
	while (r < 0 && errno == EINTR);
	if (!report->go)
		_exit(127);
	close(gate);
	if (o->set_identity && (setgroups(0, NULL) < 0 || setresgid(o->gid, o->gid, o->gid) < 0 ||
				setresuid(o->uid, o->uid, o->uid) < 0))
		child_fail(report, SNUG_CHILD_IDENTITY, -errno);
	/* while signals are blocked, as they stay for the courier */
	r = c->courier ? snug_courier_start(c->courier) : 0;
	if (r < 0)
		child_fail(report, SNUG_CHILD_BEFORE_EXEC, r);
	if (ignored_chld)
		signal(SIGCHLD, SIG_IGN);
	if (has_inherited_mask)
		sigprocmask(SIG_SETMASK, &inherited_mask, NULL);
	r = o->before_exec ? o->before_exec(o->data) : 0;
	if (c->courier)
		snug_courier_give(c->courier, r - 1);
	if (r < 0)
		child_fail(report, SNUG_CHILD_BEFORE_EXEC, r);
	child_exec(o, sh_argv, report);
}

int snug_child_spawn(const struct snug_child_options *opts, struct snug_child **ret,
		     struct snug_err *err)
{
	CLEANUP(snug_child_freep) struct snug_child *c = xcalloc(1, sizeof(*c));
	CLEANUP(freep) char **sh_argv = shell_argv(opts);
	int gate[2], done[2];
	void *page;

	c->pid = -1;
	c->is_reaped = true;
	c->pidfd = c->gate = c->done = c->passed = -EBADF;
	c->opts = opts;
	page = mmap(NULL, sizeof(*c->report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		    -1, 0);
	if (page == MAP_FAILED)
		return snug_err_errno(err, "cannot map a page");
	c->report = page;
	if (pipe2(gate, O_CLOEXEC) < 0)
		return snug_err_errno(err, "pipe");
	c->gate = gate[1];
	if (pipe2(done, O_CLOEXEC) < 0) {
		close(gate[0]);
		return snug_err_errno(err, "pipe");
	}
	c->done = done[0];
	if (opts->passes_fd) {
		int r = snug_courier_new(&c->courier, err);

		if (r < 0) {
			close(gate[0]);
			close(done[1]);
			return r;
		}
		if (opts->guard)
			snug_courier_set_guard(c->courier, opts->guard, opts->data);
	}
	heed_chld();
	c->pid = fork();
	if (c->pid == 0) {
		close(gate[1]);
		close(done[0]);
		child_main(opts, sh_argv, gate[0], c);
	}
	close(gate[0]);
	close(done[1]);
	if (c->courier)
		snug_courier_close_far_end(c->courier);
	if (c->pid < 0)
		return snug_err_errno(err, "cannot fork");
	c->is_reaped = false;
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pidfd < 0)
		return snug_err_errno(err, "pidfd_open");
	*ret = STEAL(c);
	return 0;
}

static void wait_until_done(const struct snug_child *c)
{
	ssize_t n;
	char byte;

	do
		n = read(c->done, &byte, 1);
	while (n < 0 && errno == EINTR);
}

static void take_passed(struct snug_child *c)
{
	int fd = snug_courier_take(c->courier);

	if (fd >= 0) {
		c->passed = fd;
		c->guard = snug_courier_guard(c->courier);
	}
	if (fd != -EAGAIN)
		c->courier = snug_courier_free(c->courier);
}

/* The same, while what the child passes is looked after.  The courier holds the pipe open, too. */
static void wait_with_courier(struct snug_child *c)
{
	bool is_dead = false;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = c->done, .events = POLLIN },
			{ .fd = c->courier ? snug_courier_poll_fd(c->courier) : -1,
			  .events = POLLIN },
			{ .fd = c->passed, .events = POLLIN },
			{ .fd = is_dead ? -1 : c->pidfd, .events = POLLIN },
		};

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[2].revents && c->opts->on_passed)
			c->opts->on_passed(c->opts->data, c->passed);
		if (fds[3].revents) {
			is_dead = true;
			if (c->courier)
				snug_courier_cancel(c->courier);
		}
		if (fds[1].revents)
			take_passed(c);
		if (fds[0].revents)
			break;
	}
	if (c->courier)
		take_passed(c);
}

int snug_child_start(struct snug_child *c, enum snug_child_step *ret_step)
{
	c->is_started = true;
	c->report->go = true;
	closep(&c->gate);
	if (c->courier)
		wait_with_courier(c);
	else
		wait_until_done(c);
	closep(&c->done);
	*ret_step = c->report->step;
	if (c->report->step == SNUG_CHILD_OK)
		return 0;
	(void)waitpid(c->pid, NULL, 0);
	c->is_reaped = true;
	/* memory that the command's process can write to is not trusted with more than an errno */
	return c->report->error < 0 && c->report->error > -4096 ? c->report->error : -EIO;
}

struct snug_child *snug_child_free(struct snug_child *c)
{
	if (!c)
		return NULL;
	if (!c->is_started && !c->is_reaped) {
		kill(c->pid, SIGKILL);
		(void)waitpid(c->pid, NULL, 0);
	}
	snug_courier_free(c->courier);
	closep(&c->passed);
	closep(&c->gate);
	closep(&c->done);
	closep(&c->pidfd);
	if (c->report)
		munmap((void *)(uintptr_t)c->report, sizeof(*c->report));
	free(c);
	return NULL;
}

pid_t snug_child_pid(const struct snug_child *c)
{
	return c->pid;
}

int snug_child_pidfd(const struct snug_child *c)
{
	return c->pidfd;
}

int snug_child_take_fd(struct snug_child *c)
{
	return snug_steal_fd(&c->passed);
}

pid_t snug_child_guard(const struct snug_child *c)
{
	return c->guard;
}

void snug_child_set_reaped(struct snug_child *c)
{
	c->is_reaped = true;
}
