/* SPDX-License-Identifier: Apache-2.0 */
/* Units: what systemd makes of the lines, and that what is written reads back. */
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "convert-test.h"
#include "convert/systemd-groups.h"
#include "convert/systemd-read.h"
#include "convert/systemd-words.h"
#include "convert/systemd-write.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <linux/seccomp.h>

#include <cmocka.h>

#define ALLOW    SECCOMP_RET_ALLOW
#define LOG      SECCOMP_RET_LOG
#define KILL     SECCOMP_RET_KILL_PROCESS
#define FOREIGN  SECCOMP_RET_KILL_THREAD
#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))

struct fixture {
	struct snug_seccomp_profile *profile;
	struct snug_meaning *meaning;
	struct snug_str warnings;
	struct snug_err err;
};

static void fixture_done(struct fixture *f)
{
	f->meaning = snug_meaning_free(f->meaning);
	f->profile = snug_seccomp_profile_free(f->profile);
	snug_str_done(&f->warnings);
	snug_err_done(&f->err);
}

static int read_text(struct fixture *f, const char *text, bool is_strict)
{
	const struct snug_seccomp_read_options opts = {
		.strict = is_strict,
		.warn = collect_warning,
		.warn_data = &f->warnings,
	};

	fixture_done(f);
	return snug_systemd_unit_parse("u.service", text, strlen(text), &opts, &f->profile,
				       &f->err);
}

static void read_unit(struct fixture *f, const char *text)
{
	if (read_text(f, text, false) < 0 ||
	    snug_meaning_new(f->profile, &convert_env, NULL, &f->meaning, &f->err) < 0)
		fail_msg("%s", snug_err_msg(&f->err));
}

static uint32_t ask(const struct fixture *f, enum snug_arch arch, const char *name)
{
	static const uint64_t args[SNUG_N_ARGS];
	int64_t nr = snug_syscall_number(arch, name);

	assert_true(nr >= 0);
	return snug_meaning_decide(f->meaning, arch, (uint32_t)nr, args).ret;
}

static uint32_t ask64(const struct fixture *f, const char *name)
{
	return ask(f, SNUG_ARCH_X86_64, name);
}

static void a_list_that_allows(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "[Service]\nSystemCallFilter=read @chown\n");
	assert_int_equal(ask64(&f, "read"), ALLOW);
	assert_int_equal(ask64(&f, "fchownat"), ALLOW);
	assert_int_equal(ask64(&f, "write"), KILL);
	/* @default comes with it */
	assert_int_equal(ask64(&f, "execve"), ALLOW);
	assert_int_equal(ask64(&f, "rt_sigreturn"), ALLOW);
	/* on every ABI of the machine */
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "read"), ALLOW);
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "write"), KILL);
	assert_int_equal(ask(&f, SNUG_ARCH_X32, "chown"), ALLOW);
	assert_int_equal(f.warnings.len, 0);
	/* the error number stands anywhere and the last one counts */
	read_unit(&f, "[Service]\nSystemCallErrorNumber=EPERM\nSystemCallFilter=read\n"
		      "SystemCallErrorNumber=5\n");
	assert_int_equal(ask64(&f, "write"), ERRNO(5));
	read_unit(&f, "[Service]\nSystemCallErrorNumber=EPERM\nSystemCallFilter=read\n"
		      "SystemCallErrorNumber=\n");
	assert_int_equal(ask64(&f, "write"), KILL);
	read_unit(&f, "[Service]\nSystemCallFilter=read\nSystemCallErrorNumber=EPERM\n"
		      "SystemCallErrorNumber=kill");
	assert_int_equal(ask64(&f, "write"), KILL);
}

