/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child leaves the number of the descriptor in a shared page; the courier looks there every few
 * microseconds, because nothing that wakes it up would get through the child's filter.  That is
 * for as long as seccomp(2) takes.  Whatever happens to the other two, the courier ends: the parent
 * tells it that the child is dead, and it sees itself that the parent is.
 */
#include "base/courier.h"

#include "base/err.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* It runs on a stack that AddressSanitizer does not know. */
#define ON_OTHER_STACK __attribute__((no_sanitize_address))

enum {
	STACK_BYTES = 64 << 10,
	LOOK_EVERY_NS = 20 * 1000,
};

enum state {
	WAITING,
	GIVEN,
	NOTHING,
};

struct page {
	enum state state;
	int fd;
	pid_t courier; /* 0: none was started */
	bool is_cancelled;
};

struct snug_courier {
	volatile struct page *page; /* shared */
	int near, far;              /* the parent's end and the courier's */
	pid_t parent;
};

int snug_courier_new(struct snug_courier **ret, struct snug_err *err)
{
	CLEANUP(snug_courier_freep) struct snug_courier *c = xcalloc(1, sizeof(*c));
	int ends[2];
	void *page;

	c->near = c->far = -EBADF;
	c->parent = getpid();
	page = mmap(NULL, sizeof(*c->page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
	if (page == MAP_FAILED)
		return snug_err_errno(err, "cannot map a page");
	c->page = page;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return snug_err_errno(err, "socketpair");
	c->near = ends[0];
	c->far = ends[1];
	*ret = STEAL(c);
	return 0;
}

ON_OTHER_STACK static void send_fd(int socket, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .buf = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };

	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	(void)sendmsg(socket, &msg, MSG_NOSIGNAL);
}

/* The courier. */
ON_OTHER_STACK static int carry(void *data)
{
	static const struct timespec pause = { 0, LOOK_EVERY_NS };
	struct snug_courier *c = data;

	while (c->page->state == WAITING && !c->page->is_cancelled && getppid() == c->parent)
		nanosleep(&pause, NULL);
	if (c->page->state == GIVEN)
		send_fd(c->far, c->page->fd);
	_exit(0);
}

int snug_courier_start(struct snug_courier *c)
{
	/* the child's own copy of it, and the courier's: no memory is shared but the page */
	static char stack[STACK_BYTES] __attribute__((aligned(64)));
	pid_t pid = clone(carry, stack + sizeof(stack), CLONE_FILES | CLONE_PARENT | SIGCHLD, c);

	if (pid < 0)
		return -errno;
	c->page->courier = pid;
	return 0;
}

void snug_courier_give(struct snug_courier *c, int fd)
{
	c->page->fd = fd;
	__atomic_thread_fence(__ATOMIC_RELEASE);
	c->page->state = fd < 0 ? NOTHING : GIVEN;
}

void snug_courier_close_far_end(struct snug_courier *c)
{
	closep(&c->far);
}

int snug_courier_poll_fd(const struct snug_courier *c)
{
	return c->near;
}

int snug_courier_take(struct snug_courier *c)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.buf,
			      .msg_controllen = sizeof(control.buf) };
	struct cmsghdr *head;
	ssize_t n;
	int fd;

	n = recvmsg(c->near, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	head = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	if (!head || head->cmsg_type != SCM_RIGHTS || head->cmsg_len != CMSG_LEN(sizeof(int)))
		return -ENOENT;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

void snug_courier_cancel(struct snug_courier *c)
{
	c->page->is_cancelled = true;
}

struct snug_courier *snug_courier_free(struct snug_courier *c)
{
	pid_t pid;
	int r;

	if (!c)
		return NULL;
	if (c->page) {
		c->page->is_cancelled = true;
		pid = c->page->courier;
		do
			r = pid > 0 ? waitpid(pid, NULL, 0) : 0;
		while (r < 0 && errno == EINTR);
		munmap((void *)(uintptr_t)c->page, sizeof(*c->page));
	}
	closep(&c->near);
	closep(&c->far);
	free(c);
	return NULL;
}
