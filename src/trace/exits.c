/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaching snug_sys_exit, which must run exactly once for each exit: were it attached twice, each
 * call would look refused.  So:
 *
 *   one recorder of the instance at a time attaches it, or finds the link that there is and holds
 * it as well.  The lock lies in the instance's own memory and has its owner's name; when that one
 *   dies, the kernel side opens it (gone() in recorder_marks.h);
 *
 *   the last link may be closed but not gone yet, and cannot be found any more.  So a new link
 * begins with the program told to do nothing; it counts its runs for our own calls, and when it
 * runs once for one call, and whoever is in the middle of it is through (membarrier), it may begin.
 *
 * Nobody turns it off: with the last holder the link goes, and the next one begins as said.
 */
#include "base/err.h"
#include "snug_abi.h"
#include "trace/engine-internal.h"
#include "trace/engine.h"
#include "trace/probe.h"
#include "trace/target-internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { TRIES = 5000, PAUSE_US = 1000 };

/* As owner_id() in recorder_marks.h. */
static uint64_t owner_id(const struct snug_target *t)
{
	return (uint64_t)t->mark.gen << 32 | (t->mark.slot + 1);
}

static bool lock(struct snug_target *t)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t open = 0;

		if (__atomic_compare_exchange_n(&t->engine->counters->exit_lock, &open, owner_id(t),
						false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			return true;
		usleep(PAUSE_US);
	}
	return false;
}

static void unlock(struct snug_target *t)
{
	uint64_t id = owner_id(t);

	(void)__atomic_compare_exchange_n(&t->engine->counters->exit_lock, &id, 0, false,
					  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static int attach(struct snug_engine *e)
{
	int r;

	__atomic_store_n(&e->counters->exit_is_on, 0, __ATOMIC_SEQ_CST);
	for (int i = 0; i < TRIES; i++) {
		r = bpf_raw_tracepoint_open(NULL, e->exit_prog);
		if (r >= 0) {
			e->exit_link = r;
			return 0;
		}
		/* FIXME(kernel 6.10): older kernels do not attach a program twice */
		if (r != -EEXIST)
			return r;
		usleep(PAUSE_US);
	}
	return -EAGAIN;
}

/* How often the program runs for one call. */
static uint32_t runs_of_one_call(const struct snug_target *t)
{
	uint32_t before = __atomic_load_n(&t->slot->exit_runs, __ATOMIC_ACQUIRE);

	(void)syscall(SYS_getppid);
	return __atomic_load_n(&t->slot->exit_runs, __ATOMIC_ACQUIRE) - before;
}

static int turn_on(struct snug_target *t)
{
	for (int i = 0; i < TRIES; i++) {
		if (runs_of_one_call(t) == 1) {
			(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
			__atomic_store_n(&t->engine->counters->exit_is_on, 1, __ATOMIC_SEQ_CST);
			return 0;
		}
		usleep(PAUSE_US);
	}
	return -EAGAIN;
}

static int attach_locked(struct snug_target *t)
{
	struct snug_engine *e = t->engine;
	int r = 0;

	/* for whoever may not walk links, the instance is one's own, and there is none */
	if (snug_engine_find_exit_link(e) < 0)
		r = attach(e);
	/* also when the one that attached it has died over it */
	if (r == 0 && !__atomic_load_n(&e->counters->exit_is_on, __ATOMIC_ACQUIRE))
		r = turn_on(t);
	if (r < 0)
		closep(&e->exit_link);
	return r;
}

int snug_target_watch_denials(struct snug_target *t, struct snug_err *err)
{
	int r = -EAGAIN;

	if (t->engine->exit_link >= 0)
		return 0;
	if (lock(t)) {
		r = attach_locked(t);
		unlock(t);
	}
	if (r == -EAGAIN)
		return snug_err_set(err, r,
				    "another recorder is attaching the program that watches "
				    "denials, and does not get on with it");
	return r < 0 ? snug_probe_explain_bpf(r, err) : 0;
}

bool snug_target_has_filter(const struct snug_target *t)
{
	return t->slot->has_filter || t->slot->denied;
}

void snug_target_denied(const struct snug_target *t,
			void (*fn)(void *data, const struct snug_denied_key *key,
				   const struct snug_denied_value *value),
			void *data)
{
	struct snug_denied_key key, *prev = NULL;
	struct snug_denied_value value;

	if (!t->slot->denied)
		return;
	while (bpf_map_get_next_key(t->engine->denied_fd, prev, &key) == 0) {
		prev = &key;
		if (key.slot == t->index && key.gen == t->mark.gen &&
		    bpf_map_lookup_elem(t->engine->denied_fd, &key, &value) == 0)
			fn(data, &key, &value);
	}
}
