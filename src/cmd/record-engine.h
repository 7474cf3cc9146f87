/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which engine records: the user's word, or what this host offers. */

struct snug_err;
struct snug_session;
struct snug_session_options;

#define RECORD_ENGINES "auto bpf notify"

/* 0 when @name is one of RECORD_ENGINES, or NULL, which is auto; else -EINVAL. */
int record_engine_check(const char *name, struct snug_err *err);
/* What only one engine can do: -EINVAL when @name is "notify", which records a command that is
 * started for it, and @option is about something else. */
int record_engine_needs_bpf(const char *name, const char *option, struct snug_err *err);

/* Opens a session for a command that is to be started.  With auto: by BPF, else without, which it
 * says; else -EPERM, -EOPNOTSUPP, ... with the reasons of both. */
int record_engine_open(const char *name, const struct snug_session_options *opts,
		       struct snug_session **ret, struct snug_err *err);
