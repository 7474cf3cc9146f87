#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record stands aside: signals reach the command, and end the recording with a profile.

# shellcheck disable=SC2154  # cli.bash sets them
load ../lib/cli

setup() {
	need_recorder
	enter_work_dir
}

# The command writes its pid into ./begun when it is ready.
begin() {
	rm -f begun
	in_background "$SNUG" record "$@"
	wait_until test -s begun
	child=$(cat begun)
}

@test "SIGINT and SIGTERM to snug stop the command, and the profile is written" {
	for signal in INT TERM HUP QUIT; do
		rm -f profile.yaml
		begin -n --recording r.json -- sh -c 'ulimit -c 0; echo $$ >begun.new; /bin/mv begun.new begun; exec sleep 60'
		kill -$signal "$pid"
		finish
		same "$status" $((128 + $(kill -l $signal)))
		gone "$child"
		allows profile.yaml execve renameat2
		jq -e --argjson s "$(kill -l $signal)" '.stoppedEarly and .exit.signal == $s' r.json
	done
	has bg.err "Wrote seccomp profile to: $work/profile.yaml"
}

@test "SIGINT is announced as spoc does" {
	begin -- sh -c 'echo $$ >begun.new; mv begun.new begun; exec sleep 60'
	kill -INT "$pid"
	finish
	has bg.err "Got interrupted, terminating process"
}

@test "other signals are passed on and end nothing" {
	begin -q -- sh -c 'trap "echo USR1" USR1; trap "echo USR2" USR2; trap "echo ALRM" ALRM; trap "echo end; exit 5" TERM
		echo $$ >begun.new; mv begun.new begun; while :; do sleep 0.02; done'
	for signal in USR1 USR2 ALRM; do
		kill -$signal "$pid"
		wait_until grep -q $signal bg.out
	done
	kill -TERM "$pid"
	finish
	same "$status" 5
	same "$(tail -n 1 bg.out)" end
}

@test "a command that handles SIGINT keeps its own way and exit status" {
	begin -n -- sh -c 'trap "echo handled >>handled" INT; echo $$ >begun.new; mv begun.new begun
		while [ ! -e end ]; do sleep 0.02; done; kill -0 $$; exit 42'
	kill -INT "$pid"
	wait_until test -s handled
	kill -INT "$pid"
	wait_until eval '(($(wc -l <handled) == 2))'
	! gone "$pid" || false
	! gone "$child" || false
	: >end
	finish
	same "$status" 42
	same "$(wc -l <handled)" 2
	# what it did after the signal is recorded too
	allows profile.yaml kill
}

@test "a second SIGTERM kills a command that ignores them, and the profile is written" {
	begin -- sh -c 'trap "" TERM; echo $$ >begun.new; mv begun.new begun; sleep 60'
	kill -TERM "$pid"
	sleep 0.1
	! gone "$child" || false
	# two that follow each other at once are one
	wait_until eval 'kill -TERM "$pid"; grep -q "killing it" bg.err'
	finish
	same "$status" 137
	has profile.yaml "kind: SeccompProfile"
}

@test "SIGTERM to the process and to its group at once is one" {
	# timeout(1) does that, with one that it gets, too
	in_background timeout 60 "$SNUG" record -n -- \
		sh -c 'trap "sleep 0.3; echo cleaned up; exit 9" TERM; echo $$ >begun; while :; do sleep 0.02; done'
	wait_until test -s begun
	kill -TERM "$pid"
	finish
	same "$status" 9
	same "$(cat bg.out)" "cleaned up"
	has_not bg.err "killing it"
	has profile.yaml "kind: SeccompProfile"
}

@test "interrupted while children live on: the recording ends with the command" {
	begin -- sh -c '(trap "" INT TERM; exec sleep 60) & echo $! >left
		echo $$ >begun.new; mv begun.new begun; wait'
	kill -TERM "$pid"
	finish
	same "$status" 143
	! gone "$(cat left)" || false
	kill -KILL "$(cat left)"
	has profile.yaml "kind: SeccompProfile"
}

@test "daemons are waited for; SIGINT ends that, and they live on" {
	begin -n --recording r.json -- sh -c '(while [ ! -e end ]; do sleep 0.02; done; umask 0) &
		echo $$ >begun.new; mv begun.new begun; exit 3'
	wait_until gone "$child"
	sleep 0.1
	! gone "$pid" || false
	: >end
	finish
	same "$status" 3
	allows profile.yaml umask
	jq -e '.stoppedEarly == false' r.json

	rm end
	begin -n -- setsid -f sh -c 'echo $$ >begun.new; mv begun.new begun; exec sleep 60'
	wait_until gone "$(sed -n 's/.*Running command with PID: //p' bg.err)"
	sleep 0.1
	! gone "$pid" || false
	kill -INT "$pid"
	finish
	same "$status" 0
	! gone "$child" || false
	kill "$child"
	allows profile.yaml setsid
}

