/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hook waits at one end of a pipe.  The recorder gets everything ready that can fail (output
 * files, programs, the mark on the container's process), writes one byte, and from then on belongs
 * to nobody: no terminal, no pipe of the runtime's, no control group of the container's.  When
 * something fails it writes the reason instead; when it dies, the pipe closes.
 */
#include "cmd/hook-recorder.h"

#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/container-facts.h"
#include "cmd/hook-log.h"
#include "oci/cgroup-mounts.h"
#include "oci/container-names.h"
#include "oci/containers.h"
#include "oci/proc.h"
#include "record/grow.h"
#include "record/session.h"
#include "seccomp/names.h"
#include "seccomp/profile-compact.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TICK_MS = 50,
	MAX_REASON = 4096, /* bytes of an error on its way to the hook */
	START_TIMEOUT_MS = 8000,
};

struct recorder {
	struct hook_job *job;
	struct snug_session *session;
	struct snug_outfile *profile, *recording;
	struct snug_container names; /* what people call it */
	int signals;
	int seccomp_mode; /* of the program when it was executed */
	bool is_told;     /* the mode is known */
};

void hook_job_done(struct hook_job *job)
{
	snug_oci_state_done(&job->state);
	snug_trace_annotation_done(&job->annotation);
	job->base = snug_seccomp_profile_free(job->base);
	free(job->runtime);
	job->runtime = NULL;
}

/* Moves this process to the root of a hierarchy, or where that is not allowed (a cgroup namespace)
 * to a group beside the others. */
static void join_root(const char *mount)
{
	static const char *const places[] = { "", "/snug-recorders" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP(freep) char *dir = xasprintf("%s%s", mount, places[i]);
		CLEANUP(freep) char *procs = xasprintf("%s/cgroup.procs", dir);
		CLEANUP(closep) int fd = -EBADF;

		if (*places[i])
			(void)mkdir(dir, 0755);
		fd = open(procs, O_WRONLY | O_CLOEXEC);
		if (fd >= 0 && write(fd, "0", 1) == 1)
			return;
	}
}

static void leave_cgroups(void)
{
	CLEANUP(snug_cgroup_mounts_done) struct snug_cgroup_mounts mounts = { 0 };

	if (snug_cgroup_mounts_read("", &mounts, NULL) < 0)
		return;
	VEC_FOREACH (mount, &mounts.all)
		join_root(mount->point);
}

static void on_event(void *data, const struct snug_session_event *ev)
{
	struct recorder *r = data;

	if (ev->type != SNUG_SESSION_EXEC || ev->entered || r->is_told)
		return;
	r->is_told = true;
	r->seccomp_mode = snug_proc_seccomp_mode("", (pid_t)r->job->state.pid);
}

static int block_signals(struct snug_err *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_SETMASK, &set, NULL);
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd < 0 ? snug_err_errno(err, "signalfd") : fd;
}

static int make_session(struct recorder *r, bool alone, struct snug_err *err)
{
	struct snug_session_options opts = {
		.alone = alone,
		.with_args = r->job->args != SNUG_ARGS_OFF,
		.on_event = on_event,
		.data = r,
	};
	int e = snug_session_new(&opts, &r->session, err);

	/* only who starts a program can be asked for its calls, and that is the runtime */
	if (e == -EPERM || e == -EOPNOTSUPP)
		return snug_err_wrap(err, e, "a container is recorded with BPF, and only so");
	if (e < 0)
		return e;
	/* without it the recording says that nobody watched */
	if (r->job->config.has_seccomp)
		(void)snug_session_watch_denials(r->session, NULL);
	e = snug_session_arm_pid(r->session, r->job->state.pid, err);
	if (e == 0)
		e = snug_session_follow_entered(r->session, err);
	if (e < 0)
		r->session = snug_session_free(r->session);
	return e;
}

/* While the engine still knows it: with --rm, nobody does at the end. */
static void find_names(struct recorder *r)
{
	const struct snug_oci_state *s = &r->job->state;

	r->names = (struct snug_container){ .id = xstrdup(s->id ? s->id : "?"),
					    .name = xstrdup_null(s->name),
					    .image = xstrdup_null(s->image),
					    .bundle = xstrdup_null(s->bundle),
					    .runtime = xstrdup_null(r->job->runtime),
					    .pid = (pid_t)s->pid };
	snug_container_find_names("", &r->names);
}

/* What the conditions of the base are read for: this container on this host. */
static void find_env(const struct recorder *r, struct snug_seccomp_env *env)
{
	snug_seccomp_env_init_host(env);
	env->caps = r->job->config.has_caps ? r->job->config.caps : 0;
}

