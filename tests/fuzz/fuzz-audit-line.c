/* SPDX-License-Identifier: Apache-2.0 */
/* A log of any bytes: read as lines, as records, as the journal's export; what comes out lies in
 * what went in, and can be shown. */
#include "fuzz.h"

#include "audit/groups.h"
#include "audit/record.h"
#include "audit/source.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Either in the line or in the event's own scratch. */
static void check_text(const struct snug_audit_event *ev, const struct snug_audit_text *t,
		       const char *line, size_t len)
{
	if (!t->text)
		return;
	if (t->text >= ev->scratch && t->text <= ev->scratch + sizeof(ev->scratch))
		snug_bug_on(t->len > (size_t)(ev->scratch + ev->scratch_len - t->text));
	else
		snug_bug_on(line && (t->text < line || t->len > (size_t)(line + len - t->text)));
}

static void check_event(const struct snug_audit_event *ev, const char *line, size_t len)
{
	const struct snug_audit_text *const texts[] = {
		&ev->comm,     &ev->exe,       &ev->subj,        &ev->verdict,   &ev->perms,
		&ev->scontext, &ev->tcontext,  &ev->tclass,      &ev->operation, &ev->profile,
		&ev->name,     &ev->requested, &ev->denied_mask, &ev->extra,
	};
	CLEANUP(snug_str_done) struct snug_str shown = SNUG_STR_INIT;

	snug_bug_on(ev->kind >= _SNUG_AUDIT_KIND_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_text(ev, texts[i], line, len);
	snug_bug_on(!*snug_audit_event_outcome(ev));
	snug_audit_event_add_line(&shown, ev);
	for (size_t i = 0; i < shown.len; i++)
		snug_bug_on((unsigned char)shown.buf[i] < 0x20 || shown.buf[i] == 0x7f);
}

static void as_one_line(const char *line, size_t len, struct snug_audit_event *ev)
{
	static const uint32_t types[] = { 1326, 1400, 1107, 1503 };
	bool is_total;

	if (snug_audit_record_parse(line, len, ev) == SNUG_AUDIT_EVENT)
		check_event(ev, line, len);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (snug_audit_record_parse_body(types[i], line, len, ev) == SNUG_AUDIT_EVENT)
			check_event(ev, line, len);
	(void)snug_audit_record_lost(line, len, &is_total);
}

static void as_a_file(const uint8_t *data, size_t size, struct snug_audit_event *ev)
{
	CLEANUP(snug_audit_groups_freep) struct snug_audit_groups *groups = snug_audit_groups_new();
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(closep) int fd = memfd_create("log", MFD_CLOEXEC);
	const struct snug_audit_group *const *sorted;
	uint64_t n_events = 0, n_counted = 0;
	size_t n;
	int r;

	snug_bug_on(fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET));
	snug_bug_on(snug_audit_source_open_fd(fd, "log", &s, NULL) < 0);
	while ((r = snug_audit_source_next(s, ev, NULL)) == SNUG_AUDIT_GOT) {
		check_event(ev, NULL, 0);
		snug_audit_groups_add(groups, ev, NULL);
		n_events++;
	}
	/* a file in another form is refused */
	snug_bug_on(r != SNUG_AUDIT_END && r != -EOPNOTSUPP);
	sorted = snug_audit_groups_sort(groups, &n);
	for (size_t i = 0; i < n; i++)
		n_counted += sorted[i]->count;
	snug_bug_on(n_counted + snug_audit_groups_left_out(groups) != n_events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(freep) struct snug_audit_event *ev = xmalloc(sizeof(*ev));
	/* so that reading behind it is seen */
	CLEANUP(freep) char *line = xmalloc(size ? size : 1);

	if (size)
		memcpy(line, data, size);
	as_one_line(line, size, ev);
	as_a_file(data, size, ev);
	return 0;
}
