/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subtraction is the heart: a box without another one is cut into disjoint boxes, argument by
 * argument, and each of these goes on to the next box that it meets.  What meets none is left.  The
 * pieces wait on a stack, so that the first one left is found soon, which is all that the questions
 * about subsets need.
 *
 * Conditions come from strangers, and the pieces can multiply with each box.  Results, pieces that
 * wait and steps are all limited; whatever reaches a limit is -E2BIG.
 */
#include "seccomp/argset.h"

#include "base/limits.h"
#include "seccomp/arg-range.h"
#include "seccomp/argset-internal.h"

#include <errno.h>
#include <string.h>

enum {
	/* Comparisons of two boxes in one operation: as many as the largest sets have pairs.  A
	 * piece that is cut off counts as so many. */
	MAX_WORK = SNUG_LIMIT_ARGSET_BOXES * SNUG_LIMIT_ARGSET_BOXES,
	WORK_OF_A_PIECE = 64,
	MAX_WAITING = 1 << 16,
	/* a result may be this much over its limit before it is simplified, once */
	MAX_EXCESS = SNUG_LIMIT_ARGSET_BOXES / 2,
};

/* Made so far; becomes the result. */
struct collector {
	struct snug_argset set;
	/* it is, or there is nothing to gain: pieces that were cut out are as large as can be */
	bool is_simplified;
};

/* A box, of which those before @next are taken away already. */
struct rest {
	struct snug_arg_box box;
	size_t next;
};

struct cutter {
	const struct snug_arg_box *by; /* to be taken away */
	size_t n, skip;
	size_t work_left;
	VEC(struct rest) waiting;
};

void snug_argset_done(struct snug_argset *s)
{
	VEC_DONE(s);
}

void snug_argset_copy(struct snug_argset *to, const struct snug_argset *from)
{
	*to = (struct snug_argset){ 0 };
	snug_argset_add(to, from);
}

static struct snug_arg_box whole_box(unsigned bits)
{
	struct snug_arg_box box = { 0 };

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		box.args[i].hi = bits == 32 ? UINT32_MAX : UINT64_MAX;
	return box;
}

void snug_argset_add_all(struct snug_argset *s, unsigned bits)
{
	*VEC_PUSH(s) = whole_box(bits);
}

void snug_argset_add(struct snug_argset *s, const struct snug_argset *other)
{
	size_t n = other->len;

	/* by number: they may be the same */
	for (size_t i = 0; i < n; i++) {
		struct snug_arg_box box = other->items[i];

		*VEC_PUSH(s) = box;
	}
}

/* The one or two ranges of arguments for which the condition holds; none: it never does. */
static size_t ranges_of(const struct snug_seccomp_arg *cond, struct snug_arg_range ranges[2])
{
	uint64_t v = cond->value;
	size_t n = 0;

	switch (cond->op) {
	case SNUG_CMP_NE:
		n += v && snug_arg_range_make(0, v - 1, 0, 0, &ranges[n]);
		n += v < UINT64_MAX && snug_arg_range_make(v + 1, UINT64_MAX, 0, 0, &ranges[n]);
		return n;
	case SNUG_CMP_LT:
		return v && snug_arg_range_make(0, v - 1, 0, 0, ranges);
	case SNUG_CMP_LE:
		return snug_arg_range_make(0, v, 0, 0, ranges);
	case SNUG_CMP_EQ:
		return snug_arg_range_make(v, v, 0, 0, ranges);
	case SNUG_CMP_GE:
		return snug_arg_range_make(v, UINT64_MAX, 0, 0, ranges);
	case SNUG_CMP_GT:
		return v < UINT64_MAX && snug_arg_range_make(v + 1, UINT64_MAX, 0, 0, ranges);
	case SNUG_CMP_MASKED_EQ:
		return snug_arg_range_make(0, UINT64_MAX, v, cond->value_two, ranges);
	case _SNUG_CMP_MAX:
	case _SNUG_CMP_INVALID:
	default:
		snug_bug_on(true);
		return 0;
	}
}

