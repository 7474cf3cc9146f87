/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What a profile says, call by call, in the order in which a person reads it. */
#include "seccomp/category.h"
#include "seccomp/meaning.h"

struct snug_err;

/* An answer that is not the default, and the arguments (of 64 bits) that get it. */
struct snug_digest_answer {
	uint32_t ret;
	struct snug_argset args;
};

struct snug_digest_call {
	const char *name; /* borrowed from the profile: may be hostile when no table knows it */
	enum snug_category category;
	bool is_known;   /* some table has the name */
	bool is_native;  /* the ABI of snug_seccomp_env.arch has the call */
	uint64_t arches; /* bit n = enum snug_arch n: ABIs of the filter that have it */
	bool is_always;  /* one answer, for all arguments */
	struct {
		struct snug_digest_answer *items; /* at least one; the laxest first */
		size_t len, cap;
	} answers;
};

struct snug_digest {
	struct {
		struct snug_digest_call *items; /* by category, then name */
		size_t len, cap;
	} calls;
	uint32_t default_ret;
	/* The answers besides the default, each once, the laxest first. */
	VEC(uint32_t) rets;
	/* Of the calls that the ABI of snug_seccomp_env.arch has, also those no entry names: */
	size_t n_known;  /* all */
	size_t n_always; /* that pass (snug_ret_passes()) whatever the arguments are */
	size_t n_partly; /* that pass with some arguments */
	/* Names in the profile: */
	size_t n_elsewhere; /* of calls that none of the filter's ABIs has */
	size_t n_unknown;   /* that no table knows */
};

/* @m should be made with keep_unknown, and must outlive *ret with its profile.  -E2BIG when the
 * conditions of a call are too many. */
int snug_digest(const struct snug_meaning *m, struct snug_digest *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
void snug_digest_done(struct snug_digest *d);
