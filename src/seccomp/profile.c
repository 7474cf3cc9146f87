/* SPDX-License-Identifier: Apache-2.0 */
/* The profile as a value: its life, its words, equality.  Reading and writing have their own files;
 * every string in a profile is its own copy, except metadata and status, which live in p->doc. */
#include "seccomp/profile.h"

#include "base/str.h"
#include "base/words.h"
#include "codec/doc.h"

#include <string.h>

static const char *const action_names[] = {
	[SNUG_ACTION_KILL] = "SCMP_ACT_KILL",
	[SNUG_ACTION_KILL_PROCESS] = "SCMP_ACT_KILL_PROCESS",
	[SNUG_ACTION_KILL_THREAD] = "SCMP_ACT_KILL_THREAD",
	[SNUG_ACTION_TRAP] = "SCMP_ACT_TRAP",
	[SNUG_ACTION_ERRNO] = "SCMP_ACT_ERRNO",
	[SNUG_ACTION_TRACE] = "SCMP_ACT_TRACE",
	[SNUG_ACTION_ALLOW] = "SCMP_ACT_ALLOW",
	[SNUG_ACTION_LOG] = "SCMP_ACT_LOG",
	[SNUG_ACTION_NOTIFY] = "SCMP_ACT_NOTIFY",
	[_SNUG_ACTION_MAX] = NULL,
};

static const char *const cmp_names[] = {
	[SNUG_CMP_NE] = "SCMP_CMP_NE",
	[SNUG_CMP_LT] = "SCMP_CMP_LT",
	[SNUG_CMP_LE] = "SCMP_CMP_LE",
	[SNUG_CMP_EQ] = "SCMP_CMP_EQ",
	[SNUG_CMP_GE] = "SCMP_CMP_GE",
	[SNUG_CMP_GT] = "SCMP_CMP_GT",
	[SNUG_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	[_SNUG_CMP_MAX] = NULL,
};

const char *snug_action_name(enum snug_action a)
{
	snug_bug_on((int)a < 0 || a >= _SNUG_ACTION_MAX);
	return action_names[a];
}

enum snug_action snug_action_from_name(const char *name)
{
	return (enum snug_action)snug_words_index(action_names, name);
}

const char *const *snug_action_names(void)
{
	return action_names;
}

const char *snug_cmp_name(enum snug_cmp op)
{
	snug_bug_on((int)op < 0 || op >= _SNUG_CMP_MAX);
	return cmp_names[op];
}

enum snug_cmp snug_cmp_from_name(const char *name)
{
	return (enum snug_cmp)snug_words_index(cmp_names, name);
}

const char *const *snug_cmp_names(void)
{
	return cmp_names;
}

bool snug_names_have(const struct snug_names *names, const char *name)
{
	return snug_words_have((const char *const *)names->items, names->len, name);
}

struct snug_seccomp_profile *snug_seccomp_profile_new(const char *source,
						      enum snug_action default_action)
{
	struct snug_seccomp_profile *p = xcalloc(1, sizeof(*p));

	p->source = xstrdup(source);
	p->default_action = default_action;
	return p;
}

static void names_done(struct snug_names *names)
{
	VEC_FOREACH (name, names)
		free(*name);
	VEC_DONE(names);
}

static void condition_done(struct snug_seccomp_condition *c)
{
	names_done(&c->arches);
	names_done(&c->caps);
	free(c->min_kernel);
}

void snug_seccomp_entry_done(struct snug_seccomp_entry *e)
{
	names_done(&e->names);
	VEC_DONE(&e->args);
	free(e->errno_name);
	free(e->comment);
	condition_done(&e->includes);
	condition_done(&e->excludes);
}

struct snug_seccomp_profile *snug_seccomp_profile_free(struct snug_seccomp_profile *p)
{
	if (!p)
		return NULL;
	VEC_FOREACH (e, &p->entries)
		snug_seccomp_entry_done(e);
	VEC_DONE(&p->entries);
	VEC_FOREACH (m, &p->arch_map)
		VEC_DONE(&m->sub_arches);
	VEC_DONE(&p->arch_map);
	VEC_DONE(&p->arches);
	names_done(&p->flags);
	free(p->source);
	free(p->default_errno_name);
	free(p->listener_path);
	free(p->listener_metadata);
	free(p->api_version);
	free(p->base_profile_name);
	free(p->state);
	free(p->target_workload);
	free(p->name);
	snug_doc_free(p->doc);
	free(p);
	return NULL;
}

struct snug_seccomp_entry *snug_seccomp_profile_add(struct snug_seccomp_profile *p,
						    enum snug_action action,
						    const char *const *names, size_t n)
{
	CLEANUP(freep) const char **sorted = xcalloc(n + 1, sizeof(*sorted));
	struct snug_seccomp_entry *e = VEC_PUSH(&p->entries);

	for (size_t i = 0; i < n; i++)
		sorted[i] = names[i];
	n = snug_words_sort(sorted, n);
	e->action = action;
	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&e->names) = xstrdup(sorted[i]);
	return e;
}

