/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever tells of refusals tells of numbers on an ABI; they become questions by name
 * (seccomp/call-question.h), each once.  What the name would not say in the profile is left out,
 * and that is said: an ABI that is not listed, a number without a name, a call that is refused so
 * that libraries make an older one.  JSON is read as a whole, which its first byte tells; audit
 * logs may be large, and go line by line.
 */
#include "cmd/amend-from.h"

#include "audit/filter.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/audit-sources.h"
#include "cmd/say.h"
#include "codec/doc.h"
#include "record/check.h"
#include "record/refusals.h"
#include "seccomp/condition.h"
#include "seccomp/fallback.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/seccomp.h>

void amend_calls_done(struct amend_calls *c)
{
	VEC_FOREACH (q, c)
		snug_call_question_done(q);
	VEC_DONE(c);
	VEC_FOREACH (name, &c->fallbacks)
		free(*name);
	VEC_DONE(&c->fallbacks);
	VEC_DONE(&c->verdicts);
}

static bool same_question(const struct snug_call_question *a, const struct snug_call_question *b)
{
	return strcmp(a->name, b->name) == 0 && memcmp(a->known, b->known, sizeof(a->known)) == 0 &&
	       memcmp(a->args, b->args, sizeof(a->args)) == 0 &&
	       memcmp(a->mask, b->mask, sizeof(a->mask)) == 0;
}

/* Takes @q over. */
static void add(struct amend_calls *c, struct snug_call_question *q)
{
	VEC_FOREACH (known, c) {
		if (same_question(known, q)) {
			snug_call_question_done(q);
			return;
		}
	}
	*VEC_PUSH(c) = *q;
	*q = (struct snug_call_question){ 0 };
}

int amend_calls_add(struct amend_calls *c, const char *text, struct snug_err *err)
{
	struct snug_call_question q = { 0 };
	int r = snug_call_question_parse(text, &q, err);

	if (r == 0)
		add(c, &q);
	return r;
}

static void add_name(struct amend_calls *c, const char *name)
{
	struct snug_call_question q = { .name = xstrdup(name) };

	add(c, &q);
}

/* A name in a profile holds for every ABI that is listed: of one that is not, it would be of no
 * effect there, and let the call pass elsewhere. */
static bool is_listed(struct amend_calls *c, const struct amend_from *from, enum snug_arch arch)
{
	struct snug_seccomp_env env = from->env;
	struct snug_arches arches = { 0 };
	bool is_listed = false;

	/* the log may be another machine's */
	env.arch = snug_arch_family(arch);
	snug_seccomp_arches(from->profile, &env, &arches);
	VEC_FOREACH (one, &arches)
		is_listed |= *one == arch;
	VEC_DONE(&arches);
	if (!is_listed && !(c->unlisted >> arch & 1)) {
		say_warn("what was called on %s is left out: %s is not among the profile's "
			 "architectures",
			 snug_arch_name(arch), snug_arch_oci_name(arch));
		c->unlisted |= 1ull << arch;
	}
	return is_listed;
}

/* A log can have any number of them. */
static void warn_nameless(struct amend_calls *c, enum snug_arch arch, uint32_t nr)
{
	enum { MAX = 5 };

	if (c->n_nameless++ < MAX)
		say_warn("call %u of %s has no name and is left out", nr,
			 arch == _SNUG_ARCH_INVALID ? "an unknown ABI" : snug_arch_name(arch));
	else if (c->n_nameless == MAX + 1)
		say_warn("other calls without a name are left out, too");
}

/* The entry that is to come looks at the same arguments and bits as those that the profile has for
 * the call; at none where it has none. */
static void look_as_profile(const struct snug_seccomp_profile *p, struct snug_call_question *q)
{
	unsigned seen = snug_profile_args_of(p, q->name);

	for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
		uint64_t mask = q->mask[i] ? q->mask[i] : UINT64_MAX;

		q->known[i] = q->known[i] && seen >> i & 1;
		mask &= snug_profile_arg_mask(p, q->name, i);
		q->known[i] = q->known[i] && mask;
		q->mask[i] = q->known[i] ? mask : 0;
		q->args[i] = q->known[i] ? q->args[i] & mask : 0;
	}
}

