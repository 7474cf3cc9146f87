/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A default that refuses makes a list that allows; a default that allows makes one that denies.
 * What is logged is allowed in SystemCallFilter= and stands in SystemCallLog=, a filter of its own
 * of which the kernel sees the stricter answer.  A call that is refused in another way than all
 * others carries its errno.
 *
 * NEEDSWORK: i386: what an entry for socketcall(2) itself allows is not logged, while systemd's
 * second filter would log a call behind it; the answer is the same.
 */
#include "convert/systemd-write.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "convert/systemd-words.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

#include <linux/seccomp.h>

enum { COLUMNS = 78 };

struct unit_writer {
	const struct snug_seccomp_profile *p;
	const struct snug_seccomp_env *env;
	struct snug_rules_warn warn;
	struct snug_err *err;
	struct snug_verdicts verdicts;
	struct snug_str *out;

	/* of the setting at work */
	const char *prefix; /* "SystemCallFilter=~" */
	size_t column;      /* 0: no line has begun */
	bool is_used;
};

static int unsupported(struct unit_writer *w, const struct snug_verdict *v, const char *why)
{
	const struct snug_seccomp_entry *e;

	if (!v)
		return snug_err_set(w->err, -EOPNOTSUPP, "%s: defaultAction: %s: %s", w->p->source,
				    snug_action_name(w->p->default_action), why);
	e = &w->p->entries.items[v->entry];
	if (!e->line)
		return snug_err_set(w->err, -EOPNOTSUPP, "%s: syscalls[%zu].names[%zu]: '%s': %s",
				    w->p->source, v->entry, v->name_index, v->name, why);
	return snug_err_set(w->err, -EOPNOTSUPP, "%s:%u:%u: syscalls[%zu].names[%zu]: '%s': %s",
			    w->p->source, e->line, e->col, v->entry, v->name_index, v->name, why);
}

static int check_answer(struct unit_writer *w, uint32_t ret, const struct snug_verdict *v)
{
	switch (snug_ret_action(ret)) {
	case SNUG_ACTION_ALLOW:
	case SNUG_ACTION_LOG:
	case SNUG_ACTION_KILL_PROCESS:
		return 0;
	case SNUG_ACTION_ERRNO:
		if (!v && snug_ret_data(ret) == 0)
			return unsupported(w, v, "systemd's SystemCallErrorNumber= cannot be 0");
		return 0;
	case SNUG_ACTION_KILL:
	case SNUG_ACTION_KILL_THREAD:
		return unsupported(w, v,
				   "systemd kills the process and not only the thread, which "
				   "would be SCMP_ACT_KILL_PROCESS");
	case SNUG_ACTION_TRAP:
	case SNUG_ACTION_TRACE:
	case SNUG_ACTION_NOTIFY:
	case _SNUG_ACTION_MAX:
	case _SNUG_ACTION_INVALID:
	default:
		return unsupported(w, v,
				   "systemd can allow, log, kill the process or return an "
				   "errno, and nothing else");
	}
}

static int check(struct unit_writer *w)
{
	int r = check_answer(w, w->verdicts.default_ret, NULL);

	VEC_FOREACH (v, &w->verdicts) {
		if (r < 0)
			break;
		if (!v->is_unconditional)
			r = unsupported(w, v, "systemd has no conditions on arguments");
		else
			r = check_answer(w, v->ret, v);
	}
	if (r == 0 && w->p->base_profile_name && *w->p->base_profile_name)
		r = snug_err_set(w->err, -EOPNOTSUPP,
				 "%s: spec.baseProfileName: systemd has no place for this",
				 w->p->source);
	if (r == 0 && w->p->state && strcmp(w->p->state, "Disabled") == 0)
		r = snug_err_set(w->err, -EOPNOTSUPP,
				 "%s: spec.state: a unit's filter cannot be disabled",
				 w->p->source);
	return r;
}

/* text */

