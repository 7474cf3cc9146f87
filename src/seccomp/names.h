/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The words of profiles that are not system calls or architectures: errnos, capabilities, flags. */
#include <stdint.h>

/* The number of errno name "EPERM" on this ABI, or 0 when there is no such name. */
uint32_t snug_errno_from_name(const char *name);
struct snug_errno_ret;
/* The errno that a document means: @name when it has one, else @ret when it is set, else
 * @otherwise. */
uint32_t snug_errno_ret_value(const struct snug_errno_ret *ret, const char *name,
			      uint32_t otherwise);
/* "EPERM", or NULL. */
const char *snug_errno_name(uint32_t value);
const char *const *snug_errno_names(void); /* NULL-terminated */

/* The number of "CAP_SYS_ADMIN" (linux/capability.h), or -1. */
int snug_capability_from_name(const char *name);
const char *const *snug_capability_names(void); /* NULL-terminated, by number */

/* The SECCOMP_FILTER_FLAG_* bit that "SECCOMP_FILTER_FLAG_LOG" names, or 0.  The flags of OCI
 * runtime-spec and of the custom resource; the kernel's others are no business of a profile. */
unsigned int snug_filter_flag_from_name(const char *name);
const char *const *snug_filter_flag_names(void); /* NULL-terminated */
