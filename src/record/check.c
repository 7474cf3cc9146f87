/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All calls of all runs become uses; sorted, the uses of one call under one env stand together and
 * are judged once, by the cells of its meaning: when all pass it is allowed, when all fail it is
 * denied.  Of a recorded call whose arguments are known, only the part of the cells counts
 * that each of its tuples meets.  Then the same call with the same answer under several envs
 * becomes one line.
 */
#include "record/check.h"

#include "base/err.h"
#include "record/argument-facts.h"
#include "seccomp/fallback.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"

#include <errno.h>
#include <stdlib.h>

#include <linux/seccomp.h>

struct use {
	enum snug_arch arch;
	uint32_t nr;
	size_t env; /* in checker.envs */
	size_t run;
	const struct snug_recording_call *call; /* NULL: the execve(2) that starts the program */
};

struct envs {
	struct {
		struct snug_seccomp_env *items;
		size_t len, cap;
	} list;
	struct snug_meaning **meanings; /* as many */
};

struct checker {
	const struct snug_check_run *runs;
	struct envs envs;
	VEC(struct use) uses;
	struct snug_err *err;
};

static void checker_done(struct checker *c)
{
	for (size_t i = 0; c->envs.meanings && i < c->envs.list.len; i++)
		snug_meaning_free(c->envs.meanings[i]);
	free(c->envs.meanings);
	VEC_DONE(&c->envs.list);
	VEC_DONE(&c->uses);
}

static void call_done(struct snug_check_call *call)
{
	snug_argset_done(&call->passing);
	snug_argset_done(&call->refused);
}

void snug_check_done(struct snug_check *c)
{
	VEC_FOREACH (call, &c->calls)
		call_done(call);
	VEC_DONE(&c->calls);
}

static bool is_same_env(const struct snug_seccomp_env *a, const struct snug_seccomp_env *b)
{
	return a->arch == b->arch && a->caps == b->caps && a->kernel_version == b->kernel_version;
}

static size_t env_index(struct envs *envs, const struct snug_seccomp_env *env)
{
	for (size_t i = 0; i < envs->list.len; i++)
		if (is_same_env(&envs->list.items[i], env))
			return i;
	*VEC_PUSH(&envs->list) = *env;
	return envs->list.len - 1;
}

static bool has_call(const struct snug_recording *r, enum snug_arch arch, uint32_t nr)
{
	VEC_FOREACH (c, &r->calls)
		if (c->arch == arch && c->nr == nr)
			return true;
	return false;
}

static void add_run(struct checker *c, size_t run)
{
	const struct snug_recording *r = c->runs[run].recording;
	size_t env = env_index(&c->envs, &c->runs[run].env);
	int64_t start = snug_syscall_number(r->arch, "execve");

	VEC_FOREACH (call, &r->calls)
		*VEC_PUSH(&c->uses) = (struct use){ call->arch, call->nr, env, run, call };
	if (start < 0 || r->arch == SNUG_ARCH_X32)
		return;
	if (!has_call(r, r->arch, (uint32_t)start))
		*VEC_PUSH(&c->uses) = (struct use){ r->arch, (uint32_t)start, env, run, NULL };
}

static int make_meanings(struct checker *c, const struct snug_seccomp_profile *p,
			 const struct snug_meaning_options *opts)
{
	int r = 0;

	c->envs.meanings = xcalloc(c->envs.list.len, sizeof(struct snug_meaning *));
	for (size_t i = 0; r == 0 && i < c->envs.list.len; i++) {
		/* what is odd for one kernel mostly is for the others */
		r = snug_meaning_new(p, &c->envs.list.items[i], i == 0 ? opts : NULL,
				     &c->envs.meanings[i], c->err);
	}
	return r;
}

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	if (x->env != y->env)
		return x->env < y->env ? -1 : 1;
	return (x->run > y->run) - (x->run < y->run);
}

