#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# record --args: both engines see the same arguments.  That BPF's are strace's, tests/bpf/arguments.bats
# shows.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	((EUID == 0)) || skip "recording with BPF, to compare with, needs root"
	[[ -r /sys/kernel/btf/vmlinux ]] || skip "this kernel has no BTF: /sys/kernel/btf/vmlinux is missing"
}

teardown() {
	notify_teardown
}

# shellcheck disable=SC2034  # for record()
# arguments ENGINE COMMAND...: the calls that have some, with them
arguments() {
	record_args=(--engine "$1" --args)
	record "$1" "${@:2}"
	jq -c '.calls | to_entries[] | .key as $abi | .value[] | select(.args or .argsCut) |
		[$abi, .nr, .name, .args, .argsCut]' "$state/$1.recording" >"$state/$1.arguments"
	[[ -s $state/$1.arguments ]]
}

same_arguments() {
	need_program "$BATS_TEST_DESCRIPTION"
	arguments bpf "${command[@]}"
	arguments notify "${command[@]}"
	diff "$state/bpf.arguments" "$state/notify.arguments"
}

@test "threads64-pthread" { same_arguments; }
@test "forks" { same_arguments; }
@test "daemonize" { same_arguments; }
@test "unshare-ns" { same_arguments; }
@test "i386" { same_arguments; }
@test "mixed" { same_arguments; }
@test "signals" { same_arguments; }
@test "own-filter" { same_arguments; }
@test "subshells" { same_arguments; }
@test "python-threads" { same_arguments; }
@test "git" { same_arguments; }
@test "gcc" { same_arguments; }

@test "arguments" {
	arguments bpf "$SNUG_PROGRAMS/arguments"
	arguments notify "$SNUG_PROGRAMS/arguments"
	diff "$state/bpf.arguments" "$state/notify.arguments"
}
