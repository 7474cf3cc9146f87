/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Several profiles become one.  A union allows what any of them allows; an intersection only what
 * all of them do.  What counts is what profiles mean (seccomp/meaning.h), call by call and argument
 * by argument, not how they are written.
 *
 * One thing always holds, whatever the input: the result never answers a call more laxly, by
 * snug_ret_compare(), than the laxest input (union) or the strictest (intersection).  Where a
 * profile has no way to say the exact answer, the result is stricter, and a note says so.
 */
#include "base/mem.h"
#include "seccomp/meaning.h"

#include <stdbool.h>
#include <stddef.h>

struct snug_err;

enum snug_merge_mode {
	SNUG_MERGE_UNION,
	SNUG_MERGE_INTERSECT,
};

struct snug_merge_options {
	enum snug_merge_mode mode;
	enum snug_profile_format format; /* of the result: what its fields and entries are for */
	bool strict;                     /* fail where the result would be inexact */
};

struct snug_merge_note {
	/* The result is not the exact union or intersection here.  Otherwise only something that is
	 * worth knowing. */
	bool is_inexact;
	char *text; /* owned; one line, hostile names escaped */
};

struct snug_merged {
	struct snug_seccomp_profile *profile;
	VEC(struct snug_merge_note) notes;
	bool is_exact; /* no note says otherwise */
	/* The result means what the first input means, in every field that is merged. */
	bool is_first;
};
void snug_merged_done(struct snug_merged *m);

/*
 * Merges the @n profiles that @inputs are the meanings of, n > 0; all made with keep_unknown and
 * for the same environment.  Conditions of the containers-common dialect are thereby resolved: the
 * result has none.  What is not merged (names, metadata, status, state) is the first one's.
 *
 * For the custom resource, each entry of the result has one name; for OCI JSON, names that share
 * their action and args are in one entry.  Both are sorted.
 *
 * Owned by the caller: *ret; its profile borrows metadata and status from the first profile, which
 * must outlive it.
 *
 * Errors: -EOPNOTSUPP with @strict, for the first thing that cannot be said exactly; -E2BIG when
 * the result would be more than snug_seccomp_profile_read() takes.
 */
int snug_merge(const struct snug_meaning *const *inputs, size_t n,
	       const struct snug_merge_options *opts, struct snug_merged *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
