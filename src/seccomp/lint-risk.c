/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the profile allows and attackers use.  Which calls and which values of their arguments, is
 * in data/lint-dangerous.csv; whether they pass is asked of the evaluator, with exactly these
 * arguments.  What the kernel refuses for want of a capability is only a note.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/lint-internal.h"
#include "seccomp/lint-tables.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

int lint_allow_by_default(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	if (l->p->default_action == SNUG_ACTION_ALLOW)
		lint_add(l, l->rule->severity, LINT_NO_ENTRY, NULL,
			 "the default is SCMP_ACT_ALLOW: calls that nobody thought of are allowed, "
			 "those of future kernels too");
	return 0;
}

/* The argument that @row is about: clone's first two are swapped on s390 (clone(2)). */
static unsigned arg_index(const struct snug_lint_danger *row, enum snug_arch arch)
{
	bool is_s390 = arch == SNUG_ARCH_S390X || arch == SNUG_ARCH_S390;

	return is_s390 && strcmp(row->call, "clone") == 0 ? 1 : row->arg;
}

/* The arguments that make @row's call dangerous; @upper: with bits in the upper half too. */
static int question_of(const struct snug_lint_danger *row, enum snug_arch arch, bool upper,
		       struct snug_argset *ret)
{
	unsigned index = arg_index(row, arch), bits = snug_arch_arg_bits(arch);
	struct snug_seccomp_arg value = { index, SNUG_CMP_MASKED_EQ, row->mask, row->value, true };
	struct snug_seccomp_arg low = { index, SNUG_CMP_LE, UINT32_MAX, 0, false };
	struct snug_seccomp_arg except = { index, SNUG_CMP_MASKED_EQ, UINT32_MAX, row->except,
					   true };
	CLEANUP(snug_argset_done) struct snug_argset all = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset in_range = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset matching = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset exception = { 0 };
	int r;

	snug_argset_add_conds(&all, &value, 1, bits);
	if (upper)
		snug_argset_add_all(&in_range, bits);
	else
		snug_argset_add_conds(&in_range, &low, 1, bits);
	r = snug_argset_intersect(&all, &in_range, &matching);
	if (row->has_except)
		snug_argset_add_conds(&exception, &except, 1, bits);
	return r < 0 ? r : snug_argset_subtract(&matching, &exception, ret);
}

/* How a call can be made. */
struct way {
	bool is_open;
	bool needs_upper; /* only with bits in the upper half of the argument */
	long by;
};

static int ask_row(const struct snug_lint *l, const struct snug_lint_danger *row,
		   enum snug_arch arch, struct way *ret, struct snug_err *err)
{
	struct lint_answer answer = { 0 };
	int r = 0;

	if (!row->value_name) {
		r = lint_ask(l->meaning, arch, row->call, NULL, &answer, err);
		*ret = (struct way){ answer.some_pass, false, answer.passes_by };
		return r;
	}
	for (int upper = 0; upper < 2 && r == 0 && !answer.some_pass; upper++) {
		CLEANUP(snug_argset_done) struct snug_argset question = { 0 };

		r = question_of(row, arch, upper, &question);
		if (r < 0)
			return snug_err_set(err, r, "too many conditions on '%s'", row->call);
		r = lint_ask(l->meaning, arch, row->call, &question, &answer, err);
		*ret = (struct way){ answer.some_pass, upper != 0, answer.passes_by };
	}
	return r;
}

/* Whether the call of @row passes on some ABI of the filter, for some of its arguments. */
static int find_way(const struct snug_lint *l, const struct snug_lint_danger *row, struct way *ret,
		    struct snug_err *err)
{
	*ret = (struct way){ .by = LINT_NO_ENTRY };
	VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
		int r;

		/* behind a multiplexer arguments cannot be seen: lint_multiplexer() */
		if (snug_syscall_number(*arch, row->call) < 0)
			continue;
		r = ask_row(l, row, *arch, ret, err);
		if (r < 0 || ret->is_open)
			return r;
	}
	return 0;
}

/* Whether the profile lets a program make a user namespace, in which it has all capabilities. */
static int can_make_user_ns(const struct snug_lint *l, bool *ret, struct snug_err *err)
{
	*ret = false;
	for (const struct snug_lint_danger *row = snug_lint_dangers; row->call; row++) {
		struct way way;
		int r;

		if (strcmp(row->rule, "risk-namespaces") != 0 || row->capability)
			continue;
		r = find_way(l, row, &way, err);
		if (r < 0)
			return r;
		*ret |= way.is_open;
	}
	return 0;
}

static bool has_capability(const struct snug_lint *l, const struct snug_lint_danger *row,
			   bool can_have_ns)
{
	int cap;

	if (!row->capability || (row->is_ns && can_have_ns))
		return true;
	cap = snug_capability_from_name(row->capability);
	return cap < 0 || (l->env.caps & UINT64_C(1) << cap) != 0;
}

/* What one rule has found. */
struct dangers {
	struct lint_names calls;  /* "clone" */
	struct lint_names values; /* "CLONE_NEWUSER" */
	struct lint_names whole;  /* "clone(CLONE_NEWUSER)" */
	const struct snug_lint_danger *only;
	size_t n;
	long by;
};

