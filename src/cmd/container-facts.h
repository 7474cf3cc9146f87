/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What is known of a recorded container besides its calls: who it is, and what its runtime needs.
 */
#include "oci/config.h"

#include <stdbool.h>
#include <stddef.h>

struct snug_container;
struct snug_err;
struct snug_list;
struct snug_recording;

/* --runtime: names of measured runtimes, or "none" alone.  -EINVAL with the words. */
int container_check_runtimes(const struct snug_list *runtimes, struct snug_err *err);

/* @seccomp_mode: of its program when it was executed, or when recording began; -1 unknown. */
void container_add_facts(struct snug_recording *r, const struct snug_container *c,
			 int seccomp_mode);

struct container_needs {
	const char *runtime; /* that runs the container, or NULL */
	struct snug_oci_config config;
	char *const *runtimes; /* n_runtimes of them, instead of that one */
	size_t n_runtimes;
	bool no_entered; /* what enters the container does not count */
	void (*warn)(void *unused, const char *text);
};
/* Adds the baselines of the runtimes that were asked for; else of the one that runs the container;
 * else of all that are known, because without any the container would not start under its profile:
 * then it returns false. */
bool container_add_needs(struct snug_recording *r, const struct container_needs *n);

/* Adds the baselines of @runtimes, if that is set; else of the one that runs the container @c, NULL
 * for none; else of all that are known, with a warning.  Circumstances are those of the container's
 * config.json. @no_entered: what enters the container does not count. */
void container_add_baselines(struct snug_recording *r, const struct snug_container *c,
			     const struct snug_list *runtimes, bool no_entered);
