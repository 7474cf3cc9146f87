/* SPDX-License-Identifier: Apache-2.0 */
#include "merge-test.h"

#include "base/err.h"
#include "base/str.h"
#include "seccomp/ret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/version.h>

#include <cmocka.h>

const struct snug_seccomp_env merge_host = {
	.arch = SNUG_ARCH_X86_64,
	.caps = 1ull << CAP_CHOWN,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

const struct snug_meaning_options merge_keep = { .keep_unknown = true };

struct snug_meaning *meaning_of(const struct snug_seccomp_profile *p)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_meaning *m;

	if (snug_meaning_new(p, &merge_host, &merge_keep, &m, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return m;
}

struct snug_seccomp_profile *parse_profile(const char *name, const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p;

	if (snug_seccomp_profile_parse(name, text, strlen(text), NULL, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return p;
}

char *text_of(const struct snug_seccomp_profile *p)
{
	struct snug_str s = SNUG_STR_INIT;

	if (snug_seccomp_profile_write(p, p->format, &s, NULL) < 0)
		snug_str_add(&s, "(cannot be written)");
	return snug_str_take(&s);
}

int merge_profiles(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		   bool strict, struct snug_merged *ret, struct snug_err *err)
{
	const struct snug_merge_options opts = {
		.mode = mode,
		.format = profiles[0]->format,
		.strict = strict,
	};
	struct snug_meaning *inputs[MAX_INPUTS] = { NULL };
	int r;

	for (size_t i = 0; i < n; i++)
		inputs[i] = meaning_of(profiles[i]);
	r = snug_merge((const struct snug_meaning *const *)inputs, n, &opts, ret, err);
	for (size_t i = 0; i < n; i++)
		snug_meaning_free(inputs[i]);
	return r;
}

void notes_of(const struct snug_merged *m, struct snug_str *out)
{
	VEC_FOREACH (note, &m->notes)
		snug_str_addf(out, "%s%s\n", note->is_inexact ? "! " : "", note->text);
}

int compare_decisions(struct snug_decision a, struct snug_decision b)
{
	bool a_is_foreign = a.by == SNUG_BY_FOREIGN_ABI, b_is_foreign = b.by == SNUG_BY_FOREIGN_ABI;

	if (a_is_foreign || b_is_foreign)
		return b_is_foreign - a_is_foreign;
	return snug_ret_compare(a.ret, b.ret);
}

struct snug_decision decide(const struct snug_meaning *m, const struct call *c)
{
	return snug_meaning_decide(m, c->arch, c->nr, c->args);
}

struct snug_decision decide_together(struct snug_meaning **inputs, size_t n,
				     enum snug_merge_mode mode, const struct call *c)
{
	struct snug_decision best = decide(inputs[0], c);

	for (size_t i = 1; i < n; i++) {
		struct snug_decision one = decide(inputs[i], c);
		int order = compare_decisions(one, best);

		if (mode == SNUG_MERGE_UNION ? order > 0 : order < 0)
			best = one;
	}
	return best;
}

bool random_call_on(struct random_source *r, enum snug_arch arch, struct call *ret)
{
	const char *name;
	int64_t nr;
	size_t n = 0;

	while (random_calls[n])
		n++;
	name = random_calls[random_below(r, (uint32_t)n)];
	ret->arch = arch;
	nr = snug_syscall_number(ret->arch, name);
	if (nr < 0)
		return false;
	ret->nr = (uint32_t)nr;
	for (size_t i = 0; i < SNUG_N_ARGS; i++)
		ret->args[i] = random_below(r, 3) ? random_below(r, 9) : random_edge(r);
	/* sub-calls of the multiplexers, with and without a version */
	if (random_below(r, 2) && (strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0))
		ret->args[0] = random_below(r, 25) | (uint64_t)random_below(r, 2) << 16;
	return true;
}

bool random_call(struct random_source *r, struct call *ret)
{
	static const enum snug_arch arches[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

	return random_call_on(r, arches[random_below(r, ARRAY_SIZE(arches))], ret);
}

void dump_merge(const char *what, const struct call *c, uint32_t want, uint32_t got,
		struct snug_seccomp_profile **profiles, size_t n, const struct snug_merged *m)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;
	CLEANUP(freep) char *result = text_of(m->profile);
	const char *name = snug_syscall_name(c->arch, c->nr);

	for (size_t i = 0; i < n; i++) {
		CLEANUP(freep) char *text = text_of(profiles[i]);

		snug_str_addf(&s, "%s\n", text);
	}
	snug_str_addf(&s, "merged:\n%s\n", result);
	notes_of(m, &s);
	/* cmocka cuts long messages */
	fprintf(stderr, "%s\n", snug_str_text(&s));
	fail_msg("%s: %s on %s (%#llx, %#llx, %#llx): 0x%08x, wanted 0x%08x", what, name,
		 snug_arch_name(c->arch), (unsigned long long)c->args[0],
		 (unsigned long long)c->args[1], (unsigned long long)c->args[2], got, want);
}

void check_containment(struct random_source *r, struct snug_seccomp_profile **profiles, size_t n,
		       enum snug_merge_mode mode, const struct snug_merged *m)
{
	struct snug_meaning *inputs[MAX_INPUTS] = { NULL }, *result = meaning_of(m->profile);

	for (size_t i = 0; i < n; i++)
		inputs[i] = meaning_of(profiles[i]);
	for (int i = 0; i < 250; i++) {
		struct snug_decision want, got;
		struct call c;
		int order;

		if (!random_call(r, &c))
			continue;
		want = decide_together(inputs, n, mode, &c);
		got = decide(result, &c);
		order = compare_decisions(got, want);
		if (order > 0)
			dump_merge("laxer", &c, want.ret, got.ret, profiles, n, m);
		if (order < 0 && m->is_exact)
			dump_merge("not exact", &c, want.ret, got.ret, profiles, n, m);
	}
	for (size_t i = 0; i < n; i++)
		snug_meaning_free(inputs[i]);
	snug_meaning_free(result);
}

struct snug_seccomp_profile *random_input(struct random_source *r)
{
	struct snug_seccomp_profile *p = random_filter(r);
	bool is_small = random_below(r, 5);

	if (random_below(r, 3) == 0)
		p->arches.len = random_below(r, 4);
	VEC_FOREACH (e, &p->entries) {
		VEC_FOREACH (arg, &e->args) {
			arg->has_value_two = true; /* to be written */
			if (is_small) {
				arg->value %= 8;
				arg->value_two %= 8;
			}
		}
	}
	if (random_below(r, 8) == 0)
		p->listener_path = xstrdup("/run/listener");
	return p;
}

void must_merge(struct snug_seccomp_profile **profiles, size_t n, enum snug_merge_mode mode,
		struct snug_merged *ret)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (merge_profiles(profiles, n, mode, false, ret, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}
