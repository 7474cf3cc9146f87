/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What a call is about, for people who read lists of them: data/syscall-categories.csv. */

enum snug_category {
	SNUG_CATEGORY_FILES,  /* open, read, stat, rename, ... */
	SNUG_CATEGORY_EVENTS, /* poll, epoll, eventfd, inotify, io_uring, aio */
	SNUG_CATEGORY_NETWORK,
	SNUG_CATEGORY_PROCESSES, /* fork, exec, wait, exit, scheduling, futex */
	SNUG_CATEGORY_MEMORY,
	SNUG_CATEGORY_TIME,
	SNUG_CATEGORY_SIGNALS,
	SNUG_CATEGORY_IPC,        /* pipes, message queues, shared memory, semaphores */
	SNUG_CATEGORY_IDENTITY,   /* users, groups, capabilities, limits, keys */
	SNUG_CATEGORY_SYSTEM,     /* asks about the system: uname, sysinfo, getrandom */
	SNUG_CATEGORY_PRIVILEGED, /* changes the system: mount, modules, bpf, reboot, namespaces */
	SNUG_CATEGORY_OBSOLETE,   /* not implemented or long gone */
	SNUG_CATEGORY_OTHER,      /* no table has it */
	_SNUG_CATEGORY_MAX,
};

/* "files", "events", ...: one word, for --json and headings. */
const char *snug_category_name(enum snug_category c);
enum snug_category snug_syscall_category(const char *name);
