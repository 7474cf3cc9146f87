/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* data/syscall-categories.csv as C; the .c file is made by tools/gen-categories. */
#include "seccomp/category.h"

#include <stddef.h>

struct snug_category_row {
	const char *name;
	enum snug_category category;
};

extern const struct snug_category_row snug_category_rows[]; /* sorted by name */
extern const size_t snug_n_category_rows;
