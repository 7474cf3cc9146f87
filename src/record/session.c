/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which engine observes is known to s->ops alone.  While a session runs, its news say when a call
 * was first made and by whom; which calls were made at all is asked of the engine at the end, so
 * that news that were lost cost a time and no call.  The recording belongs to the session until
 * snug_session_finish() hands it over.
 */
#include "record/session.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "record/argument-rules.h"
#include "record/bpf-abi.h"
#include "record/denied.h"
#include "record/session-internal.h"
#include "snug_abi.h"
#include "trace/cgroup.h"
#include "trace/engine.h"
#include "trace/join.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *wall_clock(void)
{
	struct timespec ts;
	struct tm tm;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return xasprintf("%s.%06ldZ", text, ts.tv_nsec / 1000);
}

static void keep_command(struct snug_recording *r, const char *const *words)
{
	for (; *words; words++) {
		if (r->command.len == SNUG_LIMIT_RECORDING_WORDS) {
			r->command_is_cut = true;
			return;
		}
		r->command_is_cut |= strlen(*words) > SNUG_LIMIT_RECORDING_WORD_BYTES;
		*VEC_PUSH(&r->command) = xstrndup(*words, SNUG_LIMIT_RECORDING_WORD_BYTES);
	}
}

int snug_session_watch_denials(struct snug_session *s, struct snug_err *err)
{
	int r;

	if (s->is_watching)
		return 0;
	if (!s->ops->watch_denials)
		return snug_err_set(err, -EOPNOTSUPP,
				    "the %s engine does not see what other filters refuse: "
				    "that takes the bpf engine (see 'snug doctor')",
				    s->ops->name);
	r = s->ops->watch_denials(s, err);
	if (r < 0)
		return r;
	s->is_watching = true;
	s->watching_ns = snug_clock_ns(CLOCK_MONOTONIC);
	return 0;
}

/* When it cannot be, the recording says that there was a filter and nobody watched. */
static void watch_denials_if_wanted(struct snug_session *s)
{
	CLEANUP(snug_err_done) struct snug_err ignored = SNUG_ERR_INIT;

	if (s->wants_denials)
		(void)snug_session_watch_denials(s, &ignored);
	s->wants_denials = false;
}

int snug_session_new(const struct snug_session_options *opts, struct snug_session **ret,
		     struct snug_err *err)
{
	CLEANUP(snug_session_freep) struct snug_session *s = xcalloc(1, sizeof(*s));
	struct utsname uts;
	int r;

	s->opts = *opts;
	s->ops = opts->engine == SNUG_SESSION_NOTIFY ? &snug_session_notify_ops
						     : &snug_session_bpf_ops;
	r = s->ops->open(s, err);
	if (r == 0 && opts->denials)
		r = snug_session_watch_denials(s, err);
	if (r < 0)
		return r;
	/* what we start inherits our filter */
	s->wants_denials = prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;
	watch_denials_if_wanted(s);
	s->recording = snug_recording_new();
	free(s->recording->engine);
	s->recording->engine = xstrdup(s->ops->name);
	if (uname(&uts) == 0)
		s->recording->kernel = xstrdup(uts.release);
	if (opts->command)
		keep_command(s->recording, opts->command);
	*ret = STEAL(s);
	return 0;
}

struct snug_session *snug_session_free(struct snug_session *s)
{
	if (!s)
		return NULL;
	snug_recording_free(s->recording);
	s->ops->close(s);
	free(s);
	return NULL;
}

enum snug_session_engine snug_session_engine(const struct snug_session *s)
{
	return s->opts.engine;
}

static void start_clock(struct snug_session *s)
{
	s->start_ns = snug_clock_ns(CLOCK_MONOTONIC);
	s->recording->start = wall_clock();
}

int snug_session_arm(struct snug_session *s, int pidfd, struct snug_err *err)
{
	start_clock(s);
	/* the notify engine's filter is armed by itself */
	return s->target ? snug_target_arm(s->target, pidfd, err) : 0;
}

int snug_session_watch_comm(struct snug_session *s, const char *comm, bool *ret_no_running,
			    struct snug_err *err)
{
	start_clock(s);
	s->has_started = true;
	return snug_target_add_comm(s->target, comm, ret_no_running, err);
}

/* The inode number of the mount namespace of @pid, which @pidfd proves to be the same process
 * still. */
