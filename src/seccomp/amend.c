/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One obstacle after the other is taken out of a call's way, and the meaning asked again, until the
 * call passes: first entries that refuse it, then the default.  At the end the difference of
 * meanings is compared with what was asked for.
 */
#include "seccomp/amend.h"

#include "base/err.h"
#include "seccomp/amend-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

enum {
	BITS = 64,
	MAX_LEFT = 8,   /* entries that go on refusing what else an entry refused */
	MAX_STEPS = 64, /* for one call, beside one for each entry */
};

/* What one call's way is taken free for. */
struct job {
	struct snug_amend_state *s;
	const struct snug_call_question *call;
	struct snug_argset asked;
	bool is_always; /* whatever the arguments are */
};

static void job_done(struct job *j)
{
	snug_argset_done(&j->asked);
}

void snug_amended_done(struct snug_amended *a)
{
	snug_diff_done(&a->diff);
	a->meaning_before = snug_meaning_free(a->meaning_before);
	a->meaning_after = snug_meaning_free(a->meaning_after);
	a->before = snug_seccomp_profile_free(a->before);
	a->after = snug_seccomp_profile_free(a->after);
	snug_str_done(&a->text);
}

/* What is only logged is on trial: it is not allowed yet. */
static bool is_allowed(uint32_t ret)
{
	return snug_ret_action(ret) == SNUG_ACTION_ALLOW;
}

static size_t conds_of(const struct snug_call_question *q,
		       struct snug_seccomp_arg conds[SNUG_N_ARGS])
{
	size_t n = 0;

	for (uint32_t i = 0; i < SNUG_N_ARGS; i++) {
		bool is_whole = !q->mask[i] || q->mask[i] == UINT64_MAX;

		if (!q->known[i])
			continue;
		conds[n++] = (struct snug_seccomp_arg){
			.index = i,
			.op = is_whole ? SNUG_CMP_EQ : SNUG_CMP_MASKED_EQ,
			.value = is_whole ? q->args[i] : q->mask[i],
			.value_two = is_whole ? 0 : q->args[i],
			.has_value_two = !is_whole,
		};
	}
	return n;
}

static int by_hand(const struct job *j, size_t entry, const char *why)
{
	const struct snug_seccomp_entry *e = &j->s->p->entries.items[entry];

	return snug_err_set(j->s->err, -EOPNOTSUPP,
			    "%s:%u:%u: syscalls[%zu] refuses '%s', and %s: change it by hand",
			    j->s->name, e->line, e->col, entry, j->call->name, why);
}

/* What @cell refuses beside what was asked for, as conditions. */
static int leftovers(const struct job *j, const struct snug_cell *cell, size_t entry,
		     struct snug_arg_conds_list *ret)
{
	CLEANUP(snug_argset_done) struct snug_argset rest = { 0 };

	if (snug_argset_subtract(&cell->args, &j->asked, &rest) < 0)
		return by_hand(j, entry, "its conditions are too many");
	snug_argset_simplify(&rest);
	if (snug_argset_to_conds(&rest, MAX_LEFT, ret) < 0)
		return by_hand(j, entry,
			       "what it refuses besides takes too many entries to say (the name "
			       "alone, without arguments, allows all of it)");
	return 0;
}

static struct snug_seccomp_entry new_entry(const char *name, enum snug_action action,
					   const struct snug_arg_conds *conds)
{
	struct snug_seccomp_entry e = { .action = action };

	*VEC_PUSH(&e.names) = xstrdup(name);
	for (size_t i = 0; i < conds->len; i++) {
		struct snug_seccomp_arg *arg = VEC_PUSH(&e.args);

		*arg = conds->items[i];
		/* where it is not written it is 0 */
		arg->has_value_two = arg->op == SNUG_CMP_MASKED_EQ;
	}
	e.has_args = conds->len > 0;
	return e;
}

/* Takes the call's name out of the entry; what else that refused is refused by entries of its own.
 */
