/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/str.h"
#include "seccomp/condition.h"
#include "seccomp/filter.h"
#include "seccomp/names.h"
#include "seccomp/profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

static void words_are_inverse(void **state)
{
	(void)state;
	for (int i = 0; i < _SNUG_ACTION_MAX; i++)
		assert_int_equal(snug_action_from_name(snug_action_name((enum snug_action)i)), i);
	for (int i = 0; i < _SNUG_CMP_MAX; i++)
		assert_int_equal(snug_cmp_from_name(snug_cmp_name((enum snug_cmp)i)), i);
	assert_int_equal(snug_action_from_name("ALLOW"), _SNUG_ACTION_INVALID);
	assert_int_equal(snug_cmp_from_name("=="), _SNUG_CMP_INVALID);
	assert_int_equal(snug_errno_from_name("EPERM"), EPERM);
	assert_int_equal(snug_errno_from_name("ENOSYS"), ENOSYS);
	assert_int_equal(snug_errno_from_name("EWOULDBLOCK"), EWOULDBLOCK);
	assert_int_equal(snug_errno_from_name("ENOTSUP"), ENOTSUP);
	assert_int_equal(snug_errno_from_name("EOPNOTSUPP"), EOPNOTSUPP);
	assert_int_equal(snug_errno_from_name("eperm"), 0);
	assert_int_equal(snug_errno_from_name(""), 0);
	assert_string_equal(snug_errno_name(EPERM), "EPERM");
	assert_null(snug_errno_name(0));
	assert_null(snug_errno_name(9999));
	for (int i = 0; snug_capability_names()[i]; i++)
		assert_int_equal(snug_capability_from_name(snug_capability_names()[i]), i);
	assert_int_equal(snug_capability_from_name("CAP_SYS_ADMIN"), CAP_SYS_ADMIN);
	assert_int_equal(snug_capability_from_name("CAP_CHECKPOINT_RESTORE"), CAP_LAST_CAP);
	assert_int_equal(snug_capability_from_name("SYS_ADMIN"), -1);
	assert_int_equal(snug_filter_flag_from_name("SECCOMP_FILTER_FLAG_LOG"),
			 SECCOMP_FILTER_FLAG_LOG);
	assert_int_equal(snug_filter_flag_from_name("SECCOMP_FILTER_FLAG_NEW_LISTENER"), 0);
}

static void added_names_are_sorted_and_unique(void **state)
{
	static const char *const names[] = { "write", "read", "exit", "read", "close" };
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = snug_seccomp_profile_new("x", SNUG_ACTION_ERRNO);
	struct snug_seccomp_entry *e;

	(void)state;
	e = snug_seccomp_profile_add(p, SNUG_ACTION_ALLOW, names, ARRAY_SIZE(names));
	assert_int_equal(e->names.len, 4);
	assert_string_equal(e->names.items[0], "close");
	assert_string_equal(e->names.items[3], "write");
	assert_int_equal(e->action, SNUG_ACTION_ALLOW);
	e = snug_seccomp_profile_add(p, SNUG_ACTION_LOG, NULL, 0);
	assert_int_equal(e->names.len, 0);
	assert_int_equal(p->entries.len, 2);
}

static void kubernetes_names(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = {
		{ "ls", "ls" },       { "my-app.v2", "my-app.v2" },
		{ "a--b", "a--b" },   { "My_App", "my-app" },
		{ "[", "profile" },   { "", "profile" },
		{ "...", "profile" }, { "-a-", "a" },
		{ ".a.", "a" },       { "a..b", "a.b" },
		{ "a-.b", "a.b" },    { "a.-b", "a.b" },
		{ "a--.--b", "a.b" }, { "a  b", "a-b" },
		{ "g++", "g" },       { "caf\xc3\xa9 noir", "caf-noir" },
		{ "-.-", "profile" },
	};
	char big[400];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *name = snug_k8s_name(cases[i].text);
		CLEANUP(freep) char *again = snug_k8s_name(name);

		assert_string_equal(name, cases[i].name);
		assert_string_equal(again, name);
	}
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	big[252] = '-';
	{
		CLEANUP(freep) char *name = snug_k8s_name(big);

		assert_int_equal(strlen(name), 252);
	}
	big[252] = '.';
	{
		CLEANUP(freep) char *name = snug_k8s_name(big);

		assert_int_equal(strlen(name), 252);
	}
	big[252] = 'b';
	{
		CLEANUP(freep) char *name = snug_k8s_name(big);

		assert_int_equal(strlen(name), 253);
	}
}

