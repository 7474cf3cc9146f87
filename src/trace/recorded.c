/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorded task carries a mark in each instance that records it (engine.h).  The instances are
 * found through their exec program, which uses both maps that matter here: the marks and the slots,
 * which say whether a mark is of a recording that still lives.
 */
#include "trace/recorded.h"

#include "base/err.h"
#include "snug_abi.h"
#include "trace/probe.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct instance {
	int tasks_fd, slots_fd;
};

struct snug_recorders {
	VEC(struct instance) all;
};

static void instance_done(struct instance *i)
{
	closep(&i->tasks_fd);
	closep(&i->slots_fd);
}

struct snug_recorders *snug_recorders_free(struct snug_recorders *r)
{
	if (!r)
		return NULL;
	VEC_FOREACH (i, &r->all)
		instance_done(i);
	VEC_DONE(&r->all);
	free(r);
	return NULL;
}

static bool has_form(const struct bpf_map_info *info, const char *name, size_t value_size)
{
	return strcmp(info->name, name) == 0 && info->value_size == value_size;
}

static void take_map(struct instance *i, uint32_t id)
{
	CLEANUP(closep) int fd = bpf_map_get_fd_by_id(id);
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return;
	if (i->tasks_fd < 0 && has_form(&info, "snug_tasks", sizeof(struct snug_mark)))
		i->tasks_fd = snug_steal_fd(&fd);
	else if (i->slots_fd < 0 && has_form(&info, "snug_slots", sizeof(struct snug_slot)))
		i->slots_fd = snug_steal_fd(&fd);
}

/* Takes the maps of the program when it is an instance's. */
static void look_at_prog(struct snug_recorders *r, uint32_t id)
{
	CLEANUP(closep) int fd = bpf_prog_get_fd_by_id(id);
	CLEANUP(instance_done) struct instance i = { -EBADF, -EBADF };
	uint32_t ids[16];
	struct bpf_prog_info info = { .nr_map_ids = ARRAY_SIZE(ids), .map_ids = (uintptr_t)ids };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return;
	if (strcmp(info.name, "snug_exec") != 0 || info.created_by_uid != 0)
		return;
	for (uint32_t n = 0; n < info.nr_map_ids && n < ARRAY_SIZE(ids); n++)
		take_map(&i, ids[n]);
	if (i.tasks_fd < 0 || i.slots_fd < 0)
		return;
	*VEC_PUSH(&r->all) = (struct instance){ .tasks_fd = snug_steal_fd(&i.tasks_fd),
						.slots_fd = snug_steal_fd(&i.slots_fd) };
}

int snug_recorders_find(struct snug_recorders **ret, struct snug_err *err)
{
	CLEANUP(snug_recorders_freep) struct snug_recorders *r = xcalloc(1, sizeof(*r));
	uint32_t id = 0;

	snug_probe_quiet_libbpf();
	while (bpf_prog_get_next_id(id, &id) == 0)
		look_at_prog(r, id);
	/* the end of the walk is -ENOENT */
	if (errno != ENOENT)
		return snug_err_errno(err, "cannot look for recorders");
	*ret = STEAL(r);
	return 0;
}

static bool is_marked(const struct instance *i, int pidfd)
{
	struct snug_slot slot;
	struct snug_mark mark;

	if (bpf_map_lookup_elem(i->tasks_fd, &pidfd, &mark) < 0 ||
	    (mark.role != SNUG_ROLE_MEMBER && mark.role != SNUG_ROLE_ARMED))
		return false;
	return bpf_map_lookup_elem(i->slots_fd, &mark.slot, &slot) == 0 &&
	       slot.state != SNUG_SLOT_FREE && slot.gen == mark.gen;
}

bool snug_recorders_has(const struct snug_recorders *r, pid_t pid)
{
	CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return false;
	VEC_FOREACH (i, &r->all)
		if (is_marked(i, pidfd))
			return true;
	return false;
}
