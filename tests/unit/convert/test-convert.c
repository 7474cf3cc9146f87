/* SPDX-License-Identifier: Apache-2.0 */
/* The formats one by one; tests/cli/convert.bats has the whole documents. */
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "codec/doc.h"
#include "convert-test.h"
#include "convert/base64.h"
#include "convert/bpf-text.h"
#include "convert/convert.h"
#include "convert/resolve.h"

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

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_convert_options options;
	struct snug_str out, warnings;
	struct snug_err err;
};

static void fixture_done(struct fixture *f)
{
	f->profile = snug_seccomp_profile_free(f->profile);
	snug_str_done(&f->out);
	snug_str_done(&f->warnings);
	snug_err_done(&f->err);
}

static int convert_for(struct fixture *f, const struct snug_seccomp_env *env, const char *text,
		       enum snug_convert_format format)
{
	fixture_done(f);
	f->options.env = *env;
	f->options.warn = collect_warning;
	f->options.warn_data = &f->warnings;
	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &f->profile, &f->err) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
	return snug_convert(f->profile, format, &f->options, &f->out, &f->err);
}

static void convert(struct fixture *f, const char *text, enum snug_convert_format format)
{
	if (convert_for(f, &convert_env, text, format) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
}

#define CRD(spec)                                                                                  \
	"apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\n"               \
	"metadata:\n  name: web\nspec:\n" spec

static const char dialect[] =
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrno\":\"ENOSYS\",\"defaultErrnoRet\":5,"
	"\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":["
	"\"SCMP_ARCH_X86\"]},{\"architecture\":\"SCMP_ARCH_AARCH64\",\"subArchitectures\":["
	"\"SCMP_ARCH_ARM\"]}],\"syscalls\":["
	"{\"name\":\"read\",\"action\":\"SCMP_ACT_ALLOW\",\"args\":null,\"comment\":\"always\","
	"\"includes\":{},\"excludes\":{}},"
	"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"caps\":["
	"\"CAP_SYS_ADMIN\"]}},"
	"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"EACCES\",\"errnoRet\":1,"
	"\"comment\":\"\",\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
	"{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"minKernel\":\"4.8\"}},"
	"{\"names\":[\"s390_pci_mmio_read\"],\"action\":\"SCMP_ACT_ALLOW\",\"includes\":{\"arches\":"
	"[\"s390x\"]}}]}";

static void the_dialect_is_resolved(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_seccomp_env env = convert_env;

	(void)state;
	convert(&f, dialect, SNUG_CONVERT_RAW_SECCOMP);
	assert_string_equal(f.out.buf, "{\n"
				       "  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
				       "  \"defaultErrnoRet\": 38,\n"
				       "  \"architectures\": [\n"
				       "    \"SCMP_ARCH_X86_64\",\n"
				       "    \"SCMP_ARCH_X86\"\n"
				       "  ],\n"
				       "  \"syscalls\": [\n"
				       "    {\n"
				       "      \"names\": [\n"
				       "        \"read\"\n"
				       "      ],\n"
				       "      \"action\": \"SCMP_ACT_ALLOW\",\n"
				       "      \"comment\": \"always\"\n"
				       "    },\n"
				       "    {\n"
				       "      \"names\": [\n"
				       "        \"mount\"\n"
				       "      ],\n"
				       "      \"action\": \"SCMP_ACT_ERRNO\",\n"
				       "      \"errnoRet\": 13\n"
				       "    },\n"
				       "    {\n"
				       "      \"names\": [\n"
				       "        \"ptrace\"\n"
				       "      ],\n"
				       "      \"action\": \"SCMP_ACT_ALLOW\"\n"
				       "    }\n"
				       "  ]\n"
				       "}\n");
	env.caps = 1ull << CAP_SYS_ADMIN;
	env.kernel_version = KERNEL_VERSION(4, 7, 0);
	assert_int_equal(convert_for(&f, &env, dialect, SNUG_CONVERT_RAW_SECCOMP), 0);
	assert_null(strstr(f.out.buf, "ptrace"));
	assert_null(strstr(f.out.buf, "errnoRet"));
	assert_non_null(strstr(f.out.buf, "mount"));
	/* no row of archMap: only the ABI itself */
	env.arch = SNUG_ARCH_S390X;
	assert_int_equal(convert_for(&f, &env, dialect, SNUG_CONVERT_RAW_SECCOMP), 0);
	assert_non_null(strstr(f.out.buf, "s390_pci_mmio_read"));
	assert_non_null(strstr(f.out.buf, "\"architectures\": [\n    \"SCMP_ARCH_S390X\"\n  ]"));
}

static void a_plain_document_keeps_its_form(void **state)
{
	static const char plain[] =
		"{\n  \"defaultAction\": \"SCMP_ACT_KILL\",\n  \"architectures\": [\n"
		"    \"SCMP_ARCH_S390X\"\n  ],\n  \"flags\": [\n    \"SECCOMP_FILTER_FLAG_LOG\"\n  ],\n"
		"  \"syscalls\": [\n    {\n      \"names\": [\n        \"no_such_call\",\n"
		"        \"read\",\n        \"read\"\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\",\n"
		"      \"args\": [],\n      \"comment\": \"\"\n    }\n  ]\n}\n";
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	convert(&f, plain, SNUG_CONVERT_RAW_SECCOMP);
	assert_string_equal(f.out.buf, plain);
	assert_int_equal(f.warnings.len, 0);
	assert_false(snug_profile_is_dialect(f.profile));
}

static void resources(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	convert(&f, CRD("  architectures: [SCMP_ARCH_NATIVE]\n  defaultAction: SCMP_ACT_LOG\n"),
		SNUG_CONVERT_SECCOMP);
	assert_non_null(strstr(f.out.buf, "- SCMP_ARCH_NATIVE"));
	/* runtimes do not know that word */
	convert(&f,
		CRD("  architectures: [SCMP_ARCH_NATIVE]\n  defaultAction: SCMP_ACT_LOG\n"
		    "  state: Enabled\n"),
		SNUG_CONVERT_RAW_SECCOMP);
	assert_string_equal(f.out.buf,
			    "{\n  \"defaultAction\": \"SCMP_ACT_LOG\",\n"
			    "  \"architectures\": [\n    \"SCMP_ARCH_X86_64\"\n  ]\n}\n");
	assert_string_equal(f.warnings.buf,
			    "p: spec.state is left out: OCI JSON has no place for it\n");
}

static void what_has_no_place(void **state)
{
	static const struct {
		const char *profile;
		enum snug_convert_format format;
		const char *words;
	} rows[] = {
		{ CRD("  defaultAction: SCMP_ACT_LOG\n  baseProfileName: runc\n"),
		  SNUG_CONVERT_RAW_SECCOMP,
		  "p: spec.baseProfileName: OCI JSON has no place for this" },
		{ CRD("  defaultAction: SCMP_ACT_LOG\n  baseProfileName: runc\n"),
		  SNUG_CONVERT_MACHINECONFIG,
		  "p: spec.baseProfileName: OCI JSON has no place for this" },
		{ CRD("  defaultAction: SCMP_ACT_LOG\n  state: Disabled\n"),
		  SNUG_CONVERT_RAW_SECCOMP, "p: spec.state: OCI JSON has no place for this" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrno\":\"ENOSYS\"}",
		  SNUG_CONVERT_SECCOMP,
		  "p: defaultErrnoRet: a SeccompProfile has no place for this" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		  "\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,\"value\":"
		  "18446744073709551615,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		  SNUG_CONVERT_SECCOMP,
		  "p: syscalls[0].args[0].value: a SeccompProfile has no place for a value over "
		  "9223372036854775807" },
		{ "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", SNUG_CONVERT_BPF,
		  "p: defaultAction: SCMP_ACT_NOTIFY cannot be the default, because the program "
		  "that answers could not start" },
	};
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(convert_for(&f, &convert_env, rows[i].profile, rows[i].format) < 0);
		assert_string_equal(snug_err_msg(&f.err), rows[i].words);
		assert_int_equal(f.out.len, 0);
	}
}

static void programs(void **state)
{
	static const char notify[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\"],"
		"\"syscalls\":[{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"},"
		"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	CLEANUP(fixture_done) struct fixture f = { 0 };
	struct snug_seccomp_env env = convert_env;
	struct snug_seccomp_filter filter;
	struct sock_filter insn;

	(void)state;
	convert(&f, notify, SNUG_CONVERT_BPF);
	assert_string_equal(f.warnings.buf,
			    "p: SECCOMP_FILTER_FLAG_LOG is for seccomp(2), and not in the program\n"
			    "p: SCMP_ACT_NOTIFY: the program has to be loaded with "
			    "SECCOMP_FILTER_FLAG_NEW_LISTENER\n");
	assert_int_equal(snug_seccomp_filter_compile(f.profile, &env, NULL, NULL, &filter, NULL),
			 0);
	assert_int_equal(f.out.len, filter.n_insns * sizeof(*filter.insns));
	assert_memory_equal(f.out.buf, filter.insns, f.out.len);
	snug_seccomp_filter_done(&filter);
	/* a machine that is big-endian takes its own order */
	env.arch = SNUG_ARCH_S390X;
	assert_int_equal(convert_for(&f, &env, notify, SNUG_CONVERT_BPF), 0);
	assert_int_equal(snug_seccomp_filter_compile(f.profile, &env, NULL, NULL, &filter, NULL),
			 0);
	memcpy(&insn, f.out.buf, sizeof(insn));
	assert_int_equal(insn.code, __builtin_bswap16(filter.insns[0].code));
	assert_int_equal(insn.k, __builtin_bswap32(filter.insns[0].k));
	snug_seccomp_filter_done(&filter);
}

static void pseudo_code(void **state)
{
	static const char *const parts[] = {
		"# filter for arch x86_64 (3221225534)\nif ($arch == 3221225534)\n",
		"  # filter for syscall \"ioctl\" (16)\n  if ($syscall == 16)\n"
		"    if ($a1 & 0x00000000000000ff == 2)\n      if ($a2 != 9)\n"
		"        action ALLOW;\n    action ERRNO(1);\n",
		"  # filter for syscall \"listns\" (470)\n  if ($syscall == 470)\n    action KILL;\n",
		"# filter for arch x86 (1073741827)\nif ($arch == 1073741827)\n",
		"  # filter for syscall \"socketcall\" (102)\n  if ($syscall == 102)\n",
		"    if ($a0.lo32 & 0xffffffff == 1)\n      action ERRNO(1);\n    action ERRNO(1);\n",
		"action TRACE(7);\n",
		"# pseudo filter code end\n#\n#\n# the program: ",
		"#   0  A = arch\n",
		"return SCMP_ACT_TRACE(7)\n",
		"(x86_64)\n",
		"  A = args[2].hi\n",
	};
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	convert(&f,
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":["
		"{\"names\":[\"listns\"],\"action\":\"SCMP_ACT_KILL\"},"
		"{\"names\":[\"ioctl\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":1,"
		"\"value\":255,\"valueTwo\":2,\"op\":\"SCMP_CMP_MASKED_EQ\"},{\"index\":2,\"value\":"
		"9,\"op\":\"SCMP_CMP_NE\"}]},"
		"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":0,"
		"\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":7}]}",
		SNUG_CONVERT_PFC);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strstr(f.out.buf, parts[i]))
			fail_msg("not in there: %s\n%s", parts[i], f.out.buf);
}

