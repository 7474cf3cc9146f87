/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/fallback.h"

#include "seccomp/lint-tables.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <string.h>

const char *const *snug_fallbacks_of(const char *name)
{
	for (const struct snug_lint_fallback *row = snug_lint_fallbacks; row->call; row++)
		if (strcmp(row->call, name) == 0)
			return row->older;
	return NULL;
}

const char *snug_fallback_at(const char *name, uint32_t ret)
{
	const char *const *older = NULL;

	if (name && snug_ret_action(ret) == SNUG_ACTION_ERRNO && snug_ret_data(ret) == ENOSYS)
		older = snug_fallbacks_of(name);
	return older ? older[0] : NULL;
}
