/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The BPF engine's part of recording arguments: the table becomes rules for the kernel, and what it
 * has seen becomes facts. */
#include <stdint.h>

struct snug_err;
struct snug_recording;
struct snug_target;

/* Lets @t look at all arguments of the table; before anything joins it. */
int snug_argument_rules_install(struct snug_target *t, struct snug_err *err);
/* Adds what @t has seen to the calls of @r, which are all there.  @n_lost: how many tuples the
 * kernel could not keep; then no call's are complete. */
void snug_argument_rules_collect(const struct snug_target *t, uint64_t n_lost,
				 struct snug_recording *r);
