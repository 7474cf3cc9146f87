/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the parts of argset.h share: boxes. */
#include "seccomp/argset.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether the boxes say the same about every argument other than @arg; SNUG_N_ARGS: about all. */
bool snug_arg_box_is_equal_but(const struct snug_arg_box *a, const struct snug_arg_box *b,
			       unsigned arg);
/* Whether every member of @a is one of @b. */
bool snug_arg_box_is_within(const struct snug_arg_box *a, const struct snug_arg_box *b);
/* Whether every member of @box is one of the @n boxes at @by, where number @skip does not count.
 * Takes about @work steps at most, and says no when that is too little. */
bool snug_arg_box_is_covered(const struct snug_arg_box *box, const struct snug_arg_box *by,
			     size_t n, size_t skip, size_t work);
