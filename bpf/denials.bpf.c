// SPDX-License-Identifier: Dual BSD/GPL
/*
 * What seccomp refuses on this host (refused_call.h says how that is seen), for one watcher.
 *
 * Tasks without a filter cost one load.  Of the others it is kept whether they are outside of the
 * kernel; the first exit that we see of a task says so, and until then it is not known.
 *
 * Counts are the truth: one for each process, call and answer.  The ring has the first of each kind
 * only, so that a storm of refused calls costs no room in it; what finds no room is counted.
 */
#include <linux/bpf.h>

#include "cgroup_of_task.h"
#include "refused_call.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seen_task {
	__u32 is_outside; /* the last that was seen of it was an exit */
	__u32 is_told;    /* of its SIGSYS */
};

struct snug_denial_totals snug_totals;

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct seen_task);
} snug_seen SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SNUG_DENIAL_KINDS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct snug_denial_key);
	__type(value, struct snug_denial_count);
} snug_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SNUG_RING_BYTES);
} snug_denial_ring SEC(".maps");

/* Engines put a container's id into the name of a cgroup, in some tree or in all of them: the tree
 * where the task is deepest. */
static __always_inline const struct cgroup *deepest_cgroup(const struct task_struct *task)
{
	const struct css_set *set = BPF_CORE_READ(task, cgroups);
	const struct cgroup *best = BPF_CORE_READ(set, dfl_cgrp);
	int level = BPF_CORE_READ(best, level);

	for (__u32 i = 0; i < MAX_CONTROLLERS; i++) {
		const struct cgroup *cgroup = cgroup_of_controller(set, i);

		if (cgroup && BPF_CORE_READ(cgroup, level) > level) {
			level = BPF_CORE_READ(cgroup, level);
			best = cgroup;
		}
	}
	return best;
}

static __noinline int fill_cgroup(struct snug_denial_news *n)
{
	const struct cgroup *cgroup = deepest_cgroup((const void *)bpf_get_current_task());

	if (!n)
		return 0;
	for (__u32 i = 0; i < SNUG_DENIAL_LEVELS; i++) {
		n->cgroup[i][0] = '\0';
		if (cgroup && BPF_CORE_READ(cgroup, level) > 0)
			bpf_probe_read_kernel_str(n->cgroup[i], sizeof(n->cgroup[i]),
						  BPF_CORE_READ(cgroup, kn, name));
		cgroup = cgroup ? cgroup_above(cgroup) : NULL;
	}
	return 0;
}

static __always_inline void tell_first(const struct task_struct *task,
				       const struct snug_denial_key *key, __u64 now)
{
	struct snug_denial_news *n;

	n = bpf_ringbuf_reserve(&snug_denial_ring, sizeof(*n), 0);
	if (!n) {
		__sync_fetch_and_add(&snug_totals.lost_news, 1);
		return;
	}
	n->key = *key;
	n->time_ns = now;
	n->tid = (__u32)task->pid;
	n->pad = 0;
	bpf_get_current_comm(n->comm, sizeof(n->comm));
	fill_cgroup(n);
	bpf_ringbuf_submit(n, 0);
}

/* The current task's call was refused. */
static __noinline int refused(__u32 abi, __u32 nr, __u32 result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct snug_denial_key key = {
		.start_ns = BPF_CORE_READ(task, group_leader, start_boottime),
		.tgid = (__u32)task->tgid,
		.nr = nr,
		.abi = (__u16)abi,
		.result = (__u16)result,
	};
	__u64 now = bpf_ktime_get_ns();
	struct snug_denial_count first = { .count = 1, .first_ns = now, .last_ns = now };
	struct snug_denial_count *c = bpf_map_lookup_elem(&snug_counts, &key);

	__sync_fetch_and_add(&snug_totals.n_denials, 1);
	if (!c)
		bpf_get_current_comm(first.comm, sizeof(first.comm));
	if (!c && !bpf_map_update_elem(&snug_counts, &key, &first, BPF_NOEXIST)) {
		__sync_fetch_and_add(&snug_totals.n_kinds, 1);
		tell_first(task, &key, now);
		return 1;
	}
	/* another thread may have been faster */
	if (!c)
		c = bpf_map_lookup_elem(&snug_counts, &key);
	if (!c) {
		__sync_fetch_and_add(&snug_totals.lost_denials, 1);
		return 0;
	}
	__sync_fetch_and_add(&c->count, 1);
	c->last_ns = now;
	return 0;
}

/* Attached before snug_watch_exit: an enter that is not seen would be a refused call. */
SEC("tp_btf/sys_enter")
int BPF_PROG(snug_watch_enter, struct pt_regs *regs, long id)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct seen_task *seen;

	if (!is_filtered(task))
		return 0;
	seen = bpf_task_storage_get(&snug_seen, task, 0, 0);
	if (seen)
		seen->is_outside = 0;
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(snug_watch_exit, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct seen_task *seen;
	__u32 nr, abi;

	if (!is_filtered(task))
		return 0;
	seen = bpf_task_storage_get(&snug_seen, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!seen)
		return 0;
	if (!seen->is_outside) {
		seen->is_outside = 1;
		return 0;
	}
	if (!is_errno(ret) || is_traced_away(task))
		return 0;
	nr = nr_of_regs(regs);
	abi = abi_of_call(task, &nr);
	refused(abi, nr, (__u32)-ret);
	return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(snug_watch_signal, int sig, const void *siginfo)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct sigsys_info info;
	struct seen_task *seen;
	__u32 nr, abi;

	if (!is_from_seccomp(sig, siginfo, &info))
		return 0;
	seen = bpf_task_storage_get(&snug_seen, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (seen)
		seen->is_told = 1;
	nr = (__u32)info.syscall;
	abi = abi_of_call(task, &nr);
	refused(abi, nr, fate_of(task));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(snug_watch_end, struct task_struct *task)
{
	struct seen_task *seen;
	__u32 nr, abi;

	if (!is_killed_alone(task, &nr))
		return 0;
	seen = bpf_task_storage_get(&snug_seen, task, 0, 0);
	if (seen && seen->is_told)
		return 0;
	abi = abi_of_call(task, &nr);
	refused(abi, nr, SNUG_DENIED_KILLED);
	return 0;
}
