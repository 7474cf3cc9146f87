/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Seeded random profiles for property tests. */
#include "seccomp/profile.h"

#include <stdint.h>

struct random_source {
	uint64_t state;
};

/* SNUG_TEST_SEED of the environment, or a fixed seed; prints it, so that a failure can be run
 * again. */
void random_init(struct random_source *r);
/* 0 <= result < n. */
uint32_t random_below(struct random_source *r, uint32_t n);
uint64_t random_u64(struct random_source *r);
/* A value that a comparison is likely to get wrong: near 0, 2^31, 2^32, 2^63, 2^64. */
uint64_t random_edge(struct random_source *r);

/* Every field that @format has may be set to anything it can hold. */
struct snug_seccomp_profile *random_profile(struct random_source *r,
					    enum snug_profile_format format);

/* The calls that random_filter() has rules for: old and new ones, multiplexed ones and
 * multiplexers; NULL-terminated. */
extern const char *const random_calls[];
const char *random_call_name(struct random_source *r);
/* The number of one that @arch has. */
uint32_t random_call_number(struct random_source *r, enum snug_arch arch);
/* A profile that compiles: every action, all comparisons, several entries for one call, 64-bit
 * values; x86-64, x32 and i386. */
struct snug_seccomp_profile *random_filter(struct random_source *r);
