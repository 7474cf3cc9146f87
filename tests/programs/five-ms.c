/* SPDX-License-Identifier: Apache-2.0 */
/* five-ms: lives five milliseconds, busy; its last call is one of its own. */
#include "program.h"

#include <time.h>

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(void)
{
	int64_t end = now_us() + 5000;

	make_call(SYS_fsync);
	while (now_us() < end)
		;
	make_call(SYS_getsid);
	return 0;
}
