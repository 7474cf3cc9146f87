#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Exactness: of each program the engine notify records the very calls that strace sees, as root, as a
# user without capabilities, and where no_new_privs is set.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	need_command strace setpriv
}

teardown() {
	notify_teardown
}

# The test's description names a program.
same_calls_by_all() {
	local who

	for who in root user no-new; do
		[[ $who != user ]] || ((EUID == 0)) || continue
		# what takes root
		[[ $who != user || ! $BATS_TEST_DESCRIPTION =~ ^(unshare-ns|identity)$ ]] || continue
		become "$who"
		same_calls
	done
}

@test "threads64-group" { same_calls_by_all; }
@test "threads64-pthread" { same_calls_by_all; }
@test "forks" { same_calls_by_all; }
@test "execchain" { same_calls_by_all; }
@test "daemonize" { same_calls_by_all; }
@test "unshare-ns" { same_calls_by_all; }
@test "plain" { same_calls_by_all; }
@test "plain-static" { same_calls_by_all; }
@test "killed-kill" { same_calls_by_all; }
@test "killed-segv" { same_calls_by_all; }
@test "killed-abort" { same_calls_by_all; }
@test "killed-thread" { same_calls_by_all; }
@test "i386" { same_calls_by_all; }
@test "mixed" { same_calls_by_all; }
@test "five-ms" { same_calls_by_all; }
@test "many-children" { same_calls_by_all; }
@test "signals" { same_calls_by_all; }
@test "identity" { same_calls_by_all; }
@test "own-filter" { same_calls_by_all; }
@test "ls" { same_calls_by_all; }
@test "cat-sort-uniq" { same_calls_by_all; }
@test "subshells" { same_calls_by_all; }
@test "find" { same_calls_by_all; }
@test "tar" { same_calls_by_all; }
@test "grep" { same_calls_by_all; }
@test "awk" { same_calls_by_all; }
@test "sed" { same_calls_by_all; }
@test "date" { same_calls_by_all; }
@test "cp-mv-rm" { same_calls_by_all; }
@test "gzip" { same_calls_by_all; }
@test "stat" { same_calls_by_all; }
@test "python-threads" { same_calls_by_all; }
@test "python-subprocess" { same_calls_by_all; }
@test "perl-fork" { same_calls_by_all; }
@test "jq" { same_calls_by_all; }
@test "git" { same_calls_by_all; }
@test "gcc" { same_calls_by_all; }

@test "every program has its test here" {
	every_program_has_a_test
}
