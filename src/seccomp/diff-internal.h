/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "seccomp/diff.h"

/* Sets flags_*, has_other_*, unseen_* of @out. */
void snug_diff_fields(const struct snug_meaning *meaning_a, const struct snug_meaning *meaning_b,
		      struct snug_diff *out);
