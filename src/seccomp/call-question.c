/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about calls, as people type them: "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0)". */
#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "seccomp/call-args-internal.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_QUESTION_BYTES = 4096 };

static const char blanks[] = " \t\n";

void snug_call_question_done(struct snug_call_question *q)
{
	free(q->name);
	*q = (struct snug_call_question){ 0 };
}

/* Without blanks at both ends. */
static char *trimmed(const char *text, size_t n)
{
	while (n && strchr(blanks, *text))
		text++, n--;
	while (n && strchr(blanks, text[n - 1]))
		n--;
	return xstrndup(text, n);
}

static char *quotable(const char *text)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	snug_str_add_printable(&out, text, strlen(text), 64);
	return snug_str_take(&out);
}

/* A number of C: decimal, 0x..., and 0... in octal. */
static int parse_number(const char *word, uint64_t *ret)
{
	uint64_t v = 0;

	if (*word != '0' || !word[1] || word[1] == 'x' || word[1] == 'X')
		return snug_parse_u64(word, UINT64_MAX, ret);
	for (word++; *word; word++) {
		if (*word < '0' || *word > '7' || v >> 61)
			return -EINVAL;
		v = v << 3 | (uint64_t)(*word - '0');
	}
	*ret = v;
	return 0;
}

/* The constant of the argument's own set that is meant, or of any. */
static const char *nearest_constant(const char *word, const struct snug_call_arg *arg)
{
	const struct snug_constant_set *set = snug_constant_set(arg->set);
	VEC(const char *) names = { 0 };
	const char *near;

	for (size_t i = 0; set && i < set->n; i++)
		*VEC_PUSH(&names) = snug_constant_set_rows(set)[i].name;
	*VEC_PUSH(&names) = NULL;
	near = snug_str_nearest(word, names.items);
	if (!near) {
		names.len = 0;
		for (size_t i = 0; i < snug_n_constant_rows; i++)
			*VEC_PUSH(&names) = snug_constant_rows[i].name;
		*VEC_PUSH(&names) = NULL;
		near = snug_str_nearest(word, names.items);
	}
	VEC_DONE(&names);
	return near;
}

static int parse_word(const struct snug_call_arg *arg, const char *word, uint64_t *ret,
		      struct snug_err *err)
{
	CLEANUP(freep) char *shown = quotable(word);
	CLEANUP(freep) char *hint = NULL;

	if (snug_constant_value(word, ret) || parse_number(word, ret) == 0)
		return 0;
	if (*word == '-' && parse_number(word + 1, ret) == 0 && *ret <= INT64_MAX) {
		*ret = -*ret;
		if (arg->is_int)
			*ret &= UINT32_MAX;
		return 0;
	}
	if (strspn(word, "0123456789") > 0)
		return snug_err_set(err, -EINVAL, "'%s' is no number of 64 bits", shown);
	hint = snug_str_did_you_mean(nearest_constant(word, arg));
	return snug_err_set(err, -EINVAL,
			    "unknown constant '%s'%s; a number or _ (unknown) will do", shown,
			    hint);
}

/* One argument: words joined by '|'. */
static int parse_value(const struct snug_call_arg *arg, const char *text, uint64_t *ret,
		       struct snug_err *err)
{
	uint64_t value = 0, bits;
	int r;

	for (;;) {
		size_t n = strcspn(text, "|");
		CLEANUP(freep) char *word = trimmed(text, n);

		if (!*word)
			return snug_err_set(err, -EINVAL, "nothing beside a '|'");
		r = parse_word(arg, word, &bits, err);
		if (r < 0)
			return r;
		value |= bits;
		if (!text[n])
			break;
		text += n + 1;
	}
	*ret = value;
	return 0;
}

static int too_many(const struct snug_call_question *q, struct snug_err *err)
{
	int n = snug_call_n_args(q->name);

	if (n < 0)
		n = SNUG_N_ARGS;
	return snug_err_set(err, -EINVAL, "%s has %d argument%s", q->name, n, n == 1 ? "" : "s");
}

