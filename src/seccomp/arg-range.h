/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ranges of one argument (struct snug_arg_range, seccomp/argset.h): an interval and a pattern of
 * bits.  All that is made here is canonical: two ranges are the same set when their fields are
 * equal.  Ranges that are passed in are canonical, too.
 */
#include "seccomp/argset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As many ranges as one range minus another can leave: either side of the interval, and one for
 * each bit of the pattern. */
enum { SNUG_ARG_RANGE_PIECES = 2 + 64 };

/* {x : lo <= x <= hi and (x & mask) == value}; false when there is no such x. */
bool snug_arg_range_make(uint64_t lo, uint64_t hi, uint64_t mask, uint64_t value,
			 struct snug_arg_range *ret);
/* Smallest and largest member. */
void snug_arg_range_ends(const struct snug_arg_range *r, uint64_t *first, uint64_t *last);
/* Whether (x & mask) == value alone, over 64 bits, says the same; then @mask and @value have it. */
bool snug_arg_range_is_pattern(const struct snug_arg_range *r, uint64_t *mask, uint64_t *value);

bool snug_arg_range_contains(const struct snug_arg_range *r, uint64_t x);
bool snug_arg_range_equal(const struct snug_arg_range *a, const struct snug_arg_range *b);
/* An order for sorting: intervals by their ends. */
int snug_arg_range_compare(const struct snug_arg_range *a, const struct snug_arg_range *b);
/* Whether they have a member in common. */
bool snug_arg_range_meets(const struct snug_arg_range *a, const struct snug_arg_range *b);
/* Whether every member of @a is one of @b. */
bool snug_arg_range_is_within(const struct snug_arg_range *a, const struct snug_arg_range *b);

/* False when nothing is left. */
bool snug_arg_range_intersect(const struct snug_arg_range *a, const struct snug_arg_range *b,
			      struct snug_arg_range *ret);
/* Writes @a without @b as disjoint ranges to @pieces and returns how many. */
size_t snug_arg_range_subtract(const struct snug_arg_range *a, const struct snug_arg_range *b,
			       struct snug_arg_range pieces[SNUG_ARG_RANGE_PIECES]);
/* The smallest interval that has both when both are intervals, otherwise the smallest range. */
struct snug_arg_range snug_arg_range_hull(const struct snug_arg_range *a,
					  const struct snug_arg_range *b);
