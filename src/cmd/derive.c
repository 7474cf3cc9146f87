/* SPDX-License-Identifier: Apache-2.0 */
/* `snug derive`: recordings become a profile again, without running anything. */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "cmd/args-summary.h"
#include "cmd/output.h"
#include "cmd/say.h"
#include "cmd/text.h"
#include "cmd/verb.h"

#include <errno.h>

struct derive_args {
	struct output_options output;
	const char *name;
	bool quiet;
};

static const struct snug_option options[] = {
	OUTPUT_OPTIONS(struct derive_args, output),
	{ 0, "name", SNUG_OPTION_STRING, offsetof(struct derive_args, name), "NAME",
	  "metadata.name of the profile (default: the first recording's command or container)" },
	{ 0, "no-entered", SNUG_OPTION_BOOL, offsetof(struct derive_args, output.no_entered), NULL,
	  "leave out what only programs did that entered a container from outside" },
	{ 'q', "quiet", SNUG_OPTION_BOOL, offsetof(struct derive_args, quiet), NULL,
	  "say nothing but warnings and errors" },
	SNUG_OPTIONS_END,
};

struct recordings {
	VEC(struct snug_recording *) all;
};

static void recordings_done(struct recordings *r)
{
	VEC_FOREACH (one, &r->all)
		snug_recording_free(*one);
	VEC_DONE(&r->all);
}

static int read_all(struct recordings *ret, char **paths, struct snug_err *err)
{
	for (; *paths; paths++) {
		struct snug_recording *one;
		int r;

		if (ret->all.len == SNUG_LIMIT_RECORDINGS)
			return snug_err_set(err, -E2BIG, "over %d recordings",
					    SNUG_LIMIT_RECORDINGS);
		r = snug_recording_read(*paths, &one, err);
		if (r < 0)
			return r;
		*VEC_PUSH(&ret->all) = one;
		if (!snug_recording_is_complete(one))
			say_warn("%s: the recording is incomplete", *paths);
	}
	return 0;
}

/* What a profile is called that nobody has named. */
static const char *name_of(const struct snug_recording *r)
{
	if (r->command.len)
		return text_basename(r->command.items[0]);
	return r->container && r->container->name ? r->container->name : "profile";
}

static int derive(const struct derive_args *args, char **paths, struct snug_err *err)
{
	CLEANUP(recordings_done) struct recordings recordings = { 0 };
	CLEANUP(output_done) struct output output = { 0 };
	CLEANUP(snug_derived_done) struct snug_derived derived = { 0 };
	const char *name = args->name;
	int r;

	r = output_check(&args->output, err);
	if (r == 0)
		r = read_all(&recordings, paths, err);
	if (r == 0)
		r = output_open(&args->output, &output, err);
	for (char **path = paths; r == 0 && *path; path++) {
		if (snug_outfile_is(output.file, *path))
			r = snug_err_set(err, -EINVAL, "%s: is a recording and the output at once",
					 *path);
	}
	if (r < 0)
		return r;
	r = output_write(&output, name ? name : name_of(recordings.all.items[0]),
			 (const struct snug_recording *const *)recordings.all.items,
			 recordings.all.len, &derived, err);
	if (r < 0)
		return r;
	args_summary_print(&derived);
	say_person("profile: %s", output.path);
	return 0;
}

static int derive_run(void *data, char **argv)
{
	struct derive_args *args = data;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r;

	say_init(args->quiet ? SNUG_TALK_QUIET : SNUG_TALK_NORMAL);
	if (!argv[0]) {
		say_error("derive: no recording provided (see 'snug derive --help')");
		return SNUG_EXIT_USAGE;
	}
	r = derive(args, argv, &err);
	if (r < 0)
		say_error("derive: %s", snug_err_msg(&err));
	snug_list_done(&args->output.base);
	return r < 0 ? SNUG_EXIT_FAILED : SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_derive = {
	.name = "derive",
	.synopsis = "RECORDING...",
	.summary = "Turn one or several recordings into a profile",
	.details = "RECORDING is a file from 'snug record --recording', or - for standard input.\n"
		   "Several recordings make one profile that allows what any of them did.\n",
	.options = options,
	.args_size = sizeof(struct derive_args),
	.run = derive_run,
};
