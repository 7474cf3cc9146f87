/* SPDX-License-Identifier: Apache-2.0 */
/* killed kill|segv|abort|thread: makes calls and dies of a signal, at once. */
#include "program.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

static void *kill_all(void *arg)
{
	(void)arg;
	make_call(SYS_getsid);
	kill(getpid(), SIGKILL);
	return NULL;
}

static void die_in_thread(void)
{
	pthread_t thread;

	check(pthread_create(&thread, NULL, kill_all, NULL) == 0, "pthread_create");
	for (;;)
		;
}

int main(int argc, char **argv)
{
	static const struct rlimit no_core = { 0, 0 };
	volatile uintptr_t bad_address = 16;

	check(argc == 2, "usage");
	check(setrlimit(RLIMIT_CORE, &no_core) == 0, "setrlimit");
	say("about to die\n");
	make_call(SYS_fsync);
	if (strcmp(argv[1], "kill") == 0)
		kill(getpid(), SIGKILL);
	else if (strcmp(argv[1], "segv") == 0)
		*(volatile int *)bad_address = 1;
	else if (strcmp(argv[1], "abort") == 0)
		abort();
	else if (strcmp(argv[1], "thread") == 0)
		die_in_thread();
	return 3;
}
