/* SPDX-License-Identifier: Apache-2.0 */
/* Files, pipes and exports of the journal; rotation in mid-stream.  The kernel's own sources are in
 * tests/e2e/audit.bats. */
#include "audit/source.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SECCOMP                                                                                    \
	"pid=%u comm=\"x\" exe=\"/x\" sig=0 arch=c000003e syscall=63 compat=0 ip=0x1 "             \
	"code=0x7ffc0000"

static char dir[] = "/tmp/snug-test-XXXXXX";
static struct snug_audit_event *event;

static int setup(void **state)
{
	(void)state;
	event = xmalloc(sizeof(*event));
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	free(event);
	return chdir("/") == 0 ? nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) : -1;
}

static void append(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(snug_write_all(fd, data, len), 0);
	close(fd);
}

/* The @n-th record, without the end of its line. */
static char *record(unsigned n)
{
	return xasprintf("type=SECCOMP msg=audit(%u.000:%u): " SECCOMP, n + 1, n, n);
}

static void write_record(const char *path, unsigned n)
{
	CLEANUP(freep) char *text = record(n);

	append(path, text, strlen(text));
	append(path, "\n", 1);
}

static struct snug_audit_source *open_source(const char *path, unsigned flags)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_audit_source *s = NULL;

	if (snug_audit_source_open_file(path, flags, &s, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return s;
}

static int next(struct snug_audit_source *s)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_audit_source_next(s, event, &err);

	if (r < 0)
		fail_msg("%s", snug_err_msg(&err));
	return r;
}

static void expect(struct snug_audit_source *s, unsigned n)
{
	assert_int_equal(next(s), SNUG_AUDIT_GOT);
	assert_int_equal(event->pid, n);
}

/* Its descriptor tells that there is something. */
static void wakes(struct snug_audit_source *s)
{
	struct pollfd p = { .fd = snug_audit_source_fd(s), .events = POLLIN };

	assert_true(p.fd >= 0);
	assert_int_equal(poll(&p, 1, 5000), 1);
}

static void a_file_to_its_end(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(freep) char *last = record(3);

	(void)state;
	write_record("whole", 1);
	append("whole", "noise\n\n", 7);
	write_record("whole", 2);
	append("whole", "type=SECCOMP msg=audit(1.0\n", 27);
	append("whole", last, strlen(last));
	s = open_source("whole", 0);
	expect(s, 1);
	expect(s, 2);
	expect(s, 3);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	assert_int_equal(snug_audit_source_counts(s).damaged, 1);
	assert_string_equal(snug_audit_source_name(s), "whole");
}

static void nothing_and_no_file(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_audit_source *none = NULL;

	(void)state;
	append("empty", "", 0);
	s = open_source("empty", 0);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	assert_int_equal(snug_audit_source_open_file("absent", 0, &none, &err), -ENOENT);
	assert_string_equal(snug_err_msg(&err), "absent: No such file or directory");
	snug_err_done(&err);
	assert_int_equal(snug_audit_source_open_file(".", 0, &none, &err), -EISDIR);
	assert_null(none);
}

/* At the limit, one over it, far over it and over the buffer: what stands around is found. */
static void long_lines(void **state)
{
	static const size_t sizes[] = { SNUG_LIMIT_AUDIT_LINE_BYTES,
					SNUG_LIMIT_AUDIT_LINE_BYTES + 1,
					4 * SNUG_LIMIT_AUDIT_LINE_BYTES,
					40 * SNUG_LIMIT_AUDIT_LINE_BYTES };
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(freep) char *filling = xmalloc(40 * SNUG_LIMIT_AUDIT_LINE_BYTES);

	(void)state;
	memset(filling, 'x', 40 * SNUG_LIMIT_AUDIT_LINE_BYTES);
	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP(freep) char *text = record(10 * i);

		write_record("long", 10 * i + 1);
		/* an event with a tail that brings it to the size */
		append("long", text, strlen(text));
		append("long", " ", 1);
		append("long", filling, sizes[i] - strlen(text) - 1);
		append("long", "\n", 1);
	}
	append("long", filling, SNUG_LIMIT_AUDIT_LINE_BYTES * 5); /* without an end */
	s = open_source("long", 0);
	expect(s, 1);
	expect(s, 0);
	expect(s, 11);
	expect(s, 21);
	expect(s, 31);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	assert_int_equal(snug_audit_source_counts(s).overlong, 4);
}

