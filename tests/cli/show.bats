#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug show: what a profile means, why it answers as it does, what a recording saw.
# bats file_tags=beside

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	need_command jq
}

snug_show() {
	try "$SNUG" show "$@"
}

web_profile() {
	cat >web.json <<-'X'
		{ "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
		  "flags": ["SECCOMP_FILTER_FLAG_LOG"],
		  "syscalls": [
		    { "names": ["read", "write", "stat64", "clone3"], "action": "SCMP_ACT_ALLOW" },
		    { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "comment": "IPv4 only",
		      "args": [{"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}] },
		    { "names": ["socket"], "action": "SCMP_ACT_ALLOW",
		      "args": [{"index": 0, "value": 10, "op": "SCMP_CMP_EQ"}] },
		    { "names": ["socket"], "action": "SCMP_ACT_KILL_PROCESS",
		      "args": [{"index": 0, "value": 38, "op": "SCMP_CMP_EQ"}] },
		    { "names": ["clone"], "action": "SCMP_ACT_ALLOW",
		      "args": [{"index": 0, "value": 2114060288, "op": "SCMP_CMP_MASKED_EQ"}] },
		    { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38 },
		    { "names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_BPF"]} },
		    { "names": ["read"], "action": "SCMP_ACT_LOG",
		      "args": [{"index": 0, "value": 3, "op": "SCMP_CMP_GE"}] },
		    { "names": ["arm_fadvise64_64"], "action": "SCMP_ACT_ALLOW" },
		    { "names": ["mount"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1 }
		  ] }
	X
}

# recording FILE CALLS [MEMBERS]
recording() {
	cat >"$1" <<-X
		{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
		  "start": "2026-01-02T03:04:05.000006Z", "durationUs": 2000000,
		  "command": ["sh", "-c", "a b"], "exit": {"code": 3}, "complete": true, "lost": {}, ${3:-}
		  "calls": {$2},
		  "execs": [{"atUs": 0, "pid": 7, "comm": "sh", "path": "/bin/\u001b[31msh"}] }
	X
}

two_calls='"x86_64": [{"nr": 0, "firstUs": 1500, "pid": 7, "comm": "sh\u001b[2J"},
	{"nr": 1, "firstUs": 500000, "pid": 8, "comm": "cat"}, {"nr": 2}]'

@test "a profile: counts, categories, conditions in C terms" {
	web_profile
	snug_show --arch amd64 --kernel 6.1 web.json
	status_is 0
	has out "web.json: an OCI profile, read for x86_64, Linux 6.1.0" \
		"lets pass     3 of the " "; 2 more with some arguments" \
		"SCMP_ACT_ERRNO(EPERM) to every call that is not named" \
		"ABIs          x86_64, x86; calls of others are killed" "SECCOMP_FILTER_FLAG_LOG" \
		"1 name of calls that only other ABIs have"
	grep -Eqx '  filter        [0-9]+ instructions' out
	sed -n '/^Allowed/,/^$/p; /^Answered/,/^$/p' out >calls
	cat >want <<-'X'
		Allowed:
		  files        2  read, write
		  processes    1  clone3

		Allowed with these arguments only:
		  socket(AF_INET|AF_INET6, ...)
		  clone without CLONE_NEW*

		Allowed, calls that only x86 has:
		  files        1  stat64

		Answered SCMP_ACT_KILL_PROCESS with these arguments only:
		  socket(AF_ALG, ...)

	X
	cmp want calls || diff want calls
	[ "$(wc -L <out)" -le 80 ]
}

@test "a profile: --json" {
	web_profile
	snug_show --json --arch amd64 --kernel 6.1 web.json
	status_is 0
	jq -e '.snugShow == 1 and .kind == "profile" and .format == "oci-json" and .arch == "x86_64" and
		.kernel == "6.1.0" and .abis == ["x86_64", "x86"] and .filterInstructions > 10' out
	jq -e '.default == {action: "SCMP_ACT_ERRNO", errnoRet: 1}' out
	jq -e '.counts | .pass == 3 and .passWithSomeArguments == 2 and .onOtherAbis == 1 and .known > 300' out
	jq -e '.calls[] | select(.name == "socket") | .category == "network" and .answers[1] ==
		{answer: {action: "SCMP_ACT_KILL_PROCESS"}, when: "socket(AF_ALG, ...)"}' out
	jq -e '.calls[] | select(.name == "read") | .answers == [{answer: {action: "SCMP_ACT_ALLOW"}}]' out
	jq -e '.risks | type == "array"' out
}

@test "a profile that allows by default shows what it refuses" {
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}, {"names": ["ptrace"], "action": "SCMP_ACT_KILL"}]}' >p.json
	snug_show --arch amd64 p.json
	status_is 0
	has out "SCMP_ACT_ALLOW to every call that is not named" "Answered SCMP_ACT_ERRNO(EPERM):" \
		"Answered SCMP_ACT_KILL_THREAD:" "Risks:" "(allow-by-default)"
	has_not out "Allowed:"
	known=$(sed -nE 's/.*lets pass +[0-9]+ of the ([0-9]+) calls.*/\1/p' out)
	has out "lets pass     $((known - 2)) of the $known calls"
}

