/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A seccomp profile, whatever it was written as: OCI runtime-spec `linux.seccomp` JSON, the
 * containers-common/Docker dialect of it, or a SeccompProfile custom resource in YAML or JSON.
 */
#include "base/mem.h"
#include "seccomp/arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct snug_doc;
struct snug_doc_value;
struct snug_err;
struct snug_str;
struct snug_writer;

enum snug_action {
	SNUG_ACTION_KILL, /* SCMP_ACT_KILL, the old spelling of KILL_THREAD; kept for round trips */
	SNUG_ACTION_KILL_PROCESS,
	SNUG_ACTION_KILL_THREAD,
	SNUG_ACTION_TRAP,
	SNUG_ACTION_ERRNO,
	SNUG_ACTION_TRACE,
	SNUG_ACTION_ALLOW,
	SNUG_ACTION_LOG,
	SNUG_ACTION_NOTIFY,
	_SNUG_ACTION_MAX,
	_SNUG_ACTION_INVALID = -1,
};

const char *snug_action_name(enum snug_action a); /* "SCMP_ACT_ALLOW" */
enum snug_action snug_action_from_name(const char *name);
const char *const *snug_action_names(void); /* NULL-terminated */

enum snug_cmp {
	SNUG_CMP_NE,
	SNUG_CMP_LT,
	SNUG_CMP_LE,
	SNUG_CMP_EQ,
	SNUG_CMP_GE,
	SNUG_CMP_GT,
	SNUG_CMP_MASKED_EQ, /* (arg & value) == value_two */
	_SNUG_CMP_MAX,
	_SNUG_CMP_INVALID = -1,
};

const char *snug_cmp_name(enum snug_cmp op); /* "SCMP_CMP_EQ" */
enum snug_cmp snug_cmp_from_name(const char *name);
const char *const *snug_cmp_names(void); /* NULL-terminated */

/* Lists for VEC_PUSH() and its likes; the strings are owned. */
struct snug_names {
	char **items;
	size_t len, cap;
};
struct snug_arches {
	enum snug_arch *items;
	size_t len, cap;
};
bool snug_names_have(const struct snug_names *names, const char *name);

struct snug_seccomp_arg {
	uint32_t index; /* 0 to 5 */
	enum snug_cmp op;
	uint64_t value, value_two;
	bool has_value_two; /* written in the document, even if 0 */
};

/* The errno of an ERRNO action or the message of a TRACE action, when the document names one.  A
 * custom resource's 0 means "not named" and is read so. */
struct snug_errno_ret {
	bool is_set;
	uint32_t value;
};

/* includes / excludes of the containers-common dialect: when an entry applies. */
struct snug_seccomp_condition {
	struct snug_names arches; /* Go names: "amd64" */
	struct snug_names caps;   /* "CAP_SYS_ADMIN" */
	char *min_kernel;         /* "4.8", or NULL */
	bool is_set;              /* the object was there, even if empty */
};

struct snug_seccomp_entry {
	struct snug_names names;
	bool is_legacy_name; /* written as "name": "x" */
	enum snug_action action;
	struct snug_errno_ret errno_ret;
	char *errno_name; /* containers-common's "errno": "EPERM", or NULL */
	VEC(struct snug_seccomp_arg) args;
	bool has_args; /* "args" was written, even if empty or null */
	char *comment; /* or NULL */
	struct snug_seccomp_condition includes, excludes;
	uint32_t line, col; /* place in the document, 0 when made by code */
};

struct snug_seccomp_arch_map {
	enum snug_arch arch;
	struct snug_arches sub_arches;
};

enum snug_profile_format {
	SNUG_PROFILE_OCI_JSON, /* also the containers-common dialect */
	SNUG_PROFILE_CRD_YAML,
	SNUG_PROFILE_CRD_JSON,
};

struct snug_seccomp_profile {
	char *source; /* "web.json", for messages; never NULL */
	enum snug_profile_format format;
	enum snug_action default_action;
	struct snug_errno_ret default_errno_ret;
	char *default_errno_name;  /* containers-common's "defaultErrno": "ENOSYS", or NULL */
	struct snug_arches arches; /* may hold SNUG_ARCH_NATIVE */
	VEC(struct snug_seccomp_arch_map) arch_map;
	struct snug_names flags; /* "SECCOMP_FILTER_FLAG_LOG" */
	char *listener_path, *listener_metadata;
	VEC(struct snug_seccomp_entry) entries;

