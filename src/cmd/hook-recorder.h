/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The recorder of one container: started by the hook, it outlives it, in a session and control
 * groups that are not the container's, until the container's last process is gone.
 */
#include "oci/annotation.h"
#include "oci/config.h"
#include "oci/state.h"
#include "record/derive.h"
#include "seccomp/profile.h"

struct snug_err;

struct hook_job {
	struct snug_oci_state state;
	struct snug_trace_annotation annotation;
	struct snug_oci_config config;
	struct snug_seccomp_profile *base; /* of "if:", or NULL */
	char *runtime;                     /* the program that called the hook: "runc", or NULL */
	enum snug_args_level args;         /* how closely profiles look at arguments */
};
void hook_job_done(struct hook_job *job);

/* Forks the recorder and waits until it is armed.  0: the container may start; negative errno with
 * the reason.  Never returns in the recorder. */
int hook_recorder_start(struct hook_job *job, struct snug_err *err);