@test "beside docker-default" {
	[ -e /usr/share/containers/seccomp.json ] ||
		skip "the package containers-common is not installed"
	snug_show --arch amd64 --kernel 6.1 docker-default
	status_is 0
	has_not out "Beside"
	jq 'del(.syscalls[] | .names[]? | select(. == "read" or . == "write"))' \
		/usr/share/containers/seccomp.json >less.json
	snug_show --arch amd64 --kernel 6.1 less.json
	status_is 0
	has out "Beside docker-default:" "2 fewer       read, write"
	snug_show --json --arch amd64 --kernel 6.1 less.json
	jq -e '.beside == {profile: "docker-default", same: false, more: [], fewer: ["read", "write"]}' out
	cp /usr/share/containers/seccomp.json same.json
	snug_show --arch amd64 same.json
	has out "lets the same calls pass"
	has_not out "not the same"
}

@test "one call: which entry decides, and what becomes of the others" {
	web_profile
	snug_show --arch amd64 web.json 'socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0)'
	status_is 0
	cat >want <<-'X'
		socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP)
		  on x86_64, x86:
		    SCMP_ACT_ALLOW
		      by web.json:5:5: syscalls[1]
		  on x86, through socketcall:
		    SCMP_ACT_KILL_PROCESS
		      by web.json:9:5: syscalls[3]; a filter cannot see the arguments behind
		      socketcall, so it gets the strictest of its answers
		  entries that name it:
		    web.json:5:5: syscalls[1]: SCMP_ACT_ALLOW if family == AF_INET
		      decides
		      comment: IPv4 only
		    web.json:7:5: syscalls[2]: SCMP_ACT_ALLOW if family == AF_INET6
		      does not decide: its args do not hold
		    web.json:9:5: syscalls[3]: SCMP_ACT_KILL_PROCESS if family == AF_ALG
		      decides
	X
	cmp want out || diff want out
}

@test "one call: all answers when arguments are not known" {
	web_profile
	snug_show --arch amd64 web.json 'socket(_, _, 0)' 'clone'
	status_is 0
	has out "SCMP_ACT_KILL_PROCESS for socket(AF_ALG, _, IPPROTO_IP)" \
		"SCMP_ACT_ALLOW for socket(AF_INET, _, IPPROTO_IP)" \
		"SCMP_ACT_ERRNO(EPERM) for socket(not AF_INET|AF_INET6|AF_ALG, _, IPPROTO_IP)" \
		"the default: no entry that names it decides this" \
		"SCMP_ACT_ALLOW for clone without CLONE_NEW*" \
		"SCMP_ACT_ERRNO(EPERM) for clone with any of CLONE_NEW*"
}

@test "one call: entries without effect say why" {
	web_profile
	snug_show --arch amd64 web.json clone3 bpf read mount getpid arm_fadvise64_64
	status_is 0
	has out "has no effect: of entries without args, the first one decides" \
		"does not apply here; includes CAP_BPF" \
		"has no effect: for runc and crun, an entry without args decides" \
		"has no effect: it only repeats the default" \
		"the default: no entry names it" \
		"none of the ABIs that the filter knows has this call"
	snug_show --arch amd64 --caps bpf web.json bpf
	has out SCMP_ACT_ALLOW decides
}

