/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "seccomp/call-args-table.h"
#include "seccomp/call-args.h"
#include "seccomp/category.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/if_tun.h>
#include <linux/keyctl.h>
#include <linux/kvm.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/stat.h>
#include <netinet/in.h>

#define C(name)                                                                                    \
	{                                                                                          \
#name, (uint64_t)(name)                                                            \
	}

static void constants_are_those_of_c(void **state)
{
	static const struct {
		const char *name;
		uint64_t value;
	} cases[] = {
		C(AF_UNIX),
		C(AF_INET),
		C(AF_INET6),
		C(AF_NETLINK),
		C(AF_PACKET),
		C(AF_ALG),
		C(AF_VSOCK),
		C(AF_XDP),
		C(AF_BLUETOOTH),
		C(AF_CAN),
		C(AF_TIPC),
		C(AF_RDS),
		C(SOCK_STREAM),
		C(SOCK_DGRAM),
		C(SOCK_RAW),
		C(SOCK_SEQPACKET),
		C(SOCK_PACKET),
		C(SOCK_CLOEXEC),
		C(SOCK_NONBLOCK),
		C(IPPROTO_TCP),
		C(IPPROTO_SCTP),
		C(IPPROTO_MPTCP),
		C(CLONE_NEWUSER),
		C(CLONE_NEWNS),
		C(CLONE_NEWNET),
		C(CLONE_THREAD),
		C(CLONE_VM),
		C(CLONE_NEWCGROUP),
		C(CLONE_IO),
		C(SIGCHLD),
		C(SIGKILL),
		C(SIGSYS),
		C(PR_SET_NAME),
		C(PR_SET_NO_NEW_PRIVS),
		C(PR_SET_SECCOMP),
		C(PR_SET_MM),
		C(PR_SET_PTRACER),
		C(TIOCSTI),
		C(TIOCLINUX),
		C(TIOCGWINSZ),
		C(TCGETS),
		C(FIONREAD),
		C(FIONBIO),
		C(FIOCLEX),
		C(SIOCGIFCONF),
		C(SIOCSIFFLAGS),
		C(TUNSETIFF),
		C(KVM_RUN),
		C(KVM_CREATE_VM),
		C(F_GETFL),
		C(F_SETFL),
		C(F_DUPFD_CLOEXEC),
		C(F_ADD_SEALS),
		C(PER_LINUX32),
		C(ADDR_NO_RANDOMIZE),
		C(READ_IMPLIES_EXEC),
		C(PROT_EXEC),
		C(PROT_WRITE),
		C(MAP_PRIVATE),
		C(MAP_ANONYMOUS),
		C(MAP_FIXED),
		C(MAP_STACK),
		C(MADV_DONTNEED),
		C(MADV_WILLNEED),
		C(MREMAP_MAYMOVE),
		C(BPF_PROG_LOAD),
		C(BPF_MAP_CREATE),
		C(BPF_LINK_CREATE),
		C(KEYCTL_READ),
		C(KEYCTL_JOIN_SESSION_KEYRING),
		C(PTRACE_TRACEME),
		C(PTRACE_ATTACH),
		C(PTRACE_SEIZE),
		C(PTRACE_POKEDATA),
		C(SECCOMP_SET_MODE_FILTER),
		C(SECCOMP_FILTER_FLAG_NEW_LISTENER),
		C(O_CREAT),
		C(O_WRONLY),
		C(O_RDWR),
		C(O_CLOEXEC),
		C(O_DIRECTORY),
		C(O_TMPFILE),
		C(O_PATH),
		C(O_SYNC),
		C(O_NONBLOCK),
		C(AT_EMPTY_PATH),
		C(AT_SYMLINK_NOFOLLOW),
		C(AT_REMOVEDIR),
		C(EPOLL_CTL_ADD),
		C(EPOLL_CLOEXEC),
		C(EFD_SEMAPHORE),
		C(FUTEX_WAIT_BITSET),
		C(FUTEX_PRIVATE_FLAG),
		C(FUTEX_LOCK_PI),
		C(MS_BIND),
		C(MS_REC),
		C(MS_NOSUID),
		C(MS_PRIVATE),
		C(MNT_DETACH),
		C(RLIMIT_NOFILE),
		C(RLIMIT_CORE),
		C(WNOHANG),
		C(LINUX_REBOOT_CMD_RESTART),
		C(LINUX_REBOOT_CMD_KEXEC),
		C(STATX_BTIME),
		C(SOL_NETLINK),
		C(SO_PEERCRED),
		C(SO_ATTACH_FILTER),
		C(SO_REUSEPORT),
		C(MSG_NOSIGNAL),
		C(CLONE_NEWTIME),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t v = 12345;

		if (!snug_constant_value(cases[i].name, &v) || v != cases[i].value)
			fail_msg("%s is %#llx, not %#llx", cases[i].name,
				 (unsigned long long)cases[i].value, (unsigned long long)v);
	}
}

