/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* From a profile to a BPF program, and that program into the kernel (seccomp(2)). */
#include "seccomp/profile.h"

#include <linux/filter.h>

/* What the conditions of a profile (includes, excludes, minKernel, archMap) are resolved against.
 */
struct snug_seccomp_env {
	enum snug_arch arch;
	uint64_t caps;           /* bit n = capability n is in the process' bounding set */
	uint32_t kernel_version; /* KERNEL_VERSION(a, b, c) */
};

/* Native arch, this process' effective capabilities, uname(2). */
void snug_seccomp_env_init_host(struct snug_seccomp_env *env);

struct snug_seccomp_filter {
	struct sock_filter *insns; /* owned */
	unsigned short n_insns;
	unsigned int flags;  /* SECCOMP_FILTER_FLAG_* for seccomp(2) */
	bool needs_listener; /* an entry notifies user space */
	bool can_kill;       /* some call ends in KILL_*, KILL or TRAP */
};

/*
 * Compiles @p for @env: entries whose conditions do not hold are left out, names that no listed
 * architecture has are left out (never wider: a name that no table knows is skipped with a warning
 * through @warn when its entry allows, and is -EINVAL when it restricts).  libseccomp generates the
 * program; calls newer than it are decided by instructions in front of its program.
 * Returns 0, -EINVAL with the entry that is at fault, -EOPNOTSUPP for what cannot be compiled here,
 * -E2BIG when the program is over BPF_MAXINSNS.
 */
int snug_seccomp_filter_compile(const struct snug_seccomp_profile *p,
				const struct snug_seccomp_env *env,
				void (*warn)(void *data, const char *text), void *warn_data,
				struct snug_seccomp_filter *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
void snug_seccomp_filter_done(struct snug_seccomp_filter *f);

/* Whether this kernel can do what @f asks: every action (SECCOMP_GET_ACTION_AVAIL) and every flag.
 * -EOPNOTSUPP names the action or flag and the kernel that brought it. */
int snug_seccomp_filter_check_kernel(const struct snug_seccomp_profile *p,
				     const struct snug_seccomp_filter *f, struct snug_err *err);

/* Installs @f in the calling thread.  Sets no_new_privs first unless the thread has CAP_SYS_ADMIN
 * (@has_admin says so).  Async-signal-safe: plain system calls only, for use between fork and exec.
 * Returns 0, the listener's fd when f->flags asks for one, or negative errno. */
int snug_seccomp_filter_install(const struct snug_seccomp_filter *f, bool has_admin);
