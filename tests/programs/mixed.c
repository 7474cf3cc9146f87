/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mixed: a 64-bit program that makes calls through the 32-bit entry.  199 is getuid32 for i386 and
 * fremovexattr for x86-64, 24 is getuid (16 bit) and sched_yield: who mixes the ABIs up names calls
 * that were never made.  Upper halves of registers are nothing to the 32-bit entry.
 */
#include "program.h"

#include <sys/socket.h>

static long int80(int nr)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr) : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/* socket(AF_UNIX, SOCK_STREAM, 0) */
static long socket_by_lower_halves(void)
{
	const long junk = 0x5a5a5a5a00000000;
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(359), "b"(junk | AF_UNIX), "c"(junk | SOCK_STREAM), "d"(junk)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

int main(void)
{
	make_call(SYS_fsync);
	check(int80(199) >= 0, "getuid32");
	check(int80(24) >= 0, "getuid");
	/* beyond every table: no profile can name it, so a profile may change the error */
	check(int80(900) < 0, "900");
	check(socket_by_lower_halves() >= 0, "socket");
	make_call(SYS_getsid);
	say("mixed\n");
	return 0;
}
