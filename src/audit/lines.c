/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/lines.h"

#include "audit/event.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 256 << 10 };

void snug_audit_lines_init(struct snug_audit_lines *l)
{
	*l = (struct snug_audit_lines){ .buf = xmalloc(BUFFER_BYTES) };
}

void snug_audit_lines_done(struct snug_audit_lines *l)
{
	free(l->buf);
	*l = (struct snug_audit_lines){ 0 };
}

/* Bytes that snug_audit_lines_skip() was told of before they came. */
static void drop_unwanted(struct snug_audit_lines *l)
{
	size_t have = l->end - l->start, n = l->to_skip < have ? l->to_skip : have;

	l->start += n;
	l->to_skip -= n;
	if (n)
		l->searched = 0;
}

ssize_t snug_audit_lines_fill(struct snug_audit_lines *l, int fd)
{
	ssize_t n;

	if (l->start) {
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	/* next() and take() leave less than a line's limit */
	snug_bug_on(l->end == BUFFER_BYTES);
	do
		n = read(fd, l->buf + l->end, BUFFER_BYTES - l->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	l->end += (size_t)n;
	drop_unwanted(l);
	return n;
}

/* Gives up what is there of a line that is too long. */
static void begin_skipping(struct snug_audit_lines *l)
{
	l->n_overlong += !l->is_skipping;
	l->is_skipping = true;
	l->start = l->end;
	l->searched = 0;
}

bool snug_audit_lines_next(struct snug_audit_lines *l, char **ret, size_t *ret_len)
{
	for (;;) {
		char *from = l->buf + l->start, *end;
		size_t have = l->end - l->start, len;

		end = memchr(from + l->searched, '\n', have - l->searched);
		if (!end) {
			l->searched = have;
			if (have > SNUG_LIMIT_AUDIT_LINE_BYTES || l->is_skipping)
				begin_skipping(l);
			return false;
		}
		len = (size_t)(end - from);
		l->start += len + 1;
		l->searched = 0;
		if (l->is_skipping) {
			l->is_skipping = false;
			continue;
		}
		if (len > SNUG_LIMIT_AUDIT_LINE_BYTES) {
			l->n_overlong++;
			continue;
		}
		*ret = from;
		*ret_len = len;
		return true;
	}
}

void snug_audit_lines_unread(struct snug_audit_lines *l, size_t n)
{
	snug_bug_on(n > l->start);
	l->start -= n;
	l->searched = 0;
}

bool snug_audit_lines_rest(struct snug_audit_lines *l, char **ret, size_t *ret_len)
{
	bool is_wanted = !l->is_skipping && l->end > l->start;

	*ret = l->buf + l->start;
	*ret_len = l->end - l->start;
	l->start = l->end = l->searched = l->to_skip = 0;
	l->is_skipping = false;
	return is_wanted;
}

bool snug_audit_lines_take(struct snug_audit_lines *l, size_t n, char **ret)
{
	snug_bug_on(n > SNUG_LIMIT_AUDIT_LINE_BYTES);
	if (l->end - l->start < n)
		return false;
	*ret = l->buf + l->start;
	l->start += n;
	l->searched = 0;
	return true;
}

void snug_audit_lines_skip(struct snug_audit_lines *l, uint64_t n)
{
	l->to_skip = n;
	drop_unwanted(l);
}

const char *snug_audit_lines_peek(const struct snug_audit_lines *l, size_t *ret_len)
{
	*ret_len = l->end - l->start;
	return l->buf + l->start;
}
