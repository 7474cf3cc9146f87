/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check-show.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/answer.h"
#include "cmd/columns.h"
#include "cmd/text.h"
#include "codec/writer.h"
#include "seccomp/call-args.h"
#include "seccomp/ret.h"

#include <string.h>

enum {
	NAME_WIDTH = 24,
	COMMAND_BYTES = 32,
	COMM_BYTES = 16, /* TASK_COMM_LEN, linux/sched.h */
	MAX_NAMED = 8,   /* recordings in the way out */
};

static void add_shown(struct snug_str *out, const char *text, size_t max)
{
	snug_str_add_printable(out, text, strlen(text), max);
}

/* "mkdir", "call 999", with the ABI where it is not the recording's own */
static void add_call_name(const struct check_view *view, const struct snug_check_call *call,
			  struct snug_str *out)
{
	if (call->name)
		snug_str_add(out, call->name);
	else
		snug_str_addf(out, "call %u", call->nr);
	if (call->arch != view->runs[call->first_run].recording->arch)
		snug_str_addf(out, " [%s]", snug_arch_name(call->arch));
}

static void add_decider(const struct check_view *view, const struct snug_decision *d,
			struct snug_str *out)
{
	const struct snug_seccomp_entry *e;

	if (d->behind_mux)
		snug_str_addf(out, " for %s", d->behind_mux);
	switch (d->by) {
	case SNUG_BY_DEFAULT:
		snug_str_add(out, " by default");
		break;
	case SNUG_BY_FOREIGN_ABI:
		snug_str_add(out, ": ABI not listed");
		break;
	case SNUG_BY_ENTRY:
	default:
		e = &view->profile->entries.items[d->entry];
		snug_str_addf(out, " by syscalls[%zu]", d->entry);
		if (e->line)
			snug_str_addf(out, " (line %u)", e->line);
	}
}

static void add_answer(const struct check_view *view, const struct snug_check_call *call,
		       struct snug_str *out)
{
	if (call->result == SNUG_CHECK_DEPENDS && !snug_argset_is_empty(&call->passing)) {
		snug_str_add(out, "passes as ");
		snug_argset_add_text(call->name ? call->name : "?", &call->passing, out);
		snug_str_add(out, ", else ");
	}
	if (!snug_argset_is_empty(&call->refused)) {
		snug_str_add(out, "as ");
		snug_argset_add_text(call->name ? call->name : "?", &call->refused, out);
		snug_str_add(out, ": ");
	}
	snug_ret_add_text(call->decision.ret, out);
	add_decider(view, &call->decision, out);
	if (call->instead)
		snug_str_addf(out, ", at which libraries make %s", call->instead);
}

static void add_command(const struct snug_recording *r, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;

	VEC_FOREACH (word, &r->command) {
		if (words.len > COMMAND_BYTES)
			break;
		snug_str_addf(&words, "%s%s", words.len ? " " : "", *word);
	}
	if (!words.len)
		return;
	snug_str_add(out, " of '");
	add_shown(out, snug_str_text(&words), COMMAND_BYTES);
	snug_str_addc(out, '\'');
}

/* Who made it and in how many of the runs. */
static void add_witness(const struct check_view *view, const struct snug_check_call *call,
			struct snug_str *out)
{
	snug_str_add(out, "; ");
	if (call->is_start) {
		snug_str_add(out, "the start");
	} else if (call->first) {
		add_shown(out, call->first->comm ? call->first->comm : "?", COMM_BYTES);
		snug_str_addf(out, "[%u]", call->first->pid);
	} else {
		snug_str_add(out, "some process");
	}
	add_command(view->runs[call->first_run].recording, out);
	if (view->n_runs > 1)
		snug_str_addf(out, "; %zu of %zu runs", call->n_runs, view->n_runs);
}

static void add_line(const struct check_view *view, const struct snug_check_call *call,
		     int name_width, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str name = SNUG_STR_INIT, text = SNUG_STR_INIT;
	CLEANUP(freep) char *head = NULL;

	add_call_name(view, call, &name);
	head = xasprintf("%-7s  %-*s  ", snug_check_result_name(call->result), name_width,
			 snug_str_text(&name));
	add_answer(view, call, &text);
	add_witness(view, call, &text);
	columns_add_row(out, head, snug_str_text(&text), (unsigned)strlen(head), view->width);
}

