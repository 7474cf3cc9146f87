/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `snug hook`: what an OCI runtime calls before a container's program is executed.  Everything that
 * can be found wrong is found before the recorder is started; then the container waits for nothing
 * but the mark on its process.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/hook-install.h"
#include "cmd/hook-log.h"
#include "cmd/hook-recorder.h"
#include "cmd/output.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"
#include "oci/baseline.h"
#include "oci/proc.h"
#include "seccomp/names.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct hook_args {
	const char *dir;
	struct snug_list runtimes;
	const char *args;
	bool is_peers_flag, install, uninstall;
};

static const struct snug_option options[] = {
	{ 0, "install", SNUG_OPTION_BOOL, offsetof(struct hook_args, install), NULL,
	  "put the hook where podman and CRI-O look for hooks" },
	{ 0, "uninstall", SNUG_OPTION_BOOL, offsetof(struct hook_args, uninstall), NULL,
	  "take it away again" },
	{ 0, "dir", SNUG_OPTION_STRING, offsetof(struct hook_args, dir), "DIR",
	  "where hooks are (default: " HOOKS_DIR ")" },
	{ 0, "runtime", SNUG_OPTION_LIST, offsetof(struct hook_args, runtimes), "NAMES",
	  "allow what these runtimes need, instead of what the calling one does (runc,crun)" },
	{ 0, "args", SNUG_OPTION_OPTIONAL, offsetof(struct hook_args, args), "LEVEL",
	  "profiles allow calls only with the arguments that were recorded: off (the default), "
	  "security or all; without LEVEL, security",
	  "off security all" },
	{ 's', "state", SNUG_OPTION_BOOL, offsetof(struct hook_args, is_peers_flag), NULL,
	  "read the container's state on standard input: what happens anyway" },
	SNUG_OPTIONS_END,
};

/* The runtime among our ancestors: the parent, by its file, its command line, or its name, because
 * runtimes that run from a copy of themselves in memory show no path. */
static char *find_runtime(void)
{
	static const char *const files[] = { "cmdline", "comm" };
	CLEANUP(freep) char *link = xasprintf("/proc/%d/exe", getppid());
	char exe[PATH_MAX] = "", text[PATH_MAX];

	/* zeroed: without a path it is an empty word */
	(void)!readlink(link, exe, sizeof(exe) - 1);
	if (snug_baseline_is_known(text_basename(exe)))
		return xstrdup(text_basename(exe));
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (snug_proc_read("", getppid(), files[i], text, sizeof(text)) <= 0)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (snug_baseline_is_known(text_basename(text)))
			return xstrdup(text_basename(text));
	}
	return xstrdup(text_basename(exe));
}

static int read_base(struct hook_job *job, struct snug_err *err)
{
	const struct snug_seccomp_read_options opts = { .warn = hook_log_warning };
	const char *path = job->annotation.input;
	CLEANUP(snug_err_done) struct snug_err cause = SNUG_ERR_INIT;
	CLEANUP(freep) char *text = NULL;
	size_t len;

	if (!path)
		return 0;
	if (snug_read_regular(path, SNUG_LIMIT_DOC_BYTES, &text, &len, &cause) < 0)
		return snug_err_set(err, -EINVAL,
				    "invalid annotation: error reading input file: \"%s\": %s",
				    path, snug_err_msg(&cause));
	if (snug_seccomp_profile_parse(path, text, len, &opts, &job->base, &cause) < 0)
		return snug_err_set(err, -EINVAL,
				    "invalid annotation: error parsing input file: \"%s\": %s",
				    path, snug_err_msg(&cause));
	return 0;
}

