/* SPDX-License-Identifier: Apache-2.0 */
/* forks: children by fork, vfork, clone3 and posix_spawn; each makes a call that only it makes. */
#include "program.h"

#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>

extern char **environ;

static void by_fork(void)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid == 0) {
		pid_t grandchild = fork();

		check(grandchild >= 0, "fork");
		if (grandchild == 0) {
			make_call(SYS_getsid);
			_exit(12);
		}
		make_call(SYS_getpgid);
		reap(grandchild, 12);
		_exit(11);
	}
	reap(pid, 11);
}

static void by_vfork(void)
{
	pid_t pid = vfork();

	check(pid >= 0, "vfork");
	if (pid == 0) {
		make_call(SYS_getpriority);
		_exit(13);
	}
	reap(pid, 13);
}

static void by_clone3(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	check(pid >= 0, "clone3");
	if (pid == 0) {
		make_call(SYS_fchdir);
		_exit(14);
	}
	reap(pid, 14);
}

static void by_posix_spawn(void)
{
	char *argv[] = { (char[]){ "true" }, NULL };
	pid_t pid;

	check(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0, "posix_spawn");
	reap(pid, 0);
}

int main(void)
{
	by_fork();
	by_vfork();
	by_clone3();
	by_posix_spawn();
	say("forks\n");
	return 0;
}
