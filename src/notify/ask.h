/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The filter that asks for every call, of every ABI, that the tasks under it make. */
#include "base/mem.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

struct snug_err;

/* A call that is made without being asked for. */
struct snug_ask_exempt {
	uint32_t audit_arch; /* AUDIT_ARCH_* (linux/audit.h) */
	uint32_t nr;         /* x32: with __X32_SYSCALL_BIT */
};

enum { SNUG_ASK_MAX_EXEMPT = 8 };

struct snug_ask {
	/* five for each exempt call, and the answer */
	struct sock_filter insns[5 * SNUG_ASK_MAX_EXEMPT + 1];
	unsigned short n_insns;
	unsigned flags;   /* SECCOMP_FILTER_FLAG_* */
	bool is_killable; /* signals do not interrupt a call that was received (Linux 5.19) */
};

/* Fills *ret, with the flags that this kernel knows. */
void snug_ask_init(struct snug_ask *ret, const struct snug_ask_exempt *exempt, size_t n_exempt);
/* Installs it in the calling thread, which after that cannot make any call without an answer.
 * Without CAP_SYS_ADMIN sets no_new_privs first.  Async-signal-safe.  Returns the listener's fd, or
 * negative errno: -EBUSY when a filter in force has a listener, -EACCES never. */
int snug_ask_install(const struct snug_ask *ask);
/* What such an errno means and what can be done: " (a filter ...)", or "". */
const char *snug_ask_hint(int r);

/* Whether all this works here, by trying it on a process of its own.  0, or -EOPNOTSUPP, -EBUSY,
 * -EPERM, ... with the reason.  Takes about a millisecond. */
int snug_ask_probe(struct snug_err *err);
