#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug diff: profiles compared by meaning.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	need_command jq
}

# profile FILE DEFAULT [ACTION:NAMES...]: an OCI profile for x86-64; NAMES with commas between
profile() {
	local file=$1 default=$2 entry entries=()
	shift 2
	for entry; do
		entries+=("{\"action\":\"SCMP_ACT_${entry%%:*}\",\"names\":[\"${entry#*:}\"]}")
	done
	jq -n --arg default "SCMP_ACT_$default" '{defaultAction: $default,
		architectures: ["SCMP_ARCH_X86_64"], syscalls: $ARGS.positional |
		map(fromjson | .names = (.names[0] | split(",")))}' --args "${entries[@]}" >"$file"
}

# recording FILE ARCH CALLS
recording() {
	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "$2", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["x"], "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {"$2": [$3]}, "execs": [] }
	X
}

snug_diff() {
	try "$SNUG" diff --arch x86_64 "$@"
}

@test "the same meaning, written in two ways" {
	profile a.json ERRNO ALLOW:read,write ALLOW:mkdir
	cat >b.yaml <<-X
		apiVersion: security-profiles-operator.x-k8s.io/v1
		kind: SeccompProfile
		metadata: {name: b}
		spec:
		  defaultAction: SCMP_ACT_ERRNO
		  architectures: [SCMP_ARCH_X86_64]
		  syscalls:
		  - {action: SCMP_ACT_ALLOW, names: [mkdir]}
		  - {action: SCMP_ACT_ERRNO, names: [bpf, read]}
		  - {action: SCMP_ACT_ALLOW, names: [write, read, mkdir]}
	X
	snug_diff a.json b.yaml
	status_is 0
	is_empty out err
	snug_diff --json a.json b.yaml
	status_is 0
	jq -e '.same and .calls == [] and .snugDiff == 1' out
	snug_diff a.json a.json
	status_is 0
}

@test "what each allows, counts first, by category" {
	profile a.json ERRNO ALLOW:read,mkdir,kill KILL:bpf
	profile b.json ERRNO ALLOW:read,rmdir,unlink,connect TRAP:bpf
	snug_diff a.json b.json
	status_is 1
	is_empty err
	cat >want <<-X
		A: a.json
		B: b.json
		On x86_64:
		    3 calls only B lets pass
		    2 calls only A lets pass
		    1 call  answered otherwise

		B allows, A answers SCMP_ACT_ERRNO(EPERM):
		  files       rmdir, unlink
		  network     connect

		A allows, B answers SCMP_ACT_ERRNO(EPERM):
		  files       mkdir
		  signals     kill

		A answers SCMP_ACT_KILL_THREAD, B answers SCMP_ACT_TRAP:
		  privileged  bpf
	X
	cmp want out || diff want out
}

@test "conditions in C terms; arguments in --json" {
	profile a.json ERRNO ALLOW:read,socket
	jq '.syscalls += [{names: ["socket"], action: "SCMP_ACT_ALLOW",
		args: [{index: 0, value: 2, op: "SCMP_CMP_EQ"}]}]' a.json |
		jq '.syscalls[0].names = ["read"]' >b.json
	snug_diff a.json b.json
	status_is 1
	has out "1 call  only A lets pass" "socket("
	snug_diff --json b.json a.json
	status_is 1
	jq -e '.calls | length == 1' out
	jq -e '.calls[0] | .name == "socket" and .kind == "allowed-by-b" and .category == "network" and
		.a == {action: "SCMP_ACT_ERRNO", errnoRet: 1} and .b == {action: "SCMP_ACT_ALLOW"} and
		.abis == ["x86_64"] and .everywhere' out
	jq -e '.calls[0].args == [[{index: 0, value: 2, op: "SCMP_CMP_NE"}]]' out
	jq -e '.calls[0].when | startswith("socket")' out
}

