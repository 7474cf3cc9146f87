/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug watch`: what seccomp refuses on this host, as it happens.  A denial is told at once when
 * nothing like it was told before, and again with its count when that has grown tenfold; at the end
 * comes a table of all counts.
 */
#include "audit/enrich.h"
#include "audit/filter.h"
#include "base/err.h"
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/supervise.h"
#include "cmd/verb.h"
#include "cmd/watch-groups.h"
#include "cmd/watch-show.h"
#include "cmd/who-options.h"
#include "oci/proc.h"
#include "record/denial-watch.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	TICK_MS = 200,
	TELL_AGAIN = 10,
	COMM_LEN = 15, /* TASK_COMM_LEN - 1, linux/sched.h */
};

enum wanted { NO, YES, PERHAPS };

struct watch_args {
	bool json;
	struct who_options who;
};

static const struct snug_option options[] = {
	WHO_OPTIONS(struct watch_args, who),
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct watch_args, json), NULL,
	  "a JSON object a line, and no table" },
	SNUG_OPTIONS_END,
};

struct watch {
	const struct watch_args *args;
	struct snug_audit_filter filter;
	struct who_pids pids;
	struct watch_groups groups;
	struct watch_group rest;    /* what is in none of them, because they are too many */
	struct watch_group unknown; /* of programs that nobody knows, and --exe may mean */
	struct snug_enricher *enricher;
	struct snug_denial_watch *watch;
	uint32_t last_pid; /* who was looked at last, and under which name */
	char last_comm[32];
	bool has_failed;
};

static void watch_done(struct watch *w)
{
	w->watch = snug_denial_watch_free(w->watch);
	w->enricher = snug_enricher_free(w->enricher);
	watch_groups_done(&w->groups);
	VEC_DONE(&w->pids);
}

static void tell(struct watch *w, struct watch_group *g)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (w->args->json)
		watch_add_json(&text, g);
	else
		watch_add_line(&text, g);
	fputs(snug_str_text(&text), stdout);
	fflush(stdout);
	g->n_told = g->count ? g->count : 1;
}

/* Whether the thread has another name than when @who was read: it may have executed another program
 * since, or between.  Of one that is gone, @who's name has to do; other threads than the first have
 * names of their own. */
static bool is_renamed(const struct snug_denial *d, const struct snug_enriched *who)
{
	CLEANUP(freep) char *file = xasprintf("task/%u/comm", d->tid);
	char comm[32];
	ssize_t n = d->tid ? snug_proc_read("", (pid_t)d->pid, file, comm, sizeof(comm)) : -1;

	if (n <= 0)
		return d->tid == d->pid && strcmp(who->comm, d->comm) != 0;
	comm[n - (comm[n - 1] == '\n')] = '\0';
	return strcmp(comm, d->comm) != 0;
}

/* Who it was; of a process that is gone already its container at least.  false: nothing. */
static bool find_who(struct watch *w, const struct snug_denial *d, struct snug_enriched *ret)
{
	const struct snug_enriched *who;
	struct snug_cgroup_id id;

	/* under another name it may be another program */
	if (w->last_pid == d->pid && strcmp(w->last_comm, d->comm) != 0)
		snug_enricher_note(w->enricher, (pid_t)d->pid);
	w->last_pid = d->pid;
	snprintf(w->last_comm, sizeof(w->last_comm), "%s", d->comm);
	who = snug_enricher_look(w->enricher, (pid_t)d->pid, d->time_us);
	if (!who && d->cgroup && snug_cgroup_id_find(d->cgroup, strlen(d->cgroup), &id))
		who = snug_enricher_look_container(w->enricher, id.id);
	if (!who)
		return false;
	*ret = *who;
	if (who->exe && is_renamed(d, who))
		ret->exe = NULL;
	return true;
}

static struct snug_audit_text text_of(const char *text)
{
	return (struct snug_audit_text){ .text = text, .len = text ? strlen(text) : 0 };
}

static bool fits(const struct snug_audit_filter *filter, const struct snug_denial *d,
		 const struct snug_enriched *who)
{
	struct snug_audit_event *ev;
	bool yes;

	if (!filter->n_pids && !filter->comms && !filter->exes && !filter->containers)
		return true;
	ev = xcalloc(1, sizeof(*ev));
	ev->kind = SNUG_AUDIT_SECCOMP;
	ev->pid = d->pid;
	ev->comm = text_of(d->comm);
	ev->exe = text_of(who ? who->exe : NULL);
	yes = snug_audit_filter_fits(filter, ev, who);
	free(ev);
	return yes;
}

/* Whether a thread has the name that execve(2) gives it, the start of the file's, for one of @exes.
 */
static bool is_named_after(char *const *exes, const char *comm)
{
	for (; *exes; exes++) {
		const char *slash = strrchr(*exes, '/'), *last = slash ? slash + 1 : *exes;
		CLEANUP(freep) char *start = xstrndup(last, COMM_LEN);

		if (strcmp(start, comm) == 0 || fnmatch(last, comm, 0) == 0)
			return true;
	}
	return false;
}

/* Of a process that has ended already the executable is not known, and its thread's name must do.
 */
static enum wanted is_wanted(const struct watch *w, const struct snug_denial *d,
			     const struct snug_enriched *who)
{
	struct snug_audit_filter rest = w->filter;

	if (!rest.exes || (who && who->exe && *who->exe))
		return fits(&w->filter, d, who) ? YES : NO;
	rest.exes = NULL;
	if (!fits(&rest, d, who))
		return NO;
	return is_named_after(w->filter.exes, d->comm) ? YES : PERHAPS;
}

static void *on_new(void *data, const struct snug_denial *d)
{
	struct watch *w = data;
	struct snug_enriched found, *who = find_who(w, d, &found) ? &found : NULL;
	struct watch_group *g;

	switch (is_wanted(w, d, who)) {
	case NO:
		return NULL;
	case PERHAPS:
		return &w->unknown;
	case YES:
		break;
	}
	g = watch_groups_add(&w->groups, d, who);
	if (!g)
		return &w->rest;
	if (!g->n_told)
		tell(w, g);
	return g;
}

static void on_more(void *data, void *handle, uint64_t n, uint64_t last_us)
{
	struct watch_group *g = handle;
	struct watch *w = data;

	g->count += n;
	if (last_us > g->last_us)
		g->last_us = last_us;
	if (g != &w->rest && g != &w->unknown && g->count / TELL_AGAIN >= g->n_told)
		tell(w, g);
}

static void check(struct watch *w, int r, struct snug_err *err)
{
	if (r < 0 && !w->has_failed)
		say_error("watch: %s", snug_err_msg(err));
	w->has_failed |= r < 0;
}

static void on_ready(void *data)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct watch *w = data;

	check(w, snug_denial_watch_dispatch(w->watch, &err), &err);
}

static void on_tick(void *data)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct watch *w = data;

	check(w, snug_denial_watch_count(w->watch, &err), &err);
}

/* Whoever reads our output may go; or it cannot be read what happens. */
static bool may_end(void *data)
{
	struct watch *w = data;

	return w->has_failed || ferror(stdout);
}

static void print_counts(struct watch *w)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct watch_group *before = NULL;

	if (w->args->json) {
		VEC_FOREACH (g, &w->groups.all)
			if ((*g)->count > (*g)->n_told)
				tell(w, *g);
		return;
	}
	watch_groups_sort(&w->groups);
	if (!w->groups.all.len)
		return;
	snug_str_addc(&text, '\n');
	watch_add_heading(&text);
	VEC_FOREACH (g, &w->groups.all) {
		watch_add_rows(&text, *g, before);
		before = *g;
	}
	fputs(snug_str_text(&text), stdout);
}

/* Nothing is lost without a word. */
static void report(const struct watch *w)
{
	struct snug_denial_watch_losses lost;

	snug_denial_watch_losses(w->watch, &lost);
	if (lost.denials || w->rest.count)
		say_warn("watch: %" PRIu64 " denials were of too many different kinds to be told",
			 lost.denials + w->rest.count);
	if (w->unknown.count)
		say_warn("watch: %" PRIu64 " denials are left out: their processes ended before "
			 "snug could look at them, and have no name of the programs chosen",
			 w->unknown.count);
	if (lost.misses)
		say_warn("watch: the kernel skipped %" PRIu64 " runs of snug's programs: denials "
			 "may be missing",
			 lost.misses);
}

static int watch(struct watch *w, struct snug_err *err)
{
	struct snug_denial_watch_options opts = { .on_new = on_new, .on_more = on_more, .data = w };
	struct supervise sup = {
		.on_ready = on_ready,
		.tick_ms = TICK_MS,
		.on_tick = on_tick,
		.may_end = may_end,
		.data = w,
	};
	int r = who_options_fill(&w->args->who, &w->pids, &w->filter, err);

	if (r < 0)
		return r;
	supervise_prepare();
	watch_groups_init(&w->groups);
	w->enricher = snug_enricher_new(&(struct snug_enricher_options){ .root = "" });
	r = snug_denial_watch_new(&opts, &w->watch, err);
	if (r < 0)
		return r;
	say_log("Watching what seccomp refuses on this host");
	say_person("watching what seccomp refuses on this host; Ctrl-C ends");
	sup.fd = snug_denial_watch_poll_fd(w->watch);
	r = supervise_run(&sup, err);
	on_tick(w);
	print_counts(w);
	report(w);
	return r < 0 || w->has_failed ? -EIO : 0;
}

static int watch_run(void *data, char **argv)
{
	struct watch_args *args = data;
	CLEANUP(watch_done) struct watch w = { .args = args };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	if (argv[0])
		r = snug_err_set(&err, -EINVAL,
				 "'%.64s': there is nothing to name here; --comm, "
				 "--exe, --pid and --container choose",
				 argv[0]);
	else
		r = watch(&w, &err);
	if (err.code)
		say_error("watch: %s", snug_err_msg(&err));
	who_options_done(&args->who);
	if (r == -EINVAL)
		return SNUG_EXIT_USAGE;
	return r < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_watch = {
	.name = "watch",
	.synopsis = "",
	.summary = "Tell live what seccomp refuses, to any program on this host",
	.details =
		"Needs root, but no audit: calls that get an errno are seen too. Each kind of denial\n"
		"is told once, and again when it has become ten times as many; Ctrl-C ends, with a\n"
		"table of all counts.\n",
	.options = options,
	.args_size = sizeof(struct watch_args),
	.run = watch_run,
};
