#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What people do when a profile refuses too much, from the first error to the program that runs: by
# the messages of `snug run`, and by the kernel's log.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	followers=()
	server=""
}

teardown() {
	local pid

	show_failure "${work:-}"
	for pid in "${followers[@]}" $server; do
		kill "$pid" 2>/dev/null || true
	done
}

need_http_echo() {
	[[ -x $SNUG_PROGRAMS/http-echo ]] || skip "the test programs are written for x86-64"
	cp "$SNUG_PROGRAMS/http-echo" .
}

# follow EXECUTABLE: `snug audit --follow` into ./followed
follow() {
	"$SNUG" audit --follow --json -s netlink --exe "$1" >followed 2>followed.err </dev/null 3>&- &
	followers+=($!)
	wait_until grep -q Following followed.err || skip "the audit netlink group cannot be read"
}

stop_following() {
	kill -INT "${followers[0]}"
	wait "${followers[0]}"
	followers=()
}

# request_from FILE: the body of the answer from the server that prints its port there; in a shell of
# its own, which a SIGPIPE may end: the server may be gone before it has read
request_from() (
	local port line body

	port=$(sed -n 's/^port //p' "$1")
	exec 7<>"/dev/tcp/127.0.0.1/$port" || return 1
	printf 'GET / HTTP/1.0\r\n\r\n' >&7
	while read -r line <&7 && [[ $line != $'\r' ]]; do :; done
	body=$(cat <&7)
	exec 7>&-
	echo "$body"
)

server_speaks_or_is_gone() {
	grep -q '^port' served || gone "$server"
}

# serve OPTION...: starts `snug run OPTION... -- ./http-echo`; whether it has answered a request and
# ended well
serve() {
	local status=0

	: >served
	timeout "${limit:-60}" "$SNUG" run -q "$@" -- ./http-echo "hello world" >served 2>served.err </dev/null 3>&- &
	server=$!
	wait_until server_speaks_or_is_gone
	if grep -q '^port' served; then
		request_from served >answer 2>/dev/null || true
	fi
	wait_until gone "$server"
	wait "$server" || status=$?
	server=""
	((status == 0)) && [[ $(cat answer) == "hello world" ]]
}

@test "record, lose a call, run: snug names it; logged: the line that is grepped for; amend: it runs" {
	need_bpf
	"$SNUG" record -q -t raw-seccomp -n -o p.json -- uname
	jq 'del(.syscalls[0].names[] | select(. == "uname"))' p.json >no-uname.json
	try "$SNUG" run --explain -p no-uname.json -- uname
	status_is 1
	has err "snug: refused uname(...) with EPERM: uname[" "by the default of no-uname.json"
	# the command that the last line names is the way on
	way=$(sed -n 's/.*to allow that: snug //p' err)
	same "$way" "amend -p no-uname.json uname"
	jq '.defaultAction = "SCMP_ACT_LOG"' no-uname.json >log.json
	try "$SNUG" run -p log.json -- uname
	status_is 0
	grep -qE '^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6} Seccomp: uname \(63\)$' err
	# shellcheck disable=SC2086 # several
	try "$SNUG" ${way/amend/amend --yes}
	status_is 0
	has out "system      uname"
	try "$SNUG" run --explain -p no-uname.json -- uname
	status_is 0
	same "$(cat out)" "$(uname)"
	"$SNUG" diff -q p.json no-uname.json
}

@test "ls that shall do ls -l: refused; on trial, the log has the calls; then it works, and is enforced" {
	need_root
	need_bpf
	exe=$(readlink -f "$(command -v ls)")
	"$SNUG" record -q -t raw-seccomp -n -o ls.json -- ls /
	jq '.defaultErrnoRet = 38' ls.json >tmp && mv tmp ls.json
	try "$SNUG" run -q -p ls.json -- ls -l /
	((status != 0))
	"$SNUG" amend -q --yes -p ls.json --mode log
	follow "$exe"
	"$SNUG" run -q -p ls.json -- ls -l / >/dev/null
	# one more, of which that is told last
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["exit_group"], "action": "SCMP_ACT_LOG"}]}' >exit.json
	"$SNUG" run -q -p exit.json -- ls / >/dev/null
	wait_until grep -q exit_group followed
	stop_following
	sed -i /exit_group/d followed
	# what was a pipe of grep, awk and sort
	jq -r .syscall followed | sort -u >calls
	grep -qx lgetxattr calls
	try "$SNUG" amend --yes -p ls.json --from followed
	status_is 0
	"$SNUG" amend -q --yes -p ls.json --mode enforce
	same "$(jq -c '[.defaultAction, .defaultErrnoRet]' ls.json)" '["SCMP_ACT_ERRNO",38]'
	try "$SNUG" run -q --json r.json -p ls.json -- ls -l /
	status_is 0
	same "$(jq -c .refused r.json)" "[]"
	# and nothing else came with it
	jq -r '.syscalls[0].names[]' ls.json | grep -qx mount && return 1
	try "$SNUG" run -q -p ls.json -- mkdir made
	[ ! -e made ]
}

@test "a server under a profile that logs everything: its fine-grained profile out of the log" {
	need_root
	need_http_echo
	echo "{\"defaultAction\": \"SCMP_ACT_LOG\", \"architectures\": [\"$native\"]}" >p.json
	follow "$work/http-echo"
	serve -p p.json
	wait_until grep -q exit_group followed
	stop_following
	"$SNUG" amend -q --yes -p p.json --from followed
	"$SNUG" amend -q --yes -p p.json --mode enforce
	# execve is made by snug, whose name the log has: whoever grepped for the server's would miss it
	serve -p p.json || "$SNUG" amend -q --yes -p p.json execve
	serve --json r.json -p p.json
	same "$(jq -c .refused r.json)" "[]"
	for name in socket bind listen accept4; do
		jq -e --arg name "$name" '[.syscalls[].names[]] | any(. == $name)' p.json
	done
}

@test "a server's profile, grown from nothing by run and amend alone, until it serves" {
	need_http_echo
	echo "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": [\"$native\"]}" >p.json
	for ((i = 0; i < 60; i++)); do
		# a thread whose exit is refused tries again for ever
		if limit=3 serve --json r.json -p p.json && jq -e '.refused == []' r.json >/dev/null; then
			break
		fi
		"$SNUG" amend -q --yes -p p.json --from r.json
	done
	echo "# $i rounds" >&3
	((i < 60))
	serve -p p.json
	jq -e '[.syscalls[].names[]] | length < 50' p.json
	jq -e '[.syscalls[].names[]] | any(. == "accept4")' p.json
	try "$SNUG" run -q -p p.json -- mkdir made
	[ ! -e made ]
}
