/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Where `snug audit` reads. */
#include "audit/source.h"

struct audit_sources {
	struct snug_audit_source **items; /* owned; read one after the other, or all at once */
	size_t len, cap;
	bool is_this_host; /* process ids are this machine's */
};
void audit_sources_done(struct audit_sources *s);
/* Warns of what was lost or could not be read, in the name of @verb. */
void audit_sources_report(struct audit_sources *s, const char *verb);

/*
 * @name: "audit-log", "netlink", "kernel-log", or NULL: the @files ("-" is standard input), and
 * without them the best there is.  -EINVAL is the user's.
 */
int audit_sources_open(struct audit_sources *s, const char *name, char *const *files, bool follow,
		       bool from_now, struct snug_err *err);
