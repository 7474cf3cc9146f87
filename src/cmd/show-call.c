/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/show-call.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/answer.h"
#include "cmd/columns.h"
#include "codec/writer.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"

#include <inttypes.h>
#include <string.h>

enum { INDENT = 2, DEEPER = 4, REASON = 6 };

static const struct snug_seccomp_profile *profile_of(const struct call_view *v)
{
	return snug_meaning_profile(v->meaning);
}

static void add_line(struct snug_str *out, const struct show_style *style, unsigned indent,
		     const char *text)
{
	columns_add_list(out, "", &text, 1, 0, indent, style->width);
}

/* "web.json:12:5: syscalls[3]"; made by code, an entry has no place. */
static void add_place(const struct call_view *v, size_t entry, struct snug_str *out)
{
	const struct snug_seccomp_entry *e = &profile_of(v)->entries.items[entry];

	show_add_printable(out, profile_of(v)->source);
	if (e->line)
		snug_str_addf(out, ":%u:%u", e->line, e->col);
	snug_str_addf(out, ": syscalls[%zu]", entry);
}

static void add_question(const struct call_view *v, const struct show_style *style,
			 struct snug_str *out)
{
	const struct snug_call_question *q = v->question;
	CLEANUP(snug_argset_done) struct snug_argset set = { 0 };
	struct snug_seccomp_arg conds[SNUG_N_ARGS];
	size_t n = 0;

	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (q->known[i])
			conds[n++] = (struct snug_seccomp_arg){ .index = i,
								.op = SNUG_CMP_EQ,
								.value = q->args[i] };
	snug_argset_add_conds(&set, conds, n, 64);
	snug_str_add(out, style->has_colours ? "\033[1m" : "");
	snug_argset_add_text(q->name, &set, out);
	snug_str_add(out, style->has_colours ? "\033[0m\n" : "\n");
}

/* Who decided, in words. */
static void add_decider(const struct call_view *v, const struct snug_explained_abi *abi,
			const struct snug_decision *d, struct snug_str *out)
{
	switch (d->by) {
	case SNUG_BY_ENTRY:
		snug_str_add(out, "by ");
		add_place(v, d->entry, out);
		break;
	case SNUG_BY_FOREIGN_ABI:
		snug_str_add(out, "the profile does not list this ABI, whose calls are killed");
		break;
	case SNUG_BY_DEFAULT:
	default:
		snug_str_add(out, v->explanation->notes.len
					  ? "the default: no entry that names it decides this"
					  : "the default: no entry names it");
		break;
	}
	if (abi->through && d->behind_mux)
		snug_str_addf(out,
			      "; a filter cannot see the arguments behind %s, so it gets the "
			      "strictest of its answers",
			      abi->through);
}

static void add_outcome(const struct call_view *v, const struct show_style *style,
			const struct snug_explained_abi *abi, const struct snug_outcome *o,
			struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str why = SNUG_STR_INIT;

	snug_ret_add_text(o->decision.ret, &line);
	if (abi->outcomes.len > 1 && !abi->through) {
		snug_str_add(&line, " for ");
		snug_argset_add_text(v->question->name, &o->args, &line);
	}
	add_line(out, style, DEEPER, snug_str_text(&line));
	add_decider(v, abi, &o->decision, &why);
	add_line(out, style, REASON, snug_str_text(&why));
}

static void add_abis(const struct call_view *v, const struct show_style *style,
		     struct snug_str *out)
{
	VEC_FOREACH (abi, &v->explanation->abis) {
		snug_str_add(out, "  on ");
		show_add_arches(out, abi->arches);
		if (abi->through)
			snug_str_addf(out, ", through %s", abi->through);
		snug_str_add(out, ":\n");
		VEC_FOREACH (o, &abi->outcomes)
			add_outcome(v, style, abi, o, out);
	}
	if (!v->explanation->abis.len)
		add_line(out, style, INDENT,
			 "none of the ABIs that the filter knows has this call");
}

/* "does not apply: includes amd64, CAP_SYS_ADMIN, Linux 4.8; excludes ..." */
static void add_condition(const struct snug_seccomp_condition *c, const char *word,
			  struct snug_str *out)
{
	bool any = false;

	if (!c->arches.len && !c->caps.len && !c->min_kernel)
		return;
	snug_str_addf(out, "; %s ", word);
	VEC_FOREACH (name, &c->arches) {
		snug_str_add(out, any ? ", " : "");
		show_add_printable(out, *name);
		any = true;
	}
	VEC_FOREACH (name, &c->caps) {
		snug_str_add(out, any ? ", " : "");
		show_add_printable(out, *name);
		any = true;
	}
	if (c->min_kernel) {
		snug_str_add(out, any ? ", Linux " : "Linux ");
		show_add_printable(out, c->min_kernel);
	}
}

static void add_role(const struct snug_seccomp_entry *e, enum snug_entry_role role,
		     struct snug_str *out)
{
	static const char *const texts[] = {
		[SNUG_ENTRY_DECIDES] = "decides",
		[SNUG_ENTRY_DOES_NOT_APPLY] = "does not apply here",
		[SNUG_ENTRY_REPEATS_DEFAULT] = "has no effect: it only repeats the default",
		[SNUG_ENTRY_IS_LATER] =
			"has no effect: of entries without args, the first one decides",
		[SNUG_ENTRY_HAS_ARGS] =
			"has no effect: for runc and crun, an entry without args decides",
		[SNUG_ENTRY_ARGS_FAIL] = "does not decide: its args do not hold",
		[SNUG_ENTRY_IS_BEHIND] =
			"does not decide: where its args hold, a stricter or an earlier entry does",
	};

