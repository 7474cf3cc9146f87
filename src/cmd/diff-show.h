/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug diff` prints. */
#include "seccomp/diff.h"

struct snug_str;

struct diff_view {
	const struct snug_diff *diff;
	const char *label_a, *label_b; /* as the user named them */
	const struct snug_seccomp_profile *a, *b;
	const struct snug_seccomp_env *env;
	unsigned width;
	bool has_colours;
};

/* Appends the differences for people: counts first, then the calls by answer and category. */
void diff_add_text(const struct diff_view *view, struct snug_str *out);
/* Appends the object that snug-diff(1) describes. */
void diff_add_json(const struct diff_view *view, struct snug_str *out);
