/* SPDX-License-Identifier: Apache-2.0 */
/* A profile or a unit from anywhere, in every form: what converts, converts back to the same
 * meaning. */
#include "../unit/convert/convert-test.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "convert/convert.h"
#include "convert/systemd-read.h"
#include "fuzz.h"

#include <errno.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/version.h>

static void check_warning(void *data, const char *text)
{
	(void)data;
	snug_bug_on(!*text || strpbrk(text, "\n\x1b"));
}

static const struct snug_seccomp_read_options read_options = { .warn = check_warning };

static const struct snug_seccomp_env envs[] = {
	{ .arch = SNUG_ARCH_X86_64, .kernel_version = KERNEL_VERSION(6, 1, 0) },
	{ .arch = SNUG_ARCH_S390X, .caps = 1ull << CAP_SYS_ADMIN },
};

static int read_back(enum snug_convert_format format, const struct snug_str *text,
		     struct snug_seccomp_profile **ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	if (format == SNUG_CONVERT_SYSTEMD)
		r = snug_systemd_unit_parse("in", text->buf, text->len, &read_options, ret, &err);
	else
		r = snug_seccomp_profile_parse("in", text->buf, text->len, &read_options, ret,
					       &err);
	/* escapes and indentation can take it over the limit */
	snug_bug_on(r < 0 && r != -E2BIG);
	return r;
}

static bool has_meaning(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;

	return snug_meaning_new(p, env, NULL, &m, NULL) == 0;
}

static void check_meaning(const struct snug_seccomp_profile *p, enum snug_convert_format format,
			  const struct snug_seccomp_env *env, const struct snug_str *text)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *back = NULL;
	CLEANUP(freep) char *difference = NULL;

	if (read_back(format, text, &back) < 0 || !has_meaning(p, env))
		return;
	difference = find_difference(p, back, env);
	if (difference)
		fprintf(stderr, "%s\n%s", difference, text->buf);
	snug_bug_on(difference);
}

static void check_format(const struct snug_seccomp_profile *p, enum snug_convert_format format,
			 const struct snug_seccomp_env *env)
{
	const struct snug_convert_options options = { .env = *env, .warn = check_warning };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_convert(p, format, &options, &text, &err);

	if (r < 0) {
		snug_bug_on(text.len || err.code != r);
		snug_bug_on(r != -EINVAL && r != -E2BIG && r != -EOPNOTSUPP);
		snug_bug_on(strpbrk(snug_err_msg(&err), "\n\x1b"));
		return;
	}
	snug_bug_on(format != SNUG_CONVERT_BPF && strchr(text.buf, '\x1b'));
	if (format <= SNUG_CONVERT_SYSTEMD)
		check_meaning(p, format, env, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const char *text = (const char *)data;
	int r;

	if (snug_is_systemd_unit(text, size))
		r = snug_systemd_unit_parse("in", text, size, &read_options, &p, &err);
	else
		r = snug_seccomp_profile_parse("in", text, size, &read_options, &p, &err);
	if (r < 0) {
		if (r != -ENODATA)
			fuzz_check_err(r, &err, "in:");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(envs); i++)
		for (int format = 0; format < _SNUG_CONVERT_MAX; format++)
			/* compiling takes the time of all others together */
			if (format != (i ? SNUG_CONVERT_BPF : SNUG_CONVERT_PFC))
				check_format(p, (enum snug_convert_format)format, &envs[i]);
	return 0;
}
