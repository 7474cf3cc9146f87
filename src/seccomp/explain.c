/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The question, with its known arguments, is a set of argument vectors; cut with the cells of a
 * call's meaning it gives the answers.  ABIs where these are the same are told together.  The
 * entries that decide come from there; of the others, the rules of seccomp/rules.h say why they do
 * not.
 */
#include "seccomp/explain.h"

#include "base/err.h"
#include "base/str.h"
#include "seccomp/condition.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <string.h>

static void abi_done(struct snug_explained_abi *a)
{
	VEC_FOREACH (o, &a->outcomes)
		snug_argset_done(&o->args);
	VEC_DONE(&a->outcomes);
}

void snug_explanation_done(struct snug_explanation *e)
{
	VEC_FOREACH (a, &e->abis)
		abi_done(a);
	VEC_DONE(&e->abis);
	VEC_FOREACH (n, &e->notes)
		free(n->conds);
	VEC_DONE(&e->notes);
}

/* The vectors that the question is about, on an ABI with arguments of @bits. */
static void question_set(const struct snug_call_question *q, unsigned bits, struct snug_argset *ret)
{
	struct snug_seccomp_arg conds[SNUG_N_ARGS];
	size_t n = 0;

	for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
		if (q->known[i])
			conds[n++] = (struct snug_seccomp_arg){
				.index = i,
				.op = SNUG_CMP_EQ,
				.value = bits == 32 ? (uint32_t)q->args[i] : q->args[i],
			};
	}
	snug_argset_add_conds(ret, conds, n, bits);
}

static bool same_decision(const struct snug_decision *a, const struct snug_decision *b)
{
	return a->ret == b->ret && a->by == b->by &&
	       (a->by != SNUG_BY_ENTRY || a->entry == b->entry);
}

static int add_outcomes(const struct snug_cells *cells, const struct snug_argset *asked,
			struct snug_explained_abi *abi)
{
	VEC_FOREACH (cell, cells) {
		CLEANUP(snug_argset_done) struct snug_argset part = { 0 };
		struct snug_outcome *o = NULL;
		int r;

		r = snug_argset_intersect(&cell->args, asked, &part);
		if (r < 0)
			return r;
		if (snug_argset_is_empty(&part))
			continue;
		VEC_FOREACH (other, &abi->outcomes)
			if (same_decision(&other->decision, &cell->decision))
				o = other;
		if (!o) {
			o = VEC_PUSH(&abi->outcomes);
			o->decision = cell->decision;
		}
		snug_argset_add(&o->args, &part);
	}
	return 0;
}

static int explain_number(const struct snug_meaning *m, enum snug_arch arch, uint32_t nr,
			  const struct snug_argset *asked, struct snug_explained_abi *abi,
			  struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r;

	r = snug_meaning_cells(m, arch, nr, &cells, err);
	if (r < 0)
		return r;
	r = add_outcomes(&cells, asked, abi);
	return r < 0 ? snug_err_set(err, r, "the conditions are too many to be told apart") : 0;
}

/* What the same call gets that is made through socketcall(2) or ipc(2): its own arguments are in
 * memory, so only the sub-call is known. */
static int explain_mux(const struct snug_meaning *m, enum snug_arch arch,
		       const struct snug_syscall_mux *mux, struct snug_explained_abi *abi,
		       struct snug_err *err)
{
	CLEANUP(snug_argset_done) struct snug_argset asked = { 0 };
	const struct snug_seccomp_arg sub = { .op = SNUG_CMP_EQ, .value = mux->sub };

	abi->through = mux->parent;
	snug_argset_add_conds(&asked, &sub, 1, snug_arch_arg_bits(arch));
	return explain_number(m, arch, mux->parent_nr, &asked, abi, err);
}

/* An ABI's arguments of 32 bits have other sets: only what is meant counts. */
static bool same_args(const char *name, const struct snug_outcome *a, const struct snug_outcome *b)
{
	CLEANUP(snug_str_done) struct snug_str x = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str y = SNUG_STR_INIT;

	snug_argset_add_text(name, &a->args, &x);
	snug_argset_add_text(name, &b->args, &y);
	return strcmp(snug_str_text(&x), snug_str_text(&y)) == 0;
}

static bool same_outcomes(const char *name, const struct snug_explained_abi *a,
			  const struct snug_explained_abi *b)
{
	if (!a->through != !b->through || (a->through && strcmp(a->through, b->through) != 0) ||
	    a->outcomes.len != b->outcomes.len)
		return false;
	for (size_t i = 0; i < a->outcomes.len; i++) {
		if (!same_decision(&a->outcomes.items[i].decision, &b->outcomes.items[i].decision))
			return false;
		if (a->outcomes.len > 1 && !a->through &&
		    !same_args(name, &a->outcomes.items[i], &b->outcomes.items[i]))
			return false;
	}
	return true;
}

static void add_abi(struct snug_explanation *e, const char *name, struct snug_explained_abi *abi)
{
	VEC_FOREACH (other, &e->abis) {
		if (!same_outcomes(name, other, abi))
			continue;
		other->arches |= abi->arches;
		abi_done(abi);
		return;
	}
	*VEC_PUSH(&e->abis) = *abi;
	*abi = (struct snug_explained_abi){ 0 };
}

