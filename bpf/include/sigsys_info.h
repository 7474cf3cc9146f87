/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* What the kernel says with the SIGSYS of a filter. */
#include "vmlinux.h"

enum {
	SIGSYS_NR = 31,      /* asm-generic/signal.h */
	CODE_SYS_SECCOMP = 1 /* asm-generic/siginfo.h */
};

/* The head of siginfo_t for SIGSYS on 64-bit kernels (asm-generic/siginfo.h). */
struct sigsys_info {
	__s32 signo;
	__s32 err;
	__s32 code;
	__s32 pad;
	__u64 call_addr;
	__s32 syscall;
	__u32 arch;
};
