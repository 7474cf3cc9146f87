/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record-denials.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "record/denied.h"
#include "record/recording.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_SAID = 8 };

static void add_one(struct snug_str *out, const struct snug_recording_denial *d)
{
	if (d->name)
		snug_str_add_printable(out, d->name, strlen(d->name), 64);
	else
		snug_str_addf(out, "call %d", (int)d->nr);
	snug_str_add(out, " (");
	if (d->arch != snug_arch_native())
		snug_str_addf(out, "%s, ", snug_arch_name(d->arch));
	snug_result_add_name(out, d->result);
	if (d->count > 1)
		snug_str_addf(out, ", %" PRIu64 " times", d->count);
	snug_str_addc(out, ')');
}

void record_denials_add(struct snug_str *out, const struct snug_recording *r, size_t max)
{
	size_t n = 0;

	VEC_FOREACH (d, &r->denied) {
		if (max && n == max) {
			snug_str_addf(out, " and %zu more", r->denied.len - max);
			return;
		}
		snug_str_add(out, n++ ? ", " : "");
		add_one(out, d);
	}
}

/* The names for `snug amend`, each once: they are sorted by ABI and number, so equal ones may lie
 * apart. */
static void add_names(struct snug_str *out, const struct snug_recording *r)
{
	VEC_FOREACH (d, &r->denied) {
		bool is_said = false;

		VEC_FOREACH (before, &r->denied) {
			if (before == d)
				break;
			is_said |= before->name && d->name && strcmp(before->name, d->name) == 0;
		}
		if (!d->name || is_said)
			continue;
		snug_str_addc(out, ' ');
		text_add_shell_word(out, d->name);
	}
}

static void say_denied(const struct snug_recording *r, const char *target, const char *profile_path)
{
	CLEANUP(snug_str_done) struct snug_str what = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;

	record_denials_add(&what, r, MAX_SAID);
	say_note("%s%sseccomp refused %zu different call%s: %s", target ? target : "",
		 target ? ": " : "", r->denied.len, r->denied.len == 1 ? "" : "s",
		 snug_str_text(&what));
	if (!profile_path || strcmp(profile_path, "-") == 0)
		return;
	text_add_shell_word(&words, profile_path);
	add_names(&words, r);
	say_note("refused calls do not get into the profile; to allow them: snug amend -p %s",
		 snug_str_text(&words));
}

void record_denials_say(const struct snug_recording *r, const char *target,
			const char *profile_path)
{
	const char *before = target ? target : "", *colon = target ? ": " : "";

	if (say_is_quiet())
		return;
	if (r->denied.len)
		say_denied(r, target, profile_path);
	if (!r->has_filter)
		return;
	if (!r->watched_denials)
		say_note(
			"%s%sit ran under a filter, and what that answered with an errno could not "
			"be watched",
			before, colon);
	else if (r->denials_from_us)
		say_note("%s%scalls that its filter refused in the first %.3f s were not watched "
			 "for; with --denials they are",
			 before, colon, (double)r->denials_from_us / 1e6);
}
