/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run-cost TIMES COMMAND ARGS...
 *
 * Runs COMMAND again and again and prints median and smallest wall time in milliseconds and the
 * largest peak resident set of it and its children in KiB: "12.34 11.90 5120".
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_TIMES = 1000 };

extern char **environ;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Milliseconds, or -1 when COMMAND did not do well. */
static double run(char **argv, long *peak_kib)
{
	posix_spawn_file_actions_t actions;
	struct rusage usage;
	double begin = now_ms();
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (errno) {
		fprintf(stderr, "run-cost: %s: %s\n", argv[0], strerror(errno));
		return -1;
	}
	if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fprintf(stderr, "run-cost: %s failed\n", argv[0]);
		return -1;
	}
	if (usage.ru_maxrss > *peak_kib)
		*peak_kib = usage.ru_maxrss;
	return now_ms() - begin;
}

int main(int argc, char **argv)
{
	static double ms[MAX_TIMES];
	size_t times = 0;
	long peak_kib = 0;

	for (const char *c = argc > 2 ? argv[1] : ""; *c >= '0' && *c <= '9'; c++)
		times = times * 10 + (size_t)(*c - '0');
	if (times == 0 || times > MAX_TIMES) {
		fprintf(stderr, "usage: run-cost 1..%d COMMAND ARGS...\n", MAX_TIMES);
		return 2;
	}
	for (size_t i = 0; i < times; i++) {
		ms[i] = run(argv + 2, &peak_kib);
		if (ms[i] < 0)
			return 1;
	}
	qsort(ms, times, sizeof(ms[0]), compare);
	printf("%.2f %.2f %ld\n", ms[times / 2], ms[0], peak_kib);
	return 0;
}
