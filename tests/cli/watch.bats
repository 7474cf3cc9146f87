#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug watch as a user meets it: options, lines, the table, JSON, names that want to be more than that.
# What is seen and counted, tests/bpf/denials.bats tests.

# shellcheck disable=SC2154  # cli.bash sets them
# shellcheck disable=SC2016  # what single quotes keep is for perl
load ../lib/cli

setup() {
	enter_work_dir
	watcher=""
}

teardown() {
	show_failure "${work:-}"
	[[ -z $watcher ]] || kill -KILL "$watcher" 2>/dev/null || true
}

# watch OPTION...: in the background, into watch.out; it watches when this returns
watch() {
	: >watch.err # at once: not that of the one before
	"$SNUG" watch "$@" >watch.out 2>watch.err </dev/null 3>&- &
	watcher=$!
	wait_until grep -q Watching watch.err
}

# end_watch [SIGNAL]: it ends well
end_watch() {
	kill "-${1:-INT}" "$watcher"
	wait "$watcher"
	watcher=""
}

# refused NAME TIMES: a program called so makes a call that is refused, TIMES times, and waits until
# something is told; with $unseen, for a moment.
refused() {
	rm -f told
	[[ -e filter.json ]] || echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}' >filter.json
	cp "$(type -P perl)" "$1"
	in_background "$SNUG" run -p filter.json -- "./$1" -e \
		"syscall(121, 0) for 1 .. $2; select undef, undef, undef, 0.02 until -e 'told'"
	[[ -z ${unseen:-} ]] || sleep 0.3
	[[ -n ${unseen:-} ]] || wait_until test -s watch.out
	: >told
	finish
	same "$status" 0
}

@test "watch: what is wrong with the options" {
	try "$SNUG" watch --pid one
	status_is 2
	has err "--pid: 'one' is no process id"
	try "$SNUG" watch web
	status_is 2
	has err "'web': there is nothing to name here; --comm, --exe, --pid and --container choose"
	try "$SNUG" watch --nothing
	status_is 2
	has err "--nothing"
}

@test "watch: without root it says what is missing" {
	need_root
	try setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all "$SNUG" watch
	status_is 1
	is_empty out
	grep -E "watch: .*(root|CAP_BPF)" err
	one_line err
}

@test "watch: without BPF it says so" {
	need_root
	SNUG_TEST_DISABLE=bpf try "$SNUG" watch
	status_is 1
	is_empty out
	has err "watch: "
	one_line err
}

@test "watch: lines at once and tenfold, a table at the end" {
	need_bpf
	need_command perl
	watch --comm some-perl
	refused some-perl 300
	end_watch
	grep -cE "^20[-0-9]+ [:0-9]+\.[0-9]{3} +[0-9]+  $work/some-perl  EACCES    getpgid( +\([0-9]+ times\))?$" \
		watch.out >lines
	(($(<lines) >= 2 && $(<lines) <= 4))
	grep -x -A 2 EXECUTABLE watch.out >table
	same "$(sed -n 3p table)" "$work/some-perl" || same "$(tail -n 2 watch.out | head -n 1)" "$work/some-perl"
	grep -E "^     300  20[-0-9]+ [:0-9]+  20[-0-9]+ [:0-9]+  EACCES    getpgid$" watch.out
	has watch.err "Watching what seccomp refuses on this host"
	(($(awk 'length > 200' watch.out | wc -l) == 0))
}

@test "watch: JSON lines; SIGTERM and SIGHUP end it, too" {
	need_bpf
	need_command perl
	local signal

	for signal in TERM HUP; do
		watch --json --comm "perl-$signal"
		refused "perl-$signal" 3
		end_watch "$signal"
		jq -se --arg exe "$work/perl-$signal" 'all(.[]; .type == "denial" and .exe == $exe and
			.arch == "x86_64" and .nr == 121 and .syscall == "getpgid" and
			.result == "EACCES" and (.pid | . > 1) and
			(.time | test("^20.*Z$")) and (.last | test("^20.*Z$")) and
			(has("container") | not)) and (map(.count) | .[0] == 1 and .[-1] == 3)' watch.out
	done
}

