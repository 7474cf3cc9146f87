/* SPDX-License-Identifier: Apache-2.0 */
/* The table of rules, and its manual.  A rule's id is for ever: scripts and comments name it. */
#include "base/str.h"
#include "seccomp/lint-internal.h"
#include "seccomp/lint-tables.h"

#include <string.h>

#define MISTAKE SNUG_LINT_MISTAKE
#define COMPAT  SNUG_LINT_COMPAT
#define RISK    SNUG_LINT_RISK
#define NOTE    SNUG_SEVERITY_NOTE
#define WARNING SNUG_SEVERITY_WARNING
#define ERROR   SNUG_SEVERITY_ERROR

/* clang-format off */
const struct snug_lint_rule snug_lint_rules[] = {
	/* mistakes */
	{ "not-loadable", MISTAKE, ERROR, "No filter can be made of the profile",
	  "A runtime that gets the profile fails to start the program.",
	  "mend what the message says", lint_not_loadable },
	{ "unknown-syscall", MISTAKE, WARNING, "A name that no table of system calls has",
	  "Runtimes leave such a name out. In an entry that refuses, the call then passes, which makes "
	  "it an error.",
	  "correct the name or remove it", lint_unknown_syscall },
	{ "contradicting-entries", MISTAKE, ERROR, "An entry that another one makes idle",
	  "An entry without conditions decides a call, whatever others say about it (libseccomp, and "
	  "with it runc and crun). It is an error when the one that loses refuses more, and a warning "
	  "when it allows more.",
	  "keep one of the two entries", lint_contradiction },
	{ "shadowed-entry", MISTAKE, WARNING, "A condition that another entry makes idle",
	  "Another entry gives the same answer for more arguments, so that the condition restricts "
	  "nothing. Often it was meant to.",
	  "remove the name from the wider entry if the condition is meant, else from this one",
	  lint_shadowed },
	{ "overlapping-entries", MISTAKE, WARNING, "Entries with different answers to one call",
	  "Conditions of both hold for some arguments, and libseccomp does not define the order. snug "
	  "takes the stricter answer, another tool may not. An entry that repeats the default is "
	  "dropped by runtimes, so that it cannot make an exception.",
	  "make the conditions exclude each other", lint_overlap },
	{ "same-argument-twice", MISTAKE, WARNING, "Two conditions on one argument in one entry",
	  "Conditions of an entry must all hold, except that two on the same argument are "
	  "alternatives for runc and crun. A range with two ends so becomes everything.",
	  "say ranges by SCMP_CMP_MASKED_EQ, alternatives by entries of their own",
	  lint_argument_twice },
	{ "condition-never-holds", MISTAKE, WARNING, "A condition that no argument fulfils",
	  "The entry does nothing. The usual cause is a valueTwo with bits outside the mask.",
	  "correct the condition or remove the entry", lint_never_holds },
	{ "condition-always-holds", MISTAKE, WARNING, "A condition that every argument fulfils",
	  "The entry is one without conditions, or with fewer, in disguise.",
	  "correct the condition or remove it", lint_always_holds },
	{ "condition-on-nothing", MISTAKE, WARNING, "A condition on an argument that the call does not have",
	  "What a register holds beyond the arguments is left over from before.",
	  "use the index of the argument that is meant, counted from 0", lint_no_argument },
	{ "condition-on-pointer", MISTAKE, ERROR, "A condition on a pointer",
	  "A filter sees the address and not the memory behind it. Whether it is NULL can be asked, "
	  "nothing else; even if the memory could be read, another thread could change it afterwards.",
	  "allow or refuse the call as a whole; what clone3 and openat2 keep in memory, clone and openat "
	  "have in arguments",
	  lint_pointer },
	{ "wide-value", MISTAKE, WARNING, "A value of more than 32 bits for an argument of 32",
	  "The kernel takes the lower half of the register. Whether the upper half of -1 is ones or "
	  "zeros is up to the compiler of the program, and so whether the condition holds.",
	  "compare the lower half by SCMP_CMP_MASKED_EQ", lint_wide_value },
	{ "upper-half", MISTAKE, ERROR, "A refusal that bits in the upper half of an argument get around",
	  "A filter compares 64 bits, and the kernel then takes the lower 32 as an int. What is refused "
	  "by NE, GT, or an entry that refuses by EQ, passes with any bit above them set "
	  "(CVE-2019-7303, CVE-2019-10063).",
	  "refuse by SCMP_CMP_MASKED_EQ with value 4294967295, or list what is allowed by SCMP_CMP_EQ",
	  lint_upper_half },
	{ "multiplexer", MISTAKE, WARNING, "A refusal that socketcall or ipc gets around",
	  "32-bit ABIs have the calls for sockets and System V IPC behind one call, whose arguments are in "
	  "memory. With that one allowed, what the profile says of the others does not count there.",
	  "do not allow socketcall and ipc by name; the calls that are allowed themselves are then allowed "
	  "behind them too",
	  lint_multiplexer },
	{ "missing-listener", MISTAKE, ERROR, "SCMP_ACT_NOTIFY without listenerPath",
	  "Runtimes refuse to start such a profile, or the call waits for ever.",
	  "set listenerPath to the socket of the program that answers", lint_missing_listener },
	{ "profile-disabled", MISTAKE, WARNING, "A resource with state: Disabled",
	  "The operator does not install it on nodes, and pods that name it do not start.",
	  "set state: Enabled, or remove the field", lint_disabled },
	{ "log-action", MISTAKE, WARNING, "SCMP_ACT_LOG left in",
	  "The call is made. As the default it makes the profile one that refuses nothing.",
	  "refuse or allow it when the trial is over", lint_log },
	{ "trace-action", MISTAKE, WARNING, "SCMP_ACT_TRACE left in",
	  "A tracer decides about the call; without one it fails with ENOSYS. Container runtimes do not "
	  "trace.",
	  "refuse or allow it when the trial is over", lint_trace },
	{ "duplicate-entry", MISTAKE, NOTE, "A name that another entry has with the same answer",
	  "It does nothing, and may stay behind when the other is changed.",
	  "remove it here", lint_duplicate },
	{ "repeats-default", MISTAKE, NOTE, "An entry that says what the default says",
	  "It does nothing; runtimes drop it.",
	  "remove it, or give it an errno of its own", lint_repeats_default },
	{ "base-profile", MISTAKE, NOTE, "A profile with a base profile",
	  "The operator joins both; only this part was looked at, and rules about what is missing were "
	  "left out.",
	  "lint the joined profile too", lint_base_profile },

	/* compatibility */
	{ "missing-exit", COMPAT, ERROR, "A profile that does not allow exit_group or exit",
	  "Every program ends by exit_group, every other thread by exit; no program works without.",
	  "allow exit and exit_group", lint_missing_exit },
	{ "missing-execve", COMPAT, ERROR, "A profile that does not allow execve",
	  "Runtimes install the filter first and execute the program then.",
	  "allow execve", lint_missing_execve },
	{ "missing-sigreturn", COMPAT, WARNING, "A profile that does not allow the return from signal handlers",
	  "A program that handles a signal crashes on the way back. A recording in which no signal came "
	  "does not have the call.",
	  "allow rt_sigreturn, and for 32-bit ABIs sigreturn", lint_missing_sigreturn },
	{ "missing-restart", COMPAT, NOTE, "A profile that does not allow restart_syscall",
	  "The kernel makes it go on with nanosleep, poll and futex after a stop (SIGSTOP, debuggers, the "
	  "freezer). Only a recording with a stop at the right time has it.",
	  "allow restart_syscall", lint_missing_restart },
	{ "eperm-for-new-calls", COMPAT, WARNING, "An answer to new calls that is not ENOSYS",
	  "Libraries try a new call first and go on with the older one when the kernel says that there is "
	  "none (ENOSYS). Any other error is taken for the answer: new versions of libraries then break "
	  "under an old profile.",
	  "allow them, or refuse them with errnoRet 38 (ENOSYS)", lint_eperm },
	{ "half-a-family", COMPAT, NOTE, "Some but not all of the calls for one job",
	  "Which of them is made is the choice of the C library, by version and ABI. It is a warning when "
	  "the one that today's libraries need is not allowed while an older one is, and when a listed "
	  "architecture has none that is.",
	  "allow the others too, where programs or libraries will be updated", lint_half_family },
	{ "unknown-to-libseccomp", COMPAT, WARNING, "A name that libseccomp does not know",
	  "Runtimes leave it out, as if it were not in the profile. In an entry that refuses, the call then "
	  "passes, which makes it an error. `--libseccomp` says which one is meant.",
	  "use a newer libseccomp where the profile is loaded", lint_libseccomp },
	{ "newer-than-kernel", COMPAT, NOTE, "A call that the kernel does not have",
	  "The entry has no effect before the kernel is updated. `--kernel` says which one is meant.",
	  "nothing, if a newer kernel is to come", lint_kernel },
	{ "not-on-any-arch", COMPAT, NOTE, "A call that no listed architecture has",
	  "The entry has no effect.",
	  "list the architecture that is meant, or remove the name", lint_no_arch },
	{ "not-on-some-arch", COMPAT, NOTE, "Calls that one of the listed architectures does not have",
	  "There the entry has no effect. Newer architectures leave out what a newer call replaces: "
	  "open, stat, poll, dup2.",
	  "see that their replacements are allowed too", lint_some_arch },
	{ "companion-arch", COMPAT, NOTE, "An ABI of the same kernel that the profile does not list",
	  "The kernel of x86_64 also runs programs of x86 and x32 (and other machines likewise). "
	  "libseccomp kills what is not listed, so this is no way around the profile; but such programs "
	  "do not run. Where the ABI is listed, rules `multiplexer` and `deny-list-gap` look for ways "
	  "around by it.",
	  "list them in architectures if such programs are to run", lint_companion },
	{ "kill-thread", COMPAT, NOTE, "SCMP_ACT_KILL or SCMP_ACT_KILL_THREAD",
	  "Only the thread ends; locks that it holds stay locked, and the process may hang.",
	  "use SCMP_ACT_KILL_PROCESS, or SCMP_ACT_ERRNO", lint_kill_thread },
	{ "large-filter", COMPAT, NOTE, "A filter of over 1000 instructions",
	  "It takes longer to load, and calls that are not always allowed or refused run through it. "
	  "The kernel refuses programs of over 4096 instructions, and 32768 over all filters of a "
	  "process.",
	  "list fewer architectures, or use conditions sparingly", lint_large_filter },

	/* risks */
	{ "allow-by-default", RISK, WARNING, "A profile that allows what it does not name",
	  "It lists what is known to be bad; each new kernel adds calls that nobody has listed.",
	  "refuse by default and list what is needed; snug record finds that out",
	  lint_allow_by_default },
	{ "deny-list-gap", RISK, WARNING, "A refused call with one allowed that does the same",
	  "Programs take the other one.",
	  "refuse all calls for the job", lint_deny_gap },
	{ "condition-gap", RISK, WARNING, "A condition on a call, and another one that does the same without",
	  "A filter sees the arguments of the one and not those of the other, or nobody has looked at them. "
	  "C libraries make clone3 before clone, so that a recording has both.",
	  "give both conditions, or refuse the other; answer clone3 with ENOSYS (errnoRet 38), so that "
	  "libraries use clone",
	  lint_detour },
	{ "risk-kernel-code", RISK, ERROR, "Modules and kexec",
	  "whoever loads code into the kernel owns the machine",
	  "remove the calls; load modules on the host", lint_dangers },
	{ "risk-bpf", RISK, WARNING, "bpf",
	  "it loads programs into the kernel",
	  "remove the call", lint_dangers },
	{ "risk-clock", RISK, WARNING, "Setting the clock",
	  "the clock is the host's; certificates, logs and other programs depend on it",
	  "remove the calls; adjust the time on the host", lint_dangers },
	{ "risk-file-handles", RISK, WARNING, "Opening files by handle",
	  "it goes past directories and mounts",
	  "remove the call", lint_dangers },
	{ "risk-hardware", RISK, WARNING, "Direct access to hardware",
	  "it goes past the kernel",
	  "remove the calls", lint_dangers },
	{ "risk-io-uring", RISK, WARNING, "io_uring",
	  "what is asked through a ring never meets the filter, and its code has had many flaws",
	  "remove the call; programs go on without io_uring", lint_dangers },
	{ "risk-keyring", RISK, WARNING, "The kernel's keyrings",
	  "keys are not kept apart by all namespaces, and their code has a long list of CVEs",
	  "remove the calls; answer keyctl with ENOSYS", lint_dangers },
	{ "risk-mount", RISK, WARNING, "Mounting",
	  "mounts change what paths mean, and reach the parsers of all filesystems",
	  "remove the calls, or clone and unshare with CLONE_NEWUSER and the capability", lint_dangers },
	{ "risk-namespaces", RISK, WARNING, "Making user namespaces",
	  "in a user namespace of its own a process has all capabilities, and with them reaches code "
	  "of the kernel that is otherwise for root",
	  "allow clone only with SCMP_CMP_MASKED_EQ value 2114060288 (all CLONE_NEW*) valueTwo 0, and "
	  "refuse unshare; answer clone3 with ENOSYS (errnoRet 38), so that libraries use clone",
	  lint_dangers },
	{ "risk-obsolete", RISK, NOTE, "Calls that hardly anything uses",
	  "old code that nobody needs is still code of the kernel",
	  "remove the calls", lint_dangers },
	{ "risk-perf", RISK, WARNING, "perf_event_open",
	  "it measures everything, secrets too",
	  "remove the call", lint_dangers },
	{ "risk-personality", RISK, WARNING, "Personalities that weaken a process",
	  "they take away what makes flaws hard to use",
	  "allow personality only for 0, 8, 131072, 131080 and 4294967295, as container runtimes do",
	  lint_dangers },
	{ "risk-ptrace", RISK, WARNING, "Looking into other processes",
	  "one process takes over the others of the same user, and what they hold",
	  "remove the calls; they are for debuggers", lint_dangers },
	{ "risk-socket-family", RISK, WARNING, "Sockets of rarely used families",
	  "each family is code of the kernel that a program reaches by asking for it",
	  "allow socket only for the families that are needed, by SCMP_CMP_EQ on argument 0: "
	  "1 (AF_UNIX), 2 (AF_INET), 10 (AF_INET6), 16 (AF_NETLINK)",
	  lint_dangers },
	{ "risk-system", RISK, WARNING, "Administration of the host",
	  "it is the host's, and not the container's",
	  "remove the calls", lint_dangers },
	{ "risk-terminal", RISK, WARNING, "Typing into the terminal",
	  "a program that shares a terminal with its caller types commands into it",
	  "allow ioctl only for the requests that are needed, by SCMP_CMP_EQ on argument 1; a list of what "
	  "is refused has 21522 (TIOCSTI) and 21532 (TIOCLINUX), by SCMP_CMP_MASKED_EQ with value "
	  "4294967295",
	  lint_dangers },
	{ "risk-userfaultfd", RISK, WARNING, "userfaultfd",
	  "it stops the kernel in the middle of a copy and so makes races easy to win",
	  "remove the call", lint_dangers },
};
/* clang-format on */
const size_t snug_n_lint_rules = ARRAY_SIZE(snug_lint_rules);
_Static_assert(ARRAY_SIZE(snug_lint_rules) <= 64, "each rule has a bit");

