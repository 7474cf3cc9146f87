/* SPDX-License-Identifier: Apache-2.0 */
/*
 * denials [wait]: for profiles that refuse or log 32 calls, each made once and with arguments that
 * no call accepts: 12 by the first thread, 8 by another, 8 by a child, 4 through the 32-bit entry.
 * With "wait" it ends when its standard input does.  Its list is that of tests/lib/denials.bash.
 */
#include "program.h"

#include <pthread.h>

static const int by_main[] = {
	SYS_getsid, SYS_getpgid, SYS_sched_getparam, SYS_sched_getscheduler,
	SYS_capget, SYS_sysinfo, SYS_times,          SYS_ustat,
	SYS_dup3,   SYS_pipe2,   SYS_eventfd2,       SYS_inotify_init1,
};
static const int by_thread[] = {
	SYS_splice,    SYS_tee,       SYS_vmsplice,  SYS_sync_file_range,
	SYS_fallocate, SYS_fadvise64, SYS_readahead, SYS_timerfd_create,
};
static const int by_child[] = {
	SYS_signalfd4,   SYS_memfd_create, SYS_epoll_create1, SYS_getpeername,
	SYS_getsockname, SYS_listen,       SYS_shutdown,      SYS_flock,
};
/* getuid32, getgid32, geteuid32, getegid32 of i386 */
static const int by_int80[] = { 199, 200, 201, 202 };

static void make_calls(const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		make_call(calls[i]);
}

static void *in_thread(void *arg)
{
	(void)arg;
	make_calls(by_thread, sizeof(by_thread) / sizeof(*by_thread));
	return NULL;
}

static void int80(int nr)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr) : "memory", "r8", "r9", "r10", "r11");
}

int main(int argc, char **argv)
{
	pthread_t thread;
	pid_t child;
	char c;

	make_calls(by_main, sizeof(by_main) / sizeof(*by_main));
	check(pthread_create(&thread, NULL, in_thread, NULL) == 0, "pthread_create");
	pthread_join(thread, NULL);
	child = fork();
	if (child == 0) {
		make_calls(by_child, sizeof(by_child) / sizeof(*by_child));
		_exit(7);
	}
	reap(child, 7);
	for (size_t i = 0; i < sizeof(by_int80) / sizeof(*by_int80); i++)
		int80(by_int80[i]);
	if (argc > 1 && strcmp(argv[1], "wait") == 0)
		while (read(STDIN_FILENO, &c, 1) > 0)
			;
	return 0;
}
