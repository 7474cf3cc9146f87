#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug check: would recorded runs have worked under a profile?

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	need_command jq
	recording a.rec '["make", "test"]' '"x86_64": [{"nr": 0, "name": "read"},
		{"nr": 83, "name": "mkdir", "firstUs": 5, "pid": 123, "comm": "mk\u001bdir"}]'
	recording b.rec '["b"]' '"x86_64": [{"nr": 0, "name": "read"}, {"nr": 59, "name": "execve"}]'
	profile p.json read execve
}

# recording FILE COMMAND CALLS
recording() {
	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0-28-amd64",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": $2, "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {$3}, "execs": [] }
	X
}

# profile FILE NAME...: an OCI profile that allows these
profile() {
	local file=$1
	shift
	jq -n '{defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"],
		syscalls: [{names: $ARGS.positional, action: "SCMP_ACT_ALLOW"}]}' --args "$@" >"$file"
}

check() {
	try "$SNUG" check "$@"
}

@test "everything is allowed" {
	check -p p.json b.rec
	status_is 0
	is_empty err
	same "$(cat out)" "2 calls of 1 recording: 2 allowed by p.json"
}

@test "a denied call: who, which answer, how often, and the way out" {
	check -p p.json a.rec b.rec a.rec
	status_is 1
	is_empty err
	cat >want <<-'X'
		denied   mkdir  SCMP_ACT_ERRNO(EPERM) by default; mk\x1bdir[123] of 'make test'; 2 of 3 runs
		3 calls of 3 recordings: 1 denied, 2 allowed by p.json
		To allow what was recorded: snug merge -o NEW p.json a.rec a.rec
	X
	cmp want out || diff want out
	profile all.json read execve mkdir
	check -p all.json a.rec b.rec
	status_is 0
}

@test "the entry that denies is named" {
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 13}]' p.json >q.json
	line=$(grep -n '"names"' q.json | sed -n '2s/:.*//p')
	check -p q.json a.rec
	status_is 1
	has out "SCMP_ACT_ERRNO(EACCES) by syscalls[1] (line $((line - 1)))"
	check --json -p q.json a.rec
	status_is 1
	jq -e '.snugCheck == 1 and (.ok | not) and .profile == "q.json"' out
	jq -e '.counts == {allowed: 2, logged: 0, depends: 0, denied: 1}' out
	jq -e '.calls | length == 1' out
	jq -e '.calls[0] | .name == "mkdir" and .nr == 83 and .abi == "x86_64" and .result == "denied" and
		.answer == {action: "SCMP_ACT_ERRNO", errnoRet: 13} and .by == "entry" and .entry == 1 and
		.recordings == 1 and (.isStart | not) and
		.first == {recording: "a.rec", pid: 123, comm: "mk\u001bdir", firstUs: 5}' out
	jq -e '.recordings == [{file: "a.rec", command: ["make", "test"], arch: "x86_64",
		kernel: "6.1.0-28-amd64", complete: true}]' out
}

@test "the call that starts the command is needed too" {
	profile q.json read mkdir
	check -p q.json a.rec
	status_is 1
	has out "denied   execve  SCMP_ACT_ERRNO(EPERM) by default; the start of 'make test'"
	check --json -p q.json a.rec
	jq -e '.calls[0].isStart' out
}

@test "a call that depends on its arguments: a warning, and a failure with --strict" {
	profile q.json read execve
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_ALLOW",
		args: [{index: 1, value: 448, op: "SCMP_CMP_EQ"}]}]' q.json >r.json
	check -p r.json a.rec
	status_is 0
	has out "depends  mkdir  passes as mkdir(" "else SCMP_ACT_ERRNO(EPERM) by default" "1 not certain"
	has_not out "snug merge"
	check --strict -p r.json a.rec
	status_is 1
	check --json --strict -p r.json a.rec
	status_is 1
	jq -e '(.ok | not) and .calls[0].result == "depends" and (.calls[0].passesAs | contains("mkdir"))' out
	check --json -p r.json a.rec
	jq -e .ok out
}

