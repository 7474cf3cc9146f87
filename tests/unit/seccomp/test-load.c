/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's word: each test forks, loads a filter in the child and looks at what a call does
 * there.  The child reports with its exit status: 100 + errno, 99 for success of the call; or it
 * dies.
 */
#include "base/err.h"
#include "base/str.h"
#include "seccomp/filter.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>
#include <linux/version.h>

#include <cmocka.h>

enum {
	SUCCESS = 99,
	FAILURE = 100, /* + errno */
	NOT_LOADED = 98,
};

struct prepared {
	struct snug_seccomp_profile *profile;
	struct snug_seccomp_filter filter;
};

static void prepared_done(struct prepared *p)
{
	snug_seccomp_filter_done(&p->filter);
	p->profile = snug_seccomp_profile_free(p->profile);
}

static void warn(void *data, const char *text)
{
	(void)data;
	printf("# %s\n", text);
}

static void prepare(struct prepared *p, const char *text)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	struct snug_seccomp_env env;

	prepared_done(p);
	snug_seccomp_env_init_host(&env);
	if (snug_seccomp_profile_parse("p", text, strlen(text), NULL, &p->profile, &err) < 0 ||
	    snug_seccomp_filter_compile(p->profile, &env, warn, NULL, &p->filter, &err) < 0 ||
	    snug_seccomp_filter_check_kernel(p->profile, &p->filter, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
}

typedef long (*call_fn)(void);

/* Not _exit(): behind it, and before any call that is known not to return, a sanitizer makes calls
 * of its own. */
static void leave(int code)
{
	(void)syscall(SYS_exit_group, code);
}

/* The wait status of a child that loads the filter and makes the call. */
static int run(const struct prepared *p, call_fn call)
{
	const struct rlimit no_core = { 0, 0 };
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		long r;

		(void)setrlimit(RLIMIT_CORE, &no_core);
		/* cmocka catches them */
		(void)signal(SIGSYS, SIG_DFL);
		(void)signal(SIGSEGV, SIG_DFL);
		if (snug_seccomp_filter_install(&p->filter, false) < 0)
			leave(NOT_LOADED);
		errno = 0;
		r = call();
		leave(r < 0 ? FAILURE + (errno ? errno : (int)-r) : SUCCESS);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void exits(const struct prepared *p, call_fn call, int code)
{
	int status = run(p, call);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static void dies(const struct prepared *p, call_fn call)
{
	int status = run(p, call);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static long call_getpid(void)
{
	return syscall(SYS_getpid);
}

static long call_uname(void)
{
	struct utsname u;

	return syscall(SYS_uname, &u);
}

static long call_mseal(void)
{
	return syscall(462, NULL, 0, 0);
}

static long call_no_new_privs(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : -ENOENT;
}

static long call_prio_high(void)
{
	/* the lowest priority, which everybody may have; and the upper half is not zero */
	return syscall(SYS_setpriority, PRIO_PROCESS, 0, 1ul << 32 | 19);
}

static long call_prio_low(void)
{
	return syscall(SYS_setpriority, PRIO_PROCESS, 0, 19);
}

#define DENY(names, action)                                                                        \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_NATIVE\"],"          \
	"\"syscalls\":[{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\"}]}"

static void allowed_and_denied(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, DENY("\"uname\"", "ERRNO"));
	exits(&p, call_getpid, SUCCESS);
	exits(&p, call_uname, FAILURE + EPERM);
	prepare(&p, DENY("\"uname\"", "ERRNO\",\"errnoRet\":77,\"comment\":\""));
	exits(&p, call_uname, FAILURE + 77);
	prepare(&p, DENY("\"uname\"", "KILL_PROCESS"));
	exits(&p, call_getpid, SUCCESS);
	dies(&p, call_uname);
	prepare(&p, DENY("\"uname\"", "KILL"));
	dies(&p, call_uname);
	prepare(&p, DENY("\"uname\"", "TRAP"));
	dies(&p, call_uname);
	prepare(&p, DENY("\"uname\"", "LOG"));
	exits(&p, call_uname, SUCCESS);
	/* no tracer: the call fails with ENOSYS (seccomp(2)) */
	prepare(&p, DENY("\"uname\"", "TRACE"));
	exits(&p, call_uname, FAILURE + ENOSYS);
}

static void default_denies(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":78,\"syscalls\":["
		    "{\"names\":[\"exit_group\",\"getpid\"],\"action\":\"SCMP_ACT_ALLOW\"}]}");
	exits(&p, call_getpid, SUCCESS);
	exits(&p, call_uname, FAILURE + 78);
}

static void calls_beyond_libseccomp(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, DENY("\"mseal\"", "ERRNO\",\"errno\":\"EDOM\",\"comment\":\""));
	exits(&p, call_mseal, FAILURE + EDOM);
	exits(&p, call_getpid, SUCCESS);
}

static void upper_halves_count(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":["
		    "\"setpriority\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":79,\"args\":["
		    "{\"index\":2,\"op\":\"SCMP_CMP_GT\",\"value\":4294967295}]}]}");
	exits(&p, call_prio_high, FAILURE + 79);
	exits(&p, call_prio_low, SUCCESS);
}

