/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/journal.h"

#include "audit/fields.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"

#include <endian.h>
#include <string.h>

bool snug_audit_journal_is(const char *text, size_t len)
{
	static const char first[] = "__CURSOR=";

	return len >= sizeof(first) - 1 && memcmp(text, first, sizeof(first) - 1) == 0;
}

void snug_audit_journal_init(struct snug_audit_journal *j)
{
	*j = (struct snug_audit_journal){ .message = xmalloc(SNUG_LIMIT_AUDIT_LINE_BYTES) };
}

void snug_audit_journal_done(struct snug_audit_journal *j)
{
	free(j->message);
	*j = (struct snug_audit_journal){ 0 };
}

static void begin_entry(struct snug_audit_journal *j)
{
	j->message_len = 0;
	j->time_us = j->source_time_us = j->serial = 0;
	j->type = 0;
	j->is_root = false;
	j->transport[0] = '\0';
}

static void keep_word(char word[SNUG_AUDIT_WORD_BYTES], const char *text, size_t len)
{
	word[0] = '\0';
	if (len >= SNUG_AUDIT_WORD_BYTES)
		return;
	memcpy(word, text, len);
	word[len] = '\0';
}

static void keep(struct snug_audit_journal *j, const char *name, size_t name_len, const char *text,
		 size_t len)
{
	struct snug_audit_text value = { text, len };
	char key[SNUG_AUDIT_WORD_BYTES];
	uint64_t v;

	keep_word(key, name, name_len);
	if (strcmp(key, "MESSAGE") == 0) {
		/* no longer than a line, or take() has refused it */
		memcpy(j->message, text, len);
		j->message_len = len;
	} else if (strcmp(key, "_TRANSPORT") == 0) {
		keep_word(j->transport, text, len);
	} else if (strcmp(key, "__REALTIME_TIMESTAMP") == 0) {
		(void)snug_audit_fields_number(&value, UINT64_MAX, &j->time_us);
	} else if (strcmp(key, "_SOURCE_REALTIME_TIMESTAMP") == 0) {
		(void)snug_audit_fields_number(&value, UINT64_MAX, &j->source_time_us);
	} else if (strcmp(key, "_AUDIT_ID") == 0) {
		(void)snug_audit_fields_number(&value, UINT64_MAX, &j->serial);
	} else if (strcmp(key, "_AUDIT_TYPE") == 0) {
		if (snug_audit_fields_number(&value, UINT32_MAX, &v))
			j->type = (uint32_t)v;
	} else if (strcmp(key, "_UID") == 0) {
		j->is_root = len == 1 && *text == '0';
	}
}

static void keep_line(struct snug_audit_journal *j, const char *line, size_t len)
{
	const char *equals = memchr(line, '=', len);

	if (equals) {
		keep(j, line, (size_t)(equals - line), equals + 1,
		     len - (size_t)(equals + 1 - line));
		return;
	}
	keep_word(j->name, line, len);
	j->state = SNUG_JOURNAL_SIZE;
}

/* The bytes of a field with a length, in steps; false: fill first. */
static bool take_binary(struct snug_audit_journal *j, struct snug_audit_lines *l)
{
	uint64_t size;
	char *bytes;

	if (j->state == SNUG_JOURNAL_SIZE) {
		if (!snug_audit_lines_take(l, sizeof(size), &bytes))
			return false;
		memcpy(&size, bytes, sizeof(size));
		j->size = le64toh(size);
		j->state = SNUG_JOURNAL_DATA;
		if (j->size > SNUG_LIMIT_AUDIT_LINE_BYTES) {
			j->n_overlong += strcmp(j->name, "MESSAGE") == 0;
			snug_audit_lines_skip(l, j->size);
			j->state = SNUG_JOURNAL_LF;
		}
	}
	if (j->state == SNUG_JOURNAL_DATA) {
		if (!snug_audit_lines_take(l, (size_t)j->size, &bytes))
			return false;
		keep(j, j->name, strlen(j->name), bytes, (size_t)j->size);
		j->state = SNUG_JOURNAL_LF;
	}
	if (!snug_audit_lines_take(l, 1, &bytes))
		return false;
	j->state = SNUG_JOURNAL_FIELD;
	return true;
}

/* "SECCOMP auid=...": journald takes the stamp away and puts the type's name in front. */
static enum snug_audit_verdict parse_audit(struct snug_audit_journal *j,
					   struct snug_audit_event *ret)
{
	const char *blank = memchr(j->message, ' ', j->message_len);
	const char *body = blank ? blank + 1 : j->message + j->message_len;
	enum snug_audit_verdict verdict;

	verdict = snug_audit_record_parse_body(j->type, body,
					       (size_t)(j->message + j->message_len - body), ret);
	if (verdict == SNUG_AUDIT_EVENT) {
		ret->serial = j->serial;
		ret->time_us = j->source_time_us ? j->source_time_us : j->time_us;
	}
	return verdict;
}

/* Whether the event has come the other way already. */
static bool is_second(struct snug_audit_journal *j, const struct snug_audit_event *ev,
		      bool is_printed)
{
	const uint64_t key[2] = { ev->time_us, ev->serial };

	return ev->serial && snug_audit_pairs_is_second(&j->pairs, key, is_printed);
}

static enum snug_audit_verdict end_entry(struct snug_audit_journal *j, struct snug_audit_event *ret)
{
	bool is_audit = strcmp(j->transport, "audit") == 0;
	bool is_kernel = strcmp(j->transport, "kernel") == 0;
	bool is_own = strcmp(j->transport, "driver") == 0; /* journald's */
	enum snug_audit_verdict verdict = SNUG_AUDIT_OTHER;

	if (!j->message_len)
		return verdict;
	if (is_audit)
		verdict = parse_audit(j, ret);
	else if (is_kernel || j->is_root)
		verdict = snug_audit_record_parse(j->message, j->message_len, ret);
	if (verdict == SNUG_AUDIT_EVENT && (is_audit || is_kernel) && is_second(j, ret, is_kernel))
		verdict = SNUG_AUDIT_OTHER;
	else if (verdict == SNUG_AUDIT_OTHER && (is_kernel || is_own))
		j->other_len = j->message_len;
	return verdict;
}

bool snug_audit_journal_next(struct snug_audit_journal *j, struct snug_audit_lines *l,
			     enum snug_audit_verdict *ret_verdict, struct snug_audit_event *ret)
{
	size_t len;
	char *line;

	j->other = j->message;
	j->other_len = 0;
	for (;;) {
		if (j->state != SNUG_JOURNAL_FIELD) {
			if (!take_binary(j, l))
				return false;
			continue;
		}
		if (!snug_audit_lines_next(l, &line, &len))
			return false;
		if (!len)
			break;
		keep_line(j, line, len);
	}
	*ret_verdict = end_entry(j, ret);
	/* the event borrows from the message, which the next entry overwrites */
	begin_entry(j);
	return true;
}
