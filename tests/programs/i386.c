/* SPDX-License-Identifier: Apache-2.0 */
/*
 * i386: a 32-bit program; calls through the C library (which enters by the vDSO) and by int $0x80,
 * in a thread and in a child too.
 */
#include "program.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

static long int80(long nr)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(-1l), "c"(-1l), "d"(-1l), "S"(-1l), "D"(-1l)
			 : "memory");
	return ret;
}

static void *work(void *arg)
{
	(void)arg;
	int80(SYS_getsid);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	struct stat st;
	int word = 0;
	pid_t pid;

	check(stat("/", &st) == 0, "stat");
	(void)socket(AF_UNIX, SOCK_STREAM, 0);
	/* a multiplexer: the kernel sees only socketcall(2) */
	int80(SYS_socketcall);
	int80(SYS__llseek);
	int80(SYS_getuid32);
	(void)syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0);
	check(pthread_create(&thread, NULL, work, NULL) == 0, "pthread_create");
	pthread_join(thread, NULL);
	pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		int80(SYS_getpgid);
		_exit(31);
	}
	reap(pid, 31);
	say("i386\n");
	return 0;
}
