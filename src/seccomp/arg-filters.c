/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/arg-filters.h"

#include "seccomp/arg-filters-table.h"
#include "seccomp/call-args.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(_SNUG_ARCH_MAX <= 64, "not_arches has a bit for each ABI");

static int compare_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct snug_arg_filters *)row)->call);
}

const struct snug_arg_filters *snug_arg_filters(enum snug_arch arch, const char *call)
{
	const struct snug_arg_filters *f;

	f = bsearch(call, snug_arg_filter_rows, snug_n_arg_filter_rows,
		    sizeof(snug_arg_filter_rows[0]), compare_row);
	return f && !(f->not_arches >> arch & 1) ? f : NULL;
}

const struct snug_arg_filter *snug_arg_filters_at(const struct snug_arg_filters *f, unsigned index)
{
	for (unsigned i = 0; i < f->n; i++)
		if (f->args[i].index == index)
			return &f->args[i];
	return NULL;
}

const struct snug_arg_filters *snug_arg_filters_all(size_t *ret_n)
{
	*ret_n = snug_n_arg_filter_rows;
	return snug_arg_filter_rows;
}

uint64_t snug_arg_filter_mask(const struct snug_arg_filter *f, const char *call,
			      enum snug_arch arch)
{
	uint64_t all = UINT64_MAX;

	if (snug_call_arg(call, f->index)->is_int || snug_arch_is_32bit(arch))
		all = UINT32_MAX;
	return f->mask ? f->mask & all : all;
}

struct snug_arg_spec snug_arg_filters_spec(enum snug_arch arch, const char *call)
{
	const struct snug_arg_filters *f = snug_arg_filters(arch, call);
	struct snug_arg_spec spec = { 0 };

	for (unsigned i = 0; f && i < f->n; i++) {
		spec.index[i] = f->args[i].index;
		spec.mask[i] = snug_arg_filter_mask(&f->args[i], call, arch);
		spec.n++;
	}
	return spec;
}
