/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened while a recording ran, to be marked on its curve: programs that were executed, and
 * the first time that it waited for clients.  The call is noted on entry, so "serves" is when the
 * program was ready, not when the first client came.
 */
#include "base/limits.h"
#include "record/curve.h"
#include "report/model-internal.h"

#include <string.h>

/* How many calls had been made by @at_us. */
static size_t known_at(const struct snug_recording *r, uint64_t at_us)
{
	size_t n = 0;

	VEC_FOREACH (c, &r->calls)
		n += c->has_first && c->first_us <= at_us;
	return n;
}

static struct snug_report_moment *add(struct snug_report_recording *r,
				      enum snug_report_moment_kind kind, uint64_t at_us,
				      const char *what)
{
	struct snug_report_moment *m = VEC_PUSH(&r->moments);

	m->kind = kind;
	m->at_us = at_us;
	m->n_known = known_at(r->recording, at_us);
	m->what = snug_report_printable(what);
	return m;
}

static void add_first_of(struct snug_report_recording *r, enum snug_report_moment_kind kind,
			 const char *const *names)
{
	const struct snug_recording_call *first = NULL;

	VEC_FOREACH (c, &r->recording->calls)
		for (const char *const *name = names; *name; name++)
			if (c->has_first && c->name && strcmp(c->name, *name) == 0 &&
			    (!first || c->first_us < first->first_us))
				first = c;
	if (first)
		add(r, kind, first->first_us, first->name)->pid = first->pid;
}

static int compare_moments(const void *a, const void *b)
{
	const struct snug_report_moment *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->what, y->what);
}

/* The last program that process @pid became before @at_us: what wrapped it is often long gone. */
static const struct snug_recording_exec *program_at(const struct snug_recording *r, uint32_t pid,
						    uint64_t at_us)
{
	const struct snug_recording_exec *last = NULL;

	VEC_FOREACH (e, &r->execs)
		if (e->pid == pid && e->at_us <= at_us)
			last = e;
	return last;
}

/* The first ones, and in any case the one that serves. */
static void add_execs(struct snug_report_recording *r, const struct snug_recording_exec *server)
{
	size_t max = SNUG_LIMIT_REPORT_EXECS, n = 0;

	VEC_FOREACH (e, &r->recording->execs) {
		if (e == server)
			server = NULL;
		else if (n + (server != NULL) >= max)
			continue;
		add(r, SNUG_REPORT_EXEC, e->at_us, e->path)->pid = e->pid;
		n++;
	}
	r->n_more_execs = r->recording->execs.len - n;
}

void snug_report_build_moments(struct snug_report_recording *r)
{
	static const char *const listens[] = { "listen", NULL };
	static const char *const serves[] = { "accept", "accept4", NULL };
	const struct snug_recording_exec *server = NULL;

	add_first_of(r, SNUG_REPORT_LISTENS, listens);
	add_first_of(r, SNUG_REPORT_SERVES, serves);
	if (r->moments.len)
		server = program_at(r->recording, r->moments.items[r->moments.len - 1].pid,
				    r->moments.items[r->moments.len - 1].at_us);
	add_execs(r, server);
	if (r->moments.len)
		qsort(r->moments.items, r->moments.len, sizeof(r->moments.items[0]),
		      compare_moments);
}
