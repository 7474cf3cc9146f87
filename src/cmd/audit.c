/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug audit`: who was refused or logged what.  Without --follow: everything is read, counted by
 * group, and printed at the end.  With it: a line an event, until a signal comes.
 */
#include "audit/enrich.h"
#include "audit/filter.h"
#include "audit/groups.h"
#include "base/err.h"
#include "base/str.h"
#include "cmd/audit-show.h"
#include "cmd/audit-sources.h"
#include "cmd/columns.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "cmd/who-options.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { US_PER_S = 1000000 };

struct audit_args {
	bool follow, json, local;
	const char *since, *source;
	struct who_options who;
	struct snug_list types;
};

static const struct snug_option options[] = {
	{ 'f', "follow", SNUG_OPTION_BOOL, offsetof(struct audit_args, follow), NULL,
	  "tell of each event as it happens, until interrupted" },
	{ 0, "since", SNUG_OPTION_STRING, offsetof(struct audit_args, since), "TIME",
	  "only what happened after: 10m, 2h (ago), today, 2026-11-20, \"2026-11-20 14:39\", "
	  "@SECONDS",
	  "10m 1h today" },
	WHO_OPTIONS(struct audit_args, who),
	{ 't', "type", SNUG_OPTION_LIST, offsetof(struct audit_args, types), "TYPES",
	  "only seccomp, selinux, apparmor", "seccomp selinux apparmor" },
	{ 's', "source", SNUG_OPTION_STRING, offsetof(struct audit_args, source), "SOURCE",
	  "audit-log (auditd's), netlink (with --follow), kernel-log; default: the best there is",
	  "audit-log netlink kernel-log" },
	{ 0, "local", SNUG_OPTION_BOOL, offsetof(struct audit_args, local), NULL,
	  "the FILEs are of this machine: find containers of processes that still run" },
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct audit_args, json), NULL,
	  "a JSON object a line" },
	SNUG_OPTIONS_END,
};

struct audit {
	const struct audit_args *args;
	struct snug_audit_filter filter;
	struct who_pids pids;
	struct audit_sources sources;
	struct snug_enricher *enricher; /* NULL: the logs are not of this machine */
	struct snug_audit_groups *groups;
	uint64_t n_events;
	uint64_t n_gone; /* whose container is wanted and cannot be told */
	struct snug_audit_event event;
};

static void audit_done(struct audit *a)
{
	VEC_DONE(&a->pids);
	audit_sources_done(&a->sources);
	a->enricher = snug_enricher_free(a->enricher);
	a->groups = snug_audit_groups_free(a->groups);
}

static void args_done(struct audit_args *args)
{
	who_options_done(&args->who);
	snug_list_done(&args->types);
}

static int fill_filter(struct audit *a, const struct audit_args *args, struct snug_err *err)
{
	struct snug_audit_filter *f = &a->filter;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (args->since &&
	    snug_audit_since_parse(args->since, (uint64_t)now.tv_sec * US_PER_S, &f->since_us) < 0)
		return snug_err_set(err, -EINVAL,
				    "--since: '%s' is no time: 10m, today, 2026-11-20, "
				    "\"2026-11-20 14:39\", @SECONDS",
				    args->since);
	for (size_t i = 0; i < args->types.len; i++) {
		enum snug_audit_kind kind = snug_audit_kind_from_name(args->types.items[i]);

		if (kind == _SNUG_AUDIT_KIND_MAX)
			return snug_err_set(err, -EINVAL,
					    "--type: '%s' is none of seccomp, selinux, apparmor",
					    args->types.items[i]);
		f->kinds |= 1u << kind;
	}
	return who_options_fill(&args->who, &a->pids, f, err);
}

static void print_event(const struct audit *a, const struct snug_enriched *who)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct snug_audit_group group;

	snug_audit_group_of_event(&a->event, who, &group);
	if (a->args->json)
		audit_add_json(&text, &group);
	else
		audit_add_event(&text, &a->event, &group);
	fputs(snug_str_text(&text), stdout);
	fflush(stdout);
}

static const struct snug_enriched *find_who(struct audit *a)
{
	if (!a->enricher || a->event.pid == SNUG_AUDIT_UNSET)
		return NULL;
	return snug_enricher_look(a->enricher, (pid_t)a->event.pid, a->event.time_us);
}

static void on_event(struct audit *a)
{
	const struct snug_enriched *who = NULL;

	/* the records of SELinux and AppArmor do not name it */
	if (a->filter.exes && !a->event.exe.text) {
		who = find_who(a);
		if (who && who->exe)
			a->event.exe = (struct snug_audit_text){ who->exe, strlen(who->exe) };
	}
	if (!snug_audit_filter_fits_event(&a->filter, &a->event))
		return;
	if (!who)
		who = find_who(a);
	a->n_gone += a->filter.containers && !who;
	if (a->filter.containers && !snug_audit_filter_fits(&a->filter, &a->event, who))
		return;
	a->n_events++;
	if (a->args->follow)
		print_event(a, who);
	else
		snug_audit_groups_add(a->groups, &a->event, who);
}

/* All that a source has now.  0: wait for more; 1: it is at its end. */
static int read_source(struct audit *a, struct snug_audit_source *source, struct snug_err *err)
{
	int r;

	while ((r = snug_audit_source_next(source, &a->event, err)) == SNUG_AUDIT_GOT) {
		on_event(a);
		if (ferror(stdout))
			return 0;
	}
	return r < 0 ? r : r == SNUG_AUDIT_END;
}

/* One source after the other, each to its end. */
static int read_all(struct audit *a, struct snug_err *err)
{
	VEC_FOREACH (source, &a->sources) {
		struct pollfd p = { .fd = snug_audit_source_fd(*source), .events = POLLIN };
		int r;

		while ((r = read_source(a, *source, err)) == 0)
			(void)poll(&p, 1, snug_audit_source_timeout_ms(*source));
		if (r < 0)
			return r;
	}
	return 0;
}

static int smaller_timeout(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* All sources at once, until all have ended or a signal comes. */
static int follow(struct audit *a, int signal_fd, struct snug_err *err)
{
	VEC(struct pollfd) fds = { 0 };
	size_t n_open = a->sources.len;
	int r = 0;

	VEC_FOREACH (source, &a->sources)
		*VEC_PUSH(&fds) =
			(struct pollfd){ .fd = snug_audit_source_fd(*source), .events = POLLIN };
	*VEC_PUSH(&fds) = (struct pollfd){ .fd = signal_fd, .events = POLLIN };
	for (;;) {
		int timeout_ms = -1;

		for (size_t i = 0; i < a->sources.len && r == 0; i++) {
			struct snug_audit_source *source = a->sources.items[i];

			if (!fds.items[i].events)
				continue; /* has ended; kept for its counts */
			r = read_source(a, source, err);
			if (r == 0) {
				timeout_ms = smaller_timeout(timeout_ms,
							     snug_audit_source_timeout_ms(source));
			} else if (r == 1) {
				fds.items[i] = (struct pollfd){ .fd = -1 };
				n_open--;
				r = 0;
			}
		}
		/* that nothing can be written is said at the end, as of all output */
		if (r < 0 || !n_open || ferror(stdout))
			break;
		(void)poll(fds.items, (nfds_t)fds.len, timeout_ms);
		if (fds.items[fds.len - 1].revents)
			break;
	}
	VEC_DONE(&fds);
	return r;
}

/* From now on the signals that end it come by @ret_fd. */
static int take_signals(int *ret_fd, struct snug_err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	*ret_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return *ret_fd < 0 ? snug_err_errno(err, "signalfd") : 0;
}

static void print_groups(struct audit *a)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	const struct snug_audit_group *const *groups;
	unsigned width = columns_row_width(stdout);
	size_t n;

	groups = snug_audit_groups_sort(a->groups, &n);
	if (n && !a->args->json)
		audit_add_heading(&text);
	for (size_t i = 0; i < n; i++) {
		if (a->args->json)
			audit_add_json(&text, groups[i]);
		else
			audit_add_rows(&text, groups[i], i ? groups[i - 1] : NULL, width);
		fputs(snug_str_text(&text), stdout);
		snug_str_clear(&text);
	}
}

/* Nothing is lost without a word. */
static void report(struct audit *a)
{
	audit_sources_report(&a->sources, "audit");
	if (a->n_gone)
		say_warn(
			"audit: %llu events are left out: their processes have ended, or have other "
			"ids here, and of which container they were cannot be told (--follow asks "
			"while they live)",
			(unsigned long long)a->n_gone);
	if (a->groups && snug_audit_groups_left_out(a->groups))
		say_warn("audit: %llu events are not in the table: there are too many different "
			 "ones; choose some with --exe, --container, --type or --since",
			 (unsigned long long)snug_audit_groups_left_out(a->groups));
}

static void say_sources(const struct audit *a)
{
	const struct snug_audit_source *last = a->sources.items[a->sources.len - 1];
	const char *doing = a->args->follow ? "Following" : "Reading";

	if (a->sources.len > 1)
		say_log("%s %s and %zu more", doing, snug_audit_source_name(last),
			a->sources.len - 1);
	else
		say_log("%s %s", doing, snug_audit_source_name(last));
	say_person("%s %s%s", doing, snug_audit_source_name(last),
		   a->args->follow ? "; ^C ends it" : "");
}

static int audit(struct audit *a, char **files, struct snug_err *err)
{
	CLEANUP(closep) int signals = -EBADF;
	const struct audit_args *args = a->args;
	int r;

	r = fill_filter(a, args, err);
	if (r < 0)
		return r;
	r = audit_sources_open(&a->sources, args->source, files, args->follow,
			       args->follow && !args->since, err);
	if (r < 0)
		return r;
	if (a->sources.is_this_host || args->local)
		a->enricher = snug_enricher_new(&(struct snug_enricher_options){ .root = "" });
	else if (a->filter.containers)
		return snug_err_set(err, -EINVAL,
				    "--container: a log does not tell containers, and a FILE may "
				    "be of another machine; --local says that it is not");
	/* not before: a pipe that nobody writes to keeps us in open(2) */
	if (args->follow) {
		r = take_signals(&signals, err);
		if (r < 0)
			return r;
	}
	say_sources(a);
	if (args->follow)
		return follow(a, signals, err);
	a->groups = snug_audit_groups_new();
	r = read_all(a, err);
	if (r == 0)
		print_groups(a);
	return r;
}

static int audit_run(void *data, char **argv)
{
	CLEANUP(audit_done) struct audit a = { .args = data };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	r = audit(&a, argv, &err);
	if (r < 0)
		say_error("audit: %s", snug_err_msg(&err));
	report(&a);
	if (r == 0 && !a.n_events && !a.n_gone && !a.args->follow)
		say_note("nothing was refused or logged%s",
			 a.sources.len ? ", as far as this log tells" : "");
	args_done(data);
	if (r == -EINVAL)
		return SNUG_EXIT_USAGE;
	return r < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_audit = {
	.name = "audit",
	.synopsis = "[FILE...]",
	.summary = "Tell who was refused or logged what: seccomp, SELinux, AppArmor",
	.details =
		"FILE is auditd's log, syslog, what dmesg or 'journalctl -o export' print; - is\n"
		"standard input. Without one: auditd's log, else the kernel's.\n",
	.options = options,
	.args_size = sizeof(struct audit_args),
	.run = audit_run,
};