static int clear_entry(struct job *j, const struct snug_cells *cells, const struct snug_decision *d)
{
	const struct snug_seccomp_entry *old = &j->s->p->entries.items[d->entry];
	const struct snug_errno_ret errno_ret = old->errno_ret;
	CLEANUP(freep) char *errno_name = old->errno_name ? xstrdup(old->errno_name) : NULL;
	CLEANUP(snug_arg_conds_list_done) struct snug_arg_conds_list left = { 0 };
	enum snug_action action = old->action;
	bool has_condition = old->includes.is_set || old->excludes.is_set, is_gone;
	int r;

	VEC_FOREACH (cell, cells) {
		CLEANUP(snug_arg_conds_list_done) struct snug_arg_conds_list some = { 0 };

		if (cell->decision.by != SNUG_BY_ENTRY || cell->decision.entry != d->entry)
			continue;
		r = leftovers(j, cell, d->entry, &some);
		if (r < 0)
			return r;
		VEC_FOREACH (conds, &some)
			*VEC_PUSH(&left) = *conds;
	}
	if (left.len && has_condition)
		return by_hand(j, d->entry, "only on some hosts");
	r = snug_amend_remove_name(j->s, d->entry, d->name_index, &is_gone);
	VEC_FOREACH (conds, &left) {
		struct snug_seccomp_entry e;

		if (r < 0)
			return r;
		e = new_entry(j->call->name, action, conds);
		e.errno_ret = errno_ret;
		e.errno_name = errno_name ? xstrdup(errno_name) : NULL;
		r = snug_amend_add_entry(j->s, &e);
	}
	return r;
}

static bool is_empty_condition(const struct snug_seccomp_condition *c)
{
	return !c->arches.len && !c->caps.len && !c->min_kernel;
}

/* Whether the profile is of the dialect whose entries may have a comment. */
static bool has_comments(const struct snug_seccomp_profile *p)
{
	if (p->format != SNUG_PROFILE_OCI_JSON)
		return false;
	VEC_FOREACH (e, &p->entries)
		if (e->comment || e->includes.is_set || e->excludes.is_set)
			return true;
	return p->arch_map.len > 0 || p->default_errno_name;
}

static bool is_home(const struct snug_amend_state *s, const struct snug_seccomp_entry *e)
{
	if (e->action != SNUG_ACTION_ALLOW || e->args.len || e->is_legacy_name ||
	    !is_empty_condition(&e->includes) || !is_empty_condition(&e->excludes))
		return false;
	if (!has_comments(s->p))
		return true;
	/* what somebody else has commented is not what we allow */
	return e->comment && s->opts->note && strcmp(e->comment, s->opts->note) == 0;
}

/* The entry of allowed calls, the largest one; NULL when there is none. */
static const struct snug_seccomp_entry *find_home(const struct snug_amend_state *s)
{
	const struct snug_seccomp_entry *best = NULL;

	VEC_FOREACH (e, &s->p->entries)
		if (is_home(s, e) && (!best || e->names.len > best->names.len))
			best = e;
	return best;
}

/* Allows what the default refuses. */
static int add_allow(struct job *j)
{
	const struct snug_seccomp_entry *home = j->is_always ? find_home(j->s) : NULL;
	struct snug_seccomp_entry e;
	struct snug_arg_conds conds;

	if (home)
		return snug_amend_insert_name(j->s, (size_t)(home - j->s->p->entries.items),
					      j->call->name);
	conds.len = conds_of(j->call, conds.items);
	e = new_entry(j->call->name, SNUG_ACTION_ALLOW, &conds);
	if (has_comments(j->s->p) && j->s->opts->note)
		e.comment = xstrdup(j->s->opts->note);
	return snug_amend_add_entry(j->s, &e);
}

/* The first answer that does not allow something of what was asked for; an entry's before the
 * default's.
 */
static int find_obstacle(const struct job *j, const struct snug_cells *cells,
			 const struct snug_decision **ret)
{
	*ret = NULL;
	VEC_FOREACH (cell, cells) {
		CLEANUP(snug_argset_done) struct snug_argset both = { 0 };

		if (is_allowed(cell->decision.ret) ||
		    (*ret && cell->decision.by == SNUG_BY_DEFAULT))
			continue;
		if (snug_argset_intersect(&cell->args, &j->asked, &both) < 0)
			return snug_err_set(j->s->err, -E2BIG,
					    "%s: the conditions on '%s' are too many", j->s->name,
					    j->call->name);
		if (snug_argset_is_empty(&both))
			continue;
		*ret = &cell->decision;
		if (cell->decision.by == SNUG_BY_ENTRY)
			return 0;
	}
	return 0;
}

