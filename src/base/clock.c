/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

uint64_t snug_clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

uint64_t snug_clock_us(clockid_t clock)
{
	return snug_clock_ns(clock) / 1000;
}
