#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The oracle itself: it reads strace rightly, and a comparison that should fail does.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	state=$BATS_TEST_TMPDIR
	printf '%s\n' "x86_64 0 read" "x86_64 59 execve" "x86 24 getuid" >"$state/full"
}

@test "equal sets are equal, whatever the names are" {
	sed 's/getuid/getuid16/' "$state/full" >"$state/other"
	compare_calls none "$state/full" "$state/other"
}

@test "a call that snug misses is a failure" {
	grep -v read "$state/full" >"$state/less"
	run compare_calls none "$state/full" "$state/less"
	[ "$status" -eq 1 ]
	[ "$output" = "none: strace saw, snug did not: x86_64 0 read" ]
}

@test "a call too many is a failure, the same number of another ABI is another call" {
	sed 's/^x86 24/x86_64 24/' "$state/full" >"$state/other"
	run compare_calls none "$state/full" "$state/other"
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "none: strace saw, snug did not: x86 24 getuid" ]
	[ "${lines[1]}" = "snug recorded, strace did not see: x86_64 24 getuid" ]
}

@test "a recording without calls is a failure" {
	: >"$state/nothing"
	run compare_calls none "$state/full" "$state/nothing"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
}

@test "a listed difference holds for its program and its direction only" {
	printf '%s\n' "x86_64 124 getsid" "x86_64 121 getpgid" >"$state/denied"
	: >"$state/nothing"
	compare_calls own-filter "$state/denied" "$state/nothing"
	run compare_calls own-filter "$state/nothing" "$state/denied"
	[ "$status" -eq 1 ]
	run compare_calls other "$state/denied" "$state/nothing"
	[ "$status" -eq 1 ]
}

@test "a wrong name is a failure, a number newer than the headers is not" {
	compare_names "$state/full"
	echo "x86_64 5000 future" >>"$state/full"
	compare_names "$state/full"
	echo "x86_64 1 read" >>"$state/full"
	run compare_names "$state/full"
	[ "$status" -eq 1 ]
	[ "$output" = "x86_64 1: snug says read, the kernel says write" ]
	echo "x86_64 3 ?" >"$state/full"
	run compare_names "$state/full"
	[ "$status" -eq 1 ]
}

@test "strace's output: interrupted lines, signals, exits, unknown numbers, both modes" {
	cat >"$state/trace" <<-'END'
		10    [  59] execve("./x", ["./x"], 0x7ff) = 0
		10    [   0] read(3,  <unfinished ...>
		11    [ 257] openat(AT_FDCWD, "read(9", O_RDONLY) = 3
		10    [   0] <... read resumed>"", 0) = 0
		10    [   0] --- SIGCHLD {si_signo=SIGCHLD} ---
		10    [ 457] syscall_0x1c9(0x1) = -1 ENOSYS (Function not implemented)
		10    [ 457] [ Process PID=10 runs in 32 bit mode. ]
		10    [ 102] socket(AF_UNIX, SOCK_STREAM, 0) = 3
		10    [  24] getuid()           = 0
		10    [ 900] syscall_0x384(0x1) = -1 ENOSYS (Function not implemented)
		12    [ 120] clone(child_stack=NULL) = 13
		12    [ 435] clone3({flags=0}) = 14
		11    [ 231] exit_group(0)      = ?
		11    [ 231] +++ exited with 0 +++
	END
	oracle_parse "$state/trace" >"$state/calls"
	diff "$state/calls" - <<-'END'
		x86 102 socket
		x86 120 clone
		x86 24 getuid
		x86 435 clone3
		x86 900 syscall_0x384
		x86_64 0 read
		x86_64 231 exit_group
		x86_64 257 openat
		x86_64 457 syscall_0x1c9
		x86_64 59 execve
	END
}
