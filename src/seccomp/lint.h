/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is wrong with a profile, or worth knowing before it is used: rules with stable ids, and
 * their findings in one profile.  What a profile does is asked of the evaluator
 * (seccomp/meaning.h), never guessed from its text.
 */
#include "seccomp/filter.h"
#include "seccomp/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_err;
struct snug_lint;
struct snug_str;

enum snug_severity {
	SNUG_SEVERITY_NOTE,    /* true, and often meant so */
	SNUG_SEVERITY_WARNING, /* breaks programs, or gives more than most want */
	SNUG_SEVERITY_ERROR,   /* does not do what it says, or cannot be used */
	_SNUG_SEVERITY_MAX,
	_SNUG_SEVERITY_INVALID = -1,
};

/* "note", "warning", "error"; also SARIF's levels. */
const char *snug_severity_name(enum snug_severity s);
enum snug_severity snug_severity_from_name(const char *name);

/* What a rule is about. */
enum snug_lint_group {
	SNUG_LINT_MISTAKE, /* entries that do not do what they say */
	SNUG_LINT_COMPAT,  /* what breaks elsewhere: another kernel, libc, libseccomp, ABI */
	SNUG_LINT_RISK,    /* what the profile allows and attackers use; for risk notes */
	_SNUG_LINT_GROUP_MAX,
};
const char *snug_lint_group_name(enum snug_lint_group g); /* "mistake", "compatibility", "risk" */

struct snug_lint_rule {
	const char *id; /* "unknown-syscall"; stable */
	enum snug_lint_group group;
	enum snug_severity severity; /* the usual one; a finding may have a lower one */
	const char *title;           /* one line */
	const char *reason;          /* why it matters */
	const char *fix;             /* what to do in general */
	/* 0, or -E2BIG when the conditions of the profile are too many to be judged */
	int (*check)(struct snug_lint *l, struct snug_err *err);
};

/* Ordered by group, at most 64. */
extern const struct snug_lint_rule snug_lint_rules[];
extern const size_t snug_n_lint_rules;
/* NULL when there is none. */
const struct snug_lint_rule *snug_lint_rule_find(const char *id);
/* All ids, NULL-terminated, for "did you mean" and completion.  Built once, never freed. */
const char *const *snug_lint_rule_ids(void);
/* The rule's bit in snug_lint_options.rules. */
uint64_t snug_lint_rule_bit(const struct snug_lint_rule *rule);
/* The bits of all rules of a group, as `show` needs them for its risk notes. */
uint64_t snug_lint_group_bits(enum snug_lint_group g);
/* Appends docs/lint-rules.md: the rules and the tables behind them, as Markdown. */
void snug_lint_add_manual(struct snug_str *out);

struct snug_lint_options {
	struct snug_seccomp_env env; /* the kernel too */
	/* The libseccomp of the runtime as "2.5.4" counts: major << 16 | minor << 8 | patch; 0 is
	 * the one that is linked. */
	uint32_t libseccomp;
	uint64_t rules; /* bits of those to run; UINT64_MAX: all */
};
/* "2.5.4", "2.5" to the number above; -EINVAL. */
int snug_libseccomp_version_parse(const char *text, uint32_t *ret);

struct snug_finding {
	const struct snug_lint_rule *rule;
	enum snug_severity severity;
	bool has_entry; /* it is about profile->entries.items[entry] */
	size_t entry;
	/* The calls that it is about, as the profile spells them: may be hostile, may be none. */
	struct snug_names names;
	uint32_t line, col; /* 0 when it has no place in the document */
	char *message;      /* owned, one line; what it quotes of the profile is printable */
	char *fix;          /* owned, never NULL */
};

struct snug_findings {
	struct snug_finding *items;
	size_t len, cap;
};
void snug_findings_done(struct snug_findings *f);

/*
 * Runs the rules over @p.  Entries are resolved for opts->env; when the profile lists architectures
 * and none of them belongs to opts->env.arch, for the first that it lists instead.  *ret must be
 * empty before; findings are sorted by place in the document, those without one first, then by the
 * order of rules.  It does not fail: that a profile cannot be compiled is a finding (rule
 * "not-loadable"), and so is that a rule has too many conditions to judge.
 */
void snug_lint(const struct snug_seccomp_profile *p, const struct snug_lint_options *opts,
	       struct snug_findings *ret);
/* How many findings there are of each severity. */
void snug_findings_count(const struct snug_findings *f, size_t ret[_SNUG_SEVERITY_MAX]);