/* The baselines that were asked for: the annotation's, else the configuration's. */
static int choose_runtimes(const struct hook_args *args, struct hook_job *job, struct snug_err *err)
{
	struct snug_trace_annotation *a = &job->annotation;

	if (!a->runtimes.len && args->runtimes.len == 1 &&
	    strcmp(args->runtimes.items[0], "none") == 0)
		a->no_baseline = true;
	if (a->no_baseline)
		return 0;
	for (size_t i = 0, n = a->runtimes.len ? 0 : args->runtimes.len; i < n; i++)
		*VEC_PUSH(&a->runtimes) = xstrdup(args->runtimes.items[i]);
	VEC_FOREACH (runtime, &a->runtimes) {
		const struct snug_baseline_query q = { .runtime = *runtime };
		CLEANUP(snug_baseline_done) struct snug_baseline b = { 0 };
		int r = snug_baseline_find(&q, &b, err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int prepare(const struct hook_args *args, struct hook_job *job, struct snug_err *err)
{
	CLEANUP(freep) char *text = NULL;
	const char *value;
	size_t len;
	int r;

	r = output_parse_args_level(args->args, &job->args, err);
	if (r < 0)
		return r;
	r = snug_read_fd(STDIN_FILENO, "the container's state", SNUG_LIMIT_DOC_BYTES, &text, &len,
			 err);
	if (r == 0)
		r = snug_oci_state_parse(text, len, &job->state, err);
	if (r < 0)
		return r;
	value = job->state.annotation ? job->state.annotation : "";
	r = snug_trace_annotation_parse(value, strlen(value), &job->annotation, err);
	if (r == 0)
		r = read_base(job, err);
	if (r == 0)
		r = choose_runtimes(args, job, err);
	if (r < 0)
		return r;
	job->runtime = find_runtime();
	snug_oci_config_read(job->state.bundle ? job->state.bundle : ".", snug_capability_from_name,
			     &job->config);
	return 0;
}

static int record(const struct hook_args *args, struct snug_err *err)
{
	CLEANUP(hook_job_done) struct hook_job job = { 0 };
	int r;

	/* runtimes may have no mask; a profile that all can write to would be worth nothing */
	(void)umask(umask(0) | 022);
	/* what the runtime has left open, others wait for: the recorder lives long */
	(void)close_range(STDERR_FILENO + 1, ~0U, 0);
	hook_log_open();
	hook_log(LOG_INFO, "Started OCI seccomp hook version %s", SNUG_VERSION);
	if (geteuid() != 0)
		return snug_err_set(
			err, -EPERM,
			"running the hook requires root privileges ('snug doctor' shows "
			"what this host offers)");
	r = prepare(args, &job, err);
	return r < 0 ? r : hook_recorder_start(&job, err);
}

/* Where hooks are is root's; some systems have a /usr that nobody may write to. */
static const char *way_out(int r)
{
	switch (r) {
	case -EACCES:
	case -EPERM:
		return ": run it as root";
	case -EROFS:
		return ": take --dir /etc/containers/oci/hooks.d, and name that in hooks_dir of "
		       "containers.conf";
	default:
		return "";
	}
}

static int hook_run(void *data, char **argv)
{
	struct hook_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	const char *dir = args->dir ? args->dir : HOOKS_DIR;
	int r;

	if (argv[0] || (args->install && args->uninstall)) {
		say_error("hook: %s (see 'snug hook --help')",
			  argv[0] ? "takes no arguments" : "--install or --uninstall, not both");
		return SNUG_EXIT_USAGE;
	}
	/* somebody wants to know what this is, and would wait for ever */
	if (!args->install && !args->uninstall && isatty(STDIN_FILENO)) {
		say_error("hook: container runtimes call this, with a container's state on "
			  "standard input; 'snug hook --install' tells podman and CRI-O to");
		return SNUG_EXIT_USAGE;
	}
	if (args->install)
		r = hook_install(dir, &err);
	else if (args->uninstall)
		r = hook_uninstall(dir, &err);
	else
		r = record(args, &err);
	if (r < 0 && !args->install && !args->uninstall)
		hook_log(LOG_ERR, "%s", snug_err_msg(&err));
	else if (r < 0)
		say_error("hook: %s%s", snug_err_msg(&err), way_out(r));
	snug_list_done(&args->runtimes);
	return r < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_hook = {
	.name = "hook",
	.synopsis = "",
	.summary = "Record containers as an OCI hook",
	.details =
		"Runtimes call it with the container's state on standard input.  The annotation:\n"
		"  of:/profile.json          where the profile goes\n"
		"  if:/base.json             a profile to start from\n"
		"and behind these: recording:/facts.json, base:runc,crun (or none), format:crd.\n"
		"Parts are separated by ';'.\n",
	.options = options,
	.args_size = sizeof(struct hook_args),
	.run = hook_run,
};