@test "default, flags, listener, ABIs" {
	profile a.json ERRNO ALLOW:read
	jq '.flags = ["SECCOMP_FILTER_FLAG_LOG"] | .listenerPath = "/run/x"' a.json >b.json
	snug_diff a.json b.json
	status_is 1
	has out "only B sets the flags SECCOMP_FILTER_FLAG_LOG" "listenerPath or listenerMetadata differ"
	jq '.defaultErrnoRet = 38' a.json >b.json
	snug_diff a.json b.json
	status_is 1
	has out "every other call: A answers SCMP_ACT_ERRNO(EPERM), B SCMP_ACT_ERRNO(ENOSYS)"
	has_not out read
	jq '.architectures += ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]' a.json >b.json
	snug_diff a.json b.json
	status_is 1
	has out "only B knows the ABI, A kills there: x86, x32"
	snug_diff --json b.json a.json
	jq -e '.abis.onlyA == ["x86", "x32"] and .abis.both == ["x86_64"]' out
}

@test "calls of one ABI are named with it; multiplexed ones are not said twice" {
	profile a.json ERRNO ALLOW:read
	profile b.json ERRNO ALLOW:read,connect,accept,chown32
	sed -i 's/"SCMP_ARCH_X86_64"/&, "SCMP_ARCH_X86"/' a.json b.json
	snug_diff a.json b.json
	status_is 1
	has out "On x86_64, x86:" "accept, connect" chown32
	has_not out socketcall "["
	# the multiplexer's own line says it for accept(2), which i386 has only there
	jq '.syscalls[0].names += ["socketcall"]' b.json >c.json
	snug_diff a.json c.json
	has out "accept, connect, socketcall"
	has_not out "["
	# recv(2) of i386 exists only there
	jq '.syscalls[0].names += ["recv"]' a.json >c.json
	snug_diff a.json c.json
	has out "recv [x86 socketcall]"
	snug_diff --json a.json b.json
	jq -e '.calls[] | select(.name == "accept") |
		.abis == ["x86_64"] and .multiplexedAbis == ["x86"]' out
}

@test "what another machine would run is told, and is no difference" {
	profile a.json ERRNO ALLOW:read
	jq '.architectures += ["SCMP_ARCH_AARCH64"]' a.json >b.json
	snug_diff a.json b.json
	status_is 0
	is_empty out
	has err "only b.json lists aarch64" "--arch aarch64"
	jq '.syscalls[0].includes.arches = ["arm64"]' b.json >c.json
	try "$SNUG" diff --arch arm64 b.json c.json
	status_is 0
	snug_diff b.json c.json
	status_is 1
}

@test "baseProfileName is not looked up, which is said" {
	profile a.json ERRNO ALLOW:read
	"$SNUG" derive -q -n -o b.yaml <(recording /dev/stdout x86_64 '{"nr": 0}')
	sed 's/^spec:/&\n  baseProfileName: "runtime\\e"/' b.yaml >c.yaml
	snug_diff b.yaml c.yaml
	status_is 1
	has err "c.yaml: baseProfileName 'runtime\\x1b' is not looked up"
	has out "B builds on the profile 'runtime\\x1b'"
}

@test "-q: the exit status only" {
	profile a.json ERRNO ALLOW:read
	profile b.json ERRNO ALLOW:write
	snug_diff -q a.json b.json
	status_is 1
	is_empty out err
	snug_diff -q --json a.json a.json
	status_is 0
	is_empty out err
}

@test "standard input, once" {
	profile a.json ERRNO ALLOW:read
	profile b.json ERRNO ALLOW:write
	snug_diff a.json - <b.json
	status_is 1
	has out "B: <stdin>"
	snug_diff - - <b.json
	status_is 2
	has err "standard input can be read only once"
}

@test "recordings stand for what they did" {
	recording old x86_64 '{"nr": 0, "name": "read"}, {"nr": 59}'
	recording new x86_64 '{"nr": 0, "name": "read"}, {"nr": 41, "name": "socket"}'
	snug_diff old new
	status_is 1
	has out "1 call  only B lets pass" "network     socket"
	profile a.json ERRNO ALLOW:read,execve
	snug_diff old a.json
	status_is 0
}

