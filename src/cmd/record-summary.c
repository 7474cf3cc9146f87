/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record-summary.h"

#include "base/str.h"
#include "cmd/args-summary.h"
#include "cmd/record-denials.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "codec/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Several recordings as one: what was lost in any, the longest time. */
static void add_up(const struct record_summary *s, struct snug_recording *ret)
{
	*ret = (struct snug_recording){ 0 };
	for (size_t i = 0; i < s->n_recordings; i++) {
		const struct snug_recording *r = s->recordings[i];

		ret->lost.news += r->lost.news;
		ret->lost.tasks += r->lost.tasks;
		ret->lost.numbers += r->lost.numbers;
		ret->lost.misses += r->lost.misses;
		ret->lost.execs += r->lost.execs;
		ret->lost.denials += r->lost.denials;
		if (r->duration_us > ret->duration_us)
			ret->duration_us = r->duration_us;
		ret->exit_kind = r->exit_kind;
		ret->exit_value = r->exit_value;
	}
}

static void warn_of_losses(const struct record_summary *s, const struct snug_recording *r)
{
	const struct snug_recording_losses *l = &r->lost;

	if (l->denials)
		say_warn("%s%s%" PRIu64 " refused calls were of too many different kinds to be "
			 "noted",
			 s->target ? s->target : "", s->target ? ": " : "", l->denials);
	if (!(l->tasks | l->numbers | l->misses | l->news | l->execs))
		return;
	say_warn("%s%sthe recording is incomplete: %" PRIu64 " threads not followed, %" PRIu64
		 " odd call numbers dropped, %" PRIu64 " program runs skipped by the kernel, "
		 "%" PRIu64 " events and %" PRIu64 " executed programs not noted",
		 s->target ? s->target : "", s->target ? ": " : "", l->tasks, l->numbers, l->misses,
		 l->news, l->execs);
}

static void add_words(struct snug_writer *w, char *const *words)
{
	snug_writer_key(w, "command");
	snug_writer_begin_array(w);
	for (; *words; words++)
		snug_writer_string(w, *words);
	snug_writer_end_array(w);
}

static void add_container(struct snug_writer *w, const struct snug_recording_container *c)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "id", c->id ? c->id : "");
	if (c->name)
		snug_writer_member_string(w, "name", c->name);
	snug_writer_end_object(w);
}

static void add_containers(struct snug_writer *w, const struct record_summary *s)
{
	snug_writer_key(w, "containers");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < s->n_recordings; i++)
		if (s->recordings[i]->container)
			add_container(w, s->recordings[i]->container);
	snug_writer_end_array(w);
}

static size_t n_denied(const struct record_summary *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_recordings; i++)
		n += s->recordings[i]->denied.len;
	return n;
}

static void print_json(const struct record_summary *s, const struct snug_recording *r)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &text);

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "profile", s->profile_path);
	if (s->recording_path)
		snug_writer_member_string(w, "recording", s->recording_path);
	if (s->argv)
		add_words(w, s->argv);
	else
		add_containers(w, s);
	if (s->is_cut)
		snug_writer_member_bool(w, "attached", true);
	if (r->exit_kind != SNUG_EXIT_NONE)
		snug_writer_member_uint(w,
					r->exit_kind == SNUG_EXIT_CODE ? "exitCode" : "exitSignal",
					r->exit_value);
	snug_writer_member_uint(w, "durationUs", r->duration_us);
	snug_writer_member_uint(w, "recorded", s->derived->recorded.len);
	snug_writer_member_uint(w, "addedFromBase", s->derived->added.len);
	if (!s->argv) {
		snug_writer_member_uint(w, "addedForRuntime", s->derived->baseline.len);
		snug_writer_member_uint(w, "enteredOnly", s->derived->entered.len);
	}
	snug_writer_member_uint(w, "unnamed", s->derived->unnamed.len);
	snug_writer_member_uint(w, "denied", n_denied(s));
	args_summary_write(w, s->derived);
	snug_recording_write_losses(r, w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	text_add_json_line(&line, &text);
	printf("%s", snug_str_text(&line));
}

/* How many recorded calls the base set does not have: what is particular to this program. */
static size_t beyond_base(const struct snug_derived *d)
{
	size_t n = 0;

	VEC_FOREACH (name, &d->recorded) {
		const char *const *b = snug_base_syscalls();

		while (*b && strcmp(*b, *name) != 0)
			b++;
		n += !*b;
	}
	return n;
}

/* "runc 1.1.5, crun 1.8.1": each once. */
static void add_labels(struct snug_str *out, const struct record_summary *s)
{
	for (size_t i = 0; i < s->n_recordings; i++)
		VEC_FOREACH (b, &s->recordings[i]->baselines)
			if (!out->len || !strstr(snug_str_text(out), b->label))
				snug_str_addf(out, "%s%s", out->len ? ", " : "", b->label);
}

static void print_container_facts(const struct record_summary *s)
{
	CLEANUP(snug_str_done) struct snug_str labels = SNUG_STR_INIT;
	const struct snug_derived *d = s->derived;

	add_labels(&labels, s);
	if (d->baseline.len)
		say_person("%zu names were added for the runtime (%s)", d->baseline.len,
			   snug_str_text(&labels));
	if (d->entered.len)
		say_person("%zu calls were made only by what entered the container%s",
			   d->entered.len,
			   s->no_entered ? ": they are left out" : " ('podman exec' and such)");
}

static void print_for_person(const struct record_summary *s, const struct snug_recording *r)
{
	CLEANUP(snug_str_done) struct snug_str number = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	const struct snug_derived *d = s->derived;

	if (s->target)
		snug_str_addf(&number, "%s: ", s->target);
	snug_str_addf(&number, "%zu system calls", d->recorded.len);
	say_strong(snug_str_text(&number), "recorded in %.3f s%s", (double)r->duration_us / 1e6,
		   snug_recording_is_complete(r) ? ", nothing lost" : "");
	if (s->has_base)
		say_person(
			"%zu of them are not in the base set; %zu names of the base set were added",
			beyond_base(d), d->added.len);
	print_container_facts(s);
	args_summary_print(d);
	say_person("profile: %s", s->profile_path);
	if (s->is_cut)
		say_person(
			"recorded from the middle of its life: calls of its start may be missing");
	if (!s->can_run || strcmp(s->profile_path, "-") == 0)
		return;
	text_add_shell_word(&words, s->profile_path);
	snug_str_add(&words, " -- ");
	text_add_shell_words(&words, s->argv);
	say_person("run under it: snug run -p %s", snug_str_text(&words));
}

/* Whose denials they are; of several containers each by its name. */
static const char *label_of(const struct record_summary *s, size_t i)
{
	const struct snug_recording_container *c = s->recordings[i]->container;

	if (s->n_recordings < 2 || !c)
		return s->target;
	return c->name ? c->name : c->id;
}

void record_summary_print(const struct record_summary *s)
{
	struct snug_recording sum;

	add_up(s, &sum);
	warn_of_losses(s, &sum);
	if (s->is_json)
		print_json(s, &sum);
	else
		print_for_person(s, &sum);
	for (size_t i = 0; i < s->n_recordings; i++)
		record_denials_say(s->recordings[i], label_of(s, i), s->profile_path);
}
