/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the tests of src/convert share. */
#include "seccomp/meaning.h"

/* x86-64, Linux 6.1, no capabilities. */
extern const struct snug_seccomp_env convert_env;

/* A callback for warnings: one line each, appended to the struct snug_str @data. */
void collect_warning(void *data, const char *text);

/* A call that the two answer differently, by words, or NULL.  Looks at every number of every table
 * on every ABI of @env, with arguments around those of the entries.  The caller frees. */
char *find_difference(const struct snug_seccomp_profile *a, const struct snug_seccomp_profile *b,
		      const struct snug_seccomp_env *env);
