/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * System call ABIs and their many names.  An "arch" here is one ABI as seccomp sees it
 * (AUDIT_ARCH_* plus x32, seccomp(2)).
 */
#include <stdbool.h>
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
	SNUG_ARCH_LOONGARCH64,
	SNUG_ARCH_M68K,
	SNUG_ARCH_SH,
	SNUG_ARCH_SHEB,
	_SNUG_ARCH_MAX,
	/* only in the lists of a profile: whatever the host is; see snug_arch_resolve() */
	SNUG_ARCH_NATIVE = _SNUG_ARCH_MAX,
	_SNUG_ARCH_INVALID = -1,
};

/* "x86_64", "x86", "x32", ...: for people and for recordings; from_name is its inverse (INVALID
 * when there is none). */
const char *snug_arch_name(enum snug_arch arch);
enum snug_arch snug_arch_from_name(const char *name);
/* "SCMP_ARCH_X86_64", the spelling of OCI profiles; SCMP_ARCH_NATIVE is SNUG_ARCH_NATIVE. */
const char *snug_arch_oci_name(enum snug_arch arch);
enum snug_arch snug_arch_from_oci_name(const char *name);
/* All OCI spellings, NULL-terminated, for "did you mean". */
const char *const *snug_arch_oci_names(void);
/* "amd64", "arm64", "x86", ...: as includes/excludes.arches of the containers-common dialect spell
 * them, which is how libseccomp-golang does. */
const char *snug_arch_go_name(enum snug_arch arch);
const char *const *snug_arch_go_names(void);
/* The ABI this build runs as. */
enum snug_arch snug_arch_native(void);
/* @arch, or @native for SNUG_ARCH_NATIVE. */
enum snug_arch snug_arch_resolve(enum snug_arch arch, enum snug_arch native);
/* The ABI of an AUDIT_ARCH_* value (linux/audit.h); x32 shares x86_64's. INVALID when unknown. */
enum snug_arch snug_arch_from_audit(uint32_t audit_arch);
/* The ABI of a call as the kernel tells of it: AUDIT_ARCH_*, and the number, whose bit
 * __X32_SYSCALL_BIT tells x32 from x86_64. */
enum snug_arch snug_arch_of_call(uint32_t audit_arch, uint32_t nr);
uint32_t snug_arch_to_audit(enum snug_arch arch);
/* libseccomp's SCMP_ARCH_* token; an older libseccomp may refuse it. */
uint32_t snug_arch_to_scmp(enum snug_arch arch);
/* What the ABI adds to the numbers of the kernel's table: 4000, 5000, 6000 on MIPS,
 * __X32_SYSCALL_BIT on x32, 0 elsewhere. */
uint32_t snug_arch_number_base(enum snug_arch arch);
/* The ABI of 64 bits (or the only one) of the kernels that can run @arch: X86_64 for X86 and X32.
 */
enum snug_arch snug_arch_family(enum snug_arch arch);
/* Whether system call arguments have 32 bits. */
bool snug_arch_is_32bit(enum snug_arch arch);
/* Whether pointers have 32 bits but system call arguments 64: x32, MIPS n32. */
bool snug_arch_is_ilp32_of_64(enum snug_arch arch);
