#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Profiles that look at arguments: derived, merged, compared, checked, amended, shown; without root.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	recording web.rec '"x86_64": [
		{"nr": 0, "name": "read"}, {"nr": 59, "name": "execve"}, {"nr": 435, "name": "clone3"},
		{"nr": 16, "name": "ioctl", "args": {"index": [1], "mask": [4294967295], "values": [[21505], [21523]]}},
		{"nr": 41, "name": "socket", "args": {"index": [0, 1, 2], "mask": [4294967295, 15, 4294967295],
			"values": [[1, 1, 0], [2, 1, 0], [10, 1, 0]]}},
		{"nr": 56, "name": "clone", "args": {"index": [0], "mask": [4294967040], "values": [[18874368]]}},
		{"nr": 257, "name": "openat", "args": {"index": [2], "mask": [4294967295], "values": [[524288]]}}]'
	recording alg.rec '"x86_64": [{"nr": 59, "name": "execve"}, {"nr": 165, "name": "mount",
			"args": {"index": [3], "mask": [4294967295], "values": [[4096]]}},
		{"nr": 41, "name": "socket", "args": {"index": [0, 1, 2], "mask": [4294967295, 15, 4294967295],
			"values": [[38, 5, 0], [2, 1, 0]]}}]'
	recording plain.rec '"x86_64": [{"nr": 41, "name": "socket"}, {"nr": 59, "name": "execve"}]'
	derive -n --args -t raw-seccomp -o web.json web.rec
	status_is 0
}

# recording FILE CALLS
recording() {
	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["x"], "exit": {"code": 0},
		  "complete": true, "lost": {}, "calls": {$2}, "execs": [] }
	X
}

derive() {
	try "$SNUG" derive "$@"
}

# conditions FILE NAME: the args of its entries, a line each
conditions() {
	jq -c --arg n "$2" '.syscalls[] | select(.names | index($n)) | .args // "any"' "$1"
}

@test "derive --args: an entry for each combination, off by default" {
	derive -n -t raw-seccomp -o off.json web.rec
	same "$(jq '.syscalls | length' off.json)" 1
	same "$(conditions off.json socket)" '"any"'
	same "$(conditions web.json socket | wc -l)" 3
	same "$(conditions web.json ioctl | jq -c '.[] | [.index, .op, .value]' | paste -sd' ')" \
		'[1,"SCMP_CMP_EQ",21505] [1,"SCMP_CMP_EQ",21523]'
	same "$(conditions web.json openat)" '"any"'
	derive -n --args=security -t raw-seccomp -o again.json web.rec
	cmp web.json again.json
	derive -n --args=off -t raw-seccomp -o again.json web.rec
	cmp off.json again.json
	derive -n --args=all -t raw-seccomp -o all.json web.rec
	same "$(conditions all.json openat | jq -c '.[].value')" 524288
}

@test "derive --args: says what is open, and why" {
	derive --args -o p.yaml web.rec
	status_is 0
	has err "with the recorded arguments only: socket" "of the base set" "clone, fchmodat"
	has_not err "no filter sees"
	derive -n --args -o p.yaml web.rec
	has err "with the recorded arguments only: clone, ioctl, socket" "no filter sees the flags of: clone3"
	has_not err "of the base set"
	derive -n --args -o p.yaml web.rec plain.rec
	has err "with any arguments (none were recorded): socket"
	derive -n --args -o p.yaml plain.rec
	status_is 0
	has err "warning: --args: no arguments were recorded" "snug record --args"
	derive -q -n --args -o p.yaml web.rec
	is_empty out err
}

@test "derive --args: recordings that were cut or lost some, and other ABIs" {
	recording cut.rec '"x86_64": [{"nr": 59, "name": "execve"}, {"nr": 16, "name": "ioctl",
		"args": {"index": [1], "mask": [4294967295], "values": [[21505]], "cut": true}}]'
	derive -n --args -o p.yaml cut.rec
	status_is 0
	has err "with any arguments (too many different ones): ioctl"
	recording mux.rec '"x86_64": [{"nr": 59, "name": "execve"}, {"nr": 41, "name": "socket", "args":
			{"index": [0, 1, 2], "mask": [4294967295, 15, 4294967295], "values": [[2, 1, 0]]}},
			{"nr": 53, "name": "socketpair", "args":
			{"index": [0, 1, 2], "mask": [4294967295, 15, 4294967295], "values": [[1, 1, 0]]}}],
		"x86": [{"nr": 102, "name": "socketcall",
			"args": {"index": [0], "mask": [4294967295], "values": [[1]]}}]'
	derive -n --args -t raw-seccomp -o p.json mux.rec
	status_is 0
	has err "made through socketcall or ipc): socket" "a listed ABI hides the arguments of: socketpair"
	same "$(conditions p.json socket)" '"any"'
	same "$(conditions p.json socketcall | jq -c '.[].value')" 1
}

