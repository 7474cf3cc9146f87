/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pieces grow by one profile at a time: each is cut along the profile's cells, every part gets the
 * combined answer, and parts of the same answer become one piece again.  So there are never more
 * pieces than answers, and simplifying keeps their boxes few.
 */
#include "seccomp/merge-pieces.h"

#include "base/limits.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <string.h>

#include <linux/seccomp.h>

void snug_merge_pieces_done(struct snug_merge_pieces *p)
{
	VEC_FOREACH (piece, p)
		snug_argset_done(&piece->args);
	VEC_DONE(p);
}

static bool is_same_action(uint32_t a, uint32_t b)
{
	return (a & SECCOMP_RET_ACTION_FULL) == (b & SECCOMP_RET_ACTION_FULL);
}

/* Of several answers that are lost, the laxest is told of: any would do that does not depend on the
 * order. */
static void lose(struct snug_merge_answer *won, uint32_t ret)
{
	won->lost = won->has_conflict ? snug_ret_laxer(won->lost, ret) : ret;
	won->has_conflict = true;
}

struct snug_merge_answer snug_merge_combine(enum snug_merge_mode mode, struct snug_merge_answer a,
					    struct snug_merge_answer b)
{
	int order = snug_ret_compare(a.ret, b.ret);
	bool a_wins = (order > 0) == (mode == SNUG_MERGE_UNION);
	struct snug_merge_answer won = a_wins ? a : b, lost = a_wins ? b : a;

	if (!is_same_action(a.ret, b.ret))
		return won;
	if (lost.has_conflict && lost.lost != won.ret)
		lose(&won, lost.lost);
	if (order == 0)
		won.is_default = a.is_default && b.is_default;
	else if (!(a.is_default && b.is_default))
		lose(&won, lost.ret);
	return won;
}

void snug_merge_pieces_start(struct snug_merge_pieces *p, struct snug_merge_answer answer,
			     unsigned bits)
{
	struct snug_merge_piece *piece = VEC_PUSH(p);

	snug_argset_add_all(&piece->args, bits);
	piece->answer = answer;
}

static bool is_same_answer(const struct snug_merge_answer *a, const struct snug_merge_answer *b)
{
	return a->ret == b->ret && a->is_default == b->is_default &&
	       a->has_conflict == b->has_conflict && (!a->has_conflict || a->lost == b->lost);
}

/* Takes @args, which is left empty. */
static void add_piece(struct snug_merge_pieces *p, struct snug_argset *args,
		      const struct snug_merge_answer *answer)
{
	VEC_FOREACH (piece, p) {
		if (!is_same_answer(&piece->answer, answer))
			continue;
		snug_argset_add(&piece->args, args);
		snug_argset_done(args);
		return;
	}
	*VEC_PUSH(p) = (struct snug_merge_piece){ *args, *answer };
	*args = (struct snug_argset){ 0 };
}

void snug_merge_pieces_add(struct snug_merge_pieces *p, enum snug_merge_mode mode,
			   struct snug_merge_answer answer)
{
	struct snug_merge_pieces out = { .max_boxes = p->max_boxes };

	VEC_FOREACH (piece, p) {
		struct snug_merge_answer both = snug_merge_combine(mode, piece->answer, answer);

		add_piece(&out, &piece->args, &both);
	}
	if (out.len < p->len)
		VEC_FOREACH (piece, &out)
			snug_argset_simplify(&piece->args);
	VEC_DONE(p);
	*p = out;
}

static struct snug_merge_answer answer_of(const struct snug_decision *d)
{
	return (struct snug_merge_answer){ .ret = d->ret, .is_default = d->by != SNUG_BY_ENTRY };
}

