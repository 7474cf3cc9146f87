/* SPDX-License-Identifier: Apache-2.0 */
/* signals: handlers on an alternate stack, a timer, a stopped and continued child, signals waited
 * for; what a supervisor could disturb. */
#include "program.h"

#include <signal.h>
#include <sys/time.h>

static volatile sig_atomic_t n_usr1, n_alarm;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		n_usr1++;
	else
		n_alarm++;
}

static void install(void)
{
	static char stack[64 << 10];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };

	check(sigaltstack(&alternate, NULL) == 0, "sigaltstack");
	check(sigaction(SIGUSR1, &action, NULL) == 0, "sigaction");
	check(sigaction(SIGALRM, &action, NULL) == 0, "sigaction");
}

static void wait_for_alarm(void)
{
	struct itimerval soon = { .it_value = { .tv_usec = 2000 } };
	sigset_t block, none;

	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGALRM);
	check(sigprocmask(SIG_BLOCK, &block, NULL) == 0, "sigprocmask");
	check(setitimer(ITIMER_REAL, &soon, NULL) == 0, "setitimer");
	while (!n_alarm)
		sigsuspend(&none);
}

static void stop_and_continue(void)
{
	int status;
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid == 0) {
		raise(SIGSTOP);
		make_call(SYS_getsid);
		_exit(41);
	}
	check(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status), "stopped");
	check(kill(pid, SIGCONT) == 0, "kill");
	reap(pid, 41);
}

int main(void)
{
	sigset_t usr2;

	install();
	check(kill(getpid(), SIGUSR1) == 0 && n_usr1 == 1, "SIGUSR1");
	wait_for_alarm();
	stop_and_continue();
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	check(sigprocmask(SIG_BLOCK, &usr2, NULL) == 0, "sigprocmask");
	check(kill(getpid(), SIGUSR2) == 0, "kill");
	check(sigwaitinfo(&usr2, NULL) == SIGUSR2, "sigwaitinfo");
	say("signals\n");
	return 0;
}
