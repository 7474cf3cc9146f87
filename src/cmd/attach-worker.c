/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker and parent share a socket and a memory file.  The worker says over the socket that it is
 * ready, that it records, or why it cannot; then what is new; at last that the recording is in the
 * file.  The parent says what to record, and stop: by closing its direction.  That is also what a
 * parent's death does, so no worker is left behind; and a worker that dies is seen by the end of
 * its messages.
 */
#include "cmd/attach-worker.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "oci/proc.h"
#include "record/session.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK_MS = 50,
	START_TIMEOUT_MS = 30000,
	END_TIMEOUT_MS = 30000,
	EXEC_PAUSE_US = 10000, /* between an exec's two marks in the kernel */
};

enum message_type {
	MESSAGE_READY,   /* to be told what to record */
	MESSAGE_RECORDS, /* from now on */
	MESSAGE_FAILED,  /* code, text */
	MESSAGE_NEWS,
	MESSAGE_END, /* the recording is in the file; code: -ENODATA when it is not */
};

/* A packet of the socket; both ends are the same program. */
struct message {
	enum message_type type;
	int code;
	bool from_start;
	int seccomp_mode;
	size_t n_calls;
	uint64_t newest_us;
	char text[1024]; /* of an error, or the newest call's name */
};

struct attach_worker {
	pid_t pid; /* 0: reaped */
	int sock, file;
	struct attach_status status;
	bool has_ended; /* its last message has come */
	int code;
	int wstatus;
};

/* What to record; the worker's copy. */
struct order {
	struct attach_target target; /* .cgroup is not sent */
	char cgroup[4096];
};

/* In the worker. */
struct worker {
	const struct attach_target *target;
	struct snug_session *session;
	int sock, file;
	bool is_armed, with_args, waits;
	struct message news;
	size_t n_told; /* calls when the parent was told last */
};

static void tell(struct worker *w, enum message_type type, int flags)
{
	w->news.type = type;
	(void)send(w->sock, &w->news, sizeof(w->news), MSG_NOSIGNAL | flags);
}

static void set_text(struct worker *w, const char *text)
{
	snprintf(w->news.text, sizeof(w->news.text), "%s", text);
}

static void on_event(void *data, const struct snug_session_event *ev)
{
	struct worker *w = data;

	if (ev->type == SNUG_SESSION_CALL) {
		char number[32];

		snprintf(number, sizeof(number), "call %u", ev->nr);
		set_text(w, ev->name ? ev->name : number);
		w->news.newest_us = snug_clock_us(CLOCK_MONOTONIC);
	} else if (ev->type == SNUG_SESSION_EXEC && w->is_armed && !ev->entered &&
		   w->news.seccomp_mode < 0) {
		w->news.seccomp_mode = snug_proc_seccomp_mode("", w->target->pid);
	}
}

/* Armed, unless the program was executed while we were about to. */
static int arm(struct worker *w, struct snug_err *err)
{
	const struct attach_target *t = w->target;
	int r;

	r = snug_session_arm_pid(w->session, (uint32_t)t->pid, err);
	if (r < 0 || !snug_proc_has_executed("", t->pid) || snug_session_has_begun(w->session))
		return r;
	/* an exec that is just being made shows in /proc a moment before our program sees it */
	usleep(EXEC_PAUSE_US);
	if (snug_session_has_begun(w->session))
		return 0;
	return snug_err_set(err, -EAGAIN, "process %d has executed its program meanwhile", t->pid);
}

static int join(struct worker *w, struct snug_err *err)
{
	const struct attach_target *t = w->target;
	uint64_t start;
	int r;

	if (t->kind == ATTACH_CGROUP)
		return snug_session_attach_cgroup(w->session, t->cgroup, err);
	r = w->is_armed ? arm(w, err) : snug_session_attach_pid(w->session, (uint32_t)t->pid, err);
	/* what has joined is the process that was meant: its pid cannot have been used again since
	 * then without the recording's end */
	if (r == 0 && t->start_ticks &&
	    (!snug_proc_start("", t->pid, &start) || start != t->start_ticks))
		r = snug_err_set(err, -ESRCH, "process %d has ended", t->pid);
	if (r < 0 || t->kind != ATTACH_CONTAINER)
		return r;
	r = snug_session_follow_entered(w->session, err);
	if (r != -EINVAL)
		return r;
	/* a container in the host's mount namespace: whatever enters it cannot be told from others
	 */
	snug_err_done(err);
	return 0;
}

static int new_session(struct worker *w, bool alone, struct snug_err *err)
{
	struct snug_session_options opts = {
		.alone = alone,
		.with_args = w->with_args,
		.on_event = on_event,
		.data = w,
	};

	return snug_session_new(&opts, &w->session, err);
}