static int name_width(const struct check_view *view)
{
	CLEANUP(snug_str_done) struct snug_str name = SNUG_STR_INIT;
	size_t width = 0;

	VEC_FOREACH (call, &view->check->calls) {
		if (call->result == SNUG_CHECK_ALLOWED)
			continue;
		snug_str_clear(&name);
		add_call_name(view, call, &name);
		if (name.len > width)
			width = name.len;
	}
	return width > NAME_WIDTH ? NAME_WIDTH : (int)width;
}

static void add_sum(const struct check_view *view, struct snug_str *out)
{
	static const char *const words[] = {
		[SNUG_CHECK_ALLOWED] = "allowed",
		[SNUG_CHECK_LOGGED] = "allowed but logged",
		[SNUG_CHECK_DEPENDS] = "not certain",
		[SNUG_CHECK_DENIED] = "denied",
	};
	const char *colon = ": ";

	snug_str_addf(out, "%zu call%s of %zu recording%s", view->check->calls.len,
		      view->check->calls.len == 1 ? "" : "s", view->n_runs,
		      view->n_runs == 1 ? "" : "s");
	for (int i = _SNUG_CHECK_RESULT_MAX - 1; i >= 0; i--) {
		if (!view->check->n[i])
			continue;
		snug_str_addf(out, "%s%zu %s", colon, view->check->n[i], words[i]);
		colon = ", ";
	}
	snug_str_add(out, " by ");
	add_shown(out, view->profile_label, SNUG_LIMIT_STRING_BYTES);
	snug_str_addc(out, '\n');
}

static void add_path(const char *path, const char *instead, struct snug_str *out)
{
	snug_str_addc(out, ' ');
	if (strcmp(path, "-") == 0)
		snug_str_add(out, instead);
	else
		text_add_shell_word(out, path);
}

static bool is_denied_in(const struct check_view *view, size_t run)
{
	VEC_FOREACH (denied, &view->check->calls) {
		if (denied->result != SNUG_CHECK_DENIED || !denied->name)
			continue;
		if (denied->is_start)
			return true;
		VEC_FOREACH (call, &view->runs[run].recording->calls) {
			if (call->arch == denied->arch && call->nr == denied->nr)
				return true;
		}
	}
	return false;
}

/* A merged profile has what any input allows. */
static void add_what_merging_loses(const struct check_view *view, struct snug_str *out)
{
	VEC_FOREACH (call, &view->check->calls) {
		if (!call->instead)
			continue;
		snug_str_addf(out, "That allows %s, too; 'snug amend --from RECORDING' does not\n",
			      call->name);
		return;
	}
}

/* Only calls with a name can get into a profile. */
static void add_way_out(const struct check_view *view, struct snug_str *out)
{
	CLEANUP(snug_str_done) struct snug_str paths = SNUG_STR_INIT;
	size_t n_unnamed = 0, n_named = 0;

	VEC_FOREACH (call, &view->check->calls)
		n_unnamed += call->result == SNUG_CHECK_DENIED && !call->name;
	for (size_t i = 0; i < view->n_runs && n_named <= MAX_NAMED; i++) {
		if (!is_denied_in(view, i))
			continue;
		if (n_named++ < MAX_NAMED)
			add_path(view->paths[i], "RECORDING", &paths);
		else
			snug_str_add(&paths, " ...");
	}
	if (n_named) {
		snug_str_add(out, "To allow what was recorded: snug merge -o NEW");
		add_path(view->profile_path, "PROFILE", out);
		snug_str_addf(out, "%s\n", snug_str_text(&paths));
		add_what_merging_loses(view, out);
	}
	if (n_unnamed)
		snug_str_add(out, "A call without a name needs a newer snug or libseccomp: no "
				  "profile can allow it here\n");
}

void check_add_text(const struct check_view *view, struct snug_str *out)
{
	int width = name_width(view);

	VEC_FOREACH (call, &view->check->calls)
		if (call->result != SNUG_CHECK_ALLOWED)
			add_line(view, call, width, out);
	add_sum(view, out);
	add_way_out(view, out);
}

