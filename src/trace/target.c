/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recording's slot of an instance.
 *
 * Slots are claimed by compare-and-swap in memory that all recorders share with the kernel, so no
 * lock file is needed.  The owner's own mark lets the exit program free the slot when the owner
 * dies.  A used slot gets a new generation and then a grace period before its bitmap is zeroed:
 * a program that found the old generation valid may still be about to set a bit.
 */
#include "base/err.h"
#include "snug_abi.h"
#include "trace/engine-internal.h"
#include "trace/engine.h"
#include "trace/target-internal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int on_news(void *ctx, void *data, size_t size)
{
	struct snug_target *t = ctx;
	const struct snug_news *n = data;
	const struct snug_exec_news *exec = data;
	char path[SNUG_PATH_LEN];

	if (size < sizeof(*n) || n->gen != t->mark.gen)
		return 0;
	if (n->type != SNUG_NEWS_EXEC || size < sizeof(*exec)) {
		t->fn(t->fn_data, n, NULL);
		return 0;
	}
	memcpy(path, exec->path, sizeof(path));
	path[sizeof(path) - 1] = '\0';
	t->fn(t->fn_data, n, path);
	return 0;
}

static bool slot_try_claim(struct snug_slot *s)
{
	uint32_t expected = SNUG_SLOT_FREE;

	return __atomic_compare_exchange_n(&s->state, &expected, SNUG_SLOT_CLAIMED, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Prefers slots that were never used: they need no grace period. */
static int claim_slot(struct snug_target *t, struct snug_err *err)
{
	uint32_t start = (uint32_t)getpid() * 2654435761u;

	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < SNUG_SLOTS; i++) {
			uint32_t index = (start + i) % SNUG_SLOTS;
			struct snug_slot *s = &t->engine->slots[index];

			if ((pass == 0 && s->gen != 0) || !slot_try_claim(s))
				continue;
			t->index = index;
			t->slot = s;
			return 0;
		}
	}
	return snug_err_set(err, -EAGAIN, "all %d recordings that this host can hold are in use",
			    SNUG_SLOTS);
}

