/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Changes what a profile means by changing its text where it has to be changed: comments, order,
 * layout and fields that nobody knows stay.  What comes out is read again and compared: it says the
 * old profile with just that change, in its fields and in its meaning, or there is an error.
 */
#include "base/str.h"
#include "seccomp/call-args.h"
#include "seccomp/diff.h"

struct snug_err;

struct snug_amend_options {
	const struct snug_seccomp_env *env;
	/* Where the change comes from; one line.  Goes into the comment of a new entry where the
	 * profile's format has such (the containers-common dialect), and behind what is inserted
	 * into YAML lists. */
	const char *note;
};

struct snug_amended {
	struct snug_str text;
	struct snug_seccomp_profile *before, *after;
	struct snug_meaning *meaning_before, *meaning_after;
	struct snug_diff diff; /* from before to after */
};
void snug_amended_done(struct snug_amended *a);

/*
 * Allows the @n @calls, with the arguments that are known, on the host env.  Nothing else changes.
 * A call that is allowed already is left alone, one that is only logged is not; when all do, diff
 * is empty and the text is the old one.  Entries that refuse a call lose its name, and where they
 * refuse it with other arguments too, get company that goes on refusing these.
 *
 * @text is a profile's; @name is for messages.  Errors: as snug_seccomp_profile_parse() and
 * snug_meaning_new(); -EOPNOTSUPP names what has to be changed by hand.
 */
int snug_amend_allow(const char *name, const char *text, size_t len,
		     const struct snug_amend_options *opts, const struct snug_call_question *calls,
		     size_t n, struct snug_amended *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* Makes @action the default; its errno stays where it is. */
int snug_amend_default(const char *name, const char *text, size_t len,
		       const struct snug_amend_options *opts, enum snug_action action,
		       struct snug_amended *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
