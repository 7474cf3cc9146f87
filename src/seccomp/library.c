/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/library.h"

#include <seccomp.h>
#include <stdio.h>

const char *snug_libseccomp_version(char *buf, size_t size)
{
	const struct scmp_version *v = seccomp_version();

	snprintf(buf, size, "%u.%u.%u", v->major, v->minor, v->micro);
	return buf;
}
