#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug merge: several profiles and recordings become one profile.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	profile a.json '"read", "write"'
	profile b.json '"read", "close"'
	resource web.yaml read
	recording one.rec read execve
	recording two.rec write execve
}

# profile FILE NAMES [MORE]
profile() {
	cat >"$1" <<-X
		{ "defaultAction": "SCMP_ACT_ERRNO", ${3:-}
		  "syscalls": [ { "names": [$2], "action": "SCMP_ACT_ALLOW" } ] }
	X
}

# resource FILE NAME
resource() {
	cat >"$1" <<-X
		apiVersion: security-profiles-operator.x-k8s.io/v1
		kind: SeccompProfile
		metadata:
		  name: web
		  labels:
		    team: blue
		spec:
		  defaultAction: SCMP_ACT_ERRNO
		  syscalls:
		  - action: SCMP_ACT_ALLOW
		    names:
		    - $2
		status:
		  status: Installed
	X
}

# recording FILE NAME NAME
recording() {
	local -A nr=([read]=0 [write]=1 [execve]=59)

	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["/usr/bin/My_App"],
		  "exit": {"code": 0}, "complete": true, "lost": {}, "calls": {"x86_64": [
		  {"nr": ${nr[$2]}, "name": "$2"}, {"nr": ${nr[$3]}, "name": "$3"}]}, "execs": [] }
	X
}

merge() {
	try "$SNUG" merge "$@"
}

@test "union: what any of them allows, in the format of the first" {
	merge -o p.json a.json b.json
	status_is 0
	is_empty out
	same "$(names_of p.json | paste -sd' ')" "close read write"
	jq -e '.defaultAction == "SCMP_ACT_ERRNO" and (.syscalls | length == 1)' p.json
	has err "Merging 2 profiles into p.json" "Reading file a.json" "Reading file b.json"
	merge -q -o q.json b.json a.json b.json
	is_empty out err
	cmp p.json q.json
}

@test "intersect: only what all of them allow" {
	merge -q --mode intersect -o - a.json b.json
	status_is 0
	is_empty err
	same "$(names_of out)" read
	merge --mode both a.json
	status_is 2
	one_line err
	has err "--mode: 'both' is neither 'union' nor 'intersect'"
}

@test "a resource keeps its metadata and status, and has one name an entry, sorted" {
	merge -q -o p.yaml web.yaml b.json
	status_is 0
	same "$(names_of p.yaml | paste -sd' ')" "close read"
	same "$(grep -c 'action: SCMP_ACT_ALLOW' p.yaml)" 2
	has p.yaml "name: web" "team: blue" "status: Installed"
	merge -q -o p.json b.json web.yaml
	jq -e '.syscalls[0].names == ["close", "read"]' p.json
}

@test "recordings and profiles, mixed; recordings alone make a resource" {
	merge -q -o - one.rec two.rec
	status_is 0
	has out "kind: SeccompProfile" "name: my-app" SCMP_ARCH_X86_64
	same "$(names_of out | paste -sd' ')" "execve read write"
	merge -q -o - one.rec b.json
	jq -e '.syscalls[0].names == ["close", "execve", "read"]' out
	merge -q -o - - b.json <one.rec
	status_is 0
	jq -e '.syscalls[0].names == ["close", "execve", "read"]' out
}

@test "-t, the default files and names" {
	merge a.json b.json
	jq -e .syscalls profile.json
	merge -t seccomp a.json b.json
	has profile.yaml "kind: SeccompProfile" "name: a"
	merge -t raw-seccomp -o - web.yaml
	jq -e '.syscalls[0].names == ["read"]' out
	merge -t nosuchtype a.json
	status_is 2
	has err "unsupported type: nosuchtype"
}

@test "--check: says whether the first profile has to change, and writes no file" {
	merge --check web.yaml one.rec
	status_is 1
	has err "Base profile needs an update." "- execve" "kind: SeccompProfile"
	merge -c a.json
	status_is 0
	has err "Base profile is up-to-date."
	merge -q -o new.yaml web.yaml one.rec
	merge --check new.yaml one.rec web.yaml
	status_is 0
	has err "Base profile is up-to-date."
	is_empty out
	[[ ! -e profile.yaml && ! -e profile.json ]]
	# by meaning: the order and the grouping of names do not matter
	jq '.syscalls = [.syscalls[].names[] | {names: [.], action: "SCMP_ACT_ALLOW"}] | .syscalls |= reverse' \
		a.json >split.json
	merge -c split.json a.json
	status_is 0
}

@test "a profile can be merged into itself; a recording cannot be written over" {
	merge -q -o a.json a.json b.json
	status_is 0
	same "$(names_of a.json | paste -sd' ')" "close read write"
	cp one.rec before
	merge -o one.rec a.json one.rec
	status_is 1
	has err "one.rec: is a recording and the output at once"
	cmp one.rec before
}

@test "arguments: two entries, and not one with both conditions" {
	for i in 0 1; do
		cat >arg$i.json <<-X
			{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["socket"], "action": "SCMP_ACT_ALLOW",
			 "args": [{"index": $i, "op": "SCMP_CMP_EQ", "value": 1}]}]}
		X
	done
	merge -q -o - arg0.json arg1.json
	jq -e '[.syscalls[].args | length] == [1, 1]' out
	merge -q --mode intersect -o - arg0.json arg1.json
	jq -e '[.syscalls[].args | length] == [2]' out
}