	snug_str_add(out, texts[role]);
	if (role == SNUG_ENTRY_DOES_NOT_APPLY) {
		add_condition(&e->includes, "includes", out);
		add_condition(&e->excludes, "excludes", out);
	}
}

static uint32_t ret_of(const struct snug_seccomp_entry *e)
{
	uint32_t ret = 0;

	/* the profile has been resolved, so its errnos are fine */
	(void)snug_action_ret(e->action, &e->errno_ret, e->errno_name, &ret);
	return ret;
}

static void add_note(const struct call_view *v, const struct show_style *style,
		     const struct snug_entry_note *note, struct snug_str *out)
{
	const struct snug_seccomp_entry *e = &profile_of(v)->entries.items[note->entry];
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str why = SNUG_STR_INIT;

	add_place(v, note->entry, &line);
	snug_str_add(&line, ": ");
	snug_ret_add_text(ret_of(e), &line);
	if (note->conds)
		snug_str_addf(&line, " if %s", note->conds);
	add_line(out, style, DEEPER, snug_str_text(&line));
	if (v->explanation->abis.len || note->role == SNUG_ENTRY_DOES_NOT_APPLY) {
		add_role(e, note->role, &why);
		if (note->is_or)
			snug_str_add(&why, "; two of its args look at one argument, so that each "
					   "of them is enough");
		add_line(out, style, REASON, snug_str_text(&why));
	}
	if (e->comment && *e->comment) {
		snug_str_clear(&why);
		snug_str_add(&why, "comment: ");
		show_add_printable(&why, e->comment);
		add_line(out, style, REASON, snug_str_text(&why));
	}
}

void call_view_add_text(const struct call_view *view, const struct show_style *style,
			struct snug_str *out)
{
	add_question(view, style, out);
	add_abis(view, style, out);
	if (view->explanation->notes.len)
		snug_str_add(out, "  entries that name it:\n");
	VEC_FOREACH (note, &view->explanation->notes)
		add_note(view, style, note, out);
}

static void write_outcome(const struct call_view *v, struct snug_writer *w,
			  const struct snug_explained_abi *abi, const struct snug_outcome *o)
{
	static const char *const deciders[] = {
		[SNUG_BY_DEFAULT] = "default",
		[SNUG_BY_ENTRY] = "entry",
		[SNUG_BY_FOREIGN_ABI] = "foreign-abi",
	};
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_writer_begin_object(w);
	answer_write(w, "answer", o->decision.ret);
	snug_writer_member_string(w, "by", deciders[o->decision.by]);
	if (o->decision.by == SNUG_BY_ENTRY)
		snug_writer_member_uint(w, "entry", o->decision.entry);
	if (!abi->through) {
		snug_argset_add_text(v->question->name, &o->args, &text);
		snug_writer_member_string(w, "when", snug_str_text(&text));
	}
	snug_writer_end_object(w);
}

static void write_abi(const struct call_view *v, struct snug_writer *w,
		      const struct snug_explained_abi *abi)
{
	snug_writer_begin_object(w);
	show_write_arches(w, "abis", abi->arches);
	if (abi->through)
		snug_writer_member_string(w, "through", abi->through);
	snug_writer_key(w, "outcomes");
	snug_writer_begin_array(w);
	VEC_FOREACH (o, &abi->outcomes)
		write_outcome(v, w, abi, o);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
}

static void write_note(const struct call_view *v, struct snug_writer *w,
		       const struct snug_entry_note *note)
{
	static const char *const roles[] = {
		[SNUG_ENTRY_DECIDES] = "decides",
		[SNUG_ENTRY_DOES_NOT_APPLY] = "does-not-apply",
		[SNUG_ENTRY_REPEATS_DEFAULT] = "repeats-default",
		[SNUG_ENTRY_IS_LATER] = "is-later",
		[SNUG_ENTRY_HAS_ARGS] = "has-args",
		[SNUG_ENTRY_ARGS_FAIL] = "args-do-not-hold",
		[SNUG_ENTRY_IS_BEHIND] = "is-behind",
	};
	const struct snug_seccomp_entry *e = &profile_of(v)->entries.items[note->entry];

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "entry", note->entry);
	snug_writer_member_uint(w, "line", e->line);
	snug_writer_member_uint(w, "column", e->col);
	answer_write(w, "answer", ret_of(e));
	if (note->conds)
		snug_writer_member_string(w, "args", note->conds);
	snug_writer_member_string(w, "role", roles[note->role]);
	if (e->comment)
		snug_writer_member_string(w, "comment", e->comment);
	snug_writer_end_object(w);
}

void call_view_write(const struct call_view *view, struct snug_writer *w)
{
	const struct snug_call_question *q = view->question;

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", q->name);
	snug_writer_key(w, "args");
	snug_writer_begin_array(w);
	for (int i = 0;
	     i < SNUG_N_ARGS &&
	     i < (snug_call_n_args(q->name) < 0 ? SNUG_N_ARGS : snug_call_n_args(q->name));
	     i++) {
		if (q->known[i])
			snug_writer_uint(w, q->args[i]);
		else
			snug_writer_null(w);
	}
	snug_writer_end_array(w);
	snug_writer_key(w, "abis");
	snug_writer_begin_array(w);
	VEC_FOREACH (abi, &view->explanation->abis)
		write_abi(view, w, abi);
	snug_writer_end_array(w);
	snug_writer_key(w, "entries");
	snug_writer_begin_array(w);
	VEC_FOREACH (note, &view->explanation->notes)
		write_note(view, w, note);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
}
