/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every name of every entry that applies becomes one or more candidates; sorted by name and place
 * in the profile, the candidates of one name stand together and are judged together.
 */
#include "seccomp/rules.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "seccomp/condition.h"
#include "seccomp/filter.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

enum {
	MAX_ERRNO = 4094,               /* libseccomp takes no 4095, which the kernel would */
	MAX_CONDITIONAL = BPF_MAXINSNS, /* each takes more than one instruction */
};

struct candidate {
	const char *name;
	size_t entry, name_index;
	struct snug_rule rule;
};

struct resolver {
	const struct snug_seccomp_profile *p;
	const struct snug_seccomp_env *env;
	struct snug_rules_warn *warn;
	struct snug_err *err;
	bool keep_unknown;
	uint32_t default_ret;
	size_t n_conditional;
	VEC(struct candidate) candidates;
};

/* "web.json:12:5: syscalls[3]" */
static char *place_of(const struct snug_seccomp_profile *p, size_t entry)
{
	const struct snug_seccomp_entry *e = &p->entries.items[entry];

	if (!e->line)
		return xasprintf("%s: syscalls[%zu]", p->source, entry);
	return xasprintf("%s:%u:%u: syscalls[%zu]", p->source, e->line, e->col, entry);
}

void snug_rules_warn(struct snug_rules_warn *w, const struct snug_seccomp_profile *p, size_t entry,
		     const char *fmt, ...)
{
	CLEANUP(freep) char *place = NULL;
	CLEANUP(freep) char *text = NULL;
	CLEANUP(freep) char *whole = NULL;
	va_list ap;

	if (!w->warn || w->n > SNUG_LIMIT_WARNINGS)
		return;
	if (w->n++ == SNUG_LIMIT_WARNINGS) {
		whole = xasprintf("%s: more warnings are left out", p->source);
	} else {
		va_start(ap, fmt);
		if (vasprintf(&text, fmt, ap) < 0)
			text = NULL;
		va_end(ap);
		place = place_of(p, entry);
		whole = xasprintf("%s%s", place, text ? text : "?");
	}
	w->warn(w->data, whole);
}

