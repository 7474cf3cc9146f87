/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of a report: every call that the report's architecture has, and those that a profile, a
 * recording or a denial names besides.  First the names are collected, sorted and made one row
 * each; then each source adds what it knows to the rows, found by name.
 */
#include "base/str.h"
#include "base/words.h"
#include "record/derive.h"
#include "report/model-internal.h"
#include "seccomp/call-args.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <string.h>

void snug_report_call_done(struct snug_report_call *c, size_t n_profiles)
{
	for (size_t i = 0; c->answers && i < n_profiles; i++) {
		free(c->answers[i].text);
		free(c->answers[i].args);
	}
	free(c->answers);
	free(c->name);
	free(c->runtime);
	snug_report_args_done(&c->seen_args);
	free(c->first.comm);
}

struct names {
	const char **items; /* raw, borrowed */
	size_t len, cap;
};

static void names_done(struct names *n)
{
	VEC_DONE(n);
}

static bool is_native(const struct snug_report *r, const char *name)
{
	return snug_syscall_is_on(r->env.arch, name);
}

static void collect_names(const struct snug_report *r, struct names *ret)
{
	for (const char *const *name = snug_syscall_names(); *name; name++)
		if (is_native(r, *name))
			*VEC_PUSH(ret) = *name;
	VEC_FOREACH (p, &r->profiles)
		VEC_FOREACH (c, &p->digest.calls)
			if (!p->is_reference || c->is_native)
				*VEC_PUSH(ret) = c->name;
	VEC_FOREACH (one, &r->recordings)
		VEC_FOREACH (c, &one->recording->calls)
			if (c->name)
				*VEC_PUSH(ret) = c->name;
	VEC_FOREACH (d, &r->denials)
		if (d->call)
			*VEC_PUSH(ret) = d->call;
	ret->len = snug_words_sort(ret->items, ret->len);
}

/* What a filter answers, in a word or two. */
static char *answer_text(uint32_t ret)
{
	const char *name = snug_errno_name(snug_ret_data(ret));
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	switch (snug_ret_action(ret)) {
	case SNUG_ACTION_ALLOW:
		return xstrdup("allowed");
	case SNUG_ACTION_LOG:
		return xstrdup("allowed, logged");
	case SNUG_ACTION_ERRNO:
		return name ? xstrdup(name) : xasprintf("errno %u", snug_ret_data(ret));
	case SNUG_ACTION_KILL:
	case SNUG_ACTION_KILL_THREAD:
		return xstrdup("kills the thread");
	case SNUG_ACTION_KILL_PROCESS:
		return xstrdup("kills the process");
	case SNUG_ACTION_TRAP:
		return xstrdup("SIGSYS");
	case SNUG_ACTION_NOTIFY:
		return xstrdup("asks a supervisor");
	case SNUG_ACTION_TRACE:
		return xstrdup("asks a tracer");
	case _SNUG_ACTION_MAX:
	case _SNUG_ACTION_INVALID:
		break;
	}
	snug_ret_add_text(ret, &text);
	return snug_str_take(&text);
}

static enum snug_report_verdict verdict_of(uint32_t ret)
{
	enum snug_action action = snug_ret_action(ret);

	if (snug_ret_passes(ret))
		return SNUG_REPORT_PASSES;
	return action == SNUG_ACTION_NOTIFY || action == SNUG_ACTION_TRACE ? SNUG_REPORT_ASKS
									   : SNUG_REPORT_REFUSED;
}

static int compare_digest_calls(const void *key, const void *item)
{
	const struct snug_digest_call *k = key, *c = item;

	if (k->category != c->category)
		return k->category < c->category ? -1 : 1;
	return strcmp(k->name, c->name);
}

static const struct snug_digest_call *find_in_digest(const struct snug_digest *d, const char *name)
{
	const struct snug_digest_call key = { .name = name,
					      .category = snug_syscall_category(name) };

	if (!d->calls.len)
		return NULL;
	return bsearch(&key, d->calls.items, d->calls.len, sizeof(d->calls.items[0]),
		       compare_digest_calls);
}

/* "socket(AF_INET, ...); else EPERM": each answer besides the laxest with its arguments, and what
 * all others get. */
static char *conditions_of(const struct snug_digest *d, const struct snug_digest_call *c)
{
	CLEANUP(snug_str_done) struct snug_str raw = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	VEC_FOREACH (answer, &c->answers) {
		CLEANUP(freep) char *word = answer_text(answer->ret);

		if (!snug_ret_passes(answer->ret) || raw.len)
			snug_str_addf(&raw, "%s%s: ", raw.len ? "; " : "", word);
		snug_argset_add_text(c->name, &answer->args, &raw);
	}
	if (!c->is_always) {
		CLEANUP(freep) char *word = answer_text(d->default_ret);

		snug_str_addf(&raw, "; else %s", word);
	}
	snug_str_add_printable(&text, snug_str_text(&raw), raw.len, 1024);
	return snug_str_take(&text);
}

