/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * `snug run --explain`: tells what the profile refuses while the command runs.  Where the filter
 * would give an errno, snug is asked, and gives the same errno; the command cannot tell the
 * difference, as far as snug-run(1) does not say so.
 */
#include <stdbool.h>
#include <sys/types.h>

struct explain;
struct snug_err;
struct snug_seccomp_env;
struct snug_seccomp_filter;
struct snug_seccomp_profile;

struct explain_options {
	/* borrowed */
	const struct snug_seccomp_profile *profile;
	const struct snug_seccomp_env *env;
	const struct snug_seccomp_filter *filter;
	const char *path; /* of the profile as the user named it, for what to type next */
	bool is_asked;    /* by --explain; else it is only because there is a terminal */
};

/* *ret is NULL when there is nothing to watch, or no way: that is said, when it was asked for. */
int explain_new(const struct explain_options *options, struct explain **ret, struct snug_err *err);
struct explain *explain_free(struct explain *e);

/* In the child: installs the filter that asks.  Returns the listener or negative errno, as when a
 * filter in force here has a listener already; then the plain filter is to be installed. */
int explain_install(const struct explain *e, bool has_admin);
/* The listener as the parent got it; stays the caller's.  Idempotent.  Negative: there is none. */
void explain_listen(struct explain *e, int fd);
/* Readable when a call waits; -1 without a listener. */
int explain_poll_fd(const struct explain *e);
/* Answers what waits. */
void explain_on_ready(struct explain *e);
/* The command has ended; @killed_by (or NULL) is the call it was killed for, as @pid.  Tells what
 * was refused in all, and how to go on.  Processes that are left get their answers from a process
 * in the background, as long as they live. */
void explain_finish(struct explain *e, const char *killed_by, pid_t pid);
/* Behind that: the document of snug-run(1), for --json.  @e may be NULL: nothing was refused. */
struct snug_str;
void explain_add_json(const struct explain *e, const char *profile, struct snug_str *out);