static void constants_have_names(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_string_equal(snug_constant_name("AF", 2), "AF_INET");
	assert_string_equal(snug_constant_name("AF", 1), "AF_UNIX");
	assert_string_equal(snug_constant_name("AT_FD", 0xffffff9c), "AT_FDCWD");
	assert_string_equal(snug_constant_name("AT_FD", UINT64_C(0xffffffffffffff9c)), "AT_FDCWD");
	assert_null(snug_constant_name("AT_FD", UINT64_C(0x1ffffff9c)));
	assert_null(snug_constant_name("AF", 4711));
	assert_null(snug_constant_name("NO_SUCH_SET", 0));
	assert_null(snug_constant_name(NULL, 0));
	assert_false(snug_constant_value("AF_INTE", &v));
	assert_false(snug_constant_value("", &v));
	assert_int_equal(v, 7);
}

/* A name must lead to its value; which of two names a value leads to, the table's order says. */
static void names_and_values_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < snug_n_constant_sets; i++) {
		const struct snug_constant_set *set = &snug_constant_sets[i];

		assert_true(set->n > 0 && set->first + set->n <= snug_n_constant_rows);
		for (size_t k = 0; k < set->n; k++) {
			const struct snug_constant_row *row = &snug_constant_rows[set->first + k];
			const char *name = snug_constant_name(set->name, row->value);
			uint64_t v;

			assert_non_null(name);
			assert_true(snug_constant_value(name, &v) && v == row->value);
			assert_true(snug_constant_value(row->name, &v) && v == row->value);
			assert_int_equal(row->value & ~row->mask, 0);
		}
	}
}

static void calls_have_arguments(void **state)
{
	const struct snug_call_arg *a;

	(void)state;
	assert_int_equal(snug_call_n_args("openat"), 4);
	assert_int_equal(snug_call_n_args("getpid"), 0);
	assert_int_equal(snug_call_n_args("mmap"), 6);
	assert_int_equal(snug_call_n_args("opne"), -1);
	a = snug_call_arg("socket", 0);
	assert_int_equal(a->kind, SNUG_ARG_ENUM);
	assert_string_equal(a->name, "family");
	assert_string_equal(a->set, "AF");
	assert_true(a->is_int);
	assert_int_equal(snug_call_arg("socket", 1)->kind, SNUG_ARG_FLAGS);
	assert_int_equal(snug_call_arg("openat", 0)->kind, SNUG_ARG_FD);
	assert_int_equal(snug_call_arg("openat", 1)->kind, SNUG_ARG_POINTER);
	assert_false(snug_call_arg("openat", 1)->is_int);
	assert_int_equal(snug_call_arg("read", 2)->kind, SNUG_ARG_VALUE);
	assert_false(snug_call_arg("mmap", 3)->is_int);
	assert_true(snug_call_arg("clone", 0)->is_int);
	assert_int_equal(snug_call_arg("getpid", 0)->kind, SNUG_ARG_NONE);
	assert_int_equal(snug_call_arg("socket", 3)->kind, SNUG_ARG_NONE);
	assert_int_equal(snug_call_arg("socket", 77)->kind, SNUG_ARG_NONE);
	assert_int_equal(snug_call_arg("opne", 0)->kind, SNUG_ARG_UNKNOWN);
}

static bool is_without_arguments_table(const char *name)
{
	static const char *const names[] = { "cacheflush", "sigsuspend", NULL };

	for (const char *const *n = names; *n; n++)
		if (strcmp(*n, name) == 0)
			return true;
	return snug_syscall_category(name) == SNUG_CATEGORY_OBSOLETE;
}

static void every_living_call_is_described(void **state)
{
	(void)state;
	for (const char *const *name = snug_syscall_names(); *name; name++)
		if (snug_call_n_args(*name) < 0 && !is_without_arguments_table(*name))
			fail_msg("data/call-arguments.csv lacks %s", *name);
	for (size_t i = 0; i < snug_n_call_rows; i++) {
		const struct snug_call_row *row = &snug_call_rows[i];

		if (i)
			assert_true(strcmp(snug_call_rows[i - 1].name, row->name) < 0);
		for (int k = 0; k < row->n_args; k++) {
			assert_non_null(row->args[k].name);
			assert_true(row->args[k].kind >= SNUG_ARG_VALUE);
			if (row->args[k].kind == SNUG_ARG_ENUM)
				assert_non_null(row->args[k].set);
		}
	}
}

