/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The parts of building a report; only for src/report/model*.c. */
#include "report/model.h"

/* Fills ret->calls and the counts; everything else is there already.  @subject is the first
 * profile.  Errors of snug_check(). */
int snug_report_build_calls(struct snug_report *ret, const struct snug_seccomp_profile *subject,
			    struct snug_err *err) __attribute__((warn_unused_result));
/* While that goes on: the row of a call.  Names are among the first @n_named, sorted; numbers
 * without a name (@name is NULL) behind them.  NULL when there is none. */
struct snug_report_call *snug_report_find_row(struct snug_report *r, size_t n_named,
					      const char *name, enum snug_arch arch, uint32_t nr);
/* Adds the arguments of @c, a recorded call of the row's name. */
void snug_report_args_add(struct snug_report_args *args, const struct snug_recording_call *c);
void snug_report_args_done(struct snug_report_args *args);
/* Finds what of the recorded runs the subject, @profile, refuses. */
int snug_report_judge(struct snug_report *ret, size_t n_named,
		      const struct snug_seccomp_profile *profile, struct snug_err *err)
	__attribute__((warn_unused_result));
void snug_report_call_done(struct snug_report_call *c, size_t n_profiles);
/* Fills what the moments of @r->recording are. */
void snug_report_build_moments(struct snug_report_recording *r);
