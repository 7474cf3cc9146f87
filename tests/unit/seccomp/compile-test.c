/* SPDX-License-Identifier: Apache-2.0 */
#include "compile-test.h"

#include "bpf-sim.h"
#include "seccomp/syscalls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <linux/version.h>

#include <cmocka.h>

const struct snug_seccomp_env host_x86 = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

void fixture_done(struct fixture *f)
{
	snug_seccomp_filter_done(&f->filter);
	f->profile = snug_seccomp_profile_free(f->profile);
	snug_str_done(&f->warnings);
	snug_err_done(&f->err);
}

uint32_t run_nr(const struct fixture *f, enum snug_arch arch, uint32_t nr, const uint64_t args[6])
{
	uint32_t ret = 0;

	if (bpf_sim_call(f->filter.insns, f->filter.n_insns, snug_arch_to_audit(arch), nr, args,
			 &ret) < 0)
		fail_msg("the filter does not run");
	return ret;
}

uint32_t run(const struct fixture *f, enum snug_arch arch, const char *name, const uint64_t args[6])
{
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	return run_nr(f, arch, (uint32_t)nr, args);
}
