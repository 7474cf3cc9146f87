/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* When an entry of the containers-common dialect applies. */
#include "seccomp/profile.h"

struct snug_decode;
struct snug_doc_value;
struct snug_seccomp_env;

/* Parses the leading "4.8", "4.8.1" of @text (what follows a third number, as in "6.1.0-18-amd64",
 * is left alone) into KERNEL_VERSION(a, b, c); c is capped at 255 as the kernel does.  0 or
 * -EINVAL. */
int snug_kernel_version_parse(const char *text, uint32_t *ret);

/* A snug_decode_fn for includes and excludes: @dst is struct snug_seccomp_condition *. */
int snug_condition_decode(struct snug_decode *d, const struct snug_doc_value *v, void *dst);

/* Whether @e is part of the profile on @env: all of includes holds (every capability, one of the
 * architectures) and nothing of excludes does (no capability, none of the architectures). */
bool snug_seccomp_entry_applies(const struct snug_seccomp_entry *e,
				const struct snug_seccomp_env *env);
