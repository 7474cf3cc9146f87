// SPDX-License-Identifier: Dual BSD/GPL
/* The cheapest program that can be attached to every system call: what snug is compared with. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("tp_btf/sys_enter")
int empty_sys_enter(void *ctx)
{
	return 0;
}
