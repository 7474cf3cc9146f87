/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the sources have in common; each kind embeds it as its first member. */
#include "audit/record.h"
#include "audit/source.h"

enum { SNUG_AUDIT_RECORDS_A_TURN = 4096 }; /* that are no events, before WAIT */

struct snug_audit_source_ops {
	int (*next)(struct snug_audit_source *s, struct snug_audit_event *ret_ev,
		    struct snug_err *err);
	void (*update_counts)(struct snug_audit_source *s); /* or NULL */
	void (*done)(struct snug_audit_source *s);
};

struct snug_audit_source {
	const struct snug_audit_source_ops *ops;
	char *name;     /* owned */
	int poll_fd;    /* borrowed from the kind; negative: none */
	int timeout_ms; /* for poll(2) */
	struct snug_audit_counts counts;
	bool is_from_now;         /* what was before is nobody's business */
	uint64_t last_lost_total; /* the kernel's own count since boot; 0: not seen yet */
};

/* Counts @verdict; whether there is an event. */
bool snug_audit_source_judge(struct snug_audit_source *s, enum snug_audit_verdict verdict);

/* Counts what @line, which is no record, says was lost. */
void snug_audit_source_note_lost(struct snug_audit_source *s, const char *line, size_t len);

/* How many records the kernel has thrown away since boot because nobody took them (AUDIT_GET,
 * which needs CAP_AUDIT_CONTROL and changes nothing). */
int snug_audit_kernel_lost(uint32_t *ret);
/* The records that the kernel did not multicast to the socket @fd because it was full; -ENOENT when
 * that cannot be told. */
int snug_audit_socket_drops(int fd, uint64_t *ret);
