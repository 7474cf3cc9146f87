/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm restart|interrupt: signals of two kinds come as fast as they can while the program makes
 * calls, starts threads and processes.  With "restart" (SA_RESTART) no call may fail because of
 * them.  With "interrupt" calls may fail with EINTR and are made again, but the program has to
 * live.
 */
#include "program.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>

enum { N_LOOPS = 3000, N_THREADS = 20, N_CHILDREN = 20 };

static volatile sig_atomic_t n_signals;
static bool may_interrupt;

static void on_signal(int sig)
{
	(void)sig;
	n_signals++;
	/* so that signals come while this one is being handled */
	(void)syscall(SYS_getppid);
}

static void install(int sig)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = may_interrupt ? 0 : SA_RESTART };

	check(sigaction(sig, &action, NULL) == 0, "sigaction");
}

static void start_timers(void)
{
	struct itimerval often = { { 0, 150 }, { 0, 150 } };

	check(setitimer(ITIMER_REAL, &often, NULL) == 0, "setitimer");
	often.it_interval.tv_usec = often.it_value.tv_usec = 230;
	check(setitimer(ITIMER_PROF, &often, NULL) == 0, "setitimer");
}

/* A call that the kernel never interrupts. */
static void call(void)
{
	while (syscall(SYS_getpgid, 0) < 0)
		check(may_interrupt && errno == EINTR, "getpgid");
}

static void *thread(void *unused)
{
	for (int i = 0; i < 20; i++)
		call();
	return unused;
}

static void start_threads(void)
{
	pthread_t threads[N_THREADS];
	sigset_t all, old;

	/* the C library's own calls are not made again */
	sigfillset(&all);
	while (sigprocmask(SIG_BLOCK, &all, &old) < 0)
		check(may_interrupt, "sigprocmask");
	for (int i = 0; i < N_THREADS; i++)
		check(pthread_create(&threads[i], NULL, thread, NULL) == 0, "thread");
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	while (sigprocmask(SIG_SETMASK, &old, NULL) < 0)
		check(may_interrupt, "sigprocmask");
}

static void start_children(void)
{
	for (int i = 0; i < N_CHILDREN; i++) {
		pid_t pid;

		do
			pid = fork();
		while (pid < 0 && may_interrupt && errno == EINTR);
		check(pid >= 0, "fork");
		if (pid == 0) {
			for (int j = 0; j < 20; j++)
				call();
			_exit(7);
		}
		reap(pid, 7);
	}
}

int main(int argc, char **argv)
{
	may_interrupt = argc > 1 && strcmp(argv[1], "interrupt") == 0;
	install(SIGALRM);
	install(SIGPROF);
	start_timers();
	for (int i = 0; i < N_LOOPS; i++)
		call();
	start_threads();
	start_children();
	check(n_signals > 10, "no signals");
	signal(SIGALRM, SIG_IGN);
	signal(SIGPROF, SIG_IGN);
	say("survived\n");
	return 0;
}
