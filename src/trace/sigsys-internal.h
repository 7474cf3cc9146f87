/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The two ways to load the SIGSYS programs, as engine-internal.h has them for the recorder. */
#include "base/mem.h"

struct snug_err;

struct snug_sigsys_fds {
	int who_am_i; /* program, to be run once */
	int watcher;  /* program, attached by the caller after that */
	int ring;
};

/* Light: inside the kernel, Linux 5.17.  Negative errno without words. */
int snug_sigsys_load_light(struct snug_sigsys_fds *ret);
/* Full: libbpf in user space. */
int snug_sigsys_load_full(struct snug_sigsys_fds *ret, struct snug_err *err);
