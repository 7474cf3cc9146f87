/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of an interval that fit a pattern are found by one step: the smallest one from some x
 * on differs from x first in the highest bit that is wrong in x.  Everything here is built on that.
 *
 * Canonical is: an interval from its smallest to its largest member, if that says everything; else
 * the pattern of all bits that are the same in all members, over all values, if that says
 * everything; else both, the interval as tight, and the pattern without the bits that the interval
 * fixes already.  Each depends on the members only, so equal sets have equal fields.
 *
 * The bits that are the same in all members are those of the pattern and those above the highest
 * bit in which the first and the last member differ, and no others: read by its free bits alone,
 * the members are all numbers from one to another, and these take both values in every bit from
 * that one down.
 */
#include "seccomp/arg-range.h"

/* All bits from the highest one of @x down. */
static uint64_t low_bits(uint64_t x)
{
	return x ? UINT64_MAX >> __builtin_clzll(x) : 0;
}

/* The smallest x >= @from with (x & mask) == value; false when there is none. */
static bool first_from(uint64_t from, uint64_t mask, uint64_t value, uint64_t *ret)
{
	uint64_t wrong = (from ^ value) & mask, low, top, free, carry;

	if (!wrong) {
		*ret = from;
		return true;
	}
	low = low_bits(wrong);
	top = low ^ (low >> 1);
	if (value & top) {
		*ret = (from & ~low) | (value & low);
		return true;
	}
	/* too much has been passed: the next free bit above that can still grow must */
	free = ~(mask | from | low);
	if (!free)
		return false;
	carry = free & -free;
	*ret = (from & ~(carry | (carry - 1))) | carry | (value & (carry - 1));
	return true;
}

/* The largest x <= @from with (x & mask) == value: the same, seen in a mirror. */
static bool last_to(uint64_t from, uint64_t mask, uint64_t value, uint64_t *ret)
{
	uint64_t mirrored;

	if (!first_from(~from, mask, ~value & mask, &mirrored))
		return false;
	*ret = ~mirrored;
	return true;
}

/* Whether [first, last] has an x with (x & mask) == value. */
static bool has_member(uint64_t first, uint64_t last, uint64_t mask, uint64_t value)
{
	uint64_t x;

	return first_from(first, mask, value, &x) && x <= last;
}

/* Whether the members from @first to @last are all that have these bits as @first does. */
static bool is_all_of_pattern(uint64_t first, uint64_t last, uint64_t fixed)
{
	return !(first & ~fixed) && !(~last & ~fixed);
}

bool snug_arg_range_make(uint64_t lo, uint64_t hi, uint64_t mask, uint64_t value,
			 struct snug_arg_range *ret)
{
	uint64_t first, last, low, fixed, max;

	if ((value & ~mask) || !first_from(lo, mask, value, &first) ||
	    !last_to(hi, mask, value, &last) || first > last)
		return false;
	low = low_bits(first ^ last);
	/* a pattern that says something about these bits leaves some value between out */
	if (!(mask & low)) {
		*ret = (struct snug_arg_range){ .lo = first, .hi = last };
		return true;
	}
	fixed = mask | ~low;
	if (is_all_of_pattern(first, last, fixed)) {
		max = last > UINT32_MAX ? UINT64_MAX : UINT32_MAX;
		*ret = (struct snug_arg_range){ 0, max, fixed & max, first & fixed };
		return true;
	}
	*ret = (struct snug_arg_range){ first, last, fixed & low, first & fixed & low };
	return true;
}

void snug_arg_range_ends(const struct snug_arg_range *r, uint64_t *first, uint64_t *last)
{
	*first = r->lo;
	*last = r->hi;
	/* never false: a range has a member */
	(void)first_from(r->lo, r->mask, r->value, first);
	(void)last_to(r->hi, r->mask, r->value, last);
}

/* All bits that are the same in all members. */
static uint64_t fixed_of(const struct snug_arg_range *r, uint64_t *first, uint64_t *last)
{
	snug_arg_range_ends(r, first, last);
	return r->mask | ~low_bits(*first ^ *last);
}

