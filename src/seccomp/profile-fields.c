/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables at the end are the formats: OCI runtime-spec with what containers-common and Docker
 * add to it, and the SeccompProfile resource.  A SeccompProfile of v1alpha1 has an errnoRet that is
 * a string and may name a targetWorkload; otherwise the versions agree.
 */
#include "seccomp/profile-fields.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/words.h"
#include "codec/decode.h"
#include "seccomp/condition.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

enum {
	MAX_ARG_INDEX = 5,
	MAX_ERRNO_RET = 0xffff, /* SECCOMP_RET_DATA */
};

/* The decode functions get the first member. */
struct reader {
	struct snug_decode d;
	struct snug_seccomp_profile *profile;
	bool is_crd, is_v1alpha1, keep_unknown;
	size_t n_names; /* over all entries */
};

#define SNUG_CRD_V1ALPHA1 "security-profiles-operator.x-k8s.io/v1alpha1"

static struct reader *reader_of(struct snug_decode *d)
{
	return (struct reader *)d;
}

/* -EINVAL or -E2BIG unless @v is a string of 1 to SNUG_LIMIT_NAME_BYTES bytes. */
static int check_short_string(struct snug_decode *d, const struct snug_doc_value *v)
{
	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	if (v->str.len == 0)
		return snug_decode_fail(d, v, -EINVAL, "is empty");
	if (v->str.len > SNUG_LIMIT_NAME_BYTES)
		return snug_decode_fail(d, v, -E2BIG, "is over the limit of %d bytes",
					SNUG_LIMIT_NAME_BYTES);
	return 0;
}

static int decode_action(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_action a;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	a = snug_action_from_name(v->str.text);
	if (a == _SNUG_ACTION_INVALID)
		return snug_decode_unknown_name(d, v, "action", snug_action_names());
	*(enum snug_action *)dst = a;
	return 0;
}

static int decode_op(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_cmp op;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	op = snug_cmp_from_name(v->str.text);
	if (op == _SNUG_CMP_INVALID)
		return snug_decode_unknown_name(d, v, "operator", snug_cmp_names());
	*(enum snug_cmp *)dst = op;
	return 0;
}

static int decode_arch(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_arch arch;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	arch = snug_arch_from_oci_name(v->str.text);
	if (arch == _SNUG_ARCH_INVALID)
		return snug_decode_unknown_name(d, v, "architecture", snug_arch_oci_names());
	*(enum snug_arch *)dst = arch;
	return 0;
}

static int decode_listed_arch(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_arches *list = dst;
	enum snug_arch arch;
	int r = decode_arch(d, v, &arch);

	if (r < 0)
		return r;
	VEC_FOREACH (known, list)
		if (*known == arch)
			snug_decode_warn(d, v, "'%s' is listed twice", v->str.text);
	*VEC_PUSH(list) = arch;
	return 0;
}

static int decode_arches(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_listed_arch, dst);
}

static int decode_flag(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_names *list = dst;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	if (!snug_filter_flag_from_name(v->str.text))
		return snug_decode_unknown_name(d, v, "flag", snug_filter_flag_names());
	*VEC_PUSH(list) = xstrdup(v->str.text);
	return 0;
}

static int decode_flags(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_flag, dst);
}

/* v1alpha1 has a string here; what its users wrote are numbers and errno names. */
static int decode_errno_string(struct snug_decode *d, const struct snug_doc_value *v,
			       struct snug_errno_ret *ret)
{
	uint64_t n;
	int r = check_short_string(d, v);

	if (r < 0)
		return r;
	if (snug_parse_u64(v->str.text, MAX_ERRNO_RET, &n) < 0)
		n = snug_errno_from_name(v->str.text);
	else if (n == 0)
		return 0;
	if (n == 0)
		return snug_decode_unknown_name(d, v, "errno", snug_errno_names());
	ret->is_set = true;
	ret->value = (uint32_t)n;
	return 0;
}

