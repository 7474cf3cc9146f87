#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Exactness: of each program snug records the very calls that strace sees, from the first execve on,
# no more and no less.
# bats file_tags=slow

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	need_bpf
}

@test "threads64-group" { same_calls; }
@test "threads64-pthread" { same_calls; }
@test "forks" { same_calls; }
@test "execchain" { same_calls; }
@test "daemonize" { same_calls; }
@test "unshare-ns" { same_calls; }
@test "plain" { same_calls; }
@test "plain-static" { same_calls; }
@test "killed-kill" { same_calls; }
@test "killed-segv" { same_calls; }
@test "killed-abort" { same_calls; }
@test "killed-thread" { same_calls; }
@test "i386" { same_calls; }
@test "mixed" { same_calls; }
@test "five-ms" { same_calls; }
@test "many-children" { same_calls; }
@test "signals" { same_calls; }
@test "identity" { same_calls; }
@test "own-filter" { same_calls; }
@test "ls" { same_calls; }
@test "cat-sort-uniq" { same_calls; }
@test "subshells" { same_calls; }
@test "find" { same_calls; }
@test "tar" { same_calls; }
@test "grep" { same_calls; }
@test "awk" { same_calls; }
@test "sed" { same_calls; }
@test "date" { same_calls; }
@test "cp-mv-rm" { same_calls; }
@test "gzip" { same_calls; }
@test "stat" { same_calls; }
@test "python-threads" { same_calls; }
@test "python-subprocess" { same_calls; }
@test "perl-fork" { same_calls; }
@test "jq" { same_calls; }
@test "git" { same_calls; }
@test "gcc" { same_calls; }

@test "every program has its test here" {
	every_program_has_a_test
}
