/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "codec/writer.h"
#include "seccomp/library.h"
#include "trace/probe.h"

#include <stdio.h>

struct version_args {
	bool json;
};

static const struct snug_option options[] = {
	{ 'j', "json", SNUG_OPTION_BOOL, offsetof(struct version_args, json), NULL, "as JSON" },
	SNUG_OPTIONS_END,
};

static int version_run(void *data, char **argv)
{
	const struct version_args *args = data;
	char libseccomp[32];
	const struct {
		const char *label, *key, *value;
	} fields[] = {
		{ "Version:", "version", SNUG_VERSION },
		{ "GitCommit:", "gitCommit", SNUG_GIT_COMMIT },
		{ "Compiler:", "compiler", __VERSION__ },
		{ "Platform:", "platform", SNUG_PLATFORM },
		{ "Libseccomp:", "libseccomp",
		  snug_libseccomp_version(libseccomp, sizeof(libseccomp)) },
		{ "Libbpf:", "libbpf", snug_probe_libbpf_version() },
		{ "Linkage:", "linkage", SNUG_LINKAGE },
	};

	if (argv[0]) {
		say_error("version: takes no argument: '%s'", argv[0]);
		return SNUG_EXIT_USAGE;
	}
	if (args->json) {
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		CLEANUP(snug_writer_freep)
		struct snug_writer *w = snug_writer_new(SNUG_DOC_JSON, &text);

		snug_writer_begin_object(w);
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			snug_writer_member_string(w, fields[i].key, fields[i].value);
		snug_writer_end_object(w);
		snug_writer_finish(w);
		fputs(snug_str_text(&text), stdout);
		return SNUG_EXIT_OK;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		printf("%-12s  %s\n", fields[i].label, fields[i].value);
	return SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_version = {
	.name = "version",
	.alias = "v",
	.synopsis = "",
	.summary = "Show which snug this is and what it is built with",
	.options = options,
	.args_size = sizeof(struct version_args),
	.run = version_run,
};
