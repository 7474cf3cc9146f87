/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who joins a target.
 *
 * Tasks that run already are met by the iterator snug_scan: it runs inside our read(2), sees every
 * task of our PID namespace, and lets those join that the order in our slot describes.  A process
 * is pointed at by a mark that user space puts on its leader through a pidfd; the kernel side finds
 * its threads and descendants from there.  While we look, the target holds one task too many, so
 * that it cannot end before it is whole.
 */
#include "trace/join.h"

#include "base/clock.h"
#include "base/err.h"
#include "trace/engine-internal.h"
#include "trace/engine.h"
#include "trace/probe.h"
#include "trace/target-internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 64, RESCAN_US = 100000 };

/* One look at all tasks. */
static int scan_once(struct snug_target *t)
{
	CLEANUP(closep) int fd = bpf_iter_create(t->engine->links[SNUG_PROG_SCAN]);
	char nothing[64];
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, nothing, sizeof(nothing));
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	return n < 0 ? -errno : 0;
}

/* Lets everybody join that @order describes, until a round finds nobody new. */
static int scan(struct snug_target *t, const struct snug_scan *order, struct snug_err *err)
{
	struct snug_scan *mine = &t->slot->scan;
	uint32_t added = 0;
	int r;

	*mine = *order;
	for (int i = 0; i < MAX_ROUNDS; i++) {
		added = mine->added;
		mine->taken = 0;
		r = scan_once(t);
		if (r < 0)
			return snug_err_set(err, r, "cannot look through the running processes: %s",
					    strerror(-r));
		if (mine->added == added)
			break;
	}
	/* who forks faster than we look is not lost in silence */
	if (mine->added != added)
		__atomic_add_fetch(&t->slot->lost_tasks, 1, __ATOMIC_RELAXED);
	if (mine->taken)
		return snug_err_set(err, -EBUSY, "another recording has %u of these threads",
				    mine->taken);
	return 0;
}

static void hold(struct snug_target *t)
{
	__atomic_add_fetch(&t->slot->tasks, 1, __ATOMIC_SEQ_CST);
}

