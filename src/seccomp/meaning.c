/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.c has one verdict for each name; here a number of an ABI finds its verdict, and what the
 * verdict says is put into an order in which the first clause that holds decides.  A multiplexer's
 * clauses are its own rules and one for each call behind it.  Both ways to ask, with arguments
 * (decide) and for all arguments at once (cells), walk the same clauses.
 */
#include "seccomp/meaning.h"

#include "base/err.h"
#include "base/limits.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

#include <linux/seccomp.h>

struct numbered {
	uint32_t nr;
	const struct snug_verdict *verdict;
};

/* A call behind a multiplexer. */
struct behind {
	struct snug_syscall_mux mux;
	const struct snug_verdict *verdict;
};

/* Which verdict a number of an ABI has; made when the ABI is first asked about. */
struct abi {
	bool is_built;
	VEC(struct numbered) calls; /* by number */
	VEC(struct behind) behind;
};

struct snug_meaning {
	const struct snug_seccomp_profile *p;
	struct snug_seccomp_env env;
	struct snug_verdicts verdicts;
	struct snug_arches arches;
	struct snug_names names;
	struct abi *abis; /* by enum snug_arch */
};

/* The first whose conditions all hold decides; the last has none. */
struct clause {
	struct snug_seccomp_arg conds[SNUG_N_ARGS];
	size_t n_conds;
	struct snug_decision decision;
};

struct clauses {
	struct clause *items;
	size_t len, cap;
};

static void clauses_done(struct clauses *c)
{
	VEC_DONE(c);
}

void snug_cells_done(struct snug_cells *c)
{
	VEC_FOREACH (cell, c)
		snug_argset_done(&cell->args);
	VEC_DONE(c);
}

int snug_meaning_new(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
		     const struct snug_meaning_options *opts, struct snug_meaning **ret,
		     struct snug_err *err)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = xcalloc(1, sizeof(*m));
	struct snug_rules_options rules = { .keep_unknown = opts && opts->keep_unknown };
	struct snug_rules_warn warn = { 0 };
	int r;

	if (opts) {
		warn.warn = opts->warn;
		warn.data = opts->warn_data;
	}
	m->p = p;
	m->env = *env;
	m->abis = xcalloc(_SNUG_ARCH_MAX, sizeof(*m->abis));
	r = snug_rules_resolve(p, env, &rules, &warn, &m->verdicts, err);
	if (r < 0)
		return r;
	snug_seccomp_arches(p, env, &m->arches);
	VEC_FOREACH (v, &m->verdicts)
		*VEC_PUSH(&m->names) = xstrdup(v->name);
	*ret = STEAL(m);
	return 0;
}

struct snug_meaning *snug_meaning_free(struct snug_meaning *m)
{
	if (!m)
		return NULL;
	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		VEC_DONE(&m->abis[i].calls);
		VEC_DONE(&m->abis[i].behind);
	}
	free(m->abis);
	VEC_FOREACH (name, &m->names)
		free(*name);
	VEC_DONE(&m->names);
	VEC_DONE(&m->arches);
	snug_verdicts_done(&m->verdicts);
	free(m);
	return NULL;
}

const struct snug_seccomp_profile *snug_meaning_profile(const struct snug_meaning *m)
{
	return m->p;
}

const struct snug_seccomp_env *snug_meaning_env(const struct snug_meaning *m)
{
	return &m->env;
}

const struct snug_arches *snug_meaning_arches(const struct snug_meaning *m)
{
	return &m->arches;
}

bool snug_meaning_has_arch(const struct snug_meaning *m, enum snug_arch arch)
{
	VEC_FOREACH (known, &m->arches)
		if (*known == arch)
			return true;
	return false;
}

uint32_t snug_meaning_default(const struct snug_meaning *m)
{
	return m->verdicts.default_ret;
}

const struct snug_names *snug_meaning_names(const struct snug_meaning *m)
{
	return &m->names;
}

static int compare_numbers(const void *a, const void *b)
{
	const struct numbered *na = a, *nb = b;

	if (na->nr != nb->nr)
		return na->nr < nb->nr ? -1 : 1;
	/* two names of one number: the first by name, whatever qsort(3) does */
	return (na->verdict > nb->verdict) - (na->verdict < nb->verdict);
}

static void build_abi(const struct snug_meaning *m, struct abi *abi, enum snug_arch arch)
{
	struct snug_syscall_mux mux;

	VEC_FOREACH (v, &m->verdicts) {
		int64_t nr = snug_syscall_number(arch, v->name);

		if (nr >= 0)
			*VEC_PUSH(&abi->calls) = (struct numbered){ (uint32_t)nr, v };
		if (snug_syscall_multiplexer(arch, v->name, &mux))
			*VEC_PUSH(&abi->behind) = (struct behind){ mux, v };
	}
	if (abi->calls.len)
		qsort(abi->calls.items, abi->calls.len, sizeof(*abi->calls.items), compare_numbers);
	abi->is_built = true;
}

