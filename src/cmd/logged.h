/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the kernel logs about a command while it runs: calls that its profile logs (SCMP_ACT_LOG),
 * and what an LSM says.  Told as lines: "Seccomp: uname (63)", each once.
 */
#include <stdbool.h>
#include <sys/types.h>

struct logged;
struct snug_audit_event;
struct snug_err;

/* Whether there is a source that may be read. */
bool logged_can_read(void);
/* One line of an event. */
void logged_say(const char *line);

/* Reads from now on; before the command is started.  -EPERM where no source may be read,
 * -EOPNOTSUPP where the kernel's process ids are not ours (a PID namespace). */
int logged_new(pid_t pid, struct logged **ret, struct snug_err *err);
/* NULL is fine. */
struct logged *logged_free(struct logged *l);
int logged_poll_fd(const struct logged *l);
/* How often it has to be looked at even when the descriptor is silent; 0: never. */
int logged_tick_ms(const struct logged *l);
void logged_on_ready(struct logged *l);
/* @fn gets each of the command's events that is about a call; who takes them says how to go on. */
void logged_set_taker(struct logged *l, void (*fn)(void *data, const struct snug_audit_event *ev),
		      void *data);
/* The command has ended: waits a little for what the kernel tells late, and says what was lost, and
 * how the profile at @path would allow what was logged. */
void logged_finish(struct logged *l, const char *path);