static void write_decider(struct snug_writer *w, const struct check_view *view,
			  const struct snug_decision *d)
{
	static const char *const names[] = {
		[SNUG_BY_DEFAULT] = "default",
		[SNUG_BY_ENTRY] = "entry",
		[SNUG_BY_FOREIGN_ABI] = "abi",
	};

	snug_writer_member_string(w, "by", names[d->by]);
	if (d->by == SNUG_BY_ENTRY) {
		snug_writer_member_uint(w, "entry", d->entry);
		snug_writer_member_uint(w, "line", view->profile->entries.items[d->entry].line);
	}
	if (d->behind_mux)
		snug_writer_member_string(w, "behind", d->behind_mux);
}

static void write_first(struct snug_writer *w, const struct check_view *view,
			const struct snug_check_call *call)
{
	snug_writer_key(w, "first");
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "recording", view->paths[call->first_run]);
	if (call->first) {
		snug_writer_member_uint(w, "pid", call->first->pid);
		snug_writer_member_string(w, "comm", call->first->comm ? call->first->comm : "");
		snug_writer_member_uint(w, "firstUs", call->first->first_us);
	}
	snug_writer_end_object(w);
}

static void write_call(struct snug_writer *w, const struct check_view *view,
		       const struct snug_check_call *call)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_writer_begin_object(w);
	if (call->name)
		snug_writer_member_string(w, "name", call->name);
	snug_writer_member_uint(w, "nr", call->nr);
	snug_writer_member_string(w, "abi", snug_arch_name(call->arch));
	snug_writer_member_string(w, "result", snug_check_result_name(call->result));
	answer_write(w, "answer", call->decision.ret);
	write_decider(w, view, &call->decision);
	if (call->result == SNUG_CHECK_DEPENDS && !snug_argset_is_empty(&call->passing)) {
		snug_argset_add_text(call->name ? call->name : "?", &call->passing, &text);
		snug_writer_member_string(w, "passesAs", snug_str_text(&text));
	}
	if (call->instead)
		snug_writer_member_string(w, "instead", call->instead);
	if (!snug_argset_is_empty(&call->refused)) {
		snug_str_clear(&text);
		snug_argset_add_text(call->name ? call->name : "?", &call->refused, &text);
		snug_writer_member_string(w, "refusedAs", snug_str_text(&text));
	}
	snug_writer_member_uint(w, "recordings", call->n_runs);
	snug_writer_member_bool(w, "isStart", call->is_start);
	write_first(w, view, call);
	snug_writer_end_object(w);
}

static void write_run(struct snug_writer *w, const struct check_view *view, size_t i)
{
	const struct snug_recording *r = view->runs[i].recording;

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "file", view->paths[i]);
	snug_writer_member_strings(w, "command", (const char *const *)r->command.items,
				   r->command.len);
	snug_writer_member_string(w, "arch", snug_arch_name(r->arch));
	snug_writer_member_string(w, "kernel", r->kernel ? r->kernel : "");
	snug_writer_member_bool(w, "complete", snug_recording_is_complete(r));
	snug_writer_end_object(w);
}

static void write_counts(struct snug_writer *w, const struct snug_check *check)
{
	snug_writer_key(w, "counts");
	snug_writer_begin_object(w);
	for (int i = 0; i < _SNUG_CHECK_RESULT_MAX; i++)
		snug_writer_member_uint(w, snug_check_result_name((enum snug_check_result)i),
					check->n[i]);
	snug_writer_end_object(w);
}

void check_add_json(const struct check_view *view, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugCheck", 1);
	snug_writer_member_string(w, "profile", view->profile_label);
	snug_writer_member_bool(w, "ok", view->is_ok);
	write_counts(w, view->check);
	snug_writer_key(w, "calls");
	snug_writer_begin_array(w);
	VEC_FOREACH (call, &view->check->calls)
		if (call->result != SNUG_CHECK_ALLOWED)
			write_call(w, view, call);
	snug_writer_end_array(w);
	snug_writer_key(w, "recordings");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < view->n_runs; i++)
		write_run(w, view, i);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