static int errno_data(const struct snug_errno_ret *set, const char *name, uint32_t max,
		      uint32_t *ret)
{
	uint32_t value = snug_errno_ret_value(set, name, EPERM);

	if (value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

int snug_action_ret(enum snug_action action, const struct snug_errno_ret *set, const char *name,
		    uint32_t *ret)
{
	static const uint32_t rets[] = {
		[SNUG_ACTION_KILL] = SECCOMP_RET_KILL_THREAD,
		[SNUG_ACTION_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
		[SNUG_ACTION_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
		[SNUG_ACTION_TRAP] = SECCOMP_RET_TRAP,
		[SNUG_ACTION_ERRNO] = SECCOMP_RET_ERRNO,
		[SNUG_ACTION_TRACE] = SECCOMP_RET_TRACE,
		[SNUG_ACTION_ALLOW] = SECCOMP_RET_ALLOW,
		[SNUG_ACTION_LOG] = SECCOMP_RET_LOG,
		[SNUG_ACTION_NOTIFY] = SECCOMP_RET_USER_NOTIF,
	};
	uint32_t data = 0;
	int r = 0;

	snug_bug_on((int)action < 0 || action >= _SNUG_ACTION_MAX);
	if (action == SNUG_ACTION_ERRNO)
		r = errno_data(set, name, MAX_ERRNO, &data);
	else if (action == SNUG_ACTION_TRACE)
		r = errno_data(set, name, SECCOMP_RET_DATA, &data);
	if (r == 0)
		*ret = rets[action] | data;
	return r;
}

static int resolve_default(struct resolver *s)
{
	const struct snug_seccomp_profile *p = s->p;

	if (p->default_action == SNUG_ACTION_NOTIFY)
		return snug_err_set(s->err, -EINVAL,
				    "%s: defaultAction: SCMP_ACT_NOTIFY cannot be the default, "
				    "because the program that answers could not start",
				    p->source);
	if (snug_action_ret(p->default_action, &p->default_errno_ret, p->default_errno_name,
			    &s->default_ret) < 0)
		return snug_err_set(s->err, -EINVAL, "%s: defaultErrnoRet: %u is over %d",
				    p->source, p->default_errno_ret.value, MAX_ERRNO);
	return 0;
}

/* A name that no table knows can be left out only where that takes rights away. */
static int unknown_name(struct resolver *s, size_t entry, size_t name_index, uint32_t ret)
{
	const struct snug_seccomp_entry *e = &s->p->entries.items[entry];
	const char *name = e->names.items[name_index];
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *place = NULL;

	snug_str_add_printable(&shown, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	if (!snug_ret_is_stricter(ret, s->default_ret)) {
		snug_rules_warn(s->warn, s->p, entry,
				".names[%zu]: unknown syscall '%s' is left out", name_index,
				snug_str_text(&shown));
		return 0;
	}
	place = place_of(s->p, entry);
	return snug_err_set(s->err, -EINVAL,
			    "%s.names[%zu]: unknown syscall '%s' cannot be restricted to %s", place,
			    name_index, snug_str_text(&shown), snug_action_name(e->action));
}

static int add_candidate(struct resolver *s, size_t entry, size_t name_index, uint32_t ret,
			 const struct snug_seccomp_arg *conds, size_t n_conds)
{
	const struct snug_seccomp_entry *e = &s->p->entries.items[entry];
	CLEANUP(freep) char *place = NULL;

	if (n_conds && ++s->n_conditional > MAX_CONDITIONAL) {
		place = place_of(s->p, entry);
		return snug_err_set(s->err, -E2BIG, "%s: more conditions than a filter can hold",
				    place);
	}
	*VEC_PUSH(&s->candidates) = (struct candidate){
		.name = e->names.items[name_index],
		.entry = entry,
		.name_index = name_index,
		.rule = { ret, conds, n_conds, entry, name_index },
	};
	return 0;
}

bool snug_entry_any_arg_is_enough(const struct snug_seccomp_entry *e)
{
	unsigned seen = 0;

	VEC_FOREACH (arg, &e->args) {
		if (seen & 1u << arg->index)
			return true;
		seen |= 1u << arg->index;
	}
	return false;
}

static int add_name(struct resolver *s, size_t entry, size_t name_index, uint32_t ret,
		    bool any_is_enough)
{
	const struct snug_seccomp_entry *e = &s->p->entries.items[entry];
	int r = 0;

	if (!s->keep_unknown && !snug_syscall_is_known(e->names.items[name_index]))
		return unknown_name(s, entry, name_index, ret);
	if (!any_is_enough)
		return add_candidate(s, entry, name_index, ret, e->args.items, e->args.len);
	for (size_t i = 0; i < e->args.len && r == 0; i++)
		r = add_candidate(s, entry, name_index, ret, &e->args.items[i], 1);
	return r;
}

static int add_entry(struct resolver *s, size_t i)
{
	const struct snug_seccomp_entry *e = &s->p->entries.items[i];
	bool any_is_enough = snug_entry_any_arg_is_enough(e);
	CLEANUP(freep) char *place = NULL;
	uint32_t ret;
	int r = 0;

	if (snug_action_ret(e->action, &e->errno_ret, e->errno_name, &ret) < 0) {
		place = place_of(s->p, i);
		return snug_err_set(s->err, -EINVAL, "%s.errnoRet: %u is over %d", place,
				    e->errno_ret.value, MAX_ERRNO);
	}
	/* only where the weaker reading gives rights */
	if (any_is_enough && snug_ret_is_stricter(s->default_ret, ret))
		snug_rules_warn(s->warn, s->p, i,
				".args: two look at the same argument, so each one alone is enough "
				"for %s, as with runc and crun",
				snug_action_name(e->action));
	for (size_t j = 0; j < e->names.len && r == 0; j++)
		r = add_name(s, i, j, ret, any_is_enough);
	return r;
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *ca = a, *cb = b;
	int r = strcmp(ca->name, cb->name);

	if (r == 0)
		r = (ca->entry > cb->entry) - (ca->entry < cb->entry);
	if (r == 0)
		r = (ca->name_index > cb->name_index) - (ca->name_index < cb->name_index);
	/* of one entry only the order of its args is left */
	if (r == 0)
		r = (ca->rule.conds > cb->rule.conds) - (ca->rule.conds < cb->rule.conds);
	return r;
}

/* The entry without args that decides: the first that says something else than the default. */
static const struct candidate *find_winner(const struct resolver *s, const struct candidate *c,
					   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].rule.n_conds == 0 && c[i].rule.ret != s->default_ret)
			return &c[i];
	return NULL;
}

static void warn_losers(struct resolver *s, const struct candidate *winner,
			const struct candidate *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!snug_ret_is_stricter(c[i].rule.ret, winner->rule.ret))
			continue;
		snug_rules_warn(s->warn, s->p, c[i].entry,
				".names[%zu]: %s for '%s' has no effect, because syscalls[%zu] "
				"has %s for it without conditions, which wins with runc and crun",
				c[i].name_index,
				snug_action_name(s->p->entries.items[c[i].entry].action), c[i].name,
				winner->entry,
				snug_action_name(s->p->entries.items[winner->entry].action));
	}
}

/* A stable insertion sort: few rules a name, and the order among equals is the profile's. */
static void sort_rules(struct snug_verdict *v)
{
	for (size_t i = 1; i < v->rules.len; i++) {
		struct snug_rule rule = v->rules.items[i];
		size_t j = i;

		for (; j && snug_ret_is_stricter(rule.ret, v->rules.items[j - 1].ret); j--)
			v->rules.items[j] = v->rules.items[j - 1];
		v->rules.items[j] = rule;
	}
}

/* The verdict over the @n candidates at @c, which are all of one name. */
static void judge(struct resolver *s, struct snug_verdicts *out, const struct candidate *c,
		  size_t n)
{
	const struct candidate *winner = find_winner(s, c, n);
	struct snug_verdict v = { .name = c->name, .entry = c->entry, .name_index = c->name_index };

	if (winner) {
		warn_losers(s, winner, c, n);
		v.entry = winner->entry;
		v.name_index = winner->name_index;
		v.is_unconditional = true;
		v.ret = winner->rule.ret;
		*VEC_PUSH(out) = v;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (c[i].rule.n_conds)
			*VEC_PUSH(&v.rules) = c[i].rule;
	sort_rules(&v);
	/* at the end, what repeats the default changes nothing */
	while (v.rules.len && v.rules.items[v.rules.len - 1].ret == s->default_ret)
		v.rules.len--;
	if (v.rules.len)
		*VEC_PUSH(out) = v;
	else
		VEC_DONE(&v.rules);
}

int snug_rules_resolve(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
		       const struct snug_rules_options *opts, struct snug_rules_warn *warn,
		       struct snug_verdicts *ret, struct snug_err *err)
{
	struct resolver s = {
		.p = p,
		.env = env,
		.warn = warn,
		.err = err,
		.keep_unknown = opts && opts->keep_unknown,
	};
	size_t end;
	int r = resolve_default(&s);

	for (size_t i = 0; i < p->entries.len && r == 0; i++)
		if (snug_seccomp_entry_applies(&p->entries.items[i], env))
			r = add_entry(&s, i);
	if (r == 0) {
		*ret = (struct snug_verdicts){ .default_ret = s.default_ret };
		if (s.candidates.len)
			qsort(s.candidates.items, s.candidates.len, sizeof(*s.candidates.items),
			      compare_candidates);
		for (size_t i = 0; i < s.candidates.len; i = end) {
			end = i + 1;
			while (end < s.candidates.len && strcmp(s.candidates.items[end].name,
								s.candidates.items[i].name) == 0)
				end++;
			judge(&s, ret, &s.candidates.items[i], end - i);
		}
	}
	VEC_DONE(&s.candidates);
	return r;
}

void snug_verdicts_done(struct snug_verdicts *v)
{
	VEC_FOREACH (verdict, v)
		VEC_DONE(&verdict->rules);
	VEC_DONE(v);
}

unsigned snug_arch_arg_bits(enum snug_arch arch)
{
	return snug_arch_is_32bit(arch) && !snug_arch_is_ilp32_of_64(arch) ? 32 : 64;
}

/* A condition that would never hold is read as of its lower half. */
static bool cut_to_32_bits(struct snug_seccomp_arg *arg)
{
	uint64_t two = arg->op == SNUG_CMP_MASKED_EQ ? arg->value_two : 0;

	if ((arg->value | two) <= UINT32_MAX)
		return false;
	switch (arg->op) {
	case SNUG_CMP_EQ:
	case SNUG_CMP_GE:
	case SNUG_CMP_GT:
	case SNUG_CMP_MASKED_EQ:
		arg->value &= UINT32_MAX;
		arg->value_two &= UINT32_MAX;
		return true;
	case SNUG_CMP_NE:
	case SNUG_CMP_LT:
	case SNUG_CMP_LE: /* always hold */
	case _SNUG_CMP_MAX:
	case _SNUG_CMP_INVALID:
	default:
		return false;
	}
}

bool snug_rule_conds(const struct snug_rule *rule, uint32_t default_ret, unsigned bits,
		     struct snug_seccomp_arg conds[SNUG_N_ARGS])
{
	bool is_cut = false;

	snug_bug_on(rule->n_conds > SNUG_N_ARGS);
	for (size_t i = 0; i < rule->n_conds; i++) {
		conds[i] = rule->conds[i];
		if (bits == 32 && snug_ret_is_stricter(rule->ret, default_ret))
			is_cut |= cut_to_32_bits(&conds[i]);
	}
	return is_cut;
}

uint32_t snug_verdict_strictest(const struct snug_verdict *v, uint32_t default_ret)
{
	if (v->is_unconditional)
		return v->ret;
	/* the first rule is the strictest of them */
	if (snug_ret_is_stricter(v->rules.items[0].ret, default_ret))
		return v->rules.items[0].ret;
	return default_ret;
}
