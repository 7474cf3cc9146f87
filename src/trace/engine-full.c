/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/fdio.h"
#include "trace/engine-internal.h"
#include "trace/probe.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>

#include "recorder.skel.h"

/* engine.c reads these maps without the skeleton's types */
_Static_assert(sizeof(((struct snug_recorder_bpf *)0)->rodata->snug_build_id) == sizeof(uint64_t),
	       "the build id is all of .rodata");
_Static_assert(sizeof(*((struct snug_recorder_bpf *)0)->bss) == sizeof(struct snug_shared_counters),
	       "the counters are all of .bss");

#define SAME_PLACE(counter)                                                                        \
	_Static_assert(offsetof(__typeof__(*((struct snug_recorder_bpf *)0)->bss), counter) ==     \
			       offsetof(struct snug_shared_counters, counter),                     \
		       #counter " lies where the kernel side has it")
SAME_PLACE(n_pending);
SAME_PLACE(n_names);
SAME_PLACE(n_mntns);
SAME_PLACE(n_cgroups);
SAME_PLACE(exit_is_on);
SAME_PLACE(exit_lock);
SAME_PLACE(exit_prog_id);
SAME_PLACE(arg_bits);

const void *snug_engine_object_bytes(size_t *ret_len)
{
	return snug_recorder_bpf__elf_bytes(ret_len);
}

static void object_freep(struct snug_recorder_bpf **obj)
{
	if (*obj)
		snug_recorder_bpf__destroy(*obj);
}

/* The object is only scaffolding: descriptors are what is kept. */
static void keep_all(struct snug_engine *e, const struct snug_recorder_bpf *obj)
{
	const struct {
		struct bpf_program *prog;
		struct bpf_link *link;
	} parts[SNUG_N_PROGS] = {
		{ obj->progs.snug_sys_enter, obj->links.snug_sys_enter },
		{ obj->progs.snug_fork, obj->links.snug_fork },
		{ obj->progs.snug_exec, obj->links.snug_exec },
		{ obj->progs.snug_exit, obj->links.snug_exit },
		{ obj->progs.snug_signal, obj->links.snug_signal },
		{ obj->progs.snug_scan, obj->links.snug_scan },
	};

	for (int i = 0; i < SNUG_N_PROGS; i++) {
		e->progs[i] = snug_dup_fd(bpf_program__fd(parts[i].prog));
		e->links[i] = snug_dup_fd(bpf_link__fd(parts[i].link));
	}
	e->exit_prog = snug_dup_fd(bpf_program__fd(obj->progs.snug_sys_exit));
	e->slots_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_slots));
	e->rings_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_rings));
	e->odd_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_odd));
	e->denied_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_denied));
	e->pending_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_pending));
	e->names_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_names));
	e->watches_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_watches));
	e->tasks_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_tasks));
	e->args_fd = snug_dup_fd(bpf_map__fd(obj->maps.snug_args));
	e->bss_fd = snug_dup_fd(bpf_map__fd(obj->maps.bss));
}

int snug_engine_load_full(struct snug_engine *e, uint64_t build_id, struct snug_err *err)
{
	CLEANUP(object_freep) struct snug_recorder_bpf *obj = NULL;
	int r;

	obj = snug_recorder_bpf__open();
	if (!obj)
		return snug_err_errno(err, "cannot open the embedded BPF object");
	obj->rodata->snug_build_id = build_id;
	bpf_program__set_autoattach(obj->progs.snug_sys_exit, false);
	r = snug_recorder_bpf__load(obj);
	if (r == 0)
		r = snug_recorder_bpf__attach(obj);
	if (r < 0)
		return snug_probe_explain_bpf(r, err);
	keep_all(e, obj);
	return 0;
}
