/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Files that hold a log, or once did, in a form that is not read here. */
#include <stddef.h>

struct snug_audit_foreign {
	const char *what; /* "compressed by gzip" */
	const char *way;  /* a command that makes of FILE what can be read */
};

/* What a file is that begins with @text; NULL when it may be a log. */
const struct snug_audit_foreign *snug_audit_foreign_find(const char *text, size_t len);