static bool equal_names(const struct snug_names *a, const struct snug_names *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

static bool equal_arches(const struct snug_arches *a, const struct snug_arches *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->items, b->items, a->len * sizeof(*a->items)) == 0);
}

static bool equal_errno(const struct snug_errno_ret *a, const struct snug_errno_ret *b)
{
	return a->is_set == b->is_set && (!a->is_set || a->value == b->value);
}

static bool equal_condition(const struct snug_seccomp_condition *a,
			    const struct snug_seccomp_condition *b)
{
	return a->is_set == b->is_set && equal_names(&a->arches, &b->arches) &&
	       equal_names(&a->caps, &b->caps) && snug_words_equal(a->min_kernel, b->min_kernel);
}

static bool equal_arg(const struct snug_seccomp_arg *a, const struct snug_seccomp_arg *b)
{
	return a->index == b->index && a->op == b->op && a->value == b->value &&
	       a->value_two == b->value_two && a->has_value_two == b->has_value_two;
}

static bool equal_entry(const struct snug_seccomp_entry *a, const struct snug_seccomp_entry *b)
{
	if (a->args.len != b->args.len)
		return false;
	for (size_t i = 0; i < a->args.len; i++)
		if (!equal_arg(&a->args.items[i], &b->args.items[i]))
			return false;
	return equal_names(&a->names, &b->names) && a->is_legacy_name == b->is_legacy_name &&
	       a->action == b->action && equal_errno(&a->errno_ret, &b->errno_ret) &&
	       snug_words_equal(a->errno_name, b->errno_name) && a->has_args == b->has_args &&
	       snug_words_equal(a->comment, b->comment) &&
	       equal_condition(&a->includes, &b->includes) &&
	       equal_condition(&a->excludes, &b->excludes);
}

/* {} says as much as nothing. */
static bool equal_values(const struct snug_doc_value *a, const struct snug_doc_value *b)
{
	static const struct snug_doc_value empty = { .type = SNUG_DOC_OBJECT };

	return snug_doc_equal(a ? a : &empty, b ? b : &empty);
}

static bool equal_lists(const struct snug_seccomp_profile *a, const struct snug_seccomp_profile *b)
{
	if (a->entries.len != b->entries.len || a->arch_map.len != b->arch_map.len)
		return false;
	for (size_t i = 0; i < a->entries.len; i++)
		if (!equal_entry(&a->entries.items[i], &b->entries.items[i]))
			return false;
	for (size_t i = 0; i < a->arch_map.len; i++) {
		const struct snug_seccomp_arch_map *ma = &a->arch_map.items[i];
		const struct snug_seccomp_arch_map *mb = &b->arch_map.items[i];

		if (ma->arch != mb->arch || !equal_arches(&ma->sub_arches, &mb->sub_arches))
			return false;
	}
	return equal_names(&a->flags, &b->flags) && equal_arches(&a->arches, &b->arches);
}

bool snug_seccomp_profile_equal(const struct snug_seccomp_profile *a,
				const struct snug_seccomp_profile *b)
{
	return a->default_action == b->default_action &&
	       equal_errno(&a->default_errno_ret, &b->default_errno_ret) &&
	       snug_words_equal(a->default_errno_name, b->default_errno_name) &&
	       equal_lists(a, b) && snug_words_equal(a->listener_path, b->listener_path) &&
	       snug_words_equal(a->listener_metadata, b->listener_metadata) &&
	       snug_words_equal(a->api_version, b->api_version) &&
	       snug_words_equal(a->base_profile_name, b->base_profile_name) &&
	       snug_words_equal(a->state, b->state) &&
	       snug_words_equal(a->target_workload, b->target_workload) &&
	       snug_words_equal(a->name, b->name) && equal_values(a->metadata, b->metadata) &&
	       equal_values(a->status, b->status);
}

static bool is_k8s_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void strip_dashes(struct snug_str *s)
{
	while (s->len && s->buf[s->len - 1] == '-')
		s->buf[--s->len] = '\0';
}

/* The parts between dots must begin and end alphanumeric as well. */
char *snug_k8s_name(const char *text)
{
	enum { MAX = 253 };
	struct snug_str out = SNUG_STR_INIT;

	for (; *text; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
		char last;

		if (c == '.')
			strip_dashes(&out);
		if (out.len == MAX)
			break;
		last = out.len ? out.buf[out.len - 1] : '.';
		if (is_k8s_alnum(c))
			snug_str_addc(&out, c);
		else if (last != '.' && (c == '.' || c == '-'))
			snug_str_addc(&out, c);
		else if (is_k8s_alnum(last))
			snug_str_addc(&out, '-');
	}
	while (out.len && !is_k8s_alnum(out.buf[out.len - 1]))
		out.buf[--out.len] = '\0';
	if (!out.len)
		snug_str_add(&out, "profile");
	return snug_str_take(&out);
}
