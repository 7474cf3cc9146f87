#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Attacks with calls that a program makes, and with arguments that it never uses: the profile that
# only knows calls lets them pass, the one that knows arguments stops each, and says its name.

# shellcheck disable=SC2154,SC2034  # bpf-test.bash sets and takes them
load ../lib/bpf-test

# One recording, of a program that makes all these calls as programs do every day: what one attack
# needs may not be what another row does.
setup_file() {
	((EUID == 0)) || return 0
	[[ -r /sys/kernel/btf/vmlinux ]] || return 0
	state=$BATS_FILE_TMPDIR
	work=$state/work
	record_args=(--args)
	record all "$SNUG_PROGRAMS/attack" --all
	is_complete "$state/all.recording"
	derive calls --args=off
	derive arguments --args=security
	derive no-clone3 --args=security --clone3=enosys
}

setup() {
	need_bpf
	attack=$SNUG_PROGRAMS/attack
	profiles=$BATS_FILE_TMPDIR
}

# derive NAME OPTIONS...: a profile that refuses with an errno that no kernel knows
derive() {
	local to=$state/$1.json
	shift
	"$SNUG" derive -q -n "$@" -t raw-seccomp -o - "$state/all.recording" |
		jq '.defaultErrnoRet = 3999' >"$to"
}

# under PROFILE NAME: what the attack says of itself
under() {
	"$SNUG" run -q --json "$state/refused" -p "$profiles/$1.json" -- "$attack" "$2" 2>"$state/err"
}

# stopped CALL: the test's description is the attack's name
stopped() {
	local name=$BATS_TEST_DESCRIPTION said

	said=$(under calls "$name")
	[[ $said == "the kernel has it" ]] || {
		echo "a profile that knows only calls: $said" >&2
		return 1
	}
	said=$(under arguments "$name")
	[[ $said == stopped ]] || {
		echo "a profile that knows arguments: $said" >&2
		return 1
	}
	diff <(printf '%s\n' "$1") <(jq -r '.refused[].call' "$state/refused") >&2
	# libseccomp's reading, which has no names, does the same
	said=$("$SNUG_PROGRAMS/../drivers/runc-run" "$profiles/arguments.json" "$attack" "$name")
	[[ $said == stopped ]]
}

