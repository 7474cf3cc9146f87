/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts before and after; and for random profiles and calls: what was asked for passes, everything
 * else gets the answer that it got, in every format.
 */
#include "seccomp/amend.h"

#include "base/err.h"
#include "seccomp/ret.h"
#include "seccomp/syscalls.h"

#include "random-profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct snug_seccomp_env host = { .arch = SNUG_ARCH_X86_64, .kernel_version = 6 << 16 };
static const struct snug_amend_options opts = { &host, "added by a test" };

static int allow(const char *text, const char *words, struct snug_amended *ret,
		 struct snug_err *err)
{
	CLEANUP(freep) char *copy = xstrdup(words);
	struct snug_call_question calls[4] = { 0 };
	size_t n = 0;
	int r;

	for (char *word = copy; *word; n++) {
		size_t len = strcspn(word, ";");
		bool is_last = !word[len];

		word[len] = '\0';
		assert_int_equal(snug_call_question_parse(word, &calls[n], NULL), 0);
		word += len + !is_last;
	}
	r = snug_amend_allow("p", text, strlen(text), &opts, calls, n, ret, err);
	for (size_t i = 0; i < n; i++)
		snug_call_question_done(&calls[i]);
	return r;
}

static void becomes(const char *text, const char *words, const char *expected)
{
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (allow(text, words, &a, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	assert_string_equal(snug_str_text(&a.text), expected);
	assert_int_equal(snug_diff_is_empty(&a.diff), strcmp(text, expected) == 0);
}

static void refuses(const char *text, const char *words, int code, const char *message)
{
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(allow(text, words, &a, &err), code);
	if (!strstr(snug_err_msg(&err), message))
		fail_msg("'%s' is not in: %s", message, snug_err_msg(&err));
	assert_int_equal(a.text.len, 0);
}

static void json(void **state)
{
	static const char plain[] =
		"{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"x-mine\": [1, 2],\n  \"syscalls\": [\n"
		"    {\n      \"names\": [\n        \"chdir\",\n        \"write\"\n      ],\n"
		"      \"action\": \"SCMP_ACT_ALLOW\"\n    }\n  ]\n}\n";

	(void)state;
	becomes(plain, "uname",
		"{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"x-mine\": [1, 2],\n  \"syscalls\": [\n"
		"    {\n      \"names\": [\n        \"chdir\",\n        \"uname\",\n        \"write\"\n"
		"      ],\n      \"action\": \"SCMP_ACT_ALLOW\"\n    }\n  ]\n}\n");
	becomes(plain, "write;chdir", plain);
	becomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\"}", "uname;chdir",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"chdir\", "
		"\"uname\"], \"action\": \"SCMP_ACT_ALLOW\"}]}");
	becomes("{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": []}", "uname",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": [\"uname\"], "
		"\"action\": \"SCMP_ACT_ALLOW\"}]}");
	/* unsorted: at the end; the largest of the entries that allow */
	becomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"write\",\"chdir\"],\"action\":"
		"\"SCMP_ACT_ALLOW\"}]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"write\",\"chdir\",\"uname\"],\"action\":"
		"\"SCMP_ACT_ALLOW\"}]}");
}

static void refusing_entries(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"uname\",\"chdir\"],"
		"\"action\":\"SCMP_ACT_ERRNO\"}]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"chdir\"],"
		"\"action\":\"SCMP_ACT_ERRNO\"}]}");
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"uname\"],"
		"\"action\":\"SCMP_ACT_KILL_PROCESS\"}]}",
		"uname", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}");
	/* allowed later, refused first */
	becomes("{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[{\"name\":\"uname\","
		"\"action\":\"SCMP_ACT_ERRNO\"},{\"names\":[\"uname\"],\"action\":\"SCMP_ACT_ALLOW\"}"
		"]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_KILL\",\"syscalls\":[{\"names\":[\"uname\"],\"action\":"
		"\"SCMP_ACT_ALLOW\"}]}");
}

