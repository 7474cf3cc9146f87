/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/show-recording.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/columns.h"
#include "cmd/record-denials.h"
#include "cmd/text.h"
#include "codec/writer.h"
#include "record/argument-facts.h"
#include "record/denied.h"
#include "record/recording-args.h"

#include <inttypes.h>
#include <string.h>

enum {
	CURVE_LINES = 8,
	MAX_COMMAND_WORDS = 64,
	MAX_WORD_BYTES = 256,
	MAX_EXECS = 12, /* shown to people */
	MAX_TUPLES = 64,
};

static void add_command(const struct recording_view *v, const struct show_style *style,
			struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	bool is_cut = false;
	size_t n = 0;

	VEC_FOREACH (word, &r->command) {
		if (n++ == MAX_COMMAND_WORDS)
			break;
		snug_str_add(&text, n > 1 ? " " : "");
		if (strlen(*word) > MAX_WORD_BYTES) {
			is_cut = true;
			break;
		}
		text_add_shell_word(&text, *word);
	}
	if (r->command_is_cut || is_cut || n > MAX_COMMAND_WORDS)
		snug_str_add(&text, " ...");
	if (text.len)
		show_add_fact(out, style, "command", snug_str_text(&text));
}

static void add_run(const struct recording_view *v, const struct show_style *style,
		    struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_duration_add_text(r->duration_us, &text);
	if (r->start && *r->start) {
		snug_str_add(&text, " from ");
		show_add_printable(&text, r->start);
	}
	show_add_fact(out, style, "ran", snug_str_text(&text));
	snug_str_clear(&text);
	if (r->exit_kind == SNUG_EXIT_CODE)
		snug_str_addf(&text, "with status %u", r->exit_value);
	else if (r->exit_kind == SNUG_EXIT_SIGNAL)
		snug_str_addf(&text, "by signal %u", r->exit_value);
	if (r->stopped_early)
		snug_str_addf(&text, "%srecording was stopped before that", text.len ? "; " : "");
	if (text.len)
		show_add_fact(out, style, "ended", snug_str_text(&text));
}

static void add_system(const struct recording_view *v, const struct show_style *style,
		       struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_str_add(&text, snug_arch_name(r->arch));
	if (r->kernel && *r->kernel) {
		snug_str_add(&text, ", Linux ");
		show_add_printable(&text, r->kernel);
	}
	if (r->engine && *r->engine) {
		snug_str_add(&text, ", observed by ");
		show_add_printable(&text, r->engine);
	}
	show_add_fact(out, style, "on", snug_str_text(&text));
}

static void add_lost(struct snug_str *out, uint64_t n, const char *what)
{
	if (n)
		snug_str_addf(out, "%s%" PRIu64 " %s", out->len ? ", " : "", n, what);
}

static void add_losses(const struct recording_view *v, const struct show_style *style,
		       struct snug_str *out)
{
	const struct snug_recording_losses *l = &v->recording->lost;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	add_lost(&text, l->tasks, "threads not followed");
	add_lost(&text, l->numbers, "odd call numbers dropped");
	add_lost(&text, l->misses, "program runs skipped by the kernel");
	add_lost(&text, l->news, "events not noted");
	add_lost(&text, l->execs, "executed programs not noted");
	add_lost(&text, l->denials, "refused calls not noted");
	add_lost(&text, l->arguments, "combinations of arguments not noted");
	if (snug_recording_is_complete(v->recording))
		show_add_fact(out, style, "complete", "yes, nothing was lost");
	else
		show_add_fact(out, style, "complete", text.len ? snug_str_text(&text) : "no");
}

/* How long nothing new has come, in words. */
static void add_calls(const struct recording_view *v, const struct show_style *style,
		      struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	uint64_t last;

	show_add_count(&text, r->calls.len, "system call");
	if (snug_recording_last_new(r, &last)) {
		snug_str_add(&text, ", the last new one after ");
		snug_duration_add_text(last, &text);
		if (r->duration_us > last)
			snug_str_addf(&text, ": nothing new in the last %d %% of the time",
				      (int)(100.0 * (double)(r->duration_us - last) /
					    (double)r->duration_us));
	}
	show_add_fact(out, style, "made", snug_str_text(&text));
}

/* What seccomp refused meanwhile, and how much of that is known. */
static void add_denials(const struct recording_view *v, const struct show_style *style,
			struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	record_denials_add(&text, r, 0);
	if (!text.len && (r->has_filter || r->watched_denials))
		snug_str_add(&text, "nothing");
	if (r->has_filter && !r->watched_denials)
		snug_str_add(&text, "; what got an errno was not watched");
	if (r->has_filter && r->denials_from_us) {
		snug_str_add(&text, "; what got an errno was watched after ");
		snug_duration_add_text(r->denials_from_us, &text);
	}
	if (text.len)
		show_add_fact(out, style, "refused", snug_str_text(&text));
}

