/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every name that either profile treats specially is compared on every ABI that both know: the two
 * partitions of a call's arguments are intersected, and where the answers are unequal, that piece
 * of the arguments is a difference.  The same difference on several ABIs becomes one line.  All
 * names that neither has are one comparison, that of the defaults.
 *
 * A call behind socketcall(2) or ipc(2) mostly differs because the call itself does, which need not
 * be said twice: such differences are put aside and then folded into the call's own line.  They
 * stand alone only where that has none.
 */
#include "seccomp/diff.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/words.h"
#include "seccomp/diff-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* Sets of more boxes are not made smaller and compared only as they are: nobody reads them.
	 */
	MAX_BOXES = 64,
	/* Over all calls: pairs of boxes that are compared (some seconds), and boxes that are kept.
	 * Conditions come from strangers, for hundreds of calls at once. */
	MAX_PAIRS = 1 << 26,
	MAX_KEPT = 1 << 16,
};

/* What differs in one call on one ABI. */
struct piece {
	const char *name; /* of the call behind a multiplexer; else NULL */
	uint32_t ret_a, ret_b;
	struct snug_argset args;
	bool is_always; /* it has all arguments */
};

struct pieces {
	VEC(struct piece) list;
};

/* A difference of the call @name through @parent on @arch. */
struct muxed {
	const char *name, *parent;
	enum snug_arch arch;
	uint32_t ret_a, ret_b;
};

struct differ {
	const struct snug_meaning *a, *b;
	struct snug_diff *out;
	struct snug_err *err;
	VEC(struct muxed) muxed;
	size_t n_pairs, n_kept; /* of boxes, so far */
};

static void pieces_done(struct pieces *p)
{
	VEC_FOREACH (one, &p->list)
		snug_argset_done(&one->args);
	VEC_DONE(&p->list);
}

void snug_diff_done(struct snug_diff *d)
{
	VEC_FOREACH (one, &d->calls)
		snug_argset_done(&one->args);
	VEC_DONE(&d->calls);
	VEC_DONE(&d->flags_a);
	VEC_DONE(&d->flags_b);
}

static uint64_t bit_of(enum snug_arch arch)
{
	return UINT64_C(1) << arch;
}

static enum snug_diff_kind kind_of(uint32_t ret_a, uint32_t ret_b)
{
	bool a = snug_ret_passes(ret_a), b = snug_ret_passes(ret_b);

	if (a == b)
		return SNUG_DIFF_ANSWER;
	return b ? SNUG_DIFF_B_ALLOWS : SNUG_DIFF_A_ALLOWS;
}

static int too_many(struct differ *d, const char *name)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_str_add_printable(&shown, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	return snug_err_set(d->err, -E2BIG,
			    "the conditions on the arguments of '%s' are too many to be compared",
			    snug_str_text(&shown));
}

static void add_piece(struct pieces *pieces, const char *name, uint32_t ret_a, uint32_t ret_b,
		      const struct snug_argset *args)
{
	struct piece *new;

	VEC_FOREACH (p, &pieces->list) {
		if (p->ret_a == ret_a && p->ret_b == ret_b && snug_words_equal(p->name, name)) {
			snug_argset_add(&p->args, args);
			return;
		}
	}
	new = VEC_PUSH(&pieces->list);
	*new = (struct piece){ .name = name, .ret_a = ret_a, .ret_b = ret_b };
	snug_argset_copy(&new->args, args);
}

/* What both leave to the default is the difference of the defaults, which is said once. */
static bool is_same_answer(const struct snug_decision *a, const struct snug_decision *b)
{
	return a->ret == b->ret || (a->by == SNUG_BY_DEFAULT && b->by == SNUG_BY_DEFAULT);
}

