/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug run`: the filter is compiled here and installed in the child right before its execve, so
 * that nothing snug needs has to be in the profile.  Beside the filter nothing watches the command;
 * only when the profile can kill, and we may use BPF, a program waits for the one signal that tells
 * which call it was; and where a person looks on, snug is asked before a call is refused
 * (explain.h).
 */
#include "base/child.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/deaths.h"
#include "cmd/explain.h"
#include "cmd/identity.h"
#include "cmd/input.h"
#include "cmd/logged.h"
#include "cmd/say.h"
#include "cmd/supervise.h"
#include "cmd/verb.h"
#include "seccomp/filter.h"
#include "trace/probe.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/version.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

struct run_args {
	const char *profile, *type;
	bool strict, quiet, verbose;
	enum snug_switch explain;
	const char *json;
};

static const struct snug_option options[] = {
	{ 'p', "profile", SNUG_OPTION_STRING, offsetof(struct run_args, profile), "FILE",
	  "the profile: OCI JSON or a SeccompProfile, docker-default, or - for standard input "
	  "(default: profile.yaml in $TMPDIR or /tmp)",
	  "@profile" },
	{ 't', "type", SNUG_OPTION_STRING, offsetof(struct run_args, type), "TYPE",
	  "only seccomp; here for compatibility", "seccomp" },
	{ 0, "strict", SNUG_OPTION_BOOL, offsetof(struct run_args, strict), NULL,
	  "unknown fields and syscall names in the profile are errors, not warnings" },
	{ 0, "explain", SNUG_OPTION_SWITCH, offsetof(struct run_args, explain), NULL,
	  "tell each call that the profile refuses (default on a terminal; --explain=false: off)" },
	{ 0, "json", SNUG_OPTION_STRING, offsetof(struct run_args, json), "FILE",
	  "write what was refused as JSON, for 'snug amend --from FILE'; watches as --explain does" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct run_args, quiet), NULL,
	  "say nothing but warnings and errors" },
	{ 'v', "verbose", SNUG_OPTION_BOOL, offsetof(struct run_args, verbose), NULL,
	  "log every step, also on a terminal" },
	SNUG_OPTIONS_END,
};

struct run {
	struct snug_seccomp_profile *profile;
	struct snug_seccomp_env env;
	struct snug_seccomp_filter filter;
	bool has_admin;
	bool tells_logged; /* by explain, without a log */
	char *path;        /* of the executable */
	struct snug_child *child;
	struct deaths deaths;
	struct explain *explain; /* NULL: nothing is watched */
	struct snug_outfile *json;
	struct logged *logged; /* NULL: nothing is logged, or the log cannot be read */
	int poll_fd;           /* of all of these */
};

static void run_done(struct run *run)
{
	closep(&run->poll_fd);
	logged_free(run->logged);
	explain_free(run->explain);
	snug_outfile_free(run->json);
	deaths_done(&run->deaths);
	snug_child_free(run->child);
	snug_seccomp_filter_done(&run->filter);
	snug_seccomp_profile_free(run->profile);
	free(run->path);
}

static char *default_profile(void)
{
	const char *tmp = getenv("TMPDIR");

	return xasprintf("%s/profile.yaml", tmp && *tmp ? tmp : "/tmp");
}

static int refuse_notify(const struct snug_seccomp_profile *p, struct snug_err *err)
{
	size_t i = 0;

	while (i < p->entries.len && p->entries.items[i].action != SNUG_ACTION_NOTIFY)
		i++;
	return snug_err_set(
		err, -EOPNOTSUPP,
		"%s: syscalls[%zu].action: SCMP_ACT_NOTIFY needs a program that answers, "
		"which a container runtime connects to listenerPath; 'snug run' stands in for it "
		"with --explain: such calls fail with ENOSYS then",
		p->source, i);
}

/* Reads, compiles and checks the profile. */
static int prepare_filter(struct run *run, const struct run_args *args, struct snug_err *err)
{
	const struct snug_seccomp_read_options opts = { .strict = args->strict,
							.warn = say_warn_text };
	CLEANUP(freep) char *named = args->profile ? xstrdup(args->profile) : default_profile();
	const char *path = named;
	int r;

	say_log("Reading file %s", named);
	/* nobody named it, so nobody vouches for who has put it there */
	r = args->profile ? input_find(named, &path, err) : snug_check_shared_dir(path, path, err);
	if (r < 0)
		return r;
	r = snug_seccomp_profile_read(path, &opts, &run->profile, err);
	if (r == -ENOENT)
		input_add_hint(named, err);
	if (r < 0)
		return r;
	say_log("Setting up seccomp");
	snug_seccomp_env_init_host(&run->env);
	r = snug_seccomp_filter_compile(run->profile, &run->env, say_warn_text, NULL, &run->filter,
					err);
	if (r == 0)
		r = snug_seccomp_filter_check_kernel(run->profile, &run->filter, err);
	if (r < 0)
		return r;
	run->has_admin = snug_probe_capabilities() >> CAP_SYS_ADMIN & 1;
	return 0;
}

/* SECCOMP_USER_NOTIF_FLAG_CONTINUE */
static bool can_let_pass(const struct run *run)
{
	return run->env.kernel_version >= KERNEL_VERSION(5, 5, 0);
}

static int prepare_explain(struct run *run, const struct run_args *args, struct snug_err *err)
{
	const struct explain_options opts = {
		.profile = run->profile,
		.env = &run->env,
		.filter = &run->filter,
		.path = run->profile->source,
		.is_asked = args->explain == SNUG_SWITCH_ON || args->json,
		.tells_logged = (args->explain == SNUG_SWITCH_ON || args->json) &&
				snug_seccomp_filter_logs(&run->filter) && can_let_pass(run) &&
				!logged_can_read(),
	};
	bool is_off = args->explain == SNUG_SWITCH_OFF ||
		      (!opts.is_asked && (!say_is_terminal() || args->quiet));
	int r;

	if (args->json && args->explain == SNUG_SWITCH_OFF)
		return snug_err_set(err, -EINVAL,
				    "--json has nothing to write with --explain=false");
	run->tells_logged = opts.tells_logged;
	r = args->json ? sudo_outfile_open(args->json, &run->json, err) : 0;
	if (r == 0 && !is_off)
		r = explain_new(&opts, &run->explain, err);
	if (r == 0 && run->filter.needs_listener &&
	    !(run->explain && explain_watches(run->explain)))
		r = refuse_notify(run->profile, err);
	return r;
}

/* In the child, behind fork. */
static int install(void *data)
{
	const struct run *run = data;
	int r = run->explain && explain_watches(run->explain)
			? explain_install(run->explain, run->has_admin)
			: -EOPNOTSUPP;

	if (r >= 0)
		return r + 1;
	r = snug_seccomp_filter_install(&run->filter, run->has_admin);
	return r < 0 ? r : 0;
}

static void on_passed(void *data, int fd)
{
	struct run *run = data;

	explain_listen(run->explain, fd);
	explain_on_ready(run->explain);
}

static void on_sigsys(void *data, const struct snug_sigsys_event *ev)
{
	struct run *run = data;

	explain_on_sigsys(run->explain, ev);
}

static void on_logged(void *data, const struct snug_audit_event *ev)
{
	struct run *run = data;

	explain_on_logged(run->explain, ev);
}

static void on_ready(void *data)
{
	struct run *run = data;

	if (run->explain)
		explain_on_ready(run->explain);
	if (run->logged)
		logged_on_ready(run->logged);
	deaths_on_ready(&run->deaths);
}

/* Where the profile logs, the kernel's log is read, as spoc does; but not where nobody would see
 * the lines. */
static void open_log(struct run *run, const struct run_args *args)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (args->explain == SNUG_SWITCH_OFF || (args->quiet && args->explain != SNUG_SWITCH_ON) ||
	    run->tells_logged ||
	    !(snug_seccomp_filter_logs(&run->filter) ||
	      (run->explain && explain_needs_log(run->explain))))
		return;
	if (logged_new(snug_child_pid(run->child), &run->logged, &err) < 0 &&
	    (args->explain == SNUG_SWITCH_ON || say_is_terminal()))
		say_warn("what the profile logs cannot be told: %s", snug_err_msg(&err));
	if (run->logged && run->explain) {
		logged_set_taker(run->logged, on_logged, run);
		explain_set_log(run->explain, true);
	}
}

/* Readable when one of them is. */
static int open_poll_fd(struct run *run, struct snug_err *err)
{
	const int fds[] = {
		deaths_poll_fd(&run->deaths),
		run->explain ? explain_poll_fd(run->explain) : -1,
		run->logged ? logged_poll_fd(run->logged) : -1,
	};

	run->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (run->poll_fd < 0)
		return snug_err_errno(err, "epoll_create1");
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		struct epoll_event event = { .events = EPOLLIN };

		/* a file is always readable, and is not for epoll: it has its ticks */
		if (fds[i] >= 0 && epoll_ctl(run->poll_fd, EPOLL_CTL_ADD, fds[i], &event) < 0 &&
		    errno != EPERM)
			return snug_err_errno(err, "epoll_ctl");
	}
	return 0;
}

/* What the kernel's refusal of a filter means (seccomp(2)). */
static const char *load_hint(int r)
{
	switch (-r) {
	case EINVAL:
		return " (a kernel without CONFIG_SECCOMP_FILTER, or a flag that it does not take: "
		       "'snug doctor' shows which)";
	case ENOMEM:
		return " (the filters in force here and this one have over 32768 instructions "
		       "together)";
	case EACCES:
		return " (without CAP_SYS_ADMIN it takes no_new_privs)";
	case ESRCH:
		return " (SECCOMP_FILTER_FLAG_TSYNC: a thread cannot follow)";
	case EBUSY:
		return " (a filter in force here has a listener already)";
	case ENOSYS:
	case EPERM:
		return " (a filter in force here, a container's perhaps, forbids seccomp(2): 'snug "
		       "doctor' shows what works)";
	default:
		return "";
	}
}

static int start_failed(const struct run *run, enum snug_child_step step, int r,
			struct snug_err *err)
{
	if (step == SNUG_CHILD_BEFORE_EXEC) {
		snug_err_set(err, r, "cannot load the profile '%s': %s%s", run->profile->source,
			     strerror(-r), load_hint(r));
		return SNUG_EXIT_FAILED;
	}
	if (r == -ENOENT) {
		snug_err_set(err, r, "start command: %s: %s", run->path, strerror(-r));
		return SNUG_EXIT_NOT_FOUND;
	}
	/* EPERM, ENOSYS, ... may be the filter's answer to execve itself */
	snug_err_set(err, r, "start command: %s: %s%s", run->path, strerror(-r),
		     r == -EPERM || r == -ENOSYS ? " (does the profile allow execve?)" : "");
	return SNUG_EXIT_NOT_EXECUTABLE;
}

static int start(struct run *run, const struct run_args *args, char **argv, struct snug_err *err)
{
	const struct snug_child_options opts = {
		.path = run->path,
		.argv = argv,
		.envp = environ,
		.before_exec = install,
		.passes_fd = run->explain && explain_watches(run->explain),
		.on_passed = on_passed,
		.data = run,
	};
	CLEANUP(closep) int listener = -EBADF;
	enum snug_child_step step;
	int r;

	supervise_prepare();
	if (snug_child_spawn(&opts, &run->child, err) < 0)
		return SNUG_EXIT_FAILED;
	deaths_init(&run->deaths, snug_child_pid(run->child), run->filter.can_kill);
	if (run->explain) {
		run->deaths.on_event = on_sigsys;
		run->deaths.data = run;
	}
	if (run->explain && !run->deaths.source)
		explain_warn_deaths(run->explain);
	open_log(run, args);
	say_log("Load seccomp profile");
	say_log("Running command with PID: %d", (int)snug_child_pid(run->child));
	r = snug_child_start(run->child, &step);
	listener = snug_child_take_fd(run->child);
	if (opts.passes_fd && (r == 0 || listener >= 0))
		explain_listen(run->explain, listener);
	return r < 0 ? start_failed(run, step, r, err) : 0;
}

/* What was refused, when all is over. */
static int tell_refusals(struct run *run, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	if (run->logged)
		logged_finish(run->logged, run->profile);
	if (run->explain)
		explain_finish(run->explain);
	if (!run->json)
		return 0;
	explain_add_json(run->explain, run->profile->source, &text);
	snug_outfile_add(run->json, text.buf, text.len);
	return snug_outfile_commit(run->json, err);
}

static int run_command(struct run *run, const struct run_args *args, char **argv,
		       struct snug_err *err)
{
	struct supervise sup = { 0 };
	int status;

	status = start(run, args, argv, err);
	if (status) {
		(void)tell_refusals(run, NULL);
		return status;
	}
	sup = (struct supervise){
		.child = run->child,
		.fd = deaths_poll_fd(&run->deaths),
		.on_ready = on_ready,
		.data = run,
	};
	if (run->explain || run->logged) {
		if (open_poll_fd(run, err) < 0)
			return SNUG_EXIT_FAILED;
		sup.fd = run->poll_fd;
	}
	if (run->logged && logged_tick_ms(run->logged)) {
		sup.tick_ms = logged_tick_ms(run->logged);
		sup.on_tick = on_ready;
	}
	if (supervise_run(&sup, err) < 0)
		return SNUG_EXIT_FAILED;
	deaths_report(&run->deaths, sup.wstatus, run->profile->source);
	if (sup.wstatus != 0)
		say_log("wait for command: exit status %d", supervise_exit_status(sup.wstatus));
	if (tell_refusals(run, err) < 0)
		return SNUG_EXIT_FAILED;
	return supervise_exit_status(sup.wstatus);
}

static int run_all(struct run *run, const struct run_args *args, char **argv, struct snug_err *err)
{
	int r;

	if (args->type && strcmp(args->type, "seccomp") != 0) {
		snug_err_set(err, -EINVAL, "unsupported type: %.64s", args->type);
		return SNUG_EXIT_FAILED;
	}
	if (prepare_filter(run, args, err) < 0 || prepare_explain(run, args, err) < 0)
		return SNUG_EXIT_FAILED;
	r = snug_path_find(argv[0], &run->path);
	if (r == -ENOENT) {
		snug_err_set(err, r, "start command: %s: command not found", argv[0]);
		return SNUG_EXIT_NOT_FOUND;
	}
	if (r < 0) {
		snug_err_set(err, r, "start command: %s: not an executable file", argv[0]);
		return SNUG_EXIT_NOT_EXECUTABLE;
	}
	return run_command(run, args, argv, err);
}

static int run_run(void *data, char **argv)
{
	const struct run_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(run_done) struct run run = { .poll_fd = -EBADF };
	int status;

	say_init(args->quiet     ? SNUG_TALK_QUIET
		 : args->verbose ? SNUG_TALK_VERBOSE
				 : SNUG_TALK_NORMAL);
	if (!argv[0]) {
		say_error("run: no command provided (see 'snug run --help')");
		return SNUG_EXIT_USAGE;
	}
	status = run_all(&run, args, argv, &err);
	if (err.code)
		say_error("run: %s", snug_err_msg(&err));
	return status;
}

const struct snug_verb snug_verb_run = {
	.name = "run",
	.alias = "x",
	.synopsis = "[--] COMMAND [ARGS...]",
	.summary = "Run a command under a seccomp profile",
	.details =
		"The exit status is COMMAND's (128 + signal when it was killed), 127 when it was\n"
		"not found, 126 when it could not be executed, 1 when the profile could not be\n"
		"loaded. The profile has to allow execve, with which COMMAND starts.\n",
	.options = options,
	.positionals = "@command",
	.args_size = sizeof(struct run_args),
	.run = run_run,
};
