#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug run --explain: what a profile refuses is told as it happens, and changes nothing.

# shellcheck disable=SC2154,SC2034  # the libraries set and take them
load ../lib/cli
load ../lib/programs.sh
load ../lib/run

setup() {
	enter_work_dir
	SNUG_PROGRAMS=${SNUG_PROGRAMS:-$(dirname "$SNUG")/../../tests/programs}
	more_arches=SCMP_ARCH_X86 # of profile()
}

# on_terminal COMMAND...: try, but on a terminal, which ./out gets
on_terminal() {
	need_command script
	try script -qec "$*" /dev/null </dev/null
	# who reads a terminal byte by byte sees script's end of file, and echoes it
	tr -d '\r\b' <out | sed 's/\^D//' >screen
}

need_program() {
	[[ -x $SNUG_PROGRAMS/$1 ]] || skip "there is no test program $1"
}

@test "explain: call, arguments, program, pid, entry, error; the list and the way on" {
	profile ALLOW ERRNO:mkdir ERRNO:mkdirat
	snug_run --explain -p p.json -- sh -c 'echo $$; exec mkdir -m 755 made'
	status_is 1
	has err "mkdir: cannot create directory" \
		"snug: refused mkdir(\"made\", 0755) with EPERM: mkdir[$(cat out)], by p.json:8:5 (syscalls[0])" \
		"snug: in all, 'p.json' has refused:" "1x mkdir  EPERM" \
		"snug: to allow that: snug amend -p p.json mkdir"
	[ ! -e made ]
	# what gets ENOSYS for libraries to make an older call is not to be allowed
	jq '.syscalls[0] += {"names": ["clone3", "mkdir"], "errnoRet": 38}' p.json >q.json
	snug_run --explain -p q.json -- python3 -I -S -c 'import threading, os
t = threading.Thread(target=os.getpid); t.start(); t.join(); os.mkdir("made")'
	has err "x clone3  ENOSYS" "snug: at ENOSYS for clone3, libraries make clone" \
		"snug: to allow that: snug amend -p q.json mkdir"
	# the answer is the profile's
	jq '.syscalls[].errnoRet = 30' p.json >q.json
	snug_run --explain -p q.json -- mkdir made
	has err "Read-only file system" "with EROFS"
	jq '.syscalls[].errnoRet = 0' p.json >q.json
	snug_run --explain -p q.json -- mkdir made
	status_is 0
	[ ! -e made ]
	has err "with errno 0"
}

@test "explain: the well-known profile is every container's, and not to be changed for one command" {
	[[ -r /usr/share/containers/seccomp.json ]] || skip "containers-common is not installed"
	snug_run --explain -p docker-default -- perl -e 'syscall(323, 0)'
	has err "snug amend -p /usr/share/containers/seccomp.json -o NEW --caps host userfaultfd"
}

@test "explain: the default refuses; each kind of call is told once and counted" {
	profile ALLOW ERRNO:uname
	jq '.defaultAction = "SCMP_ACT_ERRNO" | .syscalls = [{action: "SCMP_ACT_ALLOW",
		names: (["execve", "exit_group", "read", "write", "wait4", "clone", "vfork", "clone3", "futex",
		"openat", "close", "mmap", "brk", "fstat", "newfstatat", "mprotect", "munmap", "arch_prctl",
		"set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom", "access", "pread64",
		"rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "getuid", "getgid", "geteuid", "getegid",
		"getpid", "getppid", "stat"])}]' p.json >d.json
	snug_run --explain -p d.json -- sh -c 'for i in 1 2 3; do uname; done; :'
	status_is 0
	same "$(grep -c 'refused uname(\.\.\.) with EPERM' err)" 1
	has err "by the default of d.json" "3x uname  EPERM" "snug amend -p d.json uname"
}

@test "explain: arguments at which the profile looks tell calls apart" {
	need_command python3
	profile ALLOW ERRNO:chdir
	jq '.architectures = [.architectures[0]] | .syscalls += [{action: "SCMP_ACT_ERRNO", errnoRet: 97,
		names: ["socket"], args: [{index: 0, value: 1, op: "SCMP_CMP_GT"}]}]' p.json >q.json
	snug_run --explain -p q.json -- /usr/bin/python3 -c '
