/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the test programs share.  They are made to be recorded: each makes a set of system calls
 * that is the same on every run, however its threads and children are scheduled, so that two
 * observers can be compared.  Calls that scheduling decides about (a lock that is sometimes
 * contended) are therefore made once on purpose.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Makes the call with arguments that no call accepts; it is made only to be seen. */
static inline void make_call(long nr)
{
	(void)syscall(nr, -1l, -1l, -1l, -1l, -1l, -1l);
}

/* Prints without stdio, whose calls depend on what the stream is. */
static inline void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(4);
}

/* Ends the program with status 3 when @ok is false. */
static inline void check(int ok, const char *what)
{
	if (ok)
		return;
	say(what);
	say(": failed\n");
	_exit(3);
}

/* Waits for @pid; its exit status must be @code. */
static inline void reap(pid_t pid, int code)
{
	int status;
	pid_t r;

	do {
		r = waitpid(pid, &status, 0);
	} while (r < 0 && errno == EINTR);
	check(r == pid && WIFEXITED(status) && WEXITSTATUS(status) == code, "reap");
}