static int decode_errno_ret(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_errno_ret *ret = dst;

	if (reader_of(d)->is_v1alpha1 && v->type == SNUG_DOC_STRING)
		return decode_errno_string(d, v, ret);
	if (v->type != SNUG_DOC_UINT || v->u > MAX_ERRNO_RET)
		return snug_decode_expected(d, v, "an integer of 0 to 65535");
	ret->is_set = v->u || !reader_of(d)->is_crd;
	ret->value = (uint32_t)v->u;
	return 0;
}

static int decode_errno_name(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	/* Go writes "" for a name that is not set */
	if (v->str.len && !snug_errno_from_name(v->str.text))
		return snug_decode_unknown_name(d, v, "errno", snug_errno_names());
	return snug_decode_string(d, v, dst);
}

/* The search for the nearest name is the dear part, hence the look at n_warnings. */
static int unknown_syscall(struct snug_decode *d, const struct snug_doc_value *v)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep) char *hint = NULL;

	if (d->strict)
		return snug_decode_unknown_name(d, v, "syscall", snug_syscall_names());
	if (!d->warn || reader_of(d)->keep_unknown || d->n_warnings > SNUG_LIMIT_WARNINGS)
		return 0;
	snug_doc_show(&shown, v);
	hint = snug_str_did_you_mean(snug_str_nearest(v->str.text, snug_syscall_names()));
	snug_decode_warn(d, v, "unknown syscall %s%s", snug_str_text(&shown), hint);
	return 0;
}

static int decode_syscall_name(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_names *names = dst;
	int r = check_short_string(d, v);

	if (r < 0)
		return r;
	if (++reader_of(d)->n_names > SNUG_LIMIT_PROFILE_NAMES)
		return snug_decode_fail(d, v, -E2BIG, "more than %d names in this profile",
					SNUG_LIMIT_PROFILE_NAMES);
	if (!snug_syscall_is_known(v->str.text)) {
		r = unknown_syscall(d, v);
		if (r < 0)
			return r;
	}
	*VEC_PUSH(names) = xstrdup(v->str.text);
	return 0;
}

static int compare_values(const void *a, const void *b)
{
	const struct snug_doc_value *va = *(const struct snug_doc_value *const *)a;
	const struct snug_doc_value *vb = *(const struct snug_doc_value *const *)b;
	int r = strcmp(va->str.text, vb->str.text);

	return r ? r : (va > vb) - (va < vb);
}

static void warn_duplicates(struct snug_decode *d, const struct snug_doc_value *v)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	CLEANUP(freep)
	const struct snug_doc_value **sorted = xcalloc(v->array.len + 1, sizeof(*sorted));

	for (size_t i = 0; i < v->array.len; i++)
		sorted[i] = &v->array.items[i];
	qsort(sorted, v->array.len, sizeof(*sorted), compare_values);
	for (size_t i = 1; i < v->array.len; i++) {
		if (strcmp(sorted[i - 1]->str.text, sorted[i]->str.text) != 0)
			continue;
		snug_str_clear(&shown);
		snug_doc_show(&shown, sorted[i]);
		snug_decode_warn(d, sorted[i], "%s is listed twice", snug_str_text(&shown));
	}
}

static int decode_syscall_names(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	int r = snug_decode_array(d, v, SNUG_LIMIT_PROFILE_NAMES, decode_syscall_name, dst);

	if (r == 0 && v->array.len == 0)
		r = snug_decode_fail(d, v, -EINVAL, "is empty: an entry needs a syscall");
	if (r == 0)
		warn_duplicates(d, v);
	return r;
}

static int decode_arg_index(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_UINT || v->u > MAX_ARG_INDEX)
		return snug_decode_expected(d, v, "an argument index of 0 to 5");
	*(uint32_t *)dst = (uint32_t)v->u;
	return 0;
}

