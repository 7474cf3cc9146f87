#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug run: a command under a profile.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli
load ../lib/run

setup() {
	enter_work_dir
	programs=${SNUG_PROGRAMS:-$(dirname "$SNUG")/../../tests/programs}
}

@test "the exit status is the command's; stdin, stdout, stderr pass through" {
	profile ALLOW
	for code in 0 1 42 255; do
		snug_run -q -p p.json -- sh -c "exit $code"
		status_is "$code"
		is_empty out err
	done
	seq 10000 >numbers
	"$SNUG" run -q -p p.json -- cat <numbers >copy
	cmp copy numbers
	snug_run -q -p p.json sh -c 'echo out; echo err >&2'
	same "$(cat out) $(cat err)" "out err"
	snug_run -q -p p.json echo -p x --strict
	same "$(cat out)" "-p x --strict"
}

@test "killed by a signal: 128 and its number" {
	profile ALLOW
	for signo in 1 2 9 15; do
		snug_run -q -p p.json -- sh -c "kill -$signo \$\$"
		status_is $((128 + signo))
	done
}

@test "signals to snug reach the command" {
	profile ALLOW
	in_background "$SNUG" run -q -p p.json -- \
		sh -c 'trap "echo got-usr1" USR1; trap "exit 9" TERM; : >begun; while :; do sleep 0.02; done'
	wait_until test -e begun
	kill -USR1 "$pid"
	wait_until grep -q got-usr1 bg.out
	kill -TERM "$pid"
	finish
	same "$status" 9
	rm begun
	in_background "$SNUG" run -q -p p.json -- sh -c ': >begun; exec sleep 60'
	wait_until test -e begun
	kill -INT "$pid"
	finish
	same "$status" 130
}

@test "a denied call fails with EPERM, or what errnoRet says" {
	profile ALLOW ERRNO:mkdir ERRNO:mkdirat
	snug_run -q -p p.json -- mkdir d
	status_is 1
	has err "Operation not permitted"
	[ ! -e d ]
	jq '.syscalls[].errnoRet = 30' p.json >q.json
	snug_run -q -p q.json -- mkdir d
	has err "Read-only file system"
}

@test "the command runs unchanged under its own profile, and is stopped outside it" {
	need_bpf
	for type in seccomp raw-seccomp; do
		"$SNUG" record -q -n -t $type -o own -- ls -l /usr >recorded
		snug_run -q -p own -- ls -l /usr
		status_is 0
		cmp out recorded
		snug_run -q -p own -- mkdir made
		((status != 0))
		[ ! -e made ]
	done
}

@test "the default profile: profile.yaml in TMPDIR" {
	need_bpf
	"$SNUG" record -q -- true
	snug_run -- true
	status_is 0
	has err "Reading file $work/profile.yaml"
	rm profile.yaml
	snug_run -- true
	status_is 1
	one_line_of_error
	has err "$work/profile.yaml"
}

one_line_of_error() {
	grep "Unable to run" err >error
	one_line error
}

@test "the well-known profile by its name" {
	[[ -r /usr/share/containers/seccomp.json ]] || skip "containers-common is not installed"
	try "$SNUG" run -q -p docker-default -- grep '^Seccomp:' /proc/self/status
	status_is 0
	has out "2"
}

@test "off a terminal: the lines that spoc's users look for; -q: none" {
	profile ALLOW
	snug_run -p p.json -- sh -c 'echo $$'
	has err "Reading file p.json" "Setting up seccomp" "Load seccomp profile" "Running command with PID: $(cat out)"
	snug_run -q -p p.json -- true
	is_empty err
}

@test "no such command 127, not executable 126, the profile's own errors 1" {
	profile ALLOW
	snug_run -q -p p.json -- no-such-command
	status_is 127
	one_line err
	echo x >plain
	snug_run -q -p p.json -- ./plain
	status_is 126
	one_line err
	snug_run -q -p no-such-file -- true
	status_is 1
	one_line err
	has err no-such-file
	snug_run -q -t apparmor -p p.json -- true
	status_is 1
	has err "unsupported type: apparmor"
	snug_run -q -t seccomp -p p.json -- true
	status_is 0
}

@test "a profile without execve: 126, and what to do" {
	profile ERRNO ALLOW:read
	snug_run -q -p p.json -- true
	status_is 126
	one_line err
	has err execve
	profile ALLOW ERRNO:execve
	snug_run -q -p p.json -- true
	status_is 126
	has err execve
}

@test "a profile that kills over execve says so" {
	need_bpf
	profile ALLOW KILL_PROCESS:execve
	snug_run -q -p p.json -- true
	status_is 159
	has err "execve (number"
}

@test "killed by seccomp: which call, its number and ABI" {
	need_bpf
	for action in KILL_PROCESS KILL_THREAD KILL TRAP; do
		profile ALLOW $action:chdir
		snug_run -q -p p.json -- sh -c 'cd /'
		status_is 159
		one_line err
		has err "chdir (number 80, x86_64)" "p.json"
	done
}

@test "killed by seccomp: an i386 call" {
	need_bpf
	[[ -x $programs/i386 ]] || skip "there is no i386 test program"
	echo '{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86"],
		"syscalls":[{"names":["write"],"action":"SCMP_ACT_KILL_PROCESS"}]}' >p.json
	snug_run -q -p p.json -- "$programs/i386"
	status_is 159
	has err "write (number 4, x86)"
}

@test "killed by seccomp: a grandchild" {
	need_bpf
	profile ALLOW KILL_PROCESS:chdir
	snug_run -q -p p.json -- sh -c 'sh -c "cd /"; echo "inner $?"; exit 4'
	status_is 4
	same "$(cat out)" "inner 159"
	has err "chdir (number 80, x86_64)"
	same "$(grep -c chdir err)" 1
}

