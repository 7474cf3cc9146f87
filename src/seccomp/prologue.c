/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is one section an audit arch (x86-64 and x32 share one):
 *
 *	ld arch; is it mine? else next section
 *	ld nr;   below the first call of the section? then next section
 *	a run of numbers with one answer: in range? ret
 *	a call with conditions: its number? rules, ret default
 *
 * The accumulator holds nr until a number has matched; behind that there is no way back, so what
 * the rules do to it does not matter.  Conditional jumps reach 255 instructions, which is more than
 * one rule can have; everything longer goes through ja.
 *
 * Of an ABI whose arguments have 32 bits the upper halves are taken for zeros: a 64-bit program
 * that makes i386's calls (int $0x80) leaves in them what it likes, and the kernel ignores that.
 */
#include "seccomp/prologue.h"

#include <stddef.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

struct emitter {
	struct snug_insns *out;
	bool is_little_endian;
	bool has_upper_halves; /* the arguments of the call at work */
	VEC(size_t) to_fail;   /* jumps of the current rule, to be patched by rule_ends() */
};

/* to_fail holds 2 * the place of a jump + which of its two ways leads to the end of the rule */
enum { WAY_TRUE = 0, WAY_FALSE = 1 };

static void emit(struct snug_insns *out, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	*VEC_PUSH(out) = (struct sock_filter){ code, jt, jf, k };
}

static void emit_ret(struct snug_insns *out, uint32_t ret)
{
	emit(out, BPF_RET | BPF_K, 0, 0, ret);
}

/* A forward jump of any length: returns its place for land(). */
static size_t emit_far(struct snug_insns *out)
{
	emit(out, BPF_JMP | BPF_JA, 0, 0, 0);
	return out->len - 1;
}

static void land(struct snug_insns *out, size_t from)
{
	out->items[from].k = (uint32_t)(out->len - from - 1);
}