static void no_new_privs_only_where_needed(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };
	int status;
	pid_t pid;

	(void)state;
	prepare(&p, DENY("\"uname\"", "ERRNO"));
	exits(&p, call_no_new_privs, SUCCESS);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int r = snug_seccomp_filter_install(&p.filter, true);

		/* without the capability the kernel says so; with it, nothing else was set */
		if (r == -EACCES || (r == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0))
			leave(SUCCESS);
		leave(NOT_LOADED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == SUCCESS);
}

static void flags(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\","
		    "\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\",\"SECCOMP_FILTER_FLAG_TSYNC\","
		    "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"],\"syscalls\":[{\"names\":["
		    "\"uname\"],\"action\":\"SCMP_ACT_ERRNO\"}]}");
	exits(&p, call_uname, FAILURE + EPERM);
}

static void listener(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };
	int status;
	pid_t pid;

	(void)state;
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":["
		    "\"SECCOMP_FILTER_FLAG_TSYNC\"],\"syscalls\":[{\"names\":[\"uname\"],"
		    "\"action\":\"SCMP_ACT_NOTIFY\"}]}");
	assert_true(p.filter.needs_listener);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd = snug_seccomp_filter_install(&p.filter, false);

		/* a listener that is gone answers ENOSYS */
		if (fd < 0 || close(fd) < 0)
			leave(NOT_LOADED);
		leave(call_uname() < 0 && errno == ENOSYS ? SUCCESS : FAILURE);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SUCCESS);
}

/* Filters that answer as an older kernel would: no action is there; no flag LOG is there. */
#define NO_ACTIONS                                                                                 \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"seccomp\"],"            \
	"\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"EOPNOTSUPP\",\"args\":[{\"index\":0,\"op\":"    \
	"\"SCMP_CMP_EQ\",\"value\":2}]}]}"
#define NO_FLAG_LOG                                                                                \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"seccomp\"],"            \
	"\"action\":\"SCMP_ACT_ERRNO\",\"errno\":\"EINVAL\",\"args\":[{\"index\":0,\"op\":"        \
	"\"SCMP_CMP_EQ\",\"value\":1},{\"index\":1,\"op\":\"SCMP_CMP_MASKED_EQ\",\"value\":2,"     \
	"\"valueTwo\":2}]}]}"

static const struct prepared *wanted;
static const char *expected_words;

static long call_check_kernel(void)
{
	struct snug_err err = SNUG_ERR_INIT;
	int r = snug_seccomp_filter_check_kernel(wanted->profile, &wanted->filter, &err);
	bool is_right = r == -EOPNOTSUPP && strcmp(snug_err_msg(&err), expected_words) == 0;

	if (!is_right)
		fprintf(stderr, "# %d %s\n", r, snug_err_msg(&err));
	snug_err_done(&err);
	return is_right ? 0 : -EDOM;
}

static void what_the_kernel_lacks(void **state)
{
	CLEANUP(prepared_done) struct prepared old = { 0 }, p = { 0 };

	(void)state;
	wanted = &p;
	prepare(&old, NO_ACTIONS);
	prepare(&p, DENY("\"uname\"", "TRAP"));
	/* the calls of foreign ABIs end there, whatever the profile says */
	expected_words = "p: SCMP_ACT_KILL_THREAD needs Linux 3.5; this kernel does not have it "
			 "('snug doctor' shows what it has)";
	exits(&old, call_check_kernel, SUCCESS);
	prepare(&old, NO_FLAG_LOG);
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"SECCOMP_FILTER_FLAG_LOG\","
		    "\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]}");
	expected_words =
		"p: flags[0]: SECCOMP_FILTER_FLAG_LOG needs Linux 4.14; this kernel does not have it "
		"('snug doctor' shows what it has)";
	exits(&old, call_check_kernel, SUCCESS);
}

