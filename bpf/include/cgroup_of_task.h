/* SPDX-License-Identifier: Dual BSD/GPL */
#pragma once
/* Where a task is in the trees of cgroups, of version 1 and 2. */
#include <linux/bpf.h>

#include "snug_abi.h"
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

enum { MAX_CGROUP_DEPTH = 32, MAX_CONTROLLERS = 16 };

/* Where @set is in the tree of the @i-th controller; NULL when the kernel has no such one. */
static __always_inline const struct cgroup *cgroup_of_controller(const struct css_set *set, __u32 i)
{
	const struct cgroup_subsys_state *css = NULL;

	if (i * sizeof(css) >= bpf_core_field_size(set->subsys))
		return NULL;
	(void)bpf_core_read(&css, sizeof(css), &set->subsys[i]);
	return css ? BPF_CORE_READ(css, cgroup) : NULL;
}

/* The cgroup of @task in the tree @hierarchy. */
static __always_inline const struct cgroup *cgroup_of(const struct task_struct *task,
						      __u32 hierarchy)
{
	const struct css_set *set = BPF_CORE_READ(task, cgroups);

	if (!hierarchy)
		return BPF_CORE_READ(set, dfl_cgrp);
	for (__u32 i = 0; i < MAX_CONTROLLERS; i++) {
		const struct cgroup *cgroup = cgroup_of_controller(set, i);

		if (cgroup && (__u32)BPF_CORE_READ(cgroup, root, hierarchy_id) == hierarchy)
			return cgroup;
	}
	return NULL;
}

static __always_inline const struct cgroup *cgroup_above(const struct cgroup *cgroup)
{
	return BPF_CORE_READ(cgroup, self.parent, cgroup);
}
