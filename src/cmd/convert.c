/* SPDX-License-Identifier: Apache-2.0 */
/* `snug convert`: a profile in another form. */
#include "convert/convert.h"
#include "base/err.h"
#include "base/fdio.h"
#include "base/str.h"
#include "cmd/identity.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct convert_args {
	const char *output;
	const char *format;
	const char *program;
	const char *name;
	const char *role;
	struct env_options env;
	bool quiet;
};

static const struct snug_option options[] = {
	{ 'o', "output-file", SNUG_OPTION_STRING, offsetof(struct convert_args, output), "FILE",
	  "where the result goes (default: standard output)" },
	{ 'f', "format", SNUG_OPTION_STRING, offsetof(struct convert_args, format), "FORMAT",
	  "seccomp (a SeccompProfile resource), raw-seccomp (OCI JSON), systemd, pfc, bpf, pod, "
	  "machineconfig or scc (default: raw-seccomp for a SeccompProfile, seccomp for all other)",
	  "seccomp raw-seccomp systemd pfc bpf pod machineconfig scc" },
	{ 0, "name", SNUG_OPTION_STRING, offsetof(struct convert_args, name), "NAME",
	  "metadata.name of the result (default: the profile's own, or its file's)" },
	{ 0, "role", SNUG_OPTION_STRING, offsetof(struct convert_args, role), "ROLE",
	  "machineconfig: for the nodes with this role (default: worker)", "worker master" },
	ENV_OPTIONS(struct convert_args, env),
	{ 'p', "program-name", SNUG_OPTION_STRING, offsetof(struct convert_args, program),
	  "PROGRAM", "for AppArmor profiles, which snug does not make yet", "@file" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct convert_args, quiet), NULL,
	  "say nothing but warnings and errors" },
	SNUG_OPTIONS_END,
};

/* What the options say. */
struct job {
	const char *path;
	const char *output;
	enum snug_convert_format format; /* INVALID: as the input asks for */
	bool has_arch;                   /* --arch was given */
	struct snug_convert_options options;
};

static int parse_format(const char *word, enum snug_convert_format *ret, struct snug_err *err)
{
	const char *near;

	*ret = word ? snug_convert_format_from_name(word) : _SNUG_CONVERT_INVALID;
	if (!word || *ret != _SNUG_CONVERT_INVALID)
		return 0;
	if (strcmp(word, "apparmor") == 0 || strcmp(word, "raw-apparmor") == 0)
		return snug_err_set(err, -EINVAL,
				    "unsupported format: %s: this snug makes no AppArmor profiles "
				    "yet",
				    word);
	near = snug_str_nearest(word, snug_convert_format_names());
	return snug_err_set(err, -EINVAL,
			    "unsupported format: %.64s%s%s%s (seccomp, raw-seccomp, systemd, pfc, "
			    "bpf, pod, machineconfig, scc)",
			    word, near ? ", did you mean '" : "", near ? near : "",
			    near ? "'?" : "");
}

static int read_options(const struct convert_args *args, char **argv, struct job *ret,
			struct snug_err *err)
{
	struct job job = { .path = argv[0] };
	int r;

	if (!argv[0])
		return snug_err_set(err, -EINVAL, "no profile provided");
	if (argv[1])
		return snug_err_set(err, -EINVAL, "one profile at a time: '%.64s' is too many",
				    argv[1]);
	if (args->program)
		return snug_err_set(err, -EINVAL,
				    "--program-name is for AppArmor profiles, which this snug does "
				    "not make yet");
	r = parse_format(args->format, &job.format, err);
	if (r == 0)
		r = env_options_resolve(&args->env, &job.options.env, err);
	if (r < 0)
		return r;
	if (args->role && job.format != SNUG_CONVERT_MACHINECONFIG)
		return snug_err_set(err, -EINVAL, "--role is for the format machineconfig");
	job.options.role = args->role;
	job.has_arch = args->env.arch != NULL;
	job.options.warn = say_warn_text;
	job.output = args->output && strcmp(args->output, "/dev/stdout") != 0 ? args->output : "-";
	*ret = job;
	return 0;
}