static void prepare_slot(struct snug_target *t)
{
	struct snug_slot *s = t->slot;
	uint32_t gen = __atomic_add_fetch(&s->gen, 1, __ATOMIC_SEQ_CST);

	/* waits for an RCU grace period: no program is left that saw the old generation */
	if (gen != 1)
		(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	s->tasks = s->odd = s->lost_news = s->lost_tasks = s->lost_odd = 0;
	s->is_finite = s->is_waiting = s->has_filter = s->denied = s->lost_denied = 0;
	s->with_args = s->lost_args = 0;
	if (gen != 1) /* what a killed recorder may have left */
		snug_target_forget_arguments(t);
	memset(s->bits, 0, sizeof(s->bits));
	t->mark = (struct snug_mark){ .slot = t->index, .gen = gen, .role = SNUG_ROLE_MEMBER };
}

static int make_ring(struct snug_target *t, struct snug_err *err)
{
	CLEANUP(closep) int fd = -EBADF;

	fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "snug_ring", 0, 0, SNUG_RING_BYTES, NULL);
	if (fd < 0)
		return snug_err_errno(err, "cannot create the ring buffer");
	if (bpf_map_update_elem(t->engine->rings_fd, &t->index, &fd, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot install the ring buffer");
	t->ring = ring_buffer__new(fd, on_news, t, NULL);
	if (!t->ring)
		return snug_err_errno(err, "cannot map the ring buffer");
	return 0;
}

static int mark_owner(struct snug_target *t, struct snug_err *err)
{
	CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct snug_mark mark = t->mark;

	mark.role = SNUG_ROLE_OWNER;
	if (pidfd < 0)
		return snug_err_errno(err, "pidfd_open");
	if (bpf_map_update_elem(t->engine->tasks_fd, &pidfd, &mark, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot mark the recorder");
	t->is_owner_marked = true;
	return 0;
}

bool snug_mark_is_of(const struct snug_target *t, const struct snug_mark *mark)
{
	return mark->slot == t->index && mark->gen == t->mark.gen;
}

bool snug_mark_is_stale(const struct snug_target *t, const struct snug_mark *mark)
{
	const struct snug_slot *s = &t->engine->slots[mark->slot % SNUG_SLOTS];

	return s->gen != mark->gen || s->state == SNUG_SLOT_FREE;
}

/* How the keys of both maps that all recordings share begin. */
struct shared_key {
	__u32 slot, gen;
	__u64 rest;
};
_Static_assert(sizeof(struct shared_key) == sizeof(struct snug_odd_key) &&
		       sizeof(struct shared_key) == sizeof(struct snug_denied_key),
	       "sweep() walks both maps");

/* Takes entries out of such a map: those of recorders that were killed, and with @ours those of @t.
 */
static void sweep(struct snug_target *t, int map_fd, bool ours)
{
	struct shared_key key, next;
	void *prev = NULL;

	while (bpf_map_get_next_key(map_fd, prev, &next) == 0) {
		const struct snug_mark of = { .slot = next.slot, .gen = next.gen };

		if ((ours && snug_mark_is_of(t, &of)) || snug_mark_is_stale(t, &of)) {
			(void)bpf_map_delete_elem(map_fd, &next);
			continue; /* the walk goes on from the same predecessor */
		}
		key = next;
		prev = &key;
	}
}

int snug_target_new(struct snug_engine *e, struct snug_target **ret, struct snug_err *err)
{
	CLEANUP(snug_target_freep) struct snug_target *t = xcalloc(1, sizeof(*t));
	int r;

	t->engine = e;
	t->args_fd = -EBADF;
	r = claim_slot(t, err);
	if (r < 0)
		return r;
	prepare_slot(t);
	r = mark_owner(t, err);
	if (r == 0)
		r = make_ring(t, err);
	if (r < 0)
		return r;
	sweep(t, e->odd_fd, false);
	sweep(t, e->denied_fd, false);
	snug_target_sweep(t, false);
	t->misses_before = snug_engine_misses(e);
	__atomic_store_n(&t->slot->state, SNUG_SLOT_LIVE, __ATOMIC_RELEASE);
	*ret = STEAL(t);
	return 0;
}

struct snug_target *snug_target_free(struct snug_target *t)
{
	if (!t)
		return NULL;
	if (t->slot) {
		snug_target_stop(t);
		if (t->slot->odd)
			sweep(t, t->engine->odd_fd, true);
		if (t->slot->denied)
			sweep(t, t->engine->denied_fd, true);
		(void)bpf_map_delete_elem(t->engine->rings_fd, &t->index);
		if (t->args_fd >= 0)
			snug_target_forget_arguments(t);
	}
	if (t->is_owner_marked) {
		CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

		if (pidfd >= 0)
			(void)bpf_map_delete_elem(t->engine->tasks_fd, &pidfd);
	}
	if (t->slot)
		__atomic_store_n(&t->slot->state, SNUG_SLOT_FREE, __ATOMIC_RELEASE);
	ring_buffer__free(t->ring);
	closep(&t->args_fd);
	VEC_DONE(&t->watches);
	free(t);
	return NULL;
}

int snug_target_poll_fd(const struct snug_target *t)
{
	return ring_buffer__epoll_fd(t->ring);
}

int snug_target_dispatch(struct snug_target *t,
			 void (*fn)(void *data, const struct snug_news *n, const char *exec_path),
			 void *data)
{
	snug_target_rescan(t);
	t->fn = fn;
	t->fn_data = data;
	return ring_buffer__consume(t->ring);
}

uint64_t snug_target_n_tasks(const struct snug_target *t)
{
	uint64_t n = __atomic_load_n(&t->slot->tasks, __ATOMIC_ACQUIRE);

	return n & SNUG_TASKS_ENDED ? 0 : n;
}

bool snug_target_is_waiting(const struct snug_target *t)
{
	return __atomic_load_n(&t->slot->is_waiting, __ATOMIC_ACQUIRE);
}

void snug_target_stop(struct snug_target *t)
{
	uint32_t live = SNUG_SLOT_LIVE;

	(void)__atomic_compare_exchange_n(&t->slot->state, &live, SNUG_SLOT_CLAIMED, false,
					  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	snug_target_sweep(t, true);
}

void snug_target_calls(const struct snug_target *t,
		       void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr), void *data)
{
	const uint32_t n_side = SNUG_SIDE_WORDS * 64;
	struct snug_odd_key key, *prev = NULL;

	for (uint32_t i = 0; i < SNUG_BIT_WORDS * 64; i++) {
		if (t->slot->bits[i / 64] & 1ull << (i % 64))
			fn(data, i / n_side, i % n_side / SNUG_CALLS, i % SNUG_CALLS);
	}
	if (!t->slot->odd)
		return;
	while (bpf_map_get_next_key(t->engine->odd_fd, prev, &key) == 0) {
		prev = &key;
		if (key.slot == t->index && key.gen == t->mark.gen)
			fn(data, key.side, key.abi, key.nr);
	}
}

void snug_target_losses(const struct snug_target *t, struct snug_losses *ret)
{
	*ret = (struct snug_losses){
		.news = t->slot->lost_news,
		.tasks = t->slot->lost_tasks,
		.numbers = t->slot->lost_odd,
		.denials = t->slot->lost_denied,
		.arguments = t->slot->lost_args,
		.misses = snug_engine_misses(t->engine) - t->misses_before,
	};
}
