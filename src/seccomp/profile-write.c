/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both formats write every field that is set and nothing else, so that what was read comes out
 * again.  The order of OCI JSON is the one of the runtime-spec; the resource has its keys in
 * alphabetical order, as Kubernetes tools print them.
 */
#include "seccomp/profile.h"

#include "base/err.h"
#include "base/str.h"
#include "codec/writer.h"
#include "seccomp/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CRD_V1       "security-profiles-operator.x-k8s.io/v1"
#define CRD_V1ALPHA1 "security-profiles-operator.x-k8s.io/v1alpha1"

static void write_strings(struct snug_writer *w, const char *key, const struct snug_names *names)
{
	snug_writer_member_strings(w, key, (const char *const *)names->items, names->len);
}

static void write_arches(struct snug_writer *w, const char *key, const struct snug_arches *arches)
{
	snug_writer_key(w, key);
	snug_writer_begin_array(w);
	VEC_FOREACH (arch, arches)
		snug_writer_string(w, snug_arch_oci_name(*arch));
	snug_writer_end_array(w);
}

static void write_string_if(struct snug_writer *w, const char *key, const char *s)
{
	if (s)
		snug_writer_member_string(w, key, s);
}

/* OCI JSON */

/* OCI JSON has its keys in the order of the specification, a custom resource by the alphabet. */
static void write_args(struct snug_writer *w, const struct snug_seccomp_entry *e, bool op_first)
{
	if (!e->args.len && !e->has_args)
		return;
	snug_writer_key(w, "args");
	snug_writer_begin_array(w);
	VEC_FOREACH (arg, &e->args) {
		snug_writer_begin_object(w);
		snug_writer_member_uint(w, "index", arg->index);
		if (op_first)
			snug_writer_member_string(w, "op", snug_cmp_name(arg->op));
		snug_writer_member_uint(w, "value", arg->value);
		if (arg->has_value_two)
			snug_writer_member_uint(w, "valueTwo", arg->value_two);
		if (!op_first)
			snug_writer_member_string(w, "op", snug_cmp_name(arg->op));
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_condition(struct snug_writer *w, const char *key,
			    const struct snug_seccomp_condition *c)
{
	if (!c->is_set)
		return;
	snug_writer_key(w, key);
	snug_writer_begin_object(w);
	if (c->caps.len)
		write_strings(w, "caps", &c->caps);
	if (c->arches.len)
		write_strings(w, "arches", &c->arches);
	write_string_if(w, "minKernel", c->min_kernel);
	snug_writer_end_object(w);
}

static void write_oci_entry(struct snug_writer *w, const struct snug_seccomp_entry *e)
{
	snug_writer_begin_object(w);
	if (e->is_legacy_name && e->names.len == 1)
		snug_writer_member_string(w, "name", e->names.items[0]);
	else
		write_strings(w, "names", &e->names);
	snug_writer_member_string(w, "action", snug_action_name(e->action));
	if (e->errno_ret.is_set)
		snug_writer_member_uint(w, "errnoRet", e->errno_ret.value);
	write_string_if(w, "errno", e->errno_name);
	write_args(w, e, false);
	write_string_if(w, "comment", e->comment);
	write_condition(w, "includes", &e->includes);
	write_condition(w, "excludes", &e->excludes);
	snug_writer_end_object(w);
}

static void write_arch_map(struct snug_writer *w, const struct snug_seccomp_profile *p)
{
	snug_writer_key(w, "archMap");
	snug_writer_begin_array(w);
	VEC_FOREACH (m, &p->arch_map) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "architecture", snug_arch_oci_name(m->arch));
		write_arches(w, "subArchitectures", &m->sub_arches);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_oci(struct snug_writer *w, const struct snug_seccomp_profile *p)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "defaultAction", snug_action_name(p->default_action));
	if (p->default_errno_ret.is_set)
		snug_writer_member_uint(w, "defaultErrnoRet", p->default_errno_ret.value);
	write_string_if(w, "defaultErrno", p->default_errno_name);
	if (p->arches.len)
		write_arches(w, "architectures", &p->arches);
	if (p->arch_map.len)
		write_arch_map(w, p);
	if (p->flags.len)
		write_strings(w, "flags", &p->flags);
	write_string_if(w, "listenerPath", p->listener_path);
	write_string_if(w, "listenerMetadata", p->listener_metadata);
	if (p->entries.len) {
		snug_writer_key(w, "syscalls");
		snug_writer_begin_array(w);
		VEC_FOREACH (e, &p->entries)
			write_oci_entry(w, e);
		snug_writer_end_array(w);
	}
	snug_writer_end_object(w);
}

