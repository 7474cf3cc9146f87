/* SPDX-License-Identifier: Apache-2.0 */
/* The recording as a document; docs/recording.md is its description. */
#include "record/recording.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "codec/decode.h"
#include "codec/writer.h"
#include "record/argument-facts.h"
#include "record/recording-args.h"
#include "record/recording-internal.h"

#include <errno.h>
#include <string.h>

static void write_call(struct snug_writer *w, const struct snug_recording_call *c)
{
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "nr", c->nr);
	if (c->name)
		snug_writer_member_string(w, "name", c->name);
	if (c->has_first) {
		snug_writer_member_uint(w, "firstUs", c->first_us);
		snug_writer_member_uint(w, "pid", c->pid);
		snug_writer_member_string(w, "comm", c->comm ? c->comm : "");
	}
	if (c->by & SNUG_BY_ENTERED)
		snug_writer_member_string(w, "entered",
					  snug_recording_call_is_foreign(c) ? "only" : "also");
	snug_recording_args_write(c, w);
	snug_writer_end_object(w);
}

void snug_recording_write_abi(struct snug_writer *w, int *last, int arch)
{
	if (*last == arch)
		return;
	if (*last != _SNUG_ARCH_INVALID)
		snug_writer_end_array(w);
	*last = arch;
	if (arch == _SNUG_ARCH_INVALID)
		return;
	snug_writer_key(w, snug_arch_name((enum snug_arch)arch));
	snug_writer_begin_array(w);
}

/* Calls are sorted by ABI: one array for each. */
static void write_calls(struct snug_writer *w, const struct snug_recording *r)
{
	int arch = _SNUG_ARCH_INVALID;

	snug_writer_key(w, "calls");
	snug_writer_begin_object(w);
	VEC_FOREACH (c, &r->calls) {
		snug_recording_write_abi(w, &arch, (int)c->arch);
		write_call(w, c);
	}
	snug_recording_write_abi(w, &arch, _SNUG_ARCH_INVALID);
	snug_writer_end_object(w);
}

static void write_exit(struct snug_writer *w, const struct snug_recording *r)
{
	if (r->exit_kind == SNUG_EXIT_NONE)
		return;
	snug_writer_key(w, "exit");
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, r->exit_kind == SNUG_EXIT_CODE ? "code" : "signal",
				r->exit_value);
	snug_writer_end_object(w);
}

void snug_recording_write_losses(const struct snug_recording *r, struct snug_writer *w)
{
	snug_writer_member_bool(w, "complete", snug_recording_is_complete(r));
	snug_writer_key(w, "lost");
	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "news", r->lost.news);
	snug_writer_member_uint(w, "tasks", r->lost.tasks);
	snug_writer_member_uint(w, "numbers", r->lost.numbers);
	snug_writer_member_uint(w, "misses", r->lost.misses);
	snug_writer_member_uint(w, "execs", r->lost.execs);
	if (r->lost.denials)
		snug_writer_member_uint(w, "denials", r->lost.denials);
	if (r->lost.arguments)
		snug_writer_member_uint(w, "arguments", r->lost.arguments);
	snug_writer_end_object(w);
}

