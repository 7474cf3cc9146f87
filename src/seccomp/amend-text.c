/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every step is done twice: on the text, and on the profile that was read from it.  The new text is
 * read, and both must be equal; also the rest of the document, of which a profile does not know
 * everything, must be what it was.
 */
#include "seccomp/amend-internal.h"

#include "base/err.h"
#include "codec/edit.h"
#include "codec/writer.h"

#include <errno.h>
#include <string.h>

/* The one part of the document that a step changes. */
struct change {
	const char *key; /* of the seccomp object: "syscalls", "defaultAction" */
	size_t element;  /* of syscalls */
	int n_more;      /* elements: 1, 0, -1 */
};

void snug_amend_state_done(struct snug_amend_state *s)
{
	snug_str_done(&s->text);
	s->p = snug_seccomp_profile_free(s->p);
}

int snug_amend_parse(struct snug_amend_state *s)
{
	/* whoever compiles or lints the profile is told of oddities */
	const struct snug_seccomp_read_options opts = { .keep_unknown = true };

	return snug_seccomp_profile_parse(s->name, snug_str_text(&s->text), s->text.len, &opts,
					  &s->p, s->err);
}

/* The object that has syscalls. */
static const struct snug_doc_value *spec_of(const struct snug_seccomp_profile *p)
{
	return p->format == SNUG_PROFILE_OCI_JSON ? p->value : snug_doc_get(p->value, "spec");
}

static bool same_elements(const struct snug_doc_value *a, const struct snug_doc_value *b,
			  const struct change *c)
{
	size_t skip_a = c->n_more > 0 ? SIZE_MAX : c->element, j = 0;
	size_t skip_b = c->n_more < 0 ? SIZE_MAX : c->element;

	for (size_t i = 0; i < a->array.len; i++) {
		if (i == skip_a)
			continue;
		if (j == skip_b)
			j++;
		if (j == b->array.len || !snug_doc_equal(&a->array.items[i], &b->array.items[j++]))
			return false;
	}
	return true;
}

/* Whether the two objects differ at most where @c says. */
static bool same_members(const struct snug_doc_value *a, const struct snug_doc_value *b,
			 const struct change *c)
{
	size_t n_a = 0, n_b = 0;

	for (size_t i = 0; i < b->object.len; i++)
		n_b += strcmp(b->object.items[i].key, c->key) != 0;
	for (size_t i = 0; i < a->object.len; i++) {
		const struct snug_doc_member *m = &a->object.items[i];
		const struct snug_doc_value *other = snug_doc_get(b, m->key);

		if (strcmp(m->key, c->key) == 0) {
			if (m->value.type == SNUG_DOC_ARRAY &&
			    (!other || other->type != SNUG_DOC_ARRAY ||
			     !same_elements(&m->value, other, c)))
				return false;
			continue;
		}
		n_a++;
		if (!other || !snug_doc_equal(&m->value, other))
			return false;
	}
	return n_a == n_b;
}

/* Whether two trees differ at most inside the objects @pa and @pb, and there only as @c says. */
static bool same_but(const struct snug_doc_value *a, const struct snug_doc_value *b,
		     const struct snug_doc_value *pa, const struct snug_doc_value *pb,
		     const struct change *c)
{
	if (a == pa)
		return b == pb && same_members(a, b, c);
	if (a->type != b->type)
		return false;
	if (a->type == SNUG_DOC_ARRAY) {
		if (a->array.len != b->array.len)
			return false;
		for (size_t i = 0; i < a->array.len; i++)
			if (!same_but(&a->array.items[i], &b->array.items[i], pa, pb, c))
				return false;
		return true;
	}
	if (a->type != SNUG_DOC_OBJECT)
		return snug_doc_equal(a, b);
	if (a->object.len != b->object.len)
		return false;
	for (size_t i = 0; i < a->object.len; i++)
		if (strcmp(a->object.items[i].key, b->object.items[i].key) != 0 ||
		    !same_but(&a->object.items[i].value, &b->object.items[i].value, pa, pb, c))
			return false;
	return true;
}

static bool same_documents(const struct snug_seccomp_profile *a,
			   const struct snug_seccomp_profile *b, const struct change *c)
{
	if (snug_doc_n_roots(a->doc) != snug_doc_n_roots(b->doc))
		return false;
	for (size_t i = 0; i < snug_doc_n_roots(a->doc); i++)
		if (!same_but(snug_doc_root(a->doc, i), snug_doc_root(b->doc, i), spec_of(a),
			      spec_of(b), c))
			return false;
	return true;
}

/* @text is what a step made of s->text, and s->p has been changed alike. */
static int accept(struct snug_amend_state *s, struct snug_str *text, const struct change *c)
{
	struct snug_amend_state next = { .name = s->name, .opts = s->opts };
	bool is_good;

	next.text = *text;
	*text = (struct snug_str)SNUG_STR_INIT;
	is_good = snug_amend_parse(&next) == 0 && snug_seccomp_profile_equal(s->p, next.p) &&
		  same_documents(s->p, next.p, c);
	if (!is_good) {
		snug_amend_state_done(&next);
		return snug_err_set(s->err, -EOPNOTSUPP,
				    "%s: the text is laid out in a way that cannot be edited here",
				    s->name);
	}
	next.err = s->err;
	snug_amend_state_done(s);
	*s = next;
	return 0;
}

