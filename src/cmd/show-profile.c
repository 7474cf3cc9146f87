/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/show-profile.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "seccomp/call-args.h"
#include "seccomp/ret.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LISTED = 24 }; /* names of a difference that is told in full */

struct items {
	char **items;
	size_t len, cap;
};

static void items_done(struct items *i)
{
	VEC_FOREACH (item, i)
		free(*item);
	VEC_DONE(i);
}

static const struct snug_seccomp_profile *profile_of(const struct profile_view *v)
{
	return snug_meaning_profile(v->meaning);
}

static void add_head(const struct profile_view *v, const struct show_style *style,
		     struct snug_str *out)
{
	static const char *const formats[] = {
		[SNUG_PROFILE_OCI_JSON] = "an OCI profile",
		[SNUG_PROFILE_CRD_YAML] = "a SeccompProfile resource (YAML)",
		[SNUG_PROFILE_CRD_JSON] = "a SeccompProfile resource (JSON)",
	};
	const struct snug_seccomp_env *env = snug_meaning_env(v->meaning);

	snug_str_add(out, style->has_colours ? "\033[1m" : "");
	show_add_printable(out, v->label);
	snug_str_addf(out, "%s: %s, read for %s, Linux ", style->has_colours ? "\033[0m" : "",
		      formats[profile_of(v)->format], snug_arch_name(env->arch));
	show_add_kernel(out, env->kernel_version);
	snug_str_addc(out, '\n');
}

static void add_text_fact(const struct show_style *style, const char *name, const char *text,
			  struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	if (!text)
		return;
	show_add_printable(&shown, text);
	show_add_fact(out, style, name, snug_str_text(&shown));
}

static void add_abis(const struct profile_view *v, const struct show_style *style,
		     struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	uint64_t arches = 0;

	VEC_FOREACH (arch, snug_meaning_arches(v->meaning))
		arches |= UINT64_C(1) << *arch;
	show_add_arches(&text, arches);
	snug_str_add(&text, "; calls of others are killed");
	show_add_fact(out, style, "ABIs", snug_str_text(&text));
}

static void add_counts(const struct profile_view *v, const struct show_style *style,
		       struct snug_str *out)
{
	const struct snug_digest *d = v->digest;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_str_addf(&text, "%zu of the %zu calls of %s", d->n_always, d->n_known,
		      snug_arch_name(snug_meaning_env(v->meaning)->arch));
	if (d->n_partly)
		snug_str_addf(&text, "; %zu more with some arguments", d->n_partly);
	show_add_fact(out, style, "lets pass", snug_str_text(&text));
	snug_str_clear(&text);
	snug_ret_add_text(d->default_ret, &text);
	snug_str_add(&text, " to every call that is not named");
	show_add_fact(out, style, "answers", snug_str_text(&text));
}

static void add_filter(const struct profile_view *v, const struct show_style *style,
		       struct snug_str *out)
{
	const struct snug_seccomp_profile *p = profile_of(v);
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (v->compile_fail) {
		snug_str_add(&text, "cannot be compiled: ");
		show_add_printable(&text, v->compile_fail);
	} else {
		show_add_count(&text, v->n_insns, "instruction");
	}
	show_add_fact(out, style, "filter", snug_str_text(&text));
	snug_str_clear(&text);
	VEC_FOREACH (flag, &p->flags) {
		snug_str_add(&text, text.len ? " " : "");
		show_add_printable(&text, *flag);
	}
	if (text.len)
		show_add_fact(out, style, "flags", snug_str_text(&text));
	add_text_fact(style, "listener", p->listener_path, out);
	add_text_fact(style, "builds on", p->base_profile_name, out);
}

