/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/systemd-groups.csv as C; the .c file is made by tools/gen-systemd-groups. */
#include <stddef.h>

struct snug_systemd_group {
	const char *name;           /* "@basic-io" */
	const char *const *members; /* NULL-terminated; some are groups themselves */
};

extern const struct snug_systemd_group snug_systemd_groups[]; /* up to a name of NULL */