static void setting_begins(struct unit_writer *w, const char *prefix)
{
	w->prefix = prefix;
	w->column = 0;
	w->is_used = false;
}

static void setting_ends(struct unit_writer *w)
{
	if (w->column)
		snug_str_addc(w->out, '\n');
	w->column = 0;
}

/* @suffix: ":EPERM", or "" */
static void add_word(struct unit_writer *w, const char *word, const char *suffix)
{
	size_t len = strlen(word) + strlen(suffix);

	if (w->column && w->column + 1 + len > COLUMNS)
		setting_ends(w);
	if (!w->column) {
		snug_str_add(w->out, w->prefix);
		w->column = strlen(w->prefix);
	} else {
		snug_str_addc(w->out, ' ');
		w->column++;
	}
	snug_str_addf(w->out, "%s%s", word, suffix);
	w->column += len;
	w->is_used = true;
}

static void add_errno(struct snug_str *out, uint32_t value)
{
	const char *name = snug_errno_name(value);

	if (name)
		snug_str_add(out, name);
	else
		snug_str_addf(out, "%u", value);
}

static bool is_refusal(uint32_t ret)
{
	return !snug_ret_passes(ret);
}

/* The names that pass, on a list that allows. */
static void write_allowed(struct unit_writer *w)
{
	setting_begins(w, "SystemCallFilter=");
	VEC_FOREACH (v, &w->verdicts)
		if (!is_refusal(v->ret))
			add_word(w, v->name, "");
	setting_ends(w);
}

static void write_refused(struct unit_writer *w)
{
	bool allows = is_refusal(w->verdicts.default_ret);

	setting_begins(w, "SystemCallFilter=~");
	VEC_FOREACH (v, &w->verdicts) {
		CLEANUP(snug_str_done) struct snug_str suffix = SNUG_STR_INIT;

		if (!is_refusal(v->ret))
			continue;
		snug_str_addc(&suffix, ':');
		if (snug_ret_action(v->ret) == SNUG_ACTION_ERRNO)
			add_errno(&suffix, snug_ret_data(v->ret));
		else
			snug_str_add(&suffix, "kill");
		/* killing is what a list that denies does by itself */
		if (!allows && snug_ret_action(v->ret) == SNUG_ACTION_KILL_PROCESS)
			snug_str_clear(&suffix);
		add_word(w, v->name, snug_str_text(&suffix));
	}
	setting_ends(w);
}

static void write_filter(struct unit_writer *w)
{
	uint32_t otherwise = w->verdicts.default_ret;

	if (snug_ret_action(otherwise) == SNUG_ACTION_ERRNO) {
		snug_str_add(w->out, "SystemCallErrorNumber=");
		add_errno(w->out, snug_ret_data(otherwise));
		snug_str_addc(w->out, '\n');
	}
	if (is_refusal(otherwise)) {
		snug_str_add(
			w->out,
			"# The first list to allow gets @default as well. Off with it again, so "
			"that\n# what follows is the whole list in every version of systemd.\n"
			"SystemCallFilter=@default\nSystemCallFilter=~@default\n");
		write_allowed(w);
	}
	write_refused(w);
}

static void write_log(struct unit_writer *w)
{
	bool is_default = snug_ret_action(w->verdicts.default_ret) == SNUG_ACTION_LOG;
	enum snug_action listed = is_default ? SNUG_ACTION_ALLOW : SNUG_ACTION_LOG;

	setting_begins(w, is_default ? "SystemCallLog=~" : "SystemCallLog=");
	VEC_FOREACH (v, &w->verdicts)
		if (snug_ret_action(v->ret) == listed)
			add_word(w, v->name, "");
	if (is_default && !w->is_used)
		snug_str_add(w->out, "SystemCallLog=~\n");
	setting_ends(w);
}

