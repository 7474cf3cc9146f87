/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the verbs that reason about profiles take as a file: a profile in any format, a recording
 * (read as the profile that allows exactly what it did), a systemd unit, "-" for standard input,
 * or a well-known name.
 */
#include "cmd/options.h"
#include "record/recording.h"
#include "seccomp/filter.h"

/* The host that a profile is read for. */
struct env_options {
	const char *arch;
	const char *kernel;
	struct snug_list caps;
};

/* The rows of the option table, for the struct member @field of @args. */
#define ENV_OPTIONS(args, field)                                                                   \
	{ 0,                                                                                       \
	  "arch",                                                                                  \
	  SNUG_OPTION_STRING,                                                                      \
	  offsetof(args, field.arch),                                                              \
	  "ARCH",                                                                                  \
	  "read conditions of profiles for this architecture: amd64, aarch64, SCMP_ARCH_S390X "    \
	  "(default: this machine's)" },                                                           \
		{ 0,                                                                               \
		  "kernel",                                                                        \
		  SNUG_OPTION_STRING,                                                              \
		  offsetof(args, field.kernel),                                                    \
		  "VERSION",                                                                       \
		  "and for this kernel (default: the one that runs)" },                            \
	{                                                                                          \
		0, "caps", SNUG_OPTION_LIST, offsetof(args, field.caps), "LIST",                   \
			"and for a program with these capabilities: names, or container "          \
			"(what Docker and podman give), host (this process'), all, none "          \
			"(default: container)",                                                    \
			"container host all none @capability"                                      \
	}

/* -EINVAL names the option and what it takes. */
int env_options_resolve(const struct env_options *options, struct snug_seccomp_env *ret,
			struct snug_err *err);
/* Frees the lists. */
void env_options_done(struct env_options *options);

struct input {
	char *label; /* as the user named it; "<stdin>" for "-" */
	struct snug_seccomp_profile *profile;
	struct snug_recording *recording; /* NULL when it is a profile */
	bool is_well_known;
	/* What is neither, and is not looked at here; only of input_read_or_other(). */
	char *other;
	size_t other_len;
};

void input_done(struct input *in);
/* What it is, is decided by the content.  "docker-default" is containers-common's profile, wherever
 * that package or Docker's put it, unless a file of that name is meant ("./docker-default").
 * Errors: as snug_seccomp_profile_read() and snug_recording_read(); -ENOENT with the package that
 * has a well-known profile. */
int input_read(const char *path, struct input *ret, struct snug_err *err);
/* The same for a caller that tells of unknown names itself: no warnings about them. */
int input_read_keep_unknown(const char *path, struct input *ret, struct snug_err *err);
/* The same; a text that @is_other says is the caller's is kept as ret->other, and no profile is
 * made of it. */
int input_read_or_other(const char *path, bool (*is_other)(const char *text, size_t len),
			struct input *ret, struct snug_err *err);
/* The file behind @name: a well-known profile's, else @name itself.  *ret is borrowed.  -ENOENT as
 * above. */
int input_find(const char *name, const char **ret, struct snug_err *err);
/* To an error of a file that is not there: the well-known name that @name nearly is, if any. */
void input_add_hint(const char *name, struct snug_err *err);
/* NULL-terminated. */
const char *const *input_well_known_names(void);
/* Whether the file is behind one of these names, and so every container's. */
bool input_is_well_known_path(const char *path);
