/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From boxes back to conditions.  An argument's range becomes a list of conditions, one of which
 * must hold; a box becomes the product of its six lists, because the conditions of an entry must
 * all hold, and an entry has one for each argument only.
 *
 * {x != v} is two boxes.  They are put together first, into a box that has the range of all but v:
 * written as the interval from v + 1 to v - 1, which no other range looks like.
 */
#include "seccomp/argset.h"

#include "seccomp/arg-range.h"
#include "seccomp/argset-internal.h"

#include <errno.h>

enum { MAX_BLOCKS = 2 * 64 };

/* What one argument must be. */
struct choice {
	struct snug_seccomp_arg items[MAX_BLOCKS];
	size_t len; /* 0: whatever it is */
};

static bool is_all_but_one(const struct snug_arg_range *r)
{
	return r->lo > r->hi;
}

/* [0, v - 1] and [v + 1, max]. */
static bool leave_out_one(const struct snug_arg_range *a, const struct snug_arg_range *b)
{
	return !a->mask && !b->mask && !is_all_but_one(a) && !is_all_but_one(b) && a->lo == 0 &&
	       b->hi == UINT64_MAX && a->hi < b->lo && b->lo - a->hi == 2;
}

static void join_around_one(struct snug_argset *s, unsigned arg)
{
	for (size_t i = 0; i < s->len; i++) {
		struct snug_arg_range *a = &s->items[i].args[arg];

		if (a->lo || a->mask || a->hi == UINT64_MAX)
			continue;
		for (size_t j = 0; j < s->len; j++) {
			const struct snug_arg_range *b = &s->items[j].args[arg];

			if (j == i || !leave_out_one(a, b) ||
			    !snug_arg_box_is_equal_but(&s->items[i], &s->items[j], arg))
				continue;
			*a = (struct snug_arg_range){ .lo = b->lo, .hi = a->hi };
			for (size_t k = j + 1; k < s->len; k++)
				s->items[k - 1] = s->items[k];
			s->len--;
			/* the one at i may have moved down */
			i -= j < i;
			break;
		}
	}
}

static void choose(struct choice *c, unsigned index, enum snug_cmp op, uint64_t value)
{
	c->items[c->len++] = (struct snug_seccomp_arg){ .index = index, .op = op, .value = value };
}

static void choose_masked(struct choice *c, unsigned index, uint64_t mask, uint64_t value)
{
	if (mask == UINT64_MAX) {
		choose(c, index, SNUG_CMP_EQ, value);
		return;
	}
	choose(c, index, SNUG_CMP_MASKED_EQ, mask);
	c->items[c->len - 1].value_two = value;
	c->items[c->len - 1].has_value_two = true;
}

/* The largest blocks of 2^n values, each at a multiple of its size, that make up the interval. */
static void choose_blocks(struct choice *c, unsigned index, const struct snug_arg_range *r)
{
	uint64_t lo = r->lo, size_less_1;

	for (;;) {
		/* as large as it can be at lo, then as it may be up to hi */
		size_less_1 = lo ? (lo & -lo) - 1 : UINT64_MAX;
		while (size_less_1 > r->hi - lo)
			size_less_1 >>= 1;
		if (!((lo ^ r->value) & r->mask & ~size_less_1))
			choose_masked(c, index, r->mask | ~size_less_1, lo | r->value);
		if (r->hi - lo == size_less_1)
			return;
		lo += size_less_1 + 1;
	}
}

static void choose_range(struct choice *c, unsigned index, const struct snug_arg_range *r)
{
	uint64_t mask, value;

	c->len = 0;
	if (is_all_but_one(r))
		choose(c, index, SNUG_CMP_NE, r->lo - 1);
	else if (!r->mask && r->lo == r->hi)
		choose(c, index, SNUG_CMP_EQ, r->lo);
	else if (!r->mask && r->lo == 0 && r->hi == UINT64_MAX)
		return;
	else if (!r->mask && r->lo == 0)
		choose(c, index, r->hi == UINT64_MAX - 1 ? SNUG_CMP_NE : SNUG_CMP_LE,
		       r->hi == UINT64_MAX - 1 ? UINT64_MAX : r->hi);
	else if (!r->mask && r->hi == UINT64_MAX)
		choose(c, index, r->lo == 1 ? SNUG_CMP_NE : SNUG_CMP_GE, r->lo == 1 ? 0 : r->lo);
	else if (snug_arg_range_is_pattern(r, &mask, &value))
		choose_masked(c, index, mask, value);
	else
		choose_blocks(c, index, r);
}

/* Adds every way to choose one condition for each argument. */
static int add_product(const struct choice choices[SNUG_N_ARGS], size_t max,
		       struct snug_arg_conds_list *out)
{
	uint64_t n = 1;

	/* at most 126 to the power of 6 */
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		n *= choices[i].len ? choices[i].len : 1;
	if (out->len >= max || n > max - out->len)
		return -E2BIG;
	for (uint64_t k = 0; k < n; k++) {
		struct snug_arg_conds *conds = VEC_PUSH(out);
		uint64_t rest = k;

		for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
			if (!choices[i].len)
				continue;
			conds->items[conds->len++] = choices[i].items[rest % choices[i].len];
			rest /= choices[i].len;
		}
	}
	return 0;
}

static int add_box(const struct snug_arg_box *box, size_t max, struct snug_arg_conds_list *out)
{
	struct choice choices[SNUG_N_ARGS];

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		choose_range(&choices[i], i, &box->args[i]);
	return add_product(choices, max, out);
}

void snug_arg_conds_list_done(struct snug_arg_conds_list *l)
{
	VEC_DONE(l);
}

int snug_argset_to_conds(const struct snug_argset *s, size_t max, struct snug_arg_conds_list *ret)
{
	struct snug_arg_conds_list out = { 0 };
	struct snug_argset copy;
	int r = 0;

	snug_argset_copy(&copy, s);
	snug_argset_simplify(&copy);
	for (unsigned arg = 0; arg < SNUG_N_ARGS; arg++)
		join_around_one(&copy, arg);
	for (size_t i = 0; i < copy.len && r == 0; i++)
		r = add_box(&copy.items[i], max, &out);
	snug_argset_done(&copy);
	if (r == 0)
		*ret = out;
	else
		snug_arg_conds_list_done(&out);
	return r;
}
