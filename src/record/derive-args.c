/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All recorded calls of one name, from all recordings and ABIs, are looked at together.  Either
 * every one of them says with which arguments it was made; then each combination becomes a list of
 * conditions, and their union is exactly what was recorded, as far as the recorder has looked.  Or
 * one does not say; then the name is open, whatever the others say, and the reason is kept.
 */
#include "record/derive-args.h"

#include "base/words.h"
#include "seccomp/call-args.h"

#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_WITHOUT_ROW = 32 }; /* of combinations, where today's table has no row */

/* A recorded call that counts for the profile. */
struct use {
	const struct snug_recording_call *call;
	unsigned sides; /* SNUG_BY_* of those of its tuples that count */
};

struct uses {
	struct use *items; /* by name; the order of the recordings within a name */
	size_t len, cap;
};

struct work {
	const struct snug_derive_policy *policy;
	struct snug_derived *d;
	struct uses uses;
	struct snug_arg_rules *rules;
	bool is_clone_for_clone3; /* clone3 is refused, and clone takes its place */
};

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	return strcmp(x->call->name, y->call->name);
}

static void collect_uses(struct work *w, const struct snug_recording *const *recordings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		VEC_FOREACH (c, &recordings[i]->calls) {
			unsigned sides = SNUG_BY_MAIN;

			w->d->has_arg_facts |= c->args.spec.n > 0;
			if (!c->name ||
			    (w->policy->no_entered && snug_recording_call_is_foreign(c)))
				continue;
			if (!w->policy->no_entered)
				sides |= SNUG_BY_ENTERED;
			*VEC_PUSH(&w->uses) = (struct use){ c, sides };
		}
	}
	if (w->uses.len)
		qsort(w->uses.items, w->uses.len, sizeof(w->uses.items[0]), compare_uses);
}

/* The uses of @name: from *ret_first, as many as are returned. */
static size_t uses_of(const struct work *w, const char *name, const struct use **ret_first)
{
	size_t lo = 0, hi = w->uses.len, n = 0;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (strcmp(w->uses.items[middle].call->name, name) < 0)
			lo = middle + 1;
		else
			hi = middle;
	}
	while (lo + n < w->uses.len && strcmp(w->uses.items[lo + n].call->name, name) == 0)
		n++;
	*ret_first = &w->uses.items[lo];
	return n;
}

/* What the table has on the call on some ABI that the profile lists. */
static const struct snug_arg_filters *filters_of(const struct work *w, const char *name)
{
	VEC_FOREACH (arch, &w->d->profile->arches) {
		const struct snug_arg_filters *f = snug_arg_filters(*arch, name);

		if (f)
			return f;
	}
	return NULL;
}

static bool is_wanted(const struct work *w, const struct snug_arg_filters *f, unsigned index)
{
	const struct snug_arg_filter *at = f ? snug_arg_filters_at(f, index) : NULL;

	/* what an older table had was worth a look then */
	return w->policy->args == SNUG_ARGS_ALL || (at && at->level == SNUG_ARG_LEVEL_SECURITY);
}

/* Whether the policy asks for conditions on @name at all. */
static bool is_looked_at(const struct work *w, const char *name, const struct use *uses, size_t n)
{
	const struct snug_arg_filters *f = filters_of(w, name);

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (f && snug_arg_filters_at(f, i) && is_wanted(w, f, i))
			return true;
	for (size_t i = 0; i < n; i++)
		if (uses[i].call->args.spec.n && w->policy->args == SNUG_ARGS_ALL)
			return true;
	return false;
}

static bool is_in_base(const struct work *w, const char *name)
{
	return snug_words_have(w->policy->base, w->policy->n_base, name);
}

static bool is_in_baseline(const struct work *w, const char *name)
{
	const struct snug_derive_policy *policy = w->policy;

	for (size_t i = 0; i < policy->n_baselines; i++)
		if (snug_words_have(policy->baselines[i].names, policy->baselines[i].n, name))
			return true;
	return false;
}

/* Whether the call @name was made through a multiplexer whose own conditions would let it pass:
 * then a condition on @name, which cannot be checked there, would refuse it. */
static bool is_made_behind_mux(const struct work *w, const char *name)
{
	for (const char *const *parent = snug_syscall_mux_parents; *parent; parent++) {
		const struct use *uses;
		size_t n = uses_of(w, *parent, &uses);

		for (size_t k = 0; k < n; k++) {
			const struct snug_recording_call *c = uses[k].call;
			struct snug_syscall_mux mux;
			uint64_t seen;

			if (!snug_syscall_multiplexer(c->arch, name, &mux) ||
			    strcmp(mux.parent, c->name) != 0)
				continue;
			/* where nobody has looked it may be any */
			seen = c->args.spec.n && c->args.spec.index[0] == 0
				       ? mux.mask & c->args.spec.mask[0]
				       : 0;
			VEC_FOREACH (t, &c->args.tuples)
				if (((t->values[0] ^ mux.sub) & seen) == 0)
					return true;
		}
	}
	return false;
}

