#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Arguments: of each program snug records, with --args, the very values that strace sees of what
# data/argument-filters.csv looks at, no more and no less.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test
# shellcheck source=tests/lib/arguments.sh
source "$repo/tests/lib/arguments.sh"
load ../lib/contain

setup() {
	contain_setup
	# shellcheck disable=SC2034  # for record()
	record_args=(--args=all)
}

teardown() {
	contain_teardown
}

# wait_for_text FILE: until there is something in it
wait_for_text() {
	local i

	for ((i = 0; i < 500; i++)); do
		[[ ! -s $1 ]] || return 0
		sleep 0.02
	done
	return 1
}

same_arguments() {
	local name=$BATS_TEST_DESCRIPTION

	need_program "$name"
	record "$name" "${command[@]}"
	snug_arguments "$state/$name.recording" >"$state/$name.values"
	fresh_work_dir "$work"
	arguments_strace "$state/$name.oracle" "${command[@]}" \
		>"$state/$name.oracle.out" 2>"$state/$name.oracle.err" || true
	[[ -s $state/$name.oracle ]]
	compare_arguments "$name" "$state/$name.oracle" "$state/$name.values"
	is_complete "$state/$name.recording"
}

@test "threads64-group" { same_arguments; }
@test "threads64-pthread" { same_arguments; }
@test "forks" { same_arguments; }
@test "execchain" { same_arguments; }
@test "daemonize" { same_arguments; }
@test "unshare-ns" { same_arguments; }
@test "plain" { same_arguments; }
@test "plain-static" { same_arguments; }
@test "killed-kill" { same_arguments; }
@test "killed-segv" { same_arguments; }
@test "killed-abort" { same_arguments; }
@test "killed-thread" { same_arguments; }
@test "i386" { same_arguments; }
@test "mixed" { same_arguments; }
@test "five-ms" { same_arguments; }
@test "many-children" { same_arguments; }
@test "signals" { same_arguments; }
@test "identity" { same_arguments; }
@test "own-filter" { same_arguments; }
@test "ls" { same_arguments; }
@test "cat-sort-uniq" { same_arguments; }
@test "subshells" { same_arguments; }
@test "find" { same_arguments; }
@test "tar" { same_arguments; }
@test "grep" { same_arguments; }
@test "awk" { same_arguments; }
@test "sed" { same_arguments; }
@test "date" { same_arguments; }
@test "cp-mv-rm" { same_arguments; }
@test "gzip" { same_arguments; }
@test "stat" { same_arguments; }
@test "python-threads" { same_arguments; }
@test "python-subprocess" { same_arguments; }
@test "perl-fork" { same_arguments; }
@test "jq" { same_arguments; }
@test "git" { same_arguments; }
@test "gcc" { same_arguments; }

@test "every program has its test here" {
	every_program_has_a_test
}

# values_of ABI NAME: of the last recording, as JSON
values_of() {
	jq -c --arg abi "$1" --arg name "$2" \
		'.calls[$abi][] | select(.name == $name) | .args.values' "$state/one.recording"
}

is_cut() {
	jq --arg name "$1" '.calls.x86_64[] | select(.name == $name) | .args.cut // false' \
		"$state/one.recording"
}

@test "of bits that the kernel does not look at, only that there are any above an int" {
	record one "$SNUG_PROGRAMS/arguments" junk
	[ "$(values_of x86_64 socket)" = '[[1,1,0],[4294967297,1,4294967296]]' ]
	[ "$(values_of x86_64 personality)" = '[[8589934591]]' ]
	[ "$(values_of x86_64 mprotect)" = '[[1],[5]]' ]
	[ "$(values_of x86 personality)" = '[[4294967295]]' ]
	[ "$(values_of x86 socketpair)" = '[[1,2,0]]' ]
	snug_arguments "$state/one.recording" >"$state/one.values"
	fresh_work_dir "$work"
	arguments_strace "$state/one.oracle" "$SNUG_PROGRAMS/arguments" junk \
		>"$state/one.oracle.out" 2>"$state/one.oracle.err"
	compare_arguments junk "$state/one.oracle" "$state/one.values"
}

@test "x32: a call that the kernel may not have is recorded with its arguments" {
	record one "$SNUG_PROGRAMS/arguments" x32
	[ "$(values_of x32 socket)" = '[[1,2,0]]' ]
}