@test "one call: --json" {
	web_profile
	snug_show --json --arch amd64 web.json 'socket(AF_INET)' mount 2>/dev/null
	status_is 0
	jq -e '.kind == "calls" and (.calls | length == 2)' out
	jq -e '.calls[0] | .name == "socket" and .args == [2, null, null]' out
	jq -e '.calls[0].abis[0] == {abis: ["x86_64", "x86"], outcomes: [{answer: {action: "SCMP_ACT_ALLOW"},
		by: "entry", entry: 1, when: "socket(AF_INET, ...)"}]}' out
	jq -e '.calls[0].abis[1] | .through == "socketcall" and .outcomes[0].entry == 3' out
	jq -e '[.calls[0].entries[].role] == ["decides", "args-do-not-hold", "decides"]' out
	jq -e '.calls[0].entries[0] | .line == 5 and .column == 5 and .args == "family == AF_INET" and
		.comment == "IPv4 only"' out
	jq -e '.calls[1].abis[0].outcomes[0].by == "default"' out
	jq -e '.calls[1].entries[0].role == "repeats-default"' out
}

@test "a recording: facts, curve, programs, calls in order" {
	recording web.rec "$two_calls"
	snug_show web.rec
	status_is 0
	is_empty err
	cat >want <<-'X'
		web.rec: a recording
		  command       sh -c 'a b'
		  ran           2.00 s from 2026-01-02T03:04:05.000006Z
		  ended         with status 3
		  on            x86_64, Linux 6.1.0, observed by bpf
		  complete      yes, nothing was lost
		  made          3 system calls, the last new one after 500.00 ms: nothing new in
		                the last 75 % of the time
	X
	head -8 out >got
	cmp want got || diff want got
	cat >want <<-'X'

		Executed programs:
		          0 us  /bin/\x1b[31msh (7)

		Calls, by when they were first made:
		       1.50 ms  read                      sh\x1b[2J (7)
		     500.00 ms  write                     cat (8)
		             ?  open
	X
	tail -8 out >got
	cmp want got || diff want got
	has out "Distinct calls over time:"
	grep -Eqx '3 \|' out
	grep -Eqx '0 \|\*+' out
	has out "  +-------"
	[ "$(LC_ALL=C tr -d '\0-\177' <out | wc -c)" -eq 0 ]
	[ "$(wc -L <out)" -le 80 ]
}

@test "a recording: braille where the locale is UTF-8" {
	recording web.rec "$two_calls"
	LC_ALL=C.UTF-8 "$SNUG" show web.rec >out
	has out "└──" "┤"
	LC_ALL=C LANG=C.UTF-8 "$SNUG" show web.rec >out
	has_not out "└──"
}

@test "a recording: losses, several ABIs, --json" {
	recording web.rec '"x86_64": [{"nr": 0, "firstUs": 5, "pid": 1, "comm": "a"}],
		"x86": [{"nr": 1, "firstUs": 2, "pid": 1, "comm": "a"}]'
	sed -i 's/"complete": true, "lost": {}/"complete": false, "lost": {"tasks": 2, "news": 1}/
		s/"comm": "sh", "path"/"comm": "sh", "entered": true, "path"/' web.rec
	snug_show web.rec
	status_is 0
	has out "2 threads not followed, 1 events not noted" "exit                      x86       a (1)"
	snug_show --json web.rec
	jq -e '.kind == "recording" and .lastNewUs == 5 and .exitCode == 3 and (.complete | not) and
		.lost.tasks == 2 and [.calls[].name] == ["exit", "read"] and .calls[0].abi == "x86" and
		.execs[0].path == "/bin/\u001b[31msh" and .execs[0].entered' out
}

@test "a recording: arguments by their names" {
	recording web.rec '"x86_64": [{"nr": 16, "args": {"index": [1], "mask": [4294967295],
			"values": [[21505], [21523]]}},
		{"nr": 41, "args": {"index": [0, 1, 2], "mask": [4294967295, 15, 4294967295],
			"values": [[2, 1, 6], [1, 2, 0]], "cut": true}},
		{"nr": 62, "args": {"index": [1], "mask": [4294967295]}}, {"nr": 0}]'
	snug_show web.rec
	status_is 0
	has out "  ioctl             TCGETS, TIOCGWINSZ" \
		"  socket            (AF_UNIX, SOCK_DGRAM, IPPROTO_IP)," \
		"                    (AF_INET, SOCK_STREAM, IPPROTO_TCP), and others" \
		"  kill              not known"
	snug_show web.rec ioctl
	status_is 0
	has out "  with  TCGETS, TIOCGWINSZ"
	snug_show --json web.rec
	jq -e '.calls | map(select(.name == "socket"))[0] |
		.args.values == [[1, 2, 0], [2, 1, 6]] and .args.cut and
		.argNames == ["(AF_UNIX, SOCK_DGRAM, IPPROTO_IP)", "(AF_INET, SOCK_STREAM, IPPROTO_TCP)"]' out
	recording web.rec "$two_calls"
	snug_show web.rec
	has_not out "Arguments"
	recording web.rec '"x86_64": [{"nr": 0}]' '"lost": {"arguments": 3},'
	sed -i 's/"complete": true, "lost": {},//' web.rec
	snug_show web.rec
	has out "3 combinations of arguments not noted"
}