static void host(void **state)
{
	struct snug_seccomp_env env;

	(void)state;
	snug_seccomp_env_init_host(&env);
	assert_int_equal(env.arch, snug_arch_native());
	assert_true(env.kernel_version >= KERNEL_VERSION(4, 14, 0));
	if (geteuid() != 0)
		assert_int_equal(env.caps, 0);
}

#ifdef __x86_64__
static long int80(long nr, long a)
{
	long r;

	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(nr), "b"(a)
			 : "memory", "r8", "r9", "r10", "r11");
	errno = r < 0 ? (int)-r : 0;
	return r;
}

static long call_getpid_i386(void)
{
	return int80(20, 0);
}

static long call_getuid_i386(void)
{
	return int80(199, 0); /* getuid32 */
}

/* what the kernel does not look at must not make it another call */
static long call_socket_i386(void)
{
	return int80(359, 0x5a5a5a5a00000000 | AF_VSOCK);
}

static long call_getpid_x32(void)
{
	return syscall(0x40000000 + SYS_getpid);
}

static bool has_int80(void)
{
	static struct sock_filter allow[] = { BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
	const struct prepared p = { .filter = { .insns = allow, .n_insns = 1 } };
	int status = run(&p, call_getpid_i386);

	return WIFEXITED(status) && WEXITSTATUS(status) == SUCCESS;
}

static void other_abis(void **state)
{
	CLEANUP(prepared_done) struct prepared p = { 0 };

	(void)state;
	prepare(&p, DENY("\"uname\"", "ERRNO"));
	dies(&p, call_getpid_x32);
	if (!has_int80()) {
		printf("# this kernel runs no i386 calls; its half is left out\n");
		return;
	}
	dies(&p, call_getpid_i386);
	prepare(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\","
		    "\"SCMP_ARCH_X32\"],\"syscalls\":[{\"names\":[\"getuid32\"],\"action\":"
		    "\"SCMP_ACT_ERRNO\",\"errnoRet\":80}]}");
	exits(&p, call_getpid_i386, SUCCESS);
	exits(&p, call_getuid_i386, FAILURE + 80);
	exits(&p, call_getpid, SUCCESS);
	prepare(&p,
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
		"\"syscalls\":[{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\","
		"\"errnoRet\":81,\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_EQ\",\"value\":40}]}]}");
	exits(&p, call_socket_i386, FAILURE + 81);
}
#else
static void other_abis(void **state)
{
	(void)state;
}
#endif

/* The profile that podman and others use, where it is installed. */
static void profile_of_containers_common(void **state)
{
	static const char path[] = "/usr/share/containers/seccomp.json";
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	CLEANUP(prepared_done) struct prepared p = { 0 };
	const struct snug_seccomp_read_options opts = { .strict = true };
	struct snug_seccomp_env env;

	(void)state;
	if (access(path, R_OK) < 0) {
		printf("# %s is not installed\n", path);
		return;
	}
	snug_seccomp_env_init_host(&env);
	if (snug_seccomp_profile_read(path, &opts, &p.profile, &err) < 0 ||
	    snug_seccomp_filter_compile(p.profile, &env, warn, NULL, &p.filter, &err) < 0 ||
	    snug_seccomp_filter_check_kernel(p.profile, &p.filter, &err) < 0)
		fail_msg("%s", snug_err_msg(&err));
	exits(&p, call_getpid, SUCCESS);
	assert_int_equal(snug_seccomp_profile_write(p.profile, SNUG_PROFILE_OCI_JSON, &out, &err),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_and_denied),
		cmocka_unit_test(default_denies),
		cmocka_unit_test(calls_beyond_libseccomp),
		cmocka_unit_test(upper_halves_count),
		cmocka_unit_test(no_new_privs_only_where_needed),
		cmocka_unit_test(flags),
		cmocka_unit_test(listener),
		cmocka_unit_test(what_the_kernel_lacks),
		cmocka_unit_test(host),
		cmocka_unit_test(other_abis),
		cmocka_unit_test(profile_of_containers_common),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