@test "what cannot be said exactly: a warning, and an error with --strict" {
	profile both.json '"read"' '"architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],'
	profile only64.json '"mount"' '"architectures": ["SCMP_ARCH_X86_64"],'
	merge -q --arch amd64 -o p.json both.json only64.json
	status_is 0
	has err "warning: SCMP_ARCH_X86 is left out: only64.json does not list it" mount
	jq -e '.architectures == ["SCMP_ARCH_X86_64"]' p.json
	echo old >p.json
	merge -q --strict --arch amd64 -o p.json both.json only64.json
	status_is 1
	one_line err
	has err "not exact (--strict): SCMP_ARCH_X86 is left out"
	same "$(cat p.json)" old
	merge -q --strict -o p.json a.json b.json
	status_is 0
	nothing_left
}

@test "conditions of profiles are read for --arch, --kernel and --caps" {
	cat >cond.json <<-'X'
		{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		 {"names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_SYS_ADMIN"]}},
		 {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
		 {"names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": {"arches": ["amd64"]}}]}
	X
	merge --arch arm64 --kernel 4.4 --caps none -o - cond.json
	has err "cond.json has conditions: the result is for aarch64, Linux 4.4.0 and programs with 0 capabilities"
	jq -e '.syscalls == null' out
	merge --arch amd64 --kernel 6.1 --caps sys_admin -o - cond.json
	jq -e '.syscalls[0].names == ["arch_prctl", "mount", "ptrace"]' out
	merge --kernel six cond.json
	status_is 2
	one_line err
}

@test "what has no place in the format: an error that says what to do" {
	profile enosys.json '"read"' '"defaultErrnoRet": 99,'
	merge -t seccomp -o p.yaml enosys.json
	status_is 1
	has err "use '-t raw-seccomp'" defaultErrnoRet
	sed -i 's/spec:/spec:\n  baseProfileName: runc/' web.yaml
	merge -t raw-seccomp -o p.json web.yaml
	status_is 1
	has err "use '-t seccomp'" baseProfileName
	[[ ! -e p.yaml && ! -e p.json ]]
}

@test "nothing to merge, and what is no profile: one line, nothing written" {
	merge
	status_is 2
	one_line err
	has err "no profiles provided"
	echo old >p
	printf 'apiVersion: v1\nkind: Pod\n' >pod
	printf 'apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: AppArmorProfile\nmetadata:\n  name: x\n' >apparmor
	printf 'apiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SelinuxProfile\nmetadata:\n  name: x\n' >selinux
	: >nothing
	for file in pod apparmor selinux nothing no-file .; do
		merge -q -o p a.json "$file"
		status_is 1
		one_line err
		has err "$file"
		same "$(cat p)" old
	done
	merge -q -o p a.json apparmor
	has err AppArmorProfile
	merge -q -o no-dir/p a.json
	status_is 1
	one_line err
	nothing_left
}

@test "control characters in names do not reach the terminal" {
	printf '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["\\u001b[31m"],"action":"SCMP_ACT_ERRNO","errnoRet":7}]}' \
		>evil.json
	merge -o p.json evil.json a.json
	status_is 0
	has err '\x1b[31m'
	[[ $(cat err) != *$'\e'* ]]
}

@test "the result is a profile that programs run under" {
	need_command jq
	"$SNUG" run -q -p /dev/stdin -- true <<<'{"defaultAction":"SCMP_ACT_ALLOW"}' || skip "no filter can be installed here"
	cat >no-mkdir.json <<-'X'
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}
	X
	cat >no-rmdir.json <<-'X'
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["rmdir", "unlinkat"], "action": "SCMP_ACT_ERRNO"}]}
	X
	merge -q -o union.json no-mkdir.json no-rmdir.json
	"$SNUG" run -q -p union.json -- mkdir d
	"$SNUG" run -q -p union.json -- rmdir d
	merge -q --mode intersect -o both.json no-mkdir.json no-rmdir.json
	try "$SNUG" run -q -p both.json -- mkdir d
	status_is 1
	mkdir d
	try "$SNUG" run -q -p both.json -- rmdir d
	status_is 1
}

# values FROM: a profile with thirty odd values for each of twenty calls
values() {
	jq -n --argjson from "$1" '{defaultAction: "SCMP_ACT_ERRNO", syscalls: [
		("read write openat close fstat lseek mmap mprotect munmap brk ioctl pread64 pwrite64 readv
		  writev access pipe dup dup2 nanosleep" | [scan("[a-z0-9]+")][]) as $name |
		range(30) | {names: [$name], action: "SCMP_ACT_ALLOW",
			args: [{index: 1, op: "SCMP_CMP_EQ", value: ($from + . * 4)}]}]}'
}

@test "two filters that fit, and one that does not" {
	values 1 >a.json
	values 3 >b.json
	try "$SNUG" convert -f bpf -o a.bpf a.json
	status_is 0
	try "$SNUG" merge -t raw-seccomp -o m.json a.json b.json
	status_is 0
	has err "warning: the result is too large for a filter" "the kernel takes 4096"
	has_not err "whatever its arguments" # sixty values stay sixty values
	rm m.json
	try "$SNUG" merge --strict -t raw-seccomp -o m.json a.json b.json
	status_is 1
	has err "the result is too large" "the kernel takes 4096"
	[[ ! -e m.json ]]
}
