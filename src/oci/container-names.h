/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What an engine's users call a container: from the annotations in its bundle and from the records
 * that podman and docker keep. */

struct snug_container;

/* Fills in what is not yet known of name, image, pod, pod_namespace and engine.  @root as in
 * oci/containers.h. */
void snug_container_find_names(const char *root, struct snug_container *c);