/* Two partitions cut each other into pairs of cells.  @call is the name for messages. */
static int compare_cells(struct differ *d, const char *call, const struct snug_cells *cells_a,
			 const struct snug_cells *cells_b, struct pieces *ret)
{
	bool has_same = false;

	VEC_FOREACH (a, cells_a) {
		VEC_FOREACH (b, cells_b) {
			struct snug_argset both = { 0 };
			const char *name = a->decision.behind_mux;

			if (is_same_answer(&a->decision, &b->decision) && has_same)
				continue;
			d->n_pairs += a->args.len * b->args.len;
			if (d->n_pairs > MAX_PAIRS || d->n_kept > MAX_KEPT ||
			    snug_argset_intersect(&a->args, &b->args, &both) < 0)
				return too_many(d, call);
			if (snug_argset_is_empty(&both))
				continue;
			d->n_kept += both.len;
			if (is_same_answer(&a->decision, &b->decision))
				has_same = true;
			else
				add_piece(ret, name ? name : b->decision.behind_mux,
					  a->decision.ret, b->decision.ret, &both);
			snug_argset_done(&both);
		}
	}
	VEC_FOREACH (piece, &ret->list) {
		piece->is_always = !has_same && ret->list.len == 1;
		if (piece->args.len <= MAX_BOXES)
			snug_argset_simplify(&piece->args);
	}
	return 0;
}

static bool is_equal_set(const struct snug_argset *a, const struct snug_argset *b)
{
	if (a->len == b->len &&
	    (!a->len || memcmp(a->items, b->items, a->len * sizeof(*a->items)) == 0))
		return true;
	return a->len <= MAX_BOXES && b->len <= MAX_BOXES && snug_argset_equal(a, b) == 1;
}

/* Whether @wide (64 bits) says on 32 bits what @narrow does. */
static bool is_same_on_32(const struct snug_argset *wide, const struct snug_argset *narrow)
{
	struct snug_argset all = { 0 }, cut = { 0 };
	bool is = false;

	snug_argset_add_all(&all, 32);
	if (snug_argset_intersect(wide, &all, &cut) == 0)
		is = is_equal_set(&cut, narrow);
	snug_argset_done(&cut);
	snug_argset_done(&all);
	return is;
}

/* ABIs of 64 bits come first, so @line never has fewer bits than @piece. */
static bool is_same_set(const struct snug_difference *line, const struct piece *piece,
			unsigned bits)
{
	if (piece->is_always || line->is_always)
		return piece->is_always == line->is_always;
	if (bits == line->bits)
		return is_equal_set(&line->args, &piece->args);
	return is_same_on_32(&line->args, &piece->args);
}

/* A piece of call @name becomes a line, or one more ABI of a line from @first on.  @arches is its
 * ABI, or 0 for a name without one. */
static void add_line(struct snug_diff *out, size_t first, const char *name, uint64_t arches,
		     unsigned bits, struct piece *piece)
{
	struct snug_difference *line;

	for (size_t i = first; i < out->calls.len; i++) {
		line = &out->calls.items[i];
		if (line->ret_a == piece->ret_a && line->ret_b == piece->ret_b &&
		    is_same_set(line, piece, bits)) {
			line->arches |= arches;
			return;
		}
	}
	line = VEC_PUSH(&out->calls);
	*line = (struct snug_difference){
		.name = name,
		.category = snug_syscall_category(name),
		.kind = kind_of(piece->ret_a, piece->ret_b),
		.arches = arches,
		.is_always = piece->is_always,
		.bits = bits,
		.args = piece->args,
		.ret_a = piece->ret_a,
		.ret_b = piece->ret_b,
	};
	piece->args = (struct snug_argset){ 0 };
}

static void add_pieces(struct differ *d, size_t first, const char *name, enum snug_arch arch,
		       struct pieces *pieces)
{
	VEC_FOREACH (p, &pieces->list) {
		if (p->name)
			*VEC_PUSH(&d->muxed) =
				(struct muxed){ p->name, name, arch, p->ret_a, p->ret_b };
		else
			add_line(d->out, first, name, bit_of(arch), snug_arch_arg_bits(arch), p);
	}
}

static int compare_number(struct differ *d, size_t first, const char *name, enum snug_arch arch,
			  uint32_t nr)
{
	CLEANUP(snug_cells_done) struct snug_cells a = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells b = { 0 };
	CLEANUP(pieces_done) struct pieces pieces = { 0 };
	int r;

	r = snug_meaning_cells(d->a, arch, nr, &a, d->err);
	if (r == 0)
		r = snug_meaning_cells(d->b, arch, nr, &b, d->err);
	if (r == 0)
		r = compare_cells(d, name, &a, &b, &pieces);
	if (r == 0)
		add_pieces(d, first, name, arch, &pieces);
	return r;
}