static bool is_same_call(const struct use *a, const struct use *b)
{
	return a->arch == b->arch && a->nr == b->nr && a->env == b->env;
}

/* Another process decides: the listener of SCMP_ACT_NOTIFY, the tracer of SCMP_ACT_TRACE. */
static bool asks(uint32_t ret)
{
	enum snug_action action = snug_ret_action(ret);

	return action == SNUG_ACTION_NOTIFY || action == SNUG_ACTION_TRACE;
}

/* @cells are a partition, so the result follows from which of them pass. */
static void judge_cells(const struct snug_cells *cells, struct snug_check_call *ret)
{
	bool any_passes = false, any_fails = false, any_logs = false, any_asks = false;

	VEC_FOREACH (cell, cells) {
		uint32_t answer = cell->decision.ret;

		if (cell == cells->items || snug_ret_compare(answer, ret->decision.ret) < 0)
			ret->decision = cell->decision;
		any_logs |= answer == SECCOMP_RET_LOG;
		any_passes |= snug_ret_passes(answer);
		any_asks |= asks(answer);
		any_fails |= !snug_ret_passes(answer) && !asks(answer);
	}
	if (any_asks || (any_fails && any_passes))
		ret->result = SNUG_CHECK_DEPENDS;
	else if (any_fails)
		ret->result = SNUG_CHECK_DENIED;
	else
		ret->result = any_logs ? SNUG_CHECK_LOGGED : SNUG_CHECK_ALLOWED;
	if (ret->result != SNUG_CHECK_DEPENDS)
		return;
	VEC_FOREACH (cell, cells)
		if (snug_ret_passes(cell->decision.ret))
			snug_argset_add(&ret->passing, &cell->args);
	snug_argset_simplify(&ret->passing);
}

static int cells_of(struct checker *c, const struct use *use, struct snug_cells *ret)
{
	uint32_t nr = use->nr;

	if (use->arch == SNUG_ARCH_X32)
		nr |= snug_arch_number_base(use->arch);
	return snug_meaning_cells(c->envs.meanings[use->env], use->arch, nr, ret, c->err);
}

/* Whether @name passes with some arguments. */
static bool may_pass(struct checker *c, const struct use *use, const char *name)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int64_t nr = snug_syscall_number(use->arch, name);
	bool passes = false;

	if (nr < 0 || snug_meaning_cells(c->envs.meanings[use->env], use->arch, (uint32_t)nr,
					 &cells, NULL) < 0)
		return false;
	VEC_FOREACH (cell, &cells)
		passes |= snug_ret_passes(cell->decision.ret);
	return passes;
}

/* A call that fails with ENOSYS, whatever its arguments are, is not there for the program, which
 * goes on with an older one as it would on an older kernel. */
static void look_for_fallback(struct checker *c, const struct use *use, struct snug_check_call *ret)
{
	const char *const *older = NULL;

	/* ENOSYS is the least strict of errnos: no other answer is there */
	if (ret->result == SNUG_CHECK_DENIED && snug_fallback_at(ret->name, ret->decision.ret))
		older = snug_fallbacks_of(ret->name);
	for (; older && *older; older++) {
		if (!may_pass(c, use, *older))
			continue;
		ret->result = SNUG_CHECK_DEPENDS;
		ret->instead = *older;
		return;
	}
}

static struct snug_check_call new_call(const struct use *use)
{
	return (struct snug_check_call){
		.arch = use->arch,
		.nr = use->nr,
		.name = snug_syscall_name(use->arch, use->nr),
	};
}

static bool has_tuples(const struct use *use)
{
	return use->call && use->call->args.tuples.len;
}

