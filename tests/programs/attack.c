/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attack --all | --list | NAME
 *
 * Calls that programs make every day, and the same calls with arguments that an attack needs.
 * `--all` makes the everyday ones of every row, which is what is recorded; `NAME` makes those of
 * one row and then the attack.  What the kernel says to either does not matter, most cannot succeed
 * and none does harm: what counts is whether the call gets that far.  A filter that stops it
 * answers STOPPED.
 *
 * Two more are not in the list: clone3-newuser, whose flags no filter sees, and i386-socketcall,
 * which goes by another ABI.
 */
#include "program.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

#include <asm/ldt.h>
#include <asm/prctl.h>
#include <sys/ioctl.h>

enum {
	STOPPED = 3999,          /* no errno of the kernel */
	NOBODY = 0x7ffffff0,     /* no process has that pid */
	IPT_SO_SET_REPLACE = 64, /* linux/netfilter_ipv4/ip_tables.h */
	SYSLOG_ACTION_CLEAR = 5, /* syslog(2) */
	SYSLOG_SIZE_BUFFER = 10,
	PTRACE_GET_NOTHING = 9999, /* no request */
};

#define ABOVE_32 0x100000000L

struct attack {
	const char *name;
	long nr;
	long made[6], attack[6];
};

#define NOWHERE (long)"/nowhere/at/all"

static const struct attack attacks[] = {
	/* protocols that the program has no use for */
	{ "socket-alg", SYS_socket, { AF_INET, SOCK_STREAM }, { AF_ALG, SOCK_SEQPACKET } },
	{ "socket-vsock", SYS_socket, { AF_INET6, SOCK_STREAM }, { AF_VSOCK, SOCK_STREAM } },
	{ "socket-packet", SYS_socket, { AF_UNIX, SOCK_STREAM }, { AF_PACKET, SOCK_RAW } },
	{ "socket-netlink", SYS_socket, { AF_UNIX, SOCK_DGRAM }, { AF_NETLINK, SOCK_RAW } },
	{ "socket-raw", SYS_socket, { AF_INET, SOCK_DGRAM }, { AF_INET, SOCK_RAW, 1 } },
	{ "socket-protocol", SYS_socket, { AF_INET, SOCK_STREAM }, { AF_INET, SOCK_STREAM, 132 } },
	{ "socket-upper-half",
	  SYS_socket,
	  { AF_INET, SOCK_STREAM },
	  { ABOVE_32 | AF_ALG, SOCK_SEQPACKET } },
	{ "socketpair-tipc", SYS_socketpair, { AF_UNIX, SOCK_STREAM }, { AF_TIPC, SOCK_STREAM } },
	{ "setsockopt-netfilter",
	  SYS_setsockopt,
	  { -1, SOL_SOCKET, SO_REUSEADDR },
	  { -1, 0, IPT_SO_SET_REPLACE } },
	/* namespaces */
	{ "clone-newuser", SYS_clone, { SIGCHLD }, { CLONE_NEWUSER | SIGCHLD } },
	{ "clone-newnet", SYS_clone, { SIGCHLD }, { CLONE_NEWNET | SIGCHLD } },
	{ "unshare-newuser", SYS_unshare, { CLONE_FS }, { CLONE_NEWUSER } },
	{ "setns-newuser", SYS_setns, { -1, CLONE_NEWUTS }, { -1, CLONE_NEWUSER } },
	{ "setns-any", SYS_setns, { -1, CLONE_NEWUTS }, { -1, 0 } },
	{ "mount-bind",
	  SYS_mount,
	  { 0, NOWHERE, 0, MS_REMOUNT | MS_RDONLY },
	  { NOWHERE, NOWHERE, 0, MS_BIND } },
	/* the terminal */
	{ "ioctl-tiocsti", SYS_ioctl, { -1, TCGETS }, { -1, TIOCSTI } },
	{ "ioctl-tiocsti-upper-half", SYS_ioctl, { -1, TCGETS }, { -1, ABOVE_32 | TIOCSTI } },
	{ "ioctl-tioclinux", SYS_ioctl, { -1, TIOCGWINSZ }, { -1, TIOCLINUX } },
	/* other processes */
	{ "ptrace-attach", SYS_ptrace, { PTRACE_GET_NOTHING, -1 }, { PTRACE_ATTACH, -1 } },
	{ "kill-kill", SYS_kill, { NOBODY, 0 }, { NOBODY, SIGKILL } },
	{ "tgkill-stop", SYS_tgkill, { NOBODY, NOBODY, SIGUSR1 }, { NOBODY, NOBODY, SIGSTOP } },
	{ "sigqueue-kill", SYS_rt_sigqueueinfo, { NOBODY, SIGUSR1 }, { NOBODY, SIGKILL } },
	{ "fcntl-setown", SYS_fcntl, { -1, F_GETFD }, { -1, F_SETOWN, 1 } },
	/* memory that can be written and executed */
	{ "mmap-wx",
	  SYS_mmap,
	  { 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1 },
	  { 0, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 } },
	{ "mprotect-exec", SYS_mprotect, { 0, 0, PROT_READ }, { 0, 0, PROT_READ | PROT_EXEC } },
	{ "pkey-mprotect-exec",
	  SYS_pkey_mprotect,
	  { 0, 0, PROT_READ, -1 },
	  { 0, 0, PROT_READ | PROT_EXEC, -1 } },
	{ "shmat-exec", SYS_shmat, { -1, 0, SHM_RDONLY }, { -1, 0, SHM_EXEC } },
	{ "personality-read-implies-exec", SYS_personality, { 0xffffffff }, { READ_IMPLIES_EXEC } },
	{ "personality-no-randomize", SYS_personality, { 0xffffffff }, { ADDR_NO_RANDOMIZE } },
	{ "madvise-hwpoison",
	  SYS_madvise,
	  { 0, 0, MADV_DONTNEED },
	  { 0, 0, 100 /* MADV_HWPOISON */ } },
	{ "execveat-no-file",
	  SYS_execveat,
	  { -1, NOWHERE },
	  { -1, (long)"", 0, 0, AT_EMPTY_PATH } },
	/* the kernel's own machinery */
	{ "bpf-prog-load", SYS_bpf, { BPF_MAP_LOOKUP_ELEM }, { BPF_PROG_LOAD } },
	{ "keyctl-join",
	  SYS_keyctl,
	  { KEYCTL_GET_KEYRING_ID, 0 },
	  { KEYCTL_JOIN_SESSION_KEYRING, -1 } },
	{ "prctl-seccomp", SYS_prctl, { PR_GET_DUMPABLE }, { PR_SET_SECCOMP, 99 } },
	{ "prctl-ptracer", SYS_prctl, { PR_GET_DUMPABLE }, { PR_SET_PTRACER, -1 } },
	{ "seccomp-listener",
	  SYS_seccomp,
	  { SECCOMP_GET_ACTION_AVAIL, 0, NOWHERE },
	  { SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER } },
	{ "modify-ldt-write", SYS_modify_ldt, { 0, 0, 0 }, { 1, 0, 0 } },
	{ "arch-prctl-cpuid", SYS_arch_prctl, { ARCH_GET_CPUID }, { ARCH_SET_CPUID, 1 } },
	{ "syslog-clear",
	  SYS_syslog,
	  { SYSLOG_SIZE_BUFFER },
	  { SYSLOG_ACTION_CLEAR | 0x100 /* no action */ } },
	/* files that make others powerful */
	{ "chmod-setuid", SYS_chmod, { NOWHERE, 0755 }, { NOWHERE, S_ISUID | 0755 } },
	{ "fchmodat-setgid",
	  SYS_fchmodat,
	  { AT_FDCWD, NOWHERE, 0644 },
	  { AT_FDCWD, NOWHERE, S_ISGID | 0755 } },
	{ "mknod-device", SYS_mknod, { NOWHERE, S_IFIFO | 0600 }, { NOWHERE, S_IFBLK | 0600 } },
};