/* A name that no table knows has no number: only the words can be compared. */
static int compare_unknown(struct differ *d, const char *name)
{
	CLEANUP(snug_cells_done) struct snug_cells a = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells b = { 0 };
	CLEANUP(pieces_done) struct pieces pieces = { 0 };
	size_t first = d->out->calls.len;
	int r;

	r = snug_meaning_name_cells(d->a, name, 64, &a, d->err);
	if (r == 0)
		r = snug_meaning_name_cells(d->b, name, 64, &b, d->err);
	if (r == 0)
		r = compare_cells(d, name, &a, &b, &pieces);
	if (r < 0)
		return r;
	VEC_FOREACH (p, &pieces.list)
		add_line(d->out, first, name, 0, 64, p);
	return 0;
}

static int compare_name(struct differ *d, const char *name)
{
	static const unsigned widths[] = { 64, 32 };
	size_t first = d->out->calls.len;
	int r = 0;

	if (!snug_syscall_is_known(name))
		return compare_unknown(d, name);
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		VEC_FOREACH (arch, snug_meaning_arches(d->a)) {
			int64_t nr;

			if (!(d->out->arches & bit_of(*arch)) ||
			    snug_arch_arg_bits(*arch) != widths[i])
				continue;
			nr = snug_syscall_number(*arch, name);
			if (nr >= 0)
				r = compare_number(d, first, name, *arch, (uint32_t)nr);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* The names that either profile has, each once; both lists are sorted. */
static int compare_names(struct differ *d)
{
	const struct snug_names *a = snug_meaning_names(d->a), *b = snug_meaning_names(d->b);
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->len || j < b->len)) {
		const char *name;
		int order = 0;

		if (i < a->len && j < b->len)
			order = strcmp(a->items[i], b->items[j]);
		else
			order = i < a->len ? -1 : 1;
		name = order <= 0 ? a->items[i] : b->items[j];
		i += order <= 0;
		j += order >= 0;
		/* these have their turn in any case */
		if (!snug_syscall_is_mux_parent(name))
			r = compare_name(d, name);
	}
	for (const char *const *parent = snug_syscall_mux_parents; r == 0 && *parent; parent++)
		r = compare_name(d, *parent);
	return r;
}

/* Folded into every line of the call that says the same in kind; false when there is none. */
static bool fold_one(struct snug_diff *out, const struct muxed *m)
{
	enum snug_diff_kind kind = kind_of(m->ret_a, m->ret_b);
	bool is_folded = false;

	VEC_FOREACH (line, &out->calls) {
		bool is_same = line->ret_a == m->ret_a && line->ret_b == m->ret_b;

		if (strcmp(line->name, m->name) != 0)
			continue;
		if (line->through ? is_same && strcmp(line->through, m->parent) == 0
				  : line->kind == kind) {
			line->mux_arches |= bit_of(m->arch);
			is_folded = true;
		}
	}
	return is_folded;
}

static void fold_muxed(struct differ *d)
{
	VEC_FOREACH (m, &d->muxed) {
		if (fold_one(d->out, m))
			continue;
		*VEC_PUSH(&d->out->calls) = (struct snug_difference){
			.name = m->name,
			.category = snug_syscall_category(m->name),
			.kind = kind_of(m->ret_a, m->ret_b),
			.mux_arches = bit_of(m->arch),
			.through = m->parent,
			.is_always = true,
			.bits = snug_arch_arg_bits(m->arch),
			.ret_a = m->ret_a,
			.ret_b = m->ret_b,
		};
	}
}

/* Whether a line of this kind is about the call @name on @arch. */
static bool has_line(const struct snug_diff *out, const char *name, enum snug_arch arch,
		     enum snug_diff_kind kind)
{
	VEC_FOREACH (line, &out->calls)
		if (line->kind == kind && line->arches & bit_of(arch) &&
		    strcmp(line->name, name) == 0)
			return true;
	return false;
}

/* Whether @line is true wherever the call exists.  Where it exists only behind a multiplexer, the
 * multiplexer's own line may say it for all calls behind it. */
static bool is_everywhere(const struct differ *d, const struct snug_difference *line)
{
	VEC_FOREACH (arch, snug_meaning_arches(d->a)) {
		struct snug_syscall_mux mux;

		if (bit_of(*arch) & (line->arches | line->mux_arches | ~d->out->arches))
			continue;
		if (snug_syscall_number(*arch, line->name) >= 0)
			return false;
		if (snug_syscall_multiplexer(*arch, line->name, &mux) &&
		    !has_line(d->out, mux.parent, *arch, line->kind))
			return false;
	}
	return true;
}

