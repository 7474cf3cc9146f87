/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open hash table of indices into chunks of groups, which never move.  A group's texts lie in
 * one allocation.  The hash has a seed, because programs choose what is hashed.
 */
#include "audit/groups.h"

#include "audit/enrich.h"
#include "base/limits.h"
#include "base/str.h"

#include <string.h>
#include <sys/random.h>

enum {
	TABLE_SIZE = SNUG_LIMIT_AUDIT_GROUPS * 4, /* a power of two */
	COMPARED = SNUG_AUDIT_NAME + 1,
};

struct snug_audit_groups {
	VEC(struct snug_audit_group *) groups; /* owned */
	uint16_t table[TABLE_SIZE];            /* index + 1; 0: empty */
	uint64_t seed;
	size_t bytes;
	uint64_t left_out;
};

_Static_assert(SNUG_LIMIT_AUDIT_GROUPS < UINT16_MAX, "indices have 16 bits");
_Static_assert((TABLE_SIZE & (TABLE_SIZE - 1)) == 0, "the hash is cut by a mask");

struct snug_audit_groups *snug_audit_groups_new(void)
{
	struct snug_audit_groups *g = xcalloc(1, sizeof(*g));

	/* without it: as good as without a seed */
	(void)!getrandom(&g->seed, sizeof(g->seed), GRND_NONBLOCK);
	return g;
}

struct snug_audit_groups *snug_audit_groups_free(struct snug_audit_groups *g)
{
	if (!g)
		return NULL;
	VEC_FOREACH (group, &g->groups)
		free(*group);
	VEC_DONE(&g->groups);
	free(g);
	return NULL;
}

static struct snug_audit_text text_of(const char *s)
{
	return (struct snug_audit_text){ s && *s ? s : NULL, s ? strlen(s) : 0 };
}

/* The kernel writes "(null)" for the executable of a process that is about to end. */
static bool is_known(const struct snug_audit_text *t)
{
	return t->text && t->len && !(t->len == 6 && memcmp(t->text, "(null)", 6) == 0);
}

void snug_audit_group_of_event(const struct snug_audit_event *ev, const struct snug_enriched *who,
			       struct snug_audit_group *ret)
{
	struct snug_audit_text *t = ret->texts;

	*ret = (struct snug_audit_group){ .kind = ev->kind,
					  .count = 1,
					  .first_us = ev->time_us,
					  .last_us = ev->time_us,
					  .pid = ev->pid };
	if (is_known(&ev->exe))
		t[SNUG_AUDIT_EXE] = ev->exe;
	else if (who)
		t[SNUG_AUDIT_EXE] = text_of(who->exe);
	t[SNUG_AUDIT_COMM] = ev->comm;
	if (who) {
		t[SNUG_AUDIT_CONTAINER] = text_of(who->container);
		t[SNUG_AUDIT_CONTAINER_NAME] = text_of(who->name);
		t[SNUG_AUDIT_POD] = text_of(who->pod);
		t[SNUG_AUDIT_POD_NAMESPACE] = text_of(who->pod_namespace);
	}
	if (ev->kind == SNUG_AUDIT_SECCOMP) {
		ret->audit_arch = ev->audit_arch;
		ret->nr = ev->nr;
		ret->code = ev->code;
		ret->has_code = ev->has_code;
		return;
	}
	ret->is_permissive = ev->is_permissive;
	t[SNUG_AUDIT_VERDICT] = ev->verdict;
	t[SNUG_AUDIT_NAME] = ev->name;
	t[SNUG_AUDIT_TCLASS] = ev->tclass;
	if (ev->kind == SNUG_AUDIT_SELINUX) {
		t[SNUG_AUDIT_PERMS] = ev->perms;
		t[SNUG_AUDIT_SCONTEXT] = ev->scontext;
		t[SNUG_AUDIT_TCONTEXT] = ev->tcontext;
	} else {
		t[SNUG_AUDIT_PERMS] = ev->denied_mask.text ? ev->denied_mask : ev->requested;
		t[SNUG_AUDIT_SCONTEXT] = ev->operation;
		t[SNUG_AUDIT_TCONTEXT] = ev->profile;
	}
}

