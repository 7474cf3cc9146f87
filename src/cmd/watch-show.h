/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Denials as people and scripts read them. */
struct snug_str;
struct watch_group;

/* One line: when and who first, the call, how often up to now. */
void watch_add_line(struct snug_str *out, const struct watch_group *g);
/* The heading of the table, and a group's lines in it; @before is the group in front of it, or
 * NULL: what both have in common is written once. */
void watch_add_heading(struct snug_str *out);
void watch_add_rows(struct snug_str *out, const struct watch_group *g,
		    const struct watch_group *before);
/* One JSON object on one line. */
void watch_add_json(struct snug_str *out, const struct watch_group *g);
