/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names were merged as if every ABI had 64-bit arguments and a number for each name.  Here the
 * result is held against the inputs as a filter sees them, number by number on every ABI.  This is
 * what the promise of merge.h rests on: what is found too lax is made stricter, until nothing is.
 */
#include "base/err.h"
#include "base/str.h"
#include "seccomp/merge-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

/* Calls behind the two multiplexers, wherever there are any. */
static const char *const mux_probes[] = { "socket", "semop" };

int snug_merge_wanted(const struct snug_merger *m, size_t n_inputs, enum snug_arch arch,
		      uint32_t nr, struct snug_merge_pieces *ret)
{
	CLEANUP(snug_merge_opinions_done) struct snug_merge_opinions opinions = { 0 };
	int r = 0;

	for (size_t i = 0; i < n_inputs && r == 0; i++) {
		struct snug_cells *cells;

		/* who does not know the ABI kills there, which is no answer to count with: a union
		 * is that of the others, an intersection does not list the ABI */
		if (!snug_meaning_has_arch(m->inputs[i], arch))
			continue;
		cells = VEC_PUSH(&opinions);
		r = snug_meaning_cells(m->inputs[i], arch, nr, cells, NULL);
		VEC_FOREACH (cell, cells)
			cell->decision.ret = snug_merge_ret(m, &cell->decision);
	}
	if (r == 0)
		r = snug_merge_pieces_add_all(ret, m->opts->mode, &opinions, m->max_boxes);
	return r;
}

/* The first input that does not know @arch, or n_inputs. */
static size_t first_without(const struct snug_merger *m, enum snug_arch arch)
{
	size_t i = 0;

	while (i < m->n_inputs && snug_meaning_has_arch(m->inputs[i], arch))
		i++;
	return i;
}

/* What those that know @arch say together about a name without conditions; NULL: about all others.
 */
static uint32_t wanted_constant(const struct snug_merger *m, enum snug_arch arch,
				const struct snug_merge_name *name)
{
	bool has_uses = name && name->n_uses;
	const struct snug_merge_use *use = has_uses ? &m->uses.items[name->first_use] : NULL;
	const struct snug_merge_use *end = has_uses ? use + name->n_uses : NULL;
	struct snug_merge_answer all = { 0 };
	bool is_first = true;

	for (size_t i = 0; i < m->n_inputs; i++) {
		struct snug_merge_answer one = snug_merge_default_of(m, i);
		bool is_named = use < end && use->input == i;

		if (is_named)
			one.ret = snug_merge_use_ret(m, use++);
		if (!snug_meaning_has_arch(m->inputs[i], arch))
			continue;
		all = is_first ? one : snug_merge_combine(m->opts->mode, all, one);
		is_first = false;
	}
	return all.ret;
}

static void compare_constant(const struct snug_merger *m, enum snug_arch arch,
			     const struct snug_merge_name *name, struct snug_merge_mismatch *ret)
{
	uint32_t got = name ? name->ret : m->default_ret;
	uint32_t want = wanted_constant(m, arch, name);
	int order = snug_ret_compare(got, want);

	*ret = (struct snug_merge_mismatch){
		.is_laxer = order > 0,
		.is_stricter = order < 0,
		.want = want,
		.got = got,
	};
}

static void compare_number(const struct snug_merger *m, enum snug_arch arch, uint32_t nr,
			   struct snug_merge_mismatch *ret)
{
	CLEANUP(snug_merge_pieces_done) struct snug_merge_pieces want = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells got = { 0 };
	int r;

	*ret = (struct snug_merge_mismatch){ 0 };
	r = snug_merge_wanted(m, m->n_inputs, arch, nr, &want);
	if (r == 0)
		r = snug_meaning_cells(m->result, arch, nr, &got, NULL);
	if (r == 0)
		snug_merge_compare(&want, &got, ret);
	else
		ret->is_unknown = true;
}

static void add_call(struct snug_str *out, const char *name, const struct snug_merge_mismatch *at)
{
	size_t n = SNUG_N_ARGS;

	while (n && !at->args[n - 1])
		n--;
	snug_str_add_printable(out, name, strlen(name), 64);
	for (size_t i = 0; i < n; i++)
		snug_str_addf(out, "%s%#llx", i ? ", " : "(", (unsigned long long)at->args[i]);
	if (n)
		snug_str_addc(out, ')');
}

/* "'socket(0x28)' gets SCMP_ACT_ALLOW instead of SCMP_ACT_ERRNO(EPERM)" */
static char *mismatch_text(const char *name, const struct snug_merge_mismatch *at)
{
	struct snug_str s = SNUG_STR_INIT;

	snug_str_addc(&s, '\'');
	add_call(&s, name, at);
	snug_str_add(&s, "' gets ");
	snug_ret_add_text(at->got, &s);
	snug_str_add(&s, " instead of ");
	snug_ret_add_text(at->want, &s);
	return snug_str_take(&s);
}

