/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The parts of building a report; only for src/report/model*.c. */
#include "report/model.h"

/* Fills ret->calls and the counts; everything else is there already. */
void snug_report_build_calls(struct snug_report *ret);
void snug_report_call_done(struct snug_report_call *c, size_t n_profiles);
/* Fills what the moments of @r->recording are. */
void snug_report_build_moments(struct snug_report_recording *r);
