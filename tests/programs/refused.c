/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refused HOW: for profiles that refuse getppid with EPERM.  Makes that call in many ways, each of
 * which has to fail with just that; "thread" and "trapped" are for profiles that kill or trap.
 */
#include "program.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

enum { N_THREADS = 16, N_CALLS = 500 };

static void be_refused(void)
{
	errno = 0;
	check(syscall(SYS_getppid) == -1 && errno == EPERM, "getppid");
}

static void *be_refused_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < N_CALLS; i++)
		be_refused();
	return NULL;
}

static void in_threads(void)
{
	pthread_t threads[N_THREADS];

	for (int i = 0; i < N_THREADS; i++)
		check(pthread_create(&threads[i], NULL, be_refused_often, NULL) == 0, "thread");
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
}

/* Some thousand processes, each by fork and by vfork. */
static void in_children(void)
{
	for (int i = 0; i < N_CALLS; i++) {
		pid_t a = fork(), b;

		if (a == 0) {
			be_refused();
			_exit(5);
		}
		b = vfork();
		if (b == 0) {
			long r = syscall(SYS_getppid);

			_exit(r == -1 ? 6 : 1);
		}
		reap(a, 5);
		reap(b, 6);
	}
}

static void on_signal(int sig)
{
	(void)sig;
}

/* Interrupted every 200 microseconds; SA_RESTART, as most programs have it. */
static void with_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 200 }, { 0, 200 } };

	check(sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
	check(setitimer(ITIMER_REAL, &often, NULL) == 0, "setitimer");
	for (int i = 0; i < 20; i++)
		be_refused_often(NULL);
}

/* Leaves a process behind that calls when the command, its parent, is gone for long. */
static void later(const char *file)
{
	char text[16];
	int fd, n;

	if (fork() != 0)
		return;
	setsid();
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	for (int i = 0; i < 3; i++)
		close(i);
	usleep(300000);
	n = syscall(SYS_getppid) == -1 ? errno : 0;
	n = snprintf(text, sizeof(text), "%d\n", n);
	_exit(write(fd, text, (size_t)n) == n ? 0 : 1);
}

/* Calls until the answer is another one, and prints that; at most ten seconds. */
static void until_changed(void)
{
	char text[16];

	say("calling\n");
	for (int i = 0; i < 1000; i++) {
		if (syscall(SYS_getppid) != -1 || errno != EPERM)
			break;
		usleep(10000);
	}
	(void)snprintf(text, sizeof(text), "%d\n", errno);
	say(text);
}

static void *be_refused_once(void *arg)
{
	(void)syscall(SYS_getppid);
	return arg;
}

/* A thread that the profile may kill. */
static void in_one_thread(void)
{
	pthread_t thread;

	check(pthread_create(&thread, NULL, be_refused_once, NULL) == 0, "thread");
	pthread_join(thread, NULL);
}

/* With a handler for SIGSYS: ten times, and ten times in a child. */
static void trapped(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	pid_t child;

	check(sigaction(SIGSYS, &action, NULL) == 0, "sigaction");
	child = fork();
	for (int i = 0; i < 10; i++)
		(void)syscall(SYS_getppid);
	if (child == 0)
		_exit(3);
	reap(child, 3);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "threads") == 0)
		in_threads();
	else if (strcmp(how, "children") == 0)
		in_children();
	else if (strcmp(how, "signals") == 0)
		with_signals();
	else if (strcmp(how, "later") == 0 && argc > 2)
		later(argv[2]);
	else if (strcmp(how, "until-changed") == 0)
		until_changed();
	else if (strcmp(how, "thread") == 0)
		in_one_thread();
	else if (strcmp(how, "trapped") == 0)
		trapped();
	else
		be_refused();
	say("refused\n");
	return 7;
}
