/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions that have a way around them: the call passes with some arguments only, and another one
 * that does the same passes with all.
 */
#include "base/err.h"
#include "seccomp/lint-internal.h"
#include "seccomp/lint-tables.h"
#include "seccomp/syscalls.h"

/* What passes on @arch whatever its arguments are, of the ways around @row's call. */
static int find_ways(const struct snug_lint *l, enum snug_arch arch,
		     const struct snug_lint_detour *row, struct lint_names *ret, long *ret_by,
		     struct snug_err *err)
{
	for (const char *const *way = row->ways; *way; way++) {
		struct lint_answer answer;
		int r;

		if (snug_syscall_number(arch, *way) < 0)
			continue;
		r = lint_ask(l->meaning, arch, *way, NULL, &answer, err);
		if (r < 0)
			return r;
		if (answer.some_refused)
			continue;
		if (!ret->names.len)
			*ret_by = answer.passes_by;
		lint_names_add(ret, *way);
	}
	return 0;
}

static int check_row(struct snug_lint *l, enum snug_arch arch, const struct snug_lint_detour *row,
		     bool *ret_is_found, struct snug_err *err)
{
	CLEANUP(lint_names_done) struct lint_names ways = { .is_ordered = true };
	CLEANUP(freep) char *list = NULL;
	struct lint_answer answer;
	struct snug_finding *f;
	long by = LINT_NO_ENTRY;
	int r;

	if (snug_syscall_number(arch, row->call) < 0)
		return 0;
	r = lint_ask(l->meaning, arch, row->call, NULL, &answer, err);
	if (r < 0 || !answer.some_pass || !answer.some_refused)
		return r;
	r = find_ways(l, arch, row, &ways, &by, err);
	if (r < 0 || !ways.names.len)
		return r;
	*ret_is_found = true;
	list = lint_names_text(&ways);
	f = lint_add(l, l->rule->severity, by, &ways,
		     "%s passes with some arguments only, but %s with all: a way around to %s",
		     row->call, list, row->what);
	lint_fix(f, "give %s conditions too, or refuse it", list);
	return 0;
}

int lint_detour(struct snug_lint *l, struct snug_err *err)
{
	if (!l->meaning)
		return 0;
	for (const struct snug_lint_detour *row = snug_lint_detours; row->call; row++) {
		bool is_found = false;

		/* on several ABIs it is the same finding */
		VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
			int r = check_row(l, *arch, row, &is_found, err);

			if (r < 0)
				return r;
			if (is_found)
				break;
		}
	}
	return 0;
}