/* Only some list it, and the format has no way to say that a name is for some ABIs only. */
static void drop_arch(struct snug_merger *m, enum snug_arch arch, const char *name,
		      const struct snug_merge_mismatch *at)
{
	CLEANUP(freep) char *source = snug_merge_source(m, first_without(m, arch));
	CLEANUP(snug_str_done) struct snug_str call = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str got = SNUG_STR_INIT;
	size_t kept = 0;

	add_call(&call, name ? name : "a call without an entry", at);
	snug_ret_add_text(at->got, &got);
	snug_merge_note(m, true,
			"%s is left out: %s does not list it, and listed it would give %s to %s "
			"there, which no profile does that lists it",
			snug_arch_oci_name(arch), source, snug_str_text(&got),
			snug_str_text(&call));
	for (size_t i = 0; i < m->arches.len; i++)
		if (m->arches.items[i] != arch)
			m->arches.items[kept++] = m->arches.items[i];
	m->arches.len = kept;
	/* what was made stricter for its sake need not be */
	m->conflicts.len = 0;
	VEC_FOREACH (each, &m->names) {
		each->level = SNUG_MERGE_EXACT;
		each->is_done = false;
	}
}

/* Returns 1 when the result has to be written anew. */
static int judge(struct snug_merger *m, enum snug_arch arch, bool is_partial,
		 struct snug_merge_name *name, const struct snug_merge_mismatch *at)
{
	if (is_partial && (at->is_laxer || at->is_unknown)) {
		drop_arch(m, arch, name ? name->name : NULL, at);
		return 1;
	}
	if (!name)
		return 0;
	if (name->level == SNUG_MERGE_CONSTANT) {
		snug_bug_on(at->is_laxer);
	} else if (at->is_laxer) {
		snug_merge_next_level(m, name,
				      "arguments of 32 bits would be allowed more than by any "
				      "profile",
				      arch);
		return 1;
	} else if (at->is_unknown) {
		snug_merge_next_level(m, name, "it has too many conditions to be checked", arch);
		return 1;
	}
	if (at->is_stricter)
		*VEC_PUSH(&m->stricter) = (struct snug_merge_stricter){ name, arch, *at };
	return 0;
}

/* Two names with one number: the ABI has one answer for both. */
static bool has_twin(const struct snug_merge_name *name, enum snug_arch arch, uint32_t nr)
{
	const char *usual = snug_syscall_name(arch, nr);

	return name->has_twin || !usual || strcmp(usual, name->name) != 0;
}

/* Arguments of 64 bits, a number for the name alone, known to all: as on the native ABI, which
 * comes first. */
static bool is_as_native(const struct snug_merger *m, enum snug_arch arch, bool is_partial,
			 const struct snug_merge_name *name, uint32_t nr)
{
	enum snug_arch native = m->arches.items[0];

	return !is_partial && arch != native && snug_arch_arg_bits(arch) == 64 &&
	       snug_arch_arg_bits(native) == 64 && snug_syscall_number(native, name->name) >= 0 &&
	       !name->is_parent && !has_twin(name, arch, nr);
}

bool snug_merge_has_twin(const struct snug_merger *m, const struct snug_merge_name *name)
{
	VEC_FOREACH (arch, &m->arches) {
		int64_t nr = snug_syscall_number(*arch, name->name);

		if (nr >= 0 && has_twin(name, *arch, (uint32_t)nr))
			return true;
	}
	return false;
}

static int check_name(struct snug_merger *m, enum snug_arch arch, bool is_partial,
		      struct snug_merge_name *name)
{
	int64_t nr = snug_syscall_number(arch, name->name);
	struct snug_merge_mismatch at;

	if (nr < 0 || is_as_native(m, arch, is_partial, name, (uint32_t)nr))
		return 0;
	if (name->is_plain && !name->is_parent && !has_twin(name, arch, (uint32_t)nr)) {
		/* where everybody knows the ABI, its answer is what merging the name was */
		if (!is_partial)
			return 0;
		compare_constant(m, arch, name, &at);
	} else {
		compare_number(m, arch, (uint32_t)nr, &at);
	}
	return judge(m, arch, is_partial, name, &at);
}

static int check_arch(struct snug_merger *m, enum snug_arch arch)
{
	bool is_partial = first_without(m, arch) < m->n_inputs;
	struct snug_merge_mismatch at;
	int changed = 0;

	compare_constant(m, arch, NULL, &at);
	if (judge(m, arch, is_partial, NULL, &at))
		return 1;
	VEC_FOREACH (name, &m->names) {
		changed |= check_name(m, arch, is_partial, name);
		if (changed && is_partial)
			return 1;
	}
	return changed;
}

