/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record-summary.h"

#include "base/str.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "codec/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void warn_of_losses(const struct snug_recording *r)
{
	const struct snug_recording_losses *l = &r->lost;

	if (snug_recording_is_complete(r))
		return;
	say_warn("the recording is incomplete: %" PRIu64 " threads not followed, %" PRIu64
		 " odd call numbers dropped, %" PRIu64 " program runs skipped by the kernel, "
		 "%" PRIu64 " events and %" PRIu64 " executed programs not noted",
		 l->tasks, l->numbers, l->misses, l->news, l->execs);
}

static void add_lost(struct snug_writer *w, const struct snug_recording_losses *l)
{
	snug_writer_key(w, "lost");
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "news", l->news);
	snug_writer_member_uint(w, "tasks", l->tasks);
	snug_writer_member_uint(w, "numbers", l->numbers);
	snug_writer_member_uint(w, "misses", l->misses);
	snug_writer_member_uint(w, "execs", l->execs);
	snug_writer_end_object(w);
}

static void print_json(const struct record_summary *s)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &text);
	const struct snug_recording *r = s->recording;

	snug_writer_begin_object(w);
	snug_writer_member_string(w, "profile", s->profile_path);
	if (s->recording_path)
		snug_writer_member_string(w, "recording", s->recording_path);
	snug_writer_key(w, "command");
	snug_writer_begin_array(w);
	for (char *const *word = s->argv; *word; word++)
		snug_writer_string(w, *word);
	snug_writer_end_array(w);
	if (r->exit_kind != SNUG_EXIT_NONE)
		snug_writer_member_uint(w,
					r->exit_kind == SNUG_EXIT_CODE ? "exitCode" : "exitSignal",
					r->exit_value);
	snug_writer_member_uint(w, "durationUs", r->duration_us);
	snug_writer_member_uint(w, "recorded", s->derived->recorded.len);
	snug_writer_member_uint(w, "addedFromBase", s->derived->added.len);
	snug_writer_member_uint(w, "unnamed", s->derived->unnamed.len);
	snug_writer_member_bool(w, "complete", snug_recording_is_complete(r));
	add_lost(w, &r->lost);
	snug_writer_end_object(w);
	snug_writer_finish(w);
	text_join_lines(&text);
	printf("%s\n", snug_str_text(&text));
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

static void print_for_person(const struct record_summary *s)
{
	CLEANUP(snug_str_done) struct snug_str number = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	const struct snug_derived *d = s->derived;

	snug_str_addf(&number, "%zu system calls", d->recorded.len);
	say_strong(snug_str_text(&number), "recorded in %.3f s%s",
		   (double)s->recording->duration_us / 1e6,
		   snug_recording_is_complete(s->recording) ? ", nothing lost" : "");
	if (s->has_base)
		say_person(
			"%zu of them are not in the base set; %zu names of the base set were added",
			beyond_base(d), d->added.len);
	say_person("profile: %s", s->profile_path);
	if (!s->can_run || strcmp(s->profile_path, "-") == 0)
		return;
	text_add_shell_word(&words, s->profile_path);
	snug_str_add(&words, " -- ");
	text_add_shell_words(&words, s->argv);
	say_person("run under it: snug run -p %s", snug_str_text(&words));
}

void record_summary_print(const struct record_summary *s)
{
	warn_of_losses(s->recording);
	if (s->is_json)
		print_json(s);
	else
		print_for_person(s);
}
