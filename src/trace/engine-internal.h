/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How engine.c (instances) and target.c (slots) share an instance. */
#include "snug_abi.h"
#include "trace/engine.h"

enum { SNUG_N_PROGS = 4 };

/* The counters of the programs' .bss, shared with the kernel. */
struct snug_shared_counters {
	unsigned long long *n_pending, *n_names; /* __u64 of the skeleton */
};

struct snug_engine {
	bool is_shared;
	int progs[SNUG_N_PROGS];
	int links[SNUG_N_PROGS]; /* holding them keeps the instance attached */
	int slots_fd, rings_fd, odd_fd, pending_fd, names_fd, tasks_fd, bss_fd;
	struct snug_slot *slots; /* mmap of SNUG_SLOTS */
	void *bss;               /* mmap of one page */
	struct snug_shared_counters counters;
};

/* Runs of the instance's programs that were skipped because one was running on the CPU already
 * (bpf_prog_info.recursion_misses, Linux 5.12); 0 where the kernel does not count. */
uint64_t snug_engine_misses(const struct snug_engine *e);
