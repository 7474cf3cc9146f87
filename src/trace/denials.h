/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What seccomp refuses on the whole host, as it happens; needs no audit.  Refused is what got an
 * errno instead of being made, was trapped (SIGSYS), or killed its thread.  SCMP_ACT_LOG cannot be
 * seen: its calls are made.  A thread's first denial is not seen if the thread has done nothing
 * under its filter since the watch began.
 *
 * Each watcher has programs of its own: two of them run for every call on the host, and cost those
 * without a filter a few nanoseconds.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_denial_count;
struct snug_denial_key;
struct snug_denial_news;
struct snug_err;

struct snug_denials;

/* Needs root, or CAP_BPF and CAP_PERFMON.  Errors as snug_engine_open(). */
int snug_denials_open(struct snug_denials **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_denials *snug_denials_free(struct snug_denials *d);
DEFINE_FREEP(struct snug_denials, snug_denials_freep, snug_denials_free)

/* Readable at once when there is a denial of a new kind (snug_abi.h: process, call, answer). */
int snug_denials_poll_fd(const struct snug_denials *d);
/* Calls @fn for each.  Returns their number or negative errno. */
int snug_denials_dispatch(struct snug_denials *d,
			  void (*fn)(void *data, const struct snug_denial_news *n), void *data);

/*
 * Calls @fn with the count of every kind, if there was any denial since the last time.  When the
 * kernel's table gets full it is emptied on the way: @is_last, and if the kind happens again it is
 * new, and counted from 0 on.  Call it some times a second.  Negative errno.
 */
int snug_denials_counts(struct snug_denials *d,
			void (*fn)(void *data, const struct snug_denial_key *key,
				   const struct snug_denial_count *count, bool is_last),
			void *data);

struct snug_denial_losses {
	uint64_t denials; /* of so many kinds that the table was full: not counted with any */
	uint64_t news;    /* kinds that dispatch does not tell: only their counts come */
	uint64_t misses;  /* runs of the programs that the kernel skipped, for whatever task */
};
void snug_denials_losses(const struct snug_denials *d, struct snug_denial_losses *ret);