#define EQ(index, value)                                                                           \
	{                                                                                          \
		index, SNUG_CMP_EQ, value, 0, false                                                \
	}
#define MASKED(index, mask, value)                                                                 \
	{                                                                                          \
		index, SNUG_CMP_MASKED_EQ, mask, value, true                                       \
	}

static void conditions_read_like_c(void **state)
{
	static const struct {
		const char *call;
		struct snug_seccomp_arg cond;
		const char *text;
	} cases[] = {
		{ "socket", { 0, SNUG_CMP_EQ, AF_INET, 0, false }, "family == AF_INET" },
		{ "socket", { 0, SNUG_CMP_NE, AF_VSOCK, 0, false }, "family != AF_VSOCK" },
		{ "socket", { 0, SNUG_CMP_EQ, 4711, 0, false }, "family == 0x1267" },
		{ "socket",
		  { 1, SNUG_CMP_EQ, SOCK_DGRAM | SOCK_CLOEXEC, 0, false },
		  "type == (SOCK_DGRAM|SOCK_CLOEXEC)" },
		{ "socket",
		  { 1, SNUG_CMP_MASKED_EQ, 0xf, SOCK_RAW, true },
		  "(type & 0xf) == SOCK_RAW" },
		{ "clone",
		  { 0, SNUG_CMP_MASKED_EQ, 0x7e020000, 0, true },
		  "!(flags & CLONE_NEW*)" },
		{ "clone",
		  { 0, SNUG_CMP_MASKED_EQ, CLONE_NEWUSER | CLONE_VM, 0, true },
		  "!(flags & (CLONE_VM|CLONE_NEWUSER))" },
		{ "clone",
		  { 0, SNUG_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER, true },
		  "flags & CLONE_NEWUSER" },
		{ "clone",
		  { 0, SNUG_CMP_MASKED_EQ, CLONE_VM | CLONE_FS, CLONE_VM | CLONE_FS, true },
		  "(flags & (CLONE_VM|CLONE_FS)) == (CLONE_VM|CLONE_FS)" },
		{ "ioctl", { 1, SNUG_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI, true }, "cmd == TIOCSTI" },
		{ "ioctl", { 1, SNUG_CMP_NE, TIOCSTI, 0, false }, "cmd != TIOCSTI" },
		{ "openat", { 2, SNUG_CMP_EQ, O_RDONLY, 0, false }, "flags == O_RDONLY" },
		{ "openat",
		  { 2, SNUG_CMP_EQ, O_RDONLY | O_CLOEXEC, 0, false },
		  "flags == (O_RDONLY|O_CLOEXEC)" },
		{ "openat", { 0, SNUG_CMP_EQ, 0xffffff9c, 0, false }, "dfd == AT_FDCWD" },
		{ "read", { 0, SNUG_CMP_LE, 2, 0, false }, "fd <= 2" },
		{ "read", { 2, SNUG_CMP_GT, 5, 0, false }, "count > 5" },
		{ "read", { 5, SNUG_CMP_GE, 5, 0, false }, "arg5 >= 5" },
		{ "tuxcall", { 2, SNUG_CMP_LT, 5, 0, false }, "arg2 < 5" },
		{ "opne", { 1, SNUG_CMP_EQ, UINT64_MAX, 0, false }, "arg1 == -1" },
		{ "opne",
		  { 1, SNUG_CMP_MASKED_EQ, 0xff00, 0x1200, true },
		  "(arg1 & 0xff00) == 0x1200" },
		{ "personality",
		  { 0, SNUG_CMP_EQ, UINT32_MAX, 0, false },
		  "personality == 0xffffffff" },
		{ "personality",
		  { 0, SNUG_CMP_EQ, PER_LINUX32 | UNAME26, 0, false },
		  "personality == (PER_LINUX32|UNAME26)" },
		{ "openat", MASKED(2, 3, 0), "(flags & 0x3) == O_RDONLY" },
		{ "openat", MASKED(2, O_CREAT | 3, O_CREAT | O_RDWR),
		  "(flags & 0x43) == (O_RDWR|O_CREAT)" },
		{ "clone", MASKED(0, 0x7e0200ff, SIGCHLD), "(flags & 0x7e0200ff) == SIGCHLD" },
		{ "clone", MASKED(0, 0x7e020080, 0), "!(flags & (CLONE_NEW*|0x80))" },
		{ "openat", MASKED(2, 0, 0), "(flags & 0) == 0" },
		{ "mprotect", EQ(2, 0), "prot == PROT_NONE" },
		{ "mprotect", EQ(2, 5), "prot == (PROT_READ|PROT_EXEC)" },
		{ "mknod", { 1, SNUG_CMP_EQ, 020600, 0, false }, "mode == (S_IFCHR|0600)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		snug_cond_add_text(cases[i].call, &cases[i].cond, &out);
		assert_string_equal(snug_str_text(&out), cases[i].text);
	}
}

static void add(struct snug_argset *s, const struct snug_seccomp_arg *conds, size_t n)
{
	snug_argset_add_conds(s, conds, n, 64);
}

static void expect_text(const char *call, const struct snug_argset *s, const char *text)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

	snug_argset_add_text(call, s, &out);
	assert_string_equal(snug_str_text(&out), text);
}

