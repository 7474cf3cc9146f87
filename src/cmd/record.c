/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug record`: everything that can fail because of the user (options, the command's name, the
 * output files) is checked before anything is loaded or started; what is written appears at the end
 * or not at all.
 */
#include "base/child.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/attach-options.h"
#include "cmd/identity.h"
#include "cmd/liveline.h"
#include "cmd/output.h"
#include "cmd/record-attach.h"
#include "cmd/record-engine.h"
#include "cmd/record-summary.h"
#include "cmd/say.h"
#include "cmd/supervise.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "record/denied.h"
#include "record/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TICK_MS = 100 };

struct record_args {
	struct output_options output;
	const char *recording;
	bool no_proc_start, privileged, denials, quiet, verbose, json;
	const char *engine;
	struct attach_options attach;
};

static const struct snug_option options[] = {
	OUTPUT_OPTIONS(struct record_args, output),
	{ 0, "recording", SNUG_OPTION_STRING, offsetof(struct record_args, recording), "FILE",
	  "keep the recording itself here, for 'snug derive'" },
	{ 0, "no-proc-start", SNUG_OPTION_BOOL, offsetof(struct record_args, no_proc_start), NULL,
	  "do not start COMMAND: record programs of that name until Ctrl-C" },
	{ 0, "engine", SNUG_OPTION_STRING, offsetof(struct record_args, engine), "NAME",
	  "auto: bpf where it can be used, else notify, which needs no privilege (default: auto)",
	  RECORD_ENGINES },
	{ 0, "privileged", SNUG_OPTION_BOOL, offsetof(struct record_args, privileged), NULL,
	  "under sudo, run COMMAND as root instead of as the user who called" },
	{ 0, "denials", SNUG_OPTION_BOOL, offsetof(struct record_args, denials), NULL,
	  "watch for calls that seccomp refuses from the start, and not from the first filter on" },
	ATTACH_OPTIONS(struct record_args, attach),
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct record_args, quiet), NULL,
	  "say nothing but warnings and errors" },
	{ 'v', "verbose", SNUG_OPTION_BOOL, offsetof(struct record_args, verbose), NULL,
	  "log every event, also on a terminal" },
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct record_args, json), NULL,
	  "a summary as one line of JSON on standard output, the last one" },
	SNUG_OPTIONS_END,
};

/* One run of the verb. */
struct record {
	const struct record_args *args;
	char **argv;
	char *path; /* of the executable */
	struct sudo_identity identity;
	struct output output;
	struct snug_outfile *recording_file;
	struct snug_session *session;
	struct snug_child *child;
	struct liveline live;
	/* for the live line */
	char *newest;
	uint64_t newest_us, live_drawn_us;
	uint32_t mntns; /* the first process' */
};

static void record_done(struct record *rec)
{
	liveline_hide(&rec->live);
	snug_child_free(rec->child);
	snug_session_free(rec->session);
	snug_outfile_free(rec->recording_file);
	output_done(&rec->output);
	sudo_identity_done(&rec->identity);
	free(rec->newest);
	free(rec->path);
}

static void on_event(void *data, const struct snug_session_event *ev)
{
	CLEANUP(snug_str_done) struct snug_str result = SNUG_STR_INIT;
	struct record *rec = data;

	switch (ev->type) {
	case SNUG_SESSION_CALL:
		free(rec->newest);
		rec->newest = ev->name ? xstrdup(ev->name) : xasprintf("call %u", ev->nr);
		rec->newest_us = ev->at_us;
		break;
	case SNUG_SESSION_PROCESS:
		say_log("Received new pid: %u with mntns=%u", ev->pid, ev->mntns);
		if (!rec->mntns)
			rec->mntns = ev->mntns;
		break;
	case SNUG_SESSION_EXIT:
		say_log("record pid exit: %u.", ev->pid);
		break;
	case SNUG_SESSION_DENIED:
		snug_result_add_name(&result, ev->result);
		say_log("Refused: %s (%u, %s): %s", ev->name ? ev->name : "?", ev->nr,
			snug_arch_name(ev->arch), snug_str_text(&result));
		break;
	case SNUG_SESSION_EXEC:
		break;
	case SNUG_SESSION_UNPRIVILEGED:
		say_warn("'%s' gets no privileges from its file (set-user-ID, set-group-ID or "
			 "capabilities) and may fail: recording without privileges takes "
			 "no_new_privs; as root it keeps them",
			 ev->path);
		break;
	}
}

static void on_ready(void *data)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct record *rec = data;

	if (snug_session_dispatch(rec->session, &err) < 0)
		say_warn("%s", snug_err_msg(&err));
}

static void draw(struct record *rec)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	uint64_t now = snug_session_elapsed_us(rec->session);

	snug_str_addf(&text, " recording %" PRIu64 " s   %zu calls", now / 1000000,
		      snug_session_n_calls(rec->session));
	if (rec->newest)
		snug_str_addf(&text, "   newest: %s, %" PRIu64 " s ago", rec->newest,
			      (now - rec->newest_us) / 1000000);
	if (!rec->child)
		snug_str_add(&text, "   (Ctrl-C ends)");
	snug_str_addc(&text, ' ');
	liveline_show(&rec->live, snug_str_text(&text));
	rec->live_drawn_us = now;
}

static void on_tick(void *data)
{
	enum { FIRST_US = 500000, EVERY_US = 200000 };
	struct record *rec = data;
	uint64_t now = snug_session_elapsed_us(rec->session);

	on_ready(data);
	if (!say_is_quiet() && now > FIRST_US && now - rec->live_drawn_us > EVERY_US)
		draw(rec);
}

static void on_stop(void *data)
{
	struct record *rec = data;

	liveline_hide(&rec->live);
}

static bool may_end(void *data)
{
	struct record *rec = data;

	return snug_session_n_tasks(rec->session) == 0;
}

/* What can be wrong before anything runs.  Returns the exit status, 0 to go on. */
static int prepare(struct record *rec, struct snug_err *err)
{
	const struct record_args *args = rec->args;
	int r;

	if (!rec->argv[0]) {
		say_error("record: no command provided (see 'snug record --help')");
		return SNUG_EXIT_USAGE;
	}
	if (output_check(&args->output, err) < 0)
		return SNUG_EXIT_FAILED;
	r = args->no_proc_start ? 0 : snug_path_find(rec->argv[0], &rec->path);
	if (r == -ENOENT) {
		snug_err_set(err, r, "start command: %s: command not found", rec->argv[0]);
		return SNUG_EXIT_NOT_FOUND;
	}
	if (r < 0) {
		snug_err_set(err, r, "start command: %s: not an executable file", rec->argv[0]);
		return SNUG_EXIT_NOT_EXECUTABLE;
	}
	if (output_open(&args->output, &rec->output, err) < 0)
		return SNUG_EXIT_FAILED;
	if (args->recording && snug_outfile_is(rec->output.file, args->recording)) {
		say_error("record: -o and --recording both name %s", args->recording);
		return SNUG_EXIT_USAGE;
	}
	if (args->recording && sudo_outfile_open(args->recording, &rec->recording_file, err) < 0)
		return SNUG_EXIT_FAILED;
	return 0;
}

static int load(struct record *rec, struct snug_err *err)
{
	struct snug_session_options opts = {
		.command = (const char *const *)rec->argv,
		.alone = rec->args->no_proc_start,
		.denials = rec->args->denials,
		.with_args = output_looks_at_args(&rec->args->output),
		.on_event = on_event,
		.data = rec,
	};

	/* records what was started by others: BPF's alone */
	return record_engine_open(rec->args->no_proc_start ? "bpf" : rec->args->engine, &opts,
				  &rec->session, err);
}

/* Starts the command behind the armed recorder.  Returns the exit status, 0 to go on. */
static int start(struct record *rec, struct snug_err *err)
{
	struct snug_child_options opts = { .path = rec->path, .argv = rec->argv, .envp = environ };
	CLEANUP(snug_err_done) struct snug_err drop_err = SNUG_ERR_INIT;
	enum snug_child_step step;
	int r;

	if (!rec->args->privileged && sudo_identity_find(&rec->identity, &drop_err) < 0)
		say_warn("Failed to drop sudo privileges: %s: the command runs as root",
			 snug_err_msg(&drop_err));
	if (rec->identity.is_set) {
		opts.set_identity = true;
		opts.uid = rec->identity.uid;
		opts.gid = rec->identity.gid;
		opts.envp = rec->identity.envp;
	}
	snug_session_prepare_child(rec->session, &opts);
	if (snug_child_spawn(&opts, &rec->child, err) < 0 ||
	    snug_session_arm(rec->session, snug_child_pidfd(rec->child), err) < 0)
		return SNUG_EXIT_FAILED;
	say_log("Recording started.");
	say_log("Running command with PID: %d", (int)snug_child_pid(rec->child));
	r = snug_child_start(rec->child, &step);
	snug_session_child_started(rec->session, rec->child);
	if (r == 0)
		return 0;
	if (step == SNUG_CHILD_BEFORE_EXEC) {
		snug_err_set(err, r, "cannot watch the command's calls: %s%s", strerror(-r),
			     snug_session_start_hint(r));
		return SNUG_EXIT_FAILED;
	}
	if (step == SNUG_CHILD_IDENTITY) {
		snug_err_set(err, r, "cannot become uid %u: %s", opts.uid, strerror(-r));
		return SNUG_EXIT_FAILED;
	}
	snug_err_set(err, r, "start command: %s: %s", rec->path, strerror(-r));
	return r == -ENOENT ? SNUG_EXIT_NOT_FOUND : SNUG_EXIT_NOT_EXECUTABLE;
}

/* Starts whatever is to be recorded and waits for its end.  Exit status, 0 to go on. */
static int observe(struct record *rec, struct supervise *sup, struct snug_err *err)
{
	bool no_running;
	int status;

	if (rec->args->no_proc_start) {
		if (snug_session_watch_comm(rec->session, text_basename(rec->argv[0]), &no_running,
					    err) < 0)
			return SNUG_EXIT_FAILED;
		if (no_running)
			say_warn("in a PID namespace only programs that are started from now on "
				 "can be recorded by name");
		say_log("Recording started.");
		say_log("Waiting for CTRL+C / SIGINT...");
		say_person("recording every '%s'; Ctrl-C ends", text_basename(rec->argv[0]));
	} else {
		status = start(rec, err);
		if (status)
			return status;
	}
	liveline_init(&rec->live);
	*sup = (struct supervise){
		.child = rec->child,
		.fd = snug_session_poll_fd(rec->session),
		.on_ready = on_ready,
		.tick_ms = TICK_MS,
		.on_tick = on_tick,
		.on_stop = on_stop,
		.may_end = rec->child ? may_end : NULL,
		.data = rec,
	};
	if (supervise_run(sup, err) < 0)
		return SNUG_EXIT_FAILED;
	liveline_hide(&rec->live);
	return 0;
}

static int write_results(struct record *rec, const struct supervise *sup, struct snug_err *err)
{
	CLEANUP(snug_recording_freep) struct snug_recording *recording = NULL;
	CLEANUP(snug_derived_done) struct snug_derived derived = { 0 };
	const struct snug_recording *one;
	int r;

	if (snug_session_engine(rec->session) == SNUG_SESSION_BPF)
		say_log("Stop BPF recording: Detaching all programs...");
	recording = snug_session_finish(rec->session, sup->wstatus, sup->interrupted);
	say_log("Recording stopped.");
	say_log("Processing recorded data");
	if (rec->mntns)
		say_log("Found process mntns %u in bpf map", rec->mntns);
	r = output_write_recording(rec->recording_file, rec->args->recording, recording, err);
	if (r < 0)
		return r;
	one = recording;
	r = output_write(&rec->output, text_basename(rec->argv[0]), &one, 1, &derived, err);
	if (r < 0)
		return r;
	const struct record_summary summary = {
		.recordings = &one,
		.n_recordings = 1,
		.derived = &derived,
		.profile_path = rec->output.path,
		.recording_path = rec->args->recording,
		.argv = rec->argv,
		.is_json = rec->args->json,
		.has_base = !rec->args->output.no_base,
		.can_run = !rec->args->no_proc_start,
	};
	record_summary_print(&summary);
	return 0;
}

static int record(struct record *rec, struct snug_err *err)
{
	struct supervise sup = { 0 };
	int status;

	/* from here on signals wait until they can be handled: the temporary files must go */
	supervise_prepare();
	status = prepare(rec, err);
	if (status)
		return status;
	if (load(rec, err) < 0)
		return SNUG_EXIT_FAILED;
	status = observe(rec, &sup, err);
	if (status)
		return status;
	if (sup.wstatus > 0 && WIFSIGNALED(sup.wstatus))
		say_log("Command did not exit successfully: signal: %d", WTERMSIG(sup.wstatus));
	else if (sup.wstatus > 0)
		say_log("Command did not exit successfully: exit status %d",
			WEXITSTATUS(sup.wstatus));
	if (write_results(rec, &sup, err) < 0)
		return SNUG_EXIT_FAILED;
	return sup.wstatus < 0 ? SNUG_EXIT_OK : supervise_exit_status(sup.wstatus);
}

static bool is_stdout(const char *path)
{
	return path && (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0);
}

/* What is wrong with options that are about what runs already. */
static int check_attach(const struct record_args *args, char **argv, struct attach_request *ret,
			struct snug_err *err)
{
	const struct attach_options *o = &args->attach;
	int r;

	r = attach_check(o, ret, err);
	if (r < 0 || !attach_is_wanted(o))
		return r;
	if (argv[0])
		return snug_err_set(err, -EINVAL,
				    "'%.64s': nothing is started with --container, --pid or "
				    "--cgroup, so there is no COMMAND",
				    argv[0]);
	if (args->no_proc_start || args->privileged)
		return snug_err_set(err, -EINVAL, "%s is about a COMMAND, and there is none",
				    args->privileged ? "--privileged" : "--no-proc-start");
	if (args->output.no_base && o->runtimes.is_set)
		return snug_err_set(err, -EINVAL, "-n and --runtime exclude each other");
	if (o->each && (is_stdout(args->output.file) || is_stdout(args->recording)))
		return snug_err_set(err, -EINVAL, "--each makes several files: %s cannot be -",
				    is_stdout(args->output.file) ? "-o" : "--recording");
	return 0;
}

static int attach(struct record_args *args, const struct attach_request *request,
		  struct snug_err *err)
{
	const struct attach_options *o = &args->attach;
	const struct record_attach job = {
		.options = o,
		.request = request,
		.output = &args->output,
		.recording = args->recording,
		.is_json = args->json,
		.denials = args->denials,
	};

	args->output.no_entered = o->no_entered;
	/* none of a runtime's calls: not those of the general set, either */
	if (o->runtimes.len && strcmp(o->runtimes.items[0], "none") == 0 &&
	    !args->output.base.is_set)
		args->output.no_base = true;
	return record_attach(&job, err);
}

static int run(struct record_args *args, char **argv, struct snug_err *err)
{
	CLEANUP(record_done) struct record rec = { .args = args, .argv = argv };
	struct attach_request request;

	if (args->json && (is_stdout(args->output.file) || is_stdout(args->recording))) {
		snug_err_set(err, -EINVAL, "--json and %s both want standard output",
			     is_stdout(args->output.file) ? "-o" : "--recording");
		return SNUG_EXIT_USAGE;
	}
	if (record_engine_check(args->engine, err) < 0 ||
	    check_attach(args, argv, &request, err) < 0 ||
	    (args->no_proc_start &&
	     record_engine_needs_bpf(args->engine, "--no-proc-start", err) < 0) ||
	    (attach_is_wanted(&args->attach) &&
	     record_engine_needs_bpf(args->engine, "recording what runs already", err) < 0))
		return SNUG_EXIT_USAGE;
	return attach_is_wanted(&args->attach) ? attach(args, &request, err) : record(&rec, err);
}

static int record_run(void *data, char **argv)
{
	struct record_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int status;

	say_init(args->quiet || args->json ? SNUG_TALK_QUIET
		 : args->verbose           ? SNUG_TALK_VERBOSE
					   : SNUG_TALK_NORMAL);
	status = run(args, argv, &err);
	if (err.code)
		say_error("record: %s", snug_err_msg(&err));
	attach_options_done(&args->attach);
	snug_list_done(&args->output.base);
	return status;
}

const struct snug_verb snug_verb_record = {
	.name = "record",
	.alias = "r",
	.synopsis = "[--] [COMMAND [ARGS...]]",
	.summary = "Run a command and write the seccomp profile that fits it",
	.details =
		"The profile allows what COMMAND and all its descendants did from its execve on. The\n"
		"exit status is COMMAND's (128 + signal when it was killed), 127 when it was not found,\n"
		"126 when it could not be executed; then nothing is written. Recording goes on until\n"
		"the last descendant has ended; Ctrl-C or SIGTERM ends it with COMMAND.\n"
		"With --container, --pid or --cgroup there is no COMMAND: what runs already is recorded\n"
		"from now on, until it ends or Ctrl-C.\n",
	.options = options,
	.positionals = "@command",
	.args_size = sizeof(struct record_args),
	.run = record_run,
};
