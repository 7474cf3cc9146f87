/* SPDX-License-Identifier: Apache-2.0 */
/* unshare-ns: a child in new mount, PID and UTS namespaces makes calls that its parent does not. */
#include "program.h"

#include <sched.h>

int main(void)
{
	pid_t pid;

	check(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS) == 0, "unshare");
	pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		pid_t grandchild;

		check(getpid() == 1, "getpid");
		check(sethostname("inside", 6) == 0, "sethostname");
		grandchild = fork();
		check(grandchild >= 0, "fork");
		if (grandchild == 0) {
			make_call(SYS_getsid);
			_exit(22);
		}
		reap(grandchild, 22);
		make_call(SYS_getpgid);
		_exit(21);
	}
	reap(pid, 21);
	say("unshared\n");
	return 0;
}