static void a_pipe_byte_by_byte(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(freep) char *text = record(5);
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(snug_audit_source_open_fd(fds[0], "pipe", &s, NULL), 0);
	for (size_t i = 0; text[i]; i++) {
		assert_int_equal(write(fds[1], text + i, 1), 1);
		wakes(s);
		assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	}
	assert_int_equal(write(fds[1], "\n", 1), 1);
	expect(s, 5);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	close(fds[1]);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	close(fds[0]);
}

static void following(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(freep) char *text = record(3);

	(void)state;
	write_record("log", 1);
	s = open_source("log", SNUG_AUDIT_FOLLOW | SNUG_AUDIT_FROM_NOW);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("log", 2);
	wakes(s);
	expect(s, 2);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	/* a line in two halves */
	append("log", text, 40);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	append("log", text + 40, strlen(text) - 40);
	append("log", "\n", 1);
	wakes(s);
	expect(s, 3);
}

/* The writer goes on in the renamed file until it is told. */
static void rotation(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(freep) char *unfinished = record(5);

	(void)state;
	write_record("rot", 1);
	s = open_source("rot", SNUG_AUDIT_FOLLOW);
	expect(s, 1);
	assert_int_equal(rename("rot", "rot.1"), 0);
	write_record("rot.1", 2);
	wakes(s);
	expect(s, 2);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	append("rot", "", 0);
	wakes(s);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("rot.1", 3);
	wakes(s);
	expect(s, 3);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	/* the last words in the old one, the first in the new one, before we look */
	write_record("rot.1", 4);
	append("rot.1", unfinished, strlen(unfinished));
	write_record("rot", 6);
	wakes(s);
	expect(s, 4);
	expect(s, 5);
	expect(s, 6);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("rot", 7);
	wakes(s);
	expect(s, 7);
	assert_int_equal(snug_audit_source_counts(s).gaps, 0);
}

/* In a new file, too, there is time for the record that names the executable. */
static void rotation_between_records(void **state)
{
	static const char avc[] = "type=AVC msg=audit(9.000:9): avc:  denied  { read } for  pid=9 "
				  "comm=\"x\" scontext=a tcontext=b tclass=file permissive=0\n";
	static const char call[] = "type=SYSCALL msg=audit(9.000:9): syscall=2 exe=\"/x\"\n";
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	int r;

	(void)state;
	write_record("between", 1);
	s = open_source("between", SNUG_AUDIT_FOLLOW);
	expect(s, 1);
	assert_int_equal(rename("between", "between.1"), 0);
	append("between", avc, sizeof(avc) - 1);
	/* also when something else wakes us */
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	append("between", call, sizeof(call) - 1);
	wakes(s);
	expect(s, 9);
	assert_int_equal(event->exe.len, 2);
	/* and an end to it */
	append("between", avc, sizeof(avc) - 1);
	while ((r = next(s)) == SNUG_AUDIT_WAIT)
		(void)poll(NULL, 0, snug_audit_source_timeout_ms(s));
	assert_int_equal(r, SNUG_AUDIT_GOT);
	assert_null(event->exe.text);
	/* and it counts once */
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	assert_true(snug_audit_source_timeout_ms(s) > 200);
}

