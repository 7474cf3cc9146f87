/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watcher's programs are attached one by one and in order: an exit whose enter nobody saw would
 * be taken for a refused call.
 */
#include "trace/denials.h"

#include "base/err.h"
#include "snug_abi.h"
#include "trace/denials-internal.h"
#include "trace/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BATCH = 1024 };

struct snug_denials {
	struct snug_denials_fds fds;
	int links[SNUG_N_WATCH_PROGS];
	struct ring_buffer *ring;
	void *bss; /* mmap of one page */
	const struct snug_denial_totals *totals;
	uint64_t n_looked_at; /* denials when the counts were read last */
	uint64_t n_drained;   /* kinds that were made before the table was emptied last */
	uint64_t misses_before;
	void (*fn)(void *data, const struct snug_denial_news *n);
	void *fn_data;
};

static int on_news(void *ctx, void *data, size_t size)
{
	struct snug_denials *d = ctx;
	struct snug_denial_news n;

	if (size < sizeof(n))
		return 0;
	memcpy(&n, data, sizeof(n));
	for (int i = 0; i < SNUG_DENIAL_LEVELS; i++)
		n.cgroup[i][SNUG_DENIAL_NAME_LEN - 1] = '\0';
	d->fn(d->fn_data, &n);
	return 0;
}

static uint64_t misses(const struct snug_denials *d)
{
	uint64_t sum = 0;

	for (int i = 0; i < SNUG_N_WATCH_PROGS; i++) {
		struct bpf_prog_info info = { 0 };
		uint32_t len = sizeof(info);

		if (bpf_obj_get_info_by_fd(d->fds.progs[i], &info, &len) == 0)
			sum += info.recursion_misses;
	}
	return sum;
}

static struct snug_denials *denials_new(void)
{
	struct snug_denials *d = xcalloc(1, sizeof(*d));

	for (int i = 0; i < SNUG_N_WATCH_PROGS; i++)
		d->fds.progs[i] = d->links[i] = -EBADF;
	d->fds.counts = d->fds.ring = d->fds.bss = -EBADF;
	return d;
}

struct snug_denials *snug_denials_free(struct snug_denials *d)
{
	if (!d)
		return NULL;
	ring_buffer__free(d->ring);
	if (d->bss)
		munmap(d->bss, (size_t)sysconf(_SC_PAGESIZE));
	for (int i = SNUG_N_WATCH_PROGS - 1; i >= 0; i--) {
		closep(&d->links[i]);
		closep(&d->fds.progs[i]);
	}
	closep(&d->fds.counts);
	closep(&d->fds.ring);
	closep(&d->fds.bss);
	free(d);
	return NULL;
}

static int map_totals(struct snug_denials *d, struct snug_err *err)
{
	void *p = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED, d->fds.bss, 0);

	if (p == MAP_FAILED)
		return snug_err_errno(err, "cannot map the BPF programs' counters");
	d->bss = p;
	d->totals = p;
	return 0;
}

static int attach(struct snug_denials *d, struct snug_err *err)
{
	for (int i = 0; i < SNUG_N_WATCH_PROGS; i++) {
		/* the programs of type tp_btf know their tracepoint */
		d->links[i] = bpf_raw_tracepoint_open(NULL, d->fds.progs[i]);
		if (d->links[i] < 0)
			return snug_probe_explain_bpf(-errno, err);
	}
	return 0;
}

int snug_denials_open(struct snug_denials **ret, struct snug_err *err)
{
	CLEANUP(snug_denials_freep) struct snug_denials *d = denials_new();
	int r;

	snug_probe_quiet_libbpf();
	r = snug_probe_bpf_engine("watching denials", err);
	if (r < 0)
		return r;
	/* FIXME(kernel 5.17): only older kernels need the second way */
	r = snug_denials_load_light(&d->fds);
	if (r < 0)
		r = snug_denials_load_full(&d->fds, err);
	if (r == 0)
		r = map_totals(d, err);
	if (r < 0)
		return r;
	d->ring = ring_buffer__new(d->fds.ring, on_news, d, NULL);
	if (!d->ring)
		return snug_err_errno(err, "cannot map the ring buffer");
	d->misses_before = misses(d);
	r = attach(d, err);
	if (r < 0)
		return r;
	*ret = STEAL(d);
	return 0;
}

int snug_denials_poll_fd(const struct snug_denials *d)
{
	return ring_buffer__epoll_fd(d->ring);
}

int snug_denials_dispatch(struct snug_denials *d,
			  void (*fn)(void *data, const struct snug_denial_news *n), void *data)
{
	d->fn = fn;
	d->fn_data = data;
	return ring_buffer__consume(d->ring);
}

/* The next batch of the table, which takes it out when @drain. */
static int next_batch(struct snug_denials *d, bool drain, uint32_t **at, uint32_t *cursor,
		      struct snug_denial_key *keys, struct snug_denial_count *counts, uint32_t *n)
{
	int r;

	*n = BATCH;
	r = drain ? bpf_map_lookup_and_delete_batch(d->fds.counts, *at, cursor, keys, counts, n,
						    NULL)
		  : bpf_map_lookup_batch(d->fds.counts, *at, cursor, keys, counts, n, NULL);
	*at = cursor;
	return r < 0 ? -errno : 0;
}

int snug_denials_counts(struct snug_denials *d,
			void (*fn)(void *data, const struct snug_denial_key *key,
				   const struct snug_denial_count *count, bool is_last),
			void *data)
{
	CLEANUP(freep) struct snug_denial_key *keys = NULL;
	CLEANUP(freep) struct snug_denial_count *counts = NULL;
	uint64_t n_denials = __atomic_load_n(&d->totals->n_denials, __ATOMIC_ACQUIRE);
	uint64_t n_kinds = __atomic_load_n(&d->totals->n_kinds, __ATOMIC_ACQUIRE);
	bool drain = n_kinds - d->n_drained > SNUG_DENIAL_KINDS / 2;
	uint32_t cursor = 0, *at = NULL, n;
	int r = 0;

	if (n_denials == d->n_looked_at)
		return 0;
	keys = xcalloc(BATCH, sizeof(*keys));
	counts = xcalloc(BATCH, sizeof(*counts));
	while (r == 0) {
		r = next_batch(d, drain, &at, &cursor, keys, counts, &n);
		/* with the last ones comes -ENOENT */
		for (uint32_t i = 0; (r == 0 || r == -ENOENT) && i < n; i++)
			fn(data, &keys[i], &counts[i], drain);
	}
	if (r != -ENOENT)
		return r;
	d->n_looked_at = n_denials;
	if (drain)
		d->n_drained = n_kinds;
	return 0;
}

void snug_denials_losses(const struct snug_denials *d, struct snug_denial_losses *ret)
{
	*ret = (struct snug_denial_losses){
		.denials = __atomic_load_n(&d->totals->lost_denials, __ATOMIC_ACQUIRE),
		.news = __atomic_load_n(&d->totals->lost_news, __ATOMIC_ACQUIRE),
		.misses = misses(d) - d->misses_before,
	};
}
