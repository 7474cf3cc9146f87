/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boxes are sorted first and after each change, and everything that follows depends on their order
 * only: the same boxes give the same result however they came.  Steps are limited: a set too large
 * stays as it is, which is the same set.
 *
 * Two boxes that differ in one argument only become one when the space between them belongs to the
 * set as well, be it by other boxes; in large sets, only when there is no space.
 */
#include "seccomp/argset.h"

#include "seccomp/arg-range.h"
#include "seccomp/argset-internal.h"

#include <stdlib.h>

enum {
	/* comparisons of two boxes; that each is compared with each other takes up to 2,896 */
	MAX_WORK = 1 << 23,
	/* boxes of a set for which all of it is asked, and the steps of one such question */
	MAX_SMALL = 64,
	MAX_WORK_COVERED = 1 << 15,
	WORK_OF_A_QUESTION = 1 << 12,
};

struct simplifier {
	struct snug_argset *set;
	bool *is_dead; /* owned; by number of box */
	size_t work_left;
};

/* By all arguments other than *@key, and by that last. */
static int compare_boxes(const void *a, const void *b, void *key)
{
	const struct snug_arg_box *box_a = a, *box_b = b;
	unsigned last = *(const unsigned *)key;
	int r = 0;

	for (unsigned i = 0; i < SNUG_N_ARGS && r == 0; i++)
		if (i != last)
			r = snug_arg_range_compare(&box_a->args[i], &box_b->args[i]);
	return r ? r : snug_arg_range_compare(&box_a->args[last], &box_b->args[last]);
}

static void sort_by(struct snug_argset *s, unsigned last)
{
	if (s->len > 1)
		qsort_r(s->items, s->len, sizeof(*s->items), compare_boxes, &last);
}

static bool spend(struct simplifier *s, size_t work)
{
	if (s->work_left < work)
		return false;
	s->work_left -= work;
	return true;
}

/* Returns whether any was dead. */
static bool bury(struct simplifier *s)
{
	size_t kept = 0, n = s->set->len;

	for (size_t i = 0; i < n; i++) {
		if (!s->is_dead[i])
			s->set->items[kept++] = s->set->items[i];
		s->is_dead[i] = false;
	}
	s->set->len = kept;
	return kept < n;
}

static bool drop_equal(struct simplifier *s)
{
	const struct snug_arg_box *boxes = s->set->items;

	for (size_t i = 1; i < s->set->len; i++)
		s->is_dead[i] = snug_arg_box_is_equal_but(&boxes[i - 1], &boxes[i], SNUG_N_ARGS);
	return bury(s);
}

static bool is_within_another(const struct simplifier *s, size_t i)
{
	const struct snug_arg_box *boxes = s->set->items;

	for (size_t j = 0; j < s->set->len; j++)
		if (j != i && !s->is_dead[j] && snug_arg_box_is_within(&boxes[i], &boxes[j]))
			return true;
	return false;
}

static bool absorb(struct simplifier *s)
{
	bool is_changed = drop_equal(s);

	if (!spend(s, s->set->len * s->set->len))
		return is_changed;
	for (size_t i = 0; i < s->set->len; i++)
		s->is_dead[i] = is_within_another(s, i);
	return bury(s) || is_changed;
}

static bool is_interval(const struct snug_arg_range *r)
{
	return !r->mask;
}

/* Whether two corners of @box belong to the set: soon asked, and mostly answered with no. */
static bool has_corners(const struct snug_argset *set, const struct snug_arg_box *box)
{
	uint64_t first[SNUG_N_ARGS], last[SNUG_N_ARGS];

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		snug_arg_range_ends(&box->args[i], &first[i], &last[i]);
	return snug_argset_contains(set, first) && snug_argset_contains(set, last);
}

/* Whether what is in @hull but not in @a or @b, of argument @arg, belongs to the set, too, where
 * all other arguments are those of @like. */
