#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What benchmarks measure with works; what they measure is no test.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
	tools=$SNUG_BUILD/tests/bench
	[[ -x $tools/profile-cost ]] || skip "the programs of tests/bench are not built"
}

@test "make-recordings: the same recordings each time, and the profiles that follow from them" {
	mkdir a b
	"$tools/make-recordings" 3 a
	"$tools/make-recordings" 3 b
	diff -r a b
	same "$(cd a && echo *)" "0000.json 0000.rec 0001.json 0001.rec 0002.json 0002.rec"
	for i in 0 1 2; do
		"$SNUG" derive -n -t raw-seccomp -o "$i.json" "a/000$i.rec"
		cmp "$i.json" "a/000$i.json"
	done
	try cmp -s a/0000.json a/0001.json
	status_is 1
	try "$tools/make-recordings" 0 a
	status_is 2
	try "$tools/make-recordings" 1 nosuch
	status_is 1
	has err "nosuch/0000.rec"
}

@test "profile-cost: five numbers and the filter's length" {
	echo '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW"}]}' >p.json
	try "$tools/profile-cost" 3 p.json
	status_is 0
	grep -qE '^([0-9]+\.[0-9]{3} ){4}[0-9]{4,} [0-9]{1,2}$' out
	try "$tools/profile-cost" 1 nosuch.json
	status_is 1
	has err "nosuch.json"
	try "$tools/profile-cost" 0 p.json
	status_is 2
}

@test "bench-profiles: every table" {
	need_command jq
	[[ -r /usr/share/containers/seccomp.json ]] || skip "needs golang-github-containers-common"
	ROUNDS=1 MERGED=20 try "$BATS_TEST_DIRNAME/../../tools/bench-profiles" "$SNUG_BUILD"
	status_is 0
	has out "| read | resolve | compile |" "\`snug merge\`, profiles" "\`snug merge\`, recordings" \
		"\`snug derive\`, recordings" "\`jq -s\`"
	((EUID != 0)) || has out "\`snug run\`"
}
