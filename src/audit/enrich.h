/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Who was it?  From the process id and the time of an event to the process, its program and its
 * container, from /proc; remembered for processes that are gone when their events arrive.
 *
 * A process id alone is no name: it is used again.  What is remembered, or found in /proc, is used
 * for an event only if that process had begun when the event happened, and the last such one is
 * meant.
 */
#include "base/mem.h"
#include "oci/cgroup-id.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct snug_enricher;

struct snug_enriched {
	pid_t pid;
	uint64_t start_ticks; /* proc(5) stat's 22nd field */
	char *exe;            /* as /proc/PID/exe has it; "" for a kernel thread */
	char comm[16];        /* its first thread's name, when @exe was read; "" unknown */
	char container[SNUG_CONTAINER_ID_LEN + 1]; /* its innermost container's id, or "" */
	/* what snug_containers_list() knows of that container; NULL: nothing */
	const char *name, *pod, *pod_namespace, *engine;
};

struct snug_enricher_options {
	const char *root;       /* "" for this host, or a folder with its /proc (tests) */
	unsigned processes;     /* to remember; 0: 4096 */
	unsigned containers;    /* the same; 0: 1024 */
	const uint64_t *now_us; /* the monotonic clock (tests); NULL: the kernel's */
};

/* Never NULL.  Of another PID namespace than the host's, audit's process ids mean nothing: then
 * snug_enricher_look() always says NULL. */
struct snug_enricher *snug_enricher_new(const struct snug_enricher_options *options);
struct snug_enricher *snug_enricher_free(struct snug_enricher *e);
DEFINE_FREEP(struct snug_enricher, snug_enricher_freep, snug_enricher_free)

/* The process @pid at @time_us (since 1970; 0: now), or NULL.  Valid until the next call. */
const struct snug_enriched *snug_enricher_look(struct snug_enricher *e, pid_t pid,
					       uint64_t time_us);
/* The container @id, whatever process is meant, which may be gone: all that is known of it is in
 * the result, its process is 0.  Valid until the next call. */
const struct snug_enriched *snug_enricher_look_container(struct snug_enricher *e, const char *id);
/* Remembers @pid now, for events that are still to come. */
void snug_enricher_note(struct snug_enricher *e, pid_t pid);
