/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first line says what to change, "uname;socket(AF_INET)" or "mode=SCMP_ACT_LOG"; the rest is a
 * profile.  Either there is an error, or a text that means just that: the profile allows what was
 * asked for, answers everything else as before, and what was not to be removed is still there.
 */
#include "base/err.h"
#include "fuzz.h"
#include "seccomp/amend.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MAX_CALLS = 4,
	MAX_NAMES = 24,   /* whose answers are compared */
	MAX_VALUES = 48,  /* of the arguments of one call */
	MAX_LINES = 300,  /* of texts that are compared line by line */
	LINES_A_CALL = 2, /* that may look different */
};

static const struct snug_seccomp_env env = { .arch = SNUG_ARCH_X86_64,
					     .kernel_version = 6u << 16,
					     .caps = 0xa80425fb };
static const struct snug_amend_options options = { &env, "added by a test" };

struct calls {
	struct snug_call_question items[MAX_CALLS];
	size_t len;
};

struct value {
	unsigned index;
	uint64_t v;
};

struct values {
	struct value items[MAX_VALUES];
	size_t len;
};

static void calls_done(struct calls *c)
{
	for (size_t i = 0; i < c->len; i++)
		snug_call_question_done(&c->items[i]);
}

static bool parse_calls(char *line, struct calls *ret)
{
	for (char *word; (word = strsep(&line, ";"));) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

		if (ret->len == MAX_CALLS)
			return false;
		if (snug_call_question_parse(word, &ret->items[ret->len], &err) < 0) {
			snug_bug_on(!*snug_err_msg(&err));
			return false;
		}
		ret->len++;
	}
	return ret->len > 0;
}

/* Answers */

static bool args_are_asked(const struct snug_call_question *q, enum snug_arch arch,
			   const uint64_t args[SNUG_N_ARGS])
{
	uint64_t mask = snug_arch_is_32bit(arch) ? UINT32_MAX : UINT64_MAX;

	for (size_t i = 0; i < SNUG_N_ARGS; i++)
		if (q->known[i] && (q->args[i] & ~mask || (args[i] & mask) != q->args[i]))
			return false;
	return true;
}

static bool is_asked(const struct calls *calls, const char *name, enum snug_arch arch,
		     const uint64_t args[SNUG_N_ARGS])
{
	for (size_t i = 0; i < calls->len; i++)
		if (strcmp(calls->items[i].name, name) == 0 &&
		    args_are_asked(&calls->items[i], arch, args))
			return true;
	return false;
}

/* Whether @name with these arguments makes a call of ours (socketcall(2)). */
static bool is_asked_behind(const struct calls *calls, const char *name, enum snug_arch arch,
			    const uint64_t args[SNUG_N_ARGS])
{
	for (size_t i = 0; i < calls->len; i++) {
		struct snug_syscall_mux mux;

		if (snug_syscall_multiplexer(arch, calls->items[i].name, &mux) &&
		    strcmp(mux.parent, name) == 0 && (args[0] & mux.mask) == mux.sub)
			return true;
	}
	return false;
}

static void check_answer(const struct snug_amended *a, const struct calls *calls, const char *name,
			 enum snug_arch arch, const uint64_t args[SNUG_N_ARGS])
{
	int64_t nr = snug_syscall_number(arch, name);
	struct snug_decision before, after;
	bool passes;

	if (nr < 0)
		return;
	before = snug_meaning_decide(a->meaning_before, arch, (uint32_t)nr, args);
	after = snug_meaning_decide(a->meaning_after, arch, (uint32_t)nr, args);
	passes = snug_ret_action(after.ret) == SNUG_ACTION_ALLOW;
	if (is_asked(calls, name, arch, args))
		snug_bug_on(!passes);
	else if (!passes || !is_asked_behind(calls, name, arch, args))
		snug_bug_on(before.ret != after.ret);
}

static void add_value(struct values *values, unsigned index, uint64_t v)
{
	if (values->len + 3 > MAX_VALUES)
		return;
	values->items[values->len++] = (struct value){ index, v };
	values->items[values->len++] = (struct value){ index, v - 1 };
	values->items[values->len++] = (struct value){ index, v + 1 };
}

/* At which the answers to @name may change. */
static void collect_values(const struct snug_seccomp_profile *p, const struct calls *calls,
			   const char *name, struct values *ret)
{
	for (size_t i = 0; i < calls->len; i++)
		for (unsigned k = 0; k < SNUG_N_ARGS; k++)
			if (calls->items[i].known[k])
				add_value(ret, k, calls->items[i].args[k]);
	VEC_FOREACH (e, &p->entries) {
		bool has_name = false;

		VEC_FOREACH (one, &e->names)
			has_name |= strcmp(*one, name) == 0;
		if (!has_name)
			continue;
		VEC_FOREACH (arg, &e->args) {
			add_value(ret, arg->index, arg->value);
			if (arg->has_value_two)
				add_value(ret, arg->index, arg->value_two);
		}
	}
}

static void check_name(const struct snug_amended *a, const struct calls *calls, const char *name)
{
	struct values values = { .len = 0 };

	collect_values(a->before, calls, name, &values);
	VEC_FOREACH (arch, snug_meaning_arches(a->meaning_before)) {
		/* from no arguments, and from those of each call that was asked for, one at a time
		 * goes somewhere else */
		for (size_t i = 0; i <= calls->len; i++) {
			uint64_t args[SNUG_N_ARGS] = { 0 };

			if (i < calls->len)
				memcpy(args, calls->items[i].args, sizeof(args));
			check_answer(a, calls, name, *arch, args);
			for (size_t k = 0; k < values.len; k++) {
				uint64_t old = args[values.items[k].index];

				args[values.items[k].index] = values.items[k].v;
				check_answer(a, calls, name, *arch, args);
				args[values.items[k].index] = old;
			}
		}
	}
}

