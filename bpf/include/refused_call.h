/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/*
 * Which calls seccomp refuses.  The filter runs before the tracepoint sys_enter; a call that it
 * refuses goes to the exit at once (syscall_trace_enter(), syscall_exit_work(): kernel/entry of
 * Linux 5.11 on).  So sys_exit without sys_enter is a refused call, except for what also returns to
 * user space without having entered while we looked:
 *
 *   a newborn, out of its parent's fork; a task that was in the middle of a call when we came:
 * their first exit is not told from a refused call, and never taken for one; a call that a tracer
 * skips with PTRACE_SYSEMU.
 *
 * What is trapped or killed shows as SIGSYS with si_code SYS_SECCOMP, or, of one thread among
 * others, as its end (kernel/seccomp.c, __seccomp_filter()).  What was trapped leaves through
 * sys_exit too: its "result" is its number, so no errno.
 */
#include <linux/bpf.h>

#include "abi_of_call.h"
#include "sigsys_info.h"
#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

enum {
	SECCOMP_FILTERED = 2,  /* SECCOMP_MODE_FILTER, linux/seccomp.h */
	SECCOMP_DEAD = 3,      /* SECCOMP_MODE_DEAD, kernel/seccomp.c; Linux 5.17 */
	MAX_ERRNO_VALUE = 4095 /* MAX_ERRNO, linux/err.h */
};

static __always_inline int seccomp_mode(const struct task_struct *task)
{
	return bpf_core_field_exists(task->seccomp.mode) ? task->seccomp.mode : 0;
}

static __always_inline bool is_filtered(const struct task_struct *task)
{
	return seccomp_mode(task) == SECCOMP_FILTERED;
}

/* The number in the registers: of the call that is being left, with __X32_SYSCALL_BIT. */
static __always_inline __u32 nr_of_regs(const struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return (__u32)regs->orig_ax;
#elif defined(__TARGET_ARCH_arm64)
	return (__u32)regs->syscallno;
#endif
}

/* Whether a tracer skips the task's calls (ptrace(2), PTRACE_SYSEMU). */
static __always_inline bool is_emulated(const struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	/* SYSCALL_WORK_SYSCALL_EMU, linux/thread_info.h */
	return bpf_core_field_exists(task->thread_info.syscall_work) &&
	       task->thread_info.syscall_work & 1ul << 3;
#elif defined(__TARGET_ARCH_arm64)
	return task->thread_info.flags & 1ul << 12; /* TIF_SYSCALL_EMU, asm/thread_info.h */
#endif
}

/* Whether the task's call may have ended at its tracer's hands, before the filter was asked. */
static __always_inline bool is_traced_away(const struct task_struct *task)
{
	if (!task->ptrace)
		return false;
	/* ptrace_report_syscall_entry() fails with a fatal signal: SIGKILL */
	return is_emulated(task) || task->pending.signal.sig[0] & 1ul << 8;
}

/* Whether @ret, of a call that was not entered, is an errno for the program: else somebody answered
 * it instead of the kernel (seccomp_unotify(2)), it was trapped, or it comes back once more: a
 * signal has interrupted it while it waited for that answer (ERESTARTSYS and such, linux/errno.h).
 */
static __always_inline bool is_errno(long ret)
{
	return ret < 0 && ret >= -MAX_ERRNO_VALUE && !(ret <= -512 && ret >= -516);
}

/* Whether the signal @sig with @info is seccomp's to the current task. */
static __always_inline bool is_from_seccomp(int sig, const void *info, struct sigsys_info *ret)
{
	/* 0 and 1 stand for SEND_SIG_NOINFO and SEND_SIG_PRIV (linux/sched/signal.h) */
	if (sig != SIGSYS_NR || (__u64)info <= 1)
		return false;
	return !bpf_probe_read_kernel(ret, sizeof(*ret), info) && ret->code == CODE_SYS_SECCOMP;
}

/* Of a task that was forced to die of SIGSYS, or to handle it.  FIXME(kernel 5.17): before that a
 * killed task can't be told from a trapped one. */
static __always_inline __u16 fate_of(const struct task_struct *task)
{
	return seccomp_mode(task) == SECCOMP_DEAD ? SNUG_DENIED_KILLED : SNUG_DENIED_TRAPPED;
}

/* Whether the exiting thread is killed for its call alone: no signal tells of that.  *nr is the
 * call. */
static __always_inline bool is_killed_alone(struct task_struct *task, __u32 *nr)
{
	const struct pt_regs *regs;

	if ((task->exit_code & 0x7f) != SIGSYS_NR || seccomp_mode(task) != SECCOMP_DEAD)
		return false;
	/* FIXME(kernel 5.15): the helper is as old */
	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return false;
	regs = (const struct pt_regs *)bpf_task_pt_regs(task);
	*nr = nr_of_regs(regs);
	return true;
}
