/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and pipes.  A log that is followed is rotated sooner or later, and not a line may be lost:
 *
 *  - renamed, and a new one made: writers go on in the old one until they are told, so it is read
 *    until the new one has content, and then once more to its end;
 *  - rotated twice while nobody looked: the file is found as PATH.2, and PATH.1 is read before
 *    PATH;
 *  - truncated (copytruncate): reading goes on at the start.  What was written between the last
 *    look and the truncation is gone, and nobody can tell how much.
 */
#include "audit/foreign.h"
#include "audit/journal.h"
#include "audit/lines.h"
#include "audit/pairs.h"
#include "audit/source-internal.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	FILLS_A_TURN = 64,
	MAX_ROTATED = 99, /* PATH.99 */
	MAX_RECORDS = 16, /* of an event, in which its executable is looked for */
	HOLD_MS = 200,    /* how long these may take to come */
	NO_INOTIFY_MS = 250,
	/* also with inotify(7): it is silent on writers elsewhere (NFS, a host's folder), and
	 * watches the folder of a link, not that of the file */
	LOOK_AGAIN_MS = 1000,
};

enum format { UNKNOWN, LINES, JOURNAL, FOREIGN };

struct file_source {
	struct snug_audit_source base;
	int fd;
	bool owns_fd, is_pipe, follows;
	bool is_leaving; /* the successor has content: this time the end is the end */
	bool is_at_end;  /* of a file that is not followed */
	bool is_held;    /* an event waits for what is behind it */
	bool is_dry;     /* nothing is behind it, or it does not come */
	uint64_t due_us; /* when to give it up, monotonic; 0: it has not waited yet */
	char *path;      /* owned; of the file that is followed */
	int inotify_fd, file_watch, next_watch;
	enum format format;
	const struct snug_audit_foreign *foreign; /* why the format is FOREIGN */
	struct snug_audit_lines lines;
	struct snug_audit_journal journal;
	struct snug_audit_pairs pairs; /* of lines as journalctl(1) prints them for people */
};

static void find_format(struct file_source *s, bool is_end)
{
	enum { ENOUGH = 16 };
	const char *text;
	size_t len;

	text = snug_audit_lines_peek(&s->lines, &len);
	if (!s->base.is_from_now) /* which begins anywhere */
		s->foreign = snug_audit_foreign_find(text, len);
	if (s->foreign) {
		s->format = FOREIGN;
	} else if (snug_audit_journal_is(text, len)) {
		snug_audit_journal_init(&s->journal);
		s->format = JOURNAL;
	} else if (len >= ENOUGH || is_end || memchr(text, '\n', len)) {
		s->format = LINES;
	}
}

/* Whether journald's text has the event a second time.  What it got from the audit subsystem has no
 * stamp there. */
static bool is_second(struct file_source *s, const char *line, size_t len,
		      const struct snug_audit_event *ev)
{
	static const char auditd[] = "type=";
	bool is_printed = ev->time_us || ev->serial;
	uint64_t key[2];

	if (len >= sizeof(auditd) - 1 && memcmp(line, auditd, sizeof(auditd) - 1) == 0)
		return false;
	snug_audit_pairs_key(ev, key);
	return snug_audit_pairs_is_second(&s->pairs, key, is_printed);
}

/* Looks for the executable in the records behind the event's own; false: they have not been read
 * yet.
 */
static bool find_program(struct file_source *s, struct snug_audit_event *ev)
{
	const char *text, *eol;
	size_t len;

	if (ev->kind == SNUG_AUDIT_SECCOMP || ev->exe.text || !ev->serial)
		return true;
	text = snug_audit_lines_peek(&s->lines, &len);
	/* the event's records are few; there has to be room for what is read next */
	for (unsigned i = 0; i < MAX_RECORDS && !ev->exe.text; i++) {
		eol = len ? memchr(text, '\n', len) : NULL;
		if (!eol)
			return s->is_dry || len >= SNUG_LIMIT_AUDIT_LINE_BYTES;
		if (!snug_audit_record_continue(text, (size_t)(eol - text), ev))
			return true;
		len -= (size_t)(eol + 1 - text);
		text = eol + 1;
	}
	return true;
}

static bool judge_line(struct file_source *s, const char *line, size_t len,
		       struct snug_audit_event *ret_ev)
{
	enum snug_audit_verdict verdict = snug_audit_record_parse(line, len, ret_ev);

	if (verdict == SNUG_AUDIT_EVENT && !find_program(s, ret_ev)) {
		snug_audit_lines_unread(&s->lines, len + 1);
		s->is_held = true;
		return false;
	}
	s->is_held = s->is_dry = false;
	s->due_us = 0;
	if (verdict == SNUG_AUDIT_EVENT && is_second(s, line, len, ret_ev))
		return false;
	if (verdict == SNUG_AUDIT_OTHER)
		snug_audit_source_note_lost(&s->base, line, len);
	return snug_audit_source_judge(&s->base, verdict);
}

