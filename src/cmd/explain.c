/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A call that waits is answered before anything is printed: the command never waits for a terminal.
 * Of calls that are alike (record/refusals.h) the first is looked at and told, the others are only
 * counted.  While a program has the terminal for itself, nothing is printed; it is told later.
 */
#include "cmd/explain.h"

#include "audit/event.h"
#include "base/detach.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/explain-text.h"
#include "cmd/say.h"
#include "notify/listener.h"
#include "record/refusals.h"
#include "seccomp/call-values.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"
#include "trace/sigsys.h"

#include <errno.h>
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
	bool is_asked, is_watching, has_log;
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

static bool allows_all(const struct snug_seccomp_profile *p)
{
	VEC_FOREACH (entry, &p->entries)
		if (entry->action != SNUG_ACTION_ALLOW)
			return false;
	return p->default_action == SNUG_ACTION_ALLOW;
}

/* A tracer or an agent may be there after all: they are stood in for only on request. */
static bool is_to_be_watched(const struct explain_options *options)
{
	return snug_seccomp_filter_refuses(options->filter) || options->tells_logged ||
	       (options->is_asked && snug_seccomp_filter_asks(options->filter));
}

int explain_new(const struct explain_options *options, struct explain **ret, struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err why = SNUG_ERR_INIT;
	struct explain *e;
	int r;

	*ret = NULL;
	if (allows_all(options->profile)) {
		if (options->is_asked)
			say_note("nothing to watch: '%s' allows every call",
				 options->profile->source);
		return 0;
	}
	e = xcalloc(1, sizeof(*e));
	e->profile = options->profile;
	e->path = options->path;
	e->is_asked = options->is_asked;
	if (is_to_be_watched(options)) {
		r = snug_seccomp_filter_watch(
			options->filter,
			(e->is_asked ? SNUG_WATCH_ASKED : 0) |
				(options->tells_logged ? SNUG_WATCH_LOGGED : 0),
			&e->filter, &why);
		if (r < 0 && e->is_asked)
			say_warn("what is refused cannot be told: %s", snug_err_msg(&why));
		e->is_watching = r == 0;
	}
	r = snug_meaning_new(options->profile, options->env, NULL, &e->meaning, err);
	if (r < 0) {
		explain_free(e);
		return r;
	}
	*ret = e;
	return 0;
}

bool explain_watches(const struct explain *e)
{
	return e->is_watching;
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
	own = snug_dup_fd(fd);
	if (own < 0 || snug_listener_new(own, &e->listener, &err) < 0)
		say_warn("what is refused cannot be told: %s",
			 err.code ? snug_err_msg(&err) : strerror(errno));
}

int explain_poll_fd(const struct explain *e)
{
	return e->listener ? snug_listener_poll_fd(e->listener) : -1;
}

/* The kernel has asked where the filter would have given an errno, and the evaluator agrees with
 * the filter (tests/unit/seccomp/test-watch.c); or where it would have asked somebody who is not
 * there, for which it gives ENOSYS (kernel/seccomp.c, __seccomp_filter()). */
static int errno_of(const struct snug_decision *d)
{
	enum snug_action action = snug_ret_action(d->ret);
	uint32_t value = snug_ret_data(d->ret);

	if (action == SNUG_ACTION_TRACE || action == SNUG_ACTION_NOTIFY)
		return ENOSYS;
	if (action != SNUG_ACTION_ERRNO)
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

static void tell_what_is_new(struct explain *e)
{
	VEC_FOREACH (r, &e->refusals) {
		if (!r->is_told)
			explain_tell(r, e->profile);
		r->is_told = true;
	}
}

static struct snug_decision decide(const struct explain *e, const struct snug_notice *n)
{
	enum snug_arch arch = snug_arch_of_call(n->audit_arch, n->nr);

	return snug_meaning_decide(e->meaning, arch, n->nr, n->args);
}

/* As the profile has it. */
static int answer_with(struct explain *e, const struct snug_notice *n,
		       const struct snug_decision *d)
{
	if (snug_ret_action(d->ret) == SNUG_ACTION_LOG)
		return snug_listener_let_pass(e->listener, n);
	return snug_listener_refuse(e->listener, n, errno_of(d));
}

/* Returns whether something is new. */
static bool answer(struct explain *e, const struct snug_notice *n)
{
	enum snug_arch arch = snug_arch_of_call(n->audit_arch, n->nr);
	struct snug_decision d = decide(e, n);
	struct snug_refusal *r;
	bool is_new = false;

	r = snug_refusals_count(&e->refusals, e->profile, arch, n->nr, n->args, &d, &is_new);
	if (r && is_new)
		look_at(e, n, r);
	/* who does not wait any more was killed, or got a signal and asks again */
	if (answer_with(e, n, &d) == -ENOENT && r && !is_new)
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
			struct snug_decision d = decide(e, &n);

			(void)answer_with(e, &n, &d);
		}
	} while (r >= 0);
	_exit(0);
}

