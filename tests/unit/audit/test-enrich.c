/* SPDX-License-Identifier: Apache-2.0 */
/* Over a folder that stands in for a host.  Its machine booted at second 1000; ticks are what
 * sysconf(3) says. */
#include "audit/enrich.h"
#include "base/str.h"

#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
enum { BOOT = 1000, US = 1000000 };

static char root[] = "/tmp/snug-test-XXXXXX";

static char *whole_path(const char *path)
{
	char *whole = xasprintf("%s%s", root, path);

	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(whole, 0700);
		*slash = '/';
	}
	return whole;
}

static void put(const char *path, const char *text)
{
	CLEANUP(freep) char *whole = whole_path(path);
	FILE *f = fopen(whole, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* @second: after boot */
static void put_process(int pid, unsigned second, const char *exe, const char *cgroup)
{
	CLEANUP(freep) char *stat = xasprintf("/proc/%d/stat", pid);
	CLEANUP(freep) char *groups = xasprintf("/proc/%d/cgroup", pid);
	CLEANUP(freep) char *comm = xasprintf("/proc/%d/comm", pid);
	CLEANUP(freep) char *name = xasprintf("%s\n", strrchr(exe, '/') + 1);
	CLEANUP(freep) char *mnt = xasprintf("/proc/%d/ns/mnt", pid);
	CLEANUP(freep) char *link = xasprintf("/proc/%d/exe", pid);
	CLEANUP(freep) char *whole = whole_path(link);
	CLEANUP(freep)
	char *text = xasprintf("%d (x) S 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 %lu 1 1\n", pid,
			       second * (unsigned long)sysconf(_SC_CLK_TCK));

	put(stat, text);
	put(groups, cgroup);
	put(comm, name);
	put(mnt, "");
	(void)unlink(whole);
	assert_int_equal(symlink(exe, whole), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void end_process(int pid)
{
	CLEANUP(freep) char *folder = xasprintf("%s/proc/%d", root, pid);

	assert_int_equal(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	put("/proc/stat", "cpu 1 2 3\nbtime 1000\nprocesses 5\n");
	put_process(1, 0, "/sbin/init", "0::/init.scope\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static uint64_t clock_us = 1000 * US;

/* Longer than what was asked a moment ago counts as fresh. */
static void later(void)
{
	clock_us += 120000;
}

static const char *exe_at(struct snug_enricher *e, int pid, unsigned second)
{
	const struct snug_enriched *p = snug_enricher_look(e, pid, (uint64_t)(BOOT + second) * US);

	return p ? p->exe : "none";
}

static void survives_the_process(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;
	const struct snug_enriched *p;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){ .root = root, .now_us = &clock_us });
	put_process(10, 50, "/usr/bin/web", "0::/system.slice/docker-" A ".scope\n");
	p = snug_enricher_look(e, 10, (BOOT + 60) * (uint64_t)US);
	assert_non_null(p);
	assert_string_equal(p->exe, "/usr/bin/web");
	assert_string_equal(p->container, A);
	end_process(10);
	later();
	assert_string_equal(exe_at(e, 10, 60), "/usr/bin/web");
	assert_string_equal(exe_at(e, 11, 60), "none");
	assert_string_equal(exe_at(e, 10, 49), "none"); /* it had not begun */
	assert_null(snug_enricher_look(e, 0, 0));
	assert_null(snug_enricher_look(e, -1, 0));
}

/* A pid that is used again: each event goes to whom it was about. */
static void a_pid_used_again(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){ .root = root, .now_us = &clock_us });
	put_process(20, 50, "/first", "0::/docker/" A "\n");
	snug_enricher_note(e, 20);
	end_process(20);
	put_process(20, 100, "/second", "0::/docker/" B "\n");
	later();
	assert_string_equal(exe_at(e, 20, 70), "/first");
	assert_string_equal(exe_at(e, 20, 101), "/second");
	assert_string_equal(snug_enricher_look(e, 20, 0)->container, B);
	/* nobody we know of */
	assert_string_equal(exe_at(e, 20, 10), "none");
}

/* The process of an old log's pid is not the one that has it now. */
static void began_later(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){ .root = root, .now_us = &clock_us });
	put_process(30, 500, "/new", "0::/\n");
	assert_string_equal(exe_at(e, 30, 400), "none");
	assert_string_equal(exe_at(e, 30, 500), "/new");
}

static void another_program(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){ .root = root, .now_us = &clock_us });
	put_process(40, 50, "/sh", "0::/\n");
	assert_string_equal(exe_at(e, 40, 60), "/sh");
	put_process(40, 50, "/ls", "0::/\n");
	assert_string_equal(exe_at(e, 40, 60), "/sh"); /* asked a moment ago */
	later();
	assert_string_equal(exe_at(e, 40, 60), "/ls");
	end_process(40);
	later();
	assert_string_equal(snug_enricher_look(e, 40, (BOOT + 60) * (uint64_t)US)->comm, "ls");
}

