/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two profiles from anywhere, with a line of five equals signs between them, become one, in both
 * ways.  The result is held against the laws of seccomp/merge.h by calls that the profiles' own
 * values suggest, and it is written and read back.
 */
#include "base/err.h"
#include "base/str.h"
#include "fuzz.h"
#include "seccomp/merge.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/version.h>

enum {
	/* some dozens of entries: enough for every way to meet */
	MAX_BYTES = 4096,
	N_CALLS = 150,
	N_VALUES = 64,
};

static const char separator[] = "\n=====\n";

static const struct snug_seccomp_env env = {
	.arch = SNUG_ARCH_X86_64,
	.caps = 1ull << CAP_CHOWN,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

struct inputs {
	struct snug_seccomp_profile *profiles[2];
	struct snug_meaning *meanings[2];
	/* what arguments are made of */
	uint64_t values[N_VALUES];
	size_t n_values;
	uint64_t random;
};

static void check_text(const char *text)
{
	snug_bug_on(!*text || strpbrk(text, "\n\x1b"));
}

static void check_warning(void *data, const char *text)
{
	(void)data;
	check_text(text);
}

static const struct snug_meaning_options keep = { .keep_unknown = true, .warn = check_warning };
static const struct snug_seccomp_read_options read_options = { .warn = check_warning };

static void inputs_done(struct inputs *in)
{
	for (size_t i = 0; i < 2; i++) {
		snug_meaning_free(in->meanings[i]);
		snug_seccomp_profile_free(in->profiles[i]);
	}
}

/* splitmix64; the same for the same input */
static uint64_t next_random(struct inputs *in)
{
	uint64_t z = in->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static void collect_values(struct inputs *in, const struct snug_seccomp_profile *p)
{
	VEC_FOREACH (entry, &p->entries) {
		VEC_FOREACH (arg, &entry->args) {
			if (in->n_values + 2 > N_VALUES)
				return;
			in->values[in->n_values++] = arg->value;
			in->values[in->n_values++] = arg->value_two;
		}
	}
}

/* Values of the profiles, and those beside them; for multiplexers, some call behind them. */
static uint64_t next_arg(struct inputs *in)
{
	uint64_t kind = next_random(in) % 8, value;

	if (kind == 0)
		return next_random(in);
	if (kind == 1 || !in->n_values)
		return next_random(in) % 25;
	value = in->values[next_random(in) % in->n_values];
	if (kind == 2)
		value |= in->values[next_random(in) % in->n_values];
	if (kind == 3)
		value ^= 1ull << next_random(in) % 64;
	return value + next_random(in) % 3 - 1;
}

static int read_one(const char *text, size_t len, struct snug_seccomp_profile **ret,
		    struct snug_meaning **meaning)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_seccomp_profile_parse("in", text, len, &read_options, ret, &err);

	if (r == 0)
		r = snug_meaning_new(*ret, &env, &keep, meaning, &err);
	if (r < 0)
		fuzz_check_err(r, &err, "in");
	return r;
}

static int read_both(struct inputs *in, const char *text, size_t size)
{
	const char *middle = memmem(text, size, separator, strlen(separator));
	size_t first_len = middle ? (size_t)(middle - text) : size, skipped;

	if (read_one(text, first_len, &in->profiles[0], &in->meanings[0]) < 0)
		return -EINVAL;
	/* one alone is merged with itself */
	skipped = middle ? first_len + strlen(separator) : 0;
	return read_one(text + skipped, size - skipped, &in->profiles[1], &in->meanings[1]);
}

/* A profile that does not know the ABI refuses more than any answer. */
static int compare(const struct snug_decision *a, const struct snug_decision *b)
{
	bool a_is_foreign = a->by == SNUG_BY_FOREIGN_ABI;
	bool b_is_foreign = b->by == SNUG_BY_FOREIGN_ABI;

	if (a_is_foreign || b_is_foreign)
		return b_is_foreign - a_is_foreign;
	return snug_ret_compare(a->ret, b->ret);
}

/* Never laxer than the inputs together, and as lax when the result is exact. */
static void check_call(struct inputs *in, const struct snug_merged *m,
		       const struct snug_meaning *result, enum snug_merge_mode mode,
		       enum snug_arch arch, uint32_t nr)
{
	uint64_t args[SNUG_N_ARGS];
	struct snug_decision a, b, got;
	bool wants_a;
	int order;

	for (size_t i = 0; i < SNUG_N_ARGS; i++)
		args[i] = next_arg(in);
	a = snug_meaning_decide(in->meanings[0], arch, nr, args);
	b = snug_meaning_decide(in->meanings[1], arch, nr, args);
	got = snug_meaning_decide(result, arch, nr, args);
	wants_a = mode == SNUG_MERGE_UNION ? compare(&a, &b) >= 0 : compare(&a, &b) <= 0;
	order = compare(&got, wants_a ? &a : &b);
	if (order > 0 || (order < 0 && m->is_exact))
		fprintf(stderr, "%s: %s of %s (%#llx, %#llx, %#llx, ...): %#x and %#x, got %#x\n",
			mode == SNUG_MERGE_UNION ? "union" : "intersection",
			snug_syscall_name(arch, nr), snug_arch_name(arch),
			(unsigned long long)args[0], (unsigned long long)args[1],
			(unsigned long long)args[2], a.ret, b.ret, got.ret);
	snug_bug_on(order > 0);
	snug_bug_on(order < 0 && m->is_exact);
}

static void check_calls(struct inputs *in, const struct snug_merged *m,
			const struct snug_meaning *result, enum snug_merge_mode mode)
{
	static const enum snug_arch arches[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

	for (int i = 0; i < N_CALLS; i++) {
		const struct snug_names *names =
			snug_meaning_names(in->meanings[next_random(in) % 2]);
		enum snug_arch arch = arches[next_random(in) % ARRAY_SIZE(arches)];
		const char *name = next_random(in) % 2 ? "socketcall" : "ipc";
		int64_t nr;

		/* behind a multiplexer there is more than what the profiles name */
		if (names->len && next_random(in) % 4)
			name = names->items[next_random(in) % names->len];
		nr = snug_syscall_number(arch, name);
		if (nr >= 0)
			check_call(in, m, result, mode, arch, (uint32_t)nr);
	}
}

/* What is written down reads back as the same profile. */
static void check_text_of(const struct snug_seccomp_profile *p)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *again = NULL;
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_seccomp_profile_write(p, p->format, &text, &err);

	/* a custom resource has no place for everything; and text can be over the limit */
	if (r == -EOPNOTSUPP && p->format != SNUG_PROFILE_OCI_JSON)
		return;
	snug_bug_on(r < 0);
	r = snug_seccomp_profile_parse("out", text.buf, text.len, &read_options, &again, &err);
	if (r == -E2BIG)
		return;
	snug_bug_on(r < 0 || !snug_seccomp_profile_equal(p, again));
}

static void check_result(struct inputs *in, const struct snug_merged *m, enum snug_merge_mode mode)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *result = NULL;

	VEC_FOREACH (note, &m->notes) {
		check_text(note->text);
		snug_bug_on(note->is_inexact && m->is_exact);
	}
	snug_bug_on(snug_meaning_new(m->profile, &env, &keep, &result, NULL) < 0);
	check_calls(in, m, result, mode);
	check_text_of(m->profile);
}

