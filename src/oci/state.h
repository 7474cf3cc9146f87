/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The state of a container as an OCI runtime hands it to hooks (runtime-spec, "State"). */
#include <stddef.h>
#include <stdint.h>

struct snug_err;

struct snug_oci_state {
	char *id;         /* or NULL */
	char *bundle;     /* absolute path, or NULL */
	char *status;     /* "creating", "created", ...; or NULL */
	uint32_t pid;     /* of the container's first process, in the runtime's PID namespace */
	char *annotation; /* SNUG_TRACE_ANNOTATION, or NULL */
	/* for people: of CRI and podman, where they set them; or NULL */
	char *name, *image, *pod, *pod_namespace;
};

void snug_oci_state_done(struct snug_oci_state *s);

/* Reads the state; what other versions add is ignored.  -EINVAL: no JSON object, or as the peer
 * says it "invalid PID 0 (must be greater than 0)". */
int snug_oci_state_parse(const char *text, size_t len, struct snug_oci_state *ret,
			 struct snug_err *err) __attribute__((warn_unused_result));
