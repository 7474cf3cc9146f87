/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/runtime-baselines.csv as C; the .c file is made by tools/gen-baselines. */
#include <stdbool.h>
#include <stddef.h>

struct snug_baseline_row {
	const char *runtime, *version;
	bool is_exec, no_new_privs, is_root;
	int has_terminal;               /* -1: not told apart */
	const char *always, *sometimes; /* names with a space between them */
};

extern const struct snug_baseline_row snug_baseline_rows[];
extern const size_t snug_n_baseline_rows;