import socket
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_INET):
    try: socket.socket(family, socket.SOCK_STREAM).close()
    except OSError as e: print(e.errno)'
	same "$(tr '\n' ' ' <out)" "97 97 97 "
	has err "refused socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP) with EAFNOSUPPORT" \
		"2x socket(AF_INET)  EAFNOSUPPORT" "1x socket(AF_INET6)" \
		"snug amend -p q.json 'socket(AF_INET)' 'socket(AF_INET6)'"
}

# way_on: what snug said is to be typed, as it is, but for the question
way_on() {
	sed -n 's/.*to allow [a-z ]*: snug amend //p' err >words
	[[ -s words ]]
	(eval "'$SNUG' amend -q --yes $(<words)")
}

@test "explain: what would be too much to type goes through a file" {
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["umask"],
		"action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_NE"}]}]}' >p.json
	# shellcheck disable=SC2016 # for the shell inside
	many='i=64; while [ $i -lt 364 ]; do umask $(printf %o $i); i=$((i + 1)); done'
	snug_run --explain --json refused.json -p p.json -- bash -c "$many"
	has err "1x umask(64)  EPERM" "1x umask(363)  EPERM" \
		"to allow all that: run it with --json FILE, then: snug amend -p p.json --from FILE"
	same "$(awk 'length > 200' err)" ""
	"$SNUG" amend -q --yes -p p.json --from refused.json
	snug_run --explain -p p.json -- bash -c "$many"
	has_not err refused
}

@test "explain: what it says is to be typed works when it is typed" {
	need_command setpriv
	# conditions on arguments that one of the calls does not have, where a register holds anything
	mkdir "a'b \$c"
	cat >"a'b \$c/p.json" <<-X
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getppid", "dup"],
			"action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 4096, "op": "SCMP_CMP_NE"}]}]}
	X
	snug_run --explain -p "a'b \$c/p.json" -- sh -c : # asks for its parent
	has err "1x getppid  EPERM"
	has_not err "getppid(0x"
	way_on
	snug_run --explain -p "a'b \$c/p.json" -- sh -c :
	has_not err refused
	# conditions on capabilities, which the command does not have, and containers do
	cat >caps.json <<-X
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["uname"],
			"action": "SCMP_ACT_ERRNO", "excludes": {"caps": ["CAP_CHOWN"]}}]}
	X
	drop=(setpriv --inh-caps=-all --bounding-set=-all)
	((EUID == 0)) || drop=()
	try "${drop[@]}" "$SNUG" run --explain -p caps.json -- uname
	has err "snug amend -p caps.json --caps host uname"
	sed -n 's/.*: snug amend //p' err >words
	(eval "'${drop[0]:-env}' ${drop[*]:1} '$SNUG' amend -q --yes $(<words)")
	try "${drop[@]}" "$SNUG" run --explain -p caps.json -- uname
	status_is 0
	has_not err refused
}

@test "explain: i386" {
	need_program i386
	profile ALLOW ERRNO:getuid32 ERRNO:socket
	snug_run --explain -p p.json -- "$SNUG_PROGRAMS/i386"
	status_is 0
	same "$(cat out)" i386
	has err "refused getuid32() of x86 with EPERM" "getuid32 (x86)"
	has_not err "call 199"
}

@test "explain: hostile texts of the program are shown escaped" {
	profile ALLOW ERRNO:chdir
	snug_run --explain -p p.json -- sh -c "cd \"\$(printf 'a\033[2J\nx')\""
	has err '/a\x1b[2J\x0ax") with EPERM'
	grep refused err >told
	has_not told "$(printf '\033')"
}

