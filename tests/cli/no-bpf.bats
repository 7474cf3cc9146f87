#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record where BPF cannot be used: the reason and the way out, at once; what the other engine can
# do is done by that.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	enter_work_dir
}

# refuses TEXT COMMAND...: half a second, one line with TEXT, status 1, nothing run, nothing written
refuses() {
	local text=$1 start
	shift
	start=$(date +%s%N)
	try "$@" record -q --engine "${engine:-bpf}" --recording recording -o profile -- touch ran
	(((($(date +%s%N) - start) / 1000000) < 500))
	status_is 1
	one_line err
	has err "$text"
	is_empty out
	[ ! -e ran ]
	[ ! -e profile ]
	[ ! -e recording ]
	nothing_left
}

@test "BPF switched off" {
	need_root
	SNUG_TEST_DISABLE=bpf refuses "recording needs BPF" "$SNUG"
	SNUG_TEST_DISABLE=sigsys,bpf refuses "recording needs BPF" "$SNUG"
}

@test "a kernel without BTF: what to boot" {
	need_root
	SNUG_TEST_DISABLE=btf refuses CONFIG_DEBUG_INFO_BTF "$SNUG"
}

@test "a /sys that is not mounted" {
	need_root
	need_command unshare
	# shellcheck disable=SC2016
	refuses "in a container, mount /sys" unshare -m sh -c 'mount -t tmpfs none /sys && exec "$0" "$@"' "$SNUG"
}

@test "an unprivileged user: sudo, and doctor" {
	need_root
	need_command setpriv
	chmod 777 .
	refuses "run it with sudo ('snug doctor'" as_nobody "$SNUG"
}

@test "root without capabilities, as in a container" {
	need_root
	need_command setpriv
	refuses "CAP_BPF and CAP_PERFMON" setpriv --bounding-set -all --inh-caps -all "$SNUG"
}

@test "neither engine: the reasons of both" {
	export SNUG_TEST_DISABLE=bpf,notify
	engine=auto refuses "recording needs BPF" "$SNUG"
	has err "user notification is turned off"
	engine=notify refuses "user notification is turned off" "$SNUG"
	has_not err "needs BPF"
}

@test "without BPF the other engine records, and says so in one line" {
	SNUG_TEST_DISABLE=bpf record -n -t raw-seccomp -o p.json --recording r.json -- sh -c 'exit 3'
	status_is 3
	same "$(grep -c 'recording without BPF, which is slower: recording needs BPF' err)" 1
	jq -e '.engine == "notify" and .complete and .exit.code == 3' r.json
	jq -e '[.syscalls[].names[]] | index("execve") and index("exit_group")' p.json
	SNUG_TEST_DISABLE=bpf record -q -n -o p.json -- true
	status_is 0
	is_empty err
}

@test "the engine can be chosen" {
	record -q --engine notify -n --recording r.json -- true
	status_is 0
	is_empty err
	jq -e '.engine == "notify"' r.json
	for wrong in ebpf "" BPF 'x
y'; do
		record --engine "$wrong" -- touch ran
		status_is 2
		one_line err
		has err "none of auto, bpf and notify"
	done
	[ ! -e ran ]
}

@test "the engine notify records a command and nothing else" {
	record --engine notify --no-proc-start -- sleep
	status_is 2
	has err "--no-proc-start needs the engine bpf"
	for what in "--pid 1" "--container x" "--cgroup /sys/fs/cgroup"; do
		# shellcheck disable=SC2086
		record --engine notify $what
		status_is 2
		one_line err
		has err "needs the engine bpf"
	done
}

@test "what was wrong with the call is told first" {
	SNUG_TEST_DISABLE=bpf record -q -- no-such-command
	status_is 127
	SNUG_TEST_DISABLE=bpf record -q -t nosuchtype -- true
	status_is 1
	has err nosuchtype
}

@test "--no-proc-start fails the same way and does not wait" {
	SNUG_TEST_DISABLE=bpf try timeout 60 "$SNUG" record --no-proc-start -- sleep
	status_is 1
	has err "recording needs BPF"
	has_not err Waiting
}

@test "the other verbs need no BPF" {
	for verb in version doctor "record --help"; do
		# shellcheck disable=SC2086
		SNUG_TEST_DISABLE=bpf,btf try "$SNUG" $verb
		status_is 0
	done
}
