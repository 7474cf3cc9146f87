/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile says beside its entries.  Each field has its own rule, because each fails in its
 * own way when two profiles are taken for one. */
#include "base/err.h"
#include "base/str.h"
#include "base/words.h"
#include "seccomp/merge-internal.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"

#include <errno.h>
#include <string.h>

#include <linux/seccomp.h>
#include <linux/version.h>

static const struct snug_seccomp_profile *profile_of(const struct snug_merger *m, size_t input)
{
	return snug_meaning_profile(m->inputs[input]);
}

static char *ret_text(uint32_t ret)
{
	struct snug_str s = SNUG_STR_INIT;

	snug_ret_add_text(ret, &s);
	return snug_str_take(&s);
}

/* Calls without a name get the default: there is no choice. */
static void merge_default(struct snug_merger *m)
{
	struct snug_merge_answer all = snug_merge_default_of(m, 0);
	CLEANUP(freep) char *kept = NULL;
	CLEANUP(freep) char *lost = NULL;

	for (size_t i = 1; i < m->n_inputs; i++) {
		/* as if it were an entry's, because here the conflict counts */
		struct snug_merge_answer one = { .ret = snug_meaning_default(m->inputs[i]) };

		all = snug_merge_combine(m->opts->mode, all, one);
	}
	m->default_ret = all.ret;
	kept = ret_text(all.ret);
	if (all.has_conflict) {
		lost = ret_text(all.lost);
		snug_merge_note(m, true, "defaultAction: %s and %s cannot both be kept: it is %s",
				kept, lost, kept);
	}
	if (m->opts->format == SNUG_PROFILE_OCI_JSON ||
	    all.ret != (SECCOMP_RET_ERRNO | (uint32_t)ENOSYS))
		return;
	m->default_ret = SECCOMP_RET_ERRNO | (uint32_t)EPERM;
	m->has_lowered_default = true;
	snug_merge_note(m, true,
			"defaultAction: a SeccompProfile has no place for %s: it is "
			"SCMP_ACT_ERRNO(EPERM) (raw-seccomp has)",
			kept);
}

static bool lists(const struct snug_seccomp_profile *p, enum snug_arch arch)
{
	VEC_FOREACH (a, &p->arches)
		if (*a == arch)
			return true;
	return false;
}

static bool has(const struct snug_arches *arches, enum snug_arch arch)
{
	VEC_FOREACH (a, arches)
		if (*a == arch)
			return true;
	return false;
}

static bool all_inputs_know(const struct snug_merger *m, enum snug_arch arch)
{
	for (size_t i = 0; i < m->n_inputs; i++)
		if (!snug_meaning_has_arch(m->inputs[i], arch))
			return false;
	return true;
}

