/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* check(profile, recordings): would these runs have worked under that profile?  A pure function. */
#include "record/recording.h"
#include "seccomp/meaning.h"

struct snug_err;

enum snug_check_result {
	/* whatever the arguments are, or with all that were recorded */
	SNUG_CHECK_ALLOWED,
	SNUG_CHECK_LOGGED, /* the same, but with some arguments the kernel logs it */
	/* on arguments that the recording does not have; on another process: the listener of
	 * SCMP_ACT_NOTIFY, the tracer of SCMP_ACT_TRACE; or on the program, which gets ENOSYS and
	 * may make another call instead */
	SNUG_CHECK_DEPENDS,
	SNUG_CHECK_DENIED, /* whatever the arguments are, or with some that were recorded */
	_SNUG_CHECK_RESULT_MAX,
};

/* One recorded run, and the host that the conditions of the profile are resolved for. */
struct snug_check_run {
	const struct snug_recording *recording;
	struct snug_seccomp_env env;
};

/* A call that one or more of the runs need, and what the profile says about it. */
struct snug_check_call {
	enum snug_arch arch;
	uint32_t nr;      /* without __X32_SYSCALL_BIT, as in recordings */
	const char *name; /* NULL when no table knows the number; static */
	enum snug_check_result result;
	/* The strictest of the answers it can get, and who gives it. */
	struct snug_decision decision;
	struct snug_argset passing; /* with DEPENDS: for these arguments it passes; may be empty */
	/* With DEPENDS: what libraries make when it fails with ENOSYS, as it does, and what passes;
	 * else NULL.  Static. */
	const char *instead;
	/* with DENIED and LOGGED: the recorded arguments that are, where others are not */
	struct snug_argset refused;
	size_t n_runs;    /* how many need it with this result */
	size_t first_run; /* the first of them that knows who made it, else the first */
	/* Who made it first in that run; borrowed.  NULL: not known. */
	const struct snug_recording_call *first;
	/* It is execve(2), which no recording has: the one that starts the program. */
	bool is_start;
};

struct snug_check {
	/* by result (the worst first), ABI, number */
	struct {
		struct snug_check_call *items;
		size_t len, cap;
	} calls;
	size_t n[_SNUG_CHECK_RESULT_MAX]; /* calls of each result */
};

/*
 * Judges every call of the @n_runs runs, with the arguments that its recording has; where it has
 * none, or not all, with any.  execve(2) of each recording's own architecture counts
 * among them even where it was not recorded, because under the profile the program must be started.
 * Recordings with the same env are judged by one meaning of @p.  *ret borrows from the runs and
 * from @p.  @warn (may be NULL) is told what is odd in the profile, for the first env.
 * Errors: as snug_meaning_new() and snug_meaning_cells().
 */
int snug_check(const struct snug_seccomp_profile *p, const struct snug_check_run *runs,
	       size_t n_runs, void (*warn)(void *data, const char *text), void *warn_data,
	       struct snug_check *ret, struct snug_err *err) __attribute__((warn_unused_result));
void snug_check_done(struct snug_check *c);
/* "allowed", "logged", "depends", "denied". */
const char *snug_check_result_name(enum snug_check_result result);