@test "watch: --exe, --pid, wildcards" {
	need_bpf
	need_command perl
	cp "$(type -P perl)" other-perl
	watch --json --exe 'this-*'
	refused this-perl 1
	refused other-perl 1
	end_watch
	jq -se --arg exe "$work/this-perl" 'map(.exe) | unique == [$exe]' watch.out
	watch --json --pid 1
	unseen=1 refused this-perl 1
	end_watch
	is_empty watch.out
}

@test "watch: --exe finds programs that ended before anybody could look, by name, and counts the others" {
	need_bpf
	need_command perl
	watch --json --exe "/elsewhere/short-lived-program,$work/its-*"
	kill -STOP "$watcher"
	unseen=1 refused short-lived-program 3
	unseen=1 refused its-own 1
	unseen=1 refused some-other 1
	kill -CONT "$watcher"
	end_watch
	same "$(jq -sr 'map(select(.exe == null) | .comm) | unique | join(" ")' watch.out)" "its-own short-lived-pro"
	jq -se 'map(select(.comm == "short-lived-pro")) | last.count == 3' watch.out
	has watch.err "denials are left out: their processes ended before snug could look at them"
}

@test "watch: a process that executes another program: each denial is its own program's, or nobody's" {
	need_bpf
	need_command perl
	watch --json --comm '*-perl'
	echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["getpgid", "uname"], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}' >both.json
	cp "$(type -P perl)" first-perl
	cp first-perl second-perl
	for _ in {1..20}; do
		"$SNUG" run -q -p both.json -- ./first-perl -e \
			'syscall(121, 0); exec "./second-perl", "-e", "syscall(63, 0); select undef, undef, undef, 0.02"'
	done
	end_watch
	jq -se 'map(select(.exe)) | map(.exe | split("/")[-1]) - ["first-perl", "second-perl"] == []' watch.out
	jq -se 'all(.[]; (.exe // .comm | split("/")[-1]) ==
		if .syscall == "uname" then "second-perl" else "first-perl" end)' watch.out
	jq -se 'map(.syscall) | unique == ["getpgid", "uname"]' watch.out
}

@test "watch: a program executed by a process that is gone before anybody looks has not the first one's file" {
	need_bpf
	need_command perl
	watch --json --comm '*-perl'
	jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpgid", "uname"], action: "SCMP_ACT_ERRNO"}]}' \
		>both.json
	cp "$(type -P perl)" one-perl
	cp one-perl other-perl
	in_background "$SNUG" run -q -p both.json -- ./one-perl -e 'syscall(121, 0);
		select undef, undef, undef, 0.02 until -e "go"; exec "./other-perl", "-e", "syscall(63, 0)"'
	wait_until grep -q getpgid watch.out
	kill -STOP "$watcher"
	: >go
	finish
	kill -CONT "$watcher"
	end_watch
	jq -se --arg exe "$work/one-perl" 'map([.syscall, .comm, .exe]) ==
		[["getpgid", "one-perl", $exe], ["uname", "other-perl", null]]' watch.out
}

@test "watch: hostile names do nothing to a terminal, nor to JSON" {
	need_bpf
	need_command perl
	local name=$'x\e[31m\n{"a'

	watch --comm $'x\e*'
	refused "$name" 1
	end_watch
	has watch.out '\x1b[31m\x0a{"a'
	has_not watch.out $'\e'
	watch --json --comm $'x\e*'
	refused "$name" 1
	end_watch
	jq -se --arg exe "$work/$name" 'length > 0 and all(.[]; .exe == $exe)' watch.out
}

@test "watch: it ends when nobody reads its output any more" {
	need_bpf
	need_command perl
	# the reader goes after the first line
	{ "$SNUG" watch --json --comm "gone-*" 2>watch.err 3>&- || true; } | head -n 1 >watch.out &
	wait_until grep -q Watching watch.err
	refused gone-perl 2
	refused gone-perl2 2
	wait_until same "$(wc -l <watch.out)" 1
	wait
}