static bool is_crd(const struct recorder *r)
{
	const char *format = r->job->annotation.format;

	return format && strcmp(format, "crd") == 0;
}

/* What would be found wrong with the input file when there is nobody left to tell. */
static int check_base(const struct recorder *r, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str unused = SNUG_STR_INIT;
	struct snug_seccomp_env env;
	int e;

	if (!r->job->base)
		return 0;
	find_env(r, &env);
	e = snug_grow_check(r->job->base, &env, err);
	if (e == 0 && is_crd(r))
		e = snug_seccomp_profile_write(r->job->base, SNUG_PROFILE_CRD_YAML, &unused, err);
	return e;
}

static int open_files(struct recorder *r, struct snug_err *err)
{
	const struct snug_trace_annotation *a = &r->job->annotation;
	int e = snug_outfile_open(a->output, &r->profile, err);

	if (e < 0 || !a->recording)
		return e;
	if (snug_outfile_is(r->profile, a->recording))
		return snug_err_set(err, -EINVAL,
				    "invalid annotation: of: and recording: both name \"%s\"",
				    a->recording);
	return snug_outfile_open(a->recording, &r->recording, err);
}

static int prepare(struct recorder *r, struct snug_err *err)
{
	int e = check_base(r, err);

	if (e == 0)
		e = open_files(r, err);
	if (e < 0)
		return e;
	r->signals = block_signals(err);
	if (r->signals < 0)
		return r->signals;
	find_names(r);
	e = make_session(r, false, err);
	if (e != -EBUSY)
		return e;
	/* somebody records a tree that this container is part of */
	snug_err_done(err);
	return make_session(r, true, err);
}

/* True when somebody wants it to end before the container does. */
static bool wait_for_end(struct recorder *r)
{
	struct pollfd fds[] = {
		{ .fd = snug_session_poll_fd(r->session), .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN },
	};

	while (snug_session_n_tasks(r->session)) {
		(void)poll(fds, ARRAY_SIZE(fds), TICK_MS);
		(void)snug_session_dispatch(r->session, NULL);
		if (fds[1].revents & POLLIN)
			return true;
	}
	return false;
}

static void add_facts(const struct recorder *r, struct snug_recording *recording)
{
	const struct snug_trace_annotation *a = &r->job->annotation;
	const struct container_needs needs = {
		.runtime = r->job->runtime,
		.config = r->job->config,
		.runtimes = a->runtimes.items,
		.n_runtimes = a->runtimes.len,
		.warn = hook_log_warning,
	};

	container_add_facts(recording, &r->names, r->seccomp_mode);
	if (a->no_baseline || container_add_needs(recording, &needs))
		return;
	hook_log(LOG_WARNING,
		 "the runtime '%s' was never measured: the profile gets what runc and crun need",
		 r->job->runtime ? r->job->runtime : "?");
}

static int add_profile(const struct recorder *r, const struct snug_derived *d, struct snug_str *out,
		       struct snug_err *err)
{
	struct snug_seccomp_profile *p = d->profile;
	CLEANUP(snug_grown_done) struct snug_grown grown = { 0 };
	struct snug_seccomp_env env;
	int e;

	if (r->job->base) {
		find_env(r, &env);
		e = snug_grow(r->job->base, d, &env, &grown, err);
		if (e < 0)
			return e;
		p = r->job->base;
	}
	VEC_FOREACH (name, &grown.blocked)
		hook_log(LOG_WARNING, "'%s' was made, and stays blocked as the input file says",
			 *name);
	if (is_crd(r))
		return snug_seccomp_profile_write(p, SNUG_PROFILE_CRD_YAML, out, err);
	snug_seccomp_profile_write_compact(p, out);
	return 0;
}

static int derive(const struct recorder *r, const struct snug_recording *recording,
		  struct snug_derived *ret, struct snug_err *err)
{
	const char *name = recording->container->name;
	struct snug_derive_policy policy = {
		.name = name ? name : "container",
		/* an input file grows by calls: what it says of arguments is its author's */
		.args = r->job->base ? SNUG_ARGS_OFF : r->job->args,
		.signed_values = is_crd(r),
	};
	struct snug_derive_baselines baselines = { 0 };
	int e;

	snug_derive_add_baselines(recording, &baselines);
	policy.baselines = baselines.items;
	policy.n_baselines = baselines.len;
	e = snug_derive(&recording, 1, &policy, ret, err);
	VEC_DONE(&baselines);
	return e;
}

static int write_profile(struct recorder *r, const struct snug_recording *recording,
			 struct snug_err *err)
{
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	int e;

