/* SPDX-License-Identifier: Apache-2.0 */
#include "record/argument-facts.h"

#include "base/str.h"
#include "seccomp/call-args.h"
#include "seccomp/rules.h"

#include <inttypes.h>
#include <string.h>

/* Sets are small (the table's limits): what is looked up is found by halving, what is new makes
 * room for itself.  They are sorted at any time. */

bool snug_argument_facts_begin(struct snug_recording_call *c)
{
	if (!c->args.spec.n && c->name)
		c->args.spec = snug_arg_filters_spec(c->arch, c->name);
	return c->args.spec.n;
}

static unsigned limit_of(const struct snug_recording_call *c)
{
	const struct snug_arg_filters *f = c->name ? snug_arg_filters(c->arch, c->name) : NULL;

	return f ? f->limit : 0;
}

static int compare_values(const struct snug_arg_spec *spec, const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < spec->n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* Where @values are or belong among the tuples; *ret_found says which. */
static size_t find(const struct snug_recording_args *args, const uint64_t *values, bool *ret_found)
{
	size_t lo = 0, hi = args->tuples.len;

	*ret_found = false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int order = compare_values(&args->spec, args->tuples.items[mid].values, values);

		if (order == 0) {
			*ret_found = true;
			return mid;
		}
		if (order < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static unsigned count(const struct snug_recording_args *args, unsigned by)
{
	unsigned n = 0;

	VEC_FOREACH (t, &args->tuples)
		n += (t->by & by) != 0;
	return n;
}

static void insert(struct snug_recording_args *args, size_t at, unsigned by, const uint64_t *values)
{
	struct snug_recording_tuple tuple = { .by = by };

	memcpy(tuple.values, values, args->spec.n * sizeof(*values));
	(void)VEC_PUSH(&args->tuples);
	memmove(&args->tuples.items[at + 1], &args->tuples.items[at],
		(args->tuples.len - 1 - at) * sizeof(tuple));
	args->tuples.items[at] = tuple;
}

void snug_argument_facts_restore(struct snug_recording_call *c, unsigned by, const uint64_t *values)
{
	bool found;
	size_t at = find(&c->args, values, &found);

	if (found)
		c->args.tuples.items[at].by |= by;
	else
		insert(&c->args, at, by, values);
}

bool snug_argument_facts_add(struct snug_recording_call *c, unsigned by, const uint64_t *values)
{
	struct snug_recording_args *args = &c->args;
	bool found;
	size_t at;

	if (!args->spec.n)
		return false;
	at = find(args, values, &found);
	if (found && args->tuples.items[at].by & by)
		return false;
	if (args->cut_by & by)
		return false;
	if (count(args, by) >= limit_of(c)) {
		args->cut_by |= by;
		return false;
	}
	snug_argument_facts_restore(c, by, values);
	return true;
}

/* What is noted of a register; in the kernel, noted() of recorder_args.h. */
static uint64_t noted(uint64_t reg, uint64_t mask)
{
	uint64_t value = reg & mask;

	if (mask == UINT32_MAX && reg != value && reg != (uint64_t)(int64_t)(int32_t)reg)
		value |= SNUG_RECORDING_ODD_UPPER;
	return value;
}

bool snug_argument_facts_note(struct snug_recording_call *c, unsigned by,
			      const uint64_t args[SNUG_N_ARGS])
{
	const struct snug_arg_spec *spec = &c->args.spec;
	uint64_t values[SNUG_ARG_SPEC_MAX] = { 0 };

	for (unsigned i = 0; i < spec->n; i++)
		values[i] = noted(args[spec->index[i]], spec->mask[i]);
	return snug_argument_facts_add(c, by, values);
}

void snug_argument_facts_end(struct snug_recording_call *c)
{
	unsigned known = c->args.cut_by;

	VEC_FOREACH (t, &c->args.tuples)
		known |= t->by;
	snug_argument_facts_cut(c, (c->by ? c->by : SNUG_BY_MAIN) & ~known);
}

void snug_argument_facts_cut(struct snug_recording_call *c, unsigned by)
{
	if (c->args.spec.n)
		c->args.cut_by |= by;
}

static bool is_odd(uint64_t mask, uint64_t value)
{
	return mask == UINT32_MAX && value & SNUG_RECORDING_ODD_UPPER;
}

/* What a register of 64 bits may have held that was noted as 32: an int by its sign or by zeros,
 * unless it was noted that there was something else. */
static unsigned registers_of(uint64_t mask, uint64_t value, unsigned bits, uint64_t ret[2])
{
	ret[0] = ret[1] = value;
	if (bits == 32 || mask != UINT32_MAX || value <= INT32_MAX || is_odd(mask, value))
		return 1;
	ret[1] |= ~(uint64_t)UINT32_MAX;
	return 2;
}

void snug_argument_facts_add_vectors(const struct snug_recording_call *c,
				     const struct snug_recording_tuple *tuple,
				     struct snug_argset *ret)
{
	const struct snug_arg_spec *spec = &c->args.spec;
	unsigned bits = snug_arch_arg_bits(c->arch), n[SNUG_ARG_SPEC_MAX], n_all = 1;
	uint64_t values[SNUG_ARG_SPEC_MAX][2];

	for (unsigned i = 0; i < spec->n; i++) {
		n[i] = registers_of(spec->mask[i], tuple->values[i], bits, values[i]);
		n_all *= n[i];
	}
	for (unsigned k = 0; k < n_all; k++) {
		struct snug_seccomp_arg conds[SNUG_ARG_SPEC_MAX];
		unsigned rest = k;

		for (unsigned i = 0; i < spec->n; i++) {
			uint64_t value = values[i][rest % n[i]];
			/* of what was odd, any upper half */
			bool is_whole = spec->mask[i] == UINT32_MAX &&
					!is_odd(spec->mask[i], tuple->values[i]);
			uint64_t mask = is_whole ? UINT64_MAX : spec->mask[i];

			conds[i] = (struct snug_seccomp_arg){ spec->index[i], SNUG_CMP_MASKED_EQ,
							      mask, value & mask, true };
			rest /= n[i];
		}
		snug_argset_add_conds(ret, conds, spec->n, bits);
	}
}

/* The options of other levels than this one have no names here. */
static bool has_other_names(const struct snug_recording_call *c, const uint64_t *values, unsigned i)
{
	static const char level[] = "SOL_SOCKET";
	const char *set = snug_call_arg(c->name, c->args.spec.index[i])->set;
	uint64_t sol_socket;

	return set && strcmp(set, "SO") == 0 && i > 0 && snug_constant_value(level, &sol_socket) &&
	       (values[i - 1] & c->args.spec.mask[i - 1]) != sol_socket;
}

void snug_argument_facts_add_text(const struct snug_recording_call *c,
				  const struct snug_recording_tuple *tuple, struct snug_str *out)
{
	const struct snug_arg_spec *spec = &c->args.spec;

	for (unsigned i = 0; i < spec->n; i++) {
		uint64_t value = tuple->values[i] & spec->mask[i];

		snug_str_add(out, i ? ", " : spec->n > 1 ? "(" : "");
		if (!c->name || has_other_names(c, tuple->values, i))
			snug_str_addf(out, "%" PRIu64, value);
		else
			snug_call_arg_add_value(c->name, spec->index[i], value, out);
		if (is_odd(spec->mask[i], tuple->values[i]))
			snug_str_add(out, " (+ upper half)");
	}
	snug_str_add(out, spec->n > 1 ? ")" : "");
}
