/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fixed table of processes, by pid and start, chained by a hash of the pid alone: several that
 * had one pid lie in one chain.  The least recently used one makes room.  Containers are kept in a
 * ring of their own, because there are few, and asking for their names goes through the whole host.
 */
#include "audit/enrich.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/parse.h"
#include "oci/containers.h"
#include "oci/proc.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	DEFAULT_PROCESSES = 4096,
	DEFAULT_CONTAINERS = 1024,
	NONE = -1,
	PROC_STAT_BYTES = 1 << 20,
	US_PER_S = 1000000,
	/* a start is rounded down to a tick, and the clocks are not read at one instant */
	SLACK_US = 100000,
	LIST_AGAIN_US = 1000000,
	/* a burst of one process' events asks /proc once; a pid is not used again that soon */
	FRESH_US = 100000,
	RECENT = 4096,
};

/* PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h: the host's own */
#define HOST_PID_NAMESPACE 0xEFFFFFFCu

struct slot {
	struct snug_enriched process;
	int next;           /* in its chain */
	int older, younger; /* by last use */
};

struct known_container {
	char id[SNUG_CONTAINER_ID_LEN + 1];
	char *name, *pod, *pod_namespace, *engine; /* owned, or NULL */
};

struct snug_enricher {
	char *root; /* owned */
	bool is_foreign;
	struct slot *slots;
	unsigned n_slots, used;
	int *chains; /* n_slots of them */
	int oldest, youngest;
	struct known_container *containers;
	unsigned n_containers, used_containers, next_container;
	const uint64_t *now_us; /* tests'; or NULL */
	uint64_t listed_us;     /* monotonic; 0: never */
	struct {
		pid_t pid;
		uint64_t at_us;    /* monotonic */
	} recent[RECENT];          /* looked for in /proc, by pid */
	struct snug_enriched bare; /* snug_enricher_look_container()'s */
};

/* When the machine booted, by the clock that events are stamped with. */
static uint64_t boot_us(const struct snug_enricher *e)
{
	CLEANUP(freep) char *path = NULL, *text = NULL;
	unsigned long long seconds = 0;
	const char *at;
	size_t len;

	if (!*e->root)
		return snug_clock_us(CLOCK_REALTIME) - snug_clock_us(CLOCK_BOOTTIME);
	path = xasprintf("%s/proc/stat", e->root);
	if (snug_read_file(path, PROC_STAT_BYTES, &text, &len, NULL) < 0)
		return 0;
	at = strstr(text, "btime ");
	if (!at || sscanf(at, "btime %llu", &seconds) != 1)
		return 0;
	return seconds * US_PER_S;
}

static bool had_begun(const struct snug_enricher *e, uint64_t start_ticks, uint64_t time_us)
{
	uint64_t hz = (uint64_t)sysconf(_SC_CLK_TCK);

	if (!time_us)
		return true;
	return boot_us(e) + start_ticks / hz * US_PER_S + start_ticks % hz * US_PER_S / hz <=
	       time_us + SLACK_US;
}

struct snug_enricher *snug_enricher_new(const struct snug_enricher_options *options)
{
	struct snug_enricher *e = xcalloc(1, sizeof(*e));
	uint64_t pidns;

	e->root = xstrdup(options->root);
	e->now_us = options->now_us;
	e->n_slots = options->processes ? options->processes : DEFAULT_PROCESSES;
	e->n_containers = options->containers ? options->containers : DEFAULT_CONTAINERS;
	e->slots = xcalloc(e->n_slots, sizeof(*e->slots));
	e->chains = xcalloc(e->n_slots, sizeof(*e->chains));
	e->containers = xcalloc(e->n_containers, sizeof(*e->containers));
	e->oldest = e->youngest = NONE;
	for (unsigned i = 0; i < e->n_slots; i++)
		e->chains[i] = NONE;
	e->is_foreign = !*e->root && snug_proc_namespace("", getpid(), "pid", &pidns) &&
			pidns != HOST_PID_NAMESPACE;
	return e;
}

static void container_done(struct known_container *c)
{
	free(c->name);
	free(c->pod);
	free(c->pod_namespace);
	free(c->engine);
	*c = (struct known_container){ 0 };
}

