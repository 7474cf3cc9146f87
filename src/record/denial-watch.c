/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An open hash table from the kernel's kinds to the owner's handles and to what was counted so far.
 * It is emptied together with the kernel's table, so it need not hold more than that does.
 */
#include "record/denial-watch.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "record/bpf-abi.h"
#include "record/denied.h"
#include "seccomp/syscalls.h"
#include "snug_abi.h"
#include "trace/denials.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
	TABLE_SIZE = 4 * SNUG_DENIAL_KINDS, /* a power of two */
	/* news of what was counted, and taken out of the kernel's table, may come after that */
	MAX_KINDS = 2 * SNUG_DENIAL_KINDS,
};

struct kind {
	struct snug_denial_key key;
	bool is_used;
	void *handle;
	uint64_t counted;
};

struct snug_denial_watch {
	struct snug_denial_watch_options opts;
	struct snug_denials *denials;
	struct kind *table;
	size_t n_kinds;
	uint64_t seed;
	bool is_emptied; /* the kernel's table */
	uint64_t left_out;
};

static uint64_t wall_us(uint64_t monotonic_ns)
{
	return snug_clock_us(CLOCK_REALTIME) - snug_clock_us(CLOCK_MONOTONIC) + monotonic_ns / 1000;
}

/* The place of @key, or the empty one where it belongs. */
static struct kind *place_of(struct snug_denial_watch *w, const struct snug_denial_key *key)
{
	const unsigned char *p = (const void *)key;
	uint64_t h = w->seed ^ 0xcbf29ce484222325; /* FNV-1a */
	struct kind *k;

	for (size_t i = 0; i < sizeof(*key); i++)
		h = (h ^ p[i]) * 0x100000001b3;
	h ^= h >> 32;
	for (;; h++) {
		k = &w->table[h & (TABLE_SIZE - 1)];
		if (!k->is_used || memcmp(&k->key, key, sizeof(*key)) == 0)
			return k;
	}
}

/* The kernel's names of cgroups, innermost first, as a path. */
static void add_cgroup(struct snug_str *out, const struct snug_denial_news *n)
{
	snug_str_add(out, "0::");
	for (int i = SNUG_DENIAL_LEVELS - 1; i >= 0; i--)
		if (*n->cgroup[i])
			snug_str_addf(out, "/%s", n->cgroup[i]);
	snug_str_addc(out, '\n');
}

/* @n is NULL when that was lost. */
static struct kind *add_kind(struct snug_denial_watch *w, const struct snug_denial_key *key,
			     uint64_t time_ns, const char comm_bytes[SNUG_COMM_LEN],
			     const struct snug_denial_news *n)
{
	CLEANUP(snug_str_done) struct snug_str cgroup = SNUG_STR_INIT;
	char comm[SNUG_COMM_LEN + 1] = { 0 };
	struct kind *k = place_of(w, key);
	struct snug_denial d = {
		.time_us = wall_us(time_ns),
		.pid = key->tgid,
		.tid = n ? n->tid : 0,
		.arch = snug_arch_of_bpf_abi(key->abi),
		.nr = key->nr,
		.result = key->result,
		.comm = comm,
	};

	if (k->is_used)
		return k;
	if (w->n_kinds == MAX_KINDS)
		return NULL;
	memcpy(comm, comm_bytes, SNUG_COMM_LEN);
	if (n) {
		add_cgroup(&cgroup, n);
		d.cgroup = snug_str_text(&cgroup);
	}
	d.name = snug_syscall_name(d.arch, d.nr);
	*k = (struct kind){ .key = *key, .is_used = true };
	w->n_kinds++;
	k->handle = w->opts.on_new(w->opts.data, &d);
	return k;
}

static void on_news(void *data, const struct snug_denial_news *n)
{
	(void)add_kind(data, &n->key, n->time_ns, n->comm, n);
}

static void on_count(void *data, const struct snug_denial_key *key,
		     const struct snug_denial_count *count, bool is_last)
{
	struct snug_denial_watch *w = data;
	struct kind *k = place_of(w, key);

	w->is_emptied |= is_last;
	if (!k->is_used) { /* it came while we looked */
		(void)snug_denials_dispatch(w->denials, on_news, w);
		k = add_kind(w, key, count->first_ns, count->comm, NULL);
	}
	if (!k) {
		w->left_out += count->count;
		return;
	}
	if (k->handle && count->count > k->counted)
		w->opts.on_more(w->opts.data, k->handle, count->count - k->counted,
				wall_us(count->last_ns));
	k->counted = count->count;
}

int snug_denial_watch_new(const struct snug_denial_watch_options *opts,
			  struct snug_denial_watch **ret, struct snug_err *err)
{
	CLEANUP(snug_denial_watch_freep) struct snug_denial_watch *w = xcalloc(1, sizeof(*w));
	int r;

	w->opts = *opts;
	w->table = xcalloc(TABLE_SIZE, sizeof(*w->table));
	/* programs choose what is hashed; without a seed it still works */
	(void)!getrandom(&w->seed, sizeof(w->seed), GRND_NONBLOCK);
	r = snug_denials_open(&w->denials, err);
	if (r < 0)
		return r;
	*ret = STEAL(w);
	return 0;
}

struct snug_denial_watch *snug_denial_watch_free(struct snug_denial_watch *w)
{
	if (!w)
		return NULL;
	snug_denials_free(w->denials);
	free(w->table);
	free(w);
	return NULL;
}

int snug_denial_watch_poll_fd(const struct snug_denial_watch *w)
{
	return snug_denials_poll_fd(w->denials);
}

int snug_denial_watch_dispatch(struct snug_denial_watch *w, struct snug_err *err)
{
	int r = snug_denials_dispatch(w->denials, on_news, w);

	if (r < 0)
		return snug_err_set(err, r, "cannot read the news of denials: %s", strerror(-r));
	return 0;
}

int snug_denial_watch_count(struct snug_denial_watch *w, struct snug_err *err)
{
	int r = snug_denial_watch_dispatch(w, err);

	if (r < 0)
		return r;
	w->is_emptied = false;
	r = snug_denials_counts(w->denials, on_count, w);
	if (r < 0)
		return snug_err_set(err, r, "cannot read the counts of denials: %s", strerror(-r));
	if (w->is_emptied) {
		memset(w->table, 0, TABLE_SIZE * sizeof(*w->table));
		w->n_kinds = 0;
	}
	return 0;
}

void snug_denial_watch_losses(const struct snug_denial_watch *w,
			      struct snug_denial_watch_losses *ret)
{
	struct snug_denial_losses lost;

	snug_denials_losses(w->denials, &lost);
	*ret = (struct snug_denial_watch_losses){
		.denials = lost.denials + w->left_out,
		.misses = lost.misses,
	};
}
