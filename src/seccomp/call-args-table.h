/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/constants.csv and data/call-arguments.csv as C; the .c file is made by tools/gen-call-args.
 */
#include "seccomp/call-args.h"

#include <stddef.h>

struct snug_constant_row {
	const char *name;
	/* a flag when mask is value, else one value of the field that mask is; with mask 0, the
	 * name of a word without any flag */
	uint64_t value, mask;
};

struct snug_constant_set {
	const char *name;
	size_t first, n; /* into snug_constant_rows */
};

struct snug_call_row {
	const char *name;
	int n_args;
	struct snug_call_arg args[SNUG_N_ARGS]; /* n_args of them */
};

extern const struct snug_constant_row snug_constant_rows[];
extern const size_t snug_n_constant_rows;
extern const struct snug_constant_set snug_constant_sets[];
extern const size_t snug_n_constant_sets;
extern const struct snug_call_row snug_call_rows[]; /* sorted by name */
extern const size_t snug_n_call_rows;
