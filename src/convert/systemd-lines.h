/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The lines of a unit file (systemd.syntax(7)). */
#include <stdbool.h>
#include <stddef.h>

struct snug_err;

/* Whether @text looks like a unit file: its first line that is not empty and no comment is a
 * section's, "[Service]". */
bool snug_is_systemd_unit(const char *text, size_t len);

/*
 * Calls @each for every assignment in a section of a unit that can filter calls ([Service],
 * [Socket], [Mount], [Swap]): continued lines are joined, comments left out, blanks around key and
 * value stripped.  @line is where it begins.  A line that is no assignment comes with @key NULL and
 * the whole line as @value.  What @each returns below 0 ends the reading.
 * 0, or -EINVAL and -E2BIG (SNUG_LIMIT_DOC_BYTES) with @name and line, or what @each returned.
 */
int snug_systemd_each_setting(const char *name, const char *text, size_t len,
			      int (*each)(void *data, unsigned line, const char *key, char *value),
			      void *data, struct snug_err *err);
