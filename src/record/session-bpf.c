/* SPDX-License-Identifier: Apache-2.0 */
#include "record/session-internal.h"

#include "record/argument-rules.h"
#include "record/bpf-abi.h"
#include "record/denied.h"
#include "snug_abi.h"
#include "trace/engine.h"

#include <stdlib.h>
#include <string.h>

static int bpf_open(struct snug_session *s, struct snug_err *err)
{
	int r = snug_engine_open(s->opts.alone, &s->engine, err);

	if (r == 0)
		r = snug_target_new(s->engine, &s->target, err);
	if (r == 0 && s->opts.with_args)
		r = snug_argument_rules_install(s->target, err);
	return r;
}

static void bpf_close(struct snug_session *s)
{
	s->target = snug_target_free(s->target);
	s->engine = snug_engine_free(s->engine);
}

static int bpf_poll_fd(const struct snug_session *s)
{
	return snug_target_poll_fd(s->target);
}

static int bpf_dispatch(struct snug_session *s)
{
	return snug_target_dispatch(s->target, snug_session_on_news, s);
}

static bool bpf_is_waiting(const struct snug_session *s)
{
	return snug_target_is_waiting(s->target);
}

static uint64_t bpf_n_tasks(const struct snug_session *s)
{
	return snug_target_n_tasks(s->target);
}

static void bpf_stop(struct snug_session *s)
{
	snug_target_stop(s->target);
}

static int bpf_watch_denials(struct snug_session *s, struct snug_err *err)
{
	return snug_target_watch_denials(s->target, err);
}

static void keep_denied(void *data, const struct snug_denied_key *key,
			const struct snug_denied_value *value)
{
	unsigned by = key->side == SNUG_SIDE_ENTERED ? SNUG_BY_ENTERED : SNUG_BY_MAIN;
	struct snug_session *s = data;
	char comm[SNUG_COMM_LEN + 1] = { 0 };
	struct snug_recording_denial *d = snug_recording_denial(
		s->recording, snug_arch_of_bpf_abi(key->abi), key->nr, key->result);
	uint64_t first_us = snug_session_since_start_us(s, value->first_ns);

	/* the walk through a map that others change may come by twice */
	if (d->by & by)
		return;
	d->count += value->count;
	if (!d->by || first_us < d->first_us) {
		memcpy(comm, value->comm, SNUG_COMM_LEN);
		free(d->comm);
		d->comm = xstrdup(comm);
		d->first_us = first_us;
		d->pid = value->pid;
	}
	d->by |= by;
}

static void keep_denials(struct snug_session *s)
{
	struct snug_recording *r = s->recording;

	r->has_filter = snug_target_has_filter(s->target);
	r->watched_denials = s->is_watching;
	r->denials_from_us = s->is_watching ? snug_session_since_start_us(s, s->watching_ns) : 0;
	snug_target_denied(s->target, keep_denied, s);
}

static void bpf_collect(struct snug_session *s, struct snug_losses *ret_lost)
{
	snug_target_calls(s->target, snug_session_keep_call, s);
	keep_denials(s);
	snug_target_losses(s->target, ret_lost);
	if (s->opts.with_args)
		snug_argument_rules_collect(s->target, ret_lost->arguments, s->recording);
}

const struct snug_session_ops snug_session_bpf_ops = {
	.name = "bpf",
	.open = bpf_open,
	.close = bpf_close,
	.poll_fd = bpf_poll_fd,
	.dispatch = bpf_dispatch,
	.is_waiting = bpf_is_waiting,
	.n_tasks = bpf_n_tasks,
	.stop = bpf_stop,
	.watch_denials = bpf_watch_denials,
	.collect = bpf_collect,
};
