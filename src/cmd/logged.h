/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the kernel logs about a command while it runs: calls that its profile logs (SCMP_ACT_LOG),
 * and what an LSM says.  Told as lines: "Seccomp: uname (63)", each once.
 */
#include <stdbool.h>
#include <sys/types.h>

struct logged;
struct snug_err;

/* Reads from now on; before the command is started.  -EPERM where no source may be read,
 * -EOPNOTSUPP where the kernel's process ids are not ours (a PID namespace). */
int logged_new(pid_t pid, struct logged **ret, struct snug_err *err);
/* NULL is fine. */
struct logged *logged_free(struct logged *l);
int logged_poll_fd(const struct logged *l);
/* How often it has to be looked at even when the descriptor is silent; 0: never. */
int logged_tick_ms(const struct logged *l);
void logged_on_ready(struct logged *l);
/* The command has ended: waits a little for what the kernel tells late, and says what was lost, and
 * how the profile at @path would allow what was logged. */
void logged_finish(struct logged *l, const char *path);
