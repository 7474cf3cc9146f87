/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/audit-sources.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "cmd/say.h"
#include "trace/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ROTATED = 99, MAX_FILES = 256 };

#define AUDIT_FOLDER "/var/log/audit"
#define AUDIT_LOG    "audit.log"

static const char audit_log[] = AUDIT_FOLDER "/" AUDIT_LOG;
/* what syslog daemons call the file that has the kernel's messages */
static const char *const system_logs[] = { "/var/log/syslog", "/var/log/kern.log",
					   "/var/log/messages" };

void audit_sources_done(struct audit_sources *s)
{
	VEC_FOREACH (item, s)
		snug_audit_source_free(*item);
	VEC_DONE(s);
}

static int add_file(struct audit_sources *s, const char *path, unsigned flags, struct snug_err *err)
{
	struct snug_audit_source *source;
	int r = snug_audit_source_open_file(path, flags, &source, err);

	if (r == 0)
		*VEC_PUSH(s) = source;
	return r;
}

static bool is_left_out(const char *name)
{
	const char *rest = name + strlen(AUDIT_LOG);
	uint64_t n;

	if (!snug_str_has_prefix(name, AUDIT_LOG) || !*rest)
		return false;
	return *rest != '.' || snug_parse_u64(rest + 1, MAX_ROTATED, &n) < 0 || n == 0;
}

/* auditd numbers its old logs; others (logrotate) compress them, or name them after days. */
static void note_left_out(void)
{
	CLEANUP(snug_str_done) struct snug_str first = SNUG_STR_INIT;
	DIR *folder = opendir(AUDIT_FOLDER);
	const struct dirent *entry;
	size_t n = 0;

	while (folder && (entry = readdir(folder)))
		if (is_left_out(entry->d_name) && ++n == 1)
			snug_str_add_printable(&first, entry->d_name, strlen(entry->d_name), 64);
	if (folder)
		closedir(folder);
	if (n)
		say_warn("audit: left out: %s%s in " AUDIT_FOLDER
			 ": not named as auditd does it; name "
			 "them as FILEs, decompressed",
			 snug_str_text(&first), n > 1 ? " and others" : "");
}

/* auditd's log, the rotated ones first. */
static int add_audit_log(struct audit_sources *s, unsigned flags, struct snug_err *err)
{
	int r;

	/* who may not look into the folder would hear of old logs that are not there */
	if (faccessat(AT_FDCWD, audit_log, R_OK, AT_EACCESS) < 0)
		return snug_err_errno(err, "%s", audit_log);
	for (unsigned n = MAX_ROTATED; n >= 1 && !(flags & SNUG_AUDIT_FROM_NOW); n--) {
		CLEANUP(freep) char *path = xasprintf("%s.%u", audit_log, n);

		r = add_file(s, path, 0, NULL);
		if (r < 0 && r != -ENOENT)
			return snug_err_set(err, r, "%s: %s", path, strerror(-r));
	}
	r = add_file(s, audit_log, flags, err);
	if (r == 0 && !(flags & SNUG_AUDIT_FROM_NOW))
		note_left_out();
	return r;
}

static int add_kernel_log(struct audit_sources *s, unsigned flags, struct snug_err *err)
{
	struct snug_audit_source *source;
	int r;

	if (snug_probe_is_disabled("kmsg"))
		return snug_err_set(err, -EPERM, "/dev/kmsg: switched off");
	r = snug_audit_source_open_kmsg(flags, &source, err);
	if (r == 0)
		*VEC_PUSH(s) = source;
	return r;
}

static int add_netlink(struct audit_sources *s, struct snug_err *err)
{
	struct snug_audit_source *source;
	int r;

	if (snug_probe_is_disabled("audit-netlink"))
		return snug_err_set(err, -EPERM, "audit netlink group: switched off");
	r = snug_audit_source_open_netlink(&source, err);
	if (r == 0)
		*VEC_PUSH(s) = source;
	return r;
}