/* Names that share a number with another one on some ABI. */
static void find_twins(struct snug_merger *m)
{
	VEC_FOREACH (arch, &m->arches) {
		VEC_FOREACH (name, &m->names) {
			int64_t nr = snug_syscall_number(*arch, name->name);
			const char *usual = nr < 0 ? NULL : snug_syscall_name(*arch, (uint32_t)nr);
			struct snug_merge_name *twin;

			if (!usual || strcmp(usual, name->name) == 0)
				continue;
			twin = snug_merge_find_name(m, usual);
			if (twin)
				twin->has_twin = true;
		}
	}
}

int snug_merge_check(struct snug_merger *m)
{
	int changed = 0;

	find_twins(m);
	m->stricter.len = 0;
	/* those that may go first: they must not make names stricter that stay without them */
	for (size_t i = 0; i < m->arches.len; i++)
		if (first_without(m, m->arches.items[i]) < m->n_inputs &&
		    check_arch(m, m->arches.items[i]))
			return 1;
	VEC_FOREACH (arch, &m->arches)
		if (first_without(m, *arch) == m->n_inputs)
			changed |= check_arch(m, *arch);
	return changed;
}

/* The first call of @arch that the result allows more than the inputs do, or that cannot be
 * compared; NULL: none. */
static const struct snug_merge_name *find_lax(const struct snug_merger *m, enum snug_arch arch,
					      struct snug_merge_mismatch *at)
{
	VEC_FOREACH (name, &m->names) {
		int64_t nr = snug_syscall_number(arch, name->name);
		struct snug_syscall_mux mux;
		bool is_parent = false;

		if (nr < 0)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(mux_probes) && !is_parent; i++)
			is_parent = snug_syscall_multiplexer(arch, mux_probes[i], &mux) &&
				    mux.parent_nr == (uint32_t)nr;
		/* its answer is what merging the name was */
		if (name->is_plain && !is_parent && !has_twin(name, arch, (uint32_t)nr))
			continue;
		compare_number(m, arch, (uint32_t)nr, at);
		if (at->is_laxer || at->is_unknown)
			return name;
	}
	return NULL;
}

static void drop_family(struct snug_merger *m, enum snug_arch arch,
			const struct snug_merge_name *name, const struct snug_merge_mismatch *at)
{
	enum snug_arch family = snug_arch_family(arch);
	CLEANUP(freep) char *text = NULL;
	size_t kept = 0;

	text = at->is_laxer ? mismatch_text(name->name, at) : xstrdup("not all can be compared");
	snug_merge_note(m, true,
			"%s is left out: on %s, %s (with '--arch %s', profiles are merged for such "
			"machines)",
			snug_arch_oci_name(family), snug_arch_name(arch), text,
			snug_arch_name(family));
	VEC_FOREACH (other, &m->other_arches)
		if (snug_arch_family(*other) != family)
			m->other_arches.items[kept++] = *other;
	m->other_arches.len = kept;
}

/* @there is the merger with inputs and result as a kernel of @family reads them. */
static void check_family(struct snug_merger *m, struct snug_merger *there)
{
	struct snug_merge_mismatch at;

	VEC_FOREACH (arch, snug_meaning_arches(there->result)) {
		const struct snug_merge_name *name = find_lax(there, *arch, &at);

		if (name) {
			drop_family(m, *arch, name, &at);
			return;
		}
	}
}

static int read_for_family(struct snug_merger *m, enum snug_arch family)
{
	const struct snug_meaning_options keep = { .keep_unknown = true };
	struct snug_seccomp_env env = *snug_meaning_env(m->inputs[0]);
	struct snug_meaning **inputs = xcalloc(m->n_inputs, sizeof(struct snug_meaning *));
	struct snug_merger there = *m;
	int r = 0;

	env.arch = family;
	there.inputs = (const struct snug_meaning *const *)inputs;
	there.result = NULL;
	for (size_t i = 0; i < m->n_inputs && r == 0; i++)
		r = snug_meaning_new(snug_meaning_profile(m->inputs[i]), &env, &keep, &inputs[i],
				     m->err);
	if (r == 0)
		r = snug_meaning_new(m->draft, &env, &keep, &there.result, m->err);
	if (r == 0)
		check_family(m, &there);
	snug_meaning_free(there.result);
	for (size_t i = 0; i < m->n_inputs; i++)
		snug_meaning_free(inputs[i]);
	free(inputs);
	return r;
}

