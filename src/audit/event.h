/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One record of the kernel's audit subsystem about something that was refused or logged: by
 * seccomp, by SELinux, by AppArmor.  Records of other types are none of these events.
 */
#include "seccomp/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_str;

enum snug_audit_kind {
	SNUG_AUDIT_SECCOMP,
	SNUG_AUDIT_SELINUX,
	SNUG_AUDIT_APPARMOR,
	_SNUG_AUDIT_KIND_MAX,
};

enum { SNUG_AUDIT_SCRATCH_BYTES = 8 << 10 };

/* of a pid or an id; the kernel writes an unset auid so too */
#define SNUG_AUDIT_UNSET UINT32_MAX

/* @text is NULL when the record does not have it.  Not NUL-terminated, any bytes. */
struct snug_audit_text {
	const char *text;
	size_t len;
};

/* Everything in it is borrowed: from the line it was read from, and from @scratch. */
struct snug_audit_event {
	enum snug_audit_kind kind;
	uint64_t time_us; /* since 1970; 0: the form does not tell */
	uint64_t serial;  /* the kernel's number of the event; 0: not told */
	uint32_t pid, uid, gid, auid;
	struct snug_audit_text comm, exe, subj; /* decoded */

	/* seccomp */
	uint32_t audit_arch; /* AUDIT_ARCH_* */
	uint32_t nr;         /* as the kernel has it: with __X32_SYSCALL_BIT */
	uint32_t sig;
	uint32_t code; /* SECCOMP_RET_*, without its data */
	bool has_code; /* kernels before 3.16 do not write it */
	bool is_compat;
	uint64_t ip;

	/* SELinux: "denied" or "granted"; AppArmor: "DENIED", "ALLOWED", "AUDIT", "KILLED" */
	struct snug_audit_text verdict;
	bool is_permissive;           /* SELinux: logged, not refused */
	struct snug_audit_text perms; /* "read write" */
	struct snug_audit_text scontext, tcontext, tclass;
	struct snug_audit_text operation, profile;     /* AppArmor */
	struct snug_audit_text requested, denied_mask; /* AppArmor */
	struct snug_audit_text name;                   /* the object: a path, a capability, ... */
	struct snug_audit_text extra;                  /* AppArmor: what follows comm, as it is */

	size_t scratch_len;
	char scratch[SNUG_AUDIT_SCRATCH_BYTES]; /* what was hexadecimal in the record */
};

/* "seccomp", "selinux", "apparmor"; from_name gives _SNUG_AUDIT_KIND_MAX for another word. */
const char *snug_audit_kind_name(enum snug_audit_kind kind);
enum snug_audit_kind snug_audit_kind_from_name(const char *name);

/* The ABI of a seccomp event and its number there, without __X32_SYSCALL_BIT; INVALID for a
 * machine that nobody knows. */
enum snug_arch snug_audit_event_arch(const struct snug_audit_event *ev, uint32_t *ret_nr);
/* The name of its call, or NULL. */
const char *snug_audit_event_call(const struct snug_audit_event *ev);
/* In one word for people: "killed", "trapped", "refused", "logged", "allowed". */
const char *snug_audit_event_outcome(const struct snug_audit_event *ev);

/* Appends one line, without its end, hostile bytes escaped:
 *	Seccomp: uname (63)                         Seccomp: uname (122, x86)
 *	SELinux: perm: P, scontext: S, tcontext: T, tclass: C
 *	AppArmor: DENIED, operation: O, profile: P, name: N, extra: E
 * The ABI is there unless it is that of this build. */
void snug_audit_event_add_line(struct snug_str *out, const struct snug_audit_event *ev);
