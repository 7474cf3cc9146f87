/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/str.h"
#include "codec/doc.h"
#include "random-profile.h"
#include "seccomp/profile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct snug_seccomp_profile *recorded(void)
{
	static const char *const names[] = { "read", "close", "execve" };
	struct snug_seccomp_profile *p = snug_seccomp_profile_new("ls", SNUG_ACTION_ERRNO);

	p->name = xstrdup("ls");
	*VEC_PUSH(&p->arches) = SNUG_ARCH_X86_64;
	snug_seccomp_profile_add(p, SNUG_ACTION_ALLOW, names, ARRAY_SIZE(names));
	return p;
}

static void check_text(const struct snug_seccomp_profile *p, enum snug_profile_format format,
		       const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	assert_int_equal(snug_seccomp_profile_write(p, format, &out, NULL), 0);
	assert_string_equal(snug_str_text(&out), expected);
}

/* What spoc writes for a recording, byte for byte, and a newline. */
static void recorded_profile(void **state)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = recorded();

	(void)state;
	check_text(p, SNUG_PROFILE_OCI_JSON,
		   "{\n"
		   "  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
		   "  \"architectures\": [\n"
		   "    \"SCMP_ARCH_X86_64\"\n"
		   "  ],\n"
		   "  \"syscalls\": [\n"
		   "    {\n"
		   "      \"names\": [\n"
		   "        \"close\",\n"
		   "        \"execve\",\n"
		   "        \"read\"\n"
		   "      ],\n"
		   "      \"action\": \"SCMP_ACT_ALLOW\"\n"
		   "    }\n"
		   "  ]\n"
		   "}\n");
	check_text(p, SNUG_PROFILE_CRD_YAML,
		   "apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		   "kind: SeccompProfile\n"
		   "metadata:\n"
		   "  name: ls\n"
		   "spec:\n"
		   "  architectures:\n"
		   "  - SCMP_ARCH_X86_64\n"
		   "  defaultAction: SCMP_ACT_ERRNO\n"
		   "  syscalls:\n"
		   "  - action: SCMP_ACT_ALLOW\n"
		   "    names:\n"
		   "    - close\n"
		   "    - execve\n"
		   "    - read\n"
		   "status: {}\n");
}

static struct snug_seccomp_profile *parse(const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_profile *p = NULL;

	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &p, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	return p;
}

static void refused(const char *text, enum snug_profile_format format, const char *words)
{
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *p = parse(text);
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	assert_int_equal(snug_seccomp_profile_write(p, format, &out, &err), -EOPNOTSUPP);
	assert_string_equal(snug_err_msg(&err), words);
	assert_int_equal(out.len, 0);
}

#define OCI(fields) "{\"defaultAction\":\"SCMP_ACT_ERRNO\"," fields "}"
#define ENTRY(fields)                                                                              \
	OCI("\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\"," fields "}]")
#define CRD(version, fields)                                                                       \
	"{\"apiVersion\":\"security-profiles-operator.x-k8s.io/" version "\",\"kind\":"            \
	"\"SeccompProfile\",\"spec\":{\"defaultAction\":\"SCMP_ACT_ERRNO\"," fields "}}"

static void no_place_in_a_resource(void **state)
{
	static const enum snug_profile_format crd = SNUG_PROFILE_CRD_YAML;

	(void)state;
	refused(OCI("\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\"}]"), crd,
		"p: archMap: a SeccompProfile has no place for this");
	refused(OCI("\"architectures\":[\"SCMP_ARCH_LOONGARCH64\"]"), crd,
		"p: SCMP_ARCH_LOONGARCH64: a SeccompProfile has no place for this");
	refused(OCI("\"defaultErrnoRet\":38"), crd,
		"p: defaultErrnoRet: a SeccompProfile has no place for this");
	refused(OCI("\"defaultErrno\":\"ENOSYS\""), crd,
		"p: defaultErrnoRet: a SeccompProfile has no place for this");
	refused(ENTRY("\"includes\":{\"caps\":[\"CAP_BPF\"]}"), crd,
		"p: syscalls[0].includes: a SeccompProfile has no place for this");
	refused(ENTRY("\"excludes\":{\"minKernel\":\"4.8\"}"), crd,
		"p: syscalls[0].excludes: a SeccompProfile has no place for this");
	refused(ENTRY("\"errnoRet\":0"), crd,
		"p: syscalls[0].errnoRet: 0: a SeccompProfile has no place for this");
	refused(ENTRY("\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":"
		      "9223372036854775808}]"),
		crd,
		"p: syscalls[0].args[0].value: a SeccompProfile has no place for a value over "
		"9223372036854775807");
	refused(ENTRY("\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":1,\"valueTwo\":"
		      "18446744073709551615}]"),
		crd,
		"p: syscalls[0].args[0].valueTwo: a SeccompProfile has no place for a value over "
		"9223372036854775807");
}