static int compare_arches(const void *a, const void *b)
{
	const enum snug_arch *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* ABIs that this kernel can run.  A union begins with all that any profile knows; merge-check.c
 * takes away what cannot stay. */
static void merge_own_arches(struct snug_merger *m)
{
	for (size_t i = 0; i < m->n_inputs; i++) {
		VEC_FOREACH (arch, snug_meaning_arches(m->inputs[i])) {
			if (has(&m->arches, *arch))
				continue;
			if (m->opts->mode == SNUG_MERGE_UNION || all_inputs_know(m, *arch))
				*VEC_PUSH(&m->arches) = *arch;
		}
	}
	/* the native one is first, and in every profile */
	qsort(m->arches.items + 1, m->arches.len - 1, sizeof(*m->arches.items), compare_arches);
}

static bool is_of_other_kernels(const struct snug_merger *m, enum snug_arch arch)
{
	const struct snug_seccomp_env *env = snug_meaning_env(m->inputs[0]);

	return arch != SNUG_ARCH_NATIVE && snug_arch_family(arch) != snug_arch_family(env->arch);
}

/* A filter always knows the native ABI of its kernel, whether or not a profile lists it (runc), so
 * listing it more or less changes nothing.  The others are only kept where nobody objects. */
static bool keeps_other(struct snug_merger *m, enum snug_arch arch)
{
	CLEANUP(freep) char *source = NULL;

	for (size_t i = 0; i < m->n_inputs; i++) {
		if (lists(profile_of(m, i), arch))
			continue;
		if (m->opts->mode == SNUG_MERGE_INTERSECT)
			return false;
		if (arch == snug_arch_family(arch))
			return true;
		source = snug_merge_source(m, i);
		snug_merge_note(m, true, "%s is left out: %s does not list it",
				snug_arch_oci_name(arch), source);
		return false;
	}
	return true;
}

static bool has_conditions(const struct snug_seccomp_profile *p)
{
	if (p->arch_map.len)
		return true;
	VEC_FOREACH (e, &p->entries)
		if (e->includes.is_set || e->excludes.is_set)
			return true;
	return false;
}

static bool any_has_conditions(const struct snug_merger *m)
{
	for (size_t i = 0; i < m->n_inputs; i++)
		if (has_conditions(profile_of(m, i)))
			return true;
	return false;
}

static void collect_other_arches(struct snug_merger *m)
{
	struct snug_arches seen = { 0 };

	/* what conditions are resolved to holds here only; note_conditions() tells */
	if (any_has_conditions(m))
		return;
	for (size_t i = 0; i < m->n_inputs; i++) {
		VEC_FOREACH (arch, &profile_of(m, i)->arches) {
			if (!is_of_other_kernels(m, *arch) || has(&seen, *arch))
				continue;
			*VEC_PUSH(&seen) = *arch;
			if (keeps_other(m, *arch))
				*VEC_PUSH(&m->other_arches) = *arch;
		}
	}
	VEC_DONE(&seen);
	if (m->other_arches.len)
		qsort(m->other_arches.items, m->other_arches.len, sizeof(*m->other_arches.items),
		      compare_arches);
}

static bool any_lists_own(const struct snug_merger *m)
{
	for (size_t i = 0; i < m->n_inputs; i++) {
		const struct snug_seccomp_profile *p = profile_of(m, i);

		if (p->arch_map.len)
			return true;
		VEC_FOREACH (arch, &p->arches)
			if (!is_of_other_kernels(m, *arch))
				return true;
	}
	return false;
}

void snug_merge_write_arches(struct snug_merger *m)
{
	struct snug_arches *to = &m->out->profile->arches;

	if (m->arches.len > 1 || any_lists_own(m))
		VEC_FOREACH (arch, &m->arches)
			*VEC_PUSH(to) = *arch;
	VEC_FOREACH (arch, &m->other_arches)
		*VEC_PUSH(to) = *arch;
}

/* SPEC_ALLOW takes a protection away, the others add something. */
static void merge_flags(struct snug_merger *m)
{
	static const char weakens[] = "SECCOMP_FILTER_FLAG_SPEC_ALLOW";

	for (const char *const *flag = snug_filter_flag_names(); *flag; flag++) {
		bool is_kept;
		size_t n = 0;

		for (size_t i = 0; i < m->n_inputs; i++)
			n += snug_names_have(&profile_of(m, i)->flags, *flag);
		if (!n)
			continue;
		is_kept = n == m->n_inputs || strcmp(*flag, weakens) != 0;
		if (is_kept)
			*VEC_PUSH(&m->out->profile->flags) = xstrdup(*flag);
		if (n < m->n_inputs)
			snug_merge_note(m, false, "flags: %s is %s; %zu of %zu profiles have it",
					*flag, is_kept ? "kept" : "left out", n, m->n_inputs);
	}
}

static bool notifies(const struct snug_seccomp_profile *p)
{
	VEC_FOREACH (e, &p->entries)
		if (e->action == SNUG_ACTION_NOTIFY)
			return true;
	return false;
}

/* Who is to be notified must be one. */
static void merge_listener(struct snug_merger *m)
{
	const struct snug_seccomp_profile *from = profile_of(m, 0), *user = NULL;
	struct snug_seccomp_profile *to = m->out->profile;

	m->has_notify = true;
	for (size_t i = 0; i < m->n_inputs; i++) {
		const struct snug_seccomp_profile *p = profile_of(m, i);

		if (!notifies(p))
			continue;
		if (user && (!snug_words_equal(user->listener_path, p->listener_path) ||
			     !snug_words_equal(user->listener_metadata, p->listener_metadata)))
			m->has_notify = false;
		user = user ? user : p;
	}
	if (!m->has_notify) {
		snug_merge_note(m, true,
				"the profiles notify different listeners (listenerPath, "
				"listenerMetadata): SCMP_ACT_NOTIFY becomes SCMP_ACT_ERRNO(EPERM)");
		return;
	}
	from = user ? user : from;
	to->listener_path = xstrdup_null(from->listener_path);
	to->listener_metadata = xstrdup_null(from->listener_metadata);
}

static const char *base_of(const struct snug_seccomp_profile *p)
{
	return p->base_profile_name && *p->base_profile_name ? p->base_profile_name : NULL;
}

static void merge_base(struct snug_merger *m)
{
	const char *first = base_of(profile_of(m, 0));

	for (size_t i = 1; i < m->n_inputs; i++) {
		if (snug_words_equal(first, base_of(profile_of(m, i))))
			continue;
		snug_merge_note(m, true,
				"baseProfileName is left out, because the profiles do not have the "
				"same: what only a base profile allows is not allowed");
		return;
	}
	m->out->profile->base_profile_name = xstrdup_null(first);
}

/* Other kernels' ABIs: those that a filter there does not know anyway unless they are listed. */
static bool is_same_others(const struct snug_merger *m)
{
	if (any_has_conditions(m))
		return true;
	VEC_FOREACH (arch, &m->other_arches)
		if (!lists(profile_of(m, 0), *arch))
			return false;
	VEC_FOREACH (arch, &profile_of(m, 0)->arches)
		if (is_of_other_kernels(m, *arch) && !has(&m->other_arches, *arch))
			return false;
	return true;
}

bool snug_merge_is_same_fields(const struct snug_merger *m)
{
	const struct snug_seccomp_profile *first = profile_of(m, 0), *now = m->out->profile;

	for (const char *const *flag = snug_filter_flag_names(); *flag; flag++)
		if (snug_names_have(&first->flags, *flag) != snug_names_have(&now->flags, *flag))
			return false;
	return m->has_notify && snug_words_equal(base_of(first), base_of(now)) &&
	       snug_words_equal(first->listener_path, now->listener_path) &&
	       snug_words_equal(first->listener_metadata, now->listener_metadata) &&
	       is_same_others(m);
}

static void copy_first(struct snug_merger *m)
{
	const struct snug_seccomp_profile *from = profile_of(m, 0);
	struct snug_seccomp_profile *to = m->out->profile;

	to->format = m->opts->format;
	to->api_version = xstrdup_null(from->api_version);
	to->state = xstrdup_null(from->state);
	to->target_workload = xstrdup_null(from->target_workload);
	to->name = xstrdup_null(from->name);
	to->metadata = from->metadata;
	to->status = from->status;
}

static void note_conditions(struct snug_merger *m)
{
	const struct snug_seccomp_env *env = snug_meaning_env(m->inputs[0]);
	CLEANUP(freep) char *source = NULL;
	int n_caps = __builtin_popcountll(env->caps);

	for (size_t i = 0; i < m->n_inputs; i++) {
		if (!has_conditions(profile_of(m, i)))
			continue;
		source = snug_merge_source(m, i);
		snug_merge_note(m, false,
				"%s has conditions: the result is for %s, Linux %u.%u.%u and "
				"programs with %d %s",
				source, snug_arch_name(env->arch), env->kernel_version >> 16,
				env->kernel_version >> 8 & 0xff, env->kernel_version & 0xff, n_caps,
				n_caps == 1 ? "capability" : "capabilities");
		return;
	}
}

void snug_merge_fields(struct snug_merger *m)
{
	struct snug_seccomp_profile *to = m->out->profile;

	merge_default(m);
	to->default_action = snug_ret_action(m->default_ret);
	snug_merge_set_errno(m->default_ret, &to->default_errno_ret);
	merge_own_arches(m);
	collect_other_arches(m);
	merge_flags(m);
	merge_listener(m);
	merge_base(m);
	copy_first(m);
	note_conditions(m);
}