/* Containers have filters as a rule, which one that has not begun does not show. */
static int watch_denials(struct worker *w, struct snug_err *err)
{
	const struct attach_target *t = w->target;
	int r;

	if (!t->denials && !w->is_armed &&
	    (t->kind == ATTACH_CGROUP || snug_proc_seccomp_mode("", t->pid) != SECCOMP_MODE_FILTER))
		return 0;
	r = snug_session_watch_denials(w->session, err);
	if (r == 0 || t->denials)
		return r;
	/* the recording says that nobody watched */
	snug_err_done(err);
	return 0;
}

static int try_session(struct worker *w, bool alone, struct snug_err *err)
{
	int r = 0;

	if (!w->session)
		r = new_session(w, alone, err);
	w->is_armed =
		w->target->kind == ATTACH_CONTAINER && !snug_proc_has_executed("", w->target->pid);
	if (r == 0)
		r = watch_denials(w, err);
	if (r == 0)
		r = join(w, err);
	if (r < 0) /* what has joined must not stay */
		w->session = snug_session_free(w->session);
	return r;
}

static int join_target(struct worker *w, struct snug_err *err)
{
	bool alone = false;
	int r;

	for (;;) {
		r = try_session(w, alone, err);
		if (r == -EBUSY && !alone)
			alone = true; /* another recording has some of these processes */
		else if (r != -EAGAIN)
			return r;
		snug_err_done(err);
	}
}

static bool has_target_ended(const struct worker *w)
{
	if (w->target->kind != ATTACH_CGROUP)
		return snug_session_n_tasks(w->session) == 0;
	return snug_session_n_tasks(w->session) == 0 && access(w->target->cgroup, F_OK) < 0;
}

/* True when the parent wants it to end before the target does. */
static bool observe(struct worker *w)
{
	struct pollfd fds[] = {
		{ .fd = snug_session_poll_fd(w->session), .events = POLLIN },
		{ .fd = w->sock, .events = POLLIN },
	};

	while (!has_target_ended(w)) {
		(void)poll(fds, ARRAY_SIZE(fds), TICK_MS);
		(void)snug_session_dispatch(w->session, NULL);
		if (fds[1].revents)
			return true;
		w->news.n_calls = snug_session_n_calls(w->session);
		if (w->news.n_calls != w->n_told) {
			w->n_told = w->news.n_calls;
			tell(w, MESSAGE_NEWS, MSG_DONTWAIT);
		}
	}
	return false;
}

static int fail(struct worker *w, int code, struct snug_err *err)
{
	w->news.code = code;
	set_text(w, snug_err_msg(err));
	tell(w, MESSAGE_FAILED, 0);
	set_text(w, "");
	snug_err_done(err);
	return code;
}

/* Waits for an order, and for the next one when its target has ended already.  False when the
 * parent wants nothing any more, or it cannot be done. */
static bool join_one(struct worker *w, struct order *order)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = new_session(w, false, &err);

	if (r < 0)
		return fail(w, r, &err), false;
	/* it takes longer than a container may live; if it cannot be, that is told when one is
	 * there */
	if (w->waits && snug_session_watch_denials(w->session, &err) < 0)
		snug_err_done(&err);
	tell(w, MESSAGE_READY, 0);
	while (recv(w->sock, order, sizeof(*order), 0) == (ssize_t)sizeof(*order)) {
		order->target.cgroup = order->cgroup;
		w->target = &order->target;
		r = join_target(w, &err);
		if (r == 0)
			return true;
		(void)fail(w, r, &err);
		if (r != -ESRCH)
			break;
	}
	return false;
}

static int run_worker(struct worker *w)
{
	CLEANUP(snug_recording_freep) struct snug_recording *recording = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct order order;
	int r;

	if (!join_one(w, &order))
		return -ECANCELED;
	w->news.from_start = w->is_armed;
	w->news.code = 0;
	tell(w, MESSAGE_RECORDS, 0);
	recording = snug_session_finish(w->session, -1, observe(w));
	snug_recording_write(recording, &text);
	r = snug_session_has_begun(w->session) ? snug_write_all(w->file, text.buf, text.len)
					       : -ENODATA;
	w->news.code = r;
	w->news.n_calls = recording->calls.len;
	tell(w, MESSAGE_END, 0);
	return r;
}

static _Noreturn void work(int sock, int file, const struct attach_worker_options *options)
{
	struct worker w = {
		.sock = sock,
		.file = file,
		.with_args = options->with_args,
		.waits = options->waits,
		.news = { .seccomp_mode = -1 },
	};
	int r = run_worker(&w);

	w.session = snug_session_free(w.session);
	_exit(r < 0 ? 1 : 0);
}

struct attach_worker *attach_worker_free(struct attach_worker *w)
{
	if (!w)
		return NULL;
	if (w->pid) {
		(void)kill(w->pid, SIGKILL);
		(void)waitpid(w->pid, &w->wstatus, 0);
	}
	closep(&w->sock);
	closep(&w->file);
	free(w);
	return NULL;
}

static void take(struct attach_worker *w, const struct message *m)
{
	struct attach_status *s = &w->status;

	s->from_start = m->from_start;
	s->seccomp_mode = m->seccomp_mode;
	s->n_calls = m->n_calls;
	s->newest_us = m->newest_us;
	if (m->newest_us)
		snprintf(s->newest, sizeof(s->newest), "%.63s", m->text);
	if (m->type == MESSAGE_END) {
		w->has_ended = s->is_over = true;
		w->code = m->code;
	}
}