	/* custom resource only */
	char *api_version;       /* "security-profiles-operator.x-k8s.io/v1" */
	char *base_profile_name; /* or NULL */
	char *state;             /* "Enabled", "Disabled" or NULL */
	char *target_workload;   /* v1alpha1 only, or NULL */
	char *name;              /* metadata.name or NULL */
	const struct snug_doc_value
		*metadata; /* as read, borrowed from doc; NULL when made by code */
	const struct snug_doc_value *status; /* as read, or NULL */

	/* What was read: of the resource the whole, else the seccomp object; borrowed from doc,
	 * NULL when made by code.  entries are the elements of its syscalls, one for one. */
	const struct snug_doc_value *value;
	struct snug_doc *doc; /* keeps the borrowed parts alive; or NULL */
};

struct snug_seccomp_read_options {
	bool strict;       /* unknown fields and unknown syscall names are errors, not warnings */
	bool keep_unknown; /* no warnings about unknown syscall names: the caller tells */
	void (*warn)(void *data, const char *text); /* or NULL */
	void *warn_data;
};

/* An empty profile: @default_action, no architectures, no entries. */
struct snug_seccomp_profile *snug_seccomp_profile_new(const char *source,
						      enum snug_action default_action);
struct snug_seccomp_profile *snug_seccomp_profile_free(struct snug_seccomp_profile *p);
DEFINE_FREEP(struct snug_seccomp_profile, snug_seccomp_profile_freep, snug_seccomp_profile_free)

/* Frees what the entry owns. */
void snug_seccomp_entry_done(struct snug_seccomp_entry *e);

/* Reads the file @path ("-": standard input).  What it is, is decided by its content; of an OCI
 * bundle's config.json, linux.seccomp is taken.  @opts may be NULL.  Errors: -EINVAL with
 * file:line:col, path and value; -E2BIG over a limit; what open(2) and read(2) say.  A YAML stream
 * or List may hold several documents: exactly one of them must be a seccomp profile. */
int snug_seccomp_profile_read(const char *path, const struct snug_seccomp_read_options *opts,
			      struct snug_seccomp_profile **ret, struct snug_err *err)
	__attribute__((warn_unused_result));
/* The same from @len bytes in memory; @name is for messages. */
int snug_seccomp_profile_parse(const char *name, const char *text, size_t len,
			       const struct snug_seccomp_read_options *opts,
			       struct snug_seccomp_profile **ret, struct snug_err *err)
	__attribute__((warn_unused_result));

/* Appends the profile as text in @format; deterministic; parse(write(p)) equals p in every field
 * that the format has.  When @format has no place for something that changes what the profile does,
 * -EOPNOTSUPP names it and nothing is appended (a CRD has no archMap and no value over INT64_MAX,
 * OCI JSON has no baseProfileName).  What changes nothing is left out: metadata and status in OCI
 * JSON, comments in a CRD. */
int snug_seccomp_profile_write(const struct snug_seccomp_profile *p,
			       enum snug_profile_format format, struct snug_str *out,
			       struct snug_err *err) __attribute__((warn_unused_result));

/* Writes @e as it stands in a profile of the format and version of @p. */
void snug_seccomp_entry_write(struct snug_writer *w, const struct snug_seccomp_profile *p,
			      const struct snug_seccomp_entry *e);

/* Whether two profiles say the same, field by field; format, source and places do not count. */
bool snug_seccomp_profile_equal(const struct snug_seccomp_profile *a,
				const struct snug_seccomp_profile *b);

/* Adds an entry with @action for the @n names, sorted and without duplicates.  Valid until the next
 * entry is added. */
struct snug_seccomp_entry *snug_seccomp_profile_add(struct snug_seccomp_profile *p,
						    enum snug_action action,
						    const char *const *names, size_t n);
/* Makes any text a valid metadata.name (RFC 1123 subdomain: lower-case letters, digits, '-', '.',
 * at most 253 bytes, alphanumeric at both ends); "profile" when nothing is left.  The caller frees.
 */
char *snug_k8s_name(const char *text);
