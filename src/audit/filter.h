/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which events are wanted.  Of one kind of condition any may hold, of different kinds all must. */
#include "audit/event.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_enriched;

struct snug_audit_filter {
	uint64_t since_us; /* since 1970; 0: whenever */
	unsigned kinds;    /* 1 << enum snug_audit_kind; 0: all */
	/* NULL-terminated lists, or NULL: whatever.  With * and ? as shells have them; an
	 * executable without a slash is the last part of its path; one that was replaced while it
	 * ran fits under its name. */
	char *const *comms, *const *exes;
	char *const *containers; /* an id's start, a name, a pod, POD/NAME */
	const uint32_t *pids;
	size_t n_pids;
};

/* @who may be NULL: then no container fits. */
bool snug_audit_filter_fits(const struct snug_audit_filter *f, const struct snug_audit_event *ev,
			    const struct snug_enriched *who);
/* The same without containers, which is all that can be said before the process is known. */
bool snug_audit_filter_fits_event(const struct snug_audit_filter *f,
				  const struct snug_audit_event *ev);

/* A point in time as people and logs write it: how long ago ("90s", "10m", "1h30m", "2d"), "today",
 * "2026-11-20", "2026-11-20 14:39", "2026-11-20T14:39:01.115" in local time or with "Z" or "+02:00"
 * behind it, "@1795326566.115".  -EINVAL, also for a number without a unit. */
int snug_audit_since_parse(const char *word, uint64_t now_us, uint64_t *ret_us);
