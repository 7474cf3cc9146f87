/* SPDX-License-Identifier: Apache-2.0 */
/* identity: gives up root, capabilities and the chance to win them back, then goes on in a child.
 */
#include "program.h"

#include <grp.h>
#include <sys/prctl.h>

int main(void)
{
	pid_t pid;

	check(setgroups(0, NULL) == 0, "setgroups");
	check(setresgid(65534, 65534, 65534) == 0, "setresgid");
	check(setresuid(65534, 65534, 65534) == 0, "setresuid");
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
	check(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "dumpable");
	pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		make_call(SYS_getsid);
		_exit(51);
	}
	reap(pid, 51);
	say("nobody\n");
	return 0;
}