@test "explain: a document for programs and for snug amend" {
	profile ALLOW ERRNO:chdir
	snug_run -q --json r.json -p p.json -- sh -c 'cd /; cd /tmp; true'
	same "$(jq -c '[.snugRefusals, .profile, (.refused[] | .name, .nr, .arch, .count, .errnoRet, .call, .entry)]' r.json)" \
		'[1,"p.json","chdir",80,"x86_64",2,1,"chdir(\"/\")",0]'
	# a run without a refusal leaves one, too
	snug_run -q --json r.json -p p.json -- true
	same "$(jq -c .refused r.json)" "[]"
	profile ALLOW KILL_PROCESS:chdir
	snug_run -q --json r.json -p p.json -- true
	same "$(jq -c .refused r.json)" "[]"
	snug_run -q --json /no/such/dir/r.json -p p.json -- touch ran
	status_is 1
	[ ! -e ran ]
	snug_run -q --explain=false --json r.json -p p.json -- touch ran
	status_is 1
	one_line err
	has err "--json has nothing to write with --explain=false"
	[ ! -e ran ]
}

@test "explain: on a terminal by itself; not elsewhere, not with -q, not with --explain=false" {
	profile ALLOW ERRNO:chdir
	on_terminal "'$SNUG' run -p p.json -- sh -c 'cd /'"
	has screen 'snug: refused chdir("/") with EPERM' "snug amend -p p.json chdir"
	for option in -q --explain=false; do
		on_terminal "'$SNUG' run $option -p p.json -- sh -c 'cd /'"
		has_not screen refused
		has screen "can't cd to /"
	done
	snug_run -p p.json -- sh -c 'cd /'
	has_not err refused
	# and then the filter asks nobody
	snug_run -q -p p.json -- grep -c . /proc/self/status
	status_is 0
}

@test "explain: a program that has the terminal for itself is not disturbed" {
	profile ALLOW ERRNO:chdir
	on_terminal "'$SNUG' run -p p.json -- sh -c 'stty -icanon; cd /; sleep 0.3; echo still; stty icanon'"
	same "$(grep -nE 'still|refused chdir' screen | sed 's/[0-9]*://;s/ with.*//')" \
		"$(printf 'still\nsnug: refused chdir("/")')"
}

@test "explain: nothing else changes: output and status of many programs" {
	export SNUG_PROGRAMS
	profile ALLOW ERRNO:getsid ERRNO:fsync ERRNO:getpriority ERRNO:getppid ERRNO:getpgid ERRNO:socket \
		ERRNO:utimensat ERRNO:fadvise64 ERRNO:ioctl ERRNO:fchdir ERRNO:sysinfo ERRNO:uname
	jq '.syscalls[3].errnoRet = 38' p.json >many.json
	profile=$PWD/many.json
	n=0
	for name in "${all_programs[@]}"; do
		program_command "$name" || continue
		for mode in "" --explain; do
			fresh_work_dir "$work/run"
			status=0
			# shellcheck disable=SC2086 # none or one
			in_clean_env "$SNUG" run -q $mode -p "$profile" -- "${command[@]}" >"../out$mode" \
				2>"../err$mode" || status=$?
			echo "$status" >>"../out$mode"
			sed -i '/ snug: /d' "../err$mode"
			cd ..
		done
		cmp out out--explain || {
			echo "$name differs:"
			diff out out--explain
			return 1
		} >&2
		n=$((n + 1))
	done
	echo "# $n programs" >&3
	((n > 20))
}

@test "explain: threads, children by fork and vfork, signals: each call fails with the same error" {
	need_program refused
	profile ALLOW ERRNO:getppid
	for how in once threads children signals; do
		snug_run --explain --json r.json -p p.json -- "$SNUG_PROGRAMS/refused" $how
		status_is 7
		same "$(cat out)" refused
	done
	snug_run --explain --json r.json -p p.json -- "$SNUG_PROGRAMS/refused" threads
	same "$(jq -r '.refused[].count' r.json)" 8000
}

