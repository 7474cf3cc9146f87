/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pipe that nothing is ever written to tells that the supervisor is gone: the kernel closes its
 * end, however it ends.  Nobody else may have that end.
 *
 * A call that the supervisor has received and not answered is nobody else's to receive: the kernel
 * leaves it in a page that both share.
 *
 * Who watches has somebody who watches it: the supervisor replaces a guardian that was killed, and
 * a guardian that has taken over has one of its own.  Only who kills both at once ends the program,
 * too: the kernel answers ENOSYS then.
 *
 * Each ends by itself when the listener says that no task is left under the filter (Linux 5.9).
 */
#include "notify/guardian.h"

#include "base/detach.h"
#include "base/err.h"
#include "notify/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

struct snug_guardian {
	int read_end, write_end;
	void *page; /* shared: what the supervisor has received last */
	pid_t pid;  /* of the guardian; 0: none */
};

int snug_guardian_new(struct snug_guardian **ret, struct snug_err *err)
{
	struct snug_guardian *g;
	void *page;
	int ends[2];

	page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return snug_err_errno(err, "cannot map a page");
	if (pipe2(ends, O_CLOEXEC) < 0) {
		int r = snug_err_errno(err, "pipe");

		munmap(page, PAGE_BYTES);
		return r;
	}
	g = xcalloc(1, sizeof(*g));
	g->page = page;
	g->read_end = ends[0];
	g->write_end = ends[1];
	*ret = g;
	return 0;
}

struct snug_guardian *snug_guardian_free(struct snug_guardian *g, bool is_over)
{
	if (!g)
		return NULL;
	closep(&g->read_end);
	closep(&g->write_end);
	while (is_over && g->pid > 0 && waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	munmap(g->page, PAGE_BYTES);
	free(g);
	return NULL;
}

int snug_guardian_listen(struct snug_guardian *g, int fd, struct snug_listener **ret,
			 struct snug_err *err)
{
	CLEANUP(snug_listener_freep) struct snug_listener *l = NULL;
	int r = snug_listener_new(fd, &l, err);

	if (r == 0 && snug_listener_share(l, g->page, PAGE_BYTES) < 0)
		r = snug_err_set(err, -EOPNOTSUPP, "this kernel's notices are too large");
	if (r == 0)
		*ret = STEAL(l);
	return r;
}

void snug_guardian_forget(struct snug_guardian *g)
{
	(void)close(g->write_end);
}

void snug_guardian_set_pid(struct snug_guardian *g, pid_t pid)
{
	g->pid = pid;
}

int snug_guardian_keep(struct snug_guardian *g, int listener)
{
	pid_t pid;

	if (g->pid > 0 && waitpid(g->pid, NULL, WNOHANG) == 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		snug_guardian_main(g, listener);
		_exit(0);
	}
	g->pid = pid > 0 ? pid : 0;
	return pid < 0 ? -errno : 0;
}

/* True when the supervisor is gone, false when everybody else is. */
static bool wait_for_need(int alive, int listener)
{
	struct pollfd fds[] = { { .fd = alive }, { .fd = listener } };

	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return false;
		if (fds[1].revents)
			return false;
		if (fds[0].revents)
			return true;
	}
}

/* As the supervisor did, but for nothing to be noted. */
static void serve(int fd, const void *left)
{
	enum { LOOK_EVERY_MS = 500, LOOK_EVERY_CALLS = 1000 };
	CLEANUP(snug_listener_freep) struct snug_listener *l = NULL;
	struct snug_guardian *next = NULL;
	struct snug_notice n;
	bool can_serve = false;
	unsigned n_calls = 0;
	int r;

	if (snug_guardian_new(&next, NULL) < 0 || snug_guardian_listen(next, fd, &l, NULL) < 0)
		return;
	snug_listener_let_pass_received(l, left);
	do {
		r = snug_listener_wait(l, LOOK_EVERY_MS, &n);
		/* only who can serve has a guardian: no endless line of those who cannot */
		if (r > 0)
			can_serve |= snug_listener_let_pass(l, &n) == 0;
		if (can_serve && (r == 0 || n_calls++ % LOOK_EVERY_CALLS == 0))
			(void)snug_guardian_keep(next, fd);
	} while (r >= 0);
	l = snug_listener_free(l);
	snug_guardian_free(next, r == -EPIPE);
}

void snug_guardian_main(struct snug_guardian *g, int listener)
{
	/* closes the other end as well: where the child has done so, its number is another's */
	snug_detach("seccomp-guard", g->read_end, listener);
	if (!wait_for_need(g->read_end, listener))
		return;
	(void)close(g->read_end);
	serve(listener, g->page);
}
