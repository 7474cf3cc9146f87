/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* Which system call ABI a task uses for the call that it is making. */
#include "snug_abi.h"
#include "vmlinux.h"

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

#elif defined(__TARGET_ARCH_arm64)

#define NR_EXECVE 221         /* asm-generic/unistd.h */
#define TIF_32BIT (1ul << 22) /* arch/arm64/include/asm/thread_info.h */

static __always_inline __u32 abi_of_call(const struct task_struct *task, __u32 *nr)
{
	return task->thread_info.flags & TIF_32BIT ? SNUG_ABI_COMPAT : SNUG_ABI_NATIVE;
}

#else
#error "the BPF engine knows x86-64 and arm64"
#endif
