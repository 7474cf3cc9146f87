/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions on arguments that do not check what they seem to.  A filter compares 64-bit registers,
 * and sees neither memory nor types: the kernel cuts an int out of its register, and pointers and
 * multiplexers hide what they lead to.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/call-args.h"
#include "seccomp/lint-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* So many combinations of refused and allowed boxes are looked at in one profile. */
enum { MAX_PAIRS = 1 << 18 };

static void add_all_names(const struct snug_seccomp_entry *e, struct lint_names *out)
{
	VEC_FOREACH (name, &e->names)
		lint_names_add(out, *name);
}

int lint_argument_twice(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	for (size_t i = 0; i < l->p->entries.len; i++) {
		const struct snug_seccomp_entry *e = &l->p->entries.items[i];
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		CLEANUP(freep) char *list = NULL;

		if (!lint_applies(l, i) || !snug_entry_any_arg_is_enough(e))
			continue;
		add_all_names(e, &names);
		list = lint_names_text(&names);
		lint_add(l, SNUG_SEVERITY_WARNING, (long)i, &names,
			 "%s: two of the conditions look at the same argument, so each one alone "
			 "is enough for %s",
			 list, snug_action_name(e->action));
	}
	return 0;
}

/* Calls @each for every condition of every entry that applies. */
static void each_condition(struct snug_lint *l, void (*each)(struct snug_lint *l, size_t entry,
							     const struct snug_seccomp_arg *arg))
{
	for (size_t i = 0; i < l->p->entries.len; i++) {
		if (!lint_applies(l, i))
			continue;
		VEC_FOREACH (arg, &l->p->entries.items[i].args)
			each(l, i, arg);
	}
}

/* Appends "flags & 1 == 2" as it reads for the first name of the entry. */
static char *condition_text(const struct snug_lint *l, size_t entry,
			    const struct snug_seccomp_arg *arg)
{
	struct snug_str text = SNUG_STR_INIT;

	snug_cond_add_text(l->p->entries.items[entry].names.items[0], arg, &text);
	return snug_str_take(&text);
}

static void report_never(struct snug_lint *l, size_t entry, const struct snug_seccomp_arg *arg)
{
	const struct snug_seccomp_entry *e = &l->p->entries.items[entry];
	CLEANUP(snug_argset_done) struct snug_argset set = { 0 };
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;
	CLEANUP(freep) char *text = NULL;
	struct snug_finding *f;

	snug_argset_add_conds(&set, arg, 1, 64);
	if (!snug_argset_is_empty(&set))
		return;
	add_all_names(e, &names);
	list = lint_names_text(&names);
	if (arg->op != SNUG_CMP_MASKED_EQ) {
		text = condition_text(l, entry, arg);
		lint_add(l, SNUG_SEVERITY_WARNING, (long)entry, &names,
			 "%s: the condition on argument %u, %s, can never hold", list, arg->index,
			 text);
		return;
	}
	f = lint_add(l, SNUG_SEVERITY_WARNING, (long)entry, &names,
		     "%s: argument %u & 0x%" PRIx64 " can never be 0x%" PRIx64, list, arg->index,
		     arg->value, arg->value_two);
	lint_fix(f, "valueTwo has bits that value, the mask, takes away: 0x%" PRIx64,
		 arg->value_two & ~arg->value);
}

int lint_never_holds(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	each_condition(l, report_never);
	return 0;
}

static void report_always(struct snug_lint *l, size_t entry, const struct snug_seccomp_arg *arg)
{
	CLEANUP(snug_argset_done) struct snug_argset set = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset all = { 0 };
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;
	CLEANUP(freep) char *text = NULL;

	snug_argset_add_conds(&set, arg, 1, 64);
	snug_argset_add_all(&all, 64);
	if (snug_argset_is_subset(&all, &set) != 1)
		return;
	add_all_names(&l->p->entries.items[entry], &names);
	list = lint_names_text(&names);
	text = condition_text(l, entry, arg);
	lint_add(l, SNUG_SEVERITY_WARNING, (long)entry, &names,
		 "%s: the condition on argument %u, %s, always holds", list, arg->index, text);
}

int lint_always_holds(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	each_condition(l, report_always);
	return 0;
}

/* The names of an entry whose argument @index is of @kind; false when there is none. */
static bool names_of_kind(const struct snug_lint *l, size_t entry, unsigned index,
			  enum snug_arg_kind kind, struct lint_names *ret)
{
	VEC_FOREACH (name, &l->p->entries.items[entry].names)
		if (snug_call_arg(*name, index)->kind == kind)
			lint_names_add(ret, *name);
	return ret->names.len;
}

