/* SPDX-License-Identifier: Apache-2.0 */
#include "record/grow.h"

#include "base/err.h"
#include "base/limits.h"
#include "seccomp/meaning.h"
#include "seccomp/ret.h"

#include <errno.h>

enum { MAX_PIECES = 256 }; /* entries for one name that the base refuses in part */

/* What the base says about one name. */
struct opinion {
	bool is_allowed_somewhere, is_refused_somewhere;
	struct snug_argset undecided; /* left to the default */
	size_t refusing;              /* an entry that refuses */
};

static void opinion_done(struct opinion *o)
{
	snug_argset_done(&o->undecided);
}

void snug_grown_done(struct snug_grown *g)
{
	VEC_DONE(&g->added);
	VEC_DONE(&g->blocked);
}

static int ask(const struct snug_meaning *m, const char *name, struct opinion *ret,
	       struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r = snug_meaning_name_cells(m, name, 64, &cells, err);

	if (r < 0)
		return r;
	VEC_FOREACH (cell, &cells) {
		if (cell->decision.by == SNUG_BY_DEFAULT) {
			snug_argset_add(&ret->undecided, &cell->args);
		} else if (snug_ret_passes(cell->decision.ret)) {
			ret->is_allowed_somewhere = true;
		} else {
			ret->is_refused_somewhere = true;
			ret->refusing = cell->decision.entry;
		}
	}
	return 0;
}

/* Entries that allow @name for the arguments about which the base says nothing. */
static int add_pieces(struct snug_seccomp_profile *base, const char *name,
		      const struct snug_argset *args, struct snug_err *err)
{
	struct snug_arg_conds_list pieces = { 0 };
	int r = snug_argset_to_conds(args, MAX_PIECES, &pieces);

	if (r < 0)
		return snug_err_set(err, r,
				    "%s: '%s': what is refused for some arguments cannot be "
				    "kept so beside what was recorded",
				    base->source, name);
	VEC_FOREACH (piece, &pieces) {
		struct snug_seccomp_entry *e =
			snug_seccomp_profile_add(base, SNUG_ACTION_ALLOW, &name, 1);

		e->has_args = piece->len;
		for (size_t i = 0; i < piece->len; i++)
			*VEC_PUSH(&e->args) = piece->items[i];
	}
	snug_arg_conds_list_done(&pieces);
	return 0;
}

static int add_name(struct snug_seccomp_profile *base, const struct snug_meaning *m,
		    const char *name, struct snug_grown *g, struct snug_err *err)
{
	CLEANUP(opinion_done) struct opinion o = { 0 };
	int r = ask(m, name, &o, err);

	if (r < 0)
		return r;
	if (o.is_refused_somewhere)
		*VEC_PUSH(&g->blocked) = name;
	if (snug_argset_is_empty(&o.undecided))
		return 0;
	if (!o.is_refused_somewhere) {
		*VEC_PUSH(&g->added) = name;
		return 0;
	}
	return add_pieces(base, name, &o.undecided, err);
}

static void add_arches(struct snug_seccomp_profile *base, const struct snug_arches *used,
		       const struct snug_seccomp_env *env)
{
	struct snug_arches known = { 0 };

	VEC_FOREACH (arch, used) {
		bool is_listed = false;

		known.len = 0;
		snug_seccomp_arches(base, env, &known);
		VEC_FOREACH (k, &known)
			/* the native ABI is in every filter; the peer lists it all the same */
			is_listed |= *k == *arch && *k != env->arch;
		VEC_FOREACH (k, &base->arches)
			is_listed |= *k == *arch;
		if (!is_listed)
			*VEC_PUSH(&base->arches) = *arch;
	}
	VEC_DONE(&known);
}

int snug_grow(struct snug_seccomp_profile *base, const struct snug_derived *d,
	      const struct snug_seccomp_env *env, struct snug_grown *ret, struct snug_err *err)
{
	const struct snug_seccomp_entry *recorded = &d->profile->entries.items[0];
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
	CLEANUP(snug_grown_done) struct snug_grown g = { 0 };
	size_t n_entries = base->entries.len;
	int r;

	base->default_action = SNUG_ACTION_ERRNO;
	r = snug_meaning_new(base, env, NULL, &m, err);
	for (size_t i = 0; r == 0 && i < recorded->names.len; i++)
		r = add_name(base, m, recorded->names.items[i], &g, err);
	if (r < 0)
		return r;
	if (g.added.len)
		snug_seccomp_profile_add(base, SNUG_ACTION_ALLOW, g.added.items, g.added.len);
	add_arches(base, &d->profile->arches, env);
	/* what the writer of the peer's format says of every entry */
	for (size_t i = n_entries; i < base->entries.len; i++)
		base->entries.items[i].has_args = true;
	*ret = g;
	g = (struct snug_grown){ 0 };
	return 0;
}
