#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug derive: recordings to a profile, without running anything and without privileges.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	recording a.json '["/usr/bin/My_App", "-x"]' '"x86_64": [{"nr": 0, "name": "read"}, {"nr": 59, "name": "execve"}]'
	recording b.json '["other"]' '"x86_64": [{"nr": 1, "name": "write"}, {"nr": 59, "name": "execve"}],
		"x86": [{"nr": 4, "name": "write"}, {"nr": 11, "name": "execve"}]'
	recording odd.json '["odd"]' '"x86_64": [{"nr": 59, "name": "execve"}, {"nr": 999}]'
}

# recording FILE COMMAND CALLS
recording() {
	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": $2, "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {$3}, "execs": [] }
	X
}

derive() {
	try "$SNUG" derive "$@"
}

@test "one recording" {
	derive -n -o p.yaml a.json
	status_is 0
	same "$(names_of p.yaml | paste -sd' ')" "execve read"
	has p.yaml "name: my-app" SCMP_ARCH_X86_64
	same "$(grep -c SCMP_ARCH p.yaml)" 1
	has err "Got syscalls: execve, read" "Wrote seccomp profile to: p.yaml"
}

@test "several recordings: what any of them did, whatever their order" {
	derive -q -n -t raw-seccomp -o ab.json a.json b.json
	status_is 0
	is_empty out err
	same "$(names_of ab.json | paste -sd' ')" "execve read write"
	jq -e '.architectures | sort == ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]' ab.json
	derive -q -n -t raw-seccomp -o ba.json b.json a.json
	cmp ab.json ba.json
	derive -q -n -t raw-seccomp -o aab.json a.json a.json b.json
	cmp ab.json aab.json
}

@test "the default file, standard output, standard input, --name" {
	derive a.json
	has profile.yaml "kind: SeccompProfile"
	derive -t raw-seccomp a.json
	jq -e .syscalls profile.json
	derive -q -n -o - --name "Some Name" - <a.json
	status_is 0
	has out "name: some-name"
}

@test "the base set: as for record" {
	derive -t raw-seccomp -o p a.json
	same "$(names_of p | wc -l)" 83
	derive -t raw-seccomp -o p -b reboot a.json
	same "$(names_of p | paste -sd' ')" "execve read reboot"
	derive -b nosuchcall a.json
	status_is 1
	one_line err
	has err nosuchcall
	derive -t nosuchtype a.json
	status_is 1
	has err "unsupported type: nosuchtype"
}

@test "a call without a name is told and not in the profile" {
	derive -n -t raw-seccomp -o p odd.json
	status_is 0
	same "$(names_of p)" execve
	has err "call number 999 (x86_64) has no name"
	derive -q -n -o p odd.json
	has err 999
}

@test "an incomplete recording is told" {
	sed 's/"lost": {}/"lost": {"tasks": 2}/' a.json >lossy.json
	derive -q -o p lossy.json
	status_is 0
	has err "lossy.json: the recording is incomplete"
}

@test "what is no recording: one line with the place, nothing written" {
	echo old >p
	sed 's/"nr": 0/"nr": 1/' a.json >wrong-name
	sed 's/Recording": 1/Recording": 2/' a.json >too-new
	sed 's/"x86_64": \[/"vax": [/' a.json >other-arch
	echo '{}' >no-recording
	echo 'apiVersion: v1' >yaml
	head -c 100 a.json >short
	: >nothing
	for file in wrong-name too-new other-arch no-recording yaml short nothing no-file .; do
		derive -o p a.json "$file"
		status_is 1
		one_line err
		has err "$file"
		same "$(cat p)" old
	done
	derive -o p wrong-name
	has err "call 1 of x86_64 is 'write', not 'read'"
	grep -qE 'wrong-name:[0-9]+:[0-9]+: ' err
	derive -o p too-new
	has err "version 2" "newer snug"
	nothing_left
}

@test "no privileges are needed" {
	need_root
	need_command setpriv
	chmod 777 .
	try setpriv --reuid 65534 --clear-groups --bounding-set -all "$SNUG" derive -q -o mine a.json
	status_is 0
	same "$(stat -c %u mine)" 65534
}

@test "real recordings: the union of two commands allows both" {
	need_bpf
	"$SNUG" record -q --recording one -o /dev/null -- mkdir d
	"$SNUG" record -q --recording two -o /dev/null -- chmod 700 d
	rmdir d
	derive -q -n -o p one two
	"$SNUG" run -q -p p -- mkdir d
	"$SNUG" run -q -p p -- chmod 711 d
	same "$(stat -c %a d)" 711
	allows p mkdir fchmodat
}
