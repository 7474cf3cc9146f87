/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call that waits is answered before anything is printed: the command never waits for a terminal.
 * Of calls that are alike (record/refusals.h) the first is looked at and told, the others are only
 * counted.  While a program has the terminal for itself, nothing is printed; it is told later.
 */
#include "cmd/explain.h"

#include "base/detach.h"
#include "base/err.h"
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "notify/listener.h"
#include "record/refusals.h"
#include "seccomp/call-values.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <linux/seccomp.h>

enum {
	MAX_ERRNO = 4095, /* what the kernel makes of larger ones (kernel/seccomp.c) */
	MAX_BATCH = 256,  /* calls answered before signals are looked at again */
};

struct explain {
	const struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_seccomp_filter filter;
	struct snug_listener *listener; /* NULL before the start, and when all is over */
	struct snug_refusals refusals;
	const char *path;
	bool is_asked;
};

struct explain *explain_free(struct explain *e)
{
	if (!e)
		return NULL;
	snug_listener_free(e->listener);
	snug_refusals_done(&e->refusals);
	snug_seccomp_filter_done(&e->filter);
	snug_meaning_free(e->meaning);
	free(e);
	return NULL;
}

int explain_new(const struct explain_options *options, struct explain **ret, struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err why = SNUG_ERR_INIT;
	struct explain *e;
	int r;

	*ret = NULL;
	if (!snug_seccomp_filter_refuses(options->filter)) {
		if (options->is_asked && !snug_seccomp_filter_logs(options->filter))
			say_note("nothing to watch: no call is refused with an error under '%s'",
				 options->profile->source);
		return 0;
	}
	e = xcalloc(1, sizeof(*e));
	e->profile = options->profile;
	e->path = options->path;
	e->is_asked = options->is_asked;
	r = snug_seccomp_filter_watch(options->filter, &e->filter, &why);
	if (r < 0) {
		if (options->is_asked)
			say_warn("what is refused cannot be told: %s", snug_err_msg(&why));
		explain_free(e);
		return 0;
	}
	r = snug_meaning_new(options->profile, options->env, NULL, &e->meaning, err);
	if (r < 0) {
		explain_free(e);
		return r;
	}
	*ret = e;
	return 0;
}

int explain_install(const struct explain *e, bool has_admin)
{
	return snug_seccomp_filter_install(&e->filter, has_admin);
}

void explain_listen(struct explain *e, int fd)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int own;

	if (e->listener)
		return;
	if (fd < 0) {
		if (e->is_asked)
			say_warn("what is refused cannot be told: a filter in force here has a "
				 "listener of its own, or forbids one");
		return;
	}
	own = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own < 0 || snug_listener_new(own, &e->listener, &err) < 0)
		say_warn("what is refused cannot be told: %s",
			 err.code ? snug_err_msg(&err) : strerror(errno));
}

int explain_poll_fd(const struct explain *e)
{
	return e->listener ? snug_listener_poll_fd(e->listener) : -1;
}

/* The kernel has asked where the filter would have given an errno, and the evaluator agrees with
 * the filter (tests/unit/seccomp/test-watch.c). */
static int errno_of(const struct snug_decision *d)
{
	uint32_t value = snug_ret_data(d->ret);

	if (snug_ret_action(d->ret) != SNUG_ACTION_ERRNO)
		return EPERM;
	return value < MAX_ERRNO ? (int)value : MAX_ERRNO;
}

struct reader {
	const struct snug_listener *listener;
	const struct snug_notice *notice;
};

static long read_memory(void *data, uint64_t address, void *buf, size_t size)
{
	const struct reader *r = data;

	return snug_listener_read(r->listener, r->notice, address, buf, size);
}

/* Everything that can only be known while the caller waits. */
static void look_at(const struct explain *e, const struct snug_notice *n, struct snug_refusal *r)
{
	struct reader reader = { e->listener, n };
	const struct snug_call_memory memory = { read_memory, &reader };
	struct snug_str text = SNUG_STR_INIT;
	char comm[16];

	snug_listener_comm(e->listener, n, comm);
	r->comm = xstrdup(comm);
	r->pid = n->pid;
	if (r->name)
		snug_call_add_values(r->name, r->args, snug_arch_arg_bits(r->arch), &memory, &text);
	else
		snug_str_addf(&text, "call %u", r->nr);
	r->text = snug_str_take(&text);
}

