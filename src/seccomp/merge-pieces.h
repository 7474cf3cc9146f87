/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What several profiles together say about one call: its arguments, cut into pieces of one answer
 * each.  For merge only. */
#include "seccomp/merge.h"

struct snug_merge_answer {
	uint32_t ret;
	bool is_default; /* no entry says so, only defaults do */
	/* Profiles refuse here with the same action and other data (an errno), which is lost. */
	bool has_conflict;
	uint32_t lost;
};

struct snug_merge_piece {
	struct snug_argset args; /* never empty */
	struct snug_merge_answer answer;
};

/* Disjoint, and together everything. */
struct snug_merge_pieces {
	struct snug_merge_piece *items;
	size_t len, cap;
	size_t max_boxes; /* see snug_merge_pieces_max() */
};
void snug_merge_pieces_done(struct snug_merge_pieces *p);
/* Whether all of them have the same answer. */
bool snug_merge_pieces_are_one(const struct snug_merge_pieces *p);
/* How many boxes  may have: SNUG_LIMIT_MERGE_BOXES, or more where the profiles have many
 * conditions for the call themselves. */
size_t snug_merge_pieces_max(const struct snug_merge_pieces *p);

/* The laxer (union) or stricter (intersection) of two answers. */
struct snug_merge_answer snug_merge_combine(enum snug_merge_mode mode, struct snug_merge_answer a,
					    struct snug_merge_answer b);

/* One piece for all arguments of @bits.  @p must be empty. */
void snug_merge_pieces_start(struct snug_merge_pieces *p, struct snug_merge_answer answer,
			     unsigned bits);
/* Combines @answer into every piece. */
void snug_merge_pieces_add(struct snug_merge_pieces *p, enum snug_merge_mode mode,
			   struct snug_merge_answer answer);
/* Combines what another profile says, or, with @p empty, begins with it.  -E2BIG when that takes
 * more than snug_merge_pieces_max() boxes; then @p is what it was. */
int snug_merge_pieces_add_cells(struct snug_merge_pieces *p, enum snug_merge_mode mode,
				const struct snug_cells *cells);

/* What several profiles say, each with a look at the arguments. */
struct snug_merge_opinions {
	struct snug_cells *items;
	size_t len, cap;
};
void snug_merge_opinions_done(struct snug_merge_opinions *o);
/* Combines all of them, in an order of their own: the result does not depend on that in @o, which
 * is sorted.  @max is the most that snug_merge_pieces_max() may become.  -E2BIG as before; then @p
 * is some of it. */
int snug_merge_pieces_add_all(struct snug_merge_pieces *p, enum snug_merge_mode mode,
			      struct snug_merge_opinions *o, size_t max);

/* Where the answers of a profile are not those that were wanted. */
struct snug_merge_mismatch {
	bool is_laxer, is_stricter;
	bool is_unknown; /* too many boxes to find out */
	/* an example, of the laxer ones when there are any */
	uint64_t args[SNUG_N_ARGS];
	uint32_t want, got;
};
void snug_merge_compare(const struct snug_merge_pieces *want, const struct snug_cells *got,
			struct snug_merge_mismatch *ret);
