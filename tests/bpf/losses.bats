#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is lost is counted and said; the set of calls is right even so.

# shellcheck disable=SC2154  # bpf-test.bash sets them
load ../lib/bpf-test

setup() {
	need_bpf
	pid=
}

# A test that failed half-way leaves nothing running.
teardown() {
	show_failure "${state:-}"
	[[ -z $pid ]] || kill "$pid" 2>/dev/null || true
}

# A recorder that is stopped cannot read its news; 20,000 births and deaths do not fit the ring.
@test "news that are lost are counted, the recording says so, and no call is missing" {
	local at=$state/lost
	# shellcheck disable=SC2016
	local script='>begun; while [ ! -e go ]; do /bin/sleep 0.05; done; "$0" 20000; >end'
	local slow=(/bin/sh -c "$script" "$SNUG_PROGRAMS/many-children")

	fresh_work_dir "$work"
	become_in_clean_env "$SNUG" record -n -t raw-seccomp -o "$at.profile" \
		--recording "$at.recording" -- "${slow[@]}" >"$at.out" 2>"$at.err" 3>&- &
	pid=$!
	wait_for "$work/begun"
	kill -STOP "$pid"
	: >"$work/go"
	wait_for "$work/end" 60 || {
		kill -CONT "$pid"
		return 1
	}
	kill -CONT "$pid"
	wait "$pid"
	pid=

	jq -e '.complete == false and .lost.news > 0' "$at.recording"
	# every call there was is there: the last child's own one too
	snug_calls "$at.recording" >"$at.snug"
	grep -q '^x86_64 124 ' "$at.snug"
	grep -q '^x86_64 74 ' "$at.snug"
	grep -qi 'lost' "$at.err"
}

@test "10,000 children are no reason to lose anything" {
	need_program many-children
	record many "${command[0]}" 10000
	is_complete "$state/many.recording"
	grep -q '^x86_64 124 ' "$state/many.snug"
}
