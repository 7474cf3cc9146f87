/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a profile means: its answer to every call, and the entry that gives it.  merge, diff, lint,
 * show and check all ask here.  It agrees with the program that snug_seccomp_filter_compile() makes
 * (tests/unit/seccomp/test-meaning.c compares them).
 */
#include "seccomp/argset.h"
#include "seccomp/filter.h"
#include "seccomp/profile.h"

struct snug_err;

enum snug_decider {
	SNUG_BY_DEFAULT,     /* no entry has the call, or none whose args hold */
	SNUG_BY_ENTRY,       /* profile->entries.items[entry] */
	SNUG_BY_FOREIGN_ABI, /* the profile does not list the ABI: libseccomp kills the thread */
};

struct snug_decision {
	uint32_t ret; /* SECCOMP_RET_* and its data, see seccomp/ret.h */
	enum snug_decider by;
	size_t entry;      /* with BY_ENTRY */
	size_t name_index; /* with BY_ENTRY: in the entry's names */
	/* The call went through socketcall(2) or ipc(2), and what decided is about the call behind
	 * it, whose arguments cannot be seen; NULL otherwise.  The call's name, borrowed from the
	 * profile. */
	const char *behind_mux;
};

/* Calls of one number with the same decision. */
struct snug_cell {
	struct snug_argset args; /* never empty */
	struct snug_decision decision;
};
/* A partition of all argument vectors of a call: disjoint, and together everything. */
struct snug_cells {
	struct snug_cell *items;
	size_t len, cap;
};
void snug_cells_done(struct snug_cells *c);

struct snug_meaning;

struct snug_meaning_options {
	/* Keep names that no table knows: snug_meaning_name_cells() answers for them too.  Without
	 * it they are left out as compiling does, with a warning or -EINVAL. */
	bool keep_unknown;
	void (*warn)(void *data, const char *text); /* or NULL */
	void *warn_data;
};

/* @p is borrowed and must outlive *ret.  @opts may be NULL.  Errors as
 * snug_seccomp_filter_compile(). */
int snug_meaning_new(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
		     const struct snug_meaning_options *opts, struct snug_meaning **ret,
		     struct snug_err *err) __attribute__((warn_unused_result));
struct snug_meaning *snug_meaning_free(struct snug_meaning *m);
DEFINE_FREEP(struct snug_meaning, snug_meaning_freep, snug_meaning_free)

const struct snug_seccomp_profile *snug_meaning_profile(const struct snug_meaning *m);
const struct snug_seccomp_env *snug_meaning_env(const struct snug_meaning *m);
/* The ABIs that the filter knows: env->arch first, then those listed that the same kernel can run.
 */
const struct snug_arches *snug_meaning_arches(const struct snug_meaning *m);
bool snug_meaning_has_arch(const struct snug_meaning *m, enum snug_arch arch);
/* The answer to calls that no entry names. */
uint32_t snug_meaning_default(const struct snug_meaning *m);
/* The names that some entry gives another answer than the default, sorted. */
const struct snug_names *snug_meaning_names(const struct snug_meaning *m);

/* The answer to call @nr of @arch (x32: with __X32_SYSCALL_BIT) with @args.  On ABIs of 32 bits,
 * only the lower halves of @args count. */
struct snug_decision snug_meaning_decide(const struct snug_meaning *m, enum snug_arch arch,
					 uint32_t nr, const uint64_t args[SNUG_N_ARGS]);

/* All answers to a call, as cells in the order in which they are tried; a multiplexer's (i386
 * socketcall(2)) too.  *ret must be empty before.  -E2BIG when the conditions are too many to be
 * taken apart (SNUG_LIMIT_ARGSET_BOXES). */
int snug_meaning_cells(const struct snug_meaning *m, enum snug_arch arch, uint32_t nr,
		       struct snug_cells *ret, struct snug_err *err);
/* The same by name, for an imagined ABI with arguments of @bits (32 or 64) on which every name is a
 * call of its own: what the entries say, before any ABI. */
int snug_meaning_name_cells(const struct snug_meaning *m, const char *name, unsigned bits,
			    struct snug_cells *ret, struct snug_err *err);
/* Whether the profile has one answer to @name, without a look at arguments; then *ret is it. */
bool snug_meaning_name_answer(const struct snug_meaning *m, const char *name,
			      struct snug_decision *ret);

/* One question, one answer: resolves @p for @env and asks. */
int snug_seccomp_decide(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
			enum snug_arch arch, uint32_t nr, const uint64_t args[SNUG_N_ARGS],
			struct snug_decision *ret, struct snug_err *err);
