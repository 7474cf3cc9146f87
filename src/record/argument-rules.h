/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The BPF engine's part of recording arguments: the table becomes rules for the kernel, and what it
 * has seen becomes facts. */
#include "seccomp/arch.h"

#include <stdint.h>

struct snug_err;
struct snug_recording;
struct snug_target;

/* Which seccomp ABI the engine's small number (enum snug_bpf_abi) stands for on this machine. */
enum snug_arch snug_arch_of_bpf_abi(uint32_t abi);

/* Lets @t look at all arguments of the table; before anything joins it. */
int snug_argument_rules_install(struct snug_target *t, struct snug_err *err);
/* Adds what @t has seen to the calls of @r, which are all there.  @n_lost: how many tuples the
 * kernel could not keep; then no call's are complete. */
void snug_argument_rules_collect(const struct snug_target *t, uint64_t n_lost,
				 struct snug_recording *r);
