/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How `snug run` says what a profile has refused: at once, and at the end. */
#include "record/refusals.h"

/* "refused uname(...) with EPERM: sh[4711], by p.json:8:5 (syscalls[0])", by say_note(). */
void explain_tell(const struct snug_refusal *r, const struct snug_seccomp_profile *p);
/* All of it, with counts, and how to go on.  @path: of @p, as the user named it. */
void explain_sum_up(const struct snug_refusals *all, const struct snug_seccomp_profile *p,
		    const char *path);
