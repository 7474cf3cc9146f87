/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list that is searched from its start: as long as a profile's refusals are few, and under
 * SNUG_LIMIT_REFUSALS in any case.  What does not fit is counted.
 */
#include "record/refusals.h"

#include "base/limits.h"
#include "base/str.h"
#include "codec/decode.h"
#include "codec/writer.h"
#include "seccomp/call-args.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

static void refusal_done(struct snug_refusal *r)
{
	free(r->text);
	free(r->comm);
}

void snug_refusals_done(struct snug_refusals *r)
{
	VEC_FOREACH (one, r)
		refusal_done(one);
	VEC_DONE(r);
	r->n_more = 0;
}

unsigned snug_profile_args_of(const struct snug_seccomp_profile *p, const char *name)
{
	unsigned mask = 0;

	VEC_FOREACH (e, &p->entries) {
		if (!snug_names_have(&e->names, name))
			continue;
		VEC_FOREACH (arg, &e->args)
			mask |= 1u << arg->index;
	}
	return mask;
}

uint64_t snug_profile_arg_mask(const struct snug_seccomp_profile *p, const char *name,
			       unsigned index)
{
	uint64_t mask = 0;

	VEC_FOREACH (e, &p->entries) {
		if (!snug_names_have(&e->names, name))
			continue;
		VEC_FOREACH (arg, &e->args) {
			uint64_t here = arg->op == SNUG_CMP_MASKED_EQ ? arg->value : UINT64_MAX;

			if (arg->index != index)
				continue;
			if (!here || (mask && mask != here) ||
			    (arg->op != SNUG_CMP_EQ && arg->op != SNUG_CMP_MASKED_EQ))
				return UINT64_MAX;
			mask = here;
		}
	}
	return mask ? mask : UINT64_MAX;
}

/* The name of the call that @parent makes for its first argument @sub. */
static const char *find_behind(enum snug_arch arch, const char *parent, uint64_t sub)
{
	struct snug_syscall_mux mux;

	/* what the kernel looks at (ipc/syscall.c, net/socket.c) */
	sub &= strcmp(parent, "ipc") == 0 ? 0xffff : UINT32_MAX;
	for (const char *const *name = snug_syscall_names(); *name; name++)
		if (snug_syscall_multiplexer(arch, *name, &mux) && mux.sub == sub &&
		    strcmp(mux.parent, parent) == 0)
			return *name;
	return NULL;
}

static bool same_args(const struct snug_refusal *r, const uint64_t *args)
{
	if (r->has_args != (args != NULL))
		return false;
	for (unsigned i = 0; i < SNUG_N_ARGS; i++)
		if (r->known_args >> i & 1 && r->args[i] != args[i])
			return false;
	return true;
}

static struct snug_refusal *find(struct snug_refusals *all, enum snug_arch arch, uint32_t nr,
				 const uint64_t *args, const struct snug_decision *d)
{
	VEC_FOREACH (r, all)
		if (r->nr == nr && r->arch == arch && r->decision.ret == d->ret &&
		    r->decision.by == d->by && r->decision.entry == d->entry && same_args(r, args))
			return r;
	return NULL;
}

/* The arguments that the profile asks about.  Where a call has none the register may hold anything:
 * it is nothing to tell calls apart by, or to ask for. */
static unsigned known_args_of(const struct snug_seccomp_profile *p, const char *name)
{
	int n = snug_call_n_args(name);
	unsigned known = snug_profile_args_of(p, name);

	return n < 0 ? known : known & ((1u << n) - 1);
}

static void note_args(struct snug_refusal *r, const struct snug_seccomp_profile *p,
		      const uint64_t args[SNUG_N_ARGS])
{
	r->has_args = true;
	r->known_args = r->name ? known_args_of(p, r->name) : 0;
	memcpy(r->args, args, sizeof(r->args));
	if (r->name && snug_syscall_is_mux_parent(r->name)) {
		r->known_args |= 1;
		r->behind = find_behind(r->arch, r->name, args[0]);
	}
}

struct snug_refusal *snug_refusals_count(struct snug_refusals *r,
					 const struct snug_seccomp_profile *p, enum snug_arch arch,
					 uint32_t nr, const uint64_t *args,
					 const struct snug_decision *decision, bool *ret_is_new)
{
	struct snug_refusal *found;
	uint64_t lower[SNUG_N_ARGS];

	if (arch == SNUG_ARCH_X32)
		nr &= ~snug_arch_number_base(arch);
	/* above that is what a 64-bit program left there when it made a call of i386's */
	if (args && snug_arch_arg_bits(arch) == 32) {
		for (unsigned i = 0; i < SNUG_N_ARGS; i++)
			lower[i] = args[i] & UINT32_MAX;
		args = lower;
	}
	found = find(r, arch, nr, args, decision);
	*ret_is_new = !found;
	if (!found && r->len == SNUG_LIMIT_REFUSALS) {
		r->n_more++;
		*ret_is_new = false;
		return NULL;
	}
	if (!found) {
		found = VEC_PUSH(r);
		*found = (struct snug_refusal){
			.arch = arch,
			.nr = nr,
			.name = snug_syscall_name(arch, nr),
			.decision = *decision,
		};
		if (args)
			note_args(found, p, args);
	}
	found->count++;
	return found;
}