void snug_audit_group_as_event(const struct snug_audit_group *group, struct snug_audit_event *ret)
{
	const struct snug_audit_text *t = group->texts;

	memset(ret, 0, offsetof(struct snug_audit_event, scratch));
	ret->kind = group->kind;
	ret->time_us = group->last_us;
	ret->pid = group->pid;
	ret->audit_arch = group->audit_arch;
	ret->nr = group->nr;
	ret->code = group->code;
	ret->has_code = group->has_code;
	ret->is_permissive = group->is_permissive;
	ret->exe = t[SNUG_AUDIT_EXE];
	ret->comm = t[SNUG_AUDIT_COMM];
	ret->verdict = t[SNUG_AUDIT_VERDICT];
	ret->name = t[SNUG_AUDIT_NAME];
	ret->tclass = t[SNUG_AUDIT_TCLASS];
	if (group->kind == SNUG_AUDIT_SELINUX) {
		ret->perms = t[SNUG_AUDIT_PERMS];
		ret->scontext = t[SNUG_AUDIT_SCONTEXT];
		ret->tcontext = t[SNUG_AUDIT_TCONTEXT];
	} else {
		ret->denied_mask = t[SNUG_AUDIT_PERMS];
		ret->operation = t[SNUG_AUDIT_SCONTEXT];
		ret->profile = t[SNUG_AUDIT_TCONTEXT];
	}
}

/* Threads choose their names: what a program is called counts only when it has no other name. */
static bool is_compared(const struct snug_audit_group *g, size_t i)
{
	return i != SNUG_AUDIT_COMM || !g->texts[SNUG_AUDIT_EXE].text;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9E3779B97F4A7C15);
	return h ^ h >> 29;
}

static uint64_t mix_bytes(uint64_t h, const char *p, size_t n)
{
	uint64_t v;

	for (; n >= sizeof(v); p += sizeof(v), n -= sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		h = mix(h, v);
	}
	v = 0;
	memcpy(&v, p, n);
	return mix(h, v);
}

static uint64_t hash(const struct snug_audit_groups *g, const struct snug_audit_group *key)
{
	uint64_t h = mix(g->seed, (uint64_t)key->nr << 32 | key->audit_arch);

	h = mix(h, (uint64_t)key->code << 32 | key->kind);
	for (size_t i = 0; i < COMPARED; i++) {
		const struct snug_audit_text *t = &key->texts[i];

		if (!is_compared(key, i))
			continue;
		h = mix(h, t->len);
		if (t->len)
			h = mix_bytes(h, t->text, t->len);
	}
	return h;
}

static bool is_equal(const struct snug_audit_group *a, const struct snug_audit_group *b)
{
	if (a->kind != b->kind || a->nr != b->nr || a->audit_arch != b->audit_arch ||
	    a->code != b->code || a->has_code != b->has_code ||
	    a->is_permissive != b->is_permissive)
		return false;
	for (size_t i = 0; i < COMPARED; i++) {
		const struct snug_audit_text *ta = &a->texts[i], *tb = &b->texts[i];

		if (is_compared(a, i) && (ta->len != tb->len || !ta->text != !tb->text ||
					  (ta->len && memcmp(ta->text, tb->text, ta->len) != 0)))
			return false;
	}
	return true;
}

/* A copy with its texts behind it, or NULL when there is no room. */
static struct snug_audit_group *keep(struct snug_audit_groups *g,
				     const struct snug_audit_group *key)
{
	size_t bytes = sizeof(*key);
	struct snug_audit_group *group;
	char *at;

	for (size_t i = 0; i < _SNUG_AUDIT_GROUP_TEXT_MAX; i++)
		bytes += key->texts[i].len;
	if (g->groups.len == SNUG_LIMIT_AUDIT_GROUPS ||
	    bytes > SNUG_LIMIT_AUDIT_GROUP_BYTES - g->bytes)
		return NULL;
	g->bytes += bytes;
	group = xmalloc(bytes);
	*group = *key;
	at = (char *)(group + 1);
	for (size_t i = 0; i < _SNUG_AUDIT_GROUP_TEXT_MAX; i++) {
		struct snug_audit_text *t = &group->texts[i];

		if (!t->text)
			continue;
		memcpy(at, t->text, t->len);
		t->text = at;
		at += t->len;
	}
	*VEC_PUSH(&g->groups) = group;
	return group;
}