static void add_capitalized(struct snug_str *out, const char *text)
{
	if (*text >= 'a' && *text <= 'z')
		snug_str_addc(out, (char)(*text - 'a' + 'A'));
	else
		snug_str_addc(out, *text);
	snug_str_add(out, text + 1);
	if (text[strlen(text) - 1] != '.')
		snug_str_addc(out, '.');
}

/* The rows of data/lint-dangerous.csv that belong to @rule, as a table. */
static void add_dangers(struct snug_str *out, const struct snug_lint_rule *rule)
{
	bool has_head = false;

	for (const struct snug_lint_danger *row = snug_lint_dangers; row->call; row++) {
		if (strcmp(row->rule, rule->id) != 0)
			continue;
		if (!has_head)
			snug_str_add(out, "\n| call | needs | what it does |\n|---|---|---|\n");
		has_head = true;
		snug_str_addf(out, "| `%s`", row->call);
		if (row->value_name)
			snug_str_addf(out, " with `%s`", row->value_name);
		snug_str_addf(out, " | %s%s | %s |\n", row->capability ? row->capability : "",
			      row->is_ns ? ", in a user namespace too" : "", row->reason);
	}
}

static void add_names(struct snug_str *out, const char *const *names)
{
	for (const char *const *name = names; *name; name++)
		snug_str_addf(out, "%s`%s`", name == names ? "" : ", ", *name);
}

