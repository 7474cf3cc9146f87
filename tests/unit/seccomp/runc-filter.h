/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The program that runc 1.1 makes of a profile: libseccomp alone, given the rules in the order of
 * the document, for all architectures at once. */
#include "seccomp/profile.h"

#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>

struct runc_filter {
	struct sock_filter *insns; /* owned */
	size_t n_insns;
};

/* @default_ret: what the profile answers to calls that it does not name.  Negative when libseccomp
 * refuses a rule, and runc the container with it.  -ETIME when it does not come back: some rules
 * send libseccomp 2.5 around in circles, so it works in a child. */
int runc_filter_build(const struct snug_seccomp_profile *p, uint32_t default_ret,
		      struct runc_filter *ret);
void runc_filter_done(struct runc_filter *f);

/* What a rule of @e answers. */
uint32_t ret_of(const struct snug_seccomp_entry *e);
