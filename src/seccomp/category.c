/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/category.h"

#include "base/mem.h"
#include "seccomp/category-table.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[SNUG_CATEGORY_FILES] = "files",           [SNUG_CATEGORY_EVENTS] = "events",
	[SNUG_CATEGORY_NETWORK] = "network",       [SNUG_CATEGORY_PROCESSES] = "processes",
	[SNUG_CATEGORY_MEMORY] = "memory",         [SNUG_CATEGORY_TIME] = "time",
	[SNUG_CATEGORY_SIGNALS] = "signals",       [SNUG_CATEGORY_IPC] = "ipc",
	[SNUG_CATEGORY_IDENTITY] = "identity",     [SNUG_CATEGORY_SYSTEM] = "system",
	[SNUG_CATEGORY_PRIVILEGED] = "privileged", [SNUG_CATEGORY_OBSOLETE] = "obsolete",
	[SNUG_CATEGORY_OTHER] = "other",
};
_Static_assert(ARRAY_SIZE(names) == _SNUG_CATEGORY_MAX, "a name for each category");

const char *snug_category_name(enum snug_category c)
{
	snug_bug_on((int)c < 0 || c >= _SNUG_CATEGORY_MAX);
	return names[c];
}

static int compare_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct snug_category_row *)row)->name);
}

enum snug_category snug_syscall_category(const char *name)
{
	const struct snug_category_row *row;

	row = bsearch(name, snug_category_rows, snug_n_category_rows, sizeof(snug_category_rows[0]),
		      compare_row);
	return row ? row->category : SNUG_CATEGORY_OTHER;
}