static void fill_answer(const struct snug_digest *d, const char *name,
			struct snug_report_answer *ret)
{
	const struct snug_digest_call *c = name ? find_in_digest(d, name) : NULL;
	bool any, all;

	ret->verdict = verdict_of(c && c->is_always ? c->answers.items[0].ret : d->default_ret);
	ret->is_named = c != NULL;
	if (!c || c->is_always) {
		ret->text = answer_text(c ? c->answers.items[0].ret : d->default_ret);
		return;
	}
	any = all = snug_ret_passes(d->default_ret);
	VEC_FOREACH (answer, &c->answers) {
		any |= snug_ret_passes(answer->ret);
		all &= snug_ret_passes(answer->ret);
	}
	if (any)
		ret->verdict = all ? SNUG_REPORT_PASSES : SNUG_REPORT_SOMETIMES;
	else
		ret->verdict = SNUG_REPORT_REFUSED;
	ret->text = xstrdup(all ? "allowed" : any ? "by argument" : "refused");
	ret->args = conditions_of(d, c);
}

static void fill_answers(const struct snug_report *r, struct snug_report_call *row)
{
	row->answers = xcalloc(r->profiles.len, sizeof(row->answers[0]));
	for (size_t i = 0; i < r->profiles.len; i++)
		fill_answer(&r->profiles.items[i].digest, row->key, &row->answers[i]);
}

static void add_named(struct snug_report *r, const char *key)
{
	struct snug_report_call *row = VEC_PUSH(&r->calls);

	row->key = key;
	row->name = snug_report_printable(key);
	row->category = snug_syscall_category(key);
	row->is_known = snug_syscall_is_known(key);
	row->is_native = is_native(r, key);
	fill_answers(r, row);
}