@test "as many tuples as the limit are all there, one more is cut" {
	record one "$SNUG_PROGRAMS/arguments" prctl 32
	[ "$(values_of x86_64 prctl | jq length)" = 32 ]
	[ "$(is_cut prctl)" = false ]
	record one "$SNUG_PROGRAMS/arguments" prctl 33
	[ "$(values_of x86_64 prctl | jq length)" = 32 ]
	[ "$(is_cut prctl)" = true ]
	# of one program at a time, the first ones are kept
	[ "$(values_of x86_64 prctl | jq -c 'map(.[0] - 1879048192) == [range(32)]')" = true ]
	is_complete "$state/one.recording"
}

@test "eight threads that come with the same tuples at once: 20 times" {
	local i

	for ((i = 0; i < 20; i++)); do
		record one "$SNUG_PROGRAMS/arguments" race 32
		[ "$(values_of x86_64 prctl | jq length)" = 32 ]
		[ "$(is_cut prctl)" = false ]
		record one "$SNUG_PROGRAMS/arguments" race 40
		[ "$(values_of x86_64 prctl | jq length)" = 32 ]
		[ "$(is_cut prctl)" = true ]
	done
}

@test "without --args there are none, also beside a recording that has them" {
	local pid

	fresh_work_dir "$work"
	become_in_clean_env "$SNUG" record -q --args -o "$state/other.profile" \
		--recording "$state/other.recording" -- /bin/sh -c 'echo ready; exec /bin/sleep 100' \
		>"$state/other.out" 3>&- &
	pid=$!
	wait_for_text "$state/other.out"
	record_args=()
	record one /bin/ls /
	[ "$(grep -c '"args"' "$state/one.recording")" = 0 ]
	kill "$pid"
	wait "$pid" || true
	jq -e '[.calls.x86_64[] | select(.args)] | length > 3' "$state/other.recording"
}

@test "killed recorders leave no arguments behind" {
	local i pid

	fresh_work_dir "$work"
	for ((i = 0; i < 8; i++)); do
		rm -f "$state/kill.out"
		become_in_clean_env "$SNUG" record -q --args -o "$state/kill.profile" -- \
			/bin/sh -c 'echo ready; exec /bin/sleep 1' >"$state/kill.out" 3>&- &
		pid=$!
		wait_for_text "$state/kill.out"
		kill -KILL "$pid"
		wait "$pid" || true
	done
	record_args=()
	record one /bin/ls /
	[ "$(grep -c '"args"' "$state/one.recording")" = 0 ]
	# shellcheck disable=SC2034
	record_args=(--args)
	record one /bin/true
	[ "$(values_of x86_64 mprotect)" = '[[1]]' ]
}

# prctl_of MEMBER: that member of what recording c says of prctl's arguments
prctl_of() {
	jq -c "[.calls.x86_64[] | select(.name == \"prctl\")] | .[0].args.$1" "$state/c.recording"
}

@test "what enters a container has its own arguments, and its own limit" {
	# shellcheck disable=SC2016
	contain c /bin/sh -c 'while [ ! -e enough ]; do /bin/sleep 0.05; done; exec "$0" prctl 2' \
		"$SNUG_PROGRAMS/arguments"
	arm c args
	go c
	wait_for_line "$state/c.says" ready
	while [[ $(<"/proc/${init[c]}/comm") != sh ]]; do sleep 0.02; done
	in_clean_env /usr/bin/nsenter -m -t "${init[c]}" "$SNUG_PROGRAMS/arguments" prctl 33
	touch "$(dir_of c)/enough"
	ended c
	[ "$(prctl_of values)" = '[[1879048192],[1879048193]]' ]
	[ "$(prctl_of cut)" = null ]
	[ "$(prctl_of 'enteredValues | length')" = 32 ]
	[ "$(prctl_of enteredCut)" = true ]
}

@test "attached to a running process: its arguments from then on" {
	# shellcheck disable=SC2016
	contain c /bin/sh -c '"$0" prctl 5 && echo begun && while [ ! -e enough ]; do /bin/sleep 0.05; done; exec "$0" prctl 2' \
		"$SNUG_PROGRAMS/arguments"
	go c
	wait_for_line "$state/c.out" begun
	session c attach "${init[c]}" args
	touch "$(dir_of c)/enough"
	ended c
	[ "$(prctl_of values)" = '[[1879048192],[1879048193]]' ]
}
