#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Denials in real containers, under the filters that their engines give them: by snug watch, by snug
# record, by the hook.

# shellcheck disable=SC2154  # the libraries set them
# shellcheck disable=SC2030,SC2031  # each test and its teardown share a shell
load ../lib/cli
load ../lib/runtimes
load ../lib/containers

setup_file() {
	containers_setup_file
}

setup() {
	need_bpf
	enter_work_dir
	containers_setup
	watcher=""
}

teardown() {
	show_failure "${work:-}"
	[[ -z $watcher ]] || kill -KILL "$watcher" 2>/dev/null || true
	containers_teardown
}

# Of what this program does, podman's default profile refuses ustat and
# vmsplice; thrice, by processes that are gone at once.  The container lives until it is told to end:
# whose it was is to be seen meanwhile.
deeds="for i in 1 2 3; do /t/denials; done; : >/tmp/made; $(until_told end :)"

# watch OPTION...
watch() {
	: >watch.err # at once: not that of the one before
	"$SNUG" watch "$@" >watch.out 2>watch.err </dev/null 3>&- &
	watcher=$!
	wait_until grep -q Watching watch.err
}

end_watch() {
	kill -INT "$watcher"
	wait "$watcher"
	watcher=""
}

@test "podman with runc: watched under its name, and recorded" {
	local first

	start podman-runc "$word" "$deeds"
	first=$(pid_of "$word")
	watch --json --container "$word"
	attach --container "$word" --recording r.json -t raw-seccomp -o p.json
	tell "$word" "$first"
	wait_until grep -q vmsplice watch.out
	tell end "$first"
	finish
	end_watch
	jq -se --arg name "$word" 'map(select(.syscall == "ustat")) | length > 0 and
		all(.[]; .type == "denial" and .container == $name and .result == "EPERM" and
			.comm == "denials" and (.containerId | length == 64)) and
		(map(.count) | max) == 3' watch.out
	jq -e --arg name "$word" '.filtered and .denialsFromUs == 0 and .complete and
		.container.name == $name and
		(.denied | keys) == ["x86_64"] and
		(.denied.x86_64 | map(del(.firstUs, .pid))) ==
			[{nr: 136, name: "ustat", result: "EPERM", count: 3, comm: "denials"},
			{nr: 278, name: "vmsplice", result: "EPERM", count: 3, comm: "denials"}]' r.json
	has bg.err "seccomp refused" "ustat (EPERM, 3 times)" "snug amend -p p.json"
	allows_not p.json ustat
	"$SNUG" show r.json >shown
	has shown "ustat (EPERM, 3 times)"
}

@test "for people: a line at once, the container's name, a table at the end" {
	local first

	start podman-runc "$word" "$deeds"
	first=$(pid_of "$word")
	watch --container "$word"
	tell "$word" "$first"
	wait_until grep -q ustat watch.out
	tell end "$first"
	wait_until test ! -e "/proc/$first"
	end_watch
	grep -E "^20[0-9: .-]* +[0-9]+ +.*denials.*  \[$word\]  EPERM     ustat$" watch.out
	grep -x "EXECUTABLE" watch.out
	grep -E "^ +3  20.*  20.*  EPERM     ustat$" watch.out
}

@test "only of another container: nothing" {
	local first

	start podman-runc "$word" "$deeds"
	first=$(pid_of "$word")
	watch --json --container "not-$word"
	tell "$word" "$first"
	wait_until test -e "/proc/$first/root/tmp/made"
	sleep 0.3
	tell end "$first"
	wait_until test ! -e "/proc/$first"
	end_watch
	is_empty watch.out
}

@test "the hook, of a bundle with a filter" {
	need_command runc
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["unshare"],
		"action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}' >filter.json
	bundle hooked runc "of:$work/p.json;recording:$work/r.json" "$(profile_in filter.json)" \
		bash -c 'unshare -U true; unshare -U true; true'
	run_oci runc hooked hooked
	status_is 0
	appears r.json
	jq -e '.filtered and .denialsFromUs == 0 and .complete and
		(.denied.x86_64 | map([.name, .result, .count])) == [["unshare", "EACCES", 2]]' r.json
}