static void count(struct snug_audit_group *group, const struct snug_audit_event *ev)
{
	group->count++;
	group->pid = ev->pid;
	if (!ev->time_us)
		return;
	/* lines need not be in order */
	if (!group->first_us || ev->time_us < group->first_us)
		group->first_us = ev->time_us;
	if (ev->time_us > group->last_us)
		group->last_us = ev->time_us;
}

void snug_audit_groups_add(struct snug_audit_groups *g, const struct snug_audit_event *ev,
			   const struct snug_enriched *who)
{
	struct snug_audit_group key;
	size_t at;

	snug_audit_group_of_event(ev, who, &key);
	at = hash(g, &key) & (TABLE_SIZE - 1);
	/* a quarter of the table is the most that is ever used */
	for (; g->table[at]; at = (at + 1) & (TABLE_SIZE - 1)) {
		struct snug_audit_group *group = g->groups.items[g->table[at] - 1];

		if (is_equal(group, &key)) {
			count(group, ev);
			return;
		}
	}
	if (keep(g, &key))
		g->table[at] = (uint16_t)g->groups.len;
	else
		g->left_out++;
}

uint64_t snug_audit_groups_left_out(const struct snug_audit_groups *g)
{
	return g->left_out;
}

static int compare_text(const struct snug_audit_text *a, const struct snug_audit_text *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n ? memcmp(a->text, b->text, n) : 0;

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static int compare_calls(const struct snug_audit_group *a, const struct snug_audit_group *b)
{
	struct snug_audit_event ea, eb;
	const char *na, *nb;
	int c;

	snug_audit_group_as_event(a, &ea);
	snug_audit_group_as_event(b, &eb);
	na = snug_audit_event_call(&ea);
	nb = snug_audit_event_call(&eb);
	c = strcmp(na ? na : "~", nb ? nb : "~"); /* without a name: last */
	if (c)
		return c;
	if (a->audit_arch != b->audit_arch)
		return a->audit_arch < b->audit_arch ? 1 : -1; /* 64 bits first */
	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return (a->code > b->code) - (a->code < b->code);
}

static int compare(const void *pa, const void *pb)
{
	const struct snug_audit_group *a = *(const struct snug_audit_group *const *)pa;
	const struct snug_audit_group *b = *(const struct snug_audit_group *const *)pb;
	int c = compare_text(&a->texts[SNUG_AUDIT_EXE], &b->texts[SNUG_AUDIT_EXE]);

	if (!c && !a->texts[SNUG_AUDIT_EXE].text)
		c = compare_text(&a->texts[SNUG_AUDIT_COMM], &b->texts[SNUG_AUDIT_COMM]);
	if (!c)
		c = compare_text(&a->texts[SNUG_AUDIT_CONTAINER], &b->texts[SNUG_AUDIT_CONTAINER]);
	if (!c)
		c = (int)a->kind - (int)b->kind;
	if (!c && a->kind == SNUG_AUDIT_SECCOMP)
		c = compare_calls(a, b);
	for (size_t i = SNUG_AUDIT_VERDICT; i < COMPARED && !c; i++)
		c = compare_text(&a->texts[i], &b->texts[i]);
	return c ? c : (int)a->is_permissive - (int)b->is_permissive;
}

const struct snug_audit_group *const *snug_audit_groups_sort(struct snug_audit_groups *g,
							     size_t *ret_len)
{
	/* the indices in the table are of no use then */
	struct snug_audit_group **sorted = g->groups.items;

	memset(g->table, 0, sizeof(g->table));
	if (g->groups.len)
		qsort(sorted, g->groups.len, sizeof(struct snug_audit_group *), compare);
	for (size_t i = 0; i < g->groups.len; i++) {
		size_t at = hash(g, sorted[i]) & (TABLE_SIZE - 1);

		while (g->table[at])
			at = (at + 1) & (TABLE_SIZE - 1);
		g->table[at] = (uint16_t)(i + 1);
	}
	*ret_len = g->groups.len;
	return (const struct snug_audit_group *const *)sorted;
}