@test "SIGINT while the programs are being loaded: the command ends at once, no rest is left" {
	for delay in 0 0.005 0.01 0.02 0.03 0.05; do
		in_background "$SNUG" record -q -- sleep 60
		wait_until grep -qx "${SNUG##*/}" "/proc/$pid/comm"
		sleep "$delay"
		kill -INT "$pid"
		finish
		((status == 130))
		nothing_left
	done
}

@test "a log that nobody reads any more does not end the recording" {
	"$SNUG" record -n -- sh -c '/bin/true; /bin/true; sleep 0.1; /bin/true; umask 0' 2>&1 | head -n 1 >first
	same "$(wc -l <first)" 1
	wait_until test -s profile.yaml
	allows profile.yaml umask
}

@test "a recorder that is killed leaves the command unharmed" {
	need_command bpftool
	local before
	before=$(n_loaded)
	begin -q -- sh -c 'echo $$ >begun.new; mv begun.new begun; while [ ! -e end ]; do sleep 0.02; done; umask; echo fine'
	kill -KILL "$pid"
	wait "$pid" || true
	! gone "$child" || false
	# another recording works while the orphan runs
	record -q -n -o other -- true
	status_is 0
	: >end
	wait_until gone "$child"
	has bg.out fine
	[ ! -e profile.yaml ]
	# nothing of it stays in the kernel
	wait_until eval '(($(n_loaded) <= before))'
}

@test "a recorder that is killed before it started the command does not start it" {
	# the child waits behind a gate; whether it is hit, time decides
	local delay
	for delay in 0.01 0.02 0.025 0.03 0.035 0.04 0.05 0.06; do
		in_background "$SNUG" record -- sh -c ': >ran; sleep 0.1'
		sleep "$delay"
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" || true
		sleep 0.05
		if ! grep -q "Running command with PID" bg.err; then
			[ ! -e ran ]
		fi
		rm -f ran
	done
}

@test "nothing is left in the kernel afterwards" {
	need_command bpftool
	local before links
	# shellcheck disable=SC2034  # eval reads it
	before=$(n_loaded)
	# shellcheck disable=SC2034  # eval reads it
	links=$(bpftool link list | grep -c "name snug_" || true)
	record -q -- true
	record -q -- no-such-command
	record -q -- sh -c 'kill -9 $$'
	wait_until eval '(($(n_loaded) <= before))'
	wait_until eval '(($(bpftool link list | grep -c "name snug_") <= links))'
}

@test "snug record -- snug record -- ls: both record" {
	need_bpf # a filter can have one listener only
	record -q -n -t raw-seccomp -o outer.json -- "$SNUG" record -q -n -t raw-seccomp -o inner.json -- ls /
	status_is 0
	record -q -n -t raw-seccomp -o plain.json -- ls /
	cmp inner.json plain.json
	allows outer.json bpf execve getdents64
	allows_not inner.json bpf
}

@test "two at once: each records its own" {
	in_background "$SNUG" record -q -n -t raw-seccomp -o a.json -- sh -c ': >a; while [ ! -e b ]; do sleep 0.01; done; umask 0'
	record -q -n -t raw-seccomp -o b.json -- sh -c ': >b; while [ ! -e a ]; do sleep 0.01; done; kill -0 $$'
	status_is 0
	finish
	same "$status" 0
	allows a.json umask
	allows_not a.json kill
	allows b.json kill
	allows_not b.json umask
}

@test "started with SIGCHLD ignored, snug sees the command end, and the command inherits that" {
	local ignoring=(timeout -k 1 20 env --ignore-signal=CHLD) mask
	mask=$("${ignoring[@]}" grep SigIgn /proc/self/status)
	try "${ignoring[@]}" "$SNUG" record -q -n -- grep SigIgn /proc/self/status
	status_is 0
	same "$(cat out)" "$mask"
	try "${ignoring[@]}" "$SNUG" run -q -- grep SigIgn /proc/self/status
	status_is 0
	same "$(cat out)" "$mask"
	try "${ignoring[@]}" "$SNUG" record -q -n -- sh -c 'exit 7'
	status_is 7
}

@test "a command that is stopped and continued by somebody else goes on, and so do we" {
	for verb in "record -q -n" "run -q -p profile.yaml"; do
		# shellcheck disable=SC2086
		try timeout 20 "$SNUG" $verb -- sh -c \
			'(until grep -q "State:.T" /proc/$$/status; do sleep 0.02; done; kill -CONT $$) &
			kill -STOP $$; echo resumed'
		status_is 0
		has out resumed
	done
}

@test "a signal that nobody thought of reaches the command, and the profile is written" {
	begin -q -n -- sh -c 'ulimit -c 0; echo $$ >begun.new; mv begun.new begun; exec sleep 60'
	kill -s RTMIN+1 "$pid"
	finish
	same "$status" $((128 + 35))
	allows profile.yaml execve
	nothing_left
}

@test "nohup: SIGHUP ends neither the command nor the recording" {
	rm -f begun
	in_background nohup "$SNUG" record -q -n -- sh -c 'echo $$ >begun.new; mv begun.new begun
		while [ ! -e end ]; do sleep 0.02; done; exit 6'
	wait_until test -s begun
	kill -HUP "$pid"
	sleep 0.2
	touch end
	finish
	same "$status" 6
}