/* "web.json" makes "web". */
static char *name_of_file(const char *label)
{
	static const char *const endings[] = { ".json", ".yaml", ".yml", ".service", ".conf" };
	const char *base = text_basename(label);
	size_t len = strlen(base);

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && strcmp(base + len - n, endings[i]) == 0)
			return xstrndup(base, len - n);
	}
	return xstrdup(strcmp(label, "<stdin>") == 0 ? "profile" : base);
}

static void set_name(struct snug_seccomp_profile *p, const char *option, const char *label)
{
	CLEANUP(freep) char *of_file = NULL;

	if (p->name && !option)
		return;
	if (!option)
		option = of_file = name_of_file(label);
	free(p->name);
	p->name = snug_k8s_name(option);
}

static bool is_terminal(const char *path)
{
	CLEANUP(closep) int fd = -EBADF;
	struct stat st;

	if (strcmp(path, "-") == 0)
		return isatty(STDOUT_FILENO);
	if (stat(path, &st) < 0 || !S_ISCHR(st.st_mode))
		return false;
	fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	return fd >= 0 && isatty(fd);
}

static int open_output(const struct job *job, struct snug_outfile **ret, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	int r;

	if (job->format == SNUG_CONVERT_BPF && is_terminal(job->output))
		return snug_err_set(err, -EINVAL,
				    "a program is no text for a terminal: use -o FILE, or the "
				    "format pfc");
	r = sudo_outfile_open(job->output, &file, err);
	if (r < 0)
		return r;
	if (strcmp(job->path, "-") != 0 && snug_outfile_is(file, job->path))
		return snug_err_set(err, -EINVAL, "%s: is the profile and the output at once",
				    job->path);
	*ret = STEAL(file);
	return 0;
}

static int convert(struct job *job, const char *name, struct snug_err *err)
{
	CLEANUP(snug_outfile_freep) struct snug_outfile *file = NULL;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(input_done) struct input in = { 0 };
	int r;

	r = input_read(job->path, &in, err);
	if (r < 0)
		return r;
	/* a program for the machine where it was recorded */
	if (in.recording && !job->has_arch)
		job->options.env.arch = snug_arch_family(in.recording->arch);
	if (job->format == _SNUG_CONVERT_INVALID)
		job->format = in.profile->format == SNUG_PROFILE_OCI_JSON
				      ? SNUG_CONVERT_SECCOMP
				      : SNUG_CONVERT_RAW_SECCOMP;
	set_name(in.profile, name, in.label);
	r = open_output(job, &file, err);
	if (r < 0)
		return r;
	if (job->format == SNUG_CONVERT_RAW_SECCOMP)
		say_log("Converting %s to raw profile", in.label);
	else
		say_log("Converting %s to %s", in.label, snug_convert_format_name(job->format));
	r = snug_convert(in.profile, job->format, &job->options, &out, err);
	if (r < 0)
		return r;
	snug_outfile_add(file, out.buf, out.len);
	r = snug_outfile_commit(file, err);
	if (r == 0)
		say_log(job->format == SNUG_CONVERT_RAW_SECCOMP
				? "Successfully wrote raw profile to %s."
				: "Successfully wrote to %s.",
			strcmp(job->output, "-") == 0 ? "/dev/stdout" : job->output);
	return r;
}

static int convert_run(void *data, char **argv)
{
	struct convert_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct job job;
	int r, status = SNUG_EXIT_OK;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	r = read_options(args, argv, &job, &err);
	if (r < 0) {
		say_error("convert: %s (see 'snug convert --help')", snug_err_msg(&err));
		status = SNUG_EXIT_USAGE;
	} else if ((r = convert(&job, args->name, &err)) < 0) {
		say_error("convert: %s%s", snug_err_msg(&err),
			  r == -EOPNOTSUPP && job.format == SNUG_CONVERT_SECCOMP
				  ? "; -f raw-seccomp has one"
				  : "");
		status = SNUG_EXIT_FAILED;
	}
	env_options_done(&args->env);
	return status;
}

const struct snug_verb snug_verb_convert = {
	.name = "convert",
	.alias = "c",
	.synopsis = "PROFILE",
	.summary = "Write a profile in another form: systemd, Kubernetes, BPF",
	.details = "PROFILE is a profile in any form, a systemd unit, a recording, - for standard\n"
		   "input, or docker-default.  What the other form cannot say is an error.\n",
	.positionals = "@profile",
	.more_positionals = "",
	.options = options,
	.args_size = sizeof(struct convert_args),
	.run = convert_run,
};
