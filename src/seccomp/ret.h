/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a filter answers: SECCOMP_RET_* in the upper half, its data (an errno, a message) in the
 * lower (seccomp(2)).
 */
#include "seccomp/profile.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_str;

/* Whether action @a of the kernel takes precedence over @b (seccomp(2)); data does not count. */
bool snug_ret_is_stricter(uint32_t a, uint32_t b);

/*
 * A total order of answers, for merging: negative when @a refuses more than @b.  The action decides
 * first, in the kernel's order of precedence: KILL_PROCESS, KILL_THREAD, TRAP, ERRNO, USER_NOTIF,
 * TRACE, LOG, ALLOW.  Of two errnos, ENOSYS refuses least, because programs fall back to an older
 * call then; else the larger number refuses more, which only makes the order total.
 */
int snug_ret_compare(uint32_t a, uint32_t b);
/* The one of the two that allows more, or less. */
uint32_t snug_ret_laxer(uint32_t a, uint32_t b);
uint32_t snug_ret_stricter(uint32_t a, uint32_t b);

/* Whether the call is made: ALLOW and LOG. */
bool snug_ret_passes(uint32_t ret);
/* Whether the kernel ends the thread or process: KILL_PROCESS, KILL_THREAD, TRAP. */
bool snug_ret_is_deadly(uint32_t ret);

/* The profile's word for it; _SNUG_ACTION_INVALID for a value that is none. */
enum snug_action snug_ret_action(uint32_t ret);
/* The data: errno of ERRNO, message of TRACE; else 0. */
uint32_t snug_ret_data(uint32_t ret);
/* Appends "SCMP_ACT_ERRNO(EPERM)", "SCMP_ACT_ALLOW", "SCMP_ACT_TRACE(7)". */
void snug_ret_add_text(uint32_t ret, struct snug_str *out);
