/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The containers of this host as a table for people, or as JSON for scripts. */
#include "oci/containers.h"

struct snug_str;

enum ps_recording { PS_RECORDING_NO, PS_RECORDING_YES, PS_RECORDING_UNKNOWN };

struct ps_row {
	const struct snug_container *container; /* borrowed */
	enum ps_recording recording;
};

/* "none", "strict", "filter"; NULL for what is not known. */
const char *ps_seccomp_name(int mode);
/* Appends a line of headings and a line for each row; images are cut at their start so that a line
 * is @width columns wide if that can be (0: nothing is cut). */
void ps_add_table(struct snug_str *out, const struct ps_row *rows, size_t n, unsigned width);
/* Appends an array of objects; what is not known is left out. */
void ps_add_json(struct snug_str *out, const struct ps_row *rows, size_t n);
