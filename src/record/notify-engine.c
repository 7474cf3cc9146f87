/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter asks for every call; the answer is always that it be made.  A call that is known costs
 * its caller two switches of context and us three system calls (poll, receive, send); facts are
 * looked up once for each call, while its caller waits.  A call is noted when the kernel has taken
 * the answer: who was killed before that has not made it.
 *
 * Ways back from signal handlers (sigreturn(2)) are not asked for: a call that waits can be
 * interrupted by another signal, and this one must not fail with EINTR, because nobody looks at
 * what it returns.  They are noted when a handler is installed.
 *
 * Between the filter and the command's execve(2) the child makes no call but that; what comes of it
 * is known by the next one (record/exec-watch.h).
 */
#include "record/notify-engine.h"

#include "base/child.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "notify/ask.h"
#include "notify/guardian.h"
#include "notify/listener.h"
#include "notify/task.h"
#include "record/argument-rules.h"
#include "record/bpf-abi.h"
#include "record/exec-watch.h"
#include "seccomp/syscalls.h"
#include "snug_abi.h"
#include "trace/engine.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = SNUG_CALLS / 64 };

/* Numbers of calls that mean more than themselves; -1: the ABI has none. */
struct special {
	int64_t execve, execveat;
	int64_t rt_sigaction, sigaction, signal;
	int64_t rt_sigreturn, sigreturn;
};

struct odd {
	uint32_t abi, nr;
	bool wants_args;
};

struct snug_notify_engine {
	struct snug_notify_engine_options opts;
	struct snug_ask ask;
	struct snug_guardian *guardian;
	struct snug_listener *listener; /* NULL before the start */
	bool has_started, has_begun, is_over, is_stopped;
	uint32_t command;       /* its process */
	bool had_no_new_privs;  /* before snug */
	bool took_no_new_privs; /* for the filter */
	bool is_unprivileged_told;
	uint64_t bits[_SNUG_ABI_MAX][WORDS];  /* the calls that were made */
	uint64_t wants[_SNUG_ABI_MAX][WORDS]; /* those whose arguments are wanted */
	VEC(struct odd) odd;                  /* numbers without a bit */
	uint64_t n_odd_lost;
	struct special special[_SNUG_ABI_MAX];
	struct snug_exec_watch execs;
};

static int64_t number(enum snug_arch arch, const char *name)
{
	int64_t nr = snug_syscall_number(arch, name);

	return nr < 0 ? -1 : nr - snug_arch_number_base(arch);
}

static void init_special(struct snug_notify_engine *e)
{
	struct snug_ask_exempt exempt[SNUG_ASK_MAX_EXEMPT];
	size_t n = 0;

	for (uint32_t abi = 0; abi < _SNUG_ABI_MAX; abi++) {
		enum snug_arch arch = snug_arch_of_bpf_abi(abi);
		struct special *s = &e->special[abi];
		bool is_there = abi != SNUG_ABI_X32 || snug_arch_native() == SNUG_ARCH_X86_64;
		const int64_t ways_back[] = {
			s->rt_sigreturn = is_there ? number(arch, "rt_sigreturn") : -1,
			s->sigreturn = is_there ? number(arch, "sigreturn") : -1,
		};

		s->execve = is_there ? number(arch, "execve") : -1;
		s->execveat = is_there ? number(arch, "execveat") : -1;
		s->rt_sigaction = is_there ? number(arch, "rt_sigaction") : -1;
		s->sigaction = is_there ? number(arch, "sigaction") : -1;
		s->signal = is_there ? number(arch, "signal") : -1;
		for (size_t i = 0; i < ARRAY_SIZE(ways_back); i++)
			if (ways_back[i] >= 0)
				exempt[n++] = (struct snug_ask_exempt){
					.audit_arch = snug_arch_to_audit(arch),
					.nr = (uint32_t)ways_back[i] + snug_arch_number_base(arch),
				};
	}
	snug_ask_init(&e->ask, exempt, n);
}

int snug_notify_engine_new(const struct snug_notify_engine_options *opts,
			   struct snug_notify_engine **ret, struct snug_err *err)
{
	CLEANUP(snug_notify_engine_freep) struct snug_notify_engine *e = NULL;
	int r;

	r = snug_ask_probe(err);
	if (r < 0)
		return r;
	e = xcalloc(1, sizeof(*e));
	e->opts = *opts;
	e->had_no_new_privs = snug_own_no_new_privs();
	init_special(e);
	r = snug_guardian_new(&e->guardian, err);
	if (r < 0)
		return r;
	*ret = STEAL(e);
	return 0;
}

