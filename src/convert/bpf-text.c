/* SPDX-License-Identifier: Apache-2.0 */
#include "convert/bpf-text.h"

#include "base/str.h"
#include "seccomp/arch.h"
#include "seccomp/ret.h"

#include <stddef.h>
#include <string.h>

#include <linux/seccomp.h>

/* "A" is the accumulator, as in the kernel's documentation of BPF. */
static void add_load(const struct sock_filter *insn, bool is_little_endian, struct snug_str *out)
{
	const size_t args = offsetof(struct seccomp_data, args);

	snug_str_add(out, "A = ");
	if (insn->k == offsetof(struct seccomp_data, nr))
		snug_str_add(out, "nr");
	else if (insn->k == offsetof(struct seccomp_data, arch))
		snug_str_add(out, "arch");
	else if (insn->k >= args && insn->k < sizeof(struct seccomp_data) && insn->k % 4 == 0)
		snug_str_addf(out, "args[%zu].%s", (insn->k - args) / 8,
			      (insn->k % 8 == 0) == is_little_endian ? "lo" : "hi");
	else
		snug_str_addf(out, "data[%u]", insn->k);
}

static void add_jump(const struct sock_filter *insn, size_t at, bool is_arch, struct snug_str *out)
{
	static const struct {
		uint16_t op;
		const char *yes, *no;
	} ops[] = {
		{ BPF_JEQ, "==", "!=" },
		{ BPF_JGT, ">", "<=" },
		{ BPF_JGE, ">=", "<" },
		{ BPF_JSET, "&", NULL },
	};
	size_t yes = at + 1 + insn->jt, no = at + 1 + insn->jf;
	enum snug_arch arch = is_arch ? snug_arch_from_audit(insn->k) : _SNUG_ARCH_INVALID;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (BPF_OP(insn->code) != ops[i].op)
			continue;
		/* mostly one way is the next instruction */
		if (insn->jt == 0 && insn->jf && ops[i].no)
			snug_str_addf(out, "if A %s %u goto %zu", ops[i].no, insn->k, no);
		else if (insn->jf == 0)
			snug_str_addf(out, "if A %s %u goto %zu", ops[i].yes, insn->k, yes);
		else
			snug_str_addf(out, "if A %s %u goto %zu else %zu", ops[i].yes, insn->k, yes,
				      no);
	}
	if (arch != _SNUG_ARCH_INVALID)
		snug_str_addf(out, "    (%s)", snug_arch_name(arch));
}

static void add_insn(const struct sock_filter *insn, size_t at, bool is_little_endian, bool is_arch,
		     struct snug_str *out)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		add_load(insn, is_little_endian, out);
		break;
	case BPF_LD | BPF_IMM:
		snug_str_addf(out, "A = %u", insn->k);
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		snug_str_addf(out, "A &= 0x%08x", insn->k);
		break;
	case BPF_JMP | BPF_JA:
		snug_str_addf(out, "goto %zu", at + 1 + insn->k);
		break;
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_K:
		add_jump(insn, at, is_arch, out);
		break;
	case BPF_RET | BPF_K:
		snug_str_add(out, "return ");
		if (snug_ret_action(insn->k) == _SNUG_ACTION_INVALID)
			snug_str_addf(out, "0x%08x", insn->k);
		else
			snug_ret_add_text(insn->k, out);
		break;
	default:
		snug_str_addf(out, "code 0x%04x jt %u jf %u k 0x%08x", insn->code, insn->jt,
			      insn->jf, insn->k);
	}
}

void snug_bpf_add_text(const struct sock_filter *insns, size_t n, bool is_little_endian,
		       const char *prefix, struct snug_str *out)
{
	bool is_arch = false;

	for (size_t i = 0; i < n; i++) {
		if (BPF_CLASS(insns[i].code) == BPF_LD)
			is_arch = insns[i].code == (BPF_LD | BPF_W | BPF_ABS) &&
				  insns[i].k == offsetof(struct seccomp_data, arch);
		snug_str_addf(out, "%s%4zu  ", prefix, i);
		add_insn(&insns[i], i, is_little_endian, is_arch, out);
		snug_str_addc(out, '\n');
	}
}