/* "1 name of calls that no ABI here has, 2 names that no table knows" */
static void add_not_here(const struct profile_view *v, const struct show_style *style,
			 struct snug_str *out)
{
	const struct snug_digest *d = v->digest;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (d->n_elsewhere) {
		show_add_count(&text, d->n_elsewhere, "name");
		snug_str_add(&text, " of calls that only other ABIs have");
	}
	if (d->n_unknown) {
		snug_str_add(&text, text.len ? "; " : "");
		show_add_count(&text, d->n_unknown, "name");
		snug_str_add(&text, " that this snug does not know");
	}
	if (text.len)
		show_add_fact(out, style, "left out", snug_str_text(&text));
}

static bool is_listed(const struct snug_digest_call *c)
{
	return c->arches != 0 && c->is_known;
}

/* Whether the call is told with those of the architecture's own ABI (@arches 0), or with others
 * that only the ABIs @arches have. */
static bool is_among(const struct snug_digest_call *c, uint64_t arches)
{
	return is_listed(c) && (arches ? !c->is_native && c->arches == arches : c->is_native);
}

/* Calls that always get @ret, by category. */
static void add_always(const struct profile_view *v, const struct show_style *style, uint32_t ret,
		       uint64_t arches, struct snug_str *out)
{
	for (int category = 0; category < _SNUG_CATEGORY_MAX; category++) {
		const char *word = snug_category_name((enum snug_category)category);
		CLEANUP(items_done) struct items items = { 0 };
		CLEANUP(freep) char *head = NULL;

		VEC_FOREACH (c, &v->digest->calls)
			if (c->is_always && c->answers.items[0].ret == ret && is_among(c, arches) &&
			    (int)c->category == category)
				*VEC_PUSH(&items) = xstrdup(c->name);
		if (!items.len)
			continue;
		head = xasprintf("%-10s %3zu", word, items.len);
		columns_add_list(out, head, (const char *const *)items.items, items.len,
				 SHOW_INDENT, SHOW_START + 2, style->width);
	}
}

/* Calls that get @ret with some arguments, one a line. */
static void add_sometimes(const struct profile_view *v, const struct show_style *style,
			  uint32_t ret, uint64_t arches, struct snug_str *out)
{
	VEC_FOREACH (c, &v->digest->calls) {
		if (c->is_always || !is_among(c, arches))
			continue;
		VEC_FOREACH (answer, &c->answers) {
			CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
			const char *line;

			if (answer->ret != ret)
				continue;
			snug_argset_add_text(c->name, &answer->args, &text);
			line = snug_str_text(&text);
			columns_add_list(out, "", &line, 1, 0, SHOW_INDENT, style->width);
		}
	}
}

static void add_block(struct snug_str *out, const struct show_style *style, uint32_t ret,
		      uint64_t arches, const char *when, const struct snug_str *lines)
{
	CLEANUP(snug_str_done) struct snug_str heading = SNUG_STR_INIT;

	if (!lines->len)
		return;
	if (snug_ret_action(ret) == SNUG_ACTION_ALLOW) {
		snug_str_add(&heading, "Allowed");
	} else {
		snug_str_add(&heading, "Answered ");
		snug_ret_add_text(ret, &heading);
	}
	snug_str_add(&heading, when);
	if (arches) {
		snug_str_add(&heading, ", calls that only ");
		show_add_arches(&heading, arches);
		snug_str_add(&heading, (arches & (arches - 1)) ? " have" : " has");
	}
	show_add_heading(out, style, snug_str_text(&heading));
	snug_str_add(out, snug_str_text(lines));
}

static void add_answer(const struct profile_view *v, const struct show_style *style, uint32_t ret,
		       uint64_t arches, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str always = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str sometimes = SNUG_STR_INIT;

	add_always(v, style, ret, arches, &always);
	add_sometimes(v, style, ret, arches, &sometimes);
	add_block(out, style, ret, arches, "", &always);
	add_block(out, style, ret, arches, " with these arguments only", &sometimes);
}

static void add_calls(const struct profile_view *v, const struct show_style *style,
		      struct snug_str *out)
{
	VEC(uint64_t) foreign = { 0 };

