/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A process that records one container, process or cgroup that runs already.  One process each,
 * because a recorder is known to the kernel side by its process; they share the BPF programs.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct snug_err;
struct snug_recording;

enum attach_kind {
	ATTACH_CONTAINER, /* pid is a container's first process: what enters it is followed, and
			   * when it has not executed its program yet, that is waited for */
	ATTACH_PROCESS,   /* pid and its descendants */
	ATTACH_CGROUP,
};

struct attach_target {
	enum attach_kind kind;
	pid_t pid;
	uint64_t start_ticks; /* of the process, so that no other one with its pid is met; 0: any */
	const char *cgroup;   /* directory */
	bool denials;         /* must be watched for from the start (session.h) */
};

/* As far as it is known now. */
struct attach_status {
	bool is_over;       /* the target or the worker has ended */
	bool from_start;    /* nothing was missed: recording began before the container's program */
	int seccomp_mode;   /* of the program that was executed then; -1 unknown */
	size_t n_calls;     /* distinct ones */
	uint64_t newest_us; /* CLOCK_MONOTONIC; 0: no call yet */
	char newest[64];
};

struct attach_worker;

struct attach_worker_options {
	bool with_args; /* calls are recorded with their arguments */
	bool waits;     /* for a container that is not there yet, and may live for a moment only */
};

/* Gets a worker ready, up to what can be done before the target is known; signals that are blocked
 * stay blocked in it, and it ends with this process. */
int attach_worker_new(const struct attach_worker_options *options, struct attach_worker **ret,
		      struct snug_err *err) __attribute__((warn_unused_result));
/* Returns when it records.  -ESRCH when the target has ended; the worker can be told another one
 * then.  Other errors are for good. */
int attach_worker_join(struct attach_worker *w, const struct attach_target *target,
		       struct snug_err *err) __attribute__((warn_unused_result));
/* Kills what still runs. */
struct attach_worker *attach_worker_free(struct attach_worker *w);
DEFINE_FREEP(struct attach_worker, attach_worker_freep, attach_worker_free)

/* Readable when attach_worker_dispatch() has something to do. */
int attach_worker_fd(const struct attach_worker *w);
void attach_worker_dispatch(struct attach_worker *w);
const struct attach_status *attach_worker_status(const struct attach_worker *w);
/* Asks it to end the recording now. */
void attach_worker_stop(struct attach_worker *w);
/* Waits until it is over, and takes the recording.  -ENODATA when the container ended, or the
 * recording did, before it executed its program; -EIO when the worker died. */
int attach_worker_finish(struct attach_worker *w, struct snug_recording **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
