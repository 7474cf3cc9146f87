/* SPDX-License-Identifier: Apache-2.0 */
/* Over a folder that stands in for a host: states, bundles and processes as engines leave them. */
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "oci/containers.h"
#include "oci/proc.h"

#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char root[] = "/tmp/snug-test-XXXXXX";

/* Writes a file under the root, with the folders it needs. */
static void put(const char *path, const char *text)
{
	CLEANUP(freep) char *whole = xasprintf("%s%s", root, path);
	FILE *f;

	for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(whole, 0700);
		*slash = '/';
	}
	f = fopen(whole, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void put_process(int pid, int start, const char *cgroup)
{
	CLEANUP(freep) char *stat = xasprintf("/proc/%d/stat", pid);
	CLEANUP(freep) char *groups = xasprintf("/proc/%d/cgroup", pid);
	CLEANUP(freep) char *mnt = xasprintf("/proc/%d/ns/mnt", pid);
	CLEANUP(freep) char *status = xasprintf("/proc/%d/status", pid);
	CLEANUP(freep)
	char *text = xasprintf("%d (a ) b) S 1 1 1 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 "
			       "%d 1 1\n",
			       pid, start);

	put(stat, text);
	put(groups, cgroup);
	put(mnt, "");
	put(status, "Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	put_process(1, 1, "0::/init.scope\n");
	put_process(10, 100, "0::/x\n");
	put("/run/runc/web/state.json", "{\"init_process_pid\":10,\"init_process_start\":100,"
					"\"config\":{\"labels\":[\"a=b\",\"bundle=/b/web\"]}}");
	put("/b/web/config.json",
	    "{\"annotations\":{\"nerdctl/name\":\"my-web\",\"io.kubernetes.pod.name\":\"shop\"}}");
	/* its pid is another process' by now */
	put("/run/runc/old/state.json", "{\"init_process_pid\":10,\"init_process_start\":99}");
	put("/run/runc/broken/state.json", "{");
	put_process(20, 200, "0::/libpod_parent/libpod-" A "\n");
	put("/run/crun/" A "/status",
	    "{\"pid\":20,\"process-start-time\":200,"
	    "\"bundle\":\"/var/lib/containers/storage/overlay-containers/" A "/userdata\"}");
	put("/var/lib/containers/storage/overlay-containers/containers.json",
	    "[{\"id\":\"other\"},{\"id\":\"" A "\",\"names\":[\"cache\"],"
	    "\"metadata\":\"{\\\"image-name\\\":\\\"localhost/redis:latest\\\"}\"}]");
	put_process(30, 300, "0::/system.slice/docker-" B ".scope\n");
	put_process(31, 310, "0::/system.slice/docker-" B ".scope\n");
	put("/var/lib/docker/containers/" B "/config.v2.json",
	    "{\"Name\":\"/db\",\"Config\":{\"Image\":\"postgres:16\"}}");
	put_process(40, 400, "0::/run/containerd\n");
	put("/run/containerd/runc/k8s.io/pause/state.json",
	    "{\"init_process_pid\":40,\"init_process_start\":400}");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const struct snug_container *find(const struct snug_containers *all, const char *word)
{
	const struct snug_container *c = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_containers_find(all, word, &c, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return c;
}

static void all_kinds(void **state)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	const struct snug_container *c;

	(void)state;
	assert_int_equal(snug_containers_list(root, &all, NULL), 0);
	assert_int_equal(all.len, 4);
	c = find(&all, "my-web");
	assert_string_equal(c->id, "web");
	assert_string_equal(c->runtime, "runc");
	assert_string_equal(c->engine, "containerd");
	assert_string_equal(c->pod, "shop");
	assert_int_equal(c->pid, 10);
	assert_int_equal(c->seccomp_mode, 2);
	assert_ptr_equal(find(&all, "shop/my-web"), c);
	assert_ptr_equal(find(&all, "web"), c);
	c = find(&all, "cache");
	assert_string_equal(c->id, A);
	assert_string_equal(c->runtime, "crun");
	assert_string_equal(c->engine, "podman");
	assert_string_equal(c->image, "localhost/redis:latest");
	assert_ptr_equal(find(&all, "aaa"), c);
	/* of no runtime's state: its oldest process stands for it */
	c = find(&all, "db");
	assert_string_equal(c->engine, "docker");
	assert_string_equal(c->image, "postgres:16");
	assert_null(c->runtime);
	assert_int_equal(c->pid, 30);
	c = find(&all, "pause");
	assert_string_equal(c->engine, "containerd");
}

static void what_is_not_there(void **state)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_container *c;

	(void)state;
	assert_int_equal(snug_containers_list(root, &all, NULL), 0);
	assert_int_equal(snug_containers_find(&all, "my-wbe", &c, &err), -ENOENT);
	assert_string_equal(snug_err_msg(&err), "no container 'my-wbe' runs here (did you mean "
						"'my-web'?); 'snug ps' lists them");
	snug_err_done(&err);
	assert_int_equal(snug_containers_find(&all, "", &c, &err), -ENOENT);
}

static void several_are_meant(void **state)
{
	char abc1[] = "abc1", abc2[] = "abc2", x[] = "x", p[] = "p", q[] = "q";
	struct snug_container items[] = {
		{ .id = abc1, .name = x, .pod = p },
		{ .id = abc2, .name = x, .pod = q },
	};
	const struct snug_containers all = { items, 2, 2 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_container *c = NULL;

	(void)state;
	assert_int_equal(snug_containers_find(&all, "abc", &c, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err),
			    "'abc' means 2 containers: give the id, or POD/NAME ('snug ps')");
	snug_err_done(&err);
	assert_int_equal(snug_containers_find(&all, "x", &c, &err), -EINVAL);
	assert_int_equal(snug_containers_find(&all, "q/x", &c, NULL), 0);
	assert_ptr_equal(c, &items[1]);
	assert_int_equal(snug_containers_find(&all, "abc1", &c, NULL), 0);
	assert_ptr_equal(c, &items[0]);
}

static void copies(void **state)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	struct snug_container copy;
	const struct snug_container *c;

	(void)state;
	assert_int_equal(snug_containers_list(root, &all, NULL), 0);
	c = find(&all, "cache");
	snug_container_copy(c, &copy);
	assert_string_equal(copy.id, c->id);
	assert_ptr_not_equal(copy.id, c->id);
	assert_string_equal(copy.name, "cache");
	assert_string_equal(copy.image, c->image);
	assert_string_equal(copy.bundle, c->bundle);
	assert_string_equal(copy.engine, "podman");
	assert_string_equal(copy.runtime, "crun");
	assert_null(copy.pod);
	assert_null(copy.pod_namespace);
	assert_int_equal(copy.pid, c->pid);
	assert_int_equal(copy.start_ticks, c->start_ticks);
	snug_container_done(&copy);
	assert_null(copy.id);
	snug_container_done(&copy);
}

static void executed(void **state)
{
	(void)state;
	assert_true(snug_proc_has_executed(root, 10));
	/* PF_FORKNOEXEC, among others */
	put("/proc/50/stat",
	    "50 (runc:[2:INIT]) S 1 1 1 0 -1 4194368 0 0 0 0 0 0 0 0 20 0 1 0 500 1 1\n");
	assert_false(snug_proc_has_executed(root, 50));
	/* what is not known */
	assert_true(snug_proc_has_executed(root, 51));
	put("/proc/52/stat", "52 (x) S 1 1");
	assert_true(snug_proc_has_executed(root, 52));
}

/* What users may make under their own names must not hold up who looks at it. */
static void fifos(void **state)
{
	static const char *const names[] = { "/run/crun/pipe/status", "/b/pipe/config.json",
					     "/s-containers/containers.json" };
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_container *found;

	(void)state;
	put("/run/crun/slow/status", "{\"pid\":10,\"bundle\":\"/b/pipe\"}");
	put("/run/crun/slower/status", "{\"pid\":10,\"bundle\":\"/s-containers/x\"}");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(freep) char *path = xasprintf("%s%s", root, names[i]);

		put(names[i], "");
		assert_int_equal(unlink(path), 0);
		assert_int_equal(mkfifo(path, 0600), 0);
	}
	alarm(10); /* and not for ever */
	assert_int_equal(snug_containers_list(root, &all, &err), 0);
	alarm(0);
	assert_int_equal(snug_containers_find(&all, "slow", &found, &err), 0);
	assert_int_equal(snug_containers_find(&all, "slower", &found, &err), 0);
	assert_int_equal(snug_containers_find(&all, "pipe", &found, NULL), -ENOENT);
}

/* What a user's own files say of the host's processes and of others' containers is not believed. */
static void what_users_make_up(void **state)
{
	static const char *const files[] = { "host", "stolen", "mine", "me" };
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_container *found;
	static const int pids[] = { 70, 10, 71, 71 };

	(void)state;
	put_process(70, 700, "0::/system.slice/sshd.service\n");
	put_process(71, 710, "0::/user.slice\n");
	put("/proc/71/ns/user", "");
	put("/proc/10/ns/user", "");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(freep) char *path = xasprintf("/run/user/5/crun/%s/status", files[i]);
		CLEANUP(freep) char *whole = xasprintf("%s%s", root, path);
		CLEANUP(freep) char *text = xasprintf("{\"pid\":%d}", pids[i]);

		put(path, text);
		assert_true(chown(whole, 5, 5) == 0 || geteuid() != 0);
	}
	assert_int_equal(snug_containers_list(root, &all, &err), 0);
	assert_int_equal(snug_containers_find(&all, "host", &found, NULL), -ENOENT);
	assert_int_equal(snug_containers_find(&all, "stolen", &found, NULL), -ENOENT);
	/* either of the two names, and one of them */
	assert_true((snug_containers_find(&all, "mine", &found, NULL) == 0) !=
		    (snug_containers_find(&all, "me", &found, NULL) == 0));
}

