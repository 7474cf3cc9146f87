/* SPDX-License-Identifier: Apache-2.0 */
#include "record/argument-rules.h"

#include "record/argument-facts.h"
#include "record/bpf-abi.h"
#include "record/recording.h"
#include "snug_abi.h"
#include "trace/arguments.h"

#include <string.h>

_Static_assert(SNUG_ARG_TUPLE_MAX == (int)SNUG_ARG_FILTERS_MAX,
	       "the kernel's tuples are the table's");
_Static_assert(SNUG_ARG_ODD_UPPER == SNUG_RECORDING_ODD_UPPER, "and so are their values");

typedef VEC(struct snug_target_rule) rule_list;

static void add_rule(rule_list *rules, uint32_t abi, const struct snug_arg_filters *f)
{
	enum snug_arch arch = snug_arch_of_bpf_abi(abi);
	int64_t nr = snug_syscall_number(arch, f->call);
	struct snug_target_rule *rule;
	struct snug_arg_spec spec;

	if (nr < 0 || !snug_arg_filters(arch, f->call))
		return;
	/* numbers without a bit of their own (an ABI's private calls) are not in the table */
	if (nr - snug_arch_number_base(arch) >= SNUG_CALLS)
		return;
	spec = snug_arg_filters_spec(arch, f->call);
	rule = VEC_PUSH(rules);
	rule->abi = abi;
	rule->nr = (uint32_t)nr - snug_arch_number_base(arch);
	rule->limit = f->limit;
	rule->n = (uint8_t)spec.n;
	memcpy(rule->index, spec.index, sizeof(rule->index));
	memcpy(rule->mask, spec.mask, sizeof(rule->mask));
}

int snug_argument_rules_install(struct snug_target *t, struct snug_err *err)
{
	rule_list rules = { 0 };
	const struct snug_arg_filters *all;
	size_t n;
	int r;

	all = snug_arg_filters_all(&n);
	for (uint32_t abi = 0; abi < _SNUG_ABI_MAX; abi++) {
		if (abi == SNUG_ABI_X32 && snug_arch_native() != SNUG_ARCH_X86_64)
			continue;
		for (size_t i = 0; i < n; i++)
			add_rule(&rules, abi, &all[i]);
	}
	r = snug_target_look_at(t, rules.items, rules.len, err);
	VEC_DONE(&rules);
	return r;
}

/* A tuple may be there of a call that is not: made while the recording was being ended. */
static struct snug_recording_call *find_call(struct snug_recording *r, uint32_t abi, uint32_t nr)
{
	enum snug_arch arch = snug_arch_of_bpf_abi(abi);

	VEC_FOREACH (c, &r->calls)
		if (c->arch == arch && c->nr == nr)
			return c;
	return NULL;
}

static void keep_tuple(void *data, uint32_t side, uint32_t abi, uint32_t nr, const uint64_t *values)
{
	struct snug_recording_call *c = find_call(data, abi, nr);
	unsigned by = side == SNUG_SIDE_ENTERED ? SNUG_BY_ENTERED : SNUG_BY_MAIN;

	if (!c || !c->args.spec.n)
		return;
	if (values) /* the kernel has seen to the limit */
		snug_argument_facts_restore(c, by, values);
	else
		snug_argument_facts_cut(c, by);
}

void snug_argument_rules_collect(const struct snug_target *t, uint64_t n_lost,
				 struct snug_recording *r)
{
	VEC_FOREACH (c, &r->calls)
		(void)snug_argument_facts_begin(c);
	snug_target_arguments(t, keep_tuple, r);
	r->lost.arguments = n_lost;
	VEC_FOREACH (c, &r->calls) {
		if (n_lost)
			snug_argument_facts_cut(c, c->by);
		else
			snug_argument_facts_end(c);
	}
}
