/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Denials that are told as one: of one program in one container, the same call, the same answer. */
#include "base/mem.h"
#include "seccomp/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_denial;
struct snug_enriched;

struct watch_group {
	/* owned, NULL when not known */
	char *exe, *comm;
	char *container_id, *container, *pod, *pod_namespace;
	enum snug_arch arch;
	uint32_t nr;
	const char *name;           /* static, or NULL */
	uint32_t result;            /* record/denied.h */
	uint32_t pid;               /* the first one's */
	uint64_t first_us, last_us; /* since 1970 */
	uint64_t count;             /* 0: it happened, and has not been counted yet */
	uint64_t n_told;            /* the count when it was told last */
	size_t next;                /* in its chain: index + 1 */
};

struct watch_groups {
	VEC(struct watch_group *) all; /* owned, in order of their first denial */
	size_t *chains;                /* heads: index + 1 */
};

void watch_groups_init(struct watch_groups *g);
void watch_groups_done(struct watch_groups *g);
/* The group of @d, of which @who is the process if that is known; added when there is none.  NULL
 * when there are SNUG_LIMIT_WATCH_GROUPS others. */
struct watch_group *watch_groups_add(struct watch_groups *g, const struct snug_denial *d,
				     const struct snug_enriched *who);
/* Sorts them by container, program, and name of the call; nothing can be added any more. */
void watch_groups_sort(struct watch_groups *g);