/* No line when the profile has every ABI of the machine, which is what systemd filters then. */
static int write_arches(struct unit_writer *w, bool *ret_is_written)
{
	struct snug_arches arches = { 0 };
	const char *unknown = NULL;
	size_t n_family = 0;

	for (int i = 0; i < _SNUG_ARCH_MAX; i++)
		n_family += snug_arch_family((enum snug_arch)i) == snug_arch_family(w->env->arch);
	snug_seccomp_arches(w->p, w->env, &arches);
	*ret_is_written = arches.len < n_family;
	if (*ret_is_written) {
		setting_begins(w, "SystemCallArchitectures=");
		add_word(w, "native", "");
		VEC_FOREACH (arch, &arches) {
			const char *name = snug_systemd_arch_name(*arch);

			if (*arch == w->env->arch)
				continue;
			if (name)
				add_word(w, name, "");
			else
				unknown = snug_arch_oci_name(*arch);
		}
		setting_ends(w);
	}
	VEC_DONE(&arches);
	if (unknown)
		return snug_err_set(w->err, -EOPNOTSUPP, "%s: systemd does not know %s",
				    w->p->source, unknown);
	return 0;
}

/* "web.json: SECCOMP_FILTER_FLAG_LOG is left out" */
static void tell(struct unit_writer *w, const char *what, const char *words)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	snug_str_addf(&text, "%s: ", w->p->source);
	snug_str_add(&text, what);
	snug_str_add(&text, words);
	if (w->warn.warn)
		w->warn.warn(w->warn.data, snug_str_text(&text));
}

static void tell_about_names(struct unit_writer *w)
{
	CLEANUP(snug_str_done) struct snug_str newer = SNUG_STR_INIT;
	bool execs = snug_ret_passes(w->verdicts.default_ret);

	VEC_FOREACH (v, &w->verdicts) {
		if (strcmp(v->name, "execve") == 0)
			execs = snug_ret_passes(v->ret);
		if (snug_syscall_is_beyond_libseccomp(v->name) && newer.len < 200)
			snug_str_addf(&newer, "%s%s", newer.len ? ", " : "", v->name);
	}
	if (!execs)
		tell(w, "execve", " is refused, and systemd needs it to start the service");
	if (newer.len)
		tell(w, newer.buf,
		     ": systemd ignores names that its libseccomp does not know, and this "
		     "machine's is too old for these");
}

static void tell_about_flags(struct unit_writer *w)
{
	VEC_FOREACH (flag, &w->p->flags)
		tell(w, *flag, " is left out: systemd has no place for it");
}

static int write_unit(struct unit_writer *w)
{
	bool has_arches;
	size_t settings;
	int r;

	snug_str_add(w->out, "# System call filter, made from ");
	snug_str_add_printable(w->out, w->p->source, strlen(w->p->source), 60);
	snug_str_add(w->out, ".\n# A drop-in: /etc/systemd/system/NAME.service.d/seccomp.conf\n"
			     "[Service]\n");
	settings = w->out->len;
	r = write_arches(w, &has_arches);
	if (r < 0)
		return r;
	write_filter(w);
	write_log(w);
	if (w->out->len == settings)
		snug_str_add(w->out, "# everything is allowed\nSystemCallFilter=~\n");
	tell_about_flags(w);
	tell_about_names(w);
	return 0;
}

int snug_systemd_unit_write(const struct snug_seccomp_profile *p,
			    const struct snug_seccomp_env *env,
			    void (*warn)(void *data, const char *text), void *warn_data,
			    struct snug_str *out, struct snug_err *err)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct unit_writer w = { .p = p, .env = env, .err = err, .out = &text };
	int r;

	w.warn.warn = warn;
	w.warn.data = warn_data;
	r = snug_rules_resolve(p, env, NULL, &w.warn, &w.verdicts, err);
	if (r < 0)
		return r;
	r = check(&w);
	if (r == 0)
		r = write_unit(&w);
	if (r == 0)
		snug_str_addn(out, text.buf, text.len);
	snug_verdicts_done(&w.verdicts);
	return r;
}
