/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "codec/writer.h"
#include "report/model.h"

#include <stdlib.h>

static void write_profile(struct snug_writer *w, const struct snug_report_profile *p)
{
	size_t n[_SNUG_SEVERITY_MAX];

	snug_findings_count(&p->findings, n);
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "source", p->label);
	snug_writer_member_uint(w, "allowed", p->digest.n_always);
	snug_writer_member_uint(w, "byArgument", p->digest.n_partly);
	snug_writer_member_uint(w, "known", p->digest.n_known);
	snug_writer_member_uint(w, "risky", p->n_risky);
	if (p->is_reference) {
		snug_writer_member_bool(w, "reference", true);
	} else {
		snug_writer_key(w, "findings");
		snug_writer_begin_object(w);
		for (int s = _SNUG_SEVERITY_MAX - 1; s >= 0; s--)
			snug_writer_member_uint(w, snug_severity_name((enum snug_severity)s), n[s]);
		snug_writer_end_object(w);
	}
	if (p->is_compared) {
		snug_writer_member_uint(w, "more", p->n_more);
		snug_writer_member_uint(w, "fewer", p->n_fewer);
	}
	snug_writer_end_object(w);
}

static void write_recording(struct snug_writer *w, const struct snug_report_recording *one)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "source", one->label);
	snug_writer_member_uint(w, "calls", one->recording->calls.len);
	snug_writer_member_uint(w, "new", one->n_new);
	snug_writer_member_uint(w, "durationUs", one->recording->duration_us);
	snug_writer_member_bool(w, "complete", snug_recording_is_complete(one->recording));
	if (one->recording->has_filter)
		snug_writer_member_bool(w, "filtered", true);
	if (one->recording->watched_denials)
		snug_writer_member_uint(w, "denialsFromUs", one->recording->denials_from_us);
	snug_writer_end_object(w);
}

static void write_answers(struct snug_writer *w, const struct snug_report *r,
			  const struct snug_report_call *c)
{
	snug_writer_key(w, "answers");
	snug_writer_begin_array(w);
	for (size_t i = 0; i < r->profiles.len; i++) {
		const struct snug_report_answer *a = &c->answers[i];

		snug_writer_begin_object(w);
		snug_writer_member_string(w, "verdict", snug_report_verdict_name(a->verdict));
		snug_writer_member_string(w, "answer", a->text);
		if (a->args)
			snug_writer_member_string(w, "when", a->args);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_args(struct snug_writer *w, const struct snug_report_args *args)
{
	if (!args->n_known)
		return;
	snug_writer_member_strings(w, "seenArgs", (const char *const *)args->items, args->len);
	snug_writer_member_bool(w, "seenArgsComplete",
				!args->is_cut && !args->has_more && !args->n_not_looked_at);
}

static void write_call(struct snug_writer *w, const struct snug_report *r,
		       const struct snug_report_call *c)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "name", c->name);
	snug_writer_member_string(w, "category", snug_category_name(c->category));
	write_answers(w, r, c);
	if (c->origin != SNUG_REPORT_NO_ORIGIN)
		snug_writer_member_string(w, "origin", snug_report_origin_name(c->origin));
	if (c->origin == SNUG_REPORT_RUNTIME)
		snug_writer_member_string(w, "runtime", c->runtime);
	if (c->has_first) {
		snug_writer_member_uint(w, "firstUs", c->first.at_us);
		snug_writer_member_uint(w, "pid", c->first.pid);
		snug_writer_member_string(w, "comm", c->first.comm);
		snug_writer_member_uint(w, "recording", c->first.recording);
	}
	write_args(w, &c->seen_args);
	if (c->is_risky)
		snug_writer_member_bool(w, "risk", true);
	if (c->is_broken)
		snug_writer_member_bool(w, "refused", true);
	if (c->n_denied)
		snug_writer_member_uint(w, "denials", c->n_denied);
	snug_writer_end_object(w);
}

static void write_text(struct snug_writer *w, const char *key, const char *text)
{
	if (text)
		snug_writer_member_string(w, key, text);
}

static void write_denied(struct snug_writer *w, const struct snug_report_denials *denials)
{
	if (!denials->n_sources)
		return;
	snug_writer_key(w, "denied");
	snug_writer_begin_array(w);
	VEC_FOREACH (d, denials) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "what", d->what);
		write_text(w, "call", d->call);
		write_text(w, "program", d->program);
		snug_writer_member_string(w, "outcome", d->outcome);
		snug_writer_member_uint(w, "count", d->count);
		write_text(w, "first", d->first);
		write_text(w, "last", d->last);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
	snug_writer_member_uint(w, "deniedMore", denials->n_more);
}

static void write_head(struct snug_writer *w, const struct snug_report *r)
{
	uint32_t version = r->env.kernel_version;
	CLEANUP(freep)
	char *kernel = xasprintf("%u.%u.%u", version >> 16, version >> 8 & 255, version & 255);

	snug_writer_member_uint(w, "snugReport", 1);
	snug_writer_member_string(w, "title", r->title);
	snug_writer_member_string(w, "arch", snug_arch_name(r->env.arch));
	snug_writer_member_string(w, "kernel", kernel);
}

void snug_report_write_json(const struct snug_report *r, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	write_head(w, r);
	snug_writer_key(w, "profiles");
	snug_writer_begin_array(w);
	VEC_FOREACH (p, &r->profiles)
		write_profile(w, p);
	snug_writer_end_array(w);
	snug_writer_key(w, "recordings");
	snug_writer_begin_array(w);
	VEC_FOREACH (one, &r->recordings)
		write_recording(w, one);
	snug_writer_end_array(w);
	snug_writer_member_uint(w, "seen", r->n_seen);
	snug_writer_member_uint(w, "notSeen", r->n_unseen);
	snug_writer_member_uint(w, "seenButRefused", r->n_broken);
	snug_writer_member_uint(w, "mayBeRefused", r->n_depends);
	snug_writer_member_uint(w, "denials", r->n_denied);
	write_denied(w, &r->denials);
	snug_writer_key(w, "calls");
	snug_writer_begin_array(w);
	VEC_FOREACH (c, &r->calls)
		write_call(w, r, c);
	snug_writer_end_array(w);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}
