/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/diff-show.h"

#include "base/limits.h"
#include "base/str.h"
#include "cmd/answer.h"
#include "cmd/columns.h"
#include "cmd/show-text.h"
#include "codec/writer.h"
#include "seccomp/call-args.h"
#include "seccomp/ret.h"

#include <string.h>

enum {
	INDENT = 2,
	START = 14,     /* where the names stand */
	MAX_CONDS = 64, /* entries of one set of arguments in JSON */
};

static void add_shown(struct snug_str *out, const char *text)
{
	snug_str_add_printable(out, text, strlen(text), SNUG_LIMIT_STRING_BYTES);
}

static void add_label(struct snug_str *out, const char *letter, const char *label)
{
	snug_str_addf(out, "%s: ", letter);
	add_shown(out, label);
	snug_str_addc(out, '\n');
}

static void add_count(struct snug_str *out, size_t n, const char *what)
{
	if (n)
		snug_str_addf(out, "%5zu call%s %s\n", n, n == 1 ? " " : "s", what);
}

/* A line of the summary, about one list or the other. */
static void add_only(struct snug_str *out, const char *who, const char *list, const char *text)
{
	if (*list)
		snug_str_addf(out, "  only %s %s %s\n", who, text, list);
}

static void add_abis(const struct diff_view *view, struct snug_str *out)
{
	const struct snug_diff *d = view->diff;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	show_add_arches(&text, d->only_a);
	add_only(out, "A", snug_str_text(&text), "knows the ABI, B kills there:");
	snug_str_clear(&text);
	show_add_arches(&text, d->only_b);
	add_only(out, "B", snug_str_text(&text), "knows the ABI, A kills there:");
}

static void join(struct snug_str *out, const char *const *words, size_t n)
{
	snug_str_clear(out);
	for (size_t i = 0; i < n; i++) {
		snug_str_add(out, i ? ", " : "");
		add_shown(out, words[i]);
	}
}

static void add_base(struct snug_str *out, const char *who, const char *name)
{
	if (!name)
		return;
	snug_str_addf(out, "  %s builds on the profile '", who);
	add_shown(out, name);
	snug_str_add(out, "', which is not looked up\n");
}

static void add_fields(const struct diff_view *view, struct snug_str *out)
{
	const struct snug_diff *d = view->diff;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	join(&text, d->flags_a.items, d->flags_a.len);
	add_only(out, "A", snug_str_text(&text), "sets the flags");
	join(&text, d->flags_b.items, d->flags_b.len);
	add_only(out, "B", snug_str_text(&text), "sets the flags");
	if (d->has_other_listener)
		snug_str_add(out, "  listenerPath or listenerMetadata differ\n");
	if (d->has_other_base) {
		add_base(out, "A", view->a->base_profile_name);
		add_base(out, "B", view->b->base_profile_name);
	}
	if (d->default_a == d->default_b)
		return;
	snug_str_add(out, "  every other call: A answers ");
	snug_ret_add_text(d->default_a, out);
	snug_str_add(out, ", B ");
	snug_ret_add_text(d->default_b, out);
	snug_str_addc(out, '\n');
}

/* "A allows" or "A answers SCMP_ACT_ERRNO(EPERM)" */
static void add_side(struct snug_str *out, const char *who, uint32_t ret)
{
	snug_str_add(out, who);
	if (snug_ret_action(ret) == SNUG_ACTION_ALLOW) {
		snug_str_add(out, " allows");
		return;
	}
	snug_str_add(out, " answers ");
	snug_ret_add_text(ret, out);
}

static void add_heading(const struct diff_view *view, const struct snug_difference *first,
			struct snug_str *out)
{
	bool is_b_first = first->kind == SNUG_DIFF_B_ALLOWS;

