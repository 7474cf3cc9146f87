/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug check` prints. */
#include "record/check.h"

struct snug_str;

struct check_view {
	const struct snug_check *check;
	const struct snug_check_run *runs;
	char *const *paths; /* of the recordings, as the user named them */
	size_t n_runs;
	const char *profile_path, *profile_label;
	const struct snug_seccomp_profile *profile;
	bool is_ok;     /* the exit status will be 0 */
	unsigned width; /* of the terminal; UINT_MAX: none */
};

/* Appends one line (or as many as its width takes) for each call that is not simply allowed, the
 * sum, and the way out. */
void check_add_text(const struct check_view *view, struct snug_str *out);
/* Appends the object that snug-check(1) describes. */
void check_add_json(const struct check_view *view, struct snug_str *out);
