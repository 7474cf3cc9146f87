/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* From a profile to a BPF program, and that program into the kernel (seccomp(2)). */
#include "seccomp/profile.h"

#include <linux/filter.h>

struct snug_err;
struct snug_str;

/* What the conditions of a profile (includes, excludes, minKernel, archMap) are resolved against.
 */
struct snug_seccomp_env {
	enum snug_arch arch;     /* of the 64 bits where the kernel has several */
	uint64_t caps;           /* bit n = the program will have capability n */
	uint32_t kernel_version; /* KERNEL_VERSION(a, b, c) */
};

/* The native arch, this process' effective capabilities (capget(2)), uname(2). */
void snug_seccomp_env_init_host(struct snug_seccomp_env *env);

/* Appends the ABIs that a filter made of @p for @env knows: env->arch first, as in runc whatever
 * the profile lists, then those of the list and of archMap that the same kernel can run. */
void snug_seccomp_arches(const struct snug_seccomp_profile *p, const struct snug_seccomp_env *env,
			 struct snug_arches *ret);

struct snug_seccomp_filter {
	struct sock_filter *insns; /* owned */
	unsigned short n_insns;
	/* SECCOMP_FILTER_FLAG_* for seccomp(2); WAIT_KILLABLE_RECV only with a listener, because
	 * the kernel refuses it alone */
	unsigned int flags;
	bool needs_listener; /* an entry notifies user space */
	bool can_kill; /* some call ends in KILL_*, KILL or TRAP, be it one of a foreign ABI */
};

/*
 * Compiles @p for @env.  The filter knows env->arch, and those of the profile's architectures that
 * the same kernel can run; calls of another ABI are killed.  Entries whose conditions do not hold
 * are left out, names that an ABI does not have apply to the others.  A name that no table knows is
 * left out with a warning, or is -EINVAL when its entry is stricter than the default.  How entries
 * that overlap are read: seccomp/rules.h.  libseccomp generates the program; what it does not know
 * or cannot express is decided by instructions in front of it (seccomp/prologue.h).
 *
 * A condition on the arguments of a call that went through socketcall(2) or ipc(2) cannot be
 * checked, because they are in memory: the call then gets the strictest of its possible answers.
 *
 * baseProfileName is not resolved: a warning says so.
 *
 * Returns 0, -EINVAL with the entry that is at fault, -EOPNOTSUPP for what cannot be compiled here,
 * -E2BIG when the program is over BPF_MAXINSNS.  The caller frees *ret with _done().
 */
int snug_seccomp_filter_compile(const struct snug_seccomp_profile *p,
				const struct snug_seccomp_env *env,
				void (*warn)(void *data, const char *text), void *warn_data,
				struct snug_seccomp_filter *ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* The same, and *pfc (NULL: not wanted; of no use after a failure) is appended to: libseccomp's
 * pseudo filter code (seccomp_export_pfc(3)), behind what its program has in front of it, in the
 * same words. */
int snug_seccomp_filter_compile_pfc(const struct snug_seccomp_profile *p,
				    const struct snug_seccomp_env *env,
				    void (*warn)(void *data, const char *text), void *warn_data,
				    struct snug_str *pfc, struct snug_seccomp_filter *ret,
				    struct snug_err *err) __attribute__((warn_unused_result));
void snug_seccomp_filter_done(struct snug_seccomp_filter *f);

/* Whether this kernel can do what @f, compiled from @p, asks: every action
 * (SECCOMP_GET_ACTION_AVAIL) and every flag.  -EOPNOTSUPP names the place in the profile, the
 * action or flag, and the kernel that brought it. */
int snug_seccomp_filter_check_kernel(const struct snug_seccomp_profile *p,
				     const struct snug_seccomp_filter *f, struct snug_err *err);

/* Whether some answer of @f is an errno. */
bool snug_seccomp_filter_refuses(const struct snug_seccomp_filter *f);
/* Whether some answer of @f asks a tracer or a listener, which get errno ENOSYS where there is none
 * (seccomp(2)). */
bool snug_seccomp_filter_asks(const struct snug_seccomp_filter *f);
/* Whether the kernel is to log some calls: by SCMP_ACT_LOG. */
bool snug_seccomp_filter_logs(const struct snug_seccomp_filter *f);
enum {
	SNUG_WATCH_ASKED = 1u << 0,
	SNUG_WATCH_LOGGED = 1u << 1,
};
/*
 * Copies @f with one change: where it refuses a call with an errno, a listener is asked
 * (SECCOMP_RET_USER_NOTIF), which then has to give that errno.  With SNUG_WATCH_ASKED it is asked
 * instead of a tracer and of a listener that @f itself wants, too, and has to give ENOSYS; with
 * SNUG_WATCH_LOGGED also where the kernel would log a call, which it has to let pass: the kernel
 * goes on logging it, because the copy has SECCOMP_FILTER_FLAG_LOG then, but as something that was
 * notified.  All other answers stay what they are: the listener could not kill a thread.  The copy
 * has SECCOMP_FILTER_FLAG_NEW_LISTENER, WAIT_KILLABLE_RECV where the kernel knows it (so that
 * signals do not interrupt a call that the listener has seen), and no TSYNC, because it is for a
 * process with one thread.  -EOPNOTSUPP when the kernel has no user notification (Linux 5.0), or
 * when @f wants a listener of its own without SNUG_WATCH_ASKED.  The caller frees *ret with
 * _done().
 */
int snug_seccomp_filter_watch(const struct snug_seccomp_filter *f, unsigned what,
			      struct snug_seccomp_filter *ret, struct snug_err *err)
	__attribute__((warn_unused_result));

/* Installs @f in the calling thread.  Sets no_new_privs first unless the thread has CAP_SYS_ADMIN
 * (@has_admin says so).  Async-signal-safe: plain system calls only, for use between fork and exec.
 * Returns 0, the listener's fd when f->flags asks for one, or negative errno (-ESRCH: a
 * thread could not be synchronised, SECCOMP_FILTER_FLAG_TSYNC). */
int snug_seccomp_filter_install(const struct snug_seccomp_filter *f, bool has_admin);
