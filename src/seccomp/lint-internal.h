/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What the rules of lint share.  A rule looks at struct snug_lint and adds findings. */
#include "base/str.h"
#include "seccomp/lint.h"
#include "seccomp/meaning.h"

enum { LINT_NO_ENTRY = -1 };

struct snug_lint {
	const struct snug_seccomp_profile *p;
	const struct snug_lint_options *opts;
	struct snug_seccomp_env env; /* of the machine that is judged */
	/* Unknown names are kept.  NULL when the profile means nothing; then @broken says why and
	 * most rules have nothing to do. */
	struct snug_meaning *meaning;
	const char *broken;
	/* All ABIs that the profile lists, archMap too, and env.arch when it lists none. */
	struct snug_arches listed;
	/* The program, compiled when a rule first asks; see lint_compile(). */
	bool is_compiled;
	unsigned n_insns;
	char *not_compiled;                /* owned: why there is none, or NULL */
	const struct snug_lint_rule *rule; /* at work */
	unsigned n_of_rule;                /* its findings so far */
	struct snug_findings *out;         /* owned by snug_lint() until it is done */
};

/* Names on their way into a finding; they come out sorted, each once, unless @is_ordered. */
struct lint_names {
	struct snug_names names; /* owned */
	bool is_ordered;         /* as they were added, in the order of their importance */
	bool is_settled;
};
void lint_names_done(struct lint_names *n);
void lint_names_add(struct lint_names *n, const char *name);
size_t lint_names_len(struct lint_names *n);
/* "read, write and 7 more", printable; the caller frees. */
char *lint_names_text(struct lint_names *n);

/* 'name', printable, for messages; the caller frees. */
char *lint_quote(const char *name);

/* Adds a finding about entry @entry (or LINT_NO_ENTRY) and takes the names out of @names (or NULL).
 * Its fix is the rule's unless lint_fix() sets another; NULL over the limit of findings, which
 * lint_fix() takes too. */
struct snug_finding *lint_add(struct snug_lint *l, enum snug_severity severity, long entry,
			      struct lint_names *names, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void lint_fix(struct snug_finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* How many instructions the filter has; 0 when it cannot be compiled. */
unsigned lint_compile(struct snug_lint *l);
/* Whether entry @i of the profile counts on the machine that is judged. */
bool lint_applies(const struct snug_lint *l, size_t entry);
/* The answer that entry @i asks for; false when there is none, for an errno that is too large. */
bool lint_entry_ret(const struct snug_lint *l, size_t i, uint32_t *ret);

/* What a call gets on an ABI, summed up. */
struct lint_answer {
	bool some_pass, some_refused;
	uint32_t refused;           /* the first answer that refuses, with some_refused */
	long passes_by, refused_by; /* the entries that say so; LINT_NO_ENTRY: the default */
};
/* Of the calls whose arguments are in @question (NULL: all).  On an ABI that has it only behind a
 * multiplexer, arguments cannot be seen.  The ABI must have the call.  @m: l->meaning or another.
 * 0, -E2BIG. */
int lint_ask(const struct snug_meaning *m, enum snug_arch arch, const char *name,
	     const struct snug_argset *question, struct lint_answer *ret, struct snug_err *err);
/* The same for a call through its multiplexer. */
int lint_ask_mux(const struct snug_meaning *m, enum snug_arch arch, const char *name,
		 struct lint_answer *ret, struct snug_err *err);

/* lint-entries.c */
int lint_unknown_syscall(struct snug_lint *l, struct snug_err *err);
int lint_not_loadable(struct snug_lint *l, struct snug_err *err);
int lint_contradiction(struct snug_lint *l, struct snug_err *err);
int lint_shadowed(struct snug_lint *l, struct snug_err *err);
int lint_duplicate(struct snug_lint *l, struct snug_err *err);
int lint_overlap(struct snug_lint *l, struct snug_err *err);
int lint_repeats_default(struct snug_lint *l, struct snug_err *err);
/* lint-conditions.c */
int lint_argument_twice(struct snug_lint *l, struct snug_err *err);
int lint_never_holds(struct snug_lint *l, struct snug_err *err);
int lint_always_holds(struct snug_lint *l, struct snug_err *err);
int lint_no_argument(struct snug_lint *l, struct snug_err *err);
int lint_pointer(struct snug_lint *l, struct snug_err *err);
int lint_wide_value(struct snug_lint *l, struct snug_err *err);
int lint_upper_half(struct snug_lint *l, struct snug_err *err);
int lint_multiplexer(struct snug_lint *l, struct snug_err *err);
/* lint-compat.c */
int lint_libseccomp(struct snug_lint *l, struct snug_err *err);
int lint_kernel(struct snug_lint *l, struct snug_err *err);
int lint_no_arch(struct snug_lint *l, struct snug_err *err);
int lint_some_arch(struct snug_lint *l, struct snug_err *err);
int lint_companion(struct snug_lint *l, struct snug_err *err);
int lint_missing_exit(struct snug_lint *l, struct snug_err *err);
int lint_missing_execve(struct snug_lint *l, struct snug_err *err);
int lint_missing_sigreturn(struct snug_lint *l, struct snug_err *err);
int lint_missing_restart(struct snug_lint *l, struct snug_err *err);
/* lint-families.c */
int lint_eperm(struct snug_lint *l, struct snug_err *err);
int lint_half_family(struct snug_lint *l, struct snug_err *err);
/* lint-actions.c */
int lint_missing_listener(struct snug_lint *l, struct snug_err *err);
int lint_disabled(struct snug_lint *l, struct snug_err *err);
int lint_base_profile(struct snug_lint *l, struct snug_err *err);
int lint_log(struct snug_lint *l, struct snug_err *err);
int lint_trace(struct snug_lint *l, struct snug_err *err);
int lint_kill_thread(struct snug_lint *l, struct snug_err *err);
int lint_large_filter(struct snug_lint *l, struct snug_err *err);
/* lint-risk.c */
int lint_allow_by_default(struct snug_lint *l, struct snug_err *err);
int lint_deny_gap(struct snug_lint *l, struct snug_err *err);
int lint_detour(struct snug_lint *l, struct snug_err *err);
/* The rows of data/lint-dangerous.csv with l->rule's id. */
int lint_dangers(struct snug_lint *l, struct snug_err *err);
