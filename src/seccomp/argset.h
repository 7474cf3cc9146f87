/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Sets of argument vectors: exactly those that conditions of a profile can describe, closed under
 * union, intersection and difference.  A set is a union of boxes; a box is a product over the six
 * arguments; on each argument, an interval and a pattern of bits must both hold.
 */
#include "base/mem.h"
#include "seccomp/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;
struct snug_str;

enum { SNUG_N_ARGS = 6 };

/* lo <= x <= hi and (x & mask) == value.  Canonical: value has no bit outside mask; never empty;
 * mask 0 when the interval already says everything, and [0, max] when the pattern does, where max
 * is UINT32_MAX if no member is larger.  Equal sets have equal fields (seccomp/arg-range.h). */
struct snug_arg_range {
	uint64_t lo, hi;
	uint64_t mask, value;
};

struct snug_arg_box {
	struct snug_arg_range args[SNUG_N_ARGS];
};

/* No box: the empty set.  Boxes may overlap. */
struct snug_argset {
	struct snug_arg_box *items;
	size_t len, cap;
};

void snug_argset_done(struct snug_argset *s);
void snug_argset_copy(struct snug_argset *to, const struct snug_argset *from);

/* Adds all vectors whose arguments have 32 or 64 bits (@bits). */
void snug_argset_add_all(struct snug_argset *s, unsigned bits);
/* Adds the vectors of arguments of @bits for which all of @conds hold (no two on one argument; none
 * at all: every vector).  A condition that cannot hold adds nothing. */
void snug_argset_add_conds(struct snug_argset *s, const struct snug_seccomp_arg *conds,
			   size_t n_conds, unsigned bits);
/* Adds every vector of @other. */
void snug_argset_add(struct snug_argset *s, const struct snug_argset *other);

bool snug_argset_contains(const struct snug_argset *s, const uint64_t args[SNUG_N_ARGS]);
bool snug_argset_is_empty(const struct snug_argset *s);
/* Some member, the one with the smallest arguments of the first box; false when there is none. */
bool snug_argset_sample(const struct snug_argset *s, uint64_t args[SNUG_N_ARGS]);

/* *ret must be empty (zeroed) before.  Both return 0, or -E2BIG when the result takes more than
 * SNUG_LIMIT_ARGSET_BOXES boxes; then *ret is empty. */
int snug_argset_intersect(const struct snug_argset *a, const struct snug_argset *b,
			  struct snug_argset *ret);
int snug_argset_subtract(const struct snug_argset *a, const struct snug_argset *b,
			 struct snug_argset *ret);
/* 1 when every member of @a is one of @b, 0 when not, -E2BIG when that cannot be found out within
 * the limit. */
int snug_argset_is_subset(const struct snug_argset *a, const struct snug_argset *b);
int snug_argset_equal(const struct snug_argset *a, const struct snug_argset *b);

/* Fewer boxes for the same set: boxes within others go, neighbours become one, {x != v} is found
 * again.  Deterministic: boxes are sorted, and the order of the input does not matter where the
 * result is minimal. */
void snug_argset_simplify(struct snug_argset *s);

/* A conjunction that an entry of a profile can hold: at most one condition an argument. */
struct snug_arg_conds {
	struct snug_seccomp_arg items[SNUG_N_ARGS];
	size_t len; /* 0: always */
};
struct snug_arg_conds_list {
	struct snug_arg_conds *items;
	size_t len, cap;
};
void snug_arg_conds_list_done(struct snug_arg_conds_list *l);

/*
 * Writes the set down as entries: their union is the set.  What one condition can say is said so
 * (EQ, NE, LE, GE, MASKED_EQ; never value_two without need); an interval with two ends, or with a
 * pattern, is split into blocks of MASKED_EQ.  Only for sets over 64 bits.  Returns 0 (an empty
 * list for the empty set), or -E2BIG for more than @max entries, and then *ret is empty.
 */
int snug_argset_to_conds(const struct snug_argset *s, size_t max, struct snug_arg_conds_list *ret);
