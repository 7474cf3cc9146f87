/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own-filter: a program that confines itself.  Its own filter refuses getsid with ENOTTY and
 * getpgid by SIGSYS; the kernel never enters these two calls.
 */
#include "program.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>

static void on_sigsys(int sig)
{
	(void)sig;
	say("trapped\n");
}

int main(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	struct sigaction action = { .sa_handler = on_sigsys };

	check(sigaction(SIGSYS, &action, NULL) == 0, "sigaction");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0, "seccomp");
	check(syscall(SYS_getsid, 0) == -1 && errno == ENOTTY, "getsid");
	(void)syscall(SYS_getpgid, 0);
	make_call(SYS_fsync);
	say("confined\n");
	return 0;
}