	if (!snug_session_has_begun(r->session))
		return snug_err_set(
			err, -ENODATA,
			"the container ended before it executed its program: no profile");
	e = derive(r, recording, &d, err);
	if (e == 0)
		e = add_profile(r, &d, &text, err);
	if (e < 0)
		return e;
	VEC_FOREACH (u, &d.unnamed)
		hook_log(LOG_WARNING, "call number %u (%s) has no name: it is not in the profile",
			 u->nr, snug_arch_name(u->arch));
	hook_log(LOG_INFO, "Writing seccomp profile to \"%s\"", r->job->annotation.output);
	snug_outfile_add(r->profile, text.buf, text.len);
	return snug_outfile_commit(r->profile, err);
}

static int write_recording(struct recorder *r, const struct snug_recording *recording,
			   struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (!r->recording)
		return 0;
	snug_recording_write(recording, &text);
	snug_outfile_add(r->recording, text.buf, text.len);
	return snug_outfile_commit(r->recording, err);
}

static int finish(struct recorder *r, bool stopped_early)
{
	CLEANUP(snug_recording_freep) struct snug_recording *recording = NULL;
	CLEANUP(snug_err_done) struct snug_err first = SNUG_ERR_INIT;
	CLEANUP(snug_err_done) struct snug_err second = SNUG_ERR_INIT;
	int e;

	recording = snug_session_finish(r->session, -1, stopped_early);
	add_facts(r, recording);
	if (!snug_recording_is_complete(recording))
		hook_log(LOG_WARNING, "the recording is incomplete");
	e = write_profile(r, recording, &first);
	if (e < 0)
		hook_log(LOG_ERR, "error generating final seccomp profile: %s",
			 snug_err_msg(&first));
	if (write_recording(r, recording, &second) < 0) {
		hook_log(LOG_ERR, "error writing the recording: %s", snug_err_msg(&second));
		e = -EIO;
	}
	return e < 0 ? 1 : 0;
}

/* Nothing of the runtime's stays open: who reads its end would wait for us. */
static void detach(void)
{
	CLEANUP(closep) int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	hook_log_detach();
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	if (chdir("/") < 0)
		hook_log(LOG_WARNING, "cannot leave the folder it was started in");
}

static void recorder_done(struct recorder *r)
{
	r->session = snug_session_free(r->session);
	r->profile = snug_outfile_free(r->profile);
	r->recording = snug_outfile_free(r->recording);
	snug_container_done(&r->names);
}

static _Noreturn void record(struct hook_job *job, int pipe_fd)
{
	struct recorder r = { .job = job, .signals = -EBADF, .seccomp_mode = -1 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int status;

	(void)setsid();
	leave_cgroups();
	if (prepare(&r, &err) < 0) {
		recorder_done(&r);
		(void)snug_write_all(pipe_fd, snug_err_msg(&err), strlen(snug_err_msg(&err)));
		exit(1);
	}
	hook_log(LOG_INFO, "Recording PID %u of container '%s' to \"%s\"", job->state.pid,
		 job->state.id ? job->state.id : "?", job->annotation.output);
	detach();
	(void)snug_write_all(pipe_fd, "", 1);
	close(pipe_fd);
	status = finish(&r, wait_for_end(&r));
	recorder_done(&r);
	exit(status);
}

/* The reason that comes through the pipe, or 0 for the one byte that says it goes well. */
static int hear(int fd, pid_t pid, struct snug_err *err)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char reason[MAX_REASON + 1];
	size_t len = 0;
	ssize_t n = 0;
	int status;

	while (len < MAX_REASON) {
		if (poll(&p, 1, START_TIMEOUT_MS) == 0) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return snug_err_set(err, -ETIMEDOUT, "the recorder does not get ready");
		}
		n = read(fd, reason + len, MAX_REASON - len);
		if (n <= 0)
			break;
		if (len == 0 && reason[0] == '\0')
			return 0;
		len += (size_t)n;
	}
	reason[len] = '\0';
	if (waitpid(pid, &status, 0) == pid && len == 0)
		return snug_err_set(err, -ECHILD, "the recorder died of %s",
				    WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
							: "an unknown cause");
	return snug_err_set(err, -EIO, "%s", reason);
}

int hook_recorder_start(struct hook_job *job, struct snug_err *err)
{
	CLEANUP(closep) int read_end = -EBADF;
	CLEANUP(closep) int write_end = -EBADF;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return snug_err_errno(err, "pipe");
	read_end = fds[0];
	write_end = fds[1];
	(void)fflush(NULL);
	pid = fork();
	if (pid < 0)
		return snug_err_errno(err, "fork");
	if (pid == 0) {
		close(snug_steal_fd(&read_end));
		record(job, snug_steal_fd(&write_end));
	}
	close(snug_steal_fd(&write_end));
	return hear(read_end, pid, err);
}
