/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `snug show RECORDING` prints: what was seen, when first, and how the discovery went. */
#include "cmd/show-text.h"
#include "record/curve.h"

struct recording_view {
	const char *label; /* as the user named the file */
	const struct snug_recording *recording;
};

void recording_view_add_text(const struct recording_view *view, const struct show_style *style,
			     struct snug_str *out);
/* Appends what is known of the calls named @name: "socket: first after 1.20 ms by sh (17), x86_64",
 * or that it was not made. */
void recording_view_add_call(const struct recording_view *view, const char *name,
			     struct snug_str *out);
/* Appends the object that snug-show(1) describes. */
void recording_view_add_json(const struct recording_view *view, struct snug_str *out);
/* Writes the array of all recorded calls of that name, of all calls when it is NULL, by the time
 * when they were first made. */
void recording_view_write_calls(const struct recording_view *view, const char *name,
				struct snug_writer *w);
