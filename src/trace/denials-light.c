/* SPDX-License-Identifier: Apache-2.0 */
#include "snug_abi.h"
#include "trace/denials-internal.h"
#include "trace/probe.h"

#include <errno.h>
#include <unistd.h>

#include "denials.lskel.h"

int snug_denials_load_light(struct snug_denials_fds *ret)
{
	struct snug_denials_light *obj;
	int r;

	if (snug_probe_is_disabled("light"))
		return -EOPNOTSUPP;
	obj = snug_denials_light__open();
	if (!obj)
		return errno ? -errno : -ENOMEM;
	r = snug_denials_light__load(obj);
	if (r >= 0) {
		ret->progs[SNUG_WATCH_ENTER] = snug_steal_fd(&obj->progs.snug_watch_enter.prog_fd);
		ret->progs[SNUG_WATCH_EXIT] = snug_steal_fd(&obj->progs.snug_watch_exit.prog_fd);
		ret->progs[SNUG_WATCH_SIGNAL] =
			snug_steal_fd(&obj->progs.snug_watch_signal.prog_fd);
		ret->progs[SNUG_WATCH_END] = snug_steal_fd(&obj->progs.snug_watch_end.prog_fd);
		ret->counts = snug_steal_fd(&obj->maps.snug_counts.map_fd);
		ret->ring = snug_steal_fd(&obj->maps.snug_denial_ring.map_fd);
		ret->bss = snug_steal_fd(&obj->maps.bss.map_fd);
	}
	snug_denials_light__destroy(obj);
	return r < 0 ? r : 0;
}
