/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/probe.h"
#include "trace/sigsys-internal.h"

#include <errno.h>
#include <unistd.h>

#include "sigsys.lskel.h"

int snug_sigsys_load_light(struct snug_sigsys_fds *ret)
{
	struct snug_sigsys_light *obj;
	int r;

	if (snug_probe_is_disabled("light"))
		return -EOPNOTSUPP;
	obj = snug_sigsys_light__open();
	if (!obj)
		return errno ? -errno : -ENOMEM;
	r = snug_sigsys_light__load(obj);
	if (r >= 0) {
		ret->who_am_i = snug_steal_fd(&obj->progs.snug_who_am_i.prog_fd);
		ret->watcher = snug_steal_fd(&obj->progs.snug_sigsys.prog_fd);
		ret->ring = snug_steal_fd(&obj->maps.snug_sigsys_ring.map_fd);
	}
	snug_sigsys_light__destroy(obj);
	return r < 0 ? r : 0;
}