static void instructions(void **state)
{
	static const struct sock_filter insns[] = {
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 4 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0x40000003 },
		{ BPF_JMP | BPF_JA, 0, 0, 7 },
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 0 },
		{ BPF_JMP | BPF_JGE | BPF_K, 0, 5, 0x40000003 },
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 16 },
		{ BPF_ALU | BPF_AND | BPF_K, 0, 0, 255 },
		{ BPF_JMP | BPF_JGT | BPF_K, 1, 2, 5 },
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 60 },
		{ BPF_JMP | BPF_JSET | BPF_K, 0, 1, 8 },
		{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW },
		{ BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | 1 },
		{ BPF_RET | BPF_K, 0, 0, 0x12345678 },
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 8 },
		{ BPF_LD | BPF_W | BPF_ABS, 0, 0, 64 },
		{ BPF_LD | BPF_IMM, 0, 0, 4 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0x40000003 },
		{ BPF_RET | BPF_A, 1, 2, 3 },
	};
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	snug_bpf_add_text(insns, ARRAY_SIZE(insns), true, "", &out);
	assert_string_equal(out.buf, "   0  A = arch\n"
				     "   1  if A == 1073741827 goto 3    (x86)\n"
				     "   2  goto 10\n"
				     "   3  A = nr\n"
				     "   4  if A < 1073741827 goto 10\n"
				     "   5  A = args[0].lo\n"
				     "   6  A &= 0x000000ff\n"
				     "   7  if A > 5 goto 9 else 10\n"
				     "   8  A = args[5].hi\n"
				     "   9  if A & 8 goto 10 else 11\n"
				     "  10  return SCMP_ACT_ALLOW\n"
				     "  11  return SCMP_ACT_ERRNO(EPERM)\n"
				     "  12  return 0x12345678\n"
				     "  13  A = data[8]\n"
				     "  14  A = data[64]\n"
				     "  15  A = 4\n"
				     "  16  if A == 1073741827 goto 18\n"
				     "  17  code 0x0016 jt 1 jf 2 k 0x00000003\n");
	snug_str_clear(&out);
	snug_bpf_add_text(&insns[5], 1, false, "# ", &out);
	assert_string_equal(out.buf, "#    0  A = args[0].hi\n");
}

