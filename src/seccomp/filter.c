/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.c says what each name means; here every verdict finds its place in the program, one ABI
 * after the other.  libseccomp gets what it does exactly: calls with one answer, and calls with one
 * rule.  It gets a context of its own for each ABI, because names differ between them, and these
 * are merged.  Numbers that are given to it are the native ones whatever the context's ABI is.
 * Everything else goes to the prologue, which is complete for each number it decides, so that it
 * does not matter what libseccomp makes of the same call.
 */
#include "seccomp/filter.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "seccomp/names.h"
#include "seccomp/prologue-text.h"
#include "seccomp/prologue.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

enum {
	/* as if the kernel had all actions: the program shall not depend on where it is compiled,
	 * and snug_seccomp_filter_check_kernel() asks the kernel itself */
	API_LEVEL = 5,
	BINARY_TREE = 2, /* SCMP_FLTATR_CTL_OPTIMIZE */
};

/* A call behind a multiplexer. */
struct sub_call {
	const struct snug_verdict *verdict;
	struct snug_syscall_mux mux;
	uint32_t ret;
	bool is_weakened; /* has conditions that cannot be checked */
};

struct compiler {
	const struct snug_seccomp_profile *p;
	const struct snug_seccomp_env *env;
	struct snug_rules_warn warn;
	struct snug_err *err;
	struct snug_str *pfc; /* borrowed, or NULL */
	struct snug_verdicts verdicts;
	struct snug_prologue prologue;
	struct snug_arches arches;
	scmp_filter_ctx ctx; /* the merged one, owned */

	/* of the ABI at work */
	enum snug_arch arch;
	scmp_filter_ctx arch_ctx; /* owned until merged */
	VEC(struct sub_call) subs;
	VEC(void *) copies; /* owned; rules that were changed for an ABI */
};

static void compiler_done(struct compiler *c)
{
	snug_verdicts_done(&c->verdicts);
	snug_prologue_done(&c->prologue);
	VEC_DONE(&c->arches);
	VEC_DONE(&c->subs);
	VEC_FOREACH (copy, &c->copies)
		free(*copy);
	VEC_DONE(&c->copies);
	if (c->ctx)
		seccomp_release(c->ctx);
	if (c->arch_ctx)
		seccomp_release(c->arch_ctx);
}

static void add_arch(struct snug_arches *all, enum snug_arch arch,
		     const struct snug_seccomp_env *env)
{
	arch = snug_arch_resolve(arch, env->arch);
	/* an ABI of other machines has no calls here */
	if (snug_arch_family(arch) != snug_arch_family(env->arch))
		return;
	VEC_FOREACH (known, all)
		if (*known == arch)
			return;
	*VEC_PUSH(all) = arch;
}

void snug_seccomp_arches(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
			 struct snug_arches *ret)
{
	add_arch(ret, env->arch, env);
	VEC_FOREACH (arch, &p->arches)
		add_arch(ret, *arch, env);
	VEC_FOREACH (map, &p->arch_map) {
		if (snug_arch_resolve(map->arch, env->arch) != env->arch)
			continue;
		VEC_FOREACH (sub, &map->sub_arches)
			add_arch(ret, *sub, env);
	}
}

static int libseccomp_failed(struct compiler *c, int r, const struct snug_verdict *v)
{
	return snug_err_set(c->err, r == -ENOMEM ? -ENOMEM : -EOPNOTSUPP,
			    "%s: syscalls[%zu].names[%zu]: libseccomp cannot make a rule for '%s' "
			    "on %s: %s",
			    c->p->source, v->entry, v->name_index, v->name, snug_arch_name(c->arch),
			    strerror(-r));
}

