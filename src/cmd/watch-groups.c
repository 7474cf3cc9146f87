/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that end soon are gone when we look for their executable; then the name of the thread
 * stands for the program, and both belong together if everything that is known agrees.  So the hash
 * is of what is always known.
 */
#include "cmd/watch-groups.h"

#include "audit/enrich.h"
#include "base/limits.h"
#include "base/words.h"
#include "record/denial-watch.h"

#include <stdlib.h>
#include <string.h>

enum { N_CHAINS = 4096 };

void watch_groups_init(struct watch_groups *g)
{
	*g = (struct watch_groups){ .chains = xcalloc(N_CHAINS, sizeof(*g->chains)) };
}

void watch_groups_done(struct watch_groups *g)
{
	VEC_FOREACH (group, &g->all) {
		struct watch_group *w = *group;

		free(w->exe);
		free(w->comm);
		free(w->container_id);
		free(w->container);
		free(w->pod);
		free(w->pod_namespace);
		free(w);
	}
	VEC_DONE(&g->all);
	free(g->chains);
	g->chains = NULL;
}

static size_t *chain_of(struct watch_groups *g, const struct snug_denial *d)
{
	uint32_t h = (d->nr * 2654435761u) ^ (d->result * 40503u) ^ (uint32_t)d->arch;

	return &g->chains[(h ^ h >> 16) % N_CHAINS];
}

static const char *not_empty(const char *text)
{
	return text && *text ? text : NULL;
}

static bool fits(const struct watch_group *w, const struct snug_denial *d, const char *exe,
		 const char *container_id)
{
	if (w->arch != d->arch || w->nr != d->nr || w->result != d->result ||
	    !snug_words_equal(w->container_id, container_id))
		return false;
	if (w->exe && exe)
		return strcmp(w->exe, exe) == 0;
	return snug_words_equal(w->comm, d->comm);
}

static struct watch_group *new_group(struct watch_groups *g, const struct snug_denial *d)
{
	struct watch_group *w = xcalloc(1, sizeof(*w));
	size_t *chain = chain_of(g, d);

	w->comm = xstrdup_null(d->comm);
	w->arch = d->arch;
	w->nr = d->nr;
	w->name = d->name;
	w->result = d->result;
	w->pid = d->pid;
	w->first_us = w->last_us = d->time_us;
	*VEC_PUSH(&g->all) = w;
	w->next = *chain;
	*chain = g->all.len;
	return w;
}

static void learn(struct watch_group *w, const struct snug_enriched *who)
{
	if (!w->exe)
		w->exe = xstrdup_null(not_empty(who->exe));
	if (!w->container_id)
		w->container_id = xstrdup_null(not_empty(who->container));
	if (!w->container)
		w->container = xstrdup_null(who->name);
	if (!w->pod)
		w->pod = xstrdup_null(who->pod);
	if (!w->pod_namespace)
		w->pod_namespace = xstrdup_null(who->pod_namespace);
}

struct watch_group *watch_groups_add(struct watch_groups *g, const struct snug_denial *d,
				     const struct snug_enriched *who)
{
	const char *exe = who ? not_empty(who->exe) : NULL;
	const char *id = who ? not_empty(who->container) : NULL;
	struct watch_group *w = NULL;

	for (size_t i = *chain_of(g, d); i && !w; i = g->all.items[i - 1]->next)
		if (fits(g->all.items[i - 1], d, exe, id))
			w = g->all.items[i - 1];
	if (!w) {
		if (g->all.len == SNUG_LIMIT_WATCH_GROUPS)
			return NULL;
		w = new_group(g, d);
	}
	if (who)
		learn(w, who);
	return w;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare(const void *a, const void *b)
{
	const struct watch_group *x = *(struct watch_group *const *)a;
	const struct watch_group *y = *(struct watch_group *const *)b;
	int r = compare_texts(x->container_id, y->container_id);

	r = r ? r : compare_texts(x->exe, y->exe);
	r = r || x->exe ? r : compare_texts(x->comm, y->comm);
	r = r ? r : compare_texts(x->name, y->name);
	r = r ? r : (x->arch > y->arch) - (x->arch < y->arch);
	r = r ? r : (x->nr > y->nr) - (x->nr < y->nr);
	return r ? r : (x->result > y->result) - (x->result < y->result);
}

void watch_groups_sort(struct watch_groups *g)
{
	/* the chains are of no use from here on */
	memset(g->chains, 0, N_CHAINS * sizeof(*g->chains));
	if (g->all.len)
		qsort(g->all.items, g->all.len, sizeof(*g->all.items), compare);
}