/* A cache: what it holds does not change what the meaning is. */
static struct abi *abi_of(const struct snug_meaning *m, enum snug_arch arch)
{
	struct abi *abi = &m->abis[arch];

	if (!abi->is_built)
		build_abi(m, abi, arch);
	return abi;
}

static const struct snug_verdict *find_by_number(const struct abi *abi, uint32_t nr)
{
	size_t low = 0, high = abi->calls.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (abi->calls.items[middle].nr < nr)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == abi->calls.len || abi->calls.items[low].nr != nr)
		return NULL;
	return abi->calls.items[low].verdict;
}

static int compare_to_name(const void *name, const void *verdict)
{
	return strcmp(name, ((const struct snug_verdict *)verdict)->name);
}

static const struct snug_verdict *find_by_name(const struct snug_meaning *m, const char *name)
{
	if (!m->verdicts.len)
		return NULL;
	return bsearch(name, m->verdicts.items, m->verdicts.len, sizeof(m->verdicts.items[0]),
		       compare_to_name);
}

static void add_default(const struct snug_meaning *m, struct clauses *out)
{
	VEC_PUSH(out)->decision = (struct snug_decision){
		.ret = m->verdicts.default_ret,
		.by = SNUG_BY_DEFAULT,
	};
}

static void add_verdict(const struct snug_meaning *m, const struct snug_verdict *v, unsigned bits,
			struct clauses *out)
{
	if (v->is_unconditional)
		VEC_PUSH(out)->decision = (struct snug_decision){
			.ret = v->ret,
			.by = SNUG_BY_ENTRY,
			.entry = v->entry,
			.name_index = v->name_index,
		};
	VEC_FOREACH (rule, &v->rules) {
		struct clause *c = VEC_PUSH(out);

		(void)snug_rule_conds(rule, m->verdicts.default_ret, bits, c->conds);
		c->n_conds = rule->n_conds;
		c->decision = (struct snug_decision){
			.ret = rule->ret,
			.by = SNUG_BY_ENTRY,
			.entry = rule->entry,
			.name_index = rule->name_index,
		};
	}
}

/* Its arguments are in memory, so it gets the strictest of its possible answers. */
static void add_behind(const struct snug_meaning *m, const struct behind *b, struct clauses *out)
{
	const struct snug_verdict *v = b->verdict;
	struct clause *c = VEC_PUSH(out);
	struct snug_decision *d = &c->decision;

	c->n_conds = 1;
	c->conds[0] = (struct snug_seccomp_arg){
		.index = 0,
		.op = SNUG_CMP_MASKED_EQ,
		.value = b->mux.mask,
		.value_two = b->mux.sub,
	};
	d->ret = snug_verdict_strictest(v, m->verdicts.default_ret);
	d->behind_mux = v->name;
	d->by = SNUG_BY_ENTRY;
	d->entry = v->entry;
	d->name_index = v->name_index;
	if (v->is_unconditional)
		return;
	if (d->ret == v->rules.items[0].ret) {
		d->entry = v->rules.items[0].entry;
		d->name_index = v->rules.items[0].name_index;
	} else {
		d->by = SNUG_BY_DEFAULT;
	}
}

/* A stable insertion sort, as in the program: the strictest first, equals as they were added. */
static void sort_clauses(struct clauses *c)
{
	for (size_t i = 1; i < c->len; i++) {
		struct clause clause = c->items[i];
		size_t j = i;

		for (; j && snug_ret_is_stricter(clause.decision.ret, c->items[j - 1].decision.ret);
		     j--)
			c->items[j] = c->items[j - 1];
		c->items[j] = clause;
	}
}

static void collect(const struct snug_meaning *m, enum snug_arch arch, uint32_t nr,
		    struct clauses *out)
{
	unsigned bits = snug_arch_arg_bits(arch);
	const struct snug_verdict *v;
	struct abi *abi;

	if (!snug_meaning_has_arch(m, arch)) {
		VEC_PUSH(out)->decision = (struct snug_decision){
			.ret = SECCOMP_RET_KILL_THREAD,
			.by = SNUG_BY_FOREIGN_ABI,
		};
		return;
	}
	abi = abi_of(m, arch);
	v = find_by_number(abi, nr);
	if (v)
		add_verdict(m, v, bits, out);
	/* an answer to the multiplexer itself, without conditions, is one for all behind it */
	if (!v || !v->is_unconditional) {
		VEC_FOREACH (b, &abi->behind)
			if (b->mux.parent_nr == nr)
				add_behind(m, b, out);
		sort_clauses(out);
	}
	add_default(m, out);
}