static int no_place(const struct snug_seccomp_profile *p, struct snug_err *err, const char *format,
		    const char *what)
{
	return snug_err_set(err, -EOPNOTSUPP, "%s: %s: %s has no place for this", p->source, what,
			    format);
}

static int check_oci(const struct snug_seccomp_profile *p, struct snug_err *err)
{
	static const char oci[] = "OCI JSON";

	if (p->base_profile_name && *p->base_profile_name)
		return no_place(p, err, oci, "spec.baseProfileName");
	if (p->state && strcmp(p->state, "Enabled") != 0)
		return no_place(p, err, oci, "spec.state");
	return 0;
}

/* SeccompProfile */

static bool is_v1alpha1(const struct snug_seccomp_profile *p)
{
	return p->api_version && strcmp(p->api_version, CRD_V1ALPHA1) == 0;
}

static bool takes_errno(enum snug_action a)
{
	return a == SNUG_ACTION_ERRNO || a == SNUG_ACTION_TRACE;
}

static void write_crd_errno(struct snug_writer *w, const struct snug_seccomp_profile *p,
			    const struct snug_seccomp_entry *e)
{
	uint32_t value = snug_errno_ret_value(&e->errno_ret, e->errno_name, 0);
	char text[sizeof("65535")];

	if (!value)
		return;
	if (is_v1alpha1(p)) {
		snprintf(text, sizeof(text), "%u", (unsigned)(value & 0xffff));
		snug_writer_member_string(w, "errnoRet", text);
	} else {
		snug_writer_member_uint(w, "errnoRet", value);
	}
}

static void write_crd_entry(struct snug_writer *w, const struct snug_seccomp_profile *p,
			    const struct snug_seccomp_entry *e)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "action", snug_action_name(e->action));
	write_args(w, e, true);
	write_crd_errno(w, p, e);
	write_strings(w, "names", &e->names);
	snug_writer_end_object(w);
}

void snug_seccomp_entry_write(struct snug_writer *w, const struct snug_seccomp_profile *p,
			      const struct snug_seccomp_entry *e)
{
	if (p->format == SNUG_PROFILE_OCI_JSON)
		write_oci_entry(w, e);
	else
		write_crd_entry(w, p, e);
}

static void write_spec(struct snug_writer *w, const struct snug_seccomp_profile *p)
{
	snug_writer_begin_object(w);
	if (p->arches.len)
		write_arches(w, "architectures", &p->arches);
	write_string_if(w, "baseProfileName", p->base_profile_name);
	snug_writer_member_string(w, "defaultAction", snug_action_name(p->default_action));
	if (p->flags.len)
		write_strings(w, "flags", &p->flags);
	write_string_if(w, "listenerMetadata", p->listener_metadata);
	write_string_if(w, "listenerPath", p->listener_path);
	write_string_if(w, "state", p->state);
	if (p->entries.len) {
		snug_writer_key(w, "syscalls");
		snug_writer_begin_array(w);
		VEC_FOREACH (e, &p->entries)
			write_crd_entry(w, p, e);
		snug_writer_end_array(w);
	}
	write_string_if(w, "targetWorkload", p->target_workload);
	snug_writer_end_object(w);
}

/* As read, except that p->name is the name. */
static void write_metadata(struct snug_writer *w, const struct snug_seccomp_profile *p)
{
	size_t n = p->metadata ? p->metadata->object.len : 0;

	snug_writer_begin_object(w);
	if (!p->metadata || !snug_doc_get_string(p->metadata, "name"))
		write_string_if(w, "name", p->name);
	for (size_t i = 0; i < n; i++) {
		const struct snug_doc_member *m = &p->metadata->object.items[i];

		if (strcmp(m->key, "name") == 0) {
			write_string_if(w, "name", p->name);
			continue;
		}
		snug_writer_key(w, m->key);
		snug_writer_value(w, &m->value);
	}
	snug_writer_end_object(w);
}