/* The text of the set of all for which one of the conditions holds, and of the rest. */
static void expect_union(const char *call, const struct snug_seccomp_arg *conds, size_t n,
			 const char *text, const char *rest_text)
{
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset all = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset rest = { 0 };

	for (size_t i = 0; i < n; i++)
		add(&s, &conds[i], 1);
	expect_text(call, &s, text);
	snug_argset_add_all(&all, 64);
	assert_int_equal(snug_argset_subtract(&all, &s, &rest), 0);
	expect_text(call, &rest, rest_text);
}

static void sets_read_like_calls(void **state)
{
	static const struct snug_seccomp_arg families[] = { EQ(0, AF_INET), EQ(0, AF_INET6) };
	static const struct snug_seccomp_arg no_namespaces[] = { MASKED(0, 0x7e020000, 0) };
	static const struct snug_seccomp_arg no_user[] = { MASKED(0, CLONE_NEWUSER, 0) };
	static const struct snug_seccomp_arg raw[] = { MASKED(1, 0xf, SOCK_RAW) };
	static const struct snug_seccomp_arg sti[] = { MASKED(1, UINT32_MAX, TIOCSTI) };
	static const struct snug_seccomp_arg not_vsock[] = { { 0, SNUG_CMP_NE, AF_VSOCK, 0, 0 } };
	static const struct snug_seccomp_arg neighbours[] = { EQ(0, AF_UNIX), EQ(0, AF_INET),
							      EQ(0, AF_INET6) };
	static const struct snug_seccomp_arg many[] = { { 0, SNUG_CMP_LE, AF_X25, 0, 0 } };
	static const struct snug_seccomp_arg low[] = { { 0, SNUG_CMP_LE, 2, 0, 0 } };
	static const struct snug_seccomp_arg personalities[] = { EQ(0, 0), EQ(0, 8), EQ(0, 0x20000),
								 EQ(0, 0x20008),
								 EQ(0, UINT32_MAX) };
	static const struct snug_seccomp_arg types[] = { MASKED(1, 0xf, SOCK_STREAM),
							 MASKED(1, 0xf, SOCK_SEQPACKET) };
	static const struct snug_seccomp_arg commands[] = { EQ(1, 0), EQ(1, 1), EQ(1, 2), EQ(1, 3),
							    EQ(1, 4) };
	static const struct snug_seccomp_arg ways[] = { EQ(1, O_RDONLY), EQ(1, O_WRONLY),
							EQ(1, O_RDWR) };

	(void)state;
	expect_union("socket", types, 2, "socket(_, type SOCK_STREAM or SOCK_SEQPACKET, ...)",
		     "socket(_, type none of SOCK_STREAM or SOCK_SEQPACKET, ...)");
	expect_union("fcntl", commands, 5, "fcntl(_, F_DUPFD|F_GETFD|F_SETFD|F_GETFL|F_SETFL, ...)",
		     "fcntl(_, >= F_GETLK, ...)");
	expect_union("open", ways, 3, "open(_, O_RDONLY or O_WRONLY or O_RDWR, ...)",
		     "open(_, >= 0x3, ...)");
	expect_union("socket", families, 2, "socket(AF_INET|AF_INET6, ...)",
		     "socket(not AF_INET|AF_INET6, ...)");
	/* 1 and 2 */
	expect_union("socket", neighbours, 3, "socket(AF_UNIX|AF_INET|AF_INET6, ...)",
		     "socket(not AF_UNIX|AF_INET|AF_INET6, ...)");
	expect_union("socket", many, 1, "socket(<= AF_X25, ...)", "socket(>= AF_INET6, ...)");
	expect_union("clone", no_namespaces, 1, "clone without CLONE_NEW*",
		     "clone with any of CLONE_NEW*");
	expect_union("clone", no_user, 1, "clone without CLONE_NEWUSER",
		     "clone with CLONE_NEWUSER");
	expect_union("socket", raw, 1, "socket(_, type SOCK_RAW, ...)",
		     "socket(_, type not SOCK_RAW, ...)");
	expect_union("ioctl", sti, 1, "ioctl(_, TIOCSTI, ...)", "ioctl(_, != TIOCSTI, ...)");
	expect_union("socket", not_vsock, 1, "socket(!= AF_VSOCK, ...)", "socket(AF_VSOCK, ...)");
	expect_union("read", low, 1, "read(<= 2, ...)", "read(>= 3, ...)");
	expect_union("personality", personalities, 5,
		     "personality(PER_LINUX or PER_LINUX32 or PER_LINUX|UNAME26 or "
		     "PER_LINUX32|UNAME26 or 0xffffffff)",
		     "personality(none of PER_LINUX or PER_LINUX32 or PER_LINUX|UNAME26 or "
		     "PER_LINUX32|UNAME26 or 0xffffffff)");
}

