/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The two ways to load the programs that watch denials, as engine-internal.h has them for the
 * recorder. */
#include "base/mem.h"

struct snug_err;

enum snug_watch_prog {
	SNUG_WATCH_ENTER, /* attached in this order */
	SNUG_WATCH_EXIT,
	SNUG_WATCH_SIGNAL,
	SNUG_WATCH_END,
	SNUG_N_WATCH_PROGS,
};

struct snug_denials_fds {
	int progs[SNUG_N_WATCH_PROGS];
	int counts, ring, bss;
};

/* Light: inside the kernel, Linux 5.17.  Negative errno without words. */
int snug_denials_load_light(struct snug_denials_fds *ret);
/* Full: libbpf in user space. */
int snug_denials_load_full(struct snug_denials_fds *ret, struct snug_err *err);
