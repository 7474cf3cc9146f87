/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What breaks elsewhere: names that another libseccomp, kernel or ABI does not have; and what no
 * program can do without.  A profile with a base profile may get from there what seems to be
 * missing here, so nothing is said about that.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/library.h"
#include "seccomp/lint-internal.h"
#include "seccomp/lint-tables.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

static void add_version(struct snug_str *out, uint32_t version)
{
	snug_str_addf(out, "%u.%u", version >> 16, version >> 8 & 0xff);
	if (version & 0xff)
		snug_str_addf(out, ".%u", version & 0xff);
}

/* The kernel whose calls the libseccomp that is asked about has; 0: older than the table. */
static uint32_t kernel_of_libseccomp(uint32_t version)
{
	uint32_t kernel = 0;

	for (const struct snug_libseccomp_release *r = snug_libseccomp_releases; r->version; r++)
		if (r->version <= version)
			kernel = r->kernel;
	return kernel;
}

static bool libseccomp_knows(const struct snug_lint *l, const char *name)
{
	if (!l->opts->libseccomp)
		return !snug_syscall_is_beyond_libseccomp(name);
	return snug_syscall_since(name) <= kernel_of_libseccomp(l->opts->libseccomp);
}

/* The first release that has @kernel's calls, or NULL. */
static const struct snug_libseccomp_release *release_for(uint32_t kernel)
{
	for (const struct snug_libseccomp_release *r = snug_libseccomp_releases; r->version; r++)
		if (r->kernel >= kernel)
			return r;
	return NULL;
}

static bool exists_somewhere(const struct snug_lint *l, const char *name)
{
	VEC_FOREACH (arch, &l->listed)
		if (snug_syscall_is_on(*arch, name))
			return true;
	return false;
}

static void report_libseccomp(struct snug_lint *l, size_t entry, struct lint_names *names,
			      uint32_t newest)
{
	CLEANUP(snug_str_done) struct snug_str version = SNUG_STR_INIT;
	CLEANUP(freep) char *list = lint_names_text(names);
	const struct snug_libseccomp_release *release = release_for(newest);
	struct snug_finding *f;
	char linked[32];
	uint32_t ret;
	bool is_open;

	if (l->opts->libseccomp)
		add_version(&version, l->opts->libseccomp);
	else
		snug_str_add(&version, snug_libseccomp_version(linked, sizeof(linked)));
	is_open = l->meaning && lint_entry_ret(l, entry, &ret) &&
		  snug_ret_is_stricter(ret, snug_meaning_default(l->meaning));
	f = lint_add(l, is_open ? SNUG_SEVERITY_ERROR : SNUG_SEVERITY_WARNING, (long)entry, names,
		     "%s: not known to libseccomp %s, so runtimes that use it leave %s out%s", list,
		     snug_str_text(&version), names->names.len > 1 ? "them" : "it",
		     is_open ? ", and nothing is restricted" : "");
	snug_str_clear(&version);
	if (!release)
		return;
	add_version(&version, release->version);
	lint_fix(f, "use libseccomp %s or later where the profile is loaded",
		 snug_str_text(&version));
}

int lint_libseccomp(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	for (size_t i = 0; i < l->p->entries.len; i++) {
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		uint32_t newest = 0;

		if (!lint_applies(l, i))
			continue;
		VEC_FOREACH (name, &l->p->entries.items[i].names) {
			uint32_t since = snug_syscall_since(*name);

			/* what no listed ABI has is no loss */
			if (libseccomp_knows(l, *name) || !exists_somewhere(l, *name))
				continue;
			lint_names_add(&names, *name);
			if (since > newest)
				newest = since;
		}
		if (names.names.len)
			report_libseccomp(l, i, &names, newest);
	}
	return 0;
}

int lint_kernel(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	for (size_t i = 0; i < l->p->entries.len; i++) {
		CLEANUP(snug_str_done) struct snug_str version = SNUG_STR_INIT;
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		CLEANUP(freep) char *list = NULL;

		VEC_FOREACH (name, &l->p->entries.items[i].names)
			if (snug_syscall_since(*name) > (l->env.kernel_version & ~0xffu))
				lint_names_add(&names, *name);
		if (!names.names.len || !lint_applies(l, i))
			continue;
		list = lint_names_text(&names);
		add_version(&version, l->env.kernel_version & ~0xffu);
		lint_add(l, SNUG_SEVERITY_NOTE, (long)i, &names, "%s: Linux %s does not have %s",
			 list, snug_str_text(&version), names.names.len > 1 ? "them" : "it");
	}
	return 0;
}

static void add_arches(const struct snug_arches *arches, struct snug_str *out)
{
	VEC_FOREACH (arch, arches)
		snug_str_addf(out, "%s%s", out->len ? ", " : "", snug_arch_name(*arch));
}

