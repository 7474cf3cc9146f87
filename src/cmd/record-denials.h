/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What seccomp refused while something was recorded, told to people. */
#include <stddef.h>

struct snug_recording;
struct snug_str;

/* Appends "uname (EPERM, 3 times), setns (EPERM)"; over @max (0: no limit), "and N more". */
void record_denials_add(struct snug_str *out, const struct snug_recording *r, size_t max);
/* Says it, if there is anything to say, and how to allow it in the profile @profile_path.  In front
 * stands @target, unless it is NULL. */
void record_denials_say(const struct snug_recording *r, const char *target,
			const char *profile_path);
