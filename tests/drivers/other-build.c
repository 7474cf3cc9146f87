/* SPDX-License-Identifier: Apache-2.0 */
/*
 * other-build: holds what a recorder of another version may have in the kernel, until its standard
 * input ends: a program with the name of snug's, and counters larger than snug's.  Says "ready".
 */
#include "base/mem.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

enum { LARGE = 4096 };

static int load(int map)
{
	/* r1 = map; r0 = 0; exit */
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "snug_sys_enter", "GPL", insns,
			     ARRAY_SIZE(insns), NULL);
}

int main(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	CLEANUP(closep) int map = -1, prog = -1, link = -1;
	char c;

	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "snug_rec.bss", 4, LARGE, 1, &opts);
	if (map >= 0)
		prog = load(map);
	if (prog >= 0)
		link = bpf_raw_tracepoint_open("sys_enter", prog);
	if (link < 0) {
		perror("other-build");
		return 1;
	}
	puts("ready");
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	return 0;
}
