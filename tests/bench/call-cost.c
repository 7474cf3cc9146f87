/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call-cost CPU getppid|mix|fcntl
 *
 * Prints what one system call costs, in nanoseconds: the best of several rounds of 20 ms, because
 * whatever else happens on the machine only adds.  Stays on CPU; the clock is read by the vDSO.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { N_ROUNDS = 10, ROUND_NS = 20 * 1000 * 1000, BATCH = 200 };

static int zero_fd, null_fd;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A batch returns how many calls it made. */
static uint64_t batch_getppid(void)
{
	for (int i = 0; i < BATCH; i++)
		(void)syscall(SYS_getppid);
	return BATCH;
}

static uint64_t batch_mix(void)
{
	struct stat st;
	char byte = 0;

	for (int i = 0; i < BATCH; i += 8) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read(zero_fd, &byte, 1) != 1 || write(null_fd, &byte, 1) != 1 ||
		    fstat(fd, &st) < 0 || poll(NULL, 0, 0) < 0 || lseek(zero_fd, 0, SEEK_SET) < 0)
			abort();
		(void)syscall(SYS_getpid);
		close(fd);
	}
	return BATCH;
}

/* A call that data/argument-filters.csv has, always with the same arguments. */
static uint64_t batch_fcntl(void)
{
	for (int i = 0; i < BATCH; i++)
		(void)syscall(SYS_fcntl, zero_fd, F_GETFD);
	return BATCH;
}

static double one_round(uint64_t (*batch)(void))
{
	uint64_t n = 0, begin = now_ns(), end;

	do {
		n += batch();
		end = now_ns();
	} while (end - begin < ROUND_NS);
	return (double)(end - begin) / (double)n;
}

static int stay_on(const char *number)
{
	cpu_set_t set;
	unsigned int cpu = 0;

	for (; *number >= '0' && *number <= '9'; number++)
		cpu = cpu * 10 + (unsigned int)(*number - '0');
	CPU_ZERO(&set);
	CPU_SET(cpu % CPU_SETSIZE, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static const struct {
	const char *name;
	uint64_t (*batch)(void);
} kinds[] = {
	{ "getppid", batch_getppid },
	{ "mix", batch_mix },
	{ "fcntl", batch_fcntl },
};

int main(int argc, char **argv)
{
	uint64_t (*batch)(void) = NULL;
	double best = 1e12;

	for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[2], kinds[i].name) == 0)
			batch = kinds[i].batch;
	if (!batch) {
		fprintf(stderr, "usage: call-cost CPU getppid|mix|fcntl\n");
		return 2;
	}
	zero_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (zero_fd < 0 || null_fd < 0 || stay_on(argv[1]) < 0) {
		fprintf(stderr, "call-cost: %s\n", strerror(errno));
		return 1;
	}
	(void)one_round(batch); /* warm */
	for (int i = 0; i < N_ROUNDS; i++) {
		double ns = one_round(batch);

		if (ns < best)
			best = ns;
	}
	printf("%.2f\n", best);
	return 0;
}
