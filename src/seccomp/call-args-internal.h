/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What call-args.c knows of the tables, for the files that write texts and read questions. */
#include "seccomp/call-args-table.h"

struct snug_str;

/* The set, or NULL also when @name is. */
const struct snug_constant_set *snug_constant_set(const char *name);
const struct snug_constant_row *snug_constant_set_rows(const struct snug_constant_set *set);
/* Whether the constant is one value of a field, not a flag. */
static inline bool snug_constant_is_field(const struct snug_constant_row *row)
{
	return row->mask != row->value;
}

/* Appends "family", or "arg1" when the table has no name. */
void snug_arg_add_name(const struct snug_call_arg *arg, unsigned index, struct snug_str *out);
/* Appends @value as an argument of a C program's call would be written: "AF_INET",
 * "O_WRONLY|O_CLOEXEC", "-1", "4096", "0x7e020000". */
void snug_arg_add_value(const struct snug_call_arg *arg, uint64_t value, struct snug_str *out);
/* Appends the flags of @bits, "A|B"; what has no name as a number behind them.  All of
 * CLONE_NEW... are "CLONE_NEW*".  Returns how many words that are. */
unsigned snug_arg_add_flags(const struct snug_call_arg *arg, uint64_t bits, struct snug_str *out);
/* Whether @mask has all that matters of the argument: what the kernel sees of it, or all that its
 * constants have. */
bool snug_arg_is_whole(const struct snug_call_arg *arg, uint64_t mask);
/* Whether @mask covers a field, so that its bits cannot be told as flags. */
bool snug_arg_has_field(const struct snug_call_arg *arg, uint64_t mask);
/* Appends "(flags & 0xf) == SOCK_STREAM" with @left for "flags": the general form. */
void snug_arg_add_masked(const struct snug_call_arg *arg, const char *left, uint64_t mask,
			 uint64_t value, struct snug_str *out);
/* Appends the pattern {x & @mask == @value}, or all but it, as briefly as can be: "with A|B",
 * "without A", "type SOCK_STREAM". */
void snug_arg_add_pattern(const struct snug_call_arg *arg, uint64_t mask, uint64_t value,
			  bool is_not, struct snug_str *out);
