/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A filter's answer in the JSON that verbs print. */
#include <stdint.h>

struct snug_writer;

/* Writes the member @key: {"action": "SCMP_ACT_ERRNO", "errnoRet": 1}, as OCI profiles spell it;
 * errnoRet only where the action has data.  @ret: SECCOMP_RET_*. */
void answer_write(struct snug_writer *w, const char *key, uint32_t ret);
