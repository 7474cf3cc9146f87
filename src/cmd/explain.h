/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * `snug run --explain`: tells what the profile refuses while the command runs.  Where the filter
 * would give an errno, snug is asked, and gives the same errno; the command cannot tell the
 * difference, as far as snug-run(1) does not say so.  Of calls that kill, trap or are logged,
 * others learn (deaths.h, logged.h), who tell it here.
 */
#include <stdbool.h>
#include <sys/types.h>

struct explain;
struct snug_audit_event;
struct snug_err;
struct snug_seccomp_env;
struct snug_seccomp_filter;
struct snug_seccomp_profile;
struct snug_sigsys_event;

struct explain_options {
	/* borrowed */
	const struct snug_seccomp_profile *profile;
	const struct snug_seccomp_env *env;
	const struct snug_seccomp_filter *filter;
	const char *path; /* of the profile as the user named it, for what to type next */
	/* by --explain; else it is only because there is a terminal, and calls that the profile
	 * leaves to a tracer or an agent are left to them */
	bool is_asked;
	/* nobody can read the kernel's log: calls that the profile logs are asked about, too, and
	 * pass */
	bool tells_logged;
};

/* *ret is NULL when the profile allows everything: that is said, when it was asked for. */
int explain_new(const struct explain_options *options, struct explain **ret, struct snug_err *err);
struct explain *explain_free(struct explain *e);

/* Whether the filter is to ask; else the plain one is to be installed. */
bool explain_watches(const struct explain *e);
/* In the child: installs the filter that asks.  Returns the listener or negative errno, as when a
 * filter in force here has a listener already; then the plain filter is to be installed. */
int explain_install(const struct explain *e, bool has_admin);
/* The listener as the parent got it; stays the caller's.  Idempotent.  Negative: there is none. */
void explain_listen(struct explain *e, int fd);
/* Readable when a call waits; -1 without a listener. */
int explain_poll_fd(const struct explain *e);
/* Answers what waits. */
void explain_on_ready(struct explain *e);
/* Whether only the kernel's log tells everything: a thread that is killed while others of its
 * process live gets no signal.  With @is_read, explain_on_logged() will get these. */
bool explain_needs_log(const struct explain *e);
void explain_set_log(struct explain *e, bool is_read);
/* Says, where it matters and was asked for, that calls that kill or trap will not be told:
 * explain_on_sigsys() will hear nothing but what the command itself dies of, if that. */
void explain_warn_deaths(const struct explain *e);
/* A process was killed or got SIGSYS for a call, if that was of the profile's doing. */
void explain_on_sigsys(struct explain *e, const struct snug_sigsys_event *ev);
/* The kernel's log has an event of the command, which has been told: a call was logged, or a thread
 * killed for one, if that was of the profile's doing. */
void explain_on_logged(struct explain *e, const struct snug_audit_event *ev);
/* The command has ended.  Tells what was refused in all, and how to go on.  Processes that are left
 * get their answers from a process in the background, as long as they live. */
void explain_finish(struct explain *e);
/* Behind that: the document of snug-run(1), for --json.  @e may be NULL: nothing was refused. */
struct snug_str;
void explain_add_json(const struct explain *e, const char *profile, struct snug_str *out);
