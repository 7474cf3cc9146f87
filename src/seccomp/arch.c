/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/arch.h"

#include "base/mem.h"

#include <elf.h>
#include <linux/audit.h>
#include <stddef.h>
#include <string.h>

#include <seccomp.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

struct arch {
	const char *name, *oci, *go;
	uint32_t audit, scmp;
	uint32_t base;
	bool is_32bit;
};

#define LE         __AUDIT_ARCH_LE
#define BITS64     __AUDIT_ARCH_64BIT
#define SAME(a)    (a), (a)
#define X32_BIT    0x40000000 /* __X32_SYSCALL_BIT */
#define LOONGARCH  (EM_LOONGARCH | BITS64 | LE)
#define SUPERH_LE  (EM_SH | LE)
#define MIPS_N32   AUDIT_ARCH_MIPS64N32
#define MIPSEL_N32 AUDIT_ARCH_MIPSEL64N32

static const struct arch archs[_SNUG_ARCH_MAX] = {
	[SNUG_ARCH_X86_64] = { "x86_64", "SCMP_ARCH_X86_64", "amd64", SAME(AUDIT_ARCH_X86_64) },
	[SNUG_ARCH_X86] = { "x86", "SCMP_ARCH_X86", "x86", SAME(AUDIT_ARCH_I386), 0, true },
	[SNUG_ARCH_X32] = { "x32", "SCMP_ARCH_X32", "x32", AUDIT_ARCH_X86_64, SCMP_ARCH_X32,
			    X32_BIT },
	[SNUG_ARCH_AARCH64] = { "aarch64", "SCMP_ARCH_AARCH64", "arm64", SAME(AUDIT_ARCH_AARCH64) },
	[SNUG_ARCH_ARM] = { "arm", "SCMP_ARCH_ARM", "arm", SAME(AUDIT_ARCH_ARM), 0, true },
	[SNUG_ARCH_RISCV64] = { "riscv64", "SCMP_ARCH_RISCV64", "riscv64",
				SAME(AUDIT_ARCH_RISCV64) },
	[SNUG_ARCH_S390X] = { "s390x", "SCMP_ARCH_S390X", "s390x", SAME(AUDIT_ARCH_S390X) },
	[SNUG_ARCH_S390] = { "s390", "SCMP_ARCH_S390", "s390", SAME(AUDIT_ARCH_S390), 0, true },
	[SNUG_ARCH_PPC64LE] = { "ppc64le", "SCMP_ARCH_PPC64LE", "ppc64le",
				SAME(AUDIT_ARCH_PPC64LE) },
	[SNUG_ARCH_PPC64] = { "ppc64", "SCMP_ARCH_PPC64", "ppc64", SAME(AUDIT_ARCH_PPC64) },
	[SNUG_ARCH_PPC] = { "ppc", "SCMP_ARCH_PPC", "ppc", SAME(AUDIT_ARCH_PPC), 0, true },
	[SNUG_ARCH_MIPS] = { "mips", "SCMP_ARCH_MIPS", "mips", SAME(AUDIT_ARCH_MIPS), 4000, true },
	[SNUG_ARCH_MIPS64] = { "mips64", "SCMP_ARCH_MIPS64", "mips64", SAME(AUDIT_ARCH_MIPS64),
			       5000 },
	[SNUG_ARCH_MIPS64N32] = { "mips64n32", "SCMP_ARCH_MIPS64N32", "mips64n32", SAME(MIPS_N32),
				  6000 },
	[SNUG_ARCH_MIPSEL] = { "mipsel", "SCMP_ARCH_MIPSEL", "mipsel", SAME(AUDIT_ARCH_MIPSEL),
			       4000, true },
	[SNUG_ARCH_MIPSEL64] = { "mipsel64", "SCMP_ARCH_MIPSEL64", "mipsel64",
				 SAME(AUDIT_ARCH_MIPSEL64), 5000 },
	[SNUG_ARCH_MIPSEL64N32] = { "mipsel64n32", "SCMP_ARCH_MIPSEL64N32", "mipsel64n32",
				    SAME(MIPSEL_N32), 6000 },
	[SNUG_ARCH_PARISC] = { "parisc", "SCMP_ARCH_PARISC", "parisc", SAME(AUDIT_ARCH_PARISC), 0,
			       true },
	[SNUG_ARCH_PARISC64] = { "parisc64", "SCMP_ARCH_PARISC64", "parisc64",
				 SAME(AUDIT_ARCH_PARISC64) },
	[SNUG_ARCH_LOONGARCH64] = { "loongarch64", "SCMP_ARCH_LOONGARCH64", "loong64",
				    SAME(LOONGARCH) },
	[SNUG_ARCH_M68K] = { "m68k", "SCMP_ARCH_M68K", "m68k", SAME(EM_68K), 0, true },
	[SNUG_ARCH_SH] = { "sh", "SCMP_ARCH_SH", "sh", SAME(SUPERH_LE), 0, true },
	[SNUG_ARCH_SHEB] = { "sheb", "SCMP_ARCH_SHEB", "sheb", SAME(EM_SH), 0, true },
};

