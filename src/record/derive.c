/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names pile up in sorted lists by why they are allowed: recorded, from baselines, from the base
 * set, added.  A name is in one of these only, the first that has it, and lent by a table, a
 * recording or the policy.  At the end all become one entry, but those that derive-args.c has
 * conditions for, which get entries of their own.
 */
#include "record/derive.h"

#include "base/err.h"
#include "base/str.h"
#include "base/words.h"
#include "record/derive-args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What runc and crun need between loading the filter and the workload's first instruction, and
 * while they set a container up, as the Security Profiles Operator has collected it. */
static const char *const base_syscalls[] = {
	"access",
	"arch_prctl",
	"brk",
	"capget",
	"capset",
	"chdir",
	"chmod",
	"chown",
	"clone",
	"close",
	"close_range",
	"dup2",
	"dup3",
	"epoll_create1",
	"epoll_ctl",
	"epoll_pwait",
	"execve",
	"exit_group",
	"faccessat2",
	"fchdir",
	"fchmodat",
	"fchown",
	"fchownat",
	"fcntl",
	"fstat",
	"fstatfs",
	"futex",
	"getdents64",
	"getegid",
	"geteuid",
	"getgid",
	"getpid",
	"getppid",
	"gettid",
	"getuid",
	"ioctl",
	"keyctl",
	"lseek",
	"mkdirat",
	"mknodat",
	"mmap",
	"mount",
	"mprotect",
	"munmap",
	"nanosleep",
	"newfstatat",
	"openat",
	"openat2",
	"pipe2",
	"pivot_root",
	"prctl",
	"pread64",
	"pselect6",
	"read",
	"readlink",
	"readlinkat",
	"rt_sigaction",
	"rt_sigprocmask",
	"rt_sigreturn",
	"sched_getaffinity",
	"sched_yield",
	"seccomp",
	"set_robust_list",
	"set_tid_address",
	"setgid",
	"setgroups",
	"sethostname",
	"setns",
	"setresgid",
	"setresuid",
	"setsid",
	"setuid",
	"sigaltstack",
	"statfs",
	"statx",
	"symlinkat",
	"tgkill",
	"umask",
	"umount2",
	"unlinkat",
	"unshare",
	"utimensat",
	"write",
	NULL,
};

const char *const *snug_base_syscalls(void)
{
	return base_syscalls;
}

void snug_derived_done(struct snug_derived *d)
{
	d->profile = snug_seccomp_profile_free(d->profile);
	VEC_DONE(&d->recorded);
	VEC_DONE(&d->added);
	VEC_DONE(&d->baseline);
	VEC_DONE(&d->entered);
	VEC_DONE(&d->unnamed);
	VEC_DONE(&d->conditional);
	VEC_DONE(&d->open);
	VEC_DONE(&d->leaky);
}

static const char *const args_levels[] = {
	[SNUG_ARGS_OFF] = "off",
	[SNUG_ARGS_SECURITY] = "security",
	[SNUG_ARGS_ALL] = "all",
	NULL,
};

const char *const *snug_args_level_names(void)
{
	return args_levels;
}

