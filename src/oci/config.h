/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What a bundle's config.json (runtime-spec) says about the process of a container, as far as it
 * matters for its seccomp profile. */
#include "oci/baseline.h"

#include <stdint.h>

struct snug_oci_config {
	enum snug_known no_new_privs, is_root, has_terminal;
	bool has_seccomp; /* linux.seccomp is there: it runs under a filter */
	bool has_caps;    /* process.capabilities.bounding was there */
	uint64_t caps;    /* bit n = capability n is in the bounding set */
};

/* Reads @bundle/config.json; @number gives a capability's number by name, or -1.  What cannot be
 * read is not known. */
void snug_oci_config_read(const char *bundle, int (*number)(const char *name),
			  struct snug_oci_config *ret);