static void add_execs(const struct recording_view *v, const struct show_style *style,
		      struct snug_str *out)
{
	size_t n = 0;

	if (!v->recording->execs.len)
		return;
	show_add_heading(out, style, "Executed programs");
	VEC_FOREACH (e, &v->recording->execs) {
		CLEANUP(snug_str_done) struct snug_str at = SNUG_STR_INIT;

		if (n++ == MAX_EXECS) {
			snug_str_addf(out, "  and %zu more\n", v->recording->execs.len - MAX_EXECS);
			return;
		}
		snug_duration_add_text(e->at_us, &at);
		snug_str_addf(out, "  %12s  ", snug_str_text(&at));
		snug_str_add_printable(out, e->path, strlen(e->path), 256);
		snug_str_addf(out, " (%u)\n", e->pid);
	}
}

static bool has_several_abis(const struct snug_recording *r)
{
	VEC_FOREACH (c, &r->calls)
		if (c->arch != r->calls.items[0].arch)
			return true;
	return false;
}

static void add_name(const struct snug_recording_call *c, struct snug_str *out)
{
	if (c->name)
		show_add_printable(out, c->name);
	else
		snug_str_addf(out, "call %u", c->nr);
}

static void add_process(const struct snug_recording_call *c, struct snug_str *out)
{
	const char *comm = c->comm ? c->comm : "?";

	snug_str_add_printable(out, comm, strlen(comm), 64);
	snug_str_addf(out, " (%u)", c->pid);
}

static void add_table(const struct recording_view *v, const struct show_style *style,
		      struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	CLEANUP(snug_first_seen_done) struct snug_first_seen order = { 0 };
	bool with_abi = has_several_abis(r);

	if (!r->calls.len)
		return;
	show_add_heading(out, style, "Calls, by when they were first made");
	snug_first_seen_sort(r, &order);
	VEC_FOREACH (i, &order) {
		const struct snug_recording_call *c = &r->calls.items[*i];
		CLEANUP(snug_str_done) struct snug_str at = SNUG_STR_INIT;
		CLEANUP(snug_str_done) struct snug_str name = SNUG_STR_INIT;

		if (c->has_first)
			snug_duration_add_text(c->first_us, &at);
		else
			snug_str_add(&at, "?");
		add_name(c, &name);
		snug_str_addf(out, "  %12s  %-24s", snug_str_text(&at), snug_str_text(&name));
		if (with_abi)
			snug_str_addf(out, "  %-8s", snug_arch_name(c->arch));
		if (c->has_first) {
			snug_str_add(out, "  ");
			add_process(c, out);
		}
		while (out->buf[out->len - 1] == ' ')
			out->buf[--out->len] = '\0';
		snug_str_addc(out, '\n');
	}
}

static bool has_args(const struct snug_recording *r)
{
	VEC_FOREACH (c, &r->calls)
		if (c->args.spec.n)
			return true;
	return false;
}

/* One combination of values is one item; @head and @start as in columns_add_list(). */
static void add_tuples(const struct snug_recording_call *c, const char *head, unsigned start,
		       unsigned width, struct snug_str *out)
{
	VEC(char *) items = { 0 };
	size_t n = 0;

	VEC_FOREACH (tuple, &c->args.tuples) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

		if (n++ == MAX_TUPLES)
			break;
		snug_argument_facts_add_text(c, tuple, &text);
		*VEC_PUSH(&items) = xstrdup(snug_str_text(&text));
	}
	if (c->args.tuples.len > MAX_TUPLES)
		*VEC_PUSH(&items) = xasprintf("%zu more", c->args.tuples.len - MAX_TUPLES);
	if (c->args.cut_by)
		*VEC_PUSH(&items) = xstrdup(n ? "and others" : "not known");
	columns_add_list(out, head, (const char *const *)items.items, items.len, SHOW_INDENT, start,
			 width);
	VEC_FOREACH (item, &items)
		free(*item);
	VEC_DONE(&items);
}

static void add_args(const struct recording_view *v, const struct show_style *style,
		     struct snug_str *out)
{
	const struct snug_recording *r = v->recording;
	bool with_abi = has_several_abis(r);

	if (!has_args(r))
		return;
	show_add_heading(out, style, "Arguments");
	VEC_FOREACH (c, &r->calls) {
		CLEANUP(snug_str_done) struct snug_str head = SNUG_STR_INIT;

		if (!c->args.spec.n)
			continue;
		add_name(c, &head);
		if (with_abi)
			snug_str_addf(&head, " (%s)", snug_arch_name(c->arch));
		add_tuples(c, snug_str_text(&head), SHOW_START + 4, style->width, out);
	}
}