/* The answer to a call of which only the number is known: the first one of that kind, if any. */
static struct snug_decision find_decision(const struct explain *e, enum snug_arch arch, uint32_t nr,
					  bool (*is_kind)(uint32_t ret))
{
	const uint64_t args[SNUG_N_ARGS] = { 0 };
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	struct snug_decision d = snug_meaning_decide(e->meaning, arch, nr, args);

	if (is_kind(d.ret) || snug_meaning_cells(e->meaning, arch, nr, &cells, NULL) < 0)
		return d;
	VEC_FOREACH (cell, &cells)
		if (is_kind(cell->decision.ret))
			return cell->decision;
	return d;
}

static struct snug_refusal *count_number(struct explain *e, enum snug_arch arch, uint32_t nr,
					 const struct snug_decision *d)
{
	struct snug_refusal *r;
	bool is_new;

	r = snug_refusals_count(&e->refusals, e->profile, arch, nr, NULL, d, &is_new);
	if (!r || !is_new)
		return NULL;
	r->text = r->name ? xasprintf("%s(...)", r->name) : xasprintf("call %u", r->nr);
	return r;
}

static void note_who(struct snug_refusal *r, uint32_t pid, const char *comm, size_t comm_len)
{
	r->pid = pid;
	r->comm = xstrndup(comm, comm_len);
}

static bool is_log(uint32_t ret)
{
	return snug_ret_action(ret) == SNUG_ACTION_LOG;
}

static bool kills_thread(uint32_t ret)
{
	return snug_ret_action(ret) == SNUG_ACTION_KILL_THREAD;
}

bool explain_needs_log(const struct explain *e)
{
	VEC_FOREACH (entry, &e->profile->entries)
		if (entry->action == SNUG_ACTION_KILL || entry->action == SNUG_ACTION_KILL_THREAD)
			return true;
	return e->profile->default_action == SNUG_ACTION_KILL ||
	       e->profile->default_action == SNUG_ACTION_KILL_THREAD;
}

void explain_set_log(struct explain *e, bool is_read)
{
	e->has_log = is_read;
}

static bool is_deadly(enum snug_action a)
{
	return a == SNUG_ACTION_KILL || a == SNUG_ACTION_KILL_THREAD ||
	       a == SNUG_ACTION_KILL_PROCESS || a == SNUG_ACTION_TRAP;
}

void explain_warn_deaths(const struct explain *e)
{
	bool matters = is_deadly(e->profile->default_action);

	VEC_FOREACH (entry, &e->profile->entries)
		matters |= is_deadly(entry->action);
	if (matters && e->is_asked)
		say_warn("calls that kill or trap cannot be told: this takes CAP_BPF and "
			 "CAP_PERFMON");
}

void explain_on_sigsys(struct explain *e, const struct snug_sigsys_event *ev)
{
	enum snug_arch arch = snug_arch_of_call(ev->audit_arch, ev->nr);
	struct snug_decision d;
	struct snug_refusal *r;

	if (arch == _SNUG_ARCH_INVALID)
		return;
	d = find_decision(e, arch, ev->nr, snug_ret_is_deadly);
	/* not ours: of a filter of the program's own, perhaps; or told by the log, too */
	if (!snug_ret_is_deadly(d.ret) || (e->has_log && kills_thread(d.ret)))
		return;
	r = count_number(e, arch, ev->nr, &d);
	if (!r)
		return;
	note_who(r, ev->pid, ev->comm, strlen(ev->comm));
	if (!terminal_is_taken())
		tell_what_is_new(e);
}

void explain_on_logged(struct explain *e, const struct snug_audit_event *ev)
{
	enum snug_arch arch = snug_arch_of_call(ev->audit_arch, ev->nr);
	bool is_kill = ev->has_code && kills_thread(ev->code);
	struct snug_decision d;
	struct snug_refusal *r;

	if (arch == _SNUG_ARCH_INVALID || (ev->has_code && !is_kill && !is_log(ev->code)))
		return;
	d = find_decision(e, arch, ev->nr, is_kill ? kills_thread : is_log);
	if (is_kill ? !kills_thread(d.ret) : !is_log(d.ret))
		return;
	r = count_number(e, arch, ev->nr, &d);
	if (!r)
		return;
	note_who(r, ev->pid, ev->comm.text ? ev->comm.text : "", ev->comm.len);
	r->is_told = !is_kill;
	if (!terminal_is_taken())
		tell_what_is_new(e);
}

void explain_finish(struct explain *e)
{
	explain_on_ready(e);
	if (e->listener)
		stay_for_the_rest(e);
	tell_what_is_new(e);
	explain_sum_up(&e->refusals, e->profile, e->path);
}

void explain_add_json(const struct explain *e, const char *profile, struct snug_str *out)
{
	static const struct snug_refusals none;

	snug_refusals_write(e ? &e->refusals : &none, profile, out);
}