@test "killed by seccomp: in a PID namespace" {
	need_bpf
	profile ALLOW KILL_PROCESS:chdir
	try unshare -pf --mount-proc "$SNUG" run -q -p p.json -- sh -c 'cd /'
	status_is 159
	has err "chdir (number 80, x86_64)"
}

@test "the default profile is refused where another user has put it" {
	need_root
	mkdir -m 1777 shared
	profile ALLOW KILL_PROCESS:chdir
	cp p.json shared/profile.yaml
	chown 1000 shared/profile.yaml
	TMPDIR=$PWD/shared try "$SNUG" run -q -- true
	status_is 1
	has err "belongs to another user (uid 1000)"
	TMPDIR=$PWD/shared try "$SNUG" run -q -p shared/profile.yaml -- true
	status_is 0
}

@test "killed by seccomp without BPF: that it was a call, and how to learn which" {
	profile ALLOW KILL_PROCESS:chdir
	SNUG_TEST_DISABLE=bpf,kmsg try "$SNUG" run -q -p p.json -- sh -c 'cd /'
	status_is 159
	one_line err
	has err "killed by SIGSYS" "p.json" "as root"
	# where the kernel's log can be read, it may tell (it drops messages when there are many)
	SNUG_TEST_DISABLE=bpf try "$SNUG" run -q -p p.json -- sh -c 'cd /'
	status_is 159
	one_line err
	grep -qE 'chdir \(number 80, x86_64\)|killed by SIGSYS' err
}

@test "a SIGSYS that is not seccomp's is not put down to the profile" {
	need_bpf
	profile ALLOW KILL_PROCESS:chdir
	snug_run -q -p p.json -- sh -c 'kill -SYS $$'
	status_is 159
	has_not err "does not allow chdir"
}

@test "an unprivileged user can run under a profile" {
	need_root
	need_command setpriv
	profile ALLOW ERRNO:chdir
	chmod 755 . && chmod 644 p.json
	try as_nobody "$SNUG" run -q -p p.json -- sh -c 'id -u; grep NoNewPrivs /proc/self/status; cd /'
	((status != 0))
	has out 65534 "$(printf 'NoNewPrivs:\t1')"
	has err "can't cd to /"
}

@test "root's command can still gain privileges: no_new_privs is not set" {
	need_root
	profile ALLOW ERRNO:chdir
	snug_run -q -p p.json -- grep -E 'NoNewPrivs|Seccomp:' /proc/self/status
	has out "$(printf 'NoNewPrivs:\t0')" "$(printf 'Seccomp:\t2')"
}

@test "a profile that notifies is refused: there is nobody to answer" {
	profile ALLOW NOTIFY:chdir
	snug_run -q -p p.json -- touch ran
	status_is 1
	one_line err
	has err SCMP_ACT_NOTIFY
	[ ! -e ran ]
}

@test "content decides what a profile is, not the file's name" {
	profile ALLOW ERRNO:chdir
	cat >crd.yaml <<-X
		apiVersion: security-profiles-operator.x-k8s.io/v1
		kind: SeccompProfile
		metadata: {name: x}
		spec:
		  defaultAction: SCMP_ACT_ALLOW
		  architectures: [$native]
		  syscalls:
		  - action: SCMP_ACT_ERRNO
		    names: [chdir]
	X
	cp p.json oci.yaml
	cp p.json oci
	cp crd.yaml crd.json
	cp crd.yaml crd
	for file in oci.yaml oci crd.json crd; do
		snug_run -q -p "$file" -- true
		status_is 0
		is_empty err
		snug_run -q -p "$file" -- sh -c 'cd /'
		((status != 0))
	done
	try sh -c '"$0" run -q -p - -- sh -c "cd /" <crd' "$SNUG"
	((status != 0 && status < 128))
	has err "cd"
}

@test "a bad profile: one line with file, line and column; the command does not run" {
	printf '{\n  "defaultAction": "SCMP_ACT_ALOW"\n}\n' >bad1
	printf 'kind: SeccompProfile\nspec:\n  defaultAction: SCMP_ACT_ALLOW\n  syscalls: 7\n' >bad2
	printf '{"defaultAction": ' >bad3
	printf 'a: b\n\t- c' >bad4
	: >bad5
	head -c 3000000 /dev/zero | tr '\0' ' ' >bad6
	printf '\377\376{}' >bad7
	for file in bad[1-7]; do
		snug_run -q -p "$file" -- touch ran
		status_is 1
		one_line err
		has err "$file"
		[ ! -e ran ]
	done
	for file in bad[1-4]; do
		snug_run -q -p "$file" -- true
		grep -qE "$file:[0-9]+:[0-9]+: " err
	done
	snug_run -q -p bad1 -- true
	has err "bad1:2:20: " "did you mean 'SCMP_ACT_ALLOW'"
}

@test "unknown fields and names: a warning, with --strict an error" {
	profile ALLOW ERRNO:chdir
	jq '.surprise = 1' p.json >odd.json
	snug_run -p odd.json -- true
	status_is 0
	has err warning surprise
	snug_run -q --strict -p odd.json -- touch ran
	status_is 1
	has err surprise
	[ ! -e ran ]
}

@test "a filter that the kernel refuses: whose, and what that means" {
	need_root
	profile ALLOW ERRNO:chdir
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["seccomp"],"action":"SCMP_ACT_ERRNO","args":[{"index":1,"op":"SCMP_CMP_EQ","value":0}]}]}' >outer.json
	snug_run -q -p outer.json -- "$SNUG" run -q -p p.json -- true
	status_is 1
	has err "p.json" "seccomp(2)"
}