static void tell_fallback(struct amend_calls *c, const char *name, const char *instead)
{
	VEC_FOREACH (told, &c->fallbacks)
		if (strcmp(*told, name) == 0)
			return;
	*VEC_PUSH(&c->fallbacks) = xstrdup(name);
	say_note("%s: left out: at ENOSYS libraries make %s; 'snug amend -p PROFILE %s' allows it",
		 name, instead, name);
}

/* The call that libraries make where the profile answers ENOSYS to @name; NULL: it does not. */
static const char *find_instead(const struct amend_from *from, enum snug_arch arch, uint32_t nr,
				const char *name)
{
	static const uint64_t no_args[SNUG_N_ARGS];
	struct snug_seccomp_env env = from->env;
	struct snug_decision d;

	env.arch = snug_arch_family(arch);
	if (snug_seccomp_decide(from->profile, &env, arch, nr, no_args, &d, NULL) < 0)
		return NULL;
	return d.by == SNUG_BY_ENTRY ? snug_fallback_at(name, d.ret) : NULL;
}

/* An entry that answers ENOSYS to a call, for libraries to make an older one, has a reason: the
 * flags of clone3, which no filter sees.  A log has the same call a million times, and asking the
 * profile takes a tenth of a millisecond. */
static bool is_left_out(struct amend_calls *c, const struct amend_from *from, enum snug_arch arch,
			uint32_t nr, const char *name)
{
	const char *instead;

	if (!name || !snug_fallbacks_of(name))
		return false;
	VEC_FOREACH (v, &c->verdicts)
		if (v->arch == arch && v->nr == nr)
			return v->is_left_out;
	instead = find_instead(from, arch, nr, name);
	if (instead)
		tell_fallback(c, name, instead);
	*VEC_PUSH(&c->verdicts) =
		(struct amend_verdict){ .arch = arch, .nr = nr, .is_left_out = instead != NULL };
	return instead;
}

/* What `snug run --json` wrote. */
static int add_refusals(struct amend_calls *c, const struct amend_from *from, const char *name,
			const char *text, size_t len, struct snug_err *err)
{
	CLEANUP(snug_refusals_done) struct snug_refusals all = { 0 };
	int r = snug_refusals_parse(name, text, len, &all, err);

	if (r < 0)
		return r;
	VEC_FOREACH (one, &all) {
		struct snug_call_question q;

		if (!snug_refusal_name(one)) {
			warn_nameless(c, one->arch, one->nr);
			continue;
		}
		if (!is_listed(c, from, one->arch) ||
		    is_left_out(c, from, one->arch, one->nr, one->name))
			continue;
		snug_refusal_question(one, &q);
		look_as_profile(from->profile, &q);
		add(c, &q);
	}
	if (all.n_more)
		say_warn("%s: %llu calls more were refused than are listed", name,
			 (unsigned long long)all.n_more);
	return 0;
}

/* The arguments of one box of a recorded call. */
static void question_of(const char *name, const struct snug_arg_box *box,
			struct snug_call_question *ret)
{
	*ret = (struct snug_call_question){ .name = xstrdup(name) };
	for (unsigned i = 0; i < SNUG_N_ARGS; i++) {
		const struct snug_arg_range *range = &box->args[i];

		ret->known[i] = range->mask || range->lo == range->hi;
		ret->mask[i] = range->mask;
		ret->args[i] = range->mask ? range->value : ret->known[i] ? range->lo : 0;
	}
}

/* A call with those of its recorded arguments that are not allowed yet. */
static void add_checked(struct amend_calls *c, const struct amend_from *from,
			const struct snug_check_call *call)
{
	if (!call->refused.len)
		add_name(c, call->name);
	VEC_FOREACH (box, &call->refused) {
		struct snug_call_question q;

		question_of(call->name, box, &q);
		look_as_profile(from->profile, &q);
		add(c, &q);
	}
}

