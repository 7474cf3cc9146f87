/* SPDX-License-Identifier: Apache-2.0 */
/* Everything of a filter that talks to the kernel. */
#include "seccomp/filter.h"

#include "base/err.h"
#include "seccomp/condition.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static const struct {
	enum snug_action action;
	uint32_t ret;
	const char *since;
} actions[] = {
	{ SNUG_ACTION_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS, "4.14" },
	{ SNUG_ACTION_KILL_THREAD, SECCOMP_RET_KILL_THREAD, "3.5" },
	{ SNUG_ACTION_TRAP, SECCOMP_RET_TRAP, "3.5" },
	{ SNUG_ACTION_ERRNO, SECCOMP_RET_ERRNO, "3.5" },
	{ SNUG_ACTION_TRACE, SECCOMP_RET_TRACE, "3.5" },
	{ SNUG_ACTION_ALLOW, SECCOMP_RET_ALLOW, "3.5" },
	{ SNUG_ACTION_LOG, SECCOMP_RET_LOG, "4.14" },
	{ SNUG_ACTION_NOTIFY, SECCOMP_RET_USER_NOTIF, "5.0" },
};

static const struct {
	const char *name, *since;
	unsigned int bit;
	unsigned int with; /* a flag that the kernel wants beside it */
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", "3.17", SECCOMP_FILTER_FLAG_TSYNC, 0 },
	{ "SECCOMP_FILTER_FLAG_LOG", "4.14", SECCOMP_FILTER_FLAG_LOG, 0 },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "4.17", SECCOMP_FILTER_FLAG_SPEC_ALLOW, 0 },
	{ "SECCOMP_FILTER_FLAG_NEW_LISTENER", "5.0", SECCOMP_FILTER_FLAG_NEW_LISTENER, 0 },
	{ "SECCOMP_FILTER_FLAG_TSYNC_ESRCH", "5.7", SECCOMP_FILTER_FLAG_TSYNC_ESRCH, 0 },
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "5.19", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
	  SECCOMP_FILTER_FLAG_NEW_LISTENER },
};

static long sys_seccomp(unsigned int op, unsigned int arg_flags, const void *args)
{
	return syscall(SYS_seccomp, op, arg_flags, args);
}

void snug_seccomp_env_init_host(struct snug_seccomp_env *env)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	struct utsname uts;

	*env = (struct snug_seccomp_env){ .arch = snug_arch_native() };
	if (syscall(SYS_capget, &head, data) == 0)
		env->caps = (uint64_t)data[1].effective << 32 | data[0].effective;
	if (uname(&uts) == 0)
		(void)snug_kernel_version_parse(uts.release, &env->kernel_version);
}

static bool has_action(const struct snug_seccomp_filter *f, uint32_t ret)
{
	for (unsigned i = 0; i < f->n_insns; i++)
		if (f->insns[i].code == (BPF_RET | BPF_K) &&
		    (f->insns[i].k & SECCOMP_RET_ACTION_FULL) == ret)
			return true;
	return false;
}

/* "web.json: syscalls[3].action" */
static char *place_of_action(const struct snug_seccomp_profile *p, enum snug_action a)
{
	if (p->default_action == a)
		return xasprintf("%s: defaultAction", p->source);
	for (size_t i = 0; i < p->entries.len; i++)
		if (p->entries.items[i].action == a)
			return xasprintf("%s: syscalls[%zu].action", p->source, i);
	return xstrdup(p->source);
}

static int check_action(const struct snug_seccomp_profile *p, size_t i, struct snug_err *err)
{
	CLEANUP(freep) char *place = NULL;

	if (sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &actions[i].ret) == 0)
		return 0;
	/* a kernel before 4.14 cannot be asked; it has what 3.5 had */
	if (errno == EINVAL && actions[i].since[0] == '3')
		return 0;
	place = place_of_action(p, actions[i].action);
	if (errno == ENOSYS || errno == EPERM)
		return snug_err_errno(
			err, "%s: seccomp(2) cannot be used here ('snug doctor' shows what can)",
			p->source);
	return snug_err_set(err, -EOPNOTSUPP,
			    "%s: %s needs Linux %s; this kernel does not have it "
			    "('snug doctor' shows what it has)",
			    place, snug_action_name(actions[i].action), actions[i].since);
}

