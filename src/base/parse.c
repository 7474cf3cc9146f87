/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static int digit(char c, unsigned base)
{
	unsigned v;

	if (c >= '0' && c <= '9')
		v = (unsigned)(c - '0');
	else if (c >= 'a' && c <= 'f')
		v = (unsigned)(c - 'a') + 10;
	else if (c >= 'A' && c <= 'F')
		v = (unsigned)(c - 'A') + 10;
	else
		return -1;
	return v < base ? (int)v : -1;
}

int snug_parse_u64(const char *s, uint64_t max, uint64_t *ret)
{
	unsigned base = 10;
	uint64_t v = 0;

	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		s += 2;
	}
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		int d = digit(*s, base);

		if (d < 0)
			return -EINVAL;
		if (__builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, (uint64_t)d, &v))
			return -ERANGE;
	}
	if (v > max)
		return -ERANGE;
	*ret = v;
	return 0;
}

/* The unit at *s, in microseconds, and *s behind it; 0 when there is none. */
static uint64_t take_unit(const char **s)
{
	static const struct {
		const char *name;
		uint64_t us;
	} units[] = {
		{ "ms", 1000 },
		{ "s", 1000000 },
		{ "m", 60 * UINT64_C(1000000) },
		{ "h", 3600 * UINT64_C(1000000) },
		{ "d", 86400 * UINT64_C(1000000) },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(*s, units[i].name, n) == 0) {
			*s += n;
			return units[i].us;
		}
	}
	return 0;
}

int snug_parse_duration(const char *s, uint64_t max_us, uint64_t *ret_us)
{
	uint64_t sum = 0;
	bool is_over = false;

	if (!*s)
		return -EINVAL;
	for (bool is_first = true; *s; is_first = false) {
		uint64_t v = 0, unit;

		if (digit(*s, 10) < 0)
			return -EINVAL;
		for (; digit(*s, 10) >= 0; s++)
			is_over |= __builtin_mul_overflow(v, 10, &v) ||
				   __builtin_add_overflow(v, (uint64_t)digit(*s, 10), &v);
		unit = is_first && !*s ? 1000000 : take_unit(&s);
		if (!unit)
			return -EINVAL;
		is_over |=
			__builtin_mul_overflow(v, unit, &v) || __builtin_add_overflow(sum, v, &sum);
	}
	if (is_over || sum > max_us)
		return -ERANGE;
	*ret_us = sum;
	return 0;
}
