/* SPDX-License-Identifier: Apache-2.0 */
/* Actions and fields of the profile as a whole that are not what they seem, or not meant to stay.
 */
#include "base/err.h"
#include "base/limits.h"
#include "seccomp/lint-internal.h"

#include <string.h>

/* By it, the cost of a call that the kernel's cache does not cover is felt, and so is loading. */
enum { LARGE_FILTER_INSNS = 1000 };

/* Reports each entry that applies and has @action; @text has one %s for the names. */
static void report_action(struct snug_lint *l, enum snug_action action, enum snug_severity severity,
			  const char *what)
{
	for (size_t i = 0; i < l->p->entries.len; i++) {
		const struct snug_seccomp_entry *e = &l->p->entries.items[i];
		CLEANUP(lint_names_done) struct lint_names names = { 0 };
		CLEANUP(freep) char *list = NULL;

		if (e->action != action || !lint_applies(l, i))
			continue;
		VEC_FOREACH (name, &e->names)
			lint_names_add(&names, *name);
		list = lint_names_text(&names);
		lint_add(l, severity, (long)i, &names, "%s for %s: %s", snug_action_name(action),
			 list, what);
	}
}

static void report_default(struct snug_lint *l, enum snug_action action,
			   enum snug_severity severity, const char *what)
{
	if (l->p->default_action == action)
		lint_add(l, severity, LINT_NO_ENTRY, NULL, "the default is %s: %s",
			 snug_action_name(action), what);
}

int lint_missing_listener(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	if (!l->p->listener_path)
		report_action(l, SNUG_ACTION_NOTIFY, l->rule->severity,
			      "there is no listenerPath, so nobody answers");
	return 0;
}

int lint_disabled(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	if (l->p->state && strcmp(l->p->state, "Disabled") == 0)
		lint_add(l, l->rule->severity, LINT_NO_ENTRY, NULL,
			 "state is Disabled: the operator does not install the profile");
	return 0;
}

int lint_base_profile(struct snug_lint *l, struct snug_err *err)
{
	CLEANUP(freep) char *name = NULL;

	(void)err;
	if (!l->p->base_profile_name)
		return 0;
	name = lint_quote(l->p->base_profile_name);
	lint_add(l, l->rule->severity, LINT_NO_ENTRY, NULL,
		 "baseProfileName %s is not looked up; what seems to be missing may be there",
		 name);
	return 0;
}

int lint_log(struct snug_lint *l, struct snug_err *err)
{
	(void)err;
	report_default(l, SNUG_ACTION_LOG, l->rule->severity, "nothing is refused, only logged");
	report_action(l, SNUG_ACTION_LOG, l->rule->severity, "the call is made, and logged");
	return 0;
}

int lint_trace(struct snug_lint *l, struct snug_err *err)
{
	static const char what[] = "without a tracer the call fails with ENOSYS, and a tracer can "
				   "let it pass";

	(void)err;
	report_default(l, SNUG_ACTION_TRACE, l->rule->severity, what);
	report_action(l, SNUG_ACTION_TRACE, l->rule->severity, what);
	return 0;
}

int lint_kill_thread(struct snug_lint *l, struct snug_err *err)
{
	static const char what[] = "one thread ends, the others go on without it";
	static const enum snug_action actions[] = { SNUG_ACTION_KILL, SNUG_ACTION_KILL_THREAD };

	(void)err;
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		report_default(l, actions[i], l->rule->severity, what);
		report_action(l, actions[i], l->rule->severity, what);
	}
	return 0;
}

int lint_large_filter(struct snug_lint *l, struct snug_err *err)
{
	unsigned n;

	(void)err;
	if (l->broken)
		return 0;
	n = lint_compile(l);
	if (n > LARGE_FILTER_INSNS)
		lint_add(l, l->rule->severity, LINT_NO_ENTRY, NULL,
			 "the filter has %u instructions; the kernel takes at most %d", n,
			 BPF_MAXINSNS);
	return 0;
}
