/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around the rules: the profile is resolved once, each rule that is asked for looks at it
 * and adds findings, and at the end these are sorted.  Rules never change the profile and know
 * nothing of each other.  Number and size of findings are bounded, because names in them come from
 * the profile.
 */
#include "seccomp/lint.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/words.h"
#include "seccomp/condition.h"
#include "seccomp/lint-internal.h"
#include "seccomp/ret.h"
#include "seccomp/rules.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <linux/seccomp.h>

enum { NAMES_IN_TEXT = 8 };

static const char *const severity_names[] = {
	[SNUG_SEVERITY_NOTE] = "note",
	[SNUG_SEVERITY_WARNING] = "warning",
	[SNUG_SEVERITY_ERROR] = "error",
};

const char *snug_severity_name(enum snug_severity s)
{
	snug_bug_on((int)s < 0 || s >= _SNUG_SEVERITY_MAX);
	return severity_names[s];
}

enum snug_severity snug_severity_from_name(const char *name)
{
	for (int i = 0; i < _SNUG_SEVERITY_MAX; i++)
		if (strcmp(severity_names[i], name) == 0)
			return (enum snug_severity)i;
	return _SNUG_SEVERITY_INVALID;
}

const char *snug_lint_group_name(enum snug_lint_group g)
{
	static const char *const names[] = {
		[SNUG_LINT_MISTAKE] = "mistake",
		[SNUG_LINT_COMPAT] = "compatibility",
		[SNUG_LINT_RISK] = "risk",
	};

	snug_bug_on((int)g < 0 || g >= _SNUG_LINT_GROUP_MAX);
	return names[g];
}

const struct snug_lint_rule *snug_lint_rule_find(const char *id)
{
	for (size_t i = 0; i < snug_n_lint_rules; i++)
		if (strcmp(snug_lint_rules[i].id, id) == 0)
			return &snug_lint_rules[i];
	return NULL;
}

const char *const *snug_lint_rule_ids(void)
{
	static const char *ids[65];

	snug_bug_on(snug_n_lint_rules >= ARRAY_SIZE(ids));
	for (size_t i = 0; i < snug_n_lint_rules; i++)
		ids[i] = snug_lint_rules[i].id;
	return ids;
}

uint64_t snug_lint_rule_bit(const struct snug_lint_rule *rule)
{
	return UINT64_C(1) << (rule - snug_lint_rules);
}

uint64_t snug_lint_group_bits(enum snug_lint_group g)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < snug_n_lint_rules; i++)
		if (snug_lint_rules[i].group == g)
			bits |= snug_lint_rule_bit(&snug_lint_rules[i]);
	return bits;
}

int snug_libseccomp_version_parse(const char *text, uint32_t *ret)
{
	uint64_t parts[3] = { 0 };

	/* digits only: hexadecimal is no version */
	if (text[strspn(text, "0123456789.")])
		return -EINVAL;
	for (int i = 0; i < 3; i++) {
		size_t len = strcspn(text, ".");
		CLEANUP(freep) char *part = xstrndup(text, len);

		if (len > 3 || snug_parse_u64(part, 255, &parts[i]) < 0)
			return -EINVAL;
		text += len;
		/* "2.5" is 2.5.0, but "2" is nothing */
		if (i > 0 && !*text)
			break;
		if (i == 2 || *text++ != '.')
			return -EINVAL;
	}
	*ret = (uint32_t)(parts[0] << 16 | parts[1] << 8 | parts[2]);
	return 0;
}

void snug_findings_done(struct snug_findings *f)
{
	VEC_FOREACH (one, f) {
		VEC_FOREACH (name, &one->names)
			free(*name);
		VEC_DONE(&one->names);
		free(one->message);
		free(one->fix);
	}
	VEC_DONE(f);
}

void snug_findings_count(const struct snug_findings *f, size_t ret[_SNUG_SEVERITY_MAX])
{
	memset(ret, 0, sizeof(*ret) * _SNUG_SEVERITY_MAX);
	VEC_FOREACH (one, f)
		ret[one->severity]++;
}

void lint_names_done(struct lint_names *n)
{
	VEC_FOREACH (name, &n->names)
		free(*name);
	VEC_DONE(&n->names);
}

void lint_names_add(struct lint_names *n, const char *name)
{
	*VEC_PUSH(&n->names) = xstrdup(name);
	n->is_settled = false;
}

/* Sorts, and drops duplicates. */
static void settle(struct lint_names *n)
{
	size_t kept = 0;

	if (n->is_ordered || n->is_settled || !n->names.len)
		return;
	qsort(n->names.items, n->names.len, sizeof(*n->names.items), snug_words_compare);
	for (size_t i = 0; i < n->names.len; i++) {
		if (kept && strcmp(n->names.items[kept - 1], n->names.items[i]) == 0)
			free(n->names.items[i]);
		else
			n->names.items[kept++] = n->names.items[i];
	}
	n->names.len = kept;
	n->is_settled = true;
}

