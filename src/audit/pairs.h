/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Without auditd, journald gets each record twice: from the kernel's log, where it is printed, and
 * from the audit subsystem.  One of the two counts, whichever comes first.
 */
#include "audit/event.h"

enum { SNUG_AUDIT_PAIRS = 256 };

/* All zeros is empty. */
struct snug_audit_pairs {
	struct {
		uint64_t key[2]; /* both 0: empty, or its second has come */
		bool is_printed;
	} seen[SNUG_AUDIT_PAIRS]; /* a ring */
	size_t n;
};

/* Whether the event of @key (not both 0) has come the other way already.  One event may have
 * several records of SELinux, so each is good for one. */
bool snug_audit_pairs_is_second(struct snug_audit_pairs *p, const uint64_t key[2], bool is_printed);
/* A key for forms of which not both have time and serial: what both say. */
void snug_audit_pairs_key(const struct snug_audit_event *ev, uint64_t ret[2]);
