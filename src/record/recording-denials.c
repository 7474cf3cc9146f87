/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "codec/decode.h"
#include "codec/writer.h"
#include "record/denied.h"
#include "record/recording-internal.h"
#include "record/recording.h"

#include <errno.h>
#include <string.h>

static void write_denial(struct snug_writer *w, const struct snug_recording_denial *d)
{
	CLEANUP(snug_str_done) struct snug_str result = SNUG_STR_INIT;

	snug_result_add_name(&result, d->result);
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "nr", d->nr);
	if (d->name)
		snug_writer_member_string(w, "name", d->name);
	snug_writer_member_string(w, "result", snug_str_text(&result));
	snug_writer_member_uint(w, "count", d->count);
	snug_writer_member_uint(w, "firstUs", d->first_us);
	snug_writer_member_uint(w, "pid", d->pid);
	snug_writer_member_string(w, "comm", d->comm ? d->comm : "");
	if (d->by & SNUG_BY_ENTERED)
		snug_writer_member_string(w, "entered", d->by & SNUG_BY_MAIN ? "also" : "only");
	snug_writer_end_object(w);
}

void snug_recording_write_denials(const struct snug_recording *r, struct snug_writer *w)
{
	int arch = _SNUG_ARCH_INVALID;

	if (r->has_filter)
		snug_writer_member_bool(w, "filtered", true);
	if (r->watched_denials)
		snug_writer_member_uint(w, "denialsFromUs", r->denials_from_us);
	if (!r->denied.len)
		return;
	snug_writer_key(w, "denied");
	snug_writer_begin_object(w);
	VEC_FOREACH (d, &r->denied) {
		snug_recording_write_abi(w, &arch, (int)d->arch);
		write_denial(w, d);
	}
	snug_recording_write_abi(w, &arch, _SNUG_ARCH_INVALID);
	snug_writer_end_object(w);
}

struct denial_fields {
	uint32_t nr, pid, result;
	uint64_t first_us, count;
	char *name, *comm;
	unsigned by;
};

static void denial_fields_done(struct denial_fields *f)
{
	free(f->name);
	free(f->comm);
}

static int decode_result(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	if (v->type != SNUG_DOC_STRING || !snug_result_from_name(v->str.text, dst))
		return snug_decode_expected(
			d, v, "'trapped', 'killed', an errno's name, or 'errno' and a number");
	return 0;
}

static int decode_denial(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "nr", snug_decode_u32, offsetof(struct denial_fields, nr), SNUG_DECODE_REQUIRED },
		{ "name", snug_decode_string, offsetof(struct denial_fields, name), 0 },
		{ "result", decode_result, offsetof(struct denial_fields, result),
		  SNUG_DECODE_REQUIRED },
		{ "count", snug_decode_u64, offsetof(struct denial_fields, count), 0 },
		{ "firstUs", snug_decode_u64, offsetof(struct denial_fields, first_us), 0 },
		{ "pid", snug_decode_u32, offsetof(struct denial_fields, pid), 0 },
		{ "comm", snug_decode_string, offsetof(struct denial_fields, comm), 0 },
		{ "entered", snug_recording_decode_by, offsetof(struct denial_fields, by), 0 },
		{ NULL },
	};
	CLEANUP(denial_fields_done) struct denial_fields f = { .count = 1, .by = SNUG_BY_MAIN };
	struct snug_recording_abi *of = dst;
	struct snug_recording_denial *to;
	int e;

	e = snug_decode_object(d, v, fields, &f);
	if (e == 0 && f.name)
		e = snug_recording_check_name(d, v, of->arch, f.nr, f.name);
	if (e < 0)
		return e;
	to = snug_recording_denial(of->recording, of->arch, f.nr, f.result);
	if (to->by)
		return snug_decode_fail(d, v, -EINVAL, "the same denial once more");
	if (of->recording->denied.len > SNUG_LIMIT_RECORDING_DENIALS)
		return snug_decode_fail(d, v, -E2BIG, "over %d denials",
					SNUG_LIMIT_RECORDING_DENIALS);
	to->by = f.by;
	to->count = f.count;
	to->first_us = f.first_us;
	to->pid = f.pid;
	to->comm = STEAL(f.comm);
	return 0;
}

int snug_recording_decode_denied(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_recording_decode_abis(d, v, SNUG_LIMIT_RECORDING_DENIALS, decode_denial, dst);
}