@test "derive --args: a profile that no filter can hold is told" {
	local header=/usr/include/x86_64-linux-gnu/asm/unistd_64.h
	[[ -r $header ]] || skip "there is no $header: install linux-libc-dev"
	sed -nE 's/^#define __NR_([a-z0-9_]+) ([0-9]+)$/\2 \1/p' "$header" >numbers
	# every row of the table up to its limit
	awk -F, '/^[a-z]/ && $5 == "security" && !seen[$1]++ { print $1, $2, $6 }' \
		"$repo/data/argument-filters.csv" >rows
	{
		echo '"x86_64": [{"nr": 59, "name": "execve"}'
		while read -r name index limit; do
			nr=$(awk -v n="$name" '$2 == n { print $1 }' numbers)
			[[ -n $nr ]] || continue
			printf ',{"nr":%d,"name":"%s","args":{"index":[%d],"mask":[4294967295],"values":[%s]}}\n' \
				"$nr" "$name" "$index" "$(seq -s, 1 "$limit" | sed -E 's/[0-9]+/[&]/g')"
		done <rows
		echo ']'
	} >calls
	recording large.rec "$(cat calls)"
	derive -n --args -t raw-seccomp -o p.json large.rec
	status_is 0
	has err "too large for a filter" "--args=off"
}

@test "derive --clone3: refused as on an older kernel, and clone without namespaces" {
	derive -n --args --clone3=enosys -t raw-seccomp -o p.json web.rec
	status_is 0
	has_not err "no filter sees"
	same "$(jq -c '.syscalls[] | select(.names == ["clone3"]) | [.action, .errnoRet]' p.json)" '["SCMP_ACT_ERRNO",38]'
	# 0x7e020000: all CLONE_NEW* that clone(2) takes; what was recorded is within
	same "$(conditions p.json clone | jq -c '.[] | [.value, .valueTwo]')" '[2114060288,0]'
	derive -n --clone3=allow -t raw-seccomp -o p.json web.rec
	has p.json clone3
	# a resource says it, too
	derive -n --args --clone3=enosys -o p.yaml web.rec
	status_is 0
	has p.yaml "errnoRet: 38"
}

@test "derive: wrong words for --args and --clone3" {
	derive --args=sceurity -o x.json web.rec
	status_is 1
	has err "--args: 'sceurity' is not off, security or all (did you mean 'security'?)"
	derive --clone3=no -o x.json web.rec
	status_is 1
	has err "--clone3: 'no' is not allow or enosys"
	[[ ! -e x.json ]]
	# the next word is no level
	derive -q -n -o - --args security
	status_is 1
	has err "security"
}

@test "show: values by their names" {
	try "$SNUG" show web.json
	status_is 0
	has out "ioctl(_, TCGETS|TIOCGWINSZ, ...)" "socket(AF_UNIX|AF_INET|AF_INET6, type SOCK_STREAM, IPPROTO_IP)" \
		"clone(only CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID, ...)"
	try "$SNUG" show web.json 'socket(AF_ALG)' 'ioctl(_, TIOCSTI)'
	same "$(grep -c "^    SCMP_ACT_ERRNO(EPERM)" out)" 2
}

@test "diff and merge: sets of values, and recordings with theirs" {
	derive -q -n --args -t raw-seccomp -o alg.json alg.rec
	try "$SNUG" diff web.json alg.json
	status_is 1
	has out "socket(AF_ALG, type SOCK_SEQPACKET, IPPROTO_IP)" "mount(_, _, _, MS_BIND, ...)"
	try "$SNUG" merge -q -o union.json web.json alg.json
	status_is 0
	try "$SNUG" merge -q -o from-recordings.json web.rec alg.rec
	status_is 0
	try "$SNUG" diff union.json from-recordings.json
	status_is 0
	derive -q -n --args -t raw-seccomp -o derived.json web.rec alg.rec
	try "$SNUG" diff union.json derived.json
	status_is 0
	try "$SNUG" show union.json
	has out "socket(AF_ALG, type SOCK_SEQPACKET, IPPROTO_IP)"
	try "$SNUG" merge -q --mode intersect -o both.json web.json alg.json
	try "$SNUG" show both.json
	has out "socket(AF_INET, type SOCK_STREAM, IPPROTO_IP)"
	has_not out AF_UNIX AF_ALG
}

@test "check: recorded arguments decide, and are named" {
	try "$SNUG" check --strict -p web.json web.rec
	status_is 0
	try "$SNUG" check -p web.json alg.rec
	status_is 1
	has out "denied   mount" "denied   socket" "as socket(AF_ALG, type SOCK_SEQPACKET, IPPROTO_IP): SCMP_ACT_ERRNO(EPERM)"
	try "$SNUG" check --json -p web.json alg.rec
	same "$(jq -r '.calls[] | select(.name == "socket") | .refusedAs' out)" "socket(AF_ALG, type SOCK_SEQPACKET, IPPROTO_IP)"
	# without arguments it is as uncertain as ever
	try "$SNUG" check -p web.json plain.rec
	status_is 0
	has out "depends  socket"
	try "$SNUG" check --strict -p web.json plain.rec
	status_is 1
	# of several runs, each by its own
	try "$SNUG" check -p web.json web.rec alg.rec
	status_is 1
	has out "1 of 2 runs"
}