/* Whether @cells leave the piece its answer, wherever it is cut. */
static bool is_unmoved(const struct snug_merge_piece *piece, const struct snug_cells *cells,
		       enum snug_merge_mode mode)
{
	VEC_FOREACH (cell, cells) {
		struct snug_merge_answer both =
			snug_merge_combine(mode, piece->answer, answer_of(&cell->decision));

		if (!is_same_answer(&both, &piece->answer))
			return false;
	}
	return true;
}

static int cut(const struct snug_merge_piece *piece, const struct snug_cells *cells,
	       enum snug_merge_mode mode, struct snug_merge_pieces *out)
{
	CLEANUP(snug_argset_done) struct snug_argset whole = { 0 };

	if (is_unmoved(piece, cells, mode)) {
		snug_argset_copy(&whole, &piece->args);
		add_piece(out, &whole, &piece->answer);
		return 0;
	}
	VEC_FOREACH (cell, cells) {
		struct snug_merge_answer both =
			snug_merge_combine(mode, piece->answer, answer_of(&cell->decision));
		CLEANUP(snug_argset_done) struct snug_argset part = { 0 };
		int r = snug_argset_intersect(&piece->args, &cell->args, &part);

		if (r < 0)
			return r;
		if (!snug_argset_is_empty(&part))
			add_piece(out, &part, &both);
	}
	return 0;
}

static void copy_cells(const struct snug_cells *cells, struct snug_merge_pieces *out)
{
	VEC_FOREACH (cell, cells) {
		struct snug_merge_answer answer = answer_of(&cell->decision);
		CLEANUP(snug_argset_done) struct snug_argset copy = { 0 };

		snug_argset_copy(&copy, &cell->args);
		add_piece(out, &copy, &answer);
	}
}

static size_t count_boxes(const struct snug_merge_pieces *p)
{
	size_t n = 0;

	VEC_FOREACH (piece, p)
		n += piece->args.len;
	return n;
}

bool snug_merge_pieces_are_one(const struct snug_merge_pieces *p)
{
	VEC_FOREACH (piece, p)
		if (piece->answer.ret != p->items[0].answer.ret)
			return false;
	return true;
}

/* A call for which the profiles themselves have many conditions may keep so many. */
size_t snug_merge_pieces_max(const struct snug_merge_pieces *p)
{
	return p->max_boxes > SNUG_LIMIT_MERGE_BOXES ? p->max_boxes : SNUG_LIMIT_MERGE_BOXES;
}

static int simplify(struct snug_merge_pieces *p)
{
	size_t max = snug_merge_pieces_max(p);

	VEC_FOREACH (piece, p) {
		if (piece->args.len > max * 2)
			return -E2BIG;
		snug_argset_simplify(&piece->args);
	}
	return count_boxes(p) > max ? -E2BIG : 0;
}

int snug_merge_pieces_add_cells(struct snug_merge_pieces *p, enum snug_merge_mode mode,
				const struct snug_cells *cells)
{
	CLEANUP(snug_merge_pieces_done)
	struct snug_merge_pieces out = { .max_boxes = p->max_boxes };
	int r = 0;

	if (p->len && cells->len == 1) {
		snug_merge_pieces_add(p, mode, answer_of(&cells->items[0].decision));
		return 0;
	}
	/* what will be too much is not worked out first */
	VEC_FOREACH (cell, cells)
		if (cell->args.len > snug_merge_pieces_max(p) * 4)
			return -E2BIG;
	if (!p->len)
		copy_cells(cells, &out);
	for (size_t i = 0; i < p->len && r == 0; i++)
		r = cut(&p->items[i], cells, mode, &out);
	if (r == 0)
		r = simplify(&out);
	if (r < 0)
		return r;
	snug_merge_pieces_done(p);
	*p = out;
	out = (struct snug_merge_pieces){ 0 };
	return 0;
}

void snug_merge_opinions_done(struct snug_merge_opinions *o)
{
	VEC_FOREACH (cells, o)
		snug_cells_done(cells);
	VEC_DONE(o);
}