/* Whether everyone whose calls count says with which arguments they were made. */
static bool has_facts(const struct use *use)
{
	unsigned by = (use->call->by ? use->call->by : SNUG_BY_MAIN) & use->sides, seen = 0;

	VEC_FOREACH (t, &use->call->args.tuples)
		seen |= t->by ? t->by : SNUG_BY_MAIN;
	return use->call->args.spec.n && (by & ~seen) == 0;
}

static bool is_elsewhere(const struct work *w, const struct use *use)
{
	return !snug_arg_filters(use->call->arch, use->call->name) &&
	       filters_of(w, use->call->name);
}

/* One argument of one tuple.  Of 32 bits that were recorded, the register held an int as compilers
 * extend it: by zeros, or, with the highest bit set, by zeros or its sign (ioctl(2) of musl), or it
 * was noted that it held something else.  Where there is one way only, the whole register is
 * compared: sets of values without masks are the ones to reckon with. */
static struct snug_seccomp_arg cond_of(const struct work *w, const struct snug_recording_args *args,
				       unsigned column, uint64_t value)
{
	unsigned index = args->spec.index[column];
	uint64_t mask = args->spec.mask[column];

	if (mask == UINT32_MAX && value <= INT32_MAX)
		return (struct snug_seccomp_arg){ .index = index, .op = SNUG_CMP_EQ, value };
	if (mask == UINT64_MAX && (value <= INT64_MAX || !w->policy->signed_values))
		return (struct snug_seccomp_arg){ .index = index, .op = SNUG_CMP_EQ, value };
	if (w->policy->signed_values)
		mask &= INT64_MAX;
	return (struct snug_seccomp_arg){ index, SNUG_CMP_MASKED_EQ, mask, value & mask, true };
}

static void make_rule(const struct work *w, const struct snug_recording_call *c,
		      const struct snug_recording_tuple *t, struct snug_arg_rule *ret)
{
	const struct snug_arg_filters *f = snug_arg_filters(c->arch, c->name);

	*ret = (struct snug_arg_rule){ .name = c->name };
	for (unsigned i = 0; i < c->args.spec.n; i++)
		if (is_wanted(w, f, c->args.spec.index[i]))
			ret->conds.items[ret->conds.len++] = cond_of(w, &c->args, i, t->values[i]);
}

static uint64_t mask_of(const struct snug_seccomp_arg *c)
{
	return c->op == SNUG_CMP_EQ ? UINT64_MAX : c->value;
}

static uint64_t value_of(const struct snug_seccomp_arg *c)
{
	return c->op == SNUG_CMP_EQ ? c->value : c->value_two;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* By argument, mask, value. */
static int compare_conds(const struct snug_arg_conds *a, const struct snug_arg_conds *b)
{
	for (size_t i = 0; i < a->len && i < b->len; i++) {
		const struct snug_seccomp_arg *x = &a->items[i], *y = &b->items[i];
		int r = compare_u64(x->index, y->index);

		if (r == 0)
			r = compare_u64(mask_of(x), mask_of(y));
		if (r == 0)
			r = compare_u64(value_of(x), value_of(y));
		if (r)
			return r;
	}
	return compare_u64(a->len, b->len);
}

static int compare_rules(const void *a, const void *b)
{
	const struct snug_arg_rule *x = a, *y = b;
	int r = strcmp(x->name, y->name);

	return r ? r : compare_conds(&x->conds, &y->conds);
}

static void sort_rules(struct snug_arg_rules *rules)
{
	size_t kept = 0;

	if (rules->len)
		qsort(rules->items, rules->len, sizeof(rules->items[0]), compare_rules);
	for (size_t i = 0; i < rules->len; i++)
		if (i == 0 || compare_rules(&rules->items[i], &rules->items[kept - 1]) != 0)
			rules->items[kept++] = rules->items[i];
	rules->len = kept;
}

/* Whether all that @a allows, @b does. */
static bool is_within(const struct snug_arg_conds *a, const struct snug_arg_conds *b)
{
	for (size_t i = 0; i < b->len; i++) {
		const struct snug_seccomp_arg *y = &b->items[i];
		bool is_implied = false;

		for (size_t k = 0; k < a->len; k++) {
			const struct snug_seccomp_arg *x = &a->items[k];

			is_implied |= x->index == y->index && (mask_of(y) & ~mask_of(x)) == 0 &&
				      (value_of(x) & mask_of(y)) == value_of(y);
		}
		if (!is_implied)
			return false;
	}
	return true;
}

/* Recordings of an older table may have looked at less, and so allow more. */
static void drop_what_others_allow(struct snug_arg_rules *rules)
{
	for (size_t i = 0; i < rules->len; i++) {
		for (size_t k = 0; k < rules->len; k++) {
			if (k == i || !is_within(&rules->items[i].conds, &rules->items[k].conds))
				continue;
			VEC_REMOVE(rules, i);
			i--;
			break;
		}
	}
}

static bool is_of_flags(const struct snug_arg_filters *f, unsigned index)
{
	const struct snug_arg_filter *at = f ? snug_arg_filters_at(f, index) : NULL;

	return at && at->is_flags;
}

/* So long a word is not told bit by bit: what is left out of such a set has a piece for each. */
enum { MAX_JOINED_MASK = UINT16_MAX };

/* Makes one of two that are the same but for one flag, which may be set or not. */
static bool join(struct snug_arg_conds *a, const struct snug_arg_conds *b,
		 const struct snug_arg_filters *f)
{
	struct snug_seccomp_arg *differs = NULL;
	uint64_t bit = 0;

	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++) {
		struct snug_seccomp_arg *x = &a->items[i];
		const struct snug_seccomp_arg *y = &b->items[i];

		if (x->index != y->index || mask_of(x) != mask_of(y))
			return false;
		if (value_of(x) == value_of(y))
			continue;
		bit = value_of(x) ^ value_of(y);
		if (differs || (bit & (bit - 1)) || mask_of(x) > MAX_JOINED_MASK ||
		    !is_of_flags(f, x->index))
			return false;
		differs = x;
	}
	if (!differs)
		return false;
	*differs = (struct snug_seccomp_arg){
		.index = differs->index,
		.op = SNUG_CMP_MASKED_EQ,
		.value = mask_of(differs) & ~bit,
		.value_two = value_of(differs) & ~bit,
		.has_value_two = true,
	};
	/* nothing is compared any more */
	if (!differs->value)
		VEC_REMOVE(a, (size_t)(differs - a->items));
	return true;
}

