/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* `snug record` of what runs already: the options, and which of them go together. */
#include "cmd/options.h"

#include <stdint.h>
#include <sys/types.h>

struct snug_err;

struct attach_options {
	struct snug_list containers;
	const char *pid, *cgroup, *duration;
	struct snug_list runtimes;
	bool wait, each, no_entered;
};

/* The rows of the option table, for the struct member @field of @args. */
#define ATTACH_OPTIONS(args, field)                                                                \
	{ 0,                                                                                       \
	  "container",                                                                             \
	  SNUG_OPTION_LIST,                                                                        \
	  offsetof(args, field.containers),                                                        \
	  "NAMES",                                                                                 \
	  "do not start COMMAND: record containers that run, by name or id ('snug ps')",           \
	  "" },                                                                                    \
		{ 0,                                                                               \
		  "pid",                                                                           \
		  SNUG_OPTION_STRING,                                                              \
		  offsetof(args, field.pid),                                                       \
		  "PID",                                                                           \
		  "the same for a process and its descendants",                                    \
		  "" },                                                                            \
		{ 0,                                                                               \
		  "cgroup",                                                                        \
		  SNUG_OPTION_STRING,                                                              \
		  offsetof(args, field.cgroup),                                                    \
		  "PATH",                                                                          \
		  "the same for what is in a control group, now or later",                         \
		  "@directory" },                                                                  \
		{ 0,                                                                               \
		  "duration",                                                                      \
		  SNUG_OPTION_STRING,                                                              \
		  offsetof(args, field.duration),                                                  \
		  "TIME",                                                                          \
		  "end after this time (10s, 5m, 1h30m), and not only with the container or "      \
		  "Ctrl-C",                                                                        \
		  "" },                                                                            \
		{ 0,                                                                               \
		  "wait",                                                                          \
		  SNUG_OPTION_BOOL,                                                                \
		  offsetof(args, field.wait),                                                      \
		  NULL,                                                                            \
		  "wait for containers that do not run yet" },                                     \
		{ 0,                                                                               \
		  "each",                                                                          \
		  SNUG_OPTION_BOOL,                                                                \
		  offsetof(args, field.each),                                                      \
		  NULL,                                                                            \
		  "one profile a container: -o is a directory, or gets the name before its "       \
		  "extension" },                                                                   \
		{ 0,                                                                               \
		  "runtime",                                                                       \
		  SNUG_OPTION_LIST,                                                                \
		  offsetof(args, field.runtimes),                                                  \
		  "NAMES",                                                                         \
		  "allow what these container runtimes need (runc, crun), or none; default: the "  \
		  "container's",                                                                   \
		  "runc crun none" },                                                              \
	{                                                                                          \
		0, "no-entered", SNUG_OPTION_BOOL, offsetof(args, field.no_entered), NULL,         \
			"leave out what only programs did that entered the container from outside" \
	}

/* The same, read. */
struct attach_request {
	pid_t pid;            /* or 0 */
	uint64_t duration_us; /* or 0 */
};

/* Whether one of the three options that attach is there. */
bool attach_is_wanted(const struct attach_options *o);
/* What is wrong with the options whatever runs on this host: -EINVAL with the words. */
int attach_check(const struct attach_options *o, struct attach_request *ret, struct snug_err *err);
void attach_options_done(struct attach_options *o);
