/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The discovery curve of a recording: how many distinct calls were known by when.  Where it stays
 * flat, the recording has probably seen what there is to see.
 */
#include "record/recording.h"

struct snug_str;

/* A call (an index into recording->calls) in the order in which they were first made; those whose
 * time is not known come last. */
struct snug_first_seen {
	size_t *items;
	size_t len, cap;
};
void snug_first_seen_done(struct snug_first_seen *f);
void snug_first_seen_sort(const struct snug_recording *r, struct snug_first_seen *ret);

/* When the last new call came, in microseconds; false when no time is known. */
bool snug_recording_last_new(const struct snug_recording *r, uint64_t *ret);

/* Appends "800 us", "1.52 ms", "3.25 s", "12 min 3 s", "2 h 5 min". */
void snug_duration_add_text(uint64_t us, struct snug_str *out);

/* Appends the curve with its axes: @height lines of plot and two below, at most @width columns (40
 * or more); with dots of braille, four times finer, or in ASCII.  Nothing when no time is known. */
void snug_curve_draw(const struct snug_recording *r, unsigned width, unsigned height, bool is_utf8,
		     struct snug_str *out);
