/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/lint-*.csv and data/libseccomp-releases.csv as C; the .c file is made by tools/gen-lint.
 * Each table ends with a row of zeros; lists of names end with NULL. */
#include <stdbool.h>
#include <stdint.h>

/* A call that attackers use, or some values of one of its arguments. */
struct snug_lint_danger {
	const char *rule; /* the id */
	const char *call;
	const char *value_name; /* "AF_ALG"; NULL when every call counts */
	unsigned arg;
	/* (args[arg] & mask) == value, of the lower 32 bits, unless these are @except */
	uint32_t mask, value, except;
	bool has_except;
	const char *capability; /* NULL: none is needed */
	bool is_ns;             /* one in a user namespace will do */
	const char *reason;
};
extern const struct snug_lint_danger snug_lint_dangers[];

/* A call that libraries try first, going on with one of @older only at ENOSYS. */
struct snug_lint_fallback {
	const char *call;
	const char *const *older;
	const char *who;
};
extern const struct snug_lint_fallback snug_lint_fallbacks[];

/* Calls that do the same job, the oldest first. */
struct snug_lint_family {
	const char *name;
	const char *current; /* what C libraries need on ABIs of 64 bits; NULL: not settled */
	const char *const *members;
	const char *what; /* "open a file" */
};
extern const struct snug_lint_family snug_lint_families[];

/* A libseccomp and the kernel that its table of calls matches. */
struct snug_libseccomp_release {
	uint32_t version; /* as snug_libseccomp_version_parse() counts */
	uint32_t kernel;  /* KERNEL_VERSION() */
};
extern const struct snug_libseccomp_release snug_libseccomp_releases[]; /* oldest first */

/* Calls that get around a condition on @call's arguments. */
struct snug_lint_detour {
	const char *call;
	const char *const *ways;
	const char *what; /* "make namespaces" */
};
extern const struct snug_lint_detour snug_lint_detours[];
