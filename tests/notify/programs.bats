#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs that could notice that they are asked, or cannot be recorded without privileges.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	cd "$place" || return 1
}

teardown() {
	notify_teardown
}

# by_notify ARGS...: records; standard error goes to ./err
by_notify() {
	status=0
	"${run_as[@]}" "$SNUG" record -q --engine notify -n -t raw-seccomp -o p.json \
		--recording r.json "$@" >out 2>err || status=$?
}

@test "signals come as fast as they can: no call fails that would not" {
	by_notify -- "$SNUG_PROGRAMS/storm" restart
	[ "$status" -eq 0 ]
	[ "$(<out)" = survived ]
	is_complete r.json
}

@test "signals that interrupt, while others are handled: the program lives" {
	for _ in 1 2 3; do
		by_notify -- "$SNUG_PROGRAMS/storm" interrupt
		[ "$status" -eq 0 ]
		[ "$(<out)" = survived ]
	done
}

@test "a set-user-ID program is told of once, by name" {
	((EUID == 0)) || skip "only root can make one"
	become user
	chmod 777 "$place"
	cp /usr/bin/id "$place/set-id"
	cp /usr/bin/id "$place/plain-id"
	chmod 4755 "$place/set-id"
	by_notify -- /bin/sh -c './set-id -u; ./set-id -u; ./plain-id -u'
	[ "$status" -eq 0 ]
	# it is not root: no_new_privs
	[ "$(sort -u out)" = 1000 ]
	[ "$(grep -c 'gets no privileges from its file' err)" = 1 ]
	grep -q "'./set-id' gets no privileges from its file (set-user-ID," err
	# where that was so before, nothing is new
	run_as+=(--no-new-privs)
	by_notify -- ./set-id -u
	[ ! -s err ]
}

@test "as root a set-user-ID program is what it was" {
	((EUID == 0)) || skip "only root can make one"
	cp /usr/bin/id "$place/set-id"
	chown 1234 "$place/set-id"
	chmod 4755 "$place/set-id"
	by_notify -- ./set-id -u
	[ "$(<out)" = 1234 ]
	[ ! -s err ]
}

@test "hostile names are escaped" {
	((EUID == 0)) || skip "only root can make one"
	become user
	name=$'\e[31mred\nline'
	cp /usr/bin/id "$place/$name"
	chmod 4755 "$place/$name"
	by_notify -- "./$name" -u
	[ "$status" -eq 0 ]
	! grep -q $'\e' err || false
	[ "$(wc -l <err)" -eq 1 ]
	grep -qF '\x1b[31mred' err
}

@test "a program that traces another: strace works inside, and both are recorded" {
	command -v strace >/dev/null || skip "strace is not installed"
	by_notify -- strace -f -o trace /bin/sh -c '/bin/ls / >/dev/null; exit 9'
	[ "$status" -eq 9 ]
	grep -q 'execve("/bin/ls"' trace
	jq -e '[.calls[][].name] | index("ptrace") and index("getdents64")' r.json
	jq -e '[.execs[].comm] == ["strace", "sh", "ls"]' r.json
}

@test "one listener only: a recording inside says so, and by BPF it is made" {
	by_notify -- "$SNUG" record -q --engine notify -n -o q.json -- true
	[ "$status" -eq 1 ]
	grep -q "a filter in force here has a listener already" err
	((EUID == 0)) || return 0
	[[ -r /sys/kernel/btf/vmlinux ]] || return 0
	by_notify -- "$SNUG" record -q --engine bpf -n -o q.json -- true
	[ "$status" -eq 0 ]
}

@test "snug run inside: its refusals are not told, its profile holds" {
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["getsid"],"action":"SCMP_ACT_ERRNO"}]}' >deny.json
	by_notify -- "$SNUG" run --explain -p deny.json -- "$SNUG_PROGRAMS/plain"
	[ "$status" -eq 5 ]
	grep -q "what is refused cannot be told" err
}

@test "executed programs: those that were, by the path that was given, in order" {
	printf '#!/bin/sh\nexit 0\n' >script
	printf '#!/nonexistent\n' >bad
	chmod +x script bad
	by_notify -- /bin/sh -c './bad; /nonexistent; ./script; "$0" 3; exec /bin/echo x' "$SNUG_PROGRAMS/execchain"
	[ "$status" -eq 0 ]
	jq -r '.execs[].path' r.json >paths
	head -n 2 paths | diff - <(printf '%s\n' /bin/sh ./script)
	[ "$(tail -n 1 paths)" = /bin/echo ]
	! grep -qE 'bad|nonexistent' paths || false
	jq -e '[.execs[].atUs] == ([.execs[].atUs] | sort)' r.json
	jq -e '.execs[0].atUs == 0' r.json
}

@test "an exec by a thread that is not the first" {
	fresh_work_dir "$place/w"
	touch go
	by_notify -- "$SNUG_PROGRAMS/exec-from-thread" 4 /bin/echo finished
	[ "$status" -eq 0 ]
	grep -q finished out
	jq -e '.execs[-1].path == "/bin/echo"' r.json
}

@test "what it records, it runs under" {
	by_notify -- /bin/ls -l /usr
	cp out recorded
	"$SNUG" run -q -p p.json -- /bin/ls -l /usr >confined
	cmp recorded confined
}

@test "1000 odd numbers: 256 are kept, the others counted" {
	by_notify -- python3 -I -S -c '
import ctypes
libc = ctypes.CDLL(None)
for i in range(1000): libc.syscall(5000 + i)
'
	[ "$status" -eq 0 ]
	jq -e '.complete == false and .lost.numbers == 744' r.json
	jq -e '[.calls[][] | select(.nr >= 5000)] | length == 256' r.json
}