static void add_fallbacks(struct snug_str *out)
{
	snug_str_add(out, "\n| new call | older calls | who goes on with them |\n|---|---|---|\n");
	for (const struct snug_lint_fallback *row = snug_lint_fallbacks; row->call; row++) {
		snug_str_addf(out, "| `%s` | ", row->call);
		add_names(out, row->older);
		snug_str_addf(out, " | %s |\n", row->who);
	}
}

static void add_families(struct snug_str *out)
{
	snug_str_add(out, "\n| job | calls, the oldest first | needed today |\n|---|---|---|\n");
	for (const struct snug_lint_family *row = snug_lint_families; row->name; row++) {
		snug_str_addf(out, "| %s | ", row->what);
		add_names(out, row->members);
		if (row->current)
			snug_str_addf(out, " | `%s` |\n", row->current);
		else
			snug_str_add(out, " | |\n");
	}
}

static void add_detours(struct snug_str *out)
{
	snug_str_add(out, "\n| condition on | ways around | to |\n|---|---|---|\n");
	for (const struct snug_lint_detour *row = snug_lint_detours; row->call; row++) {
		snug_str_addf(out, "| `%s` | ", row->call);
		add_names(out, row->ways);
		snug_str_addf(out, " | %s |\n", row->what);
	}
}