/* Users with more containers than are listed keep nobody else's from being so. */
static void users_with_many(void **state)
{
	CLEANUP(snug_containers_done) struct snug_containers all = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const struct snug_container *found;

	(void)state;
	for (int pid = 10000; pid < 10000 + SNUG_LIMIT_CONTAINERS / 4 + 20; pid++) {
		CLEANUP(freep) char *user = xasprintf("/proc/%d/ns/user", pid);
		CLEANUP(freep) char *path = xasprintf("/run/user/5/crun/many-%d/status", pid);
		CLEANUP(freep) char *whole = xasprintf("%s%s", root, path);
		CLEANUP(freep) char *text = xasprintf("{\"pid\":%d}", pid);

		put_process(pid, 1, "0::/user.slice\n");
		put(user, "");
		put(path, text);
		assert_true(chown(whole, 5, 5) == 0 || geteuid() != 0);
	}
	assert_int_equal(snug_containers_list(root, &all, &err), 0);
	assert_true(all.len < SNUG_LIMIT_CONTAINERS / 4 + 20);
	assert_int_equal(snug_containers_find(&all, "my-web", &found, &err), 0);
}

static void stamps(void **state)
{
	uint64_t first = snug_containers_stamp(root), second, third;

	(void)state;
	assert_true(snug_containers_stamp(root) == first);
	put("/run/crun/new/status", "{}");
	second = snug_containers_stamp(root);
	assert_true(second != first);
	put("/run/user/7/runc/new/state.json", "{}");
	third = snug_containers_stamp(root);
	assert_true(third != second);
	put("/run/user/7/runc/newer/state.json", "{}");
	assert_true(snug_containers_stamp(root) != third);
	(void)snug_containers_stamp("/nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(several_are_meant),
		cmocka_unit_test(copies),
		cmocka_unit_test(executed),
		cmocka_unit_test(stamps),
		cmocka_unit_test(fifos),
		cmocka_unit_test(what_users_make_up),
		cmocka_unit_test(users_with_many),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