struct snug_notify_engine *snug_notify_engine_free(struct snug_notify_engine *e)
{
	if (!e)
		return NULL;
	/* the last look: whether the guardian has anybody left */
	e->is_stopped = true;
	(void)snug_notify_engine_dispatch(e);
	e->listener = snug_listener_free(e->listener);
	snug_guardian_free(e->guardian, e->is_over);
	snug_exec_watch_done(&e->execs);
	VEC_DONE(&e->odd);
	free(e);
	return NULL;
}

/* In the child, behind fork. */
static int install(void *data)
{
	struct snug_notify_engine *e = data;
	int r;

	snug_guardian_forget(e->guardian);
	r = snug_ask_install(&e->ask);
	return r < 0 ? r : r + 1;
}

static void guard(void *data, int fd)
{
	struct snug_notify_engine *e = data;

	snug_guardian_main(e->guardian, fd);
}

static uint32_t abi_of(const struct snug_notice *n, uint32_t *ret_nr)
{
	enum snug_arch arch = snug_arch_of_call(n->audit_arch, n->nr);

	*ret_nr = n->nr;
	if (arch == SNUG_ARCH_X32) {
		*ret_nr = n->nr - snug_arch_number_base(arch);
		return SNUG_ABI_X32;
	}
	return arch == snug_arch_native() ? SNUG_ABI_NATIVE : SNUG_ABI_COMPAT;
}

static struct odd *find_odd(const struct snug_notify_engine *e, uint32_t abi, uint32_t nr)
{
	VEC_FOREACH (o, &e->odd)
		if (o->abi == abi && o->nr == nr)
			return o;
	return NULL;
}

static bool is_known(const struct snug_notify_engine *e, uint32_t abi, uint32_t nr)
{
	if (nr >= SNUG_CALLS)
		return find_odd(e, abi, nr) != NULL;
	return e->bits[abi][nr / 64] >> nr % 64 & 1;
}

/* False when there are too many of them. */
static bool set_known(struct snug_notify_engine *e, uint32_t abi, uint32_t nr)
{
	struct odd *o;

	if (nr < SNUG_CALLS) {
		e->bits[abi][nr / 64] |= 1ull << nr % 64;
		return true;
	}
	if (e->odd.len == SNUG_ODD_PER_SLOT) {
		e->n_odd_lost++;
		return false;
	}
	o = VEC_PUSH(&e->odd);
	o->abi = abi;
	o->nr = nr;
	return true;
}

static bool wants_args(const struct snug_notify_engine *e, uint32_t abi, uint32_t nr)
{
	return nr < SNUG_CALLS && e->wants[abi][nr / 64] >> nr % 64 & 1;
}

static void fill_news(struct snug_news *news, const struct snug_listener *l,
		      const struct snug_notice *n, uint32_t tgid)
{
	*news = (struct snug_news){ .time_ns = snug_clock_ns(CLOCK_MONOTONIC),
				    .pid = tgid,
				    .tid = n->pid };
	snug_listener_comm(l, n, news->comm);
}

static void note_call(struct snug_notify_engine *e, struct snug_news *news, uint32_t abi,
		      uint32_t nr)
{
	if (is_known(e, abi, nr) || !set_known(e, abi, nr))
		return;
	news->type = SNUG_NEWS_CALL;
	news->abi = abi;
	news->nr = nr;
	e->opts.on_news(e->opts.data, news, NULL);
	if (nr < SNUG_CALLS && e->opts.wants_args && e->opts.wants_args(e->opts.data, abi, nr))
		e->wants[abi][nr / 64] |= 1ull << nr % 64;
}

/* @n: the first call after the exec; NULL: there was none. */
static void note_exec(struct snug_notify_engine *e, const struct snug_exec_try *t,
		      const struct snug_notice *n)
{
	struct snug_news news = { .time_ns = t->time_ns, .pid = t->tgid, .tid = t->tgid };
	uint32_t nr = (uint32_t)e->special[SNUG_ABI_NATIVE].execve;

	if (n)
		fill_news(&news, e->listener, n, t->tgid);
	else
		snug_exec_comm(t->path, news.comm);
	if (!e->has_begun) {
		e->has_begun = true;
		e->command = t->tgid;
		news.time_ns = t->time_ns;
		news.type = SNUG_NEWS_PROCESS;
		news.nr = n ? snug_task_mntns(n) : 0;
		e->opts.on_news(e->opts.data, &news, NULL);
		(void)set_known(e, SNUG_ABI_NATIVE, nr);
	}
	news.type = SNUG_NEWS_EXEC;
	e->opts.on_news(e->opts.data, &news, t->path);
}