#define DANGERS_INIT                                                                               \
	{                                                                                          \
		.values.is_ordered = true, .whole.is_ordered = true                                \
	}

static void dangers_done(struct dangers *d)
{
	lint_names_done(&d->calls);
	lint_names_done(&d->values);
	lint_names_done(&d->whole);
}

static void add_danger(struct dangers *d, const struct snug_lint_danger *row, const struct way *way)
{
	const char *upper = way->needs_upper ? " (by its upper half)" : "";
	CLEANUP(freep) char *value = NULL;
	CLEANUP(freep) char *whole = NULL;

	if (!d->n++)
		d->by = way->by;
	d->only = row;
	lint_names_add(&d->calls, row->call);
	if (row->value_name) {
		value = xasprintf("%s%s", row->value_name, upper);
		whole = xasprintf("%s(%s)", row->call, value);
		lint_names_add(&d->values, value);
	}
	lint_names_add(&d->whole, whole ? whole : row->call);
}

/* "socket with AF_ALG, AF_CAN", or "clone(CLONE_NEWUSER), clone3" */
static char *dangers_text(struct dangers *d)
{
	CLEANUP(freep) char *values = NULL;

	if (lint_names_len(&d->calls) != 1 || !d->only->value_name)
		return lint_names_text(&d->whole);
	values = lint_names_text(&d->values);
	return xasprintf("%s with %s", d->only->call, values);
}

static void report_dangers(struct snug_lint *l, struct dangers *d, bool has_caps)
{
	CLEANUP(freep) char *text = NULL;

	if (!d->n)
		return;
	text = dangers_text(d);
	lint_add(l, has_caps ? l->rule->severity : SNUG_SEVERITY_NOTE, d->by, &d->calls,
		 "%s allowed%s: %s", text,
		 has_caps ? "" : ", but the kernel asks for a capability that is not there",
		 d->n == 1 ? d->only->reason : l->rule->reason);
}

int lint_dangers(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(dangers_done) struct dangers real = DANGERS_INIT;
	CLEANUP(dangers_done) struct dangers without_caps = DANGERS_INIT;
	bool can_have_ns;
	int r;

	/* where nothing is refused, one finding says it all */
	if (!l->meaning || l->p->default_action == SNUG_ACTION_LOG)
		return 0;
	r = can_make_user_ns(l, &can_have_ns, err);
	for (const struct snug_lint_danger *row = snug_lint_dangers; row->call && r == 0; row++) {
		struct way way;

		if (strcmp(row->rule, l->rule->id) != 0)
			continue;
		r = find_way(l, row, &way, err);
		if (r == 0 && way.is_open)
			add_danger(has_capability(l, row, can_have_ns) ? &real : &without_caps, row,
				   &way);
	}
	if (r < 0)
		return r;
	report_dangers(l, &real, true);
	report_dangers(l, &without_caps, false);
	return 0;
}

/* The members of @family on @arch that are refused, and those that pass whatever their arguments
 * are. */
static int split_family(const struct snug_lint *l, enum snug_arch arch,
			const struct snug_lint_family *family, struct lint_names *refused,
			struct lint_names *open, long *ret_by, struct snug_err *err)
{
	for (const char *const *member = family->members; *member; member++) {
		struct lint_answer answer;
		int r;

		if (!snug_syscall_is_on(arch, *member))
			continue;
		r = lint_ask(l->meaning, arch, *member, NULL, &answer, err);
		if (r < 0)
			return r;
		if (!answer.some_refused) {
			lint_names_add(open, *member);
		} else if (!answer.some_pass) {
			if (!refused->names.len)
				*ret_by = answer.refused_by;
			lint_names_add(refused, *member);
		}
	}
	return 0;
}

int lint_deny_gap(struct snug_lint *l, struct snug_err *err)
{
	/* a list of what is allowed: lint_half_family() */
	if (!l->meaning || !snug_ret_passes(snug_meaning_default(l->meaning)))
		return 0;
	for (const struct snug_lint_family *f = snug_lint_families; f->name; f++) {
		VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
			CLEANUP(lint_names_done) struct lint_names refused = { 0 };
			CLEANUP(lint_names_done) struct lint_names open = { 0 };
			CLEANUP(freep) char *refused_text = NULL;
			CLEANUP(freep) char *open_text = NULL;
			struct snug_finding *found;
			long by = LINT_NO_ENTRY;
			int r = split_family(l, *arch, f, &refused, &open, &by, err);

			if (r < 0)
				return r;
			if (!refused.names.len || !open.names.len)
				continue;
			refused_text = lint_names_text(&refused);
			open_text = lint_names_text(&open);
			found = lint_add(l, l->rule->severity, by, &open,
					 "to %s: %s refused, but %s not (%s)", f->what,
					 refused_text, open_text, snug_arch_name(*arch));
			lint_fix(found, "refuse %s too", open_text);
			break;
		}
	}
	return 0;
}
