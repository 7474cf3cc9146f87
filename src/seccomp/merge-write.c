/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of all names, as rows, become those of a profile.  Entries of one name never overlap
 * with another answer, and none repeats the default: nothing depends on their order, and runtimes
 * that drop such entries (runc) lose none.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/merge-internal.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <string.h>

struct row {
	const char *name;
	size_t order; /* among the rows of the name */
	const struct snug_merge_entry *entry;
};

struct rows {
	struct row *items;
	size_t len, cap;
};

/* Rows of one entry: @n from @first on. */
struct group {
	const struct row *first;
	size_t n;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_conds(const struct snug_seccomp_arg *a, const struct snug_seccomp_arg *b)
{
	int r = compare_numbers(a->index, b->index);

	r = r ? r : compare_numbers((uint64_t)a->op, (uint64_t)b->op);
	r = r ? r : compare_numbers(a->value, b->value);
	return r ? r : compare_numbers(a->value_two, b->value_two);
}

static int compare_entries(const struct snug_merge_entry *a, const struct snug_merge_entry *b)
{
	int r = compare_numbers(a->conds.len, b->conds.len);

	for (size_t i = 0; i < a->conds.len && r == 0; i++)
		r = compare_conds(&a->conds.items[i], &b->conds.items[i]);
	return r ? r : compare_numbers(a->ret, b->ret);
}

static int by_name(const void *a, const void *b)
{
	const struct row *ra = a, *rb = b;
	int r = strcmp(ra->name, rb->name);

	return r ? r : compare_numbers(ra->order, rb->order);
}

static int by_entry(const void *a, const void *b)
{
	const struct row *ra = a, *rb = b;
	int r = compare_entries(ra->entry, rb->entry);

	return r ? r : by_name(a, b);
}

/* Those without conditions first. */
static int by_first_name(const void *a, const void *b)
{
	const struct group *ga = a, *gb = b;
	int r = compare_numbers(ga->first->entry->conds.len > 0, gb->first->entry->conds.len > 0);

	r = r ? r : by_name(ga->first, gb->first);
	return r ? r : compare_entries(ga->first->entry, gb->first->entry);
}

static void add_split(struct rows *rows, const struct snug_merge_name *name,
		      struct snug_merge_entry halves[2])
{
	static const enum snug_cmp ops[] = { SNUG_CMP_EQ, SNUG_CMP_NE };

	for (size_t i = 0; i < 2; i++) {
		halves[i] = (struct snug_merge_entry){
			.ret = name->ret,
			.conds = { .items = { { .index = 0, .op = ops[i] } }, .len = 1 },
		};
		*VEC_PUSH(rows) = (struct row){ name->name, i, &halves[i] };
	}
}

static void collect_rows(const struct snug_merger *m, struct rows *rows,
			 struct snug_merge_entry (*halves)[2])
{
	size_t order;

	for (size_t i = 0; i < m->names.len; i++) {
		const struct snug_merge_name *name = &m->names.items[i];

		if (name->is_split) {
			add_split(rows, name, halves[i]);
			continue;
		}
		order = 0;
		VEC_FOREACH (entry, &name->entries)
			*VEC_PUSH(rows) = (struct row){ name->name, order++, entry };
	}
}

static void add_entry(struct snug_seccomp_profile *p, const struct row *rows, size_t n)
{
	const struct snug_merge_entry *from = rows->entry;
	struct snug_seccomp_entry *e = VEC_PUSH(&p->entries);

	e->action = snug_ret_action(from->ret);
	snug_merge_set_errno(from->ret, &e->errno_ret);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(rows[i - 1].name, rows[i].name) != 0)
			*VEC_PUSH(&e->names) = xstrdup(rows[i].name);
	for (size_t i = 0; i < from->conds.len; i++)
		*VEC_PUSH(&e->args) = from->conds.items[i];
	e->has_args = e->args.len > 0;
}

void snug_merge_set_errno(uint32_t ret, struct snug_errno_ret *to)
{
	enum snug_action action = snug_ret_action(ret);

	/* EPERM is what every runtime takes when nothing is said */
	to->is_set = (action == SNUG_ACTION_ERRNO || action == SNUG_ACTION_TRACE) &&
		     snug_ret_data(ret) != EPERM;
	to->value = to->is_set ? snug_ret_data(ret) : 0;
}

static void add_grouped(struct snug_seccomp_profile *p, struct rows *rows)
{
	VEC(struct group) groups = { 0 };

	qsort(rows->items, rows->len, sizeof(*rows->items), by_entry);
	VEC_FOREACH (row, rows) {
		struct group *last = groups.len ? &groups.items[groups.len - 1] : NULL;

		if (!last || compare_entries(last->first->entry, row->entry) != 0) {
			last = VEC_PUSH(&groups);
			last->first = row;
		}
		last->n++;
	}
	qsort(groups.items, groups.len, sizeof(*groups.items), by_first_name);
	VEC_FOREACH (group, &groups)
		add_entry(p, group->first, group->n);
	VEC_DONE(&groups);
}

static void add_single(struct snug_seccomp_profile *p, struct rows *rows)
{
	qsort(rows->items, rows->len, sizeof(*rows->items), by_name);
	VEC_FOREACH (row, rows)
		add_entry(p, row, 1);
}

static int check_size(const struct snug_merger *m, const struct snug_seccomp_profile *p, size_t n)
{
	if (p->entries.len > SNUG_LIMIT_PROFILE_ENTRIES)
		return snug_err_set(m->err, -E2BIG,
				    "the merged profile would have %zu entries; %d is the limit",
				    p->entries.len, SNUG_LIMIT_PROFILE_ENTRIES);
	if (n > SNUG_LIMIT_PROFILE_NAMES)
		return snug_err_set(m->err, -E2BIG,
				    "the merged profile would have %zu names; %d is the limit", n,
				    SNUG_LIMIT_PROFILE_NAMES);
	return 0;
}

int snug_merge_write(struct snug_merger *m)
{
	CLEANUP(freep)
	struct snug_merge_entry(*halves)[2] = xcalloc(m->names.len + 1, sizeof(*halves));
	const struct snug_meaning_options keep = { .keep_unknown = true };
	struct rows rows = { 0 };
	int r;

	m->result = snug_meaning_free(m->result);
	snug_seccomp_profile_free(m->draft);
	m->draft = snug_seccomp_profile_new("the merged profile", snug_ret_action(m->default_ret));
	snug_merge_set_errno(m->default_ret, &m->draft->default_errno_ret);
	VEC_FOREACH (arch, &m->arches)
		*VEC_PUSH(&m->draft->arches) = *arch;
	collect_rows(m, &rows, halves);
	if (rows.len && m->opts->format == SNUG_PROFILE_OCI_JSON)
		add_grouped(m->draft, &rows);
	else if (rows.len)
		add_single(m->draft, &rows);
	r = check_size(m, m->draft, rows.len);
	VEC_DONE(&rows);
	if (r < 0)
		return r;
	return snug_meaning_new(m->draft, snug_meaning_env(m->inputs[0]), &keep, &m->result,
				m->err);
}