	snug_str_add(out, view->has_colours ? "\n\033[1m" : "\n");
	add_side(out, is_b_first ? "B" : "A", is_b_first ? first->ret_b : first->ret_a);
	snug_str_add(out, ", ");
	add_side(out, is_b_first ? "A" : "B", is_b_first ? first->ret_a : first->ret_b);
	snug_str_add(out, view->has_colours ? ":\033[0m\n" : ":\n");
}

/* "mkdir", "socket(AF_VSOCK, ...)", "stat64 [x86]", "accept [x86 socketcall]" */
static char *item_of(const struct snug_difference *line)
{
	struct snug_str text = SNUG_STR_INIT;

	if (line->is_always)
		add_shown(&text, line->name);
	else
		snug_argset_add_text(line->name, &line->args, &text);
	if (!(line->arches | line->mux_arches)) {
		snug_str_add(&text, " [unknown call]");
	} else if (line->through || !line->is_everywhere) {
		snug_str_add(&text, " [");
		show_add_arches(&text, line->arches | line->mux_arches);
		if (line->through)
			snug_str_addf(&text, " %s", line->through);
		snug_str_addc(&text, ']');
	}
	return snug_str_take(&text);
}

static bool is_same_group(const struct snug_difference *x, const struct snug_difference *y)
{
	return x->kind == y->kind && x->ret_a == y->ret_a && x->ret_b == y->ret_b;
}

/* The lines of one category from @i on; returns where the next one begins. */
static size_t add_category(const struct diff_view *view, size_t i, struct snug_str *out)
{
	const struct snug_difference *lines = view->diff->calls.items, *first = &lines[i];
	VEC(char *) items = { 0 };

	for (; i < view->diff->calls.len && is_same_group(first, &lines[i]) &&
	       lines[i].category == first->category;
	     i++)
		*VEC_PUSH(&items) = item_of(&lines[i]);
	columns_add_list(out, snug_category_name(first->category), (const char *const *)items.items,
			 items.len, INDENT, START, view->width);
	VEC_FOREACH (item, &items)
		free(*item);
	VEC_DONE(&items);
	return i;
}

void diff_add_text(const struct diff_view *view, struct snug_str *out)
{
	const struct snug_diff *d = view->diff;
	CLEANUP(snug_str_done) struct snug_str abis = SNUG_STR_INIT;

	if (snug_diff_is_empty(d))
		return;
	show_add_arches(&abis, d->arches);
	add_label(out, "A", view->label_a);
	add_label(out, "B", view->label_b);
	snug_str_addf(out, "On %s:\n", snug_str_text(&abis));
	add_count(out, d->n_names[SNUG_DIFF_B_ALLOWS], "only B lets pass");
	add_count(out, d->n_names[SNUG_DIFF_A_ALLOWS], "only A lets pass");
	add_count(out, d->n_names[SNUG_DIFF_ANSWER], "answered otherwise");
	add_fields(view, out);
	add_abis(view, out);
	for (size_t i = 0; i < d->calls.len;) {
		if (i == 0 || !is_same_group(&d->calls.items[i - 1], &d->calls.items[i]))
			add_heading(view, &d->calls.items[i], out);
		i = add_category(view, i, out);
	}
}

static void write_cond(struct snug_writer *w, const struct snug_seccomp_arg *c)
{
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "index", c->index);
	snug_writer_member_uint(w, "value", c->value);
	if (c->op == SNUG_CMP_MASKED_EQ)
		snug_writer_member_uint(w, "valueTwo", c->value_two);
	snug_writer_member_string(w, "op", snug_cmp_name(c->op));
	snug_writer_end_object(w);
}

/* One array for each entry that a profile would need; left out where these are too many. */
static void write_args(struct snug_writer *w, const struct snug_difference *line)
{
	struct snug_arg_conds_list list = { 0 };

	if (line->bits != 64 || snug_argset_to_conds(&line->args, MAX_CONDS, &list) < 0)
		return;
	snug_writer_key(w, "args");
	snug_writer_begin_array(w);
	VEC_FOREACH (conds, &list) {
		snug_writer_begin_array(w);
		for (size_t i = 0; i < conds->len; i++)
			write_cond(w, &conds->items[i]);
		snug_writer_end_array(w);
	}
	snug_writer_end_array(w);
	snug_arg_conds_list_done(&list);
}

