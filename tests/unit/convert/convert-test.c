/* SPDX-License-Identifier: Apache-2.0 */
#include "convert-test.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include <stdlib.h>
#include <string.h>

#include <linux/version.h>

const struct snug_seccomp_env convert_env = {
	.arch = SNUG_ARCH_X86_64,
	.kernel_version = KERNEL_VERSION(6, 1, 0),
};

enum { MAX_VALUES = 64 };

struct values {
	uint64_t items[MAX_VALUES];
	size_t len;
};

void collect_warning(void *data, const char *text)
{
	struct snug_str *all = data;

	snug_str_add(all, text);
	snug_str_addc(all, '\n');
}

static void add_value(struct values *v, uint64_t value)
{
	for (size_t i = 0; i < v->len; i++)
		if (v->items[i] == value)
			return;
	if (v->len < MAX_VALUES)
		v->items[v->len++] = value;
}

/* Numbers of socketcall(2) and ipc(2), and what conditions compare with. */
static void collect_values(const struct snug_seccomp_profile *p, struct values *v)
{
	for (uint64_t i = 0; i < 25; i++)
		add_value(v, i);
	VEC_FOREACH (e, &p->entries)
		VEC_FOREACH (arg, &e->args) {
			add_value(v, arg->value);
			add_value(v, arg->value + 1);
			add_value(v, arg->value - 1);
			add_value(v, arg->value_two);
		}
}

static char *compare_number(const struct snug_meaning *a, const struct snug_meaning *b,
			    enum snug_arch arch, uint32_t nr, const struct values *v)
{
	for (size_t i = 0; i < v->len; i++) {
		/* each value meets different ones on the other arguments */
		const uint64_t args[SNUG_N_ARGS] = {
			v->items[i],
			v->items[(i * 7 + 3) % v->len],
			v->items[(i * 5 + 1) % v->len],
			v->items[(i + 1) % v->len],
			v->items[(i * 3 + 2) % v->len],
			v->items[(i * 11 + 5) % v->len],
		};
		uint32_t ra = snug_meaning_decide(a, arch, nr, args).ret;
		uint32_t rb = snug_meaning_decide(b, arch, nr, args).ret;

		if (ra != rb)
			return xasprintf(
				"%s %u (%s), args[0] %llu: 0x%08x and 0x%08x", snug_arch_name(arch),
				nr, snug_syscall_name(arch, nr) ? snug_syscall_name(arch, nr) : "?",
				(unsigned long long)args[0], ra, rb);
	}
	return NULL;
}

static int compare_name(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool is_named(const struct snug_meaning *m, const char *name)
{
	const struct snug_names *names = snug_meaning_names(m);

	if (names->len &&
	    bsearch(name, names->items, names->len, sizeof(*names->items), compare_name))
		return true;
	return strcmp(name, "socketcall") == 0 || strcmp(name, "ipc") == 0;
}

static char *compare_meanings(const struct snug_meaning *a, const struct snug_meaning *b,
			      const struct values *v)
{
	const struct snug_seccomp_env *env = snug_meaning_env(a);
	const char *const *names = snug_syscall_names();
	const struct values one = { .len = 1 };

	for (int i = 0; i < _SNUG_ARCH_MAX; i++) {
		enum snug_arch arch = (enum snug_arch)i;

		if (snug_arch_family(arch) != snug_arch_family(env->arch))
			continue;
		for (size_t j = 0; names[j]; j++) {
			int64_t nr = snug_syscall_number(arch, names[j]);
			bool counts = is_named(a, names[j]) || is_named(b, names[j]);
			char *text = NULL;

			if (nr >= 0)
				text = compare_number(a, b, arch, (uint32_t)nr, counts ? v : &one);
			if (text)
				return text;
		}
	}
	return compare_number(a, b, env->arch, 9999, v);
}

char *find_difference(const struct snug_seccomp_profile *a, const struct snug_seccomp_profile *b,
		      const struct snug_seccomp_env *env)
{
	CLEANUP(snug_meaning_freep) struct snug_meaning *ma = NULL, *mb = NULL;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct values v = { .len = 0 };

	if (snug_meaning_new(a, env, NULL, &ma, &err) < 0 ||
	    snug_meaning_new(b, env, NULL, &mb, &err) < 0)
		return xstrdup(snug_err_msg(&err));
	collect_values(a, &v);
	collect_values(b, &v);
	return compare_meanings(ma, mb, &v);
}
