/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execchain N: executes itself with N-1, N-2, ... and at last /bin/true.  Each link makes a call of
 * its own, and one link executes from a thread that is not the leader, which takes the leader's
 * thread id over on the way.
 */
#include "program.h"

#include <pthread.h>

static const long own_calls[] = { SYS_getsid, SYS_getpgid, SYS_fchdir, SYS_fsync, SYS_flock };
enum { N_OWN_CALLS = sizeof(own_calls) / sizeof(own_calls[0]), THREAD_LINK = 3 };

struct next {
	const char *path;
	char *count;
};

static void *run_next(void *arg)
{
	struct next *next = arg;
	char *again[] = { (char[]){ "execchain" }, next->count, NULL };
	char *last[] = { (char[]){ "true" }, NULL };

	if (next->count[0] == '0')
		execv("/bin/true", last);
	else
		execv(next->path, again);
	check(0, "execv");
	return NULL;
}

int main(int argc, char **argv)
{
	char count[] = "0";
	struct next next = { "/proc/self/exe", count };
	pthread_t thread;
	int n;

	check(argc == 2 && argv[1][0] >= '1' && argv[1][0] <= '9', "usage: execchain 1..9");
	n = argv[1][0] - '0';
	make_call(own_calls[n % N_OWN_CALLS]);
	/* joining a thread that executes something else only sometimes waits */
	make_call(SYS_futex);
	say("link\n");
	count[0] = (char)('0' + n - 1);
	if (n != THREAD_LINK)
		run_next(&next);
	check(pthread_create(&thread, NULL, run_next, &next) == 0, "pthread_create");
	pthread_join(thread, NULL);
	return 3;
}
