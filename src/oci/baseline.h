/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a container runtime calls itself behind the seccomp filter that it loads, before it executes
 * the container's program: a profile has to allow this besides what the program does.  Measured,
 * in data/runtime-baselines.csv.
 */
#include "base/mem.h"

#include <stdbool.h>

struct snug_err;

/* What a fact is not known about counts as both. */
enum snug_known { SNUG_KNOWN_NO, SNUG_KNOWN_YES, SNUG_KNOWN_NOT };

struct snug_baseline_query {
	const char *runtime;          /* "runc", or a path to it */
	enum snug_known no_new_privs; /* process.noNewPrivileges of the container */
	enum snug_known is_root;      /* process.user.uid == 0 */
	enum snug_known has_terminal; /* process.terminal */
	bool with_exec;               /* also for programs that enter the running container */
};

struct snug_baseline {
	VEC(const char *) names; /* sorted, each once; static memory */
	const char *version;     /* of the runtime that was measured; the last in the table */
};
void snug_baseline_done(struct snug_baseline *b);

/* -ENOENT for a runtime that was never measured; the words list those that were. */
int snug_baseline_find(const struct snug_baseline_query *q, struct snug_baseline *ret,
		       struct snug_err *err) __attribute__((warn_unused_result));
/* Whether @runtime, a name without a path, was measured. */
bool snug_baseline_is_known(const char *runtime);
/* "runc", "crun", ...; NULL-terminated. */
const char *const *snug_baseline_runtimes(void);
