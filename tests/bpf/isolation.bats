#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Recordings at the same time do not mix, and a recorder that dies leaves nothing behind.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	need_bpf
	pids=() # of the recorders in the background
}

# A test that failed half-way leaves nothing running.
teardown() {
	local pid

	show_failure "${state:-}"
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
}

# The programs of ours that the kernel holds.  Other recordings may run on this host.
n_loaded() {
	PATH=$PATH:/usr/sbin bpftool prog list | grep -c ' name snug_' || true
}

# start NAME COMMAND...: records in the background, in the current directory
start() {
	local at=$state/$1
	shift
	become_in_clean_env "$SNUG" record -q -n -t raw-seccomp -o "$at.profile" \
		--recording "$at.recording" -- "$@" >"$at.out" 2>"$at.err" 3>&- &
	pids+=($!)
}

# as_strace NAME COMMAND...: what start() recorded is what strace sees
as_strace() {
	local at=$state/$1

	snug_calls "$at.recording" >"$at.snug"
	is_complete "$at.recording"
	strace_calls "$@"
	compare_calls "$1" "$at.strace" "$at.snug"
}

# hold_other_build: what a recorder of another version may have in the kernel, until the test's end
hold_other_build() {
	local said

	coproc other_build { exec "$SNUG_PROGRAMS/../drivers/other-build"; }
	# shellcheck disable=SC2154  # coproc sets it
	pids+=("$other_build_PID")
	read -r said <&"${other_build[0]}"
	[[ $said == ready ]]
}

@test "what a recorder of another version has in the kernel is left alone" {
	hold_other_build
	# it must not be read as if it were of this build
	record plain "$SNUG_PROGRAMS/plain"
	is_complete "$state/plain.recording"
}

@test "two different programs, recorded at the same time" {
	# shellcheck disable=SC2016
	local loop='for i in 1 2 3 4 5 6 7 8 9; do "$0" $1; done'
	local a=(/bin/sh -c "$loop" "$SNUG_PROGRAMS/threads64" pthread)
	local b=(/bin/sh -c "$loop" "$SNUG_PROGRAMS/forks")

	fresh_work_dir "$work"
	start a "${a[@]}"
	start b "${b[@]}"
	wait "${pids[0]}"
	wait "${pids[1]}"
	as_strace a "${a[@]}"
	as_strace b "${b[@]}"
}

@test "twenty recordings of the same program at the same time: each is whole" {
	local i

	need_program threads64-pthread
	fresh_work_dir "$work"
	for ((i = 0; i < 20; i++)); do
		start "same$i" "${command[@]}"
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	strace_calls same "${command[@]}"
	for ((i = 0; i < 20; i++)); do
		snug_calls "$state/same$i.recording" >"$state/same.snug"
		is_complete "$state/same$i.recording"
		compare_calls threads64-pthread "$state/same.strace" "$state/same.snug"
	done
}

@test "one that ends does not disturb one that goes on" {
	# shellcheck disable=SC2016
	local a=(/bin/sh -c '>begun; while [ ! -e go ]; do /bin/sleep 0.05; done; exec "$0"'
		"$SNUG_PROGRAMS/forks")

	fresh_work_dir "$work"
	start a "${a[@]}"
	wait_for "$work/begun"
	mkdir -p "$state/other"
	in_clean_env "$SNUG" record -q -n -o "$state/other/profile" -- /bin/true
	: >"$work/go"
	wait "${pids[0]}"
	snug_calls "$state/a.recording" >"$state/a.snug"
	is_complete "$state/a.recording"
	# forks' own calls came after the other recording had ended
	grep -q '^x86_64 435 ' "$state/a.snug"
	grep -q '^x86_64 124 ' "$state/a.snug"
}

@test "a recorder that is killed leaves the command alive and the next recording exact" {
	local before child

	before=$(n_loaded)
	fresh_work_dir "$work"
	# shellcheck disable=SC2016
	start killed /bin/sh -c 'echo $$ >begun.new; /bin/mv begun.new begun; exec /bin/sleep 600'
	wait_for "$work/begun"
	child=$(<"$work/begun")
	kill -KILL "${pids[0]}"
	wait "${pids[0]}" || true
	[ ! -e "$state/killed.recording" ]
	kill "$child"

	need_program plain
	record plain "${command[@]}"
	is_complete "$state/plain.recording"
	strace_calls plain "${command[@]}"
	compare_calls plain "$state/plain.strace" "$state/plain.snug"
	for ((i = 0; i < 100 && $(n_loaded) > before; i++)); do
		sleep 0.1
	done
	[ "$(n_loaded)" -le "$before" ]
}
