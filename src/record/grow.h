/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A base profile that grows by what was recorded: the "if:" of the OCI hook. */
#include "record/derive.h"
#include "seccomp/filter.h"

struct snug_err;

struct snug_grown {
	VEC(const char *) added;   /* names that the base did not decide, sorted */
	VEC(const char *) blocked; /* recorded names that the base refuses, always or for some
				      arguments: that stays; sorted */
};
void snug_grown_done(struct snug_grown *g);

/* Whether @base can grow at all, known before anything is recorded; its default becomes
 * SCMP_ACT_ERRNO.  What no filter can be made of: the error of snug_meaning_new(). */
int snug_grow_check(struct snug_seccomp_profile *base, const struct snug_seccomp_env *env,
		    struct snug_err *err);

/*
 * Changes @base so that it allows what @d's profile allows, as oci-seccomp-bpf-hook does it: the
 * default becomes SCMP_ACT_ERRNO, ABIs that were used are listed, and one entry at the end allows
 * the names that are not yet decided.  Unlike the peer, an entry of the base that only holds for
 * some arguments or under some condition (read for @env) does not keep a recorded name out; what
 * the base refuses for some arguments stays refused for these, also where an entry repeats the
 * default.  ABIs go into "archMap" when the base has one.  Nothing new: no entry.
 * The names in *ret are borrowed from @d.  -E2BIG: the base's conditions cannot be taken apart.
 */
int snug_grow(struct snug_seccomp_profile *base, const struct snug_derived *d,
	      const struct snug_seccomp_env *env, struct snug_grown *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
