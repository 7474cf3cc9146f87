/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each rule has a file tests/cases/lint/RULE.txt of profiles and what that rule alone finds in
 *them:
 *
 *	== TITLE
 *	options kernel=5.10 libseccomp=2.4.0 caps=CAP_X arch=aarch64	(what is not the default)
 *	...the profile, whose lines are counted from here...
 *	-- SEVERITY LINE:COL MESSAGE
 *
 * A case without "--" is one in which nothing may be found.  Every rule needs both kinds.  The
 * property tests at the end compare findings with the evaluator's answers to single calls.
 */
#include "base/err.h"
#include "base/fdio.h"
#include "base/limits.h"
#include "base/str.h"
#include "random-profile.h"
#include "seccomp/call-args.h"
#include "seccomp/condition.h"
#include "seccomp/library.h"
#include "seccomp/lint-tables.h"
#include "seccomp/lint.h"
#include "seccomp/meaning.h"
#include "seccomp/names.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/version.h>

#include <cmocka.h>

#define CASES "tests/cases/lint"

static const struct snug_lint_options defaults = {
	.env = { .arch = SNUG_ARCH_X86_64, .kernel_version = KERNEL_VERSION(6, 18, 0) },
	.rules = UINT64_MAX,
};

/* A case at work. */
struct lint_case {
	const char *file;
	struct snug_str title, text, expected;
	struct snug_lint_options options;
	bool is_open;
	unsigned n_bad, n_good, n_failed;
};

static void set_option(struct lint_case *c, const char *word)
{
	struct snug_lint_options *o = &c->options;
	const char *value = strchr(word, '=') + 1;

	if (snug_str_has_prefix(word, "kernel=")) {
		assert_int_equal(snug_kernel_version_parse(value, &o->env.kernel_version), 0);
	} else if (snug_str_has_prefix(word, "libseccomp=")) {
		assert_int_equal(snug_libseccomp_version_parse(value, &o->libseccomp), 0);
	} else if (snug_str_has_prefix(word, "arch=")) {
		o->env.arch = snug_arch_from_name(value);
		assert_int_not_equal(o->env.arch, _SNUG_ARCH_INVALID);
	} else if (strcmp(word, "caps=all") == 0) {
		o->env.caps = UINT64_MAX;
	} else if (snug_str_has_prefix(word, "caps=")) {
		assert_true(snug_capability_from_name(value) >= 0);
		o->env.caps |= UINT64_C(1) << snug_capability_from_name(value);
	} else {
		fail_msg("%s: unknown option %s", c->file, word);
	}
}

static void set_options(struct lint_case *c, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");
		CLEANUP(freep) char *word = xstrndup(words, len);

		if (len)
			set_option(c, word);
		words += len + (words[len] == ' ');
	}
}

static struct snug_seccomp_profile *parse(const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p = NULL;

	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &p, &err) < 0)
		fail_msg("%s\n%s", snug_err_msg(&err), text);
	return p;
}

static struct snug_findings lint(const struct snug_seccomp_profile *p,
				 const struct snug_lint_options *options)
{
	struct snug_findings f = { 0 };

	snug_lint(p, options, &f);
	return f;
}

static void add_findings(const struct snug_findings *f, struct snug_str *out)
{
	VEC_FOREACH (one, f) {
		assert_true(one->fix[0]);
		snug_str_addf(out, "-- %s %u:%u %s\n", snug_severity_name(one->severity), one->line,
			      one->col, one->message);
	}
}

static void finish_case(struct lint_case *c)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(snug_findings_done) struct snug_findings f = { 0 };
	CLEANUP(snug_str_done) struct snug_str found = SNUG_STR_INIT;

	if (!c->is_open)
		return;
	p = parse(snug_str_text(&c->text));
	f = lint(p, &c->options);
	add_findings(&f, &found);
	if (strcmp(snug_str_text(&found), snug_str_text(&c->expected)) != 0) {
		print_error("%s: %s: expected\n%sgot\n%s", c->file, snug_str_text(&c->title),
			    snug_str_text(&c->expected), snug_str_text(&found));
		c->n_failed++;
	}
	if (f.len)
		c->n_bad++;
	else
		c->n_good++;
}

