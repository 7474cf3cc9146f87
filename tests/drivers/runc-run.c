/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runc-run PROFILE COMMAND [ARGS...]
 *
 * Runs a program under the filter that libseccomp alone makes of a profile, given to it as runc
 * does: what `snug run` adds to libseccomp's program is not there.
 */
#include "base/err.h"
#include "runc-filter.h"
#include "seccomp/profile.h"
#include "seccomp/rules.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/seccomp.h>

int main(int argc, char **argv)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct runc_filter filter;
	struct sock_fprog program;
	uint32_t ret;
	int r;

	if (argc < 3)
		return 2;
	if (snug_seccomp_profile_read(argv[1], NULL, &p, &err) < 0) {
		fprintf(stderr, "runc-run: %s\n", snug_err_msg(&err));
		return 2;
	}
	r = snug_action_ret(p->default_action, &p->default_errno_ret, p->default_errno_name, &ret);
	if (r == 0)
		r = runc_filter_build(p, ret, &filter);
	if (r < 0) {
		fprintf(stderr, "runc-run: libseccomp: %s\n", strerror(-r));
		return 2;
	}
	program.len = (unsigned short)filter.n_insns;
	program.filter = filter.insns;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
		perror("runc-run: seccomp");
		return 2;
	}
	execvp(argv[2], argv + 2);
	return 126;
}
