// SPDX-License-Identifier: Dual BSD/GPL
/*
 * The recorder: which system calls do the tasks of a target make, and which are they refused?
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
#include "cgroup_of_task.h"
#include "recorder_args.h"
#include "recorder_denials.h"
#include "recorder_maps.h"
#include "recorder_marks.h"
#include "recorder_news.h"
#include "refused_call.h"
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

enum {
	PF_EXITING = 0x00000004, /* linux/sched.h */
	PF_KTHREAD = 0x00200000,
};

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
				     const struct pt_regs *regs, __u32 nr)
{
	struct snug_slot *slot;
	__u32 abi;

	if (mark->role != SNUG_ROLE_MEMBER)
		return;
	slot = live_slot(mark);
	if (!slot)
		return;
	look_for_filter(slot, mark, task);
	abi = abi_of_call(task, &nr);
	/* first: whoever sees that a call was made may look for its arguments */
	if (slot->with_args && may_be_looked_at(abi, nr))
		note_args(slot, mark, regs, abi, nr);
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
	if (mark) {
		if (mark->outside)
			mark->outside = 0;
		enter_as(mark, task, regs, (__u32)id);
	} else if (n_pending && adopt((__u32)task->pid, &late)) {
		enter_as(&late, task, regs, (__u32)id);
	}
	return 0;
}

/* The recorder asks how often this program runs for one call. */
static __always_inline int count_run(const struct snug_mark *owner)
{
	__u32 index = owner->slot;
	struct snug_slot *slot = bpf_map_lookup_elem(&snug_slots, &index);

	if (slot && slot->gen == owner->gen)
		slot->exit_runs++;
	return 0;
}

/* Loaded with the others, attached when it is wanted. */
SEC("tp_btf/sys_exit")
int BPF_PROG(snug_sys_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct snug_mark *mark;
	__u32 nr, abi;

	if (!task->bpf_storage)
		return 0;
	mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	if (!mark)
		return 0;
	if (mark->role == SNUG_ROLE_OWNER)
		return count_run(mark);
	if (mark->role != SNUG_ROLE_MEMBER || !exit_is_on)
		return 0;
	if (!mark->outside) {
		mark->outside = 1;
		return 0;
	}
	if (!is_filtered(task) || !is_errno(ret) || is_traced_away(task))
		return 0;
	nr = nr_of_regs(regs);
	abi = abi_of_call(task, &nr);
	note_denied(mark, abi, nr, (__u32)-ret);
	return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(snug_signal, int sig, const void *siginfo)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct sigsys_info info;
	struct snug_mark *mark;
	__u32 nr, abi;

	if (!is_from_seccomp(sig, siginfo, &info))
		return 0;
	mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	if (!mark || mark->role != SNUG_ROLE_MEMBER)
		return 0;
	mark->is_told = 1;
	nr = (__u32)info.syscall;
	abi = abi_of_call(task, &nr);
	note_denied(mark, abi, nr, fate_of(task));
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

static __noinline int note_death(struct task_struct *task)
{
	struct snug_mark *mark = bpf_task_storage_get(&snug_tasks, task, 0, 0);
	__u32 nr, abi;

	if (!mark || mark->role != SNUG_ROLE_MEMBER || mark->is_told || !is_killed_alone(task, &nr))
		return 0;
	abi = abi_of_call(task, &nr);
	return note_denied(mark, abi, nr, SNUG_DENIED_KILLED);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(snug_exit, struct task_struct *task)
{
	if ((task->exit_code & 0x7f) == SIGSYS_NR)
		note_death(bpf_get_current_task_btf());
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