	VEC_FOREACH (c, &v->digest->calls) {
		bool is_there = c->is_native || !c->arches;

		VEC_FOREACH (arches, &foreign)
			is_there = is_there || *arches == c->arches;
		if (!is_there)
			*VEC_PUSH(&foreign) = c->arches;
	}
	VEC_FOREACH (ret, &v->digest->rets) {
		add_answer(v, style, *ret, 0, out);
		VEC_FOREACH (arches, &foreign)
			add_answer(v, style, *ret, *arches, out);
	}
	VEC_DONE(&foreign);
}

/* The names of one kind of difference, each once; how many. */
static size_t add_kind(const struct snug_diff *d, enum snug_diff_kind kind, struct items *items)
{
	VEC_FOREACH (line, &d->calls) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		bool is_there = false;

		if (line->kind != kind)
			continue;
		if (line->is_always)
			show_add_printable(&text, line->name);
		else
			snug_argset_add_text(line->name, &line->args, &text);
		VEC_FOREACH (item, items)
			is_there = is_there || strcmp(*item, snug_str_text(&text)) == 0;
		if (!is_there)
			*VEC_PUSH(items) = snug_str_take(&text);
	}
	return d->n_names[kind];
}

static void add_difference(const struct profile_view *v, const struct show_style *style,
			   enum snug_diff_kind kind, const char *word, struct snug_str *out)
{
	CLEANUP(items_done) struct items items = { 0 };
	CLEANUP(snug_str_done) struct snug_str head = SNUG_STR_INIT;
	size_t n = add_kind(v->diff, kind, &items);

	if (!n)
		return;
	snug_str_addf(&head, "%zu %s", n, word);
	if (items.len <= MAX_LISTED)
		columns_add_list(out, snug_str_text(&head), (const char *const *)items.items,
				 items.len, SHOW_INDENT, SHOW_START, style->width);
	else
		show_add_fact(out, style, snug_str_text(&head), "('snug diff' lists them)");
}

static void add_reference(const struct profile_view *v, const struct show_style *style,
			  struct snug_str *out)
{
	CLEANUP(freep) char *heading = NULL;

	if (!v->diff)
		return;
	heading = xasprintf("Beside %s", v->reference);
	show_add_heading(out, style, heading);
	if (!v->diff->n_names[SNUG_DIFF_A_ALLOWS] && !v->diff->n_names[SNUG_DIFF_B_ALLOWS]) {
		snug_str_addf(out, "  lets the same calls pass%s\n",
			      snug_diff_is_empty(v->diff) ? "" : ", but is not the same");
		return;
	}
	add_difference(v, style, SNUG_DIFF_B_ALLOWS, "more", out);
	add_difference(v, style, SNUG_DIFF_A_ALLOWS, "fewer", out);
}

static void add_risks(const struct profile_view *v, const struct show_style *style,
		      struct snug_str *out)
{
	static const char *const colours[] = {
		[SNUG_SEVERITY_NOTE] = "",
		[SNUG_SEVERITY_WARNING] = "\033[33m",
		[SNUG_SEVERITY_ERROR] = "\033[31m",
	};

	if (!v->risks->len)
		return;
	show_add_heading(out, style, "Risks");
	VEC_FOREACH (f, v->risks) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
		const char *word = snug_severity_name(f->severity);

		snug_str_addf(&text, "%s (%s)", f->message, f->rule->id);
		show_add_fact(&line, style, word, snug_str_text(&text));
		if (style->has_colours && *colours[f->severity])
			snug_str_addf(out, "%*s%s%s\033[0m%s", SHOW_INDENT, "",
				      colours[f->severity], word,
				      snug_str_text(&line) + SHOW_INDENT + strlen(word));
		else
			snug_str_add(out, snug_str_text(&line));
	}
}

void profile_view_add_text(const struct profile_view *view, const struct show_style *style,
			   struct snug_str *out)
{
	add_head(view, style, out);
	add_counts(view, style, out);
	add_abis(view, style, out);
	add_filter(view, style, out);
	add_not_here(view, style, out);
	add_calls(view, style, out);
	add_reference(view, style, out);
	add_risks(view, style, out);
}
