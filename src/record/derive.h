/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* derive(recordings, policy) -> profile: a pure function. */
#include "record/recording.h"
#include "seccomp/profile.h"

/* What a container runtime needs behind the filter before it executes the container's program. */
struct snug_derive_baseline {
	const char *label; /* "runc 1.1.5" */
	const char *const *names;
	size_t n;
};

struct snug_derive_baselines {
	struct snug_derive_baseline *items;
	size_t len, cap;
};

/* How closely a profile looks at the arguments of calls. */
enum snug_args_level {
	SNUG_ARGS_OFF,      /* not at all */
	SNUG_ARGS_SECURITY, /* at those that attacks need: SNUG_ARG_LEVEL_SECURITY */
	SNUG_ARGS_ALL,      /* at all that were recorded */
};
/* "off", "security", "all"; NULL-terminated. */
const char *const *snug_args_level_names(void);
/* -EINVAL when @name is none. */
int snug_args_level_from_name(const char *name, enum snug_args_level *ret);

struct snug_derive_policy {
	const char *name;        /* metadata.name of the profile, made valid for Kubernetes */
	const char *const *base; /* names to allow besides, n_base of them; NULL with 0 for none */
	size_t n_base;
	const struct snug_derive_baseline *baselines; /* n_baselines of them; names to allow, too */
	size_t n_baselines;
	bool no_entered; /* not what only entered processes did: `podman exec`, health checks */
	enum snug_args_level args;
	/* clone3(2), whose flags no filter can see, fails with ENOSYS as on an older kernel, and
	 * clone(2), which C libraries then take, is allowed without CLONE_NEW* */
	bool clone3_is_enosys;
	/* The format has no value over INT64_MAX: the highest bit is not compared then. */
	bool signed_values;
};

/* Why a call whose arguments the policy asks for is allowed whatever they are. */
enum snug_open_reason {
	SNUG_OPEN_BASE,         /* the base set has the name, and no arguments */
	SNUG_OPEN_RUNTIME,      /* a baseline has */
	SNUG_OPEN_NOT_RECORDED, /* some recording has the call without arguments */
	SNUG_OPEN_TOO_MANY,     /* more distinct values than data/argument-filters.csv takes */
	/* an ABI that made it has the arguments in memory, or in another order */
	SNUG_OPEN_ELSEWHERE,
	/* an ABI made it through socketcall(2) or ipc(2), where its arguments are in memory */
	SNUG_OPEN_BEHIND_MUX,
	SNUG_OPEN_EVERY_VALUE, /* it was made with every value that there is */
	_SNUG_OPEN_MAX,
};
/* "base", "not-recorded", ... */
const char *snug_open_reason_name(enum snug_open_reason reason);

struct snug_open_call {
	const char *name;
	enum snug_open_reason reason;
};

/* A call that a recording has and a profile cannot: no table knows its number. */
struct snug_unnamed_call {
	enum snug_arch arch;
	uint32_t nr;
};

struct snug_derived {
	struct snug_seccomp_profile *profile;
	VEC(const char *) recorded; /* names from the recordings, sorted */
	/* names from the base set that no recording had, and execve when none had it; sorted */
	VEC(const char *) added;
	/* names from the baselines that no recording had; sorted.  They are not in `added`. */
	VEC(const char *) baseline;
	/* names that only entered processes called; in `recorded` unless no_entered; sorted */
	VEC(const char *) entered;
	VEC(struct snug_unnamed_call) unnamed;
	enum snug_args_level args; /* the policy's */
	bool has_arg_facts;        /* some recording has arguments of some call */
	/* With that: names that are allowed with the recorded arguments only, sorted, and
	 * names that should be and are not, sorted. */
	VEC(const char *) conditional;
	VEC(struct snug_open_call) open;
	size_t n_conditions; /* entries with args */
	/* Names in `conditional` that a listed ABI has behind socketcall(2) or ipc(2), or with the
	 * arguments elsewhere: filters of other makers than snug let them pass there. */
	VEC(const char *) leaky;
	bool has_clone3; /* clone3 is allowed, and clone is in `conditional` */
};

void snug_derived_done(struct snug_derived *d);

/* Appends the baselines that @r has; borrowed from it. */
void snug_derive_add_baselines(const struct snug_recording *r, struct snug_derive_baselines *ret);

/* -EINVAL when no table knows the syscall @name, with "did you mean"; @what stands in front. */
int snug_derive_check_name(const char *what, const char *name, struct snug_err *err);

/* The base set that OCI runtimes need around a workload, as the peers add it; NULL-terminated. */
const char *const *snug_base_syscalls(void);

/*
 * Derives one profile from @n recordings.  It refuses by default (SCMP_ACT_ERRNO), allows every
 * recorded name, execve, and the names of the base set and the baselines that the architecture has,
 * and lists the native architecture of each recording and every other ABI that was used.  The OCI
 * format allows a name, and its arguments, on all listed architectures alike.
 *
 * entries[0] of the profile has the names that are allowed whatever their arguments are; behind it
 * come entries with args, sorted, and the one that refuses clone3. Errors: -EINVAL for a base or
 * baseline name that no architecture has (with "did you mean"), -ENODATA when no recording has a
 * call with a name, whatever the base set is.
 */
int snug_derive(const struct snug_recording *const *recordings, size_t n,
		const struct snug_derive_policy *policy, struct snug_derived *ret,
		struct snug_err *err) __attribute__((warn_unused_result));