void snug_recording_write_execs(const struct snug_recording *r, struct snug_writer *w)
{
	snug_writer_key(w, "execs");
	snug_writer_begin_array(w);
	VEC_FOREACH (e, &r->execs) {
		snug_writer_begin_object(w);
		snug_writer_member_uint(w, "atUs", e->at_us);
		snug_writer_member_uint(w, "pid", e->pid);
		snug_writer_member_string(w, "comm", e->comm ? e->comm : "");
		snug_writer_member_string(w, "path", e->path);
		if (e->entered)
			snug_writer_member_bool(w, "entered", true);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

static void write_known(struct snug_writer *w, const char *key, const char *value)
{
	if (value)
		snug_writer_member_string(w, key, value);
}

static void write_container(struct snug_writer *w, const struct snug_recording_container *c)
{
	if (!c)
		return;
	snug_writer_key(w, "container");
	snug_writer_begin_object(w);
	write_known(w, "id", c->id);
	write_known(w, "name", c->name);
	write_known(w, "image", c->image);
	write_known(w, "runtime", c->runtime);
	if (c->pid)
		snug_writer_member_uint(w, "pid", c->pid);
	write_known(w, "seccomp", c->seccomp);
	snug_writer_end_object(w);
}

static void write_baselines(struct snug_writer *w, const struct snug_recording *r)
{
	if (!r->baselines.len)
		return;
	snug_writer_key(w, "baselines");
	snug_writer_begin_array(w);
	VEC_FOREACH (b, &r->baselines) {
		snug_writer_begin_object(w);
		snug_writer_member_string(w, "label", b->label);
		snug_writer_member_strings(w, "names", (const char *const *)b->names.items,
					   b->names.len);
		snug_writer_end_object(w);
	}
	snug_writer_end_array(w);
}

void snug_recording_write(const struct snug_recording *r, struct snug_str *out)
{
	CLEANUP(snug_writer_freep) struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, out);

	snug_writer_begin_object(w);
	snug_writer_member_uint(w, "snugRecording", SNUG_RECORDING_VERSION);
	snug_writer_member_string(w, "engine", r->engine);
	snug_writer_member_string(w, "arch", snug_arch_name(r->arch));
	snug_writer_member_string(w, "kernel", r->kernel ? r->kernel : "");
	snug_writer_member_string(w, "start", r->start ? r->start : "");
	snug_writer_member_uint(w, "durationUs", r->duration_us);
	snug_writer_member_strings(w, "command", (const char *const *)r->command.items,
				   r->command.len);
	if (r->command_is_cut)
		snug_writer_member_bool(w, "commandIsCut", true);
	write_container(w, r->container);
	write_exit(w, r);
	if (r->attached)
		snug_writer_member_bool(w, "attached", true);
	snug_writer_member_bool(w, "stoppedEarly", r->stopped_early);
	snug_recording_write_losses(r, w);
	write_calls(w, r);
	snug_recording_write_denials(r, w);
	snug_recording_write_execs(r, w);
	write_baselines(w, r);
	snug_writer_end_object(w);
	snug_writer_finish(w);
}

/* Fails over a name that may hold anything. */
static int unknown_arch(struct snug_decode *d, const struct snug_doc_value *v, const char *name)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_str_add_printable(&shown, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	return snug_decode_fail(d, v, -EINVAL, "unknown architecture '%s'", snug_str_text(&shown));
}

static int decode_arch(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	enum snug_arch *arch = dst;

	if (v->type != SNUG_DOC_STRING)
		return snug_decode_expected(d, v, "an architecture name");
	*arch = snug_arch_from_name(v->str.text);
	if (*arch == _SNUG_ARCH_INVALID)
		return unknown_arch(d, v, v->str.text);
	return 0;
}

static int decode_word(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_recording *r = dst;
	char *word = NULL;
	int e;

	e = snug_decode_string(d, v, &word);
	if (e < 0)
		return e;
	*VEC_PUSH(&r->command) = word;
	return 0;
}

static int decode_command(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_RECORDING_CALLS, decode_word, dst);
}

struct exit_fields {
	uint32_t code, signal;
};

static int decode_exit(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "code", snug_decode_u32, offsetof(struct exit_fields, code), 0 },
		{ "signal", snug_decode_u32, offsetof(struct exit_fields, signal), 0 },
		{ NULL },
	};
	struct exit_fields x = { UINT32_MAX, UINT32_MAX };
	struct snug_recording *r = dst;
	int e;

	e = snug_decode_object(d, v, fields, &x);
	if (e < 0)
		return e;
	if ((x.code == UINT32_MAX) == (x.signal == UINT32_MAX))
		return snug_decode_expected(d, v, "either 'code' or 'signal'");
	r->exit_kind = x.signal == UINT32_MAX ? SNUG_EXIT_CODE : SNUG_EXIT_SIGNAL;
	r->exit_value = x.signal == UINT32_MAX ? x.code : x.signal;
	return 0;
}

static int decode_losses(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "news", snug_decode_u64, offsetof(struct snug_recording_losses, news), 0 },
		{ "tasks", snug_decode_u64, offsetof(struct snug_recording_losses, tasks), 0 },
		{ "numbers", snug_decode_u64, offsetof(struct snug_recording_losses, numbers), 0 },
		{ "misses", snug_decode_u64, offsetof(struct snug_recording_losses, misses), 0 },
		{ "execs", snug_decode_u64, offsetof(struct snug_recording_losses, execs), 0 },
		{ "denials", snug_decode_u64, offsetof(struct snug_recording_losses, denials), 0 },
		{ "arguments", snug_decode_u64, offsetof(struct snug_recording_losses, arguments),
		  0 },
		{ NULL },
	};

	return snug_decode_object(d, v, fields, &((struct snug_recording *)dst)->lost);
}

