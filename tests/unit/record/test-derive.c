/* SPDX-License-Identifier: Apache-2.0 */
#include "record/derive.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "recording-test.h"

static int derive_one(const struct snug_recording *r, const char *const *base, size_t n_base,
		      struct snug_derived *ret, struct snug_err *err)
{
	const struct snug_derive_policy policy = { .name = "x", .base = base, .n_base = n_base };

	return snug_derive(&r, 1, &policy, ret, err);
}

/* The names that a profile allows, with spaces between. */
static char *allowed(const struct snug_seccomp_profile *p)
{
	CLEANUP(snug_str_done) struct snug_str s = SNUG_STR_INIT;

	assert_int_equal(p->entries.len, 1);
	assert_int_equal(p->entries.items[0].action, SNUG_ACTION_ALLOW);
	assert_int_equal(p->default_action, SNUG_ACTION_ERRNO);
	VEC_FOREACH (name, &p->entries.items[0].names)
		snug_str_addf(&s, "%s%s", s.len ? " " : "", *name);
	return snug_str_take(&s);
}

static void assert_allowed(const struct snug_derived *d, const char *want)
{
	CLEANUP(freep) char *got = allowed(d->profile);

	assert_string_equal(got, want);
}

static void test_one(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "write");
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	recording_add(r, SNUG_ARCH_X86_64, "brk");
	assert_int_equal(derive_one(r, NULL, 0, &d, NULL), 0);
	assert_allowed(&d, "brk execve write");
	assert_int_equal(d.profile->arches.len, 1);
	assert_int_equal(d.profile->arches.items[0], SNUG_ARCH_X86_64);
	assert_int_equal(d.recorded.len, 3);
	assert_int_equal(d.added.len, 0);
	assert_int_equal(d.unnamed.len, 0);
	assert_string_equal(d.profile->name, "x");
}

static void test_union(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	const struct snug_recording *both[] = { a, b };
	const struct snug_derive_policy policy = { .name = "My_App!" };

	(void)state;
	recording_add(a, SNUG_ARCH_X86_64, "execve");
	recording_add(a, SNUG_ARCH_X86_64, "read");
	recording_add(b, SNUG_ARCH_X86_64, "read");
	recording_add(b, SNUG_ARCH_X86_64, "chdir");
	assert_int_equal(snug_derive(both, 2, &policy, &d, NULL), 0);
	assert_allowed(&d, "chdir execve read");
	assert_string_equal(d.profile->name, "my-app");
}

/* A program is started under the profile, even if the recording has not seen that. */
static void test_execve(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "read");
	assert_int_equal(derive_one(r, NULL, 0, &d, NULL), 0);
	assert_allowed(&d, "execve read");
	assert_int_equal(d.recorded.len, 1);
	assert_int_equal(d.added.len, 1);
}

static void test_nothing(void **state)
{
	static const char *const base[] = { "read" };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	assert_int_equal(derive_one(r, NULL, 0, &d, &err), -ENODATA);
	assert_string_equal(snug_err_msg(&err), "nothing was recorded");
	assert_null(d.profile);
	/* a number without a name allows nothing either */
	(void)snug_recording_call(r, SNUG_ARCH_X86_64, 1000);
	assert_int_equal(derive_one(r, NULL, 0, &d, NULL), -ENODATA);
	/* nor is a base set alone the profile of anything */
	assert_int_equal(derive_one(r, base, 1, &d, NULL), -ENODATA);
}

static void test_base(void **state)
{
	static const char *const base[] = { "write", "read", "write", "reboot" };
	static const char *const wrong[] = { "read", "opne" };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	recording_add(r, SNUG_ARCH_X86_64, "read");
	assert_int_equal(derive_one(r, base, ARRAY_SIZE(base), &d, NULL), 0);
	assert_allowed(&d, "execve read reboot write");
	assert_int_equal(d.added.len, 2);
	assert_string_equal(d.added.items[0], "reboot");
	assert_string_equal(d.added.items[1], "write");
	snug_derived_done(&d);
	assert_int_equal(derive_one(r, wrong, ARRAY_SIZE(wrong), &d, &err), -EINVAL);
	assert_non_null(strstr(snug_err_msg(&err), "'opne' (did you mean 'open"));
	assert_null(d.profile);
}