static void release(struct snug_target *t)
{
	__u64 none = 0;

	if (__atomic_sub_fetch(&t->slot->tasks, 1, __ATOMIC_SEQ_CST) == 0 && t->slot->is_finite)
		(void)__atomic_compare_exchange_n(&t->slot->tasks, &none, SNUG_TASKS_ENDED, false,
						  __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static bool has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

/* Puts the mark on the process' leader that a scan starts from. */
static int pick(struct snug_target *t, int pidfd, struct snug_err *err)
{
	struct snug_mark has, mark = t->mark;
	int fd = t->engine->tasks_fd;

	mark.role = SNUG_ROLE_PICKED;
	if (bpf_map_lookup_elem(fd, &pidfd, &has) == 0) {
		if (snug_mark_is_of(t, &has) && has.role != SNUG_ROLE_OWNER)
			return 0;
		if (!snug_mark_is_stale(t, &has))
			return snug_err_set(err, -EBUSY,
					    has.role == SNUG_ROLE_OWNER
						    ? "the process is a recorder itself"
						    : "another recording has the process");
	}
	if (has_ended(pidfd))
		return snug_err_set(err, -ESRCH, "the process has ended");
	if (bpf_map_update_elem(fd, &pidfd, &mark, BPF_ANY) == 0)
		return 0;
	if (errno == ESRCH || errno == ENOENT)
		return snug_err_set(err, -ESRCH, "the process has ended");
	return snug_err_errno(err, "cannot mark the process");
}

static int scan_picked(struct snug_target *t, int pidfd, const struct snug_scan *order,
		       struct snug_err *err)
{
	int r;

	t->slot->is_finite = 1;
	hold(t);
	r = pick(t, pidfd, err);
	if (r == 0)
		r = scan(t, order, err);
	if (r == 0 && !t->slot->scan.added)
		r = snug_err_set(err, -ESRCH, "the process has ended");
	release(t);
	return r;
}

int snug_target_arm(struct snug_target *t, int pidfd, struct snug_err *err)
{
	struct snug_mark mark = t->mark;

	mark.role = SNUG_ROLE_ARMED;
	mark.counted = 1;
	t->slot->is_finite = t->slot->is_waiting = 1;
	hold(t);
	if (bpf_map_update_elem(t->engine->tasks_fd, &pidfd, &mark, BPF_ANY) == 0)
		return 0;
	release(t);
	return snug_err_errno(err, "cannot mark the command's process");
}

int snug_target_arm_process(struct snug_target *t, int pidfd, struct snug_err *err)
{
	const struct snug_scan order = { .group.kind = SNUG_GROUP_PROCESS,
					 .role = SNUG_ROLE_ARMED };

	t->slot->is_waiting = 1;
	return scan_picked(t, pidfd, &order, err);
}

int snug_target_attach_tree(struct snug_target *t, int pidfd, struct snug_err *err)
{
	const struct snug_scan order = { .group.kind = SNUG_GROUP_TREE, .role = SNUG_ROLE_MEMBER };

	return scan_picked(t, pidfd, &order, err);
}

/* Whether the host, or what we run in, is in this namespace: then everything would join. */
static bool is_mntns_of_host(uint32_t inum)
{
	struct stat st;

	return (stat("/proc/self/ns/mnt", &st) == 0 && st.st_ino == inum) ||
	       (stat("/proc/1/ns/mnt", &st) == 0 && st.st_ino == inum);
}

static int check_mntns(uint32_t inum, struct snug_err *err)
{
	if (!is_mntns_of_host(inum))
		return 0;
	return snug_err_set(err, -EINVAL,
			    "mount namespace %u is that of the host: everything would be recorded",
			    inum);
}

int snug_target_attach_mntns(struct snug_target *t, uint32_t inum, struct snug_err *err)
{
	const struct snug_scan order = { .group = { .kind = SNUG_GROUP_MNTNS, .id = inum },
					 .role = SNUG_ROLE_MEMBER,
					 .side = SNUG_SIDE_ENTERED };
	int r;

	r = check_mntns(inum, err);
	if (r < 0)
		return r;
	hold(t);
	r = scan(t, &order, err);
	release(t);
	return r;
}

static int scan_cgroup(struct snug_target *t, const struct snug_group *cgroup, struct snug_err *err)
{
	const struct snug_scan order = { .group = *cgroup, .role = SNUG_ROLE_MEMBER };

	t->scanned_us = snug_clock_us(CLOCK_MONOTONIC);
	return scan(t, &order, err);
}

int snug_target_attach_cgroup(struct snug_target *t, const struct snug_group *cgroup,
			      struct snug_err *err)
{
	return scan_cgroup(t, cgroup, err);
}

void snug_target_rescan(struct snug_target *t)
{
	if (snug_clock_us(CLOCK_MONOTONIC) - t->scanned_us < RESCAN_US)
		return;
	VEC_FOREACH (w, &t->watches) {
		/* what another recording has, the first scan has told of */
		if (w->kind == SNUG_GROUP_CGROUP)
			(void)scan_cgroup(t, w, NULL);
	}
}

static uint64_t *n_watches(struct snug_target *t, uint32_t kind)
{
	struct snug_shared_counters *c = t->engine->counters;

	return kind == SNUG_GROUP_MNTNS ? &c->n_mntns : &c->n_cgroups;
}

/* Puts @mark into the map; in place of one that a killed recorder has left since we have begun. */
static int put_watch(struct snug_target *t, const struct snug_group *group,
		     const struct snug_mark *mark)
{
	int fd = t->engine->watches_fd;
	struct snug_mark has;

	if (bpf_map_update_elem(fd, group, mark, BPF_NOEXIST) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (bpf_map_lookup_elem(fd, group, &has) == 0 && !snug_mark_is_stale(t, &has))
		return -EEXIST;
	snug_target_sweep(t, false);
	return bpf_map_update_elem(fd, group, mark, BPF_NOEXIST) < 0 ? -errno : 0;
}

/* Counted before they are there and after they are gone: a recorder that is killed in between costs
 * others a look-up, and not a newcomer. */
static int watch(struct snug_target *t, const struct snug_group *group, uint32_t side,
		 struct snug_err *err)
{
	struct snug_mark mark = t->mark;
	uint64_t *n = n_watches(t, group->kind);
	int r;

	mark.side = (uint16_t)side;
	__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
	r = put_watch(t, group, &mark);
	if (r == 0) {
		*VEC_PUSH(&t->watches) = *group;
		return 0;
	}
	__atomic_sub_fetch(n, 1, __ATOMIC_SEQ_CST);
	if (r == -EEXIST)
		return snug_err_set(err, -EBUSY, "another recording watches the same %s",
				    group->kind == SNUG_GROUP_MNTNS ? "mount namespace" : "cgroup");
	return snug_err_set(err, r, "cannot watch for programs that come later: %s", strerror(-r));
}

int snug_target_watch_mntns(struct snug_target *t, uint32_t inum, struct snug_err *err)
{
	const struct snug_group group = { .kind = SNUG_GROUP_MNTNS, .id = inum };
	int r;

	r = check_mntns(inum, err);
	return r < 0 ? r : watch(t, &group, SNUG_SIDE_ENTERED, err);
}

int snug_target_watch_cgroup(struct snug_target *t, const struct snug_group *cgroup,
			     struct snug_err *err)
{
	return watch(t, cgroup, SNUG_SIDE_MAIN, err);
}

/* Takes out of the map @fd, whose keys have @key_size bytes, what the mark says shall go.  Calls
 * @on_gone for each. */
static void sweep(struct snug_target *t, int fd, size_t key_size, bool ours,
		  void (*on_gone)(struct snug_target *t, const void *key))
{
	unsigned char key[sizeof(struct snug_group)], next[sizeof(key)];
	struct snug_mark mark;
	void *prev = NULL;

	snug_bug_on(key_size > sizeof(key));
	while (bpf_map_get_next_key(fd, prev, next) == 0) {
		if (bpf_map_lookup_elem(fd, next, &mark) == 0 &&
		    (ours ? snug_mark_is_of(t, &mark) : snug_mark_is_stale(t, &mark)) &&
		    bpf_map_delete_elem(fd, next) == 0) {
			on_gone(t, next);
			continue; /* the walk goes on from the same predecessor */
		}
		memcpy(key, next, key_size);
		prev = key;
	}
}

static void one_pending_less(struct snug_target *t, const void *key)
{
	(void)key;
	__atomic_sub_fetch(&t->engine->counters->n_pending, 1, __ATOMIC_SEQ_CST);
}

static void one_watch_less(struct snug_target *t, const void *key)
{
	const struct snug_group *group = key;

	__atomic_sub_fetch(n_watches(t, group->kind), 1, __ATOMIC_SEQ_CST);
}

void snug_target_sweep(struct snug_target *t, bool ours)
{
	const struct snug_shared_counters *c = t->engine->counters;

	if (__atomic_load_n(&c->n_pending, __ATOMIC_SEQ_CST))
		sweep(t, t->engine->pending_fd, sizeof(uint32_t), ours, one_pending_less);
	if (__atomic_load_n(&c->n_mntns, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&c->n_cgroups, __ATOMIC_SEQ_CST))
		sweep(t, t->engine->watches_fd, sizeof(struct snug_group), ours, one_watch_less);
	if (!ours)
		return;
	VEC_DONE(&t->watches);
	if (t->has_name && bpf_map_delete_elem(t->engine->names_fd, &t->name) == 0)
		__atomic_sub_fetch(&t->engine->counters->n_names, 1, __ATOMIC_SEQ_CST);
	t->has_name = false;
}

int snug_target_add_comm(struct snug_target *t, const char *comm, bool *ret_no_running,
			 struct snug_err *err)
{
	struct snug_scan order = { .group.kind = SNUG_GROUP_COMM, .role = SNUG_ROLE_MEMBER };
	int r = 0;

	memset(&t->name, 0, sizeof(t->name));
	memcpy(t->name.comm, comm, strnlen(comm, SNUG_COMM_LEN - 1));
	memcpy(order.comm, t->name.comm, sizeof(order.comm));
	if (bpf_map_update_elem(t->engine->names_fd, &t->name, &t->mark, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot wait for programs named '%s'", t->name.comm);
	t->has_name = true;
	__atomic_add_fetch(&t->engine->counters->n_names, 1, __ATOMIC_SEQ_CST);
	/* the iterator sees the tasks of our PID namespace only */
	*ret_no_running = !snug_probe_is_host_pid_namespace();
	if (!*ret_no_running)
		r = scan(t, &order, err);
	return r;
}
