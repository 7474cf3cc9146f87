/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The distinct values of a call's arguments, as a recording keeps them: what every engine does with
 * the arguments that it sees.
 */
#include "record/recording.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_argset;
struct snug_str;

/* Lets @c's arguments be looked at as the table says for its ABI and name; true when the table has
 * the call.  Once for each call, before the first tuple. */
bool snug_argument_facts_begin(struct snug_recording_call *c);
/* Notes that @by (one SNUG_BY_*) made the call with these six arguments, registers as they are.
 * True when that is news; false when it was known, when the call is not looked at, or when @by has
 * made it with more tuples than the table's limit, which it notes. */
bool snug_argument_facts_note(struct snug_recording_call *c, unsigned by,
			      const uint64_t args[SNUG_N_ARGS]);
/* The same with a tuple: @values has as many as @c->args.spec. */
bool snug_argument_facts_add(struct snug_recording_call *c, unsigned by, const uint64_t *values);
/* After the last tuple: whoever made the call without a tuple being known is cut. */
void snug_argument_facts_end(struct snug_recording_call *c);
/* Adds a tuple that was noted elsewhere, by a document or the kernel: no limit is looked at. */
void snug_argument_facts_restore(struct snug_recording_call *c, unsigned by,
				 const uint64_t *values);
/* Some tuples of @by are missing, or would be too many. */
void snug_argument_facts_cut(struct snug_recording_call *c, unsigned by);

/* Adds the argument vectors that @tuple of @c stands for: whatever bits were not looked at may be;
 * of 32 bits that were, registers hold an int as compilers extend it, by its sign or by zeros. */
void snug_argument_facts_add_vectors(const struct snug_recording_call *c,
				     const struct snug_recording_tuple *tuple,
				     struct snug_argset *ret);
/* Appends @tuple of @c by names: "TCGETS", "(AF_INET, SOCK_STREAM, IPPROTO_IP)". */
void snug_argument_facts_add_text(const struct snug_recording_call *c,
				  const struct snug_recording_tuple *tuple, struct snug_str *out);
