/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cases/audit/lines.txt, and what holds for any line. */
#include "audit/record.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CASES "tests/cases/audit/lines.txt"

static void add_text(struct snug_str *out, const struct snug_audit_text *t)
{
	if (t->text)
		snug_str_add_printable(out, t->text, t->len, t->len);
	else
		snug_str_addc(out, '-');
}

/* As the cases have it. */
static void describe(struct snug_str *out, const struct snug_audit_event *ev)
{
	snug_str_addf(out,
		      "%llu.%06llu:%llu pid=%u uid=", (unsigned long long)(ev->time_us / 1000000),
		      (unsigned long long)(ev->time_us % 1000000), (unsigned long long)ev->serial,
		      ev->pid);
	if (ev->uid == SNUG_AUDIT_UNSET)
		snug_str_addc(out, '-');
	else
		snug_str_addf(out, "%u", ev->uid);
	snug_str_add(out, " comm=");
	add_text(out, &ev->comm);
	snug_str_add(out, " exe=");
	add_text(out, &ev->exe);
	snug_str_addf(out, " %s ", snug_audit_event_outcome(ev));
	snug_audit_event_add_line(out, ev);
}

static void unescape(struct snug_str *out, const char *p, size_t len)
{
	unsigned byte;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\\' && p[i + 1] == 'x' && sscanf(p + i + 2, "%2x", &byte) == 1) {
			snug_str_addc(out, (char)byte);
			i += 3;
		} else if (p[i] == '\\') {
			snug_str_addc(out, p[++i]);
		} else {
			snug_str_addc(out, p[i]);
		}
	}
}

static bool check(const char *title, const struct snug_str *line, const char *expected)
{
	CLEANUP(freep) struct snug_audit_event *ev = xmalloc(sizeof(*ev));
	CLEANUP(snug_str_done) struct snug_str got = SNUG_STR_INIT;
	/* so that reading behind the end is seen by ASan */
	CLEANUP(freep) char *exact = xmalloc(line->len ? line->len : 1);

	if (line->len)
		memcpy(exact, line->buf, line->len);
	switch (snug_audit_record_parse(exact, line->len, ev)) {
	case SNUG_AUDIT_OTHER:
		snug_str_add(&got, "other");
		break;
	case SNUG_AUDIT_DAMAGED:
		snug_str_add(&got, "damaged");
		break;
	case SNUG_AUDIT_WORDS:
		snug_str_add(&got, "in words");
		break;
	case SNUG_AUDIT_EVENT:
		describe(&got, ev);
		break;
	}
	if (strcmp(snug_str_text(&got), expected) == 0)
		return true;
	print_error("%s:\n  got      %s\n  expected %s\n", title, snug_str_text(&got), expected);
	return false;
}

static void cases(void **state)
{
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;
	CLEANUP(freep) char *text = NULL;
	const char *title = "";
	unsigned n = 0, n_bad = 0;
	size_t len;

	(void)state;
	assert_int_equal(snug_read_file(CASES, 1 << 20, &text, &len, NULL), 0);
	for (char *p = text, *end; (end = strchr(p, '\n')); p = end + 1) {
		*end = '\0';
		if (snug_str_has_prefix(p, "== ")) {
			title = p + 3;
			snug_str_clear(&line);
		} else if (snug_str_has_prefix(p, "-- ")) {
			n_bad += !check(title, &line, p + 3);
			n++;
			title = "";
		} else if (*title && *p) {
			unescape(&line, p, (size_t)(end - p));
		}
	}
	assert_true(n > 40);
	assert_int_equal(n_bad, 0);
}

