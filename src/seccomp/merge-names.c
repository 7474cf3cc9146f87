/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One name after the other, over 64-bit arguments.  Almost every name is plain: no profile looks at
 * its arguments, and its answer is one comparison for each profile.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/merge-internal.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

#include <linux/seccomp.h>

static int compare_uses(const void *a, const void *b)
{
	const struct snug_merge_use *ua = a, *ub = b;
	int r = strcmp(ua->name, ub->name);

	return r ? r : (ua->input > ub->input) - (ua->input < ub->input);
}

static int compare_names(const void *a, const void *b)
{
	const struct snug_merge_name *na = a, *nb = b;

	return strcmp(na->name, nb->name);
}

static int compare_to_name(const void *name, const void *item)
{
	return strcmp(name, ((const struct snug_merge_name *)item)->name);
}

struct snug_merge_name *snug_merge_find_name(struct snug_merger *m, const char *name)
{
	if (!m->names.len)
		return NULL;
	return bsearch(name, m->names.items, m->names.len, sizeof(m->names.items[0]),
		       compare_to_name);
}

/* merge-mux.c may have to say something about these though no profile does. */
static void add_multiplexers(struct snug_merger *m)
{
	for (const char *const *parent = snug_syscall_mux_parents; *parent; parent++) {
		struct snug_merge_name *name;

		if (snug_merge_find_name(m, *parent))
			continue;
		name = VEC_PUSH(&m->names);
		name->name = *parent;
		name->is_plain = true;
		name->why_arch = _SNUG_ARCH_INVALID;
		qsort(m->names.items, m->names.len, sizeof(*m->names.items), compare_names);
	}
}

static void collect_uses(struct snug_merger *m)
{
	struct snug_decision decision;

	for (size_t i = 0; i < m->n_inputs; i++) {
		VEC_FOREACH (name, snug_meaning_names(m->inputs[i])) {
			struct snug_merge_use *use = VEC_PUSH(&m->uses);

			use->name = *name;
			use->input = (uint32_t)i;
			use->is_plain = snug_meaning_name_answer(m->inputs[i], *name, &decision);
			use->ret = use->is_plain ? decision.ret : 0;
		}
	}
	if (m->uses.len)
		qsort(m->uses.items, m->uses.len, sizeof(*m->uses.items), compare_uses);
}

/* Conditions for hundreds of calls come from strangers; people have long lists for few. */
static void share_boxes(struct snug_merger *m)
{
	size_t n = 0;

	VEC_FOREACH (name, &m->names)
		n += !name->is_plain;
	m->max_boxes = SNUG_LIMIT_MERGE_ALL_BOXES / (n ? n : 1);
	if (m->max_boxes > SNUG_LIMIT_ARGSET_BOXES / 2)
		m->max_boxes = SNUG_LIMIT_ARGSET_BOXES / 2;
}

void snug_merge_collect_names(struct snug_merger *m)
{
	collect_uses(m);
	for (size_t i = 0; i < m->uses.len; i++) {
		const struct snug_merge_use *use = &m->uses.items[i];
		struct snug_merge_name *last = NULL;

		if (m->names.len)
			last = &m->names.items[m->names.len - 1];
		if (!last || strcmp(last->name, use->name) != 0) {
			last = VEC_PUSH(&m->names);
			last->name = use->name;
			last->first_use = i;
			last->is_plain = true;
			last->why_arch = _SNUG_ARCH_INVALID;
		}
		last->n_uses++;
		last->is_plain &= use->is_plain;
	}
	add_multiplexers(m);
	share_boxes(m);
}

/* In an intersection, the default of one input may allow more than all defaults together: then it
 * still counts for the names that another input allows. */
static uint32_t lowered(const struct snug_merger *m, uint32_t default_ret)
{
	bool is_refusal = !snug_ret_is_stricter(m->default_ret, default_ret);
	bool is_low = snug_ret_compare(default_ret, m->default_ret) <= 0;

	return m->has_lowered_default && is_refusal && !is_low ? m->default_ret : default_ret;
}

struct snug_merge_answer snug_merge_default_of(const struct snug_merger *m, size_t input)
{
	return (struct snug_merge_answer){
		.ret = lowered(m, snug_meaning_default(m->inputs[input])),
		.is_default = true,
	};
}

static uint32_t without_notify(uint32_t ret)
{
	return ret == SECCOMP_RET_USER_NOTIF ? SECCOMP_RET_ERRNO | EPERM : ret;
}

uint32_t snug_merge_ret(const struct snug_merger *m, const struct snug_decision *decision)
{
	if (decision->by == SNUG_BY_DEFAULT)
		return lowered(m, decision->ret);
	return m->has_notify ? decision->ret : without_notify(decision->ret);
}

