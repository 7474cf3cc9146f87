/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socketcall(2) and ipc(2) are one number for many calls, and what a profile says about it comes
 * from two sides: from entries for the number, and from entries for the calls behind it, whose
 * arguments it cannot see.  So merging "socket" by its arguments does not merge socketcall(2).
 * Here the number is merged as what it is, and gets the entries that are still missing once the
 * calls behind it have theirs.
 *
 * An entry for the number only counts where it is stricter than what comes from a call behind it,
 * and never with the answer of the default, which resolving drops.  For that case alone, the call
 * behind is split: written with a condition and its opposite, it means the same, but the number
 * gets the default for it.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/merge-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>

#include <linux/seccomp.h>

/* A multiplexer, and one call that every ABI that has it puts behind it. */
static const struct mux_kind {
	const char *parent, *probe;
} mux_kinds[] = {
	{ "socketcall", "socket" },
	{ "ipc", "semop" },
};

/* One multiplexer on one ABI. */
struct mux {
	struct snug_merge_name *parent;
	enum snug_arch arch;
	uint32_t nr;
};

static bool is_mux_on(const struct mux_kind *kind, enum snug_arch arch, uint32_t *ret_nr)
{
	struct snug_syscall_mux mux;

	if (!snug_syscall_multiplexer(arch, kind->probe, &mux))
		return false;
	*ret_nr = mux.parent_nr;
	return true;
}

static struct snug_merge_name *parent_of(struct snug_merger *m, const struct mux_kind *kind)
{
	struct snug_merge_name *name = snug_merge_find_name(m, kind->parent);

	snug_bug_on(!name); /* collected for this */
	return name;
}

/* A wish that no entry can fulfil shows as a difference, which merge-check.c tells of. */
static bool can_answer(const struct snug_decision *now, uint32_t want)
{
	bool is_free = now->by == SNUG_BY_DEFAULT && !now->behind_mux;

	return is_free || !snug_ret_is_stricter(now->ret, want);
}

/* Sets over 32 bits as entries read them: what reaches the end of 32 bits has no end. */
static void widen(struct snug_argset *s)
{
	VEC_FOREACH (box, s) {
		for (size_t i = 0; i < SNUG_N_ARGS; i++) {
			struct snug_arg_range *range = &box->args[i];

			if (range->hi == UINT32_MAX && (range->lo == 0 || range->mask == 0))
				range->hi = UINT64_MAX;
		}
	}
}

/* What has to be said about the number, beyond what is said already: calls with another answer
 * than the one wanted. */
static int missing_pieces(struct snug_merger *m, const struct snug_merge_pieces *want,
			  const struct snug_cells *now, unsigned bits,
			  struct snug_merge_pieces *ret)
{
	VEC_FOREACH (piece, want) {
		VEC_FOREACH (cell, now) {
			struct snug_merge_piece part = { .answer = piece->answer };
			int r;

			if (piece->answer.ret == cell->decision.ret ||
			    piece->answer.ret == m->default_ret ||
			    !can_answer(&cell->decision, piece->answer.ret))
				continue;
			r = snug_argset_intersect(&piece->args, &cell->args, &part.args);
			if (r < 0)
				return r;
			if (snug_argset_is_empty(&part.args))
				continue;
			if (bits == 32)
				widen(&part.args);
			*VEC_PUSH(ret) = part;
		}
	}
	return 0;
}

static void set_constant(struct snug_merge_name *parent, uint32_t ret)
{
	parent->entries.len = 0;
	VEC_PUSH(&parent->entries)->ret = ret;
}

static int write_missing(struct snug_merger *m, const struct mux *mux,
			 const struct snug_merge_pieces *want, const struct snug_cells *now)
{
	CLEANUP(snug_merge_pieces_done) struct snug_merge_pieces missing = { 0 };
	unsigned bits = snug_arch_arg_bits(mux->arch);
	int r = missing_pieces(m, want, now, bits, &missing);

	if (r < 0)
		return r;
	if (missing.len && snug_merge_pieces_are_one(want)) {
		set_constant(mux->parent, want->items[0].answer.ret);
		return 0;
	}
	return snug_merge_write_pieces(m, &missing, &mux->parent->entries);
}

/* Calls behind the multiplexer that allow more than the default where the default is wanted. */
static int split_calls(struct snug_merger *m, const struct snug_merge_pieces *want,
		       const struct snug_cells *now, bool *ret_any)
{
	VEC_FOREACH (cell, now) {
		struct snug_merge_name *name;

		if (!cell->decision.behind_mux)
			continue;
		name = snug_merge_find_name(m, cell->decision.behind_mux);
		VEC_FOREACH (piece, want) {
			CLEANUP(snug_argset_done) struct snug_argset both = { 0 };
			int r;

			if (piece->answer.ret != m->default_ret || !name || !name->is_constant ||
			    name->is_split ||
			    snug_ret_compare(cell->decision.ret, m->default_ret) <= 0)
				continue;
			r = snug_argset_intersect(&piece->args, &cell->args, &both);
			if (r < 0)
				return r;
			if (snug_argset_is_empty(&both))
				continue;
			name->is_split = true;
			*ret_any = true;
		}
	}
	return 0;
}

