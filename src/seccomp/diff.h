/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* How two profiles differ in what they mean: calls, and arguments of calls, that they answer
 * differently; not how they are written down. */
#include "seccomp/category.h"
#include "seccomp/meaning.h"

struct snug_err;

enum snug_diff_kind {
	SNUG_DIFF_B_ALLOWS, /* B lets the call pass (snug_ret_passes()), A does not */
	SNUG_DIFF_A_ALLOWS, /* the other way round */
	SNUG_DIFF_ANSWER,   /* both let it pass or neither does, but the answers are not the same */
	_SNUG_DIFF_KIND_MAX,
};

/* One call, one pair of unequal answers. */
struct snug_difference {
	const char *name; /* borrowed from one of the profiles */
	enum snug_category category;
	enum snug_diff_kind kind;
	/* Bit n = enum snug_arch n, of the ABIs that both know.  None: no table has the name, and
	 * only the words of the profiles are compared. */
	uint64_t arches;
	/* ABIs where the same is true (also) of the call behind a multiplexer, whatever its
	 * arguments are. */
	uint64_t mux_arches;
	const char *through; /* with no bit in arches but some in mux_arches: "socketcall", "ipc" */
	bool is_everywhere;  /* on every ABI that both know and that has the call */
	bool is_always;      /* for all arguments */
	unsigned bits;       /* of the arguments in @args: 32 or 64 */
	struct snug_argset args;
	uint32_t ret_a, ret_b; /* SECCOMP_RET_*, see seccomp/ret.h */
};

struct snug_diff {
	/* by kind, answers, category, name */
	struct {
		struct snug_difference *items;
		size_t len, cap;
	} calls;
	size_t n_names[_SNUG_DIFF_KIND_MAX]; /* distinct names of each kind */
	/* The answers to calls that neither names; when they differ, this is not repeated for each
	 * call that both leave to the default. */
	uint32_t default_a, default_b;
	uint64_t arches; /* of ABIs that both know, which is where calls are compared */
	/* ABIs that only one knows and where that makes a difference: the other ends what makes
	 * calls there. */
	uint64_t only_a, only_b;
	VEC(const char *) flags_a, flags_b; /* filter flags that only one has; borrowed */
	bool has_other_listener;            /* listenerPath or listenerMetadata */
	bool has_other_base;                /* baseProfileName, which is not looked up */
	/* Listed by one of them only, but not compared: no kernel of this family runs them. */
	uint64_t unseen_a, unseen_b;
};

/* Both should be made with keep_unknown and for the same snug_seccomp_env; they and their profiles
 * must outlive *ret.  -E2BIG when the conditions on a call are too many to be compared. */
int snug_diff(const struct snug_meaning *a, const struct snug_meaning *b, struct snug_diff *ret,
	      struct snug_err *err) __attribute__((warn_unused_result));
void snug_diff_done(struct snug_diff *d);
/* Whether nothing differs; unseen_* do not count. */
bool snug_diff_is_empty(const struct snug_diff *d);
/* "allowed-by-b", "allowed-by-a", "answer". */
const char *snug_diff_kind_name(enum snug_diff_kind kind);