struct snug_enricher *snug_enricher_free(struct snug_enricher *e)
{
	if (!e)
		return NULL;
	for (unsigned i = 0; i < e->used; i++)
		free(e->slots[i].process.exe);
	for (unsigned i = 0; i < e->n_containers; i++)
		container_done(&e->containers[i]);
	free(e->slots);
	free(e->chains);
	free(e->containers);
	free(e->root);
	free(e);
	return NULL;
}

static int *chain_of(struct snug_enricher *e, pid_t pid)
{
	return &e->chains[(uint32_t)pid * 2654435761u % e->n_slots];
}

static void take_out_of_order(struct snug_enricher *e, int i)
{
	struct slot *s = &e->slots[i];

	if (s->older != NONE)
		e->slots[s->older].younger = s->younger;
	else
		e->oldest = s->younger;
	if (s->younger != NONE)
		e->slots[s->younger].older = s->older;
	else
		e->youngest = s->older;
}

static void make_youngest(struct snug_enricher *e, int i)
{
	e->slots[i].older = e->youngest;
	e->slots[i].younger = NONE;
	if (e->youngest != NONE)
		e->slots[e->youngest].younger = i;
	else
		e->oldest = i;
	e->youngest = i;
}

static void take_out_of_chain(struct snug_enricher *e, int i)
{
	int *at = chain_of(e, e->slots[i].process.pid);

	while (*at != i)
		at = &e->slots[*at].next;
	*at = e->slots[i].next;
}

/* An empty slot, in no list. */
static int make_room(struct snug_enricher *e)
{
	int i;

	if (e->used < e->n_slots)
		return (int)e->used++;
	i = e->oldest;
	take_out_of_order(e, i);
	take_out_of_chain(e, i);
	free(e->slots[i].process.exe);
	return i;
}

static int find(struct snug_enricher *e, pid_t pid, uint64_t start_ticks)
{
	for (int i = *chain_of(e, pid); i != NONE; i = e->slots[i].next)
		if (e->slots[i].process.pid == pid &&
		    e->slots[i].process.start_ticks == start_ticks)
			return i;
	return NONE;
}

/* The last process of this pid that had begun at @time_us. */
static int find_at(struct snug_enricher *e, pid_t pid, uint64_t time_us)
{
	int best = NONE;

	for (int i = *chain_of(e, pid); i != NONE; i = e->slots[i].next) {
		const struct snug_enriched *p = &e->slots[i].process;

		if (p->pid != pid || !had_begun(e, p->start_ticks, time_us))
			continue;
		if (best == NONE || p->start_ticks > e->slots[best].process.start_ticks)
			best = i;
	}
	return best;
}

static char *read_exe(const struct snug_enricher *e, pid_t pid)
{
	CLEANUP(freep) char *path = xasprintf("%s/proc/%d/exe", e->root, pid);
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n < 0 ? NULL : xstrndup(target, (size_t)n);
}

static void read_comm(const struct snug_enricher *e, pid_t pid, char ret[16])
{
	char text[32];
	ssize_t n = snug_proc_read(e->root, pid, "comm", text, sizeof(text));

	n -= n > 0 && text[n - 1] == '\n';
	(void)snprintf(ret, 16, "%.*s", n > 0 ? (int)n : 0, text);
}

/* What it executes, and its name then: both are of one program. */
static char *read_program(const struct snug_enricher *e, pid_t pid, char ret_comm[16])
{
	char before[16], *exe;

	read_comm(e, pid, before);
	exe = read_exe(e, pid);
	read_comm(e, pid, ret_comm);
	if (strcmp(before, ret_comm) != 0)
		*ret_comm = '\0';
	return exe;
}

static void read_container(const struct snug_enricher *e, pid_t pid, struct snug_enriched *ret)
{
	struct snug_cgroup_id id;
	char text[8192];
	ssize_t n = snug_proc_read(e->root, pid, "cgroup", text, sizeof(text));

	ret->container[0] = '\0';
	if (n > 0 && snug_cgroup_id_find(text, (size_t)n, &id))
		memcpy(ret->container, id.id, sizeof(ret->container));
}

