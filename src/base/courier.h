/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Brings one descriptor from a child to its parent when the child can make no system call any more:
 * behind a seccomp filter, whose listener it is.  The courier is a small process beside the child,
 * without the filter, that shares the child's table of descriptors (clone(2), CLONE_FILES) until
 * the child executes its program.  It needs no privilege and no kernel newer than the listener's,
 * other than pidfd_getfd(2), which also asks for ptrace access.
 */
#include "base/mem.h"

#include <sys/types.h>

struct snug_courier;
struct snug_err;

/* In the parent, before the fork. */
int snug_courier_new(struct snug_courier **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* In the parent, before the fork: @guard is to run in a process of its own, another child of the
 * parent, from just before the parent gets the descriptor until it returns; @fd is its copy, and
 * its descriptors are copies of the child's. */
void snug_courier_set_guard(struct snug_courier *c, void (*guard)(void *data, int fd), void *data);
/* In the child: starts the courier, as a child of the parent.  Async-signal-safe.  0 or negative
 * errno. */
int snug_courier_start(struct snug_courier *c);
/* In the child: makes no system call.  @fd: to be brought; negative: there is nothing to bring.
 * Once, and always, before the child goes on. */
void snug_courier_give(struct snug_courier *c, int fd);

/* In the parent, right after the fork: gives up its copy of the child's end. */
void snug_courier_close_far_end(struct snug_courier *c);
/* Readable when the descriptor has come or never will. */
int snug_courier_poll_fd(const struct snug_courier *c);
/* The descriptor (close-on-exec; the caller's), -EAGAIN as long as it is under way, or -ENOENT when
 * none comes. */
int snug_courier_take(struct snug_courier *c);
/* In the parent, when the descriptor has come: the guard, for the caller to wait for; 0 when none
 * was wanted or could be forked. */
pid_t snug_courier_guard(const struct snug_courier *c);
/* In the parent: the child is dead.  When it has given nothing, it never will. */
void snug_courier_cancel(struct snug_courier *c);
/* In the parent: reaps the courier, which has ended or is about to.  NULL is fine. */
struct snug_courier *snug_courier_free(struct snug_courier *c);
DEFINE_FREEP(struct snug_courier, snug_courier_freep, snug_courier_free)
