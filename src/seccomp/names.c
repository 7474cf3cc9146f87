/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/names.h"

#include "base/mem.h"
#include "base/words.h"
#include "seccomp/profile.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/seccomp.h>

/* generous: the highest errno of any Linux ABI is parisc's 257 */
enum { LAST_ERRNO = 300 };

/* Second names of a number, of which the C library gives only one. */
static const struct {
	const char *name;
	int value;
} aliases[] = {
	{ "EWOULDBLOCK", EWOULDBLOCK },
	{ "EDEADLOCK", EDEADLOCK },
	{ "ENOTSUP", ENOTSUP },
	{ "EOPNOTSUPP", EOPNOTSUPP },
};

static const char *const capabilities[] = {
	[CAP_CHOWN] = "CAP_CHOWN",
	[CAP_DAC_OVERRIDE] = "CAP_DAC_OVERRIDE",
	[CAP_DAC_READ_SEARCH] = "CAP_DAC_READ_SEARCH",
	[CAP_FOWNER] = "CAP_FOWNER",
	[CAP_FSETID] = "CAP_FSETID",
	[CAP_KILL] = "CAP_KILL",
	[CAP_SETGID] = "CAP_SETGID",
	[CAP_SETUID] = "CAP_SETUID",
	[CAP_SETPCAP] = "CAP_SETPCAP",
	[CAP_LINUX_IMMUTABLE] = "CAP_LINUX_IMMUTABLE",
	[CAP_NET_BIND_SERVICE] = "CAP_NET_BIND_SERVICE",
	[CAP_NET_BROADCAST] = "CAP_NET_BROADCAST",
	[CAP_NET_ADMIN] = "CAP_NET_ADMIN",
	[CAP_NET_RAW] = "CAP_NET_RAW",
	[CAP_IPC_LOCK] = "CAP_IPC_LOCK",
	[CAP_IPC_OWNER] = "CAP_IPC_OWNER",
	[CAP_SYS_MODULE] = "CAP_SYS_MODULE",
	[CAP_SYS_RAWIO] = "CAP_SYS_RAWIO",
	[CAP_SYS_CHROOT] = "CAP_SYS_CHROOT",
	[CAP_SYS_PTRACE] = "CAP_SYS_PTRACE",
	[CAP_SYS_PACCT] = "CAP_SYS_PACCT",
	[CAP_SYS_ADMIN] = "CAP_SYS_ADMIN",
	[CAP_SYS_BOOT] = "CAP_SYS_BOOT",
	[CAP_SYS_NICE] = "CAP_SYS_NICE",
	[CAP_SYS_RESOURCE] = "CAP_SYS_RESOURCE",
	[CAP_SYS_TIME] = "CAP_SYS_TIME",
	[CAP_SYS_TTY_CONFIG] = "CAP_SYS_TTY_CONFIG",
	[CAP_MKNOD] = "CAP_MKNOD",
	[CAP_LEASE] = "CAP_LEASE",
	[CAP_AUDIT_WRITE] = "CAP_AUDIT_WRITE",
	[CAP_AUDIT_CONTROL] = "CAP_AUDIT_CONTROL",
	[CAP_SETFCAP] = "CAP_SETFCAP",
	[CAP_MAC_OVERRIDE] = "CAP_MAC_OVERRIDE",
	[CAP_MAC_ADMIN] = "CAP_MAC_ADMIN",
	[CAP_SYSLOG] = "CAP_SYSLOG",
	[CAP_WAKE_ALARM] = "CAP_WAKE_ALARM",
	[CAP_BLOCK_SUSPEND] = "CAP_BLOCK_SUSPEND",
	[CAP_AUDIT_READ] = "CAP_AUDIT_READ",
	[CAP_PERFMON] = "CAP_PERFMON",
	[CAP_BPF] = "CAP_BPF",
	[CAP_CHECKPOINT_RESTORE] = "CAP_CHECKPOINT_RESTORE",
	NULL,
};

static const struct {
	const char *name;
	unsigned int bit;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV },
};

const char *snug_errno_name(uint32_t value)
{
	if (value == 0 || value > LAST_ERRNO)
		return NULL;
	return strerrorname_np((int)value);
}

uint32_t snug_errno_from_name(const char *name)
{
	for (uint32_t i = 1; i <= LAST_ERRNO; i++) {
		const char *known = snug_errno_name(i);

		if (known && strcmp(known, name) == 0)
			return i;
	}
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return (uint32_t)aliases[i].value;
	return 0;
}

uint32_t snug_errno_ret_value(const struct snug_errno_ret *ret, const char *name,
			      uint32_t otherwise)
{
	if (name && *name)
		return snug_errno_from_name(name);
	return ret->is_set ? ret->value : otherwise;
}

const char *const *snug_errno_names(void)
{
	static const char *names[LAST_ERRNO + ARRAY_SIZE(aliases) + 1];
	size_t n = 0;

	if (names[0])
		return names;
	for (uint32_t i = 1; i <= LAST_ERRNO; i++)
		if (snug_errno_name(i))
			names[n++] = snug_errno_name(i);
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		names[n++] = aliases[i].name;
	return names;
}

int snug_capability_from_name(const char *name)
{
	return snug_words_index(capabilities, name);
}

const char *const *snug_capability_names(void)
{
	return capabilities;
}

unsigned int snug_filter_flag_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(flags[i].name, name) == 0)
			return flags[i].bit;
	return 0;
}

const char *const *snug_filter_flag_names(void)
{
	static const char *names[ARRAY_SIZE(flags) + 1];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		names[i] = flags[i].name;
	return names;
}