static void tell_unprivileged(struct snug_notify_engine *e, const struct snug_notice *n,
			      const struct snug_task_status *st, const char *path)
{
	/* nothing but the filter came before the first */
	if (!e->has_begun)
		e->took_no_new_privs = st->no_new_privs && !e->had_no_new_privs;
	if (e->is_unprivileged_told || !e->opts.on_unprivileged || !e->took_no_new_privs ||
	    !snug_task_gains_privilege(n, st, path))
		return;
	e->is_unprivileged_told = true;
	e->opts.on_unprivileged(e->opts.data, path);
}

static void watch_exec(struct snug_notify_engine *e, const struct snug_notice *n, uint32_t abi,
		       bool is_at)
{
	CLEANUP(freep) char *path = NULL;
	struct snug_task_status st;

	(void)snug_task_status(n, &st);
	path = snug_task_path(e->listener, n, is_at ? (int)n->args[0] : SNUG_TASK_AT_FDCWD,
			      n->args[is_at]);
	tell_unprivileged(e, n, &st, path);
	snug_exec_watch_add(&e->execs, e->listener, n, st.tgid, STEAL(path), n->args[is_at]);
	e->execs.tries.items[e->execs.tries.len - 1].time_ns = snug_clock_ns(CLOCK_MONOTONIC);
	e->execs.tries.items[e->execs.tries.len - 1].abi = abi;
}

/* Whether the new action of a signal is a handler; and whether its way back is the newer one. */
static bool installs_handler(const struct snug_notify_engine *e, const struct snug_notice *n,
			     uint32_t abi, uint32_t nr, bool *ret_rt)
{
	const struct special *s = &e->special[abi];
	size_t word = abi == SNUG_ABI_NATIVE ? 8 : 4;
	/* handler and flags, between which the older call has a mask */
	size_t at_flags = nr == s->sigaction ? 2 * word : word;
	unsigned char action[24] = { 0 };
	uint64_t handler = 0, flags = 0;
	long len;

	*ret_rt = s->sigreturn < 0;
	if (nr == s->signal)
		return n->args[1] > 1;
	if (!n->args[1])
		return false;
	len = snug_listener_read(e->listener, n, n->args[1], action, 3 * word);
	/* what cannot be read may be one: rather a call too many than a program that breaks */
	if (len < (long)(3 * word))
		return *ret_rt = true;
	memcpy(&handler, action, word);
	memcpy(&flags, action + at_flags, word);
	*ret_rt |= (flags & SA_SIGINFO) != 0;
	return handler > 1; /* SIG_DFL, SIG_IGN */
}

static void note_way_back(struct snug_notify_engine *e, const struct snug_notice *n, uint32_t abi,
			  uint32_t nr)
{
	const struct special *s = &e->special[abi];
	struct snug_task_status st;
	struct snug_news news;
	bool is_rt;
	int64_t back;

	if (is_known(e, abi, (uint32_t)s->rt_sigreturn) &&
	    (s->sigreturn < 0 || is_known(e, abi, (uint32_t)s->sigreturn)))
		return;
	if (!installs_handler(e, n, abi, nr, &is_rt))
		return;
	back = is_rt ? s->rt_sigreturn : s->sigreturn;
	if (is_known(e, abi, (uint32_t)back))
		return;
	(void)snug_task_status(n, &st);
	fill_news(&news, e->listener, n, st.tgid);
	note_call(e, &news, abi, (uint32_t)back);
}

static bool is_exec(const struct special *s, uint32_t nr)
{
	return nr == s->execve || nr == s->execveat;
}

static void settle_execs(struct snug_notify_engine *e, const struct snug_notice *n)
{
	struct snug_exec_try t;

	while (e->execs.tries.len && snug_exec_watch_settle(&e->execs, e->listener, n, &t)) {
		note_exec(e, &t, n);
		snug_exec_try_done(&t);
	}
}

/* What a 64-bit program leaves above the arguments of i386's calls is none of them. */
static void cut_args(struct snug_notice *n)
{
	for (int i = 0; i < SNUG_NOTICE_ARGS; i++)
		n->args[i] &= UINT32_MAX;
}

static void answer(struct snug_notify_engine *e, struct snug_notice *n)
{
	uint32_t nr, abi = abi_of(n, &nr);
	const struct special *s = &e->special[abi];
	struct snug_task_status st;
	struct snug_news news;
	bool is_new;

	if (e->is_stopped) {
		(void)snug_listener_let_pass(e->listener, n);
		return;
	}
	if (abi == SNUG_ABI_COMPAT)
		cut_args(n);
	if (e->execs.tries.len)
		settle_execs(e, n);
	if (is_exec(s, nr))
		watch_exec(e, n, abi, nr == s->execveat);
	if (!e->has_begun) {
		(void)snug_listener_let_pass(e->listener, n);
		return;
	}
	if (nr == s->rt_sigaction || nr == s->sigaction || nr == s->signal)
		note_way_back(e, n, abi, nr);
	is_new = !is_known(e, abi, nr);
	if (is_new) {
		(void)snug_task_status(n, &st);
		fill_news(&news, e->listener, n, st.tgid);
	}
	if (snug_listener_let_pass(e->listener, n) < 0)
		return;
	if (is_new)
		note_call(e, &news, abi, nr);
	if (wants_args(e, abi, nr))
		e->opts.on_args(e->opts.data, abi, nr, n->args);
}

