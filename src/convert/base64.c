/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/base64.h"

#include "base/str.h"

#include <stdint.h>

void snug_base64_add(const void *data, size_t len, struct snug_str *out)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;

		if (n > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			bits |= p[i + 2];
		for (size_t j = 0; j < 4; j++)
			snug_str_addc(out, j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=');
	}
}