/* One message, waiting @timeout_ms for it.  False when there is none. */
static bool receive(struct attach_worker *w, int timeout_ms, struct message *ret)
{
	struct pollfd p = { .fd = w->sock, .events = POLLIN };
	ssize_t n;

	if (w->status.is_over || poll(&p, 1, timeout_ms) <= 0)
		return false;
	n = recv(w->sock, ret, sizeof(*ret), MSG_DONTWAIT);
	if (n == (ssize_t)sizeof(*ret))
		return true;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		w->status.is_over = true;
	return false;
}

static const char *cause_of_death(struct attach_worker *w)
{
	if (w->pid && waitpid(w->pid, &w->wstatus, 0) == w->pid)
		w->pid = 0;
	return !w->pid && WIFSIGNALED(w->wstatus) ? strsignal(WTERMSIG(w->wstatus))
						  : "an unknown cause";
}

/* The answer to what was asked: @wanted, or a failure. */
static int hear(struct attach_worker *w, enum message_type wanted, struct snug_err *err)
{
	struct message m;

	if (!receive(w, START_TIMEOUT_MS, &m) && !w->status.is_over)
		return snug_err_set(err, -ETIMEDOUT, "the recorder does not get ready");
	if (w->status.is_over)
		return snug_err_set(err, -EIO, "the recorder died of %s", cause_of_death(w));
	if (m.type == MESSAGE_FAILED)
		return snug_err_set(err, m.code, "%s", m.text);
	snug_bug_on(m.type != wanted);
	take(w, &m);
	return 0;
}

int attach_worker_new(const struct attach_worker_options *options, struct attach_worker **ret,
		      struct snug_err *err)
{
	CLEANUP(attach_worker_freep) struct attach_worker *w = xcalloc(1, sizeof(*w));
	int socks[2], r;

	w->sock = -EBADF;
	w->file = memfd_create("snug-recording", MFD_CLOEXEC);
	if (w->file < 0)
		return snug_err_errno(err, "memfd_create");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) < 0)
		return snug_err_errno(err, "socketpair");
	w->sock = socks[0];
	(void)fflush(NULL);
	w->pid = fork();
	if (w->pid == 0) {
		close(socks[0]);
		work(socks[1], w->file, options);
	}
	close(socks[1]);
	if (w->pid < 0) {
		w->pid = 0;
		return snug_err_errno(err, "fork");
	}
	r = hear(w, MESSAGE_READY, err);
	if (r == 0)
		*ret = STEAL(w);
	return r;
}

int attach_worker_join(struct attach_worker *w, const struct attach_target *target,
		       struct snug_err *err)
{
	struct order order = { .target = *target };
	const char *cgroup = target->cgroup ? target->cgroup : "";

	if (strlen(cgroup) >= sizeof(order.cgroup))
		return snug_err_set(err, -ENAMETOOLONG, "the cgroup's name is too long");
	memcpy(order.cgroup, cgroup, strlen(cgroup) + 1);
	order.target.cgroup = NULL;
	if (send(w->sock, &order, sizeof(order), MSG_NOSIGNAL) < 0 && errno != EPIPE)
		return snug_err_errno(err, "cannot reach the recorder");
	return hear(w, MESSAGE_RECORDS, err);
}

int attach_worker_fd(const struct attach_worker *w)
{
	return w->sock;
}

void attach_worker_dispatch(struct attach_worker *w)
{
	struct message m;

	while (receive(w, 0, &m))
		take(w, &m);
}

const struct attach_status *attach_worker_status(const struct attach_worker *w)
{
	return &w->status;
}

void attach_worker_stop(struct attach_worker *w)
{
	(void)shutdown(w->sock, SHUT_WR);
}

int attach_worker_finish(struct attach_worker *w, struct snug_recording **ret, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	struct message m;
	size_t len;
	int r;

	attach_worker_stop(w);
	while (receive(w, END_TIMEOUT_MS, &m))
		take(w, &m);
	if (!w->status.is_over)
		return snug_err_set(err, -ETIMEDOUT, "the recorder does not end");
	if (!w->has_ended)
		return snug_err_set(err, -EIO, "the recorder died of %s", cause_of_death(w));
	if (w->code == -ENODATA)
		return snug_err_set(err, -ENODATA, "it has not executed its program");
	if (w->code < 0)
		return snug_err_set(err, w->code, "the recorder cannot hand over the recording: %s",
				    strerror(-w->code));
	if (lseek(w->file, 0, SEEK_SET) < 0)
		return snug_err_errno(err, "the recording");
	r = snug_read_fd(w->file, "the recording", SNUG_LIMIT_RECORDING_BYTES, &text, &len, err);
	if (r < 0)
		return r;
	return snug_recording_parse("the recording", text, len, ret, err);
}