/* Who else there was, and when each ended, is not known. */
static void note_end(struct snug_notify_engine *e)
{
	const struct snug_news news = { .type = SNUG_NEWS_EXIT,
					.time_ns = snug_clock_ns(CLOCK_MONOTONIC),
					.pid = e->command,
					.tid = e->command };

	e->is_over = true;
	if (e->has_begun && !e->is_stopped)
		e->opts.on_news(e->opts.data, &news, NULL);
}

/* In one go as long as calls keep coming: most of them come right after the answer to the last.
 * But others want to be looked after, too. */
int snug_notify_engine_dispatch(struct snug_notify_engine *e)
{
	enum { WAIT_MS = 1, MAX_CALLS = 1000, LONG_NS = 20 * 1000 * 1000 };
	uint64_t until = snug_clock_ns(CLOCK_MONOTONIC) + LONG_NS;
	struct snug_notice n;
	int r = 0;

	if (!e->listener || e->is_over)
		return 0;
	if (e->has_started)
		(void)snug_guardian_keep(e->guardian, snug_listener_poll_fd(e->listener));
	for (int i = 0; i < MAX_CALLS && snug_clock_ns(CLOCK_MONOTONIC) < until; i++) {
		r = snug_listener_wait(e->listener, i ? WAIT_MS : 0, &n);
		if (r <= 0)
			break;
		answer(e, &n);
	}
	if (r == -EPIPE)
		note_end(e);
	return r < 0 && r != -EPIPE ? r : 0;
}

static void listen_to(struct snug_notify_engine *e, int fd)
{
	int own = snug_dup_fd(fd);

	if (own >= 0)
		(void)!snug_guardian_listen(e->guardian, own, &e->listener, NULL);
}

static void on_passed(void *data, int fd)
{
	struct snug_notify_engine *e = data;

	if (!e->listener)
		listen_to(e, fd);
	(void)snug_notify_engine_dispatch(e);
}

void snug_notify_engine_prepare(struct snug_notify_engine *e, struct snug_child_options *child)
{
	child->before_exec = install;
	child->passes_fd = true;
	child->on_passed = on_passed;
	child->guard = guard;
	child->data = e;
}

void snug_notify_engine_started(struct snug_notify_engine *e, struct snug_child *child)
{
	CLEANUP(closep) int fd = snug_child_take_fd(child);

	if (!e->listener && fd >= 0)
		listen_to(e, fd);
	e->is_over |= !e->listener;
	snug_guardian_set_pid(e->guardian, snug_child_guard(child));
	e->has_started = true;
}

int snug_notify_engine_poll_fd(const struct snug_notify_engine *e)
{
	return e->listener ? snug_listener_poll_fd(e->listener) : -1;
}

bool snug_notify_engine_is_over(const struct snug_notify_engine *e)
{
	return e->is_over;
}

bool snug_notify_engine_is_waiting(const struct snug_notify_engine *e)
{
	return !e->has_begun;
}

void snug_notify_engine_stop(struct snug_notify_engine *e)
{
	struct snug_exec_try t;

	while (e->is_over && snug_exec_watch_take(&e->execs, &t)) {
		note_exec(e, &t, NULL);
		snug_exec_try_done(&t);
	}
	e->is_stopped = true;
}

void snug_notify_engine_calls(const struct snug_notify_engine *e,
			      void (*fn)(void *data, uint32_t side, uint32_t abi, uint32_t nr),
			      void *data)
{
	for (uint32_t abi = 0; abi < _SNUG_ABI_MAX; abi++)
		for (uint32_t nr = 0; nr < SNUG_CALLS; nr++)
			if (is_known(e, abi, nr))
				fn(data, SNUG_SIDE_MAIN, abi, nr);
	VEC_FOREACH (o, &e->odd)
		fn(data, SNUG_SIDE_MAIN, o->abi, o->nr);
}

void snug_notify_engine_losses(const struct snug_notify_engine *e, struct snug_losses *ret)
{
	*ret = (struct snug_losses){ .numbers = e->n_odd_lost, .news = e->execs.n_lost };
}
