/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug lint` prints. */
#include "seccomp/lint.h"

#include <stdbool.h>
#include <stddef.h>

struct snug_str;

/* The findings in one file that are to be shown. */
struct lint_file {
	char *label; /* owned: as the user named it */
	struct snug_findings findings;
};

struct lint_view {
	const struct lint_file *files;
	size_t n_files;
	bool has_colours;
};

/* Appends a line for each finding, "file:line:col: severity: message [rule]", and one with the fix
 * below it. */
void lint_add_text(const struct lint_view *view, struct snug_str *out);
/* Appends the object that snug-lint(1) describes. */
void lint_add_json(const struct lint_view *view, struct snug_str *out);
/* Appends a log in SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). */
void lint_add_sarif(const struct lint_view *view, struct snug_str *out);

/* Appends the rules: a table of @width columns (UINT_MAX: a line each), or a JSON array. */
void lint_add_rules_text(unsigned width, struct snug_str *out);
void lint_add_rules_json(struct snug_str *out);
