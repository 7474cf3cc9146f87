/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that another C library makes instead of those that are allowed: the new ones that it tries
 * first, and the others that do the same job.
 */
#include "base/err.h"
#include "seccomp/fallback.h"
#include "seccomp/lint-internal.h"
#include "seccomp/lint-tables.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

/* A refusal that a library takes for the answer, so that it does not go on with an older call. */
static bool is_final(uint32_t ret)
{
	return snug_ret_is_deadly(ret) ||
	       (snug_ret_action(ret) == SNUG_ACTION_ERRNO && snug_ret_data(ret) != ENOSYS);
}

/* Whether an older call would do on @arch. */
static int older_passes(const struct snug_lint *l, enum snug_arch arch,
			const struct snug_lint_fallback *row, bool *ret, struct snug_err *err)
{
	struct lint_answer answer;
	int r = 0;

	*ret = false;
	for (const char *const *older = row->older; *older && !*ret && r == 0; older++) {
		if (!snug_syscall_is_on(arch, *older))
			continue;
		r = lint_ask(l->meaning, arch, *older, NULL, &answer, err);
		if (r == 0)
			*ret = answer.some_pass;
	}
	return r;
}

/* Whether @row is a case for lint_eperm(): *ret_by says who refuses it, and *ret how. */
static int falls_hard(const struct snug_lint *l, const struct snug_lint_fallback *row,
		      bool *is_case, long *ret_by, uint32_t *ret, struct snug_err *err)
{
	*is_case = false;
	VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
		struct lint_answer answer;
		int r;

		if (!snug_syscall_is_on(*arch, row->call))
			continue;
		r = lint_ask(l->meaning, *arch, row->call, NULL, &answer, err);
		if (r < 0)
			return r;
		if (answer.some_pass || !is_final(answer.refused))
			continue;
		r = older_passes(l, *arch, row, is_case, err);
		*ret_by = answer.refused_by;
		*ret = answer.refused;
		if (r < 0 || *is_case)
			return r;
	}
	return 0;
}

/* The findings of lint_eperm(): one for each entry that refuses, and one for the default. */
struct hard_fall {
	long by;
	uint32_t ret;
	struct lint_names names;
	const struct snug_lint_fallback *first;
};
struct hard_falls {
	struct hard_fall *items;
	size_t len, cap;
};

static void hard_falls_done(struct hard_falls *all)
{
	VEC_FOREACH (one, all)
		lint_names_done(&one->names);
	VEC_DONE(all);
}

static void add_hard_fall(struct hard_falls *all, long by, uint32_t ret,
			  const struct snug_lint_fallback *row)
{
	struct hard_fall *one = NULL;

	VEC_FOREACH (known, all)
		if (known->by == by)
			one = known;
	if (!one) {
		one = VEC_PUSH(all);
		one->by = by;
		one->ret = ret;
		one->first = row;
		one->names.is_ordered = true;
	}
	lint_names_add(&one->names, row->call);
}

static void report_hard_fall(struct snug_lint *l, struct hard_fall *one)
{
	CLEANUP(snug_str_done) struct snug_str ret = SNUG_STR_INIT;
	CLEANUP(freep) char *list = lint_names_text(&one->names);
	struct snug_finding *f;

	snug_ret_add_text(one->ret, &ret);
	f = lint_add(l, SNUG_SEVERITY_WARNING, one->by, &one->names,
		     "%s%s for %s: libraries go on with the older call only at ENOSYS (%s: %s)",
		     one->by == LINT_NO_ENTRY ? "the default is " : "", snug_str_text(&ret), list,
		     one->first->call, one->first->who);
	/* a resource has no place for it */
	if (one->by == LINT_NO_ENTRY && l->p->format == SNUG_PROFILE_OCI_JSON &&
	    snug_ret_action(one->ret) == SNUG_ACTION_ERRNO)
		lint_fix(f,
			 "allow them, or set \"defaultErrnoRet\": 38, or refuse them in an entry "
			 "with errnoRet 38 (ENOSYS)");
}

int lint_eperm(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(hard_falls_done) struct hard_falls all = { 0 };

	if (!l->meaning || l->p->base_profile_name)
		return 0;
	for (const struct snug_lint_fallback *row = snug_lint_fallbacks; row->call; row++) {
		bool is_case = false;
		uint32_t ret = 0;
		long by = LINT_NO_ENTRY;
		int r = falls_hard(l, row, &is_case, &by, &ret, err);

		if (r < 0)
			return r;
		if (is_case)
			add_hard_fall(&all, by, ret, row);
	}
	VEC_FOREACH (one, &all)
		report_hard_fall(l, one);
	return 0;
}

/* How the members of a family stand on one ABI. */
struct standing {
	struct lint_names pass, refused; /* what matters of these */
	bool lacks_current; /* an older one passes, the one that is needed today does not */
	bool has_any;       /* the ABI has a member */
};

static void standing_done(struct standing *s)
{
	lint_names_done(&s->pass);
	lint_names_done(&s->refused);
}

