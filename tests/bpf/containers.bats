#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Processes that are not the recorder's children: armed from outside before they execute their program,
# attached to while they run, joined by others that enter their namespaces.

# shellcheck disable=SC2154  # the libraries set them
# shellcheck disable=SC2030,SC2031  # each test and its teardown share a shell
# shellcheck disable=SC2016  # what single quotes keep is for the inner shell
load ../lib/bpf-test
load ../lib/contain

setup() {
	contain_setup
}

teardown() {
	contain_teardown
}

# armed_as_strace PROGRAM: recorded from outside, it is what strace sees from its execve on
armed_as_strace() {
	local name=$1

	need_program "$name"
	contain "$name" "${command[@]}"
	arm "$name"
	go "$name"
	ended "$name"
	[ "$(tail -n 1 "$state/$name.says")" = begun ]
	[ ! -s "$state/$name.entered" ]
	same_as_strace "$name" snug "${command[@]}"
}

@test "armed: threads64-pthread" { armed_as_strace threads64-pthread; }
@test "armed: threads64-group" { armed_as_strace threads64-group; }
@test "armed: forks" { armed_as_strace forks; }
@test "armed: execchain" { armed_as_strace execchain; }
@test "armed: daemonize" { armed_as_strace daemonize; }
@test "armed: unshare-ns" { armed_as_strace unshare-ns; }
@test "armed: plain-static" { armed_as_strace plain-static; }
@test "armed: i386" { armed_as_strace i386; }
@test "armed: mixed" { armed_as_strace mixed; }
@test "armed: many-children" { armed_as_strace many-children; }
@test "armed: subshells" { armed_as_strace subshells; }
@test "armed: killed-thread" { armed_as_strace killed-thread; }

@test "armed: one thread; sixteen threads" {
	need_program plain
	threads=1 contain one "${command[@]}"
	threads=9 contain nine "${command[@]}"
	arm one
	arm nine
	go one
	go nine
	ended one
	ended nine
	same_as_strace one snug "${command[@]}"
	same_as_strace nine snug "${command[@]}"
}

@test "what the runtime does, its threads and its children, before the program: none of it" {
	need_program plain
	helpers=helpers contain set-up "${command[@]}"
	arm set-up
	# a hook that is run inside the container, before its program
	nsenter -m -t "${init[set-up]}" /bin/sh -c 'umask 7; /bin/mkdir /tmp/none/none 2>/dev/null || true'
	go set-up
	ended set-up
	[ ! -s "$state/set-up.entered" ]
	same_as_strace set-up snug "${command[@]}"
}

# bats test_tags=slow
@test "a program that lives five milliseconds: 30 times" {
	local i

	need_program five-ms
	strace_calls five-ms "${command[@]}"
	for ((i = 0; i < 30; i++)); do
		contain "five-ms" "${command[@]}"
		arm five-ms
		go five-ms
		ended five-ms
		compare_calls five-ms "$state/five-ms.strace" "$state/five-ms.snug"
	done
}

@test "twelve at once: none mixes with another" {
	local names=(threads64-pthread forks execchain plain many-children five-ms) n i

	for i in 1 2; do
		for n in "${names[@]}"; do
			need_program "$n"
			contain "$n-$i" "${command[@]}"
			arm "$n-$i"
		done
	done
	for i in 1 2; do
		for n in "${names[@]}"; do
			go "$n-$i"
		done
	done
	for n in "${names[@]}"; do
		need_program "$n"
		strace_calls "$n" "${command[@]}"
		for i in 1 2; do
			ended "$n-$i"
			compare_calls "$n" "$state/$n.strace" "$state/$n-$i.snug"
		done
	done
}

# entering NAME COMMAND...: as `podman exec` does, the oracle's environment
entering() {
	local pid=${init[$1]}
	shift
	in_clean_env /usr/bin/nsenter -m -t "$pid" "$@"
}

wait_script='>begun; while [ ! -e end ]; do /bin/sleep 0.02; done'

