/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The part of derive.h that is about arguments: which names are allowed only with some. */
#include "record/derive.h"
#include "seccomp/argset.h"

/* One name, and one combination of its arguments that is allowed. */
struct snug_arg_rule {
	const char *name; /* borrowed */
	struct snug_arg_conds conds;
};

struct snug_arg_rules {
	struct snug_arg_rule *items; /* by name, then conditions; distinct */
	size_t len, cap;
};
void snug_arg_rules_done(struct snug_arg_rules *rules);

/*
 * Finds out which of the names in @d (recorded, added, baseline, all complete) the policy allows
 * with conditions: these and the others go into d->conditional, open and leaky, the conditions into
 * *ret, which must be empty before.
 */
void snug_derive_args(const struct snug_recording *const *recordings, size_t n,
		      const struct snug_derive_policy *policy, struct snug_derived *d,
		      struct snug_arg_rules *ret);

/* Adds an entry for each combination; names for which the same numbers mean the same share one. */
void snug_derive_add_rules(struct snug_seccomp_profile *p, const struct snug_arg_rules *rules);