/* What the kernel and syslog have kept. */
static int add_other(struct audit_sources *s, unsigned flags)
{
	if (add_kernel_log(s, flags, NULL) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(system_logs); i++)
		if (!snug_probe_is_disabled("system-log") &&
		    add_file(s, system_logs[i], flags, NULL) == 0)
			return 0;
	return -ENOENT;
}

/* What happened: auditd's log, because nothing in it was overwritten; without it, what the kernel
 * and syslog have kept. */
static int add_best(struct audit_sources *s, unsigned flags, bool follow, struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err why = SNUG_ERR_INIT;

	if (follow && flags & SNUG_AUDIT_FROM_NOW && add_netlink(s, NULL) == 0)
		return 0;
	if (snug_probe_is_disabled("audit-log"))
		(void)snug_err_set(&why, -ENOENT, "%s: switched off", audit_log);
	else if (add_audit_log(s, flags, &why) == 0)
		return 0;
	audit_sources_done(s);
	if (add_other(s, flags) == 0) {
		if (why.code != -ENOENT)
			say_warn("audit: %s; reading another log", snug_err_msg(&why));
		return 0;
	}
	return snug_err_set(err, -EACCES,
			    "can read none of %s, /dev/kmsg and %s: run it as root, name a FILE, "
			    "or: journalctl -o export | snug audit - ('snug doctor' shows what "
			    "this host offers)",
			    audit_log, system_logs[0]);
}

static int add_named(struct audit_sources *s, char *const *files, unsigned flags,
		     struct snug_err *err)
{
	size_t n = 0;

	for (; files[n]; n++) {
		struct snug_audit_source *source;
		int r;

		if (n == MAX_FILES)
			return snug_err_set(err, -E2BIG, "over %d files", MAX_FILES);
		if (strcmp(files[n], "-") != 0) {
			r = add_file(s, files[n], flags, err);
		} else {
			r = snug_audit_source_open_fd(STDIN_FILENO, "<stdin>", &source, err);
			if (r == 0)
				*VEC_PUSH(s) = source;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int audit_sources_open(struct audit_sources *s, const char *name, char *const *files, bool follow,
		       bool from_now, struct snug_err *err)
{
	unsigned flags = (follow ? SNUG_AUDIT_FOLLOW : 0u) | (from_now ? SNUG_AUDIT_FROM_NOW : 0u);

	if (name && files[0])
		return snug_err_set(err, -EINVAL, "--source and FILEs exclude each other");
	s->is_this_host = !files[0];
	if (files[0])
		return add_named(s, files, flags, err);
	if (!name)
		return add_best(s, flags, follow, err);
	if (strcmp(name, "audit-log") == 0)
		return add_audit_log(s, flags, err);
	if (strcmp(name, "kernel-log") == 0)
		return add_kernel_log(s, flags, err);
	if (strcmp(name, "netlink") != 0)
		return snug_err_set(err, -EINVAL,
				    "--source: '%s' is none of audit-log, netlink, kernel-log",
				    name);
	if (!follow)
		return snug_err_set(err, -EINVAL,
				    "--source netlink tells what happens from now on: it needs "
				    "--follow");
	return add_netlink(s, err);
}

struct reporter {
	const char *verb, *name;
};

static void warn_count(const struct reporter *r, uint64_t n, const char *what)
{
	if (n)
		say_warn("%s: %s: %" PRIu64 " %s", r->verb, r->name, n, what);
}

void audit_sources_report(struct audit_sources *s, const char *verb)
{
	VEC_FOREACH (source, s) {
		struct snug_audit_counts c = snug_audit_source_counts(*source);
		const struct reporter r = { verb, snug_audit_source_name(*source) };

		warn_count(&r, c.lost,
			   c.is_lost_bound
				   ? "records of all kinds were lost before they could be read"
				   : "events were lost before they could be read");
		warn_count(&r, c.damaged, "events are cut or garbled and not counted");
		warn_count(&r, c.in_words,
			   "events are not counted: ausearch has put words for their numbers; "
			   "'ausearch --raw' gives what can be read");
		warn_count(&r, c.overlong, "lines are too long to be records; left out");
		warn_count(&r, c.gaps,
			   "times the log was truncated; lines may be missing from before that");
	}
}
