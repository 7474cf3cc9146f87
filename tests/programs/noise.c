/* SPDX-License-Identifier: Apache-2.0 */
/*
 * noise SECONDS NAME...
 *
 * Makes every system call it safely can, again and again, for somebody else to be disturbed: all
 * numbers of the 64-bit and of the 32-bit entry, each in a process of its own that ends or is
 * killed soon.  The processes take the names given, one after the other.  Says "ready" once all
 * numbers were used.  Never runs longer than SECONDS, and nothing of it outlives it.
 *
 * All arguments are -1: a bad pointer, a bad descriptor, a bad length, all flags; the calls fail.
 * The few that would not, and would do harm, are left out or get arguments of their own.
 */
#include "program.h"

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

/* The last number of today's tables is below 480; what is above fails as unknown. */
enum { N_NUMBERS = 520, PATIENCE_MS = 5 };

/* Left out: what takes no arguments that could be wrong and touches the whole machine. */
static const int unsafe_64[] = {
	15,  /* rt_sigreturn: would only crash */
	68,  /* msgget: -1 makes a queue */
	153, /* vhangup */
	162, /* sync: slow */
	163, /* acct */
	169, /* reboot */
	170, /* sethostname */
	175, /* init_module: would allocate what it is told to */
	246, /* kexec_load */
	320, /* kexec_file_load */
};
static const int unsafe_32[] = {
	36,  /* sync */
	51,  /* acct */
	74,  /* sethostname */
	88,  /* reboot */
	111, /* vhangup */
	119, /* sigreturn */
	128, /* init_module */
	173, /* rt_sigreturn */
	283, /* kexec_load */
	395, /* shmget: a length of 4 GiB */
	399, /* msgget */
};

static bool contains(const int *set, size_t n, int nr)
{
	for (size_t i = 0; i < n; i++) {
		if (set[i] == nr)
			return true;
	}
	return false;
}

static long call_64(long nr)
{
	register long r10 __asm__("r10") = -1;
	register long r8 __asm__("r8") = -1;
	register long r9 __asm__("r9") = -1;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(-1l), "S"(-1l), "d"(-1l), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long call_32(long nr)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(-1l), "c"(-1l), "d"(-1l), "S"(-1l), "D"(-1l)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* The calls that make a process return here twice: both leave at once.  vfork shares the stack, so
 * nothing may be written to it in between. */
static _Noreturn void make_one(int nr, bool compat)
{
	struct rlimit no_core = { 0, 0 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &no_core);
	if (compat)
		call_32(nr);
	else
		call_64(nr);
	__asm__ volatile("1: syscall\n"
			 "	jmp 1b" ::"a"(SYS_exit_group),
			 "D"(0)
			 : "memory");
	__builtin_unreachable();
}

static void one_number(int nr, bool compat)
{
	struct timespec patience = { .tv_nsec = PATIENCE_MS * 1000 * 1000 };
	sigset_t chld;
	pid_t pid = fork();

	if (pid == 0)
		make_one(nr, compat);
	if (pid < 0)
		return;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	(void)sigtimedwait(&chld, NULL, &patience);
	kill(pid, SIGKILL);
	while (waitpid(-1, NULL, __WALL | WNOHANG) > 0)
		;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void one_round(void)
{
	for (int nr = 0; nr < N_NUMBERS; nr++) {
		if (!contains(unsafe_64, sizeof(unsafe_64) / sizeof(int), nr))
			one_number(nr, false);
		if (!contains(unsafe_32, sizeof(unsafe_32) / sizeof(int), nr))
			one_number(nr, true);
	}
}

int main(int argc, char **argv)
{
	unsigned int seconds = 0;
	sigset_t chld;

	check(argc >= 2, "usage: noise SECONDS NAME...");
	for (const char *c = argv[1]; *c >= '0' && *c <= '9' && seconds < 10000; c++)
		seconds = seconds * 10 + (unsigned int)(*c - '0');
	alarm(seconds);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	for (int round = 0;; round++) {
		if (argc > 2)
			prctl(PR_SET_NAME, argv[2 + round % (argc - 2)]);
		one_round();
		if (round == 0)
			say("ready\n");
	}
}