@test "a recording: of many combinations of arguments the first ones are shown" {
	recording web.rec "\"x86_64\": [{\"nr\": 157, \"args\": {\"index\": [0], \"mask\": [4294967295],
		\"values\": [$(seq -s ',' 1000 1099 | sed -E 's/[0-9]+/[&]/g')]}}],
		\"x86\": [{\"nr\": 335, \"args\": {\"index\": [2], \"mask\": [4294967295], \"values\": [[9]]}}]"
	snug_show web.rec
	status_is 0
	has out "36 more" "  rt_tgsigqueueinfo (x86)"
}

@test "a recording: when a call was first made" {
	recording web.rec "$two_calls"
	snug_show web.rec read bpf open
	status_is 0
	has out 'read on x86_64: first made after 1.50 ms by sh\x1b[2J (7)' "bpf: was not made" \
		"open on x86_64: made, but it was lost when and by whom"
	snug_show --json web.rec read bpf
	jq -e '.calls[0].recorded[0].firstUs == 1500 and .calls[1].recorded == []' out
}

@test "hostile names and comments do not reach the terminal" {
	cat >p.json <<-'X'
		{"defaultAction": "SCMP_ACT_ERRNO", "listenerPath": "/run/\u001b[31mx", "syscalls": [
		{"names": ["a\u001b[2J"], "action": "SCMP_ACT_ALLOW"},
		{"names": ["openat"], "action": "SCMP_ACT_ALLOW", "comment": "no \u001b[31mred"}]}
	X
	snug_show --arch amd64 p.json
	status_is 0
	has out '/run/\x1b[31mx' "1 name that this snug does not know"
	snug_show p.json openat
	has out 'comment: no \x1b[31mred'
	has_not out $'\033'
	has_not err $'\033'
	printf '{"defaultAction": "\033[31m"}' >bad.json
	snug_show bad.json
	status_is 1
	has_not out $'\033'
	has_not err $'\033'
}

@test "what cannot be compiled is shown, with the reason" {
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
		{"names": ["frobnicate"], "action": "SCMP_ACT_KILL"}]}' >p.json
	snug_show --arch amd64 p.json
	status_is 0
	has out "filter        cannot be compiled: " frobnicate
	snug_show --json --arch amd64 p.json
	jq -e '.notCompiled | contains("frobnicate")' out
}

@test "mistakes are usage errors, and say what was meant" {
	web_profile
	snug_show
	status_is 2
	has err "show: a profile or a recording is needed"
	snug_show web.json sokcet
	status_is 2
	has err "show: unknown system call 'sokcet' (did you mean 'socket'?)"
	snug_show web.json 'socket(AF_INTE)'
	status_is 2
	has err "argument 1 of socket: unknown constant 'AF_INTE' (did you mean 'AF_INET'?)"
	snug_show --arch z80 web.json
	status_is 2
	has err "--arch: unknown architecture 'z80'"
	snug_show nowhere.json
	status_is 1
	has err nowhere.json
	is_empty out
}

@test "a full disk is no success" {
	web_profile
	[ -w /dev/full ] || skip "no /dev/full here"
	status=0
	"$SNUG" show web.json >/dev/full 2>err || status=$?
	[ "$status" -eq 1 ]
	has err "standard output"
}

@test "a recording full of calls without a name: ten of them, and how many more" {
	{
		echo '{ "snugRecording": 1, "engine": "bpf", "arch": "x86_64", "kernel": "6.1.0",
			"start": "2026-01-02T03:04:05.000006Z", "durationUs": 1, "command": ["odd"],
			"exit": {"code": 0}, "complete": true, "lost": {}, "execs": [],
			"calls": {"x86_64": [{"nr": 0, "name": "read"}'
		printf ', {"nr": %d}' {900..950}
		echo ']}}'
	} >odd.rec
	try "$SNUG" diff odd.rec odd.rec
	has err "odd.rec: call number 900 (x86_64) has no name" "odd.rec: and 41 more calls without a name"
	same "$(grep -c "odd.rec: call number" err)" 20 # read twice
}
