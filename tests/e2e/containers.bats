#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# snug record of containers that run, and snug ps, with the runtimes and engines that people have.

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
}

teardown() {
	show_failure "${work:-}"
	containers_teardown
}

# What a container does when it is told to.  Nothing that podman's own filter answers: snug does not
# see that, and strace does.
deeds='/t/five-ms; ls /; id; (umask 7); mkdir /tmp/d; rm -r /tmp/d; uname -a'
more_deeds="/t/threads64 pthread; /t/i386; /t/unshare-ns; $deeds"

# as_strace KIND ENGINE RUNTIME DEEDS: attached by name, until the container ends; the oracle sees the
# same
as_strace() {
	local name=$word first
	start "$1" "$name" "$4"
	first=$(pid_of "$name")
	"$SNUG" ps --json | jq -e --arg name "$name" --arg engine "$2" --arg runtime "$3" \
		'.[] | select(.name == $name or .id == $name) |
		(.engine // "") == $engine and .runtime == $runtime and .recording == false'
	attach --container "$name" --recording r.json -t raw-seccomp -o p.json
	"$SNUG" ps --json |
		jq -e --argjson pid "$first" '.[] | select(.pid == $pid) | .recording'
	strace_tree oracle "$first"
	tell "$name" "$first"
	finish
	same "$status" 0
	wait "$strace" || true
	oracle_parse oracle.strace >oracle
	snug_calls r.json >calls
	compare_calls "$name" oracle calls
	has calls " uname" " umask"
	jq -e --arg name "$name" --arg runtime "$3" '.attached and .complete and (.stoppedEarly | not) and
		(.container | (.name // .id) == $name and .runtime == $runtime) and
		(.baselines | length == 1 and (.[0].label | startswith($runtime)))' r.json
	# the runtime's calls, and not the general base set
	allows p.json uname execve close
	allows_not p.json mount setns epoll_create1
	has bg.err "Recording ended with container '$name'" "from now on" "Adding syscalls of $3 "
}

@test "attach: podman with runc" { as_strace podman-runc podman runc "$deeds"; }
@test "attach: podman with crun" { as_strace podman-crun podman crun "$deeds"; }
@test "attach: plain runc" { as_strace runc "" runc "$more_deeds"; }
@test "attach: plain crun" { as_strace crun "" crun "$more_deeds"; }
@test "attach: containerd" { as_strace ctr containerd runc "$more_deeds"; }

@test "attach: by id, by the start of an id, by pid, by cgroup: all of these are the container" {
	local id first group
	start podman-runc "$word" "$deeds"
	first=$(pid_of "$word")
	id=$("$SNUG" ps --json | jq -r --arg name "$word" '.[] | select(.name == $name) | .id')
	# it waits, and makes the same calls again and again
	for option in "--container=$id" "--container=${id:0:12}" "--container=$word,$id" "--pid=$first"; do
		record "$option" --duration 500ms --recording r.json -o p.yaml
		status_is 0
		jq -e --arg id "$id" '.container.id == $id and .stoppedEarly' r.json
		allows p.yaml clone
	done
	group=$(awk -F: '$2 ~ /(^|,)memory(,|$)/ || $2 == "" { print $3; exit }' "/proc/$first/cgroup")
	record --cgroup "$group" --duration 500ms --recording r.json -o p.yaml
	status_is 0
	jq -e 'has("container") | not' r.json
	allows p.yaml clone
	record --cgroup "$(dirname "$group")" --each --duration 500ms --recording r.json -o q.yaml
	status_is 0
	jq -e --arg id "$id" '.container.id == $id' "r-$word.json"
	[ -e "q-$word.yaml" ]
	[ ! -e q.yaml ]
}

@test "attach: what enters is told apart, and left out with --no-entered" {
	start podman-runc "$word" "true"
	for option in "" --no-entered; do
		# shellcheck disable=SC2086  # no word, or one
		attach --container "$word" $option -t raw-seccomp --recording r.json -o "p$option.json"
		podman_here exec "$word" bash -c 'umask 7; uname; exit 0' >/dev/null
		kill -INT "$pid"
		finish
		same "$status" 0
		jq -e '[.calls.x86_64[] | select(.name == "umask" or .name == "uname") | .entered] |
			length == 2 and all(. == "only")' r.json
		jq -e '.calls.x86_64[] | select(.name == "execve") | .entered == "also"' r.json
		jq -e '[.execs[] | select(.entered) | .path] | any(endswith("bash"))' r.json
	done
	allows p.json umask uname setgroups
	allows_not p--no-entered.json umask uname
	allows p--no-entered.json execve clone
	# from the recording, later
	"$SNUG" derive -q -t raw-seccomp --no-entered -o again.json r.json
	cmp again.json p--no-entered.json
}

@test "attach: to one that an exec has entered before" {
	local first entered
	start podman-runc "$word" "true"
	first=$(pid_of "$word")
	podman_here exec -d "$word" bash -c "$(until_told in 'umask 7')"
	wait_until pgrep -f '^bash -c .*go-in'
	entered=$(pgrep -f '^bash -c .*go-in')
	attach --container "$word" --recording r.json -o p.yaml
	tell in "$first"
	wait_until gone "$entered"
	kill -TERM "$pid"
	finish
	same "$status" 0
	jq -e '.calls.x86_64[] | select(.name == "umask") | .entered == "only"' r.json
}

@test "attach: --duration ends it, the container lives on; it may be recorded again" {
	start runc "$word" "true"
	for _ in 1 2; do
		record --container "$word" --duration 1s --json --recording r.json -o p.yaml
		status_is 0
		jq -e --arg id "$word" '.durationUs >= 1000000 and .durationUs < 20000000 and .complete and
			.attached and .containers == [{id: $id}] and .recording == "r.json"' out
		jq -e '.stoppedEarly' r.json
	done
	[ -d "/proc/$(pid_of "$word")" ]
}

@test "attach: two recorders of one container" {
	local first
	start podman-runc "$word" "$deeds"
	attach --container "$word" --recording one.json -o one.yaml
	one=$pid
	first=$(pid_of "$word")
	record --container "$word" --duration 500ms -o short.yaml
	status_is 0
	allows short.yaml clone
	attach --container "$word" --recording two.json -o two.yaml
	goes_round "$first"
	tell "$word" "$first"
	finish
	same "$status" 0
	pid=$one
	finish
	same "$status" 0
	snug_calls one.json >one
	snug_calls two.json >two
	compare_calls "$word" one two
	has one " uname"
}

@test "attach: --each over two containers, which do not mix; without it one profile of both" {
	start podman-runc "$word-web" "umask 7; (umask 7)"
	start runc "$word-db" "uname"
	web=$(pid_of "$word-web")
	db=$(pid_of "$word-db")
	mkdir out
	attach --container "$word-web,$word-db" --each -t raw-seccomp -o out/ --recording rec.json
	wait_until grep -q "Recording started: container '$word-db'" bg.err
	in_both=$pid
	cp bg.err each.err
	attach --container "$word-web" --container "$word-db" -t raw-seccomp -o both.json
	wait_until grep -q "Recording started: container '$word-db'" bg.err
	tell "$word-web" "$web"
	tell "$word-db" "$db"
	finish
	same "$status" 0
	pid=$in_both
	finish
	same "$status" 0
	allows "out/$word-web.json" umask
	allows_not "out/$word-web.json" uname
	allows "out/$word-db.json" uname
	allows_not "out/$word-db.json" umask
	allows both.json umask uname
	jq -e --arg name "$word-web" '.container.name == $name' "rec-$word-web.json"
	jq -e --arg id "$word-db" '.container.id == $id' "rec-$word-db.json"
	nothing_left
}

@test "attach: --each over ten containers: each has its own call and no other's; one set of programs" {
	local numbers=(37 95 100 111 121 124 145 146 147 309) names=() nr
	need_command runc
	for nr in "${numbers[@]}"; do
		start runc "$word-$nr" "/t/onemore $nr /usr/bin/true"
		names+=("$word-$nr")
	done
	list=$(IFS=,; echo "${names[*]}")
	attach --container "$list" --each -o ./ --recording ./
	wait_until grep -q "Recording started: container '$word-309'" bg.err
	# one set of seven programs for ten recordings
	# shellcheck disable=SC2046  # words
	programs_held $(pgrep -P "$pid") >programs
	same "$(wc -l <programs)" 7
	for nr in "${numbers[@]}"; do
		tell "$word-$nr" "$(pid_of "$word-$nr")"
	done
	finish
	same "$status" 0
	for nr in "${numbers[@]}"; do
		same "$(snug_calls "$word-$nr.json" | cut -d' ' -f2 |
			grep -xF -f <(printf '%s\n' "${numbers[@]}"))" "$nr"
	done
}

@test "attach: --each with one container that is killed meanwhile, and one recorder that is" {
	start podman-runc "$word-web" "true"
	start runc "$word-db" "true"
	attach --container "$word-web,$word-db" --each -o ./ --duration 20s
	wait_until grep -q "Recording started: container '$word-db'" bg.err
	podman_here kill "$word-web" >/dev/null
	wait_until grep -q "Recording ended with container '$word-web'" bg.err
	# the worker of the other one: the youngest child
	kill -KILL "$(pgrep -P "$pid" | tail -n 1)"
	finish
	same "$status" 1
	has bg.err "container '$word-db': the recorder died of Killed"
	allows "$word-web.yaml" clone
	[ ! -e "$word-db.yaml" ]
	[ -d "/proc/$(pid_of "$word-db")" ]
	nothing_left
}

@test "attach: a recorder that is killed leaves nothing, and the container unharmed" {
	start runc "$word" "true"
	attach --container "$word" -o p.yaml
	workers=$(pgrep -P "$pid")
	kill -KILL "$pid"
	for worker in $workers; do
		wait_until gone "$worker"
	done
	record --container "$word" --duration 500ms -o p.yaml
	status_is 0
	allows p.yaml clone
}

# from_its_start KIND ARGS...: a container that lives for a moment, met while it is started; under its
# profile it runs again
from_its_start() {
	local runtime=$1
	shift
	need_command podman "$runtime"
	# a container that lives for milliseconds may be over before a busy machine has looked
	for _ in {1..5}; do
		in_background "$SNUG" record --container "$word" --wait -t raw-seccomp --recording r.json -o p.json
		others+=("$pid")
		wait_until grep -q "Waiting for container '$word'" bg.err
		podman_run "$runtime" --rm --name "$word" "$@" localhost/tools:1 ls / >plain
		sleep 0.3
		! grep -q "from its start on" bg.err || break
		kill -INT "$pid" 2>/dev/null || true # it met the end only, and has ended with it
		finish
	done
	finish
	same "$status" 0
	has bg.err "from its start on"
	jq -e --arg runtime "$runtime" '(has("attached") | not) and .complete and
		.execs[0].comm == "ls" and .container.runtime == $runtime' r.json
	allows_not p.json mount pivot_root setns sethostname uname
	podman_run "$runtime" --rm "$@" --security-opt "seccomp=$work/p.json" localhost/tools:1 ls / >again
	cmp plain again
	! podman_run "$runtime" --rm "$@" --security-opt "seccomp=$work/p.json" localhost/tools:1 \
		uname -a >refused
}

@test "attach: --wait meets what podman starts with runc, before its first call" { from_its_start runc; }
@test "attach: --wait meets what podman starts with crun, before its first call" { from_its_start crun; }
@test "attach: --wait, as a user without new privileges" {
	from_its_start runc --user 1000 --security-opt no-new-privileges
}

@test "attach: a container that is created and not started: from its start, too" {
	need_command runc
	bundle made runc "" . ls /
	plain+=("runc $word")
	plain_runtime runc create --bundle made "$word" >ls.out 2>&1 </dev/null 3>&-
	attach --container "$word" -n --recording r.json -o p.yaml
	has bg.err "from its start on"
	plain_runtime runc start "$word"
	finish
	same "$status" 0
	has ls.out usr
	jq -e '(has("attached") | not) and .execs[0].comm == "ls" and .container.seccomp' r.json
	allows_not p.yaml mount capset setsid
}

@test "attach: one that is created, and never started: nothing to make a profile of" {
	need_command runc
	bundle made runc "" . ls /
	plain+=("runc $word")
	plain_runtime runc create --bundle made "$word" >ls.out 2>&1 </dev/null 3>&-
	record --container "$word" --duration 500ms -o p.yaml
	status_is 1
	has err "container '$word': it has not executed its program"
	[ ! -e p.yaml ]
	nothing_left
}

@test "attach: --wait for what never comes; for one of two" {
	in_background "$SNUG" record --container "$word-a" --wait -o p.yaml --recording r.json
	others+=("$pid")
	wait_until grep -q "Waiting for container '$word-a'" bg.err
	kill -INT "$pid"
	finish
	same "$status" 1
	has bg.err "container '$word-a' did not appear: nothing was recorded of it"
	start runc "$word-b" "true"
	attach --container "$word-a,$word-b" --wait --each -o ./
	goes_round "$(pid_of "$word-b")"
	kill -INT "$pid"
	finish
	same "$status" 1
	same "$(echo ./*.yaml)" "./$word-b.yaml"
	nothing_left
}

@test "attach: one of two cannot be recorded when it comes: the other one is" {
	start runc "$word-a" "umask 7"
	mkdir "$word-b.yaml"
	attach --container "$word-a,$word-b" --wait --each -o ./
	start runc "$word-b" "true"
	wait_until grep -q "is a directory" bg.err
	kill -0 "$pid"
	first=$(pid_of "$word-a")
	tell "$word-a" "$first"
	wait_until gone "$first"
	kill -INT "$pid" || true
	finish
	same "$status" 1
	grep -qx '  *- umask' "$word-a.yaml"
	nothing_left
}

@test "attach: a container that makes no call meanwhile" {
	need_command runc
	bundle idle runc "" . sleep 20
	plain+=("runc $word")
	plain_runtime runc run -d --bundle idle "$word" >idle.out 2>&1 </dev/null 3>&-
	wait_until grep -qx sleep "/proc/$(pid_of "$word")/comm"
	wait_until is_in_state "$(pid_of "$word")" S
	record --container "$word" --duration 500ms -o p.yaml
	status_is 1
	has err "container '$word' made no system call while it was recorded"
	[ ! -e p.yaml ]
	nothing_left
}

@test "attach: an unknown name; one that is nearly right; names that are several" {
	start runc "$word-web" "true"
	start runc "$word-wet" "true"
	record --container nosuchcontainer -o p.yaml
	status_is 1
	has err "no container 'nosuchcontainer' runs here; 'snug ps' lists them"
	record --container "$word-wep" -o p.yaml
	status_is 1
	has err "(did you mean '$word-we"
	record --container "$word-we" -o p.yaml
	status_is 1
	has err "'$word-we' means 2 containers"
	record --container $'x\e[2Jy' -o p.yaml
	has err 'x\x1b[2Jy'
	[ ! -e p.yaml ]
	nothing_left
}

@test "attach: a process that is no container's, and its children" {
	bash -c 'until [ -e go ]; do sleep 0.05; done; bash -c "umask 7; exit 0"' 3>&- &
	other=$!
	others+=("$other")
	attach --pid "$other" --recording r.json -o p.yaml
	: >go
	finish
	same "$status" 0
	has bg.err "process $other 'bash'"
	jq -e '(has("container") | not) and (has("baselines") | not) and .attached' r.json
	allows p.yaml umask
	record --pid "$other" -o p.yaml
	status_is 1
	has err "there is no process $other"
}

@test "attach: --runtime names others, all, or none" {
	start runc "$word" "true"
	record --container "$word" --duration 500ms --runtime crun,runc --recording r.json -o p.yaml
	status_is 0
	same "$(jq -c '[.baselines[].label | split(" ")[0]]' r.json)" '["crun","runc"]'
	record --container "$word" --duration 500ms --runtime none --recording r.json -t raw-seccomp -o p.json
	status_is 0
	jq -e 'has("baselines") | not' r.json
	same "$(names_of p.json | LC_ALL=C sort)" \
		"$( (snug_calls r.json | cut -d' ' -f3; echo execve) | LC_ALL=C sort -u)"
	record --container "$word" --duration 500ms -n --recording r.json -t raw-seccomp -o p.json
	status_is 0
	jq -e '.baselines' r.json
	same "$(names_of p.json | LC_ALL=C sort)" \
		"$( (snug_calls r.json | cut -d' ' -f3; echo execve) | LC_ALL=C sort -u)"
}

@test "ps: all of them at once, and a name that is hostile" {
	start podman-runc "$word-p" "true"
	start runc "$word-r" "true"
	start ctr "$word-c" "true"
	try "$SNUG" ps
	status_is 0
	grep -qE "^$word-p +localhost/tools:1 +runc \(podman\) +[0-9]+ .*filter +no$" out
	grep -qE "^$word-r +- +runc +[0-9]+ .*none +no$" out
	grep -qE "^$word-c +- +runc \(containerd\) +[0-9]+ .*none +no$" out
	try "$SNUG" ps -q
	has out "$word-r" "$word-c"
	grep -qE '^[0-9a-f]{64}$' out
	bundle evil runc "" '.annotations = {"nerdctl/name": "\u001b[2Jevil\nline"}' \
		bash -c 'while sleep 0.05; do :; done'
	plain+=("runc $word-e")
	plain_runtime runc run -d --bundle evil "$word-e" >e.out 2>&1 </dev/null 3>&-
	try "$SNUG" ps
	has out '\x1b[2Jevil\x0aline'
	has_not out $'\e'
	# and as a file's name
	record --container "$word-e" --each --wait --duration 500ms -o ./
	same "$(echo ./*.yaml)" ./__2Jevil_line.yaml
}
