/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What C libraries and others do when the kernel does not have a call yet: clone instead of clone3.
 * A profile that answers ENOSYS means them to (data/lint-fallbacks.csv).
 */
#include <stdint.h>

/* The calls that are made instead of @name when that fails with ENOSYS, NULL-terminated; NULL when
 * ENOSYS is taken for the answer. */
const char *const *snug_fallbacks_of(const char *name);
/* The first of them when @ret (SECCOMP_RET_*) is that answer to @name, which may be NULL; else
 * NULL.
 */
const char *snug_fallback_at(const char *name, uint32_t ret);
