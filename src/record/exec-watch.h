/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Which execve(2) succeeded, learnt from calls before and after it. */
#include "base/mem.h"
#include "notify/task.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_listener;
struct snug_notice;

struct snug_exec_try {
	uint32_t tid, tgid;
	uint64_t time_ns;
	uint32_t abi; /* enum snug_bpf_abi */
	struct snug_task_image before;
	uint64_t address; /* of @path, in the image before */
	char *path;
};

/* Those whose outcome is not known. */
struct snug_exec_watch {
	VEC(struct snug_exec_try) tries;
	uint64_t n_lost; /* beyond SNUG_LIMIT_NOTIFY_EXECS at the same time */
};
void snug_exec_watch_done(struct snug_exec_watch *w);
void snug_exec_try_done(struct snug_exec_try *t);

/* The task of @n, of process @tgid, is about to execute @path, which is taken over and was read
 * from
 * @address. */
void snug_exec_watch_add(struct snug_exec_watch *w, const struct snug_listener *l,
			 const struct snug_notice *n, uint32_t tgid, char *path, uint64_t address);
/* A call of the task of @n: true when it tells that an exec succeeded, which goes to *ret
 * (snug_exec_try_done()). */
bool snug_exec_watch_settle(struct snug_exec_watch *w, const struct snug_listener *l,
			    const struct snug_notice *n, struct snug_exec_try *ret);
/* What is left when nobody makes calls any more did succeed: who fails to execute something makes
 * another call. */
bool snug_exec_watch_take(struct snug_exec_watch *w, struct snug_exec_try *ret);
/* The name that the kernel gives a task that executes @path (fs/exec.c). */
void snug_exec_comm(const char *path, char ret[16]);
