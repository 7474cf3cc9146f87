/* SPDX-License-Identifier: Apache-2.0 */
/* A profile from anywhere: read, written in every format that can hold it, read again, compiled. */
#include "base/err.h"
#include "base/str.h"
#include "fuzz.h"
#include "seccomp/filter.h"
#include "seccomp/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/capability.h>

static void check_warning(void *data, const char *text)
{
	(void)data;
	if (!*text || strpbrk(text, "\n\x1b"))
		abort();
}

static const struct snug_seccomp_read_options options = { .warn = check_warning };

static void check_format(const struct snug_seccomp_profile *p, enum snug_profile_format format)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *again = NULL;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT, second = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_seccomp_profile_write(p, format, &out, &err);

	if (r < 0) {
		if (r != -EOPNOTSUPP || out.len)
			abort();
		return;
	}
	r = snug_seccomp_profile_parse("in", out.buf, out.len, &options, &again, &err);
	/* escapes and indentation can take it over the limit */
	if (r == -E2BIG)
		return;
	if (r < 0 || snug_seccomp_profile_write(again, format, &second, &err) < 0 ||
	    strcmp(out.buf, second.buf) != 0)
		abort();
	if (format == p->format && !snug_seccomp_profile_equal(p, again))
		abort();
}

static void check_compile(const struct snug_seccomp_profile *p)
{
	static const struct snug_seccomp_env envs[] = {
		{ .arch = SNUG_ARCH_X86_64 },
		{ .arch = SNUG_ARCH_X86_64, .caps = UINT64_MAX, .kernel_version = UINT32_MAX },
		{ .arch = SNUG_ARCH_S390X, .caps = 1ull << CAP_SYS_ADMIN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(envs); i++) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		struct snug_seccomp_filter f;
		int r = snug_seccomp_filter_compile(p, &envs[i], check_warning, NULL, &f, &err);

		if (r == 0) {
			if (!f.n_insns || f.n_insns > BPF_MAXINSNS)
				abort();
			snug_seccomp_filter_done(&f);
		} else if ((r != -EINVAL && r != -E2BIG && r != -EOPNOTSUPP) ||
			   strpbrk(snug_err_msg(&err), "\n\x1b")) {
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	r = snug_seccomp_profile_parse("in", (const char *)data, size, &options, &p, &err);
	if (r < 0) {
		fuzz_check_err(r, &err, "in:");
		return 0;
	}
	check_format(p, SNUG_PROFILE_OCI_JSON);
	check_format(p, SNUG_PROFILE_CRD_YAML);
	check_format(p, SNUG_PROFILE_CRD_JSON);
	check_compile(p);
	return 0;
}
