/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/supervise.h"

#include "base/child.h"
#include "base/clock.h"
#include "base/err.h"
#include "cmd/say.h"
#include "cmd/verb.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Faults are our own; the terminal's two are for whoever reads or writes it. */
static const int not_handled[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGTTIN, SIGTTOU,
};

/* Everything that somebody may send, but what we were started to ignore (nohup(1)), as the command
 * will.  Not so SIGINT, which shells ignore for what they start with '&'. */
static void fill_set(sigset_t *set)
{
	struct sigaction action;

	sigfillset(set);
	for (size_t i = 0; i < ARRAY_SIZE(not_handled); i++)
		sigdelset(set, not_handled[i]);
	if (sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
		sigdelset(set, SIGHUP);
}

void supervise_prepare(void)
{
	sigset_t set;

	fill_set(&set);
	snug_child_block_signals(&set);
}

/* What the loop knows besides the caller's struct. */
struct state {
	struct supervise *s;
	bool has_ended; /* the child; true without one */
	bool is_over;
	uint64_t termed_us; /* when somebody sent the first SIGTERM; 0: nobody yet */
};

static bool ends_programs(int signo)
{
	return signo == SIGINT || signo == SIGTERM || signo == SIGHUP || signo == SIGQUIT;
}

/*
 * The terminal signals its whole foreground process group, which the command is part of; but when
 * it goes away, it tells the session's leader alone (tty_signal_session_leader() in the kernel).
 */
static bool has_reached_command(const struct signalfd_siginfo *si)
{
	if (si->ssi_signo == SIGHUP)
		return si->ssi_code == SI_KERNEL && getsid(0) != getpid();
	return si->ssi_code == SI_KERNEL || si->ssi_signo == SIGWINCH;
}

/* A second SIGTERM kills; but timeout(1) and service managers signal the process and then its
 * group, which is meant as one. */
static bool is_impatient(struct state *st)
{
	enum { ONE_SIGNAL_US = 200000 };
	uint64_t now = snug_clock_us(CLOCK_MONOTONIC);

	if (!st->termed_us)
		st->termed_us = now;
	return now - st->termed_us > ONE_SIGNAL_US;
}

static void pass_on(struct state *st, const struct signalfd_siginfo *si)
{
	int signo = (int)si->ssi_signo;
	pid_t pid = snug_child_pid(st->s->child);

	if (has_reached_command(si))
		return;
	if (signo == SIGINT)
		say_log("Got interrupted, terminating process");
	if (signo == SIGTERM && is_impatient(st)) {
		say_warn("the command did not end on SIGTERM: killing it");
		signo = SIGKILL;
	}
	kill(pid, signo);
}

/* Stops by @signo, which the shell will see; returns when somebody has continued us. */
static void stop(struct supervise *s, int signo)
{
	sigset_t set, old;

	if (s->on_stop)
		s->on_stop(s->data);
	sigemptyset(&set);
	sigaddset(&set, signo);
	kill(getpid(), signo);
	sigprocmask(SIG_UNBLOCK, &set, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Whether a shell with job control waits for us: our parent is of our session and has put us in
 * a process group of our own.  Nobody else would notice that we stopped, or continue us. */
static bool is_job(void)
{
	pid_t parent = getppid();

	return getsid(parent) == getsid(0) && getpgid(parent) != getpgrp() && getsid(0) != getpid();
}

/* The command was stopped: a shell shall see its job stopped; when it continues us, we continue the
 * command.  Elsewhere whoever has stopped the command continues it, too. */
static void stop_with(struct state *st, int signo)
{
	if (!is_job())
		return;
	stop(st->s, signo);
	kill(snug_child_pid(st->s->child), SIGCONT);
}

static void on_signal(struct state *st, const struct signalfd_siginfo *si)
{
	int signo = (int)si->ssi_signo;

	/* SIGPIPE is never asked for: who reads our log no longer must not end the recording */
	if (signo == SIGCHLD || signo == SIGPIPE)
		return;
	if (ends_programs(signo))
		st->s->interrupted = true;
	if (!st->has_ended)
		pass_on(st, si);
	else if (ends_programs(signo))
		st->is_over = true;
	else if (signo == SIGTSTP)
		stop(st->s, signo);
}

static void reap(struct state *st)
{
	pid_t pid = snug_child_pid(st->s->child);
	int status;

	while (!st->has_ended && waitpid(pid, &status, WNOHANG | WUNTRACED) == pid) {
		if (WIFSTOPPED(status)) {
			stop_with(st, WSTOPSIG(status));
			continue;
		}
		st->s->wstatus = status;
		st->has_ended = true;
		snug_child_set_reaped(st->s->child);
	}
}

static int read_signals(struct state *st, int fd)
{
	struct signalfd_siginfo si;
	ssize_t n;

	while ((n = read(fd, &si, sizeof(si))) == (ssize_t)sizeof(si))
		on_signal(st, &si);
	return n < 0 && errno != EAGAIN && errno != EINTR ? -errno : 0;
}

static int one_round(struct state *st, int sig_fd)
{
	struct supervise *s = st->s;
	struct pollfd fds[2] = {
		{ .fd = sig_fd, .events = POLLIN },
		{ .fd = s->fd, .events = POLLIN },
	};
	int r;

	r = poll(fds, s->fd >= 0 ? 2 : 1, s->tick_ms ? s->tick_ms : -1);
	if (r < 0)
		return errno == EINTR ? 0 : -errno;
	r = read_signals(st, sig_fd);
	if (r < 0)
		return r;
	if (s->child)
		reap(st);
	if (s->fd >= 0 && fds[1].revents)
		s->on_ready(s->data);
	if (s->tick_ms)
		s->on_tick(s->data);
	if (!st->has_ended || (!s->child && !s->may_end))
		return 0;
	if (s->interrupted || !s->may_end || s->may_end(s->data))
		st->is_over = true;
	return 0;
}

int supervise_run(struct supervise *s, struct snug_err *err)
{
	CLEANUP(closep) int sig_fd = -EBADF;
	struct state st = { .s = s, .has_ended = !s->child };
	sigset_t set;
	int r;

	fill_set(&set);
	s->wstatus = -1;
	sig_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sig_fd < 0)
		return snug_err_errno(err, "signalfd");
	while (!st.is_over) {
		r = one_round(&st, sig_fd);
		if (r < 0)
			return snug_err_set(err, r, "cannot wait for the command");
	}
	return 0;
}

int supervise_exit_status(int wstatus)
{
	if (WIFSIGNALED(wstatus))
		return SNUG_EXIT_SIGNAL_BASE + WTERMSIG(wstatus);
	return WEXITSTATUS(wstatus);
}
