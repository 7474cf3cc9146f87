/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which scalar arguments matter for security, and which of their bits: data/argument-filters.csv.
 * Recordings note the values of these, and profiles can be derived that allow only them.  Names of
 * the values: call-args.h.
 */
#include "seccomp/arch.h"
#include "seccomp/argset.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	SNUG_ARG_SPEC_MAX = SNUG_N_ARGS, /* arguments of one call that are looked at together */
	SNUG_ARG_FILTERS_MAX = 3,        /* as many as the table has of a call */
};

/* What is looked at of one call's arguments; a tuple has one value for each. */
struct snug_arg_spec {
	unsigned n;                       /* 0: nothing is */
	uint8_t index[SNUG_ARG_SPEC_MAX]; /* ascending, below SNUG_N_ARGS */
	uint64_t mask[SNUG_ARG_SPEC_MAX]; /* never 0; values have no other bits */
};

enum snug_arg_level {
	SNUG_ARG_LEVEL_SECURITY, /* what attacks need and few programs do */
	SNUG_ARG_LEVEL_MORE,     /* narrows a profile further, for programs that are known well */
};

struct snug_arg_filter {
	uint8_t index;
	bool is_flags; /* the bits mean something one by one; else the value does as a whole */
	enum snug_arg_level level;
	uint64_t mask;   /* as the table has it; 0: all bits that the kernel looks at */
	const char *why; /* for people, half a sentence */
};

/* One call of the table. */
struct snug_arg_filters {
	const char *call;
	/* SNUG_ARCH_* bits of the ABIs where the table does not speak of the call, because its
	 * arguments have another order or lie in memory: clone on s390, mmap on i386 */
	uint64_t not_arches;
	unsigned limit; /* distinct tuples; a call with more has no facts worth a filter */
	unsigned n;
	struct snug_arg_filter args[SNUG_ARG_FILTERS_MAX]; /* by index */
};

/* What the table has on @call, as @arch makes it; NULL when nothing. */
const struct snug_arg_filters *snug_arg_filters(enum snug_arch arch, const char *call);
/* The filter of that argument, or NULL. */
const struct snug_arg_filter *snug_arg_filters_at(const struct snug_arg_filters *f, unsigned index);
/* All calls of the table, sorted by name; *ret_n is their number. */
const struct snug_arg_filters *snug_arg_filters_all(size_t *ret_n);
/* The bits of @call's argument that count on @arch: the table's mask, or without one all that the
 * kernel looks at; 32 of them at most on ABIs of 32 bits. */
uint64_t snug_arg_filter_mask(const struct snug_arg_filter *f, const char *call,
			      enum snug_arch arch);
/* What a recorder of today looks at; .n is 0 for a call that is not in the table. */
struct snug_arg_spec snug_arg_filters_spec(enum snug_arch arch, const char *call);
