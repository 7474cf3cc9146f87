/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One worker for each target (attach-worker.h); here are the loop over them, the clock, and what
 * becomes of their recordings.  A target waits for its container, is being recorded, or is over;
 * when all are over, or somebody wants the end, profiles are made: one of all recordings, or with
 * --each one of each.
 */
#include "cmd/record-attach.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/attach-targets.h"
#include "cmd/container-facts.h"
#include "cmd/liveline.h"
#include "cmd/record-summary.h"
#include "cmd/say.h"
#include "cmd/supervise.h"
#include "cmd/verb.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK_MS = 100,
	WAIT_TICK_MS = 5,
	CLOSE_TICK_MS = 1,
	LOOK_EVERY_US = 250000,    /* for containers of runtimes whose folders are not known */
	LOOK_CLOSELY_US = 1000000, /* after a folder has changed: a state file comes later */
};

struct attach {
	const struct record_attach *job;
	struct attach_targets targets;
	struct attach_files files; /* of all together; empty with --each */
	struct supervise sup;
	struct liveline live;
	int epoll;
	uint64_t start_us, drawn_us;
	/* while somebody waits: */
	uint64_t stamp, changed_us, looked_us;
	bool has_failed; /* something went wrong and was told */
	struct snug_err *err;
};

static void attach_done(struct attach *a)
{
	liveline_hide(&a->live);
	attach_targets_done(&a->targets);
	attach_files_done(&a->files);
	closep(&a->epoll);
}

static int new_worker(const struct attach *a, struct attach_one *t, bool waits,
		      struct snug_err *err)
{
	const struct attach_worker_options options = {
		.with_args = output_looks_at_args(a->job->output),
		.waits = waits,
	};

	return attach_worker_new(&options, &t->worker, err);
}

static int watch(struct attach *a, struct attach_one *t, struct snug_err *err)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	if (epoll_ctl(a->epoll, EPOLL_CTL_ADD, attach_worker_fd(t->worker), &ev) < 0)
		return snug_err_errno(err, "epoll_ctl");
	return 0;
}

static void tell_start(struct attach *a, const struct attach_one *t)
{
	bool from_start = attach_worker_status(t->worker)->from_start;

	say_log("Recording started: %s%s", t->label,
		from_start ? ", from its start on" : ", from now on");
	liveline_hide(&a->live);
	say_person("recording %s %s%s", t->label, from_start ? "from its start on" : "from now on",
		   a->job->request->duration_us ? "" : "; Ctrl-C ends");
}

static int start(struct attach *a, struct attach_one *t, struct snug_err *err)
{
	int r;

	t->what.denials = a->job->denials;
	r = t->worker ? 0 : new_worker(a, t, false, err);
	if (r == 0)
		r = attach_worker_join(t->worker, &t->what, err);
	if (r == 0)
		r = watch(a, t, err);
	if (r < 0)
		return r;
	t->state = ATTACH_RECORDING;
	if (a->job->request->duration_us)
		t->end_us = snug_clock_us(CLOCK_MONOTONIC) + a->job->request->duration_us;
	if (!a->start_us)
		a->start_us = snug_clock_us(CLOCK_MONOTONIC);
	tell_start(a, t);
	return 0;
}

/* Opens what the target's own files will be, and starts it. */
static int begin(struct attach *a, struct attach_one *t, struct snug_err *err)
{
	int r = 0;

	if (a->job->options->each)
		r = attach_files_open_each(&t->files, a->job->output, a->job->recording,
					   t->file_name, err);
	if (r == 0)
		r = start(a, t, err);
	if (r != -ESRCH || !a->job->options->wait)
		return r < 0 ? snug_err_wrap(err, r, "%s", t->label) : 0;
	/* it has gone already: its next life, then */
	snug_err_done(err);
	attach_one_forget(t);
	return 0;
}

/* What cannot be recorded is told and over; what is being recorded goes on. */
static void give_up(struct attach *a, struct attach_one *t, const struct snug_err *err)
{
	liveline_hide(&a->live);
	say_error("record: %s", snug_err_msg(err));
	a->has_failed = true;
	if (t)
		attach_one_drop(t);
}

/* Whether it is time to look for containers: at once when a runtime does something. */
static bool is_time_to_look(struct attach *a, uint64_t now)
{
	uint64_t stamp = snug_containers_stamp("");

	if (stamp != a->stamp)
		a->changed_us = now;
	a->stamp = stamp;
	if (now - a->changed_us > LOOK_CLOSELY_US && now - a->looked_us < LOOK_EVERY_US)
		return false;
	a->looked_us = now;
	return true;
}

