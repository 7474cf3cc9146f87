/* SPDX-License-Identifier: Apache-2.0 */
#include "record/recording.h"

#include <stdlib.h>
#include <string.h>

struct snug_recording *snug_recording_new(void)
{
	struct snug_recording *r = xcalloc(1, sizeof(*r));

	r->engine = xstrdup("bpf");
	r->arch = snug_arch_native();
	return r;
}

static void container_free(struct snug_recording_container *c)
{
	if (!c)
		return;
	free(c->id);
	free(c->name);
	free(c->image);
	free(c->runtime);
	free(c->seccomp);
	free(c);
}

static void baseline_done(struct snug_recording_baseline *b)
{
	free(b->label);
	VEC_FOREACH (name, &b->names)
		free(*name);
	VEC_DONE(&b->names);
}

struct snug_recording *snug_recording_free(struct snug_recording *r)
{
	if (!r)
		return NULL;
	free(r->engine);
	free(r->kernel);
	free(r->start);
	VEC_FOREACH (word, &r->command)
		free(*word);
	VEC_DONE(&r->command);
	VEC_FOREACH (c, &r->calls) {
		free(c->name);
		free(c->comm);
		VEC_DONE(&c->args.tuples);
	}
	VEC_DONE(&r->calls);
	VEC_FOREACH (d, &r->denied) {
		free(d->name);
		free(d->comm);
	}
	VEC_DONE(&r->denied);
	VEC_FOREACH (e, &r->execs) {
		free(e->comm);
		free(e->path);
	}
	VEC_DONE(&r->execs);
	VEC_FOREACH (b, &r->baselines)
		baseline_done(b);
	VEC_DONE(&r->baselines);
	container_free(r->container);
	free(r);
	return NULL;
}

struct snug_recording_call *snug_recording_call(struct snug_recording *r, enum snug_arch arch,
						uint32_t nr)
{
	struct snug_recording_call *call;
	const char *name;

	VEC_FOREACH (c, &r->calls) {
		if (c->arch == arch && c->nr == nr)
			return c;
	}
	name = snug_syscall_name(arch, nr);
	call = VEC_PUSH(&r->calls);
	call->arch = arch;
	call->nr = nr;
	call->name = xstrdup_null(name);
	return call;
}

struct snug_recording_denial *snug_recording_denial(struct snug_recording *r, enum snug_arch arch,
						    uint32_t nr, uint32_t result)
{
	struct snug_recording_denial *denial;

	VEC_FOREACH (d, &r->denied) {
		if (d->arch == arch && d->nr == nr && d->result == result)
			return d;
	}
	denial = VEC_PUSH(&r->denied);
	denial->arch = arch;
	denial->nr = nr;
	denial->result = result;
	denial->name = xstrdup_null(snug_syscall_name(arch, nr));
	return denial;
}

bool snug_recording_call_is_foreign(const struct snug_recording_call *c)
{
	return c->by == SNUG_BY_ENTERED;
}

struct snug_recording_container *snug_recording_container(struct snug_recording *r)
{
	if (!r->container)
		r->container = xcalloc(1, sizeof(*r->container));
	return r->container;
}

void snug_recording_add_baseline(struct snug_recording *r, const char *label,
				 const char *const *names, size_t n)
{
	struct snug_recording_baseline *b = VEC_PUSH(&r->baselines);

	b->label = xstrdup(label);
	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&b->names) = xstrdup(names[i]);
}

static int compare_calls(const void *a, const void *b)
{
	const struct snug_recording_call *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static int compare_denials(const void *a, const void *b)
{
	const struct snug_recording_denial *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return x->result < y->result ? -1 : x->result > y->result;
}

void snug_recording_sort(struct snug_recording *r)
{
	if (r->denied.len)
		qsort(r->denied.items, r->denied.len, sizeof(*r->denied.items), compare_denials);
	if (r->calls.len)
		qsort(r->calls.items, r->calls.len, sizeof(*r->calls.items), compare_calls);
}

bool snug_recording_is_complete(const struct snug_recording *r)
{
	const struct snug_recording_losses *l = &r->lost;

	return !(l->news | l->tasks | l->numbers | l->misses | l->execs | l->denials |
		 l->arguments);
}
