/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug amend` is to allow: from the command line, and from those who know what was refused.
 */
#include "base/mem.h"
#include "cmd/options.h"
#include "seccomp/call-args.h"
#include "seccomp/filter.h"

struct snug_err;
struct snug_seccomp_profile;

/* Whether a call on an ABI is refused so that libraries make an older one. */
struct amend_verdict {
	enum snug_arch arch;
	uint32_t nr;
	bool is_left_out;
};

struct amend_calls {
	struct snug_call_question *items; /* each once */
	size_t len, cap;
	uint64_t unlisted;   /* bit n: enum snug_arch n has been said to be left out */
	uint64_t n_nameless; /* left out because no table knows the number */
	VEC(struct amend_verdict) verdicts; /* those that have been looked for */
	VEC(char *) fallbacks; /* the calls that have been said to be left out for their sake */
};
void amend_calls_done(struct amend_calls *c);
/* "uname", "socket(AF_ALG)".  -EINVAL. */
int amend_calls_add(struct amend_calls *c, const char *text, struct snug_err *err);

struct amend_from {
	/* "audit": this host's audit log; a file, or "-": what `snug run --json` wrote, a
	 * recording, lines of `snug audit --json`, or an audit log */
	const char *path;
	struct snug_list exes, comms; /* of audit events, only these */
	const struct snug_seccomp_profile *profile;
	struct snug_seccomp_env env;
};
/* Adds what the profile refused there.  What cannot be told is said.  -EINVAL also for a log with
 * events of several programs, when none is chosen. */
int amend_calls_add_from(struct amend_calls *c, const struct amend_from *from,
			 struct snug_err *err);
