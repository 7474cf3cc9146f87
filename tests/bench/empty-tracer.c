/* SPDX-License-Identifier: Apache-2.0 */
/* empty-tracer: attaches the empty program, says "ready", and detaches when its input ends. */
#include "empty.skel.h"

#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct snug_bench_empty_bpf *skel = snug_bench_empty_bpf__open_and_load();
	char byte;

	if (!skel || snug_bench_empty_bpf__attach(skel) < 0) {
		fprintf(stderr, "empty-tracer: the empty program could not be attached\n");
		return 1;
	}
	if (puts("ready") < 0 || fflush(stdout) != 0)
		return 1;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	snug_bench_empty_bpf__destroy(skel);
	return 0;
}
