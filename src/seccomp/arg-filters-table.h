/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/argument-filters.csv as C; the .c file is made by tools/gen-arg-filters. */
#include "seccomp/arg-filters.h"

#include <stddef.h>

extern const struct snug_arg_filters snug_arg_filter_rows[]; /* sorted by call */
extern const size_t snug_n_arg_filter_rows;