/* Names of the base set that no listed architecture has are left out. */
static void test_base_of_other_arches(void **state)
{
	static const char *const base[] = { "socketcall", "s390_pci_mmio_read", "getpid" };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	assert_int_equal(derive_one(r, base, ARRAY_SIZE(base), &d, NULL), 0);
	assert_allowed(&d, "execve getpid");
	snug_derived_done(&d);
	recording_add(r, SNUG_ARCH_X86, "getpid");
	assert_int_equal(derive_one(r, base, ARRAY_SIZE(base), &d, NULL), 0);
	assert_allowed(&d, "execve getpid socketcall");
}

static void test_default_base(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_recording_freep) struct snug_recording *arm = recording_of(SNUG_ARCH_AARCH64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	const char *const *base = snug_base_syscalls();
	size_t n = 0;

	(void)state;
	for (; base[n]; n++) {
		assert_true(snug_syscall_is_known(base[n]));
		assert_true(n == 0 || strcmp(base[n - 1], base[n]) < 0);
	}
	assert_int_equal(n, 83);
	(void)snug_recording_call(r, SNUG_ARCH_X86_64, 59); /* execve, which the list has */
	(void)snug_recording_call(arm, SNUG_ARCH_AARCH64, 221);
	assert_int_equal(derive_one(r, base, n, &d, NULL), 0);
	assert_int_equal(d.profile->entries.items[0].names.len, 83);
	snug_derived_done(&d);
	/* the list is x86's: aarch64 has no access(2), arch_prctl(2), ... */
	assert_int_equal(derive_one(arm, base, n, &d, NULL), 0);
	VEC_FOREACH (name, &d.profile->entries.items[0].names)
		assert_true(snug_syscall_number(SNUG_ARCH_AARCH64, *name) >= 0);
	assert_in_range(d.profile->entries.items[0].names.len, 60, 82);
}

static void test_unnamed(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	(void)snug_recording_call(r, SNUG_ARCH_X86_64, 1000);
	(void)snug_recording_call(r, SNUG_ARCH_X86, 1001);
	assert_int_equal(derive_one(r, NULL, 0, &d, NULL), 0);
	assert_allowed(&d, "execve");
	assert_int_equal(d.unnamed.len, 2);
	assert_int_equal(d.unnamed.items[0].nr, 1000);
	assert_int_equal(d.unnamed.items[0].arch, SNUG_ARCH_X86_64);
	assert_int_equal(d.unnamed.items[1].nr, 1001);
	assert_int_equal(d.unnamed.items[1].arch, SNUG_ARCH_X86);
}

static void test_arches(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	/* only 32-bit calls: the native ABI is listed all the same, as its calls start the program
	 */
	recording_add(r, SNUG_ARCH_X86, "socketcall");
	(void)snug_recording_call(r, SNUG_ARCH_X32, 0);
	snug_recording_sort(r);
	assert_int_equal(derive_one(r, NULL, 0, &d, NULL), 0);
	assert_allowed(&d, "execve read socketcall");
	assert_int_equal(d.profile->arches.len, 3);
	assert_int_equal(d.profile->arches.items[0], SNUG_ARCH_X86_64);
	assert_int_equal(d.profile->arches.items[1], SNUG_ARCH_X86);
	assert_int_equal(d.profile->arches.items[2], SNUG_ARCH_X32);
}

/* xorshift32: the same sequence on every machine */
static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static struct snug_recording *random_recording(void)
{
	static const enum snug_arch arches[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };
	struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	uint32_t n = random_below(60);

	for (uint32_t i = 0; i < n; i++)
		(void)snug_recording_call(r, arches[random_below(ARRAY_SIZE(arches))],
					  random_below(600));
	snug_recording_sort(r);
	return r;
}

static bool is_allowed(const struct snug_derived *d, const char *name)
{
	VEC_FOREACH (n, &d->profile->entries.items[0].names) {
		if (strcmp(*n, name) == 0)
			return true;
	}
	return false;
}

