/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/call-args.h"

#include "base/mem.h"
#include "seccomp/call-args-internal.h"

#include <stdlib.h>
#include <string.h>

static int compare_row(const void *key, const void *row)
{
	return strcmp(key, ((const struct snug_call_row *)row)->name);
}

static const struct snug_call_row *find_call(const char *name)
{
	return bsearch(name, snug_call_rows, snug_n_call_rows, sizeof(snug_call_rows[0]),
		       compare_row);
}

const struct snug_call_arg *snug_call_arg(const char *call, unsigned index)
{
	static const struct snug_call_arg unknown = { SNUG_ARG_UNKNOWN, NULL, NULL, false };
	static const struct snug_call_arg none = { SNUG_ARG_NONE, NULL, NULL, false };
	const struct snug_call_row *row = find_call(call);

	if (!row)
		return &unknown;
	return index < (unsigned)row->n_args ? &row->args[index] : &none;
}

int snug_call_n_args(const char *call)
{
	const struct snug_call_row *row = find_call(call);

	return row ? row->n_args : -1;
}

void snug_call_arg_add_value(const char *call, unsigned index, uint64_t value, struct snug_str *out)
{
	snug_arg_add_value(snug_call_arg(call, index), value, out);
}

const struct snug_constant_set *snug_constant_set(const char *name)
{
	for (size_t i = 0; name && i < snug_n_constant_sets; i++)
		if (strcmp(snug_constant_sets[i].name, name) == 0)
			return &snug_constant_sets[i];
	return NULL;
}

const struct snug_constant_row *snug_constant_set_rows(const struct snug_constant_set *set)
{
	return &snug_constant_rows[set->first];
}

/* A negative int, as AT_FDCWD is, comes with zeros or with its sign in the upper half. */
static bool is_same_int(uint64_t value, uint64_t constant)
{
	return value == constant ||
	       ((constant >> 31) == 1 && value == (constant | UINT64_C(0xffffffff) << 32));
}

const char *snug_constant_name(const char *set, uint64_t value)
{
	const struct snug_constant_set *s = snug_constant_set(set);

	for (size_t i = 0; s && i < s->n; i++)
		if (is_same_int(value, snug_constant_set_rows(s)[i].value))
			return snug_constant_set_rows(s)[i].name;
	return NULL;
}

bool snug_constant_value(const char *name, uint64_t *ret)
{
	for (size_t i = 0; i < snug_n_constant_rows; i++) {
		if (strcmp(snug_constant_rows[i].name, name) == 0) {
			*ret = snug_constant_rows[i].value;
			return true;
		}
	}
	return false;
}