int snug_args_level_from_name(const char *name, enum snug_args_level *ret)
{
	for (int i = 0; args_levels[i]; i++) {
		if (strcmp(args_levels[i], name) == 0) {
			*ret = (enum snug_args_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *snug_open_reason_name(enum snug_open_reason reason)
{
	static const char *const names[] = {
		[SNUG_OPEN_BASE] = "base",
		[SNUG_OPEN_RUNTIME] = "runtime",
		[SNUG_OPEN_NOT_RECORDED] = "not-recorded",
		[SNUG_OPEN_TOO_MANY] = "too-many",
		[SNUG_OPEN_ELSEWHERE] = "elsewhere",
		[SNUG_OPEN_BEHIND_MUX] = "behind-multiplexer",
		[SNUG_OPEN_EVERY_VALUE] = "every-value",
	};

	snug_bug_on((int)reason < 0 || reason >= _SNUG_OPEN_MAX);
	return names[reason];
}

static bool has_name(const char *const *names, size_t n, const char *name)
{
	return n && bsearch(&name, names, n, sizeof(*names), snug_words_compare);
}

static void add_arch(struct snug_seccomp_profile *p, enum snug_arch arch)
{
	VEC_FOREACH (a, &p->arches) {
		if (*a == arch)
			return;
	}
	*VEC_PUSH(&p->arches) = arch;
}

static int compare_arches(const void *a, const void *b)
{
	const enum snug_arch *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The profile does not depend on the order of the recordings. */
static void sort_arches(struct snug_arches *arches)
{
	if (arches->len)
		qsort(arches->items, arches->len, sizeof(*arches->items), compare_arches);
}

/* Names as they come: what the main side did, what entered processes did. */
struct sides {
	VEC(const char *) by_main;
	VEC(const char *) by_entered;
};

static void sides_done(struct sides *s)
{
	VEC_DONE(&s->by_main);
	VEC_DONE(&s->by_entered);
}

static void collect(struct snug_derived *d, struct sides *sides, const struct snug_recording *r,
		    bool no_entered)
{
	add_arch(d->profile, r->arch);
	VEC_FOREACH (c, &r->calls) {
		bool is_foreign = snug_recording_call_is_foreign(c);

		if (is_foreign && c->name)
			*VEC_PUSH(&sides->by_entered) = c->name;
		else if (c->name)
			*VEC_PUSH(&sides->by_main) = c->name;
		if (is_foreign && no_entered)
			continue;
		add_arch(d->profile, c->arch);
		if (c->name)
			*VEC_PUSH(&d->recorded) = c->name;
		else
			*VEC_PUSH(&d->unnamed) =
				(struct snug_unnamed_call){ .arch = c->arch, .nr = c->nr };
	}
}

/* Several recordings: what is foreign in one may be another's own. */
static void find_entered(struct snug_derived *d, struct sides *sides)
{
	sides->by_main.len = snug_words_sort(sides->by_main.items, sides->by_main.len);
	sides->by_entered.len = snug_words_sort(sides->by_entered.items, sides->by_entered.len);
	VEC_FOREACH (name, &sides->by_entered) {
		if (!has_name(sides->by_main.items, sides->by_main.len, *name))
			*VEC_PUSH(&d->entered) = *name;
	}
}

static void collect_all(struct snug_derived *d, const struct snug_recording *const *recordings,
			size_t n, bool no_entered)
{
	CLEANUP(sides_done) struct sides sides = { 0 };

	for (size_t i = 0; i < n; i++)
		collect(d, &sides, recordings[i], no_entered);
	sort_arches(&d->profile->arches);
	d->recorded.len = snug_words_sort(d->recorded.items, d->recorded.len);
	find_entered(d, &sides);
}

static bool any_arch_has(const struct snug_seccomp_profile *p, const char *name)
{
	VEC_FOREACH (a, &p->arches) {
		if (snug_syscall_number(*a, name) >= 0)
			return true;
	}
	return false;
}

void snug_derive_add_baselines(const struct snug_recording *r, struct snug_derive_baselines *ret)
{
	VEC_FOREACH (b, &r->baselines)
		*VEC_PUSH(ret) = (struct snug_derive_baseline){
			.label = b->label,
			.names = (const char *const *)b->names.items,
			.n = b->names.len,
		};
}

int snug_derive_check_name(const char *what, const char *name, struct snug_err *err)
{
	CLEANUP(freep) char *hint = NULL;

	if (snug_syscall_is_known(name))
		return 0;
	hint = snug_str_did_you_mean(snug_str_nearest(name, snug_syscall_names()));
	return snug_err_set(err, -EINVAL, "%s: unknown syscall '%.64s'%s", what, name, hint);
}

static int collect_baselines(struct snug_derived *d, const struct snug_derive_policy *policy,
			     struct snug_err *err)
{
	for (size_t i = 0; i < policy->n_baselines; i++) {
		const struct snug_derive_baseline *b = &policy->baselines[i];

		for (size_t j = 0; j < b->n; j++) {
			int r = snug_derive_check_name(b->label, b->names[j], err);

			if (r < 0)
				return r;
			if (any_arch_has(d->profile, b->names[j]) &&
			    !has_name(d->recorded.items, d->recorded.len, b->names[j]))
				*VEC_PUSH(&d->baseline) = b->names[j];
		}
	}
	d->baseline.len = snug_words_sort(d->baseline.items, d->baseline.len);
	return 0;
}

static bool has_been_found(const struct snug_derived *d, const char *name)
{
	return has_name(d->recorded.items, d->recorded.len, name) ||
	       has_name(d->baseline.items, d->baseline.len, name);
}

static int collect_base(struct snug_derived *d, const struct snug_derive_policy *policy,
			struct snug_err *err)
{
	for (size_t i = 0; i < policy->n_base; i++) {
		const char *name = policy->base[i];
		int r = snug_derive_check_name("base syscalls", name, err);

		if (r < 0)
			return r;
		if (any_arch_has(d->profile, name) && !has_been_found(d, name))
			*VEC_PUSH(&d->added) = name;
	}
	d->added.len = snug_words_sort(d->added.items, d->added.len);
	return 0;
}

/* What ran before it was watched was not seen to be executed; under the profile it will be. */
static void add_execve(struct snug_derived *d)
{
	const char *name = "execve";

	if (has_been_found(d, name) || has_name(d->added.items, d->added.len, name))
		return;
	*VEC_PUSH(&d->added) = name;
	d->added.len = snug_words_sort(d->added.items, d->added.len);
}

static bool is_allowed(const struct snug_derived *d, const char *name)
{
	return has_been_found(d, name) || has_name(d->added.items, d->added.len, name);
}

/* Without clone3, C libraries make clone. */
static void add_clone(struct snug_derived *d)
{
	const char *name = "clone";

	if (!is_allowed(d, "clone3") || is_allowed(d, name))
		return;
	*VEC_PUSH(&d->added) = name;
	d->added.len = snug_words_sort(d->added.items, d->added.len);
}

struct borrowed_names {
	const char **items;
	size_t len, cap;
};

static void borrowed_names_done(struct borrowed_names *n)
{
	VEC_DONE(n);
}

static void push_open(struct snug_derived *d, const char *const *names, size_t n,
		      const char *except, struct borrowed_names *out)
{
	for (size_t i = 0; i < n; i++)
		if (!has_name(d->conditional.items, d->conditional.len, names[i]) &&
		    (!except || strcmp(names[i], except) != 0))
			*VEC_PUSH(out) = names[i];
}

/* clone3 fails as on a kernel that does not have it, whatever the default is. */
static void refuse_clone3(struct snug_seccomp_profile *p)
{
	const char *name = "clone3";
	struct snug_seccomp_entry *e = snug_seccomp_profile_add(p, SNUG_ACTION_ERRNO, &name, 1);

	e->errno_ret.is_set = true;
	e->errno_ret.value = ENOSYS;
}

static void add_entries(struct snug_derived *d, const struct snug_derive_policy *policy,
			const struct snug_arg_rules *rules)
{
	bool refuses_clone3 = policy->clone3_is_enosys && any_arch_has(d->profile, "clone3");
	const char *except = refuses_clone3 ? "clone3" : NULL;
	CLEANUP(borrowed_names_done) struct borrowed_names all = { 0 };

	push_open(d, d->recorded.items, d->recorded.len, except, &all);
	push_open(d, d->added.items, d->added.len, except, &all);
	push_open(d, d->baseline.items, d->baseline.len, except, &all);
	snug_seccomp_profile_add(d->profile, SNUG_ACTION_ALLOW, all.items, all.len);
	snug_derive_add_rules(d->profile, rules);
	d->n_conditions = d->profile->entries.len - 1;
	if (refuses_clone3)
		refuse_clone3(d->profile);
	d->has_clone3 = !refuses_clone3 && is_allowed(d, "clone3") &&
			has_name(d->conditional.items, d->conditional.len, "clone");
}

int snug_derive(const struct snug_recording *const *recordings, size_t n,
		const struct snug_derive_policy *policy, struct snug_derived *ret,
		struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_arg_rules_done) struct snug_arg_rules rules = { 0 };
	int r;

	d.args = policy->args;
	d.profile = snug_seccomp_profile_new("recording", SNUG_ACTION_ERRNO);
	d.profile->name = snug_k8s_name(policy->name);
	collect_all(&d, recordings, n, policy->no_entered);
	r = collect_baselines(&d, policy, err);
	if (r == 0)
		r = collect_base(&d, policy, err);
	if (r < 0)
		return r;
	if (!d.recorded.len)
		return snug_err_set(err, -ENODATA, "nothing was recorded%s",
				    d.unnamed.len ? " that has a name" : "");
	add_execve(&d);
	if (policy->clone3_is_enosys)
		add_clone(&d);
	snug_derive_args(recordings, n, policy, &d, &rules);
	add_entries(&d, policy, &rules);
	*ret = d;
	d = (struct snug_derived){ 0 };
	return 0;
}
