/* SPDX-License-Identifier: Apache-2.0 */
/* What differs besides the answers to calls. */
#include "seccomp/diff-internal.h"

#include "base/words.h"
#include "seccomp/arch.h"

#include <string.h>

/* Those listed that another family of kernels runs; a map of architectures lists by family. */
static uint64_t foreign_arches(const struct snug_meaning *m)
{
	const struct snug_seccomp_profile *p = snug_meaning_profile(m);
	enum snug_arch native = snug_meaning_env(m)->arch;
	uint64_t mask = 0;

	VEC_FOREACH (listed, &p->arches) {
		enum snug_arch arch = snug_arch_resolve(*listed, native);

		if (snug_arch_family(arch) != snug_arch_family(native))
			mask |= UINT64_C(1) << arch;
	}
	return mask;
}

static void compare_listed(const struct snug_meaning *a, const struct snug_meaning *b,
			   struct snug_diff *out)
{
	uint64_t arches_a = foreign_arches(a), arches_b = foreign_arches(b);

	if (snug_meaning_profile(a)->arch_map.len || snug_meaning_profile(b)->arch_map.len)
		return;
	out->unseen_a = arches_a & ~arches_b;
	out->unseen_b = arches_b & ~arches_a;
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static void compare_flags(struct snug_diff *out, const struct snug_seccomp_profile *a,
			  const struct snug_seccomp_profile *b)
{
	VEC_FOREACH (flag, &a->flags)
		if (!snug_names_have(&b->flags, *flag))
			*VEC_PUSH(&out->flags_a) = *flag;
	VEC_FOREACH (flag, &b->flags)
		if (!snug_names_have(&a->flags, *flag))
			*VEC_PUSH(&out->flags_b) = *flag;
	out->flags_a.len = snug_words_sort(out->flags_a.items, out->flags_a.len);
	out->flags_b.len = snug_words_sort(out->flags_b.items, out->flags_b.len);
}

void snug_diff_fields(const struct snug_meaning *meaning_a, const struct snug_meaning *meaning_b,
		      struct snug_diff *out)
{
	const struct snug_seccomp_profile *a = snug_meaning_profile(meaning_a);
	const struct snug_seccomp_profile *b = snug_meaning_profile(meaning_b);

	compare_listed(meaning_a, meaning_b, out);
	compare_flags(out, a, b);
	out->has_other_listener = !same_text(a->listener_path, b->listener_path) ||
				  !same_text(a->listener_metadata, b->listener_metadata);
	out->has_other_base = !same_text(a->base_profile_name, b->base_profile_name);
}
