/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which system call did a command die of?  Learned from BPF where we may use it, else from the
 * kernel's log where we may read it. */
#include "trace/sigsys.h"

#include <stdbool.h>
#include <sys/types.h>

struct deaths {
	pid_t pid;                  /* of the command */
	struct snug_sigsys *source; /* or NULL */
	int log_fd;                 /* the kernel's log, when there is no source; else negative */
	bool has_event;
	struct snug_sigsys_event event; /* of the command itself */
	/* of descendants; one of a kind, because what traps need not die */
	struct {
		struct snug_sigsys_event *items;
		size_t len, cap;
	} told;
	/* Gets every event, of the command and of its descendants, which are not reported here
	 * then; may be NULL.  To be set after deaths_init(). */
	void (*on_event)(void *data, const struct snug_sigsys_event *ev);
	void *data;
};

/* @can_kill: the profile has an action that ends in SIGSYS; without one there is nothing to do. */
void deaths_init(struct deaths *d, pid_t pid, bool can_kill);
void deaths_done(struct deaths *d);
int deaths_poll_fd(const struct deaths *d);
/* For supervise: reports descendants that were killed, keeps the command's own death. */
void deaths_on_ready(void *data);
/* Says what the command died of, if it was SIGSYS. */
void deaths_report(struct deaths *d, int wstatus, const char *profile);
