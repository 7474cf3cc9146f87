/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "seccomp/arg-filters.h"
#include "seccomp/call-args.h"
#include "seccomp/syscalls.h"

#include <linux/sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

static struct snug_arg_spec spec_of(enum snug_arch arch, const char *call)
{
	return snug_arg_filters_spec(arch, call);
}

/* Nothing that a filter cannot read, and nothing that the kernel does not look at. */
static void rows_fit_the_calls(void **state)
{
	const struct snug_arg_filters *all;
	size_t n, n_security = 0;

	(void)state;
	all = snug_arg_filters_all(&n);
	assert_true(n > 60);
	for (size_t i = 0; i < n; i++) {
		const struct snug_arg_filters *f = &all[i];

		assert_true(snug_syscall_is_known(f->call));
		assert_true(i == 0 || strcmp(all[i - 1].call, f->call) < 0);
		assert_in_range(f->n, 1, SNUG_ARG_FILTERS_MAX);
		assert_in_range(f->limit, 1, 64);
		for (unsigned j = 0; j < f->n; j++) {
			const struct snug_arg_filter *a = &f->args[j];
			const struct snug_call_arg *arg = snug_call_arg(f->call, a->index);

			assert_true(j == 0 || f->args[j - 1].index < a->index);
			assert_int_not_equal(arg->kind, SNUG_ARG_POINTER);
			assert_int_not_equal(arg->kind, SNUG_ARG_FD);
			assert_int_not_equal(arg->kind, SNUG_ARG_NONE);
			assert_true(!arg->is_int || a->mask <= UINT32_MAX);
			assert_true(strlen(a->why) > 5);
			assert_ptr_equal(snug_arg_filters_at(f, a->index), a);
			n_security += a->level == SNUG_ARG_LEVEL_SECURITY;
		}
	}
	assert_true(n_security > 40);
	assert_null(snug_arg_filters_at(&all[0], 5));
}

static void what_attacks_need_is_there(void **state)
{
	static const char *const calls[] = {
		"socket", "socketpair",  "clone",    "unshare",       "setns",   "prctl",
		"fcntl",  "ioctl",       "mprotect", "pkey_mprotect", "mmap",    "arch_prctl",
		"bpf",    "personality", "keyctl",   "ptrace",        "kill",    "tkill",
		"tgkill", "setsockopt",  "seccomp",  "memfd_create",  "madvise",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const struct snug_arg_filters *f = snug_arg_filters(SNUG_ARCH_X86_64, calls[i]);

		assert_non_null(f);
		assert_int_equal(f->args[0].level, SNUG_ARG_LEVEL_SECURITY);
	}
	assert_null(snug_arg_filters(SNUG_ARCH_X86_64, "clone3"));
	assert_null(snug_arg_filters(SNUG_ARCH_X86_64, "read"));
	assert_null(snug_arg_filters(SNUG_ARCH_X86_64, "no such call"));
}

/* linux/sched.h: CSIGNAL is no flag */
static void masks(void **state)
{
	struct snug_arg_spec spec = spec_of(SNUG_ARCH_X86_64, "clone");

	(void)state;
	assert_int_equal(spec.n, 1);
	assert_true(spec.mask[0] == (UINT32_MAX & ~(uint32_t)CSIGNAL));
	spec = spec_of(SNUG_ARCH_X86_64, "mmap");
	assert_int_equal(spec.n, 2);
	assert_int_equal(spec.index[0], 2);
	assert_true(spec.mask[0] == (PROT_READ | PROT_WRITE | PROT_EXEC));
	spec = spec_of(SNUG_ARCH_X86_64, "socket");
	assert_int_equal(spec.n, 3);
	assert_true(spec.mask[0] == UINT32_MAX && spec.mask[1] == 0xf);
	/* no ABI of 32 bits has more */
	for (int arch = 0; arch < _SNUG_ARCH_MAX; arch++) {
		const struct snug_arg_filters *all;
		size_t n;

		all = snug_arg_filters_all(&n);
		for (size_t i = 0; i < n; i++) {
			spec = spec_of((enum snug_arch)arch, all[i].call);
			for (unsigned j = 0; j < spec.n; j++) {
				assert_true(spec.mask[j]);
				assert_true(!snug_arch_is_32bit((enum snug_arch)arch) ||
					    spec.mask[j] <= UINT32_MAX);
			}
		}
	}
}

/* arch/x86/entry/syscalls/syscall_32.tbl: 90 is old_mmap; kernel/fork.c, CONFIG_CLONE_BACKWARDS2 */
static void arguments_that_are_elsewhere(void **state)
{
	(void)state;
	assert_int_equal(spec_of(SNUG_ARCH_X86, "mmap").n, 0);
	assert_int_equal(spec_of(SNUG_ARCH_X86, "mmap2").n, 2);
	assert_int_equal(spec_of(SNUG_ARCH_S390X, "mmap").n, 0);
	assert_int_equal(spec_of(SNUG_ARCH_S390X, "clone").n, 0);
	assert_int_equal(spec_of(SNUG_ARCH_AARCH64, "clone").n, 1);
	assert_int_equal(spec_of(SNUG_ARCH_X32, "mmap").n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_fit_the_calls),
		cmocka_unit_test(what_attacks_need_is_there),
		cmocka_unit_test(masks),
		cmocka_unit_test(arguments_that_are_elsewhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
