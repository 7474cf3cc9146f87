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

enum {
	SNUG_SLOTS = 1024,          /* recordings at the same time */
	SNUG_CALLS = 1024,          /* call numbers of one ABI that have a bit */
	SNUG_ODD_PER_SLOT = 256,    /* distinct numbers beyond SNUG_CALLS that are kept */
	SNUG_DENIED_PER_SLOT = 512, /* different denials that are kept */
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

/* What became of a call that was refused, where it did not simply get an errno (1 to 4095). */
enum snug_denied {
	SNUG_DENIED_TRAPPED = 0xfffe, /* SIGSYS, which can be handled */
	SNUG_DENIED_KILLED = 0xffff,
};

/* Who made a call: two bitmaps of one recording. */
enum snug_side {
	SNUG_SIDE_MAIN,    /* what the target is, and its descendants */
	SNUG_SIDE_ENTERED, /* what came into its namespaces from outside, and its descendants */
	_SNUG_SIDE_MAX,
};

enum {
	SNUG_ABI_WORDS = SNUG_CALLS / 64,
	SNUG_SIDE_WORDS = _SNUG_ABI_MAX * SNUG_ABI_WORDS,
	SNUG_BIT_WORDS = _SNUG_SIDE_MAX * SNUG_SIDE_WORDS,
};

/* What tasks have in common that shall join. */
enum snug_group_kind {
	SNUG_GROUP_NONE,
	SNUG_GROUP_PROCESS, /* the threads of processes that are picked (SNUG_ROLE_PICKED) */
	SNUG_GROUP_TREE,    /* these and their descendants */
	SNUG_GROUP_MNTNS,   /* id: inode number of a mount namespace */
	SNUG_GROUP_CGROUP,  /* id: of a cgroup, or of one above the task's; hierarchy: its tree's */
	SNUG_GROUP_COMM,    /* the process' name is snug_scan.comm */
};

/* Also the key of the map `watches`. */
struct snug_group {
	__u32 kind;
	__u32 hierarchy; /* number of a cgroup tree (proc_cgroup(5)), 0 for version 2 */
	__u64 id;
};
_Static_assert(sizeof(struct snug_group) == 16, "");

/* An order for the iterator `snug_scan`, which its owner then reads: all tasks that are of @group
 * join.  The results are added up. */
struct snug_scan {
	struct snug_group group;
	char comm[SNUG_COMM_LEN]; /* padded with NUL */
	__u16 role;
	__u16 side;
	__u32 added; /* tasks that joined */
	__u32 taken; /* tasks that another recording has: they have not joined */
	__u32 tgid;  /* of the picked process, found on the way */
};
_Static_assert(sizeof(struct snug_scan) == 48, "");

/* Set in snug_slot.tasks when the last task of a target that is_finite has gone: from then on
 * nothing can join. */
#define SNUG_TASKS_ENDED (1ull << 63)

enum snug_slot_state {
	SNUG_SLOT_FREE,
	SNUG_SLOT_CLAIMED, /* by user space (compare and swap), being prepared */
	SNUG_SLOT_LIVE,
};

struct snug_slot {
	__u32 state;
	__u32 gen;        /* grows by one with each claim; 0: never used */
	__u64 tasks;      /* living threads of the target, and perhaps SNUG_TASKS_ENDED */
	__u64 odd;        /* numbers >= SNUG_CALLS noted in the map `odd` */
	__u64 lost_news;  /* events that found the ring full */
	__u64 lost_tasks; /* threads that could not be marked: their calls are missing */
	__u64 lost_odd;   /* numbers >= SNUG_CALLS beyond SNUG_ODD_PER_SLOT */
	__u32 is_finite;  /* the recording is over when the last task has gone */
	__u32 is_waiting; /* a process is armed and has not executed anything: nobody can enter */
	__u32 has_filter; /* a task of the target is under a seccomp filter, or was */
	__u32 denied;     /* entries in the map `denied` */
	struct snug_scan scan;
	__u32 with_args;            /* the recording looks at arguments: it has a map in `args` */
	__u32 lost_args;            /* tuples of arguments that could not be kept */
	__u32 exit_runs;            /* of snug_sys_exit for the owner's own calls */
	__u32 lost_denied;          /* denials beyond SNUG_DENIED_PER_SLOT different ones */
	__u64 bits[SNUG_BIT_WORDS]; /* the truth: which calls were made; side, ABI, number */
};
_Static_assert(sizeof(struct snug_slot) == 896, "a slot is fourteen cache lines");

enum snug_role {
	SNUG_ROLE_MEMBER = 1, /* calls are recorded, children are members */
	SNUG_ROLE_ARMED,      /* becomes a member with its next successful execve; a new thread of
			       * its process is armed, a new process is not */
	SNUG_ROLE_OWNER,      /* the recorder: its death frees the slot; never recorded */
	SNUG_ROLE_PICKED,     /* user space points at this task, for a scan; not counted */
};

/* Value of the task storage, of `pending`, `names` and `watches`. */
struct snug_mark {
	__u32 slot;
	__u32 gen;
	__u16 role;
	__u16 side;
	__u32 counted; /* 1: this mark is one of snug_slot.tasks; whoever sets it first counts */
	/* The task was seen leaving the kernel, and has not been seen entering it since: whoever
	 * leaves once more was refused.  0 as long as that is not known. */
	__u32 outside;
	__u32 is_told; /* of its SIGSYS */
};
_Static_assert(sizeof(struct snug_mark) == 24, "");

struct snug_odd_key {
	__u32 slot;
	__u32 gen;
	__u16 abi;
	__u16 side;
	__u32 nr;
};
_Static_assert(sizeof(struct snug_odd_key) == 16, "");

/* Key and value of `denied`. */
struct snug_denied_key {
	__u32 slot;
	__u32 gen;
	__u32 nr;
	__u16 result; /* an errno, or enum snug_denied */
	__u8 abi;
	__u8 side;
};
_Static_assert(sizeof(struct snug_denied_key) == 16, "");

struct snug_denied_value {
	__u64 count;
	__u64 first_ns; /* CLOCK_MONOTONIC */
	__u32 pid;      /* the first one's */
	__u32 pad;
	char comm[SNUG_COMM_LEN];
};
_Static_assert(sizeof(struct snug_denied_value) == 40, "");
enum { SNUG_ARG_TUPLE_MAX = 3, SNUG_ARG_ENTRIES = 16384 };
/* In a value of 32 bits: what was above them in the register was not an int's extension. */
#define SNUG_ARG_ODD_UPPER (1ull << 32)

enum snug_arg_kind_of_key {
	SNUG_ARG_RULE, /* what to look at of a call; side and values are 0 */
	SNUG_ARG_TUPLE,
};

/* Key of a recording's own map in `args`. */
struct snug_arg_key {
	__u8 kind;
	__u8 side;
	__u8 abi;
	__u8 pad;
	__u32 nr;
	__u64 values[SNUG_ARG_TUPLE_MAX];
};
_Static_assert(sizeof(struct snug_arg_key) == 32, "");

/* Its value; all 0 for a tuple. */
struct snug_arg_value {
	__u8 n;
	__u8 index[SNUG_ARG_TUPLE_MAX];
	__u32 limit; /* tuples of each side */
	__u64 mask[SNUG_ARG_TUPLE_MAX];
	__u32 count[_SNUG_SIDE_MAX]; /* tuples of each side; more than the limit: there were more */
};
_Static_assert(sizeof(struct snug_arg_value) == 40, "");

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
	SNUG_NEWS_FILTER, /* a task of the target is under a seccomp filter; told once */
	SNUG_NEWS_DENIED, /* seccomp refuses this call for the first time */
};