static void report_no_argument(struct snug_lint *l, size_t entry,
			       const struct snug_seccomp_arg *arg)
{
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;

	if (!names_of_kind(l, entry, arg->index, SNUG_ARG_NONE, &names))
		return;
	list = lint_names_text(&names);
	lint_add(l, SNUG_SEVERITY_WARNING, (long)entry, &names,
		 "%s: there is no argument %u; what is compared is left over in a register", list,
		 arg->index);
}

int lint_no_argument(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	each_condition(l, report_no_argument);
	return 0;
}

static void report_pointer(struct snug_lint *l, size_t entry, const struct snug_seccomp_arg *arg)
{
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;

	/* whether there is a pointer at all can be asked */
	if ((arg->op == SNUG_CMP_EQ || arg->op == SNUG_CMP_NE) && arg->value == 0)
		return;
	if (!names_of_kind(l, entry, arg->index, SNUG_ARG_POINTER, &names))
		return;
	list = lint_names_text(&names);
	lint_add(l, SNUG_SEVERITY_ERROR, (long)entry, &names,
		 "%s: argument %u is a pointer; the condition compares the address, not what is "
		 "there",
		 list, arg->index);
}

int lint_pointer(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	each_condition(l, report_pointer);
	return 0;
}

static bool is_wide(const struct snug_seccomp_arg *arg)
{
	if (arg->op == SNUG_CMP_LT || arg->op == SNUG_CMP_LE)
		return false;
	return (arg->op == SNUG_CMP_MASKED_EQ ? arg->value_two : arg->value) > UINT32_MAX;
}

static void report_wide(struct snug_lint *l, size_t entry, const struct snug_seccomp_arg *arg)
{
	uint64_t value = arg->op == SNUG_CMP_MASKED_EQ ? arg->value_two : arg->value;
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;
	struct snug_finding *f;

	if (!is_wide(arg))
		return;
	VEC_FOREACH (name, &l->p->entries.items[entry].names)
		if (snug_call_arg(*name, arg->index)->is_int)
			lint_names_add(&names, *name);
	if (!names.names.len)
		return;
	list = lint_names_text(&names);
	f = lint_add(l, SNUG_SEVERITY_WARNING, (long)entry, &names,
		     "%s: argument %u has 32 bits, 0x%" PRIx64 " has more; whether the upper half "
		     "is set is up to the caller",
		     list, arg->index, value);
	lint_fix(f,
		 "compare the lower half: SCMP_CMP_MASKED_EQ with value 4294967295 and valueTwo "
		 "%" PRIu32,
		 (uint32_t)value);
}

int lint_wide_value(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	each_condition(l, report_wide);
	return 0;
}

/* A call that passes, though one that means the same to the kernel is refused. */
struct escape {
	bool is_found;
	uint64_t args[SNUG_N_ARGS];
	unsigned index;
	struct snug_decision passes, refuses;
};

/* Keeps what @cond holds for. */
static int narrow(struct snug_argset *set, struct snug_seccomp_arg cond)
{
	CLEANUP(snug_argset_done) struct snug_argset other = { 0 };
	struct snug_argset both = { 0 };
	int r;

	snug_argset_add_conds(&other, &cond, 1, 64);
	r = snug_argset_intersect(set, &other, &both);
	if (r < 0)
		return r;
	snug_argset_done(set);
	*set = both;
	return 0;
}

/* Lower halves of argument @index: @lo to @hi, and of the pattern that @range asks for. */
static int low_halves(const struct snug_arg_range *range, unsigned index, uint64_t lo, uint64_t hi,
		      struct snug_argset *ret)
{
	const struct snug_seccomp_arg conds[] = {
		{ index, SNUG_CMP_GE, lo, 0, false },
		{ index, SNUG_CMP_LE, hi, 0, false },
		{ index, SNUG_CMP_MASKED_EQ, range->mask & UINT32_MAX, range->value & UINT32_MAX,
		  true },
	};
	int r = 0;

	snug_argset_add_all(ret, 64);
	for (size_t i = 0; i < ARRAY_SIZE(conds) && r == 0; i++)
		r = narrow(ret, conds[i]);
	return r;
}

