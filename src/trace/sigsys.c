/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/sigsys.h"

#include "base/err.h"
#include "snug_abi.h"
#include "trace/probe.h"
#include "trace/sigsys-internal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

struct snug_sigsys {
	int link; /* keeps the program attached, and that keeps the ring */
	struct ring_buffer *ring;
	void (*fn)(void *data, const struct snug_sigsys_event *ev);
	void *fn_data;
};

static int on_event(void *ctx, void *data, size_t size)
{
	struct snug_sigsys *s = ctx;
	const struct snug_news *n = data;
	struct snug_sigsys_event ev = { 0 };

	if (size < sizeof(*n))
		return 0;
	ev.pid = n->pid;
	ev.tid = n->tid;
	ev.is_child = n->gen == 1;
	ev.audit_arch = n->abi;
	ev.nr = n->nr;
	memcpy(ev.comm, n->comm, sizeof(n->comm));
	s->fn(s->fn_data, &ev);
	return 0;
}

static void fds_done(struct snug_sigsys_fds *fds)
{
	closep(&fds->who_am_i);
	closep(&fds->watcher);
	closep(&fds->ring);
}

int snug_sigsys_open(struct snug_sigsys **ret, struct snug_err *err)
{
	CLEANUP(snug_sigsys_freep) struct snug_sigsys *s = xcalloc(1, sizeof(*s));
	CLEANUP(fds_done) struct snug_sigsys_fds fds = { -EBADF, -EBADF, -EBADF };
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int r;

	s->link = -EBADF;
	if (snug_probe_is_disabled("sigsys") || snug_probe_is_disabled("bpf"))
		return snug_err_set(err, -EOPNOTSUPP, "turned off by SNUG_TEST_DISABLE");
	if (!snug_probe_may_use_bpf())
		return snug_err_set(err, -EPERM, "needs root, or CAP_BPF and CAP_PERFMON");
	snug_probe_quiet_libbpf();
	/* FIXME(kernel 5.17): only older kernels need the second way */
	r = snug_sigsys_load_light(&fds);
	if (r < 0)
		r = snug_sigsys_load_full(&fds, err);
	if (r < 0)
		return r;
	if (bpf_prog_test_run_opts(fds.who_am_i, &run) < 0)
		return snug_err_errno(err, "cannot run a BPF program");
	s->link = bpf_raw_tracepoint_open("signal_generate", fds.watcher);
	if (s->link < 0)
		return snug_err_errno(err, "cannot attach to signal_generate");
	s->ring = ring_buffer__new(fds.ring, on_event, s, NULL);
	if (!s->ring)
		return snug_err_errno(err, "cannot map the ring buffer");
	*ret = STEAL(s);
	return 0;
}

struct snug_sigsys *snug_sigsys_free(struct snug_sigsys *s)
{
	if (!s)
		return NULL;
	ring_buffer__free(s->ring);
	closep(&s->link);
	free(s);
	return NULL;
}

int snug_sigsys_poll_fd(const struct snug_sigsys *s)
{
	return ring_buffer__epoll_fd(s->ring);
}

int snug_sigsys_dispatch(struct snug_sigsys *s,
			 void (*fn)(void *data, const struct snug_sigsys_event *ev), void *data)
{
	s->fn = fn;
	s->fn_data = data;
	return ring_buffer__consume(s->ring);
}
