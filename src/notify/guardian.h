/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who lets every call pass when the supervisor is gone.  Without a listener the kernel answers
 * ENOSYS to whatever is asked (seccomp_unotify(2)): no program survives that.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <sys/types.h>

struct snug_err;
struct snug_guardian;
struct snug_listener;

/* In the supervisor, before it forks the child that will be asked.  The guardian takes over when
 * the supervisor frees this, or dies. */
int snug_guardian_new(struct snug_guardian **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* Lets the guardian go: it ends when nobody is left under the filter.  Waits for that when @is_over
 * says that it is so. */
struct snug_guardian *snug_guardian_free(struct snug_guardian *g, bool is_over);

/* In the child, before the filter: it must not pass for the supervisor.  Async-signal-safe. */
void snug_guardian_forget(struct snug_guardian *g);
/* In a process of its own: the guardian; @listener is its copy.  Returns when it is not needed any
 * more, for the caller to end. */
void snug_guardian_main(struct snug_guardian *g, int listener);

/* A listener for the supervisor, who may die between receiving a call and answering it: takes over
 * @fd, as snug_listener_new(). */
int snug_guardian_listen(struct snug_guardian *g, int fd, struct snug_listener **ret,
			 struct snug_err *err) __attribute__((warn_unused_result));
/* In the supervisor: @pid, one of its children, is the guardian; 0: there is none yet. */
void snug_guardian_set_pid(struct snug_guardian *g, pid_t pid);
/* Forks another guardian when there is none or the last one was killed.  Cheap: to be called now
 * and then.  0, or negative errno. */
int snug_guardian_keep(struct snug_guardian *g, int listener);
