#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Calls through the 32-bit entry keep their ABI, in the recording and in the profile.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	need_bpf
}

@test "a 64-bit program's 32-bit calls are recorded as such, and no others under their numbers" {
	need_program mixed
	record mixed "${command[@]}"
	# the recording is for x86_64, the calls of the other entry are apart
	[ "$(jq -r .arch "$state/mixed.recording")" = x86_64 ]
	diff - <(grep '^x86 ' "$state/mixed.snug") <<-END
		x86 199 getuid32
		x86 24 getuid
		x86 359 socket
		x86 900 ?
	END
	[ "$(grep -cE '^x86_64 (199|24|359|900) ' "$state/mixed.snug")" -eq 0 ]
}

@test "the profile lists both architectures, and no name for a number that has none" {
	need_program mixed
	record mixed "${command[@]}"
	jq -e '.architectures | sort == ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]' "$state/mixed.profile"
	jq -e '[.syscalls[].names[]] | contains(["getuid32", "getuid"])' "$state/mixed.profile"
	jq -e '[.syscalls[].names[]] | all(test("^[a-z_][a-z0-9_]*$"))' "$state/mixed.profile"
	# 900 is reported
	grep -q 900 "$state/mixed.err"
}

@test "a 32-bit program's calls are those of its ABI, but for the execve that started it" {
	need_program i386
	record i386 "${command[@]}"
	[ "$(grep -v '^x86 ' "$state/i386.snug")" = "x86_64 59 execve" ]
	# socketcall is what the kernel is asked for
	grep -q '^x86 102 socketcall$' "$state/i386.snug"
}

@test "a 64-bit program's profile lists one architecture" {
	need_program plain
	record plain "${command[@]}"
	jq -e '.architectures == ["SCMP_ARCH_X86_64"]' "$state/plain.profile"
}
