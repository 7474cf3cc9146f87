/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec-from-thread N_THREADS [helpers] COMMAND...
 *
 * Stands for a container runtime's process between set-up and start: it has threads, says on
 * standard output that it is ready, waits until the file "go" appears, and then executes COMMAND
 * from one of the threads, which is not the leader.  Before that it makes calls that nothing else
 * here makes (mincore by the leader, swapoff by the other threads), and with "helpers" runs a child
 * process that makes others (getpriority, umask) and executes COMMAND from a new thread, which
 * makes one, too (sched_getparam): none of them is COMMAND's.
 */
#include "program.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static char **command;
static bool has_helpers;

static void nap(void)
{
	const struct timespec ts = { .tv_nsec = 5000000 };

	(void)nanosleep(&ts, NULL);
}

static void *idle(void *arg)
{
	while (access("never", F_OK) < 0) {
		make_call(SYS_swapoff);
		nap();
	}
	return arg;
}

static void *execute(void *arg)
{
	if (arg)
		make_call(SYS_sched_getparam);
	execv(command[0], command);
	check(false, "execv");
	return NULL;
}

static void run_helper(void)
{
	static const char *const child[] = { "/bin/sh", "-c", "umask 77; ulimit -c 0", NULL };
	pid_t pid = fork();

	if (pid == 0) {
		make_call(SYS_getpriority);
		execv(child[0], (char *const *)(uintptr_t)child);
		_exit(127);
	}
	check(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void *starter(void *arg)
{
	pthread_t thread;

	while (access("go", F_OK) < 0)
		nap();
	if (!has_helpers)
		return execute(arg);
	run_helper();
	check(pthread_create(&thread, NULL, execute, command) == 0, "pthread_create");
	pthread_join(thread, NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int n;

	check(argc >= 3, "usage");
	n = argv[1][0] - '0';
	has_helpers = strcmp(argv[2], "helpers") == 0;
	command = argv + (has_helpers ? 3 : 2);
	for (int i = 1; i < n; i++)
		check(pthread_create(&thread, NULL, idle, NULL) == 0, "pthread_create");
	/* last: clone(CLONE_FS) fails with EAGAIN while another thread is about to execute */
	check(pthread_create(&thread, NULL, starter, NULL) == 0, "pthread_create");
	say("ready\n");
	for (;;) {
		make_call(SYS_mincore);
		nap();
	}
}