static void check_meaning(const struct snug_amended *a, const struct calls *calls)
{
	static const char *const others[] = { "socketcall", "ipc", "read", "socket", "uname" };
	size_t n = 0;

	snug_bug_on(snug_meaning_arches(a->meaning_before)->len !=
		    snug_meaning_arches(a->meaning_after)->len);
	for (size_t i = 0; i < calls->len; i++)
		check_name(a, calls, calls->items[i].name);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		check_name(a, calls, others[i]);
	VEC_FOREACH (e, &a->before->entries)
		VEC_FOREACH (name, &e->names)
			if (n++ < MAX_NAMES)
				check_name(a, calls, *name);
}

/* Text */

static bool is_subsequence(const char *text, size_t len, const struct snug_str *of)
{
	size_t at = 0;

	for (size_t i = 0; i < of->len && at < len; i++)
		at += of->buf[i] == text[at];
	return at == len;
}

static size_t split(const char *text, size_t len, const char **lines)
{
	size_t n = 0;

	for (const char *end = text + len; text < end && n < MAX_LINES;) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));

		lines[n++] = text;
		text = eol ? eol + 1 : end;
	}
	lines[n] = text;
	return n;
}

static bool same_line(const char *const *a, const char *const *b)
{
	size_t n = (size_t)(a[1] - a[0]);

	return n == (size_t)(b[1] - b[0]) && memcmp(a[0], b[0], n) == 0;
}

/* How many lines both have in the same order. */
static size_t common_lines(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
	static unsigned table[2][MAX_LINES + 1];

	memset(table, 0, sizeof(table));
	for (size_t i = 0; i < n_a; i++) {
		const unsigned *above = table[i & 1];
		unsigned *row = table[(i + 1) & 1];

		for (size_t j = 0; j < n_b; j++) {
			unsigned best = above[j + 1] > row[j] ? above[j + 1] : row[j];

			row[j + 1] = same_line(a + i, b + j) ? above[j] + 1 : best;
		}
	}
	return table[n_a & 1][n_b];
}

static bool refuses_by_entry(const struct snug_amended *a, const struct calls *calls)
{
	VEC_FOREACH (e, &a->before->entries)
		VEC_FOREACH (name, &e->names)
			for (size_t i = 0; i < calls->len; i++)
				if (e->action != SNUG_ACTION_ALLOW &&
				    strcmp(*name, calls->items[i].name) == 0)
					return true;
	return false;
}

/* Where nothing has to go, everything is still there, and almost all lines are the same. */
static void check_text(const char *text, size_t len, const struct snug_amended *a,
		       const struct calls *calls)
{
	const char *before[MAX_LINES + 1], *after[MAX_LINES + 1];
	size_t n_before, n_after;

	if (snug_diff_is_empty(&a->diff) && (a->text.len != len || memcmp(a->text.buf, text, len)))
		snug_bug_on(!refuses_by_entry(a, calls));
	if (refuses_by_entry(a, calls))
		return;
	snug_bug_on(!is_subsequence(text, len, &a->text));
	n_before = split(text, len, before);
	n_after = split(a->text.buf, a->text.len, after);
	if (n_before < MAX_LINES && n_after < MAX_LINES)
		snug_bug_on(common_lines(before, n_before, after, n_after) +
				    LINES_A_CALL * calls->len <
			    n_before);
}

static void check_error(int r, const struct snug_err *err)
{
	snug_bug_on(r != -EINVAL && r != -E2BIG && r != -EOPNOTSUPP);
	snug_bug_on(err->code != r || !*snug_err_msg(err) || strpbrk(snug_err_msg(err), "\n\x1b"));
}

static void allow(char *line, const char *text, size_t len)
{
	CLEANUP(calls_done) struct calls calls = { .len = 0 };
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	CLEANUP(snug_amended_done) struct snug_amended again = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	if (!parse_calls(line, &calls))
		return;
	r = snug_amend_allow("in", text, len, &options, calls.items, calls.len, &a, &err);
	if (r < 0) {
		check_error(r, &err);
		return;
	}
	check_meaning(&a, &calls);
	check_text(text, len, &a, &calls);
	r = snug_amend_allow("in", snug_str_text(&a.text), a.text.len, &options, calls.items,
			     calls.len, &again, &err);
	snug_bug_on(r < 0 || again.text.len != a.text.len ||
		    memcmp(again.text.buf, a.text.buf, a.text.len) != 0);
}

static void set_default(enum snug_action action, const char *text, size_t len)
{
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	CLEANUP(snug_amended_done) struct snug_amended back = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_amend_default("in", text, len, &options, action, &a, &err);

	if (r < 0) {
		check_error(r, &err);
		return;
	}
	snug_bug_on(a.after->default_action != action);
	r = snug_amend_default("in", snug_str_text(&a.text), a.text.len, &options,
			       a.before->default_action, &back, &err);
	/* byte for byte */
	snug_bug_on(r < 0 || back.text.len != len || memcmp(back.text.buf, text, len) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	CLEANUP(freep) char *line = NULL, *text = NULL;
	enum snug_action action;
	size_t len;

	if (!end)
		return 0;
	line = xstrndup((const char *)data, (size_t)(end - data));
	end++;
	len = size - (size_t)(end - data);
	/* so that reading behind it is seen */
	text = xmalloc(len ? len : 1);
	memcpy(text, end, len);
	if (strncmp(line, "mode=", 5) != 0) {
		allow(line, text, len);
		return 0;
	}
	action = snug_action_from_name(line + 5);
	if (action != _SNUG_ACTION_INVALID)
		set_default(action, text, len);
	return 0;
}