static const struct snug_decode_field arg_fields[] = {
	{ "index", decode_arg_index, offsetof(struct snug_seccomp_arg, index),
	  SNUG_DECODE_REQUIRED },
	{ "value", snug_decode_u64, offsetof(struct snug_seccomp_arg, value), 0 },
	{ "valueTwo", snug_decode_u64, offsetof(struct snug_seccomp_arg, value_two), 0 },
	{ "op", decode_op, offsetof(struct snug_seccomp_arg, op), SNUG_DECODE_REQUIRED },
	{ 0 },
};

static int decode_arg(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_entry *e = dst;
	struct snug_seccomp_arg *arg = VEC_PUSH(&e->args);
	int r = snug_decode_object(d, v, arg_fields, arg);

	if (r < 0)
		return r;
	arg->has_value_two = snug_doc_get(v, "valueTwo") != NULL;
	if (arg->op == SNUG_CMP_MASKED_EQ && (arg->value_two & ~arg->value))
		snug_decode_warn(d, v, "can never hold: valueTwo has bits that the mask has not");
	return 0;
}

static int decode_args(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_entry *e = dst;

	e->has_args = true;
	if (v->type == SNUG_DOC_NULL)
		return 0;
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_arg, e);
}

#define ENTRY(field) offsetof(struct snug_seccomp_entry, field)

static int decode_legacy_name(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_entry *e = dst;

	/* Go writes "" for a name that is not set */
	if (v->type == SNUG_DOC_STRING && v->str.len == 0)
		return 0;
	if (e->names.len)
		return snug_decode_fail(d, v, -EINVAL, "an entry has either 'name' or 'names'");
	e->is_legacy_name = true;
	return decode_syscall_name(d, v, &e->names);
}

static int decode_entry_names(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_entry *e = dst;

	/* Docker's old tools wrote both, one of them empty */
	if (e->is_legacy_name && v->type == SNUG_DOC_ARRAY && v->array.len == 0)
		return 0;
	if (e->is_legacy_name)
		return snug_decode_fail(d, v, -EINVAL, "an entry has either 'name' or 'names'");
	return decode_syscall_names(d, v, &e->names);
}

/* name, names and args look at the whole entry: offset 0 */
static const struct snug_decode_field oci_entry_fields[] = {
	{ "names", decode_entry_names, 0, SNUG_DECODE_NULL_OK },
	{ "name", decode_legacy_name, 0, SNUG_DECODE_NULL_OK },
	{ "action", decode_action, ENTRY(action), SNUG_DECODE_REQUIRED },
	{ "errnoRet", decode_errno_ret, ENTRY(errno_ret), SNUG_DECODE_NULL_OK },
	{ "errno", decode_errno_name, ENTRY(errno_name), SNUG_DECODE_NULL_OK },
	{ "args", decode_args, 0, 0 },
	{ "comment", snug_decode_string, ENTRY(comment), SNUG_DECODE_NULL_OK },
	{ "includes", snug_condition_decode, ENTRY(includes), SNUG_DECODE_NULL_OK },
	{ "excludes", snug_condition_decode, ENTRY(excludes), SNUG_DECODE_NULL_OK },
	{ 0 },
};

static const struct snug_decode_field crd_entry_fields[] = {
	{ "names", decode_entry_names, 0, SNUG_DECODE_REQUIRED },
	{ "action", decode_action, ENTRY(action), SNUG_DECODE_REQUIRED },
	{ "errnoRet", decode_errno_ret, ENTRY(errno_ret), SNUG_DECODE_NULL_OK },
	{ "args", decode_args, 0, 0 },
	{ 0 },
};

/* containers-common takes the name where a document has both. */
static void check_errno_pair(struct snug_decode *d, const struct snug_doc_value *v,
			     const struct snug_errno_ret *ret, const char *name)
{
	if (name && *name && ret->is_set && snug_errno_from_name(name) != ret->value)
		snug_decode_warn(d, v, "'%s' and %u are not the same errno: the name counts", name,
				 ret->value);
}

