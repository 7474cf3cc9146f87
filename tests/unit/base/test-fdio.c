/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fdio.h"

#include "base/err.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test runs in an empty directory of its own. */
static int enter_dir(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/snug-test-XXXXXX", tmp && *tmp ? tmp : "/tmp");

	*state = dir;
	return !mkdtemp(dir) || chdir(dir) < 0 ? -1 : 0;
}

static size_t count_files(void)
{
	DIR *d = opendir(".");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

static int leave_dir(void **state)
{
	DIR *d = opendir(".");
	struct dirent *e;

	while (d && (e = readdir(d)))
		(void)unlink(e->d_name);
	if (d)
		closedir(d);
	(void)!chdir("/");
	(void)rmdir(*state);
	free(*state);
	return 0;
}

static void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(snug_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void check_file(const char *path, const char *text, int mode)
{
	CLEANUP(freep) char *got = NULL;
	struct stat st;
	size_t len;

	assert_int_equal(snug_read_file(path, 1 << 20, &got, &len, NULL), 0);
	assert_int_equal(len, strlen(text));
	assert_string_equal(got, text);
	if (mode >= 0) {
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, mode);
	}
}

static int write_file(const char *path, const char *text, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *f = NULL;
	int r;

	r = snug_outfile_open(path, &f, err);
	if (r < 0)
		return r;
	snug_outfile_add(f, text, strlen(text));
	return snug_outfile_commit(f, err);
}

static void test_read(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *big = xcalloc(1, 100001);
	CLEANUP(freep) char *text = NULL;
	size_t len = 0;

	(void)state;
	memset(big, 'x', 100000);
	put("big", big, 0600);
	put("empty", "", 0600);
	check_file("big", big, 0600);
	check_file("empty", "", 0600);
	assert_int_equal(snug_read_file("big", 100000, &text, &len, &err), 0);
	assert_int_equal(len, 100000);
	free(STEAL(text));
	len = 7;
	assert_int_equal(snug_read_file("big", 99999, &text, &len, &err), -E2BIG);
	assert_string_equal(snug_err_msg(&err), "big: larger than the limit of 99999 bytes");
	snug_err_done(&err);
	assert_int_equal(snug_read_file("/dev/zero", 4096, &text, &len, &err), -E2BIG);
	snug_err_done(&err);
	assert_int_equal(snug_read_file("none", 10, &text, &len, &err), -ENOENT);
	assert_string_equal(snug_err_msg(&err), "none: cannot open: No such file or directory");
	snug_err_done(&err);
	assert_int_equal(snug_read_file(".", 10, &text, &len, &err), -EISDIR);
	assert_string_equal(snug_err_msg(&err), ".: cannot read: Is a directory");
	assert_null(text);
	assert_int_equal(len, 7);
}

static void test_read_stdin(void **state)
{
	CLEANUP(freep) char *text = NULL;
	int saved = dup3(STDIN_FILENO, 50, O_CLOEXEC), fd;
	size_t len;

	(void)state;
	put("f", "from stdin", 0600);
	fd = open("f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	assert_int_equal(snug_read_file("-", 100, &text, &len, NULL), 0);
	assert_string_equal(text, "from stdin");
	close(STDIN_FILENO);
	if (saved >= 0)
		assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
}

static void test_new_file(void **state)
{
	mode_t old = umask(027);

	(void)state;
	assert_int_equal(write_file("new", "content", NULL), 0);
	umask(old);
	check_file("new", "content", 0640);
	assert_int_equal(count_files(), 1);
}

static void test_existing_keeps_mode(void **state)
{
	(void)state;
	put("f", "old", 0604);
	assert_int_equal(write_file("f", "", NULL), 0);
	check_file("f", "", 0604);
	assert_int_equal(count_files(), 1);
}

/* Who has the old file open keeps reading the old content to its end. */
static void test_atomic(void **state)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *f = NULL;
	CLEANUP(freep) char *text = NULL;
	CLEANUP(closep) int fd = -EBADF;
	size_t len;

	(void)state;
	put("f", "old", 0644);
	fd = open("f", O_RDONLY | O_CLOEXEC);
	assert_int_equal(snug_outfile_open("f", &f, NULL), 0);
	snug_outfile_add(f, "ne", 2);
	snug_outfile_add(f, "w", 1);
	check_file("f", "old", 0644);
	assert_int_equal(snug_outfile_commit(f, NULL), 0);
	check_file("f", "new", 0644);
	assert_int_equal(snug_read_fd(fd, "fd", 100, &text, &len, NULL), 0);
	assert_string_equal(text, "old");
}

static void test_given_up(void **state)
{
	struct snug_outfile *f = NULL;

	(void)state;
	put("f", "old", 0644);
	assert_int_equal(snug_outfile_open("f", &f, NULL), 0);
	snug_outfile_add(f, "new", 3);
	assert_null(snug_outfile_free(f));
	assert_int_equal(snug_outfile_open("g", &f, NULL), 0);
	assert_null(snug_outfile_free(f));
	assert_null(snug_outfile_free(NULL));
	check_file("f", "old", 0644);
	assert_int_equal(count_files(), 1);
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static void test_symlinks(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *absolute = xasprintf("%s/target", (char *)*state);

	put("target", "old", 0640);
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(symlink("./link", "link2"), 0);
	assert_int_equal(symlink(absolute, "link3"), 0);
	assert_int_equal(symlink("fresh", "dangling"), 0);
	assert_int_equal(write_file("link2", "two", NULL), 0);
	check_file("target", "two", 0640);
	assert_int_equal(write_file("link3", "three", NULL), 0);
	check_file("target", "three", 0640);
	assert_true(is_link("link") && is_link("link2") && is_link("link3"));
	assert_int_equal(write_file("dangling", "made", NULL), 0);
	assert_true(is_link("dangling"));
	check_file("fresh", "made", -1);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(write_file("loop", "x", &err), -ELOOP);
	assert_string_equal(snug_err_msg(&err), "loop: too many symbolic links");
}

static void test_impossible_paths(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(write_file("", "x", &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err), "no filename provided");
	snug_err_done(&err);
	assert_int_equal(write_file(".", "x", &err), -EISDIR);
	assert_string_equal(snug_err_msg(&err), ".: is a directory");
	snug_err_done(&err);
	assert_int_equal(write_file("no/such/dir", "x", &err), -ENOENT);
	assert_string_equal(snug_err_msg(&err), "no/such/dir: cannot create a file in its "
						"directory: No such file or directory");
	snug_err_done(&err);
	put("f", "old", 0644);
	assert_int_equal(write_file("f/x", "x", &err), -ENOTDIR);
	assert_int_equal(count_files(), 1);
}

/* Runs @fn in a child without privileges, in this directory; its return value is the result. */
static int as_nobody(int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (getuid() == 0 &&
		    (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
			_exit(99);
		_exit(fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int try_forbidden(void)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (write_file("f", "new", &err) != -EACCES ||
	    strcmp(snug_err_msg(&err), "f: cannot write: Permission denied") != 0)
		return 1;
	snug_err_done(&err);
	if (write_file("g", "new", &err) != -EACCES ||
	    strcmp(snug_err_msg(&err),
		   "g: cannot create a file in its directory: Permission denied") != 0)
		return 2;
	return 0;
}

static void test_read_only_dir(void **state)
{
	put("f", "old", 0444);
	assert_int_equal(chmod(*state, 0555), 0);
	assert_int_equal(as_nobody(try_forbidden), 0);
	assert_int_equal(chmod(*state, 0755), 0);
	check_file("f", "old", 0444);
	assert_int_equal(count_files(), 1);
}

/* The directory may be written, the file may not: replacing it would get around that. */
static int try_protected(void)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	return write_file("f", "new", &err) == -EACCES ? 0 : 1;
}

static void test_read_only_file(void **state)
{
	put("f", "old", 0444);
	assert_int_equal(chmod(*state, 0777), 0);
	assert_int_equal(as_nobody(try_protected), 0);
	check_file("f", "old", 0444);
	assert_int_equal(count_files(), 1);
}

static int try_too_large(void)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *big = xcalloc(1, 8193);
	const struct rlimit limit = { 4096, 4096 };

	memset(big, 'x', 8192);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	if (write_file("f", big, &err) != -EFBIG)
		return 2;
	return strcmp(snug_err_msg(&err), "f: cannot write: File too large") ? 3 : 0;
}

/* A write that fails half-way: the first 4096 bytes went well. */
static void test_write_fails_half_way(void **state)
{
	put("f", "old", 0666);
	assert_int_equal(chmod(*state, 0777), 0);
	assert_int_equal(as_nobody(try_too_large), 0);
	check_file("f", "old", 0666);
	assert_int_equal(count_files(), 1);
}

static void test_dev_full(void **state)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(write_file("/dev/full", "x", &err), -ENOSPC);
	assert_string_equal(snug_err_msg(&err), "/dev/full: cannot write: No space left on device");
	assert_int_equal(write_file("/dev/null", "x", NULL), 0);
}

/* With the file "out" or a socket as standard output, the result goes behind what is there. */
static int write_to_stdout(const char *path, int fd)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(fd, STDOUT_FILENO);
		(void)!write(STDOUT_FILENO, "A", 1);
		if (write_file(path, "B", NULL) < 0)
			_exit(1);
		(void)!write(STDOUT_FILENO, "C", 1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_stdout_file(void **state)
{
	static const char *const names[] = { "-", "/dev/stdout" };
	struct stat before, after;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(closep)
		int fd = open("out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		assert_int_equal(fstat(fd, &before), 0);
		assert_int_equal(write_to_stdout(names[i], fd), 0);
		check_file("out", "ABC", 0600);
		assert_int_equal(stat("out", &after), 0);
		assert_true(before.st_ino == after.st_ino);
		assert_int_equal(count_files(), 1);
	}
}

static void test_stdout_socket(void **state)
{
	int ends[2];
	char buf[8] = "";

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(write_to_stdout("/dev/stdout", ends[1]), 0);
	close(ends[1]);
	assert_int_equal(recv(ends[0], buf, sizeof(buf), MSG_WAITALL), 3);
	assert_string_equal(buf, "ABC");
	close(ends[0]);
}

static void test_fifo(void **state)
{
	CLEANUP(closep) int fd = -EBADF;
	char buf[8] = "";

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	assert_true(fd >= 0);
	assert_int_equal(write_file("pipe", "abc", NULL), 0);
	assert_int_equal(read(fd, buf, sizeof(buf)), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(count_files(), 1);
}

static void test_dev_shm(void **state)
{
	CLEANUP(freep) char *path = xasprintf("/dev/shm/snug-test-%d", (int)getpid());

	(void)state;
	/* a directory like any other, although it is below /dev */
	if (access("/dev/shm", W_OK) < 0)
		return;
	assert_int_equal(write_file(path, "x", NULL), 0);
	check_file(path, "x", -1);
	assert_int_equal(unlink(path), 0);
}

static void test_write_all_closed(void **state)
{
	int ends[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	assert_int_equal(snug_write_all(ends[1], "x", 1), -EPIPE);
	assert_int_equal(snug_write_all(ends[1], "", 0), 0);
	close(ends[1]);
	assert_int_equal(snug_write_all(-1, "x", 1), -EBADF);
}

#define in_dir(test) cmocka_unit_test_setup_teardown(test, enter_dir, leave_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_dir(test_read),
		in_dir(test_read_stdin),
		in_dir(test_new_file),
		in_dir(test_existing_keeps_mode),
		in_dir(test_atomic),
		in_dir(test_given_up),
		in_dir(test_symlinks),
		in_dir(test_impossible_paths),
		in_dir(test_read_only_dir),
		in_dir(test_read_only_file),
		in_dir(test_write_fails_half_way),
		in_dir(test_dev_full),
		in_dir(test_stdout_file),
		in_dir(test_stdout_socket),
		in_dir(test_fifo),
		in_dir(test_dev_shm),
		in_dir(test_write_all_closed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
