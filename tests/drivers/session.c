/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session OUT arm|attach|cgroup PID|PATH [follow] [alone] [args]
 *
 * Records what a hook or `snug record --container` would, without either: a recording of processes
 * that are not our children.  Says "ready" on standard output, ends with the target's last task
 * or SIGTERM, says "begun" or "never begun", and writes the recording to OUT.
 */
#include "record/session.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/parse.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

static bool has_word(char **argv, const char *word)
{
	for (; *argv; argv++) {
		if (strcmp(*argv, word) == 0)
			return true;
	}
	return false;
}

static int begin(struct snug_session *s, char **argv, struct snug_err *err)
{
	uint64_t pid = 0;
	int r;

	if (strcmp(argv[0], "cgroup") == 0)
		return snug_session_attach_cgroup(s, argv[1], err);
	r = snug_parse_u64(argv[1], UINT32_MAX, &pid);
	if (r < 0)
		return snug_err_set(err, r, "%s: no number", argv[1]);
	r = strcmp(argv[0], "arm") == 0 ? snug_session_arm_pid(s, (uint32_t)pid, err)
					: snug_session_attach_pid(s, (uint32_t)pid, err);
	if (r == 0 && has_word(argv, "follow"))
		r = snug_session_follow_entered(s, err);
	return r;
}

static int wait_for_end(struct snug_session *s, int sig_fd, bool is_endless, struct snug_err *err)
{
	struct pollfd fds[2] = {
		{ .fd = sig_fd, .events = POLLIN },
		{ .fd = snug_session_poll_fd(s), .events = POLLIN },
	};
	int r;

	while (!fds[0].revents && (is_endless || snug_session_n_tasks(s))) {
		if (poll(fds, ARRAY_SIZE(fds), 50) < 0)
			return snug_err_errno(err, "poll");
		r = snug_session_dispatch(s, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int write_recording(struct snug_session *s, const char *path, struct snug_err *err)
{
	CLEANUP(snug_recording_freep) struct snug_recording *recording = NULL;
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int r;

	recording = snug_session_finish(s, -1, false);
	snug_recording_write(recording, &text);
	r = snug_outfile_open(path, &file, err);
	if (r < 0)
		return r;
	snug_outfile_add(file, text.buf, text.len);
	return snug_outfile_commit(file, err);
}

static int run(char **argv, struct snug_err *err)
{
	CLEANUP(snug_session_freep) struct snug_session *s = NULL;
	const struct snug_session_options opts = {
		.command = (const char *const *)argv,
		.alone = has_word(argv, "alone"),
		.with_args = has_word(argv, "args"),
	};
	CLEANUP(closep) int sig_fd = -EBADF;
	sigset_t set;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sig_fd = signalfd(-1, &set, SFD_CLOEXEC);
	r = snug_session_new(&opts, &s, err);
	if (r == 0)
		r = begin(s, argv + 2, err);
	if (r < 0)
		return r;
	puts("ready");
	(void)fflush(stdout);
	r = wait_for_end(s, sig_fd, strcmp(argv[2], "cgroup") == 0, err);
	if (r < 0)
		return r;
	puts(snug_session_has_begun(s) ? "begun" : "never begun");
	return write_recording(s, argv[1], err);
}

int main(int argc, char **argv)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (argc < 4) {
		fprintf(stderr,
			"usage: session OUT arm|attach|cgroup PID|PATH [follow] [alone] [args]\n");
		return 2;
	}
	if (run(argv, &err) == 0)
		return 0;
	fprintf(stderr, "session: %s\n", snug_err_msg(&err));
	return 1;
}