@test "what enters is recorded from its exec in there on, and told apart; its children, too" {
	need_program forks
	contain c /bin/sh -c "$wait_script"
	arm c
	go c
	wait_for "$state/c.d/begun"
	(
		fresh_work_dir "$work"
		entering c "${command[@]}" >/dev/null
	)
	: >"$state/c.d/end"
	ended c
	same_as_strace c entered "${command[@]}"
	# the main side is without them
	[ "$(grep -cE '^x86_64 (435|124) ' "$state/c.snug")" -eq 0 ]
	grep -q '^x86_64 124 ' "$state/c.entered"
	# what both do is both's
	jq -e '.calls.x86_64[] | select(.name == "execve") | .entered == "also"' "$state/c.recording"
	jq -e '[.execs[] | select(.entered)] | length >= 1' "$state/c.recording"
	# nsenter's own call, before its exec, is nobody's
	[ "$(grep -cw setns "$state/c.all")" -eq 0 ]
}

@test "what enters and unshares again, or is a 32-bit program, is still who entered" {
	need_program i386
	contain c /bin/sh -c "$wait_script"
	arm c
	go c
	wait_for "$state/c.d/begun"
	entering c /usr/bin/unshare -m "${command[@]}" >/dev/null
	: >"$state/c.d/end"
	ended c
	grep -q '^x86_64 272 unshare$' "$state/c.entered"
	grep -q '^x86 102 socketcall$' "$state/c.entered"
	[ "$(grep -c '^x86 ' "$state/c.snug")" -eq 0 ]
}

@test "who unshares inside is followed, and who enters that namespace from outside is not" {
	contain c /bin/sh -c \
		'>begun; /usr/bin/unshare -m /bin/sh -c "echo \$\$ >inner.new; /bin/mv inner.new inner;
		while [ ! -e end ]; do /bin/sleep 0.02; done; umask 0"'
	arm c
	go c
	wait_for "$state/c.d/inner"
	nsenter -m -t "$(<"$state/c.d/inner")" /usr/bin/python3 -c 'import os; os.getsid(0)'
	: >"$state/c.d/end"
	ended c
	grep -q ' umask$' "$state/c.snug"
	grep -q ' unshare$' "$state/c.snug"
	[ ! -s "$state/c.entered" ]
	[ "$(grep -cw getsid "$state/c.all")" -eq 0 ]
}

@test "it goes on while something that entered lives, and is over at once after that" {
	contain c /bin/sh -c "$wait_script"
	arm c
	go c
	wait_for "$state/c.d/begun"
	(
		cd "$state/c.d"
		exec nsenter -m -t "${init[c]}" /bin/sh -c \
			'cd "$0"; >in; while [ ! -e out ]; do /bin/sleep 0.02; done; umask 0' "$state/c.d" 3>&-
	) &
	pids+=($!)
	wait_for "$state/c.d/in"
	: >"$state/c.d/end"
	wait "${init[c]}"
	sleep 0.2
	kill -0 "${recorder[c]}"
	: >"$state/c.d/out"
	ended c
	grep -q ' umask$' "$state/c.entered"
}

@test "a container that is killed before it executes anything: over at once, and said so" {
	need_program plain
	contain c "${command[@]}"
	arm c
	kill -KILL "${init[c]}"
	ended c
	[ "$(tail -n 1 "$state/c.says")" = "never begun" ]
	[ ! -s "$state/c.all" ]
}

@test "arming what has ended, what is no process, and what lives in the host's namespace" {
	local pid

	fresh_work_dir "$work"
	/bin/true 3>&- &
	pid=$!
	wait "$pid"
	run "$SNUG_SESSION" "$state/r" arm "$pid" follow
	[ "$status" -eq 1 ]
	[ "$output" = "session: there is no process $pid" ]
	run "$SNUG_SESSION" "$state/r" arm 0 follow
	[ "$output" = "session: there is no process 0" ]
	run "$SNUG_SESSION" "$state/r" arm 4294967295 follow
	[ "$output" = "session: there is no process 4294967295" ]
	/bin/sleep 60 3>&- &
	pids+=($!)
	run "$SNUG_SESSION" "$state/r" arm $! follow
	[ "$status" -eq 1 ]
	[[ $output == *"is that of the host: everything would be recorded" ]]
	# a zombie
	/usr/bin/python3 -c '
import os, time
pid = os.fork()
if pid == 0: os._exit(0)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
print(pid, file=open("zombie.new", "w"), flush=True)
os.rename("zombie.new", "zombie")
time.sleep(60)' 3>&- &
	pids+=($!)
	wait_for zombie
	run "$SNUG_SESSION" "$state/r" arm "$(<zombie)"
	[ "$status" -eq 1 ]
	[[ $output == *"has ended" ]]
}