uint32_t snug_merge_use_ret(const struct snug_merger *m, const struct snug_merge_use *use)
{
	const struct snug_decision decision = { .ret = use->ret, .by = SNUG_BY_ENTRY };

	return snug_merge_ret(m, &decision);
}

static int add_opinion(struct snug_merger *m, const struct snug_merge_use *use,
		       struct snug_merge_opinions *out)
{
	struct snug_cells *cells = VEC_PUSH(out);
	int r = snug_meaning_name_cells(m->inputs[use->input], use->name, 64, cells, m->err);

	VEC_FOREACH (cell, cells)
		cell->decision.ret = snug_merge_ret(m, &cell->decision);
	return r;
}

static void add_answer(struct snug_merge_pieces *pieces, enum snug_merge_mode mode,
		       struct snug_merge_answer answer)
{
	if (pieces->len)
		snug_merge_pieces_add(pieces, mode, answer);
	else
		snug_merge_pieces_start(pieces, answer, 64);
}

/* Returns 1 when it takes too many pieces. */
static int combine_name(struct snug_merger *m, const struct snug_merge_name *name,
			enum snug_merge_mode mode, struct snug_merge_pieces *ret)
{
	const struct snug_merge_use *use = name->n_uses ? &m->uses.items[name->first_use] : NULL;
	const struct snug_merge_use *end = name->n_uses ? use + name->n_uses : NULL;
	CLEANUP(snug_merge_opinions_done) struct snug_merge_opinions opinions = { 0 };
	int r = 0;

	for (size_t i = 0; i < m->n_inputs && r == 0; i++) {
		bool is_named = use < end && use->input == i;
		struct snug_merge_answer answer = snug_merge_default_of(m, i);

		if (!is_named) {
			add_answer(ret, mode, answer);
		} else if (use->is_plain) {
			answer.ret = snug_merge_use_ret(m, use);
			answer.is_default = false;
			add_answer(ret, mode, answer);
		} else {
			r = add_opinion(m, use, &opinions);
		}
		if (is_named)
			use++;
	}
	if (r == 0 && snug_merge_pieces_add_all(ret, mode, &opinions, m->max_boxes) < 0)
		r = 1;
	return r;
}

uint32_t snug_merge_strictest(const struct snug_merger *m, const struct snug_cells *cells)
{
	uint32_t ret = SECCOMP_RET_ALLOW;

	VEC_FOREACH (cell, cells)
		ret = snug_ret_stricter(ret, snug_merge_ret(m, &cell->decision));
	return ret;
}

static int add_strictest(struct snug_merger *m, const struct snug_merge_use *use, unsigned bits,
			 uint32_t *ret)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r = snug_meaning_name_cells(m->inputs[use->input], use->name, bits, &cells, m->err);

	*ret = snug_ret_stricter(*ret, snug_merge_strictest(m, &cells));
	return r;
}

/* What never holds for 64 bits may hold for 32 (snug_rule_conds()). */
static int strictest_of_use(struct snug_merger *m, const struct snug_merge_use *use, uint32_t *ret)
{
	int r;

	*ret = SECCOMP_RET_ALLOW;
	r = add_strictest(m, use, 64, ret);
	return r < 0 ? r : add_strictest(m, use, 32, ret);
}

/* One answer for all arguments: of the strictest answers of each input, the laxest for a union.
 * Whatever the arguments are, no input is stricter than its strictest answer; so this is not too
 * lax.  Where the name shares a number with another one, that could be what decides: then it is the
 * strictest of all. */
static int constant_of_name(struct snug_merger *m, const struct snug_merge_name *name,
			    uint32_t *ret)
{
	enum snug_merge_mode mode =
		snug_merge_has_twin(m, name) ? SNUG_MERGE_INTERSECT : m->opts->mode;
	size_t next = name->first_use, end = next + name->n_uses;
	struct snug_merge_answer all = { 0 };

	for (size_t i = 0; i < m->n_inputs; i++) {
		struct snug_merge_answer one = snug_merge_default_of(m, i);
		int r = 0;

		if (next < end && m->uses.items[next].input == i)
			r = strictest_of_use(m, &m->uses.items[next++], &one.ret);
		if (r < 0)
			return r;
		all = i ? snug_merge_combine(mode, all, one) : one;
	}
	*ret = all.ret;
	return 0;
}

