/* SPDX-License-Identifier: Apache-2.0 */
#include "base/detach.h"

#include "base/mem.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* FIXME(kernel 5.9): close_range(2); a container's filter may not know it, either. */
static void close_between(unsigned first, unsigned last)
{
	enum { MANY = 4096 };

	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return;
	for (unsigned fd = first; fd <= last && fd < MANY; fd++)
		(void)close((int)fd);
}

void snug_detach(const char *name, int fd, int other)
{
	int low = fd < other ? fd : other, high = fd < other ? other : fd;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t all;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)setsid();
	(void)!chdir("/");
	(void)prctl(PR_SET_NAME, name);
	for (int i = 0; i <= STDERR_FILENO; i++)
		if (i != fd && i != other)
			(void)(null < 0 ? close(i) : dup2(null, i));
	if (low > STDERR_FILENO)
		close_between(STDERR_FILENO + 1, (unsigned)low - 1);
	close_between((unsigned)(low > STDERR_FILENO ? low : STDERR_FILENO) + 1,
		      high > 0 ? (unsigned)high - 1 : 0);
	close_between((unsigned)(high > STDERR_FILENO ? high : STDERR_FILENO) + 1, ~0u);
}