static void arguments(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2,\"op\":"
		"\"SCMP_CMP_EQ\"}]}]}",
		"socket(AF_INET6)",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":2,\"op\":"
		"\"SCMP_CMP_EQ\"}]}, {\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 0, \"value\": 10, \"op\": \"SCMP_CMP_EQ\"}]}]}");
	/* what else was refused goes on being refused */
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,\"args\":[{\"index\":0,\"value\":1,"
		"\"op\":\"SCMP_CMP_GT\"}]}]}",
		"socket(AF_INET)",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\": [\"socket\"], \"action\": "
		"\"SCMP_ACT_ERRNO\", \"errnoRet\": 97, \"args\": [{\"index\": 0, \"value\": 3, \"op\": "
		"\"SCMP_CMP_GE\"}]}]}");
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ERRNO\"}]}",
		"socket(AF_UNIX)",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\": [\"socket\"], \"action\": "
		"\"SCMP_ACT_ERRNO\", \"args\": [{\"index\": 0, \"value\": 1, \"op\": \"SCMP_CMP_NE\"}]}]}");
	/* with all arguments, after all */
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":1,\"op\":"
		"\"SCMP_CMP_GT\"}]}]}",
		"socket", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}");
}

static void yaml(void **state)
{
	static const char resource[] =
		"# ours\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		"metadata:\n  name: web # a web server\nspec:\n  defaultAction: SCMP_ACT_ERRNO\n"
		"  architectures: [SCMP_ARCH_X86_64]\n  syscalls:\n    # files\n"
		"    - action: SCMP_ACT_ALLOW\n      names:\n        - chdir # into the root\n"
		"        - write\n# end\n";

	(void)state;
	becomes(resource, "uname",
		"# ours\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		"metadata:\n  name: web # a web server\nspec:\n  defaultAction: SCMP_ACT_ERRNO\n"
		"  architectures: [SCMP_ARCH_X86_64]\n  syscalls:\n    # files\n"
		"    - action: SCMP_ACT_ALLOW\n      names:\n        - chdir # into the root\n"
		"        - uname # added by a test\n        - write\n# end\n");
	becomes(resource, "socket(AF_UNIX)",
		"# ours\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		"metadata:\n  name: web # a web server\nspec:\n  defaultAction: SCMP_ACT_ERRNO\n"
		"  architectures: [SCMP_ARCH_X86_64]\n  syscalls:\n    # files\n"
		"    - action: SCMP_ACT_ALLOW\n      names:\n        - chdir # into the root\n"
		"        - write\n    - action: SCMP_ACT_ALLOW\n      args:\n        - index: 0\n"
		"          op: SCMP_CMP_EQ\n          value: 1\n      names:\n"
		"        - socket # added by a test\n# end\n");
	becomes("apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ERRNO\nstatus: {}\n",
		"uname",
		"apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ERRNO\n  syscalls:\n"
		"  - action: SCMP_ACT_ALLOW\n    names:\n    - uname # added by a test\nstatus: {}\n");
	becomes("a: 1\n---\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ALLOW\n  syscalls:\n"
		"  - action: SCMP_ACT_ERRNO\n    names:\n    - uname\n---\nb: 2\n",
		"uname",
		"a: 1\n---\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ALLOW\n"
		"  syscalls: []\n---\nb: 2\n");
}

/* What a profile on trial logs. */
static void logged(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"names\":[\"uname\",\"chdir\"],"
		"\"action\":\"SCMP_ACT_LOG\"},{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"names\":[\"uname\",\"chdir\"],"
		"\"action\":\"SCMP_ACT_LOG\"},{\"names\":[\"read\", \"uname\"],\"action\":"
		"\"SCMP_ACT_ALLOW\"}]}");
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"uname\",\"chdir\"],"
		"\"action\":\"SCMP_ACT_LOG\"}]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"chdir\"],"
		"\"action\":\"SCMP_ACT_LOG\"}]}");
}

