#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The supervisor dies, at any moment: the programs that it has recorded go on, end, and leave nothing
# behind.  Its guardian dies: there is another one.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

setup() {
	notify_setup
	cd "$place" || return 1
}

teardown() {
	local pid
	for pid in $(tasks); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	notify_teardown
}

# Processes, but zombies, that were started by this test: they have its mark in their environment.
tasks() {
	# a zombie's is empty
	{ grep -lsF "mark=$place" /proc/[0-9]*/environ || true; } | tr -dc '0-9\n'
}

# nothing_runs: within thirty seconds.  All that start() started has the lock, but for guardians, which
# hold no file: one cannot look through /proc while processes come and go.
nothing_runs() {
	local i

	flock -w 30 "$place/lock" true || true
	for ((i = 0; i < 300; i++)); do
		[[ -n $(tasks) ]] || return 0
		sleep 0.02
	done
	# shellcheck disable=SC2046  # words
	ps -o pid,ppid,stat,wchan:30,args -p $(tasks | paste -sd,) >&2
	return 1
}

# start COMMAND...: recorded in the background; `recorder` is its process
start() {
	(
		exec 8>"$place/lock"
		flock -s 8
		mark=$place exec "$SNUG" record -q --engine notify -n -o "$place/p" -- "$@" 3>&-
	) &
	recorder=$!
}

# child_of PID NAME: its child of that name, waited for
child_of() {
	local i pid

	for ((i = 0; i < 250; i++)); do
		for pid in $(<"/proc/$1/task/$1/children"); do
			if [[ $(<"/proc/$pid/comm") == "$2" ]]; then
				echo "$pid"
				return 0
			fi
		done
		sleep 0.02
	done 2>/dev/null
	echo "$1 has no child $2" >&2
	return 1
}

# What runs while the supervisor is killed, by turns.
storm() {
	case $1 in
	0) echo 'for i in 1 2 3 4 5 6 7 8 9 10; do (/bin/true; /bin/echo $i >/dev/null) & done; wait' ;;
	1) echo "'$SNUG_PROGRAMS/many-children' 500 >/dev/null" ;;
	2) echo 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); : >/dev/null; done' ;;
	3) echo "'$SNUG_PROGRAMS/threads64' pthread >/dev/null" ;;
	4) echo "'$SNUG_PROGRAMS/storm' restart >/dev/null" ;;
	esac
}

# bats test_tags=slow
@test "SIGKILL for the supervisor at random moments, 100 times: nothing hangs, nothing is cut short" {
	local seed=${SNUG_TEST_SEED:-$RANDOM} i begun=0 killed=0

	echo "SNUG_TEST_SEED=$seed"
	RANDOM=$seed
	# who had ended already does not count
	for ((i = 0; killed < 100 && i < 1000; i++)); do
		rm -f begun ended
		start /bin/sh -c "echo >begun; $(storm $((i % 5))); echo >ended"
		# by turns while it starts and while the command runs
		((i % 2)) || wait_for begun
		sleep "0.$(printf '%03d' $((RANDOM % 60)))"
		kill -KILL "$recorder" 2>/dev/null || true
		status=0
		wait "$recorder" 2>/dev/null || status=$?
		if ((status == 128 + 9)); then
			killed=$((killed + 1))
			[[ ! -e begun ]] || begun=$((begun + 1))
		fi
		nothing_runs
		[[ -e begun && -e ended || ! -e begun && ! -e ended ]]
	done
	echo "killed $killed, of which $begun had begun, in $i recordings"
	((killed == 100 && begun >= 20))
}

@test "a command gets its own exit status when its supervisor has died" {
	start /bin/sh -c 'echo $$ >pid; until [ -e go ]; do sleep 0.05; done; (exit 42); echo $? >status'
	wait_for pid
	kill -KILL "$recorder"
	wait "$recorder" || true
	: >go
	nothing_runs
	[ "$(<status)" = 42 ]
}

@test "a guardian that is killed is replaced, and the next one takes over" {
	start /bin/sh -c 'echo >begun; until [ -e go ]; do sleep 0.05; done; /bin/ls / >/dev/null && echo >ended'
	wait_for begun
	first=$(child_of "$recorder" seccomp-guard)
	kill -KILL "$first"
	for ((i = 0; i < 100; i++)); do
		second=$(child_of "$recorder" seccomp-guard) || true
		[[ $second == "$first" ]] || break
		sleep 0.05
	done
	[ "$second" != "$first" ]
	kill -KILL "$recorder"
	wait "$recorder" || true
	third=$(child_of "$second" seccomp-guard)
	kill -KILL "$second"
	: >go
	wait_for ended
	nothing_runs
	[ ! -d "/proc/$third" ] || grep -q '^State:.Z' "/proc/$third/status"
}

@test "the guardian holds no file, directory or terminal of the command's" {
	start /bin/sh -c 'echo >begun; until [ -e go ]; do sleep 0.05; done'
	wait_for begun
	guardian=$(child_of "$recorder" seccomp-guard)
	[ "$(readlink "/proc/$guardian/cwd")" = / ]
	for fd in "/proc/$guardian/fd"/*; do
		[[ $(readlink "$fd") =~ ^(/dev/null|pipe:.*|anon_inode:seccomp.*)$ ]]
	done
	[ "$(find "/proc/$guardian/fd" -lname 'pipe:*' | wc -l)" = 1 ]
	: >go
	wait "$recorder"
	[ ! -e "/proc/$guardian" ]
}

@test "what outlives a recording that was interrupted goes on" {
	start /bin/sh -c '(trap "" TERM; echo >begun; until [ -e go ]; do sleep 0.05; done; /bin/ls / >/dev/null && echo >ended) & wait'
	wait_for begun
	kill -TERM "$recorder"
	wait "$recorder" || true
	: >go
	wait_for ended
	nothing_runs
}

@test "a supervisor that is stopped and continued" {
	start /bin/sh -c 'echo >begun; i=0; while [ $i -lt 500 ]; do i=$((i + 1)); : >/dev/null; done; echo >ended'
	wait_for begun
	for _ in 1 2 3; do
		kill -STOP "$recorder" || break
		sleep 0.1
		kill -CONT "$recorder"
		sleep 0.05
	done
	wait "$recorder"
	[ -e ended ]
}
