/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What seccomp refuses on this host, live (trace/denials.h says what can be seen).  It has no loop
 * of its own: its owner polls and dispatches, also a few times a second without being woken.
 *
 * Denials are told by kind: one process, one call, one answer.  The owner gives each kind a handle,
 * of which several kinds may share one, and gets the counts back with it.
 */
#include "base/mem.h"
#include "seccomp/arch.h"

#include <stdint.h>

struct snug_err;

struct snug_denial {
	uint64_t time_us;   /* the first time; since 1970 */
	uint32_t pid, tid;  /* the thread is 0 when unknown */
	const char *comm;   /* of the thread, then */
	const char *cgroup; /* the end of its path, as a line of /proc/PID/cgroup; NULL: unknown */
	enum snug_arch arch;
	uint32_t nr;
	const char *name; /* or NULL */
	uint32_t result;  /* record/denied.h */
};

struct snug_denial_watch_options {
	/* A kind that is new, at once.  The result is its handle, NULL to hear no more of it. */
	void *(*on_new)(void *data, const struct snug_denial *d);
	/* @n more denials of one kind, the newest at @last_us since 1970. */
	void (*on_more)(void *data, void *handle, uint64_t n, uint64_t last_us);
	void *data;
};

struct snug_denial_watch;

/* Errors as snug_engine_open(). */
int snug_denial_watch_new(const struct snug_denial_watch_options *opts,
			  struct snug_denial_watch **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_denial_watch *snug_denial_watch_free(struct snug_denial_watch *w);
DEFINE_FREEP(struct snug_denial_watch, snug_denial_watch_freep, snug_denial_watch_free)

int snug_denial_watch_poll_fd(const struct snug_denial_watch *w);
/* What is new.  Negative errno with words. */
int snug_denial_watch_dispatch(struct snug_denial_watch *w, struct snug_err *err);
/* What is new, and the counts. */
int snug_denial_watch_count(struct snug_denial_watch *w, struct snug_err *err);

struct snug_denial_watch_losses {
	uint64_t denials; /* too many kinds at once: told with none */
	uint64_t misses;  /* runs of the BPF programs that the kernel skipped */
};
void snug_denial_watch_losses(const struct snug_denial_watch *w,
			      struct snug_denial_watch_losses *ret);