static int decode_entry(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_profile *p = dst;
	struct snug_seccomp_entry *e = VEC_PUSH(&p->entries);
	int r;

	e->line = v->line;
	e->col = v->col;
	r = snug_decode_object(d, v, reader_of(d)->is_crd ? crd_entry_fields : oci_entry_fields, e);
	if (r < 0)
		return r;
	if (!e->names.len)
		return snug_decode_fail(d, v, -EINVAL, "field 'names' is missing");
	check_errno_pair(d, v, &e->errno_ret, e->errno_name);
	return 0;
}

static int decode_entries(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_ENTRIES, decode_entry, dst);
}

#define MAP(field) offsetof(struct snug_seccomp_arch_map, field)

static const struct snug_decode_field arch_map_fields[] = {
	{ "architecture", decode_arch, MAP(arch), SNUG_DECODE_REQUIRED },
	{ "subArchitectures", decode_arches, MAP(sub_arches), SNUG_DECODE_NULL_OK },
	{ 0 },
};

static int decode_arch_map_item(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_profile *p = dst;

	return snug_decode_object(d, v, arch_map_fields, VEC_PUSH(&p->arch_map));
}

static int decode_arch_map(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_PROFILE_LIST, decode_arch_map_item, dst);
}

static const char *const states[] = { "Enabled", "Disabled", NULL };

/* A string of @words, copied. */
static int decode_one_of(struct snug_decode *d, const struct snug_doc_value *v, const char *what,
			 const char *const *words, void *dst)
{
	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "a string");
	if (snug_words_index(words, v->str.text) < 0)
		return snug_decode_unknown_name(d, v, what, words);
	return snug_decode_string(d, v, dst);
}

static int decode_state(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return decode_one_of(d, v, "state", states, dst);
}

#define PROFILE(field) offsetof(struct snug_seccomp_profile, field)

/* syscalls and archMap look at the whole profile: offset 0 */
static const struct snug_decode_field oci_fields[] = {
	{ "defaultAction", decode_action, PROFILE(default_action), SNUG_DECODE_REQUIRED },
	{ "defaultErrnoRet", decode_errno_ret, PROFILE(default_errno_ret), SNUG_DECODE_NULL_OK },
	{ "defaultErrno", decode_errno_name, PROFILE(default_errno_name), SNUG_DECODE_NULL_OK },
	{ "architectures", decode_arches, PROFILE(arches), SNUG_DECODE_NULL_OK },
	{ "archMap", decode_arch_map, 0, SNUG_DECODE_NULL_OK },
	{ "flags", decode_flags, PROFILE(flags), SNUG_DECODE_NULL_OK },
	{ "listenerPath", snug_decode_string, PROFILE(listener_path), SNUG_DECODE_NULL_OK },
	{ "listenerMetadata", snug_decode_string, PROFILE(listener_metadata), SNUG_DECODE_NULL_OK },
	{ "syscalls", decode_entries, 0, SNUG_DECODE_NULL_OK },
	{ 0 },
};

static const struct snug_decode_field crd_spec_fields[] = {
	{ "state", decode_state, PROFILE(state), SNUG_DECODE_NULL_OK },
	{ "baseProfileName", snug_decode_string, PROFILE(base_profile_name), SNUG_DECODE_NULL_OK },
	{ "defaultAction", decode_action, PROFILE(default_action), SNUG_DECODE_REQUIRED },
	{ "architectures", decode_arches, PROFILE(arches), SNUG_DECODE_NULL_OK },
	{ "flags", decode_flags, PROFILE(flags), SNUG_DECODE_NULL_OK },
	{ "listenerPath", snug_decode_string, PROFILE(listener_path), SNUG_DECODE_NULL_OK },
	{ "listenerMetadata", snug_decode_string, PROFILE(listener_metadata), SNUG_DECODE_NULL_OK },
	{ "syscalls", decode_entries, 0, SNUG_DECODE_NULL_OK },
	{ 0 },
};