@test "recordings of another machine are compared for that one" {
	recording arm aarch64 '{"nr": 63, "name": "read"}'
	recording arm2 aarch64 '{"nr": 63, "name": "read"}, {"nr": 64, "name": "write"}'
	recording x86 x86_64 '{"nr": 0, "name": "read"}'
	try "$SNUG" diff arm arm2
	status_is 1
	has out "On aarch64:" "1 call  only B lets pass"
	try "$SNUG" diff arm x86
	status_is 2
	one_line err
	has err "arm was recorded on aarch64 and x86 on x86_64" "--arch"
}

@test "docker-default, against itself and against a profile" {
	[[ -r /usr/share/containers/seccomp.json ]] || skip "containers-common is not installed"
	snug_diff docker-default docker-default
	status_is 0
	is_empty out
	snug_diff docker-default /usr/share/containers/seccomp.json
	status_is 0
	profile a.json ERRNO ALLOW:read,bpf
	snug_diff a.json docker-default
	status_is 1
	has out "calls only B lets pass" "1 call  only A lets pass"
	# for people: every line fits
	same "$(awk 'length > 80' out)" ""
	# with the capability, bpf(2) is no difference
	snug_diff --caps sys_admin --json a.json docker-default
	jq -e '[.calls[] | select(.name == "bpf")] == []' out
	snug_diff --caps container --json a.json docker-default
	jq -e '[.calls[] | select(.name == "bpf")] | length == 1' out
}

@test "trouble: status 2, one line, nothing on standard output" {
	profile a.json ERRNO ALLOW:read
	echo '{' >broken
	mkdir d
	for file in broken no-such-file d; do
		snug_diff a.json "$file"
		status_is 2
		is_empty out
		one_line err
		has err "$file"
	done
	for args in "" a.json "a.json a.json a.json"; do
		# shellcheck disable=SC2086  # several words
		snug_diff $args
		status_is 2
		has err "two profiles are needed"
	done
	snug_diff --nonsense a.json a.json
	status_is 2
	snug_diff --caps nonsense a.json a.json
	status_is 2
	has err "unknown capability 'nonsense'"
	snug_diff --kernel x a.json a.json
	status_is 2
	jq '.defaultAction = "SCMP_ACT_NOTIFY"' a.json >b.json
	snug_diff a.json b.json
	status_is 2
	has err "b.json: defaultAction: SCMP_ACT_NOTIFY cannot be the default"
}

@test "a full disk is trouble, not a result" {
	[[ -w /dev/full ]] || skip "there is no /dev/full"
	profile a.json ERRNO ALLOW:read
	profile b.json ERRNO ALLOW:write
	for other in a.json b.json; do
		status=0
		"$SNUG" diff --json a.json "$other" >/dev/full 2>err || status=$?
		status_is 2
		has err "standard output: cannot write"
	done
}

@test "hostile names come out printable" {
	profile a.json ERRNO ALLOW:read
	jq '.syscalls += [{names: ["evil\u001b[31m"], action: "SCMP_ACT_ALLOW"}]' a.json >b.json
	cp b.json $'b\e.json'
	snug_diff a.json $'b\e.json'
	status_is 1
	has out 'B: b\x1b.json' 'evil\x1b[31m [unknown call]'
	[[ $(cat out err) != *$'\e'* ]]
}

@test "no colours where there is no terminal; bold headings where there is" {
	profile a.json ERRNO ALLOW:read
	profile b.json ERRNO ALLOW:write
	need_command script
	TERM=xterm script -qec "'$SNUG' diff a.json b.json" /dev/null >typescript || true
	[[ $(cat typescript) == *$'\e[1m'* ]]
	TERM=xterm NO_COLOR=1 script -qec "'$SNUG' diff a.json b.json" /dev/null >typescript || true
	[[ $(cat typescript) != *$'\e[1m'* ]]
	TERM=xterm script -qec "'$SNUG' diff a.json a.json" /dev/null >typescript
	has typescript "a.json and a.json mean the same."
}