@test "explain: without privileges" {
	need_root
	need_command setpriv
	need_program refused
	profile ALLOW ERRNO:getppid ERRNO:chdir
	cp "$SNUG_PROGRAMS/refused" refused
	chmod 755 . refused && chmod 644 p.json
	try as_nobody "$SNUG" run --explain -p p.json -- sh -c 'id -u; cd /'
	has out 65534
	has err 'refused chdir("/") with EPERM: sh[' "snug: to allow that: snug amend -p p.json "
	try as_nobody "$SNUG" run --explain -p p.json -- ./refused threads
	status_is 7
}

no_answerer() {
	! grep -qx snug-answers /proc/[0-9]*/comm
}

@test "explain: what outlives the command still gets the profile's answer, and nothing is left" {
	need_program refused
	profile ALLOW ERRNO:getppid
	snug_run --explain -p p.json -- "$SNUG_PROGRAMS/refused" later "$work/errno"
	status_is 7
	wait_until test -s errno
	same "$(cat errno)" 1
	wait_until no_answerer
}

@test "explain: when snug is killed, what is refused stays refused and nothing hangs" {
	need_program refused
	profile ALLOW ERRNO:getppid
	in_background "$SNUG" run --explain -p p.json -- "$SNUG_PROGRAMS/refused" until-changed
	wait_until grep -q calling bg.out
	kill -KILL "$pid"
	finish
	wait_until grep -q '^refused' bg.out
	# ENOSYS: the kernel's answer when the listener is gone
	same "$(sed -n 2p bg.out)" 38
}

@test "explain: execve itself is refused" {
	profile ERRNO ALLOW:read
	snug_run --explain -p p.json -- true
	status_is 126
	has err "refused execve(\"" "snug amend -p p.json execve" "does the profile allow execve?"
}

@test "explain: inside another one: the profile holds, and why nothing is told" {
	profile ALLOW ERRNO:chdir
	snug_run --explain -p p.json -- "$SNUG" run --explain -q -p p.json -- sh -c 'cd /'
	status_is 2
	has err "warning: what is refused cannot be told: a filter in force here has a listener"
	# the outer one tells only what the inner one has not answered
	has_not err "refused chdir"
}

@test "explain: nothing to watch is said when it was asked for" {
	profile ALLOW
	snug_run -q --explain -p p.json -- true
	status_is 0
	one_line err
	has err "nothing to watch: 'p.json' allows every call"
}

@test "explain: what a tracer or an agent would decide gets ENOSYS, as without them, and is told" {
	for action in TRACE NOTIFY; do
		profile ALLOW "$action:uname"
		snug_run --explain --json r.json -p p.json -- uname
		status_is 1
		has err "Function not implemented" "refused uname(...) with ENOSYS instead of asking a" \
			"by p.json:8:5 (syscalls[0])" "snug amend -p p.json uname"
		same "$(jq -c '.refused[] | [.name, .action, .count]' r.json)" "[\"uname\",\"SCMP_ACT_$action\",1]"
		amend_from_run
		snug_run --explain -p p.json -- uname
		status_is 0
		has_not err refused
	done
	# only on request: they may be there
	profile ALLOW TRACE:uname ERRNO:chdir
	on_terminal "'$SNUG' run -p p.json -- sh -c 'cd /; uname'"
	has screen "refused chdir"
	has_not screen "refused uname"
	profile ALLOW NOTIFY:uname
	snug_run -p p.json -- touch ran
	status_is 1
	has err "needs a program that answers" "'snug run' stands in for it with --explain"
	[ ! -e ran ]
}

amend_from_run() {
	"$SNUG" amend -q --yes -p p.json --from r.json
}

@test "explain: a tracer under a profile that asks one goes on working when nobody asked snug to" {
	need_command strace
	profile ALLOW TRACE:chdir
	on_terminal "'$SNUG' run -p p.json -- strace -f -qq --seccomp-bpf -e trace=chdir -o trace sh -c 'cd /tmp'"
	grep -q 'chdir("/tmp") *= 0' trace
	snug_run --explain -p p.json -- strace -f -qq -e trace=chdir -o trace sh -c 'cd /tmp'
	grep -q 'chdir("/tmp") *= -1 ENOSYS' trace
	has err ') with ENOSYS instead of asking a tracer: '
}