int snug_merge_check_others(struct snug_merger *m)
{
	struct snug_arches families = { 0 };
	int r = 0;

	VEC_FOREACH (arch, &m->other_arches) {
		*VEC_PUSH(&m->draft->arches) = *arch;
		if (!families.len || families.items[families.len - 1] != snug_arch_family(*arch))
			*VEC_PUSH(&families) = snug_arch_family(*arch);
	}
	for (size_t i = 0; i < families.len && r == 0; i++)
		r = read_for_family(m, families.items[i]);
	VEC_DONE(&families);
	return r;
}

static bool is_same_list(const struct snug_arches *a, const struct snug_arches *b)
{
	if (a->len != b->len)
		return false;
	VEC_FOREACH (x, a) {
		bool found = false;

		VEC_FOREACH (y, b)
			found |= *x == *y;
		if (!found)
			return false;
	}
	return true;
}

/* Whether the first input and the result answer alike to a call that is not plain. */
static bool is_same_number(struct snug_merger *m, enum snug_arch arch, uint32_t nr)
{
	CLEANUP(snug_merge_pieces_done) struct snug_merge_pieces first = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells now = { 0 };
	struct snug_merge_mismatch at;

	if (snug_merge_wanted(m, 1, arch, nr, &first) < 0 ||
	    snug_meaning_cells(m->result, arch, nr, &now, NULL) < 0)
		return false;
	snug_merge_compare(&first, &now, &at);
	return !at.is_laxer && !at.is_stricter && !at.is_unknown;
}

static bool is_same_words(struct snug_merger *m, const char *name)
{
	CLEANUP(snug_merge_pieces_done)
	struct snug_merge_pieces first = { .max_boxes = m->max_boxes };
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells now = { 0 };
	struct snug_merge_mismatch at;

	if (snug_meaning_name_cells(m->inputs[0], name, 64, &cells, NULL) < 0 ||
	    snug_merge_pieces_add_cells(&first, m->opts->mode, &cells) < 0 ||
	    snug_meaning_name_cells(m->result, name, 64, &now, NULL) < 0)
		return false;
	snug_merge_compare(&first, &now, &at);
	return !at.is_laxer && !at.is_stricter && !at.is_unknown;
}

static bool is_same_name(struct snug_merger *m, const struct snug_merge_name *name)
{
	bool is_a_call = false;

	VEC_FOREACH (arch, &m->arches) {
		int64_t nr = snug_syscall_number(*arch, name->name);

		if (nr < 0)
			continue;
		is_a_call = true;
		if (!is_same_number(m, *arch, (uint32_t)nr))
			return false;
	}
	return is_a_call || is_same_words(m, name->name);
}

bool snug_merge_is_first(struct snug_merger *m)
{
	const struct snug_meaning *first = m->inputs[0];

	if (m->default_ret != snug_meaning_default(first) ||
	    !is_same_list(&m->arches, snug_meaning_arches(first)) || !snug_merge_is_same_fields(m))
		return false;
	VEC_FOREACH (name, &m->names)
		if (!is_same_name(m, name))
			return false;
	return true;
}

/* How a name is not exact, unless it is. */
static void note_level(struct snug_merger *m, const struct snug_merge_name *name)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str answer = SNUG_STR_INIT;
	const char *on = name->why_arch == _SNUG_ARCH_INVALID ? "" : " on ";
	const char *arch = *on ? snug_arch_name(name->why_arch) : "";

	if (name->level == SNUG_MERGE_EXACT)
		return;
	snug_str_add_printable(&shown, name->name, strlen(name->name), 64);
	if (name->level == SNUG_MERGE_COARSE) {
		snug_ret_add_text(m->default_ret, &answer);
		snug_merge_note(m, true,
				"'%s' gets %s also where it should get another errno, because "
				"otherwise %s%s%s",
				snug_str_text(&shown), snug_str_text(&answer), name->why, on, arch);
		return;
	}
	if (name->level == SNUG_MERGE_COMMON) {
		snug_merge_note(m, true,
				"'%s' gets the strictest answer for each of its arguments, because "
				"for the laxest one %s%s%s",
				snug_str_text(&shown), name->why, on, arch);
		return;
	}
	snug_ret_add_text(name->entries.len ? name->entries.items[0].ret : m->default_ret, &answer);
	snug_merge_note(m, true,
			"'%s' gets %s whatever its arguments are, because otherwise %s%s%s",
			snug_str_text(&shown), snug_str_text(&answer), name->why, on, arch);
}

void snug_merge_note_inexact(struct snug_merger *m)
{
	VEC_FOREACH (name, &m->names)
		note_level(m, name);
	VEC_FOREACH (s, &m->stricter) {
		CLEANUP(freep) char *text = NULL;

		/* said already */
		if (s->name->level != SNUG_MERGE_EXACT)
			continue;
		text = mismatch_text(s->name->name, &s->at);
		snug_merge_note(m, true, "on %s, %s, because a profile cannot say it otherwise",
				snug_arch_name(s->arch), text);
	}
}