@test "socket-alg" { stopped 'socket(AF_ALG, SOCK_SEQPACKET, IPPROTO_IP)'; }
@test "socket-vsock" { stopped 'socket(AF_VSOCK, SOCK_STREAM, IPPROTO_IP)'; }
@test "socket-packet" { stopped 'socket(AF_PACKET, SOCK_RAW, IPPROTO_IP)'; }
@test "socket-netlink" { stopped 'socket(AF_NETLINK, SOCK_RAW, IPPROTO_IP)'; }
@test "socket-raw" { stopped 'socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)'; }
@test "socket-protocol" { stopped 'socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)'; }
@test "socket-upper-half" { stopped 'socket(AF_ALG, SOCK_SEQPACKET, IPPROTO_IP)'; }
@test "socketpair-tipc" { stopped 'socketpair(AF_TIPC, SOCK_STREAM, IPPROTO_IP, NULL)'; }
@test "setsockopt-netfilter" { stopped 'setsockopt(-1, SOL_IP, 64, NULL, 0)'; }
@test "clone-newuser" { stopped 'clone(SIGCHLD|CLONE_NEWUSER, NULL, NULL, NULL, 0)'; }
@test "clone-newnet" { stopped 'clone(SIGCHLD|CLONE_NEWNET, NULL, NULL, NULL, 0)'; }
@test "unshare-newuser" { stopped 'unshare(CLONE_NEWUSER)'; }
@test "setns-newuser" { stopped 'setns(-1, CLONE_NEWUSER)'; }
@test "setns-any" { stopped 'setns(-1, 0)'; }
@test "mount-bind" { stopped 'mount("/nowhere/at/all", "/nowhere/at/all", NULL, MS_BIND, NULL)'; }
@test "ioctl-tiocsti" { stopped 'ioctl(-1, TIOCSTI, 0)'; }
@test "ioctl-tiocsti-upper-half" { stopped 'ioctl(-1, TIOCSTI, 0)'; }
@test "ioctl-tioclinux" { stopped 'ioctl(-1, TIOCLINUX, 0)'; }
@test "ptrace-attach" { stopped 'ptrace(PTRACE_ATTACH, -1, 0, 0)'; }
@test "kill-kill" { stopped 'kill(0x7ffffff0, SIGKILL)'; }
@test "tgkill-stop" { stopped 'tgkill(0x7ffffff0, 0x7ffffff0, SIGSTOP)'; }
@test "sigqueue-kill" { stopped 'rt_sigqueueinfo(0x7ffffff0, SIGKILL, NULL)'; }
@test "fcntl-setown" { stopped 'fcntl(-1, F_SETOWN, 1)'; }
@test "mmap-wx" { stopped 'mmap(0, 4096, PROT_WRITE|PROT_EXEC, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)'; }
@test "mprotect-exec" { stopped 'mprotect(0, 0, PROT_READ|PROT_EXEC)'; }
@test "pkey-mprotect-exec" { stopped 'pkey_mprotect(0, 0, PROT_READ|PROT_EXEC, 0xffffffff)'; }
@test "shmat-exec" { stopped 'shmat(0xffffffff, 0, SHM_EXEC)'; }
@test "personality-read-implies-exec" { stopped 'personality(PER_LINUX|READ_IMPLIES_EXEC)'; }
@test "personality-no-randomize" { stopped 'personality(PER_LINUX|ADDR_NO_RANDOMIZE)'; }
@test "madvise-hwpoison" { stopped 'madvise(0, 0, MADV_HWPOISON)'; }
@test "execveat-no-file" { stopped 'execveat(-1, "", NULL, NULL, AT_EMPTY_PATH)'; }
@test "bpf-prog-load" { stopped 'bpf(BPF_PROG_LOAD, NULL, 0)'; }
@test "keyctl-join" { stopped 'keyctl(KEYCTL_JOIN_SESSION_KEYRING, -1, 0, 0, 0)'; }
@test "prctl-seccomp" { stopped 'prctl(PR_SET_SECCOMP, 99, 0, 0, 0)'; }
@test "prctl-ptracer" { stopped 'prctl(PR_SET_PTRACER, -1, 0, 0, 0)'; }
@test "seccomp-listener" { stopped 'seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, NULL)'; }
@test "modify-ldt-write" { stopped 'modify_ldt(1, NULL, 0)'; }
@test "arch-prctl-cpuid" { stopped 'arch_prctl(ARCH_SET_CPUID, 1)'; }
@test "syslog-clear" { stopped 'syslog(0x105, NULL, 0)'; }
@test "chmod-setuid" { stopped 'chmod("/nowhere/at/all", S_ISUID|0755)'; }
@test "fchmodat-setgid" { stopped 'fchmodat(AT_FDCWD, "/nowhere/at/all", S_ISGID|0755)'; }
@test "mknod-device" { stopped 'mknod("/nowhere/at/all", S_IFBLK|0600, 0)'; }

@test "every attack has its test here" {
	diff <("$attack" --list | sort) \
		<(sed -nE 's/^@test "([a-z0-9-]+)" \{ stopped .*/\1/p' "$BATS_TEST_FILENAME" | sort)
}

@test "clone3: its flags are hidden, unless it is refused as on an older kernel" {
	[[ $(under arguments clone3-newuser) == "the kernel has it" ]]
	[[ $(under no-clone3 clone3-newuser) == "no such call" ]]
	[[ $(under no-clone3 clone-newuser) == stopped ]]
}

@test "another ABI is no way around" {
	local status=0

	"$SNUG" run -q -p "$profiles/arguments.json" -- "$attack" i386-socketcall 2>"$state/err" ||
		status=$?
	((status == 128 + 31)) # SIGSYS
	grep -q socketcall "$state/err"
}

@test "what is stopped can be allowed by name, and nothing else with it" {
	under arguments socket-alg >"$state/out"
	cp "$profiles/arguments.json" "$state/amended.json"
	"$SNUG" amend -y -p "$state/amended.json" --from "$state/refused" >"$state/out" 2>&1
	grep -q 'socket(AF_ALG' "$state/out"
	[[ $("$SNUG" run -q -p "$state/amended.json" -- "$attack" socket-alg) == "the kernel has it" ]]
	[[ $("$SNUG" run -q -p "$state/amended.json" -- "$attack" socket-vsock) == stopped ]]
}