/* Fewer rules of one name that allow the same. */
static void join_all(struct snug_arg_rules *rules, const struct snug_arg_filters *f)
{
	bool any;

	do {
		any = false;
		for (size_t i = 0; i < rules->len; i++) {
			for (size_t k = i + 1; k < rules->len; k++) {
				if (!join(&rules->items[i].conds, &rules->items[k].conds, f))
					continue;
				VEC_REMOVE(rules, k);
				any = true;
				break;
			}
		}
		sort_rules(rules);
	} while (any);
}

/* clone(2) as C libraries make it where there is no clone3(2): threads and children of all kinds,
 * and never a namespace.  Its flags are the first argument, but on s390 (clone(2)). */
static bool add_clone_without_namespaces(const struct work *w, struct snug_arg_rules *rules)
{
	const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
				    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
	struct snug_arg_rule *rule;

	VEC_FOREACH (arch, &w->d->profile->arches)
		if (!snug_arg_filters(*arch, "clone"))
			return false;
	rule = VEC_PUSH(rules);
	rule->name = "clone";
	rule->conds.len = 1;
	rule->conds.items[0] = (struct snug_seccomp_arg){
		.index = 0,
		.op = SNUG_CMP_MASKED_EQ,
		.value = namespaces,
		.has_value_two = true,
	};
	return true;
}

/* What keeps @name from having conditions; _SNUG_OPEN_MAX: nothing, and *rules has them. */
static enum snug_open_reason find_rules(const struct work *w, const char *name,
					const struct use *uses, size_t n,
					struct snug_arg_rules *rules)
{
	const struct snug_arg_filters *f = filters_of(w, name);
	unsigned limit = f ? f->limit : LIMIT_WITHOUT_ROW;

	for (size_t i = 0; i < n; i++) {
		const struct snug_recording_args *args = &uses[i].call->args;

		if (is_elsewhere(w, &uses[i]))
			return SNUG_OPEN_ELSEWHERE;
		if (args->spec.n && args->cut_by & uses[i].sides)
			return SNUG_OPEN_TOO_MANY;
		if (!has_facts(&uses[i]))
			return SNUG_OPEN_NOT_RECORDED;
		VEC_FOREACH (t, &args->tuples) {
			struct snug_arg_rule *rule;

			if (!((t->by ? t->by : SNUG_BY_MAIN) & uses[i].sides))
				continue;
			rule = VEC_PUSH(rules);
			make_rule(w, uses[i].call, t, rule);
			if (!rule->conds.len)
				return SNUG_OPEN_NOT_RECORDED;
		}
	}
	sort_rules(rules);
	if (rules->len > limit)
		return SNUG_OPEN_TOO_MANY;
	if (w->is_clone_for_clone3 && strcmp(name, "clone") == 0 &&
	    !add_clone_without_namespaces(w, rules))
		return SNUG_OPEN_ELSEWHERE;
	drop_what_others_allow(rules);
	join_all(rules, f);
	if (is_made_behind_mux(w, name))
		return SNUG_OPEN_BEHIND_MUX;
	if (rules->len && !rules->items[0].conds.len)
		return SNUG_OPEN_EVERY_VALUE;
	/* who does without the base set has the runtime's calls still */
	if (is_in_baseline(w, name))
		return SNUG_OPEN_RUNTIME;
	/* without a use and a rule the base set has it */
	return !rules->len || is_in_base(w, name) ? SNUG_OPEN_BASE : _SNUG_OPEN_MAX;
}