static void taken_off_a_list_that_allows(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "[Service]\nSystemCallFilter=@system-service\nSystemCallFilter=~@chown read\n"
		      "SystemCallFilter=~write:EACCES close:kill execve\nSystemCallFilter=lchown\n"
		      "SystemCallErrorNumber=EPERM\n");
	assert_int_equal(ask64(&f, "chown"), ERRNO(EPERM));
	assert_int_equal(ask64(&f, "lchown"), ALLOW);
	assert_int_equal(ask64(&f, "read"), ERRNO(EPERM));
	assert_int_equal(ask64(&f, "write"), ERRNO(EACCES));
	assert_int_equal(ask64(&f, "close"), KILL);
	assert_int_equal(ask64(&f, "execve"), ERRNO(EPERM));
	assert_int_equal(ask64(&f, "openat"), ALLOW);
	/* and on again */
	read_unit(&f, "[Service]\nSystemCallFilter=read\nSystemCallFilter=~read:EACCES\n"
		      "SystemCallFilter=read\n");
	assert_int_equal(ask64(&f, "read"), ALLOW);
}

static void a_list_that_denies(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "[Service]\nSystemCallFilter=~@mount ptrace:EPERM @clock:0 read:kill\n"
		      "SystemCallErrorNumber=EACCES\n");
	assert_int_equal(ask64(&f, "mount"), ERRNO(EACCES));
	assert_int_equal(ask64(&f, "ptrace"), ERRNO(EPERM));
	assert_int_equal(ask64(&f, "clock_settime"), ERRNO(0));
	assert_int_equal(ask64(&f, "read"), KILL);
	assert_int_equal(ask64(&f, "write"), ALLOW);
	/* a later list without ~ takes off */
	read_unit(&f, "[Service]\nSystemCallFilter=~@mount\nSystemCallFilter=mount read\n");
	assert_int_equal(ask64(&f, "mount"), ALLOW);
	assert_int_equal(ask64(&f, "umount2"), KILL);
	assert_int_equal(ask64(&f, "read"), ALLOW);
	/* an empty one resets, and the next decides anew */
	read_unit(&f, "[Service]\nSystemCallFilter=~@mount\nSystemCallFilter=\n"
		      "SystemCallFilter=read\n");
	assert_int_equal(ask64(&f, "mount"), KILL);
	read_unit(&f, "[Service]\nSystemCallFilter=read\nSystemCallFilter=\n"
		      "SystemCallFilter=~read\n");
	assert_int_equal(ask64(&f, "read"), KILL);
	assert_int_equal(ask64(&f, "mount"), ALLOW);
	read_unit(&f, "[Service]\nSystemCallFilter=~\n");
	assert_int_equal(ask64(&f, "mount"), ALLOW);
}

static void architectures(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "[Service]\nSystemCallFilter=~read\nSystemCallArchitectures=native\n");
	assert_int_equal(ask64(&f, "read"), KILL);
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "write"), FOREIGN);
	assert_int_equal(ask(&f, SNUG_ARCH_X32, "write"), FOREIGN);
	/* the native one is always there */
	read_unit(&f, "[Service]\nSystemCallArchitectures=x86 arm64\nSystemCallFilter=~read\n");
	assert_int_equal(ask64(&f, "write"), ALLOW);
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "write"), ALLOW);
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "read"), KILL);
	assert_int_equal(ask(&f, SNUG_ARCH_X32, "write"), FOREIGN);
	read_unit(&f, "[Service]\nSystemCallArchitectures=native\nSystemCallArchitectures=\n"
		      "SystemCallArchitectures=vax\nSystemCallFilter=~read\n");
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "write"), ALLOW);
	assert_string_equal(
		f.warnings.buf,
		"u.service:4: unknown architecture 'vax' is ignored, as systemd does\n");
	/* alone, it filters too */
	read_unit(&f, "[Service]\nSystemCallArchitectures=native\n");
	assert_int_equal(ask64(&f, "read"), ALLOW);
	assert_int_equal(ask(&f, SNUG_ARCH_X86, "write"), FOREIGN);
	for (int i = 0; i <= (int)SNUG_ARCH_NATIVE; i++) {
		const char *name = snug_systemd_arch_name((enum snug_arch)i);

		if (name)
			assert_int_equal(snug_systemd_arch_from_name(name), i);
	}
}

