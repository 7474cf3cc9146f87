/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Numbers from text: the whole string must be the number, or nothing is taken. */
#include <stdint.h>

/* Decimal digits, or hexadecimal behind 0x; no sign, no blanks.
 * Returns 0 and *ret, -EINVAL when @s is no such number, -ERANGE when it is over @max. */
int snug_parse_u64(const char *s, uint64_t max, uint64_t *ret);

/* A length of time as people write it: "10" (seconds), "10s", "1h30m", "250ms"; units ms, s, m, h
 * and d, each behind decimal digits, blanks nowhere.  In microseconds; returns as above. */
int snug_parse_duration(const char *s, uint64_t max_us, uint64_t *ret_us);
