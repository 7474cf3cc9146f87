#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record --no-proc-start: programs by name, running or to come, until it is interrupted.

# shellcheck disable=SC2154  # cli.bash sets them
# shellcheck disable=SC2030,SC2031  # each test and its teardown share a shell
load ../lib/cli

setup() {
	need_bpf
	enter_work_dir
	# a name that nothing else on this host has
	name=w$BASHPID
	[[ -x /usr/bin/python3 ]] || skip "python3 is not installed"
	cp -L /usr/bin/python3 "$name"
	others=()
}

# watch ARGS...: starts the recorder and waits until it watches
watch() {
	in_background "$SNUG" record --no-proc-start "$@"
	others+=("$pid")
	wait_until grep -q "Waiting for CTRL+C / SIGINT\.\.\." bg.err
}

stop_watching() {
	kill "-${1:-INT}" "$pid"
	finish
	same "$status" 0
}

@test "a process that runs already, its threads, its children, and one that is started later" {
	"./$name" - >python.log 2>&1 3>&- <<-'X' &
		import os, subprocess, threading, time
		def wait_for(path):
		    while not os.path.exists(path):
		        time.sleep(0.01)
		def thread():
		    wait_for("go")
		    os.sched_get_priority_max(0)
		t = threading.Thread(target=thread)
		t.start()
		open("begun", "w").close()
		wait_for("go")
		os.getpgid(0)
		subprocess.run(["sh", "-c", "umask 0"])
		t.join()
		open("done", "w").close()
	X
	others+=($!)
	wait_until test -e begun
	watch -n --recording r.json -- "$name"
	: >go
	wait_until test -e 'done'
	# by another name: not recorded
	sh -c 'kill -0 $$; mkdir elsewhere'
	"./$name" -c 'import os; os.getsid(0)'
	stop_watching
	allows profile.yaml getpgid sched_get_priority_max umask execve getsid
	allows_not profile.yaml mkdir
	jq -e '.stoppedEarly and (has("exit") | not) and .complete' r.json
	has bg.err "Wrote seccomp profile to: $work/profile.yaml"
}

@test "the name is COMMAND's last component; options behind it mean nothing" {
	watch -n -- "/no/such/folder/$name" --option
	"./$name" -c 'exit(0)' || true
	stop_watching
	allows profile.yaml execve exit_group
	has profile.yaml "name: $name"
}

@test "SIGTERM and SIGHUP end it too" {
	for signal in TERM HUP; do
		rm -f profile.yaml
		watch -n -- "$name"
		"./$name" -c 'exit(0)' || true
		stop_watching $signal
		allows profile.yaml exit_group
	done
}

@test "nothing of that name: an error, and an existing profile stays" {
	for option in -n --privileged; do # without -n, the base set alone is no profile of anything
		watch $option -- "$name"
		kill -INT "$pid"
		finish
		same "$status" 1
		has bg.err "nothing was recorded"
		[ ! -e profile.yaml ]
	done
	echo kept >profile.yaml
	watch -- "$name"
	kill -INT "$pid"
	finish
	same "$status" 1
	same "$(cat profile.yaml)" kept
	nothing_left
}

@test "two recordings by name, and one of a command, each have it all" {
	watch -n -o first.yaml -- "$name"
	first=$pid
	watch -n -o second.yaml -- "$name"
	second=$pid
	record -q -n -o whole.yaml -- sh -c "./$name -c 'import os; os.getsid(0)'; :"
	status_is 0
	for pid in $first $second; do
		stop_watching INT
	done
	for profile in first.yaml second.yaml whole.yaml; do
		allows $profile getsid
	done
}

@test "in a PID namespace: who runs already is not guessed at" {
	watch_in_namespace() {
		in_background unshare -pf --kill-child --mount-proc \
			"$SNUG" record --no-proc-start -n -- "$name"
	}
	watch_in_namespace
	wait_until grep -q "Waiting for CTRL+C" bg.err
	has bg.err "in a PID namespace only programs that are started from now on"
	"./$name" -c 'import os; os.getsid(0)'
	kill -INT "$(pgrep -P "$pid")"
	finish
	allows profile.yaml getsid
}

@test "the command is mandatory" {
	record --no-proc-start
	status_is 2
	has err "no command provided"
}

@test "the processes are not disturbed: they live on" {
	"./$name" -c 'while True: pass' 3>&- 2>/dev/null &
	others+=($!)
	local busy=$!
	in_background "$SNUG" record -q --no-proc-start -- "$name"
	others+=("$pid")
	sleep 0.3
	kill -INT "$pid"
	finish
	! gone "$busy" || false
}