static void logging(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "[Service]\nSystemCallFilter=read write\nSystemCallLog=read mount\n");
	assert_int_equal(ask64(&f, "read"), LOG);
	assert_int_equal(ask64(&f, "write"), ALLOW);
	assert_int_equal(ask64(&f, "mount"), KILL);
	read_unit(&f, "[Service]\nSystemCallLog=~read\n");
	assert_int_equal(ask64(&f, "read"), ALLOW);
	assert_int_equal(ask64(&f, "write"), LOG);
	/* @default is no part of this list */
	assert_int_equal(ask64(&f, "execve"), LOG);
	read_unit(&f, "[Service]\nSystemCallFilter=~mount\nSystemCallLog=~read\n"
		      "SystemCallLog=write:EPERM\n");
	assert_int_equal(ask64(&f, "mount"), KILL);
	assert_int_equal(ask64(&f, "write"), LOG);
	assert_string_equal(f.warnings.buf,
			    "u.service:4: only a call that is refused can have an errno: "
			    "'write:EPERM' is ignored, as systemd does\n");
}

static void lines(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f, "\xef\xbb\xbf# comment\n\n; [Service]\n[Unit]\nSystemCallFilter=~close\n"
		      "[Service]\r\n  SystemCallFilter \t=  ~read\\\n"
		      "  # SystemCallFilter=\n ; more\n  \twrite \\\r\n\topen\n"
		      "Exec=\\\\\nSystemCallFilter=~lseek\\\\\n[Install]\nSystemCallFilter=\n"
		      "[Socket]\nSystemCallFilter=~dup \\");
	assert_int_equal(ask64(&f, "read"), KILL);
	assert_int_equal(ask64(&f, "write"), KILL);
	assert_int_equal(ask64(&f, "open"), KILL);
	assert_int_equal(ask64(&f, "close"), ALLOW);
	assert_int_equal(ask64(&f, "dup"), KILL);
	assert_string_equal(
		f.warnings.buf,
		"u.service:13: unknown syscall 'lseek\\x5c\\x5c' is ignored, as systemd does\n");
	/* places */
	read_unit(&f, "[Service]\nSystemCallFilter=read \\\n\nno equals\n=x\n"
		      "SystemCallFilter=read:EPERM ~write nosuch @nosuch\n"
		      "SystemCallFilter=~write:EPRM write: :EPERM ::\nSystemCallErrorNumber=0\n"
		      "SystemCallErrorNumber=4096");
	assert_string_equal(
		f.warnings.buf,
		"u.service:4: no setting: 'no equals' is ignored, as systemd does\n"
		"u.service:5: no setting: '=x' is ignored, as systemd does\n"
		"u.service:6: only a call that is refused can have an errno: 'read:EPERM' is "
		"ignored, as systemd does\n"
		"u.service:6: unknown syscall '~write' is ignored, as systemd does\n"
		"u.service:6: unknown syscall 'nosuch' is ignored, as systemd does\n"
		"u.service:6: unknown group '@nosuch' is ignored, as systemd does\n"
		"u.service:7: bad errno: 'write:EPRM' is ignored, as systemd does\n"
		"u.service:7: bad errno: 'write:' is ignored, as systemd does\n"
		"u.service:7: bad errno: ':EPERM' is ignored, as systemd does\n"
		"u.service:7: bad errno: '::' is ignored, as systemd does\n"
		"u.service:8: bad SystemCallErrorNumber= '0' is ignored, as systemd does\n"
		"u.service:9: bad SystemCallErrorNumber= '4096' is ignored, as systemd does\n");
}

