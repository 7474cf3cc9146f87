/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the tests of merging share: profiles, what they answer to a call, and what their merge may
 * answer.  What does not work fails the test. */
#include "random-profile.h"
#include "seccomp/meaning.h"
#include "seccomp/merge.h"
#include "seccomp/syscalls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;
struct snug_str;

enum { MAX_INPUTS = 4 };

/* x86-64, Linux 6.1, CAP_CHOWN. */
extern const struct snug_seccomp_env merge_host;
extern const struct snug_meaning_options merge_keep;

/* The caller frees what these return. */
struct snug_seccomp_profile *parse_profile(const char *name, const char *text);
struct snug_meaning *meaning_of(const struct snug_seccomp_profile *p);
char *text_of(const struct snug_seccomp_profile *p);
/* A profile of mostly small values, which meet each other.  All three ABIs of x86, or some of
 * them. */
struct snug_seccomp_profile *random_input(struct random_source *r);

/* Merges @n profiles on merge_host; an error is returned. */
int merge_profiles(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		   bool strict, struct snug_merged *ret, struct snug_err *err);
void must_merge(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		struct snug_merged *ret);

/* One line each, "! " before what makes the result inexact. */
void notes_of(const struct snug_merged *m, struct snug_str *out);

struct call {
	enum snug_arch arch;
	uint32_t nr;
	uint64_t args[SNUG_N_ARGS];
};

/* False when @arch does not have the call that came up. */
bool random_call_on(struct random_source *r, enum snug_arch arch, struct call *ret);
/* The same on an ABI of x86. */
bool random_call(struct random_source *r, struct call *ret);

struct snug_decision decide(const struct snug_meaning *m, const struct call *c);
/* The laxest of the inputs' answers for a union, else the strictest. */
struct snug_decision decide_together(struct snug_meaning **inputs, size_t n,
				     enum snug_merge_mode mode, const struct call *c);
/* Positive when @a is laxer.  A profile that does not know the ABI refuses more than any answer. */
int compare_decisions(struct snug_decision a, struct snug_decision b);

/* The result is never laxer than the inputs together, and equal to them when it says that it is
 * exact. */
void check_containment(struct random_source *r, struct snug_seccomp_profile **profiles, size_t n,
		       enum snug_merge_mode mode, const struct snug_merged *m);

/* Fails, with all there is to see. */
void dump_merge(const char *what, const struct call *c, uint32_t want, uint32_t got,
		struct snug_seccomp_profile **profiles, size_t n, const struct snug_merged *m);
