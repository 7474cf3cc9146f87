// SPDX-License-Identifier: Dual BSD/GPL
/*
 * The recorder: which system calls do the tasks of a target make?
 *
 * Membership is a mark in the task's local storage.  A child gets a copy of its parent's mark
 * before it runs for the first time (sched_process_fork), so neither names nor namespaces matter.
 * For a task without a mark, which is nearly every task of the host, a call costs one look-up.
 *
 * The truth is the bitmap in the slot: an atomic OR, so it cannot be lost.  The ring carries news
 * only, and says when it had no room for some.
 *
 * A mark can fail to be made: the storage may be busy on this CPU for a moment (its update takes a
 * per-CPU lock without waiting, kernel/bpf/bpf_task_storage.c), or memory may be out.  Then the
 * mark waits in `pending` under the thread's id, and the thread takes it with its next call.
 */
#include <linux/bpf.h>

#include "abi_of_call.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Tells instances of different builds apart; set before loading.  snug_exec reads it, because a map
 * that no program refers to is not part of the instance. */
const volatile __u64 snug_build_id;

/* Entries in `pending` and `names`: with none, a look-up is not even tried. */
__u64 n_pending;
__u64 n_names;

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct snug_mark);
} snug_tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SNUG_SLOTS);
	__type(key, __u32);
	__type(value, struct snug_slot);
} snug_slots SEC(".maps");

struct snug_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SNUG_RING_BYTES);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SNUG_SLOTS);
	__type(key, __u32);
	__array(values, struct snug_ring);
} snug_rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct snug_odd_key);
	__type(value, __u8);
} snug_odd SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct snug_mark);
} snug_pending SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SNUG_SLOTS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct snug_name_key);
	__type(value, struct snug_mark);
} snug_names SEC(".maps");

static __always_inline struct snug_slot *live_slot(const struct snug_mark *mark)
{
	__u32 index = mark->slot;
	struct snug_slot *slot = bpf_map_lookup_elem(&snug_slots, &index);

	if (!slot || slot->gen != mark->gen || slot->state != SNUG_SLOT_LIVE)
		return NULL;
	return slot;
}

/* Wakes the reader only when half the ring is used or when waiting would be noticed: the recorded
 * program should not pay for a reader that wakes by itself ten times a second. */
static __always_inline __u64 wakeup_flags(void *ring)
{
	__u64 used = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);

	return used > SNUG_RING_BYTES / 2 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void fill_head(struct snug_news *n, const struct snug_mark *mark, __u32 type,
				      const struct task_struct *task)
{
	n->type = type;
	n->gen = mark->gen;
	n->time_ns = bpf_ktime_get_ns();
	n->pid = (__u32)task->tgid;
	n->tid = (__u32)task->pid;
	bpf_probe_read_kernel(n->comm, sizeof(n->comm), task->comm);
}

/* Room for @size bytes of news in the slot's ring; without room, that is counted. */
static __always_inline void *reserve(struct snug_slot *slot, const struct snug_mark *mark,
				     __u64 size, void **ring)
{
	__u32 index = mark->slot;
	void *room;

	*ring = bpf_map_lookup_elem(&snug_rings, &index);
	if (!*ring)
		return NULL;
	room = bpf_ringbuf_reserve(*ring, size, 0);
	if (!room)
		__sync_fetch_and_add(&slot->lost_news, 1);
	return room;
}

static __always_inline void tell(struct snug_slot *slot, const struct snug_mark *mark, __u32 type,
				 const struct task_struct *task, __u32 abi, __u32 nr)
{
	void *ring;
	struct snug_news *n = reserve(slot, mark, sizeof(*n), &ring);

	if (!n)
		return;
	fill_head(n, mark, type, task);
	n->abi = abi;
	n->nr = nr;
	bpf_ringbuf_submit(n, type == SNUG_NEWS_END ? BPF_RB_FORCE_WAKEUP : wakeup_flags(ring));
}

