#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Arguments: of each program snug records, with --args, the very values that strace sees of what
# data/argument-filters.csv looks at, no more and no less.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test
# shellcheck source=tests/lib/arguments.sh
source "$repo/tests/lib/arguments.sh"

setup() {
	need_bpf
	record_args=(--args=all)
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