/* What it was refused by the filter that it was recorded under. */
static void add_denied(struct amend_calls *c, const struct amend_from *from,
		       const struct snug_recording *recording)
{
	VEC_FOREACH (d, &recording->denied) {
		if (!d->name)
			warn_nameless(c, d->arch, d->nr);
		else if (is_listed(c, from, d->arch) &&
			 !is_left_out(c, from, d->arch, d->nr, d->name))
			add_name(c, d->name);
	}
}

/* What a recorded run made and the profile would refuse or log. */
static int add_recording(struct amend_calls *c, const struct amend_from *from, const char *name,
			 const struct snug_recording *recording, struct snug_err *err)
{
	CLEANUP(snug_check_done) struct snug_check check = { 0 };
	struct snug_check_run run = { .env = from->env };
	int r;

	if (!snug_recording_is_complete(recording))
		say_warn("%s: the recording is incomplete", name);
	run.recording = recording;
	run.env.arch = snug_arch_family(recording->arch);
	r = snug_check(from->profile, &run, 1, NULL, NULL, &check, err);
	if (r < 0)
		return r;
	VEC_FOREACH (call, &check.calls) {
		if (call->instead) {
			if (!is_left_out(c, from, call->arch, call->nr, call->name))
				add_name(c, call->name);
			continue;
		}
		if (call->result == SNUG_CHECK_DEPENDS)
			say_note(
				"%s: left out: what the profile says depends on arguments, which a "
				"recording does not have",
				call->name);
		if (call->result != SNUG_CHECK_DENIED && call->result != SNUG_CHECK_LOGGED)
			continue;
		if (!call->name)
			warn_nameless(c, call->arch, call->nr);
		else if (is_listed(c, from, call->arch))
			add_checked(c, from, call);
	}
	add_denied(c, from, recording);
	return 0;
}

/* An audit log has no arguments, and of these two calls the first one says which call it is. */
static void add_audited(struct amend_calls *c, const char *name)
{
	if (strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0)
		say_warn("%s stands for several calls, and the log does not tell which: left out",
			 name);
	else
		add_name(c, name);
}

/* Whether --exe and --comm, if given, choose the event @root. */
static bool is_chosen(const struct amend_from *from, const struct snug_doc_value *root)
{
	const struct snug_audit_filter filter = {
		.exes = from->exes.items,
		.comms = from->comms.items,
	};
	CLEANUP(freep) struct snug_audit_event *ev = xcalloc(1, sizeof(*ev));
	const char *exe = snug_doc_get_string(root, "executable");
	const char *comm = snug_doc_get_string(root, "comm");

	if (!exe)
		exe = snug_doc_get_string(root, "exe");
	ev->kind = SNUG_AUDIT_SECCOMP;
	ev->exe = (struct snug_audit_text){ .text = exe, .len = exe ? strlen(exe) : 0 };
	ev->comm = (struct snug_audit_text){ .text = comm, .len = comm ? strlen(comm) : 0 };
	return snug_audit_filter_fits_event(&filter, ev);
}

/* An event of seccomp: "seccomp" by `snug audit`, "denial" by `snug watch`. */
static int add_json_event(struct amend_calls *c, const struct amend_from *from, const char *where,
			  const struct snug_doc_value *root, struct snug_err *err)
{
	const char *call = snug_doc_get_string(root, "syscall");
	const char *name = snug_doc_get_string(root, "arch");
	enum snug_arch arch = name ? snug_arch_from_name(name) : _SNUG_ARCH_INVALID;
	int64_t nr;

	if (call && !snug_syscall_is_known(call))
		return snug_err_set(err, -EINVAL, "%s: no such call: '%.64s'", where, call);
	if (!is_chosen(from, root))
		return 0;
	if (!call || arch == _SNUG_ARCH_INVALID) {
		say_warn("%s: a call without a name or of an unknown ABI is left out", where);
		return 0;
	}
	nr = snug_syscall_number(arch, call);
	if (is_listed(c, from, arch) && (nr < 0 || !is_left_out(c, from, arch, (uint32_t)nr, call)))
		add_audited(c, call);
	return 0;
}