/* Keeps of the boxes of @s from number @start on what @cond holds for. */
static void apply_cond(struct snug_argset *s, size_t start, const struct snug_seccomp_arg *cond)
{
	struct snug_arg_range ranges[2], rest;
	size_t n_ranges = ranges_of(cond, ranges), n = s->len, kept = start;

	snug_bug_on(cond->index >= SNUG_N_ARGS);
	for (size_t i = start; i < n; i++) {
		struct snug_arg_box box = s->items[i];
		const struct snug_arg_range whole = box.args[cond->index];

		for (size_t k = 0; k < n_ranges; k++) {
			if (!snug_arg_range_intersect(&whole, &ranges[k], &rest))
				continue;
			box.args[cond->index] = rest;
			/* the first fits where the box was, the second at the end */
			if (kept <= i)
				s->items[kept++] = box;
			else
				*VEC_PUSH(s) = box;
		}
	}
	memmove(s->items + kept, s->items + n, (s->len - n) * sizeof(*s->items));
	s->len = kept + s->len - n;
}

void snug_argset_add_conds(struct snug_argset *s, const struct snug_seccomp_arg *conds,
			   size_t n_conds, unsigned bits)
{
	size_t start = s->len;

	snug_argset_add_all(s, bits);
	for (size_t i = 0; i < n_conds; i++)
		apply_cond(s, start, &conds[i]);
}

static bool box_contains(const struct snug_arg_box *box, const uint64_t args[SNUG_N_ARGS])
{
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (!snug_arg_range_contains(&box->args[i], args[i]))
			return false;
	return true;
}

bool snug_argset_contains(const struct snug_argset *s, const uint64_t args[SNUG_N_ARGS])
{
	VEC_FOREACH (box, s)
		if (box_contains(box, args))
			return true;
	return false;
}

bool snug_argset_is_empty(const struct snug_argset *s)
{
	return !s->len;
}

bool snug_argset_sample(const struct snug_argset *s, uint64_t args[SNUG_N_ARGS])
{
	uint64_t last;

	if (!s->len)
		return false;
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		snug_arg_range_ends(&s->items[0].args[i], &args[i], &last);
	return true;
}

bool snug_arg_box_is_equal_but(const struct snug_arg_box *a, const struct snug_arg_box *b,
			       unsigned arg)
{
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (i != arg && !snug_arg_range_equal(&a->args[i], &b->args[i]))
			return false;
	return true;
}

bool snug_arg_box_is_within(const struct snug_arg_box *a, const struct snug_arg_box *b)
{
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (!snug_arg_range_is_within(&a->args[i], &b->args[i]))
			return false;
	return true;
}

static bool box_meets(const struct snug_arg_box *a, const struct snug_arg_box *b)
{
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (!snug_arg_range_meets(&a->args[i], &b->args[i]))
			return false;
	return true;
}

/* Puts what is left of @box, which meets @by, on the stack: for each argument, what is wrong in it
 * while all before it are right. */
static void cut(struct cutter *c, struct snug_arg_box box, const struct snug_arg_box *by,
		size_t next)
{
	struct snug_arg_range pieces[SNUG_ARG_RANGE_PIECES], both;
	size_t n;

	for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
		n = snug_arg_range_subtract(&box.args[i], &by->args[i], pieces);
		/* never false: they meet */
		if (n == 0 || !snug_arg_range_intersect(&box.args[i], &by->args[i], &both))
			continue;
		for (size_t k = 0; k < n; k++) {
			struct rest *rest = VEC_PUSH(&c->waiting);

			*rest = (struct rest){ box, next };
			rest->box.args[i] = pieces[k];
		}
		box.args[i] = both;
	}
}

/* 1 with a box that is left, 0 when none is any more, -E2BIG. */
static int next_left(struct cutter *c, struct snug_arg_box *ret)
{
	size_t n;

	while (c->waiting.len) {
		struct rest rest = c->waiting.items[--c->waiting.len];

		while (rest.next < c->n &&
		       (rest.next == c->skip || !box_meets(&rest.box, &c->by[rest.next]))) {
			rest.next++;
			if (c->work_left-- == 0)
				return -E2BIG;
		}
		if (rest.next == c->n) {
			*ret = rest.box;
			return 1;
		}
		n = c->waiting.len;
		cut(c, rest.box, &c->by[rest.next], rest.next + 1);
		n = 1 + WORK_OF_A_PIECE * (c->waiting.len - n);
		if (n > c->work_left || c->waiting.len > MAX_WAITING)
			return -E2BIG;
		c->work_left -= n;
	}
	return 0;
}