static struct snug_edit edit_of(const struct snug_amend_state *s)
{
	return (struct snug_edit){ s->text.buf, s->text.len, s->p->doc };
}

static const struct snug_doc_value *entry_value(const struct snug_amend_state *s, size_t entry)
{
	return &snug_doc_get(spec_of(s->p), "syscalls")->array.items[entry];
}

/* Where @name belongs in a sorted list; the end of one that is not. */
static size_t place_of(const struct snug_names *names, const char *name)
{
	size_t place = 0;

	for (size_t i = 0; i < names->len; i++) {
		if (i > 0 && strcmp(names->items[i - 1], names->items[i]) > 0)
			return names->len;
		if (strcmp(names->items[i], name) < 0)
			place = i + 1;
	}
	return place;
}

int snug_amend_insert_name(struct snug_amend_state *s, size_t entry, const char *name)
{
	const struct snug_edit edit = edit_of(s);
	struct snug_names *names = &s->p->entries.items[entry].names;
	const struct change change = { "syscalls", entry, 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	size_t place = place_of(names, name);
	int r;

	r = snug_edit_insert_string(&edit, snug_doc_get(entry_value(s, entry), "names"), place,
				    name, s->opts->note, &text, s->err);
	if (r < 0)
		return r;
	(void)VEC_PUSH(names);
	memmove(names->items + place + 1, names->items + place,
		(names->len - 1 - place) * sizeof(*names->items));
	names->items[place] = xstrdup(name);
	return accept(s, &text, &change);
}

static int remove_entry(struct snug_amend_state *s, size_t entry)
{
	const struct snug_edit edit = edit_of(s);
	const struct change change = { "syscalls", entry, -1 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r;

	r = snug_edit_remove_element(&edit, spec_of(s->p), "syscalls", entry, &text, s->err);
	if (r < 0)
		return r;
	snug_seccomp_entry_done(&s->p->entries.items[entry]);
	VEC_REMOVE(&s->p->entries, entry);
	return accept(s, &text, &change);
}

int snug_amend_remove_name(struct snug_amend_state *s, size_t entry, size_t name_index,
			   bool *ret_gone)
{
	const struct snug_edit edit = edit_of(s);
	struct snug_names *names = &s->p->entries.items[entry].names;
	const struct change change = { "syscalls", entry, 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r;

	*ret_gone = names->len == 1;
	if (*ret_gone)
		return remove_entry(s, entry);
	r = snug_edit_remove_element(&edit, entry_value(s, entry), "names", name_index, &text,
				     s->err);
	if (r < 0)
		return r;
	free(names->items[name_index]);
	VEC_REMOVE(names, name_index);
	return accept(s, &text, &change);
}

/* The entry as an element of a YAML list, with the note behind each name. */
static void write_yaml(const struct snug_amend_state *s, const struct snug_seccomp_entry *e,
		       struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str plain = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep)
	struct snug_writer *w = snug_writer_new(SNUG_DOC_YAML, &plain);
	bool in_names = false;

	snug_writer_begin_array(w);
	snug_seccomp_entry_write(w, s->p, e);
	snug_writer_end_array(w);
	snug_writer_finish(w);
	for (const char *line = snug_str_text(&plain); *line;) {
		size_t n = strcspn(line, "\n");

		snug_str_addn(out, line, n);
		if (n > 2 && line[2] != ' ' && line[2] != '-')
			in_names = strncmp(line + 2, "names:", 6) == 0;
		else if (in_names && s->opts->note && !e->comment)
			snug_str_addf(out, " # %s", s->opts->note);
		snug_str_addc(out, '\n');
		line += n + (line[n] == '\n');
	}
}

static void write_json(const struct snug_amend_state *s, const struct snug_seccomp_entry *e,
		       struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_seccomp_entry_write(w, s->p, e);
	snug_writer_finish(w);
}

int snug_amend_add_entry(struct snug_amend_state *s, struct snug_seccomp_entry *e)
{
	const struct snug_edit edit = edit_of(s);
	const struct snug_doc_value *spec = spec_of(s->p), *syscalls;
	const struct change change = { "syscalls", s->p->entries.len, 1 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str json = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str yaml = SNUG_STR_INIT;
	int r;

	write_json(s, e, &json);
	write_yaml(s, e, &yaml);
	*VEC_PUSH(&s->p->entries) = *e;
	syscalls = snug_doc_get(spec, "syscalls");
	if (syscalls && syscalls->type != SNUG_DOC_ARRAY)
		return snug_err_set(s->err, -EOPNOTSUPP,
				    "%s:%u:%u: syscalls is null: write [] there, or leave it out",
				    s->name, syscalls->line, syscalls->col);
	if (syscalls)
		r = snug_edit_append_object(&edit, syscalls, json.buf, yaml.buf, &text, s->err);
	else
		r = snug_edit_add_array(&edit, spec, "syscalls", json.buf, yaml.buf, &text, s->err);
	return r < 0 ? r : accept(s, &text, &change);
}

int snug_amend_set_default(struct snug_amend_state *s, enum snug_action action)
{
	const struct snug_edit edit = edit_of(s);
	const struct change change = { "defaultAction", 0, 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r;

	r = snug_edit_replace_string(&edit, snug_doc_get(spec_of(s->p), "defaultAction"),
				     snug_action_name(action), &text, s->err);
	if (r < 0)
		return r;
	s->p->default_action = action;
	return accept(s, &text, &change);
}
