/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* RFC 4648 section 4. */
#include <stddef.h>

struct snug_str;

/* Appends the @len bytes at @data, with padding and without line breaks. */
void snug_base64_add(const void *data, size_t len, struct snug_str *out);