static void base64(void **state)
{
	/* RFC 4648 section 10 */
	static const char *const rows[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xff\xfe\xfd", "//79" },
		{ "\xfb\xef\xbe", "++++" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		snug_base64_add(rows[i][0], strlen(rows[i][0]), &out);
		assert_string_equal(snug_str_text(&out), rows[i][1]);
	}
}

static const struct snug_doc_value *get(const struct snug_doc_value *v, const char *path)
{
	char key[64];

	while (v && *path) {
		size_t n = strcspn(path, "|");

		memcpy(key, path, n);
		key[n] = '\0';
		v = v->type == SNUG_DOC_ARRAY ? &v->array.items[0] : snug_doc_get(v, key);
		path += n + (path[n] == '|');
	}
	return v;
}

static void check_text(const struct fixture *f, const char *path, const char *text)
{
	CLEANUP(snug_doc_freep) struct snug_doc *doc = NULL;
	const struct snug_doc_value *v;

	assert_int_equal(
		snug_yaml_parse("y", f->out.buf, f->out.len, SNUG_LIMIT_DOC_BYTES, &doc, NULL), 0);
	v = get(snug_doc_root(doc, 0), path);
	if (!v || v->type != SNUG_DOC_STRING)
		fail_msg("no string: %s\n%s", path, f->out.buf);
	else
		assert_string_equal(v->str.text, text);
}

static void objects(void **state)
{
	static const char file[] = "spec|containers|0|securityContext|seccompProfile|"
				   "localhostProfile";
	static const char json[] = "{\"defaultAction\":\"SCMP_ACT_LOG\"}";
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	convert(&f, json, SNUG_CONVERT_POD);
	check_text(&f, file, "profile.json");
	convert(&f, CRD("  defaultAction: SCMP_ACT_LOG\n"), SNUG_CONVERT_POD);
	check_text(&f, file, "operator/web.json");
	check_text(&f, "metadata|name", "web");
	/* any name is made valid, also where 63 bytes without dots are the limit */
	free(f.profile->name);
	f.profile->name =
		xstrdup("My.Very_Long\nName-0123456789-0123456789-0123456789-0123456.89-x");
	snug_str_clear(&f.out);
	assert_int_equal(snug_convert(f.profile, SNUG_CONVERT_POD, &f.options, &f.out, &f.err), 0);
	check_text(&f, "metadata|name",
		   "my.very-long-name-0123456789-0123456789-0123456789-0123456.89-x");
	check_text(&f, "spec|containers|0|name",
		   "my-very-long-name-0123456789-0123456789-0123456789-0123456-89-x");
	convert(&f, CRD("  defaultAction: SCMP_ACT_LOG\n"), SNUG_CONVERT_SCC);
	check_text(&f, "metadata|name", "restricted-v2-web");
	assert_non_null(strstr(f.out.buf, "- localhost/operator/web.json\n"));
	convert(&f, json, SNUG_CONVERT_MACHINECONFIG);
	check_text(&f, "metadata|name", "99-seccomp-profile-profile");
	check_text(&f, "metadata|labels|machineconfiguration.openshift.io/role", "worker");
	/* a SeccompProfile comes to the nodes as a file here */
	convert(&f, CRD("  defaultAction: SCMP_ACT_LOG\n"), SNUG_CONVERT_MACHINECONFIG);
	check_text(&f, "spec|config|storage|files|0|path", "/var/lib/kubelet/seccomp/web.json");
}

static void roles(void **state)
{
	static const char *const bad[] = { "", "-a", "a.", "a b", "a/b", "\x1b[1m" };
	CLEANUP(fixture_done) struct fixture f = { 0 };
	char long_role[65];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		f.options.role = bad[i];
		assert_int_equal(convert_for(&f, &convert_env,
					     "{\"defaultAction\":\"SCMP_ACT_LOG\"}",
					     SNUG_CONVERT_MACHINECONFIG),
				 -EINVAL);
		assert_non_null(strstr(snug_err_msg(&f.err), "is no role of a node"));
	}
	memset(long_role, 'a', sizeof(long_role));
	long_role[64] = '\0';
	f.options.role = long_role;
	assert_int_equal(convert_for(&f, &convert_env, "{\"defaultAction\":\"SCMP_ACT_LOG\"}",
				     SNUG_CONVERT_MACHINECONFIG),
			 -EINVAL);
	f.options.role = "infra-A.1";
	convert(&f, "{\"defaultAction\":\"SCMP_ACT_LOG\"}", SNUG_CONVERT_MACHINECONFIG);
	check_text(&f, "metadata|labels|machineconfiguration.openshift.io/role", "infra-A.1");
}

static void names_of_formats(void **state)
{
	(void)state;
	for (int i = 0; i < _SNUG_CONVERT_MAX; i++) {
		const char *name = snug_convert_format_name((enum snug_convert_format)i);

		assert_string_equal(snug_convert_format_names()[i], name);
		assert_int_equal(snug_convert_format_from_name(name), i);
	}
	assert_null(snug_convert_format_names()[_SNUG_CONVERT_MAX]);
	assert_int_equal(snug_convert_format_from_name("oci"), SNUG_CONVERT_RAW_SECCOMP);
	assert_int_equal(snug_convert_format_from_name("crd"), SNUG_CONVERT_SECCOMP);
	assert_int_equal(snug_convert_format_from_name(""), _SNUG_CONVERT_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dialect_is_resolved),
		cmocka_unit_test(a_plain_document_keeps_its_form),
		cmocka_unit_test(resources),
		cmocka_unit_test(what_has_no_place),
		cmocka_unit_test(programs),
		cmocka_unit_test(pseudo_code),
		cmocka_unit_test(instructions),
		cmocka_unit_test(base64),
		cmocka_unit_test(objects),
		cmocka_unit_test(roles),
		cmocka_unit_test(names_of_formats),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