@test "a second recording of the same container is refused, and alone it works" {
	need_program plain
	contain c "${command[@]}"
	arm c
	run "$SNUG_SESSION" "$state/r" arm "${init[c]}" follow
	[ "$status" -eq 1 ]
	[ "$output" = "session: process ${init[c]}: another recording has the process" ]
	init[d]=${init[c]}
	arm d alone
	go c
	ended c
	ended d
	diff "$state/c.snug" "$state/d.snug"
	same_as_strace c snug "${command[@]}"
}

@test "a recorder that is killed: the container goes on, and the next recording can have it" {
	need_program plain
	contain c "${command[@]}"
	arm c
	kill -KILL "${recorder[c]}"
	wait "${recorder[c]}" || true
	init[d]=${init[c]}
	arm d
	go c
	wait "${init[c]}" || true # it ends with a status of its own
	ended d
	same_as_strace d snug "${command[@]}"
}

@test "attached: a tree that runs, its threads and what they fork, and what has entered already" {
	contain c /usr/bin/python3 -c '
import os, subprocess, threading, time
os.sched_get_priority_min(0)
def wait_for(path):
    while not os.path.exists(path): time.sleep(0.01)
def work():
    wait_for("end"); os.sched_get_priority_max(0)
t = threading.Thread(target=work); t.start()
child = subprocess.Popen(["/bin/sh", "-c", "while [ ! -e end ]; do /bin/sleep 0.02; done; umask 0"])
open("begun", "w").close()
wait_for("end"); t.join(); child.wait(); os.getpgid(0)
'
	go c
	wait_for "$state/c.d/begun"
	(
		cd "$state/c.d"
		exec nsenter -m -t "${init[c]}" /usr/bin/python3 -c '
import os, sys, time
os.chdir(sys.argv[1])
open("in", "w").close()
while not os.path.exists("end"): time.sleep(0.01)
os.getsid(0)' "$state/c.d" 3>&-
	) &
	pids+=($!)
	wait_for "$state/c.d/in"
	session c attach "${init[c]}" follow
	: >"$state/c.d/end"
	ended c
	grep -q ' umask$' "$state/c.snug"
	grep -q ' sched_get_priority_max$' "$state/c.snug"
	grep -q ' getpgid$' "$state/c.snug"
	[ "$(grep -cw getsid "$state/c.snug")" -eq 0 ]
	grep -q ' getsid$' "$state/c.entered"
	# what was before is not there
	[ "$(grep -cw sched_get_priority_min "$state/c.all")" -eq 0 ]
}

@test "attached in a storm of forks: every child's own call is there, and it ends" {
	contain c /bin/sh -c '>begun; "$0" 3000 & "$0" 3000 & while [ ! -e end ]; do /bin/true; done; wait' \
		"$SNUG_PROGRAMS/many-children"
	go c
	wait_for "$state/c.d/begun"
	session c attach "${init[c]}" follow
	sleep 0.3
	: >"$state/c.d/end"
	ended c
	grep -q '^x86_64 124 ' "$state/c.snug"
	[ ! -s "$state/c.entered" ]
}

@test "attached to 600 threads and 200 processes at once: each one's last call is there" {
	contain c /usr/bin/python3 -c '
import os, subprocess, threading, time
def wait_for(path):
    while not os.path.exists(path): time.sleep(0.1)
def work(i):
    wait_for("end")
    if i == 599: os.sched_get_priority_max(0)
ts = [threading.Thread(target=work, args=(i,)) for i in range(600)]
ps = []
for i in range(200):
    pid = os.fork()
    if pid == 0:
        while not os.path.exists("end"): time.sleep(0.1)
        if i == 199: os.getsid(0)
        os._exit(0)
for t in ts: t.start()
open("begun", "w").close()
for t in ts: t.join()
for i in range(200): os.wait()
'
	go c
	wait_for "$state/c.d/begun"
	session c attach "${init[c]}" follow
	: >"$state/c.d/end"
	ended c
	grep -q ' sched_get_priority_max$' "$state/c.snug"
	grep -q ' getsid$' "$state/c.snug"
	[ ! -s "$state/c.entered" ]
}