static void other_settings_are_told(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };

	(void)state;
	read_unit(&f,
		  "[Service]\nPrivateDevices=yes\nRestrictNamespaces=no\nSystemCallFilter=read\n"
		  "LockPersonality=\nPrivateDevices=true\nProtectClock=1\nUser=x\n");
	assert_string_equal(f.warnings.buf,
			    "u.service: PrivateDevices=, ProtectClock=: this filters "
			    "calls too, and is not in the profile\n");
}

static void bad_units(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str big = SNUG_STR_INIT;

	(void)state;
	assert_int_equal(read_text(&f, "[Service\nSystemCallFilter=read\n", false), -EINVAL);
	assert_string_equal(snug_err_msg(&f.err),
			    "u.service:1: expected a section, [Name], which ends with ]");
	assert_int_equal(read_text(&f, "[Service]\nExecStart=/bin/true\n", false), -ENODATA);
	assert_string_equal(snug_err_msg(&f.err),
			    "u.service: the unit filters no calls: it has no SystemCallFilter=");
	assert_int_equal(
		read_text(&f, "[Service]\nSystemCallFilter=read\nSystemCallFilter=\n", false),
		-ENODATA);
	assert_int_equal(read_text(&f, "", false), -ENODATA);
	assert_int_equal(read_text(&f, "[Service]\nSystemCallFilter=\x1b[1m\n", true), -EINVAL);
	assert_string_equal(snug_err_msg(&f.err), "u.service:2: unknown syscall '\\x1b[1m'");
	assert_int_equal(read_text(&f, "[Service]\nSystemCallFilter=@nosuch\n", true), -EINVAL);
	fixture_done(&f);
	assert_int_equal(snug_systemd_unit_parse("u", "[A]\0[", 5, NULL, &f.profile, &f.err),
			 -EINVAL);
	assert_string_equal(snug_err_msg(&f.err), "u: a unit file has no NUL");
	snug_str_add(&big, "[Service]\nSystemCallFilter=");
	for (int i = 0; i <= SNUG_LIMIT_PROFILE_NAMES; i++)
		snug_str_add(&big, "@known ");
	assert_int_equal(read_text(&f, big.buf, false), -E2BIG);
	assert_string_equal(snug_err_msg(&f.err), "u.service:2: over 16384 names");
	while (big.len <= SNUG_LIMIT_DOC_BYTES)
		snug_str_add(&big, "# a comment of some length that only fills the file\n");
	assert_int_equal(read_text(&f, big.buf, false), -E2BIG);
	/* warnings have an end */
	snug_str_clear(&big);
	snug_str_add(&big, "[Service]\nSystemCallFilter=read ");
	for (int i = 0; i < 300; i++)
		snug_str_addf(&big, "nosuch%d ", i);
	assert_int_equal(read_text(&f, big.buf, false), 0);
	assert_non_null(strstr(f.warnings.buf, "nosuch99'"));
	assert_null(strstr(f.warnings.buf, "nosuch100'"));
	assert_non_null(strstr(f.warnings.buf, "u.service: more warnings are left out\n"));
}

static bool is_unit(const char *text)
{
	return snug_is_systemd_unit(text, strlen(text));
}

static void what_is_a_unit(void **state)
{
	(void)state;
	assert_true(is_unit("[Service]"));
	assert_true(is_unit("\xef\xbb\xbf\n# x\n ; y\n  [Unit] \r\n"));
	assert_true(is_unit("#!/x\n[X-Foo]\n{"));
	assert_false(is_unit(""));
	assert_false(is_unit("\n\n"));
	assert_false(is_unit("# only\n# comments"));
	assert_false(is_unit("{}"));
	assert_false(is_unit("[]"));
	assert_false(is_unit("[\n1]"));
	assert_false(is_unit("[1]"));
	assert_false(is_unit("[\"Service\"]"));
	assert_false(is_unit("apiVersion: v1\n[Service]\n"));
	assert_false(is_unit("SystemCallFilter=read"));
}

