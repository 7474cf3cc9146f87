/* SPDX-License-Identifier: Apache-2.0 */
#include "record/denied.h"

#include "base/parse.h"
#include "base/str.h"
#include "seccomp/names.h"
#include "snug_abi.h"

#include <string.h>

enum { MAX_ERRNO = 4095 }; /* linux/err.h */

_Static_assert((int)SNUG_RESULT_TRAPPED == SNUG_DENIED_TRAPPED &&
		       (int)SNUG_RESULT_KILLED == SNUG_DENIED_KILLED,
	       "both sides use the same numbers");

void snug_result_add_name(struct snug_str *out, uint32_t result)
{
	const char *name = result <= MAX_ERRNO ? snug_errno_name(result) : NULL;

	if (result == SNUG_RESULT_TRAPPED)
		snug_str_add(out, "trapped");
	else if (result == SNUG_RESULT_KILLED)
		snug_str_add(out, "killed");
	else if (name)
		snug_str_add(out, name);
	else
		snug_str_addf(out, "errno %u", result);
}

bool snug_result_from_name(const char *name, uint32_t *ret)
{
	static const char prefix[] = "errno ";
	uint64_t number;

	if (strcmp(name, "trapped") == 0)
		*ret = SNUG_RESULT_TRAPPED;
	else if (strcmp(name, "killed") == 0)
		*ret = SNUG_RESULT_KILLED;
	else if (snug_errno_from_name(name))
		*ret = snug_errno_from_name(name);
	else if (snug_str_has_prefix(name, prefix) &&
		 snug_parse_u64(name + sizeof(prefix) - 1, MAX_ERRNO, &number) == 0 && number)
		*ret = (uint32_t)number;
	else
		return false;
	return true;
}