/* Reads the program again when the process is known already: it may have executed another one. */
static void note(struct snug_enricher *e, pid_t pid)
{
	CLEANUP(freep) char *exe = NULL;
	struct snug_enriched fresh = { .pid = pid };
	uint64_t again;
	int i, *chain;

	if (e->is_foreign || !snug_proc_start(e->root, pid, &fresh.start_ticks))
		return;
	exe = read_program(e, pid, fresh.comm);
	read_container(e, pid, &fresh);
	/* all of it is of one process */
	if (!snug_proc_start(e->root, pid, &again) || again != fresh.start_ticks)
		return;
	i = find(e, pid, fresh.start_ticks);
	if (i != NONE) {
		/* a zombie has none any more */
		if (exe) {
			free(e->slots[i].process.exe);
			e->slots[i].process.exe = STEAL(exe);
			memcpy(e->slots[i].process.comm, fresh.comm, sizeof(fresh.comm));
		}
		take_out_of_order(e, i);
		make_youngest(e, i);
		return;
	}
	fresh.exe = exe ? STEAL(exe) : xstrdup("");
	i = make_room(e);
	chain = chain_of(e, pid);
	e->slots[i].process = fresh;
	e->slots[i].next = *chain;
	*chain = i;
	make_youngest(e, i);
}

static uint64_t now_us(const struct snug_enricher *e)
{
	return e->now_us ? *e->now_us : snug_clock_us(CLOCK_MONOTONIC_COARSE);
}

/* Whether /proc was asked for @pid just now; from here on it was. */
static bool is_fresh(struct snug_enricher *e, pid_t pid)
{
	uint64_t now = now_us(e);
	unsigned i = (unsigned)pid % RECENT;

	if (e->recent[i].pid == pid && now - e->recent[i].at_us < FRESH_US)
		return true;
	e->recent[i].pid = pid;
	e->recent[i].at_us = now;
	return false;
}

void snug_enricher_note(struct snug_enricher *e, pid_t pid)
{
	note(e, pid);
}

static char *copy(const char *text)
{
	return text && *text ? xstrdup(text) : NULL;
}

static struct known_container *find_container(struct snug_enricher *e, const char *id)
{
	for (unsigned i = 0; i < e->used_containers; i++)
		if (strcmp(e->containers[i].id, id) == 0)
			return &e->containers[i];
	return NULL;
}

/* The oldest one makes room. */
static struct known_container *add_container(struct snug_enricher *e, const char *id)
{
	struct known_container *c = &e->containers[e->next_container];

	e->next_container = (e->next_container + 1) % e->n_containers;
	if (e->used_containers < e->n_containers)
		e->used_containers++;
	container_done(c);
	memcpy(c->id, id, sizeof(c->id));
	return c;
}

/* Containers come and go: the list is made again for an id that it does not have, but not for each
 * event of a container that nobody knows. */
static struct known_container *learn_container(struct snug_enricher *e, const char *id)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	struct known_container *known = find_container(e, id);
	uint64_t now = now_us(e);

	if (known && (known->name || known->pod || known->engine))
		return known;
	if (e->listed_us && now - e->listed_us < LIST_AGAIN_US)
		return known;
	e->listed_us = now;
	if (!known)
		known = add_container(e, id);
	if (snug_containers_list(e->root, &all, NULL) < 0)
		return known;
	VEC_FOREACH (c, &all) {
		if (strcmp(c->id, id) != 0)
			continue;
		container_done(known);
		memcpy(known->id, id, sizeof(known->id));
		known->name = copy(c->name);
		known->pod = copy(c->pod);
		known->pod_namespace = copy(c->pod_namespace);
		known->engine = copy(c->engine);
	}
	return known;
}

static void add_names(struct snug_enricher *e, struct snug_enriched *p)
{
	const struct known_container *c = *p->container ? learn_container(e, p->container) : NULL;

	p->name = c ? c->name : NULL;
	p->pod = c ? c->pod : NULL;
	p->pod_namespace = c ? c->pod_namespace : NULL;
	p->engine = c ? c->engine : NULL;
}

const struct snug_enriched *snug_enricher_look(struct snug_enricher *e, pid_t pid, uint64_t time_us)
{
	struct snug_enriched *p;
	int i;

	if (e->is_foreign || pid <= 0)
		return NULL;
	if (!is_fresh(e, pid))
		note(e, pid);
	i = find_at(e, pid, time_us);
	if (i == NONE)
		return NULL;
	p = &e->slots[i].process;
	add_names(e, p);
	return p;
}

const struct snug_enriched *snug_enricher_look_container(struct snug_enricher *e, const char *id)
{
	struct snug_enriched *p = &e->bare;

	*p = (struct snug_enriched){ .exe = NULL };
	snprintf(p->container, sizeof(p->container), "%s", id);
	add_names(e, p);
	return p;
}
