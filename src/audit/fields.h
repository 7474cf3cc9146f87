/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The words of an audit record: KEY=VALUE, one after the other.  Values that a program has chosen
 * are quoted, or hexadecimal when they hold a blank, a quote or a byte that does not print
 * (audit_log_untrustedstring() in the kernel), so none can pose as a field.
 */
#include "audit/event.h"

struct snug_audit_fields {
	const char *at, *end;
};

struct snug_audit_field {
	struct snug_audit_text key, value; /* @value without quotes */
	bool is_quoted;
};

/* The next field; words without '=' are passed over.  False at the end, which is also where
 * auditd's tail (0x1d) begins. */
bool snug_audit_fields_next(struct snug_audit_fields *f, struct snug_audit_field *ret);
/* The value of a string as the kernel writes them, decoded into @ev's scratch if need be. */
struct snug_audit_text snug_audit_fields_text(const struct snug_audit_field *field,
					      struct snug_audit_event *ev);
/* Digits up to @max; hexadecimal with or without 0x in the second.  False for anything else. */
bool snug_audit_fields_number(const struct snug_audit_text *t, uint64_t max, uint64_t *ret);
bool snug_audit_fields_hex(const struct snug_audit_text *t, uint64_t max, uint64_t *ret);
/* Digits up to @max in front of the byte @stop; *p moves behind that. */
bool snug_audit_fields_take(const char **p, const char *end, char stop, uint64_t max,
			    uint64_t *ret);
