/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The notify engine: a command is recorded by being asked for each call it makes
 * (seccomp_unotify(2)). Needs no privilege.  Speaks as the BPF engine does (trace/engine.h): news,
 * and what was seen at the end.
 */
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct snug_child;
struct snug_child_options;
struct snug_err;
struct snug_losses;
struct snug_news;
struct snug_notify_engine;

struct snug_notify_engine_options {
	/* As of snug_target_dispatch().  The times of news are CLOCK_MONOTONIC, their pids those of
	 * our PID namespace. */
	void (*on_news)(void *data, const struct snug_news *n, const char *exec_path);
	/* After the news of a call, whether anybody wants to know the arguments that it is made
	 * with; then @on_args gets those of every one (enum snug_bpf_abi).  Both may be NULL. */
	bool (*wants_args)(void *data, uint32_t abi, uint32_t nr);
	void (*on_args)(void *data, uint32_t abi, uint32_t nr, const uint64_t *args);
	/* A program that no_new_privs, which recording without privileges takes, keeps from what
	 * its file would have given to it; once. */
	void (*on_unprivileged)(void *data, const char *path);
	void *data;
};

/* Errors as snug_ask_probe(): it is tried. */
int snug_notify_engine_new(const struct snug_notify_engine_options *opts,
			   struct snug_notify_engine **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* What lives on under the filter gets on without us. */
struct snug_notify_engine *snug_notify_engine_free(struct snug_notify_engine *e);
DEFINE_FREEP(struct snug_notify_engine, snug_notify_engine_freep, snug_notify_engine_free)

/* Fills in what the child has to do before its execve(2), and what is to be done for it. */
void snug_notify_engine_prepare(struct snug_notify_engine *e, struct snug_child_options *child);
/* After snug_child_start(), whatever it returned. */
void snug_notify_engine_started(struct snug_notify_engine *e, struct snug_child *child);
/* Readable when a call waits or all is over; -1 before the start. */
int snug_notify_engine_poll_fd(const struct snug_notify_engine *e);
/* Answers what waits, and what comes within a moment; to be called ten times a second, too. */
int snug_notify_engine_dispatch(struct snug_notify_engine *e);
/* Whether nobody is left. */
bool snug_notify_engine_is_over(const struct snug_notify_engine *e);
/* Whether the command has not been executed. */
bool snug_notify_engine_is_waiting(const struct snug_notify_engine *e);
/* From now on, calls pass without being noted. */
void snug_notify_engine_stop(struct snug_notify_engine *e);

/* As snug_target_calls() and snug_target_losses(). */
void snug_notify_engine_calls(const struct snug_notify_engine *e,
			      void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr),
			      void *data);
void snug_notify_engine_losses(const struct snug_notify_engine *e, struct snug_losses *ret);
