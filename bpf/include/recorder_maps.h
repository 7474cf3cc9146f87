/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* What the recorder's programs keep: marks on tasks, slots of targets, rings for news. */
#include <linux/bpf.h>

#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

/* Entries in `pending`, `names` and, by kind, `watches`: with none, a look-up is not even tried. */
__u64 n_pending;
__u64 n_names;
__u64 n_mntns;
__u64 n_cgroups;
/* What user space does with snug_sys_exit (src/trace/exits.c): whether it counts, and who is just
 * attaching it: an owner's mark, as owner_id() has it. */
__u64 exit_is_on;
__u64 exit_lock;
/* The id of that program, which has no link to be found by; not used here. */
__u64 exit_prog_id;

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
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct snug_denied_key);
	__type(value, struct snug_denied_value);
} snug_denied SEC(".maps");

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
