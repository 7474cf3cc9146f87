/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel multicasts each audit record, one a datagram: a netlink header, whose length is not to
 * be trusted (kauditd_send_multicast_skb() tells why), and the text.  A reader that is too slow
 * loses records; how many, the kernel counts for each socket.
 */
#include "audit/source-internal.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/audit.h>
#include <linux/netlink.h>

enum {
	MESSAGE_BYTES = 16 << 10, /* MAX_AUDIT_MESSAGE_LENGTH is 8970 */
	SOCKET_BYTES = 8 << 20,   /* some 10,000 records that nobody has read yet */
	NETLINK_FILE_BYTES = 4 << 20,
	REPLY_WAIT_US = 200000,
};

struct netlink_source {
	struct snug_audit_source base;
	int fd;
	bool has_kernel_lost, has_missed;
	uint32_t first_kernel_lost; /* when we came */
	char *message;              /* owned */
};

/* The columns of /proc/net/netlink: sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode */
static bool parse_drops(const char *line, uint64_t inode, uint64_t *ret)
{
	unsigned long long drops, got;

	if (sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %llu %llu", &drops, &got) != 2 ||
	    got != inode)
		return false;
	*ret = drops;
	return true;
}

int snug_audit_socket_drops(int fd, uint64_t *ret)
{
	CLEANUP(freep) char *text = NULL;
	struct stat st;
	size_t len;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	r = snug_read_file("/proc/self/net/netlink", NETLINK_FILE_BYTES, &text, &len, NULL);
	if (r < 0)
		return r;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (parse_drops(line, st.st_ino, ret))
			return 0;
	}
	return -ENOENT;
}

int snug_audit_kernel_lost(uint32_t *ret)
{
	struct {
		struct nlmsghdr header;
		union {
			struct audit_status status;
			char room[256]; /* newer kernels say more */
		};
	} message = { .header = { .nlmsg_len = NLMSG_LENGTH(0),
				  .nlmsg_type = AUDIT_GET,
				  .nlmsg_flags = NLM_F_REQUEST } };
	const struct timeval wait = { .tv_usec = REPLY_WAIT_US };
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	CLEANUP(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	ssize_t n;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (sendto(fd, &message, NLMSG_LENGTH(0), 0, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	n = recv(fd, &message, sizeof(message), 0);
	if (n < 0)
		return -errno;
	if (message.header.nlmsg_type != AUDIT_GET ||
	    (size_t)n < sizeof(message.header) + offsetof(struct audit_status, lost) +
				sizeof(message.status.lost))
		return -EPERM; /* NLMSG_ERROR */
	*ret = message.status.lost;
	return 0;
}

static void update_counts(struct snug_audit_source *base)
{
	struct netlink_source *s = (struct netlink_source *)base;
	uint64_t drops = 0;
	uint32_t now;

	if (snug_audit_socket_drops(s->fd, &drops) < 0)
		drops = s->has_missed; /* some, at least */
	base->counts.lost = drops;
	if (s->has_kernel_lost && snug_audit_kernel_lost(&now) == 0)
		base->counts.lost += now - s->first_kernel_lost;
	base->counts.is_lost_bound = base->counts.lost; /* of any type */
}

static int next(struct snug_audit_source *base, struct snug_audit_event *ret_ev,
		struct snug_err *err)
{
	struct netlink_source *s = (struct netlink_source *)base;
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { s->message, MESSAGE_BYTES };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1
	};
	struct nlmsghdr header;

	/* others want a turn, too */
	for (unsigned i = 0; i < SNUG_AUDIT_RECORDS_A_TURN; i++) {
		ssize_t n = recvmsg(s->fd, &msg, 0);
		size_t len;

		msg.msg_namelen = sizeof(from);
		if (n < 0 && errno == EAGAIN)
			return SNUG_AUDIT_WAIT;
		if (n < 0 && errno == ENOBUFS)
			s->has_missed = true;
		if (n < 0 && (errno == ENOBUFS || errno == EINTR))
			continue;
		if (n < 0)
			return snug_err_errno(err, "%s", base->name);
		/* only the kernel may speak here */
		if (from.nl_pid != 0 || (size_t)n < sizeof(header))
			continue;
		memcpy(&header, s->message, sizeof(header));
		len = (size_t)n - sizeof(header);
		len = strnlen(s->message + sizeof(header), len);
		if (snug_audit_source_judge(
			    base,
			    snug_audit_record_parse_body(header.nlmsg_type,
							 s->message + sizeof(header), len, ret_ev)))
			return SNUG_AUDIT_GOT;
	}
	return SNUG_AUDIT_WAIT;
}

static void done(struct snug_audit_source *base)
{
	struct netlink_source *s = (struct netlink_source *)base;

	closep(&s->fd);
	free(s->message);
}

static const struct snug_audit_source_ops ops = { next, update_counts, done };

int snug_audit_source_open_netlink(struct snug_audit_source **ret, struct snug_err *err)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
				       .nl_groups = 1u << (AUDIT_NLGRP_READLOG - 1) };
	CLEANUP(closep) int fd = -EBADF;
	struct netlink_source *s;
	int bytes = SOCKET_BYTES;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_AUDIT);
	if (fd < 0)
		return snug_err_errno(err, "audit netlink group");
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return snug_err_errno(
			err, "audit netlink group (needs CAP_AUDIT_READ; 'snug doctor' shows "
			     "what this host offers)");
	/* beyond net.core.rmem_max with CAP_NET_ADMIN only; then what is allowed must do */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	s = xcalloc(1, sizeof(*s));
	s->base = (struct snug_audit_source){
		.ops = &ops, .name = xstrdup("audit netlink group"), .poll_fd = fd, .timeout_ms = -1
	};
	s->message = xmalloc(MESSAGE_BYTES);
	s->fd = snug_steal_fd(&fd);
	s->has_kernel_lost = snug_audit_kernel_lost(&s->first_kernel_lost) == 0;
	*ret = &s->base;
	return 0;
}
