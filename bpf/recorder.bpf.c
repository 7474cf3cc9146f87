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
 *
 * Tasks that live already are met by an iterator, which runs in the recorder's own read(2) and does
 * what its slot orders.  A newborn may be met by it and by the fork at the same time, and a task
 * may exit while it is met: snug_mark.counted, flipped once, and the deletion of the mark, which
 * works once, keep the number of tasks exact.  The number is what tells that a recording is over.
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

/* Entries in `pending`, `names` and, by kind, `watches`: with none, a look-up is not even tried. */
__u64 n_pending;
__u64 n_names;
__u64 n_mntns;
__u64 n_cgroups;

enum {
	PF_EXITING = 0x00000004, /* linux/sched.h */
	PF_KTHREAD = 0x00200000,
	MAX_CGROUP_DEPTH = 32,
	MAX_CONTROLLERS = 16,
	E_NOENT = 2, /* asm-generic/errno-base.h */
	E_EXIST = 17,
};

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

/* What joins when it is executed, because of where it is. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2 * SNUG_SLOTS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct snug_group);
	__type(value, struct snug_mark);
} snug_watches SEC(".maps");

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
	n->type = (__u16)type;
	n->side = mark->side;
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
	if (bpf_probe_read_kernel_str(n->path, sizeof(n->path), BPF_CORE_READ(bprm, filename)) < 0)
		n->path[0] = '\0';
	bpf_ringbuf_submit(n, wakeup_flags(ring));
}

static __always_inline __u32 mntns_of(const struct task_struct *task)
{
	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

static __always_inline void tell_process(struct snug_slot *slot, const struct snug_mark *mark,
					 const struct task_struct *task)
{
	tell(slot, mark, SNUG_NEWS_PROCESS, task, 0, mntns_of(task));
}

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

	copy.counted = 0;
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
		slot->state = SNUG_SLOT_FREE;
		return 0;
	}
	if (slot->state != SNUG_SLOT_LIVE)
		return 0;
	if (mark->role == SNUG_ROLE_MEMBER && BPF_CORE_READ(task, signal, live.counter) == 0)
		tell(slot, mark, SNUG_NEWS_EXIT, task, 0, (__u32)task->exit_code);
	return leave(task, slot, mark);
}

/* A number without a bit of its own: kept in a map, within limits. */
static __noinline int note_odd(__u32 index, __u32 gen, __u32 side, __u32 abi, __u32 nr)
{
	struct snug_odd_key key = {
		.slot = index, .gen = gen, .abi = (__u16)abi, .side = (__u16)side, .nr = nr
	};
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
				      const struct task_struct *task, __u32 abi, __u32 nr)
{
	__u64 mask = 1ull << (nr % 64);
	__u32 word;

	if (nr >= SNUG_CALLS) {
		if (note_odd(mark->slot, mark->gen, mark->side, abi, nr))
			tell(slot, mark, SNUG_NEWS_CALL, task, abi, nr);
		return;
	}
	word = mark->side * SNUG_SIDE_WORDS + abi * SNUG_ABI_WORDS + nr / 64;
	if (word >= SNUG_BIT_WORDS || slot->bits[word] & mask)
		return;
	/* of all threads that come here at once, one sees the bit unset */
	if (!(__sync_fetch_and_or(&slot->bits[word], mask) & mask))
		tell(slot, mark, SNUG_NEWS_CALL, task, abi, nr);
}