static bool terminal_is_taken(void)
{
	struct termios tio;

	return say_is_terminal() && tcgetattr(STDERR_FILENO, &tio) == 0 && !(tio.c_lflag & ICANON);
}

static void add_errno(uint32_t ret, struct snug_str *out)
{
	const char *name = snug_errno_name(snug_ret_data(ret));

	if (name)
		snug_str_add(out, name);
	else
		snug_str_addf(out, "errno %u", snug_ret_data(ret));
}

/* "p.json:12:5 (syscalls[3])", "the default of p.json" */
static void add_decider(const struct explain *e, const struct snug_decision *d,
			struct snug_str *out)
{
	const struct snug_seccomp_entry *entry;

	if (d->by != SNUG_BY_ENTRY) {
		snug_str_addf(out, "the default of %s", e->profile->source);
		return;
	}
	entry = &e->profile->entries.items[d->entry];
	snug_str_addf(out, "%s:%u:%u (syscalls[%zu])", e->profile->source, entry->line, entry->col,
		      d->entry);
}

static void tell(const struct explain *e, struct snug_refusal *r)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_str_add(&text, r->text);
	if (r->behind)
		snug_str_addf(&text, ", which is %s,", r->behind);
	if (r->arch != snug_arch_native())
		snug_str_addf(&text, " of %s", snug_arch_name(r->arch));
	snug_str_add(&text, " with ");
	add_errno(r->decision.ret, &text);
	snug_str_add(&text, ": ");
	snug_str_add_printable(&text, r->comm, strlen(r->comm), strlen(r->comm));
	snug_str_addf(&text, "[%u], by ", r->pid);
	add_decider(e, &r->decision, &text);
	say_note("refused %s", snug_str_text(&text));
	r->is_told = true;
}

static void tell_what_is_new(struct explain *e)
{
	VEC_FOREACH (r, &e->refusals)
		if (!r->is_told)
			tell(e, r);
}

/* Returns whether something is new. */
static bool answer(struct explain *e, const struct snug_notice *n)
{
	enum snug_arch arch = snug_arch_of_call(n->audit_arch, n->nr);
	struct snug_decision d = snug_meaning_decide(e->meaning, arch, n->nr, n->args);
	struct snug_refusal *r;
	bool is_new = false;

	r = snug_refusals_count(&e->refusals, e->profile, arch, n->nr, n->args, &d, &is_new);
	if (r && is_new)
		look_at(e, n, r);
	/* who does not wait any more was killed, or got a signal and asks again */
	if (snug_listener_refuse(e->listener, n, errno_of(&d)) == -ENOENT && r && !is_new)
		r->count--;
	return is_new;
}

void explain_on_ready(struct explain *e)
{
	struct snug_notice n;
	bool has_news = false;
	int r = 0;

	if (!e->listener)
		return;
	for (int i = 0; i < MAX_BATCH; i++) {
		r = snug_listener_receive(e->listener, &n);
		if (r <= 0)
			break;
		has_news |= answer(e, &n);
	}
	if (has_news && !terminal_is_taken())
		tell_what_is_new(e);
	if (r < 0)
		e->listener = snug_listener_free(e->listener);
}

/* For those who outlive the command: without a listener their calls would fail with ENOSYS, which
 * is not what the profile says (seccomp_unotify(2)).  Kernels that know WAIT_KILLABLE_RECV (5.19)
 * also tell when nobody is left (5.9), without which this would never end. */
static void stay_for_the_rest(struct explain *e)
{
	struct pollfd p = { .fd = explain_poll_fd(e), .events = POLLIN };
	struct snug_notice n;
	int r;

	if (poll(&p, 1, 0) == 1 && p.revents & POLLHUP)
		return;
	if (!(e->filter.flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)) {
		say_warn("processes may be left that get ENOSYS for what the profile refuses");
		return;
	}
	if (fork() != 0)
		return;
	snug_detach("snug-answers", p.fd, -1);
	do {
		(void)poll(&p, 1, -1);
		r = snug_listener_receive(e->listener, &n);
		if (r > 0) {
			struct snug_decision d = snug_meaning_decide(
				e->meaning, snug_arch_of_call(n.audit_arch, n.nr), n.nr, n.args);

			(void)snug_listener_refuse(e->listener, &n, errno_of(&d));
		}
	} while (r >= 0);
	_exit(0);
}

