/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many-children N: N children in waves of 50 that live at the same time.  Two of them make calls
 * that nobody else makes, one in the middle and the very last one.
 */
#include "program.h"

enum { WAVE = 50 };

static _Noreturn void child(long index, long all)
{
	if (index == all / 2)
		make_call(SYS_fsync);
	if (index == all - 1)
		make_call(SYS_getsid);
	_exit(0);
}

int main(int argc, char **argv)
{
	long all = 0;

	check(argc == 2, "usage");
	for (const char *c = argv[1]; *c >= '0' && *c <= '9' && all < 1000000; c++)
		all = all * 10 + *c - '0';
	for (long done = 0; done < all; done += WAVE) {
		pid_t pids[WAVE];
		long n = all - done < WAVE ? all - done : WAVE;

		for (long i = 0; i < n; i++) {
			pids[i] = fork();
			check(pids[i] >= 0, "fork");
			if (pids[i] == 0)
				child(done + i, all);
		}
		for (long i = 0; i < n; i++)
			reap(pids[i], 0);
	}
	say("all reaped\n");
	return 0;
}
