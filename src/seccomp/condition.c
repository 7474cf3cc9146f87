/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/condition.h"

#include "seccomp/filter.h"
#include "seccomp/names.h"

#include <errno.h>
#include <string.h>

/* The number at *text, which moves behind it; -1 when there is none or it is too large. */
static int leading_number(const char **text)
{
	int n = 0;

	if (**text < '0' || **text > '9')
		return -1;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		n = n * 10 + (**text - '0');
		if (n > 65535)
			return -1;
	}
	return n;
}

int snug_kernel_version_parse(const char *text, uint32_t *ret)
{
	int major, minor, patch = 0;

	major = leading_number(&text);
	if (major < 0 || major > 255 || *text++ != '.')
		return -EINVAL;
	minor = leading_number(&text);
	if (minor < 0 || minor > 255)
		return -EINVAL;
	if (*text == '.') {
		text++;
		patch = leading_number(&text);
		if (patch < 0)
			return -EINVAL;
	}
	*ret = ((uint32_t)major << 16) + ((uint32_t)minor << 8) +
	       (uint32_t)(patch > 255 ? 255 : patch);
	return 0;
}

static bool has_arch(const struct snug_names *arches, enum snug_arch arch)
{
	VEC_FOREACH (name, arches)
		if (strcmp(*name, snug_arch_go_name(arch)) == 0)
			return true;
	return false;
}

static bool has_cap(const struct snug_seccomp_env *env, const char *name)
{
	int cap = snug_capability_from_name(name);

	return cap >= 0 && env->caps >> cap & 1;
}

static bool is_kernel_at_least(const struct snug_seccomp_env *env, const char *version)
{
	uint32_t v;

	return snug_kernel_version_parse(version, &v) == 0 && env->kernel_version >= v;
}

bool snug_seccomp_entry_applies(const struct snug_seccomp_entry *e,
				const struct snug_seccomp_env *env)
{
	if (has_arch(&e->excludes.arches, env->arch))
		return false;
	VEC_FOREACH (cap, &e->excludes.caps)
		if (has_cap(env, *cap))
			return false;
	if (e->excludes.min_kernel && is_kernel_at_least(env, e->excludes.min_kernel))
		return false;
	if (e->includes.arches.len && !has_arch(&e->includes.arches, env->arch))
		return false;
	VEC_FOREACH (cap, &e->includes.caps)
		if (!has_cap(env, *cap))
			return false;
	return !e->includes.min_kernel || is_kernel_at_least(env, e->includes.min_kernel);
}
