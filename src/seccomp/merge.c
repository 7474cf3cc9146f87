/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In five steps, of which the last three are repeated until nothing is too lax:
 *
 *  merge-fields.c  everything beside the entries; the default comes first, because entries that
 *                  repeat it are left out
 *  merge-names.c   each name for itself: its arguments are cut into pieces (merge-pieces.c) of one
 *                  answer, and the pieces written down as entries
 *  merge-mux.c     socketcall(2) and ipc(2), which are many calls in one number
 *  merge-write.c   the entries become a profile, and that a meaning
 *  merge-check.c   which is compared with the inputs on every ABI.  A name that is too lax there
 *                  is made stricter, an ABI where that is so only because some profile does not
 *                  know it is left out.
 *
 * All inputs are merged at once, so the result does not depend on their order, except for what is
 * taken from the first one.
 */
#include "seccomp/merge.h"

#include "base/err.h"
#include "base/str.h"
#include "seccomp/merge-internal.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void snug_merged_done(struct snug_merged *m)
{
	m->profile = snug_seccomp_profile_free(m->profile);
	VEC_FOREACH (note, &m->notes)
		free(note->text);
	VEC_DONE(&m->notes);
}

static void merger_done(struct snug_merger *m)
{
	m->result = snug_meaning_free(m->result);
	m->draft = snug_seccomp_profile_free(m->draft);
	VEC_FOREACH (name, &m->names)
		VEC_DONE(&name->entries);
	VEC_DONE(&m->names);
	VEC_DONE(&m->uses);
	VEC_DONE(&m->conflicts);
	VEC_DONE(&m->stricter);
	VEC_DONE(&m->arches);
	VEC_DONE(&m->other_arches);
}

void snug_merge_note(struct snug_merger *m, bool is_inexact, const char *fmt, ...)
{
	struct snug_merge_note *note = VEC_PUSH(&m->out->notes);
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&note->text, fmt, ap) < 0)
		abort();
	va_end(ap);
	note->is_inexact = is_inexact;
	if (is_inexact)
		m->out->is_exact = false;
}

char *snug_merge_source(const struct snug_merger *m, size_t input)
{
	const char *source = snug_meaning_profile(m->inputs[input])->source;
	struct snug_str s = SNUG_STR_INIT;

	snug_str_add_printable(&s, source, strlen(source), 256);
	return snug_str_take(&s);
}

static int merge_names(struct snug_merger *m)
{
	int r = 0;

	VEC_FOREACH (name, &m->names) {
		/* the entries of a multiplexer are made anew each time */
		if (r < 0 || (name->is_done && !name->is_parent))
			continue;
		r = snug_merge_name(m, name);
		name->is_done = true;
	}
	return r;
}

static int compare_conflicts(const void *a, const void *b)
{
	const struct snug_merge_conflict *ca = a, *cb = b;

	if (ca->kept != cb->kept)
		return ca->kept < cb->kept ? -1 : 1;
	if (ca->lost != cb->lost)
		return ca->lost < cb->lost ? -1 : 1;
	return strcmp(ca->name, cb->name);
}

/* One note for all names that have the same two answers. */
static void note_conflict(struct snug_merger *m, const struct snug_merge_conflict *c, size_t n)
{
	enum { SHOWN = 5 };
	CLEANUP(snug_str_done) struct snug_str kept = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str lost = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str names = SNUG_STR_INIT;

	snug_ret_add_text(c->kept, &kept);
	snug_ret_add_text(c->lost, &lost);
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		snug_str_add(&names, i ? ", " : "");
		snug_str_add_printable(&names, c[i].name, strlen(c[i].name), 64);
	}
	if (n > SHOWN)
		snug_str_addf(&names, " and %zu more", n - SHOWN);
	snug_merge_note(m, true, "%s and %s cannot both be kept for %s: it is %s",
			snug_str_text(&kept), snug_str_text(&lost), snug_str_text(&names),
			snug_str_text(&kept));
}

/* Those of names that are exact otherwise; what is not, has its own note. */
static void note_conflicts(struct snug_merger *m)
{
	struct snug_merge_conflict *all = m->conflicts.items;
	size_t n = 0, first = 0;

	for (size_t i = 0; i < m->conflicts.len; i++) {
		const struct snug_merge_name *name = snug_merge_find_name(m, all[i].name);

		if (name->level == SNUG_MERGE_EXACT && !name->is_parent)
			all[n++] = all[i];
	}
	if (!n)
		return;
	qsort(all, n, sizeof(*all), compare_conflicts);
	m->conflicts.len = 1;
	for (size_t i = 1; i < n; i++)
		if (compare_conflicts(&all[i], &all[m->conflicts.len - 1]) != 0)
			all[m->conflicts.len++] = all[i];
	for (size_t i = 1; i <= m->conflicts.len; i++) {
		if (i < m->conflicts.len && all[i].kept == all[first].kept &&
		    all[i].lost == all[first].lost)
			continue;
		note_conflict(m, &all[first], i - first);
		first = i;
	}
}

static void note_splits(struct snug_merger *m)
{
	VEC_FOREACH (name, &m->names) {
		CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

		if (!name->is_split)
			continue;
		snug_str_add_printable(&shown, name->name, strlen(name->name), 64);
		snug_merge_note(m, false,
				"'%s' has two entries, of which always one holds: so it is not "
				"allowed where its arguments cannot be seen, behind socketcall(2) "
				"or ipc(2)",
				snug_str_text(&shown));
	}
}

static int merge(struct snug_merger *m)
{
	int r;

	snug_merge_fields(m);
	snug_merge_collect_names(m);
	do {
		r = merge_names(m);
		if (r == 0)
			r = snug_merge_place_muxes(m);
		if (r == 0)
			r = snug_merge_check(m);
	} while (r == 1);
	if (r == 0)
		r = snug_merge_check_others(m);
	if (r < 0)
		return r;
	note_conflicts(m);
	note_splits(m);
	snug_merge_note_inexact(m);
	snug_merge_write_arches(m);
	m->out->is_first = snug_merge_is_first(m);
	return 0;
}

/* The entries are the draft's. */
static void take_entries(struct snug_merger *m)
{
	struct snug_seccomp_profile *to = m->out->profile, *from = m->draft;

	to->entries.items = STEAL(from->entries.items);
	to->entries.len = from->entries.len;
	to->entries.cap = from->entries.cap;
	from->entries.len = from->entries.cap = 0;
}

static int refuse_inexact(const struct snug_merged *out, struct snug_err *err)
{
	VEC_FOREACH (note, &out->notes)
		if (note->is_inexact)
			return snug_err_set(err, -EOPNOTSUPP, "%s", note->text);
	return 0;
}

int snug_merge(const struct snug_meaning *const *inputs, size_t n,
	       const struct snug_merge_options *opts, struct snug_merged *ret, struct snug_err *err)
{
	CLEANUP(snug_merged_done) struct snug_merged out = { .is_exact = true };
	CLEANUP(merger_done)
	struct snug_merger m = {
		.inputs = inputs,
		.n_inputs = n,
		.opts = opts,
		.out = &out,
		.err = err,
	};
	int r;

	snug_bug_on(n == 0);
	out.profile = snug_seccomp_profile_new("the merged profile", SNUG_ACTION_KILL_PROCESS);
	r = merge(&m);
	if (r == 0 && opts->strict)
		r = refuse_inexact(&out, err);
	if (r < 0)
		return r;
	take_entries(&m);
	*ret = out;
	out = (struct snug_merged){ 0 };
	return 0;
}
