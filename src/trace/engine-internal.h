/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How engine.c (instances) and target.c (slots) share an instance. */
#include "snug_abi.h"
#include "trace/engine.h"

enum snug_prog {
	SNUG_PROG_SYS_ENTER,
	SNUG_PROG_FORK,
	SNUG_PROG_EXEC,
	SNUG_PROG_EXIT,
	SNUG_PROG_SIGNAL,
	SNUG_PROG_SCAN, /* an iterator: runs when it is read only */
	SNUG_N_PROGS,
};

/* The programs' .bss, shared with the kernel. */
struct snug_shared_counters {
	uint64_t n_pending, n_names, n_mntns, n_cgroups;
	uint64_t exit_is_on, exit_lock, exit_prog_id; /* exits.c */
	uint64_t arg_bits[_SNUG_ABI_MAX * SNUG_ABI_WORDS];
};

struct snug_engine {
	int progs[SNUG_N_PROGS];
	int links[SNUG_N_PROGS]; /* holding them keeps the instance attached */
	/* snug_sys_exit is loaded with the others and attached when it is wanted */
	int exit_prog, exit_link;
	int slots_fd, rings_fd, odd_fd, denied_fd, pending_fd, names_fd, watches_fd, tasks_fd,
		args_fd, bss_fd;
	struct snug_slot *slots;               /* mmap of SNUG_SLOTS */
	void *bss;                             /* mmap of one page */
	struct snug_shared_counters *counters; /* inside bss */
};

/* Runs of the instance's programs that were skipped because one was running on the CPU already
 * (bpf_prog_info.recursion_misses, Linux 5.12); 0 where the kernel does not count. */
uint64_t snug_engine_misses(const struct snug_engine *e);

/* Takes hold of the link of snug_sys_exit, if somebody has attached it: 0, or -ENOENT. */
int snug_engine_find_exit_link(struct snug_engine *e);

/* Two ways to load and attach; both fill the descriptors of @e.
 *
 * Light: a small BPF program does the work inside the kernel, so that user space need not read five
 * megabytes of type information: a third of the time and a tenth of the memory.  Needs Linux 5.17
 * (BPF_PROG_TYPE_SYSCALL, relocation in the kernel).  Negative errno without words.
 *
 * Full: libbpf in user space, for older kernels; its words explain what is wrong. */
int snug_engine_load_light(struct snug_engine *e, uint64_t build_id);
int snug_engine_load_full(struct snug_engine *e, uint64_t build_id, struct snug_err *err);
/* The embedded object. */
const void *snug_engine_object_bytes(size_t *ret_len);