static int add_json_line(struct amend_calls *c, const struct amend_from *from, const char *where,
			 const char *text, size_t len, struct snug_err *err)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *root;
	const char *type;
	int r = snug_json_parse("line", text, len, SNUG_LIMIT_DOC_BYTES, &doc, err);

	if (r < 0)
		return snug_err_wrap(err, r, "%s", where);
	root = snug_doc_root(doc, 0);
	type = snug_doc_get_string(root, "type");
	if (!type)
		return snug_err_set(err, -EINVAL,
				    "%s: neither what 'snug run --json', 'snug audit --json' or "
				    "'snug watch --json' writes, nor a recording",
				    where);
	if (strcmp(type, "seccomp") != 0 && strcmp(type, "denial") != 0)
		return 0;
	return add_json_event(c, from, where, root, err);
}

/* Lines of `snug audit --json` or `snug watch --json`, which have chosen already. */
static int add_json_lines(struct amend_calls *c, const struct amend_from *from, const char *name,
			  const char *text, size_t len, struct snug_err *err)
{
	const char *end = text + len;
	int r = 0;

	for (unsigned long i = 1; text < end && r == 0; i++) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		CLEANUP(freep) char *where = xasprintf("%s:%lu", name, i);

		if (n)
			r = add_json_line(c, from, where, text, n, err);
		text += n + (eol != NULL);
	}
	return r;
}

static int add_json(struct amend_calls *c, const struct amend_from *from, const char *name,
		    const char *text, size_t len, struct snug_err *err)
{
	CLEANUP(snug_recording_freep) struct snug_recording *recording = NULL;
	int r;

	if (snug_is_refusals(text, len))
		return add_refusals(c, from, name, text, len, err);
	r = snug_recording_parse_if_one(name, text, len, &recording, err);
	if (r < 0)
		return r;
	if (r > 0)
		return add_recording(c, from, name, recording, err);
	return add_json_lines(c, from, name, text, len, err);
}

/* Audit logs */

/* Of whom there were events. */
struct programs {
	char **items;
	size_t len, cap;
};

static void programs_done(struct programs *p)
{
	VEC_FOREACH (item, p)
		free(*item);
	VEC_DONE(p);
}

static void note_program(struct programs *p, const struct snug_audit_event *ev)
{
	enum { MAX = 5 };
	const struct snug_audit_text *who = ev->exe.text ? &ev->exe : &ev->comm;
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_str_add_printable(&shown, who->text ? who->text : "?", who->text ? who->len : 1, 64);
	VEC_FOREACH (item, p)
		if (strcmp(*item, shown.buf) == 0)
			return;
	if (p->len < MAX)
		*VEC_PUSH(p) = snug_str_take(&shown);
}

static int refuse_several(const struct programs *p, const char *name, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str list = SNUG_STR_INIT;

	VEC_FOREACH (item, p)
		snug_str_addf(&list, "%s%s", list.len ? ", " : "", *item);
	return snug_err_set(err, -EINVAL,
			    "%s: has events of several programs (%s): choose with --exe or --comm",
			    name, snug_str_text(&list));
}

static void take_event(struct amend_calls *c, const struct amend_from *from,
		       const struct snug_audit_event *ev, struct programs *programs)
{
	const char *call = snug_audit_event_call(ev);
	enum snug_arch arch;
	uint32_t nr;

	if (ev->has_code && ev->code == SECCOMP_RET_ALLOW)
		return;
	note_program(programs, ev);
	arch = snug_audit_event_arch(ev, &nr);
	if (!call)
		warn_nameless(c, arch, nr);
	else if (is_listed(c, from, arch) && !is_left_out(c, from, arch, nr, call))
		add_audited(c, call);
}

/* To its end. */
static int read_source(struct amend_calls *c, const struct amend_from *from,
		       struct snug_audit_source *s, const struct snug_audit_filter *filter,
		       struct programs *programs, struct snug_err *err)
{
	CLEANUP(freep) struct snug_audit_event *ev = xcalloc(1, sizeof(*ev));
	struct pollfd p = { .fd = snug_audit_source_fd(s), .events = POLLIN };
	int r;

