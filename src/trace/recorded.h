/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which processes are being recorded, by whatever recorder of this host. */
#include "base/mem.h"

#include <stdbool.h>
#include <sys/types.h>

struct snug_err;
struct snug_recorders;

/* All instances of the programs that are loaded now, other builds' too as long as their maps have
 * the same form.  -EPERM for whom the kernel does not tell: it needs CAP_SYS_ADMIN. */
int snug_recorders_find(struct snug_recorders **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_recorders *snug_recorders_free(struct snug_recorders *r);
DEFINE_FREEP(struct snug_recorders, snug_recorders_freep, snug_recorders_free)

/* Whether the process' first thread belongs to a recording, or will with its next execve. */
bool snug_recorders_has(const struct snug_recorders *r, pid_t pid);
