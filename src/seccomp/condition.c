/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/condition.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/words.h"
#include "codec/decode.h"
#include "seccomp/filter.h"
#include "seccomp/names.h"

#include <errno.h>

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

/* Engines compare these words and nothing more, so one that no ABI has is only suspicious: Docker's
 * own profile has had "mips3l64n32". */
static int decode_go_arch(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	struct snug_names *list = dst;
	CLEANUP(freep) char *hint = NULL;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	if (snug_words_index(snug_arch_go_names(), v->str.text) < 0) {
		if (d->strict)
			return snug_decode_unknown_name(d, v, "architecture", snug_arch_go_names());
		snug_doc_show(&shown, v);
		hint = snug_str_did_you_mean(snug_str_nearest(v->str.text, snug_arch_go_names()));
		snug_decode_warn(d, v, "unknown architecture %s%s", snug_str_text(&shown), hint);
	}
	*VEC_PUSH(list) = xstrdup(v->str.text);
	return 0;
}

static int decode_go_arches(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_go_arch, dst);
}

static int decode_cap(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_names *list = dst;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	if (snug_capability_from_name(v->str.text) < 0)
		return snug_decode_unknown_name(d, v, "capability", snug_capability_names());
	*VEC_PUSH(list) = xstrdup(v->str.text);
	return 0;
}

static int decode_caps(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_cap, dst);
}

static int decode_min_kernel(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	uint32_t version;

	if (v->type != SNUG_DOC_STRING || snug_kernel_version_parse(v->str.text, &version) < 0)
		return snug_decode_expected(d, v, "a kernel version like \"4.8\"");
	return snug_decode_string(d, v, dst);
}

static const struct snug_decode_field condition_fields[] = {
	{ "arches", decode_go_arches, offsetof(struct snug_seccomp_condition, arches),
	  SNUG_DECODE_NULL_OK },
	{ "caps", decode_caps, offsetof(struct snug_seccomp_condition, caps), SNUG_DECODE_NULL_OK },
	{ "minKernel", decode_min_kernel, offsetof(struct snug_seccomp_condition, min_kernel),
	  SNUG_DECODE_NULL_OK },
	{ 0 },
};

int snug_condition_decode(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_condition *c = dst;

	c->is_set = true;
	return snug_decode_object(d, v, condition_fields, c);
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
	if (snug_names_have(&e->excludes.arches, snug_arch_go_name(env->arch)))
		return false;
	VEC_FOREACH (cap, &e->excludes.caps)
		if (has_cap(env, *cap))
			return false;
	if (e->excludes.min_kernel && is_kernel_at_least(env, e->excludes.min_kernel))
		return false;
	if (e->includes.arches.len &&
	    !snug_names_have(&e->includes.arches, snug_arch_go_name(env->arch)))
		return false;
	VEC_FOREACH (cap, &e->includes.caps)
		if (!has_cap(env, *cap))
			return false;
	return !e->includes.min_kernel || is_kernel_at_least(env, e->includes.min_kernel);
}