static const struct snug_decode_field v1alpha1_spec_fields[] = {
	{ "targetWorkload", snug_decode_string, PROFILE(target_workload), SNUG_DECODE_NULL_OK },
	{ "baseProfileName", snug_decode_string, PROFILE(base_profile_name), SNUG_DECODE_NULL_OK },
	{ "defaultAction", decode_action, PROFILE(default_action), SNUG_DECODE_REQUIRED },
	{ "architectures", decode_arches, PROFILE(arches), SNUG_DECODE_NULL_OK },
	{ "flags", decode_flags, PROFILE(flags), SNUG_DECODE_NULL_OK },
	{ "syscalls", decode_entries, 0, SNUG_DECODE_NULL_OK },
	{ 0 },
};

static const char *const api_versions[] = {
	"security-profiles-operator.x-k8s.io/v1",
	"security-profiles-operator.x-k8s.io/v1beta1",
	SNUG_CRD_V1ALPHA1,
	NULL,
};

static int decode_api_version(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return decode_one_of(d, v, "version of SeccompProfile", api_versions, dst);
}

static int decode_metadata(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_seccomp_profile *p = dst;
	const struct snug_doc_value *name = snug_doc_get(v, "name");

	if (v->type != SNUG_DOC_OBJECT)
		return snug_decode_expected(d, v, "an object");
	p->metadata = v;
	if (!name)
		return 0;
	snug_str_add(&d->path, ".name");
	return snug_decode_string(d, name, &p->name);
}

static int decode_spec(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_object(
		d, v, reader_of(d)->is_v1alpha1 ? v1alpha1_spec_fields : crd_spec_fields, dst);
}

/* metadata and spec look at the whole profile: offset 0 */
static const struct snug_decode_field crd_fields[] = {
	{ "apiVersion", decode_api_version, PROFILE(api_version), SNUG_DECODE_REQUIRED },
	{ "kind", NULL, 0, SNUG_DECODE_IGNORE },
	{ "metadata", decode_metadata, 0, SNUG_DECODE_NULL_OK },
	{ "spec", decode_spec, 0, SNUG_DECODE_REQUIRED },
	{ "status", snug_decode_value, PROFILE(status), SNUG_DECODE_NULL_OK },
	{ 0 },
};

static int decode_oci(struct reader *r, const struct snug_doc_value *v)
{
	struct snug_seccomp_profile *p = r->profile;
	int rc = snug_decode_object(&r->d, v, oci_fields, p);

	if (rc < 0)
		return rc;
	if (p->arches.len && p->arch_map.len)
		return snug_decode_fail(&r->d, snug_doc_get(v, "archMap"), -EINVAL,
					"a profile has either 'architectures' or 'archMap'");
	check_errno_pair(&r->d, v, &p->default_errno_ret, p->default_errno_name);
	return 0;
}

static int decode_crd(struct reader *r, const struct snug_doc_value *v)
{
	const char *version = snug_doc_get_string(v, "apiVersion");

	r->is_crd = true;
	/* asked before the table is, because the members may come in any order */
	r->is_v1alpha1 = version && strcmp(version, SNUG_CRD_V1ALPHA1) == 0;
	r->profile->format = snug_doc_syntax(r->d.doc) == SNUG_DOC_JSON ? SNUG_PROFILE_CRD_JSON
									: SNUG_PROFILE_CRD_YAML;
	return snug_decode_object(&r->d, v, crd_fields, r->profile);
}

int snug_profile_decode(struct snug_seccomp_profile *p, const struct snug_doc *doc,
			const struct snug_doc_value *v, enum snug_profile_kind kind,
			const struct snug_seccomp_read_options *opts, struct snug_err *err)
{
	struct reader r = {
		.d = { .doc = doc,
		       .strict = opts->strict,
		       .warn = opts->warn,
		       .warn_data = opts->warn_data,
		       .err = err },
		.profile = p,
		.keep_unknown = opts->keep_unknown,
	};
	int rc;

	if (kind == SNUG_PROFILE_KIND_OCI_CONFIG)
		snug_str_add(&r.d.path, "linux.seccomp");
	p->value = v;
	rc = kind == SNUG_PROFILE_KIND_CRD ? decode_crd(&r, v) : decode_oci(&r, v);
	snug_decode_done(&r.d);
	return rc;
}
