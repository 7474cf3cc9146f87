/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reads one line of a log as an event.  The forms, each with any prefix that a logger puts in
 * front:
 *
 *	type=SECCOMP msg=audit(1612299677.115:549067): auid=1000 ...       auditd, with or without
 *									   the tail behind 0x1d
 *	audit: type=1326 audit(1612299677.115:549067): auid=1000 ...       the kernel's log, syslog
 *	audit[4711]: SECCOMP auid=1000 ...                                 journald, as text
 *
 * The first "type=" of a line decides what it is, so that no text which a record quotes can pose as
 * a record.  Who can write to a log can write any record there.
 */
#include "audit/event.h"

enum snug_audit_verdict {
	SNUG_AUDIT_OTHER,   /* no record, or of a type that is none of the events */
	SNUG_AUDIT_EVENT,   /* *ret is filled in */
	SNUG_AUDIT_DAMAGED, /* one of the events, but cut or garbled: it cannot be told which */
	SNUG_AUDIT_WORDS,   /* one of the events, with words for numbers: `ausearch -i` */
};

/* @line without its end; anything goes.  *ret is written to in any case and valid with
 * SNUG_AUDIT_EVENT only; it borrows from @line. */
enum snug_audit_verdict snug_audit_record_parse(const char *line, size_t len,
						struct snug_audit_event *ret);
/* The same for the text behind type and stamp, "auid=1000 uid=...", of a record whose type is known
 * from elsewhere (linux/audit.h): a message of the netlink group ("audit(...): ..."), of
 * journald. */
enum snug_audit_verdict snug_audit_record_parse_body(uint32_t type, const char *body, size_t len,
						     struct snug_audit_event *ret);
/* Whether the line is another record of the event @ev.  That of its system call (type=SYSCALL)
 * names the executable, which those of SELinux and AppArmor do not: @ev gets it, borrowed from
 * @line. */
bool snug_audit_record_continue(const char *line, size_t len, struct snug_audit_event *ev);
/* How many records the line says were thrown away, mostly 0: by the kernel,
 * "kauditd_printk_skb: 7 callbacks suppressed", "audit: audit_lost=7 ...", or by journald, "Missed
 * 7 kernel messages". *ret_total: it counts since boot. */
uint64_t snug_audit_record_lost(const char *line, size_t len, bool *ret_total);
