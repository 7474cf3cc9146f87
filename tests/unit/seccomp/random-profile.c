/* SPDX-License-Identifier: Apache-2.0 */
#include "random-profile.h"

#include "base/parse.h"
#include "base/str.h"
#include "seccomp/names.h"
#include "seccomp/syscalls.h"

#include <stdio.h>

void random_init(struct random_source *r)
{
	const char *seed = getenv("SNUG_TEST_SEED");
	uint64_t value = 20260101;

	if (seed && snug_parse_u64(seed, UINT64_MAX, &value) < 0)
		abort();
	r->state = value;
	printf("# SNUG_TEST_SEED=%llu\n", (unsigned long long)value);
}

/* splitmix64 */
uint64_t random_u64(struct random_source *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t random_below(struct random_source *r, uint32_t n)
{
	return (uint32_t)(random_u64(r) % n);
}

uint64_t random_edge(struct random_source *r)
{
	static const uint64_t bases[] = { 0, 1ull << 31, 1ull << 32, 3ull << 32, 1ull << 63 };

	return bases[random_below(r, ARRAY_SIZE(bases))] + random_below(r, 5) - 2;
}

static bool coin(struct random_source *r)
{
	return random_below(r, 2);
}

/* Texts with what JSON and YAML have to be careful about. */
static char *random_text(struct random_source *r)
{
	static const char *const pieces[] = { "a",  "null", "true", "1", ": ",     "#",      "\n",
					      "\"", "'",    "\\",   "-", "\u00e9", "\x01",   " ",
					      "[",  "{",    "~",    "%", "@",      "\u2028", "\t" };
	struct snug_str s = SNUG_STR_INIT;
	uint32_t n = random_below(r, 6);

	for (uint32_t i = 0; i < n; i++)
		snug_str_add(&s, pieces[random_below(r, ARRAY_SIZE(pieces))]);
	return snug_str_take(&s);
}

static const char *random_word(struct random_source *r, const char *const *words)
{
	uint32_t n = 0;

	while (words[n])
		n++;
	return words[random_below(r, n)];
}

static void random_names(struct random_source *r, struct snug_names *names,
			 const char *const *words, uint32_t min)
{
	uint32_t n = min + random_below(r, 4);

	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(names) = xstrdup(random_word(r, words));
}

static void random_arches(struct random_source *r, struct snug_arches *arches, uint32_t max)
{
	uint32_t n = random_below(r, 4);

	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(arches) = (enum snug_arch)random_below(r, max);
}

static void random_errno(struct random_source *r, struct snug_errno_ret *ret, uint32_t min)
{
	ret->is_set = coin(r);
	ret->value = ret->is_set ? min + random_below(r, 4096 - min) : 0;
}

static void random_condition(struct random_source *r, struct snug_seccomp_condition *c)
{
	c->is_set = coin(r);
	if (!c->is_set)
		return;
	random_names(r, &c->arches, snug_arch_go_names(), 0);
	random_names(r, &c->caps, snug_capability_names(), 0);
	if (coin(r))
		c->min_kernel = xasprintf("%u.%u", random_below(r, 7), random_below(r, 20));
}

static void random_args(struct random_source *r, struct snug_seccomp_entry *e, bool is_crd)
{
	uint32_t n = random_below(r, 4);

	e->has_args = n || coin(r);
	for (uint32_t i = 0; i < n; i++) {
		struct snug_seccomp_arg *arg = VEC_PUSH(&e->args);

		arg->index = random_below(r, 6);
		arg->op = (enum snug_cmp)random_below(r, _SNUG_CMP_MAX);
		arg->value = is_crd ? random_edge(r) >> 1 : random_edge(r);
		arg->has_value_two = coin(r);
		if (arg->has_value_two)
			arg->value_two = is_crd ? random_edge(r) >> 1 : random_edge(r);
	}
}

static void random_entry(struct random_source *r, struct snug_seccomp_profile *p, bool is_crd)
{
	static const char *const calls[] = { "read",  "write",        "clone3", "socket",
					     "mseal", "no_such_call", "a: b",   NULL };
	struct snug_seccomp_entry *e = VEC_PUSH(&p->entries);

	random_names(r, &e->names, calls, 1);
	e->action = (enum snug_action)random_below(r, _SNUG_ACTION_MAX);
	random_errno(r, &e->errno_ret, is_crd ? 1 : 0);
	random_args(r, e, is_crd);
	if (is_crd)
		return;
	e->is_legacy_name = e->names.len == 1 && coin(r);
	if (coin(r))
		e->errno_name = xstrdup(random_word(r, snug_errno_names()));
	if (coin(r))
		e->comment = random_text(r);
	random_condition(r, &e->includes);
	random_condition(r, &e->excludes);
}

static void random_oci_fields(struct random_source *r, struct snug_seccomp_profile *p)
{
	uint32_t n = coin(r) ? random_below(r, 3) : 0;

	random_errno(r, &p->default_errno_ret, 0);
	if (coin(r))
		p->default_errno_name = xstrdup(random_word(r, snug_errno_names()));
	for (uint32_t i = 0; i < n; i++) {
		struct snug_seccomp_arch_map *m = VEC_PUSH(&p->arch_map);

		m->arch = (enum snug_arch)random_below(r, _SNUG_ARCH_MAX);
		random_arches(r, &m->sub_arches, _SNUG_ARCH_MAX);
	}
	if (!n)
		random_arches(r, &p->arches, SNUG_ARCH_NATIVE + 1);
}

static void random_crd_fields(struct random_source *r, struct snug_seccomp_profile *p)
{
	p->api_version = xstrdup(coin(r) ? "security-profiles-operator.x-k8s.io/v1"
					 : "security-profiles-operator.x-k8s.io/v1beta1");
	if (coin(r))
		p->base_profile_name = random_text(r);
	if (coin(r))
		p->state = xstrdup(coin(r) ? "Enabled" : "Disabled");
	p->name = random_text(r);
	random_arches(r, &p->arches, SNUG_ARCH_PARISC64 + 1);
}

struct snug_seccomp_profile *random_profile(struct random_source *r,
					    enum snug_profile_format format)
{
	bool is_crd = format != SNUG_PROFILE_OCI_JSON;
	struct snug_seccomp_profile *p = snug_seccomp_profile_new("random", SNUG_ACTION_KILL);
	uint32_t n = random_below(r, 5);

	p->format = format;
	p->default_action = (enum snug_action)random_below(r, _SNUG_ACTION_MAX);
	random_names(r, &p->flags, snug_filter_flag_names(), 0);
	if (coin(r))
		p->listener_path = random_text(r);
	if (coin(r))
		p->listener_metadata = random_text(r);
	if (is_crd)
		random_crd_fields(r, p);
	else
		random_oci_fields(r, p);
	for (uint32_t i = 0; i < n; i++)
		random_entry(r, p, is_crd);
	return p;
}

const char *const random_calls[] = { "read",    "write", "open",   "clone3",     "futex_wake",
				     "socket",  "bind",  "mseal",  "listns",     "personality",
				     "semget",  "close", "execve", "socketcall", "ipc",
				     "connect", NULL };

const char *random_call_name(struct random_source *r)
{
	return random_calls[random_below(r, ARRAY_SIZE(random_calls) - 1)];
}

uint32_t random_call_number(struct random_source *r, enum snug_arch arch)
{
	int64_t nr;

	do
		nr = snug_syscall_number(arch, random_call_name(r));
	while (nr < 0);
	return (uint32_t)nr;
}

static void random_rules(struct random_source *r, struct snug_seccomp_profile *p)
{
	uint32_t n = random_below(r, 12);

	for (uint32_t i = 0; i < n; i++) {
		struct snug_seccomp_entry *e = VEC_PUSH(&p->entries);
		uint32_t n_names = 1 + random_below(r, 3), n_args = random_below(r, 4);

		e->action = (enum snug_action)random_below(r, _SNUG_ACTION_MAX);
		e->errno_ret.is_set = random_below(r, 2);
		e->errno_ret.value = random_below(r, 3);
		for (uint32_t j = 0; j < n_names; j++)
			*VEC_PUSH(&e->names) = xstrdup(random_call_name(r));
		for (uint32_t j = 0; j < n_args; j++)
			*VEC_PUSH(&e->args) = (struct snug_seccomp_arg){
				.index = random_below(r, 3),
				.op = (enum snug_cmp)random_below(r, _SNUG_CMP_MAX),
				.value = random_edge(r),
				.value_two = random_edge(r),
			};
	}
}

struct snug_seccomp_profile *random_filter(struct random_source *r)
{
	struct snug_seccomp_profile *p = snug_seccomp_profile_new("random", SNUG_ACTION_ALLOW);

	do
		p->default_action = (enum snug_action)random_below(r, _SNUG_ACTION_MAX);
	while (p->default_action == SNUG_ACTION_NOTIFY);
	p->default_errno_ret.is_set = random_below(r, 2);
	p->default_errno_ret.value = random_below(r, 3);
	*VEC_PUSH(&p->arches) = SNUG_ARCH_X86_64;
	*VEC_PUSH(&p->arches) = SNUG_ARCH_X32;
	*VEC_PUSH(&p->arches) = SNUG_ARCH_X86;
	random_rules(r, p);
	return p;
}
