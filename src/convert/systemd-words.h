/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The words of systemd's system call filters. */
#include "seccomp/arch.h"

/* "x86-64", "native", "mips-le": as SystemCallArchitectures= has them (systemd.exec(5)); NULL for
 * an ABI that systemd does not know.  The inverse is INVALID when there is no such name. */
const char *snug_systemd_arch_name(enum snug_arch arch);
enum snug_arch snug_systemd_arch_from_name(const char *name);

/* The members of group "@basic-io" (data/systemd-groups.csv), NULL-terminated, groups among them;
 * NULL when there is no such group. */
const char *const *snug_systemd_group_members(const char *name);
