/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the kernel's clocks say, in one number (clock_gettime(2)). */
#include <stdint.h>
#include <time.h>

/* @clock is one that every kernel has: CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME... */
uint64_t snug_clock_us(clockid_t clock);
uint64_t snug_clock_ns(clockid_t clock);