static void rotated_twice_unseen(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;

	(void)state;
	write_record("two", 1);
	s = open_source("two", SNUG_AUDIT_FOLLOW);
	expect(s, 1);
	for (unsigned i = 0; i < 3; i++) {
		assert_true(i < 2 || rename("two.2", "two.3") == 0);
		assert_true(i < 1 || rename("two.1", "two.2") == 0);
		assert_int_equal(rename("two", "two.1"), 0);
		write_record("two", i + 2);
	}
	expect(s, 2);
	expect(s, 3);
	expect(s, 4);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("two", 5);
	wakes(s);
	expect(s, 5);
}

static void removed_and_made_again(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;

	(void)state;
	write_record("gone", 1);
	s = open_source("gone", SNUG_AUDIT_FOLLOW);
	expect(s, 1);
	assert_int_equal(unlink("gone"), 0);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	append("gone", "", 0);
	wakes(s);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("gone", 2);
	wakes(s);
	expect(s, 2);
}

static void truncated(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;

	(void)state;
	write_record("cut", 1);
	write_record("cut", 2);
	append("cut", "type=SECCOMP half", 17);
	s = open_source("cut", SNUG_AUDIT_FOLLOW);
	expect(s, 1);
	expect(s, 2);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	assert_int_equal(truncate("cut", 0), 0);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	write_record("cut", 3);
	wakes(s);
	expect(s, 3);
	assert_int_equal(snug_audit_source_counts(s).gaps, 1);
	assert_int_equal(snug_audit_source_counts(s).damaged, 0);
}

/* More lines without an event than one turn reads: it says that there is more. */
static void turns(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	unsigned n_waits = 0;
	int r;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		CLEANUP(freep) char *noise = xmalloc(20 << 20);

		memset(noise, '\n', 20 << 20);
		append("noise", noise, 20 << 20);
	}
	write_record("noise", 1);
	s = open_source("noise", SNUG_AUDIT_FOLLOW);
	while ((r = next(s)) == SNUG_AUDIT_WAIT) {
		assert_int_equal(snug_audit_source_timeout_ms(s), 0);
		n_waits++;
	}
	assert_int_equal(r, SNUG_AUDIT_GOT);
	assert_in_range(n_waits, 1, 10);
	assert_int_equal(next(s), SNUG_AUDIT_WAIT);
	assert_true(snug_audit_source_timeout_ms(s) > 0);
}

static void add_binary(struct snug_str *s, const char *name, const char *value, size_t len)
{
	uint64_t size = htole64(len);

	snug_str_addf(s, "%s\n", name);
	snug_str_addn(s, &size, sizeof(size));
	snug_str_addn(s, value, len);
	snug_str_addc(s, '\n');
}

static void add_entry(struct snug_str *s, const char *transport, const char *fields,
		      const char *message)
{
	snug_str_addf(s,
		      "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1612299677115000\n_BOOT_ID=1\n"
		      "_TRANSPORT=%s\n%sMESSAGE=%s\n\n",
		      transport, fields, message);
}

