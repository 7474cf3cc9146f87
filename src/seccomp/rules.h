/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What a profile says about each call once its conditions are resolved: from entries, which are
 * ordered and may overlap, to one verdict a name. */
#include "seccomp/argset.h"
#include "seccomp/profile.h"
#include "seccomp/ret.h"

struct snug_err;
struct snug_seccomp_env;

/* All of @conds must hold; none = always. */
struct snug_rule {
	uint32_t ret;                         /* SECCOMP_RET_* and its data */
	const struct snug_seccomp_arg *conds; /* borrowed from the profile */
	size_t n_conds;
	size_t entry, name_index; /* where the profile says it */
};

struct snug_verdict {
	const char *name;         /* borrowed from the profile */
	size_t entry, name_index; /* where the profile names it first */
	bool is_unconditional;    /* then @ret decides and @rules is empty */
	uint32_t ret;
	/* otherwise the first rule that holds decides, and the default if none does; the most
	 * restrictive come first; never empty */
	struct {
		struct snug_rule *items;
		size_t len, cap;
	} rules;
};

struct snug_verdicts {
	struct snug_verdict *items; /* by name; those that only repeat the default are left out */
	size_t len, cap;
	uint32_t default_ret;
};

struct snug_rules_warn {
	void (*warn)(void *data, const char *text); /* or NULL */
	void *data;
	unsigned n; /* so far; over SNUG_LIMIT_WARNINGS they are left out */
};

struct snug_rules_options {
	/* names that no table knows are resolved like others, instead of left out or refused */
	bool keep_unknown;
};
/* "web.json:12:5: syscalls[3]: <text>". */
void snug_rules_warn(struct snug_rules_warn *w, const struct snug_seccomp_profile *p, size_t entry,
		     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Resolves @p, which must outlive *ret; @opts may be NULL.  Where entries overlap, runc 1.1 and
 * crun 1.8 are followed, which means libseccomp, and where that widens what the profile says, a
 * warning names it:
 *  - an entry without args decides a call, whatever others say about it; of several the first,
 *    but one that only repeats the default action counts for nothing;
 *  - of entries with args, the most restrictive whose args hold decides (libseccomp's own order is
 *    not defined), also when it only repeats the default action;
 *  - the args of an entry must all hold, but when two of them look at the same argument, each one
 *    is enough.
 * Returns 0, -EINVAL for what no filter can mean, -E2BIG for more rules than a filter can hold. */
int snug_rules_resolve(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
		       const struct snug_rules_options *opts, struct snug_rules_warn *warn,
		       struct snug_verdicts *ret, struct snug_err *err);
void snug_verdicts_done(struct snug_verdicts *v);

/* Whether two args of  look at the same argument, so that each of its args is enough. */
bool snug_entry_any_arg_is_enough(const struct snug_seccomp_entry *e);

/* What @action with @errno_ret or @errno_name (a profile's fields, see snug_errno_ret_value())
 * makes the filter answer: SECCOMP_RET_* and its data.  0, or -EINVAL when the errno is too large.
 */
int snug_action_ret(enum snug_action action, const struct snug_errno_ret *errno_ret,
		    const char *errno_name, uint32_t *ret);

/*
 * The conditions of @rule as an ABI with arguments of @bits reads them, copied to @conds; returns
 * whether that changes them.  Profiles hold 64-bit values for all ABIs, -1 as 18446744073709551615:
 * on an ABI of 32 bits, a rule that is stricter than the default must still restrict then, so its
 * values are cut to their lower half where they could never match otherwise, as libseccomp, runc
 * and crun do; a rule that allows stays exact.
 */
bool snug_rule_conds(const struct snug_rule *rule, uint32_t default_ret, unsigned bits,
		     struct snug_seccomp_arg conds[SNUG_N_ARGS]);
/* How many bits of an argument count on @arch: 32 or 64. */
unsigned snug_arch_arg_bits(enum snug_arch arch);
/* What a call gets whose arguments cannot be seen: the strictest of its possible answers. */
uint32_t snug_verdict_strictest(const struct snug_verdict *v, uint32_t default_ret);
