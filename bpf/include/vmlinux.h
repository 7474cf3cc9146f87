/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * The kernel types that the programs look into, trimmed by hand to the fields they use.  Only
 * names and nesting matter: libbpf finds the real offsets in the running kernel's BTF
 * (Documentation/bpf/btf.rst, "CO-RE relocations").
 */
#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct thread_info {
	unsigned long flags;        /* arm64: TIF_* */
	unsigned long syscall_work; /* x86: SYSCALL_WORK_* (linux/thread_info.h, Linux 5.11) */
	__u32 status;               /* x86: TS_COMPAT (arch/x86/include/asm/thread_info.h) */
};

typedef struct {
	int counter;
} atomic_t;

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct kernfs_node {
	__u64 id;
	const char *name;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
	int level; /* 0: the root */
};

struct css_set {
	struct cgroup_subsys_state *subsys[16]; /* as many as the kernel has controllers */
	struct cgroup *dfl_cgrp;
};

struct signal_struct {
	atomic_t live; /* threads that have not begun to exit */
};

struct bpf_local_storage;

typedef struct {
	unsigned long sig[1];
} sigset_t;

struct sigpending {
	sigset_t signal;
};

struct seccomp {
	int mode; /* linux/seccomp.h; 3, SECCOMP_MODE_DEAD: it is being killed (Linux 5.17) */
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags; /* PF_* (linux/sched.h) */
	unsigned int ptrace;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	int exit_code;
	__u64 start_boottime; /* nanoseconds */
	char comm[16];
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct sigpending pending;
	struct css_set *cgroups;
	struct bpf_local_storage *bpf_storage; /* CONFIG_BPF_SYSCALL; NULL: no map has a value */
	struct seccomp seccomp;                /* empty without CONFIG_SECCOMP */
};

struct linux_binprm {
	const char *filename;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r10, r9, r8, dx, cx, bx, bp, si, di, orig_ax;
};
#else
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	int syscallno;
};
#endif

struct bpf_iter__task {
	struct task_struct *task;
};

#pragma clang attribute pop
