/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* Which system call ABI a task uses for the call that it is making, and that call's arguments. */
#include "snug_abi.h"
#include "vmlinux.h"

#include <stdbool.h>

#if defined(__TARGET_ARCH_x86)

#define NR_EXECVE       59         /* arch/x86/entry/syscalls/syscall_64.tbl */
#define TS_COMPAT       0x0002     /* arch/x86/include/asm/thread_info.h */
#define X32_SYSCALL_BIT 0x40000000 /* arch/x86/include/uapi/asm/unistd.h */

static __always_inline __u32 abi_of_call(const struct task_struct *task, __u32 *nr)
{
	if (task->thread_info.status & TS_COMPAT)
		return SNUG_ABI_COMPAT;
	/* -1 is what a tracer leaves to skip a call, not an x32 number */
	if ((*nr & X32_SYSCALL_BIT) && !(*nr & 0x80000000)) {
		*nr &= ~X32_SYSCALL_BIT;
		return SNUG_ABI_X32;
	}
	return SNUG_ABI_NATIVE;
}

/* Argument @i of the call that is being entered (arch/x86/entry/calling.h, entry_64_compat.S); what
 * is left in the upper halves by a 64-bit program's int $0x80 does not count. */
static __always_inline __u64 arg_of_call(const struct pt_regs *regs, __u32 abi, __u32 i)
{
	bool is_compat = abi == SNUG_ABI_COMPAT;
	__u64 value;

	switch (i) {
	case 0:
		value = is_compat ? regs->bx : regs->di;
		break;
	case 1:
		value = is_compat ? regs->cx : regs->si;
		break;
	case 2:
		value = regs->dx;
		break;
	case 3:
		value = is_compat ? regs->si : regs->r10;
		break;
	case 4:
		value = is_compat ? regs->di : regs->r8;
		break;
	default:
		value = is_compat ? regs->bp : regs->r9;
		break;
	}
	return is_compat ? (__u32)value : value;
}

#elif defined(__TARGET_ARCH_arm64)

#define NR_EXECVE 221         /* asm-generic/unistd.h */
#define TIF_32BIT (1ul << 22) /* arch/arm64/include/asm/thread_info.h */

static __always_inline __u32 abi_of_call(const struct task_struct *task, __u32 *nr)
{
	return task->thread_info.flags & TIF_32BIT ? SNUG_ABI_COMPAT : SNUG_ABI_NATIVE;
}

/* Argument @i of the call that is being entered (arch/arm64/include/asm/syscall.h): x0 may hold the
 * result already. */
static __always_inline __u64 arg_of_call(const struct pt_regs *regs, __u32 abi, __u32 i)
{
	__u64 value;

	switch (i) {
	case 0:
		value = regs->orig_x0;
		break;
	case 1:
		value = regs->regs[1];
		break;
	case 2:
		value = regs->regs[2];
		break;
	case 3:
		value = regs->regs[3];
		break;
	case 4:
		value = regs->regs[4];
		break;
	default:
		value = regs->regs[5];
		break;
	}
	return abi == SNUG_ABI_COMPAT ? (__u32)value : value;
}

#else
#error "the BPF engine knows x86-64 and arm64"
#endif