struct call_fields {
	uint32_t nr, pid;
	uint64_t first_us;
	char *name, *comm;
	unsigned by;
	const struct snug_doc_value *args;
};

static void call_fields_done(struct call_fields *f)
{
	free(f->name);
	free(f->comm);
}

/* The name of a number that only a newer snug knows says nothing here: the call stays a number. But
 * a name that we know must not stand at another call's number. */
int snug_recording_check_name(struct snug_decode *d, const struct snug_doc_value *v,
			      enum snug_arch arch, uint32_t nr, const char *name)
{
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;
	const char *known = snug_syscall_name(arch, nr);

	if (known ? strcmp(name, known) == 0 : !snug_syscall_is_known(name))
		return 0;
	snug_str_add_printable(&shown, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	if (known)
		return snug_decode_fail(d, v, -EINVAL, "call %u of %s is '%s', not '%s'", nr,
					snug_arch_name(arch), known, snug_str_text(&shown));
	return snug_decode_fail(d, v, -EINVAL, "'%s' is not call %u of %s", snug_str_text(&shown),
				nr, snug_arch_name(arch));
}

int snug_recording_decode_by(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	unsigned *by = dst;

	if (v->type == SNUG_DOC_STRING && strcmp(v->str.text, "only") == 0)
		*by = SNUG_BY_ENTERED;
	else if (v->type == SNUG_DOC_STRING && strcmp(v->str.text, "also") == 0)
		*by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	else
		return snug_decode_expected(d, v, "'only' or 'also'");
	return 0;
}

static int decode_args(struct snug_decode *d, const struct snug_doc_value *v,
		       struct snug_recording_call *c)
{
	size_t path_len = d->path.len;
	int e;

	snug_str_add(&d->path, ".args");
	if (c->args.spec.n)
		return snug_decode_fail(d, v, -EINVAL, "call %u of %s has arguments already", c->nr,
					snug_arch_name(c->arch));
	e = snug_recording_args_decode(d, v, c);
	if (e < 0)
		return e;
	d->path.len = path_len;
	d->path.buf[path_len] = '\0';
	return 0;
}

static int decode_call(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "nr", snug_decode_u32, offsetof(struct call_fields, nr), SNUG_DECODE_REQUIRED },
		{ "name", snug_decode_string, offsetof(struct call_fields, name), 0 },
		{ "firstUs", snug_decode_u64, offsetof(struct call_fields, first_us), 0 },
		{ "pid", snug_decode_u32, offsetof(struct call_fields, pid), 0 },
		{ "comm", snug_decode_string, offsetof(struct call_fields, comm), 0 },
		{ "entered", snug_recording_decode_by, offsetof(struct call_fields, by), 0 },
		{ "args", snug_decode_value, offsetof(struct call_fields, args), 0 },
		{ NULL },
	};
	CLEANUP(call_fields_done)
	struct call_fields f = { .first_us = UINT64_MAX, .by = SNUG_BY_MAIN };
	struct snug_recording_abi *of = dst;
	struct snug_recording_call *c;
	int e;

	e = snug_decode_object(d, v, fields, &f);
	if (e < 0)
		return e;
	e = f.name ? snug_recording_check_name(d, v, of->arch, f.nr, f.name) : 0;
	if (e < 0)
		return e;
	c = snug_recording_call(of->recording, of->arch, f.nr);
	if (of->recording->calls.len > SNUG_LIMIT_RECORDING_CALLS)
		return snug_decode_fail(d, v, -E2BIG, "over %d calls", SNUG_LIMIT_RECORDING_CALLS);
	c->by |= f.by;
	e = f.args ? decode_args(d, f.args, c) : 0;
	if (e < 0)
		return e;
	if (f.first_us == UINT64_MAX)
		return 0;
	free(c->comm);
	c->has_first = true;
	c->first_us = f.first_us;
	c->pid = f.pid;
	c->comm = STEAL(f.comm);
	return 0;
}

