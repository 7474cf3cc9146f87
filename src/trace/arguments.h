/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The arguments that a target makes its calls with: what to look at, and what was seen.  A target
 * that nobody asks about arguments has none of this, and its calls cost nothing more.
 */
#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_target;

/* What to look at of one call: the bits @mask of argument @index, of @n arguments. */
struct snug_target_rule {
	uint32_t abi; /* enum snug_bpf_abi */
	uint32_t nr;  /* below SNUG_CALLS, without __X32_SYSCALL_BIT */
	uint8_t n;    /* 1 to 3 */
	uint8_t index[3];
	uint64_t mask[3];
	uint32_t limit; /* of distinct tuples, for each side */
};

/* Looks at these calls' arguments from now on; once for a target, before anything joins it.
 * -ENOMEM and the like, in words. */
int snug_target_look_at(struct snug_target *t, const struct snug_target_rule *rules, size_t n,
			struct snug_err *err);
/* Calls @fn for every tuple seen, as many @values as the rule has; and once with NULL for each side
 * (enum snug_side) that made a call with more tuples than the rule's limit.  After
 * snug_target_stop() and snug_target_calls(): a call that was made has its tuple here. */
void snug_target_arguments(const struct snug_target *t,
			   void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr,
				      const uint64_t *values),
			   void *data);