static void kernel_versions(void **state)
{
	static const char *const bad[] = { "",
					   "4",
					   "4.",
					   ".8",
					   "x4.8",
					   "4.8.",
					   "256.0",
					   "4.256",
					   "4.99999999999",
					   "4.8.99999999999" };
	uint32_t v;

	(void)state;
	assert_int_equal(snug_kernel_version_parse("4.8", &v), 0);
	assert_int_equal(v, KERNEL_VERSION(4, 8, 0));
	assert_int_equal(snug_kernel_version_parse("6.1.0-18-amd64", &v), 0);
	assert_int_equal(v, KERNEL_VERSION(6, 1, 0));
	assert_int_equal(snug_kernel_version_parse("4.14.300", &v), 0);
	assert_int_equal(v, KERNEL_VERSION(4, 14, 255));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(snug_kernel_version_parse(bad[i], &v), -EINVAL);
}

static bool applies(const char *conditions, const struct snug_seccomp_env *env)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = NULL;
	CLEANUP(freep)
	char *text = xasprintf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":"
			       "[\"read\"],\"action\":\"SCMP_ACT_ALLOW\",%s}]}",
			       conditions);

	assert_int_equal(snug_seccomp_profile_parse("c", text, strlen(text), NULL, &p, NULL), 0);
	return snug_seccomp_entry_applies(&p->entries.items[0], env);
}

static void conditions_of_entries(void **state)
{
	const struct snug_seccomp_env env = {
		.arch = SNUG_ARCH_X86_64,
		.caps = 1ull << CAP_SYS_ADMIN | 1ull << CAP_BPF,
		.kernel_version = KERNEL_VERSION(5, 10, 3),
	};

	(void)state;
	assert_true(applies("\"includes\":{}", &env));
	assert_true(applies("\"includes\":{\"arches\":[\"arm64\",\"amd64\"]}", &env));
	assert_false(applies("\"includes\":{\"arches\":[\"arm64\"]}", &env));
	assert_false(applies("\"excludes\":{\"arches\":[\"amd64\"]}", &env));
	assert_true(applies("\"excludes\":{\"arches\":[\"x86\"]}", &env));
	/* includes: every capability; excludes: any */
	assert_true(applies("\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\",\"CAP_BPF\"]}", &env));
	assert_false(applies("\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\",\"CAP_KILL\"]}", &env));
	assert_false(applies("\"excludes\":{\"caps\":[\"CAP_KILL\",\"CAP_BPF\"]}", &env));
	assert_true(applies("\"excludes\":{\"caps\":[\"CAP_KILL\"]}", &env));
	assert_true(applies("\"includes\":{\"minKernel\":\"4.8\"}", &env));
	assert_true(applies("\"includes\":{\"minKernel\":\"5.10.3\"}", &env));
	assert_false(applies("\"includes\":{\"minKernel\":\"5.11\"}", &env));
	assert_false(applies("\"excludes\":{\"minKernel\":\"4.8\"}", &env));
	assert_true(applies("\"excludes\":{\"minKernel\":\"5.11\"}", &env));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_inverse),
		cmocka_unit_test(added_names_are_sorted_and_unique),
		cmocka_unit_test(kubernetes_names),
		cmocka_unit_test(kernel_versions),
		cmocka_unit_test(conditions_of_entries),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
