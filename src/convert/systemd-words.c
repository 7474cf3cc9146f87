/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/systemd-words.h"

#include "convert/systemd-groups.h"

#include <string.h>

static const char *const arch_names[] = {
	[SNUG_ARCH_X86_64] = "x86-64",
	[SNUG_ARCH_X86] = "x86",
	[SNUG_ARCH_X32] = "x32",
	[SNUG_ARCH_AARCH64] = "arm64",
	[SNUG_ARCH_ARM] = "arm",
	[SNUG_ARCH_RISCV64] = "riscv64",
	[SNUG_ARCH_S390X] = "s390x",
	[SNUG_ARCH_S390] = "s390",
	[SNUG_ARCH_PPC64LE] = "ppc64-le",
	[SNUG_ARCH_PPC64] = "ppc64",
	[SNUG_ARCH_PPC] = "ppc",
	[SNUG_ARCH_MIPS] = "mips",
	[SNUG_ARCH_MIPS64] = "mips64",
	[SNUG_ARCH_MIPS64N32] = "mips64-n32",
	[SNUG_ARCH_MIPSEL] = "mips-le",
	[SNUG_ARCH_MIPSEL64] = "mips64-le",
	[SNUG_ARCH_MIPSEL64N32] = "mips64-le-n32",
	[SNUG_ARCH_PARISC] = "parisc",
	[SNUG_ARCH_PARISC64] = "parisc64",
	[SNUG_ARCH_LOONGARCH64] = "loongarch64",
	[SNUG_ARCH_M68K] = "m68k",
	[SNUG_ARCH_NATIVE] = "native",
};

const char *snug_systemd_arch_name(enum snug_arch arch)
{
	return (int)arch >= 0 && arch <= SNUG_ARCH_NATIVE ? arch_names[arch] : NULL;
}

enum snug_arch snug_systemd_arch_from_name(const char *name)
{
	for (int i = 0; i <= (int)SNUG_ARCH_NATIVE; i++)
		if (arch_names[i] && strcmp(arch_names[i], name) == 0)
			return (enum snug_arch)i;
	return _SNUG_ARCH_INVALID;
}

const char *const *snug_systemd_group_members(const char *name)
{
	for (const struct snug_systemd_group *g = snug_systemd_groups; g->name; g++)
		if (strcmp(g->name, name) == 0)
			return g->members;
	return NULL;
}