int lint_no_arch(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str arches = SNUG_STR_INIT;

	(void)err;
	add_arches(&l->listed, &arches);
	for (size_t i = 0; i < l->p->entries.len; i++) {
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		CLEANUP(freep) char *list = NULL;

		VEC_FOREACH (name, &l->p->entries.items[i].names)
			if (snug_syscall_is_known(*name) && !exists_somewhere(l, *name))
				lint_names_add(&names, *name);
		if (!names.names.len || !lint_applies(l, i))
			continue;
		list = lint_names_text(&names);
		lint_add(l, l->rule->severity, (long)i, &names,
			 "%s: not a call of any listed architecture (%s)", list,
			 snug_str_text(&arches));
	}
	return 0;
}

/* One finding for each listed ABI: over a profile for several, most names are missing somewhere. */
int lint_some_arch(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	if (l->listed.len < 2)
		return 0;
	VEC_FOREACH (arch, &l->listed) {
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		CLEANUP(freep) char *list = NULL;

		VEC_FOREACH (e, &l->p->entries) {
			VEC_FOREACH (name, &e->names)
				if (!snug_syscall_is_on(*arch, *name) && exists_somewhere(l, *name))
					lint_names_add(&names, *name);
		}
		if (!names.names.len)
			continue;
		list = lint_names_text(&names);
		lint_add(l, SNUG_SEVERITY_NOTE, LINT_NO_ENTRY, &names, "%s does not have %s",
			 snug_arch_name(*arch), list);
	}
	return 0;
}

int lint_companion(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str missing = SNUG_STR_INIT;
	struct snug_finding *f;

	(void)err;
	if (!l->meaning)
		return 0;
	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		enum snug_arch arch = (enum snug_arch)i;

		if (snug_arch_family(arch) == snug_arch_family(l->env.arch) &&
		    !snug_meaning_has_arch(l->meaning, arch))
			snug_str_addf(&missing, "%s%s", missing.len ? ", " : "",
				      snug_arch_name(arch));
	}
	if (!missing.len)
		return 0;
	f = lint_add(l, SNUG_SEVERITY_NOTE, LINT_NO_ENTRY, NULL,
		     "programs of the ABIs %s are killed at their first call",
		     snug_str_text(&missing));
	lint_fix(f, "list them in architectures if such programs are to run; else leave it so");
	return 0;
}

/* Whether @name, where some ABI of the filter has it, passes on none or not on all; the first ABI
 * that refuses it is in *ret_arch.  Who is notified may let it pass. */
static int is_refused(const struct snug_lint *l, const char *name, bool *ret,
		      enum snug_arch *ret_arch, long *ret_by, struct snug_err *err)
{
	*ret = false;
	VEC_FOREACH (arch, snug_meaning_arches(l->meaning)) {
		struct lint_answer answer;
		int r;

		if (!snug_syscall_is_on(*arch, name))
			continue;
		r = lint_ask(l->meaning, *arch, name, NULL, &answer, err);
		if (r < 0)
			return r;
		if (answer.some_pass || snug_ret_action(answer.refused) == SNUG_ACTION_NOTIFY)
			continue;
		*ret = true;
		*ret_arch = *arch;
		*ret_by = answer.refused_by;
		return 0;
	}
	return 0;
}

static int check_missing(struct snug_lint *l, const char *name, enum snug_severity severity,
			 const char *why, struct snug_err *err)
{
	CLEANUP(lint_names_done) struct lint_names names = { 0 };
	enum snug_arch arch;
	bool is_missing;
	long by;
	int r;

	if (!l->meaning || l->p->base_profile_name)
		return 0;
	r = is_refused(l, name, &is_missing, &arch, &by, err);
	if (r < 0 || !is_missing)
		return r;
	lint_names_add(&names, name);
	lint_add(l, severity, by, &names, "%s is refused (%s): %s", name, snug_arch_name(arch),
		 why);
	return 0;
}

int lint_missing_exit(struct snug_lint *l, struct snug_err *err)
{
	int r = check_missing(l, "exit_group", SNUG_SEVERITY_ERROR, "no program can end", err);

	if (r == 0)
		r = check_missing(l, "exit", SNUG_SEVERITY_NOTE, "no thread can end by itself",
				  err);
	return r;
}

int lint_missing_execve(struct snug_lint *l, struct snug_err *err)
{
	return check_missing(l, "execve", SNUG_SEVERITY_ERROR,
			     "runtimes install the filter before they execute the program", err);
}

int lint_missing_sigreturn(struct snug_lint *l, struct snug_err *err)
{
	int r = check_missing(l, "rt_sigreturn", SNUG_SEVERITY_WARNING,
			      "no signal handler can return", err);

	/* 32-bit ABIs: handlers without SA_SIGINFO */
	if (r == 0)
		r = check_missing(l, "sigreturn", SNUG_SEVERITY_WARNING,
				  "signal handlers without SA_SIGINFO cannot return", err);
	return r;
}

int lint_missing_restart(struct snug_lint *l, struct snug_err *err)
{
	return check_missing(l, "restart_syscall", SNUG_SEVERITY_NOTE,
			     "sleeping calls fail when the process is stopped and continued", err);
}
