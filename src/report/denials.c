/* SPDX-License-Identifier: Apache-2.0 */
#include "report/denials.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "codec/doc.h"
#include "record/curve.h"
#include "record/denied.h"
#include "record/recording.h"
#include "record/refusals.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { MAX_TEXT = 512 };

static void denial_done(struct snug_report_denial *d)
{
	free(d->call);
	free(d->what);
	free(d->program);
	free(d->outcome);
	free(d->first);
	free(d->last);
}

void snug_report_denials_done(struct snug_report_denials *d)
{
	VEC_FOREACH (one, d)
		denial_done(one);
	VEC_DONE(d);
	*d = (struct snug_report_denials){ 0 };
}

static char *printable(const char *text)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	if (!text)
		return NULL;
	snug_str_add_printable(&s, text, strlen(text), MAX_TEXT);
	return snug_str_take(&s);
}

static struct snug_report_denial *push(struct snug_report_denials *d)
{
	struct snug_report_denial *new;

	if (d->len == SNUG_LIMIT_REPORT_DENIALS) {
		d->n_more++;
		return NULL;
	}
	new = VEC_PUSH(d);
	new->source = d->n_sources;
	return new;
}

/* "EPERM", "killed", "SIGSYS": what became of the call, for people. */
static char *outcome_of(uint32_t ret)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const char *name = snug_errno_name(snug_ret_data(ret));

	if (snug_ret_action(ret) == SNUG_ACTION_ERRNO && name)
		snug_str_add(&text, name);
	else
		snug_ret_add_text(ret, &text);
	return snug_str_take(&text);
}

static void add_refusal(struct snug_report_denials *d, const struct snug_refusal *r)
{
	const char *name = snug_refusal_name(r);
	struct snug_report_denial *new = push(d);

	if (!new)
		return;
	new->call = xstrdup_null(name);
	if (r->text)
		new->what = printable(r->text);
	else if (name)
		new->what = xstrdup(name);
	else
		new->what = xasprintf("call %u (%s)", r->nr, snug_arch_name(r->arch));
	new->program = printable(r->comm);
	new->outcome = outcome_of(r->decision.ret);
	new->count = r->count;
}

static int add_refusals(struct snug_report_denials *d, const char *name, const char *text,
			size_t len, struct snug_err *err)
{
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	int r = snug_refusals_parse(name, text, len, &all, err);

	if (r < 0)
		return r;
	VEC_FOREACH (one, &all)
		add_refusal(d, one);
	d->n_more += all.n_more;
	return 0;
}

/* "uname", "call 1000 (x86_64)", "SELinux { read } shadow_t", "AppArmor open /etc/shadow" */
static char *what_of(const struct snug_doc_value *line)
{
	static const char *const keys[] = { "operation", "perms",    "mask",   "tclass",
					    "name",      "tcontext", "profile" };
	const char *type = snug_doc_get_string(line, "type"), *text;
	const struct snug_doc_value *nr = snug_doc_get(line, "nr");
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	text = snug_doc_get_string(line, "syscall");
	if (text)
		return printable(text);
	if (nr && (nr->type == SNUG_DOC_UINT || nr->type == SNUG_DOC_INT)) {
		text = snug_doc_get_string(line, "arch");
		snug_str_add(&s, "call ");
		if (nr->type == SNUG_DOC_INT)
			snug_str_addf(&s, "%" PRId64, nr->i);
		else
			snug_str_addf(&s, "%" PRIu64, nr->u);
		snug_str_addf(&s, " (%s)", text ? text : "an unknown ABI");
		return printable(snug_str_text(&s));
	}
	snug_str_add(&s, type);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		text = snug_doc_get_string(line, keys[i]);
		if (text)
			snug_str_addf(&s, " %s", text);
	}
	return printable(snug_str_text(&s));
}

/* `snug audit` and `snug watch` have different words for the same. */
static const char *get_either(const struct snug_doc_value *line, const char *a, const char *b)
{
	const char *text = snug_doc_get_string(line, a);

	return text ? text : snug_doc_get_string(line, b);
}

static const char *outcome_of_line(const struct snug_doc_value *line)
{
	return get_either(line, "outcome", "result");
}

