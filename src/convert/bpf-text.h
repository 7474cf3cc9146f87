/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A filter's instructions for a reader. */
#include <stdbool.h>
#include <stddef.h>

#include <linux/filter.h>

struct snug_str;

/* Appends a line for each of the @n instructions, which begins with @prefix: number, what it does,
 * with the fields of struct seccomp_data by name, the targets of jumps as numbers, and answers in
 * words.  @is_little_endian: where the lower half of an argument stands on the filter's machine. */
void snug_bpf_add_text(const struct sock_filter *insns, size_t n, bool is_little_endian,
		       const char *prefix, struct snug_str *out);
