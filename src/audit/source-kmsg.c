/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /dev/kmsg gives one record a read(2): "PRIORITY,SEQUENCE,TIME,FLAGS;TEXT\n KEY=VALUE\n..."
 * (Documentation/ABI/testing/dev-kmsg in the kernel).  Bytes that do not print, and backslashes,
 * are written \xNN.  A gap in the sequence is records that were overwritten.  Processes may write
 * there too; what they write never has the facility of the kernel.
 */
#include "audit/fields.h"
#include "audit/source-internal.h"
#include "base/err.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_BYTES = 16 << 10, FACILITY_SHIFT = 3, ESCAPE_LEN = 4 };

struct kmsg_source {
	struct snug_audit_source base;
	int fd;
	bool follows;
	bool has_seq;
	uint64_t next_seq;
	char *record; /* owned */
};

/* Undoes the escapes in place; the new length. */
static size_t unescape(char *text, size_t len)
{
	char *in = memchr(text, '\\', len), *out = in, *end = text + len;
	uint64_t byte;

	while (in && in < end) {
		struct snug_audit_text digits = { in + 2, 2 };

		if (*in == '\\' && end - in >= ESCAPE_LEN && in[1] == 'x' &&
		    snug_audit_fields_hex(&digits, UINT8_MAX, &byte)) {
			*out++ = (char)byte;
			in += ESCAPE_LEN;
		} else {
			*out++ = *in++;
		}
	}
	return out ? (size_t)(out - text) : len;
}

static void note_overwritten(struct kmsg_source *s, uint64_t n)
{
	s->base.counts.lost += n;
	s->base.counts.is_lost_bound = true;
}

static bool take_record(struct kmsg_source *s, char *record, size_t len,
			struct snug_audit_event *ret_ev)
{
	char *end = record + len, *text = memchr(record, ';', len), *line_end;
	const char *p = record;
	uint64_t priority, seq;
	size_t n;

	if (!text || !snug_audit_fields_take(&p, text, ',', UINT64_MAX, &priority) ||
	    !snug_audit_fields_take(&p, text, ',', UINT64_MAX, &seq))
		return false;
	if (s->has_seq && seq > s->next_seq)
		note_overwritten(s, seq - s->next_seq);
	s->has_seq = true;
	s->next_seq = seq + 1;
	if (priority >> FACILITY_SHIFT)
		return false;
	text++;
	line_end = memchr(text, '\n', (size_t)(end - text));
	n = unescape(text, (size_t)((line_end ? line_end : end) - text));
	snug_audit_source_note_lost(&s->base, text, n);
	return snug_audit_source_judge(&s->base, snug_audit_record_parse(text, n, ret_ev));
}

static int next(struct snug_audit_source *base, struct snug_audit_event *ret_ev,
		struct snug_err *err)
{
	struct kmsg_source *s = (struct kmsg_source *)base;

	base->timeout_ms = -1;
	/* others want a turn, too */
	for (unsigned i = 0; i < SNUG_AUDIT_RECORDS_A_TURN; i++) {
		ssize_t n = read(s->fd, s->record, RECORD_BYTES);

		if (n < 0 && errno == EAGAIN)
			return s->follows ? SNUG_AUDIT_WAIT : SNUG_AUDIT_END;
		/* EPIPE: records were overwritten; the next one tells how many */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n < 0)
			return snug_err_errno(err, "%s", base->name);
		if (n == 0)
			return SNUG_AUDIT_END;
		if (take_record(s, s->record, (size_t)n, ret_ev))
			return SNUG_AUDIT_GOT;
	}
	base->timeout_ms = 0; /* that may have been the last one */
	return SNUG_AUDIT_WAIT;
}

static void done(struct snug_audit_source *base)
{
	struct kmsg_source *s = (struct kmsg_source *)base;

	closep(&s->fd);
	free(s->record);
}

static const struct snug_audit_source_ops ops = { next, NULL, done };

int snug_audit_source_open_kmsg(unsigned flags, struct snug_audit_source **ret,
				struct snug_err *err)
{
	static const char path[] = "/dev/kmsg";
	CLEANUP(closep) int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct kmsg_source *s;

	if (fd < 0)
		return snug_err_errno(err, "%s", path);
	if (flags & SNUG_AUDIT_FROM_NOW && lseek(fd, 0, SEEK_END) < 0)
		return snug_err_errno(err, "%s", path);
	s = xcalloc(1, sizeof(*s));
	s->base = (struct snug_audit_source){
		.ops = &ops, .name = xstrdup(path), .poll_fd = fd, .timeout_ms = -1
	};
	s->record = xmalloc(RECORD_BYTES);
	s->follows = flags & SNUG_AUDIT_FOLLOW;
	s->base.is_from_now = flags & SNUG_AUDIT_FROM_NOW;
	s->fd = snug_steal_fd(&fd);
	*ret = &s->base;
	return 0;
}