static void add_line(struct snug_report_denials *d, const struct snug_doc_value *line)
{
	const struct snug_doc_value *count = snug_doc_get(line, "count");
	const char *call = snug_doc_get_string(line, "syscall");
	const char *exe = get_either(line, "executable", "exe");
	const char *outcome = outcome_of_line(line);
	struct snug_report_denial *new = push(d);

	if (!new)
		return;
	if (call && snug_syscall_is_known(call))
		new->call = xstrdup(call);
	new->what = what_of(line);
	new->program = printable(exe ? exe : snug_doc_get_string(line, "comm"));
	new->outcome = printable(outcome ? outcome : "?");
	new->count = count && count->type == SNUG_DOC_UINT ? count->u : 1;
	new->first = printable(get_either(line, "first", "time"));
	new->last = printable(snug_doc_get_string(line, "last"));
}

/* The end of the line at @text. */
static const char *end_of_line(const char *text, const char *end)
{
	const char *eol = memchr(text, '\n', (size_t)(end - text));

	return eol ? eol : end;
}

static int add_lines(struct snug_report_denials *d, const char *name, const char *text, size_t len,
		     struct snug_err *err)
{
	const char *end = text + len;

	for (unsigned long i = 1; text < end; i++) {
		const char *eol = end_of_line(text, end);
		CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
		int r;

		if (eol > text) {
			r = snug_json_parse("line", text, (size_t)(eol - text),
					    SNUG_LIMIT_DOC_BYTES, &doc, err);
			if (r < 0)
				return snug_err_wrap(err, r, "%s:%lu", name, i);
			if (!snug_doc_get_string(snug_doc_root(doc, 0), "type"))
				return snug_err_set(err, -EINVAL,
						    "%s:%lu: not a line of 'snug audit --json' "
						    "or 'snug watch --json'",
						    name, i);
			add_line(d, snug_doc_root(doc, 0));
		}
		text = eol + (eol < end);
	}
	return 0;
}

bool snug_report_is_denials(const char *text, size_t len)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const char *end = text + len;

	if (snug_is_refusals(text, len))
		return true;
	while (text < end && (*text == '\n' || *text == '\r' || *text == ' '))
		text++;
	if (text == end || *text != '{' ||
	    snug_json_parse("line", text, (size_t)(end_of_line(text, end) - text),
			    SNUG_LIMIT_DOC_BYTES, &doc, NULL) < 0)
		return false;
	return snug_doc_get_string(snug_doc_root(doc, 0), "type") &&
	       outcome_of_line(snug_doc_root(doc, 0));
}

int snug_report_denials_add(struct snug_report_denials *d, const char *name, const char *text,
			    size_t len, struct snug_err *err)
{
	int r;

	if (snug_is_refusals(text, len))
		r = add_refusals(d, name, text, len, err);
	else
		r = add_lines(d, name, text, len, err);
	d->n_sources++;
	return r;
}

/* "3.60 ms into web.rec" */
static char *time_of(const char *label, uint64_t at_us)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_duration_add_text(at_us, &text);
	snug_str_addf(&text, " into %s", label);
	return snug_str_take(&text);
}

static void add_recorded(struct snug_report_denials *d, const char *label,
			 const struct snug_recording *r, const struct snug_recording_denial *one)
{
	CLEANUP(snug_str_done) struct snug_str outcome = SNUG_STR_INIT;
	struct snug_report_denial *new = push(d);

	if (!new)
		return;
	snug_result_add_name(&outcome, one->result);
	new->call = xstrdup_null(one->name);
	if (!one->name)
		new->what = xasprintf("call %d (%s)", (int)one->nr, snug_arch_name(one->arch));
	else if (one->arch != r->arch)
		new->what = xasprintf("%s (%s)", one->name, snug_arch_name(one->arch));
	else
		new->what = xstrdup(one->name);
	new->program = printable(one->comm);
	new->outcome = snug_str_take(&outcome);
	new->count = one->count;
	new->first = time_of(label, one->first_us);
}

void snug_report_denials_add_recording(struct snug_report_denials *d, const char *label,
				       const struct snug_recording *r)
{
	if (!r->has_filter && !r->watched_denials && !r->denied.len)
		return;
	VEC_FOREACH (one, &r->denied)
		add_recorded(d, label, r, one);
	d->n_not_noted += r->lost.denials;
	d->n_unwatched += r->has_filter && !r->watched_denials;
	d->n_late += r->has_filter && r->watched_denials && r->denials_from_us;
	d->n_sources++;
}
