/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug show PROFILE` prints: what a profile means to a reader. */
#include "cmd/show-text.h"
#include "seccomp/diff.h"
#include "seccomp/digest.h"
#include "seccomp/lint.h"

struct snug_seccomp_profile;

struct profile_view {
	const char *label; /* as the user named the file */
	const struct snug_meaning *meaning;
	const struct snug_digest *digest;
	size_t n_insns;           /* of the compiled filter */
	const char *compile_fail; /* why it cannot be compiled; NULL when it can */
	const struct snug_findings *risks;
	/* What it allows more and less than a well-known profile: @reference is A, this one is B;
	 * NULL without. */
	const struct snug_diff *diff;
	const char *reference;
};

void profile_view_add_text(const struct profile_view *view, const struct show_style *style,
			   struct snug_str *out);
/* Appends the object that snug-show(1) describes. */
void profile_view_add_json(const struct profile_view *view, struct snug_str *out);