static void cutter_start(struct cutter *c, const struct snug_arg_box *box)
{
	c->waiting.len = 0;
	*VEC_PUSH(&c->waiting) = (struct rest){ .box = *box };
}

bool snug_arg_box_is_covered(const struct snug_arg_box *box, const struct snug_arg_box *by,
			     size_t n, size_t skip, size_t work)
{
	struct cutter c = { .by = by, .n = n, .skip = skip, .work_left = work };
	struct snug_arg_box left;
	int r;

	cutter_start(&c, box);
	r = next_left(&c, &left);
	VEC_DONE(&c.waiting);
	return r == 0;
}

static int collect(struct collector *c, const struct snug_arg_box *box)
{
	size_t max = SNUG_LIMIT_ARGSET_BOXES + (c->is_simplified ? 0 : MAX_EXCESS);

	*VEC_PUSH(&c->set) = *box;
	if (c->set.len <= max)
		return 0;
	if (c->is_simplified)
		return -E2BIG;
	c->is_simplified = true;
	snug_argset_simplify(&c->set);
	return c->set.len > SNUG_LIMIT_ARGSET_BOXES ? -E2BIG : 0;
}

/* Hands the result over if all went well (@r). */
static int collected(struct collector *c, int r, struct snug_argset *ret)
{
	if (r == 0 && c->set.len > SNUG_LIMIT_ARGSET_BOXES) {
		snug_argset_simplify(&c->set);
		if (c->set.len > SNUG_LIMIT_ARGSET_BOXES)
			r = -E2BIG;
	}
	if (r == 0)
		*ret = c->set;
	else
		snug_argset_done(&c->set);
	return r;
}

static bool intersect_boxes(const struct snug_arg_box *a, const struct snug_arg_box *b,
			    struct snug_arg_box *ret)
{
	if (!box_meets(a, b))
		return false;
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (!snug_arg_range_intersect(&a->args[i], &b->args[i], &ret->args[i]))
			return false;
	return true;
}

int snug_argset_intersect(const struct snug_argset *a, const struct snug_argset *b,
			  struct snug_argset *ret)
{
	struct collector c = { 0 };
	struct snug_arg_box both;
	size_t work_left = MAX_WORK;
	int r = 0;

	for (size_t i = 0; i < a->len && r == 0; i++) {
		for (size_t j = 0; j < b->len && r == 0; j++) {
			if (work_left-- == 0)
				r = -E2BIG;
			else if (intersect_boxes(&a->items[i], &b->items[j], &both))
				r = collect(&c, &both);
		}
	}
	return collected(&c, r, ret);
}

int snug_argset_subtract(const struct snug_argset *a, const struct snug_argset *b,
			 struct snug_argset *ret)
{
	struct cutter cutter = {
		.by = b->items, .n = b->len, .skip = SIZE_MAX, .work_left = MAX_WORK
	};
	struct collector c = { .is_simplified = true };
	struct snug_arg_box left;
	int r = 0;

	for (size_t i = 0; i < a->len && r == 0; i++) {
		cutter_start(&cutter, &a->items[i]);
		while (r == 0 && (r = next_left(&cutter, &left)) > 0)
			r = collect(&c, &left);
	}
	VEC_DONE(&cutter.waiting);
	return collected(&c, r, ret);
}

int snug_argset_is_subset(const struct snug_argset *a, const struct snug_argset *b)
{
	struct cutter cutter = {
		.by = b->items, .n = b->len, .skip = SIZE_MAX, .work_left = MAX_WORK
	};
	struct snug_arg_box left;
	int r = 0;

	for (size_t i = 0; i < a->len && r == 0; i++) {
		cutter_start(&cutter, &a->items[i]);
		r = next_left(&cutter, &left);
	}
	VEC_DONE(&cutter.waiting);
	return r < 0 ? r : r == 0;
}

int snug_argset_equal(const struct snug_argset *a, const struct snug_argset *b)
{
	int r = snug_argset_is_subset(a, b);

	return r == 1 ? snug_argset_is_subset(b, a) : r;
}
