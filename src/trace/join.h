/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who joins a target (engine.h).
 *
 * What has joined, has done so for its life; its threads and children follow it from their first
 * instruction on.  So a process has to be met once only: at the exec that is waited for (arm,
 * watch), or where it is now (attach).  Processes are meant by pidfd (pidfd_open(2)), which no
 * reuse of numbers and no PID namespace confuses, or by the namespace or cgroup they are in.
 *
 * A task belongs to one recording of an instance.  Whoever meets tasks that another recording has
 * gets -EBUSY; in an engine opened alone there is no other.
 */
#include "snug_abi.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_err;
struct snug_target;

/* The process behind @pidfd (one thread, a child of ours) joins with its next successful execve(2);
 * what it does before is not recorded.  The execve itself counts as made, once it has succeeded. */
int snug_target_arm(struct snug_target *t, int pidfd, struct snug_err *err);

/* The same for any process, with as many threads as it likes: whichever of them executes a program
 * is what joins.  Threads that it creates meanwhile are armed too, child processes are not.  When
 * it dies before it executes anything, the target has ended (snug_target_n_tasks() is 0). -ESRCH
 * when it has ended, -EBUSY. */
int snug_target_arm_process(struct snug_target *t, int pidfd, struct snug_err *err);

/*
 * Tasks that run already join where they are; their calls are recorded from then on.
 * Of _tree: the process behind @pidfd and all its descendants, as the main side.  Of _mntns: every
 * process in that mount namespace that has not joined yet, as the entered side.  Of _cgroup: every
 * process in the cgroup and in those below it, as the main side; @cgroup is from
 * snug_cgroup_find().
 *
 * All tasks are looked through until a round finds nobody new, so what they fork meanwhile is met.
 * What slips through is a chain of processes each of which forks and ends within a round; and
 * what a runtime is just bringing into the mount namespace counts as entered before its exec.
 * In a PID namespace, tasks outside of it are not met.
 * -ESRCH when there was nobody to join (not of _cgroup, and _mntns), -EBUSY after those that could
 * have joined.
 */
int snug_target_attach_tree(struct snug_target *t, int pidfd, struct snug_err *err);
int snug_target_attach_mntns(struct snug_target *t, uint32_t inum, struct snug_err *err);
int snug_target_attach_cgroup(struct snug_target *t, const struct snug_group *cgroup,
			      struct snug_err *err);

/*
 * What is executed in the mount namespace with this inode number by a task that has not joined,
 * joins as the entered side: `podman exec`, nsenter(1), health checks.  What the runtime does in
 * there before that exec is not recorded; nor is anything as long as an armed process of this
 * target has not executed its program (these are the runtime's hooks).  Ends with the target's last
 * task: the number may be used again after that. -EINVAL for a namespace that snug itself or
 * process 1 lives in, -EBUSY when it is watched.
 */
int snug_target_watch_mntns(struct snug_target *t, uint32_t inum, struct snug_err *err);
/* What is executed in the cgroup, or in one below it, joins as the main side; with a tree of
 * version 1, and when it moved there after its last exec, it is met within a tenth of a second, by
 * snug_target_dispatch(). */
int snug_target_watch_cgroup(struct snug_target *t, const struct snug_group *cgroup,
			     struct snug_err *err);

/* Every process whose name (task comm, cut to 15 bytes) is @comm joins: those that run, and those
 * that are executed from now on, in every namespace.  The engine must have been opened alone.  In
 * a PID namespace of its own, snug cannot tell the kernel which tasks run already: then
 * *ret_no_running is set, and only those executed from now on join. */
int snug_target_add_comm(struct snug_target *t, const char *comm, bool *ret_no_running,
			 struct snug_err *err);