/* The dialect with comments gets an entry of its own for what was added, once. */
static void dialect(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"\"}]}",
		"uname;chdir",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"\"}, {\"names\": [\"chdir\", \"uname\"], "
		"\"action\": \"SCMP_ACT_ALLOW\", \"comment\": \"added by a test\"}]}");
	/* an entry for another host stays */
	becomes("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"uname\"],"
		"\"action\":\"SCMP_ACT_KILL\",\"includes\":{\"arches\":[\"arm\"]}}]}",
		"uname",
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"uname\"],"
		"\"action\":\"SCMP_ACT_KILL\",\"includes\":{\"arches\":[\"arm\"]}}, {\"names\": "
		"[\"uname\"], \"action\": \"SCMP_ACT_ALLOW\", \"comment\": \"added by a test\"}]}");
}

static void in_a_bundle(void **state)
{
	(void)state;
	becomes("{\"ociVersion\":\"1\",\"process\":{\"args\":[\"x\"]},\"linux\":{\"seccomp\":{"
		"\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}]},\"x\":1}}",
		"uname",
		"{\"ociVersion\":\"1\",\"process\":{\"args\":[\"x\"]},\"linux\":{\"seccomp\":{"
		"\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\", \"uname\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}]},\"x\":1}}");
}

static void by_hand(void **state)
{
	(void)state;
	/* what else it refuses would be refused on all hosts */
	refuses("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}]}",
		"socket(AF_UNIX)", -EOPNOTSUPP,
		"p:1:47: syscalls[0] refuses 'socket', and only on some hosts");
	refuses("syscalls: \ndefaultAction: SCMP_ACT_ERRNO\n", "uname", -EOPNOTSUPP,
		"syscalls is null");
	refuses("defaultAction: SCMP_ACT_ERRNO\nsyscalls:\n- ? names\n  : - read\n    - write\n"
		"  action: SCMP_ACT_KILL\n",
		"read", -EOPNOTSUPP, "cannot be edited here");
	/* i386 sees no arguments of socket calls behind socketcall(2) */
	refuses("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\","
		"\"SCMP_ARCH_X86\"],\"syscalls\":[{\"names\":[\"socket\"],\"action\":"
		"\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":38,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		"socket(AF_ALG)", -EOPNOTSUPP, "change more of 'socket' than was asked");
	refuses("{\"defaultAction\":\"SCMP_ACT_ERRNO\"}", "nice", -EOPNOTSUPP,
		"'nice' is no call of the profile's architectures (x86_64); with --arch it is "
		"read for another machine");
	refuses("{\"defaultAction\":7}", "uname", -EINVAL, "p:1:18");
}

static void defaults(void **state)
{
	static const char text[] =
		"defaultAction: 'SCMP_ACT_ERRNO' # strict\ndefaultErrnoRet: 38\n";
	CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
	CLEANUP(snug_amended_done) struct snug_amended b = { 0 };

	(void)state;
	assert_int_equal(
		snug_amend_default("p", text, strlen(text), &opts, SNUG_ACTION_LOG, &a, NULL), 0);
	assert_string_equal(snug_str_text(&a.text),
			    "defaultAction: 'SCMP_ACT_LOG' # strict\ndefaultErrnoRet: 38\n");
	assert_int_equal(snug_ret_action(a.diff.default_b), SNUG_ACTION_LOG);
	assert_int_equal(
		snug_amend_default("p", a.text.buf, a.text.len, &opts, SNUG_ACTION_ERRNO, &b, NULL),
		0);
	assert_string_equal(snug_str_text(&b.text), text);
	assert_int_equal(snug_ret_data(b.diff.default_b), ENOSYS);
}

/* Random profiles */

static void random_call(struct random_source *r, struct snug_call_question *q)
{
	*q = (struct snug_call_question){ .name = xstrdup(random_call_name(r)) };
	for (int i = 0; i < SNUG_N_ARGS; i++) {
		q->known[i] = random_below(r, 3) == 0 && random_below(r, 2);
		q->args[i] =
			q->known[i] ? random_below(r, 2) ? random_below(r, 25) : random_edge(r) : 0;
	}
}

