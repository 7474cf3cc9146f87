/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Learns which call seccomp killed or trapped a process for (privileged). */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct snug_err;

struct snug_sigsys_event {
	uint32_t pid, tid;   /* as the initial PID namespace counts */
	bool is_child;       /* of this process; else a descendant further down */
	uint32_t audit_arch; /* AUDIT_ARCH_* (linux/audit.h) */
	uint32_t nr;
	char comm[16 + 1];
};

struct snug_sigsys;

/* Watches for SIGSYS by seccomp of this process' descendants; a process that is not killed pays
 * nothing.  -EPERM or -EOPNOTSUPP where BPF is not to be had. */
int snug_sigsys_open(struct snug_sigsys **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_sigsys *snug_sigsys_free(struct snug_sigsys *s);
DEFINE_FREEP(struct snug_sigsys, snug_sigsys_freep, snug_sigsys_free)
/* Readable when something happened. */
int snug_sigsys_poll_fd(const struct snug_sigsys *s);
/* Calls @fn for each event.  Returns their number or negative errno. */
int snug_sigsys_dispatch(struct snug_sigsys *s,
			 void (*fn)(void *data, const struct snug_sigsys_event *ev), void *data);
