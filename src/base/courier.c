/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child leaves the number of the descriptor in a shared page; the courier looks there every few
 * microseconds, because nothing that wakes it up would get through the child's filter.  That is
 * for as long as seccomp(2) takes.  Whatever happens to the other two, the courier ends: the parent
 * tells it that the child is dead; when the parent is, the child is about to give, or ends.
 *
 * A guard is forked by the courier, before the descriptor is on its way: from the moment on when
 * the child cannot go on by itself, there is somebody who outlives the parent.
 */
#include "base/courier.h"

#include "base/err.h"
#include "base/fdpass.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* It runs on a stack that AddressSanitizer does not know. */
#define ON_OTHER_STACK __attribute__((no_sanitize_address))

enum {
	STACK_BYTES = 64 << 10,
	LOOK_EVERY_NS = 20 * 1000,
	ORPHAN_LOOKS = 500 * 1000, /* ten seconds and more, for what takes some microseconds */
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
	pid_t guard;   /* the same */
	bool is_cancelled;
};

struct snug_courier {
	volatile struct page *page; /* shared */
	int near, far;              /* the parent's end and the courier's */
	pid_t parent;
	void (*guard)(void *data, int fd); /* or NULL */
	void *guard_data;
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

void snug_courier_set_guard(struct snug_courier *c, void (*guard)(void *data, int fd), void *data)
{
	c->guard = guard;
	c->guard_data = data;
}

/* As fork(2), but a child of the parent's, with descriptors of its own. */
ON_OTHER_STACK static void start_guard(struct snug_courier *c)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		c->guard(c->guard_data, c->page->fd);
		_exit(0);
	}
	c->page->guard = pid > 0 ? pid : 0;
}

/* The courier. */
ON_OTHER_STACK static int carry(void *data)
{
	static const struct timespec pause = { 0, LOOK_EVERY_NS };
	struct snug_courier *c = data;

	for (int orphan = 0; c->page->state == WAITING && !c->page->is_cancelled;) {
		if (getppid() != c->parent && ++orphan > ORPHAN_LOOKS)
			break;
		nanosleep(&pause, NULL);
	}
	if (c->page->state == GIVEN) {
		if (c->guard)
			start_guard(c);
		(void)snug_fd_send(c->far, c->page->fd);
	}
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
	return snug_fd_receive(c->near);
}

pid_t snug_courier_guard(const struct snug_courier *c)
{
	return c->page->guard;
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