const char *snug_refusal_name(const struct snug_refusal *r)
{
	return r->behind ? r->behind : r->name;
}

void snug_refusal_question(const struct snug_refusal *r, struct snug_call_question *ret)
{
	*ret = (struct snug_call_question){ .name = xstrdup(snug_refusal_name(r)) };
	/* the arguments of a call behind another are in memory */
	for (unsigned i = 0; i < SNUG_N_ARGS && !r->behind; i++) {
		ret->known[i] = r->known_args >> i & 1;
		ret->args[i] = ret->known[i] ? r->args[i] : 0;
	}
}

static void write_args(struct snug_writer *w, const struct snug_refusal *r)
{
	if (!r->known_args)
		return;
	snug_writer_key(w, "args");
	snug_writer_begin_array(w);
	for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
		if (!(r->known_args >> i & 1))
			continue;
		snug_writer_begin_object(w);
		snug_writer_member_uint(w, "index", i);
		snug_writer_member_uint(w, "value", r->args[i]);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_refusal(struct snug_writer *w, const struct snug_refusal *r)
{
	snug_writer_begin_object(w);
	snug_writer_member_string(w, "arch", snug_arch_name(r->arch));
	snug_writer_member_uint(w, "nr", r->nr);
	if (r->name)
		snug_writer_member_string(w, "name", r->name);
	write_args(w, r);
	snug_writer_member_string(w, "action", snug_action_name(snug_ret_action(r->decision.ret)));
	if (snug_ret_action(r->decision.ret) == SNUG_ACTION_ERRNO)
		snug_writer_member_uint(w, "errnoRet", snug_ret_data(r->decision.ret));
	if (r->decision.by == SNUG_BY_ENTRY)
		snug_writer_member_uint(w, "entry", r->decision.entry);
	snug_writer_member_uint(w, "count", r->count);
	if (r->pid)
		snug_writer_member_uint(w, "pid", r->pid);
	if (r->comm)
		snug_writer_member_string(w, "comm", r->comm);
	if (r->text)
		snug_writer_member_string(w, "call", r->text);
	snug_writer_end_object(w);
}

void snug_refusals_write(const struct snug_refusals *r, const char *profile, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugRefusals", SNUG_REFUSALS_VERSION);
	snug_writer_member_string(w, "profile", profile);
	snug_writer_key(w, "refused");
	snug_writer_begin_array(w);
	VEC_FOREACH (one, r)
		write_refusal(w, one);
	snug_writer_end_array(w);
	snug_writer_member_uint(w, "more", r->n_more);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}

static int decode_version(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	(void)dst;
	if (v->type != SNUG_DOC_UINT || v->u == 0)
		return snug_decode_expected(d, v, "a version");
	if (v->u > SNUG_REFUSALS_VERSION)
		return snug_decode_fail(d, v, -EINVAL, "a newer snug has written this");
	return 0;
}

static int decode_arch(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_arch arch =
		v->type == SNUG_DOC_STRING ? snug_arch_from_name(v->str.text) : _SNUG_ARCH_INVALID;

	if (arch == _SNUG_ARCH_INVALID)
		return snug_decode_expected(d, v, "an architecture (x86_64)");
	*(enum snug_arch *)dst = arch;
	return 0;
}

static int decode_action(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_action action = v->type == SNUG_DOC_STRING ? snug_action_from_name(v->str.text)
							     : _SNUG_ACTION_INVALID;

	if (action == _SNUG_ACTION_INVALID)
		return snug_decode_unknown_name(d, v, "action", snug_action_names());
	*(enum snug_action *)dst = action;
	return 0;
}

struct arg_fields {
	uint32_t index;
	uint64_t value;
};

static int decode_arg(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "index", snug_decode_u32, offsetof(struct arg_fields, index),
		  SNUG_DECODE_REQUIRED },
		{ "value", snug_decode_u64, offsetof(struct arg_fields, value),
		  SNUG_DECODE_REQUIRED },
		{ NULL },
	};
	struct snug_refusal *r = dst;
	struct arg_fields f = { 0 };
	int e = snug_decode_object(d, v, fields, &f);

	if (e < 0)
		return e;
	if (f.index >= SNUG_N_ARGS)
		return snug_decode_fail(d, v, -EINVAL, "an index is 0 to 5");
	r->known_args |= 1u << f.index;
	r->args[f.index] = f.value;
	return 0;
}