static void no_place_in_oci(void **state)
{
	(void)state;
	refused(CRD("v1", "\"baseProfileName\":\"runc\""), SNUG_PROFILE_OCI_JSON,
		"p: spec.baseProfileName: OCI JSON has no place for this");
	refused(CRD("v1", "\"state\":\"Disabled\""), SNUG_PROFILE_OCI_JSON,
		"p: spec.state: OCI JSON has no place for this");
}

/* What changes nothing may be left out; names of errnos become numbers; a resource's errnoRet of
 * 0 means EPERM and must not become OCI's "success". */
static void conversions(void **state)
{
	static const char entry[] = "{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"syscalls\": "
				    "[\n    {\n      \"names\": [\n        \"read\"\n      ],\n"
				    "      \"action\": \"SCMP_ACT_ERRNO\"\n    }\n  ]\n}\n";
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *a = parse(
		OCI("\"defaultErrnoRet\":1,\"defaultErrno\":\"EPERM\",\"syscalls\":[{\"name\":"
		    "\"read\",\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"ENOSYS\",\"comment\":\"x\","
		    "\"args\":[],\"includes\":{},\"excludes\":{}}]"));
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *b = parse(
		CRD("v1", "\"state\":\"Enabled\",\"syscalls\":[{\"names\":[\"read\"],\"action\":"
			  "\"SCMP_ACT_ERRNO\",\"errnoRet\":0}]"));

	(void)state;
	check_text(a, SNUG_PROFILE_CRD_YAML,
		   "apiVersion: security-profiles-operator.x-k8s.io/v1\n"
		   "kind: SeccompProfile\n"
		   "metadata: {}\n"
		   "spec:\n"
		   "  defaultAction: SCMP_ACT_ERRNO\n"
		   "  syscalls:\n"
		   "  - action: SCMP_ACT_ERRNO\n"
		   "    args: []\n"
		   "    errnoRet: 38\n"
		   "    names:\n"
		   "    - read\n"
		   "status: {}\n");
	check_text(b, SNUG_PROFILE_OCI_JSON, entry);
}

/* A new name replaces the one in metadata, and nothing else of it. */
static void renamed(void **state)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p =
		parse("apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		      "metadata:\n  labels:\n    a: b\n  name: old\n"
		      "spec:\n  defaultAction: SCMP_ACT_LOG\n");

	(void)state;
	free(p->name);
	p->name = xstrdup("new");
	check_text(p, SNUG_PROFILE_CRD_YAML,
		   "apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"
		   "metadata:\n  labels:\n    a: b\n  name: new\n"
		   "spec:\n  defaultAction: SCMP_ACT_LOG\nstatus: {}\n");
}

static void round_trip(struct random_source *r, enum snug_profile_format format)
{
	CLEANUP(snug_seccomp_profile_freep)
	struct snug_seccomp_profile *p = random_profile(r, format);
	CLEANUP(snug_seccomp_profile_freep) struct snug_seccomp_profile *again = NULL;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT, second = SNUG_STR_INIT;
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	if (snug_seccomp_profile_write(p, format, &out, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	if (snug_seccomp_profile_parse("again", out.buf, out.len, NULL, &again, &err) < 0)
		fail_msg("%s\n%s", snug_err_msg(&err), out.buf);
	assert_int_equal(again->format, format);
	assert_int_equal(snug_seccomp_profile_write(again, format, &second, &err), 0);
	assert_string_equal(out.buf, second.buf);
	/* the random one has a name but no document behind it */
	again->metadata = NULL;
	if (!snug_seccomp_profile_equal(p, again))
		fail_msg("not equal after a round trip:\n%s", out.buf);
}

static void round_trips_lose_nothing(void **state)
{
	struct random_source r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 700; i++) {
		round_trip(&r, SNUG_PROFILE_OCI_JSON);
		round_trip(&r, SNUG_PROFILE_CRD_YAML);
		round_trip(&r, SNUG_PROFILE_CRD_JSON);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_profile), cmocka_unit_test(no_place_in_a_resource),
		cmocka_unit_test(no_place_in_oci),  cmocka_unit_test(conversions),
		cmocka_unit_test(renamed),          cmocka_unit_test(round_trips_lose_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