static void the_least_used_goes(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){
		.root = root, .now_us = &clock_us, .processes = 3 });
	for (int pid = 50; pid < 53; pid++) {
		put_process(pid, 50, "/x", "0::/\n");
		snug_enricher_note(e, pid);
	}
	snug_enricher_note(e, 50);
	put_process(53, 50, "/x", "0::/\n");
	snug_enricher_note(e, 53);
	for (int pid = 50; pid < 54; pid++)
		end_process(pid);
	later();
	assert_string_equal(exe_at(e, 50, 60), "/x");
	assert_string_equal(exe_at(e, 51, 60), "none");
	assert_string_equal(exe_at(e, 52, 60), "/x");
	assert_string_equal(exe_at(e, 53, 60), "/x");
	/* many, one after the other */
	for (int pid = 100; pid < 200; pid++) {
		put_process(pid, 50, "/y", "0::/\n");
		assert_string_equal(exe_at(e, pid, 60), "/y");
		end_process(pid);
	}
}

static void names_of_containers(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;
	const struct snug_enriched *p;

	(void)state;
	e = snug_enricher_new(&(struct snug_enricher_options){
		.root = root, .now_us = &clock_us, .containers = 1 });
	put_process(60, 50, "/web", "0::/system.slice/docker-" A ".scope\n");
	put("/var/lib/docker/containers/" A "/config.v2.json",
	    "{\"Name\":\"/db\",\"Config\":{\"Image\":\"postgres:16\"}}");
	p = snug_enricher_look(e, 60, 0);
	assert_non_null(p);
	assert_string_equal(p->name, "db");
	assert_string_equal(p->engine, "docker");
	assert_null(p->pod);
	/* it is remembered when all of it is gone */
	end_process(60);
	later();
	p = snug_enricher_look(e, 60, 0);
	assert_string_equal(p->name, "db");
	/* another one takes its place in the list; the host is not searched for each event */
	put_process(61, 50, "/web", "0::/system.slice/docker-" B ".scope\n");
	p = snug_enricher_look(e, 61, 0);
	assert_string_equal(p->container, B);
	assert_null(p->name);
}

static void this_host(void **state)
{
	CLEANUP(snug_enricher_freep) struct snug_enricher *e = NULL;
	const struct snug_enriched *p;
	struct timespec now;
	char self[256];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	pid_t child;

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	e = snug_enricher_new(&(struct snug_enricher_options){ .root = "" });
	child = fork();
	if (child == 0) {
		(void)pause();
		_exit(0);
	}
	clock_gettime(CLOCK_REALTIME, &now);
	p = snug_enricher_look(e, child, (uint64_t)now.tv_sec * US + (uint64_t)now.tv_nsec / 1000);
	/* elsewhere than in the host's PID namespace nobody is who he seems */
	if (p)
		assert_string_equal(p->exe, self);
	/* an hour ago it was somebody else */
	assert_null(snug_enricher_look(e, child, (uint64_t)(now.tv_sec - 3600) * US));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_the_process),
		cmocka_unit_test(a_pid_used_again),
		cmocka_unit_test(began_later),
		cmocka_unit_test(another_program),
		cmocka_unit_test(the_least_used_goes),
		cmocka_unit_test(names_of_containers),
		cmocka_unit_test(this_host),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