/* ABIs of the profile where a filter sees other arguments than the call's, or none. */
static bool is_leaky(const struct work *w, const char *name)
{
	struct snug_syscall_mux mux;

	VEC_FOREACH (arch, &w->d->profile->arches)
		if (snug_syscall_multiplexer(*arch, name, &mux) ||
		    (snug_syscall_number(*arch, name) >= 0 && !snug_arg_filters(*arch, name) &&
		     filters_of(w, name)))
			return true;
	return false;
}

static void judge(struct work *w, const char *name)
{
	CLEANUP(snug_arg_rules_done) struct snug_arg_rules rules = { 0 };
	enum snug_open_reason reason;
	const struct use *uses;
	size_t n = uses_of(w, name, &uses);

	if (!is_looked_at(w, name, uses, n))
		return;
	reason = find_rules(w, name, uses, n, &rules);
	if (reason != _SNUG_OPEN_MAX) {
		*VEC_PUSH(&w->d->open) = (struct snug_open_call){ name, reason };
		return;
	}
	*VEC_PUSH(&w->d->conditional) = name;
	if (is_leaky(w, name))
		*VEC_PUSH(&w->d->leaky) = name;
	VEC_FOREACH (rule, &rules)
		*VEC_PUSH(w->rules) = *rule;
}

void snug_arg_rules_done(struct snug_arg_rules *rules)
{
	VEC_DONE(rules);
}

void snug_derive_args(const struct snug_recording *const *recordings, size_t n,
		      const struct snug_derive_policy *policy, struct snug_derived *d,
		      struct snug_arg_rules *ret)
{
	struct work w = { .policy = policy, .d = d, .rules = ret };
	VEC(const char *) names = { 0 };

	if (policy->args == SNUG_ARGS_OFF)
		return;
	collect_uses(&w, recordings, n);
	VEC_FOREACH (name, &d->recorded)
		*VEC_PUSH(&names) = *name;
	VEC_FOREACH (name, &d->added)
		*VEC_PUSH(&names) = *name;
	VEC_FOREACH (name, &d->baseline)
		*VEC_PUSH(&names) = *name;
	names.len = snug_words_sort(names.items, names.len);
	VEC_FOREACH (name, &names)
		w.is_clone_for_clone3 |= policy->clone3_is_enosys && strcmp(*name, "clone3") == 0;
	VEC_FOREACH (name, &names)
		judge(&w, *name);
	VEC_DONE(&names);
	VEC_DONE(&w.uses);
}

/* Whether the same numbers have the same names in both calls. */
static bool speak_alike(const struct snug_arg_rule *a, const struct snug_arg_rule *b)
{
	if (compare_conds(&a->conds, &b->conds) != 0)
		return false;
	for (size_t i = 0; i < a->conds.len; i++) {
		const char *x = snug_call_arg(a->name, a->conds.items[i].index)->set;
		const char *y = snug_call_arg(b->name, b->conds.items[i].index)->set;

		if (x != y && (!x || !y || strcmp(x, y) != 0))
			return false;
	}
	return true;
}

void snug_derive_add_rules(struct snug_seccomp_profile *p, const struct snug_arg_rules *rules)
{
	CLEANUP(freep) bool *is_done = xcalloc(rules->len + 1, sizeof(*is_done));

	for (size_t i = 0; i < rules->len; i++) {
		const struct snug_arg_conds *conds = &rules->items[i].conds;
		VEC(const char *) names = { 0 };
		struct snug_seccomp_entry *e;

		if (is_done[i])
			continue;
		for (size_t k = i; k < rules->len; k++) {
			if (is_done[k] || !speak_alike(&rules->items[i], &rules->items[k]))
				continue;
			is_done[k] = true;
			*VEC_PUSH(&names) = rules->items[k].name;
		}
		e = snug_seccomp_profile_add(p, SNUG_ACTION_ALLOW, names.items, names.len);
		for (size_t k = 0; k < conds->len; k++)
			*VEC_PUSH(&e->args) = conds->items[k];
		e->has_args = true;
		VEC_DONE(&names);
	}
}
