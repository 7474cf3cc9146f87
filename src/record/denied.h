/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the BPF programs say about calls, in this program's terms. */
#include <stdbool.h>
#include <stdint.h>

struct snug_str;

/* The answer to a refused call: an errno from 1 to 4095, or one of these. */
enum {
	SNUG_RESULT_TRAPPED = 0xfffe, /* SIGSYS, which can be handled */
	SNUG_RESULT_KILLED = 0xffff,
};

/* Appends "EPERM", "errno 4000", "trapped" or "killed". */
void snug_result_add_name(struct snug_str *out, uint32_t result);
/* The inverse; false for another word. */
bool snug_result_from_name(const char *name, uint32_t *ret);