/* The next event of what has been read. */
static bool take(struct file_source *s, struct snug_audit_event *ret_ev)
{
	enum snug_audit_verdict verdict;
	size_t len;
	char *line;

	if (s->format == UNKNOWN)
		find_format(s, false);
	while (s->format == LINES && snug_audit_lines_next(&s->lines, &line, &len))
		if (judge_line(s, line, len, ret_ev) || s->is_held)
			return !s->is_held;
	while (s->format == JOURNAL &&
	       snug_audit_journal_next(&s->journal, &s->lines, &verdict, ret_ev)) {
		snug_audit_source_note_lost(&s->base, s->journal.other, s->journal.other_len);
		if (snug_audit_source_judge(&s->base, verdict))
			return true;
	}
	return false;
}

/* A last line without an end. */
static bool take_rest(struct file_source *s, struct snug_audit_event *ret_ev)
{
	size_t len;
	char *line;
	bool is_got;

	if (s->format == UNKNOWN)
		find_format(s, true);
	s->is_dry = true;
	is_got = snug_audit_lines_rest(&s->lines, &line, &len) && s->format == LINES &&
		 judge_line(s, line, len, ret_ev);
	s->is_dry = false; /* a successor may follow */
	return is_got;
}

/* Opens PATH, or a younger one of the rotated if the current one has gone further than PATH.1. */
static int open_successor(const struct file_source *s, const struct stat *current)
{
	for (unsigned n = 2; n <= MAX_ROTATED; n++) {
		CLEANUP(freep) char *name = xasprintf("%s.%u", s->path, n);
		CLEANUP(freep) char *younger = xasprintf("%s.%u", s->path, n - 1);
		struct stat st;

		if (stat(name, &st) == 0 && snug_is_same_file(&st, current))
			return open(younger, O_RDONLY | O_CLOEXEC);
	}
	return open(s->path, O_RDONLY | O_CLOEXEC);
}

/* Of what PATH is now; the watch of what it was stays until that has been read. */
static void watch_path(struct file_source *s)
{
	if (s->inotify_fd >= 0)
		s->next_watch = inotify_add_watch(s->inotify_fd, s->path, IN_MODIFY | IN_ATTRIB);
}

static void unwatch_old(struct file_source *s)
{
	if (s->inotify_fd >= 0 && s->file_watch >= 0 && s->file_watch != s->next_watch)
		(void)inotify_rm_watch(s->inotify_fd, s->file_watch);
	s->file_watch = s->next_watch;
}

/* The file has been truncated. */
static bool begin_again(struct file_source *s)
{
	size_t len;
	char *line;

	s->base.counts.gaps++;
	(void)snug_audit_lines_rest(&s->lines, &line, &len); /* its end is gone */
	return lseek(s->fd, 0, SEEK_SET) == 0;
}

/* At the end of a file that is followed: whether there is more to read, here or in its
 * successor. */
static bool go_on(struct file_source *s)
{
	struct stat current, now;
	int fd;

	if (fstat(s->fd, &current) < 0)
		return false;
	if (lseek(s->fd, 0, SEEK_CUR) > current.st_size)
		return begin_again(s);
	if (!s->is_leaving) {
		if (stat(s->path, &now) < 0 || snug_is_same_file(&now, &current))
			return false;
		/* before its size is asked for, so that nothing comes in between */
		watch_path(s);
		if (stat(s->path, &now) < 0 || now.st_size == 0)
			return false;
		s->is_leaving = true;
		return true;
	}
	fd = open_successor(s, &current);
	if (fd < 0)
		return false;
	close(s->fd);
	s->fd = fd;
	s->is_leaving = false;
	unwatch_old(s);
	return true;
}

static void drain(int inotify_fd)
{
	char events[4096];

	while (inotify_fd >= 0 && read(inotify_fd, events, sizeof(events)) > 0)
		;
}

/* A pipe belongs to somebody else and may not be made non-blocking. */
static bool is_readable(const struct file_source *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	return !s->is_pipe || poll(&p, 1, 0) > 0;
}

static int at_end(struct file_source *s, struct snug_audit_event *ret_ev)
{
	bool leaving = s->is_leaving;

	if (!s->follows) {
		s->is_at_end = true;
		return take_rest(s, ret_ev) ? SNUG_AUDIT_GOT : SNUG_AUDIT_END;
	}
	if (!go_on(s))
		return SNUG_AUDIT_WAIT;
	/* the successor does not go on with a line of this one */
	if (leaving && take_rest(s, ret_ev))
		return SNUG_AUDIT_GOT;
	return -EAGAIN;
}

static int refuse_foreign(const struct file_source *s, struct snug_err *err)
{
	return snug_err_set(err, -EOPNOTSUPP,
			    "%s: is %s: %s gives what can be read (- is standard input)",
			    s->base.name, s->foreign->what, s->foreign->way);
}

/* How long what is behind a held event may still take to come.  Who asks again may have been woken
 * by something else. */
static int time_to_wait(struct file_source *s)
{
	enum { US_PER_MS = 1000 };
	uint64_t now = snug_clock_us(CLOCK_MONOTONIC);

	if (!s->due_us)
		s->due_us = now + HOLD_MS * US_PER_MS;
	return now < s->due_us ? (int)((s->due_us - now + US_PER_MS - 1) / US_PER_MS) : 0;
}