static void add_rule(struct snug_str *out, const struct snug_lint_rule *rule)
{
	snug_str_addf(out, "\n### %s\n\n%s. *%s*\n\n", rule->id, rule->title,
		      snug_severity_name(rule->severity));
	add_capitalized(out, rule->reason);
	snug_str_add(out, "\n\nFix: ");
	snug_str_add(out, rule->fix);
	snug_str_add(out, ".\n");
	if (rule->check == lint_dangers)
		add_dangers(out, rule);
	else if (rule->check == lint_eperm)
		add_fallbacks(out);
	else if (rule->check == lint_half_family)
		add_families(out);
	else if (rule->check == lint_detour)
		add_detours(out);
}

void snug_lint_add_manual(struct snug_str *out)
{
	static const char *const headings[] = {
		[SNUG_LINT_MISTAKE] = "Mistakes: what does not do what it says",
		[SNUG_LINT_COMPAT] = "Compatibility: what breaks elsewhere",
		[SNUG_LINT_RISK] = "Risks: what is allowed and attackers use",
	};
	const struct snug_lint_rule *last = NULL;

	snug_str_add(out, "# Rules of snug lint\n\n"
			  "Made by `tools/update-lint-rules` from the table in "
			  "`src/seccomp/lint-rules.c` and from `data/lint-*.csv`;\n"
			  "not for editing. The severity is the usual one; a finding may have "
			  "another, as the text says.\n");
	for (size_t i = 0; i < snug_n_lint_rules; i++) {
		const struct snug_lint_rule *rule = &snug_lint_rules[i];

		if (!last || rule->group != last->group)
			snug_str_addf(out, "\n## %s\n", headings[rule->group]);
		add_rule(out, rule);
		last = rule;
	}
}
