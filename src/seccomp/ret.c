/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/ret.h"

#include "base/str.h"
#include "seccomp/names.h"

#include <errno.h>

#include <linux/seccomp.h>

bool snug_ret_is_stricter(uint32_t a, uint32_t b)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

/* A place among the answers of one action: the larger, the laxer. */
static uint32_t rank_of_data(uint32_t ret)
{
	uint32_t data = ret & SECCOMP_RET_DATA;

	if ((ret & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO && data == ENOSYS)
		return SECCOMP_RET_DATA + 1;
	return SECCOMP_RET_DATA - data;
}

int snug_ret_compare(uint32_t a, uint32_t b)
{
	uint32_t rank_a = rank_of_data(a), rank_b = rank_of_data(b);

	if (snug_ret_is_stricter(a, b))
		return -1;
	if (snug_ret_is_stricter(b, a))
		return 1;
	return (rank_a > rank_b) - (rank_a < rank_b);
}

uint32_t snug_ret_laxer(uint32_t a, uint32_t b)
{
	return snug_ret_compare(a, b) < 0 ? b : a;
}

uint32_t snug_ret_stricter(uint32_t a, uint32_t b)
{
	return snug_ret_compare(a, b) < 0 ? a : b;
}

bool snug_ret_passes(uint32_t ret)
{
	uint32_t action = ret & SECCOMP_RET_ACTION_FULL;

	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

bool snug_ret_is_deadly(uint32_t ret)
{
	uint32_t action = ret & SECCOMP_RET_ACTION_FULL;

	return action == SECCOMP_RET_KILL_PROCESS || action == SECCOMP_RET_KILL_THREAD ||
	       action == SECCOMP_RET_TRAP;
}

enum snug_action snug_ret_action(uint32_t ret)
{
	switch (ret & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
		return SNUG_ACTION_KILL_PROCESS;
	case SECCOMP_RET_KILL_THREAD:
		return SNUG_ACTION_KILL_THREAD;
	case SECCOMP_RET_TRAP:
		return SNUG_ACTION_TRAP;
	case SECCOMP_RET_ERRNO:
		return SNUG_ACTION_ERRNO;
	case SECCOMP_RET_USER_NOTIF:
		return SNUG_ACTION_NOTIFY;
	case SECCOMP_RET_TRACE:
		return SNUG_ACTION_TRACE;
	case SECCOMP_RET_LOG:
		return SNUG_ACTION_LOG;
	case SECCOMP_RET_ALLOW:
		return SNUG_ACTION_ALLOW;
	default:
		return _SNUG_ACTION_INVALID;
	}
}

uint32_t snug_ret_data(uint32_t ret)
{
	return ret & SECCOMP_RET_DATA;
}

void snug_ret_add_text(uint32_t ret, struct snug_str *out)
{
	enum snug_action action = snug_ret_action(ret);
	const char *errno_name = snug_errno_name(snug_ret_data(ret));

	if (action == _SNUG_ACTION_INVALID) {
		snug_str_addf(out, "0x%08x", ret);
		return;
	}
	snug_str_add(out, snug_action_name(action));
	if (action == SNUG_ACTION_ERRNO && errno_name)
		snug_str_addf(out, "(%s)", errno_name);
	else if (action == SNUG_ACTION_ERRNO || action == SNUG_ACTION_TRACE)
		snug_str_addf(out, "(%u)", snug_ret_data(ret));
}
