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

struct snug_derive_policy {
	const char *name;        /* metadata.name of the profile, made valid for Kubernetes */
	const char *const *base; /* names to allow besides, n_base of them; NULL with 0 for none */
	size_t n_base;
	const struct snug_derive_baseline *baselines; /* n_baselines of them; names to allow, too */
	size_t n_baselines;
	bool no_entered; /* not what only entered processes did: `podman exec`, health checks */
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
 * format allows a name on all listed architectures alike. Errors: -EINVAL for a base or baseline
 * name that no architecture has (with "did you mean"), -ENODATA when no recording has a call with a
 * name, whatever the base set is.
 */
int snug_derive(const struct snug_recording *const *recordings, size_t n,
		const struct snug_derive_policy *policy, struct snug_derived *ret,
		struct snug_err *err) __attribute__((warn_unused_result));
