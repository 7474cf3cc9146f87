/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kernel-log.h"

#include "base/mem.h"
#include "base/parse.h"
#include "trace/probe.h"
#include "trace/sigsys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

int kernel_log_open(void)
{
	CLEANUP(closep) int fd = -EBADF;

	if (snug_probe_is_disabled("kmsg"))
		return -EOPNOTSUPP;
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		return -errno;
	return snug_steal_fd(&fd);
}

/* The number behind " KEY=" in @record; @prefix ("0x") is put in front of its digits. */
static bool field(const char *record, const char *key, const char *prefix, uint64_t max,
		  uint64_t *ret)
{
	CLEANUP(freep) char *pattern = xasprintf(" %s=", key);
	const char *p = strstr(record, pattern);
	CLEANUP(freep) char *digits = NULL;

	if (!p)
		return false;
	p += strlen(pattern);
	digits = xasprintf("%s%.*s", prefix, (int)strcspn(p, " \n"), p);
	return snug_parse_u64(digits, max, ret) == 0;
}

/* The kernel writes comm and exe, which a program chooses, in hexadecimal when they hold a blank or
 * a quote (audit_log_untrustedstring()), so no name can pose as another field. */
bool kernel_log_parse_kill(const char *record, pid_t pid, struct snug_sigsys_event *ret)
{
	uint64_t got_pid, sig, arch, nr;

	if (!strstr(record, "audit: type=1326 ") ||
	    !field(record, "pid", "", INT32_MAX, &got_pid) ||
	    !field(record, "sig", "", INT32_MAX, &sig) ||
	    !field(record, "arch", "0x", UINT32_MAX, &arch) ||
	    !field(record, "syscall", "", UINT32_MAX, &nr))
		return false;
	if ((pid_t)got_pid != pid || sig != 31)
		return false;
	*ret = (struct snug_sigsys_event){
		.pid = (uint32_t)got_pid,
		.audit_arch = (uint32_t)arch,
		.nr = (uint32_t)nr,
	};
	return true;
}

bool kernel_log_find_kill(int fd, pid_t pid, int wait_ms, struct snug_sigsys_event *ret)
{
	enum { RECORD_MAX = 8192, STEP_MS = 10 };
	char record[RECORD_MAX];

	for (int waited = 0;;) {
		ssize_t n = read(fd, record, sizeof(record) - 1);

		if (n > 0) {
			record[n] = '\0';
			if (kernel_log_parse_kill(record, pid, ret))
				return true;
			continue;
		}
		/* EPIPE: records were overwritten before we read them, the next read goes on */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n == 0 || errno != EAGAIN || waited >= wait_ms)
			return false;
		(void)poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, STEP_MS);
		waited += STEP_MS;
	}
}