@test "explain: calls that trap: each time, in children too, whatever the program makes of it" {
	need_bpf
	need_program refused
	profile ALLOW TRAP:getppid
	snug_run --explain --json r.json -p p.json -- "$SNUG_PROGRAMS/refused" trapped
	status_is 7
	has err "refused getppid(...) with SIGSYS: refused[" "20x getppid  trapped" "snug amend -p p.json getppid"
	same "$(grep -c 'refused getppid' err)" 1
	same "$(jq -c '.refused[] | [.name, .action, .count]' r.json)" '["getppid","SCMP_ACT_TRAP",20]'
	# without it one line of a descendant, however often
	snug_run -p p.json -- "$SNUG_PROGRAMS/refused" trapped
	status_is 7
	same "$(grep -c 'got SIGSYS from seccomp for the call getppid' err)" 1
}

@test "explain: a thread that is killed while others live, which no signal tells" {
	need_audit
	need_program refused
	profile ALLOW KILL_THREAD:getppid
	snug_run --explain --json r.json -p p.json -- "$SNUG_PROGRAMS/refused" thread
	has err "refused getppid(...) by killing the thread: refused[" "1x getppid  killed" \
		"snug amend -p p.json getppid"
	same "$(jq -c '.refused[] | [.name, .action, .count]' r.json)" '["getppid","SCMP_ACT_KILL_THREAD",1]'
	# the only one: by signal and by log, but counted once
	snug_run --explain --json r.json -p p.json -- "$SNUG_PROGRAMS/refused"
	status_is 159
	same "$(jq -c '.refused[] | [.name, .action, .count]' r.json)" '["getppid","SCMP_ACT_KILL_THREAD",1]'
}

@test "explain: an ABI that the profile does not list: an entry would not help, and none is made" {
	need_bpf
	need_program i386
	profile ALLOW
	jq 'del(.architectures[1]) | .syscalls = [{names: ["chdir"], action: "SCMP_ACT_ERRNO"}]' p.json >q.json
	cp q.json before.json
	snug_run --explain --json r.json -p q.json -- "$SNUG_PROGRAMS/i386"
	status_is 159
	has err "of x86 by killing the thread: i386[" "by q.json, which does not list SCMP_ARCH_X86" \
		"snug: to let programs of x86 run at all: add SCMP_ARCH_X86 to its architectures"
	has_not err "snug amend"
	try "$SNUG" amend --yes -p q.json --from r.json
	status_is 0
	has err "what was called on x86 is left out: SCMP_ARCH_X86 is not among" "nothing to change"
	cmp q.json before.json
}

@test "explain: what is logged counts, and is in the document" {
	need_audit
	profile ALLOW LOG:uname ERRNO:chdir
	snug_run --explain --json r.json -p p.json -- sh -c 'uname; uname; cd /'
	has err "in all, 'p.json' has refused or logged:" "2x uname  logged" "1x chdir  EPERM" \
		"snug: to allow that: snug amend -p p.json "
	same "$(grep -c 'snug amend' err)" 1
	same "$(jq -c '[.refused[] | select(.name == "uname") | .action, .count]' r.json)" '["SCMP_ACT_LOG",2]'
	amend_from_run
	snug_run --explain -p p.json -- sh -c 'uname; cd /'
	status_is 0
	has_not err Seccomp refused
}

@test "explain: a kill is named where it can be known, and counts" {
	need_bpf
	profile ALLOW KILL_PROCESS:chdir ERRNO:uname
	snug_run --explain --json r.json -p p.json -- sh -c 'uname; cd /'
	status_is 159
	has err "refused uname(...)" "does not allow chdir (number 80" "1x chdir  killed" \
		"snug amend -p p.json uname chdir"
	same "$(jq -c '.refused[1] | [.name, .action]' r.json)" '["chdir","SCMP_ACT_KILL_PROCESS"]'
}

