#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Again and again: what happens at the very end of many threads, or in a short life, is never missed.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	need_bpf
}

# always_the_same PROGRAM TIMES
always_the_same() {
	local i

	need_program "$1"
	strace_calls "$1" "${command[@]}"
	for ((i = 1; i <= $2; i++)); do
		record "$1" "${command[@]}"
		is_complete "$state/$1.recording"
		compare_calls "$1" "$state/$1.strace" "$state/$1.snug" || {
			echo "in repetition $i" >&2
			return 1
		}
	done
}

@test "64 threads that race for exit_group: 100 times" {
	always_the_same threads64-group 100
}

# bats test_tags=slow
@test "64 threads that end by themselves: 100 times" {
	always_the_same threads64-pthread 100
}

# bats test_tags=slow
@test "a program that lives five milliseconds: 50 times" {
	always_the_same five-ms 50
}

# bats test_tags=slow
@test "a program that kills itself: 50 times" {
	always_the_same killed-kill 50
}

# bats test_tags=slow
@test "a daemon that outlives the command: 20 times" {
	always_the_same daemonize 20
}
