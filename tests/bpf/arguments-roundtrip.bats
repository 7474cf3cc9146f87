#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Each program runs as ever under a profile that allows its calls only with the arguments of its own
# recording; and under libseccomp's reading of that profile, which is what container runtimes load.
# bats file_tags=slow

# shellcheck disable=SC2154,SC2034  # bpf-test.bash sets and takes them
load ../lib/bpf-test

setup() {
	need_bpf
}

# The profile says something about arguments, and every call that it leaves open has its reason.
has_conditions() {
	jq -e '[.syscalls[] | select(.args)] | length > 0' "$1" >/dev/null || {
		echo "no conditions in $1" >&2
		return 1
	}
}

# The recorded arguments satisfy the profile's conditions, of every call that has a name.
checks() {
	local denied

	denied=$("$SNUG" check --json --strict -p "$1" "$2" | jq -r '.calls[] | .name // .nr')
	[[ -z $denied || $denied == 900 ]] || {
		echo "denied: $denied" >&2
		return 1
	}
}

round_trip() {
	local name=$BATS_TEST_DESCRIPTION level at=$state/profile plain_status

	need_program "$name"
	run_plain "$state/plain" "${command[@]}"
	plain_status=$status
	record_args=(--args)
	record "$name" "${command[@]}"
	is_complete "$state/$name.recording"
	for level in security all; do
		"$SNUG" derive -q -n --args=$level -t raw-seccomp -o "$at.$level" "$state/$name.recording"
		has_conditions "$at.$level"
		run_plain "$state/run" "$SNUG" run -p "$at.$level" -- "${command[@]}"
		expect "under --args=$level" "$plain_status" "$state/plain"
		run_plain "$state/run" "$SNUG_PROGRAMS/../drivers/runc-run" "$at.$level" "${command[@]}"
		expect "under --args=$level, as runc reads it" "$plain_status" "$state/plain"
		checks "$at.$level" "$state/$name.recording"
	done
	# it makes clone3 itself, and there is no library that could make clone instead
	[[ $name != forks ]] || return 0
	"$SNUG" derive -q -n --args --clone3=enosys -t raw-seccomp -o "$at" "$state/$name.recording"
	run_plain "$state/run" "$SNUG" run -p "$at" -- "${command[@]}"
	expect "without clone3" "$plain_status" "$state/plain"
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

# Where a long is passed as an int, compilers leave what is above it in the register.
@test "an int with something above it" {
	local engine at=$state/odd
	local -a call=(python3 -S -c "import ctypes
call = ctypes.CDLL(None, use_errno=True).syscall
fd = call(*map(ctypes.c_long, (41, 7 << 32 | 2, 1, 0)))
print('socket' if fd >= 0 else ctypes.get_errno())")

	[[ $(uname -m) == x86_64 ]] || skip "the number of socket(2) is of x86_64"
	[[ $(in_clean_env "${call[@]}") == socket ]] || skip "no python3 with ctypes, or no sockets"
	for engine in bpf notify; do
		in_clean_env "$SNUG" record -q -n --engine "$engine" --args -t raw-seccomp \
			-o "$at.json" --recording "$at.rec" -- "${call[@]}" >"$at.out"
		run_plain "$state/run" "$SNUG" run -q -p "$at.json" -- "${call[@]}"
		[[ $(cat "$state/run") == socket ]]
		run_plain "$state/run" "$SNUG_PROGRAMS/../drivers/runc-run" "$at.json" "${call[@]}"
		[[ $(cat "$state/run") == socket ]]
		checks "$at.json" "$at.rec"
		# it is not what everybody writes by hand
		jq -e '[.syscalls[] | select(.names == ["socket"]).args[] |
			select(.index == 0) | .op, .value, .valueTwo] ==
			["SCMP_CMP_MASKED_EQ", 4294967295, 2]' "$at.json"
	done
}

@test "every program has its test here" {
	every_program_has_a_test
}
