/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One child process that waits behind a gate until its parent is ready, and then becomes a command.
 * It stays in the parent's process group and has its standard streams, so that terminal and job
 * control work as if the parent were not there.
 */
#include "base/mem.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct snug_err;

struct snug_child_options {
	const char *path; /* what to execute; see snug_path_find() */
	char *const *argv;
	char *const *envp;
	bool set_identity; /* clear supplementary groups, become gid, uid */
	uid_t uid;
	gid_t gid;
	/* Runs in the child as the last thing before execve(2); only async-signal-safe work.  0, or
	 * negative errno that stops the start.  May be NULL. */
	int (*before_exec)(void *data);
	/* What before_exec returns, less one, is a descriptor for the parent, which gets it though
	 * the child may be unable to make any call; 0: none. */
	bool passes_fd;
	/* Called in the parent while the command is being started, whenever that descriptor is
	 * readable: execve(2) itself may wait for the one who reads it. */
	void (*on_passed)(void *data, int fd);
	/* Runs, until it returns, in a process of its own that is there before the parent gets the
	 * descriptor, and may outlive the parent; @fd is its copy.  Needs passes_fd; may be NULL.
	 */
	void (*guard)(void *data, int fd);
	void *data;
};

enum snug_child_step {
	SNUG_CHILD_OK,
	SNUG_CHILD_IDENTITY, /* setgroups, setgid or setuid failed */
	SNUG_CHILD_BEFORE_EXEC,
	SNUG_CHILD_EXEC,
};

struct snug_child;

/* Finds the command @name as a shell does: as it is when it has a slash, else along $PATH.
 * Returns 0 with *ret for the caller to free, -ENOENT, or -EACCES when all that was found cannot be
 * executed. */
int snug_path_find(const char *name, char **ret);

/* Forks; the child waits.  @opts must stay valid until snug_child_start() returned. */
int snug_child_spawn(const struct snug_child_options *opts, struct snug_child **ret,
		     struct snug_err *err) __attribute__((warn_unused_result));
/* Opens the gate; returns when the command runs (0) or could not be started: negative errno of the
 * step in *ret_step.  Works too when the command's own filter forbids every call. */
int snug_child_start(struct snug_child *c, enum snug_child_step *ret_step);
/* Kills a child that was never started, reaps it, frees. NULL is fine. */
struct snug_child *snug_child_free(struct snug_child *c);
DEFINE_FREEP(struct snug_child, snug_child_freep, snug_child_free)

/* The descriptor that the child passed, for the caller to close; -EBADF when there is none. */
int snug_child_take_fd(struct snug_child *c);
/* The process that guards it, for the caller to wait for; 0: there is none. */
pid_t snug_child_guard(const struct snug_child *c);

pid_t snug_child_pid(const struct snug_child *c);
int snug_child_pidfd(const struct snug_child *c);
/* Tells @c that its owner has reaped it. */
void snug_child_set_reaped(struct snug_child *c);

/* Blocks the signals that a supervisor handles itself, remembering the mask that children get. */
void snug_child_block_signals(const sigset_t *set);
