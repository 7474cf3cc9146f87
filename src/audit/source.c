/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/source.h"

#include "audit/source-internal.h"
#include "base/err.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

bool snug_audit_source_judge(struct snug_audit_source *s, enum snug_audit_verdict verdict)
{
	s->counts.damaged += verdict == SNUG_AUDIT_DAMAGED;
	s->counts.in_words += verdict == SNUG_AUDIT_WORDS;
	return verdict == SNUG_AUDIT_EVENT;
}

void snug_audit_source_note_lost(struct snug_audit_source *s, const char *line, size_t len)
{
	bool is_total;
	uint64_t n = snug_audit_record_lost(line, len, &is_total), total = n;

	if (!n)
		return;
	if (is_total && s->last_lost_total && total >= s->last_lost_total)
		n = total - s->last_lost_total;
	else if (is_total && !s->last_lost_total && s->is_from_now)
		n = 1; /* at least, or there would be no line */
	if (is_total)
		s->last_lost_total = total;
	s->counts.lost += n;
	s->counts.is_lost_bound = true;
}

const char *snug_audit_source_name(const struct snug_audit_source *s)
{
	return s->name;
}

int snug_audit_source_fd(const struct snug_audit_source *s)
{
	return s->poll_fd;
}

int snug_audit_source_timeout_ms(const struct snug_audit_source *s)
{
	return s->timeout_ms;
}

int snug_audit_source_next(struct snug_audit_source *s, struct snug_audit_event *ret_ev,
			   struct snug_err *err)
{
	return s->ops->next(s, ret_ev, err);
}

struct snug_audit_counts snug_audit_source_counts(struct snug_audit_source *s)
{
	if (s->ops->update_counts)
		s->ops->update_counts(s);
	return s->counts;
}

struct snug_audit_source *snug_audit_source_free(struct snug_audit_source *s)
{
	if (s) {
		s->ops->done(s);
		free(s->name);
		free(s);
	}
	return NULL;
}

int snug_audit_source_open_live(struct snug_audit_source **ret, struct snug_err *err)
{
	static const char *const files[] = { "/var/log/audit/audit.log", "/var/log/syslog",
					     "/var/log/kern.log", "/var/log/messages" };
	unsigned flags = SNUG_AUDIT_FOLLOW | SNUG_AUDIT_FROM_NOW;

	if (snug_audit_source_open_netlink(ret, NULL) == 0 ||
	    snug_audit_source_open_kmsg(flags, ret, NULL) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (snug_audit_source_open_file(files[i], flags, ret, NULL) == 0)
			return 0;
	return snug_err_set(
		err, -EPERM,
		"cannot read the audit netlink group (needs CAP_AUDIT_READ), /dev/kmsg "
		"(CAP_SYSLOG, or sysctl kernel.dmesg_restrict=0), %s, nor syslog's files ('snug doctor' "
		"shows what this host offers)",
		files[0]);
}
