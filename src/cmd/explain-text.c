/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain-text.h"

#include "audit/event.h"
#include "base/str.h"
#include "cmd/input.h"
#include "cmd/logged.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "seccomp/fallback.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"

#include <inttypes.h>
#include <string.h>

/* some 200 names: a command that somebody may still want to copy */
enum { MAX_WORDS_BYTES = 2048 };

static void add_errno(uint32_t ret, struct snug_str *out)
{
	const char *name = snug_errno_name(snug_ret_data(ret));

	if (name)
		snug_str_add(out, name);
	else
		snug_str_addf(out, "errno %u", snug_ret_data(ret));
}

/* What became of calls that got no errno: in a line, in the list. */
static const struct {
	const char *way, *word;
} ways[_SNUG_ACTION_MAX] = {
	[SNUG_ACTION_KILL] = { "by killing the thread", "killed" },
	[SNUG_ACTION_KILL_THREAD] = { "by killing the thread", "killed" },
	[SNUG_ACTION_KILL_PROCESS] = { "by killing the process", "killed" },
	[SNUG_ACTION_TRAP] = { "with SIGSYS", "trapped" },
	[SNUG_ACTION_TRACE] = { "with ENOSYS instead of asking a tracer", "for a tracer" },
	[SNUG_ACTION_NOTIFY] = { "with ENOSYS instead of asking an agent", "for an agent" },
	[SNUG_ACTION_LOG] = { NULL, "logged" }, /* has lines of its own */
	/* the evaluator would let it pass and the filter did not: explain.c, errno_of() */
	[SNUG_ACTION_ALLOW] = { "with EPERM", "EPERM" },
};

/* "p.json:12:5 (syscalls[3])", "the default of p.json" */
static void add_decider(const struct snug_seccomp_profile *p, const struct snug_refusal *r,
			struct snug_str *out)
{
	const struct snug_decision *d = &r->decision;
	const struct snug_seccomp_entry *entry;

	if (d->by == SNUG_BY_FOREIGN_ABI) {
		snug_str_addf(out, "%s, which does not list %s", p->source,
			      snug_arch_oci_name(r->arch));
		return;
	}
	if (d->by != SNUG_BY_ENTRY) {
		snug_str_addf(out, "the default of %s", p->source);
		return;
	}
	entry = &p->entries.items[d->entry];
	snug_str_addf(out, "%s:%u:%u (syscalls[%zu])", p->source, entry->line, entry->col,
		      d->entry);
}

/* As logged.c would from the kernel's log. */
static void tell_logged(const struct snug_refusal *r)
{
	CLEANUP(freep) struct snug_audit_event *ev = xcalloc(1, sizeof(*ev));
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;

	ev->audit_arch = snug_arch_to_audit(r->arch);
	ev->nr = r->nr | (r->arch == SNUG_ARCH_X32 ? snug_arch_number_base(r->arch) : 0);
	snug_audit_event_add_line(&line, ev);
	logged_say(snug_str_text(&line));
}

void explain_tell(const struct snug_refusal *r, const struct snug_seccomp_profile *p)
{
	enum snug_action action = snug_ret_action(r->decision.ret);
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (action == SNUG_ACTION_LOG) {
		tell_logged(r);
		return;
	}

	snug_str_add(&text, r->text);
	if (r->behind)
		snug_str_addf(&text, ", which is %s,", r->behind);
	if (r->arch != snug_arch_native())
		snug_str_addf(&text, " of %s", snug_arch_name(r->arch));
	if (action == SNUG_ACTION_ERRNO) {
		snug_str_add(&text, " with ");
		add_errno(r->decision.ret, &text);
	} else {
		snug_str_addf(&text, " %s", ways[action].way);
	}
	snug_str_add(&text, ": ");
	if (r->comm && *r->comm)
		snug_str_add_printable(&text, r->comm, strlen(r->comm), strlen(r->comm));
	else
		snug_str_addc(&text, '?'); /* no /proc */
	snug_str_addf(&text, "[%u], by ", r->pid);
	add_decider(p, r, &text);
	say_note("refused %s", snug_str_text(&text));
}

/* What libraries make instead of a call to which an entry answers ENOSYS: a reason not to allow it
 * (clone3, whose flags no filter sees); else NULL. */
static const char *made_instead(const struct snug_refusal *r)
{
	return r->decision.by == SNUG_BY_ENTRY ? snug_fallback_at(r->name, r->decision.ret) : NULL;
}