# bats test_tags=slow
@test "attached to short lives at any moment: 40 times, it ends each time" {
	local i

	for ((i = 0; i < 40; i++)); do
		contain c /bin/sh -c '"$0/many-children" 200 & "$0/threads64" pthread & >begun; "$0/threads64" group; wait' \
			"$SNUG_PROGRAMS"
		go c
		wait_for "$state/c.d/begun"
		session c attach "${init[c]}" follow || {
			grep -qE 'has ended|no process' "$state/c.complains"
			continue
		}
		ended c
		[ ! -s "$state/c.entered" ]
	done
}

# in_cgroup DIR COMMAND...: becomes it
in_cgroup() {
	echo "$BASHPID" >"$1/cgroup.procs"
	shift
	exec "$@"
}

# n_waits PID: how often it has waited for something
n_waits() {
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status"
}

# goes_on_looking NAME: the recorder, which waits 50 ms at most, has looked for who moved in
goes_on_looking() {
	local until

	until=$(($(n_waits "${recorder[$1]}") + 8))
	while (($(n_waits "${recorder[$1]}") < until)); do
		sleep 0.02
	done
}

# attach_cgroup DIR: processes in it, below it, and that come later
attach_cgroup() {
	local dir=$1

	mkdir -p "$dir/below"
	(in_cgroup "$dir/below" /bin/sh -c \
		'while [ ! -e go1 ]; do /bin/sleep 0.02; done; umask 0; exec /bin/true' 3>&-) &
	pids+=($!)
	/bin/sh -c 'while [ ! -e go2 ]; do /bin/sleep 0.02; done; ulimit -c 0; exec /bin/true' 3>&- &
	pids+=($!)
	session g cgroup "$dir"
	# moves in, without an exec
	echo "${pids[1]}" >"$dir/cgroup.procs"
	(in_cgroup "$dir/below" /usr/bin/python3 -c 'import os; os.getsid(0)' 3>&-)
	goes_on_looking g
	: >go1
	: >go2
	wait "${pids[0]}"
	wait "${pids[1]}"
	/usr/bin/python3 -c 'import os; os.getpgid(0)'
	stop g
	rmdir "$dir/below" "$dir"
	grep -q ' umask$' "$state/g.snug"
	grep -qE ' (prlimit64|setrlimit)$' "$state/g.snug"
	[ "$(grep -cw getpgid "$state/g.all")" -eq 0 ]
	[ ! -s "$state/g.entered" ]
}

# cgroup_mount TYPE [OPTION]: where it is mounted
cgroup_mount() {
	awk -v type="$1" -v option="$2" '$3 == type && (option == "" || $4 ~ option) { print $2; exit }' \
		/proc/mounts
}

@test "a cgroup of version 2: what is in it, and what is executed in it" {
	local mount

	mount=$(cgroup_mount cgroup2)
	[ -n "$mount" ] || skip "no cgroup file system of version 2 is mounted"
	fresh_work_dir "$work"
	attach_cgroup "$mount/snug-test-$BASHPID"
	# at its exec, not when it was found
	grep -q ' getsid$' "$state/g.snug"
}

@test "a cgroup of version 1" {
	local mount

	mount=$(cgroup_mount cgroup pids)
	[ -n "$mount" ] || skip "no cgroup file system of version 1 is mounted"
	fresh_work_dir "$work"
	attach_cgroup "$mount/snug-test-$BASHPID"
}

@test "what is no cgroup" {
	local mount

	run "$SNUG_SESSION" "$state/r" cgroup /tmp
	[ "$status" -eq 1 ]
	[ "$output" = "session: /tmp: not a cgroup" ]
	run "$SNUG_SESSION" "$state/r" cgroup /no/such
	[ "$output" = "session: /no/such: No such file or directory" ]
	mount=$(cgroup_mount cgroup name=)
	[ -n "$mount" ] || skip "no cgroup tree without controllers"
	run "$SNUG_SESSION" "$state/r" cgroup "$mount"
	[[ $output == *"its cgroup tree has no controller"* ]]
}
