/* SPDX-License-Identifier: Apache-2.0 */
/* A program for 32-bit ARM without a C library: write, getpid, getuid32, exit. */

static long call(long nr, long a, long b, long c)
{
	register long r7 __asm__("r7") = nr;
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
	return r0;
}

void _start(void)
{
	static const char text[] = "arm32\n";

	/* arch/arm/tools/syscall.tbl */
	call(4, 1, (long)text, sizeof(text) - 1);
	call(20, 0, 0, 0);
	call(199, 0, 0, 0);
	call(1, 0, 0, 0);
}