int snug_recording_decode_abis(struct snug_decode *d, const struct snug_doc_value *v, size_t limit,
			       int (*one)(struct snug_decode *d, const struct snug_doc_value *v,
					  void *dst),
			       struct snug_recording *r)
{
	struct snug_recording_abi of = { .recording = r };
	size_t path_len = d->path.len;
	int e;

	if (v->type != SNUG_DOC_OBJECT)
		return snug_decode_expected(d, v, "an object with one array for each architecture");
	for (size_t i = 0; i < v->object.len; i++) {
		const struct snug_doc_member *m = &v->object.items[i];

		of.arch = snug_arch_from_name(m->key);
		if (of.arch == _SNUG_ARCH_INVALID)
			return unknown_arch(d, &m->value, m->key);
		snug_str_addf(&d->path, ".%s", m->key);
		e = snug_decode_array(d, &m->value, limit, one, &of);
		if (e < 0)
			return e;
		d->path.len = path_len;
		d->path.buf[path_len] = '\0';
	}
	return 0;
}

static int decode_calls(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_recording_decode_abis(d, v, SNUG_LIMIT_RECORDING_CALLS, decode_call, dst);
}

static int decode_exec(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "atUs", snug_decode_u64, offsetof(struct snug_recording_exec, at_us), 0 },
		{ "pid", snug_decode_u32, offsetof(struct snug_recording_exec, pid), 0 },
		{ "comm", snug_decode_string, offsetof(struct snug_recording_exec, comm),
		  SNUG_DECODE_REQUIRED },
		{ "path", snug_decode_string, offsetof(struct snug_recording_exec, path),
		  SNUG_DECODE_REQUIRED },
		{ "entered", snug_decode_bool, offsetof(struct snug_recording_exec, entered), 0 },
		{ NULL },
	};
	struct snug_recording *r = dst;

	return snug_decode_object(d, v, fields, VEC_PUSH(&r->execs));
}

static int decode_execs(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_RECORDING_EXECS, decode_exec, dst);
}

static int decode_container(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "id", snug_decode_string, offsetof(struct snug_recording_container, id), 0 },
		{ "name", snug_decode_string, offsetof(struct snug_recording_container, name), 0 },
		{ "image", snug_decode_string, offsetof(struct snug_recording_container, image),
		  0 },
		{ "runtime", snug_decode_string, offsetof(struct snug_recording_container, runtime),
		  0 },
		{ "pid", snug_decode_u32, offsetof(struct snug_recording_container, pid), 0 },
		{ "seccomp", snug_decode_string, offsetof(struct snug_recording_container, seccomp),
		  0 },
		{ NULL },
	};

	return snug_decode_object(d, v, fields, snug_recording_container(dst));
}

static int decode_baseline_name(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_recording_baseline *b = dst;
	char *name = NULL;
	int e;

	e = snug_decode_string(d, v, &name);
	if (e < 0)
		return e;
	*VEC_PUSH(&b->names) = name;
	if (!snug_syscall_is_known(name))
		return snug_decode_unknown_name(d, v, "syscall", snug_syscall_names());
	return 0;
}

static int decode_baseline_names(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_RECORDING_WORDS, decode_baseline_name, dst);
}

static int decode_baseline(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	static const struct snug_decode_field fields[] = {
		{ "label", snug_decode_string, offsetof(struct snug_recording_baseline, label),
		  SNUG_DECODE_REQUIRED },
		{ "names", decode_baseline_names, 0, SNUG_DECODE_REQUIRED },
		{ NULL },
	};
	struct snug_recording *r = dst;

	return snug_decode_object(d, v, fields, VEC_PUSH(&r->baselines));
}

static int decode_baselines(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	return snug_decode_array(d, v, SNUG_LIMIT_RECORDING_BASELINES, decode_baseline, dst);
}

static int decode_version(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	uint32_t version;
	int e;

	(void)dst;
	e = snug_decode_u32(d, v, &version);
	if (e < 0)
		return e;
	if (version == 0 || version > SNUG_RECORDING_VERSION)
		return snug_decode_fail(d, v, -EINVAL,
					"recording version %u, this snug reads up to %u: use a "
					"newer snug",
					version, SNUG_RECORDING_VERSION);
	return 0;
}

