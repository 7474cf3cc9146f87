/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* News for the reader; the truth is in the slot. */
#include <linux/bpf.h>

#include "recorder_maps.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

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
	/* what the reader has to act upon */
	if (type == SNUG_NEWS_END || type == SNUG_NEWS_FILTER)
		bpf_ringbuf_submit(n, BPF_RB_FORCE_WAKEUP);
	else
		bpf_ringbuf_submit(n, wakeup_flags(ring));
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