static void write_crd(struct snug_writer *w, const struct snug_seccomp_profile *p)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "apiVersion", p->api_version ? p->api_version : CRD_V1);
	snug_writer_member_string(w, "kind", "SeccompProfile");
	snug_writer_key(w, "metadata");
	write_metadata(w, p);
	snug_writer_key(w, "spec");
	write_spec(w, p);
	snug_writer_key(w, "status");
	if (p->status) {
		snug_writer_value(w, p->status);
	} else {
		snug_writer_begin_object(w);
		snug_writer_end_object(w);
	}
	snug_writer_end_object(w);
}

static int check_crd_arg(const struct snug_seccomp_profile *p, size_t entry, size_t i,
			 struct snug_err *err)
{
	const struct snug_seccomp_arg *arg = &p->entries.items[entry].args.items[i];

	if (arg->value <= INT64_MAX && arg->value_two <= INT64_MAX)
		return 0;
	return snug_err_set(err, -EOPNOTSUPP,
			    "%s: syscalls[%zu].args[%zu].%s: a SeccompProfile has no place for a "
			    "value over 9223372036854775807",
			    p->source, entry, i, arg->value > INT64_MAX ? "value" : "valueTwo");
}

/* A custom resource's errnoRet of 0 means EPERM. */
static bool is_errno_zero(const struct snug_errno_ret *ret, const char *name)
{
	return snug_errno_ret_value(ret, name, 1) == 0;
}

static int check_crd_entry(const struct snug_seccomp_profile *p, size_t i, struct snug_err *err)
{
	const struct snug_seccomp_entry *e = &p->entries.items[i];
	const struct snug_seccomp_condition *in = &e->includes, *ex = &e->excludes;
	const char *what = NULL;
	int r;

	if (in->arches.len || in->caps.len || in->min_kernel)
		what = "includes";
	else if (ex->arches.len || ex->caps.len || ex->min_kernel)
		what = "excludes";
	else if (takes_errno(e->action) && is_errno_zero(&e->errno_ret, e->errno_name))
		what = "errnoRet: 0";
	if (what)
		return snug_err_set(err, -EOPNOTSUPP,
				    "%s: syscalls[%zu].%s: a SeccompProfile has no place for this",
				    p->source, i, what);
	for (size_t j = 0; j < e->args.len; j++) {
		r = check_crd_arg(p, i, j, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int check_crd(const struct snug_seccomp_profile *p, struct snug_err *err)
{
	static const char crd[] = "a SeccompProfile";
	int r;

	if (p->arch_map.len)
		return no_place(p, err, crd, "archMap");
	if (takes_errno(p->default_action) &&
	    snug_errno_ret_value(&p->default_errno_ret, p->default_errno_name, EPERM) != EPERM)
		return no_place(p, err, crd, "defaultErrnoRet");
	VEC_FOREACH (arch, &p->arches)
		if (*arch > SNUG_ARCH_PARISC64 && *arch != SNUG_ARCH_NATIVE)
			return no_place(p, err, crd, snug_arch_oci_name(*arch));
	if (is_v1alpha1(p) && (p->listener_path || p->listener_metadata || p->state))
		return no_place(p, err, "a v1alpha1 SeccompProfile", "listener or state");
	if (!is_v1alpha1(p) && p->target_workload)
		return no_place(p, err, "a v1 SeccompProfile", "targetWorkload");
	for (size_t i = 0; i < p->entries.len; i++) {
		r = check_crd_entry(p, i, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int snug_seccomp_profile_write(const struct snug_seccomp_profile *p,
			       enum snug_profile_format format, struct snug_str *out,
			       struct snug_err *err)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = NULL;
	bool is_oci = format == SNUG_PROFILE_OCI_JSON;
	int r = is_oci ? check_oci(p, err) : check_crd(p, err);

	if (r < 0)
		return r;
	w = snug_writer_new(format == SNUG_PROFILE_CRD_YAML ? SNUG_DOC_YAML : SNUG_DOC_JSON, out);
	if (is_oci)
		write_oci(w, p);
	else
		write_crd(w, p);
	snug_writer_finish(w);
	return 0;
}
