/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A profile as the settings of a systemd unit (systemd.exec(5)). */
#include "seccomp/filter.h"
#include "seccomp/profile.h"

struct snug_err;
struct snug_str;

/*
 * Appends a drop-in for a unit: [Service], SystemCallFilter= and what belongs to it, with lines of
 * less than 80 columns.  It means what @p means on @env, whatever the groups of the systemd that
 * reads it hold: groups are not used, and @default, which systemd puts on every list that allows,
 * is taken off again.
 *
 * systemd has no conditions on arguments and no other answers than to allow, to log, an errno and
 * to kill the process: -EOPNOTSUPP names the entry that asks for another one, and nothing is
 * appended.  Other errors as snug_rules_resolve().  @warn is told what has no place and changes no
 * answer (flags), and what systemd may do with it: start no service without execve(2), ignore names
 * that are newer than its libseccomp.
 */
int snug_systemd_unit_write(const struct snug_seccomp_profile *p,
			    const struct snug_seccomp_env *env,
			    void (*warn)(void *data, const char *text), void *warn_data,
			    struct snug_str *out, struct snug_err *err)
	__attribute__((warn_unused_result));
