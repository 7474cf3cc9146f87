/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The end of a recording, told to a person or to a script. */
#include "record/derive.h"

struct record_summary {
	const struct snug_recording *recording;
	const struct snug_derived *derived;
	const char *profile_path;
	const char *recording_path; /* or NULL */
	char *const *argv;
	bool is_json;
	bool has_base;
	bool can_run; /* argv is a command that can be run under the profile */
};

void record_summary_print(const struct record_summary *s);
