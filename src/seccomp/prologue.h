/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Instructions in front of libseccomp's program, for the calls that it does not know or whose rules
 * it cannot express exactly.  A call that is here is decided here; all others fall through.
 */
#include "seccomp/rules.h"

#include <linux/filter.h>

struct snug_prologue_rule {
	struct snug_rule rule;
	int mux_sub;       /* also the first argument must be this; -1 = no such condition */
	uint32_t mux_mask; /* of the first argument, for mux_sub: what the kernel looks at */
};

struct snug_prologue_call {
	enum snug_arch arch;
	uint32_t nr; /* as the kernel sees it */
	/* the first that holds decides, then the default */
	struct {
		struct snug_prologue_rule *items;
		size_t len, cap;
	} rules;
};

struct snug_prologue {
	struct snug_prologue_call *items;
	size_t len, cap;
};

struct snug_insns {
	struct sock_filter *items;
	size_t len, cap;
};

/* The call @nr of @arch, new or already there; valid until the next one is added. */
struct snug_prologue_call *snug_prologue_call(struct snug_prologue *pl, enum snug_arch arch,
					      uint32_t nr);
/* Brings the rules into their order: the strictest first, equals as they were added. */
void snug_prologue_sort(struct snug_prologue_call *c);
void snug_prologue_done(struct snug_prologue *pl);

/* Appends the instructions; nothing when @pl is empty.  Sorts the calls.  The result may be larger
 * than the kernel takes: the caller looks at out->len. */
void snug_prologue_emit(struct snug_prologue *pl, uint32_t default_ret, struct snug_insns *out);
