#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where the engine notify finds no /proc, or another PID namespace's: sandboxes and small containers.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	cd "$place" || return 1
}

teardown() {
	notify_teardown
}

# in_namespaces OPTIONS-OF-UNSHARE... -- PREPARATION: runs PREPARATION in there and then records, to
# r.json, what is the same everywhere
in_namespaces() {
	local options=()

	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	unshare "${options[@]}" true 2>/dev/null || skip "unshare ${options[*]} is not allowed here"
	status=0
	# shellcheck disable=SC2016  # for the shells in there
	unshare "${options[@]}" /bin/sh -c '
		eval "$1" || exit 99
		exec "$2" record -q --engine notify -n -o p.json --recording r.json -- \
			/bin/sh -c "/bin/ls / >/dev/null; ./none; /bin/cat /dev/null; exit 3"
	' sh "$2" "$SNUG" 2>err || status=$?
	cat err
	((status != 99)) || skip "'$2' is not allowed here"
}

is_as_everywhere() {
	[ "$status" -eq 3 ]
	is_complete r.json
	jq -e '[.execs[].path] == ["/bin/sh", "/bin/ls", "/bin/cat"]' r.json
	jq -e '[.calls[][].name] | index("execve") and index("getdents64") and index("wait4")' r.json
}

@test "a PID namespace where the process group has no number" {
	in_namespaces -Urpf --mount-proc -- :
	is_as_everywhere
}

@test "/proc of another PID namespace" {
	in_namespaces -Urpf -- :
	is_as_everywhere
}

@test "no /proc" {
	in_namespaces -Urm -- 'mount -t tmpfs none /proc'
	is_as_everywhere
}

@test "/proc that hides what is others'" {
	in_namespaces -Urmpf -- 'mount -t proc -o hidepid=2 none /proc'
	is_as_everywhere
}

@test "a daemon that gives up root, where snug lacks CAP_SYS_PTRACE, as in a container" {
	((EUID == 0)) || skip "only root can give it up"
	need_command setpriv
	run setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$SNUG" record -q --engine notify -n \
		-o p.json --recording r.json -- setpriv --reuid 1000 --regid 1000 --clear-groups \
		/bin/sh -c '/bin/ls / >/dev/null; ./none; exec /bin/cat /dev/null'
	[ "$status" -eq 0 ]
	is_complete r.json
	jq -e '[.execs[].comm] == ["setpriv", "sh", "ls", "cat"]' r.json
}
