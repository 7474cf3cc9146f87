#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Round trip: each program runs under the profile of its own recording (-n: nothing added) as it does
# without, and the same program with one call more is stopped at that call.
# bats file_tags=slow

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

extra_nr=147 # sched_get_priority_min on x86-64: no program makes it, and it always succeeds
extra_name=sched_get_priority_min

setup() {
	need_bpf
}

round_trip() {
	local name=$BATS_TEST_DESCRIPTION plain_status
	local profile=$state/$name.profile

	need_program "$name"
	run_plain "$state/plain" "${command[@]}"
	plain_status=$status

	record "$name" "${command[@]}"
	cp "$state/$name.out" "$state/run"
	cp "$state/$name.err" "$state/run.err"
	expect "recorded" "$plain_status" "$state/plain"

	run_plain "$state/run" "$SNUG" run -p "$profile" -- "${command[@]}"
	expect "under its profile" "$plain_status" "$state/plain"

	one_more "$profile" "$plain_status"
}

# The profile's action for other calls is an error, so the program sees EPERM: onemore says so with
# status 99, or when its exit_group is refused too (`killed` never makes it) with SIGILL.
one_more() {
	local more=("$SNUG_PROGRAMS/onemore" "$extra_nr" "${command[@]}") refused=99

	run_plain "$state/run" "${more[@]}"
	expect "with one call more, no profile" "$2" "$state/plain"

	grep -qx '  *"exit_group",*' "$1" || refused=$((128 + 4))
	run_plain "$state/run" "$SNUG" run -p "$1" -- "${more[@]}"
	expect "with one call more" "$refused" /dev/null

	jq '.defaultAction = "SCMP_ACT_KILL_PROCESS"' "$1" >"$state/kill.json"
	run_plain "$state/run" "$SNUG" run -p "$state/kill.json" -- "${more[@]}"
	expect "with one call more that kills" $((128 + 31)) /dev/null
	grep -q "$extra_name" "$state/run.err" || {
		echo "snug does not say which call it was:"
		cat "$state/run.err"
		return 1
	} >&2
}

@test "threads64-group" { round_trip; }
@test "threads64-pthread" { round_trip; }
@test "forks" { round_trip; }
@test "execchain" { round_trip; }
@test "daemonize" { round_trip; }
@test "unshare-ns" { round_trip; }
@test "plain" { round_trip; }
@test "plain-static" { round_trip; }
@test "killed-kill" { round_trip; }
@test "killed-segv" { round_trip; }
@test "killed-abort" { round_trip; }
@test "killed-thread" { round_trip; }
@test "i386" { round_trip; }
@test "mixed" { round_trip; }
@test "five-ms" { round_trip; }
@test "many-children" { round_trip; }
@test "signals" { round_trip; }
@test "identity" { round_trip; }
@test "own-filter" { round_trip; }
@test "ls" { round_trip; }
@test "cat-sort-uniq" { round_trip; }
@test "subshells" { round_trip; }
@test "find" { round_trip; }
@test "tar" { round_trip; }
@test "grep" { round_trip; }
@test "awk" { round_trip; }
@test "sed" { round_trip; }
@test "date" { round_trip; }
@test "cp-mv-rm" { round_trip; }
@test "gzip" { round_trip; }
@test "stat" { round_trip; }
@test "python-threads" { round_trip; }
@test "python-subprocess" { round_trip; }
@test "perl-fork" { round_trip; }
@test "jq" { round_trip; }
@test "git" { round_trip; }
@test "gcc" { round_trip; }

@test "every program has its test here" {
	every_program_has_a_test
}