/* Looks for the containers that are waited for. */
static void look_again(struct attach *a, uint64_t now)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (!is_time_to_look(a, now))
		return;
	if (attach_targets_look(&a->targets, &err) < 0)
		give_up(a, NULL, &err);
	VEC_FOREACH (t, &a->targets.all) {
		CLEANUP(snug_err_done) struct snug_err why = SNUG_ERR_INIT;

		if (t->state == ATTACH_FOUND && begin(a, t, &why) < 0)
			give_up(a, t, &why);
	}
}

static void on_ready(void *data)
{
	struct attach *a = data;

	VEC_FOREACH (t, &a->targets.all) {
		if (t->state != ATTACH_RECORDING)
			continue;
		attach_worker_dispatch(t->worker);
		if (!attach_worker_status(t->worker)->is_over)
			continue;
		(void)epoll_ctl(a->epoll, EPOLL_CTL_DEL, attach_worker_fd(t->worker), NULL);
		t->state = ATTACH_OVER;
		if (!t->is_asked_to_end)
			say_log("Recording ended with %s", t->label);
	}
}

static void draw(struct attach *a, uint64_t now)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct attach_status *newest = NULL;
	size_t n = 0;

	VEC_FOREACH (t, &a->targets.all)
		n += t->state >= ATTACH_RECORDING;
	snug_str_addf(&text, " recording %" PRIu64 " s  ", (now - a->start_us) / 1000000);
	if (n > 1)
		snug_str_addf(&text, " %zu containers:", n);
	VEC_FOREACH (t, &a->targets.all) {
		const struct attach_status *s;

		if (t->state < ATTACH_RECORDING || !t->worker)
			continue;
		s = attach_worker_status(t->worker);
		snug_str_addf(&text, " %zu", s->n_calls);
		if (s->newest_us && (!newest || s->newest_us > newest->newest_us))
			newest = s;
	}
	snug_str_add(&text, " calls");
	if (newest)
		snug_str_addf(&text, "   newest: %s, %" PRIu64 " s ago", newest->newest,
			      (now - newest->newest_us) / 1000000);
	snug_str_add(&text, "   (Ctrl-C ends) ");
	liveline_show(&a->live, snug_str_text(&text));
	a->drawn_us = now;
}

static void on_tick(void *data)
{
	enum { EVERY_US = 200000 };
	struct attach *a = data;
	uint64_t now = snug_clock_us(CLOCK_MONOTONIC);

	on_ready(data);
	if (attach_targets_has(&a->targets, ATTACH_WAITING))
		look_again(a, now);
	a->sup.tick_ms = TICK_MS;
	if (attach_targets_has(&a->targets, ATTACH_WAITING))
		a->sup.tick_ms =
			now - a->changed_us < LOOK_CLOSELY_US ? CLOSE_TICK_MS : WAIT_TICK_MS;
	VEC_FOREACH (t, &a->targets.all) {
		if (t->state == ATTACH_RECORDING && t->end_us && now >= t->end_us &&
		    !t->is_asked_to_end) {
			t->is_asked_to_end = true;
			attach_worker_stop(t->worker);
		}
	}
	if (!say_is_quiet() && a->start_us && now - a->drawn_us > EVERY_US)
		draw(a, now);
}

static void on_stop(void *data)
{
	struct attach *a = data;

	liveline_hide(&a->live);
}

static bool may_end(void *data)
{
	struct attach *a = data;

	return !attach_targets_has(&a->targets, ATTACH_WAITING) &&
	       !attach_targets_has(&a->targets, ATTACH_RECORDING);
}

/* Everything before the loop.  Returns the exit status, 0 to go on. */
static int prepare(struct attach *a)
{
	const struct record_attach *job = a->job;
	int r;

	r = output_check(job->output, a->err);
	if (r == 0)
		r = attach_targets_find(&a->targets, job->options, job->request, a->err);
	if (r == 0 && !job->options->each && job->recording && a->targets.all.len > 1) {
		snug_err_set(a->err, -EINVAL,
			     "--recording keeps one recording: of several containers, with --each");
		return SNUG_EXIT_USAGE;
	}
	if (r == 0 && !job->options->each)
		r = attach_files_open(&a->files, job->output, job->recording, a->err);
	VEC_FOREACH (t, &a->targets.all) {
		if (r == 0 && t->state == ATTACH_FOUND)
			r = begin(a, t, a->err);
	}
	return r < 0 ? SNUG_EXIT_FAILED : 0;
}

/* Gets workers ready for containers that are still to come: there will be no time for that. */
static int prepare_waiting(struct attach *a)
{
	VEC_FOREACH (t, &a->targets.all) {
		if (t->state != ATTACH_WAITING)
			continue;
		if (!t->worker && new_worker(a, t, true, a->err) < 0)
			return SNUG_EXIT_FAILED;
		say_log("Waiting for %s", t->label);
		say_person("waiting for %s; Ctrl-C ends", t->label);
	}
	return 0;
}

