/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How target.c (a slot's life) and join.c (who gets into it) share a target. */
#include "base/mem.h"
#include "snug_abi.h"

#include <stdbool.h>
#include <stdint.h>

struct ring_buffer;
struct snug_engine;
struct snug_news;

struct snug_target {
	struct snug_engine *engine; /* borrowed */
	uint32_t index;
	struct snug_slot *slot; /* inside the engine's mapping */
	struct snug_mark mark;  /* what members carry */
	struct ring_buffer *ring;
	bool is_owner_marked;
	int args_fd; /* of arguments.c; -EBADF */
	uint64_t misses_before;
	/* during dispatch */
	void (*fn)(void *data, const struct snug_news *n, const char *exec_path);
	void *fn_data;
	/* join.c */
	struct snug_name_key name;
	bool has_name;
	VEC(struct snug_group) watches;
	uint64_t scanned_us; /* when the watched cgroups were last looked through */
};

/* Takes the slot's map of arguments out of the engine's, whosever it was. */
void snug_target_forget_arguments(const struct snug_target *t);

/* Whether the target that a mark speaks of is no more: its recorder has ended, or was killed. */
bool snug_mark_is_stale(const struct snug_target *t, const struct snug_mark *mark);
/* Whether a mark, stale or not, is @t's own. */
bool snug_mark_is_of(const struct snug_target *t, const struct snug_mark *mark);

/* Takes back what waits for tasks that are still to come: with @ours what is @t's, else what killed
 * recorders have left. */
void snug_target_sweep(struct snug_target *t, bool ours);
/* Lets tasks join that are in a watched cgroup and came there without executing anything; for now
 * and then.  Does nothing when the last time was a moment ago. */
void snug_target_rescan(struct snug_target *t);