static int flag_missing(const struct snug_seccomp_profile *p, size_t i, struct snug_err *err)
{
	for (size_t j = 0; j < p->flags.len; j++)
		if (strcmp(p->flags.items[j], flags[i].name) == 0)
			return snug_err_set(err, -EOPNOTSUPP,
					    "%s: flags[%zu]: %s needs Linux %s; this kernel does "
					    "not have it ('snug doctor' shows what it has)",
					    p->source, j, flags[i].name, flags[i].since);
	return snug_err_set(err, -EOPNOTSUPP,
			    "%s: %s needs Linux %s; this kernel does not have it "
			    "('snug doctor' shows what it has)",
			    p->source, flags[i].name, flags[i].since);
}

int snug_seccomp_filter_check_kernel(const struct snug_seccomp_profile *p,
				     const struct snug_seccomp_filter *f, struct snug_err *err)
{
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!has_action(f, actions[i].ret))
			continue;
		r = check_action(p, i, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (!(f->flags & flags[i].bit))
			continue;
		/* flags are looked at before the program, which is not there: EFAULT */
		if (sys_seccomp(SECCOMP_SET_MODE_FILTER, flags[i].bit | flags[i].with, NULL) < 0 &&
		    errno == EINVAL)
			return flag_missing(p, i, err);
	}
	return 0;
}

bool snug_seccomp_filter_refuses(const struct snug_seccomp_filter *f)
{
	return has_action(f, SECCOMP_RET_ERRNO);
}

bool snug_seccomp_filter_asks(const struct snug_seccomp_filter *f)
{
	return has_action(f, SECCOMP_RET_TRACE) || has_action(f, SECCOMP_RET_USER_NOTIF);
}

bool snug_seccomp_filter_logs(const struct snug_seccomp_filter *f)
{
	return has_action(f, SECCOMP_RET_LOG);
}

/* As above. */
static bool kernel_has_flags(unsigned int bits)
{
	return sys_seccomp(SECCOMP_SET_MODE_FILTER, bits, NULL) < 0 && errno == EFAULT;
}

static bool is_watched(uint32_t ret, unsigned what)
{
	uint32_t action = ret & SECCOMP_RET_ACTION_FULL;

	return action == SECCOMP_RET_ERRNO ||
	       (what & SNUG_WATCH_ASKED && action == SECCOMP_RET_TRACE) ||
	       (what & SNUG_WATCH_LOGGED && action == SECCOMP_RET_LOG);
}

int snug_seccomp_filter_watch(const struct snug_seccomp_filter *f, unsigned what,
			      struct snug_seccomp_filter *ret, struct snug_err *err)
{
	const unsigned int own_flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
	uint32_t notify = SECCOMP_RET_USER_NOTIF;
	struct snug_seccomp_filter w = *f;

	if (f->needs_listener && !(what & SNUG_WATCH_ASKED))
		return snug_err_set(err, -EOPNOTSUPP, "the filter has a listener of its own");
	if (sys_seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &notify) < 0)
		return snug_err_set(err, -EOPNOTSUPP,
				    "seccomp's user notification cannot be used here ('snug "
				    "doctor' shows what can)");
	w.flags = (f->flags & ~own_flags) | SECCOMP_FILTER_FLAG_NEW_LISTENER;
	if (what & SNUG_WATCH_LOGGED && has_action(f, SECCOMP_RET_LOG))
		w.flags |= SECCOMP_FILTER_FLAG_LOG;
	if (kernel_has_flags(w.flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV))
		w.flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	w.needs_listener = true;
	w.insns = xcalloc(f->n_insns, sizeof(*w.insns));
	memcpy(w.insns, f->insns, f->n_insns * sizeof(*w.insns));
	for (unsigned i = 0; i < w.n_insns; i++) {
		struct sock_filter *insn = &w.insns[i];

		/* an answer that the program computed could not be told */
		snug_bug_on(BPF_CLASS(insn->code) == BPF_RET && insn->code != (BPF_RET | BPF_K));
		if (insn->code == (BPF_RET | BPF_K) && is_watched(insn->k, what))
			insn->k = SECCOMP_RET_USER_NOTIF;
	}
	*ret = w;
	return 0;
}

int snug_seccomp_filter_install(const struct snug_seccomp_filter *f, bool has_admin)
{
	const struct sock_fprog prog = { .len = f->n_insns, .filter = f->insns };
	long r;

	if (!has_admin && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = sys_seccomp(SECCOMP_SET_MODE_FILTER, f->flags, &prog);
	if (r < 0)
		return -errno;
	/* a positive result without a listener is the thread that could not follow */
	if (r > 0 && !(f->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER))
		return -ESRCH;
	return (int)r;
}