static void observe(struct attach *a)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	liveline_init(&a->live);
	a->sup = (struct supervise){
		.fd = a->epoll,
		.on_ready = on_ready,
		.tick_ms = WAIT_TICK_MS,
		.on_tick = on_tick,
		.on_stop = on_stop,
		.may_end = may_end,
		.data = a,
	};
	if (supervise_run(&a->sup, &err) < 0)
		give_up(a, NULL, &err);
	liveline_hide(&a->live);
}

static void add_facts(const struct attach *a, struct attach_one *t)
{
	const struct attach_status *s = attach_worker_status(t->worker);
	const struct snug_container *c = t->container.id ? &t->container : NULL;

	if (c)
		container_add_facts(t->recording, c,
				    s->from_start ? s->seccomp_mode : c->seccomp_mode);
	container_add_baselines(t->recording, c, &a->job->options->runtimes,
				a->job->output->no_entered);
}

/* Takes the recordings from the workers; those first of all that can end now. */
static void collect(struct attach *a)
{
	VEC_FOREACH (t, &a->targets.all)
		if (t->worker)
			attach_worker_stop(t->worker);
	VEC_FOREACH (t, &a->targets.all) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

		if (!t->worker)
			continue;
		if (t->state < ATTACH_RECORDING) {
			say_error("record: %s did not appear: nothing was recorded of it",
				  t->label);
			a->has_failed = true;
		} else if (attach_worker_finish(t->worker, &t->recording, &err) < 0) {
			say_error("record: %s: %s", t->label, snug_err_msg(&err));
			a->has_failed = true;
		} else {
			add_facts(a, t);
		}
	}
}

/* The files of @n recordings of one profile. */
static int write_files(const struct attach *a, struct attach_files *f, const char *name,
		       const char *label, const struct snug_recording *const *recordings, size_t n,
		       struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived derived = { 0 };
	struct record_summary summary = {
		.recordings = recordings,
		.n_recordings = n,
		.derived = &derived,
		.recording_path = f->recording_path,
		.target = label,
		.is_json = a->job->is_json,
		.no_entered = a->job->output->no_entered,
	};
	size_t n_calls = 0;
	int r;

	for (size_t i = 0; i < n; i++) {
		summary.is_cut |= recordings[i]->attached;
		n_calls += recordings[i]->calls.len;
	}
	r = n == 1 ? output_write_recording(f->recording, f->recording_path, recordings[0], err)
		   : 0;
	if (r == 0)
		r = output_write(&f->output, name, recordings, n, &derived, err);
	if (r == -ENODATA && !n_calls) {
		snug_err_done(err);
		return snug_err_set(err, r, "%s made no system call while it was recorded", label);
	}
	if (r < 0)
		return snug_err_wrap(err, r, "%s", label);
	summary.profile_path = f->output.path;
	summary.has_base = output_has_base(a->job->output, recordings, n);
	record_summary_print(&summary);
	return 0;
}

static void write_each(struct attach *a)
{
	VEC_FOREACH (t, &a->targets.all) {
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		const struct snug_recording *one = t->recording;

		if (!one || write_files(a, &t->files, t->name, t->label, &one, 1, &err) == 0)
			continue;
		say_error("record: %s", snug_err_msg(&err));
		a->has_failed = true;
	}
}

static void write_together(struct attach *a)
{
	VEC(const struct snug_recording *) recordings = { 0 };
	const struct attach_one *first = NULL;
	int r;

	VEC_FOREACH (t, &a->targets.all) {
		if (!t->recording)
			continue;
		first = first ? first : t;
		*VEC_PUSH(&recordings) = t->recording;
	}
	if (!first)
		return;
	r = write_files(a, &a->files, first->name,
			recordings.len == 1 ? first->label : "all containers", recordings.items,
			recordings.len, a->err);
	if (r < 0)
		a->has_failed = true;
	VEC_DONE(&recordings);
}

int record_attach(const struct record_attach *job, struct snug_err *err)
{
	CLEANUP(attach_done) struct attach a = { .job = job, .err = err };
	int status;

	a.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (a.epoll < 0)
		return (void)snug_err_errno(err, "epoll_create1"), SNUG_EXIT_FAILED;
	/* from here on signals wait until they can be handled, and workers never get any */
	supervise_prepare();
	status = prepare(&a);
	if (status == 0)
		status = prepare_waiting(&a);
	if (status)
		return status;
	observe(&a);
	collect(&a);
	if (job->options->each)
		write_each(&a);
	else
		write_together(&a);
	return a.has_failed ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}
