#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Noise: recordings stay exact while other processes make every system call they safely can, in the
# same namespaces and under the same names as what is recorded.
# bats file_tags=slow

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup_file() {
	local ready=$BATS_FILE_TMPDIR/ready

	((EUID == 0)) || return 0
	"$SNUG_PROGRAMS/noise" 850 threads64 sh ls python3 perl forks plain cat git i386 \
		>"$ready" 2>/dev/null 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/pid"
	for ((i = 0; i < 1000; i++)); do
		[[ ! -s $ready ]] || return 0
		sleep 0.02
	done
	echo "the noise did not start" >&2
	return 1
}

teardown_file() {
	[[ ! -e $BATS_FILE_TMPDIR/pid ]] || kill "$(<"$BATS_FILE_TMPDIR/pid")"
}

setup() {
	need_bpf
	kill -0 "$(<"$BATS_FILE_TMPDIR/pid")"
}

teardown() {
	show_failure "${state:-}"
	# still there: what was compared was compared under noise
	[[ ! -e $BATS_FILE_TMPDIR/pid ]] || kill -0 "$(<"$BATS_FILE_TMPDIR/pid")"
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

@test "the noise makes nearly every call there is" {
	# recorded itself, for two seconds: one round
	record noise "$SNUG_PROGRAMS/noise" 4 noise
	[ "$(grep -c ^x86_64 "$state/noise.snug")" -gt 450 ]
	[ "$(grep -c '^x86 ' "$state/noise.snug")" -gt 450 ]
}

@test "every program has its test here" {
	every_program_has_a_test
}