/* Boxes are plain numbers: any order will do, as long as it is one. */
static int compare_sets(const struct snug_argset *a, const struct snug_argset *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return a->len ? memcmp(a->items, b->items, a->len * sizeof(*a->items)) : 0;
}

static int compare_cells(const void *a, const void *b)
{
	const struct snug_cells *ca = a, *cb = b;
	int r = (ca->len > cb->len) - (ca->len < cb->len);

	for (size_t i = 0; i < ca->len && r == 0; i++) {
		const struct snug_cell *x = &ca->items[i], *y = &cb->items[i];

		r = snug_ret_compare(x->decision.ret, y->decision.ret);
		r = r ? r : (x->decision.by > y->decision.by) - (x->decision.by < y->decision.by);
		r = r ? r : compare_sets(&x->args, &y->args);
	}
	return r;
}

/* Whether entries only allow: then nothing is ever written down of what lies around. */
static bool is_allow_list(const struct snug_merge_opinions *o)
{
	for (size_t i = 0; i < o->len; i++)
		VEC_FOREACH (cell, &o->items[i])
			if (cell->decision.by == SNUG_BY_ENTRY &&
			    cell->decision.ret != SECCOMP_RET_ALLOW)
				return false;
	return true;
}

/* How many boxes lie around this one: what is not {x & mask == value} is one for each bit. */
static size_t weight(const struct snug_arg_box *box)
{
	size_t n = 0;

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		n += (size_t)__builtin_popcountll(box->args[i].mask);
	return n ? n : 1;
}

/* Long lists of values may stay what they are: a box for each rule that still is one, and as many
 * again for what lies between them, on both sides. */
static size_t budget_of(const struct snug_merge_opinions *o, size_t max)
{
	bool only_allows = is_allow_list(o);
	size_t n = 0;

	for (size_t i = 0; i < o->len; i++)
		VEC_FOREACH (cell, &o->items[i])
			if (cell->decision.by == SNUG_BY_ENTRY && cell->args.len == 1)
				n += only_allows ? weight(&cell->args.items[0]) : 1;
	n = 3 * n + 1;
	return n < max ? n : max;
}

int snug_merge_pieces_add_all(struct snug_merge_pieces *p, enum snug_merge_mode mode,
			      struct snug_merge_opinions *o, size_t max)
{
	if (!o->len)
		return 0;
	p->max_boxes = budget_of(o, max);
	qsort(o->items, o->len, sizeof(*o->items), compare_cells);
	for (size_t i = 0; i < o->len; i++) {
		const struct snug_cells *cells = &o->items[i];
		int r;

		if (i && compare_cells(cells - 1, cells) == 0)
			continue;
		r = snug_merge_pieces_add_cells(p, mode, cells);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A piece and a cell with other answers: does any call lie in both? */
static void compare_two(const struct snug_merge_piece *want, const struct snug_cell *got,
			struct snug_merge_mismatch *ret)
{
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 };
	bool is_laxer = snug_ret_compare(want->answer.ret, got->decision.ret) < 0;
	bool is_first = !ret->is_laxer && !ret->is_stricter;

	if (snug_argset_intersect(&want->args, &got->args, &both) < 0) {
		ret->is_unknown = true;
		return;
	}
	if (snug_argset_is_empty(&both))
		return;
	if (is_first || (is_laxer && !ret->is_laxer)) {
		(void)snug_argset_sample(&both, ret->args);
		ret->want = want->answer.ret;
		ret->got = got->decision.ret;
	}
	ret->is_laxer |= is_laxer;
	ret->is_stricter |= !is_laxer;
}

void snug_merge_compare(const struct snug_merge_pieces *want, const struct snug_cells *got,
			struct snug_merge_mismatch *ret)
{
	*ret = (struct snug_merge_mismatch){ 0 };
	VEC_FOREACH (piece, want)
		VEC_FOREACH (cell, got)
			if (piece->answer.ret != cell->decision.ret)
				compare_two(piece, cell, ret);
}
