/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * Marks: how a task becomes one of a target and ceases to be one, so that the number of a target's
 * tasks is exact whoever does it at the same time.
 */
#include <linux/bpf.h>

#include "recorder_maps.h"
#include "recorder_news.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

enum {
	E_NOENT = 2, /* asm-generic/errno-base.h */
	E_EXIST = 17,
};

/* One task less.  The compare-and-swap loses against a task that joins: then this was not the end.
 */
static __noinline int leave(struct task_struct *task, struct snug_slot *slot,
			    const struct snug_mark *mark)
{
	if (__sync_fetch_and_add(&slot->tasks, (__u64)-1) != 1)
		return 0;
	if (slot->is_finite && __sync_val_compare_and_swap(&slot->tasks, 0, SNUG_TASKS_ENDED) != 0)
		return 0;
	tell(slot, mark, SNUG_NEWS_END, task, 0, 0);
	return 1;
}

/* Lets a mark wait for the thread.  1: it waits, 0: one did already, -1: there is no room. */
static __noinline int put_pending(__u32 tid, struct snug_mark *mark)
{
	struct snug_mark *old = bpf_map_lookup_elem(&snug_pending, &tid);
	long r;

	if (!mark || (old && live_slot(old)))
		return 0;
	mark->counted = 1;
	if (old)
		return bpf_map_update_elem(&snug_pending, &tid, mark, BPF_EXIST) ? -1 : 1;
	r = bpf_map_update_elem(&snug_pending, &tid, mark, BPF_NOEXIST);
	if (r)
		return r == -E_EXIST ? 0 : -1;
	__sync_fetch_and_add(&n_pending, 1);
	return 1;
}

/* Takes the mark that waits for the thread, if any, away from it. */
static __noinline int take_pending(__u32 tid, struct snug_mark *ret)
{
	struct snug_mark *waiting = bpf_map_lookup_elem(&snug_pending, &tid);

	if (!waiting || !ret)
		return 0;
	*ret = *waiting;
	if (bpf_map_delete_elem(&snug_pending, &tid))
		return 0;
	__sync_fetch_and_add(&n_pending, (__u64)-1);
	return 1;
}

/* The mark that waits for the current thread, if any; moves it to the storage when that works now.
 */
static __noinline int adopt(__u32 tid, struct snug_mark *ret)
{
	struct snug_mark *waiting = bpf_map_lookup_elem(&snug_pending, &tid);

	if (!waiting || !ret)
		return 0;
	*ret = *waiting;
	if (bpf_task_storage_get(&snug_tasks, bpf_get_current_task_btf(), ret,
				 BPF_LOCAL_STORAGE_GET_F_CREATE) &&
	    !bpf_map_delete_elem(&snug_pending, &tid))
		__sync_fetch_and_add(&n_pending, (__u64)-1);
	return 1;
}

static __always_inline bool is_same_target(const struct snug_mark *a, const struct snug_mark *b)
{
	return a->slot == b->slot && a->gen == b->gen;
}

/*
 * Makes @task, which no other live target has, one of @slot's, as @as says.  False when it is one
 * already, when the target has ended, or when that failed, which is counted.
 */
static __always_inline bool join(struct task_struct *task, struct snug_slot *slot,
				 const struct snug_mark *as, bool is_newborn)
{
	struct snug_mark copy = *as, *t;
	int r;

	copy.counted = copy.outside = copy.is_told = 0;
	/* counted first: a task that exits before it is counted would end the target */
	if (__sync_fetch_and_add(&slot->tasks, 1) & SNUG_TASKS_ENDED)
		goto undo;
	t = bpf_task_storage_get(&snug_tasks, task, &copy, BPF_LOCAL_STORAGE_GET_F_CREATE);
	/* of two that create the same storage one fails (bpf_local_storage_alloc()); it is there
	 * now */
	if (!t)
		t = bpf_task_storage_get(&snug_tasks, task, &copy, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!t) {
		r = put_pending((__u32)task->pid, &copy);
		if (r > 0)
			return true;
		if (r < 0)
			__sync_fetch_and_add(&slot->lost_tasks, 1);
		goto undo;
	}
	if (!is_same_target(t, &copy)) {
		*t = copy; /* left by a target that is no more */
	} else if (t->role == SNUG_ROLE_PICKED) {
		t->side = as->side;
		t->role = as->role;
	} else if (is_newborn) {
		t->side = as->side; /* a scan saw it first, and could not know better */
	}
	if (!__sync_fetch_and_or(&t->counted, 1))
		return true;
undo:
	leave(task, slot, as);
	return false;
}

static __always_inline __u64 owner_id(const struct snug_mark *mark)
{
	return (__u64)mark->gen << 32 | (mark->slot + 1);
}

/* A task of the target that its mark speaks of is gone. */
static __noinline int gone(struct task_struct *task, const struct snug_mark *mark)
{
	struct snug_slot *slot;
	__u32 index;

	if (!mark)
		return 0;
	index = mark->slot;
	slot = bpf_map_lookup_elem(&snug_slots, &index);
	if (!slot || slot->gen != mark->gen)
		return 0;
	if (mark->role == SNUG_ROLE_OWNER) {
		__sync_val_compare_and_swap(&exit_lock, owner_id(mark), 0);
		slot->state = SNUG_SLOT_FREE;
		return 0;
	}
	if (slot->state != SNUG_SLOT_LIVE)
		return 0;
	if (mark->role == SNUG_ROLE_MEMBER && BPF_CORE_READ(task, signal, live.counter) == 0)
		tell(slot, mark, SNUG_NEWS_EXIT, task, 0, (__u32)task->exit_code);
	return leave(task, slot, mark);
}

/* The task's mark, also one that waits for it. */
static __always_inline struct snug_mark *mark_of(struct task_struct *task)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	__u32 tid = (__u32)task->pid;

	if (!mark && n_pending)
		mark = bpf_map_lookup_elem(&snug_pending, &tid);
	return mark;
}

/* A thread that executes takes its leader's id (fs/exec.c, de_thread()); what waits for it must not
 * wait for the old one.  @stored is the mark that it has, if any: then the other is one too many.
 */
static __always_inline void keep_pending(struct task_struct *task, __u32 old_pid,
					 const struct snug_mark *stored)
{
	struct snug_mark mark = {};
	__u32 tid = (__u32)task->pid;

	if (!stored && tid == old_pid)
		return;
	if (!take_pending(old_pid, &mark))
		return;
	if (stored || put_pending(tid, &mark) <= 0)
		gone(task, &mark);
}

/* Takes the task's mark out of its storage.  False when it had none that counts. */
static __always_inline bool take_stored(struct task_struct *task, struct snug_mark *ret)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	bool is_counted;

	if (!mark)
		return false;
	*ret = *mark;
	/* who is just about to count it will see that it is too late */
	is_counted = __sync_fetch_and_or(&mark->counted, 1);
	if (bpf_task_storage_delete(&snug_tasks, task) == -E_NOENT)
		return false; /* somebody else has taken it */
	return is_counted || ret->role == SNUG_ROLE_OWNER;
}

/* A fork and a scan that met the task at the same moment may have left a mark in both places. */
static __always_inline void leave_for_good(struct task_struct *task)
{
	struct snug_mark mark = {};

	if (take_stored(task, &mark))
		gone(task, &mark);
	if (n_pending && take_pending((__u32)task->pid, &mark))
		gone(task, &mark);
}