static void groups(void **state)
{
	(void)state;
	assert_null(snug_systemd_group_members("@nosuch"));
	assert_null(snug_systemd_group_members("default"));
	for (const struct snug_systemd_group *g = snug_systemd_groups; g->name; g++) {
		assert_ptr_equal(snug_systemd_group_members(g->name), g->members);
		for (const char *const *m = g->members; *m; m++)
			if (**m == '@')
				assert_non_null(snug_systemd_group_members(*m));
	}
}

/* writing */

static int write_profile(struct fixture *f, const char *json, struct snug_str *out)
{
	fixture_done(f);
	if (snug_seccomp_profile_parse("p.json", json, strlen(json), NULL, &f->profile, &f->err) <
	    0)
		fail_msg("%s", snug_err_msg(&f->err));
	snug_str_clear(out);
	return snug_systemd_unit_write(f->profile, &convert_env, collect_warning, &f->warnings, out,
				       &f->err);
}

#define HEAD                                                                                       \
	"# System call filter, made from p.json.\n"                                                \
	"# A drop-in: /etc/systemd/system/NAME.service.d/seccomp.conf\n"                           \
	"[Service]\n"
#define OFF                                                                                        \
	"# The first list to allow gets @default as well. Off with it again, so that\n"            \
	"# what follows is the whole list in every version of systemd.\n"                          \
	"SystemCallFilter=@default\nSystemCallFilter=~@default\n"