static void write_call(struct snug_writer *w, const struct snug_difference *line)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", line->name);
	snug_writer_member_string(w, "category", snug_category_name(line->category));
	snug_writer_member_string(w, "kind", snug_diff_kind_name(line->kind));
	answer_write(w, "a", line->ret_a);
	answer_write(w, "b", line->ret_b);
	show_write_arches(w, "abis", line->arches);
	show_write_arches(w, "multiplexedAbis", line->mux_arches);
	snug_writer_member_bool(w, "everywhere", line->is_everywhere);
	if (!line->is_always) {
		snug_argset_add_text(line->name, &line->args, &text);
		snug_writer_member_string(w, "when", snug_str_text(&text));
		write_args(w, line);
	}
	snug_writer_end_object(w);
}

static void write_text_or_null(struct snug_writer *w, const char *key, const char *text)
{
	if (text)
		snug_writer_member_string(w, key, text);
	else {
		snug_writer_key(w, key);
		snug_writer_null(w);
	}
}

static void write_fields(struct snug_writer *w, const struct diff_view *view)
{
	const struct snug_diff *d = view->diff;

	snug_writer_key(w, "default");
	snug_writer_begin_object(w);
	answer_write(w, "a", d->default_a);
	answer_write(w, "b", d->default_b);
	snug_writer_end_object(w);
	snug_writer_key(w, "abis");
	snug_writer_begin_object(w);
	show_write_arches(w, "both", d->arches);
	show_write_arches(w, "onlyA", d->only_a);
	show_write_arches(w, "onlyB", d->only_b);
	show_write_arches(w, "notComparedOnlyA", d->unseen_a);
	show_write_arches(w, "notComparedOnlyB", d->unseen_b);
	snug_writer_end_object(w);
	snug_writer_key(w, "flags");
	snug_writer_begin_object(w);
	snug_writer_member_strings(w, "onlyA", d->flags_a.items, d->flags_a.len);
	snug_writer_member_strings(w, "onlyB", d->flags_b.items, d->flags_b.len);
	snug_writer_end_object(w);
	snug_writer_member_bool(w, "listenerDiffers", d->has_other_listener);
	snug_writer_key(w, "baseProfileName");
	snug_writer_begin_object(w);
	write_text_or_null(w, "a", view->a->base_profile_name);
	write_text_or_null(w, "b", view->b->base_profile_name);
	snug_writer_end_object(w);
}

static void write_counts(struct snug_writer *w, const struct snug_diff *d)
{
	snug_writer_key(w, "counts");
	snug_writer_begin_object(w);
	for (int kind = 0; kind < _SNUG_DIFF_KIND_MAX; kind++)
		snug_writer_member_uint(w, snug_diff_kind_name((enum snug_diff_kind)kind),
					d->n_names[kind]);
	snug_writer_end_object(w);
}

void diff_add_json(const struct diff_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);
	uint32_t kernel = view->env->kernel_version;
	CLEANUP(freep)
	char *version = xasprintf("%u.%u.%u", kernel >> 16, kernel >> 8 & 255, kernel & 255);

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugDiff", 1);
	snug_writer_member_string(w, "a", view->label_a);
	snug_writer_member_string(w, "b", view->label_b);
	snug_writer_member_bool(w, "same", snug_diff_is_empty(view->diff));
	snug_writer_member_string(w, "arch", snug_arch_name(view->env->arch));
	snug_writer_member_string(w, "kernel", version);
	write_counts(w, view->diff);
	write_fields(w, view);
	snug_writer_key(w, "calls");
	snug_writer_begin_array(w);
	VEC_FOREACH (line, &view->diff->calls)
		write_call(w, line);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