/*
 * Whether @passes has a value of argument @index with bits in its upper half whose lower half is
 * from @lo to @hi and is one that @refused has, the other arguments being the same.  Then one such
 * call is in *ret.
 */
static int find_between(const struct snug_arg_box *refused, const struct snug_arg_box *passes,
			unsigned index, uint64_t lo, uint64_t hi, struct escape *ret)
{
	const struct snug_arg_range *r_range = &refused->args[index];
	const struct snug_seccomp_arg upper = { index, SNUG_CMP_GT, UINT32_MAX, 0, false };
	struct snug_seccomp_arg same = { index, SNUG_CMP_MASKED_EQ, UINT32_MAX, 0, true };
	uint64_t r_hi = r_range->hi > UINT32_MAX ? UINT32_MAX : r_range->hi;
	CLEANUP(snug_argset_done) struct snug_argset low = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset low_passes = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset a = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset b = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset calls = { 0 };
	uint64_t args[SNUG_N_ARGS];
	int r;

	r = low_halves(r_range, index, r_range->lo, r_hi, &low);
	if (r == 0)
		r = low_halves(&passes->args[index], index, lo, hi, &low_passes);
	if (r == 0)
		r = snug_argset_intersect(&low, &low_passes, &both);
	if (r < 0 || !snug_argset_sample(&both, args))
		return r;
	same.value_two = args[index];
	*VEC_PUSH(&a) = *refused;
	a.items[0].args[index] = (struct snug_arg_range){ .hi = UINT64_MAX };
	*VEC_PUSH(&b) = *passes;
	r = snug_argset_intersect(&a, &b, &calls);
	if (r == 0)
		r = narrow(&calls, same);
	if (r == 0)
		r = narrow(&calls, upper);
	if (r == 0 && snug_argset_sample(&calls, ret->args)) {
		ret->is_found = true;
		ret->index = index;
	}
	return r;
}

static int compare_boxes(const struct snug_arg_box *refused, const struct snug_arg_box *passes,
			 unsigned index, struct escape *ret)
{
	uint64_t lo = passes->args[index].lo, hi = passes->args[index].hi;
	int r;

	/* no value that is refused and is an int as it stands; none with an upper half */
	if (refused->args[index].lo > UINT32_MAX || refused->args[index].value > UINT32_MAX ||
	    hi <= UINT32_MAX)
		return 0;
	if (lo <= UINT32_MAX)
		lo = UINT64_C(1) << 32;
	if (hi - lo >= UINT32_MAX)
		return find_between(refused, passes, index, 0, UINT32_MAX, ret);
	if (lo >> 32 == hi >> 32)
		return find_between(refused, passes, index, (uint32_t)lo, (uint32_t)hi, ret);
	r = find_between(refused, passes, index, (uint32_t)lo, UINT32_MAX, ret);
	if (r == 0 && !ret->is_found)
		r = find_between(refused, passes, index, 0, (uint32_t)hi, ret);
	return r;
}

static int compare_cells(const char *name, const struct snug_cell *refused,
			 const struct snug_cell *passes, size_t *budget, struct escape *ret)
{
	int r = 0;

	if (refused->args.len > *budget / passes->args.len)
		return -E2BIG;
	*budget -= refused->args.len * passes->args.len;
	VEC_FOREACH (bad, &refused->args) {
		VEC_FOREACH (good, &passes->args)
			for (unsigned i = 0; i < SNUG_N_ARGS && r == 0 && !ret->is_found; i++)
				if (snug_call_arg(name, i)->is_int)
					r = compare_boxes(bad, good, i, ret);
	}
	ret->passes = passes->decision;
	ret->refuses = refused->decision;
	return r;
}

static int find_escape(const char *name, const struct snug_cells *cells, size_t *budget,
		       struct escape *ret)
{
	VEC_FOREACH (refused, cells) {
		if (snug_ret_passes(refused->decision.ret))
			continue;
		VEC_FOREACH (passes, cells) {
			int r;

			if (!snug_ret_passes(passes->decision.ret))
				continue;
			r = compare_cells(name, refused, passes, budget, ret);
			if (r < 0 || ret->is_found)
				return r;
		}
	}
	return 0;
}

/* The entry that lets pass what it should not, else the one that refuses too little. */
static long entry_of(const struct escape *e)
{
	if (e->passes.by == SNUG_BY_ENTRY)
		return (long)e->passes.entry;
	return e->refuses.by == SNUG_BY_ENTRY ? (long)e->refuses.entry : LINT_NO_ENTRY;
}