/* Cut anywhere, with any byte changed: never an event that is not in the line. */
static void cuts(void **state)
{
	static const char whole[] =
		"type=SECCOMP msg=audit(1612299677.115:549067): auid=1000 uid=1001 gid=1002 ses=1 "
		"pid=2529 comm=\"uname\" exe=\"/usr/bin/uname\" sig=0 arch=c000003e syscall=63 "
		"compat=0 ip=0x7f1d5180cb07 code=0x7ffc0000";
	CLEANUP(freep) struct snug_audit_event *ev = xmalloc(sizeof(*ev));
	size_t behind_call = (size_t)(strstr(whole, " compat") - whole);

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		CLEANUP(freep) char *cut = xmalloc(n ? n : 1);
		enum snug_audit_verdict verdict;

		memcpy(cut, whole, n);
		verdict = snug_audit_record_parse(cut, n, ev);
		if (verdict == SNUG_AUDIT_EVENT) {
			assert_true(n > behind_call); /* not "syscall=6" */
			assert_int_equal(ev->pid, 2529);
		} else if (n > strlen("type=SECCOMP")) {
			assert_int_equal(verdict, SNUG_AUDIT_DAMAGED);
		}
	}
}

static void a_body_alone(void **state)
{
	static const char body[] = "audit(5.006:7): pid=1 comm=\"x\" exe=\"/x\" sig=0 "
				   "arch=c000003e syscall=63 code=0x7ffc0000";
	CLEANUP(freep) struct snug_audit_event *ev = xmalloc(sizeof(*ev));

	(void)state;
	assert_int_equal(snug_audit_record_parse_body(1326, body, strlen(body), ev),
			 SNUG_AUDIT_EVENT);
	assert_int_equal(ev->time_us, 5006000);
	assert_int_equal(ev->serial, 7);
	assert_int_equal(snug_audit_record_parse_body(1300, body, strlen(body), ev),
			 SNUG_AUDIT_OTHER);
	assert_int_equal(snug_audit_record_parse_body(1326, "", 0, ev), SNUG_AUDIT_DAMAGED);
}

/* What does not fit the scratch stays as it is in the record. */
static void long_hex(void **state)
{
	CLEANUP(freep) struct snug_audit_event *ev = xmalloc(sizeof(*ev));
	CLEANUP(snug_str_done) struct snug_str line = SNUG_STR_INIT;

	(void)state;
	snug_str_add(&line, "type=SECCOMP msg=audit(1.002:3): pid=9 arch=c000003e syscall=1 exe=");
	for (size_t i = 0; i < SNUG_AUDIT_SCRATCH_BYTES + 1; i++)
		snug_str_add(&line, "41");
	snug_str_add(&line, " comm=4242");
	assert_int_equal(snug_audit_record_parse(line.buf, line.len, ev), SNUG_AUDIT_EVENT);
	assert_int_equal(ev->exe.len, 2 * (SNUG_AUDIT_SCRATCH_BYTES + 1));
	assert_int_equal(ev->comm.len, 2);
	assert_memory_equal(ev->comm.text, "BB", 2);
}

static void lost(void **state)
{
	static const struct {
		const char *line;
		uint64_t n;
		bool is_total;
	} rows[] = {
		{ "[1.2] kauditd_printk_skb: 23 callbacks suppressed", 23, false },
		{ "audit: audit_lost=7 audit_rate_limit=0 audit_backlog_limit=64", 7, true },
		{ "kernel: [46.441785] audit_printk_skb: 33 callbacks suppressed", 33, false },
		{ "Nov 20 14:39:01 node1 systemd-journald[363]: Missed 81 kernel messages", 81,
		  false },
		{ "Missed 81 messages", 0, false },
		{ "type=USER msg='audit: audit_lost=7 audit_rate_limit=0'", 0, false },
		{ "kauditd_printk_skb: x callbacks suppressed", 0, false },
		{ "kauditd_printk_skb: 23", 0, false },
		{ "net_ratelimit: 23 callbacks suppressed", 0, false },
		{ "", 0, false },
	};
	bool is_total;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(
			snug_audit_record_lost(rows[i].line, strlen(rows[i].line), &is_total),
			rows[i].n);
		assert_int_equal(is_total, rows[i].is_total);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases),    cmocka_unit_test(cuts), cmocka_unit_test(a_body_alone),
		cmocka_unit_test(long_hex), cmocka_unit_test(lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