static void take_line(struct lint_case *c, const struct snug_lint_rule *rule, const char *line)
{
	if (snug_str_has_prefix(line, "== ")) {
		finish_case(c);
		c->is_open = true;
		snug_str_clear(&c->title);
		snug_str_clear(&c->text);
		snug_str_clear(&c->expected);
		snug_str_add(&c->title, line + 3);
		c->options = defaults;
		c->options.rules = snug_lint_rule_bit(rule);
	} else if (!c->is_open) {
		assert_true(*line == '#' || !*line);
	} else if (snug_str_has_prefix(line, "options ")) {
		set_options(c, line + strlen("options "));
	} else if (snug_str_has_prefix(line, "-- ")) {
		snug_str_addf(&c->expected, "%s\n", line);
	} else {
		snug_str_addf(&c->text, "%s\n", line);
	}
}

static unsigned run_file(const struct snug_lint_rule *rule)
{
	CLEANUP(freep) char *path = xasprintf(CASES "/%s.txt", rule->id);
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(freep) char *text = NULL;
	struct lint_case c = { .file = path };
	size_t len;

	if (snug_read_file(path, SNUG_LIMIT_DOC_BYTES, &text, &len, &err) < 0)
		fail_msg("rule %s has no cases: %s", rule->id, snug_err_msg(&err));
	for (char *line = text, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		take_line(&c, rule, line);
	}
	finish_case(&c);
	if (!c.n_bad || !c.n_good)
		fail_msg("%s: %u cases with findings, %u without", path, c.n_bad, c.n_good);
	snug_str_done(&c.title);
	snug_str_done(&c.text);
	snug_str_done(&c.expected);
	return c.n_failed;
}

static void test_cases(void **state)
{
	unsigned n_failed = 0;

	(void)state;
	for (size_t i = 0; i < snug_n_lint_rules; i++)
		n_failed += run_file(&snug_lint_rules[i]);
	assert_int_equal(n_failed, 0);
}

static void test_every_file_is_a_rule(void **state)
{
	DIR *dir = opendir(CASES);
	struct dirent *entry;
	size_t n = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		CLEANUP(freep) char *id = NULL;

		if (entry->d_name[0] == '.')
			continue;
		id = xstrndup(entry->d_name, strcspn(entry->d_name, "."));
		if (!snug_lint_rule_find(id))
			fail_msg("%s: no such rule", entry->d_name);
		n++;
	}
	closedir(dir);
	assert_int_equal(n, snug_n_lint_rules);
}

