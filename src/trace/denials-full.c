/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/fdio.h"
#include "snug_abi.h"
#include "trace/denials-internal.h"
#include "trace/probe.h"

#include <bpf/libbpf.h>
#include <errno.h>

#include "denials.skel.h"

/* denials.c reads it without the skeleton's types */
_Static_assert(sizeof(*((struct snug_denials_bpf *)0)->bss) == sizeof(struct snug_denial_totals),
	       "the totals are all of .bss");

static void object_freep(struct snug_denials_bpf **obj)
{
	if (*obj)
		snug_denials_bpf__destroy(*obj);
}

int snug_denials_load_full(struct snug_denials_fds *ret, struct snug_err *err)
{
	CLEANUP(object_freep) struct snug_denials_bpf *obj = snug_denials_bpf__open();
	int r;

	if (!obj)
		return snug_err_errno(err, "cannot open the embedded BPF object");
	r = snug_denials_bpf__load(obj);
	if (r < 0)
		return snug_probe_explain_bpf(r, err);
	ret->progs[SNUG_WATCH_ENTER] = snug_dup_fd(bpf_program__fd(obj->progs.snug_watch_enter));
	ret->progs[SNUG_WATCH_EXIT] = snug_dup_fd(bpf_program__fd(obj->progs.snug_watch_exit));
	ret->progs[SNUG_WATCH_SIGNAL] = snug_dup_fd(bpf_program__fd(obj->progs.snug_watch_signal));
	ret->progs[SNUG_WATCH_END] = snug_dup_fd(bpf_program__fd(obj->progs.snug_watch_end));
	ret->counts = snug_dup_fd(bpf_map__fd(obj->maps.snug_counts));
	ret->ring = snug_dup_fd(bpf_map__fd(obj->maps.snug_denial_ring));
	ret->bss = snug_dup_fd(bpf_map__fd(obj->maps.bss));
	return 0;
}