static int next(struct snug_audit_source *base, struct snug_audit_event *ret_ev,
		struct snug_err *err)
{
	struct file_source *s = (struct file_source *)base;
	int idle_ms = !s->follows ? -1 : s->inotify_fd < 0 ? NO_INOTIFY_MS : LOOK_AGAIN_MS;

	if (s->is_at_end)
		return SNUG_AUDIT_END;
	base->timeout_ms = idle_ms;
	drain(s->inotify_fd);
	for (unsigned i = 0; i < FILLS_A_TURN; i++) {
		ssize_t n;
		int r;

		if (take(s, ret_ev))
			return SNUG_AUDIT_GOT;
		if (s->format == FOREIGN)
			return refuse_foreign(s, err);
		n = is_readable(s) ? snug_audit_lines_fill(&s->lines, s->fd) : -EAGAIN;
		if (s->is_held && (n == 0 || n == -EAGAIN)) {
			int wait_ms = n < 0 || s->follows ? time_to_wait(s) : 0;

			s->is_dry = !wait_ms;
			if (s->is_dry)
				continue;
			base->timeout_ms = wait_ms;
			return SNUG_AUDIT_WAIT;
		}
		if (n == -EAGAIN)
			return SNUG_AUDIT_WAIT;
		if (n < 0)
			return snug_err_set(err, (int)n, "%s: %s", base->name, strerror((int)-n));
		if (n > 0)
			continue;
		r = at_end(s, ret_ev);
		if (s->format == FOREIGN)
			return refuse_foreign(s, err);
		if (r != -EAGAIN)
			return r;
	}
	base->timeout_ms = 0;
	return SNUG_AUDIT_WAIT;
}

static void update_counts(struct snug_audit_source *base)
{
	const struct file_source *s = (const struct file_source *)base;

	base->counts.overlong = s->lines.n_overlong + s->journal.n_overlong;
}

static void done(struct snug_audit_source *base)
{
	struct file_source *s = (struct file_source *)base;

	if (s->owns_fd)
		closep(&s->fd);
	closep(&s->inotify_fd);
	snug_audit_lines_done(&s->lines);
	snug_audit_journal_done(&s->journal);
	free(s->path);
}

static const struct snug_audit_source_ops ops = { next, update_counts, done };

static struct file_source *new_source(int fd, const char *name, bool is_pipe)
{
	struct file_source *s = xcalloc(1, sizeof(*s));

	s->base = (struct snug_audit_source){
		.ops = &ops, .name = xstrdup(name), .poll_fd = fd, .timeout_ms = -1
	};
	s->fd = fd;
	s->is_pipe = is_pipe;
	s->inotify_fd = s->file_watch = s->next_watch = -EBADF;
	snug_audit_lines_init(&s->lines);
	return s;
}

/* Of its folder, too: that is where rotation is seen. */
static void start_watching(struct file_source *s)
{
	const char *slash = strrchr(s->path, '/');
	CLEANUP(freep) char *folder = NULL;

	folder = slash ? xstrndup(s->path, slash == s->path ? 1 : (size_t)(slash - s->path))
		       : xstrdup(".");
	s->base.poll_fd = s->inotify_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->inotify_fd >= 0 &&
	    inotify_add_watch(s->inotify_fd, folder, IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM) < 0)
		closep(&s->inotify_fd);
	watch_path(s);
	unwatch_old(s);
	if (s->file_watch < 0)
		closep(&s->inotify_fd);
	s->base.poll_fd = s->inotify_fd;
}

int snug_audit_source_open_file(const char *path, unsigned flags, struct snug_audit_source **ret,
				struct snug_err *err)
{
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct file_source *s;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return snug_err_errno(err, "%s", path);
	if (S_ISDIR(st.st_mode))
		return snug_err_set(err, -EISDIR, "%s: is a directory", path);
	if (flags & SNUG_AUDIT_FROM_NOW && S_ISREG(st.st_mode) && lseek(fd, 0, SEEK_END) < 0)
		return snug_err_errno(err, "%s", path);
	s = new_source(fd, path, !S_ISREG(st.st_mode));
	(void)snug_steal_fd(&fd);
	s->owns_fd = true;
	s->base.is_from_now = flags & SNUG_AUDIT_FROM_NOW;
	if (flags & SNUG_AUDIT_FOLLOW && S_ISREG(st.st_mode)) {
		s->follows = true;
		s->path = xstrdup(path);
		start_watching(s);
	}
	*ret = &s->base;
	return 0;
}

int snug_audit_source_open_fd(int fd, const char *name, struct snug_audit_source **ret,
			      struct snug_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return snug_err_errno(err, "%s", name);
	if (S_ISDIR(st.st_mode))
		return snug_err_set(err, -EISDIR, "%s: is a directory", name);
	*ret = &new_source(fd, name, !S_ISREG(st.st_mode))->base;
	return 0;
}
