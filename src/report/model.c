/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subject is the first profile: figures, origins and findings are about it, the others stand
 * beside it.  Everything is asked of the evaluator and of lint; nothing is judged here.
 */
#include "report/model.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "report/model-internal.h"
#include "seccomp/diff.h"

#include <errno.h>
#include <string.h>

enum { MAX_TEXT = 256, MAX_COMMAND = 512 };

const char *snug_report_verdict_name(enum snug_report_verdict v)
{
	static const char *const names[_SNUG_REPORT_VERDICT_MAX] = {
		[SNUG_REPORT_PASSES] = "allowed",
		[SNUG_REPORT_SOMETIMES] = "sometimes",
		[SNUG_REPORT_ASKS] = "asks",
		[SNUG_REPORT_REFUSED] = "refused",
	};

	return names[v];
}

const char *snug_report_origin_name(enum snug_report_origin o)
{
	static const char *const names[_SNUG_REPORT_ORIGIN_MAX] = {
		[SNUG_REPORT_NO_ORIGIN] = "",      [SNUG_REPORT_WORKLOAD] = "workload",
		[SNUG_REPORT_ENTERED] = "entered", [SNUG_REPORT_RUNTIME] = "runtime",
		[SNUG_REPORT_BASE] = "base",       [SNUG_REPORT_NOT_SEEN] = "unseen",
	};

	return names[o];
}

char *snug_report_printable(const char *text)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	snug_str_add_printable(&s, text, strlen(text), MAX_TEXT);
	return snug_str_take(&s);
}

static void profile_done(struct snug_report_profile *p)
{
	snug_findings_done(&p->findings);
	snug_digest_done(&p->digest);
	p->meaning = snug_meaning_free(p->meaning);
	free(p->compare_fail);
	free(p->label);
}

static void recording_done(struct snug_report_recording *r)
{
	VEC_FOREACH (m, &r->moments)
		free(m->what);
	VEC_DONE(&r->moments);
	free(r->label);
	free(r->command);
}

void snug_report_done(struct snug_report *r)
{
	VEC_FOREACH (c, &r->calls)
		snug_report_call_done(c, r->profiles.len);
	VEC_DONE(&r->calls);
	VEC_FOREACH (p, &r->profiles)
		profile_done(p);
	VEC_DONE(&r->profiles);
	VEC_FOREACH (one, &r->recordings)
		recording_done(one);
	VEC_DONE(&r->recordings);
	snug_report_denials_done(&r->denials);
	free(r->title);
	*r = (struct snug_report){ 0 };
}

static int check_limits(const struct snug_report_input *in, struct snug_err *err)
{
	size_t n_given = in->n_profiles;

	snug_bug_on(!in->n_profiles);
	if (in->profiles[in->n_profiles - 1].is_reference)
		n_given--;
	if (n_given > SNUG_LIMIT_REPORT_PROFILES)
		return snug_err_set(err, -E2BIG,
				    "%zu profiles are too many to stand side by side: at most %d",
				    n_given, SNUG_LIMIT_REPORT_PROFILES);
	if (in->n_recordings > SNUG_LIMIT_REPORT_RECORDINGS)
		return snug_err_set(err, -E2BIG,
				    "%zu recordings are too many for one page: at most %d",
				    in->n_recordings, SNUG_LIMIT_REPORT_RECORDINGS);
	return 0;
}

/* Whether an earlier finding of the same group is about @name too. */
static bool is_counted(const struct snug_findings *f, const struct snug_finding *until,
		       const char *name)
{
	for (const struct snug_finding *before = f->items; before < until; before++) {
		if (before->rule->group != SNUG_LINT_RISK)
			continue;
		VEC_FOREACH (other, &before->names)
			if (strcmp(*other, name) == 0)
				return true;
	}
	return false;
}

static size_t count_risky(const struct snug_findings *f)
{
	size_t n = 0;

	VEC_FOREACH (one, f) {
		if (one->rule->group != SNUG_LINT_RISK)
			continue;
		VEC_FOREACH (name, &one->names)
			n += !is_counted(f, one, *name);
	}
	return n;
}