@test "what is logged or asked for" {
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_LOG"}]' p.json >q.json
	check --strict -p q.json a.rec
	status_is 0
	has out "logged   mkdir  SCMP_ACT_LOG by syscalls[1]" "1 allowed but logged"
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_NOTIFY"}]' p.json >q.json
	check -p q.json a.rec
	status_is 0
	has out "depends  mkdir  SCMP_ACT_NOTIFY by syscalls[1]"
	check --strict -p q.json a.rec
	status_is 1
}

@test "calls of an ABI that the profile does not list; calls without a name" {
	recording c.rec '["c"]' '"x86": [{"nr": 4, "name": "write"}], "x86_64": [{"nr": 999}]'
	check -p p.json c.rec
	status_is 1
	has out "denied   write [x86]  SCMP_ACT_KILL_THREAD: ABI not listed" "denied   call 999" \
		"A call without a name needs a newer snug"
	has out "snug merge -o NEW p.json c.rec"
	recording c.rec '["c"]' '"x86_64": [{"nr": 999}]'
	check -p p.json c.rec
	status_is 1
	has_not out "snug merge"
}

@test "an incomplete recording is told, and fails with --strict" {
	sed 's/"lost": {}/"lost": {"tasks": 2}/' b.rec >lossy.rec
	check -p p.json lossy.rec
	status_is 0
	has err "lossy.rec: the recording is incomplete"
	check --strict -p p.json lossy.rec
	status_is 1
}

@test "conditions of the profile: the recording's kernel and architecture, unless told" {
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_ALLOW", includes: {minKernel: "5.0"}}]' \
		p.json >q.json
	check -p q.json a.rec
	status_is 0
	sed 's/6.1.0-28-amd64/4.19.0/' a.rec >old.rec
	check -p q.json old.rec
	status_is 1
	check -p q.json --kernel 5.0 old.rec
	status_is 0
	check -p q.json --kernel 4.0 a.rec
	status_is 1
	check -p q.json a.rec old.rec
	status_is 1
	has out "1 of 2 runs"
	sed 's/x86_64/aarch64/g; s/"nr": 0/"nr": 63/; s/"nr": 59/"nr": 221/' b.rec >arm.rec
	check -p p.json arm.rec
	status_is 0
	check -p p.json --arch amd64 arm.rec
	status_is 1
	has out "read [aarch64]" "ABI not listed" || has out "ABI not listed"
	jq '.syscalls += [{names: ["mkdir"], action: "SCMP_ACT_ALLOW",
		includes: {caps: ["CAP_SYS_ADMIN"]}}]' p.json >q.json
	check -p q.json a.rec
	status_is 1
	check -p q.json --caps sys_admin a.rec
	status_is 0
}

@test "docker-default and CRDs as the profile" {
	"$SNUG" derive -q -n -o p.yaml a.rec
	check -p p.yaml a.rec
	status_is 0
	sed -i 's/^spec:/&\n  baseProfileName: runtime/' p.yaml
	check -p p.yaml a.rec
	status_is 0
	has err "p.yaml: baseProfileName 'runtime' is not looked up"
	[[ -r /usr/share/containers/seccomp.json ]] || skip "containers-common is not installed"
	check -p docker-default a.rec b.rec
	status_is 0
}

@test "-q and standard input" {
	check -q -p p.json a.rec
	status_is 1
	is_empty out err
	check -q -p p.json - <b.rec
	status_is 0
	check -p p.json - <a.rec
	status_is 1
	has out "snug merge -o NEW p.json RECORDING"
	check -p - a.rec <p.json
	status_is 1
	has out "snug merge -o NEW PROFILE a.rec"
	check -p - - <p.json
	status_is 1
	has err "standard input can be read only once"
}

