/* SPDX-License-Identifier: Apache-2.0 */
#include "recording-test.h"

#include "base/err.h"
#include "base/str.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct snug_recording *recording_of(enum snug_arch arch)
{
	struct snug_recording *r = snug_recording_new();

	r->arch = arch;
	return r;
}

struct snug_recording_call *recording_add(struct snug_recording *r, enum snug_arch arch,
					  const char *name)
{
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	return snug_recording_call(r, arch, (uint32_t)(nr & ~snug_arch_number_base(arch)));
}

struct snug_recording *recording_of_times(uint64_t duration_us, const uint64_t *times, size_t n)
{
	struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);

	r->duration_us = duration_us;
	for (size_t i = 0; i < n; i++) {
		struct snug_recording_call *c =
			snug_recording_call(r, SNUG_ARCH_X86_64, (uint32_t)i);

		c->has_first = times[i] != UINT64_MAX;
		c->first_us = c->has_first ? times[i] : 0;
	}
	return r;
}

int recording_parse(const char *text, struct snug_recording **ret, struct snug_err *err)
{
	return snug_recording_parse("r.json", text, strlen(text), ret, err);
}

void recording_refused(const char *text, int code, const char *words)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_recording *r = NULL;

	assert_int_equal(recording_parse(text, &r, &err), code);
	assert_null(r);
	assert_true(snug_str_has_prefix(snug_err_msg(&err), "r.json:"));
	if (!strstr(snug_err_msg(&err), words))
		fail_msg("not in '%s': %s", snug_err_msg(&err), words);
	assert_null(strchr(snug_err_msg(&err), '\n'));
	assert_null(strchr(snug_err_msg(&err), '\033'));
	assert_int_equal(recording_parse(text, &r, NULL), code);
}
