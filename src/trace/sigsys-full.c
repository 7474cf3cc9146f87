/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/fdio.h"
#include "trace/probe.h"
#include "trace/sigsys-internal.h"

#include <bpf/libbpf.h>
#include <errno.h>

#include "sigsys.skel.h"

static void object_freep(struct snug_sigsys_bpf **obj)
{
	if (*obj)
		snug_sigsys_bpf__destroy(*obj);
}

int snug_sigsys_load_full(struct snug_sigsys_fds *ret, struct snug_err *err)
{
	CLEANUP(object_freep) struct snug_sigsys_bpf *obj = snug_sigsys_bpf__open();
	int r;

	if (!obj)
		return snug_err_errno(err, "cannot open the embedded BPF object");
	r = snug_sigsys_bpf__load(obj);
	if (r < 0)
		return snug_probe_explain_bpf(r, err);
	ret->who_am_i = snug_dup_fd(bpf_program__fd(obj->progs.snug_who_am_i));
	ret->watcher = snug_dup_fd(bpf_program__fd(obj->progs.snug_sigsys));
	ret->ring = snug_dup_fd(bpf_map__fd(obj->maps.snug_sigsys_ring));
	return 0;
}