/* Returns 1 when a step was made, 0 when the call passes. */
static int step(struct job *j)
{
	const struct snug_meaning_options opts = { .keep_unknown = true };
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	const struct snug_decision *obstacle = NULL;
	int r;

	r = snug_meaning_new(j->s->p, j->s->opts->env, &opts, &m, j->s->err);
	if (r == 0)
		r = snug_meaning_name_cells(m, j->call->name, BITS, &cells, j->s->err);
	if (r == 0)
		r = find_obstacle(j, &cells, &obstacle);
	if (r < 0 || !obstacle)
		return r;
	r = obstacle->by == SNUG_BY_ENTRY ? clear_entry(j, &cells, obstacle) : add_allow(j);
	return r < 0 ? r : 1;
}

static int allow_one(struct snug_amend_state *s, const struct snug_call_question *call)
{
	CLEANUP(job_done) struct job j = { .s = s, .call = call };
	struct snug_seccomp_arg conds[SNUG_N_ARGS];
	size_t n = conds_of(call, conds), n_steps = s->p->entries.len + MAX_STEPS;
	int r = 1;

	j.is_always = n == 0;
	snug_argset_add_conds(&j.asked, conds, n, BITS);
	for (size_t i = 0; r > 0 && i < n_steps; i++)
		r = step(&j);
	if (r > 0)
		return snug_err_set(s->err, -EOPNOTSUPP,
				    "%s: entries on '%s' contradict each other: change it by hand",
				    s->name, call->name);
	return r;
}

static bool is_asked(const struct snug_difference *d, const struct snug_call_question *calls,
		     size_t n)
{
	/* more than one question may be about one call: its differences come as one */
	CLEANUP(snug_argset_done) struct snug_argset asked = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct snug_seccomp_arg conds[SNUG_N_ARGS];
		size_t n_conds = conds_of(&calls[i], conds);

		/* behind a multiplexer, arguments are not seen */
		if (d->through && strcmp(calls[i].name, d->through) == 0)
			return true;
		if (strcmp(calls[i].name, d->name) != 0)
			continue;
		if (n_conds == 0)
			return true;
		snug_argset_add_conds(&asked, conds, n_conds, d->bits);
	}
	return !d->is_always && !d->mux_arches && snug_argset_is_subset(&d->args, &asked) == 1;
}

static int compare(struct snug_amended *a, const struct snug_amend_options *opts,
		   struct snug_err *err)
{
	const struct snug_meaning_options keep = { .keep_unknown = true };
	int r;

	r = snug_meaning_new(a->before, opts->env, &keep, &a->meaning_before, err);
	if (r == 0)
		r = snug_meaning_new(a->after, opts->env, &keep, &a->meaning_after, err);
	return r < 0 ? r : snug_diff(a->meaning_before, a->meaning_after, &a->diff, err);
}

/* Hands over what came out of the steps. */
static int finish(struct snug_amend_state *s, const char *text, size_t len, struct snug_amended *a,
		  struct snug_err *err)
{
	struct snug_amend_state old = { .name = s->name, .opts = s->opts, .err = err };
	int r;

	snug_str_addn(&old.text, text, len);
	r = snug_amend_parse(&old);
	if (r == 0)
		a->before = STEAL(old.p);
	snug_amend_state_done(&old);
	if (r < 0)
		return r;
	a->after = STEAL(s->p);
	a->text = s->text;
	s->text = (struct snug_str)SNUG_STR_INIT;
	return compare(a, s->opts, err);
}

static int start(struct snug_amend_state *s, const char *text, size_t len)
{
	snug_str_addn(&s->text, text, len);
	return snug_amend_parse(s);
}

/* Whether @call passes on @arch.  Steps look at what entries say before any ABI; but on those of 32
 * bits, values of entries that refuse are cut (snug_rule_conds()). */
