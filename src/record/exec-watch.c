/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A supervisor sees calls before they are made, never what came of them.  After an exec, whoever
 * made it goes on under the process' id, in another image: then it has succeeded; when it goes on
 * under its own id in the same image, it has failed.  Until the exec has ended its other threads,
 * they make calls, too, which tell nothing.
 */
#include "record/exec-watch.h"

#include "base/limits.h"
#include "notify/listener.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void snug_exec_try_done(struct snug_exec_try *t)
{
	free(t->path);
	t->path = NULL;
}

void snug_exec_watch_done(struct snug_exec_watch *w)
{
	VEC_FOREACH (t, &w->tries)
		snug_exec_try_done(t);
	VEC_DONE(&w->tries);
}

static void take(struct snug_exec_watch *w, size_t i, struct snug_exec_try *ret)
{
	*ret = w->tries.items[i];
	VEC_REMOVE(&w->tries, i);
}

static void drop(struct snug_exec_watch *w, size_t i)
{
	struct snug_exec_try t;

	take(w, i, &t);
	snug_exec_try_done(&t);
}

void snug_exec_watch_add(struct snug_exec_watch *w, const struct snug_listener *l,
			 const struct snug_notice *n, uint32_t tgid, char *path, uint64_t address)
{
	struct snug_exec_try *t;

	/* who was killed in the middle of it stays here */
	if (w->tries.len == SNUG_LIMIT_NOTIFY_EXECS) {
		drop(w, 0);
		w->n_lost++;
	}
	t = VEC_PUSH(&w->tries);
	t->tid = n->pid;
	t->tgid = tgid;
	t->path = path;
	t->address = address;
	snug_task_image(l, n, &t->before);
}

void snug_exec_comm(const char *path, char ret[16])
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(ret, 16, "%s", slash ? slash + 1 : path);
}

/* Whether memory that it had is none now.  The next best without /proc: a failed exec leaves memory
 * as it was, and a new image rarely has some at the place that the old one's path was at. */
static bool has_lost_memory(const struct snug_exec_try *t, const struct snug_listener *l,
			    const struct snug_notice *n)
{
	char byte;

	return *t->path && snug_listener_read(l, n, t->address, &byte, 1) == -EFAULT;
}

/* Where nobody may look into it, its name and size have to do: a daemon that gave up root, for
 * whoever lacks CAP_SYS_PTRACE. */
static bool looks_new(const struct snug_exec_try *t, const struct snug_task_image *now,
		      const struct snug_listener *l, const struct snug_notice *n)
{
	char comm[16], expected[16];

	snug_listener_comm(l, n, comm);
	snug_exec_comm(t->path, expected);
	if (*comm && strcmp(comm, expected) == 0)
		return true;
	if (t->before.n_pages && now->n_pages)
		return now->n_pages != t->before.n_pages;
	return has_lost_memory(t, l, n);
}

enum outcome {
	UNKNOWN,
	SUCCEEDED,
	FAILED,
};

static enum outcome outcome(const struct snug_exec_try *t, const struct snug_listener *l,
			    const struct snug_notice *n)
{
	struct snug_task_image now;

	if (n->pid == t->tgid) {
		snug_task_image(l, n, &now);
		if (now.is_known != t->before.is_known ||
		    (now.is_known && (now.address != t->before.address ||
				      memcmp(now.random, t->before.random, sizeof(now.random)))))
			return SUCCEEDED;
		if (!now.is_known && looks_new(t, &now, l, n))
			return SUCCEEDED;
	}
	return n->pid == t->tid ? FAILED : UNKNOWN;
}

bool snug_exec_watch_settle(struct snug_exec_watch *w, const struct snug_listener *l,
			    const struct snug_notice *n, struct snug_exec_try *ret)
{
	for (size_t i = 0; i < w->tries.len; i++) {
		const struct snug_exec_try *t = &w->tries.items[i];

		if (n->pid != t->tid && n->pid != t->tgid)
			continue;
		switch (outcome(t, l, n)) {
		case SUCCEEDED:
			take(w, i, ret);
			return true;
		case FAILED:
			drop(w, i--);
			break;
		case UNKNOWN:
			break;
		}
	}
	return false;
}

bool snug_exec_watch_take(struct snug_exec_watch *w, struct snug_exec_try *ret)
{
	if (!w->tries.len)
		return false;
	take(w, 0, ret);
	return true;
}
