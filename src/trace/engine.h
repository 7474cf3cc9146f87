/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The BPF engine: programs that see which system calls the tasks of a target make.
 *
 * One instance of the programs serves the host: the first recorder loads it, the others find it
 * (bpf(2), BPF_LINK_GET_NEXT_ID) and hold it open as well, and the kernel unloads it with the last
 * one, however that one ends.  Nothing is pinned and no daemon is needed, so nothing is left
 * behind.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_denied_key;
struct snug_denied_value;
struct snug_err;
struct snug_news;

struct snug_engine;

/* Attaches to the host's instance, or loads one; with @alone, loads one that nobody else will find,
 * for a recording whose tasks may belong to other recordings too (a task has one mark an instance).
 * Needs CAP_BPF and CAP_PERFMON, or root; without CAP_SYS_ADMIN the instance is always one's own.
 * Errors: -EPERM and -EOPNOTSUPP name what is missing and the way out; within milliseconds. */
int snug_engine_open(bool alone, struct snug_engine **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_engine *snug_engine_free(struct snug_engine *e);
DEFINE_FREEP(struct snug_engine, snug_engine_freep, snug_engine_free)

/* One recording: a slot of the instance.  Freed by the kernel side too when this process dies. */
struct snug_target;

/* @e is borrowed and must outlive the target.  Belongs to the process that makes it, which can have
 * one of an engine: not to one that forks off after that.  Who joins it: join.h. */
int snug_target_new(struct snug_engine *e, struct snug_target **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
struct snug_target *snug_target_free(struct snug_target *t);
DEFINE_FREEP(struct snug_target, snug_target_freep, snug_target_free)

/* Readable when there are many news, or the target has ended; few news do not wake anyone. */
int snug_target_poll_fd(const struct snug_target *t);
/* Calls @fn for all news in the ring (bpf/include/snug_abi.h).  Returns their number or negative
 * errno.  Meets newcomers in watched cgroups, too: call it ten times a second. */
int snug_target_dispatch(struct snug_target *t,
			 void (*fn)(void *data, const struct snug_news *n, const char *exec_path),
			 void *data);
/* Threads of the target that live; 0 after it was armed or attached: the target has ended. */
uint64_t snug_target_n_tasks(const struct snug_target *t);
/* Whether a process is armed and has not executed its program. */
bool snug_target_is_waiting(const struct snug_target *t);
/* Ends the recording: what is made from now on is not noted. */
void snug_target_stop(struct snug_target *t);

/* Calls @fn for every call the target made: who did (enum snug_side), ABI (enum snug_bpf_abi) and
 * number. */
void snug_target_calls(const struct snug_target *t,
		       void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr),
		       void *data);

/*
 * Denials: what seccomp refuses the target.  Killing and trapping is noted all the time.  For calls
 * that get an errno a program must run at the exit of each call of the host, so that is for who
 * wants it: from here on, for all recorders of the instance, as long as one that wanted it lives.
 * -EAGAIN when another recorder is about to attach the program, and does not get on with it.
 */
int snug_target_watch_denials(struct snug_target *t, struct snug_err *err);
/* Whether a task of the target is under a filter, or was: before that there is nothing to watch.
 * SNUG_NEWS_FILTER tells so, and wakes the reader. */
bool snug_target_has_filter(const struct snug_target *t);
/* Calls @fn for everything that was refused (snug_abi.h). */
void snug_target_denied(const struct snug_target *t,
			void (*fn)(void *data, const struct snug_denied_key *key,
				   const struct snug_denied_value *value),
			void *data);

struct snug_losses {
	uint64_t news;      /* events that did not fit the ring: first-seen facts are missing */
	uint64_t tasks;     /* threads that could not be followed */
	uint64_t numbers;   /* calls with numbers over 1023 beyond the first 256 of them */
	uint64_t denials;   /* over 512 different ones */
	uint64_t misses;    /* runs of the programs that the kernel skipped, for whatever task */
	uint64_t arguments; /* tuples of arguments that the kernel had no memory for */
};
void snug_target_losses(const struct snug_target *t, struct snug_losses *ret);
