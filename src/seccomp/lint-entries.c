/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries that do not do what they say.  All entries that name one call are looked at together, by
 * the rules of seccomp/rules.h: what one of them takes from another is a clash.  Clashes of the
 * same two entries over several calls are one finding.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/call-args.h"
#include "seccomp/lint-internal.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <string.h>

/* With more entries with conditions for one call than this, the rest is not compared. */
enum { MAX_COMPARED = 64 };

enum kind {
	STRICTER_LOST, /* the entry refuses more than the one that wins */
	LAXER_LOST,
	SHADOWED, /* says for some arguments what another says for more */
	DUPLICATE,
	OVERLAP, /* different answers for some arguments */
	REPEATS, /* says what the default says */
};

/* A name in an entry that applies. */
struct mention {
	const char *name;
	size_t entry, name_index;
	uint32_t ret;
	bool has_args;
};

struct clash {
	enum kind kind;
	const char *name;
	size_t entry, other; /* @other makes @entry idle; with REPEATS it is @entry */
};

struct clashes {
	struct clash *items;
	size_t len, cap;
};

struct mentions {
	struct mention *items;
	size_t len, cap;
};

static int compare_mentions(const void *a, const void *b)
{
	const struct mention *ma = a, *mb = b;
	int r = strcmp(ma->name, mb->name);

	if (r == 0)
		r = (ma->entry > mb->entry) - (ma->entry < mb->entry);
	if (r == 0)
		r = (ma->name_index > mb->name_index) - (ma->name_index < mb->name_index);
	return r;
}

static int compare_clashes(const void *a, const void *b)
{
	const struct clash *ca = a, *cb = b;

	if (ca->entry != cb->entry)
		return ca->entry < cb->entry ? -1 : 1;
	if (ca->other != cb->other)
		return ca->other < cb->other ? -1 : 1;
	return (ca->kind > cb->kind) - (ca->kind < cb->kind);
}

static void find_mentions(const struct snug_lint *l, struct mentions *ret)
{
	for (size_t i = 0; i < l->p->entries.len; i++) {
		const struct snug_seccomp_entry *e = &l->p->entries.items[i];
		struct mention m = { .entry = i, .has_args = e->args.len != 0 };

		if (!lint_applies(l, i) || !lint_entry_ret(l, i, &m.ret))
			continue;
		for (size_t j = 0; j < e->names.len; j++) {
			m.name = e->names.items[j];
			m.name_index = j;
			*VEC_PUSH(ret) = m;
		}
	}
	if (ret->len)
		qsort(ret->items, ret->len, sizeof(*ret->items), compare_mentions);
}

static void add_clash(struct clashes *out, enum kind kind, const struct mention *m,
		      const struct mention *other)
{
	*VEC_PUSH(out) = (struct clash){ kind, m->name, m->entry, other->entry };
}

/* What the entry without args that wins does to the others. */
static void lose_to(const struct mention *winner, const struct mention *m, size_t n,
		    struct clashes *out)
{
	for (size_t i = 0; i < n; i++) {
		if (&m[i] == winner)
			continue;
		if (m[i].ret == winner->ret)
			add_clash(out, m[i].has_args ? SHADOWED : DUPLICATE, &m[i], winner);
		else if (snug_ret_is_stricter(m[i].ret, winner->ret))
			add_clash(out, STRICTER_LOST, &m[i], winner);
		else
			add_clash(out, LAXER_LOST, &m[i], winner);
	}
}

/* The arguments for which an entry's args hold, on ABIs of 64 bits. */
static void entry_set(const struct snug_lint *l, size_t entry, struct snug_argset *ret)
{
	const struct snug_seccomp_entry *e = &l->p->entries.items[entry];
	unsigned seen = 0;
	bool any_is_enough = false;

	VEC_FOREACH (arg, &e->args) {
		any_is_enough |= (seen & 1u << arg->index) != 0;
		seen |= 1u << arg->index;
	}
	if (!any_is_enough) {
		snug_argset_add_conds(ret, e->args.items, e->args.len, 64);
		return;
	}
	VEC_FOREACH (arg, &e->args)
		snug_argset_add_conds(ret, arg, 1, 64);
}

static void compare_two(const struct snug_lint *l, const struct mention *a, const struct mention *b,
			struct clashes *out)
{
	CLEANUP(snug_argset_done) struct snug_argset set_a = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset set_b = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 };

	entry_set(l, a->entry, &set_a);
	entry_set(l, b->entry, &set_b);
	if (a->ret != b->ret) {
		/* too large to be found out: nothing is said */
		if (snug_argset_intersect(&set_a, &set_b, &both) == 0 &&
		    !snug_argset_is_empty(&both))
			add_clash(out, OVERLAP, b, a);
		return;
	}
	/* what never holds has a rule of its own */
	if (snug_argset_is_empty(&set_a) || snug_argset_is_empty(&set_b))
		return;
	if (snug_argset_equal(&set_a, &set_b) == 1)
		add_clash(out, DUPLICATE, b, a);
	else if (snug_argset_is_subset(&set_b, &set_a) == 1)
		add_clash(out, SHADOWED, b, a);
	else if (snug_argset_is_subset(&set_a, &set_b) == 1)
		add_clash(out, SHADOWED, a, b);
}