static int read_mntns(uint32_t pid, int pidfd, uint32_t *ret, struct snug_err *err)
{
	struct pollfd alive = { .fd = pidfd, .events = POLLIN };
	char path[64];
	struct stat st;
	int r;

	snprintf(path, sizeof(path), "/proc/%u/ns/mnt", pid);
	r = stat(path, &st) < 0 ? -errno : 0;
	if (poll(&alive, 1, 0) != 0 || r == -ENOENT || r == -ESRCH)
		return snug_err_set(err, -ESRCH, "process %u has ended", pid);
	if (r < 0)
		return snug_err_set(err, r, "%s: %s", path, strerror(-r));
	*ret = (uint32_t)st.st_ino;
	return 0;
}

static int join_pid(struct snug_session *s, uint32_t pid,
		    int (*join)(struct snug_target *t, int pidfd, struct snug_err *err),
		    struct snug_err *err)
{
	CLEANUP(closep) int pidfd = -EBADF;
	int r;

	if (!pid || pid > INT32_MAX)
		return snug_err_set(err, -ESRCH, "there is no process %u", pid);
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (pidfd < 0 && (errno == ESRCH || errno == EINVAL || errno == ENOENT))
		return snug_err_set(err, -ESRCH, "there is no process %u", pid);
	if (pidfd < 0)
		return snug_err_errno(err, "process %u", pid);
	r = read_mntns(pid, pidfd, &s->mntns, err);
	if (r < 0)
		return r;
	start_clock(s);
	r = join(s->target, pidfd, err);
	return r < 0 ? snug_err_wrap(err, r, "process %u", pid) : 0;
}

int snug_session_arm_pid(struct snug_session *s, uint32_t pid, struct snug_err *err)
{
	return join_pid(s, pid, snug_target_arm_process, err);
}

int snug_session_attach_pid(struct snug_session *s, uint32_t pid, struct snug_err *err)
{
	s->has_started = s->is_attached = true;
	return join_pid(s, pid, snug_target_attach_tree, err);
}

int snug_session_attach_cgroup(struct snug_session *s, const char *path, struct snug_err *err)
{
	struct snug_group cgroup;
	int r;

	r = snug_cgroup_find(path, &cgroup, err);
	if (r < 0)
		return r;
	s->has_started = s->is_attached = true;
	start_clock(s);
	/* newcomers first: between the two steps nobody slips in */
	r = snug_target_watch_cgroup(s->target, &cgroup, err);
	if (r == 0)
		r = snug_target_attach_cgroup(s->target, &cgroup, err);
	return r < 0 ? snug_err_wrap(err, r, "%s", path) : 0;
}

int snug_session_follow_entered(struct snug_session *s, struct snug_err *err)
{
	int r;

	r = snug_target_watch_mntns(s->target, s->mntns, err);
	if (r == 0 && s->is_attached)
		r = snug_target_attach_mntns(s->target, s->mntns, err);
	return r;
}

bool snug_session_has_begun(const struct snug_session *s)
{
	return !s->ops->is_waiting(s);
}

int snug_session_poll_fd(const struct snug_session *s)
{
	return s->ops->poll_fd(s);
}

/* Both sides may tell of the same call. */
static void set_first(struct snug_recording_call *c, uint64_t at_us, uint32_t pid, const char *comm)
{
	if (c->has_first && c->first_us <= at_us)
		return;
	c->has_first = true;
	c->first_us = at_us;
	c->pid = pid;
	free(c->comm);
	c->comm = xstrdup(comm);
}

static void keep_exec(struct snug_session *s, const struct snug_session_event *ev)
{
	struct snug_recording *r = s->recording;
	struct snug_recording_exec *e;

	if (r->execs.len == SNUG_LIMIT_RECORDING_EXECS) {
		r->lost.execs++;
		return;
	}
	e = VEC_PUSH(&r->execs);
	e->at_us = ev->at_us;
	e->pid = ev->pid;
	e->comm = xstrdup(ev->comm);
	e->path = xstrdup(ev->path);
	e->entered = ev->entered;
}

/* The execve that started the target was made before anything could be observed. */
static void keep_first_exec(struct snug_session *s, const struct snug_news *n, const char *comm)
{
	uint32_t nr = (uint32_t)snug_syscall_number(snug_arch_native(), "execve");

	s->has_started = true;
	s->start_ns = n->time_ns;
	set_first(snug_recording_call(s->recording, snug_arch_native(), nr), 0, n->pid, comm);
}