/* @text: what is between the parentheses. */
static int parse_args(struct snug_call_question *q, const char *text, struct snug_err *err)
{
	int n_args = snug_call_n_args(q->name), r;

	if (text[strspn(text, blanks)] == '\0')
		return 0;
	for (unsigned i = 0;; i++) {
		size_t n = strcspn(text, ",");
		CLEANUP(freep) char *word = trimmed(text, n);
		const struct snug_call_arg *arg = snug_call_arg(q->name, i);

		if (strcmp(word, "...") == 0 && !text[n])
			return 0;
		if (i >= (n_args < 0 ? SNUG_N_ARGS : (unsigned)n_args))
			return too_many(q, err);
		if (*word && strcmp(word, "_") != 0) {
			r = parse_value(arg, word, &q->args[i], err);
			if (r < 0)
				return snug_err_wrap(err, r, "argument %u of %s", i + 1, q->name);
			q->known[i] = true;
		}
		if (!text[n])
			return 0;
		text += n + 1;
	}
}

static int check_name(const char *name, struct snug_err *err)
{
	CLEANUP(freep) char *shown = quotable(name);
	CLEANUP(freep) char *hint = NULL;

	if (*name && snug_syscall_is_known(name))
		return 0;
	hint = snug_str_did_you_mean(snug_str_nearest(name, snug_syscall_names()));
	return snug_err_set(err, -EINVAL, "unknown system call '%s'%s", shown, hint);
}

int snug_call_question_parse(const char *text, struct snug_call_question *ret, struct snug_err *err)
{
	CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
	CLEANUP(freep) char *whole = NULL;
	CLEANUP(freep) char *args = NULL;
	size_t n;
	int r;

	if (strlen(text) > MAX_QUESTION_BYTES)
		return snug_err_set(err, -EINVAL, "a call of over %d bytes", MAX_QUESTION_BYTES);
	whole = trimmed(text, strlen(text));
	n = strcspn(whole, "(");
	q.name = trimmed(whole, n);
	r = check_name(q.name, err);
	if (r < 0)
		return r;
	if (whole[n]) {
		const char *inside = whole + n + 1;
		size_t len = strlen(inside);

		if (strcspn(inside, "()") + 1 != len || inside[len - 1] != ')')
			return snug_err_set(err, -EINVAL,
					    "%s: expected NAME(ARGUMENT, ...), with one ')' at the "
					    "end",
					    q.name);
		args = xstrndup(inside, len - 1);
		r = parse_args(&q, args, err);
		if (r < 0)
			return r;
	}
	*ret = q;
	q = (struct snug_call_question){ 0 };
	return 0;
}

static void add_values(const struct snug_call_question *q, bool by_name, struct snug_str *out)
{
	unsigned n = SNUG_N_ARGS;

	while (n && !q->known[n - 1])
		n--;
	snug_str_add(out, q->name);
	for (unsigned i = 0; i < n; i++) {
		snug_str_add(out, i ? ", " : "(");
		if (!q->known[i])
			snug_str_addc(out, '_');
		else if (by_name)
			snug_arg_add_value(snug_call_arg(q->name, i), q->args[i], out);
		else
			snug_str_addf(out, "%#" PRIx64, q->args[i]);
	}
	if (n)
		snug_str_addc(out, ')');
}

/* Names are for people: where they do not say the very same value (the kernel ignores the upper
 * half of some arguments, a filter does not), numbers do. */
void snug_call_question_add_text(const struct snug_call_question *q, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_call_question_done) struct snug_call_question back = { 0 };

	add_values(q, true, &text);
	if (snug_call_question_parse(snug_str_text(&text), &back, NULL) < 0 ||
	    memcmp(back.known, q->known, sizeof(q->known)) != 0 ||
	    memcmp(back.args, q->args, sizeof(q->args)) != 0) {
		snug_str_clear(&text);
		add_values(q, false, &text);
	}
	snug_str_addn(out, text.buf, text.len);
}