/* No entry decides alone: those with args meet each other and the default. */
static void compare_all(const struct snug_lint *l, const struct mention *m, size_t n,
			struct clashes *out)
{
	uint32_t default_ret = snug_meaning_default(l->meaning);
	bool has_other = false;
	size_t n_compared = 0;

	for (size_t i = 0; i < n; i++)
		has_other |= m[i].ret != default_ret;
	for (size_t i = 0; i < n; i++) {
		if (!m[i].has_args || !has_other) {
			add_clash(out, REPEATS, &m[i], &m[i]);
			continue;
		}
		if (++n_compared > MAX_COMPARED)
			continue;
		for (size_t j = 0; j < i; j++)
			if (m[j].has_args)
				compare_two(l, &m[j], &m[i], out);
	}
}

static void judge(const struct snug_lint *l, const struct mention *m, size_t n, struct clashes *out)
{
	uint32_t default_ret = snug_meaning_default(l->meaning);

	for (size_t i = 0; i < n; i++) {
		if (m[i].has_args || m[i].ret == default_ret)
			continue;
		lose_to(&m[i], m, n, out);
		return;
	}
	compare_all(l, m, n, out);
}

static void find_clashes(const struct snug_lint *l, struct clashes *ret)
{
	struct mentions mentions = { 0 };
	size_t end;

	if (!l->meaning)
		return;
	find_mentions(l, &mentions);
	for (size_t i = 0; i < mentions.len; i = end) {
		end = i + 1;
		while (end < mentions.len &&
		       strcmp(mentions.items[i].name, mentions.items[end].name) == 0)
			end++;
		judge(l, &mentions.items[i], end - i, ret);
	}
	VEC_DONE(&mentions);
	if (ret->len)
		qsort(ret->items, ret->len, sizeof(*ret->items), compare_clashes);
}

static char *ret_text(const struct snug_lint *l, size_t entry)
{
	struct snug_str text = SNUG_STR_INIT;
	uint32_t ret;

	if (lint_entry_ret(l, entry, &ret))
		snug_ret_add_text(ret, &text);
	return snug_str_take(&text);
}

/* "socket(AF_ALG, ...)": where the two entries meet. */
static char *overlap_text(const struct snug_lint *l, const struct clash *c)
{
	CLEANUP(snug_argset_done) struct snug_argset a = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset b = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset both = { 0 };
	struct snug_str text = SNUG_STR_INIT;

	entry_set(l, c->entry, &a);
	entry_set(l, c->other, &b);
	if (snug_argset_intersect(&a, &b, &both) == 0)
		snug_argset_add_text(c->name, &both, &text);
	return snug_str_take(&text);
}

static bool one_is_default(const struct snug_lint *l, const struct clash *c)
{
	uint32_t default_ret = snug_meaning_default(l->meaning);
	uint32_t a, b;

	return lint_entry_ret(l, c->entry, &a) && lint_entry_ret(l, c->other, &b) &&
	       (a == default_ret || b == default_ret);
}

/* @c and the clashes of the same entries behind it; their names are in @names. */
static void report(struct snug_lint *l, const struct clash *c, struct lint_names *names)
{
	CLEANUP(freep) char *list = lint_names_text(names);
	CLEANUP(freep) char *mine = ret_text(l, c->entry);
	CLEANUP(freep) char *its = ret_text(l, c->other);
	CLEANUP(freep) char *where = NULL;
	const char *why;

	switch (c->kind) {
	case STRICTER_LOST:
	case LAXER_LOST:
		lint_add(l, c->kind == STRICTER_LOST ? SNUG_SEVERITY_ERROR : SNUG_SEVERITY_WARNING,
			 (long)c->entry, names,
			 "%s for %s has no effect: syscalls[%zu] has %s without conditions, "
			 "which wins",
			 mine, list, c->other, its);
		return;
	case SHADOWED:
		lint_add(
			l, SNUG_SEVERITY_WARNING, (long)c->entry, names,
			"the condition for %s has no effect: syscalls[%zu] has %s for %s arguments",
			list, c->other, its,
			l->p->entries.items[c->other].args.len ? "these and more" : "all");
		return;
	case DUPLICATE:
		if (c->entry == c->other)
			lint_add(l, SNUG_SEVERITY_NOTE, (long)c->entry, names, "%s: named twice",
				 list);
		else
			lint_add(l, SNUG_SEVERITY_NOTE, (long)c->entry, names,
				 "%s: syscalls[%zu] says the same", list, c->other);
		return;
	case OVERLAP:
		where = overlap_text(l, c);
		why = one_is_default(l, c) ? "runtimes drop an entry that repeats the default"
					   : "libseccomp does not define which of them wins";
		lint_add(l, SNUG_SEVERITY_WARNING, (long)c->entry, names,
			 "%s here and %s in syscalls[%zu] both hold for %s; %s", mine, its,
			 c->other, where, why);
		return;
	case REPEATS:
		lint_add(l, SNUG_SEVERITY_NOTE, (long)c->entry, names,
			 "%s for %s is what the default says", mine, list);
		return;
	default:
		snug_bug_on("a kind of clash that is none");
	}
}