struct snug_news {
	__u16 type;
	__u16 side;
	__u32 gen;     /* SIGSYS: 1 for a child of the watcher, else 2 */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 pid;     /* thread group id */
	__u32 tid;
	__u32 abi; /* CALL; SIGSYS: AUDIT_ARCH_*; DENIED: with the result in the upper half */
	__u32 nr;  /* CALL, SIGSYS, DENIED; PROCESS: inode number of the mount namespace; EXIT: wait
		    * status
		    */
	char comm[SNUG_COMM_LEN];
};
_Static_assert(sizeof(struct snug_news) == 48, "");

struct snug_exec_news {
	struct snug_news head;
	char path[SNUG_PATH_LEN];
};
_Static_assert(sizeof(struct snug_exec_news) == 48 + SNUG_PATH_LEN, "");

/* Watching the whole host (denials.bpf.c). */
enum {
	SNUG_DENIAL_KINDS = 16384, /* processes times calls times answers */
	SNUG_DENIAL_LEVELS = 4,    /* of a cgroup's path */
	SNUG_DENIAL_NAME_LEN = 96, /* of one cgroup; longer ones are cut */
};

struct snug_denial_key {
	__u64 start_ns; /* of the process, CLOCK_BOOTTIME: process ids are used again */
	__u32 tgid;
	__u32 nr;     /* without __X32_SYSCALL_BIT */
	__u16 abi;    /* enum snug_bpf_abi */
	__u16 result; /* an errno, or enum snug_denied */
	__u32 pad;
};
_Static_assert(sizeof(struct snug_denial_key) == 24, "");

struct snug_denial_count {
	__u64 count;
	__u64 first_ns, last_ns;  /* CLOCK_MONOTONIC */
	char comm[SNUG_COMM_LEN]; /* of the first one's thread */
};
_Static_assert(sizeof(struct snug_denial_count) == 40, "");

/* The first of a kind. */
struct snug_denial_news {
	struct snug_denial_key key;
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 tid;
	__u32 pad;
	char comm[SNUG_COMM_LEN];
	/* of the task's cgroup, the one above it, and so on; empty from the root on */
	char cgroup[SNUG_DENIAL_LEVELS][SNUG_DENIAL_NAME_LEN];
};
_Static_assert(sizeof(struct snug_denial_news) == 56 + SNUG_DENIAL_LEVELS * SNUG_DENIAL_NAME_LEN,
	       "");

/* The programs' .bss. */
struct snug_denial_totals {
	__u64 n_denials;
	__u64 n_kinds;      /* entries ever made */
	__u64 lost_denials; /* of kinds that found no room */
	__u64 lost_news;    /* firsts that found no room: counted, but not told when */
};
