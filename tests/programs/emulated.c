/* SPDX-License-Identifier: Apache-2.0 */
/*
 * emulated: a tracer that makes all calls of its child itself (PTRACE_SYSEMU, as gVisor and UML
 * did), and answers them with an errno.  Nothing is refused by a filter.
 */
#include "program.h"

#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

enum { N_CALLS = 200 };

static void make_calls(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	for (int i = 0; i < N_CALLS; i++)
		(void)syscall(SYS_getppid);
	/* not emulated any more */
	_exit(7);
}

int main(void)
{
	pid_t child = fork();
	int status, n = 0;

	if (child == 0)
		make_calls();
	check(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "waitpid");
	while (n < N_CALLS) {
		check(ptrace(PTRACE_SYSEMU, child, NULL, NULL) == 0, "PTRACE_SYSEMU");
		check(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "waitpid");
		check(ptrace(PTRACE_POKEUSER, child, offsetof(struct user_regs_struct, rax),
			     (long)-EPERM) == 0,
		      "PTRACE_POKEUSER");
		n++;
	}
	/* the last one's exit is made under SYSEMU as well */
	check(ptrace(PTRACE_SYSEMU, child, NULL, NULL) == 0, "PTRACE_SYSEMU");
	check(waitpid(child, &status, 0) == child && WIFSTOPPED(status), "waitpid");
	check(ptrace(PTRACE_KILL, child, NULL, NULL) == 0, "PTRACE_KILL");
	check(waitpid(child, &status, 0) == child && WIFSIGNALED(status), "waitpid");
	return 0;
}
