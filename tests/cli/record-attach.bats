#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record --container, --pid, --cgroup: what is wrong with the options, processes and control
# groups.  Real containers are in tests/e2e.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	others=()
}

# usage TEXT ARGS...: a usage error in one line with TEXT, and nothing written
usage() {
	local text=$1
	shift
	record -o p.yaml --recording r.json "$@"
	status_is 2
	one_line err
	has err "$text"
	is_empty out
	[ ! -e p.yaml ]
	[ ! -e r.json ]
	nothing_left
}

@test "attach: options that do not go together" {
	usage "exclude each other" --container a --pid 1
	usage "exclude each other" --pid 1 --cgroup /a
	usage "exclude each other" --container a --pid 1 --cgroup /a
	usage "'ls': nothing is started" --container a -- ls /
	usage "'ls': nothing is started" --pid 1 ls
	usage "--no-proc-start is about a COMMAND" --container a --no-proc-start
	usage "--privileged is about a COMMAND" --cgroup /a --privileged
	usage "-n and --runtime exclude each other" --container a -n --runtime runc
	usage "--each makes several files: -o cannot be -" --container a --each -o -
	usage "--each makes several files: --recording cannot be -" --container a --each --recording /dev/stdout
	usage "--json and -o both want standard output" --container a --json -o -
}

@test "attach: options that say nothing without another one" {
	usage "--wait is for --container" --wait -- ls
	usage "--wait is for --container" --wait --pid 1
	usage "--each is for --container and --cgroup" --each --pid 1
	usage "--duration is for --container, --pid and --cgroup" --duration 10s -- ls
	usage "--runtime is for --container, --pid and --cgroup" --runtime runc -- ls
	usage "--no-entered is for --container, --pid and --cgroup" --no-entered -- ls
}

@test "attach: values that are none" {
	for value in 0 -1 1x "" 99999999999 0x; do
		usage "is no process id" --pid "$value"
	done
	for value in 0 0s 1 10x "" -1s 1.5s "1 s" 99999999999999999999d; do
		[ "$value" = 1 ] || usage "is no length of time" --container a --duration "$value"
	done
	usage "--container: no name given" --container ""
	usage "--container: no name given" --container ,,
	usage "--runtime: 'youki' was never measured, runc and crun were" --container a --runtime youki
	usage "--runtime: 'none' and others exclude each other" --container a --runtime none,runc
}

@test "attach: what is not there" {
	record --container no-such-container -o p.yaml
	status_is 1
	has err "no container 'no-such-container' runs here"
	record --pid 2147483647 -o p.yaml
	status_is 1
	has err "there is no process 2147483647"
	record --cgroup /no/such/group -o p.yaml
	status_is 1
	has err "no cgroup '/no/such/group' on this host"
	record --cgroup nogroup -o p.yaml
	status_is 1
	has err "'nogroup' is no cgroup: give its directory below /sys/fs/cgroup"
	record --container a,b --wait --recording r.json -o p.yaml
	status_is 2
	has err "--recording keeps one recording"
	record --container a --wait -o /no/such/dir/p.yaml
	status_is 1
	has err "/no/such/dir"
	[ ! -e p.yaml ]
	nothing_left
}

@test "attach: without privileges: the reason at once, also with --wait" {
	need_root
	need_command setpriv
	chmod 777 .
	for words in "--pid $$" "--container a --wait"; do
		# shellcheck disable=SC2086  # words
		try setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all \
			"$SNUG" record -o p.yaml $words
		status_is 1
		has err "sudo"
		[ ! -e p.yaml ]
	done
	try setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all \
		"$SNUG" record -o p.yaml --container a
	status_is 1
	has err "only root sees every container"
	nothing_left
}

@test "attach: a kernel that cannot: the reason at once" {
	need_root
	SNUG_TEST_DISABLE=bpf record --pid $$ -o p.yaml
	status_is 1
	has err "recording needs BPF"
	SNUG_TEST_DISABLE=btf record --container a --wait -o p.yaml
	status_is 1
	has err CONFIG_DEBUG_INFO_BTF
	[ ! -e p.yaml ]
	nothing_left
}

# start_process: `other` waits for the file go, then calls umask
start_process() {
	bash -c 'until [ -e go ]; do sleep 0.05; done; (umask 7); sleep 0.2' 3>&- &
	other=$!
	others+=("$other")
}

@test "attach: a process: till its end, its duration, a signal" {
	need_bpf
	start_process
	record --pid "$other" --duration 1s --json -t raw-seccomp -n -o p.json
	status_is 0
	jq -e '.attached and .complete and .containers == [] and .durationUs >= 1000000' out
	allows p.json clone
	allows_not p.json umask
	for signal in INT TERM HUP QUIT; do
		in_background "$SNUG" record --pid "$other" -o p.yaml --recording r.json
		wait_until grep -q "Recording started: process $other 'bash', from now on" bg.err
		goes_round "$other"
		kill "-$signal" "$pid"
		finish
		same "$status" 0
		jq -e '.attached and .stoppedEarly' r.json
		allows p.yaml clone
		rm p.yaml r.json
	done
	in_background "$SNUG" record --pid "$other" -o p.yaml --recording r.json
	wait_until grep -q "Recording started" bg.err
	: >go
	finish
	same "$status" 0
	jq -e '.attached and (.stoppedEarly | not)' r.json
	allows p.yaml umask
	has bg.err "Recording ended with process $other 'bash'"
	nothing_left
}

@test "attach: a control group, until it is gone" {
	need_bpf
	group=$(awk '$3 == "cgroup2" || $4 ~ /(^|,)memory(,|$)/ && $3 == "cgroup" { print $2; exit }' /proc/mounts)
	[[ -n $group ]] || skip "no control groups are mounted"
	group+=/snug-test-$BASHPID
	mkdir "$group"
	in_background "$SNUG" record --cgroup "$group" -o p.yaml --recording r.json
	others+=("$pid")
	wait_until grep -q "Recording started: cgroup '/snug-test-$BASHPID'" bg.err
	# shellcheck disable=SC2016  # for the inner shell
	bash -c 'echo $$ >"$1/cgroup.procs" && exec bash -c "sleep 0.5; umask 7; exit 0"' - "$group"
	wait_until rmdir "$group"
	finish
	same "$status" 0
	allows p.yaml umask
	jq -e '.complete and .attached and (.stoppedEarly | not)' r.json
}

@test "attach: a disk that is full at the end" {
	need_bpf
	start_process
	record --pid "$other" --duration 300ms -o /dev/full
	status_is 1
	has err "/dev/full"
}
