/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The kernel's view of a seccomp filter, without the kernel: classic BPF over struct seccomp_data.
 */
#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/* Runs @insns over @data.  The answer is in *ret_action; the result is how many instructions ran,
 * or a negative errno for what the kernel's checker would refuse (unknown or forbidden instruction,
 * jump or load out of bounds, no return). */
int bpf_sim_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data,
		uint32_t *ret_action);

/* The same for a call; @args may be NULL for all zero. */
int bpf_sim_call(const struct sock_filter *insns, size_t n, uint32_t audit_arch, uint32_t nr,
		 const uint64_t args[6], uint32_t *ret_action);

/* What is wrong with the whole program, reachable or not, or NULL. */
const char *bpf_sim_check(const struct sock_filter *insns, size_t n);
