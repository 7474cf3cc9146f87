/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/syscalls-*.csv as C; the .c file is made by tools/gen-syscalls. */
#include "seccomp/arch.h"

#include <stddef.h>
#include <stdint.h>

struct snug_syscall_row {
	const char *name;
	uint32_t number; /* without the offset that MIPS and x32 add */
	uint32_t since;  /* KERNEL_VERSION() */
	uint64_t abis;   /* bit n = enum snug_arch n has it */
};

extern const struct snug_syscall_row snug_syscall_rows[]; /* sorted by name */
extern const size_t snug_n_syscall_rows;
