/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source has the events of the whole host.  Whose an event is, the kernel's news of forks tell,
 * or where they are not to be had, /proc: it is the command's when one of the process' ancestors is
 * the command, or we are.  A process that has ended before its event came cannot be looked up
 * there; it is the command's when an event of it was before, else it is only counted.
 */
#include "cmd/logged.h"

#include "audit/source.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/explain-text.h"
#include "cmd/forks.h"
#include "cmd/say.h"
#include "trace/probe.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_ANCESTORS = 256,
	LATE_MS = 100, /* how long silence has to last at the end */
	MAX_LATE_ROUNDS = 20,
};

struct logged {
	pid_t pid;
	struct snug_audit_source *source;
	struct forks *forks;           /* or NULL */
	struct snug_audit_event event; /* large */
	VEC(char *) lines;             /* told already; owned */
	VEC(const char *) calls;       /* by name, each once; static */
	VEC(pid_t) ours;
	void (*on_call)(void *data, const struct snug_audit_event *ev);
	void *data;
	uint64_t n_unknown; /* events of processes that had ended */
	uint64_t n_more;    /* over the limit of lines */
};

bool logged_can_read(void)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *source = NULL;

	return snug_probe_is_host_pid_namespace() &&
	       snug_audit_source_open_live(&source, NULL) == 0;
}

void logged_say(const char *line)
{
	/* off a terminal, as the peer's log has it */
	if (say_is_terminal() || say_is_quiet())
		say_note("%s", line);
	else
		say_log("%s", line);
}

int logged_new(pid_t pid, struct logged **ret, struct snug_err *err)
{
	struct snug_audit_source *source;
	struct logged *l;
	int r;

	if (!snug_probe_is_host_pid_namespace())
		return snug_err_set(err, -EOPNOTSUPP,
				    "this is not the host's PID namespace, whose process ids the "
				    "kernel logs ('snug doctor' shows what this host offers)");
	r = snug_audit_source_open_live(&source, err);
	if (r < 0)
		return r;
	l = xcalloc(1, sizeof(*l));
	l->pid = pid;
	l->source = source;
	l->forks = forks_new(pid);
	*ret = l;
	return 0;
}

struct logged *logged_free(struct logged *l)
{
	if (!l)
		return NULL;
	snug_audit_source_free(l->source);
	forks_free(l->forks);
	VEC_FOREACH (line, &l->lines)
		free(*line);
	VEC_DONE(&l->lines);
	VEC_DONE(&l->calls);
	VEC_DONE(&l->ours);
	free(l);
	return NULL;
}

int logged_poll_fd(const struct logged *l)
{
	return snug_audit_source_fd(l->source);
}

int logged_tick_ms(const struct logged *l)
{
	int ms = snug_audit_source_timeout_ms(l->source);

	return ms > 0 ? ms : 0;
}

/* The parent of @pid, 0 when there is none, or -ESRCH. */
static pid_t parent_of(pid_t pid)
{
	CLEANUP(freep) char *path = xasprintf("/proc/%d/stat", (int)pid);
	CLEANUP(freep) char *text = NULL;
	char *p, *end;
	uint64_t parent;
	size_t len;

	if (snug_read_file(path, SNUG_LIMIT_STRING_BYTES, &text, &len, NULL) < 0)
		return -ESRCH;
	/* "PID (COMM) STATE PPID ...", where COMM may hold anything (proc(5)) */
	p = strrchr(text, ')');
	if (!p || strlen(p) < 5)
		return -ESRCH;
	p += 4;
	end = strchr(p, ' ');
	if (end)
		*end = '\0';
	return snug_parse_u64(p, INT32_MAX, &parent) < 0 ? -ESRCH : (pid_t)parent;
}

/* 1: the command's; 0: somebody else's; -ESRCH: not to be found out. */
static int is_ours(struct logged *l, pid_t pid)
{
	pid_t at = pid, self = getpid();

	if (l->forks && forks_has(l->forks, pid))
		return 1;
	if (l->forks && !forks_has_lost(l->forks))
		return 0;
	VEC_FOREACH (known, &l->ours)
		if (*known == pid)
			return 1;
	for (int i = 0; i < MAX_ANCESTORS && at > 1; i++) {
		if (at == l->pid || (at == self && i > 0)) {
			if (l->ours.len < SNUG_LIMIT_REFUSALS)
				*VEC_PUSH(&l->ours) = pid;
			return 1;
		}
		at = parent_of(at);
	}
	return at < 0 ? -ESRCH : 0;
}

static void note_call(struct logged *l, const struct snug_audit_event *ev)
{
	const char *name = ev->kind == SNUG_AUDIT_SECCOMP ? snug_audit_event_call(ev) : NULL;

	if (!name)
		return;
	VEC_FOREACH (known, &l->calls)
		if (strcmp(*known, name) == 0)
			return;
	*VEC_PUSH(&l->calls) = name;
}

static void tell(struct logged *l, const struct snug_audit_event *ev)
{
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;

	snug_audit_event_add_line(&line, ev);
	VEC_FOREACH (known, &l->lines)
		if (strcmp(*known, line.buf) == 0)
			return;
	if (l->lines.len == SNUG_LIMIT_REFUSALS) {
		l->n_more++;
		return;
	}
	logged_say(line.buf);
	*VEC_PUSH(&l->lines) = snug_str_take(&line);
	note_call(l, ev);
}

void logged_set_taker(struct logged *l, void (*fn)(void *data, const struct snug_audit_event *ev),
		      void *data)
{
	l->on_call = fn;
	l->data = data;
}

void logged_on_ready(struct logged *l)
{
	int r = SNUG_AUDIT_GOT;

	while (r == SNUG_AUDIT_GOT) {
		r = snug_audit_source_next(l->source, &l->event, NULL);
		if (r != SNUG_AUDIT_GOT)
			break;
		switch (is_ours(l, (pid_t)l->event.pid)) {
		case 1:
			tell(l, &l->event);
			if (l->on_call && l->event.kind == SNUG_AUDIT_SECCOMP)
				l->on_call(l->data, &l->event);
			break;
		case -ESRCH:
			l->n_unknown++;
			break;
		default:
			break;
		}
	}
}

static void tell_way_on(const struct logged *l, const struct snug_seccomp_profile *profile)
{
	CLEANUP(snug_str_done) struct snug_str words = SNUG_STR_INIT;

	if (!l->calls.len || l->on_call)
		return;
	explain_add_profile(&words, profile, profile->source);
	VEC_FOREACH (name, &l->calls)
		snug_str_addf(&words, " %s", *name);
	say_note("to allow what was logged: snug amend%s", words.buf);
}

void logged_finish(struct logged *l, const struct snug_seccomp_profile *profile)
{
	struct snug_audit_counts counts;

	for (int i = 0; i < MAX_LATE_ROUNDS; i++) {
		struct pollfd p = { .fd = logged_poll_fd(l), .events = POLLIN };
		int r = poll(&p, 1, LATE_MS);

		logged_on_ready(l);
		if (r <= 0)
			break;
	}
	counts = snug_audit_source_counts(l->source);
	if (l->n_more)
		say_note("%llu other lines of the kernel's log are left out",
			 (unsigned long long)l->n_more);
	if (l->n_unknown)
		say_note(
			"%llu events in the kernel's log are of processes that had ended: they may "
			"be the command's; see 'snug audit'",
			(unsigned long long)l->n_unknown);
	if (counts.lost)
		say_warn("the kernel lost %s%llu audit records",
			 counts.is_lost_bound ? "up to " : "", (unsigned long long)counts.lost);
	tell_way_on(l, profile);
}