/* A comparison that takes too much is left out with its reason, and the report goes on. */
static void compare(const struct snug_report_profile *subject, struct snug_report_profile *p)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_diff_done) struct snug_diff diff = { 0 };

	if (snug_diff(subject->meaning, p->meaning, &diff, &err) < 0) {
		p->compare_fail = snug_report_printable(snug_err_msg(&err));
		return;
	}
	p->is_compared = true;
	p->n_more = diff.n_names[SNUG_DIFF_B_ALLOWS];
	p->n_fewer = diff.n_names[SNUG_DIFF_A_ALLOWS];
}

static int add_profile(struct snug_report *ret, const struct snug_report_profile_input *in,
		       struct snug_err *err)
{
	const struct snug_meaning_options opts = { .keep_unknown = true };
	const struct snug_lint_options lint = { .env = ret->env, .rules = UINT64_MAX };
	struct snug_report_profile *p = VEC_PUSH(&ret->profiles);
	int r;

	p->label = snug_report_printable(in->label);
	p->is_reference = in->is_reference;
	p->is_well_known = in->is_well_known || in->is_reference;
	p->is_derived = in->is_derived;
	r = snug_meaning_new(in->profile, &ret->env, &opts, &p->meaning, err);
	if (r == 0)
		r = snug_digest(p->meaning, &p->digest, err);
	if (r < 0)
		return r;
	snug_lint(in->profile, &lint, &p->findings);
	p->n_risky = count_risky(&p->findings);
	/* nobody asked about it: its figures tell where the subject stands, and no more */
	if (in->is_reference)
		snug_findings_done(&p->findings);
	if (p != ret->profiles.items)
		compare(ret->profiles.items, p);
	return 0;
}

static char *command_of(const struct snug_recording *r)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	size_t n = 0;

	VEC_FOREACH (word, &r->command) {
		if (text.len >= MAX_COMMAND)
			break;
		snug_str_add(&text, n++ ? " " : "");
		snug_str_add_printable(&text, *word, strlen(*word), MAX_TEXT);
	}
	if (r->command_is_cut || n < r->command.len)
		snug_str_add(&text, " ...");
	return text.len ? snug_str_take(&text) : NULL;
}

static void add_recording(struct snug_report *ret, const struct snug_report_recording_input *in)
{
	struct snug_report_recording *r = VEC_PUSH(&ret->recordings);

	r->label = snug_report_printable(in->label);
	r->command = command_of(in->recording);
	r->recording = in->recording;
	snug_report_build_moments(r);
}

static int build(struct snug_report_input *in, struct snug_report *ret, struct snug_err *err)
{
	int r = 0;

	ret->env = in->env;
	ret->title = snug_report_printable(in->title ? in->title : in->profiles[0].label);
	for (size_t i = 0; i < in->n_profiles && r == 0; i++)
		r = add_profile(ret, &in->profiles[i], err);
	for (size_t i = 0; i < in->n_recordings && r == 0; i++)
		add_recording(ret, &in->recordings[i]);
	if (r < 0)
		return r;
	if (in->denials) {
		ret->denials = *in->denials;
		*in->denials = (struct snug_report_denials){ 0 };
	}
	VEC_FOREACH (one, &ret->recordings)
		snug_report_denials_add_recording(&ret->denials, one->label, one->recording);
	VEC_FOREACH (d, &ret->denials)
		ret->n_denied += d->count;
	return snug_report_build_calls(ret, in->profiles[0].profile, err);
}

int snug_report_build(struct snug_report_input *in, struct snug_report *ret, struct snug_err *err)
{
	CLEANUP(snug_report_done) struct snug_report report = { 0 };
	int r;

	r = check_limits(in, err);
	if (r == 0)
		r = build(in, &report, err);
	if (r < 0)
		return r;
	*ret = report;
	report = (struct snug_report){ 0 };
	return 0;
}