static void sets_with_several_arguments(void **state)
{
	static const struct snug_seccomp_arg one[] = { EQ(0, AF_INET),
						       MASKED(1, 0xf, SOCK_STREAM) };
	static const struct snug_seccomp_arg two[] = { EQ(0, AF_INET6),
						       MASKED(1, 0xf, SOCK_STREAM) };
	static const struct snug_seccomp_arg three[] = { EQ(0, AF_UNIX), EQ(2, 0) };
	CLEANUP(snug_argset_done) struct snug_argset s = { 0 };

	(void)state;
	add(&s, one, 2);
	add(&s, two, 2);
	expect_text("socket", &s, "socket(AF_INET|AF_INET6, type SOCK_STREAM, ...)");
	add(&s, three, 2);
	expect_text("socket", &s,
		    "socket(AF_UNIX, _, IPPROTO_IP) or "
		    "socket(AF_INET|AF_INET6, type SOCK_STREAM, ...)");
}

static void everything_and_nothing(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset all = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset all32 = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset none = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset last = { 0 };
	static const struct snug_seccomp_arg beyond[] = { { 5, SNUG_CMP_GE, 3, 0, false } };

	(void)state;
	snug_argset_add_all(&all, 64);
	snug_argset_add_all(&all32, 32);
	expect_text("socket", &all, "socket(...)");
	expect_text("socket", &all32, "socket(...)");
	expect_text("getpid", &all, "getpid()");
	expect_text("opne", &all, "opne(...)");
	expect_text("a\033[1m", &all, "a\\x1b[1m(...)");
	expect_text("socket", &none, "no socket");
	add(&last, beyond, 1);
	expect_text("socket", &last, "socket(_, _, _, _, _, >= 3)");
}

/* Whatever the set, the text is short. */
static void long_texts_are_cut(void **state)
{
	CLEANUP(snug_argset_done) struct snug_argset wide = { 0 };
	CLEANUP(snug_argset_done) struct snug_argset deep = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		const struct snug_seccomp_arg conds[] = { EQ(0, i * 1000003),
							  EQ(1, i * i * 77 + 3) };

		add(&wide, conds, 1);
		add(&deep, conds, 2);
	}
	for (int i = 0; i < 2; i++) {
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;

		snug_argset_add_text("ioctl", i ? &deep : &wide, &out);
		assert_true(out.len > 100 && out.len < 600);
		assert_non_null(strstr(snug_str_text(&out), "..."));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constants_are_those_of_c),
		cmocka_unit_test(constants_have_names),
		cmocka_unit_test(names_and_values_agree),
		cmocka_unit_test(calls_have_arguments),
		cmocka_unit_test(every_living_call_is_described),
		cmocka_unit_test(conditions_read_like_c),
		cmocka_unit_test(sets_read_like_calls),
		cmocka_unit_test(sets_with_several_arguments),
		cmocka_unit_test(everything_and_nothing),
		cmocka_unit_test(long_texts_are_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