static void check_upper_half(struct snug_lint *l, const char *name, size_t *budget)
{
	int64_t nr = snug_syscall_number(l->env.arch, name);
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	struct escape escape = { 0 };
	struct snug_finding *f;
	int r;

	if (nr < 0)
		return;
	lint_names_add(&names, name);
	r = snug_meaning_cells(l->meaning, l->env.arch, (uint32_t)nr, &cells, NULL);
	if (r == 0)
		r = find_escape(name, &cells, budget, &escape);
	if (r < 0)
		lint_add(l, SNUG_SEVERITY_NOTE, LINT_NO_ENTRY, &names,
			 "%s: too many conditions to be judged", name);
	if (!escape.is_found)
		return;
	f = lint_add(l, SNUG_SEVERITY_ERROR, entry_of(&escape), &names,
		     "%s: the kernel looks at the lower half of argument %u only; with 0x%" PRIx64
		     " in it the call passes and means 0x%" PRIx32 ", which is refused",
		     name, escape.index, escape.args[escape.index],
		     (uint32_t)escape.args[escape.index]);
	lint_fix(f,
		 "refuse values by SCMP_CMP_MASKED_EQ with value 4294967295 (and, for this one, "
		 "valueTwo %" PRIu32 "), or list those that are allowed by SCMP_CMP_EQ",
		 (uint32_t)escape.args[escape.index]);
}

int lint_upper_half(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	size_t n, budget = MAX_PAIRS;

	(void)err;
	/* of several ABIs, one is enough: the others only say it again */
	if (!l->meaning || snug_arch_arg_bits(l->env.arch) != 64)
		return 0;
	for (size_t i = 0; i < l->p->entries.len; i++) {
		const struct snug_seccomp_entry *e = &l->p->entries.items[i];

		if (lint_applies(l, i) && e->args.len)
			add_all_names(e, &names);
	}
	n = lint_names_len(&names);
	for (size_t i = 0; i < n; i++)
		check_upper_half(l, names.names.items[i], &budget);
	return 0;
}

/* Whether @name, refused at least sometimes, always or more often passes through its multiplexer on
 * @arch. */
static int passes_behind(const struct snug_lint *l, enum snug_arch arch, const char *name,
			 bool *ret, struct snug_err *err)
{
	enum snug_arch direct = snug_syscall_number(arch, name) >= 0 ? arch : l->env.arch;
	struct snug_syscall_mux mux;
	struct lint_answer by_itself, behind;
	int r;

	*ret = false;
	if (!snug_syscall_multiplexer(arch, name, &mux) || snug_syscall_number(direct, name) < 0)
		return 0;
	r = lint_ask(l->meaning, direct, name, NULL, &by_itself, err);
	if (r == 0 && by_itself.some_refused)
		r = lint_ask_mux(l->meaning, arch, name, &behind, err);
	if (r == 0 && by_itself.some_refused)
		*ret = behind.some_pass;
	return r;
}

/* The calls behind @parent on @arch that pass there and not by themselves. */
static int check_parent(struct snug_lint *l, enum snug_arch arch, const char *parent,
			struct snug_err *err)
{
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	CLEANUP(freep) char *list = NULL;
	struct snug_syscall_mux mux;
	struct lint_answer answer;
	int r;

	for (const char *const *name = snug_syscall_names(); *name; name++) {
		bool passes = false;

		if (!snug_syscall_multiplexer(arch, *name, &mux) || strcmp(mux.parent, parent) != 0)
			continue;
		r = passes_behind(l, arch, *name, &passes, err);
		if (r < 0)
			return r;
		if (passes)
			lint_names_add(&names, *name);
	}
	if (!names.names.len)
		return 0;
	r = lint_ask(l->meaning, arch, parent, NULL, &answer, err);
	if (r < 0)
		return r;
	list = lint_names_text(&names);
	lint_add(l, SNUG_SEVERITY_WARNING, answer.passes_by, &names,
		 "%s on %s is a way around what the profile says about %s", parent,
		 snug_arch_name(arch), list);
	return 0;
}

int lint_multiplexer(struct snug_lint *l, struct snug_err *err)
{
	int r = 0;

	if (!l->meaning)
		return 0;
	VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
		for (const char *const *parent = snug_syscall_mux_parents; *parent && r == 0;
		     parent++)
			if (snug_syscall_number(*arch, *parent) >= 0)
				r = check_parent(l, *arch, *parent, err);
	}
	return r;
}
