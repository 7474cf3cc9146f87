/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The fields of a profile, one table a dialect; for profile-read.c only. */
#include "seccomp/profile.h"

struct snug_doc;
struct snug_doc_value;
struct snug_err;

enum snug_profile_kind {
	SNUG_PROFILE_KIND_OCI,
	SNUG_PROFILE_KIND_OCI_CONFIG, /* the value is config.json's linux.seccomp */
	SNUG_PROFILE_KIND_CRD,
};

/* Decodes @v into the empty @p; metadata and status stay in @doc.  0, -EINVAL or -E2BIG. */
int snug_profile_decode(struct snug_seccomp_profile *p, const struct snug_doc *doc,
			const struct snug_doc_value *v, enum snug_profile_kind kind,
			const struct snug_seccomp_read_options *opts, struct snug_err *err);