void recording_view_add_text(const struct recording_view *view, const struct show_style *style,
			     struct snug_str *out)
{
	snug_str_add(out, style->has_colours ? "\033[1m" : "");
	show_add_printable(out, view->label);
	snug_str_addf(out, "%s: a recording\n", style->has_colours ? "\033[0m" : "");
	add_command(view, style, out);
	add_run(view, style, out);
	add_system(view, style, out);
	add_losses(view, style, out);
	add_calls(view, style, out);
	add_denials(view, style, out);
	if (view->recording->calls.len > 1) {
		CLEANUP(snug_str_done) struct snug_str curve = SNUG_STR_INIT;

		snug_curve_draw(view->recording, style->width, CURVE_LINES, style->is_utf8, &curve);
		if (curve.len) {
			show_add_heading(out, style, "Distinct calls over time");
			snug_str_add(out, snug_str_text(&curve));
		}
	}
	add_execs(view, style, out);
	add_table(view, style, out);
	add_args(view, style, out);
}

void recording_view_add_call(const struct recording_view *view, const char *name,
			     struct snug_str *out)
{
	unsigned width = columns_width(stdout);
	bool is_there = false;

	VEC_FOREACH (c, &view->recording->calls) {
		if (!c->name || strcmp(c->name, name) != 0)
			continue;
		is_there = true;
		snug_str_addf(out, "%s on %s: ", name, snug_arch_name(c->arch));
		if (c->has_first) {
			snug_str_add(out, "first made after ");
			snug_duration_add_text(c->first_us, out);
			snug_str_add(out, " by ");
			add_process(c, out);
			snug_str_addc(out, '\n');
		} else {
			snug_str_add(out, "made, but it was lost when and by whom\n");
		}
		if (c->args.spec.n)
			add_tuples(c, "with", SHOW_INDENT + 6, width, out);
	}
	VEC_FOREACH (d, &view->recording->denied) {
		if (!d->name || strcmp(d->name, name) != 0)
			continue;
		is_there = true;
		snug_str_addf(out, "%s on %s: refused (", name, snug_arch_name(d->arch));
		snug_result_add_name(out, d->result);
		snug_str_addf(out, ") %" PRIu64 " times\n", d->count);
	}
	if (!is_there)
		snug_str_addf(out, "%s: was not made\n", name);
}

/* The members of the recording, and the combinations by their names. */
static void write_args(const struct snug_recording_call *c, struct snug_writer *w)
{
	if (!c->args.spec.n)
		return;
	snug_recording_args_write(c, w);
	snug_writer_key(w, "argNames");
	snug_writer_begin_array(w);
	VEC_FOREACH (tuple, &c->args.tuples) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

		snug_argument_facts_add_text(c, tuple, &text);
		snug_writer_string(w, snug_str_text(&text));
	}
	snug_writer_end_array(w);
}

void recording_view_write_calls(const struct recording_view *view, const char *name,
				struct snug_writer *w)
{
	const struct snug_recording *r = view->recording;
	CLEANUP(snug_first_seen_done) struct snug_first_seen order = { 0 };

	snug_first_seen_sort(r, &order);
	snug_writer_begin_array(w);
	VEC_FOREACH (i, &order) {
		const struct snug_recording_call *c = &r->calls.items[*i];

		if (name && (!c->name || strcmp(c->name, name) != 0))
			continue;
		snug_writer_begin_object(w);
		if (c->name)
			snug_writer_member_string(w, "name", c->name);
		snug_writer_member_uint(w, "nr", c->nr);
		snug_writer_member_string(w, "abi", snug_arch_name(c->arch));
		if (c->has_first) {
			snug_writer_member_uint(w, "firstUs", c->first_us);
			snug_writer_member_uint(w, "pid", c->pid);
			snug_writer_member_string(w, "comm", c->comm ? c->comm : "");
		}
		write_args(c, w);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_facts(const struct snug_recording *r, struct snug_writer *w)
{
	snug_writer_member_string(w, "engine", r->engine ? r->engine : "");
	snug_writer_member_string(w, "arch", snug_arch_name(r->arch));
	snug_writer_member_string(w, "kernel", r->kernel ? r->kernel : "");
	snug_writer_member_string(w, "start", r->start ? r->start : "");
	snug_writer_member_uint(w, "durationUs", r->duration_us);
	snug_writer_member_strings(w, "command", (const char *const *)r->command.items,
				   r->command.len);
	if (r->exit_kind != SNUG_EXIT_NONE)
		snug_writer_member_uint(w,
					r->exit_kind == SNUG_EXIT_CODE ? "exitCode" : "exitSignal",
					r->exit_value);
	snug_writer_member_bool(w, "stoppedEarly", r->stopped_early);
	snug_recording_write_losses(r, w);
}

void recording_view_add_json(const struct recording_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);
	uint64_t last;

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugShow", 1);
	snug_writer_member_string(w, "kind", "recording");
	snug_writer_member_string(w, "source", view->label);
	write_facts(view->recording, w);
	if (snug_recording_last_new(view->recording, &last))
		snug_writer_member_uint(w, "lastNewUs", last);
	snug_writer_key(w, "calls");
	recording_view_write_calls(view, NULL, w);
	snug_recording_write_denials(view->recording, w);
	snug_recording_write_execs(view->recording, w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
