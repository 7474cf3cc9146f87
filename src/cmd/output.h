/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `record` and `derive` share: which profile to make of recordings, and where it goes. */
#include "cmd/options.h"
#include "record/derive.h"

struct snug_outfile;

struct output_options {
	const char *file;
	const char *type;
	struct snug_list base;
	bool no_base;
	const char *args;   /* of enum snug_args_level; "" is security; NULL is off */
	const char *clone3; /* "allow", "enosys"; NULL is allow */
	bool no_entered;    /* not what only entered a container from outside */
};

/* The rows of the option table, for the struct member @field of @type_of_args. */
#define OUTPUT_OPTIONS(type_of_args, field)                                                        \
	{ 'o',                                                                                     \
	  "output-file",                                                                           \
	  SNUG_OPTION_STRING,                                                                      \
	  offsetof(type_of_args, field.file),                                                      \
	  "FILE",                                                                                  \
	  "where the profile goes, - for standard output (default: profile.yaml or "               \
	  "profile.json in $TMPDIR or /tmp)" },                                                    \
		{ 't',                                                                             \
		  "type",                                                                          \
		  SNUG_OPTION_STRING,                                                              \
		  offsetof(type_of_args, field.type),                                              \
		  "TYPE",                                                                          \
		  "seccomp (a SeccompProfile resource, YAML) or raw-seccomp (OCI JSON)",           \
		  "seccomp raw-seccomp" },                                                         \
		{ 'b',                                                                             \
		  "base-syscalls",                                                                 \
		  SNUG_OPTION_LIST,                                                                \
		  offsetof(type_of_args, field.base),                                              \
		  "NAMES",                                                                         \
		  "allow these besides, instead of the default base set for OCI runtimes",         \
		  "@syscall" },                                                                    \
		{ 'n',                                                                             \
		  "no-base-syscalls",                                                              \
		  SNUG_OPTION_BOOL,                                                                \
		  offsetof(type_of_args, field.no_base),                                           \
		  NULL,                                                                            \
		  "no base set: exactly what was recorded" },                                      \
		{ 0,                                                                               \
		  "args",                                                                          \
		  SNUG_OPTION_OPTIONAL,                                                            \
		  offsetof(type_of_args, field.args),                                              \
		  "LEVEL",                                                                         \
		  "allow calls only with the arguments that were recorded: off (the default), "    \
		  "security (where attacks need others), or all; without LEVEL, security",         \
		  "off security all" },                                                            \
	{                                                                                          \
		0, "clone3", SNUG_OPTION_STRING, offsetof(type_of_args, field.clone3), "POLICY",   \
			"clone3, whose flags no filter sees: allow (the default), or enosys, so "  \
			"that libraries make clone",                                               \
			"allow enosys"                                                             \
	}

struct output {
	const struct output_options *options;
	enum snug_profile_format format;
	char *path; /* owned */
	struct snug_outfile *file;
};

/* Where the profile goes: the option, or the default; for the caller to free. */
char *output_path(const struct output_options *options);
/* "yaml" or "json". */
const char *output_extension(const struct output_options *options);
/* Whether a profile of these recordings gets a base set, the default or the given one. */
bool output_has_base(const struct output_options *options,
		     const struct snug_recording *const *recordings, size_t n);
/* The value of --args: NULL is off, "" is security.  -EINVAL with the words. */
int output_parse_args_level(const char *text, enum snug_args_level *ret, struct snug_err *err);
/* Whether the profile is to look at arguments, so that recordings have to note them. */
bool output_looks_at_args(const struct output_options *options);
/* Checks the options and opens the file, before any work is done.  -EINVAL is the user's. */
int output_open(const struct output_options *options, struct output *ret, struct snug_err *err);
void output_done(struct output *o);
/* Only the checks that need no file. */
int output_check(const struct output_options *options, struct snug_err *err);
/* Derives a profile named @name as output_write() does, and says nothing. */
int output_derive(const struct output_options *options, const char *name,
		  const struct snug_recording *const *recordings, size_t n,
		  struct snug_derived *ret, struct snug_err *err);
/* Writes a recording into @file, which was opened for @path, and says so; nothing when it is NULL.
 */
int output_write_recording(struct snug_outfile *file, const char *path,
			   const struct snug_recording *recording, struct snug_err *err);
/* Derives a profile named @name from the recordings, tells of the base set and of calls without a
 * name, writes it.  Of recordings that all have the baseline of a runtime, this takes the place of
 * the default base set, unless there is to be nothing besides what was recorded.  *ret (may be
 * NULL) gets what was derived. */
int output_write(struct output *o, const char *name, const struct snug_recording *const *recordings,
		 size_t n, struct snug_derived *ret, struct snug_err *err);
