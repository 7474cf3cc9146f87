/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The journal's export format (systemd's "Journal Export Formats"): entries of fields, a line each,
 * or name, length and bytes for what does not fit a line; an empty line ends an entry.
 *
 * An entry counts when the journal itself says that it comes from the kernel, from its audit
 * subsystem, or from a process of root (audisp-syslog): its fields with an underscore in front
 * cannot be written by others.  Of a record that is there twice (pairs.h) one counts.
 */
#include "audit/event.h"
#include "audit/lines.h"
#include "audit/pairs.h"
#include "audit/record.h"

enum { SNUG_AUDIT_WORD_BYTES = 32 };

struct snug_audit_journal {
	char *message; /* owned; SNUG_LIMIT_AUDIT_LINE_BYTES */
	size_t message_len;
	uint64_t time_us, source_time_us, serial;
	uint32_t type;
	bool is_root;
	char transport[SNUG_AUDIT_WORD_BYTES];
	/* of a field with a length: */
	char name[SNUG_AUDIT_WORD_BYTES];
	uint64_t size;
	enum { SNUG_JOURNAL_FIELD, SNUG_JOURNAL_SIZE, SNUG_JOURNAL_DATA, SNUG_JOURNAL_LF } state;
	uint64_t n_overlong;
	struct snug_audit_pairs pairs;
	/* what the kernel said in the entry that was last and no event; borrowed as an event is */
	const char *other;
	size_t other_len;
};

/* Whether what begins so is such an export. */
bool snug_audit_journal_is(const char *text, size_t len);
void snug_audit_journal_init(struct snug_audit_journal *j);
void snug_audit_journal_done(struct snug_audit_journal *j);
/* Goes on to the end of the next entry; false: fill first.  *ret_verdict is about that entry.  The
 * event borrows from @j until the next call. */
bool snug_audit_journal_next(struct snug_audit_journal *j, struct snug_audit_lines *l,
			     enum snug_audit_verdict *ret_verdict, struct snug_audit_event *ret);