static int strictest_of_input(const struct snug_merger *m, const struct snug_meaning *input,
			      enum snug_arch arch, uint32_t nr, uint32_t *ret)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r = snug_meaning_cells(input, arch, nr, &cells, m->err);

	*ret = snug_merge_strictest(m, &cells);
	return r;
}

/* As constant_of_name() in merge-names.c, for a number; the strictest of those of all ABIs. */
static int constant_of_parent(const struct snug_merger *m, const char *parent, uint32_t *ret)
{
	VEC_FOREACH (arch, &m->arches) {
		int64_t nr = snug_syscall_number(*arch, parent);
		struct snug_merge_answer all = { 0 }, one = { 0 };
		bool is_first = true;
		int r;

		for (size_t i = 0; i < m->n_inputs && nr >= 0; i++) {
			if (!snug_meaning_has_arch(m->inputs[i], *arch))
				continue;
			r = strictest_of_input(m, m->inputs[i], *arch, (uint32_t)nr, &one.ret);
			if (r < 0)
				return r;
			all = is_first ? one : snug_merge_combine(m->opts->mode, all, one);
			is_first = false;
		}
		if (!is_first)
			*ret = snug_ret_stricter(*ret, all.ret);
	}
	return 0;
}

/* One answer that cannot be too lax.  When that is the default, nothing behind the number may
 * allow more. */
static int place_constant(struct snug_merger *m, const struct mux *mux, bool *ret_split)
{
	uint32_t ret = SECCOMP_RET_ALLOW;
	struct snug_syscall_mux how;
	int r = constant_of_parent(m, mux->parent->name, &ret);

	if (r < 0)
		return r;
	if (ret != m->default_ret) {
		set_constant(mux->parent, ret);
		return 0;
	}
	VEC_FOREACH (name, &m->names) {
		if (name->is_split || !name->is_constant ||
		    snug_ret_compare(name->ret, m->default_ret) <= 0 ||
		    !snug_syscall_multiplexer(mux->arch, name->name, &how) ||
		    how.parent_nr != mux->nr)
			continue;
		name->is_split = true;
		*ret_split = true;
	}
	return 0;
}

/* Returns 1 when it takes more conditions than are sensible. */
static int place_exact(struct snug_merger *m, const struct mux *mux, bool *ret_split)
{
	CLEANUP(snug_merge_pieces_done) struct snug_merge_pieces want = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells now = { 0 };
	bool is_split = false;
	int r;

	r = snug_merge_wanted(m, m->n_inputs, mux->arch, mux->nr, &want);
	if (r == 0)
		r = snug_meaning_cells(m->result, mux->arch, mux->nr, &now, NULL);
	if (r == 0)
		r = split_calls(m, &want, &now, &is_split);
	if (r == 0 && !is_split)
		r = write_missing(m, mux, &want, &now);
	*ret_split |= is_split;
	return r < 0 ? 1 : 0;
}

/* *ret_split: calls behind it were split, so the rest has to be done again. */
static int place(struct snug_merger *m, const struct mux *mux, bool *ret_split)
{
	int r;

	if (mux->parent->level != SNUG_MERGE_CONSTANT) {
		r = place_exact(m, mux, ret_split);
		if (r <= 0)
			return r;
		mux->parent->level = SNUG_MERGE_CONSTANT;
		mux->parent->why = "it takes more conditions than are sensible";
	}
	return place_constant(m, mux, ret_split);
}

/* The multiplexers of the result.  Where two ABIs have the same one (s390x and s390), the first one
 * gets its entries, and merge-check.c looks whether they are right for the other. */
static size_t find_muxes(struct snug_merger *m, struct mux muxes[ARRAY_SIZE(mux_kinds)])
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(mux_kinds); i++) {
		struct mux mux = { .parent = parent_of(m, &mux_kinds[i]) };

		mux.parent->is_parent = false;
		VEC_FOREACH (arch, &m->arches) {
			if (mux.parent->is_parent || !is_mux_on(&mux_kinds[i], *arch, &mux.nr))
				continue;
			mux.parent->is_parent = true;
			mux.arch = *arch;
		}
		if (mux.parent->is_parent)
			muxes[n++] = mux;
	}
	return n;
}

int snug_merge_place_muxes(struct snug_merger *m)
{
	struct mux muxes[ARRAY_SIZE(mux_kinds)];
	size_t n = find_muxes(m, muxes);
	bool is_split;
	int r;

	VEC_FOREACH (name, &m->names)
		name->is_split = false;
	do {
		is_split = false;
		for (size_t i = 0; i < n; i++)
			muxes[i].parent->entries.len = 0;
		r = snug_merge_write(m);
		for (size_t i = 0; i < n && r == 0; i++)
			r = place(m, &muxes[i], &is_split);
	} while (r == 0 && is_split);
	return r < 0 || !n ? r : snug_merge_write(m);
}
