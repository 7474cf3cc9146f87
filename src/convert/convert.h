/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* A profile in another form. */
#include "seccomp/filter.h"
#include "seccomp/profile.h"

struct snug_err;
struct snug_str;

enum snug_convert_format {
	SNUG_CONVERT_SECCOMP,       /* a SeccompProfile, YAML */
	SNUG_CONVERT_RAW_SECCOMP,   /* OCI JSON */
	SNUG_CONVERT_SYSTEMD,       /* convert/systemd-write.h */
	SNUG_CONVERT_PFC,           /* libseccomp's pseudo filter code, and the instructions */
	SNUG_CONVERT_BPF,           /* struct sock_filter[] */
	SNUG_CONVERT_POD,           /* convert/k8s.h */
	SNUG_CONVERT_MACHINECONFIG, /* the same */
	SNUG_CONVERT_SCC,           /* the same */
	_SNUG_CONVERT_MAX,
	_SNUG_CONVERT_INVALID = -1,
};

/* "raw-seccomp"; the inverse knows "oci" and "crd" too. */
const char *snug_convert_format_name(enum snug_convert_format format);
enum snug_convert_format snug_convert_format_from_name(const char *name);
const char *const *snug_convert_format_names(void); /* NULL-terminated */

struct snug_convert_options {
	/* what conditions are resolved against, and the machine of a program */
	struct snug_seccomp_env env;
	const char *role; /* of the nodes of a MachineConfig; NULL: "worker" */
	void (*warn)(void *data, const char *text); /* or NULL */
	void *warn_data;
};

/*
 * Appends @p as @format.  Objects of Kubernetes are named p->name, made valid.
 *
 * The dialect (includes, archMap, ...) is resolved for the environment where the format has no
 * place for it, and in OCI JSON, which is for runtimes; a document without it keeps its form.
 * Instructions have the byte order of the environment's ABI.
 *
 * What would change the meaning is -EOPNOTSUPP with the place in the document.  What has no place
 * and changes nothing is left out; a warning names what a reader could miss.  Other errors as
 * snug_seccomp_filter_compile().  After a failure nothing is appended.
 */
int snug_convert(const struct snug_seccomp_profile *p, enum snug_convert_format format,
		 const struct snug_convert_options *opts, struct snug_str *out,
		 struct snug_err *err) __attribute__((warn_unused_result));
