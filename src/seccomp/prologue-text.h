/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The instructions of a prologue in the words of libseccomp's pseudo filter code. */
#include <stdint.h>

struct snug_prologue;
struct snug_str;

/* Appends what snug_prologue_emit() makes of @pl, call by call; nothing when @pl is empty.  To be
 * called behind that, which sorts the calls. */
void snug_prologue_add_pfc(const struct snug_prologue *pl, uint32_t default_ret,
			   struct snug_str *out);
/* "ALLOW", "ERRNO(38)": as seccomp_export_pfc(3) writes answers. */
void snug_ret_add_pfc(uint32_t ret, struct snug_str *out);