static int find_standing(const struct snug_meaning *m, enum snug_arch arch,
			 const struct snug_lint_family *family, struct standing *ret,
			 struct snug_err *err)
{
	for (const char *const *member = family->members; *member; member++) {
		struct lint_answer answer;
		int r;

		if (!snug_syscall_is_on(arch, *member))
			continue;
		ret->has_any = true;
		r = lint_ask(m, arch, *member, NULL, &answer, err);
		if (r < 0)
			return r;
		if (answer.some_pass) {
			lint_names_add(&ret->pass, *member);
			continue;
		}
		/* told that there is no such call, libraries go on with one that passes; told
		 * another thing, lint_eperm() has it */
		if (ret->pass.names.len &&
		    (!is_final(answer.refused) || snug_fallbacks_of(*member)))
			continue;
		lint_names_add(&ret->refused, *member);
		if (ret->pass.names.len && family->current &&
		    strcmp(family->current, *member) == 0 && !snug_arch_is_32bit(arch))
			ret->lacks_current = true;
	}
	return 0;
}

static void report_half(struct snug_lint *l, const struct snug_lint_family *family,
			enum snug_arch arch, struct standing *s)
{
	CLEANUP(freep) char *pass = lint_names_text(&s->pass);
	CLEANUP(freep) char *refused = lint_names_text(&s->refused);
	struct snug_finding *f;

	f = lint_add(l, s->lacks_current ? SNUG_SEVERITY_WARNING : SNUG_SEVERITY_NOTE,
		     LINT_NO_ENTRY, &s->refused, "to %s: %s allowed, but not %s (%s)", family->what,
		     pass, refused, snug_arch_name(arch));
	if (s->lacks_current)
		lint_fix(f, "allow %s, which today's C libraries call", family->current);
}

/* Says so when a machine that the profile lists has a family none of whose members passes, though
 * one does on the machine that is judged. */
static int check_other_machine(struct snug_lint *l, const struct snug_lint_family *family,
			       const struct snug_meaning *other, struct standing *here,
			       struct snug_err *err)
{
	CLEANUP(standing_done) struct standing there = { 0 };
	enum snug_arch arch = snug_meaning_env(other)->arch;
	CLEANUP(freep) char *pass = NULL;
	CLEANUP(freep) char *refused = NULL;
	struct snug_finding *f;
	int r = find_standing(other, arch, family, &there, err);

	if (r < 0 || !there.has_any || there.pass.names.len || !here->pass.names.len)
		return r;
	pass = lint_names_text(&here->pass);
	refused = lint_names_text(&there.refused);
	f = lint_add(l, SNUG_SEVERITY_WARNING, LINT_NO_ENTRY, &there.refused,
		     "to %s: on %s %s allowed, but on %s nothing; there it is %s", family->what,
		     snug_arch_name(l->env.arch), pass, snug_arch_name(arch), refused);
	lint_fix(f, "allow %s too", refused);
	return 0;
}

struct machines {
	struct snug_meaning **items;
	size_t len, cap;
};

static void machines_done(struct machines *m)
{
	VEC_FOREACH (one, m)
		snug_meaning_free(*one);
	VEC_DONE(m);
}

/* What the profile means on the other machines that it lists. */
static int find_machines(const struct snug_lint *l, struct machines *ret, struct snug_err *err)
{
	const struct snug_meaning_options keep = { .keep_unknown = true };
	uint64_t seen = UINT64_C(1) << snug_arch_family(l->env.arch);

	VEC_FOREACH (arch, &l->listed) {
		struct snug_seccomp_env env = l->env;
		struct snug_meaning *m;
		int r;

		env.arch = snug_arch_family(*arch);
		if (seen & UINT64_C(1) << env.arch)
			continue;
		seen |= UINT64_C(1) << env.arch;
		r = snug_meaning_new(l->p, &env, &keep, &m, err);
		if (r < 0)
			return r;
		*VEC_PUSH(ret) = m;
	}
	return 0;
}

static int check_family(struct snug_lint *l, const struct snug_lint_family *family,
			const struct machines *others, struct snug_err *err)
{
	bool is_told = false;
	int r = 0;

	VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
		CLEANUP(standing_done) struct standing s = { 0 };

		r = find_standing(l->meaning, *arch, family, &s, err);
		VEC_FOREACH (other, others)
			if (r == 0 && *arch == l->env.arch)
				r = check_other_machine(l, family, *other, &s, err);
		if (r < 0)
			return r;
		if (is_told || !s.pass.names.len || !s.refused.names.len)
			continue;
		report_half(l, family, *arch, &s);
		is_told = true;
	}
	return 0;
}

int lint_half_family(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(machines_done) struct machines others = { 0 };
	int r;

	/* a list of what is refused: lint_deny_gap() */
	if (!l->meaning || l->p->base_profile_name ||
	    snug_ret_passes(snug_meaning_default(l->meaning)))
		return 0;
	r = find_machines(l, &others, err);
	for (const struct snug_lint_family *f = snug_lint_families; f->name && r == 0; f++)
		r = check_family(l, f, &others, err);
	return r;
}
