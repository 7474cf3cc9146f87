/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/who-options.h"

#include "audit/filter.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"

#include <errno.h>

void who_options_done(struct who_options *o)
{
	snug_list_done(&o->comms);
	snug_list_done(&o->exes);
	snug_list_done(&o->pids);
	snug_list_done(&o->containers);
}

int who_options_fill(const struct who_options *o, struct who_pids *pids,
		     struct snug_audit_filter *filter, struct snug_err *err)
{
	for (size_t i = 0; i < o->pids.len; i++) {
		uint64_t pid;

		if (snug_parse_u64(o->pids.items[i], INT32_MAX, &pid) < 0)
			return snug_err_set(err, -EINVAL, "--pid: '%s' is no process id",
					    o->pids.items[i]);
		*VEC_PUSH(pids) = (uint32_t)pid;
	}
	filter->pids = pids->items;
	filter->n_pids = pids->len;
	filter->comms = o->comms.is_set ? o->comms.items : NULL;
	filter->exes = o->exes.is_set ? o->exes.items : NULL;
	filter->containers = o->containers.is_set ? o->containers.items : NULL;
	return 0;
}