static int explain_abi(const struct snug_meaning *m, enum snug_arch arch,
		       const struct snug_call_question *q, struct snug_explanation *e,
		       struct snug_err *err)
{
	CLEANUP(snug_argset_done) struct snug_argset asked = { 0 };
	CLEANUP(abi_done) struct snug_explained_abi abi = { .arches = UINT64_C(1) << arch };
	CLEANUP(abi_done) struct snug_explained_abi behind = { .arches = UINT64_C(1) << arch };
	int64_t nr = snug_syscall_number(arch, q->name);
	struct snug_syscall_mux mux;
	int r = 0;

	if (nr >= 0) {
		question_set(q, snug_arch_arg_bits(arch), &asked);
		r = explain_number(m, arch, (uint32_t)nr, &asked, &abi, err);
		if (r == 0)
			add_abi(e, q->name, &abi);
	}
	if (r == 0 && snug_syscall_multiplexer(arch, q->name, &mux)) {
		r = explain_mux(m, arch, &mux, &behind, err);
		if (r == 0)
			add_abi(e, q->name, &behind);
	}
	return r;
}

static char *conds_text(const char *name, const struct snug_seccomp_entry *entry, bool is_or)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (!entry->args.len)
		return NULL;
	VEC_FOREACH (arg, &entry->args) {
		if (text.len)
			snug_str_add(&text, is_or ? " || " : " && ");
		snug_cond_add_text(name, arg, &text);
	}
	return snug_str_take(&text);
}

/* Whether some of the question's vectors meet the args of @entry. */
static int can_hold(const struct snug_call_question *q, const struct snug_seccomp_entry *entry,
		    bool is_or)
{
	CLEANUP(snug_argset_done) struct snug_argset asked = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset held = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 };
	int r;

	question_set(q, 64, &asked);
	if (is_or) {
		VEC_FOREACH (arg, &entry->args)
			snug_argset_add_conds(&held, arg, 1, 64);
	} else {
		snug_argset_add_conds(&held, entry->args.items, entry->args.len, 64);
	}
	r = snug_argset_intersect(&asked, &held, &both);
	return r < 0 ? r : !snug_argset_is_empty(&both);
}

struct deciders {
	const struct snug_seccomp_profile *p;
	const struct snug_explanation *e;
	bool has_always; /* one that names the call has no args */
};

static bool decides(const struct deciders *d, size_t entry)
{
	VEC_FOREACH (abi, &d->e->abis)
		VEC_FOREACH (o, &abi->outcomes)
			if (o->decision.by == SNUG_BY_ENTRY && o->decision.entry == entry)
				return true;
	return false;
}

static enum snug_entry_role role_of(const struct snug_meaning *m, const struct deciders *d,
				    size_t index, const struct snug_call_question *q, bool is_or)
{
	const struct snug_seccomp_entry *entry = &d->p->entries.items[index];
	uint32_t ret = 0;

	if (decides(d, index))
		return SNUG_ENTRY_DECIDES;
	if (!snug_seccomp_entry_applies(entry, snug_meaning_env(m)))
		return SNUG_ENTRY_DOES_NOT_APPLY;
	if (entry->args.len && d->has_always)
		return SNUG_ENTRY_HAS_ARGS;
	if (entry->args.len && can_hold(q, entry, is_or) == 0)
		return SNUG_ENTRY_ARGS_FAIL;
	(void)snug_action_ret(entry->action, &entry->errno_ret, entry->errno_name, &ret);
	if (ret == snug_meaning_default(m))
		return SNUG_ENTRY_REPEATS_DEFAULT;
	return entry->args.len ? SNUG_ENTRY_IS_BEHIND : SNUG_ENTRY_IS_LATER;
}

static void add_note(const struct snug_call_question *q, size_t index,
		     const struct snug_seccomp_entry *entry, struct snug_explanation *e)
{
	struct snug_entry_note *note;
	size_t k = 0;

	while (k < entry->names.len && strcmp(entry->names.items[k], q->name) != 0)
		k++;
	if (k == entry->names.len)
		return;
	note = VEC_PUSH(&e->notes);
	note->entry = index;
	note->name_index = k;
	note->is_or = snug_entry_any_arg_is_enough(entry);
	note->conds = conds_text(q->name, entry, note->is_or);
}

static void add_notes(const struct snug_meaning *m, const struct snug_call_question *q,
		      struct snug_explanation *e)
{
	const struct snug_seccomp_profile *p = snug_meaning_profile(m);
	struct deciders d = { .p = p, .e = e };

	for (size_t i = 0; i < p->entries.len; i++)
		add_note(q, i, &p->entries.items[i], e);
	VEC_FOREACH (note, &e->notes)
		if (!note->conds && decides(&d, note->entry))
			d.has_always = true;
	VEC_FOREACH (note, &e->notes)
		note->role = role_of(m, &d, note->entry, q, note->is_or);
}

int snug_explain(const struct snug_meaning *m, const struct snug_call_question *q,
		 struct snug_explanation *ret, struct snug_err *err)
{
	CLEANUP(snug_explanation_done) struct snug_explanation e = { 0 };
	int r;

	VEC_FOREACH (arch, snug_meaning_arches(m)) {
		r = explain_abi(m, *arch, q, &e, err);
		if (r < 0)
			return r;
	}
	add_notes(m, q, &e);
	*ret = e;
	e = (struct snug_explanation){ 0 };
	return 0;
}
