/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the arguments of calls are, and the names of their values: data/call-arguments.csv and
 * data/constants.csv.  For showing conditions as a C programmer would write them, and for knowing
 * which arguments a filter cannot judge.
 */
#include "seccomp/argset.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_str;

enum snug_arg_kind {
	SNUG_ARG_UNKNOWN, /* no table has the call */
	SNUG_ARG_NONE,    /* the call has fewer arguments */
	SNUG_ARG_VALUE,   /* a number: a size, an offset, an id */
	SNUG_ARG_FD,
	SNUG_ARG_ENUM,    /* one of a set of constants */
	SNUG_ARG_FLAGS,   /* several of a set of constants, in one word */
	SNUG_ARG_POINTER, /* to memory, which a filter cannot read */
};

struct snug_call_arg {
	enum snug_arg_kind kind;
	const char *name; /* "family"; NULL when unknown */
	const char *set;  /* of data/constants.csv: "AF"; NULL without one */
	bool is_int;      /* the kernel looks at the lower 32 bits only */
};

/* Never NULL. */
const struct snug_call_arg *snug_call_arg(const char *call, unsigned index);
/* How many arguments @call has, or -1 when no table has it. */
int snug_call_n_args(const char *call);

/* Appends @value of that argument as a C programmer would write it: "AF_INET",
 * "O_WRONLY|O_CREAT", "4096". */
void snug_call_arg_add_value(const char *call, unsigned index, uint64_t value,
			     struct snug_str *out);

/* The name of @value in @set on any ABI ("AF_INET"), or NULL. */
const char *snug_constant_name(const char *set, uint64_t value);
/* The value of "AF_INET" of any set; false when there is none. */
bool snug_constant_value(const char *name, uint64_t *ret);

/* Appends what condition @c on @call says: "family == AF_INET", "flags & CLONE_NEWUSER", "request
 * != TIOCSTI", "arg2 > 5". */
void snug_cond_add_text(const char *call, const struct snug_seccomp_arg *c, struct snug_str *out);
/* Appends the members of @set as C would have them: "socket(AF_INET|AF_INET6, ...)", several with
 * " or " between them; "socket(...)" for everything.  Cut with "..." after some hundred bytes. */
void snug_argset_add_text(const char *call, const struct snug_argset *set, struct snug_str *out);

/* A question about one call: "socket", "socket(AF_INET, _, 0)", "ioctl(_, 0x5412)".  */
struct snug_call_question {
	char *name; /* owned */
	/* known[i]: args[i] was given, as a number or as constants joined by '|' */
	bool known[SNUG_N_ARGS];
	uint64_t args[SNUG_N_ARGS];
	/* bits of args[i] that count, which has no others then; 0: all.  Never of a text. */
	uint64_t mask[SNUG_N_ARGS];
};
void snug_call_question_done(struct snug_call_question *q);
/* -EINVAL names what is wrong, with "did you mean" for calls and constants. */
int snug_call_question_parse(const char *text, struct snug_call_question *ret,
			     struct snug_err *err);
/* Appends @q, which has no mask, so that snug_call_question_parse() reads it back: "socket(AF_INET,
 * _, 0)". */
void snug_call_question_add_text(const struct snug_call_question *q, struct snug_str *out);