static bool is_asked(const struct snug_call_question *q, enum snug_arch arch, uint32_t nr,
		     const uint64_t args[SNUG_N_ARGS])
{
	const char *name = snug_syscall_name(arch, nr);
	bool is_32bit = snug_arch_is_32bit(arch);

	if (!name || strcmp(name, q->name) != 0)
		return false;
	for (int i = 0; i < SNUG_N_ARGS; i++)
		if (q->known[i] &&
		    (is_32bit ? (uint32_t)args[i] != q->args[i] : args[i] != q->args[i]))
			return false;
	return true;
}

static void compare(struct random_source *r, const struct snug_amended *a,
		    const struct snug_call_question *q, const struct snug_str *text)
{
	static const enum snug_arch abis[] = { SNUG_ARCH_X86_64, SNUG_ARCH_X86, SNUG_ARCH_X32 };

	for (int k = 0; k < 60; k++) {
		enum snug_arch arch = abis[random_below(r, 3)];
		CLEANUP(snug_call_question_done) struct snug_call_question other = { 0 };
		struct snug_decision before, after;
		int64_t nr;

		random_call(r, &other);
		nr = snug_syscall_number(arch, k & 1 ? q->name : other.name);
		/* multiplexers show what is behind them */
		if (nr < 0 || strcmp(q->name, "socketcall") == 0 || strcmp(q->name, "ipc") == 0 ||
		    (arch == SNUG_ARCH_X86 && strcmp(other.name, "socketcall") == 0) ||
		    strcmp(other.name, "ipc") == 0)
			continue;
		for (int i = 0; i < SNUG_N_ARGS; i++)
			other.args[i] =
				q->known[i] && random_below(r, 4) ? q->args[i] : random_edge(r);
		before = snug_meaning_decide(a->meaning_before, arch, (uint32_t)nr, other.args);
		after = snug_meaning_decide(a->meaning_after, arch, (uint32_t)nr, other.args);
		if (snug_meaning_has_arch(a->meaning_after, arch) &&
		    is_asked(q, arch, (uint32_t)nr, other.args)) {
			if (snug_ret_action(after.ret) != SNUG_ACTION_ALLOW)
				fail_msg("%s is not allowed:\n%s", q->name,
					 snug_str_text(&a->text));
		} else if (before.ret != after.ret) {
			fail_msg("%s: %s has changed:\n%s\n%s", q->name,
				 snug_syscall_name(arch, (uint32_t)nr), snug_str_text(text),
				 snug_str_text(&a->text));
		}
	}
}

static void random_profiles(void **state)
{
	unsigned n_done = 0, n_by_hand = 0, n_changed = 0;
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 600; i++) {
		CLEANUP(snug_seccomp_profile_freep)
		struct snug_seccomp_profile *p = random_filter(&r);
		CLEANUP(snug_amended_done) struct snug_amended a = { 0 };
		CLEANUP(snug_call_question_done) struct snug_call_question q = { 0 };
		CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
		CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
		int e;

		if (snug_seccomp_profile_write(
			    p, i & 1 ? SNUG_PROFILE_CRD_YAML : SNUG_PROFILE_OCI_JSON, &text, NULL) <
		    0)
			continue;
		random_call(&r, &q);
		e = snug_amend_allow("p", text.buf, text.len, &opts, &q, 1, &a, &err);
		if (e == -EOPNOTSUPP || e == -E2BIG) {
			n_by_hand++;
			continue;
		}
		if (e < 0)
			fail_msg("%s", snug_err_msg(&err));
		n_done++;
		n_changed += !snug_diff_is_empty(&a.diff);
		compare(&r, &a, &q, &text);
	}
	printf("# amended %u, of these changed %u; by hand %u\n", n_done, n_changed, n_by_hand);
	assert_true(n_changed > 100 && n_by_hand < n_done / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json),        cmocka_unit_test(refusing_entries),
		cmocka_unit_test(arguments),   cmocka_unit_test(yaml),
		cmocka_unit_test(logged),      cmocka_unit_test(dialect),
		cmocka_unit_test(in_a_bundle), cmocka_unit_test(by_hand),
		cmocka_unit_test(defaults),    cmocka_unit_test(random_profiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
