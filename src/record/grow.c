/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The base is read twice.  As it is: what it allows and what it leaves to the default.  Then with a
 * default that nobody asks for: a runtime drops an entry that answers as the default does, and with
 * it would go what its author wanted to stay refused.
 */
#include "record/grow.h"

#include "base/err.h"
#include "base/limits.h"
#include "seccomp/meaning.h"
#include "seccomp/ret.h"

#include <errno.h>

enum {
	MAX_PIECES = 256, /* entries for one name that the base refuses in part */
	MAX_ERRNO = 4094, /* libseccomp's */
};

struct readings {
	struct snug_meaning *plain;
	struct snug_meaning *spelled_out; /* entries that repeat the default count, too */
};

/* What the base says about one name. */
struct opinion {
	bool is_refused_somewhere;
	struct snug_argset undecided; /* left to the default */
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

static void readings_done(struct readings *r)
{
	snug_meaning_freep(&r->plain);
	snug_meaning_freep(&r->spelled_out);
}

/* An error number that no entry has. */
static uint32_t free_errno(const struct snug_seccomp_profile *p)
{
	uint32_t number = MAX_ERRNO;

	for (size_t i = 0; i < p->entries.len; i++)
		if (p->entries.items[i].errno_ret.is_set &&
		    p->entries.items[i].errno_ret.value == number && number > 1) {
			number--;
			i = (size_t)-1;
		}
	return number;
}

static int read_base(struct snug_seccomp_profile *base, const struct snug_seccomp_env *env,
		     struct readings *ret, struct snug_err *err)
{
	const struct snug_errno_ret number = base->default_errno_ret;
	char *name = base->default_errno_name;
	int r;

	base->default_action = SNUG_ACTION_ERRNO;
	r = snug_meaning_new(base, env, NULL, &ret->plain, err);
	if (r < 0)
		return r;
	base->default_errno_ret.is_set = true;
	base->default_errno_ret.value = free_errno(base);
	base->default_errno_name = NULL;
	r = snug_meaning_new(base, env, NULL, &ret->spelled_out, err);
	base->default_errno_ret = number;
	base->default_errno_name = name;
	return r;
}

static int ask_one(const struct snug_meaning *m, const char *name, struct opinion *ret,
		   struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r = snug_meaning_name_cells(m, name, 64, &cells, err);

	if (r < 0)
		return r;
	VEC_FOREACH (cell, &cells) {
		if (cell->decision.by == SNUG_BY_DEFAULT)
			snug_argset_add(&ret->undecided, &cell->args);
		else if (!snug_ret_passes(cell->decision.ret))
			ret->is_refused_somewhere = true;
	}
	return 0;
}

static int ask(const struct readings *base, const char *name, struct opinion *ret,
	       struct snug_err *err)
{
	int r = ask_one(base->plain, name, ret, err);

	if (r < 0 || snug_argset_is_empty(&ret->undecided))
		return r;
	opinion_done(ret);
	*ret = (struct opinion){ 0 };
	return ask_one(base->spelled_out, name, ret, err);
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

static int add_name(struct snug_seccomp_profile *base, const struct readings *readings,
		    const char *name, struct snug_grown *g, struct snug_err *err)
{
	CLEANUP(opinion_done) struct opinion o = { 0 };
	int r = ask(readings, name, &o, err);

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

static bool has_arch(const struct snug_arches *all, enum snug_arch arch)
{
	VEC_FOREACH (a, all)
		if (*a == arch)
			return true;
	return false;
}

/* The base's "archMap": engines take either that or "architectures". */
static void add_to_map(struct snug_seccomp_profile *base, enum snug_arch arch,
		       const struct snug_seccomp_env *env)
{
	struct snug_seccomp_arch_map *mine = NULL;

	if (arch == env->arch)
		return;
	VEC_FOREACH (map, &base->arch_map)
		if (map->arch == env->arch)
			mine = map;
	if (!mine) {
		mine = VEC_PUSH(&base->arch_map);
		mine->arch = env->arch;
	}
	if (!has_arch(&mine->sub_arches, arch))
		*VEC_PUSH(&mine->sub_arches) = arch;
}

static void add_arches(struct snug_seccomp_profile *base, const struct snug_arches *used,
		       const struct snug_seccomp_env *env)
{
	/* the native ABI is in every filter; the peer lists it all the same */
	VEC_FOREACH (arch, used) {
		if (base->arch_map.len)
			add_to_map(base, *arch, env);
		else if (!has_arch(&base->arches, *arch))
			*VEC_PUSH(&base->arches) = *arch;
	}
}

int snug_grow_check(struct snug_seccomp_profile *base, const struct snug_seccomp_env *env,
		    struct snug_err *err)
{
	CLEANUP(readings_done) struct readings readings = { NULL, NULL };

	return read_base(base, env, &readings, err);
}

int snug_grow(struct snug_seccomp_profile *base, const struct snug_derived *d,
	      const struct snug_seccomp_env *env, struct snug_grown *ret, struct snug_err *err)
{
	const struct snug_seccomp_entry *recorded = &d->profile->entries.items[0];
	CLEANUP(readings_done) struct readings readings = { NULL, NULL };
	CLEANUP(snug_grown_done) struct snug_grown g = { 0 };
	size_t n_entries = base->entries.len;
	int r;

	r = read_base(base, env, &readings, err);
	for (size_t i = 0; r == 0 && i < recorded->names.len; i++)
		r = add_name(base, &readings, recorded->names.items[i], &g, err);
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
