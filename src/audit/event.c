/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/event.h"

#include "base/mem.h"
#include "base/str.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <string.h>

#include <linux/seccomp.h>

enum { MAX_SHOWN = 512 }; /* bytes of one value in a line for people */

static const char *const kind_names[] = { "seccomp", "selinux", "apparmor" };

const char *snug_audit_kind_name(enum snug_audit_kind kind)
{
	return kind_names[kind];
}

enum snug_audit_kind snug_audit_kind_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++)
		if (strcmp(kind_names[i], name) == 0)
			return (enum snug_audit_kind)i;
	return _SNUG_AUDIT_KIND_MAX;
}

enum snug_arch snug_audit_event_arch(const struct snug_audit_event *ev, uint32_t *ret_nr)
{
	enum snug_arch arch = snug_arch_from_audit(ev->audit_arch);
	uint32_t x32_bit = snug_arch_number_base(SNUG_ARCH_X32);

	*ret_nr = ev->nr;
	/* x32 shares AUDIT_ARCH_X86_64; a number like -1 has the bit too and is no x32 */
	if (arch != SNUG_ARCH_X86_64 || !(ev->nr & x32_bit) || (ev->nr & ~INT32_MAX))
		return arch;
	*ret_nr = ev->nr & ~x32_bit;
	return SNUG_ARCH_X32;
}

const char *snug_audit_event_call(const struct snug_audit_event *ev)
{
	uint32_t nr;
	enum snug_arch arch = snug_audit_event_arch(ev, &nr);

	return arch == _SNUG_ARCH_INVALID ? NULL : snug_syscall_name(arch, nr);
}

static bool is_text(const struct snug_audit_text *t, const char *word)
{
	return t->text && t->len == strlen(word) && memcmp(t->text, word, t->len) == 0;
}

static const char *seccomp_outcome(const struct snug_audit_event *ev)
{
	if (!ev->has_code)
		return ev->sig ? "killed" : "refused";
	switch (ev->code & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
		return "killed";
	case SECCOMP_RET_TRAP:
		return "trapped";
	case SECCOMP_RET_LOG:
		return "logged";
	case SECCOMP_RET_ALLOW:
		return "allowed";
	case SECCOMP_RET_TRACE:
		return "traced";
	case SECCOMP_RET_USER_NOTIF:
		return "notified";
	default:
		return "refused";
	}
}

const char *snug_audit_event_outcome(const struct snug_audit_event *ev)
{
	if (ev->kind == SNUG_AUDIT_SECCOMP)
		return seccomp_outcome(ev);
	if (ev->kind == SNUG_AUDIT_SELINUX) {
		if (is_text(&ev->verdict, "granted"))
			return "allowed";
		return ev->is_permissive ? "logged" : "refused";
	}
	if (is_text(&ev->verdict, "KILLED"))
		return "killed";
	if (is_text(&ev->verdict, "DENIED"))
		return "refused";
	/* ALLOWED: refused in enforce mode; AUDIT: allowed, and to be logged */
	return is_text(&ev->verdict, "AUDIT") ? "allowed" : "logged";
}

static void add(struct snug_str *out, const char *label, const struct snug_audit_text *t)
{
	if (!t->text)
		return;
	snug_str_add(out, label);
	snug_str_add_printable(out, t->text, t->len, MAX_SHOWN);
}

void snug_audit_event_add_line(struct snug_str *out, const struct snug_audit_event *ev)
{
	const char *name;
	enum snug_arch arch;
	uint32_t nr;

	switch (ev->kind) {
	case SNUG_AUDIT_SECCOMP:
		arch = snug_audit_event_arch(ev, &nr);
		name = snug_audit_event_call(ev);
		snug_str_addf(out, "Seccomp: %s (%u", name ? name : "unknown call", nr);
		if (arch == _SNUG_ARCH_INVALID)
			snug_str_addf(out, ", arch %x", ev->audit_arch);
		else if (arch != snug_arch_native())
			snug_str_addf(out, ", %s", snug_arch_name(arch));
		snug_str_addc(out, ')');
		return;
	case SNUG_AUDIT_SELINUX:
		snug_str_add(out, "SELinux: perm: ");
		add(out, "", &ev->perms);
		add(out, ", scontext: ", &ev->scontext);
		add(out, ", tcontext: ", &ev->tcontext);
		add(out, ", tclass: ", &ev->tclass);
		return;
	case SNUG_AUDIT_APPARMOR:
	case _SNUG_AUDIT_KIND_MAX:
		snug_str_add(out, "AppArmor: ");
		add(out, "", &ev->verdict);
		add(out, ", operation: ", &ev->operation);
		add(out, ", profile: ", &ev->profile);
		add(out, ", name: ", &ev->name);
		add(out, ", extra: ", &ev->extra);
		return;
	}
}
