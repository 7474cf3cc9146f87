/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/engine-internal.h"
#include "trace/probe.h"

#include <errno.h>
#include <unistd.h>

#include "recorder.lskel.h"

static int take(int *fd)
{
	return snug_steal_fd(fd);
}

/* All but snug_sys_exit. */
static int attach(struct snug_recorder_light *obj)
{
	int (*const one[])(struct snug_recorder_light *) = {
		snug_recorder_light__snug_sys_enter__attach, snug_recorder_light__snug_fork__attach,
		snug_recorder_light__snug_exec__attach,      snug_recorder_light__snug_exit__attach,
		snug_recorder_light__snug_signal__attach,    snug_recorder_light__snug_scan__attach,
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(one) && r >= 0; i++)
		r = one[i](obj);
	return r;
}

int snug_engine_load_light(struct snug_engine *e, uint64_t build_id)
{
	struct snug_recorder_light *obj;
	int r;

	if (snug_probe_is_disabled("light"))
		return -EOPNOTSUPP;
	obj = snug_recorder_light__open();
	if (!obj)
		return errno ? -errno : -ENOMEM;
	obj->rodata->snug_build_id = build_id;
	r = snug_recorder_light__load(obj);
	if (r == 0)
		r = attach(obj);
	if (r >= 0) {
		e->progs[SNUG_PROG_SYS_ENTER] = take(&obj->progs.snug_sys_enter.prog_fd);
		e->progs[SNUG_PROG_FORK] = take(&obj->progs.snug_fork.prog_fd);
		e->progs[SNUG_PROG_EXEC] = take(&obj->progs.snug_exec.prog_fd);
		e->progs[SNUG_PROG_EXIT] = take(&obj->progs.snug_exit.prog_fd);
		e->progs[SNUG_PROG_SCAN] = take(&obj->progs.snug_scan.prog_fd);
		e->links[SNUG_PROG_SYS_ENTER] = take(&obj->links.snug_sys_enter_fd);
		e->links[SNUG_PROG_FORK] = take(&obj->links.snug_fork_fd);
		e->links[SNUG_PROG_EXEC] = take(&obj->links.snug_exec_fd);
		e->links[SNUG_PROG_EXIT] = take(&obj->links.snug_exit_fd);
		e->links[SNUG_PROG_SCAN] = take(&obj->links.snug_scan_fd);
		e->progs[SNUG_PROG_SIGNAL] = take(&obj->progs.snug_signal.prog_fd);
		e->links[SNUG_PROG_SIGNAL] = take(&obj->links.snug_signal_fd);
		e->exit_prog = take(&obj->progs.snug_sys_exit.prog_fd);
		e->slots_fd = take(&obj->maps.snug_slots.map_fd);
		e->rings_fd = take(&obj->maps.snug_rings.map_fd);
		e->odd_fd = take(&obj->maps.snug_odd.map_fd);
		e->denied_fd = take(&obj->maps.snug_denied.map_fd);
		e->pending_fd = take(&obj->maps.snug_pending.map_fd);
		e->names_fd = take(&obj->maps.snug_names.map_fd);
		e->watches_fd = take(&obj->maps.snug_watches.map_fd);
		e->tasks_fd = take(&obj->maps.snug_tasks.map_fd);
		e->args_fd = take(&obj->maps.snug_args.map_fd);
		e->bss_fd = take(&obj->maps.bss.map_fd);
	}
	snug_recorder_light__destroy(obj);
	return r < 0 ? r : 0;
}
