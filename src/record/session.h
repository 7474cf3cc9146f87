/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A recording in the making: an engine's news become facts.  The session has no loop of its own;
 * its owner polls snug_session_poll_fd() and calls snug_session_dispatch(), now and then also
 * without being woken, because few news do not wake anyone.
 */
#include "base/mem.h"
#include "record/recording.h"

struct snug_child;
struct snug_child_options;
struct snug_err;

enum snug_session_engine {
	SNUG_SESSION_BPF,    /* needs privileges; everything */
	SNUG_SESSION_NOTIFY, /* needs none; a command that is started for it only: _arm() */
};

enum snug_session_event_type {
	SNUG_SESSION_CALL,    /* nr, arch, name: for the first time */
	SNUG_SESSION_PROCESS, /* pid, mntns: joined */
	SNUG_SESSION_EXEC,    /* pid, path */
	SNUG_SESSION_EXIT,    /* pid: ended; not all engines tell */
	SNUG_SESSION_DENIED,  /* nr, arch, name, result: refused so for the first time */
	/* path: this program will not get the privileges that its file would give to it, because of
	 * how it is recorded; told once */
	SNUG_SESSION_UNPRIVILEGED,
};

struct snug_session_event {
	enum snug_session_event_type type;
	uint64_t at_us; /* after the start */
	uint32_t pid;
	const char *comm;
	enum snug_arch arch;
	uint32_t nr;
	const char *name; /* CALL, DENIED: or NULL */
	uint32_t result;  /* DENIED: record/denied.h */
	uint32_t mntns;   /* PROCESS: inode number of its mount namespace */
	const char *path; /* EXEC, UNPRIVILEGED */
	bool entered;     /* came into the container from outside, or descends from what did */
};

struct snug_session_options {
	enum snug_session_engine engine;
	const char *const *command; /* NULL-terminated, copied; for the record */
	/* An instance of the programs that nobody shares: for snug_session_watch_comm(), and for a
	 * second try when _arm_pid() or _attach_*() said -EBUSY, because another recording has some
	 * of these tasks. */
	bool alone;
	/* Look for denials from the start, and fail if that cannot be: see below. */
	bool denials;
	bool with_args; /* record the arguments that matter, too (seccomp/arg-filters.h) */
	/* Told of every event, in order; may be NULL. */
	void (*on_event)(void *data, const struct snug_session_event *ev);
	void *data;
};

struct snug_session;

/* Gets an engine ready; nothing is recorded yet.  The session belongs to this process: it cannot be
 * handed to one that forks off, and the recording goes on only as long as this process lives.
 * Errors as snug_engine_open() or snug_ask_probe(). */
int snug_session_new(const struct snug_session_options *opts, struct snug_session **ret,
		     struct snug_err *err) __attribute__((warn_unused_result));
struct snug_session *snug_session_free(struct snug_session *s);
DEFINE_FREEP(struct snug_session, snug_session_freep, snug_session_free)

enum snug_session_engine snug_session_engine(const struct snug_session *s);
/* Whether the notify engine can be used here: 0, or negative errno with the reason. */
int snug_session_probe_notify(struct snug_err *err);

/* For a command that is started to be recorded: before snug_child_spawn(), and after
 * snug_child_start(), whatever that returned. */
void snug_session_prepare_child(struct snug_session *s, struct snug_child_options *child);
void snug_session_child_started(struct snug_session *s, struct snug_child *child);
/* What @r of SNUG_CHILD_BEFORE_EXEC means, as an addition to strerror(3). */
const char *snug_session_start_hint(int r);

/* Records the process behind @pidfd and its descendants from its next execve(2) on. */
int snug_session_arm(struct snug_session *s, int pidfd, struct snug_err *err);
/* Records every process named @comm and its descendants, running or to come; *ret_no_running is set
 * where those that run already cannot be found (snug_target_add_comm()). */
int snug_session_watch_comm(struct snug_session *s, const char *comm, bool *ret_no_running,
			    struct snug_err *err);

/*
 * Containers, in this order: one of _arm_pid(), _attach_pid() and _attach_cgroup(); then, for the
 * first two, _follow_entered().
 *
 * _arm_pid: @pid, as our PID namespace numbers it, is the container's first process, which has not
 * executed the container's program: an OCI hook's view.  Recorded is from its next successful
 * execve on, whichever of its threads makes it.  _attach_pid: the process and its descendants, from
 * now on. _attach_cgroup: @path is the cgroup's directory (/sys/fs/cgroup/...); what is in it and
 * below, now or later. -ESRCH when there is no such process, -EBUSY (above), -EINVAL when @path is
 * no cgroup.
 */
int snug_session_arm_pid(struct snug_session *s, uint32_t pid, struct snug_err *err);
int snug_session_attach_pid(struct snug_session *s, uint32_t pid, struct snug_err *err);
int snug_session_attach_cgroup(struct snug_session *s, const char *path, struct snug_err *err);
/* What enters the process' mount namespace joins as "entered": from its exec in there on, and after
 * _attach_pid() also what has entered already.  -EINVAL, and nothing is followed, when that is the
 * host's namespace; -EBUSY when another recording follows it. */
int snug_session_follow_entered(struct snug_session *s, struct snug_err *err);
/* Whether what was armed has executed its program; when the target ended before, there is nothing
 * to make a profile of. */
bool snug_session_has_begun(const struct snug_session *s);

/*
 * Denials: what seccomp refuses is noted in every recording.  Killed and trapped calls are from the
 * start.  For those that get an errno, all calls of the host are watched; that begins with the
 * first filter of a task that is recorded (and the recording says how late that was), at once if
 * snug itself is under one, or when this is called, which belongs before the target runs.
 */
int snug_session_watch_denials(struct snug_session *s, struct snug_err *err);

int snug_session_poll_fd(const struct snug_session *s);
int snug_session_dispatch(struct snug_session *s, struct snug_err *err);
/* Threads of the target that live, entered ones too.  0 after one of _arm*() or _attach_pid(): it
 * is over, and nothing can join any more. */
uint64_t snug_session_n_tasks(const struct snug_session *s);
/* Distinct calls so far. */
size_t snug_session_n_calls(const struct snug_session *s);
uint64_t snug_session_elapsed_us(const struct snug_session *s);

/* Ends the recording and hands it over; @wstatus is the command's wait(2) status, -1 for none. */
struct snug_recording *snug_session_finish(struct snug_session *s, int wstatus, bool stopped_early);
