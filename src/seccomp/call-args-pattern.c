/* SPDX-License-Identifier: Apache-2.0 */
/* {x & mask == value} in words. */
#include "base/str.h"
#include "seccomp/call-args-internal.h"

enum {
	MAX_OPEN_BITS = 3, /* of a field, whose values are then listed */
	MAX_WITHOUT = 4,   /* flags that are listed as not there */
};

/* "type SOCK_STREAM": a field of a word of flags, whatever the flags are. */
static bool add_field(const struct snug_call_arg *arg, uint64_t mask, uint64_t value, bool is_not,
		      struct snug_str *out)
{
	const struct snug_constant_set *set = snug_constant_set(arg->set);

	for (size_t i = 0; set && arg->name && i < set->n; i++) {
		const struct snug_constant_row *row = &snug_constant_set_rows(set)[i];

		if (!snug_constant_is_field(row) || row->mask != mask || row->value != value)
			continue;
		snug_str_addf(out, "%s %s%s", arg->name, is_not ? "not " : "", row->name);
		return true;
	}
	return false;
}

/* "type SOCK_STREAM or SOCK_SEQPACKET": values of a field that are one pattern by chance.  Between
 * flags, a bar would say that both are there. */
static bool add_field_values(const struct snug_call_arg *arg, uint64_t mask, uint64_t value,
			     bool is_not, struct snug_str *out)
{
	const struct snug_constant_set *set = snug_constant_set(arg->set);
	uint64_t field = 0, open, bits = 0;
	unsigned n = 0;

	for (size_t i = 0; set && i < set->n; i++) {
		const struct snug_constant_row *row = &snug_constant_set_rows(set)[i];

		if (snug_constant_is_field(row) && (mask & ~row->mask) == 0)
			field = row->mask;
	}
	open = field & ~mask;
	for (uint64_t left = open; left; left &= left - 1)
		n++;
	if (n == 0 || n > MAX_OPEN_BITS || !arg->name)
		return false;
	snug_str_addf(out, "%s %s", arg->name, is_not ? "none of " : "");
	/* all subsets of the open bits, in order */
	do {
		snug_str_add(out, bits ? " or " : "");
		snug_arg_add_value(arg, value | bits, out);
		bits = (bits - open) & open;
	} while (bits);
	return true;
}

/* "with A without B", "only A" when there is much that must not be there. */
static bool add_mixed(const struct snug_call_arg *arg, uint64_t mask, uint64_t value,
		      struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str with = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str without = SNUG_STR_INIT;
	unsigned n;

	if (arg->kind != SNUG_ARG_FLAGS || snug_arg_has_field(arg, mask))
		return false;
	n = snug_arg_add_flags(arg, mask & ~value, &without);
	if (value)
		(void)snug_arg_add_flags(arg, value, &with);
	if (n > MAX_WITHOUT)
		snug_str_addf(out, value ? "only %s" : "no flags", snug_str_text(&with));
	else if (value && value != mask)
		snug_str_addf(out, "with %s without %s", snug_str_text(&with),
			      snug_str_text(&without));
	else
		return false;
	return true;
}

void snug_arg_add_pattern(const struct snug_call_arg *arg, uint64_t mask, uint64_t value,
			  bool is_not, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str flags = SNUG_STR_INIT;
	unsigned n;

	if (snug_arg_is_whole(arg, mask)) {
		snug_str_add(out, is_not ? "!= " : "");
		snug_arg_add_value(arg, value, out);
		return;
	}
	if (add_field(arg, mask, value, is_not, out) ||
	    add_field_values(arg, mask, value, is_not, out) ||
	    (!is_not && add_mixed(arg, mask, value, out)))
		return;
	n = snug_arg_add_flags(arg, mask, &flags);
	if (arg->kind != SNUG_ARG_FLAGS || snug_arg_has_field(arg, mask) ||
	    (value && value != mask)) {
		snug_str_add(out, is_not ? "not " : "");
		snug_arg_add_masked(arg, arg->name ? arg->name : "_", mask, value, out);
		return;
	}
	snug_str_add(out, (value == 0) == is_not ? "with " : "without ");
	if (is_not && ((mask & (mask - 1)) || n > 1))
		snug_str_add(out, value == 0 ? "any of " : "all of ");
	snug_str_add(out, snug_str_text(&flags));
}
