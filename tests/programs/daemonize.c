/* SPDX-License-Identifier: Apache-2.0 */
/*
 * daemonize: a double fork into a session of its own.  The daemon has another name, closes its
 * standard streams, and makes its own calls 50 ms after the program that was started has ended.
 */
#include "program.h"

#include <sys/prctl.h>
#include <time.h>

static void be_daemon(void)
{
	struct timespec delay = { .tv_nsec = 50 * 1000 * 1000 };

	check(setsid() >= 0, "setsid");
	if (fork() != 0)
		_exit(0);
	check(prctl(PR_SET_NAME, "quite-different") == 0, "prctl");
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	nanosleep(&delay, NULL);
	make_call(SYS_fsync);
	make_call(SYS_flock);
	make_call(SYS_getsid);
	_exit(0);
}

int main(void)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid == 0)
		be_daemon();
	reap(pid, 0);
	say("started\n");
	return 0;
}
