/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * The arguments that calls are made with: for a recording that asks, the set of distinct tuples of
 * what its rules look at, call by call.
 *
 * A recording that asks has maps of its own, so what one program does cannot push out another's
 * facts, and the kernel frees them with the recorder.  That of tuples is large enough for all that
 * the rules can let in.  Of threads that come with the same tuple at once, one enters it and counts
 * it; the one that is over the limit takes its own out again, so that the limit is met exactly and
 * rule.count tells that it was passed.
 */
#include <linux/bpf.h>

#include "abi_of_call.h"
#include "recorder_maps.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>
#include <stdbool.h>

enum { ARG_EXISTS = 17 /* EEXIST */ };

struct snug_arg_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SNUG_ARG_ENTRIES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	/* sizes, because clang describes types that an inner map points to as names only */
	__uint(key_size, sizeof(struct snug_arg_key));
	__uint(value_size, sizeof(struct snug_arg_value));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SNUG_SLOTS);
	__type(key, __u32);
	__array(values, struct snug_arg_map);
} snug_args SEC(".maps");

struct snug_look_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct snug_arg_look));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, SNUG_SLOTS);
	__type(key, __u32);
	__array(values, struct snug_look_map);
} snug_looks SEC(".maps");

/* Whether the recording has a rule for call @nr. */
static __always_inline bool is_looked_at(__u32 index, __u32 abi, __u32 nr)
{
	const struct snug_arg_look *look;
	__u32 word = abi * SNUG_ABI_WORDS + nr / 64, zero = 0;
	void *map;

	if (nr >= SNUG_CALLS || word >= _SNUG_ABI_MAX * SNUG_ABI_WORDS)
		return false;
	map = bpf_map_lookup_elem(&snug_looks, &index);
	look = map ? bpf_map_lookup_elem(map, &zero) : NULL;
	return look && look->bits[word] & 1ull << (nr % 64);
}

/* Enters the tuple @key into @map, unless the rule has had enough. */
static __always_inline void enter_tuple(struct snug_slot *slot, void *map,
					struct snug_arg_value *rule, struct snug_arg_key *key)
{
	const struct snug_arg_value seen = {};
	__u32 side = key->side;
	long r;

	if (side >= _SNUG_SIDE_MAX || rule->count[side] > rule->limit)
		return;
	r = bpf_map_update_elem(map, key, &seen, BPF_NOEXIST);
	if (r == -ARG_EXISTS)
		return;
	if (r)
		__sync_fetch_and_add(&slot->lost_args, 1);
	else if (__sync_fetch_and_add(&rule->count[side], 1) >= rule->limit)
		bpf_map_delete_elem(map, key);
}

/* What is noted of a register: what the mask lets through, and, of an int, whether the kernel had
 * anything but its sign or zeros to ignore above it. */
static __always_inline __u64 noted(__u64 reg, __u64 mask)
{
	__u64 value = reg & mask;

	if (mask == 0xffffffff && reg != value && reg != (__u64)(__s64)(__s32)reg)
		value |= SNUG_ARG_ODD_UPPER;
	return value;
}

/* Notes the arguments of call @nr, if a rule of the recording looks at them. */
static __noinline int note_args(struct snug_slot *slot, const struct snug_mark *mark,
				const struct pt_regs *regs, __u32 abi, __u32 nr)
{
	struct snug_arg_key key = { .kind = SNUG_ARG_RULE, .abi = (__u8)abi, .nr = nr };
	struct snug_arg_value *rule;
	__u32 index = mark->slot;
	void *map;

	if (!is_looked_at(index, abi, nr))
		return 0;
	map = bpf_map_lookup_elem(&snug_args, &index);
	if (!map)
		return 0;
	rule = bpf_map_lookup_elem(map, &key);
	if (!rule)
		return 0;
	key.kind = SNUG_ARG_TUPLE;
	key.side = (__u8)mark->side;
	key.values[0] = noted(arg_of_call(regs, abi, rule->index[0]), rule->mask[0]);
	if (rule->n > 1)
		key.values[1] = noted(arg_of_call(regs, abi, rule->index[1]), rule->mask[1]);
	if (rule->n > 2)
		key.values[2] = noted(arg_of_call(regs, abi, rule->index[2]), rule->mask[2]);
	if (!bpf_map_lookup_elem(map, &key))
		enter_tuple(slot, map, rule, &key);
	return 0;
}
