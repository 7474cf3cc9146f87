/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Audit events as people and scripts read them. */
#include "audit/groups.h"

struct snug_str;

/* The heading of the table. */
void audit_add_heading(struct snug_str *out);
/* One group as lines of the table; @before is the group in front of it, or NULL: what both have in
 * common, executable and container, is written once.  @width: columns_row_width(). */
void audit_add_rows(struct snug_str *out, const struct snug_audit_group *group,
		    const struct snug_audit_group *before, unsigned width);
/* One event as it happens, on one line. */
void audit_add_event(struct snug_str *out, const struct snug_audit_event *ev,
		     const struct snug_audit_group *group);
/* A group, or an event as a group of one, as a JSON object on one line. */
void audit_add_json(struct snug_str *out, const struct snug_audit_group *group);