/* An entry of an ABI that the profile does not list would be of no effect. */
static bool is_for_amend(const struct snug_refusal *r)
{
	return snug_refusal_name(r) && r->decision.by != SNUG_BY_FOREIGN_ABI && !made_instead(r);
}

/* "uname 'socket(AF_ALG)'": what is to be allowed, each once. */
static void add_questions(const struct snug_refusals *all, struct snug_str *out)
{
	VEC(char *) seen = { 0 };

	VEC_FOREACH (r, all) {
		CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		bool is_known = false;

		if (!is_for_amend(r))
			continue;
		snug_refusal_question(r, &q);
		snug_call_question_add_text(&q, &text);
		VEC_FOREACH (other, &seen)
			is_known |= strcmp(*other, snug_str_text(&text)) == 0;
		if (is_known)
			continue;
		snug_str_addc(out, ' ');
		text_add_shell_word(out, snug_str_text(&text));
		*VEC_PUSH(&seen) = snug_str_take(&text);
	}
	VEC_FOREACH (other, &seen)
		free(*other);
	VEC_DONE(&seen);
}

static void tell_count(const struct snug_refusal *r)
{
	enum snug_action action = snug_ret_action(r->decision.ret);
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };

	if (snug_refusal_name(r)) {
		snug_refusal_question(r, &q);
		snug_call_question_add_text(&q, &text);
	} else {
		snug_str_add(&text, r->text);
	}
	if (r->arch != snug_arch_native())
		snug_str_addf(&text, " (%s)", snug_arch_name(r->arch));
	snug_str_add(&text, "  ");
	if (action == SNUG_ACTION_ERRNO)
		add_errno(r->decision.ret, &text);
	else
		snug_str_add(&text, ways[action].word);
	say_note("%7" PRIu64 "x %s", r->count, snug_str_text(&text));
}

void explain_add_profile(struct snug_str *out, const struct snug_seccomp_profile *p,
			 const char *path)
{
	bool asks_caps = false;

	snug_str_add(out, " -p ");
	if (strcmp(path, "<stdin>") == 0)
		snug_str_add(out, "PROFILE");
	else
		text_add_shell_word(out, path);
	/* what holds for all containers here is not to be changed for one command */
	if (input_is_well_known_path(path))
		snug_str_add(out, " -o NEW");
	VEC_FOREACH (e, &p->entries)
		asks_caps |= e->includes.caps.len || e->excludes.caps.len;
	/* it takes a container's otherwise */
	if (asks_caps)
		snug_str_add(out, " --caps host");
}

static void tell_way_on(const struct snug_refusals *all, const struct snug_seccomp_profile *p,
			const char *path)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str profile = SNUG_STR_INIT;

	add_questions(all, &words);
	if (!words.len)
		return;
	explain_add_profile(&profile, p, path);
	if (words.len > MAX_WORDS_BYTES)
		say_note("to allow all that: run it with --json FILE, then: snug amend%s --from "
			 "FILE",
			 snug_str_text(&profile));
	else
		say_note("to allow that: snug amend%s%s", snug_str_text(&profile),
			 snug_str_text(&words));
}

void explain_sum_up(const struct snug_refusals *all, const struct snug_seccomp_profile *p,
		    const char *path)
{
	enum snug_arch foreign = _SNUG_ARCH_INVALID;
	bool has_logged = false, has_refused = false;

	VEC_FOREACH (r, all) {
		bool is_logged = snug_ret_action(r->decision.ret) == SNUG_ACTION_LOG;

		has_logged |= is_logged;
		has_refused |= !is_logged;
		if (r->decision.by == SNUG_BY_FOREIGN_ABI)
			foreign = r->arch;
	}
	if (!all->len)
		return;
	say_note("in all, '%s' has %s:", p->source,
		 !has_logged    ? "refused"
		 : !has_refused ? "logged"
				: "refused or logged");
	VEC_FOREACH (r, all)
		tell_count(r);
	if (all->n_more)
		say_note("%7" PRIu64 "x other calls", all->n_more);
	VEC_FOREACH (r, all)
		if (made_instead(r))
			say_note("at ENOSYS for %s, libraries make %s", r->name, made_instead(r));
	tell_way_on(all, p, path);
	if (foreign != _SNUG_ARCH_INVALID)
		say_note("to let programs of %s run at all: add %s to its architectures",
			 snug_arch_name(foreign), snug_arch_oci_name(foreign));
}