/* A kill is not asked about: others have seen it. */
static void note_kill(struct explain *e, const char *name, pid_t pid)
{
	const uint64_t args[SNUG_N_ARGS] = { 0 };
	int64_t nr = snug_syscall_number(snug_arch_native(), name);
	struct snug_decision d;
	struct snug_refusal *r;
	bool is_new;

	if (nr < 0)
		return;
	d = snug_meaning_decide(e->meaning, snug_arch_native(), (uint32_t)nr, args);
	if (!snug_ret_is_deadly(d.ret))
		d = (struct snug_decision){ .ret = SECCOMP_RET_KILL_PROCESS };
	r = snug_refusals_count(&e->refusals, e->profile, snug_arch_native(), (uint32_t)nr, args,
				&d, &is_new);
	if (!r || !is_new)
		return;
	r->known_args = 0;
	r->text = xasprintf("%s(...)", name);
	r->pid = (uint32_t)pid;
	r->is_told = true;
}

/* "uname 'socket(AF_ALG)'": what is to be allowed, each once. */
static void add_questions(const struct explain *e, struct snug_str *out)
{
	VEC(char *) seen = { 0 };

	VEC_FOREACH (r, &e->refusals) {
		CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		bool is_known = false;

		if (!snug_refusal_name(r))
			continue;
		snug_refusal_question(r, &q);
		snug_call_question_add_text(&q, &text);
		VEC_FOREACH (other, &seen)
			is_known |= strcmp(*other, snug_str_text(&text)) == 0;
		if (is_known)
			continue;
		snug_str_addc(out, ' ');
		text_add_shell_word(out, snug_str_text(&text));
		*VEC_PUSH(&seen) = snug_str_take(&text);
	}
	VEC_FOREACH (other, &seen)
		free(*other);
	VEC_DONE(&seen);
}

static void tell_count(const struct snug_refusal *r)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };

	if (snug_refusal_name(r)) {
		snug_refusal_question(r, &q);
		snug_call_question_add_text(&q, &text);
	} else {
		snug_str_add(&text, r->text);
	}
	if (r->arch != snug_arch_native())
		snug_str_addf(&text, " (%s)", snug_arch_name(r->arch));
	snug_str_add(&text, "  ");
	if (snug_ret_action(r->decision.ret) == SNUG_ACTION_ERRNO)
		add_errno(r->decision.ret, &text);
	else
		snug_str_add(&text, "killed");
	say_note("%7" PRIu64 "x %s", r->count, snug_str_text(&text));
}

static void sum_up(const struct explain *e)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;
	const struct snug_refusals *all = &e->refusals;

	if (!all->len)
		return;
	say_note("in all, '%s' has refused:", e->profile->source);
	VEC_FOREACH (r, all)
		tell_count(r);
	if (all->n_more)
		say_note("%7" PRIu64 "x other calls", all->n_more);
	add_questions(e, &words);
	if (words.len) {
		CLEANUP(snug_str_done) struct snug_str path = SNUG_STR_INIT;

		if (strcmp(e->path, "<stdin>") == 0)
			snug_str_add(&path, "PROFILE");
		else
			text_add_shell_word(&path, e->path);
		say_note("to allow that: snug amend -p %s%s", snug_str_text(&path),
			 snug_str_text(&words));
	}
}

void explain_finish(struct explain *e, const char *killed_by, pid_t pid)
{
	explain_on_ready(e);
	if (e->listener)
		stay_for_the_rest(e);
	tell_what_is_new(e);
	if (killed_by)
		note_kill(e, killed_by, pid);
	sum_up(e);
}

void explain_add_json(const struct explain *e, const char *profile, struct snug_str *out)
{
	static const struct snug_refusals none;

	snug_refusals_write(e ? &e->refusals : &none, profile, out);
}