static __always_inline void enter_as(const struct snug_mark *mark, struct task_struct *task,
				     __u32 nr)
{
	struct snug_slot *slot;
	__u32 abi;

	if (mark->role != SNUG_ROLE_MEMBER)
		return;
	slot = live_slot(mark);
	if (!slot)
		return;
	abi = abi_of_call(task, &nr);
	note_call(slot, mark, task, abi, nr);
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
	bool is_thread = child->pid != child->tgid;
	struct snug_slot *slot;

	/* the helpers that a runtime starts while it is armed are not the target's */
	if (mark->role != SNUG_ROLE_MEMBER && !(mark->role == SNUG_ROLE_ARMED && is_thread))
		return;
	slot = live_slot(mark);
	if (slot && join(child, slot, mark, true) && !is_thread)
		tell_process(slot, mark, child);
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

/* The cgroup of @task in the tree @hierarchy. */
static __always_inline const struct cgroup *cgroup_of(const struct task_struct *task,
						      __u32 hierarchy)
{
	const struct css_set *set = BPF_CORE_READ(task, cgroups);

	if (!hierarchy)
		return BPF_CORE_READ(set, dfl_cgrp);
	for (__u32 i = 0; i < MAX_CONTROLLERS; i++) {
		const struct cgroup_subsys_state *css = NULL;
		const struct cgroup *cgroup;

		if (i * sizeof(css) >= bpf_core_field_size(set->subsys))
			break;
		(void)bpf_core_read(&css, sizeof(css), &set->subsys[i]);
		cgroup = BPF_CORE_READ(css, cgroup);
		if ((__u32)BPF_CORE_READ(cgroup, root, hierarchy_id) == hierarchy)
			return cgroup;
	}
	return NULL;
}

static __always_inline const struct cgroup *cgroup_above(const struct cgroup *cgroup)
{
	return BPF_CORE_READ(cgroup, self.parent, cgroup);
}

static __noinline int is_in_cgroup(const struct task_struct *task, const struct snug_group *group)
{
	const struct cgroup *cgroup = cgroup_of(task, group->hierarchy);

	for (__u32 i = 0; cgroup && i < MAX_CGROUP_DEPTH; i++) {
		if (BPF_CORE_READ(cgroup, kn, id) == group->id)
			return 1;
		cgroup = cgroup_above(cgroup);
	}
	return 0;
}

/* The mark for what is executed in a watched cgroup of version 2, or below one. */
static __noinline struct snug_mark *cgroup_watch(const struct task_struct *task)
{
	const struct cgroup *cgroup = cgroup_of(task, 0);

	for (__u32 i = 0; cgroup && i < MAX_CGROUP_DEPTH; i++) {
		struct snug_group key = { .kind = SNUG_GROUP_CGROUP,
					  .id = BPF_CORE_READ(cgroup, kn, id) };
		struct snug_mark *mark = bpf_map_lookup_elem(&snug_watches, &key);

		if (mark)
			return mark;
		cgroup = cgroup_above(cgroup);
	}
	return NULL;
}

static __always_inline struct snug_mark *mntns_watch(const struct task_struct *task)
{
	struct snug_group key = { .kind = SNUG_GROUP_MNTNS, .id = mntns_of(task) };

	return bpf_map_lookup_elem(&snug_watches, &key);
}

static __always_inline struct snug_mark *name_watch(const struct task_struct *task)
{
	struct snug_name_key key = {};

	/* up to the NUL: what lies behind it may be left from a longer name */
	bpf_probe_read_kernel_str(key.comm, sizeof(key.comm), task->comm);
	return bpf_map_lookup_elem(&snug_names, &key);
}

/* A program that no target has joins when it is executed under a name that is waited for (`record
 * --no-proc-start`), or in a namespace or cgroup that is watched. */
static __always_inline void join_at_exec(struct task_struct *task)
{
	struct snug_mark *mark = NULL;
	struct snug_slot *slot;
	bool has_entered = false;

	if (n_names)
		mark = name_watch(task);
	if (!mark) {
		has_entered = true;
		if (n_mntns)
			mark = mntns_watch(task);
		if (!mark && n_cgroups)
			mark = cgroup_watch(task);
	}
	if (!mark)
		return;
	slot = live_slot(mark);
	/* hooks that the runtime runs inside before it executes the container's program */
	if (!slot || slot->is_waiting || !join(task, slot, mark, false))
		return;
	tell_process(slot, mark, task);
	/* made before it was here; whoever comes again under a profile makes it behind the filter
	 */
	if (has_entered)
		note_call(slot, mark, task, SNUG_ABI_NATIVE, NR_EXECVE);
}

/* What was armed is executed: the call that did it was made before there was anything to record. */
static __always_inline void begin(struct task_struct *task, struct snug_slot *slot,
				  struct snug_mark *mark)
{
	const __u32 word = SNUG_ABI_NATIVE * SNUG_ABI_WORDS + NR_EXECVE / 64;

	__sync_fetch_and_or(&slot->bits[word], 1ull << (NR_EXECVE % 64));
	slot->is_waiting = 0;
	mark->role = SNUG_ROLE_MEMBER;
	tell_process(slot, mark, task);
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

SEC("tp_btf/sched_process_exec")
int BPF_PROG(snug_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	struct snug_slot *slot = NULL;

	if (!snug_build_id)
		return 0;
	if (n_pending) {
		keep_pending(task, (__u32)old_pid, mark);
		mark = mark_of(task);
	}
	if (mark && mark->role == SNUG_ROLE_OWNER)
		return 0;
	if (mark)
		slot = live_slot(mark);
	if (!slot) {
		if (!(n_names | n_mntns | n_cgroups))
			return 0;
		join_at_exec(task);
		mark = mark_of(task);
		if (!mark)
			return 0;
		slot = live_slot(mark);
		if (!slot)
			return 0;
	}
	if (mark->role == SNUG_ROLE_ARMED)
		begin(task, slot, mark);
	if (mark->role == SNUG_ROLE_MEMBER)
		tell_exec(slot, mark, task, bprm);
	return 0;
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

SEC("tp_btf/sched_process_exit")
int BPF_PROG(snug_exit, struct task_struct *task)
{
	leave_for_good(task);
	return 0;
}

enum relation {
	REL_NONE,   /* it has no mark, or an old one */
	REL_OURS,   /* it has joined */
	REL_PICKED, /* user space points at it */
	REL_OTHERS, /* it belongs to another recording */
	REL_OWNER,  /* it records */
};

/* What @task is to the recorder that has the mark @owner. */
static __noinline int relation(struct task_struct *task, const struct snug_mark *owner)
{
	struct snug_mark *mark = mark_of(task);

	if (!mark || !owner)
		return REL_NONE;
	if (mark->role == SNUG_ROLE_OWNER)
		return REL_OWNER;
	if (is_same_target(mark, owner))
		return mark->role == SNUG_ROLE_PICKED ? REL_PICKED : REL_OURS;
	return live_slot(mark) ? REL_OTHERS : REL_NONE;
}

static __always_inline bool is_named(const struct task_struct *task, const char *want)
{
	const struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	char comm[SNUG_COMM_LEN] __attribute__((aligned(8))) = {};

	bpf_probe_read_kernel_str(comm, sizeof(comm), leader->comm);
	return *(__u64 *)comm == *(const __u64 *)want &&
	       *(__u64 *)(comm + 8) == *(const __u64 *)(want + 8);
}

static __always_inline bool in_group(struct task_struct *task, const struct snug_scan *scan,
				     const struct snug_mark *owner)
{
	__u32 kind = scan->group.kind;
	int parent;

	if (kind == SNUG_GROUP_PROCESS || kind == SNUG_GROUP_TREE) {
		if ((__u32)task->tgid == scan->tgid)
			return true;
		if (kind == SNUG_GROUP_PROCESS)
			return false;
		/* all threads of a process have the same parent */
		parent = relation(task->real_parent, owner);
		return parent == REL_OURS || parent == REL_PICKED;
	}
	if (kind == SNUG_GROUP_MNTNS)
		return mntns_of(task) == scan->group.id;
	if (kind == SNUG_GROUP_CGROUP)
		return is_in_cgroup(task, &scan->group);
	return kind == SNUG_GROUP_COMM && is_named(task, scan->comm);
}

/* Runs for every task, in the recorder's read(2), and does what the recorder's slot orders. */
SEC("iter/task")
int snug_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct snug_mark *owner, as = {};
	struct snug_slot *slot;
	bool is_wanted;
	__u32 index;
	int rel;

	if (!task || task->flags & PF_KTHREAD)
		return 0;
	owner = bpf_task_storage_get(&snug_tasks, bpf_get_current_task_btf(), 0, 0);
	if (!owner || owner->role != SNUG_ROLE_OWNER)
		return 0;
	index = owner->slot;
	slot = bpf_map_lookup_elem(&snug_slots, &index);
	if (!slot || slot->gen != owner->gen)
		return 0;
	is_wanted = in_group(task, &slot->scan, owner);
	rel = relation(task, owner);
	if (rel == REL_PICKED) {
		slot->scan.tgid = (__u32)task->tgid;
		is_wanted = true;
	}
	/* a leader may have ended before its threads */
	if (!is_wanted || rel == REL_OWNER || rel == REL_OURS || task->flags & PF_EXITING)
		return 0;
	if (rel == REL_OTHERS) {
		slot->scan.taken++;
		return 0;
	}
	as.slot = owner->slot;
	as.gen = owner->gen;
	as.role = slot->scan.role;
	as.side = slot->scan.side;
	if (!join(task, slot, &as, false))
		return 0;
	slot->scan.added++;
	if (task->pid == task->tgid)
		tell_process(slot, &as, task);
	/* it may have begun to exit, and looked for its mark too early */
	if (task->flags & PF_EXITING)
		leave_for_good(task);
	return 0;
}