bool snug_arg_range_is_pattern(const struct snug_arg_range *r, uint64_t *mask, uint64_t *value)
{
	uint64_t first, last, fixed = fixed_of(r, &first, &last);

	if (!is_all_of_pattern(first, last, fixed))
		return false;
	*mask = fixed;
	*value = first;
	return true;
}

bool snug_arg_range_contains(const struct snug_arg_range *r, uint64_t x)
{
	return r->lo <= x && x <= r->hi && (x & r->mask) == r->value;
}

bool snug_arg_range_equal(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	return a->lo == b->lo && a->hi == b->hi && a->mask == b->mask && a->value == b->value;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int snug_arg_range_compare(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	int r = compare_u64(a->lo, b->lo);

	if (r == 0)
		r = compare_u64(a->hi, b->hi);
	if (r == 0)
		r = compare_u64(a->mask, b->mask);
	return r ? r : compare_u64(a->value, b->value);
}

/* The bounds that both have; false where bounds or bits already leave nothing in common. */
static bool common_bounds(const struct snug_arg_range *a, const struct snug_arg_range *b,
			  uint64_t *ret_lo, uint64_t *ret_hi)
{
	*ret_lo = a->lo > b->lo ? a->lo : b->lo;
	*ret_hi = a->hi < b->hi ? a->hi : b->hi;
	return *ret_lo <= *ret_hi && !((a->value ^ b->value) & a->mask & b->mask);
}

bool snug_arg_range_meets(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	uint64_t lo, hi;

	return common_bounds(a, b, &lo, &hi) &&
	       has_member(lo, hi, a->mask | b->mask, a->value | b->value);
}

bool snug_arg_range_intersect(const struct snug_arg_range *a, const struct snug_arg_range *b,
			      struct snug_arg_range *ret)
{
	uint64_t lo, hi;

	return common_bounds(a, b, &lo, &hi) &&
	       snug_arg_range_make(lo, hi, a->mask | b->mask, a->value | b->value, ret);
}

bool snug_arg_range_is_within(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	uint64_t first, last, fixed;

	if (b->lo == 0 && b->hi == UINT64_MAX && !b->mask)
		return true;
	fixed = fixed_of(a, &first, &last);
	return b->lo <= first && last <= b->hi && !(b->mask & ~fixed) &&
	       (first & b->mask) == b->value;
}

size_t snug_arg_range_subtract(const struct snug_arg_range *a, const struct snug_arg_range *b,
			       struct snug_arg_range pieces[SNUG_ARG_RANGE_PIECES])
{
	struct snug_arg_range range;
	size_t n = 0;

	if (b->lo && snug_arg_range_make(0, b->lo - 1, 0, 0, &range))
		n += snug_arg_range_intersect(a, &range, &pieces[n]);
	if (b->hi < UINT64_MAX && snug_arg_range_make(b->hi + 1, UINT64_MAX, 0, 0, &range))
		n += snug_arg_range_intersect(a, &range, &pieces[n]);
	/* within the interval: the highest bit that is wrong tells the pieces apart */
	for (uint64_t bits = b->mask; bits;) {
		uint64_t bit = low_bits(bits) ^ (low_bits(bits) >> 1), above = b->mask & ~(bit - 1);

		if (snug_arg_range_make(b->lo, b->hi, above, (b->value & above) ^ bit, &range))
			n += snug_arg_range_intersect(a, &range, &pieces[n]);
		bits ^= bit;
	}
	return n;
}

struct snug_arg_range snug_arg_range_hull(const struct snug_arg_range *a,
					  const struct snug_arg_range *b)
{
	uint64_t first_a, last_a, fixed_a = fixed_of(a, &first_a, &last_a);
	uint64_t first_b, last_b, fixed_b = fixed_of(b, &first_b, &last_b);
	uint64_t fixed = fixed_a & fixed_b & ~(first_a ^ first_b);
	struct snug_arg_range hull = { 0 };

	if (!a->mask && !b->mask)
		fixed = 0;
	/* never false: both are in it */
	(void)snug_arg_range_make(first_a < first_b ? first_a : first_b,
				  last_a > last_b ? last_a : last_b, fixed, first_a & fixed, &hull);
	return hull;
}