@test "amend --from a recording: what its arguments lack, in the terms of the profile" {
	cp web.json p.json
	try "$SNUG" amend -y -p p.json --from alg.rec
	status_is 0
	has out "socket(AF_ALG, type SOCK_SEQPACKET, IPPROTO_IP)"
	try "$SNUG" check --strict -q -p p.json alg.rec web.rec
	status_is 0
	# flags beside the type do not matter to the profile, and so not to what is added
	try "$SNUG" show p.json 'socket(AF_ALG, 0x80805, 0)'
	has out SCMP_ACT_ALLOW
	# of mount the profile said nothing
	same "$(conditions p.json mount)" '"any"'
	try "$SNUG" amend -y -p p.json --from alg.rec
	has err "nothing to change"
	# one without arguments leaves open what is conditional
	cp web.json p.json
	try "$SNUG" amend -y -p p.json --from plain.rec
	has err "socket: left out"
	cmp web.json p.json
}

@test "a call that gets ENOSYS for libraries to make an older one is not missed" {
	recording threads.rec '"x86_64": [{"nr": 56, "name": "clone"}, {"nr": 59, "name": "execve"},
		{"nr": 435, "name": "clone3"}]'
	derive -n --clone3=enosys -t raw-seccomp -o p.json threads.rec
	try "$SNUG" check -p p.json threads.rec
	status_is 0
	has out "depends  clone3" "SCMP_ACT_ERRNO(ENOSYS) by syscalls[1]" "at which libraries make clone;"
	has_not out "snug merge"
	try "$SNUG" check --json --strict -p p.json threads.rec
	status_is 1
	same "$(jq -c '.calls | map([.name, .result, .instead])' out)" '[["clone3","depends","clone"]]'
	# allowing it would undo what it is there for
	cp p.json q.json
	try "$SNUG" amend -y -p q.json --from threads.rec
	has err "clone3: left out: at ENOSYS libraries make clone; 'snug amend -p PROFILE clone3' allows it" "nothing to change"
	printf '{"snugRefusals":1,"refused":[{"arch":"x86_64","nr":435,"action":"SCMP_ACT_ERRNO","errnoRet":38}]}' >refused
	try "$SNUG" amend -y -p q.json --from refused
	has err "clone3: left out"
	cmp p.json q.json
	# nor by what logs tell; each such call is named, once
	jq '(.syscalls[] | select(.errnoRet)).names += ["faccessat2"]' p.json >q.json
	for nr in 435 439 435; do
		echo "type=SECCOMP msg=audit(1.000:$nr): pid=1 comm=\"x\" exe=\"/x\" sig=0 arch=c000003e syscall=$nr compat=0 ip=0x1 code=0x50000"
	done >log
	"$SNUG" audit --json log >events
	cp q.json r.json
	for from in log events; do
		try "$SNUG" amend -y -p q.json --from "$from"
		has err "clone3: left out" "faccessat2: left out: at ENOSYS libraries make faccessat;" "nothing to change"
		same "$(grep -c "clone3: left out" err)" 1
		cmp q.json r.json
	done
	# the way out for others says what it would do to this one
	jq '.calls.x86_64 += [{"nr": 83, "name": "mkdir"}]' threads.rec >more.rec
	try "$SNUG" check -p p.json more.rec
	status_is 1
	has out "snug merge -o NEW p.json more.rec" "That allows clone3, too; 'snug amend --from RECORDING' does not"
	try "$SNUG" amend -y -p q.json --from more.rec
	status_is 0
	try "$SNUG" check -q -p q.json more.rec
	status_is 0
	cp p.json q.json
	# with the older one refused, too, or with an errno that stands
	jq '.syscalls[0].names -= ["clone"]' p.json >q.json
	try "$SNUG" check -p q.json threads.rec
	status_is 1
	has out "denied   clone3" "denied   clone "
	jq '(.syscalls[] | select(.errnoRet)).errnoRet = 1' p.json >q.json
	try "$SNUG" check -p q.json threads.rec
	status_is 1
	try "$SNUG" amend -y -p q.json --from threads.rec
	has_not err "left out"
	# of a default nobody knows what it is meant for: it may be missed
	jq 'del(.syscalls[1]) | .defaultErrnoRet = 38' p.json >q.json
	try "$SNUG" check -p q.json threads.rec
	status_is 0
	try "$SNUG" amend -y -p q.json --from threads.rec
	status_is 0
	has out clone3
}
