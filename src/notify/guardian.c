/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pipe that nothing is ever written to tells that the supervisor is gone: the kernel closes its
 * end, however it ends.  Nobody else may have that end.
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
#include <sys/wait.h>
#include <unistd.h>

struct snug_guardian {
	int read_end, write_end;
	pid_t pid; /* of the guardian; 0: none */
};

int snug_guardian_new(struct snug_guardian **ret, struct snug_err *err)
{
	struct snug_guardian *g;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return snug_err_errno(err, "pipe");
	g = xcalloc(1, sizeof(*g));
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
	free(g);
	return NULL;
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
static void serve(int fd)
{
	enum { LOOK_EVERY_MS = 500, LOOK_EVERY_CALLS = 1000 };
	CLEANUP(snug_listener_freep) struct snug_listener *l = NULL;
	struct snug_guardian *next = NULL;
	struct snug_notice n;
	unsigned n_calls = 0;
	int r;

	if (snug_listener_new(fd, &l, NULL) < 0)
		return;
	do {
		r = snug_listener_wait(l, LOOK_EVERY_MS, &n);
		/* only who can serve has a guardian: no endless line of those who cannot */
		if (r > 0 && snug_listener_let_pass(l, &n) == 0 && !next)
			(void)!snug_guardian_new(&next, NULL);
		if (next && (r == 0 || n_calls++ % LOOK_EVERY_CALLS == 0))
			(void)snug_guardian_keep(next, fd);
	} while (r >= 0);
	snug_guardian_free(next, r == -EPIPE);
}

void snug_guardian_main(struct snug_guardian *g, int listener)
{
	/* closes the other end as well: where the child has done so, its number is another's */
	snug_detach("snug-guardian", g->read_end, listener);
	if (!wait_for_need(g->read_end, listener))
		return;
	(void)close(g->read_end);
	serve(listener);
}