static void check_mode(struct inputs *in, enum snug_merge_mode mode)
{
	const struct snug_meaning *const meanings[] = { in->meanings[0], in->meanings[1] };
	struct snug_merge_options opts = { .mode = mode, .format = in->profiles[0]->format };
	CLEANUP(snug_merged_done) struct snug_merged merged = { 0 };
	CLEANUP(snug_merged_done) struct snug_merged strict = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	int r = snug_merge(meanings, 2, &opts, &merged, &err);

	if (r < 0) {
		snug_bug_on(r != -E2BIG || err.code != r || merged.profile);
		check_text(snug_err_msg(&err));
		return;
	}
	check_result(in, &merged, mode);
	opts.strict = true;
	r = snug_merge(meanings, 2, &opts, &strict, &err);
	snug_bug_on(r != (merged.is_exact ? 0 : -EOPNOTSUPP));
	if (r < 0)
		check_text(snug_err_msg(&err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(inputs_done) struct inputs in = { .random = size };

	if (size > MAX_BYTES || read_both(&in, (const char *)data, size) < 0)
		return 0;
	for (size_t i = 0; i < 2; i++)
		collect_values(&in, in.profiles[i]);
	check_mode(&in, SNUG_MERGE_UNION);
	check_mode(&in, SNUG_MERGE_INTERSECT);
	return 0;
}