static void test_rules(void **state)
{
	uint64_t all = 0;

	(void)state;
	for (size_t i = 0; i < snug_n_lint_rules; i++) {
		const struct snug_lint_rule *rule = &snug_lint_rules[i];

		assert_ptr_equal(snug_lint_rule_find(rule->id), rule);
		assert_string_equal(snug_lint_rule_ids()[i], rule->id);
		assert_true(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz-") == strlen(rule->id));
		assert_true(i == 0 || rule->group >= rule[-1].group);
		/* the sentence goes on behind it */
		assert_true(rule->title[strlen(rule->title) - 1] != '.');
		assert_true(rule->fix[strlen(rule->fix) - 1] != '.');
	}
	assert_null(snug_lint_rule_ids()[snug_n_lint_rules]);
	for (int g = 0; g < _SNUG_LINT_GROUP_MAX; g++) {
		assert_int_equal(all & snug_lint_group_bits((enum snug_lint_group)g), 0);
		all |= snug_lint_group_bits((enum snug_lint_group)g);
	}
	assert_true(all == (UINT64_C(1) << snug_n_lint_rules) - 1);
	assert_null(snug_lint_rule_find("nosuchrule"));
}

static void test_severities(void **state)
{
	(void)state;
	for (int s = 0; s < _SNUG_SEVERITY_MAX; s++)
		assert_int_equal(snug_severity_from_name(snug_severity_name((enum snug_severity)s)),
				 s);
	assert_int_equal(snug_severity_from_name("none"), _SNUG_SEVERITY_INVALID);
}

static void test_versions(void **state)
{
	static const char *const bad[] = { "",      "2",     "2.",     "2.5.",    "2.5.4.1", "x",
					   "2.5.x", "2..5",  "256.0",  "2.5.256", "-2.5",    " 2.5",
					   "2.5 ",  "2.0x5", "2.0005", "2.5.4-1" };
	uint32_t v = 0;

	(void)state;
	assert_int_equal(snug_libseccomp_version_parse("2.5.4", &v), 0);
	assert_int_equal(v, 0x020504);
	assert_int_equal(snug_libseccomp_version_parse("2.6", &v), 0);
	assert_int_equal(v, 0x020600);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (snug_libseccomp_version_parse(bad[i], &v) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
	assert_int_equal(v, 0x020600);
}

/* The names in data/ are calls, and its rules are rules. */
static void test_tables(void **state)
{
	(void)state;
	for (const struct snug_lint_danger *d = snug_lint_dangers; d->call; d++) {
		if (!snug_syscall_is_known(d->call) || !snug_lint_rule_find(d->rule))
			fail_msg("%s,%s", d->rule, d->call);
		assert_int_equal(d->value & ~d->mask, 0);
		assert_true(!d->capability || snug_capability_from_name(d->capability) >= 0);
	}
	for (const struct snug_lint_fallback *f = snug_lint_fallbacks; f->call; f++) {
		assert_true(snug_syscall_is_known(f->call));
		for (const char *const *older = f->older; *older; older++)
			if (!snug_syscall_is_known(*older) ||
			    snug_syscall_since(*older) > snug_syscall_since(f->call))
				fail_msg("%s is not older than %s", *older, f->call);
	}
	for (const struct snug_lint_family *f = snug_lint_families; f->name; f++)
		for (const char *const *member = f->members; *member; member++)
			if (!snug_syscall_is_known(*member))
				fail_msg("%s: %s", f->name, *member);
}

/* What the table of releases promises, the libseccomp that is here keeps; distributions add calls.
 */
static void test_releases(void **state)
{
	char text[32];
	uint32_t linked, kernel = 0;
	unsigned n = 0;

	(void)state;
	assert_int_equal(
		snug_libseccomp_version_parse(snug_libseccomp_version(text, sizeof(text)), &linked),
		0);
	for (const struct snug_libseccomp_release *r = snug_libseccomp_releases; r->version; r++)
		if (r->version <= linked)
			kernel = r->kernel;
	for (const char *const *name = snug_syscall_names(); *name; name++) {
		uint32_t since = snug_syscall_since(*name);

		if (!since || since > kernel)
			continue;
		if (snug_syscall_is_beyond_libseccomp(*name))
			fail_msg("libseccomp %s has no %s", text, *name);
		n++;
	}
	assert_true(n > 50);
}

static void test_order_and_count(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = parse(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[\n"
		"{\"names\":[\"bpf\",\"opne\"],\"action\":\"SCMP_ACT_ALLOW\"},\n"
		"{\"names\":[\"bpf\",\"ioctl\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":2}]}");
	CLEANUP(snug_findings_done) struct snug_findings f = lint(p, &defaults);
	size_t n[_SNUG_SEVERITY_MAX], sum = 0;

	(void)state;
	assert_true(f.len > 4);
	for (size_t i = 1; i < f.len; i++) {
		assert_true(f.items[i].has_entry >= f.items[i - 1].has_entry);
		assert_true(f.items[i].line >= f.items[i - 1].line);
	}
	snug_findings_count(&f, n);
	for (int s = 0; s < _SNUG_SEVERITY_MAX; s++)
		sum += n[s];
	assert_int_equal(sum, f.len);
	assert_true(n[SNUG_SEVERITY_ERROR] > 0 && n[SNUG_SEVERITY_WARNING] > 0);
}

/* As `show` asks: risks and nothing else. */
static void test_groups(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p =
		parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
		      "{\"names\":[\"bpf\",\"opne\",\"keyctl\"],\"action\":\"SCMP_ACT_ALLOW\"}]}");
	struct snug_lint_options options = defaults;
	CLEANUP(snug_findings_done) struct snug_findings f = { 0 };

	(void)state;
	options.rules = snug_lint_group_bits(SNUG_LINT_RISK);
	f = lint(p, &options);
	assert_int_equal(f.len, 2);
	assert_string_equal(f.items[0].rule->id, "risk-bpf");
	assert_string_equal(f.items[1].names.items[0], "keyctl");
}