static const struct clone_args new_user = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
static const struct attack clone3 = {
	"clone3-newuser", SYS_clone3, { 0, 0 }, { (long)&new_user, sizeof(new_user) }
};

/* Returns the errno, or 0. */
static int make(long nr, const long a[6])
{
	long r = syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);

	if (r == 0 && (nr == SYS_clone || nr == SYS_clone3))
		_exit(0);
	return r < 0 ? errno : 0;
}

/* socket(2) by int $0x80; its arguments would be at an address that is none. */
static int make_on_i386(void)
{
	enum { I386_SOCKETCALL = 102, CALL_SOCKET = 1 };
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(I386_SOCKETCALL), "b"(CALL_SOCKET), "c"(0)
			 : "memory");
	return (int)-ret;
}

static void report(int e)
{
	say(e == STOPPED ? "stopped\n" : e == ENOSYS ? "no such call\n" : "the kernel has it\n");
}

static void try_attack(const struct attack *a, int is_made_only)
{
	int e = make(a->nr, a->made);

	check(e != STOPPED, "the everyday call is refused");
	if (!is_made_only)
		report(make(a->nr, a->attack));
}

static void list(void)
{
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		say(attacks[i].name);
		say("\n");
	}
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "--list";
	int is_all = strcmp(name, "--all") == 0, is_found = is_all;

	if (strcmp(name, "--list") == 0) {
		list();
		return 0;
	}
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
		if (!is_all && strcmp(name, attacks[i].name) != 0)
			continue;
		is_found = 1;
		try_attack(&attacks[i], is_all);
	}
	if (is_all || strcmp(name, clone3.name) == 0) {
		is_found = 1;
		try_attack(&clone3, is_all);
	}
	if (strcmp(name, "i386-socketcall") == 0) {
		is_found = 1;
		report(make_on_i386());
	}
	if (is_all)
		say("all made\n");
	return is_found ? 0 : 2;
}
