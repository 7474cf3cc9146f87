/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/resolve.h"

#include "seccomp/condition.h"
#include "seccomp/names.h"

#include <string.h>

static bool is_conditional(const struct snug_seccomp_entry *e)
{
	return e->includes.is_set || e->excludes.is_set;
}

bool snug_profile_is_dialect(const struct snug_seccomp_profile *p)
{
	if (p->arch_map.len || p->default_errno_name)
		return true;
	VEC_FOREACH (arch, &p->arches)
		if (*arch == SNUG_ARCH_NATIVE)
			return true;
	VEC_FOREACH (e, &p->entries)
		if (is_conditional(e) || e->errno_name || e->is_legacy_name)
			return true;
	return false;
}

static void copy_names(struct snug_names *to, const struct snug_names *from)
{
	VEC_FOREACH (name, from)
		*VEC_PUSH(to) = xstrdup(*name);
}

/* A name of an errno counts before a number, as containers-common has it. */
static struct snug_errno_ret errno_of(const struct snug_errno_ret *ret, const char *name)
{
	struct snug_errno_ret number = *ret;

	if (name && *name) {
		number.is_set = true;
		number.value = snug_errno_ret_value(ret, name, 0);
	}
	return number;
}

static void copy_entry(struct snug_seccomp_profile *to, const struct snug_seccomp_entry *from)
{
	struct snug_seccomp_entry *e = VEC_PUSH(&to->entries);

	copy_names(&e->names, &from->names);
	e->action = from->action;
	e->errno_ret = errno_of(&from->errno_ret, from->errno_name);
	VEC_FOREACH (arg, &from->args)
		*VEC_PUSH(&e->args) = *arg;
	e->has_args = from->args.len;
	if (from->comment && *from->comment)
		e->comment = xstrdup(from->comment);
	e->line = from->line;
	e->col = from->col;
}

static void add_arch(struct snug_arches *arches, enum snug_arch arch)
{
	VEC_FOREACH (known, arches)
		if (*known == arch)
			return;
	*VEC_PUSH(arches) = arch;
}

/* Of an archMap only the row of this machine counts, and its own ABI needs no row. */
static void copy_arches(struct snug_seccomp_profile *to, const struct snug_seccomp_profile *from,
			const struct snug_seccomp_env *env)
{
	VEC_FOREACH (arch, &from->arches)
		add_arch(&to->arches, snug_arch_resolve(*arch, env->arch));
	VEC_FOREACH (map, &from->arch_map) {
		if (snug_arch_resolve(map->arch, env->arch) != env->arch)
			continue;
		add_arch(&to->arches, env->arch);
		VEC_FOREACH (sub, &map->sub_arches)
			add_arch(&to->arches, snug_arch_resolve(*sub, env->arch));
	}
	if (from->arch_map.len)
		add_arch(&to->arches, env->arch);
}

struct snug_seccomp_profile *snug_profile_resolve(const struct snug_seccomp_profile *p,
						  const struct snug_seccomp_env *env)
{
	struct snug_seccomp_profile *to = snug_seccomp_profile_new(p->source, p->default_action);

	to->format = p->format;
	to->default_errno_ret = errno_of(&p->default_errno_ret, p->default_errno_name);
	copy_arches(to, p, env);
	copy_names(&to->flags, &p->flags);
	to->listener_path = xstrdup_null(p->listener_path);
	to->listener_metadata = xstrdup_null(p->listener_metadata);
	VEC_FOREACH (e, &p->entries)
		if (snug_seccomp_entry_applies(e, env))
			copy_entry(to, e);
	to->api_version = xstrdup_null(p->api_version);
	to->base_profile_name = xstrdup_null(p->base_profile_name);
	to->state = xstrdup_null(p->state);
	to->target_workload = xstrdup_null(p->target_workload);
	to->name = xstrdup_null(p->name);
	return to;
}
