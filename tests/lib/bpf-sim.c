/* SPDX-License-Identifier: Apache-2.0 */
/* Only what kernel/seccomp.c (seccomp_check_filter) lets through is understood; X and the scratch
 * memory are not, because no filter of ours needs them. */
#include "bpf-sim.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <linux/audit.h>

static bool is_jump_ok(const struct sock_filter *insns, size_t n, size_t i)
{
	const struct sock_filter *f = &insns[i];
	size_t left = n - i - 1;

	if (BPF_OP(f->code) == BPF_JA)
		return f->k < left;
	return f->jt < left && f->jf < left;
}

const char *bpf_sim_check(const struct sock_filter *insns, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS)
		return "bad length";
	for (size_t i = 0; i < n; i++) {
		switch (insns[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (insns[i].k % 4 || insns[i].k >= sizeof(struct seccomp_data))
				return "load out of bounds";
			break;
		case BPF_LD | BPF_IMM:
		case BPF_ALU | BPF_AND | BPF_K:
		case BPF_RET | BPF_K:
			break;
		case BPF_JMP | BPF_JA:
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			if (!is_jump_ok(insns, n, i))
				return "jump out of bounds";
			break;
		default:
			return "unknown instruction";
		}
	}
	if (insns[n - 1].code != (BPF_RET | BPF_K))
		return "the last instruction is no return";
	return NULL;
}

static bool compare(uint16_t op, uint32_t a, uint32_t k)
{
	if (op == BPF_JEQ)
		return a == k;
	if (op == BPF_JGT)
		return a > k;
	if (op == BPF_JGE)
		return a >= k;
	return a & k;
}

int bpf_sim_run(const struct sock_filter *insns, size_t n, const struct seccomp_data *data,
		uint32_t *ret_action)
{
	uint32_t a = 0;
	int steps = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *f = &insns[pc];

		steps++;
		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			if (f->code == (BPF_LD | BPF_IMM)) {
				a = f->k;
				break;
			}
			if (f->code != (BPF_LD | BPF_W | BPF_ABS) || f->k % 4 ||
			    f->k >= sizeof(*data))
				return -EFAULT;
			memcpy(&a, (const char *)data + f->k, sizeof(a));
			break;
		case BPF_ALU:
			if (f->code != (BPF_ALU | BPF_AND | BPF_K))
				return -EINVAL;
			a &= f->k;
			break;
		case BPF_JMP:
			if (f->code == (BPF_JMP | BPF_JA))
				pc += f->k;
			else
				pc += compare(BPF_OP(f->code), a, f->k) ? f->jt : f->jf;
			break;
		case BPF_RET:
			if (f->code != (BPF_RET | BPF_K))
				return -EINVAL;
			*ret_action = f->k;
			return steps;
		default:
			return -EINVAL;
		}
	}
	return -ERANGE;
}

static bool is_little_endian(uint32_t audit_arch)
{
	return audit_arch & __AUDIT_ARCH_LE;
}

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE __AUDIT_ARCH_LE
#else
#define NATIVE 0
#endif

/* Words are in the order of this machine; which half of an argument comes first is the ABI's. */
int bpf_sim_call(const struct sock_filter *insns, size_t n, uint32_t audit_arch, uint32_t nr,
		 const uint64_t args[6], uint32_t *ret_action)
{
	struct seccomp_data data = { .nr = (int)nr, .arch = audit_arch };

	for (int i = 0; args && i < 6; i++) {
		data.args[i] = args[i];
		if (is_little_endian(audit_arch) != is_little_endian(NATIVE))
			data.args[i] = args[i] << 32 | args[i] >> 32;
	}
	return bpf_sim_run(insns, n, &data, ret_action);
}
