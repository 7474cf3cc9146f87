/* SPDX-License-Identifier: Apache-2.0 */
/*
 * onemore NUMBER COMMAND ARGS...
 *
 * Makes the call NUMBER with zero arguments and becomes COMMAND: whatever COMMAND is, it then makes
 * just one call more.  Linked without a C library, because a start-up would make calls as well:
 * this program's only own ones are NUMBER, execve, and at the end exit_group.
 *
 * Status 99: NUMBER was refused with EPERM.  98: COMMAND was not executed.  When even exit_group is
 * refused it dies of SIGILL.
 */
#include <asm/unistd.h>
#include <errno.h>

/* start.S of libc is not there; the first instruction finds argc on the stack */
__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call begin\n");

static long call3(long nr, long a, long b, long c)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static _Noreturn void leave(int status)
{
	call3(__NR_exit_group, status, 0, 0);
	__builtin_trap();
}

_Noreturn void begin(long *stack) __attribute__((used));
_Noreturn void begin(long *stack)
{
	long argc = stack[0];
	char **argv = (char **)(stack + 1);
	char **envp = argv + argc + 1;
	long nr = 0;

	if (argc < 3)
		leave(2);
	for (const char *c = argv[1]; *c >= '0' && *c <= '9'; c++)
		nr = nr * 10 + *c - '0';
	if (call3(nr, 0, 0, 0) == -EPERM)
		leave(99);
	call3(__NR_execve, (long)argv[2], (long)(argv + 2), (long)envp);
	leave(98);
}