/* What @cells say about @vectors alone. */
static int judge_part(struct checker *c, const struct snug_cells *cells,
		      const struct snug_argset *vectors, struct snug_check_call *ret)
{
	CLEANUP(snug_cells_done) struct snug_cells part = { 0 };

	VEC_FOREACH (cell, cells) {
		struct snug_argset both = { 0 };

		if (snug_argset_intersect(&cell->args, vectors, &both) < 0)
			return snug_err_set(c->err, -E2BIG, "%s: too many conditions to be judged",
					    ret->name ? ret->name : "?");
		if (!snug_argset_is_empty(&both))
			*VEC_PUSH(&part) = (struct snug_cell){ both, cell->decision };
	}
	judge_cells(&part, ret);
	return 0;
}

/* The worst result counts, and of the same the strictest answer. */
static void add_result(struct snug_check_call *to, struct snug_check_call *one,
		       const struct snug_argset *vectors, bool is_first)
{
	if (one->result > to->result)
		snug_argset_done(&to->refused);
	if (is_first || one->result > to->result ||
	    (one->result == to->result &&
	     snug_ret_compare(one->decision.ret, to->decision.ret) < 0)) {
		to->result = one->result;
		to->decision = one->decision;
	}
	snug_argset_add(&to->passing, &one->passing);
	if (one->result == to->result &&
	    (one->result == SNUG_CHECK_DENIED || one->result == SNUG_CHECK_LOGGED))
		snug_argset_add(&to->refused, vectors);
}

/* A call whose arguments the recording has. */
static int judge_tuples(struct checker *c, const struct use *use, const struct snug_cells *cells,
			struct snug_check_call *ret)
{
	const struct snug_recording_call *call = use->call;
	int r = 0;

	*ret = new_call(use);
	VEC_FOREACH (tuple, &call->args.tuples) {
		CLEANUP(snug_argset_done) struct snug_argset vectors = { 0 };
		struct snug_check_call one = { .name = ret->name };

		snug_argument_facts_add_vectors(call, tuple, &vectors);
		if (!snug_argset_is_empty(&vectors))
			r = judge_part(c, cells, &vectors, &one);
		if (r < 0)
			break;
		if (!snug_argset_is_empty(&vectors))
			add_result(ret, &one, &vectors, tuple == call->args.tuples.items);
		call_done(&one);
	}
	/* those that are missing may be any */
	if (r == 0 && call->args.cut_by && ret->result != SNUG_CHECK_DENIED) {
		call_done(ret);
		judge_cells(cells, ret);
	}
	if (r < 0 || ret->result != SNUG_CHECK_DEPENDS)
		snug_argset_done(&ret->passing);
	if (r < 0)
		snug_argset_done(&ret->refused);
	return r;
}

/* Whether @use tells more about who made the call than what is known by now. */
static bool is_better_witness(const struct use *use, const struct snug_check_call *call)
{
	return use->call && use->call->has_first && !call->first;
}

/* @n uses of one call under one env. */
static void witness(struct snug_check_call *call, const struct use *uses, size_t n)
{
	call->n_runs = 0;
	call->first_run = uses[0].run;
	call->is_start = true;
	for (size_t i = 0; i < n; i++) {
		/* a hostile document may have a call twice */
		call->n_runs += i == 0 || uses[i].run != uses[i - 1].run;
		call->is_start &= !uses[i].call;
		if (is_better_witness(&uses[i], call)) {
			call->first = uses[i].call;
			call->first_run = uses[i].run;
		}
	}
}

static bool is_same_line(const struct snug_check_call *a, const struct snug_check_call *b)
{
	return a->arch == b->arch && a->nr == b->nr && a->result == b->result &&
	       a->decision.ret == b->decision.ret && a->decision.by == b->decision.by &&
	       a->decision.entry == b->decision.entry && a->instead == b->instead &&
	       snug_argset_equal(&a->passing, &b->passing) == 1 &&
	       snug_argset_equal(&a->refused, &b->refused) == 1;
}

/* Takes @call over, into the line that says the same when there is one: neighbours, because other
 * envs of the same call come next. */
