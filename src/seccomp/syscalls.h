/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * System call tables: libseccomp's, completed by data/syscalls-*.csv for calls that are newer than
 * the installed libseccomp.  An "arch" here is one system call ABI as seccomp sees it
 * (AUDIT_ARCH_* plus x32, seccomp(2)).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum snug_arch {
	SNUG_ARCH_X86_64,
	SNUG_ARCH_X86,
	SNUG_ARCH_X32,
	SNUG_ARCH_AARCH64,
	SNUG_ARCH_ARM,
	SNUG_ARCH_RISCV64,
	SNUG_ARCH_S390X,
	SNUG_ARCH_S390,
	SNUG_ARCH_PPC64LE,
	SNUG_ARCH_PPC64,
	SNUG_ARCH_PPC,
	SNUG_ARCH_MIPS,
	SNUG_ARCH_MIPS64,
	SNUG_ARCH_MIPS64N32,
	SNUG_ARCH_MIPSEL,
	SNUG_ARCH_MIPSEL64,
	SNUG_ARCH_MIPSEL64N32,
	SNUG_ARCH_PARISC,
	SNUG_ARCH_PARISC64,
	_SNUG_ARCH_MAX,
	_SNUG_ARCH_INVALID = -1,
};

/* "x86_64", "x86", "x32", ...: for people and for recordings; from_name is its inverse (INVALID
 * when there is none). */
const char *snug_arch_name(enum snug_arch arch);
enum snug_arch snug_arch_from_name(const char *name);
/* "SCMP_ARCH_X86_64", the spelling of OCI profiles; SCMP_ARCH_NATIVE resolves to the native one. */
const char *snug_arch_oci_name(enum snug_arch arch);
enum snug_arch snug_arch_from_oci_name(const char *name);
/* "amd64", "arm64", ...: Go's names, as includes/excludes.arches use them; NULL where Go has none.
 */
const char *snug_arch_go_name(enum snug_arch arch);
/* The ABI this build runs as. */
enum snug_arch snug_arch_native(void);
/* The ABI of an AUDIT_ARCH_* value (linux/audit.h); x32 shares x86_64's. INVALID when unknown. */
enum snug_arch snug_arch_from_audit(uint32_t audit_arch);
uint32_t snug_arch_to_audit(enum snug_arch arch);
/* libseccomp's SCMP_ARCH_* token. */
uint32_t snug_arch_to_scmp(enum snug_arch arch);

/* The name of call @nr on @arch, or NULL when no table knows it.  For x32, @nr may or may not carry
 * __X32_SYSCALL_BIT.  Static memory. */
const char *snug_syscall_name(enum snug_arch arch, uint32_t nr);
/* The number of @name on @arch as the kernel sees it (x32: with __X32_SYSCALL_BIT), or -ENOENT when
 * the ABI does not have it or has it only behind a multiplexer (socketcall(2), ipc(2)). */
int64_t snug_syscall_number(enum snug_arch arch, const char *name);
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
