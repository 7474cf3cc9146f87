/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values and conditions in C terms.  A word of flags is taken apart in the order of the table,
 * which has combined names (O_SYNC) before their parts; a field (the type in socket(2)'s second
 * argument) gives one name and uses up its bits.
 */
#include "base/str.h"
#include "seccomp/call-args-internal.h"

#include <inttypes.h>
#include <string.h>

void snug_arg_add_name(const struct snug_call_arg *arg, unsigned index, struct snug_str *out)
{
	if (arg->name)
		snug_str_add(out, arg->name);
	else
		snug_str_addf(out, "arg%u", index);
}

static void add_number(const struct snug_call_arg *arg, uint64_t value, struct snug_str *out)
{
	uint64_t last_decimal = arg->kind == SNUG_ARG_FLAGS  ? 9
				: arg->kind == SNUG_ARG_ENUM ? 255
							     : 0xffffff;

	if (arg->set && strcmp(arg->set, "S") == 0 && value <= 07777)
		snug_str_addf(out, "%s%" PRIo64, value ? "0" : "", value);
	else if (value == UINT64_MAX)
		snug_str_add(out, "-1");
	else if (value <= last_decimal)
		snug_str_addf(out, "%" PRIu64, value);
	else
		snug_str_addf(out, "%#" PRIx64, value);
}

static void add_word(struct snug_str *out, unsigned *n, const char *word)
{
	if ((*n)++)
		snug_str_addc(out, '|');
	snug_str_add(out, word);
}

/* The union of what begins with CLONE_NEW in @set, 0 when nothing does. */
static uint64_t namespaces(const struct snug_constant_set *set)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < set->n; i++)
		if (snug_str_has_prefix(snug_constant_set_rows(set)[i].name, "CLONE_NEW"))
			bits |= snug_constant_set_rows(set)[i].value;
	return bits;
}

/* Takes names out of @mask and @value as far as there are some. */
static unsigned add_names(const struct snug_constant_set *set, uint64_t *mask, uint64_t *value,
			  struct snug_str *out)
{
	uint64_t all = namespaces(set);
	unsigned n = 0;

	if (all && (*mask & all) == all && (*value & all) == all) {
		add_word(out, &n, "CLONE_NEW*");
		*mask &= ~all;
	}
	for (size_t i = 0; i < set->n; i++) {
		const struct snug_constant_row *row = &snug_constant_set_rows(set)[i];

		if (!row->mask || (*mask & row->mask) != row->mask ||
		    (*value & row->mask) != row->value)
			continue;
		add_word(out, &n, row->name);
		*mask &= ~row->mask;
	}
	*value &= *mask;
	return n;
}

/* @mask: the bits that are known. */
static unsigned add_flags(const struct snug_call_arg *arg, uint64_t mask, uint64_t value,
			  struct snug_str *out)
{
	const struct snug_constant_set *set = snug_constant_set(arg->set);
	unsigned n = 0;

	if (set && arg->kind == SNUG_ARG_FLAGS)
		n = add_names(set, &mask, &value, out);
	if (value || n == 0) {
		if (n++)
			snug_str_addc(out, '|');
		add_number(arg, value, out);
	}
	return n;
}

unsigned snug_arg_add_flags(const struct snug_call_arg *arg, uint64_t bits, struct snug_str *out)
{
	return add_flags(arg, bits, bits, out);
}

static unsigned add_value(const struct snug_call_arg *arg, uint64_t value, struct snug_str *out)
{
	const char *name = snug_constant_name(arg->set, value);

	if (arg->kind == SNUG_ARG_FLAGS && value && value < UINT32_MAX)
		return add_flags(arg, UINT64_MAX, value, out);
	if (name)
		snug_str_add(out, name);
	else
		add_number(arg, value, out);
	return 1;
}

void snug_arg_add_value(const struct snug_call_arg *arg, uint64_t value, struct snug_str *out)
{
	(void)add_value(arg, value, out);
}

