/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a profile refused while a program ran: each call once, with how often and for whom first.
 * Calls are told apart by number, by the entry that decided, and by those of their arguments at
 * which the profile looks.  snug-run(1) describes the document.
 */
#include "base/mem.h"
#include "seccomp/call-args.h"
#include "seccomp/meaning.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_str;

#define SNUG_REFUSALS_VERSION 1

struct snug_refusal {
	enum snug_arch arch;
	uint32_t nr;      /* without __X32_SYSCALL_BIT, as in recordings */
	const char *name; /* of the table, static; NULL when no table knows the number */
	bool has_args;    /* they are known: all of them */
	/* Bit i: args[i] is known, and the profile's answer to this call depends on it. */
	unsigned known_args;
	uint64_t args[SNUG_N_ARGS];
	/* the call behind a multiplexer (i386 socketcall(2)) that args[0] stands for; static, or
	 * NULL */
	const char *behind;
	struct snug_decision decision;
	uint64_t count;
	/* The first time; owned, or NULL. */
	char *text; /* "openat(AT_FDCWD, "/etc/passwd", O_RDONLY)", for people */
	char *comm;
	uint32_t pid;
	bool is_told;
};

struct snug_refusals {
	struct snug_refusal *items; /* in the order in which they came first */
	size_t len, cap;
	uint64_t n_more; /* refused calls over SNUG_LIMIT_REFUSALS different ones */
};

void snug_refusals_done(struct snug_refusals *r);

/* Counts one refused call: @nr as the kernel sees it, @args NULL when they are not known.
 * *ret_is_new: it is the first of its kind, and text, comm and pid are to be filled in.  NULL when
 * there are too many kinds.  Valid until the next call. */
struct snug_refusal *snug_refusals_count(struct snug_refusals *r,
					 const struct snug_seccomp_profile *p, enum snug_arch arch,
					 uint32_t nr, const uint64_t *args,
					 const struct snug_decision *decision, bool *ret_is_new);
/* Which arguments of @name some entry of @p looks at: bit i, args[i]. */
unsigned snug_profile_args_of(const struct snug_seccomp_profile *p, const char *name);
/* The bits of argument @index at which they look, when all that look at it ask by SCMP_CMP_EQ or
 * SCMP_CMP_MASKED_EQ for the same bits; otherwise all. */
uint64_t snug_profile_arg_mask(const struct snug_seccomp_profile *p, const char *name,
			       unsigned index);

/* What the call is to be called in a profile: NULL when no table knows it. */
const char *snug_refusal_name(const struct snug_refusal *r);
/* The call with its known arguments, as `snug amend` takes it; only of calls that
 * have a name.  The caller frees. */
void snug_refusal_question(const struct snug_refusal *r, struct snug_call_question *ret);

/* Appends the document, deterministic. */
void snug_refusals_write(const struct snug_refusals *r, const char *profile, struct snug_str *out);
/* Reads one; decision has only ret then.  -EINVAL with file:line:col and path; -E2BIG over a limit.
 */
int snug_refusals_parse(const char *name, const char *text, size_t len, struct snug_refusals *ret,
			struct snug_err *err) __attribute__((warn_unused_result));
/* Whether @text is such a document, valid or not, and nothing else. */
bool snug_is_refusals(const char *text, size_t len);
