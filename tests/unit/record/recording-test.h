/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Recordings for tests. */
#include "record/recording.h"

struct snug_err;

/* An empty one, the caller's. */
struct snug_recording *recording_of(enum snug_arch arch);
/* The call @name of @arch in @r, which is added if need be. */
struct snug_recording_call *recording_add(struct snug_recording *r, enum snug_arch arch,
					  const char *name);
/* One with a call at each of the @n times; UINT64_MAX: not known. */
struct snug_recording *recording_of_times(uint64_t duration_us, const uint64_t *times, size_t n);

/* Reads @text, which is called r.json. */
int recording_parse(const char *text, struct snug_recording **ret, struct snug_err *err);
/* @text is refused with @code, and the error has @words in a line that a terminal may be shown. */
void recording_refused(const char *text, int code, const char *words);
