/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The containers-common dialect, resolved for one machine into what every runtime reads. */
#include "seccomp/filter.h"
#include "seccomp/profile.h"

/* Whether @p has something that depends on the machine: includes, excludes, archMap,
 * SCMP_ARCH_NATIVE; or words of the dialect: names of errnos, "name" for one name. */
bool snug_profile_is_dialect(const struct snug_seccomp_profile *p);

/*
 * A copy of @p as it is on @env: the entries that apply there, in their order and with their
 * comments, archMap as architectures, errnos as numbers.  On @env it means the same; elsewhere it
 * may not.  Metadata and status of a custom resource are not copied, its name is.  The caller
 * owns the result.
 */
struct snug_seccomp_profile *snug_profile_resolve(const struct snug_seccomp_profile *p,
						  const struct snug_seccomp_env *env)
	__attribute__((warn_unused_result));
