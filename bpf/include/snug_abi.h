/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * The contract between the BPF programs and user space; the only header both include.
 * Fixed-size types, explicit padding, sizes asserted for both compilers.
 *
 * One instance of the programs serves every recording on the host.  A recording owns one slot; a
 * task that belongs to it carries the slot's number and generation in its task-local storage.
 * Whoever finds a generation other than the slot's own looks at the past and does nothing.
 */
#include <linux/types.h>

#define SNUG_ABI_VERSION 1

enum {
	SNUG_SLOTS = 1024,       /* recordings at the same time */
	SNUG_CALLS = 1024,       /* call numbers of one ABI that have a bit */
	SNUG_ODD_PER_SLOT = 256, /* distinct numbers beyond SNUG_CALLS that are kept */
	SNUG_RING_BYTES = 512 << 10,
	SNUG_COMM_LEN = 16,  /* TASK_COMM_LEN, linux/sched.h */
	SNUG_PATH_LEN = 256, /* of an executed file; longer ones are cut */
};

/* The system call ABIs that one machine serves at the same time. */
enum snug_bpf_abi {
	SNUG_ABI_NATIVE,
	SNUG_ABI_COMPAT, /* i386 on x86-64, arm on arm64 */
	SNUG_ABI_X32,
	_SNUG_ABI_MAX,
};

enum { SNUG_ABI_WORDS = SNUG_CALLS / 64 };

enum snug_slot_state {
	SNUG_SLOT_FREE,
	SNUG_SLOT_CLAIMED, /* by user space (compare and swap), being prepared */
	SNUG_SLOT_LIVE,
};

struct snug_slot {
	__u32 state;
	__u32 gen;        /* grows by one with each claim; 0: never used */
	__u64 tasks;      /* living threads of the target */
	__u64 odd;        /* numbers >= SNUG_CALLS noted in the map `odd` */
	__u64 lost_news;  /* events that found the ring full */
	__u64 lost_tasks; /* threads that could not be marked: their calls are missing */
	__u64 lost_odd;   /* numbers >= SNUG_CALLS beyond SNUG_ODD_PER_SLOT */
	__u64 reserved;
	__u64 bits[_SNUG_ABI_MAX * SNUG_ABI_WORDS]; /* the truth: which calls were made */
	__u64 reserved2;
};
_Static_assert(sizeof(struct snug_slot) == 448, "a slot is seven cache lines");

enum snug_role {
	SNUG_ROLE_MEMBER = 1, /* calls are recorded, children are members */
	SNUG_ROLE_ARMED,      /* becomes a member with its next successful execve */
	SNUG_ROLE_OWNER,      /* the recorder: its death frees the slot; never recorded */
};

/* Value of the task storage, of `pending` and of `names`. */
struct snug_mark {
	__u32 slot;
	__u32 gen;
	__u32 role;
	__u32 pad;
};
_Static_assert(sizeof(struct snug_mark) == 16, "");

struct snug_odd_key {
	__u32 slot;
	__u32 gen;
	__u32 abi;
	__u32 nr;
};
_Static_assert(sizeof(struct snug_odd_key) == 16, "");

struct snug_name_key {
	char comm[SNUG_COMM_LEN]; /* padded with NUL */
};

enum snug_news_type {
	SNUG_NEWS_CALL = 1, /* the target makes this call for the first time */
	SNUG_NEWS_PROCESS,  /* a new process (not a thread) joined */
	SNUG_NEWS_EXEC,
	SNUG_NEWS_EXIT,   /* the last thread of a process ended */
	SNUG_NEWS_END,    /* the last task of the target ended */
	SNUG_NEWS_SIGSYS, /* seccomp killed a process, or trapped it */
};

struct snug_news {
	__u32 type;
	__u32 gen;     /* SIGSYS: 1 for a child of the watcher, else 2 */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 pid;     /* thread group id */
	__u32 tid;
	__u32 abi; /* CALL; SIGSYS: AUDIT_ARCH_* */
	__u32 nr;  /* CALL, SIGSYS; PROCESS: inode number of the mount namespace; EXIT: wait status
		    */
	char comm[SNUG_COMM_LEN];
};
_Static_assert(sizeof(struct snug_news) == 48, "");

struct snug_exec_news {
	struct snug_news head;
	char path[SNUG_PATH_LEN];
};
_Static_assert(sizeof(struct snug_exec_news) == 48 + SNUG_PATH_LEN, "");
