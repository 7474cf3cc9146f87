/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/digest.h"

#include "base/err.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <stdlib.h>
#include <string.h>

static void call_done(struct snug_digest_call *c)
{
	VEC_FOREACH (answer, &c->answers)
		snug_argset_done(&answer->args);
	VEC_DONE(&c->answers);
}

void snug_digest_done(struct snug_digest *d)
{
	VEC_FOREACH (c, &d->calls)
		call_done(c);
	VEC_DONE(&d->calls);
	VEC_DONE(&d->rets);
}

static uint64_t arches_with(const struct snug_meaning *m, const char *name)
{
	uint64_t bits = 0;

	VEC_FOREACH (arch, snug_meaning_arches(m))
		if (snug_syscall_is_on(*arch, name))
			bits |= UINT64_C(1) << *arch;
	return bits;
}

static int compare_answers(const void *a, const void *b)
{
	const struct snug_digest_answer *x = a, *y = b;

	return -snug_ret_compare(x->ret, y->ret);
}

static struct snug_digest_answer *answer_of(struct snug_digest_call *c, uint32_t ret)
{
	struct snug_digest_answer *new;

	VEC_FOREACH (answer, &c->answers)
		if (answer->ret == ret)
			return answer;
	new = VEC_PUSH(&c->answers);
	new->ret = ret;
	return new;
}

static int add_answers(const struct snug_meaning *m, struct snug_digest_call *c,
		       struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	bool has_default = false;
	int r;

	r = snug_meaning_name_cells(m, c->name, 64, &cells, err);
	if (r < 0)
		return r;
	VEC_FOREACH (cell, &cells) {
		if (cell->decision.ret == snug_meaning_default(m))
			has_default = true;
		else
			snug_argset_add(&answer_of(c, cell->decision.ret)->args, &cell->args);
	}
	c->is_always = c->answers.len == 1 && !has_default;
	if (c->answers.len)
		qsort(c->answers.items, c->answers.len, sizeof(c->answers.items[0]),
		      compare_answers);
	return 0;
}

static void note_ret(struct snug_digest *d, uint32_t ret)
{
	VEC_FOREACH (known, &d->rets)
		if (*known == ret)
			return;
	*VEC_PUSH(&d->rets) = ret;
}

static int add_call(const struct snug_meaning *m, const char *name, struct snug_digest *d,
		    struct snug_err *err)
{
	struct snug_digest_call *c = VEC_PUSH(&d->calls);
	int r;

	c->name = name;
	c->category = snug_syscall_category(name);
	c->is_known = snug_syscall_is_known(name);
	c->is_native = snug_syscall_is_on(snug_meaning_env(m)->arch, name);
	c->arches = arches_with(m, name);
	r = add_answers(m, c, err);
	if (r < 0)
		return r;
	VEC_FOREACH (answer, &c->answers)
		note_ret(d, answer->ret);
	if (!c->is_known)
		d->n_unknown++;
	else if (!c->arches)
		d->n_elsewhere++;
	/* overlapping entries can come down to the default after all */
	if (!c->answers.len)
		d->calls.len--;
	return 0;
}

static int compare_calls(const void *a, const void *b)
{
	const struct snug_digest_call *x = a, *y = b;

	if (x->category != y->category)
		return x->category < y->category ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_rets(const void *a, const void *b)
{
	return -snug_ret_compare(*(const uint32_t *)a, *(const uint32_t *)b);
}

static void count_named(struct snug_digest *d, const struct snug_digest_call *c)
{
	bool any = false, all = true;

	VEC_FOREACH (answer, &c->answers) {
		any = any || snug_ret_passes(answer->ret);
		all = all && snug_ret_passes(answer->ret);
	}
	if (!c->is_always) {
		any = any || snug_ret_passes(d->default_ret);
		all = all && snug_ret_passes(d->default_ret);
	}
	d->n_always += all;
	d->n_partly += any && !all;
}

/* Names that nothing is said about get the default. */
static void count(const struct snug_meaning *m, struct snug_digest *d)
{
	size_t n_named = 0;

	for (const char *const *name = snug_syscall_names(); *name; name++)
		d->n_known += snug_syscall_is_on(snug_meaning_env(m)->arch, *name);
	VEC_FOREACH (c, &d->calls) {
		if (!c->is_native)
			continue;
		n_named++;
		count_named(d, c);
	}
	if (snug_ret_passes(d->default_ret))
		d->n_always += d->n_known - n_named;
}

int snug_digest(const struct snug_meaning *m, struct snug_digest *ret, struct snug_err *err)
{
	CLEANUP(snug_digest_done) struct snug_digest d = { 0 };
	const struct snug_names *names = snug_meaning_names(m);
	int r;

	d.default_ret = snug_meaning_default(m);
	VEC_FOREACH (name, names) {
		r = add_call(m, *name, &d, err);
		if (r < 0)
			return r;
	}
	if (d.calls.len)
		qsort(d.calls.items, d.calls.len, sizeof(d.calls.items[0]), compare_calls);
	if (d.rets.len)
		qsort(d.rets.items, d.rets.len, sizeof(d.rets.items[0]), compare_rets);
	count(m, &d);
	*ret = d;
	d = (struct snug_digest){ 0 };
	return 0;
}