size_t lint_names_len(struct lint_names *n)
{
	settle(n);
	return n->names.len;
}

char *lint_names_text(struct lint_names *n)
{
	struct snug_str text = SNUG_STR_INIT;
	/* "and 1 more" is not shorter than a name */
	size_t len = lint_names_len(n);
	size_t shown = len <= NAMES_IN_TEXT + 1 ? len : NAMES_IN_TEXT;

	for (size_t i = 0; i < shown; i++) {
		const char *name = n->names.items[i];

		snug_str_add(&text, i ? ", " : "");
		snug_str_add_printable(&text, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	}
	if (shown < n->names.len)
		snug_str_addf(&text, " and %zu more", n->names.len - shown);
	return snug_str_take(&text);
}

char *lint_quote(const char *name)
{
	struct snug_str text = SNUG_STR_INIT;

	snug_str_addc(&text, '\'');
	snug_str_add_printable(&text, name, strlen(name), SNUG_LIMIT_NAME_BYTES);
	snug_str_addc(&text, '\'');
	return snug_str_take(&text);
}

static char *format(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

static char *format(const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return xstrdup("?");
	return text;
}

struct snug_finding *lint_add(struct snug_lint *l, enum snug_severity severity, long entry,
			      struct lint_names *names, const char *fmt, ...)
{
	struct snug_finding *f;
	va_list ap;

	if (l->n_of_rule > SNUG_LIMIT_WARNINGS)
		return NULL;
	f = VEC_PUSH(l->out);
	f->rule = l->rule;
	f->severity = severity;
	f->fix = xstrdup(l->rule->fix);
	if (l->n_of_rule++ == SNUG_LIMIT_WARNINGS) {
		f->message = xstrdup("more findings of this rule are left out");
		return NULL;
	}
	va_start(ap, fmt);
	f->message = format(fmt, ap);
	va_end(ap);
	if (names) {
		settle(names);
		f->names = names->names;
		names->names = (struct snug_names){ 0 };
	}
	if (entry != LINT_NO_ENTRY) {
		f->has_entry = true;
		f->entry = (size_t)entry;
		f->line = l->p->entries.items[entry].line;
		f->col = l->p->entries.items[entry].col;
	}
	return f;
}

void lint_fix(struct snug_finding *f, const char *fmt, ...)
{
	va_list ap;

	if (!f)
		return;
	free(f->fix);
	va_start(ap, fmt);
	f->fix = format(fmt, ap);
	va_end(ap);
}

unsigned lint_compile(struct snug_lint *l)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_filter filter = { 0 };

	if (l->is_compiled)
		return l->n_insns;
	l->is_compiled = true;
	if (snug_seccomp_filter_compile(l->p, &l->env, NULL, NULL, &filter, &err) < 0) {
		l->not_compiled = xstrdup(snug_err_msg(&err));
		return 0;
	}
	l->n_insns = filter.n_insns;
	snug_seccomp_filter_done(&filter);
	return l->n_insns;
}

bool lint_applies(const struct snug_lint *l, size_t entry)
{
	return snug_seccomp_entry_applies(&l->p->entries.items[entry], &l->env);
}

bool lint_entry_ret(const struct snug_lint *l, size_t i, uint32_t *ret)
{
	const struct snug_seccomp_entry *e = &l->p->entries.items[i];

	return snug_action_ret(e->action, &e->errno_ret, e->errno_name, ret) == 0;
}

static void sum_up(const struct snug_decision *d, struct lint_answer *sum)
{
	long by = d->by == SNUG_BY_ENTRY ? (long)d->entry : LINT_NO_ENTRY;

	if (snug_ret_passes(d->ret)) {
		if (!sum->some_pass)
			sum->passes_by = by;
		sum->some_pass = true;
	} else {
		if (!sum->some_refused) {
			sum->refused = d->ret;
			sum->refused_by = by;
		}
		sum->some_refused = true;
	}
}

static int ask_number(const struct snug_meaning *m, enum snug_arch arch, uint32_t nr,
		      const struct snug_argset *question, struct lint_answer *ret,
		      struct snug_err *err)
{
	CLEANUP(snug_cells_done) struct snug_cells cells = { 0 };
	int r;

	*ret = (struct lint_answer){ .passes_by = LINT_NO_ENTRY, .refused_by = LINT_NO_ENTRY };
	r = snug_meaning_cells(m, arch, nr, &cells, err);
	if (r < 0)
		return r;
	VEC_FOREACH (cell, &cells) {
		CLEANUP(snug_argset_done) struct snug_argset both = { 0 };

		if (question) {
			r = snug_argset_intersect(&cell->args, question, &both);
			if (r < 0)
				return snug_err_set(err, r, "too many conditions on call %u", nr);
			if (snug_argset_is_empty(&both))
				continue;
		}
		sum_up(&cell->decision, ret);
	}
	return 0;
}

int lint_ask_mux(const struct snug_meaning *m, enum snug_arch arch, const char *name,
		 struct lint_answer *ret, struct snug_err *err)
{
	CLEANUP(snug_argset_done) struct snug_argset question = { 0 };
	struct snug_syscall_mux mux;
	struct snug_seccomp_arg sub = { .op = SNUG_CMP_EQ };

	snug_bug_on(!snug_syscall_multiplexer(arch, name, &mux));
	sub.value = mux.sub;
	snug_argset_add_conds(&question, &sub, 1, snug_arch_arg_bits(arch));
	return ask_number(m, arch, mux.parent_nr, &question, ret, err);
}

int lint_ask(const struct snug_meaning *m, enum snug_arch arch, const char *name,
	     const struct snug_argset *question, struct lint_answer *ret, struct snug_err *err)
{
	int64_t nr = snug_syscall_number(arch, name);

	if (nr < 0)
		return lint_ask_mux(m, arch, name, ret, err);
	return ask_number(m, arch, (uint32_t)nr, question, ret, err);
}

static void add_listed(struct snug_arches *all, enum snug_arch arch)
{
	VEC_FOREACH (known, all)
		if (*known == arch)
			return;
	*VEC_PUSH(all) = arch;
}

/* The ABIs that the profile speaks of, and the machine that it is judged on. */
static void find_machine(struct snug_lint *l)
{
	const struct snug_seccomp_profile *p = l->p;
	enum snug_arch native = l->opts->env.arch;

	l->env = l->opts->env;
	VEC_FOREACH (arch, &p->arches)
		add_listed(&l->listed, snug_arch_resolve(*arch, native));
	VEC_FOREACH (map, &p->arch_map) {
		add_listed(&l->listed, snug_arch_resolve(map->arch, native));
		VEC_FOREACH (sub, &map->sub_arches)
			add_listed(&l->listed, snug_arch_resolve(*sub, native));
	}
	if (!l->listed.len)
		add_listed(&l->listed, native);
	VEC_FOREACH (arch, &l->listed)
		if (snug_arch_family(*arch) == snug_arch_family(native))
			return;
	l->env.arch = snug_arch_family(l->listed.items[0]);
}

static int compare_findings(const void *a, const void *b)
{
	const struct snug_finding *fa = a, *fb = b;

	if (fa->has_entry != fb->has_entry)
		return fa->has_entry ? 1 : -1;
	if (fa->has_entry && fa->entry != fb->entry)
		return fa->entry < fb->entry ? -1 : 1;
	if (fa->rule != fb->rule)
		return fa->rule < fb->rule ? -1 : 1;
	return strcmp(fa->message, fb->message);
}

/* What a rule cannot find out is no reason to keep quiet about the rest. */
static void run_rule(struct snug_lint *l, const struct snug_lint_rule *rule)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_str_done) struct snug_str why = SNUG_STR_INIT;

	l->rule = rule;
	l->n_of_rule = 0;
	if (rule->check(l, &err) == 0)
		return;
	snug_str_add_printable(&why, snug_err_msg(&err), strlen(snug_err_msg(&err)),
			       4 * SNUG_LIMIT_NAME_BYTES);
	lint_add(l, SNUG_SEVERITY_NOTE, LINT_NO_ENTRY, NULL, "cannot be judged: %s",
		 snug_str_text(&why));
}

void snug_lint(const struct snug_seccomp_profile *p, const struct snug_lint_options *opts,
	       struct snug_findings *ret)
{
	const struct snug_meaning_options keep = { .keep_unknown = true };
	struct snug_findings found = { 0 };
	CLEANUP(snug_err_done) struct snug_err broken = SNUG_ERR_INIT;
	CLEANUP(snug_meaning_freep) struct snug_meaning *meaning = NULL;
	struct snug_lint l = { .p = p, .opts = opts, .out = &found };

	find_machine(&l);
	if (snug_meaning_new(p, &l.env, &keep, &meaning, &broken) < 0)
		l.broken = snug_err_msg(&broken);
	l.meaning = meaning;
	for (size_t i = 0; i < snug_n_lint_rules; i++)
		if (opts->rules & snug_lint_rule_bit(&snug_lint_rules[i]))
			run_rule(&l, &snug_lint_rules[i]);
	VEC_DONE(&l.listed);
	free(l.not_compiled);
	if (found.len)
		qsort(found.items, found.len, sizeof(*found.items), compare_findings);
	*ret = found;
}
