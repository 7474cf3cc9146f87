/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/proc.h"

#include "base/mem.h"
#include "base/parse.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAGS_FIELD = 9, START_FIELD = 22 }; /* of stat, proc(5) */
enum { PF_FORKNOEXEC = 0x40 };              /* linux/sched.h of the kernel; exec clears it */

ssize_t snug_proc_read(const char *root, pid_t pid, const char *file, char *buf, size_t size)
{
	CLEANUP(freep) char *path = xasprintf("%s/proc/%d/%s", root, pid, file);
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -1;
	while (len < size - 1) {
		ssize_t n = read(fd, buf + len, size - 1 - len);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	buf[len] = '\0';
	return (ssize_t)len;
}

/* A number of /proc/PID/stat, behind the second field. */
static bool stat_field(const char *root, pid_t pid, int number, uint64_t *ret)
{
	char stat[1024], *at;

	if (snug_proc_read(root, pid, "stat", stat, sizeof(stat)) < 0)
		return false;
	/* the second field is the name in parentheses, and may hold anything */
	at = strrchr(stat, ')');
	for (int field = 2; at && field < number; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	if (!at)
		return false;
	at[strcspn(at, " \n")] = '\0';
	return snug_parse_u64(at, UINT64_MAX, ret) == 0;
}

bool snug_proc_start(const char *root, pid_t pid, uint64_t *ret_ticks)
{
	return stat_field(root, pid, START_FIELD, ret_ticks);
}

bool snug_proc_has_executed(const char *root, pid_t pid)
{
	uint64_t flags;

	return !stat_field(root, pid, FLAGS_FIELD, &flags) || !(flags & PF_FORKNOEXEC);
}

bool snug_proc_namespace(const char *root, pid_t pid, const char *kind, uint64_t *ret)
{
	CLEANUP(freep) char *path = xasprintf("%s/proc/%d/ns/%s", root, pid, kind);
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	*ret = st.st_ino;
	return true;
}

int snug_proc_seccomp_mode(const char *root, pid_t pid)
{
	static const char key[] = "\nSeccomp:\t";
	char status[8192], *at;

	if (snug_proc_read(root, pid, "status", status, sizeof(status)) < 0)
		return -1;
	at = strstr(status, key);
	if (!at)
		return -1;
	at += sizeof(key) - 1;
	return *at >= '0' && *at <= '2' ? *at - '0' : -1;
}