/* Rows of what no table has a name for are told apart by ABI and number. */
static int compare_numbers(const void *a, const void *b)
{
	const struct snug_report_call *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static void add_numbers(struct snug_report *r, size_t n_named)
{
	struct snug_report_call *rows;
	size_t n, kept = 0;

	VEC_FOREACH (one, &r->recordings) {
		VEC_FOREACH (c, &one->recording->calls) {
			if (c->name)
				continue;
			*VEC_PUSH(&r->calls) = (struct snug_report_call){
				.arch = c->arch, .nr = c->nr, .category = SNUG_CATEGORY_OTHER
			};
		}
	}
	n = r->calls.len - n_named;
	if (!n)
		return;
	rows = r->calls.items + n_named;
	qsort(rows, n, sizeof(rows[0]), compare_numbers);
	for (size_t i = 0; i < n; i++)
		if (!kept || compare_numbers(&rows[i], &rows[kept - 1]) != 0)
			rows[kept++] = rows[i];
	r->calls.len = n_named + kept;
	for (size_t i = 0; i < kept; i++) {
		rows[i].name = xasprintf("call %u (%s)", rows[i].nr, snug_arch_name(rows[i].arch));
		fill_answers(r, &rows[i]);
	}
}

static int compare_keys(const void *key, const void *item)
{
	return strcmp(key, ((const struct snug_report_call *)item)->key);
}

/* Among the first @n rows, which are sorted by name; NULL when there is none. */
static struct snug_report_call *find_name(struct snug_report *r, size_t n, const char *name)
{
	return n ? bsearch(name, r->calls.items, n, sizeof(r->calls.items[0]), compare_keys) : NULL;
}

struct snug_report_call *snug_report_find_row(struct snug_report *r, size_t n_named,
					      const char *name, enum snug_arch arch, uint32_t nr)
{
	const struct snug_report_call key = { .arch = arch, .nr = nr };

	if (name)
		return find_name(r, n_named, name);
	if (r->calls.len == n_named)
		return NULL;
	return bsearch(&key, r->calls.items + n_named, r->calls.len - n_named, sizeof(key),
		       compare_numbers);
}

static void see(struct snug_report_call *row, const struct snug_recording_call *c, size_t recording)
{
	bool is_foreign = snug_recording_call_is_foreign(c);

	if (row->origin != SNUG_REPORT_WORKLOAD)
		row->origin = is_foreign ? SNUG_REPORT_ENTERED : SNUG_REPORT_WORKLOAD;
	if (!c->has_first || (row->has_first && (row->first.recording < recording ||
						 row->first.at_us <= c->first_us)))
		return;
	free(row->first.comm);
	row->has_first = true;
	row->first = (struct snug_report_first){
		.at_us = c->first_us,
		.pid = c->pid,
		.comm = snug_report_printable(c->comm ? c->comm : "?"),
		.recording = recording,
	};
}

static void add_recording(struct snug_report *r, size_t index, size_t n_named)
{
	struct snug_report_recording *one = &r->recordings.items[index];

	VEC_FOREACH (c, &one->recording->calls) {
		struct snug_report_call *row =
			snug_report_find_row(r, n_named, c->name, c->arch, c->nr);

		snug_bug_on(!row);
		/* a name may have been made on several ABIs */
		if (!row->n_recordings || row->last_recording != index) {
			one->n_new += row->n_recordings == 0;
			row->n_recordings++;
			row->last_recording = index;
		}
		see(row, c, index);
		snug_report_args_add(&row->seen_args, c);
	}
}

/* The first runtime that has a call in its baseline is the one that is named. */
static void add_baselines(struct snug_report *r, size_t n_named)
{
	VEC_FOREACH (one, &r->recordings) {
		VEC_FOREACH (b, &one->recording->baselines) {
			VEC_FOREACH (name, &b->names) {
				struct snug_report_call *row = find_name(r, n_named, *name);

				if (row && !row->runtime)
					row->runtime = snug_report_printable(b->label);
			}
		}
	}
}

static void add_denials(struct snug_report *r, size_t n_named)
{
	VEC_FOREACH (d, &r->denials) {
		struct snug_report_call *row = d->call ? find_name(r, n_named, d->call) : NULL;

		if (row)
			row->n_denied += d->count;
	}
}

static bool is_base(const char *name)
{
	return snug_words_index(snug_base_syscalls(), name) >= 0;
}

/* Of a call that no recording has. */
static void find_origin(const struct snug_report *r, struct snug_report_call *row)
{
	row->origin = SNUG_REPORT_NO_ORIGIN;
	if (row->answers[0].verdict == SNUG_REPORT_REFUSED || !r->recordings.len)
		return;
	if (row->runtime)
		row->origin = SNUG_REPORT_RUNTIME;
	else if (row->key && is_base(row->key))
		row->origin = SNUG_REPORT_BASE;
	else
		row->origin = SNUG_REPORT_NOT_SEEN;
}

static bool same_args(const struct snug_report_answer *a, const struct snug_report_answer *b)
{
	return strcmp(a->args ? a->args : "", b->args ? b->args : "") == 0;
}

/* Between the profiles that were given; of one alone, from the reference in what it lets pass. */
static bool differs(const struct snug_report *r, const struct snug_report_call *row)
{
	const struct snug_report_answer *mine = &row->answers[0];

	for (size_t i = 1; i < r->profiles.len; i++) {
		const struct snug_report_answer *other = &row->answers[i];

		if (r->profiles.items[i].is_reference && i > 1)
			continue;
		if (mine->verdict != other->verdict || !same_args(mine, other) ||
		    (!r->profiles.items[i].is_reference && strcmp(mine->text, other->text) != 0))
			return true;
	}
	return false;
}

static void finish_row(struct snug_report *r, struct snug_report_call *row)
{
	const struct snug_report_profile *subject = &r->profiles.items[0];
	bool is_seen = row->n_recordings > 0, passes;

	row->differs = differs(r, row);
	if (row->key)
		VEC_FOREACH (f, &subject->findings)
			if (f->rule->group == SNUG_LINT_RISK)
				VEC_FOREACH (name, &f->names)
					row->is_risky |= strcmp(*name, row->key) == 0;
	if (!is_seen)
		find_origin(r, row);
	passes = row->answers[0].verdict == SNUG_REPORT_PASSES ||
		 row->answers[0].verdict == SNUG_REPORT_SOMETIMES;
	r->n_seen += is_seen;
	r->n_broken += row->is_broken;
	r->n_depends += row->depends && !row->is_broken;
	r->n_unseen += r->recordings.len && row->is_native && passes && !is_seen;
}

static int compare_rows(const void *a, const void *b)
{
	const struct snug_report_call *x = a, *y = b;

	if (x->category != y->category)
		return x->category < y->category ? -1 : 1;
	return strcmp(x->name, y->name);
}

int snug_report_build_calls(struct snug_report *ret, const struct snug_seccomp_profile *subject,
			    struct snug_err *err)
{
	CLEANUP(names_done) struct names names = { 0 };
	size_t n_named;
	int r;

	collect_names(ret, &names);
	VEC_FOREACH (name, &names)
		add_named(ret, *name);
	n_named = ret->calls.len;
	add_numbers(ret, n_named);
	for (size_t i = 0; i < ret->recordings.len; i++)
		add_recording(ret, i, n_named);
	add_baselines(ret, n_named);
	add_denials(ret, n_named);
	r = snug_report_judge(ret, n_named, subject, err);
	if (r < 0)
		return r;
	VEC_FOREACH (row, &ret->calls)
		finish_row(ret, row);
	if (ret->calls.len)
		qsort(ret->calls.items, ret->calls.len, sizeof(ret->calls.items[0]), compare_rows);
	return 0;
}
