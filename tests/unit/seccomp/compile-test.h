/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the tests of the compiler share: a profile and its filter, which an interpreter runs. */
#include "base/err.h"
#include "base/str.h"
#include "seccomp/filter.h"
#include "seccomp/profile.h"

#include <stdint.h>

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_seccomp_filter filter;
	struct snug_str warnings;
	struct snug_err err;
};

/* x86-64, Linux 6.1, no capabilities. */
extern const struct snug_seccomp_env host_x86;

void fixture_done(struct fixture *f);

/* What the filter answers to a call; @args may be NULL for all zero.  A filter that does not run,
 * or a name that the ABI does not have, fails the test. */
uint32_t run_nr(const struct fixture *f, enum snug_arch arch, uint32_t nr, const uint64_t args[6]);
uint32_t run(const struct fixture *f, enum snug_arch arch, const char *name,
	     const uint64_t args[6]);
