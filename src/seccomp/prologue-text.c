/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/prologue-text.h"

#include "base/str.h"
#include "seccomp/prologue.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <inttypes.h>
#include <string.h>

enum { INDENT = 2 };

void snug_ret_add_pfc(uint32_t ret, struct snug_str *out)
{
	enum snug_action action = snug_ret_action(ret);

	if (action == _SNUG_ACTION_INVALID) {
		snug_str_addf(out, "0x%08x", ret);
		return;
	}
	/* libseccomp has the old word */
	if (action == SNUG_ACTION_KILL_THREAD)
		action = SNUG_ACTION_KILL;
	snug_str_add(out, snug_action_name(action) + strlen("SCMP_ACT_"));
	if (action == SNUG_ACTION_ERRNO || action == SNUG_ACTION_TRACE)
		snug_str_addf(out, "(%u)", snug_ret_data(ret));
}

static void indent(struct snug_str *out, size_t depth)
{
	snug_str_addf(out, "%*s", (int)(depth * INDENT), "");
}

static void add_action(struct snug_str *out, size_t depth, uint32_t ret)
{
	indent(out, depth);
	snug_str_add(out, "action ");
	snug_ret_add_pfc(ret, out);
	snug_str_add(out, ";\n");
}

static void add_condition(struct snug_str *out, size_t depth, const struct snug_seccomp_arg *arg)
{
	static const char *const ops[] = {
		[SNUG_CMP_NE] = "!=", [SNUG_CMP_LT] = "<",  [SNUG_CMP_LE] = "<=",
		[SNUG_CMP_EQ] = "==", [SNUG_CMP_GE] = ">=", [SNUG_CMP_GT] = ">",
	};

	indent(out, depth);
	if (arg->op == SNUG_CMP_MASKED_EQ)
		snug_str_addf(out, "if ($a%u & 0x%016" PRIx64 " == %" PRIu64 ")\n", arg->index,
			      arg->value, arg->value_two);
	else
		snug_str_addf(out, "if ($a%u %s %" PRIu64 ")\n", arg->index, ops[arg->op],
			      arg->value);
}

static void add_rule(struct snug_str *out, const struct snug_prologue_rule *r)
{
	size_t depth = 2;

	if (r->mux_sub >= 0) {
		indent(out, depth++);
		snug_str_addf(out, "if ($a0.lo32 & 0x%08x == %d)\n", r->mux_mask, r->mux_sub);
	}
	for (size_t i = 0; i < r->rule.n_conds; i++)
		add_condition(out, depth++, &r->rule.conds[i]);
	add_action(out, depth, r->rule.ret);
}

static void add_call(struct snug_str *out, const struct snug_prologue_call *c, uint32_t default_ret)
{
	const char *name = snug_syscall_name(c->arch, c->nr);
	bool always = false;

	snug_str_addf(out, "  # filter for syscall \"%s\" (%u)\n  if ($syscall == %u)\n",
		      name ? name : "?", c->nr, c->nr);
	VEC_FOREACH (r, &c->rules) {
		add_rule(out, r);
		always = r->mux_sub < 0 && r->rule.n_conds == 0;
	}
	if (!always)
		add_action(out, 2, default_ret);
}

void snug_prologue_add_pfc(const struct snug_prologue *pl, uint32_t default_ret,
			   struct snug_str *out)
{
	enum snug_arch arch = _SNUG_ARCH_INVALID;

	if (!pl->len)
		return;
	snug_str_add(
		out,
		"#\n# in front: calls that libseccomp does not know, or whose rules it cannot\n"
		"# express\n#\n");
	VEC_FOREACH (c, pl) {
		if (c->arch != arch)
			snug_str_addf(out, "# filter for arch %s (%u)\nif ($arch == %u)\n",
				      snug_arch_name(c->arch), snug_arch_to_audit(c->arch),
				      snug_arch_to_audit(c->arch));
		arch = c->arch;
		add_call(out, c, default_ret);
	}
}
