/* SPDX-License-Identifier: Apache-2.0 */
/* A recording from anywhere: read, written, read again; a profile derived from it. */
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "fuzz.h"
#include "record/argument-facts.h"
#include "record/check.h"
#include "record/derive.h"

#include <errno.h>
#include <string.h>

/* Nobody made a call that was looked at with nothing, or is said to be cut. */
static void check_args(const struct snug_recording_call *c)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct snug_recording_args *a = &c->args;
	unsigned known = a->cut_by;

	snug_bug_on(!a->spec.n && (a->tuples.len || a->cut_by));
	snug_bug_on(a->tuples.len > 2 * SNUG_LIMIT_RECORDING_TUPLES);
	VEC_FOREACH (t, &a->tuples) {
		known |= t->by;
		for (unsigned i = 0; i < a->spec.n; i++)
			snug_bug_on(t->values[i] & ~a->spec.mask[i]);
		snug_bug_on(t > a->tuples.items &&
			    memcmp(t[-1].values, t->values, sizeof(t->values)) == 0);
		snug_argument_facts_add_text(c, t, &text);
	}
	snug_bug_on(a->spec.n && (c->by & ~known));
}

static void check_calls(const struct snug_recording *r)
{
	snug_bug_on(r->calls.len > SNUG_LIMIT_RECORDING_CALLS);
	snug_bug_on(r->execs.len > SNUG_LIMIT_RECORDING_EXECS);
	VEC_FOREACH (c, &r->calls) {
		const char *known = snug_syscall_name(c->arch, c->nr);

		/* never a name that is not the number's */
		snug_bug_on(!c->name != !known || (known && strcmp(c->name, known) != 0));
		snug_bug_on(c > r->calls.items && c[-1].arch == c->arch && c[-1].nr >= c->nr);
	}
	VEC_FOREACH (c, &r->calls)
		check_args(c);
	VEC_FOREACH (e, &r->execs)
		snug_bug_on(!e->comm || !e->path);
}

static void check_round_trip(const struct snug_recording *r)
{
	CLEANUP(snug_recording_freep) struct snug_recording *again = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_str_done) struct snug_str text2 = SNUG_STR_INIT;
	int e;

	snug_recording_write(r, &text);
	e = snug_recording_parse("written", text.buf, text.len, &again, NULL);
	/* indentation and escapes may make it larger than what a file may be */
	if (e == -E2BIG)
		return;
	snug_bug_on(e < 0);
	snug_recording_write(again, &text2);
	snug_bug_on(strcmp(text.buf, text2.buf) != 0);
}

/* Whatever a recording says of arguments, its own profile lets it pass, on ABIs of its machine. */
static void check_passes(const struct snug_recording *r, const struct snug_seccomp_profile *p)
{
	CLEANUP(snug_check_done) struct snug_check check = { 0 };
	struct snug_check_run run = { .recording = r };

	run.env.arch = snug_arch_family(r->arch);
	if (snug_check(p, &run, 1, NULL, NULL, &check, NULL) < 0)
		return;
	VEC_FOREACH (call, &check.calls)
		snug_bug_on(call->name && call->result != SNUG_CHECK_ALLOWED &&
			    snug_arch_family(call->arch) == run.env.arch);
}

static void check_derive(const struct snug_recording *r, enum snug_args_level level)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct snug_derive_policy policy = {
		.name = r->command.len ? r->command.items[0] : "x",
		.args = level,
		.clone3_is_enosys = level == SNUG_ARGS_SECURITY,
		.signed_values = level != SNUG_ARGS_SECURITY,
	};
	int e = snug_derive(&r, 1, &policy, &d, NULL);

	if (e < 0) {
		snug_bug_on(e != -ENODATA);
		return;
	}
	for (size_t i = 0; i < d.recorded.len; i++) {
		snug_bug_on(!snug_syscall_is_known(d.recorded.items[i]));
		snug_bug_on(i && strcmp(d.recorded.items[i - 1], d.recorded.items[i]) >= 0);
	}
	if (!policy.clone3_is_enosys)
		check_passes(r, d.profile);
	snug_bug_on(snug_seccomp_profile_write(d.profile,
					       policy.signed_values ? SNUG_PROFILE_CRD_YAML
								    : SNUG_PROFILE_OCI_JSON,
					       &text, NULL) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int e;

	e = snug_recording_parse("in", (const char *)data, size, &r, &err);
	if (e < 0) {
		fuzz_check_err(e, &err, "in:");
		return 0;
	}
	check_calls(r);
	check_round_trip(r);
	check_derive(r, SNUG_ARGS_OFF);
	check_derive(r, SNUG_ARGS_SECURITY);
	check_derive(r, SNUG_ARGS_ALL);
	return 0;
}
