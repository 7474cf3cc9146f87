/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Whose events `snug audit` and `snug watch` tell: the options, and the filter they make. */
#include "cmd/options.h"

#include <stdint.h>

struct snug_audit_filter;
struct snug_err;

struct who_options {
	struct snug_list comms, exes, pids, containers;
};

/* The rows of the option table, for the struct member @field of @args. */
#define WHO_OPTIONS(args, field)                                                                   \
	{ 0,                                                                                       \
	  "comm",                                                                                  \
	  SNUG_OPTION_LIST,                                                                        \
	  offsetof(args, field.comms),                                                             \
	  "NAMES",                                                                                 \
	  "only of threads called so (* and ? as in a shell)",                                     \
	  "" },                                                                                    \
		{ 'e',                                                                             \
		  "exe",                                                                           \
		  SNUG_OPTION_LIST,                                                                \
		  offsetof(args, field.exes),                                                      \
		  "FILES",                                                                         \
		  "only of these executables; without a slash: the last part of the path",         \
		  "@file" },                                                                       \
		{ 'p',                                                                             \
		  "pid",                                                                           \
		  SNUG_OPTION_LIST,                                                                \
		  offsetof(args, field.pids),                                                      \
		  "PIDS",                                                                          \
		  "only of these processes",                                                       \
		  "" },                                                                            \
	{                                                                                          \
		'c', "container", SNUG_OPTION_LIST, offsetof(args, field.containers), "NAMES",     \
			"only of these containers: an id or its start, a name, a pod, POD/NAME",   \
			""                                                                         \
	}

struct who_pids {
	uint32_t *items; /* owned */
	size_t len, cap;
};

void who_options_done(struct who_options *o);
/* Fills @filter, which borrows from @o and @pids; @pids is empty before, and the caller's to free
 * (VEC_DONE).  -EINVAL is the user's. */
int who_options_fill(const struct who_options *o, struct who_pids *pids,
		     struct snug_audit_filter *filter, struct snug_err *err);