static int add_to_libseccomp(struct compiler *c, const struct snug_verdict *v, uint32_t ret,
			     const struct snug_seccomp_arg *args, size_t n_args)
{
	static const enum scmp_compare ops[] = {
		[SNUG_CMP_NE] = SCMP_CMP_NE,
		[SNUG_CMP_LT] = SCMP_CMP_LT,
		[SNUG_CMP_LE] = SCMP_CMP_LE,
		[SNUG_CMP_EQ] = SCMP_CMP_EQ,
		[SNUG_CMP_GE] = SCMP_CMP_GE,
		[SNUG_CMP_GT] = SCMP_CMP_GT,
		[SNUG_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};
	struct scmp_arg_cmp cmps[SNUG_N_ARGS];
	int r;

	snug_bug_on(n_args > SNUG_N_ARGS);
	for (size_t i = 0; i < n_args; i++)
		cmps[i] = (struct scmp_arg_cmp){ args[i].index, ops[args[i].op], args[i].value,
						 args[i].value_two };
	r = seccomp_rule_add_array(c->arch_ctx, ret, seccomp_syscall_resolve_name(v->name),
				   (unsigned int)n_args, cmps);
	return r < 0 ? libseccomp_failed(c, r, v) : 0;
}

static void add_to_prologue(struct compiler *c, uint32_t nr, const struct snug_rule *rule)
{
	struct snug_prologue_call *call = snug_prologue_call(&c->prologue, c->arch, nr);

	*VEC_PUSH(&call->rules) = (struct snug_prologue_rule){ .rule = *rule, .mux_sub = -1 };
}

/* What the kernel does not look at must not tell two calls apart. */
static void add_sub_to_prologue(struct compiler *c, uint32_t nr, const struct sub_call *sub)
{
	struct snug_prologue_call *call = snug_prologue_call(&c->prologue, c->arch, nr);

	*VEC_PUSH(&call->rules) = (struct snug_prologue_rule){
		.rule = { .ret = sub->ret },
		.mux_sub = (int)sub->mux.sub,
		.mux_mask = sub->mux.mask,
	};
}

static void add_verdict_to_prologue(struct compiler *c, uint32_t nr, const struct snug_verdict *v)
{
	const struct snug_rule always = { .ret = v->ret };

	if (v->is_unconditional)
		add_to_prologue(c, nr, &always);
	VEC_FOREACH (rule, &v->rules)
		add_to_prologue(c, nr, rule);
}

/*
 * Whether libseccomp means the same by the only rule of @v.  On an ABI of 32 bits it looks at the
 * lower half of arguments and values, and takes x32 and MIPS n32 for such, where arguments have 64
 * bits; and it drops the bits of valueTwo that are not in the mask.  Several conditions in one rule
 * it could express, but over many rules its time grows out of all bounds; the prologue is linear.
 */
static bool is_exact_in_libseccomp(const struct compiler *c, const struct snug_verdict *v)
{
	const struct snug_seccomp_arg *arg;
	uint64_t two;

	if (v->rules.len != 1 || v->rules.items[0].n_conds != 1 ||
	    snug_arch_is_ilp32_of_64(c->arch))
		return false;
	arg = v->rules.items[0].conds;
	two = arg->op == SNUG_CMP_MASKED_EQ ? arg->value_two : 0;
	return !(two & ~arg->value) &&
	       !(snug_arch_is_32bit(c->arch) && (arg->value | two) > UINT32_MAX);
}

/* The rules of @v for the ABI at work.  A copy replaces what changes, and lives as long as the
 * compiler. */
static struct snug_verdict verdict_here(struct compiler *c, const struct snug_verdict *v)
{
	unsigned bits = snug_arch_arg_bits(c->arch);
	struct snug_verdict here = *v;

	if (bits == 64 || !v->rules.len)
		return here;
	here.rules.items = xcalloc(v->rules.len, sizeof(*here.rules.items));
	*VEC_PUSH(&c->copies) = here.rules.items;
	memcpy(here.rules.items, v->rules.items, v->rules.len * sizeof(*here.rules.items));
	VEC_FOREACH (rule, &here.rules) {
		struct snug_seccomp_arg *conds = xcalloc(SNUG_N_ARGS, sizeof(*conds));
		bool is_cut = snug_rule_conds(rule, c->verdicts.default_ret, bits, conds);

		*VEC_PUSH(&c->copies) = conds;
		rule->conds = conds;
		if (is_cut)
			snug_rules_warn(&c->warn, c->p, rule->entry,
					".args: %s: arguments have 32 bits: values are cut to "
					"them, as with runc and crun",
					snug_arch_name(c->arch));
	}
	return here;
}

static void add_sub_call(struct compiler *c, const struct snug_verdict *v,
			 const struct snug_syscall_mux *mux)
{
	struct sub_call *sub = VEC_PUSH(&c->subs);

	*sub = (struct sub_call){ v, *mux, snug_verdict_strictest(v, c->verdicts.default_ret),
				  !v->is_unconditional };
}

static int place_verdict(struct compiler *c, const struct snug_verdict *general)
{
	int64_t nr = snug_syscall_number(c->arch, general->name);
	const struct snug_verdict here = verdict_here(c, general), *v = general;
	struct snug_syscall_mux mux;
	bool is_muxed = snug_syscall_multiplexer(c->arch, v->name, &mux);

	if (is_muxed)
		add_sub_call(c, v, &mux);
	if (nr < 0 && !is_muxed)
		return 0;
	if (v->is_unconditional && !snug_syscall_is_beyond_libseccomp(v->name))
		return add_to_libseccomp(c, v, v->ret, NULL, 0);
	/* multiplexers have rules of others as well: place_multiplexer() */
	if (snug_syscall_is_mux_parent(v->name))
		return 0;
	v = &here;
	if (!is_muxed && is_exact_in_libseccomp(c, v) &&
	    !snug_syscall_is_beyond_libseccomp(v->name))
		return add_to_libseccomp(c, v, v->rules.items[0].ret, v->rules.items[0].conds,
					 v->rules.items[0].n_conds);
	if (nr >= 0)
		add_verdict_to_prologue(c, (uint32_t)nr, v);
	return 0;
}

static const struct snug_verdict *find_verdict(const struct compiler *c, const char *name)
{
	VEC_FOREACH (v, &c->verdicts)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* As in libseccomp, an answer without conditions for the multiplexer itself is the answer for all
 * calls behind it. */
static void warn_about_parent(struct compiler *c, const struct snug_verdict *parent)
{
	VEC_FOREACH (sub, &c->subs) {
		if (strcmp(sub->mux.parent, parent->name) != 0 ||
		    !snug_ret_is_stricter(sub->ret, parent->ret))
			continue;
		snug_rules_warn(&c->warn, c->p, sub->verdict->entry,
				".names[%zu]: %s: '%s' is not restricted when it is made through "
				"%s(2), which syscalls[%zu] has without conditions",
				sub->verdict->name_index, snug_arch_name(c->arch),
				sub->verdict->name, parent->name, parent->entry);
	}
}

static void warn_about_arguments(struct compiler *c, const struct sub_call *sub)
{
	snug_rules_warn(&c->warn, c->p, sub->verdict->entry,
			".names[%zu]: %s: the arguments of '%s' cannot be checked when it is made "
			"through %s(2); there it gets the strictest answer",
			sub->verdict->name_index, snug_arch_name(c->arch), sub->verdict->name,
			sub->mux.parent);
}

static void place_multiplexer(struct compiler *c, const char *name)
{
	const struct snug_verdict *parent = find_verdict(c, name);
	int64_t nr = snug_syscall_number(c->arch, name);
	bool has_subs = false;

	if (nr < 0)
		return;
	if (parent && parent->is_unconditional) {
		warn_about_parent(c, parent);
		return;
	}
	if (parent) {
		const struct snug_verdict here = verdict_here(c, parent);

		add_verdict_to_prologue(c, (uint32_t)nr, &here);
	}
	VEC_FOREACH (sub, &c->subs) {
		if (strcmp(sub->mux.parent, name) != 0)
			continue;
		if (sub->is_weakened)
			warn_about_arguments(c, sub);
		add_sub_to_prologue(c, (uint32_t)nr, sub);
		has_subs = true;
	}
	if (parent || has_subs)
		snug_prologue_sort(snug_prologue_call(&c->prologue, c->arch, (uint32_t)nr));
}

static int start_context(struct compiler *c)
{
	uint32_t token = snug_arch_to_scmp(c->arch);
	int r = 0;

	c->arch_ctx = seccomp_init(c->verdicts.default_ret);
	if (!c->arch_ctx)
		return snug_err_set(c->err, -EOPNOTSUPP, "%s: libseccomp refuses %s as the default",
				    c->p->source, snug_action_name(c->p->default_action));
	(void)seccomp_attr_set(c->arch_ctx, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(c->arch_ctx, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
	if (c->arch != snug_arch_native()) {
		r = seccomp_arch_remove(c->arch_ctx, SCMP_ARCH_NATIVE);
		if (r == 0)
			r = seccomp_arch_add(c->arch_ctx, token);
	}
	if (r < 0)
		return snug_err_set(c->err, -EOPNOTSUPP, "%s: libseccomp does not know %s",
				    c->p->source, snug_arch_oci_name(c->arch));
	return 0;
}

static int compile_arch(struct compiler *c, enum snug_arch arch)
{
	int r;

	c->arch = arch;
	c->subs.len = 0;
	r = start_context(c);
	if (r < 0)
		return r;
	VEC_FOREACH (v, &c->verdicts) {
		r = place_verdict(c, v);
		if (r < 0)
			return r;
	}
	place_multiplexer(c, "socketcall");
	place_multiplexer(c, "ipc");
	if (!c->ctx) {
		c->ctx = STEAL(c->arch_ctx);
		return 0;
	}
	r = seccomp_merge(c->ctx, c->arch_ctx);
	if (r < 0)
		return snug_err_set(c->err, -EOPNOTSUPP, "%s: libseccomp cannot add %s: %s",
				    c->p->source, snug_arch_oci_name(arch), strerror(-r));
	c->arch_ctx = NULL; /* freed by seccomp_merge() */
	return 0;
}

/* libseccomp exports in the byte order of the filter's ABI, not in the host's. */
static bool is_swapped(enum snug_arch arch)
{
	return (snug_arch_to_audit(arch) ^ snug_arch_to_audit(snug_arch_native())) &
	       __AUDIT_ARCH_LE;
}

/* libseccomp 2.5 gives its program away through a file only. */
static int export(struct compiler *c, int (*to_fd)(const scmp_filter_ctx ctx, int fd), char **ret,
		  size_t *ret_len)
{
	CLEANUP(closep) int fd = memfd_create("seccomp", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return snug_err_errno(c->err, "cannot create a file in memory");
	r = to_fd(c->ctx, fd);
	if (r < 0)
		return snug_err_set(c->err, r == -ENOMEM ? -E2BIG : -EOPNOTSUPP,
				    "%s: libseccomp cannot generate the filter: %s", c->p->source,
				    strerror(-r));
	if (lseek(fd, 0, SEEK_SET) < 0)
		return snug_err_errno(c->err, "cannot read the filter back");
	return snug_read_fd(fd, "the filter", SNUG_LIMIT_RECORDING_BYTES, ret, ret_len, c->err);
}

static int export_program(struct compiler *c, struct snug_insns *out)
{
	CLEANUP(freep) char *bytes = NULL;
	size_t len;
	int r;

	r = export(c, seccomp_export_bpf, &bytes, &len);
	if (r < 0)
		return r;
	for (size_t i = 0; i + sizeof(*out->items) <= len; i += sizeof(*out->items)) {
		struct sock_filter *insn = VEC_PUSH(out);

		memcpy(insn, bytes + i, sizeof(*insn));
		if (!is_swapped(c->env->arch))
			continue;
		insn->code = __builtin_bswap16(insn->code);
		insn->k = __builtin_bswap32(insn->k);
	}
	return 0;
}

static int export_text(struct compiler *c)
{
	CLEANUP(freep) char *text = NULL;
	size_t len;
	int r;

	if (!c->pfc)
		return 0;
	r = export(c, seccomp_export_pfc, &text, &len);
	if (r < 0)
		return r;
	snug_prologue_add_pfc(&c->prologue, c->verdicts.default_ret, c->pfc);
	snug_str_addn(c->pfc, text, len);
	return 0;
}

static unsigned int flags_of(const struct snug_seccomp_profile *p, bool needs_listener)
{
	unsigned int flags = 0;

	VEC_FOREACH (name, &p->flags)
		flags |= snug_filter_flag_from_name(*name);
	if (needs_listener)
		flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	else
		flags &= ~(unsigned int)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	/* without it, the result could be a thread id or a listener */
	if (needs_listener && (flags & SECCOMP_FILTER_FLAG_TSYNC))
		flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
	return flags;
}

static bool is_deadly(uint32_t action)
{
	return action == SECCOMP_RET_KILL_PROCESS || action == SECCOMP_RET_KILL_THREAD ||
	       action == SECCOMP_RET_TRAP;
}

static int finish(struct compiler *c, struct snug_insns *insns, struct snug_seccomp_filter *ret)
{
	struct snug_seccomp_filter f = { 0 };

	if (insns->len > BPF_MAXINSNS)
		return snug_err_set(c->err, -E2BIG,
				    "%s: the filter would have %zu instructions; the kernel takes "
				    "%d",
				    c->p->source, insns->len, BPF_MAXINSNS);
	VEC_FOREACH (insn, insns) {
		if (insn->code != (BPF_RET | BPF_K))
			continue;
		if ((insn->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			f.needs_listener = true;
		if (is_deadly(insn->k & SECCOMP_RET_ACTION_FULL))
			f.can_kill = true;
	}
	f.flags = flags_of(c->p, f.needs_listener);
	f.n_insns = (unsigned short)insns->len;
	f.insns = STEAL(insns->items);
	*ret = f;
	return 0;
}

static void warn_whole(struct compiler *c, const char *words)
{
	CLEANUP(freep) char *text = xasprintf("%s: %s", c->p->source, words);

	if (c->warn.warn)
		c->warn.warn(c->warn.data, text);
}

static int compile(struct compiler *c, struct snug_insns *insns, struct snug_seccomp_filter *ret)
{
	int r;

	if (c->p->base_profile_name && *c->p->base_profile_name)
		warn_whole(c,
			   "the base profile is not looked up: what only it allows is not allowed");
	if (c->p->state && strcmp(c->p->state, "Disabled") == 0)
		warn_whole(
			c,
			"its state is Disabled, which is for a cluster: it is compiled all the same");
	(void)seccomp_api_set(API_LEVEL);
	r = snug_rules_resolve(c->p, c->env, NULL, &c->warn, &c->verdicts, c->err);
	if (r < 0)
		return r;
	snug_seccomp_arches(c->p, c->env, &c->arches);
	VEC_FOREACH (arch, &c->arches) {
		r = compile_arch(c, *arch);
		if (r < 0)
			return r;
	}
	snug_prologue_emit(&c->prologue, c->verdicts.default_ret, insns);
	r = export_program(c, insns);
	if (r == 0)
		r = export_text(c);
	if (r == 0)
		r = finish(c, insns, ret);
	if (r == 0 && !ret->needs_listener &&
	    snug_names_have(&c->p->flags, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))
		warn_whole(c, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is left out, because nothing "
			      "notifies");
	return r;
}

int snug_seccomp_filter_compile_pfc(const struct snug_seccomp_profile *p,
				    const struct snug_seccomp_env *env,
				    void (*warn)(void *data, const char *text), void *warn_data,
				    struct snug_str *pfc, struct snug_seccomp_filter *ret,
				    struct snug_err *err)
{
	struct compiler c = { .p = p,
			      .env = env,
			      .warn = { .warn = warn, .data = warn_data },
			      .err = err,
			      .pfc = pfc };
	struct snug_insns insns = { 0 };
	int r = compile(&c, &insns, ret);

	VEC_DONE(&insns);
	compiler_done(&c);
	return r;
}

int snug_seccomp_filter_compile(const struct snug_seccomp_profile *p,
				const struct snug_seccomp_env *env,
				void (*warn)(void *data, const char *text), void *warn_data,
				struct snug_seccomp_filter *ret, struct snug_err *err)
{
	return snug_seccomp_filter_compile_pfc(p, env, warn, warn_data, NULL, ret, err);
}

void snug_seccomp_filter_done(struct snug_seccomp_filter *f)
{
	free(f->insns);
	*f = (struct snug_seccomp_filter){ 0 };
}
