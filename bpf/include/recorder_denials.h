/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * What seccomp refuses a target (refused_call.h).  The map is the truth, the ring has the news.
 *
 * For calls that get an errno snug_sys_exit must run, once for each exit: a second run would take
 * every call for a refused one.  It costs all calls of the host, so user space attaches it when
 * there is a filter (src/trace/exits.c), and lets it count when it runs once.  Tasks are kept track
 * of by snug_sys_enter, which runs all the time, so it may come and go.
 */
#include <linux/bpf.h>

#include "recorder_maps.h"
#include "recorder_news.h"
#include "refused_call.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

static __always_inline void look_for_filter(struct snug_slot *slot, const struct snug_mark *mark,
					    const struct task_struct *task)
{
	if (!is_filtered(task) || slot->has_filter)
		return;
	if (!__sync_fetch_and_or(&slot->has_filter, 1))
		tell(slot, mark, SNUG_NEWS_FILTER, task, 0, 0);
}

/* The current task's call was refused. */
static __noinline int note_denied(const struct snug_mark *mark, __u32 abi, __u32 nr, __u32 result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct snug_denied_value first = { .count = 1, .first_ns = bpf_ktime_get_ns() };
	struct snug_denied_key key = {};
	struct snug_denied_value *d;
	struct snug_slot *slot;

	slot = mark ? live_slot(mark) : NULL;
	if (!slot)
		return 0;
	key.slot = mark->slot;
	key.gen = mark->gen;
	key.nr = nr;
	key.result = (__u16)result;
	key.abi = (__u8)abi;
	key.side = (__u8)mark->side;
	d = bpf_map_lookup_elem(&snug_denied, &key);
	if (!d && slot->denied < SNUG_DENIED_PER_SLOT) {
		first.pid = (__u32)task->tgid;
		bpf_get_current_comm(first.comm, sizeof(first.comm));
		if (!bpf_map_update_elem(&snug_denied, &key, &first, BPF_NOEXIST)) {
			__sync_fetch_and_add(&slot->denied, 1);
			tell(slot, mark, SNUG_NEWS_DENIED, task, abi | result << 16, nr);
			return 1;
		}
		/* another thread may have been faster */
		d = bpf_map_lookup_elem(&snug_denied, &key);
	}
	if (d)
		__sync_fetch_and_add(&d->count, 1);
	else
		__sync_fetch_and_add(&slot->lost_denied, 1);
	return 0;
}