/* Every named call of the inputs is allowed, and nothing else but base set and execve. */
static void check_exact(const struct snug_recording *const *all, size_t n,
			const struct snug_derived *d, const char *base)
{
	VEC_FOREACH (name, &d->profile->entries.items[0].names) {
		bool found = strcmp(*name, base) == 0 || strcmp(*name, "execve") == 0;

		for (size_t i = 0; i < n; i++)
			VEC_FOREACH (c, &all[i]->calls)
				found |= c->name && strcmp(c->name, *name) == 0;
		assert_true(found);
		if (name != d->profile->entries.items[0].names.items)
			assert_true(strcmp(name[-1], *name) < 0);
	}
	for (size_t i = 0; i < n; i++) {
		size_t unnamed = 0;

		VEC_FOREACH (c, &all[i]->calls) {
			assert_true(!c->name || is_allowed(d, c->name));
			unnamed += !c->name;
		}
		assert_true(unnamed <= d->unnamed.len);
	}
	assert_int_equal(d->recorded.len + d->added.len, d->profile->entries.items[0].names.len);
}

static void test_properties(void **state)
{
	static const char *const base[] = { "reboot" };
	const struct snug_derive_policy policy = { "p", base, 1 };

	(void)state;
	seed = 20260101;
	for (int round = 0; round < 300; round++) {
		CLEANUP(snug_recording_freep) struct snug_recording *a = random_recording();
		CLEANUP(snug_recording_freep) struct snug_recording *b = random_recording();
		const struct snug_recording *ab[] = { a, b, a }, *ba[] = { b, a };
		CLEANUP(snug_derived_done) struct snug_derived x = { 0 }, y = { 0 };
		CLEANUP(freep) char *names_x = NULL;
		CLEANUP(freep) char *names_y = NULL;

		assert_int_equal(snug_derive(ab, 3, &policy, &x, NULL), 0);
		assert_int_equal(snug_derive(ba, 2, &policy, &y, NULL), 0);
		check_exact(ab, 3, &x, "reboot");
		names_x = allowed(x.profile);
		names_y = allowed(y.profile);
		assert_string_equal(names_x, names_y);
		assert_int_equal(x.profile->arches.len, y.profile->arches.len);
	}
}

/* A profile does not depend on the order in which ABIs and recordings come. */
static void test_order(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording_of(SNUG_ARCH_X86_64);
	const struct snug_recording *ab[] = { a, b }, *ba[] = { b, a };
	const struct snug_derive_policy policy = { .name = "p" };
	CLEANUP(snug_derived_done) struct snug_derived x = { 0 };
	CLEANUP(snug_derived_done) struct snug_derived y = { 0 };

	(void)state;
	recording_add(a, SNUG_ARCH_X86, "read");
	recording_add(b, SNUG_ARCH_X86_64, "read");
	(void)snug_recording_call(b, SNUG_ARCH_X32, 0);
	assert_int_equal(snug_derive(ab, 2, &policy, &x, NULL), 0);
	assert_int_equal(snug_derive(ba, 2, &policy, &y, NULL), 0);
	assert_true(snug_seccomp_profile_equal(x.profile, y.profile));
}

static void add_entered(struct snug_recording *r, enum snug_arch arch, const char *name)
{
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	snug_recording_call(r, arch, (uint32_t)nr)->by |= SNUG_BY_ENTERED;
}

