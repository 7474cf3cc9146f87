#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug ps: usage, forms of output, and who may see what.  Real containers are in tests/e2e.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
}

@test "ps: arguments and options that exclude each other are usage errors" {
	try "$SNUG" ps web
	status_is 2
	has err "takes no argument: 'web'"
	try "$SNUG" ps --json -q
	status_is 2
	has err "--json and --quiet exclude each other"
	try "$SNUG" ps --all
	status_is 2
	is_empty out
}

@test "ps: the table begins with its headings, --json is an array, -q only ids" {
	try "$SNUG" ps
	status_is 0
	head -n 1 out | grep -qE '^NAME +IMAGE +RUNTIME +PID +(POD +)?SECCOMP +RECORDING$'
	try "$SNUG" ps --json
	status_is 0
	jq -e 'type == "array" and all(.[]; .id and .pid > 0)' out
	n=$(jq length out)
	try "$SNUG" ps -q
	status_is 0
	same "$(wc -l <out)" "$n"
}

@test "ps: others than root are told what they miss, and do not learn who records" {
	need_root
	need_command setpriv
	try setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all "$SNUG" ps --json
	status_is 0
	has err "only root sees every container"
	jq -e 'all(.[]; has("recording") | not)' out
}

@test "ps: a container of a runtime that nobody knows: by its control group; it is being recorded" {
	need_bpf
	need_command unshare
	id=$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')
	group=$(awk '$3 == "cgroup2" || $4 ~ /(^|,)memory(,|$)/ && $3 == "cgroup" { print $2; exit }' /proc/mounts)
	[[ -n $group ]] || skip "no control groups are mounted"
	group+=/$id
	mkdir "$group"
	# a name that nobody else records
	name=p$BASHPID
	cp -L "$(command -v sleep)" "$name"
	# shellcheck disable=SC2016  # for the inner shell
	unshare -m sh -c 'echo $$ >"$1/cgroup.procs" && exec "./$2" 60' - "$group" "$name" 3>&- &
	other=$!
	wait_until grep -qx "$name" "/proc/$other/comm"
	"$SNUG" ps --json >before
	in_background "$SNUG" record --no-proc-start -o p.yaml "$name"
	wait_until grep -q "Waiting for CTRL+C" bg.err
	"$SNUG" ps --json >during
	"$SNUG" ps >table
	kill -INT "$pid"
	finish
	"$SNUG" ps --json >after
	kill "$other"
	wait_until rmdir "$group"
	for file in before during after; do
		jq --arg id "$id" '.[] | select(.id == $id)' "$file" >one
		jq -e --argjson pid "$other" '.pid == $pid and .seccomp and (has("runtime") | not)' one
		same "$(jq .recording one)" "$([[ $file == during ]] && echo true || echo false)"
	done
	grep -E "^${id:0:12} +- +- +$other +(- +)?[a-z]+ +yes$" table
	try "$SNUG" ps -q
	has_not out "$id"
}