	while ((r = snug_audit_source_next(s, ev, err)) >= 0 && r != SNUG_AUDIT_END) {
		/* which it also says now and then in the middle of much that is no event */
		if (r == SNUG_AUDIT_WAIT)
			(void)poll(&p, 1, snug_audit_source_timeout_ms(s));
		else if (snug_audit_filter_fits_event(filter, ev))
			take_event(c, from, ev, programs);
	}
	return r < 0 ? r : 0;
}

static int add_log(struct amend_calls *c, const struct amend_from *from,
		   struct audit_sources *sources, struct snug_err *err)
{
	const struct snug_audit_filter filter = {
		.kinds = 1u << SNUG_AUDIT_SECCOMP,
		.exes = from->exes.items,
		.comms = from->comms.items,
	};
	CLEANUP(programs_done) struct programs programs = { 0 };
	int r = 0;

	for (size_t i = 0; i < sources->len && r == 0; i++)
		r = read_source(c, from, sources->items[i], &filter, &programs, err);
	audit_sources_report(sources, "amend");
	if (r == 0 && programs.len == 0)
		say_warn("%s: no event of seccomp is there%s", from->path,
			 filter.exes || filter.comms ? " for the chosen programs" : "");
	if (r == 0 && programs.len > 1 && !from->exes.is_set && !from->comms.is_set)
		r = refuse_several(&programs, from->path, err);
	return r;
}

/* What was read already is given to those who read files. */
static int add_log_text(struct amend_calls *c, const struct amend_from *from, const char *text,
			size_t len, struct snug_err *err)
{
	CLEANUP(audit_sources_done) struct audit_sources sources = { 0 };
	CLEANUP(closep) int fd = memfd_create("log", MFD_CLOEXEC);
	struct snug_audit_source *s;
	int r;

	if (fd < 0 || snug_write_all(fd, text, len) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return snug_err_errno(err, "cannot keep the log in memory");
	r = snug_audit_source_open_fd(fd, strcmp(from->path, "-") == 0 ? "<stdin>" : from->path, &s,
				      err);
	if (r < 0)
		return r;
	*VEC_PUSH(&sources) = s;
	return add_log(c, from, &sources, err);
}

static bool is_json(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", *text))
		text++, len--;
	return len && *text == '{';
}

/* Whether the file is to be read as a whole: JSON is; an audit log may be large, but from a pipe it
 * can be read only once. */
static int is_for_memory(const char *path, bool *ret, struct snug_err *err)
{
	CLEANUP(closep) int fd = -EBADF;
	char head[256];
	struct stat st;
	ssize_t n;

	if (stat(path, &st) < 0)
		return snug_err_errno(err, "%s", path);
	*ret = true;
	if (!S_ISREG(st.st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	if (n < 0)
		return snug_err_errno(err, "%s", path);
	*ret = is_json(head, (size_t)n);
	return 0;
}

int amend_calls_add_from(struct amend_calls *c, const struct amend_from *from, struct snug_err *err)
{
	CLEANUP(audit_sources_done) struct audit_sources sources = { 0 };
	CLEANUP(freep) char *text = NULL, *path = xstrdup(from->path);
	char *files[] = { path, NULL }, *no_files[] = { NULL };
	bool is_audit = strcmp(path, "audit") == 0, is_stdin = strcmp(path, "-") == 0;
	bool is_read = is_stdin;
	size_t len;
	int r = 0;

	if (!is_audit && !is_stdin)
		r = is_for_memory(path, &is_read, err);
	if (r == 0 && is_read)
		r = snug_read_file(path, SNUG_LIMIT_RECORDING_BYTES, &text, &len, err);
	if (r < 0)
		return r;
	if (is_read && is_json(text, len))
		return add_json(c, from, is_stdin ? "<stdin>" : path, text, len, err);
	if (is_read)
		return add_log_text(c, from, text, len, err);
	r = audit_sources_open(&sources, NULL, is_audit ? no_files : files, false, false, err);
	return r < 0 ? r : add_log(c, from, &sources, err);
}