/* Reports the clashes of the kinds in @kinds (bits). */
static int report_kinds(struct snug_lint *l, unsigned kinds)
{
	struct clashes clashes = { 0 };
	size_t end;

	find_clashes(l, &clashes);
	for (size_t i = 0; i < clashes.len; i = end) {
		const struct clash *c = &clashes.items[i];
		CLEANUP(lint_names_done) struct lint_names names = { 0 };

		for (end = i; end < clashes.len && compare_clashes(c, &clashes.items[end]) == 0;
		     end++)
			lint_names_add(&names, clashes.items[end].name);
		if (kinds & 1u << c->kind)
			report(l, c, &names);
	}
	VEC_DONE(&clashes);
	return 0;
}

int lint_contradiction(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	return report_kinds(l, 1u << STRICTER_LOST | 1u << LAXER_LOST);
}

int lint_shadowed(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	return report_kinds(l, 1u << SHADOWED);
}

int lint_duplicate(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	return report_kinds(l, 1u << DUPLICATE);
}

int lint_overlap(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	return report_kinds(l, 1u << OVERLAP);
}

int lint_repeats_default(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	return report_kinds(l, 1u << REPEATS);
}

/* Whether an entry takes rights away, so that leaving a name of it out gives them. */
static bool restricts(const struct snug_lint *l, size_t entry)
{
	uint32_t ret;

	return l->meaning && lint_entry_ret(l, entry, &ret) &&
	       snug_ret_is_stricter(ret, snug_meaning_default(l->meaning));
}

static void report_unknown(struct snug_lint *l, size_t entry, const char *name)
{
	const char *nearest = NULL;
	CLEANUP(freep) char *quoted = lint_quote(name);
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	bool is_open = restricts(l, entry);
	struct snug_finding *f;

	/* the search is dear */
	if (l->n_of_rule < SNUG_LIMIT_WARNINGS)
		nearest = snug_str_nearest(name, snug_syscall_names());
	lint_names_add(&names, name);
	f = lint_add(l, is_open ? SNUG_SEVERITY_ERROR : SNUG_SEVERITY_WARNING, (long)entry, &names,
		     "unknown system call %s: %s", quoted,
		     is_open ? "runtimes leave it out, so nothing is restricted"
			     : "runtimes leave it out");
	if (nearest)
		lint_fix(f, "did you mean '%s'?", nearest);
}

int lint_unknown_syscall(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	for (size_t i = 0; i < l->p->entries.len; i++)
		VEC_FOREACH (name, &l->p->entries.items[i].names)
			if (!snug_syscall_is_known(*name))
				report_unknown(l, i, *name);
	return 0;
}

/* Whether compiling fails for an unknown name, which has a rule of its own. */
static bool restricts_unknown(const struct snug_lint *l)
{
	for (size_t i = 0; i < l->p->entries.len; i++) {
		if (!lint_applies(l, i) || !restricts(l, i))
			continue;
		VEC_FOREACH (name, &l->p->entries.items[i].names)
			if (!snug_syscall_is_known(*name))
				return true;
	}
	return false;
}

int lint_not_loadable(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const char *why = l->broken;
	size_t n_source = strlen(l->p->source);

	(void)err;
	if (!why) {
		lint_compile(l);
		if (!l->not_compiled || restricts_unknown(l))
			return 0;
		why = l->not_compiled;
	}
	/* the place comes with the finding */
	if (snug_str_has_prefix(why, l->p->source) && why[n_source] == ':') {
		why += n_source + 1;
		why += strspn(why, " 0123456789:");
	}
	snug_str_add_printable(&text, why, strlen(why), 4 * SNUG_LIMIT_NAME_BYTES);
	lint_add(l, SNUG_SEVERITY_ERROR, LINT_NO_ENTRY, NULL, "no filter can be made of it: %s",
		 snug_str_text(&text));
	return 0;
}