static bool may_grow(const struct simplifier *s, const struct snug_arg_box *like, unsigned arg,
		     const struct snug_arg_range *hull, const struct snug_arg_range *a,
		     const struct snug_arg_range *b)
{
	struct snug_arg_range gaps[SNUG_ARG_RANGE_PIECES];
	struct snug_arg_box gap = *like;
	size_t n = snug_arg_range_subtract(hull, a, gaps), n_left = 0;

	for (size_t i = 0; i < n; i++) {
		if (snug_arg_range_is_within(&gaps[i], b))
			continue;
		gap.args[arg] = gaps[n_left++] = gaps[i];
		if (s->set->len > MAX_SMALL || !has_corners(s->set, &gap))
			return false;
	}
	for (size_t i = 0; i < n_left; i++) {
		gap.args[arg] = gaps[i];
		if (!snug_arg_box_is_covered(&gap, s->set->items, s->set->len, SIZE_MAX,
					     MAX_WORK_COVERED))
			return false;
	}
	return true;
}

/* Whether they are alike enough to be worth the question, in large sets: parts of one pattern, or
 * patterns that differ in one bit. */
static bool are_alike(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	uint64_t differing = a->value ^ b->value;

	if (a->mask != b->mask)
		return false;
	if (a->lo == b->lo && a->hi == b->hi)
		return !(differing & (differing - 1));
	return !differing && (a->mask || a->hi >= b->lo || b->lo - a->hi == 1);
}

/* Lets box @i grow over box @j, if it may; they are equal but for @arg. */
static bool join(struct simplifier *s, size_t i, size_t j, unsigned arg)
{
	struct snug_arg_box *boxes = s->set->items;
	const struct snug_arg_range *a = &boxes[i].args[arg], *b = &boxes[j].args[arg];
	struct snug_arg_range hull;

	if (s->set->len > MAX_SMALL && !are_alike(a, b))
		return false;
	hull = snug_arg_range_hull(a, b);
	if (!may_grow(s, &boxes[i], arg, &hull, a, b))
		return false;
	boxes[i].args[arg] = hull;
	s->is_dead[j] = true;
	return true;
}

/* Joins box @i with others up to @end, all equal but for @arg. */
static bool join_first(struct simplifier *s, size_t i, size_t end, unsigned arg)
{
	const struct snug_arg_box *boxes = s->set->items;
	bool is_changed = false, is_cut_off = false;

	for (size_t j = i + 1; j < end; j++) {
		bool are_intervals =
			is_interval(&boxes[i].args[arg]) && is_interval(&boxes[j].args[arg]);

		if (s->is_dead[j] || (are_intervals && is_cut_off))
			continue;
		if (!spend(s, s->set->len > MAX_SMALL ? 1 : WORK_OF_A_QUESTION))
			break;
		if (join(s, i, j, arg)) {
			is_changed = true;
			is_cut_off = false;
			j = i; /* it has grown: once more from the start */
		} else if (are_intervals) {
			/* what lies between it and the next is between it and all after that */
			is_cut_off = true;
		}
	}
	return is_changed;
}

static bool join_along(struct simplifier *s, unsigned arg)
{
	bool is_changed = false;
	size_t end;

	sort_by(s->set, arg);
	for (size_t start = 0; start < s->set->len; start = end) {
		end = start + 1;
		while (end < s->set->len &&
		       snug_arg_box_is_equal_but(&s->set->items[start], &s->set->items[end], arg))
			end++;
		for (size_t i = start; i + 1 < end; i++)
			if (!s->is_dead[i])
				is_changed |= join_first(s, i, end, arg);
	}
	bury(s);
	return is_changed;
}

/* What the others have together; the last first, because the first are the larger ones. */
static void drop_covered(struct simplifier *s)
{
	if (s->set->len > MAX_SMALL)
		return;
	for (size_t i = s->set->len; i-- > 0;) {
		s->is_dead[i] = snug_arg_box_is_covered(&s->set->items[i], s->set->items,
							s->set->len, i, MAX_WORK_COVERED);
		if (s->is_dead[i])
			bury(s);
	}
}

void snug_argset_simplify(struct snug_argset *set)
{
	struct simplifier s = { .set = set, .work_left = MAX_WORK };
	bool is_changed = set->len > 1;

	if (!is_changed)
		return;
	s.is_dead = xcalloc(set->len, sizeof(*s.is_dead));
	while (is_changed && s.work_left) {
		sort_by(set, SNUG_N_ARGS - 1);
		is_changed = absorb(&s);
		for (unsigned arg = 0; arg < SNUG_N_ARGS; arg++)
			is_changed |= join_along(&s, arg);
	}
	sort_by(set, SNUG_N_ARGS - 1);
	drop_covered(&s);
	free(s.is_dead);
}