/* "A" or "(A|B)". */
static void add_operand(struct snug_str *out, unsigned n, const struct snug_str *words)
{
	snug_str_addf(out, n > 1 ? "(%s)" : "%s", snug_str_text(words));
}

bool snug_arg_is_whole(const struct snug_call_arg *arg, uint64_t mask)
{
	if (mask == UINT64_MAX || (arg->is_int && (uint32_t)mask == UINT32_MAX))
		return true;
	/* of a long that is one of a few constants (ptrace(2)) */
	return mask == UINT32_MAX && arg->set &&
	       (arg->kind == SNUG_ARG_ENUM || arg->kind == SNUG_ARG_FLAGS);
}

bool snug_arg_has_field(const struct snug_call_arg *arg, uint64_t mask)
{
	const struct snug_constant_set *set = snug_constant_set(arg->set);

	for (size_t i = 0; set && i < set->n; i++) {
		const struct snug_constant_row *row = &snug_constant_set_rows(set)[i];

		if (snug_constant_is_field(row) && (mask & row->mask) == row->mask)
			return true;
	}
	return false;
}

void snug_arg_add_masked(const struct snug_call_arg *arg, const char *left, uint64_t mask,
			 uint64_t value, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	unsigned n = 1;

	if (snug_arg_has_field(arg, mask) || (value && value != mask))
		snug_str_addf(&words, "%#" PRIx64, mask);
	else
		n = snug_arg_add_flags(arg, mask, &words);
	snug_str_addf(out, "(%s & ", left);
	add_operand(out, n, &words);
	snug_str_add(out, ") == ");
	snug_str_clear(&words);
	n = 1;
	if (arg->set)
		n = add_flags(arg, mask, value, &words);
	else
		snug_str_addf(&words, "%#" PRIx64, value);
	add_operand(out, n, &words);
}

static const char *operator_text(enum snug_cmp op)
{
	static const char *const texts[] = {
		[SNUG_CMP_NE] = "!=",        [SNUG_CMP_LT] = "<",  [SNUG_CMP_LE] = "<=",
		[SNUG_CMP_EQ] = "==",        [SNUG_CMP_GE] = ">=", [SNUG_CMP_GT] = ">",
		[SNUG_CMP_MASKED_EQ] = "==",
	};

	return texts[op];
}

static void add_masked(const struct snug_call_arg *arg, const char *left,
		       const struct snug_seccomp_arg *c, struct snug_str *out)
{
	bool is_bit = c->value && (c->value & (c->value - 1)) == 0;
	CLEANUP(snug_str_done) struct snug_str flags = SNUG_STR_INIT;
	unsigned n = snug_arg_add_flags(arg, c->value, &flags);

	if (!c->value || snug_arg_has_field(arg, c->value) ||
	    !(c->value_two == 0 || (c->value_two == c->value && is_bit))) {
		snug_arg_add_masked(arg, left, c->value, c->value_two, out);
		return;
	}
	snug_str_addf(out, c->value_two ? "%s & " : "!(%s & ", left);
	add_operand(out, n, &flags);
	snug_str_add(out, c->value_two ? "" : ")");
}

void snug_cond_add_text(const char *call, const struct snug_seccomp_arg *c, struct snug_str *out)
{
	const struct snug_call_arg *arg = snug_call_arg(call, c->index);
	CLEANUP(snug_str_done) struct snug_str left = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str right = SNUG_STR_INIT;
	unsigned n;

	snug_arg_add_name(arg, c->index, &left);
	if (c->op == SNUG_CMP_MASKED_EQ && !snug_arg_is_whole(arg, c->value)) {
		add_masked(arg, snug_str_text(&left), c, out);
		return;
	}
	n = add_value(arg, c->op == SNUG_CMP_MASKED_EQ ? c->value_two : c->value, &right);
	snug_str_addf(out, "%s %s ", snug_str_text(&left), operator_text(c->op));
	add_operand(out, n, &right);
}
