/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the one profile in a text and says what it is: OCI JSON, a bundle's config.json, a
 * SeccompProfile resource, alone or as part of a stream or a List.  profile-fields.c knows the
 * fields.
 */
#include "seccomp/profile.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "codec/doc.h"
#include "seccomp/profile-fields.h"

#include <errno.h>
#include <string.h>

/* What the search through the roots has found so far. */
struct search {
	const struct snug_doc *doc;
	struct snug_err *err;
	const struct snug_doc_value *found;
	enum snug_profile_kind kind;
	size_t n_found;
	const struct snug_doc_value *other; /* the first thing that is something else */
};

static void found(struct search *s, const struct snug_doc_value *v, enum snug_profile_kind kind)
{
	if (s->n_found++)
		return;
	s->found = v;
	s->kind = kind;
}

static void look_at(struct search *s, const struct snug_doc_value *v, bool in_list)
{
	const char *kind = snug_doc_get_string(v, "kind");
	const struct snug_doc_value *items = snug_doc_get(v, "items");
	const struct snug_doc_value *linux_part = snug_doc_get(v, "linux");

	if (v->type == SNUG_DOC_NULL)
		return;
	if (snug_doc_get(v, "apiVersion") || kind) {
		if (kind && strcmp(kind, "SeccompProfile") == 0)
			found(s, v, SNUG_PROFILE_KIND_CRD);
		else if (kind && items && items->type == SNUG_DOC_ARRAY && !in_list &&
			 (strcmp(kind, "List") == 0 || strcmp(kind, "SeccompProfileList") == 0))
			for (size_t i = 0; i < items->array.len; i++)
				look_at(s, &items->array.items[i], true);
		else if (!s->other)
			s->other = v;
	} else if (snug_doc_get(v, "defaultAction") || snug_doc_get(v, "syscalls")) {
		found(s, v, SNUG_PROFILE_KIND_OCI);
	} else if (linux_part && snug_doc_get(linux_part, "seccomp")) {
		found(s, snug_doc_get(linux_part, "seccomp"), SNUG_PROFILE_KIND_OCI_CONFIG);
	} else if (!s->other) {
		s->other = v;
	}
}

static int nothing_found(const struct search *s)
{
	const struct snug_doc_value *v = s->other ? s->other : snug_doc_root(s->doc, 0);
	const char *kind = snug_doc_get_string(v, "kind");
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (v->type != SNUG_DOC_OBJECT) {
		snug_str_add(&text, "expected a seccomp profile, got ");
		snug_doc_show(&text, v);
	} else if (snug_doc_get(v, "snugRecording")) {
		snug_str_add(&text, "this is a recording, not a profile: 'snug derive' makes one");
	} else if (kind) {
		snug_str_add(&text, "kind ");
		snug_doc_show(&text, snug_doc_get(v, "kind"));
		snug_str_add(&text, " is no seccomp profile (SeccompProfile)");
	} else if (snug_doc_get(v, "ociVersion")) {
		snug_str_add(&text, "this config.json has no linux.seccomp");
	} else {
		snug_str_add(&text, "no seccomp profile: field 'defaultAction' is missing");
	}
	return snug_err_set(s->err, -EINVAL, "%s:%u:%u: %s", snug_doc_name(s->doc), v->line, v->col,
			    snug_str_text(&text));
}

static int find_profile(struct search *s)
{
	for (size_t i = 0; i < snug_doc_n_roots(s->doc); i++)
		look_at(s, snug_doc_root(s->doc, i), false);
	if (s->n_found == 0)
		return nothing_found(s);
	if (s->n_found > 1)
		return snug_err_set(s->err, -EINVAL,
				    "%s: holds %zu seccomp profiles, expected exactly one",
				    snug_doc_name(s->doc), s->n_found);
	return 0;
}

int snug_seccomp_profile_parse(const char *name, const char *text, size_t len,
			       const struct snug_seccomp_read_options *opts,
			       struct snug_seccomp_profile **ret, struct snug_err *err)
{
	static const struct snug_seccomp_read_options no_opts;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	struct search s = { .err = err };
	int r;

	r = snug_doc_parse(name, text, len, SNUG_LIMIT_DOC_BYTES, &doc, err);
	if (r < 0)
		return r;
	s.doc = doc;
	r = find_profile(&s);
	if (r < 0)
		return r;
	p = snug_seccomp_profile_new(name, SNUG_ACTION_KILL);
	r = snug_profile_decode(p, doc, s.found, s.kind, opts ? opts : &no_opts, err);
	if (r < 0)
		return r;
	p->doc = STEAL(doc);
	*ret = STEAL(p);
	return 0;
}

int snug_seccomp_profile_read(const char *path, const struct snug_seccomp_read_options *opts,
			      struct snug_seccomp_profile **ret, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t len;
	int r;

	r = snug_read_file(path, SNUG_LIMIT_DOC_BYTES, &text, &len, err);
	if (r < 0)
		return r;
	return snug_seccomp_profile_parse(strcmp(path, "-") == 0 ? "<stdin>" : path, text, len,
					  opts, ret, err);
}