static int decode_denials_from(struct snug_decode *d, const struct snug_doc_value *v, void *dst)
{
	struct snug_recording *r = dst;

	r->watched_denials = true;
	return snug_decode_u64(d, v, &r->denials_from_us);
}

/* Decoders that take the whole recording have offset 0. */
static const struct snug_decode_field recording_fields[] = {
	{ "snugRecording", decode_version, 0, SNUG_DECODE_REQUIRED },
	{ "engine", snug_decode_string, offsetof(struct snug_recording, engine), 0 },
	{ "arch", decode_arch, offsetof(struct snug_recording, arch), SNUG_DECODE_REQUIRED },
	{ "kernel", snug_decode_string, offsetof(struct snug_recording, kernel), 0 },
	{ "start", snug_decode_string, offsetof(struct snug_recording, start), 0 },
	{ "durationUs", snug_decode_u64, offsetof(struct snug_recording, duration_us), 0 },
	{ "command", decode_command, 0, 0 },
	{ "commandIsCut", snug_decode_bool, offsetof(struct snug_recording, command_is_cut), 0 },
	{ "container", decode_container, 0, 0 },
	{ "exit", decode_exit, 0, 0 },
	{ "attached", snug_decode_bool, offsetof(struct snug_recording, attached), 0 },
	{ "stoppedEarly", snug_decode_bool, offsetof(struct snug_recording, stopped_early), 0 },
	{ "complete", NULL, 0, SNUG_DECODE_IGNORE }, /* follows from "lost" */
	{ "lost", decode_losses, 0, 0 },
	{ "calls", decode_calls, 0, SNUG_DECODE_REQUIRED },
	{ "filtered", snug_decode_bool, offsetof(struct snug_recording, has_filter), 0 },
	{ "denialsFromUs", decode_denials_from, 0, 0 },
	{ "denied", snug_recording_decode_denied, 0, 0 },
	{ "execs", decode_execs, 0, 0 },
	{ "baselines", decode_baselines, 0, 0 },
	{ NULL },
};

static bool has_mark(const struct snug_doc *doc)
{
	return snug_doc_get(snug_doc_root(doc, 0), "snugRecording");
}

static int decode_recording(const struct snug_doc *doc, struct snug_recording **ret,
			    struct snug_err *err)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = snug_recording_new();
	CLEANUP(snug_decode_done) struct snug_decode d = { .doc = doc, .err = err };
	int e = snug_decode_object(&d, snug_doc_root(doc, 0), recording_fields, r);

	if (e < 0)
		return e;
	VEC_FOREACH (c, &r->calls) {
		if (r->lost.arguments)
			snug_argument_facts_cut(c, c->by);
		snug_argument_facts_end(c);
	}
	snug_recording_sort(r);
	*ret = STEAL(r);
	return 0;
}

int snug_recording_parse(const char *name, const char *text, size_t len,
			 struct snug_recording **ret, struct snug_err *err)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	int e = snug_json_parse(name, text, len, SNUG_LIMIT_RECORDING_BYTES, &doc, err);

	if (e < 0)
		return e;
	if (!has_mark(doc))
		return snug_err_set(
			err, -EINVAL,
			"%s: is no recording ('snug record --recording FILE' keeps one): "
			"it has no member 'snugRecording'",
			name);
	return decode_recording(doc, ret, err);
}

int snug_recording_parse_if_one(const char *name, const char *text, size_t len,
				struct snug_recording **ret, struct snug_err *err)
{
	static const char key[] = "\"snugRecording\"";
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	int e;

	/* whoever looks at many files should not pay for parsing those that are none */
	if (!memmem(text, len, key, sizeof(key) - 1))
		return 0;
	if (snug_json_parse(name, text, len, SNUG_LIMIT_RECORDING_BYTES, &doc, NULL) < 0 ||
	    !has_mark(doc))
		return 0;
	e = decode_recording(doc, ret, err);
	return e < 0 ? e : 1;
}

int snug_recording_read(const char *path, struct snug_recording **ret, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	size_t len;
	int e;

	e = snug_read_file(path, SNUG_LIMIT_RECORDING_BYTES, &text, &len, err);
	if (e < 0)
		return e;
	return snug_recording_parse(strcmp(path, "-") == 0 ? "<stdin>" : path, text, len, ret, err);
}
