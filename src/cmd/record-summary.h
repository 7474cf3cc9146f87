/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The end of a recording, told to a person or to a script. */
#include "record/derive.h"

struct record_summary {
	const struct snug_recording *const *recordings; /* n_recordings of them */
	size_t n_recordings;
	const struct snug_derived *derived;
	const char *profile_path;
	const char *recording_path; /* or NULL */
	char *const *argv;          /* of the command, or NULL */
	const char *target;         /* what was recorded if not a command: "web"; or NULL */
	bool is_json;
	bool has_base;
	bool is_cut; /* what the target did before is not known */
	bool no_entered;
	bool can_run; /* argv is a command that can be run under the profile */
};

void record_summary_print(const struct record_summary *s);