static void fill_journal(struct snug_str *s)
{
	static const char audit[] = "_AUDIT_TYPE=1326\n_AUDIT_ID=77\n_AUDIT_TYPE_NAME=SECCOMP\n"
				    "_SOURCE_REALTIME_TIMESTAMP=1612299677000000\n";
	CLEANUP(freep) char *body = xasprintf("SECCOMP auid=1 uid=2 " SECCOMP, 1);
	CLEANUP(freep) char *kernel = xasprintf("audit: type=1326 audit(1.002:3): " SECCOMP, 2);
	CLEANUP(freep) char *plugin = xasprintf("type=SECCOMP msg=audit(1.002:3): " SECCOMP, 3);
	CLEANUP(freep) char *forged = xasprintf("audit: type=1326 audit(1.002:3): " SECCOMP, 666);
	CLEANUP(freep) char *large = xcalloc(1, 100000);

	add_entry(s, "audit", audit, body);
	add_entry(s, "syslog", "_UID=1000\n", forged);
	add_entry(s, "stdout", "_UID=1000\n_TRANSPORTX=kernel\n", forged);
	add_entry(s, "kernel", "", kernel);
	/* bytes that would be lines, and one that is too large */
	snug_str_add(s, "__CURSOR=s=2\n_TRANSPORT=journal\n_UID=1000\n");
	add_binary(s, "X", "\n\n_TRANSPORT=kernel\n", 20);
	add_binary(s, "MESSAGE", forged, strlen(forged));
	snug_str_addc(s, '\n');
	snug_str_add(s, "__CURSOR=s=3\n_TRANSPORT=kernel\n");
	add_binary(s, "MESSAGE", large, 100000);
	add_binary(s, "COREDUMP", large, 100000);
	snug_str_addc(s, '\n');
	add_entry(s, "syslog", "_UID=0\nSYSLOG_IDENTIFIER=audisp-syslog\n", plugin);
	snug_str_add(s, "__CURSOR=s=4\n_TRANSPORT=kernel\n");
	add_binary(s, "MESSAGE", kernel, strlen(kernel));
	snug_str_addc(s, '\n');
	add_entry(s, "audit", "_AUDIT_TYPE=1300\n", "SYSCALL arch=c000003e syscall=63 pid=1");
}

static void check_journal(struct snug_audit_source *s)
{
	expect(s, 1);
	assert_int_equal(event->time_us, 1612299677000000);
	assert_int_equal(event->serial, 77);
	assert_int_equal(event->uid, 2);
	expect(s, 2);
	assert_int_equal(event->time_us, 1002000);
	expect(s, 3);
	expect(s, 2);
	assert_int_equal(next(s), SNUG_AUDIT_END);
	assert_int_equal(snug_audit_source_counts(s).overlong, 1);
	assert_int_equal(snug_audit_source_counts(s).damaged, 0);
}

static void the_journal(void **state)
{
	CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	(void)state;
	fill_journal(&text);
	append("journal", text.buf, text.len);
	s = open_source("journal", 0);
	check_journal(s);
}

/* The same, whatever the pieces that it comes in. */
static void the_journal_in_pieces(void **state)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	static const size_t pieces[] = { 1, 7, 4093 };

	(void)state;
	fill_journal(&text);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP(snug_audit_source_freep) struct snug_audit_source *s = NULL;
		CLEANUP(freep) unsigned *pids = xcalloc(8, sizeof(*pids));
		size_t n_pids = 0;
		int fds[2], r;

		assert_int_equal(pipe(fds), 0);
		assert_int_equal(snug_audit_source_open_fd(fds[0], "pipe", &s, NULL), 0);
		for (size_t at = 0, n; at < text.len; at += n) {
			n = text.len - at < pieces[i] ? text.len - at : pieces[i];
			assert_int_equal(write(fds[1], text.buf + at, n), n);
			while ((r = next(s)) == SNUG_AUDIT_GOT && n_pids < 8)
				pids[n_pids++] = event->pid;
			assert_int_equal(r, SNUG_AUDIT_WAIT);
		}
		close(fds[1]);
		assert_int_equal(next(s), SNUG_AUDIT_END);
		close(fds[0]);
		assert_int_equal(n_pids, 4);
		assert_true(pids[0] == 1 && pids[1] == 2 && pids[2] == 3 && pids[3] == 2);
		assert_int_equal(snug_audit_source_counts(s).overlong, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_to_its_end),
		cmocka_unit_test(nothing_and_no_file),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(a_pipe_byte_by_byte),
		cmocka_unit_test(following),
		cmocka_unit_test(rotation),
		cmocka_unit_test(rotation_between_records),
		cmocka_unit_test(rotated_twice_unseen),
		cmocka_unit_test(removed_and_made_again),
		cmocka_unit_test(truncated),
		cmocka_unit_test(turns),
		cmocka_unit_test(the_journal),
		cmocka_unit_test(the_journal_in_pieces),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
