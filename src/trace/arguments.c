/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A target's map of rules and tuples.  It lies in the outer map `args` under the slot's number; the
 * target keeps a descriptor of its own, so what is in the outer map may be old: of a recorder that
 * was killed, and of no use, because the slot says whether its recording looks at arguments.
 */
#include "trace/arguments.h"

#include "base/err.h"
#include "base/mem.h"
#include "snug_abi.h"
#include "trace/engine-internal.h"
#include "trace/target-internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

static int put_rule(int fd, const struct snug_target_rule *rule)
{
	struct snug_arg_key key = { .kind = SNUG_ARG_RULE,
				    .abi = (uint8_t)rule->abi,
				    .nr = rule->nr };
	struct snug_arg_value value = { .n = rule->n, .limit = rule->limit };

	memcpy(value.index, rule->index, sizeof(value.index));
	memcpy(value.mask, rule->mask, sizeof(value.mask));
	return bpf_map_update_elem(fd, &key, &value, BPF_ANY);
}

/* Never taken back: a bit too many costs a look-up. */
static void set_bits(const struct snug_target *t, const struct snug_target_rule *rules, size_t n)
{
	uint64_t *bits = t->engine->counters->arg_bits;

	for (size_t i = 0; i < n; i++) {
		snug_bug_on(rules[i].abi >= _SNUG_ABI_MAX || rules[i].nr >= SNUG_CALLS);
		(void)__atomic_fetch_or(&bits[rules[i].abi * SNUG_ABI_WORDS + rules[i].nr / 64],
					1ull << (rules[i].nr % 64), __ATOMIC_SEQ_CST);
	}
}

void snug_target_forget_arguments(const struct snug_target *t)
{
	(void)bpf_map_delete_elem(t->engine->args_fd, &t->index);
}

int snug_target_look_at(struct snug_target *t, const struct snug_target_rule *rules, size_t n,
			struct snug_err *err)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	CLEANUP(closep) int fd = -EBADF;

	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "snug_arguments", sizeof(struct snug_arg_key),
			    sizeof(struct snug_arg_value), SNUG_ARG_ENTRIES, &opts);
	if (fd < 0)
		return snug_err_errno(err, "cannot create the map of arguments");
	for (size_t i = 0; i < n; i++) {
		if (put_rule(fd, &rules[i]) < 0)
			return snug_err_errno(err, "cannot fill the map of arguments");
	}
	set_bits(t, rules, n);
	if (bpf_map_update_elem(t->engine->args_fd, &t->index, &fd, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot install the map of arguments");
	t->args_fd = snug_steal_fd(&fd);
	__atomic_store_n(&t->slot->with_args, 1, __ATOMIC_RELEASE);
	return 0;
}

static void give_one(int fd, const struct snug_arg_key *key,
		     void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr,
				const uint64_t *values),
		     void *data)
{
	struct snug_arg_value value;
	uint64_t values[SNUG_ARG_TUPLE_MAX];

	if (key->kind == SNUG_ARG_TUPLE) {
		for (int i = 0; i < SNUG_ARG_TUPLE_MAX; i++)
			values[i] = key->values[i];
		fn(data, key->side, key->abi, key->nr, values);
		return;
	}
	if (bpf_map_lookup_elem(fd, key, &value) < 0)
		return;
	for (uint32_t side = 0; side < _SNUG_SIDE_MAX; side++)
		if (value.count[side] > value.limit)
			fn(data, side, key->abi, key->nr, NULL);
}

void snug_target_arguments(const struct snug_target *t,
			   void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr,
				      const uint64_t *values),
			   void *data)
{
	struct snug_arg_key key, *prev = NULL;

	if (t->args_fd < 0)
		return;
	/* nothing is taken out any more, so the walk does not begin again */
	while (bpf_map_get_next_key(t->args_fd, prev, &key) == 0) {
		prev = &key;
		give_one(t->args_fd, &key, fn, data);
	}
}
