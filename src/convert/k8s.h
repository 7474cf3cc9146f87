/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Objects for Kubernetes and OpenShift that use a profile: YAML behind some lines of comment that
 * say what to do with it.  Each is appended to @out. */
#include <stdbool.h>
#include <stddef.h>

struct snug_err;
struct snug_str;

struct snug_k8s_options {
	const char *name; /* of the profile, valid for Kubernetes: snug_k8s_name() */
	/* a SeccompProfile, which the operator writes to the nodes; else a file */
	bool is_operator;
	const char *source; /* where the profile was read, for the comments */
};

/* A Pod whose only container runs under the profile (securityContext.seccompProfile; kubelet looks
 * below /var/lib/kubelet/seccomp). */
void snug_k8s_add_pod(const struct snug_k8s_options *o, struct snug_str *out);

/* OpenShift: a MachineConfig (ignition 3.1.0) that writes the OCI JSON of @len bytes at @json to
 * the nodes with @role ("worker"), where pods find it as NAME.json.  -EINVAL when @role is no value
 * of a label. */
int snug_k8s_add_machineconfig(const struct snug_k8s_options *o, const char *role, const char *json,
			       size_t len, struct snug_str *out, struct snug_err *err);

/* OpenShift: restricted-v2 (security.openshift.io/v1) that allows the profile besides. */
void snug_k8s_add_scc(const struct snug_k8s_options *o, struct snug_str *out);