/* The region with the answer of piece @i, or nothing when an earlier piece has it too. */
static void region_of(const struct snug_merge_pieces *pieces, size_t i, struct snug_argset *ret)
{
	uint32_t answer = pieces->items[i].answer.ret;

	for (size_t j = 0; j < i; j++)
		if (pieces->items[j].answer.ret == answer)
			return;
	for (size_t j = i; j < pieces->len; j++)
		if (pieces->items[j].answer.ret == answer)
			snug_argset_add(ret, &pieces->items[j].args);
	snug_argset_simplify(ret);
}

int snug_merge_write_pieces(const struct snug_merger *m, const struct snug_merge_pieces *pieces,
			    struct snug_merge_entries *ret)
{
	struct snug_merge_entries out = { 0 };
	size_t max = snug_merge_pieces_max(pieces);
	int r = 0;

	for (size_t i = 0; i < pieces->len && r == 0; i++) {
		CLEANUP(snug_argset_done) struct snug_argset region = { 0 };
		CLEANUP(snug_arg_conds_list_done) struct snug_arg_conds_list conds = { 0 };

		if (pieces->items[i].answer.ret == m->default_ret)
			continue;
		region_of(pieces, i, &region);
		r = snug_argset_to_conds(&region, max - out.len, &conds);
		VEC_FOREACH (c, &conds)
			*VEC_PUSH(&out) =
				(struct snug_merge_entry){ pieces->items[i].answer.ret, *c };
	}
	if (r < 0) {
		VEC_DONE(&out);
		return r;
	}
	VEC_DONE(ret);
	*ret = out;
	return 0;
}

static void set_constant(struct snug_merger *m, struct snug_merge_name *name, uint32_t ret)
{
	name->is_constant = true;
	name->ret = ret;
	name->entries.len = 0;
	if (ret != m->default_ret)
		VEC_PUSH(&name->entries)->ret = ret;
}

static void note_conflicts(struct snug_merger *m, const struct snug_merge_name *name,
			   const struct snug_merge_pieces *pieces)
{
	VEC_FOREACH (piece, pieces)
		if (piece->answer.has_conflict)
			*VEC_PUSH(&m->conflicts) =
				(struct snug_merge_conflict){ piece->answer.ret, piece->answer.lost,
							      name->name };
}

/* One errno less to tell apart often leaves nothing to write but what is allowed. */
static void make_coarse(const struct snug_merger *m, struct snug_merge_pieces *pieces)
{
	VEC_FOREACH (piece, pieces) {
		uint32_t ret = piece->answer.ret;

		if (!snug_ret_is_stricter(ret, m->default_ret) &&
		    !snug_ret_is_stricter(m->default_ret, ret) &&
		    snug_ret_compare(m->default_ret, ret) < 0)
			piece->answer.ret = m->default_ret;
	}
}

/* Returns 1 when it cannot be written down at this level. */
static int try_level(struct snug_merger *m, struct snug_merge_name *name)
{
	CLEANUP(snug_merge_pieces_done) struct snug_merge_pieces pieces = { 0 };
	enum snug_merge_mode mode = m->opts->mode;
	uint32_t ret;
	int r;

	if (name->level == SNUG_MERGE_CONSTANT) {
		r = constant_of_name(m, name, &ret);
		if (r == 0)
			set_constant(m, name, ret);
		return r;
	}
	if (name->level == SNUG_MERGE_COMMON)
		mode = SNUG_MERGE_INTERSECT;
	r = combine_name(m, name, mode, &pieces);
	if (r != 0)
		return r;
	if (name->level == SNUG_MERGE_EXACT)
		note_conflicts(m, name, &pieces);
	if (name->level == SNUG_MERGE_COARSE)
		make_coarse(m, &pieces);
	if (snug_merge_pieces_are_one(&pieces)) {
		set_constant(m, name, pieces.items[0].answer.ret);
		return 0;
	}
	name->is_constant = false;
	return snug_merge_write_pieces(m, &pieces, &name->entries) < 0 ? 1 : 0;
}

int snug_merge_name(struct snug_merger *m, struct snug_merge_name *name)
{
	int r;

	for (;;) {
		r = try_level(m, name);
		if (r <= 0)
			return r;
		snug_merge_next_level(m, name, "it takes more conditions than are sensible",
				      _SNUG_ARCH_INVALID);
	}
}

void snug_merge_next_level(struct snug_merger *m, struct snug_merge_name *name, const char *why,
			   enum snug_arch arch)
{
	/* there is no way to be too lax or too long with one strict answer */
	snug_bug_on(name->level == SNUG_MERGE_CONSTANT);
	name->level++;
	/* which is what an intersection has tried already */
	if (name->level == SNUG_MERGE_COMMON && m->opts->mode == SNUG_MERGE_INTERSECT)
		name->level = SNUG_MERGE_CONSTANT;
	name->is_done = false;
	name->why = why;
	name->why_arch = arch;
}
