/* SPDX-License-Identifier: Apache-2.0 */
/* A bit for each process id that there can be (PID_MAX_LIMIT); ids that are used again by somebody
 * else lose theirs, because that birth is told too. */
#include "cmd/forks.h"

#include "base/mem.h"

#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PID_MAX_LIMIT = 4 << 20, /* include/linux/threads.h */
	BUFFER_BYTES = 4 << 20,
};

struct forks {
	int fd;
	bool has_lost;
	uint8_t *bits;
};

static void set(struct forks *f, uint32_t pid, bool on)
{
	uint8_t bit = (uint8_t)(1u << (pid & 7));

	if (pid >= PID_MAX_LIMIT)
		return;
	if (on)
		f->bits[pid >> 3] |= bit;
	else
		f->bits[pid >> 3] &= (uint8_t)~bit;
}

static bool get(const struct forks *f, uint32_t pid)
{
	return pid < PID_MAX_LIMIT && f->bits[pid >> 3] >> (pid & 7) & 1;
}

/* Asks for the news. */
static int listen_to_kernel(int fd)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	const enum proc_cn_mcast_op op = PROC_CN_MCAST_LISTEN;
	char request[NLMSG_LENGTH(sizeof(struct cn_msg) + sizeof(op))] = { 0 };
	const struct nlmsghdr head = { .nlmsg_len = sizeof(request), .nlmsg_type = NLMSG_DONE };
	const struct cn_msg msg = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(op) };
	int size = BUFFER_BYTES;

	memcpy(request, &head, sizeof(head));
	memcpy(request + NLMSG_HDRLEN, &msg, sizeof(msg));
	memcpy(request + NLMSG_HDRLEN + sizeof(msg), &op, sizeof(op));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    send(fd, request, sizeof(request), 0) < 0)
		return -errno;
	return 0;
}

struct forks *forks_new(pid_t pid)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
	struct forks *f;

	if (fd < 0)
		return NULL;
	if (listen_to_kernel(fd) < 0) {
		close(fd);
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->fd = fd;
	f->bits = xcalloc(PID_MAX_LIMIT / 8, 1);
	set(f, (uint32_t)pid, true);
	return f;
}

struct forks *forks_free(struct forks *f)
{
	if (!f)
		return NULL;
	closep(&f->fd);
	free(f->bits);
	free(f);
	return NULL;
}

/* A child that the command gives its own parent (CLONE_PARENT) is ours by that. */
static bool is_ours(const struct forks *f, uint32_t parent)
{
	return parent == (uint32_t)getpid() || get(f, parent);
}

/* @buf: a netlink message, which holds a connector's, which holds the event. */
static void take(struct forks *f, const char *buf, size_t len)
{
	struct cn_msg msg;
	struct proc_event ev = { 0 };
	size_t head = NLMSG_HDRLEN + sizeof(msg);

	if (len < head)
		return;
	memcpy(&msg, buf + NLMSG_HDRLEN, sizeof(msg));
	if (msg.id.idx != CN_IDX_PROC)
		return;
	memcpy(&ev, buf + head, len - head < sizeof(ev) ? len - head : sizeof(ev));
	/* not a thread's birth */
	if (ev.what == PROC_EVENT_FORK &&
	    ev.event_data.fork.child_pid == ev.event_data.fork.child_tgid)
		set(f, (uint32_t)ev.event_data.fork.child_tgid,
		    is_ours(f, (uint32_t)ev.event_data.fork.parent_tgid));
}

static void read_news(struct forks *f)
{
	char buf[4096];
	struct sockaddr_nl from;

	for (;;) {
		socklen_t from_len = sizeof(from);
		ssize_t n =
			recvfrom(f->fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &from_len);

		if (n < 0 && errno == ENOBUFS)
			f->has_lost = true;
		else if (n < 0 && errno != EINTR)
			return;
		/* only the kernel's word */
		else if (n > 0 && from.nl_pid == 0)
			take(f, buf, (size_t)n);
	}
}

bool forks_has(struct forks *f, pid_t pid)
{
	read_news(f);
	return get(f, (uint32_t)pid);
}

bool forks_has_lost(const struct forks *f)
{
	return f->has_lost;
}
