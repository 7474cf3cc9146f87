/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What can be known of a task whose call waits.  By /proc, which need not be there, may hide
 * others' processes, and forbids a look into those that are none of ours (ptrace(2), "Ptrace access
 * mode checking"): everything here may be unknown.  Valid when the task still waits after that
 * (snug_listener_is_waiting()).
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_listener;
struct snug_notice;

struct snug_task_status {
	uint32_t tgid; /* as our PID namespace numbers it; the thread's own id when not known */
	uint32_t euid, egid;
	bool no_new_privs;
};
/* False: @ret has the default of tgid only. */
bool snug_task_status(const struct snug_notice *n, struct snug_task_status *ret);
/* Whether this process has no_new_privs set. */
bool snug_own_no_new_privs(void);

/* The inode number of its mount namespace, or 0. */
uint32_t snug_task_mntns(const struct snug_notice *n);

/* Tells whether a task still runs what it ran: the kernel gives each program that is executed
 * sixteen random bytes (getauxval(3), AT_RANDOM). */
struct snug_task_image {
	bool is_known;
	uint64_t address;
	uint8_t random[16];
	uint64_t n_pages; /* of its address space, which anybody may read; 0: not known */
};
void snug_task_image(const struct snug_listener *l, const struct snug_notice *n,
		     struct snug_task_image *ret);

enum {
	SNUG_TASK_AT_FDCWD = -100, /* linux/fcntl.h */
	SNUG_TASK_PATH_BYTES = 4096,
};
/* The path that the caller is about to execute, as the kernel writes it (fs/exec.c,
 * alloc_bprm): /dev/fd/N/PATH for what is relative to descriptor N.  At most SNUG_TASK_PATH_BYTES -
 * 1 bytes; "" when it cannot be read.  The caller frees it. */
char *snug_task_path(const struct snug_listener *l, const struct snug_notice *n, int dirfd,
		     uint64_t address);
/* Whether executing @path, of snug_task_path(), would give the task other privileges, were it not
 * for no_new_privs: a set-user-ID or set-group-ID file of somebody else's, or one with
 * capabilities.  False in another mount namespace, where nothing is looked at. */
bool snug_task_gains_privilege(const struct snug_notice *n, const struct snug_task_status *st,
			       const char *path);