static void add_call(struct snug_check *out, struct snug_check_call *call)
{
	for (size_t i = out->calls.len; i > 0; i--) {
		struct snug_check_call *line = &out->calls.items[i - 1];

		if (line->arch != call->arch || line->nr != call->nr)
			break;
		if (!is_same_line(line, call))
			continue;
		line->n_runs += call->n_runs;
		line->is_start &= call->is_start;
		if (call->first && (!line->first || call->first_run < line->first_run)) {
			line->first = call->first;
			line->first_run = call->first_run;
		}
		call_done(call);
		return;
	}
	*VEC_PUSH(&out->calls) = *call;
}

/* The @n uses of one call under one env. */
static int judge(struct checker *c, const struct use *uses, size_t n, struct snug_check *out)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	struct snug_check_call whole = new_call(uses), call;
	VEC(struct use) others = { 0 };
	int r = cells_of(c, uses, &cells);

	if (r == 0)
		judge_cells(&cells, &whole);
	look_for_fallback(c, uses, &whole);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (whole.result != SNUG_CHECK_DEPENDS || whole.instead || !has_tuples(&uses[i])) {
			*VEC_PUSH(&others) = uses[i];
			continue;
		}
		r = judge_tuples(c, &uses[i], &cells, &call);
		if (r < 0)
			break;
		witness(&call, &uses[i], 1);
		/* a hostile document may have a call twice */
		if (i > 0 && uses[i].run == uses[i - 1].run)
			call.n_runs = 0;
		add_call(out, &call);
	}
	if (r == 0 && others.len) {
		witness(&whole, others.items, others.len);
		add_call(out, &whole);
	} else {
		call_done(&whole);
	}
	VEC_DONE(&others);
	return r;
}

static int judge_all(struct checker *c, struct snug_check *out)
{
	size_t end;

	for (size_t i = 0; i < c->uses.len; i = end) {
		int r;

		for (end = i + 1; end < c->uses.len; end++)
			if (!is_same_call(&c->uses.items[i], &c->uses.items[end]))
				break;
		r = judge(c, &c->uses.items[i], end - i, out);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_lines(const void *a, const void *b)
{
	const struct snug_check_call *x = a, *y = b;

	if (x->result != y->result)
		return x->result > y->result ? -1 : 1;
	if (x->arch != y->arch)
		return x->arch < y->arch ? -1 : 1;
	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return (x->first_run > y->first_run) - (x->first_run < y->first_run);
}

int snug_check(const struct snug_seccomp_profile *p, const struct snug_check_run *runs,
	       size_t n_runs, void (*warn)(void *data, const char *text), void *warn_data,
	       struct snug_check *ret, struct snug_err *err)
{
	CLEANUP(checker_done) struct checker c = { .runs = runs, .err = err };
	CLEANUP(snug_check_done) struct snug_check out = { 0 };
	struct snug_meaning_options opts = { .warn = warn, .warn_data = warn_data };
	int r;

	for (size_t i = 0; i < n_runs; i++)
		add_run(&c, i);
	r = make_meanings(&c, p, &opts);
	if (r < 0)
		return r;
	if (c.uses.len)
		qsort(c.uses.items, c.uses.len, sizeof(c.uses.items[0]), compare_uses);
	r = judge_all(&c, &out);
	if (r < 0)
		return r;
	VEC_FOREACH (call, &out.calls)
		out.n[call->result]++;
	if (out.calls.len)
		qsort(out.calls.items, out.calls.len, sizeof(out.calls.items[0]), compare_lines);
	*ret = out;
	out = (struct snug_check){ 0 };
	return 0;
}

const char *snug_check_result_name(enum snug_check_result result)
{
	static const char *const names[] = {
		[SNUG_CHECK_ALLOWED] = "allowed",
		[SNUG_CHECK_LOGGED] = "logged",
		[SNUG_CHECK_DEPENDS] = "depends",
		[SNUG_CHECK_DENIED] = "denied",
	};

	snug_bug_on((int)result < 0 || result >= _SNUG_CHECK_RESULT_MAX);
	return names[result];
}
