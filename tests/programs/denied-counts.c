/* SPDX-License-Identifier: Apache-2.0 */
/*
 * denied-counts: for a profile that refuses getpgid with an errno.  Makes it 4000 times in all,
 * among calls that are allowed: in four threads under a storm of signals that interrupt them, in
 * children of fork and vfork, and in a program that a thread other than the first executes.
 */
#include "program.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

enum { BY_THREAD = 500, BY_CHILD = 100, N_THREADS = 4, N_CHILDREN = 10, BY_LAST = 1000 };

static char *self, last[] = "last";

static void on_alarm(int sig)
{
	(void)sig;
	(void)getppid();
}

static void make_refused(int n)
{
	const struct timespec soon = { .tv_nsec = 20000 };

	for (int i = 0; i < n; i++) {
		(void)syscall(SYS_getpgid, 0);
		if (i % 3 == 0)
			(void)getppid();
		/* interrupted, it comes back by restart_syscall */
		if (i % 50 == 0)
			nanosleep(&soon, NULL);
	}
}

static void *in_thread(void *arg)
{
	(void)arg;
	make_refused(BY_THREAD);
	return NULL;
}

static int by_child(void *arg)
{
	(void)arg;
	for (int n = 0; n < BY_CHILD; n++)
		(void)syscall(SYS_getpgid, 0);
	_exit(7);
}

static void in_children(void)
{
	static char stack[64 << 10] __attribute__((aligned(16)));
	pid_t child;

	for (int i = 0; i < N_CHILDREN; i++) {
		/* as vfork(2), on a stack of its own */
		if (i % 2)
			child = clone(by_child, stack + sizeof(stack),
				      CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);
		else
			child = fork();
		if (child == 0)
			by_child(NULL);
		reap(child, 7);
	}
}

static void *execute(void *arg)
{
	char *argv[] = { self, arg, NULL };

	execv("/proc/self/exe", argv);
	check(0, "execv");
	return NULL;
}

int main(int argc, char **argv)
{
	const struct itimerval often = { .it_interval = { .tv_usec = 500 },
					 .it_value = { .tv_usec = 500 } };
	const struct itimerval never = { .it_interval = { .tv_usec = 0 } };
	struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	pthread_t threads[N_THREADS];

	if (argc > 1) {
		make_refused(BY_LAST);
		return 0;
	}
	self = argv[0];
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < N_THREADS; i++)
		check(pthread_create(&threads[i], NULL, in_thread, NULL) == 0, "pthread_create");
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	in_children();
	setitimer(ITIMER_REAL, &never, NULL);
	check(pthread_create(&threads[0], NULL, execute, last) == 0, "pthread_create");
	for (;;)
		pause();
}
