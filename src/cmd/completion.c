/* SPDX-License-Identifier: Apache-2.0 */
/* `snug completion`: a shell learns the verbs and options from the tables that parse them. */
#include "cmd/completion.h"

#include "base/mem.h"
#include "base/str.h"
#include "cmd/completion-words.h"
#include "cmd/input.h"
#include "cmd/say.h"
#include "cmd/verb.h"
#include "seccomp/arch.h"
#include "seccomp/lint.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <stdio.h>
#include <string.h>

static const struct snug_option options[] = { SNUG_OPTIONS_END };

static const struct {
	const char *name;
	void (*write)(const struct completion_input *in, struct snug_str *out);
} shells[] = {
	{ "bash", completion_bash },
	{ "zsh", completion_zsh },
	{ "fish", completion_fish },
};

static void print_script(size_t shell)
{
	CLEANUP(snug_str_done) struct snug_str script = SNUG_STR_INIT;
	const char *verb_names[64] = { NULL }, *arch_names[_SNUG_ARCH_MAX + 1] = { NULL };
	const struct completion_set sets[] = {
		{ "@verb", verb_names },
		{ "@arch", arch_names },
		{ "@profile", input_well_known_names() },
		{ "@capability", snug_capability_names() },
		{ "@rule", snug_lint_rule_ids() },
		{ "@syscall", snug_syscall_names() },
		{ NULL, NULL },
	};
	const struct completion_input in = { snug_verbs(), sets };

	for (size_t i = 0; in.verbs[i]; i++) {
		snug_bug_on(i + 1 >= ARRAY_SIZE(verb_names));
		verb_names[i] = in.verbs[i]->name;
	}
	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		arch_names[i] = snug_arch_name((enum snug_arch)i);
	shells[shell].write(&in, &script);
	fputs(snug_str_text(&script), stdout);
}

static int completion_run(void *unused, char **argv)
{
	size_t i = 0;

	(void)unused; /* no options */
	if (!argv[0] || argv[1]) {
		say_error("completion: takes one argument: bash, zsh or fish");
		return SNUG_EXIT_USAGE;
	}
	while (i < ARRAY_SIZE(shells) && strcmp(argv[0], shells[i].name) != 0)
		i++;
	if (i == ARRAY_SIZE(shells)) {
		say_error("completion: unknown shell '%.64s': bash, zsh or fish", argv[0]);
		return SNUG_EXIT_USAGE;
	}
	print_script(i);
	return SNUG_EXIT_OK;
}

const struct snug_verb snug_verb_completion = {
	.name = "completion",
	.synopsis = "bash|zsh|fish",
	.summary = "Print a script that completes snug commands in a shell",
	.details = "Installed with snug. To have it in one session:\n"
		   "  bash:  source <(snug completion bash)\n"
		   "  zsh:   source <(snug completion zsh)\n"
		   "  fish:  snug completion fish | source\n",
	.positionals = "bash zsh fish",
	.more_positionals = "",
	.options = options,
	.args_size = 1,
	.run = completion_run,
};