uint64_t snug_session_since_start_us(const struct snug_session *s, uint64_t at_ns)
{
	return at_ns > s->start_ns ? (at_ns - s->start_ns) / 1000 : 0;
}

void snug_session_on_news(void *data, const struct snug_news *n, const char *exec_path)
{
	struct snug_session *s = data;
	char comm[SNUG_COMM_LEN + 1] = { 0 };
	struct snug_session_event ev = { .pid = n->pid,
					 .comm = comm,
					 .entered = n->side == SNUG_SIDE_ENTERED };

	memcpy(comm, n->comm, SNUG_COMM_LEN);
	if (n->type == SNUG_NEWS_EXEC && !s->has_started)
		keep_first_exec(s, n, comm);
	ev.at_us = snug_session_since_start_us(s, n->time_ns);
	switch (n->type) {
	case SNUG_NEWS_CALL:
		ev.type = SNUG_SESSION_CALL;
		ev.arch = snug_arch_of_bpf_abi(n->abi);
		ev.nr = n->nr;
		ev.name = snug_syscall_name(ev.arch, n->nr);
		set_first(snug_recording_call(s->recording, ev.arch, n->nr), ev.at_us, n->pid,
			  comm);
		break;
	case SNUG_NEWS_PROCESS:
		ev.type = SNUG_SESSION_PROCESS;
		ev.mntns = n->nr;
		break;
	case SNUG_NEWS_EXEC:
		ev.type = SNUG_SESSION_EXEC;
		ev.path = exec_path ? exec_path : "";
		keep_exec(s, &ev);
		break;
	case SNUG_NEWS_EXIT:
		ev.type = SNUG_SESSION_EXIT;
		break;
	case SNUG_NEWS_FILTER:
		s->wants_denials = true;
		return;
	case SNUG_NEWS_DENIED:
		ev.type = SNUG_SESSION_DENIED;
		ev.arch = snug_arch_of_bpf_abi(n->abi & 0xffff);
		ev.nr = n->nr;
		ev.name = snug_syscall_name(ev.arch, n->nr);
		ev.result = n->abi >> 16;
		break;
	default:
		return;
	}
	if (s->opts.on_event)
		s->opts.on_event(s->opts.data, &ev);
}

int snug_session_dispatch(struct snug_session *s, struct snug_err *err)
{
	int r = s->ops->dispatch(s);

	if (r < 0)
		return snug_err_set(err, r, "cannot read the recorder's news: %s", strerror(-r));
	watch_denials_if_wanted(s);
	return 0;
}

uint64_t snug_session_n_tasks(const struct snug_session *s)
{
	return s->ops->n_tasks(s);
}

size_t snug_session_n_calls(const struct snug_session *s)
{
	return s->recording->calls.len;
}

uint64_t snug_session_elapsed_us(const struct snug_session *s)
{
	return (snug_clock_ns(CLOCK_MONOTONIC) - s->start_ns) / 1000;
}

void snug_session_keep_call(void *data, uint32_t side, uint32_t abi, uint32_t nr)
{
	struct snug_session *s = data;

	snug_recording_call(s->recording, snug_arch_of_bpf_abi(abi), nr)->by |=
		side == SNUG_SIDE_ENTERED ? SNUG_BY_ENTERED : SNUG_BY_MAIN;
}

struct snug_recording *snug_session_finish(struct snug_session *s, int wstatus, bool stopped_early)
{
	CLEANUP(snug_err_done) struct snug_err ignored = SNUG_ERR_INIT;
	struct snug_recording *r = s->recording;
	struct snug_losses lost;

	s->ops->stop(s);
	(void)snug_session_dispatch(s, &ignored);
	s->ops->collect(s, &lost);
	r->lost.news = lost.news;
	r->lost.tasks = lost.tasks;
	r->lost.numbers = lost.numbers;
	r->lost.misses = lost.misses;
	r->lost.denials = lost.denials;
	r->duration_us = snug_session_elapsed_us(s);
	r->attached = s->is_attached;
	r->stopped_early = stopped_early;
	if (wstatus >= 0 && WIFEXITED(wstatus)) {
		r->exit_kind = SNUG_EXIT_CODE;
		r->exit_value = (uint32_t)WEXITSTATUS(wstatus);
	} else if (wstatus >= 0 && WIFSIGNALED(wstatus)) {
		r->exit_kind = SNUG_EXIT_SIGNAL;
		r->exit_value = (uint32_t)WTERMSIG(wstatus);
	}
	snug_recording_sort(r);
	s->recording = NULL;
	return r;
}