# Skips where the kernel's audit events cannot be had.
need_audit() {
	need_root
	in_background "$SNUG" audit --follow --source netlink
	wait_until eval 'grep -q Following bg.err || gone "$pid"'
	grep -q Following bg.err || skip "the audit netlink group cannot be read: $(cat bg.err)"
	kill -TERM "$pid"
	finish
}

@test "explain: what the profile logs: the lines that spoc's users look for, of children too" {
	need_audit
	profile ALLOW LOG:uname LOG:chdir
	snug_run -p p.json -- sh -c 'uname; uname; cd /'
	status_is 0
	grep -qE '^[0-9:.]+ Seccomp: uname \(63\)$' err
	grep -qE '^[0-9:.]+ Seccomp: chdir \(80\)$' err
	same "$(grep -c 'Seccomp: ' err)" 2
	has err "snug: to allow what was logged: snug amend -p p.json"
	# nobody reads the log when nobody would see it
	snug_run -q -p p.json -- uname
	is_empty err
	snug_run --explain=false -p p.json -- uname
	has_not err Seccomp
}

@test "explain: what is logged of a child that is given the command's parent" {
	need_audit
	need_command perl
	[[ $(uname -m) == x86_64 ]] || skip "the numbers of the calls are x86-64's"
	profile ALLOW LOG:getpgid
	# clone(CLONE_PARENT | SIGCHLD)
	snug_run -p p.json -- perl -e 'syscall(56, 0x8000 | 17, 0, 0, 0, 0) or syscall(121, 0), exit;
		select undef, undef, undef, 0.3'
	status_is 0
	has err "Seccomp: getpgid (121)"
}

@test "explain: a profile on trial: logged, allowed, enforced" {
	need_audit
	profile ERRNO ALLOW:execve
	"$SNUG" amend -q --yes -p p.json --mode log
	snug_run -p p.json -- uname
	status_is 0
	calls=$(sed -n 's/.*to allow what was logged: snug amend -p p.json //p' err)
	[[ " $calls " == *" uname "* ]]
	# shellcheck disable=SC2086 # several
	"$SNUG" amend -q --yes -p p.json $calls
	"$SNUG" amend -q --yes -p p.json --mode enforce
	snug_run --explain -p p.json -- uname
	status_is 0
	has_not err refused
}

@test "explain: what is logged, without privileges and without a log: each is asked about, and passes" {
	need_root
	need_command setpriv
	need_program refused
	profile ALLOW LOG:uname LOG:getppid
	cp "$SNUG_PROGRAMS/refused" refused
	chmod 755 . refused && chmod 644 p.json && chmod 1777 "$work"
	try as_nobody "$SNUG" run --explain --json r.json -p p.json -- sh -c 'uname -s; (uname -s)'
	status_is 0
	same "$(cat out)" "$(uname -s; uname -s)"
	same "$(grep -c 'Seccomp: uname (63)' err)" 1
	has err "in all, 'p.json' has logged:" "2x uname  logged" "snug amend -p p.json getppid uname"
	same "$(jq -c '.refused[] | select(.nr == 63) | [.name, .action, .count]' r.json)" '["uname","SCMP_ACT_LOG",2]'
	# who outlives the command goes on, too
	try as_nobody "$SNUG" run --explain -p p.json -- ./refused later passed
	wait_until test -s passed
	same "$(cat passed)" 0
	wait_until no_answerer
	# not without being asked: that the log cannot be read is said once
	on_terminal "setpriv --reuid 65534 --regid 65534 --clear-groups '$SNUG' run -p p.json -- uname"
	same "$(grep -c 'what the profile logs cannot be told: cannot read the audit netlink group' screen)" 1
	has_not screen "uname (63)"
}

@test "explain: without privileges, calls that kill or trap: that they cannot be told is said" {
	need_root
	need_command setpriv
	for action in TRAP KILL_PROCESS; do
		profile ALLOW $action:uname
		chmod 755 . && chmod 644 p.json
		try as_nobody "$SNUG" run --explain -q -p p.json -- true
		status_is 0
		one_line err
		has err "calls that kill or trap cannot be told: this takes CAP_BPF and CAP_PERFMON"
	done
}
