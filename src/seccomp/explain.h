/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Why a profile answers a call as it does: the answers on each ABI, the entry that gives each, and
 * what becomes of the other entries that name the call. */
#include "seccomp/call-args.h"
#include "seccomp/meaning.h"

struct snug_err;

/* One answer, for the part of the question that gets it. */
struct snug_outcome {
	struct snug_decision decision;
	struct snug_argset args; /* never empty */
};

/* What is the same on some of the filter's ABIs. */
struct snug_explained_abi {
	uint64_t arches;     /* bit n = enum snug_arch n */
	const char *through; /* the multiplexer, "socketcall" or "ipc"; NULL for the call itself */
	struct {
		struct snug_outcome *items; /* in the order in which they are tried */
		size_t len, cap;
	} outcomes;
};

enum snug_entry_role {
	SNUG_ENTRY_DECIDES,         /* everything or a part of the question */
	SNUG_ENTRY_DOES_NOT_APPLY,  /* includes or excludes do not hold */
	SNUG_ENTRY_REPEATS_DEFAULT, /* counts for nothing */
	SNUG_ENTRY_IS_LATER,        /* without args, and not the first of those */
	SNUG_ENTRY_HAS_ARGS,        /* while another has none, which wins */
	SNUG_ENTRY_ARGS_FAIL,       /* its args do not hold */
	SNUG_ENTRY_IS_BEHIND,       /* where its args hold, a stricter or an earlier entry does */
};

struct snug_entry_note {
	size_t entry, name_index;
	enum snug_entry_role role;
	bool is_or;  /* two of its args look at one argument: each arg is enough */
	char *conds; /* "family == AF_INET && type != SOCK_RAW"; owned, NULL without args */
};

struct snug_explanation {
	VEC(struct snug_explained_abi) abis; /* empty: none of the filter's ABIs has the call */
	VEC(struct snug_entry_note) notes;   /* every entry that names it, in their order */
};

/* @q: arguments that are not known may be anything.  @m must outlive *ret.  -E2BIG when the
 * conditions are too many. */
int snug_explain(const struct snug_meaning *m, const struct snug_call_question *q,
		 struct snug_explanation *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
void snug_explanation_done(struct snug_explanation *e);
