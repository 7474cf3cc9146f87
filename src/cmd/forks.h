/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which processes descend from one, also when they have ended: the kernel tells of each fork
 * (netlink connector, cn_proc).  Needs CAP_NET_ADMIN, the host's PID namespace and
 * CONFIG_PROC_EVENTS.
 */
#include <stdbool.h>
#include <sys/types.h>

struct forks;

/* From now on; NULL where it is not to be had. */
struct forks *forks_new(pid_t pid);
struct forks *forks_free(struct forks *f);
/* Whether @pid is the process or has been born of it, at any remove.  What has happened before an
 * event that the caller has in hand is known by then. */
bool forks_has(struct forks *f, pid_t pid);
/* Whether the kernel had to drop some news: then a "no" is not certain. */
bool forks_has_lost(const struct forks *f);