static __always_inline void tell_exec(struct snug_slot *slot, const struct snug_mark *mark,
				      const struct task_struct *task,
				      const struct linux_binprm *bprm)
{
	void *ring;
	struct snug_exec_news *n = reserve(slot, mark, sizeof(*n), &ring);

	if (!n)
		return;
	fill_head(&n->head, mark, SNUG_NEWS_EXEC, task);
	n->head.abi = 0;
	n->head.nr = 0;
	if (bpf_probe_read_kernel_str(n->path, sizeof(n->path), bprm->filename) < 0)
		n->path[0] = '\0';
	bpf_ringbuf_submit(n, wakeup_flags(ring));
}

/* Gives @task a copy of @mark; into `pending` where the storage refuses. */
static __always_inline bool put_mark(struct task_struct *task, const struct snug_mark *mark)
{
	struct snug_mark copy = *mark;
	struct snug_mark *t;
	__u32 tid;

	t = bpf_task_storage_get(&snug_tasks, task, &copy, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (t) {
		*t = copy; /* there may have been an old one */
		return true;
	}
	tid = (__u32)task->pid;
	if (bpf_map_update_elem(&snug_pending, &tid, &copy, BPF_ANY))
		return false;
	__sync_fetch_and_add(&n_pending, 1);
	return true;
}

/* The mark that waits for this thread, if any; moves it to the storage when that works now. */
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

/* A number without a bit of its own: kept in a map, within limits. */
static __noinline int note_odd(__u32 index, __u32 gen, __u32 abi, __u32 nr)
{
	struct snug_odd_key key = { .slot = index, .gen = gen, .abi = abi, .nr = nr };
	struct snug_slot *slot = bpf_map_lookup_elem(&snug_slots, &index);
	__u8 seen = 1;

	if (!slot || bpf_map_lookup_elem(&snug_odd, &key))
		return 0;
	if (slot->odd >= SNUG_ODD_PER_SLOT ||
	    bpf_map_update_elem(&snug_odd, &key, &seen, BPF_NOEXIST)) {
		__sync_fetch_and_add(&slot->lost_odd, 1);
		return 0;
	}
	__sync_fetch_and_add(&slot->odd, 1);
	return 1;
}

static __always_inline void note_call(struct snug_slot *slot, const struct snug_mark *mark,
				      const struct task_struct *task, __u32 nr)
{
	__u32 abi = abi_of_call(task, &nr);
	__u64 mask = 1ull << (nr % 64);
	__u32 word;

	if (nr >= SNUG_CALLS) {
		if (note_odd(mark->slot, mark->gen, abi, nr))
			tell(slot, mark, SNUG_NEWS_CALL, task, abi, nr);
		return;
	}
	word = abi * SNUG_ABI_WORDS + nr / 64;
	if (word >= _SNUG_ABI_MAX * SNUG_ABI_WORDS || slot->bits[word] & mask)
		return;
	/* of all threads that come here at once, one sees the bit unset */
	if (!(__sync_fetch_and_or(&slot->bits[word], mask) & mask))
		tell(slot, mark, SNUG_NEWS_CALL, task, abi, nr);
}

static __always_inline void enter_as(const struct snug_mark *mark, struct task_struct *task,
				     __u32 nr)
{
	struct snug_slot *slot;

	if (mark->role != SNUG_ROLE_MEMBER)
		return;
	slot = live_slot(mark);
	if (slot)
		note_call(slot, mark, task, nr);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(snug_sys_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct snug_mark *mark = NULL;
	struct snug_mark late;

	/* nearly every call on the host ends here: two loads instead of a helper's look-up */
	if (!task->bpf_storage && !n_pending)
		return 0;
	mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	if (mark)
		enter_as(mark, task, (__u32)id);
	else if (n_pending && adopt((__u32)task->pid, &late))
		enter_as(&late, task, (__u32)id);
	return 0;
}

static __always_inline void fork_as(const struct snug_mark *mark, struct task_struct *child)
{
	struct snug_slot *slot;
	__u32 mntns = 0;

	if (mark->role != SNUG_ROLE_MEMBER)
		return;
	slot = live_slot(mark);
	if (!slot)
		return;
	__sync_fetch_and_add(&slot->tasks, 1);
	if (!put_mark(child, mark)) {
		__sync_fetch_and_add(&slot->tasks, (__u64)-1);
		__sync_fetch_and_add(&slot->lost_tasks, 1);
		return;
	}
	if (child->pid != child->tgid)
		return;
	if (child->nsproxy)
		mntns = child->nsproxy->mnt_ns->ns.inum;
	tell(slot, mark, SNUG_NEWS_PROCESS, child, 0, mntns);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(snug_fork, struct task_struct *parent, struct task_struct *child)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, parent, 0, 0);
	struct snug_mark late = {};

	if (mark)
		fork_as(mark, child);
	else if (n_pending && adopt((__u32)parent->pid, &late))
		fork_as(&late, child);
	return 0;
}

/* A program whose name is waited for (`record --no-proc-start`) joins when it is executed. */
static __always_inline void join_by_name(struct task_struct *task)
{
	struct snug_name_key key = {};
	struct snug_mark *mark;
	struct snug_slot *slot;
	__u32 mntns = 0;

	bpf_probe_read_kernel(key.comm, sizeof(key.comm), task->comm);
	mark = bpf_map_lookup_elem(&snug_names, &key);
	if (!mark)
		return;
	slot = live_slot(mark);
	if (!slot)
		return;
	if (!put_mark(task, mark)) {
		__sync_fetch_and_add(&slot->lost_tasks, 1);
		return;
	}
	__sync_fetch_and_add(&slot->tasks, 1);
	if (task->nsproxy)
		mntns = task->nsproxy->mnt_ns->ns.inum;
	tell(slot, mark, SNUG_NEWS_PROCESS, task, 0, mntns);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(snug_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	struct snug_slot *slot;
	__u32 mntns = 0;

	if (!snug_build_id)
		return 0;
	if (!mark && n_names) {
		join_by_name(task);
		mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	}
	if (!mark || mark->role == SNUG_ROLE_OWNER)
		return 0;
	slot = live_slot(mark);
	if (!slot)
		return 0;
	if (mark->role == SNUG_ROLE_ARMED) {
		mark->role = SNUG_ROLE_MEMBER;
		if (task->nsproxy)
			mntns = task->nsproxy->mnt_ns->ns.inum;
		tell(slot, mark, SNUG_NEWS_PROCESS, task, 0, mntns);
	}
	tell_exec(slot, mark, task, bprm);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(snug_exit, struct task_struct *task)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	struct snug_mark gone = {};
	struct snug_slot *slot;
	__u32 index;

	if (mark) {
		gone = *mark;
		bpf_task_storage_delete(&snug_tasks, task);
	} else {
		__u32 tid = (__u32)task->pid;

		if (!n_pending || !adopt(tid, &gone))
			return 0;
		bpf_task_storage_delete(&snug_tasks, task);
	}
	index = gone.slot;
	slot = bpf_map_lookup_elem(&snug_slots, &index);
	if (!slot || slot->gen != gone.gen)
		return 0;
	if (gone.role == SNUG_ROLE_OWNER) {
		slot->state = SNUG_SLOT_FREE;
		return 0;
	}
	if (slot->state != SNUG_SLOT_LIVE)
		return 0;
	if (task->signal->live.counter == 0 && gone.role == SNUG_ROLE_MEMBER)
		tell(slot, &gone, SNUG_NEWS_EXIT, task, 0, (__u32)task->exit_code);
	if (__sync_fetch_and_add(&slot->tasks, (__u64)-1) == 1)
		tell(slot, &gone, SNUG_NEWS_END, task, 0, 0);
	return 0;
}