static int decode_args(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_N_ARGS, decode_arg, dst);
}

/* What a file calls a call must be what our table calls it: nothing gets into a profile under a
 * wrong name. */
static int check_name(struct snug_decode *d, const struct snug_doc_value *v,
		      const struct snug_refusal *r)
{
	const char *name = snug_doc_get_string(v, "name");

	if (!name || (r->name && strcmp(r->name, name) == 0))
		return 0;
	return snug_decode_fail(d, snug_doc_get(v, "name"), -EINVAL,
				"call %u of %s is not this, but %s", r->nr, snug_arch_name(r->arch),
				r->name ? r->name : "unknown");
}

struct refusal_fields {
	struct snug_refusal r;
	enum snug_action action;
	struct snug_errno_ret errno_ret;
};

static int decode_refusal(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
#define FIELD(name) offsetof(struct refusal_fields, name)
	static const struct snug_decode_field fields[] = {
		{ "arch", decode_arch, FIELD(r.arch), SNUG_DECODE_REQUIRED },
		{ "nr", snug_decode_u32, FIELD(r.nr), SNUG_DECODE_REQUIRED },
		{ "name", NULL, 0, SNUG_DECODE_IGNORE }, /* check_name() */
		{ "args", decode_args, FIELD(r), 0 },
		{ "action", decode_action, FIELD(action), SNUG_DECODE_REQUIRED },
		{ "errnoRet", snug_decode_u32, FIELD(errno_ret.value), 0 },
		{ "entry", NULL, 0, SNUG_DECODE_IGNORE }, /* of a profile that may have changed */
		{ "count", snug_decode_u64, FIELD(r.count), 0 },
		{ "pid", snug_decode_u32, FIELD(r.pid), 0 },
		{ "comm", snug_decode_string, FIELD(r.comm), 0 },
		{ "call", snug_decode_string, FIELD(r.text), 0 },
		{ NULL },
	};
#undef FIELD
	struct snug_refusals *all = dst;
	struct refusal_fields f = { .errno_ret = { .is_set = true } };
	int e;

	e = snug_decode_object(d, v, fields, &f);
	f.r.name = snug_syscall_name(f.r.arch, f.r.nr);
	if (f.r.name && snug_syscall_is_mux_parent(f.r.name) && f.r.known_args & 1)
		f.r.behind = find_behind(f.r.arch, f.r.name, f.r.args[0]);
	if (e == 0)
		e = check_name(d, v, &f.r);
	if (e == 0 && snug_action_ret(f.action, &f.errno_ret, NULL, &f.r.decision.ret) < 0)
		e = snug_decode_fail(d, v, -EINVAL, "errnoRet is too large");
	if (e < 0) {
		refusal_done(&f.r);
		return e;
	}
	*VEC_PUSH(all) = f.r;
	return 0;
}

static int decode_refused(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_REFUSALS, decode_refusal, dst);
}

int snug_refusals_parse(const char *name, const char *text, size_t len, struct snug_refusals *ret,
			struct snug_err *err)
{
	static const struct snug_decode_field fields[] = {
		{ "snugRefusals", decode_version, 0, SNUG_DECODE_REQUIRED },
		{ "profile", NULL, 0, SNUG_DECODE_IGNORE },
		{ "refused", decode_refused, 0, SNUG_DECODE_REQUIRED },
		{ "more", snug_decode_u64, offsetof(struct snug_refusals, n_more), 0 },
		{ NULL },
	};
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	CLEANUP(snug_decode_done) struct snug_decode d = { .err = err };
	int e;

	e = snug_json_parse(name, text, len, SNUG_LIMIT_RECORDING_BYTES, &doc, err);
	if (e < 0)
		return e;
	d.doc = doc;
	e = snug_decode_object(&d, snug_doc_root(doc, 0), fields, &all);
	if (e < 0)
		return e;
	*ret = all;
	all = (struct snug_refusals){ 0 };
	return 0;
}

bool snug_is_refusals(const char *text, size_t len)
{
	static const char key[] = "\"snugRefusals\"";
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;

	if (!memmem(text, len, key, sizeof(key) - 1))
		return false;
	if (snug_json_parse("refusals", text, len, SNUG_LIMIT_RECORDING_BYTES, &doc, NULL) < 0)
		return false;
	return snug_doc_get(snug_doc_root(doc, 0), "snugRefusals");
}
