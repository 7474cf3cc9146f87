/* SPDX-License-Identifier: Apache-2.0 */
#include "record/session-internal.h"

#include "base/err.h"
#include "notify/ask.h"
#include "record/argument-facts.h"
#include "record/argument-rules.h"
#include "record/bpf-abi.h"
#include "record/notify-engine.h"
#include "snug_abi.h"
#include "trace/engine.h"
#include "trace/probe.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>

static bool wants_args(void *data, uint32_t abi, uint32_t nr)
{
	struct snug_session *s = data;

	return s->opts.with_args && snug_argument_facts_begin(snug_recording_call(
					    s->recording, snug_arch_of_bpf_abi(abi), nr));
}

static void on_args(void *data, uint32_t abi, uint32_t nr, const uint64_t *args)
{
	struct snug_session *s = data;

	(void)snug_argument_facts_note(
		snug_recording_call(s->recording, snug_arch_of_bpf_abi(abi), nr), SNUG_BY_MAIN,
		args);
}

static void on_unprivileged(void *data, const char *path)
{
	struct snug_session *s = data;
	const struct snug_session_event ev = { .type = SNUG_SESSION_UNPRIVILEGED, .path = path };

	if (s->opts.on_event)
		s->opts.on_event(s->opts.data, &ev);
}

static int notify_open(struct snug_session *s, struct snug_err *err)
{
	const struct snug_notify_engine_options opts = {
		.on_news = snug_session_on_news,
		.wants_args = wants_args,
		.on_args = on_args,
		.on_unprivileged = on_unprivileged,
		.data = s,
	};

	if (snug_probe_is_disabled("notify"))
		return snug_err_set(err, -EOPNOTSUPP,
				    "seccomp's user notification is turned off by "
				    "SNUG_TEST_DISABLE");
	return snug_notify_engine_new(&opts, &s->notify, err);
}

static void notify_close(struct snug_session *s)
{
	s->notify = snug_notify_engine_free(s->notify);
}

static int notify_poll_fd(const struct snug_session *s)
{
	return snug_notify_engine_poll_fd(s->notify);
}

static int notify_dispatch(struct snug_session *s)
{
	return snug_notify_engine_dispatch(s->notify);
}

static bool notify_is_waiting(const struct snug_session *s)
{
	return snug_notify_engine_is_waiting(s->notify);
}

/* How many there are is not known, only whether there are any. */
static uint64_t notify_n_tasks(const struct snug_session *s)
{
	return !snug_notify_engine_is_over(s->notify);
}

static void notify_stop(struct snug_session *s)
{
	snug_notify_engine_stop(s->notify);
}

/* What other filters refuse does not get to ours; so the least that can be said is that there may
 * be one. */
static bool may_have_filter(const struct snug_session *s)
{
	if (prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER)
		return true;
	VEC_FOREACH (c, &s->recording->calls)
		if (c->name && strcmp(c->name, "seccomp") == 0)
			return true;
	return false;
}

static void notify_collect(struct snug_session *s, struct snug_losses *ret_lost)
{
	snug_notify_engine_calls(s->notify, snug_session_keep_call, s);
	s->recording->has_filter = may_have_filter(s);
	snug_notify_engine_losses(s->notify, ret_lost);
	if (!s->opts.with_args)
		return;
	VEC_FOREACH (c, &s->recording->calls) {
		(void)snug_argument_facts_begin(c);
		snug_argument_facts_end(c);
	}
}

const struct snug_session_ops snug_session_notify_ops = {
	.name = "notify",
	.open = notify_open,
	.close = notify_close,
	.poll_fd = notify_poll_fd,
	.dispatch = notify_dispatch,
	.is_waiting = notify_is_waiting,
	.n_tasks = notify_n_tasks,
	.stop = notify_stop,
	.collect = notify_collect,
};

int snug_session_probe_notify(struct snug_err *err)
{
	struct snug_session s = { 0 };
	int r = notify_open(&s, err);

	notify_close(&s);
	return r;
}

void snug_session_prepare_child(struct snug_session *s, struct snug_child_options *child)
{
	if (s->notify)
		snug_notify_engine_prepare(s->notify, child);
}

void snug_session_child_started(struct snug_session *s, struct snug_child *child)
{
	if (s->notify)
		snug_notify_engine_started(s->notify, child);
}

const char *snug_session_start_hint(int r)
{
	return snug_ask_hint(r);
}