static const struct arch *lookup(enum snug_arch arch)
{
	snug_bug_on((int)arch < 0 || arch >= _SNUG_ARCH_MAX);
	return &archs[arch];
}

const char *snug_arch_name(enum snug_arch arch)
{
	return lookup(arch)->name;
}

enum snug_arch snug_arch_from_name(const char *name)
{
	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		if (strcmp(archs[i].name, name) == 0)
			return (enum snug_arch)i;
	return _SNUG_ARCH_INVALID;
}

const char *snug_arch_oci_name(enum snug_arch arch)
{
	if (arch == SNUG_ARCH_NATIVE)
		return "SCMP_ARCH_NATIVE";
	return lookup(arch)->oci;
}

enum snug_arch snug_arch_from_oci_name(const char *name)
{
	for (int i = 0; i <= (int)SNUG_ARCH_NATIVE; i++)
		if (strcmp(snug_arch_oci_name((enum snug_arch)i), name) == 0)
			return (enum snug_arch)i;
	return _SNUG_ARCH_INVALID;
}

const char *const *snug_arch_oci_names(void)
{
	static const char *names[_SNUG_ARCH_MAX + 2];

	if (!names[0])
		for (int i = 0; i <= (int)SNUG_ARCH_NATIVE; i++)
			names[i] = snug_arch_oci_name((enum snug_arch)i);
	return names;
}

const char *snug_arch_go_name(enum snug_arch arch)
{
	return lookup(arch)->go;
}

const char *const *snug_arch_go_names(void)
{
	static const char *names[_SNUG_ARCH_MAX + 1];

	if (!names[0])
		for (int i = 0; i < _SNUG_ARCH_MAX; i++)
			names[i] = archs[i].go;
	return names;
}

enum snug_arch snug_arch_native(void)
{
	uint32_t token = seccomp_arch_native();

	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		if (archs[i].scmp == token)
			return (enum snug_arch)i;
	snug_bug_on("libseccomp runs on an ABI that is not in the table");
	return _SNUG_ARCH_INVALID;
}

enum snug_arch snug_arch_resolve(enum snug_arch arch, enum snug_arch native)
{
	return arch == SNUG_ARCH_NATIVE ? native : arch;
}

enum snug_arch snug_arch_from_audit(uint32_t audit_arch)
{
	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		if (archs[i].audit == audit_arch)
			return (enum snug_arch)i;
	return _SNUG_ARCH_INVALID;
}

enum snug_arch snug_arch_of_call(uint32_t audit_arch, uint32_t nr)
{
	enum snug_arch arch = snug_arch_from_audit(audit_arch);
	uint32_t x32_bit = snug_arch_number_base(SNUG_ARCH_X32);

	/* a negative number has all bits and is nobody's */
	if (arch == SNUG_ARCH_X86_64 && (nr & x32_bit) && !(nr & 1u << 31))
		return SNUG_ARCH_X32;
	return arch;
}

uint32_t snug_arch_to_audit(enum snug_arch arch)
{
	return lookup(arch)->audit;
}

uint32_t snug_arch_to_scmp(enum snug_arch arch)
{
	return lookup(arch)->scmp;
}

enum snug_arch snug_arch_family(enum snug_arch arch)
{
	static const enum snug_arch heads[][3] = {
		{ SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 },
		{ SNUG_ARCH_AARCH64, SNUG_ARCH_ARM, SNUG_ARCH_ARM },
		{ SNUG_ARCH_S390X, SNUG_ARCH_S390, SNUG_ARCH_S390 },
		{ SNUG_ARCH_PPC64, SNUG_ARCH_PPC, SNUG_ARCH_PPC },
		{ SNUG_ARCH_MIPS64, SNUG_ARCH_MIPS, SNUG_ARCH_MIPS64N32 },
		{ SNUG_ARCH_MIPSEL64, SNUG_ARCH_MIPSEL, SNUG_ARCH_MIPSEL64N32 },
		{ SNUG_ARCH_PARISC64, SNUG_ARCH_PARISC, SNUG_ARCH_PARISC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		if (arch == heads[i][1] || arch == heads[i][2])
			return heads[i][0];
	return arch;
}

uint32_t snug_arch_number_base(enum snug_arch arch)
{
	return lookup(arch)->base;
}

bool snug_arch_is_32bit(enum snug_arch arch)
{
	return lookup(arch)->is_32bit;
}

bool snug_arch_is_ilp32_of_64(enum snug_arch arch)
{
	return arch == SNUG_ARCH_X32 || arch == SNUG_ARCH_MIPS64N32 ||
	       arch == SNUG_ARCH_MIPSEL64N32;
}
