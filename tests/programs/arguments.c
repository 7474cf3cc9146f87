/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments junk            arguments that differ from others only in bits that do not count
 * arguments prctl N         N different options of prctl(2), none of which exists
 * arguments race N          the same, by eight threads at once, each in another order
 * arguments x32             a call of the x32 ABI, whether the kernel has it or not
 */
#include "program.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { N_THREADS = 8, FIRST_OPTION = 0x70000000 };

static int n_options;
static pthread_barrier_t barrier;

enum { I386_SOCKETPAIR = 360, I386_PERSONALITY = 136 }; /* asm/unistd_32.h */

/* A call of i386 in a 64-bit program, with registers that have upper halves. */
static void int80(long nr, long a, long b)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(0l), "S"(0l)
			 : "memory", "r8", "r9", "r10", "r11");
	(void)ret;
}

static void junk(void)
{
	const long upper = 0x7eadbeefl << 32;

	(void)syscall(SYS_socket, upper | AF_UNIX, upper | SOCK_STREAM, upper);
	(void)syscall(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)syscall(SYS_personality, upper | 0xffffffff);
	/* an address with a length that is none: refused */
	(void)syscall(SYS_mprotect, 1l, 1l, upper | PROT_READ | PROT_EXEC);
	int80(I386_PERSONALITY, -1l, 0);
	int80(I386_SOCKETPAIR, upper | AF_UNIX, upper | SOCK_DGRAM);
}

static void *race(void *arg)
{
	const int first = (int)(intptr_t)arg * 5;

	pthread_barrier_wait(&barrier);
	for (int i = 0; i < n_options; i++)
		(void)syscall(SYS_prctl, FIRST_OPTION + (first + i) % n_options, 0, 0, 0, 0);
	return NULL;
}

static void start_race(void)
{
	pthread_t threads[N_THREADS];

	pthread_barrier_init(&barrier, NULL, N_THREADS);
	for (intptr_t i = 0; i < N_THREADS; i++)
		check(pthread_create(&threads[i], NULL, race, (void *)i) == 0, "pthread_create");
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	check(argc > 1, "usage: arguments junk|prctl N|race N|x32");
	for (const char *c = argc > 2 ? argv[2] : ""; *c >= '0' && *c <= '9'; c++)
		n_options = n_options * 10 + (*c - '0');
	if (strcmp(argv[1], "junk") == 0) {
		junk();
	} else if (strcmp(argv[1], "x32") == 0) {
		(void)syscall(0x40000000 + SYS_socket, AF_UNIX, SOCK_DGRAM, 0);
	} else if (strcmp(argv[1], "race") == 0) {
		start_race();
	} else {
		for (int i = 0; i < n_options; i++)
			(void)syscall(SYS_prctl, FIRST_OPTION + i, 0, 0, 0, 0);
	}
	say("arguments\n");
	return 0;
}