/* Many findings of one rule are cut, and say so; many names in one are told by number. */
static void test_limits(void **state)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	struct snug_lint_options options = defaults;
	CLEANUP(snug_findings_done) struct snug_findings f = { 0 };
	CLEANUP(snug_findings_done) struct snug_findings twice = { 0 };

	(void)state;
	snug_str_add(&text, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[");
	for (int i = 0; i < SNUG_LIMIT_PROFILE_NAMES - 1; i++)
		snug_str_addf(&text, "\"%c%d%s\",", 'a' + i % 8000 % 26, i % 8000,
			      i % 2 ? "\\u0007" : "");
	snug_str_add(&text, "\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}");
	p = parse(snug_str_text(&text));
	options.rules = snug_lint_rule_bit(snug_lint_rule_find("unknown-syscall"));
	f = lint(p, &options);
	assert_int_equal(f.len, SNUG_LIMIT_WARNINGS + 1);
	VEC_FOREACH (one, &f)
		assert_null(strchr(one->message, '\a'));
	options.rules = snug_lint_rule_bit(snug_lint_rule_find("duplicate-entry"));
	twice = lint(p, &options);
	assert_int_equal(twice.len, 1);
	assert_true(strlen(twice.items[0].message) < 500);
	assert_non_null(strstr(twice.items[0].message, " more: named twice"));
}

static bool names_risk(const struct snug_findings *f, const char *id, const char *call)
{
	VEC_FOREACH (one, f) {
		if (strcmp(one->rule->id, id) != 0)
			continue;
		VEC_FOREACH (name, &one->names)
			if (strcmp(*name, call) == 0)
				return true;
	}
	return false;
}

/* Some dangerous call, with the arguments of the table's row and others at random. */
static bool passes_somehow(struct random_source *r, const struct snug_meaning *m,
			   const struct snug_lint_danger *row)
{
	int64_t nr = snug_syscall_number(SNUG_ARCH_X86_64, row->call);
	uint64_t args[SNUG_N_ARGS];

	for (int i = 0; i < 8 && nr >= 0; i++) {
		for (unsigned a = 0; a < SNUG_N_ARGS; a++)
			args[a] = random_edge(r);
		if (row->value_name)
			args[row->arg] = row->value;
		if (snug_ret_passes(
			    snug_meaning_decide(m, SNUG_ARCH_X86_64, (uint32_t)nr, args).ret))
			return true;
	}
	return false;
}

static bool escapes(struct random_source *r, const struct snug_meaning *m, const char *call)
{
	int64_t nr = snug_syscall_number(SNUG_ARCH_X86_64, call);
	uint64_t args[SNUG_N_ARGS];

	for (int i = 0; i < 8 && nr >= 0; i++) {
		unsigned index = random_below(r, SNUG_N_ARGS);
		struct snug_decision low, high;

		if (!snug_call_arg(call, index)->is_int)
			continue;
		for (unsigned a = 0; a < SNUG_N_ARGS; a++)
			args[a] = random_edge(r);
		args[index] &= UINT32_MAX;
		low = snug_meaning_decide(m, SNUG_ARCH_X86_64, (uint32_t)nr, args);
		args[index] |= UINT64_C(1) << 32;
		high = snug_meaning_decide(m, SNUG_ARCH_X86_64, (uint32_t)nr, args);
		if (!snug_ret_passes(low.ret) && snug_ret_passes(high.ret))
			return true;
	}
	return false;
}

/* A call that passes with dangerous arguments is found, whatever the profile is. */
static void test_random_risks(void **state)
{
	struct snug_lint_options options = defaults;
	struct random_source r;
	unsigned n_passed = 0;

	(void)state;
	options.rules = snug_lint_group_bits(SNUG_LINT_RISK);
	random_init(&r);
	for (int i = 0; i < 300; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_filter(&r);
		CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
		CLEANUP(snug_findings_done) struct snug_findings f = { 0 };

		if (p->default_action == SNUG_ACTION_LOG ||
		    snug_meaning_new(p, &options.env, NULL, &m, NULL) < 0)
			continue;
		f = lint(p, &options);
		for (const struct snug_lint_danger *row = snug_lint_dangers; row->call; row++) {
			if (!passes_somehow(&r, m, row))
				continue;
			n_passed++;
			if (!names_risk(&f, row->rule, row->call))
				fail_msg("profile %d: %s %s", i, row->call,
					 row->value_name ? row->value_name : "");
		}
	}
	assert_true(n_passed > 100);
}

/* A value of an int that is refused, but passes with a bit in the upper half set, is found. */
static void test_random_escapes(void **state)
{
	struct snug_lint_options options = defaults;
	struct random_source r;
	unsigned n_escapes = 0, n_found = 0;

	(void)state;
	options.rules = snug_lint_rule_bit(snug_lint_rule_find("upper-half"));
	random_init(&r);
	for (int i = 0; i < 1500; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_filter(&r);
		CLEANUP(snug_meaning_freep) struct snug_meaning *m = NULL;
		CLEANUP(snug_findings_done) struct snug_findings f = { 0 };

		if (snug_meaning_new(p, &options.env, NULL, &m, NULL) < 0)
			continue;
		f = lint(p, &options);
		VEC_FOREACH (one, &f)
			n_found += one->severity == SNUG_SEVERITY_ERROR;
		for (const char *const *call = random_calls; *call; call++) {
			if (!escapes(&r, m, *call))
				continue;
			n_escapes++;
			/* found, or said to be too much */
			if (!names_risk(&f, "upper-half", *call))
				fail_msg("profile %d: %s", i, *call);
		}
	}
	assert_true(n_escapes > 20 && n_found > n_escapes);
}

/* Whatever a profile is, all rules come to an end, and say the same again. */
static void test_random_profiles(void **state)
{
	struct random_source r;
	size_t n_found = 0;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 600; i++) {
		enum snug_profile_format format =
			i % 2 ? SNUG_PROFILE_OCI_JSON : SNUG_PROFILE_CRD_YAML;
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p =
			i % 3 ? random_profile(&r, format) : random_filter(&r);
		CLEANUP(snug_findings_done) struct snug_findings a = lint(p, &defaults);
		CLEANUP(snug_findings_done) struct snug_findings b = lint(p, &defaults);
		CLEANUP(snug_str_done) struct snug_str text_a = SNUG_STR_INIT;
		CLEANUP(snug_str_done) struct snug_str text_b = SNUG_STR_INIT;

		add_findings(&a, &text_a);
		add_findings(&b, &text_b);
		assert_string_equal(snug_str_text(&text_a), snug_str_text(&text_b));
		for (size_t j = 0; j < text_a.len; j++)
			assert_true(text_a.buf[j] == '\n' || (unsigned char)text_a.buf[j] >= ' ');
		n_found += a.len;
	}
	assert_true(n_found > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),           cmocka_unit_test(test_every_file_is_a_rule),
		cmocka_unit_test(test_rules),           cmocka_unit_test(test_severities),
		cmocka_unit_test(test_versions),        cmocka_unit_test(test_tables),
		cmocka_unit_test(test_releases),        cmocka_unit_test(test_order_and_count),
		cmocka_unit_test(test_groups),          cmocka_unit_test(test_limits),
		cmocka_unit_test(test_random_risks),    cmocka_unit_test(test_random_escapes),
		cmocka_unit_test(test_random_profiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