/* What only entered processes did is allowed, unless it is not wanted. */
static void test_entered(void **state)
{
	CLEANUP(snug_recording_freep) struct snug_recording *a = recording_of(SNUG_ARCH_X86_64);
	CLEANUP(snug_recording_freep) struct snug_recording *b = recording_of(SNUG_ARCH_X86_64);
	const struct snug_recording *ab[] = { a, b };
	struct snug_derive_policy policy = { .name = "p" };
	CLEANUP(snug_derived_done) struct snug_derived both = { 0 };
	CLEANUP(snug_derived_done) struct snug_derived main_only = { 0 };

	(void)state;
	recording_add(a, SNUG_ARCH_X86_64, "execve");
	recording_add(a, SNUG_ARCH_X86_64, "read");
	a->calls.items[1].by = SNUG_BY_MAIN | SNUG_BY_ENTERED;
	add_entered(a, SNUG_ARCH_X86_64, "getsid");
	add_entered(a, SNUG_ARCH_X86_64, "umask");
	add_entered(a, SNUG_ARCH_X86, "socketcall");
	recording_add(b, SNUG_ARCH_X86_64, "umask");
	assert_int_equal(snug_derive(ab, 2, &policy, &both, NULL), 0);
	assert_allowed(&both, "execve getsid read socketcall umask");
	assert_int_equal(both.entered.len, 2);
	assert_string_equal(both.entered.items[0], "getsid");
	assert_string_equal(both.entered.items[1], "socketcall");
	assert_int_equal(both.profile->arches.len, 2);
	policy.no_entered = true;
	assert_int_equal(snug_derive(ab, 2, &policy, &main_only, NULL), 0);
	assert_allowed(&main_only, "execve read umask");
	assert_int_equal(main_only.entered.len, 2);
	assert_int_equal(main_only.profile->arches.len, 1);
}

static void test_only_entered(void **state)
{
	const struct snug_derive_policy policy = { .name = "p", .no_entered = true };
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	const struct snug_recording *one = r;
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };

	(void)state;
	add_entered(r, SNUG_ARCH_X86_64, "getsid");
	(void)snug_recording_call(r, SNUG_ARCH_X86_64, 1000);
	r->calls.items[1].by = SNUG_BY_ENTERED;
	assert_int_equal(snug_derive(&one, 1, &policy, &d, NULL), -ENODATA);
}

static void test_baselines(void **state)
{
	static const char *const runc[] = { "close", "read", "futex", "socketcall" };
	static const char *const crun[] = { "setresuid", "close" };
	static const char *const wrong[] = { "opne" };
	static const char *const base[] = { "close", "reboot" };
	struct snug_derive_baseline baselines[] = {
		{ "runc 1.1.5", runc, ARRAY_SIZE(runc) },
		{ "crun 1.8.1", crun, ARRAY_SIZE(crun) },
	};
	const struct snug_derive_policy policy = {
		.name = "p",
		.base = base,
		.n_base = ARRAY_SIZE(base),
		.baselines = baselines,
		.n_baselines = ARRAY_SIZE(baselines),
	};
	CLEANUP(snug_recording_freep) struct snug_recording *r = recording_of(SNUG_ARCH_X86_64);
	const struct snug_recording *one = r;
	CLEANUP(snug_derived_done) struct snug_derived d = { 0 };
	CLEANUP(snug_derived_done) struct snug_derived none = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	(void)state;
	recording_add(r, SNUG_ARCH_X86_64, "execve");
	recording_add(r, SNUG_ARCH_X86_64, "read");
	assert_int_equal(snug_derive(&one, 1, &policy, &d, NULL), 0);
	/* not what this architecture does not have */
	assert_allowed(&d, "close execve futex read reboot setresuid");
	assert_int_equal(d.baseline.len, 3);
	assert_string_equal(d.baseline.items[0], "close");
	assert_string_equal(d.baseline.items[2], "setresuid");
	assert_int_equal(d.added.len, 1);
	assert_string_equal(d.added.items[0], "reboot");
	baselines[1] = (struct snug_derive_baseline){ "crun 1.8.1", wrong, 1 };
	assert_int_equal(snug_derive(&one, 1, &policy, &none, &err), -EINVAL);
	assert_string_equal(snug_err_msg(&err),
			    "crun 1.8.1: unknown syscall 'opne' (did you mean 'open'?)");
	assert_null(none.profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),          cmocka_unit_test(test_union),
		cmocka_unit_test(test_execve),       cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_base),         cmocka_unit_test(test_base_of_other_arches),
		cmocka_unit_test(test_default_base), cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_arches),       cmocka_unit_test(test_properties),
		cmocka_unit_test(test_order),        cmocka_unit_test(test_entered),
		cmocka_unit_test(test_only_entered), cmocka_unit_test(test_baselines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
