/* SPDX-License-Identifier: Apache-2.0 */
/*
 * threads64 group|pthread
 *
 * 64 threads each make one call that no other part of the program makes, all at the same time, and
 * then end at the same time: "group" by racing for exit_group(2), "pthread" by pthread_exit(3).  A
 * recorder that loses a single thread, or the last call of one, misses a call.
 */
#include "program.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { N_THREADS = 64 };

static const long own_calls[] = {
	SYS_lseek,
	SYS_fsync,
	SYS_fdatasync,
	SYS_ftruncate,
	SYS_fchmod,
	SYS_fchown,
	SYS_fchdir,
	SYS_flock,
	SYS_dup,
	SYS_dup3,
	SYS_readv,
	SYS_writev,
	SYS_preadv,
	SYS_pwritev,
	SYS_pwrite64,
	SYS_getdents64,
	SYS_fstatfs,
	SYS_shutdown,
	SYS_listen,
	SYS_accept,
	SYS_accept4,
	SYS_bind,
	SYS_connect,
	SYS_getsockname,
	SYS_getpeername,
	SYS_sendto,
	SYS_recvfrom,
	SYS_sendmsg,
	SYS_recvmsg,
	SYS_setsockopt,
	SYS_getsockopt,
	SYS_fsetxattr,
	SYS_fgetxattr,
	SYS_flistxattr,
	SYS_fremovexattr,
	SYS_fallocate,
	SYS_sync_file_range,
	SYS_readahead,
	SYS_tee,
	SYS_splice,
	SYS_vmsplice,
	SYS_epoll_ctl,
	SYS_inotify_rm_watch,
	SYS_timerfd_gettime,
	SYS_timerfd_settime,
	SYS_timer_delete,
	SYS_timer_getoverrun,
	SYS_sched_getscheduler,
	SYS_sched_getparam,
	SYS_sched_get_priority_max,
	SYS_getpriority,
	SYS_ioprio_get,
	SYS_getpgid,
	SYS_getsid,
	SYS_getuid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getegid,
	SYS_getppid,
	SYS_getgroups,
	SYS_getresuid,
	SYS_getresgid,
	SYS_times,
	SYS_syncfs,
};
_Static_assert(sizeof(own_calls) / sizeof(own_calls[0]) == N_THREADS, "one call for each thread");

static atomic_int n_ready, n_done;
static bool use_exit_group;

static void meet(atomic_int *n, int all)
{
	atomic_fetch_add(n, 1);
	while (atomic_load(n) < all)
		sched_yield();
}

static void *work(void *arg)
{
	meet(&n_ready, N_THREADS);
	make_call(*(const long *)arg);
	meet(&n_done, N_THREADS);
	if (use_exit_group)
		(void)syscall(SYS_exit_group, 0);
	pthread_exit(NULL);
}

int main(int argc, char **argv)
{
	pthread_t threads[N_THREADS];
	int word = 0;

	check(argc == 2, "usage");
	use_exit_group = strcmp(argv[1], "group") == 0;
	say(use_exit_group ? "group\n" : "pthread\n");
	/* whether these are made depends on who comes first */
	(void)syscall(SYS_futex, &word, 1 /* FUTEX_WAKE */, 1, NULL, NULL, 0);
	sched_yield();
	for (int i = 0; i < N_THREADS; i++)
		check(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)&own_calls[i]) ==
			      0,
		      "pthread_create");
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
