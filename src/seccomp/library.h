/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The libseccomp that is linked, as "2.5.4", in @buf, which is returned. */
#include <stddef.h>

const char *snug_libseccomp_version(char *buf, size_t size);