static void a_profile_as_a_unit(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	assert_int_equal(
		write_profile(
			&f,
			"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
			"{\"names\":[\"write\",\"read\",\"execve\"],\"action\":\"SCMP_ACT_ALLOW\"},"
			"{\"names\":[\"close\"],\"action\":\"SCMP_ACT_LOG\"},"
			"{\"names\":[\"ptrace\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
			"{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_ERRNO\"},"
			"{\"names\":[\"clone3\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":38}]}",
			&out),
		0);
	assert_string_equal(out.buf, HEAD "SystemCallArchitectures=native\n"
					  "SystemCallErrorNumber=EPERM\n" OFF
					  "SystemCallFilter=close execve read write\n"
					  "SystemCallFilter=~clone3:ENOSYS ptrace:kill\n"
					  "SystemCallLog=close\n");
	assert_int_equal(f.warnings.len, 0);
	assert_int_equal(
		write_profile(
			&f,
			"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":["
			"\"SCMP_ARCH_X32\",\"SCMP_ARCH_X86\"],\"syscalls\":[{\"names\":[\"ptrace\"],"
			"\"action\":\"SCMP_ACT_KILL_PROCESS\"},{\"names\":[\"mount\"],\"action\":"
			"\"SCMP_ACT_ERRNO\",\"errnoRet\":4000}]}",
			&out),
		0);
	assert_string_equal(out.buf, HEAD "SystemCallFilter=~mount:4000 ptrace\n");
	assert_int_equal(write_profile(&f, "{\"defaultAction\":\"SCMP_ACT_LOG\"}", &out), 0);
	assert_string_equal(out.buf, HEAD "SystemCallArchitectures=native\nSystemCallLog=~\n");
	assert_int_equal(write_profile(&f,
				       "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":["
				       "\"SCMP_ARCH_X32\",\"SCMP_ARCH_X86\"]}",
				       &out),
			 0);
	assert_string_equal(out.buf, HEAD "# everything is allowed\nSystemCallFilter=~\n");
}

static void long_lists_are_wrapped(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT, in = SNUG_STR_INIT;

	(void)state;
	snug_str_add(&in, "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":[{\"action\":"
			  "\"SCMP_ACT_ALLOW\",\"names\":[\"read\"");
	for (const char *const *name = snug_syscall_names(); *name; name++)
		snug_str_addf(&in, ",\"%s\"", *name);
	snug_str_add(&in, "]}]}");
	assert_int_equal(write_profile(&f, in.buf, &out), 0);
	for (const char *line = out.buf, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_in_range(end - line, 0, 79);
	}
}

static void what_a_unit_cannot_say(void **state)
{
	static const struct {
		const char *profile, *words;
	} rows[] = {
		{ "{\"defaultAction\":\"SCMP_ACT_KILL\"}",
		  "p.json: defaultAction: SCMP_ACT_KILL: systemd kills the process and not only the "
		  "thread, which would be SCMP_ACT_KILL_PROCESS" },
		{ "{\"defaultAction\":\"SCMP_ACT_TRACE\"}",
		  "p.json: defaultAction: SCMP_ACT_TRACE: systemd can allow, log, kill the process or "
		  "return an errno, and nothing else" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":0}",
		  "p.json: defaultAction: SCMP_ACT_ERRNO: systemd's SystemCallErrorNumber= cannot be "
		  "0" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\",\"socket\"],"
		  "\"action\":\"SCMP_ACT_ALLOW\"},\n{\"names\":[\"close\",\"personality\"],\"action\":"
		  "\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		  "p.json:2:1: syscalls[1].names[0]: 'close': systemd has no conditions on "
		  "arguments" },
		{ "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
		  "\"action\":\"SCMP_ACT_NOTIFY\"}]}",
		  "p.json:1:47: syscalls[0].names[0]: 'read': systemd can allow, log, kill the "
		  "process or return an errno, and nothing else" },
		{ "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
		  "\"action\":\"SCMP_ACT_KILL_THREAD\"}]}",
		  "p.json:1:47: syscalls[0].names[0]: 'read': systemd kills the process and not only "
		  "the thread, which would be SCMP_ACT_KILL_PROCESS" },
		{ "kind: SeccompProfile\napiVersion: security-profiles-operator.x-k8s.io/v1\nmetadata: "
		  "{name: a}\nspec: {defaultAction: SCMP_ACT_LOG, baseProfileName: b}\n",
		  "p.json: spec.baseProfileName: systemd has no place for this" },
	};
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(write_profile(&f, rows[i].profile, &out), -EOPNOTSUPP);
		assert_string_equal(snug_err_msg(&f.err), rows[i].words);
		assert_int_equal(out.len, 0);
	}
}

static void what_is_told(void **state)
{
	CLEANUP(fixture_done) struct fixture f = { 0 };
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	(void)state;
	assert_int_equal(
		write_profile(&f,
			      "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"flags\":["
			      "\"SECCOMP_FILTER_FLAG_LOG\"],\"syscalls\":[{\"names\":["
			      "\"read\",\"listns\",\"vaxcall\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
			      &out),
		0);
	assert_non_null(strstr(f.warnings.buf, "unknown syscall 'vaxcall' is left out\n"));
	assert_non_null(strstr(f.warnings.buf,
			       "p.json: SECCOMP_FILTER_FLAG_LOG is left out: systemd "
			       "has no place for it\n"));
	assert_non_null(strstr(f.warnings.buf, "p.json: execve is refused, and systemd needs it to "
					       "start the service\n"));
	assert_non_null(strstr(f.warnings.buf,
			       "p.json: listns: systemd ignores names that its libseccomp does not "
			       "know, and this machine's is too old for these\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_that_allows),
		cmocka_unit_test(taken_off_a_list_that_allows),
		cmocka_unit_test(a_list_that_denies),
		cmocka_unit_test(architectures),
		cmocka_unit_test(logging),
		cmocka_unit_test(lines),
		cmocka_unit_test(other_settings_are_told),
		cmocka_unit_test(bad_units),
		cmocka_unit_test(what_is_a_unit),
		cmocka_unit_test(groups),
		cmocka_unit_test(a_profile_as_a_unit),
		cmocka_unit_test(long_lists_are_wrapped),
		cmocka_unit_test(what_a_unit_cannot_say),
		cmocka_unit_test(what_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