/* Whether some call of @arch is not answered with @ret. */
static int differs_from(const struct snug_meaning *m, enum snug_arch arch, uint32_t ret,
			struct snug_err *err)
{
	if (snug_meaning_default(m) != ret)
		return 1;
	VEC_FOREACH (name, snug_meaning_names(m)) {
		CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
		int64_t nr = snug_syscall_number(arch, *name);
		int r;

		if (nr < 0)
			continue;
		r = snug_meaning_cells(m, arch, (uint32_t)nr, &cells, err);
		if (r < 0)
			return r;
		VEC_FOREACH (cell, &cells) {
			if (cell->decision.ret != ret)
				return 1;
		}
	}
	return 0;
}

/* Sets the bits of the ABIs that only @m knows, if that makes a difference. */
static int only_of(struct differ *d, const struct snug_meaning *m, const struct snug_meaning *other,
		   uint64_t *ret)
{
	static const uint64_t no_args[SNUG_N_ARGS];

	VEC_FOREACH (arch, snug_meaning_arches(m)) {
		uint32_t answer;
		int r;

		if (snug_meaning_has_arch(other, *arch)) {
			d->out->arches |= bit_of(*arch);
			continue;
		}
		answer = snug_meaning_decide(other, *arch, 0, no_args).ret;
		r = differs_from(m, *arch, answer, d->err);
		if (r < 0)
			return r;
		if (r > 0)
			*ret |= bit_of(*arch);
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct snug_difference *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Names are distinct but for their sets, whose order is that of the ABIs: the 64-bit one first. */
static int by_group(const void *a, const void *b)
{
	const struct snug_difference *x = a, *y = b;
	int r;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->ret_a != y->ret_a)
		return snug_ret_compare(x->ret_a, y->ret_a);
	if (x->ret_b != y->ret_b)
		return snug_ret_compare(x->ret_b, y->ret_b);
	if (x->category != y->category)
		return x->category < y->category ? -1 : 1;
	r = strcmp(x->name, y->name);
	if (r == 0)
		r = (x->bits < y->bits) - (x->bits > y->bits);
	return r ? r : (x->arches > y->arches) - (x->arches < y->arches);
}

static void count_and_sort(struct differ *d)
{
	struct snug_diff *out = d->out;

	if (!out->calls.len)
		return;
	VEC_FOREACH (line, &out->calls)
		line->is_everywhere = is_everywhere(d, line);
	qsort(out->calls.items, out->calls.len, sizeof(out->calls.items[0]), by_name);
	for (size_t i = 0; i < out->calls.len; i++) {
		const struct snug_difference *line = &out->calls.items[i];

		out->n_names[line->kind] += i == 0 || by_name(&line[-1], line) != 0;
	}
	qsort(out->calls.items, out->calls.len, sizeof(out->calls.items[0]), by_group);
}

int snug_diff(const struct snug_meaning *a, const struct snug_meaning *b, struct snug_diff *ret,
	      struct snug_err *err)
{
	struct snug_diff out = {
		.default_a = snug_meaning_default(a),
		.default_b = snug_meaning_default(b),
	};
	struct differ d = { .a = a, .b = b, .out = &out, .err = err };
	int r;

	r = only_of(&d, a, b, &out.only_a);
	if (r == 0)
		r = only_of(&d, b, a, &out.only_b);
	if (r == 0)
		r = compare_names(&d);
	if (r == 0) {
		fold_muxed(&d);
		count_and_sort(&d);
		snug_diff_fields(a, b, &out);
		*ret = out;
	} else {
		snug_diff_done(&out);
	}
	VEC_DONE(&d.muxed);
	return r;
}

bool snug_diff_is_empty(const struct snug_diff *d)
{
	return !d->calls.len && d->default_a == d->default_b && !(d->only_a | d->only_b) &&
	       !d->flags_a.len && !d->flags_b.len && !d->has_other_listener && !d->has_other_base;
}

const char *snug_diff_kind_name(enum snug_diff_kind kind)
{
	static const char *const names[] = {
		[SNUG_DIFF_B_ALLOWS] = "allowed-by-b",
		[SNUG_DIFF_A_ALLOWS] = "allowed-by-a",
		[SNUG_DIFF_ANSWER] = "answer",
	};

	snug_bug_on((int)kind < 0 || kind >= _SNUG_DIFF_KIND_MAX);
	return names[kind];
}
