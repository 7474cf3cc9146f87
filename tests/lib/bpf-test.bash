# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the bats files of tests/bpf share.  Each sources it and calls its functions.
# shellcheck disable=SC2154  # command, reason, all_programs: programs.sh sets them

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export SNUG=${SNUG:-$repo/build/src/cmd/snug}
[[ $SNUG == /* ]] || SNUG=$PWD/$SNUG
SNUG_PROGRAMS=${SNUG_PROGRAMS:-$(dirname "$SNUG")/../../tests/programs}
# shellcheck source=tests/lib/failed.bash
source "$repo/tests/lib/failed.bash"
# shellcheck source=tests/lib/oracle.sh
source "$repo/tests/lib/oracle.sh"
# shellcheck source=tests/lib/programs.sh
source "$repo/tests/lib/programs.sh"

# In setup(): skips where BPF programs cannot be loaded at all.
need_bpf() {
	((EUID == 0)) || skip "recording with BPF needs root"
	[[ -r /sys/kernel/btf/vmlinux ]] || skip "this kernel has no BTF: /sys/kernel/btf/vmlinux is missing"
	[[ -x $SNUG ]] || {
		echo "there is no $SNUG: build it, or set SNUG" >&2
		return 1
	}
	state=$BATS_TEST_TMPDIR
	work=$state/work
}

# Sets `command` to that of program $1.
need_program() {
	program_command "$1" || skip "$reason"
}

# wait_for FILE [SECONDS]: until it exists.
wait_for() {
	local i

	for ((i = 0; i < ${2:-10} * 50; i++)); do
		[[ ! -e $1 ]] || return 0
		sleep 0.02
	done
	echo "waited ${2:-10} s for $1" >&2
	return 1
}

# record NAME COMMAND...: records in a fresh work directory, into $state/NAME.{recording,profile,out,
# err}, the set of calls into $state/NAME.snug.  Sets `status` to the exit status.  The array
# `record_args` has further options.
record() {
	local at=$state/$1
	shift
	fresh_work_dir "$work"
	status=0
	in_clean_env "$SNUG" record -q -n "${record_args[@]}" -t raw-seccomp -o "$at.profile" \
		--recording "$at.recording" -- "$@" >"$at.out" 2>"$at.err" || status=$?
	[[ -s $at.recording ]] || {
		echo "no recording of: $*; status $status; on stderr:"
		cat "$at.err"
		return 1
	} >&2
	snug_calls "$at.recording" >"$at.snug"
}

# strace_calls NAME COMMAND...: the oracle's set, into $state/NAME.strace.  Output goes to files as it
# does in record(): programs look at what they write to.
strace_calls() {
	local out=$state/$1.strace
	shift
	fresh_work_dir "$work"
	oracle_strace "$out" "$@" >"$out.out" 2>"$out.err" || true
	[[ -s $out ]] || {
		echo "strace saw nothing of: $*" >&2
		return 1
	}
}

is_complete() {
	jq -e '.complete and ([.lost[]] | add == 0)' "$1" >/dev/null || {
		echo "incomplete: $(jq -c .lost "$1")" >&2
		return 1
	}
}

# The test's description names a program: snug records of it what strace sees, under right names.
same_calls() {
	local name=$BATS_TEST_DESCRIPTION

	need_program "$name"
	record "$name" "${command[@]}"
	strace_calls "$name" "${command[@]}"
	compare_calls "$name" "$state/$name.strace" "$state/$name.snug"
	compare_names "$state/$name.snug"
	is_complete "$state/$name.recording"
}

# Every program has a test in the file that calls this.
every_program_has_a_test() {
	diff <(printf '%s\n' "${all_programs[@]}" | sort) \
		<(sed -nE 's/^@test "([a-z0-9-]+)" \{ .*/\1/p' "$BATS_TEST_FILENAME" | sort)
}

# run_plain OUT COMMAND...: in a fresh work directory, as `record` does; sets `status`
run_plain() {
	local out=$1
	shift
	fresh_work_dir "$work"
	status=0
	in_clean_env "$@" >"$out" 2>"$out.err" || status=$?
}

# expect WHAT STATUS OUT: the last run ended with STATUS and printed the contents of OUT
expect() {
	((status == $2)) || {
		echo "$1: exit status $status instead of $2"
		cat "$state/run.err"
		return 1
	} >&2
	diff "$3" "$state/run" >&2 || {
		echo "$1: printed something else" >&2
		return 1
	}
}
