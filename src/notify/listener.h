/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The supervisor's end of seccomp's user notification (seccomp_unotify(2)): calls that a filter
 * answers with SECCOMP_RET_USER_NOTIF wait here for what they get.  Who made the call is stopped
 * meanwhile, so every notice has to be answered, soon.  Needs no privilege.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;
struct snug_listener;

enum { SNUG_NOTICE_ARGS = 6 };

/* One call that waits. */
struct snug_notice {
	uint64_t id;
	uint32_t pid;        /* of the thread, in our PID namespace; 0 when it is not in there */
	uint32_t audit_arch; /* AUDIT_ARCH_* (linux/audit.h) */
	uint32_t nr;         /* x32: with __X32_SYSCALL_BIT */
	uint64_t args[SNUG_NOTICE_ARGS];
};

/* Takes over @fd, what seccomp(2) returned with SECCOMP_FILTER_FLAG_NEW_LISTENER; on failure it is
 * closed.  Asks for wake-ups on the same CPU where the kernel has them (Linux 6.6). */
int snug_listener_new(int fd, struct snug_listener **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_listener *snug_listener_free(struct snug_listener *l);
DEFINE_FREEP(struct snug_listener, snug_listener_freep, snug_listener_free)
/* Readable when a call waits, or when nobody is left under the filter. */
int snug_listener_poll_fd(const struct snug_listener *l);

/*
 * A call that was received waits for whoever has received it: nobody else is told of it.  So that
 * another process can answer when that one dies, the kernel can leave what it tells in shared
 * memory: @room of @size bytes, which outlives @l.  -EINVAL when that is too small.  Then whoever
 * takes over lets that call pass, if it was not answered.
 */
int snug_listener_share(struct snug_listener *l, void *room, size_t size);
void snug_listener_let_pass_received(struct snug_listener *l, const void *room);

/* The next call that waits.  1 with *ret; 0 when there is none just now (also when its task was
 * killed or got a signal in between); -EPIPE when no task is left under the filter (Linux 5.9;
 * before, that is not told); or negative errno.  Never blocks. */
int snug_listener_receive(struct snug_listener *l, struct snug_notice *ret);
/* The same, but waits for a call, or for the end, up to @timeout_ms (-1: for ever). */
int snug_listener_wait(struct snug_listener *l, int timeout_ms, struct snug_notice *ret);
/* Whether the task of @n still waits: if not, its pid may be another's by now, and what was read
 * by it has to be thrown away. */
bool snug_listener_is_waiting(const struct snug_listener *l, const struct snug_notice *n);
/* The answer: the call is not made and fails with @error (errno; 0: it returns 0), or is made.
 * 0, or -ENOENT when its task does not wait any more. */
int snug_listener_refuse(struct snug_listener *l, const struct snug_notice *n, int error);
int snug_listener_let_pass(struct snug_listener *l, const struct snug_notice *n);

/* Memory of the task of @n at @address: at most @size bytes, fewer where it ends.  Returns how many
 * or negative errno: -EPERM without ptrace access (a set-user-ID program; sysctl
 * kernel.yama.ptrace_scope, for what init has adopted), -EFAULT, -ESRCH when the task does not wait
 * any more.  What was read may change at once: threads share it. */
long snug_listener_read(const struct snug_listener *l, const struct snug_notice *n,
			uint64_t address, void *buf, size_t size);
/* Whether /proc is there, and that of our PID namespace: what it says of another's processes has
 * nothing to do with those of notices. */
bool snug_listener_has_proc(void);
/* The task's name, as in /proc/PID/comm; "" when it is not known. */
void snug_listener_comm(const struct snug_listener *l, const struct snug_notice *n, char ret[16]);