@test "odd paths in the way out can be typed as they stand" {
	cp a.rec "it's.rec"
	check -p p.json "it's.rec"
	has out "snug merge -o NEW p.json 'it'\\''s.rec'"
	for i in 1 2 3 4 5 6 7 8 9; do
		cp a.rec "$i.rec"
	done
	check -p p.json [0-9].rec
	has out "8.rec ..."
	has_not out 9.rec
}

@test "usage and trouble" {
	check a.rec
	status_is 2
	has err "no profile given"
	check -p p.json
	status_is 2
	has err "no recording given"
	check -p p.json --caps nonsense a.rec
	status_is 2
	has err "unknown capability 'nonsense'"
	check --nonsense
	status_is 2
	echo '{' >broken
	for args in "-p no-such-file a.rec" "-p p.json no-such-file" "-p broken a.rec" "-p p.json broken" \
		"-p p.json p.json"; do
		# shellcheck disable=SC2086  # several words
		check $args
		status_is 1
		is_empty out
		one_line err
	done
	has err "p.json: is no recording ('snug record --recording FILE' keeps one)"
	jq '.syscalls += [{names: ["of_tomorrow"], action: "SCMP_ACT_KILL"}]' p.json >q.json
	check -p q.json a.rec
	status_is 1
	has err "unknown syscall 'of_tomorrow' cannot be restricted"
}

@test "no privileges are needed" {
	need_root
	need_command setpriv
	chmod 777 .
	try setpriv --reuid 65534 --clear-groups --bounding-set -all "$SNUG" check -q -p p.json b.rec
	status_is 0
}

# without FILE NAME...: the profile less these names
without() {
	local file=$1
	shift
	jq '.syscalls[].names -= $ARGS.positional' "$file" --args "$@"
}

# What check says of a profile, the kernel does: for each recorded call of a real program, a profile
# without it.  A call that check finds denied must change what the program does or be seen as denied
# by the kernel (SCMP_ACT_KILL_PROCESS); with all calls allowed nothing changes.
@test "the prediction is what the kernel does" {
	need_bpf
	"$SNUG" record -q -n -t raw-seccomp -o full.json --recording run.rec -- mkdir one
	check --strict -p full.json run.rec
	status_is 0
	"$SNUG" run -q -p full.json -- mkdir two
	[ -d two ]
	n=0
	for name in $(jq -r '.syscalls[].names[]' full.json); do
		without full.json "$name" | jq '.defaultAction = "SCMP_ACT_KILL_PROCESS"' >less.json
		check --json -p less.json run.rec
		status_is 1
		same "$(jq -r '.calls[].name' out)" "$name"
		rm -rf d
		try "$SNUG" run -q -p less.json -- mkdir d
		# SIGSYS; where execve itself is killed, the way differs, but it does not start
		((status == 159)) || [[ $name == execve* && $status != 0 ]] || {
			echo "without $name: status $status"
			return 1
		}
		n=$((n + 1))
	done
	((n > 10))
	# and a call that it does not make can go
	jq '.syscalls += [{names: ["mount", "bpf", "socket"], action: "SCMP_ACT_ALLOW"}]' full.json >more.json
	without more.json mount >less.json
	check -q --strict -p less.json run.rec
	rm -rf d
	"$SNUG" run -q -p less.json -- mkdir d
	[ -d d ]
}

@test "the prediction of an errno is what the program gets" {
	need_bpf
	# the second one fails, so that it is recorded how mkdir tells an error
	"$SNUG" record -q -n -t raw-seccomp -o full.json --recording run.rec -- mkdir one one 2>/dev/null || true
	name=$(jq -r '.syscalls[].names[] | select(. == "mkdir" or . == "mkdirat")' full.json)
	without full.json "$name" | jq --arg name "$name" \
		'.syscalls += [{names: [$name], action: "SCMP_ACT_ERRNO", errnoRet: 30}]' >less.json
	check -p less.json run.rec
	status_is 1
	has out "denied   $name  SCMP_ACT_ERRNO(EROFS) by syscalls[1]"
	try "$SNUG" run -q -p less.json -- mkdir two
	status_is 1
	has err "Read-only file system"
	[ ! -e two ]
}
