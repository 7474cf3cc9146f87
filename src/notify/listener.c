/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A notice is a handle on a task that is stopped inside the kernel.  Its pid is only good as long
 * as the task waits: whatever is looked up by it is followed by the question whether it still does.
 *
 * SECCOMP_IOCTL_NOTIF_RECV waits when there is nothing, hence the poll(2) in front of it; a call
 * that goes away in between leaves ENOENT behind (kernel/seccomp.c, seccomp_notify_recv).
 */
#include "notify/listener.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Linux 6.6 */
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

struct snug_listener {
	int fd; /* owned */
	/* as large as the running kernel's structs, which may be larger than ours */
	struct seccomp_notif *request;
	struct seccomp_notif_resp *response;
	size_t request_size, response_size;
	bool is_shared; /* the request, which then is not ours */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

int snug_listener_new(int fd, struct snug_listener **ret, struct snug_err *err)
{
	CLEANUP(snug_listener_freep) struct snug_listener *l = xcalloc(1, sizeof(*l));
	struct seccomp_notif_sizes sizes = { 0 };

	l->fd = fd;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return snug_err_errno(err, "seccomp(SECCOMP_GET_NOTIF_SIZES)");
	l->request_size = larger(sizes.seccomp_notif, sizeof(*l->request));
	l->response_size = larger(sizes.seccomp_notif_resp, sizeof(*l->response));
	l->request = xcalloc(1, l->request_size);
	l->response = xcalloc(1, l->response_size);
	/* a kernel without it wakes up somewhere else, which takes longer */
	(void)ioctl(l->fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	*ret = STEAL(l);
	return 0;
}

int snug_listener_share(struct snug_listener *l, void *room, size_t size)
{
	if (size < l->request_size)
		return -EINVAL;
	free(l->request);
	l->request = room;
	l->is_shared = true;
	return 0;
}

void snug_listener_let_pass_received(struct snug_listener *l, const void *room)
{
	const struct seccomp_notif *request = room;
	const struct snug_notice n = { .id = request->id };

	/* 0: there is none, or nobody could be told apart from it (the first id is random) */
	if (n.id)
		(void)snug_listener_let_pass(l, &n);
}

struct snug_listener *snug_listener_free(struct snug_listener *l)
{
	if (!l)
		return NULL;
	closep(&l->fd);
	if (!l->is_shared)
		free(l->request);
	free(l->response);
	free(l);
	return NULL;
}

int snug_listener_poll_fd(const struct snug_listener *l)
{
	return l->fd;
}

int snug_listener_receive(struct snug_listener *l, struct snug_notice *ret)
{
	return snug_listener_wait(l, 0, ret);
}

int snug_listener_wait(struct snug_listener *l, int timeout_ms, struct snug_notice *ret)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };

	if (poll(&p, 1, timeout_ms) < 0)
		return errno == EINTR ? 0 : -errno;
	if (!(p.revents & POLLIN))
		return p.revents & POLLHUP ? -EPIPE : 0;
	/* the kernel insists on zeroes */
	memset(l->request, 0, l->request_size);
	if (ioctl(l->fd, SECCOMP_IOCTL_NOTIF_RECV, l->request) < 0)
		return errno == ENOENT || errno == EINTR ? 0 : -errno;
	*ret = (struct snug_notice){
		.id = l->request->id,
		.pid = l->request->pid,
		.audit_arch = l->request->data.arch,
		.nr = (uint32_t)l->request->data.nr,
	};
	for (int i = 0; i < SNUG_NOTICE_ARGS; i++)
		ret->args[i] = l->request->data.args[i];
	return 1;
}

bool snug_listener_is_waiting(const struct snug_listener *l, const struct snug_notice *n)
{
	return ioctl(l->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &n->id) == 0;
}

static int answer(struct snug_listener *l, const struct snug_notice *n, int error, uint32_t flags)
{
	memset(l->response, 0, l->response_size);
	l->response->id = n->id;
	l->response->error = -error;
	l->response->flags = flags;
	while (ioctl(l->fd, SECCOMP_IOCTL_NOTIF_SEND, l->response) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int snug_listener_refuse(struct snug_listener *l, const struct snug_notice *n, int error)
{
	return answer(l, n, error, 0);
}

int snug_listener_let_pass(struct snug_listener *l, const struct snug_notice *n)
{
	return answer(l, n, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

/* process_vm_readv(2) reads a part of what is asked as long as that is cut at the ends of pages. */
static long read_by_pages(uint32_t pid, uint64_t address, void *buf, size_t size)
{
	enum { MAX_PARTS = 8 };
	struct iovec local = { buf, size }, parts[MAX_PARTS];
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	unsigned n = 0;
	long r;

	for (size_t left = size; left && n < MAX_PARTS; n++) {
		uint64_t in_page = page - address % page;
		size_t len = left < in_page ? left : (size_t)in_page;

		parts[n] = (struct iovec){ (void *)(uintptr_t)address, len };
		address += len;
		left -= len;
	}
	r = process_vm_readv((pid_t)pid, &local, 1, parts, n, 0);
	return r < 0 ? -errno : r;
}

bool snug_listener_has_proc(void)
{
	char self[16], expected[16];
	ssize_t len = readlink("/proc/self", self, sizeof(self));

	(void)snprintf(expected, sizeof(expected), "%d", (int)getpid());
	return len == (ssize_t)strlen(expected) && memcmp(self, expected, (size_t)len) == 0;
}

/* Where a container's filter forbids process_vm_readv(2), the file does the same. */
static long read_file(uint32_t pid, uint64_t address, void *buf, size_t size)
{
	CLEANUP(closep) int fd = -EBADF;
	char path[32];
	ssize_t r;

	(void)snprintf(path, sizeof(path), "/proc/%u/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = pread(fd, buf, size, (off_t)address);
	return r < 0 ? (errno == EIO ? -EFAULT : -errno) : r;
}

long snug_listener_read(const struct snug_listener *l, const struct snug_notice *n,
			uint64_t address, void *buf, size_t size)
{
	long r;

	if (!n->pid)
		return -ESRCH;
	if (address > INT64_MAX)
		return -EFAULT;
	r = read_by_pages(n->pid, address, buf, size);
	if ((r == -EPERM || r == -ENOSYS) && snug_listener_has_proc())
		r = read_file(n->pid, address, buf, size);
	return snug_listener_is_waiting(l, n) ? r : -ESRCH;
}

void snug_listener_comm(const struct snug_listener *l, const struct snug_notice *n, char ret[16])
{
	CLEANUP(closep) int fd = -EBADF;
	char path[32];
	ssize_t r;

	ret[0] = '\0';
	if (!snug_listener_has_proc())
		return;
	(void)snprintf(path, sizeof(path), "/proc/%u/comm", n->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? 0 : read(fd, ret, 16);
	if (r <= 0 || !snug_listener_is_waiting(l, n))
		r = 1;
	ret[r - 1] = '\0'; /* where the newline was */
}