static int passes(const struct snug_meaning *m, const struct snug_call_question *call,
		  enum snug_arch arch, struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset asked = { 0 };
	struct snug_seccomp_arg conds[SNUG_N_ARGS];
	int64_t nr = snug_syscall_number(arch, call->name);
	int r = snug_meaning_cells(m, arch, (uint32_t)nr, &cells, err);

	if (r < 0)
		return r;
	snug_argset_add_conds(&asked, conds, conds_of(call, conds), snug_arch_arg_bits(arch));
	VEC_FOREACH (cell, &cells) {
		CLEANUP(snug_argset_done) struct snug_argset both = { 0 };

		if (is_allowed(cell->decision.ret))
			continue;
		if (snug_argset_intersect(&cell->args, &asked, &both) < 0 ||
		    !snug_argset_is_empty(&both))
			return 0;
	}
	return 1;
}

static int check_passes(const struct snug_amended *a, const struct snug_call_question *call,
			const char *name, struct snug_err *err)
{
	VEC_FOREACH (arch, snug_meaning_arches(a->meaning_after)) {
		int r = 1;

		if (snug_syscall_number(*arch, call->name) >= 0)
			r = passes(a->meaning_after, call, *arch, err);
		if (r < 0)
			return r;
		if (r == 0)
			return snug_err_set(err, -EOPNOTSUPP,
					    "%s: on %s, conditions would go on refusing '%s': "
					    "change it by hand",
					    name, snug_arch_name(*arch), call->name);
	}
	return 0;
}

/* A name that no ABI has would be of no effect. */
static int check_exists(const struct snug_amended *a, const struct snug_call_question *call,
			const char *name, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str list = SNUG_STR_INIT;

	VEC_FOREACH (arch, snug_meaning_arches(a->meaning_after)) {
		struct snug_syscall_mux mux;

		if (snug_syscall_number(*arch, call->name) >= 0 ||
		    snug_syscall_multiplexer(*arch, call->name, &mux))
			return 0;
		snug_str_addf(&list, "%s%s", list.len ? ", " : "", snug_arch_name(*arch));
	}
	return snug_err_set(
		err, -EOPNOTSUPP,
		"%s: '%s' is no call of the profile's architectures (%s); with --arch it "
		"is read for another machine",
		name, call->name, snug_str_text(&list));
}

static int check_allowed(const struct snug_amended *a, const struct snug_call_question *calls,
			 size_t n, const char *name, struct snug_err *err)
{
	for (size_t i = 0; i < n; i++) {
		int r = check_exists(a, &calls[i], name, err);

		if (r == 0)
			r = check_passes(a, &calls[i], name, err);
		if (r < 0)
			return r;
	}
	VEC_FOREACH (d, &a->diff.calls)
		if (!is_allowed(d->ret_b) || !is_asked(d, calls, n))
			return snug_err_set(
				err, -EOPNOTSUPP,
				"%s: this would change more of '%s' than was asked for: "
				"ask for all of it, or change it by hand",
				name, d->name);
	return 0;
}

int snug_amend_allow(const char *name, const char *text, size_t len,
		     const struct snug_amend_options *opts, const struct snug_call_question *calls,
		     size_t n, struct snug_amended *ret, struct snug_err *err)
{
	CLEANUP(snug_amend_state_done)
	struct snug_amend_state s = { .name = name, .opts = opts, .err = err };
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	int r;

	r = start(&s, text, len);
	for (size_t i = 0; i < n && r == 0; i++)
		r = allow_one(&s, &calls[i]);
	if (r == 0)
		r = finish(&s, text, len, &a, err);
	if (r == 0)
		r = check_allowed(&a, calls, n, name, err);
	if (r < 0)
		return r;
	*ret = a;
	a = (struct snug_amended){ 0 };
	return 0;
}

int snug_amend_default(const char *name, const char *text, size_t len,
		       const struct snug_amend_options *opts, enum snug_action action,
		       struct snug_amended *ret, struct snug_err *err)
{
	CLEANUP(snug_amend_state_done)
	struct snug_amend_state s = { .name = name, .opts = opts, .err = err };
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	int r;

	r = start(&s, text, len);
	if (r == 0 && s.p->default_action != action)
		r = snug_amend_set_default(&s, action);
	if (r == 0)
		r = finish(&s, text, len, &a, err);
	if (r < 0)
		return r;
	*ret = a;
	a = (struct snug_amended){ 0 };
	return 0;
}
