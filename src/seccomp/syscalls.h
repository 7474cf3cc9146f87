/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * System call tables: libseccomp's, completed by data/syscalls-*.csv for calls that are newer than
 * the installed libseccomp.
 */
#include "seccomp/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of call @nr on @arch, or NULL when no table knows it.  For x32, @nr may or may not carry
 * __X32_SYSCALL_BIT.  Static memory. */
const char *snug_syscall_name(enum snug_arch arch, uint32_t nr);
/* The number of @name on @arch as the kernel sees it (x32: with __X32_SYSCALL_BIT), or -ENOENT when
 * the ABI does not have it or has it only behind a multiplexer (socketcall(2), ipc(2)). */
int64_t snug_syscall_number(enum snug_arch arch, const char *name);

/* How an ABI lets a call be made through another one: the first argument of @parent is @sub. */
struct snug_syscall_mux {
	const char *parent; /* "socketcall" or "ipc" */
	uint32_t parent_nr;
	uint32_t sub;
	/* what the kernel looks at of that argument: ipc(2) keeps a version in the upper half, and
	 * socketcall(2) takes an int (ipc/syscall.c, net/socket.c) */
	uint32_t mask;
};
/* Whether @name can be reached through a multiplexer on @arch; then *ret says how.  The same call
 * may have a number of its own beside it (i386 since Linux 4.3). */
bool snug_syscall_multiplexer(enum snug_arch arch, const char *name, struct snug_syscall_mux *ret);

/* Whether @arch has the call at all, by a number of its own or behind a multiplexer. */
bool snug_syscall_is_on(enum snug_arch arch, const char *name);
/* "socketcall", "ipc", NULL */
extern const char *const snug_syscall_mux_parents[];
bool snug_syscall_is_mux_parent(const char *name);

/* Whether any ABI has a call of this name. */
bool snug_syscall_is_known(const char *name);
/* The kernel that added the call, as KERNEL_VERSION(a, b, 0) (linux/version.h) counts; 0 when it is
 * older than the tables in data/. */
uint32_t snug_syscall_since(const char *name);
/* Whether only data/ knows @name, not the libseccomp that is linked. */
bool snug_syscall_is_beyond_libseccomp(const char *name);
/* All known names, sorted, NULL-terminated: for "did you mean" and completion.  Built once, never
 * freed. */
const char *const *snug_syscall_names(void);
