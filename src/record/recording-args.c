/* SPDX-License-Identifier: Apache-2.0 */
#include "record/recording-args.h"

#include "base/limits.h"
#include "codec/writer.h"
#include "record/argument-facts.h"

#include <errno.h>
#include <inttypes.h>

static void write_tuples(struct snug_writer *w, const struct snug_recording_args *args, unsigned by)
{
	snug_writer_begin_array(w);
	VEC_FOREACH (t, &args->tuples) {
		if (!(t->by & by))
			continue;
		snug_writer_begin_array(w);
		for (unsigned i = 0; i < args->spec.n; i++)
			snug_writer_uint(w, t->values[i]);
		snug_writer_end_array(w);
	}
	snug_writer_end_array(w);
}

void snug_recording_args_write(const struct snug_recording_call *c, struct snug_writer *w)
{
	const struct snug_recording_args *args = &c->args;

	if (!args->spec.n)
		return;
	snug_writer_key(w, "args");
	snug_writer_begin_object(w);
	snug_writer_key(w, "index");
	snug_writer_begin_array(w);
	for (unsigned i = 0; i < args->spec.n; i++)
		snug_writer_uint(w, args->spec.index[i]);
	snug_writer_end_array(w);
	snug_writer_key(w, "mask");
	snug_writer_begin_array(w);
	for (unsigned i = 0; i < args->spec.n; i++)
		snug_writer_uint(w, args->spec.mask[i]);
	snug_writer_end_array(w);
	if (!snug_recording_call_is_foreign(c)) {
		snug_writer_key(w, "values");
		write_tuples(w, args, SNUG_BY_MAIN);
		if (args->cut_by & SNUG_BY_MAIN)
			snug_writer_member_bool(w, "cut", true);
	}
	if (c->by & SNUG_BY_ENTERED) {
		snug_writer_key(w, "enteredValues");
		write_tuples(w, args, SNUG_BY_ENTERED);
		if (args->cut_by & SNUG_BY_ENTERED)
			snug_writer_member_bool(w, "enteredCut", true);
	}
	snug_writer_end_object(w);
}

/* Numbers of one array, at most as many as a call has arguments. */
struct numbers {
	unsigned n;
	uint64_t items[SNUG_N_ARGS];
};

static int decode_number(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct numbers *x = dst;

	return snug_decode_u64(d, v, &x->items[x->n++]);
}

static int decode_numbers(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct numbers *x = dst;

	x->n = 0;
	return snug_decode_array(d, v, SNUG_N_ARGS, decode_number, x);
}

/* Whose tuples they are, and of which call. */
struct tuples_of {
	struct snug_recording_call *call;
	unsigned by;
};

static int decode_tuple(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	const struct tuples_of *of = dst;
	const struct snug_arg_spec *spec = &of->call->args.spec;
	struct numbers x = { 0 };
	int e;

	e = decode_numbers(d, v, &x);
	if (e < 0)
		return e;
	if (x.n != spec->n)
		return snug_decode_fail(d, v, -EINVAL, "%u values, and 'index' has %u arguments",
					x.n, spec->n);
	for (unsigned i = 0; i < spec->n; i++) {
		uint64_t bits = spec->mask[i];

		if (bits == UINT32_MAX)
			bits |= SNUG_RECORDING_ODD_UPPER;
		if (x.items[i] & ~bits)
			return snug_decode_fail(d, v, -EINVAL,
						"%" PRIu64 " has bits that are not in its mask, "
						"%" PRIu64,
						x.items[i], spec->mask[i]);
	}
	snug_argument_facts_restore(of->call, of->by, x.items);
	return 0;
}

struct args_fields {
	struct numbers index, mask;
	const struct snug_doc_value *values, *entered;
	bool is_cut, entered_is_cut;
};

static int take_spec(struct snug_decode *d, const struct snug_doc_value *v,
		     const struct args_fields *f, struct snug_arg_spec *ret)
{
	if (!f->index.n || f->index.n != f->mask.n)
		return snug_decode_fail(d, v, -EINVAL,
					"'index' has %u arguments and 'mask' %u; expected as many, "
					"and not none",
					f->index.n, f->mask.n);
	for (unsigned i = 0; i < f->index.n; i++) {
		if (f->index.items[i] >= SNUG_N_ARGS ||
		    (i && f->index.items[i] <= f->index.items[i - 1]))
			return snug_decode_fail(d, v, -EINVAL,
						"'index' is not a list of different arguments "
						"from 0 to 5, in order");
		if (!f->mask.items[i])
			return snug_decode_fail(d, v, -EINVAL, "a mask of 0 looks at nothing");
		ret->index[i] = (uint8_t)f->index.items[i];
		ret->mask[i] = f->mask.items[i];
	}
	ret->n = f->index.n;
	return 0;
}

static int take_tuples(struct snug_decode *d, const char *key, const struct snug_doc_value *v,
		       struct snug_recording_call *c, unsigned by)
{
	struct tuples_of of = { c, by };
	size_t path_len = d->path.len;
	int e;

	if (!v)
		return 0;
	snug_str_addf(&d->path, ".%s", key);
	e = snug_decode_array(d, v, SNUG_LIMIT_RECORDING_TUPLES, decode_tuple, &of);
	if (e < 0)
		return e;
	d->path.len = path_len;
	d->path.buf[path_len] = '\0';
	return 0;
}

int snug_recording_args_decode(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "index", decode_numbers, offsetof(struct args_fields, index),
		  SNUG_DECODE_REQUIRED },
		{ "mask", decode_numbers, offsetof(struct args_fields, mask),
		  SNUG_DECODE_REQUIRED },
		{ "values", snug_decode_value, offsetof(struct args_fields, values), 0 },
		{ "cut", snug_decode_bool, offsetof(struct args_fields, is_cut), 0 },
		{ "enteredValues", snug_decode_value, offsetof(struct args_fields, entered), 0 },
		{ "enteredCut", snug_decode_bool, offsetof(struct args_fields, entered_is_cut), 0 },
		{ NULL },
	};
	struct snug_recording_call *c = dst;
	struct args_fields f = { 0 };
	int e;

	e = snug_decode_object(d, v, fields, &f);
	if (e == 0)
		e = take_spec(d, v, &f, &c->args.spec);
	if (e == 0)
		e = take_tuples(d, "values", f.values, c, SNUG_BY_MAIN);
	if (e == 0)
		e = take_tuples(d, "enteredValues", f.entered, c, SNUG_BY_ENTERED);
	if (e < 0)
		return e;
	c->args.cut_by = (f.is_cut ? SNUG_BY_MAIN : 0) | (f.entered_is_cut ? SNUG_BY_ENTERED : 0);
	return 0;
}