static bool holds(const struct snug_seccomp_arg *c, uint64_t v)
{
	switch (c->op) {
	case SNUG_CMP_NE:
		return v != c->value;
	case SNUG_CMP_LT:
		return v < c->value;
	case SNUG_CMP_LE:
		return v <= c->value;
	case SNUG_CMP_EQ:
		return v == c->value;
	case SNUG_CMP_GE:
		return v >= c->value;
	case SNUG_CMP_GT:
		return v > c->value;
	case SNUG_CMP_MASKED_EQ:
		return (v & c->value) == c->value_two;
	case _SNUG_CMP_MAX:
	case _SNUG_CMP_INVALID:
	default:
		snug_bug_on("a comparison that is none");
		return false;
	}
}

static bool clause_holds(const struct clause *c, const uint64_t args[SNUG_N_ARGS], unsigned bits)
{
	for (size_t i = 0; i < c->n_conds; i++) {
		uint64_t arg = args[c->conds[i].index];

		if (!holds(&c->conds[i], bits == 32 ? (uint32_t)arg : arg))
			return false;
	}
	return true;
}

struct snug_decision snug_meaning_decide(const struct snug_meaning *m, enum snug_arch arch,
					 uint32_t nr, const uint64_t args[SNUG_N_ARGS])
{
	CLEANUP(clauses_done) struct clauses clauses = { 0 };
	unsigned bits = snug_arch_arg_bits(arch);

	collect(m, arch, nr, &clauses);
	VEC_FOREACH (c, &clauses)
		if (clause_holds(c, args, bits))
			return c->decision;
	snug_bug("meaning.c", __LINE__, "no clause holds");
}

/* Takes the part of @rest for which @c holds out of it, and makes it a cell. */
static int take_cell(const struct clause *c, unsigned bits, struct snug_argset *rest,
		     struct snug_cells *ret)
{
	CLEANUP(snug_argset_done) struct snug_argset holds_for = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset cell = { 0 };
	struct snug_argset left = { 0 };
	int r;

	snug_argset_add_conds(&holds_for, c->conds, c->n_conds, bits);
	r = snug_argset_intersect(rest, &holds_for, &cell);
	if (r < 0 || snug_argset_is_empty(&cell))
		return r;
	r = snug_argset_subtract(rest, &holds_for, &left);
	if (r < 0)
		return r;
	snug_argset_done(rest);
	*rest = left;
	*VEC_PUSH(ret) = (struct snug_cell){ cell, c->decision };
	cell = (struct snug_argset){ 0 };
	return 0;
}

static int cells_of(const struct clauses *clauses, unsigned bits, struct snug_cells *ret)
{
	CLEANUP(snug_argset_done) struct snug_argset rest = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r = 0;

	snug_argset_add_all(&rest, bits);
	VEC_FOREACH (c, clauses) {
		if (snug_argset_is_empty(&rest))
			break;
		r = take_cell(c, bits, &rest, &cells);
		if (r < 0)
			return r;
	}
	*ret = cells;
	cells = (struct snug_cells){ 0 };
	return 0;
}

static int too_many(const struct snug_meaning *m, const char *name, int r, struct snug_err *err)
{
	return snug_err_set(err, r, "%s: '%s' has more conditions than can be taken apart",
			    m->p->source, name ? name : "?");
}

int snug_meaning_cells(const struct snug_meaning *m, enum snug_arch arch, uint32_t nr,
		       struct snug_cells *ret, struct snug_err *err)
{
	CLEANUP(clauses_done) struct clauses clauses = { 0 };
	int r;

	collect(m, arch, nr, &clauses);
	r = cells_of(&clauses, snug_arch_arg_bits(arch), ret);
	return r < 0 ? too_many(m, snug_syscall_name(arch, nr), r, err) : 0;
}

int snug_meaning_name_cells(const struct snug_meaning *m, const char *name, unsigned bits,
			    struct snug_cells *ret, struct snug_err *err)
{
	const struct snug_verdict *v = find_by_name(m, name);
	CLEANUP(clauses_done) struct clauses clauses = { 0 };
	int r;

	if (v)
		add_verdict(m, v, bits, &clauses);
	add_default(m, &clauses);
	r = cells_of(&clauses, bits, ret);
	return r < 0 ? too_many(m, name, r, err) : 0;
}

bool snug_meaning_name_answer(const struct snug_meaning *m, const char *name,
			      struct snug_decision *ret)
{
	const struct snug_verdict *v = find_by_name(m, name);
	CLEANUP(clauses_done) struct clauses clauses = { 0 };

	if (v && !v->is_unconditional)
		return false;
	if (v)
		add_verdict(m, v, 64, &clauses);
	add_default(m, &clauses);
	*ret = clauses.items[0].decision;
	return true;
}

int snug_seccomp_decide(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
			enum snug_arch arch, uint32_t nr, const uint64_t args[SNUG_N_ARGS],
			struct snug_decision *ret, struct snug_err *err)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
	int r = snug_meaning_new(p, env, NULL, &m, err);

	if (r < 0)
		return r;
	*ret = snug_meaning_decide(m, arch, nr, args);
	return 0;
}