static void load_arg(struct emitter *e, uint32_t index, bool high)
{
	uint32_t offset = (uint32_t)offsetof(struct seccomp_data, args) + index * 8;

	if (high && !e->has_upper_halves) {
		emit(e->out, BPF_LD | BPF_IMM, 0, 0, 0);
		return;
	}
	if (high == e->is_little_endian)
		offset += 4;
	emit(e->out, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

/* op is BPF_JEQ, BPF_JGT or BPF_JGE: jumps to the end of the rule when it is true, or unless it
 * is; else the next instruction follows. */
static void fail_if(struct emitter *e, uint16_t op, uint32_t k)
{
	emit(e->out, BPF_JMP | op | BPF_K, 0, 0, k);
	*VEC_PUSH(&e->to_fail) = (e->out->len - 1) * 2 + WAY_TRUE;
}

static void fail_unless(struct emitter *e, uint16_t op, uint32_t k)
{
	emit(e->out, BPF_JMP | op | BPF_K, 0, 0, k);
	*VEC_PUSH(&e->to_fail) = (e->out->len - 1) * 2 + WAY_FALSE;
}

static void rule_ends(struct emitter *e)
{
	VEC_FOREACH (jump, &e->to_fail) {
		struct sock_filter *insn = &e->out->items[*jump / 2];
		size_t distance = e->out->len - *jump / 2 - 1;

		snug_bug_on(distance > UINT8_MAX);
		if (*jump % 2 == WAY_TRUE)
			insn->jt = (uint8_t)distance;
		else
			insn->jf = (uint8_t)distance;
	}
	e->to_fail.len = 0;
}

static void emit_equal(struct emitter *e, uint32_t index, uint64_t mask, uint64_t value)
{
	load_arg(e, index, true);
	if (mask != UINT64_MAX)
		emit(e->out, BPF_ALU | BPF_AND | BPF_K, 0, 0, (uint32_t)(mask >> 32));
	fail_unless(e, BPF_JEQ, (uint32_t)(value >> 32));
	load_arg(e, index, false);
	if (mask != UINT64_MAX)
		emit(e->out, BPF_ALU | BPF_AND | BPF_K, 0, 0, (uint32_t)mask);
	fail_unless(e, BPF_JEQ, (uint32_t)value);
}

static void emit_not_equal(struct emitter *e, uint32_t index, uint64_t value)
{
	load_arg(e, index, true);
	/* another high half: the condition holds, over the next two */
	emit(e->out, BPF_JMP | BPF_JEQ | BPF_K, 0, 2, (uint32_t)(value >> 32));
	load_arg(e, index, false);
	fail_if(e, BPF_JEQ, (uint32_t)value);
}

/* op BPF_JGT or BPF_JGE for the low halves */
static void emit_greater(struct emitter *e, uint32_t index, uint16_t op, uint64_t value)
{
	uint32_t high = (uint32_t)(value >> 32);

	load_arg(e, index, true);
	emit(e->out, BPF_JMP | BPF_JGT | BPF_K, 3, 0, high);
	fail_unless(e, BPF_JEQ, high);
	load_arg(e, index, false);
	fail_unless(e, op, (uint32_t)value);
}

/* The same turned around: "less" is not BPF_JGE, "less or equal" not BPF_JGT. */
static void emit_not_greater(struct emitter *e, uint32_t index, uint16_t op, uint64_t value)
{
	uint32_t high = (uint32_t)(value >> 32);

	load_arg(e, index, true);
	fail_if(e, BPF_JGT, high);
	emit(e->out, BPF_JMP | BPF_JEQ | BPF_K, 0, 2, high);
	load_arg(e, index, false);
	fail_if(e, op, (uint32_t)value);
}

static void emit_condition(struct emitter *e, const struct snug_seccomp_arg *arg)
{
	switch (arg->op) {
	case SNUG_CMP_NE:
		return emit_not_equal(e, arg->index, arg->value);
	case SNUG_CMP_LT:
		return emit_not_greater(e, arg->index, BPF_JGE, arg->value);
	case SNUG_CMP_LE:
		return emit_not_greater(e, arg->index, BPF_JGT, arg->value);
	case SNUG_CMP_EQ:
		return emit_equal(e, arg->index, UINT64_MAX, arg->value);
	case SNUG_CMP_GE:
		return emit_greater(e, arg->index, BPF_JGE, arg->value);
	case SNUG_CMP_GT:
		return emit_greater(e, arg->index, BPF_JGT, arg->value);
	case SNUG_CMP_MASKED_EQ:
		return emit_equal(e, arg->index, arg->value, arg->value_two);
	case _SNUG_CMP_MAX:
	case _SNUG_CMP_INVALID:
	default:
		snug_bug("seccomp/prologue.c", __LINE__, "no such operator");
	}
}

static void emit_rule(struct emitter *e, const struct snug_prologue_rule *r)
{
	if (r->mux_sub >= 0) {
		load_arg(e, 0, false);
		emit(e->out, BPF_ALU | BPF_AND | BPF_K, 0, 0, r->mux_mask);
		fail_unless(e, BPF_JEQ, (uint32_t)r->mux_sub);
	}
	for (size_t i = 0; i < r->rule.n_conds; i++)
		emit_condition(e, &r->rule.conds[i]);
	emit_ret(e->out, r->rule.ret);
	rule_ends(e);
}

static bool is_constant(const struct snug_prologue_call *c)
{
	return c->rules.len == 1 && c->rules.items[0].rule.n_conds == 0 &&
	       c->rules.items[0].mux_sub < 0;
}

/* How many calls from @c on have consecutive numbers and the same constant answer. */
static size_t run_length(const struct snug_prologue_call *c, size_t n)
{
	size_t len = 1;

	if (!is_constant(c))
		return 1;
	while (len < n && is_constant(&c[len]) && c[len].nr == c->nr + len &&
	       c[len].rules.items[0].rule.ret == c->rules.items[0].rule.ret)
		len++;
	return len;
}

static void emit_run(struct snug_insns *out, uint32_t first, uint32_t last, uint32_t ret)
{
	if (first == last) {
		emit(out, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, first);
	} else {
		emit(out, BPF_JMP | BPF_JGE | BPF_K, 0, 2, first);
		emit(out, BPF_JMP | BPF_JGT | BPF_K, 1, 0, last);
	}
	emit_ret(out, ret);
}

static void emit_call(struct emitter *e, const struct snug_prologue_call *c, uint32_t default_ret)
{
	size_t other;

	emit(e->out, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, c->nr);
	other = emit_far(e->out);
	e->has_upper_halves = snug_arch_arg_bits(c->arch) == 64;
	VEC_FOREACH (rule, &c->rules)
		emit_rule(e, rule);
	emit_ret(e->out, default_ret);
	land(e->out, other);
}

static void emit_section(struct snug_insns *out, const struct snug_prologue_call *c, size_t n,
			 uint32_t default_ret)
{
	uint32_t audit = snug_arch_to_audit(c->arch);
	struct emitter e = { .out = out, .is_little_endian = audit & __AUDIT_ARCH_LE };
	size_t other_arch, below;

	emit(out, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
	emit(out, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, audit);
	other_arch = emit_far(out);
	emit(out, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	emit(out, BPF_JMP | BPF_JGE | BPF_K, 1, 0, c->nr);
	below = emit_far(out);
	for (size_t i = 0; i < n;) {
		size_t len = run_length(&c[i], n - i);

		if (is_constant(&c[i]))
			emit_run(out, c[i].nr, c[i + len - 1].nr, c[i].rules.items[0].rule.ret);
		else
			emit_call(&e, &c[i], default_ret);
		i += len;
	}
	land(out, other_arch);
	land(out, below);
	VEC_DONE(&e.to_fail);
}

static int compare_calls(const void *a, const void *b)
{
	const struct snug_prologue_call *ca = a, *cb = b;
	uint32_t aa = snug_arch_to_audit(ca->arch), ab = snug_arch_to_audit(cb->arch);

	if (aa != ab)
		return aa < ab ? -1 : 1;
	return (ca->nr > cb->nr) - (ca->nr < cb->nr);
}

struct snug_prologue_call *snug_prologue_call(struct snug_prologue *pl, enum snug_arch arch,
					      uint32_t nr)
{
	struct snug_prologue_call *c;

	VEC_FOREACH (known, pl)
		if (known->arch == arch && known->nr == nr)
			return known;
	c = VEC_PUSH(pl);
	c->arch = arch;
	c->nr = nr;
	return c;
}

void snug_prologue_sort(struct snug_prologue_call *c)
{
	for (size_t i = 1; i < c->rules.len; i++) {
		struct snug_prologue_rule rule = c->rules.items[i];
		size_t j = i;

		for (; j && snug_ret_is_stricter(rule.rule.ret, c->rules.items[j - 1].rule.ret);
		     j--)
			c->rules.items[j] = c->rules.items[j - 1];
		c->rules.items[j] = rule;
	}
}

void snug_prologue_done(struct snug_prologue *pl)
{
	VEC_FOREACH (c, pl)
		VEC_DONE(&c->rules);
	VEC_DONE(pl);
}

void snug_prologue_emit(struct snug_prologue *pl, uint32_t default_ret, struct snug_insns *out)
{
	size_t end;

	if (!pl->len)
		return;
	qsort(pl->items, pl->len, sizeof(*pl->items), compare_calls);
	for (size_t i = 0; i < pl->len; i = end) {
		uint32_t audit = snug_arch_to_audit(pl->items[i].arch);

		end = i + 1;
		while (end < pl->len && snug_arch_to_audit(pl->items[end].arch) == audit)
			end++;
		emit_section(out, &pl->items[i], end - i, default_ret);
	}
}
