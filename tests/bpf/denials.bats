#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What seccomp refuses, as the kernel side sees it: all of it, counted to one, and nothing else; by
# snug record and by snug watch.  What is expected comes from the profiles that refuse and from what the
# programs are written to do.

# shellcheck disable=SC2154  # the libraries set them
# shellcheck disable=SC2030,SC2031  # each test and its teardown share a shell
load ../lib/bpf-test
load ../lib/denials

setup() {
	need_bpf
	[[ -x $SNUG_PROGRAMS/denied-counts ]] || skip "the test programs are written for x86-64"
	mkdir -p "$work"
	cd "$work" || return 1
	others=()
	# vserver: no kernel has it, and nobody calls it
	profile vserver >allow.json
}

# profile NAME: refuses the call with EACCES
profile() {
	jq -n --arg name "$1" '{defaultAction: "SCMP_ACT_ALLOW",
		architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
		syscalls: [{names: [$name], action: "SCMP_ACT_ERRNO", errnoRet: 13}]}'
}

# record_under PROFILE COMMAND...: from the filter on, into r.json; `status` is the exit status
record_under() {
	local profile=$1
	shift
	status=0
	"$SNUG" record --denials -q -n -t raw-seccomp -o p.json --recording r.json -- \
		"$SNUG" run -p "$profile" -- "$@" >out 2>err </dev/null || status=$?
	is_complete r.json
	jq -e '.filtered and .denialsFromUs == 0' r.json
}

# denied FILE: "ABI NAME RESULT COUNT" of a recording, sorted
denied() {
	jq -r '.denied // {} | to_entries[] | .key as $abi | .value[] |
		"\($abi) \(.name) \(.result) \(.count)"' "$1" | LC_ALL=C sort
}

# same_lines FILE LINE...
same_lines() {
	local file=$1
	shift
	diff <(printf '%s\n' "$@") "$file"
}

# watch OPTION...: in the background, into watch.out; it watches when this returns
watch() {
	: >watch.err # at once: not that of the one before
	"$SNUG" watch --json "$@" >watch.out 2>watch.err </dev/null 3>&- &
	watcher=$!
	others+=("$watcher")
	for ((i = 0; i < 500; i++)); do
		! grep -q Watching watch.err || return 0
		sleep 0.02
	done
	cat watch.err >&2
	return 1
}

# watched: ends it; "ABI NAME RESULT COUNT" of each kind with its last count, into watch.calls
watched() {
	kill -INT "$watcher"
	wait "$watcher"
	jq -rs 'map({key: "\(.arch) \(.syscall // .nr) \(.result)", count}) | group_by(.key) |
		map("\(.[0].key) \(map(.count) | max)")[]' watch.out | LC_ALL=C sort >watch.calls
}

# all_denials RESULT: as denied() has them
all_denials() {
	denials | sed "s/$/ $1 1/"
}

@test "32 denials, of threads, children and 32-bit code: recorded and watched" {
	denials_profile SCMP_ACT_ERRNO 13 >errno.json
	cp "$SNUG_PROGRAMS/denials" denials-here
	watch --comm 'denials-*'
	record_under errno.json ./denials-here
	((status == 0))
	diff <(all_denials EACCES) <(denied r.json)
	watched
	diff <(all_denials EACCES) watch.calls
	jq -se --arg exe "$work/denials-here" 'map(select(.exe and .exe != $exe)) == []' watch.out
}

@test "the same as it is done on older kernels" {
	denials_profile SCMP_ACT_ERRNO 13 >errno.json
	cp "$SNUG_PROGRAMS/denials" denials-old
	export SNUG_TEST_DISABLE=light
	watch --comm 'denials-*'
	record_under errno.json ./denials-old
	diff <(all_denials EACCES) <(denied r.json)
	watched
	diff <(all_denials EACCES) watch.calls
}

@test "refused for want of a tracer, and by a supervisor" {
	denials_profile SCMP_ACT_TRACE >trace.json
	record_under trace.json "$SNUG_PROGRAMS/denials"
	diff <(all_denials ENOSYS) <(denied r.json)
	denials_profile SCMP_ACT_ERRNO 13 >errno.json
	"$SNUG" record --denials -q -n -t raw-seccomp -o p.json --recording r.json -- \
		"$SNUG" run --explain -p errno.json -- "$SNUG_PROGRAMS/denials" >out 2>err </dev/null
	diff <(all_denials EACCES) <(denied r.json)
}

@test "trapped; killed with its process; a thread killed alone" {
	denials_profile SCMP_ACT_TRAP >trap.json
	record_under trap.json "$SNUG_PROGRAMS/denials"
	same_lines <(denied r.json) "x86_64 getsid trapped 1"
	denials_profile SCMP_ACT_KILL_PROCESS >kill.json
	cp "$SNUG_PROGRAMS/denials" denials-dead
	watch --comm 'denials-*'
	record_under kill.json ./denials-dead
	same_lines <(denied r.json) "x86_64 getsid killed 1"
	profile splice | jq '.syscalls[0] |= {names, action: "SCMP_ACT_KILL_THREAD"}' >thread.json
	record_under thread.json ./denials-dead
	((status == 0))
	same_lines <(denied r.json) "x86_64 splice killed 1"
	watched
	same_lines watch.calls "x86_64 getsid killed 1" "x86_64 splice killed 1"
}

@test "killed and trapped calls are noted without --denials, too" {
	denials_profile SCMP_ACT_KILL_PROCESS >kill.json
	"$SNUG" record -q -n -t raw-seccomp -o p.json --recording r.json -- \
		"$SNUG" run -p kill.json -- "$SNUG_PROGRAMS/denials" >out 2>err </dev/null || true
	same_lines <(denied r.json) "x86_64 getsid killed 1"
}

@test "4000 denials among threads, signals, forks, vforks and an exec by a thread: counted to one" {
	profile getpgid >getpgid.json
	watch --comm denied-counts,exe
	for ((i = 0; i < 5; i++)); do
		record_under getpgid.json "$SNUG_PROGRAMS/denied-counts"
		((status == 0))
		same_lines <(denied r.json) "x86_64 getpgid EACCES 4000"
	done
	watched
	same_lines watch.calls "x86_64 getpgid EACCES 20000"
	# told ten times more, not 20000 times
	(($(wc -l <watch.out) <= 8))
}

@test "the same under a supervisor, whose answers signals interrupt" {
	profile getpgid >getpgid.json
	"$SNUG" record --denials -q -n -t raw-seccomp -o p.json --recording r.json -- \
		"$SNUG" run --explain -p getpgid.json -- "$SNUG_PROGRAMS/denied-counts" \
		>out 2>err </dev/null
	same_lines <(denied r.json) "x86_64 getpgid EACCES 4000"
}

@test "the same under a tracer" {
	profile getpgid >getpgid.json
	command -v strace || skip "strace is not installed"
	# a sanitizer cannot look for leaks of what is traced
	export ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
	"$SNUG" record --denials -q -n -t raw-seccomp -o p.json --recording r.json -- \
		strace -f -o strace.out "$SNUG" run -p getpgid.json -- "$SNUG_PROGRAMS/denied-counts" \
		>out 2>err </dev/null
	same_lines <(denied r.json) "x86_64 getpgid EACCES 4000"
	same_lines <(grep -c 'getpgid.*EACCES' strace.out) 4000
}

@test "calls that a tracer makes itself are not refused" {
	watch --comm emulated
	record_under allow.json "$SNUG_PROGRAMS/emulated"
	((status == 0))
	same_lines <(denied r.json | wc -l) 0
	watched
	same_lines <(wc -l <watch.calls) 0
}

# bats test_tags=slow
@test "every program under a filter that lets it: nothing was refused" {
	local name

	profile vserver >"$state/allow.json"
	cd "$state"
	watch
	: >"$state/pids"
	for name in "${all_programs[@]}"; do
		# it has a filter of its own
		[[ $name != own-filter ]] || continue
		program_command "$name" || continue
		fresh_work_dir "$work"
		in_clean_env "$SNUG" record --denials -n -t raw-seccomp -o "$state/p.json" \
			--recording "$state/r.json" -- "$SNUG" run -p "$state/allow.json" -- \
			"${command[@]}" >"$state/out" 2>"$state/err" || true
		jq -e '.filtered and .denialsFromUs == 0 and .complete and .denied == null' \
			"$state/r.json" >/dev/null || {
			echo "$name:"
			jq -c '[.filtered, .denialsFromUs, .complete, .denied]' "$state/r.json"
			return 1
		} >&2
		sed -n 's/.* Received new pid: \([0-9]*\) .*/\1/p' "$state/err" >>"$state/pids"
	done
	kill -INT "$watcher"
	wait "$watcher"
	# of everything that the host was refused meanwhile, nothing is theirs
	[ -s "$state/pids" ]
	jq -r .pid "$state/watch.out" | grep -Fxf "$state/pids" && return 1
	true
}

@test "a program with a filter of its own: what that refuses, from when it is seen" {
	"$SNUG" record -n -t raw-seccomp -o p.json --recording r.json -- "$SNUG_PROGRAMS/own-filter" \
		>out 2>err </dev/null
	jq -e '.filtered' r.json
	# trapped calls are always noted
	denied r.json | grep -x "x86_64 getpgid trapped 1"
	record_under allow.json "$SNUG_PROGRAMS/own-filter"
	same_lines <(denied r.json) "x86_64 getpgid trapped 1" "x86_64 getsid ENOTTY 1"
}

# links_of PID: the programs whose links it holds
links_of() {
	local file id

	for file in "/proc/$1/fdinfo"/*; do
		id=$(awk '/^link_type/ { yes = 1 } yes && /^prog_id/ { print $2 }' "$file" 2>/dev/null) ||
			continue # closed meanwhile
		[[ -z $id ]] || bpftool -j prog show id "$id" | jq -r .name
	done
}

# wait_until_links_have NAME: for ten seconds or more; those of what start_gated() has started
wait_until_links_have() {
	local i

	for ((i = 0; i < 500; i++)); do
		! links_of "${others[-1]}" 2>/dev/null | grep -qx "$1" || return 0
		sleep 0.02
	done
	echo "no link of $1" >&2
	return 1
}

# start_gated WORD...: in the background, WORDs before it, denied-counts, which waits for ./go
start_gated() {
	rm -f go
	: >err # at once: not that of the one before
	# shellcheck disable=SC2016  # for the shell that is recorded
	"$SNUG" record "${record_args[@]}" -n -t raw-seccomp -o p.json --recording r.json -- "$@" \
		/bin/sh -c 'until [ -e go ]; do sleep 0.02; done; exec "$0"' \
		"$SNUG_PROGRAMS/denied-counts" >out 2>err </dev/null 3>&- &
	others+=($!)
}

@test "a filter that comes late: watched from then on, and the recording says since when" {
	command -v bpftool >/dev/null || skip "bpftool is not installed"
	profile getpgid >getpgid.json
	start_gated "$SNUG" run -p getpgid.json --
	wait_until_links_have snug_sys_exit
	: >go
	wait "${others[-1]}"
	same_lines <(denied r.json) "x86_64 getpgid EACCES 4000"
	jq -e '.filtered and .denialsFromUs > 0 and .denialsFromUs < .durationUs' r.json
	grep "seccomp refused 1 different call: getpgid (EACCES, 4000 times)" err
	grep "refused calls do not get into the profile; to allow them: snug amend -p p.json getpgid" err
	grep "in the first [0-9.]* s were not watched for; with --denials they are" err
	jq -e '[.syscalls[].names[]] | index("getpgid") == null' p.json
	"$SNUG" amend --yes -p p.json getpgid
	jq -r '.syscalls[].names[]' p.json | grep -x getpgid
}

@test "without a filter there is nothing to say, and no program at the exit of calls" {
	command -v bpftool >/dev/null || skip "bpftool is not installed"
	start_gated
	wait_for_recording
	links_of "${others[-1]}" >links
	grep -x snug_sys_enter links
	same_lines <(grep -c snug_sys_exit links) 0
	: >go
	wait "${others[-1]}"
	jq -e 'has("filtered") or has("denialsFromUs") or has("denied") | not' r.json
	if grep -i refused err; then return 1; fi
	record_args=(--denials)
	start_gated
	wait_for_recording
	links_of "${others[-1]}" | grep -x snug_sys_exit
	: >go
	wait "${others[-1]}"
	jq -e '.denialsFromUs == 0 and (has("filtered") or has("denied") | not)' r.json
}

wait_for_recording() {
	local i

	for ((i = 0; i < 500; i++)); do
		! grep -q "Received new pid" err || return 0
		sleep 0.02
	done
	# news do not hurry: the programs are loaded, at least
	grep "Recording started" err
}

# What would take each call for a refused one, were it run twice.
# bats test_tags=slow
@test "recorders that come, end and are killed at random: no denial that was none" {
	local seed=${SNUG_TEST_SEED:-$RANDOM} round pid recordings

	echo "# seed $seed" >&3
	RANDOM=$seed
	# keeps the instance
	"$SNUG" record -q -n -o keep.yaml -- sleep 60 </dev/null 3>&- &
	others+=($!)
	for ((round = 0; round < 12; round++)); do
		pids=()
		for i in 1 2 3 4; do
			# shellcheck disable=SC2016
			"$SNUG" record --denials -q -n -t raw-seccomp -o "p.$i" \
				--recording "r.$round.$i" -- "$SNUG" run -p allow.json -- /bin/sh -c \
				'i=0; while [ $i -lt 60 ]; do /bin/true; i=$((i + 1)); done' \
				>/dev/null 2>>errors </dev/null 3>&- &
			pids+=($!)
			others+=($!)
			sleep "0.0$((RANDOM % 9))"
		done
		sleep "0.0$((RANDOM % 9))"
		kill -KILL "${pids[RANDOM % 4]}" 2>/dev/null || true
		for pid in "${pids[@]}"; do
			wait "$pid" || true
		done
	done
	recordings=(r.*.*)
	echo "# ${#recordings[@]} recordings" >&3
	((${#recordings[@]} >= 36))
	for round in "${recordings[@]}"; do
		jq -e '.complete and .filtered and .denialsFromUs == 0 and .denied == null' "$round"
	done
}

@test "a storm of ever new numbers: what is too much is counted" {
	local told left

	# 9000 numbers that no kernel has, each refused twice: a recording keeps 512 kinds, snug watch
	# tells 4096, and the kernel's table is emptied on the way
	cat >storm.pl <<-'END'
		for (1, 2) { for my $nr (600 .. 9599) { syscall($nr) } }
	END
	jq '.defaultAction = "SCMP_ACT_ERRNO" | .defaultErrnoRet = 13 |
		.syscalls = [{names: $names, action: "SCMP_ACT_ALLOW"}]' \
		--argjson names "$(jq -n '[inputs]' <(allowed_to_perl))" allow.json >storm.json
	watch --comm perl
	status=0
	"$SNUG" record --denials -n -t raw-seccomp -o p.json --recording r.json -- \
		"$SNUG" run -p storm.json -- /usr/bin/perl storm.pl >out 2>err </dev/null || status=$?
	((status == 0))
	jq -e '.complete == false and (.denied.x86_64 | length == 512) and
		([.denied.x86_64[].count] | add) + .lost.denials >= 18000' r.json
	grep "refused calls were of too many different kinds" err
	watched
	# told and left out: together as many as there were, as the recording has counted them
	(($(wc -l <watch.calls) == 4096))
	told=$(awk '{ n += $NF } END { print n }' watch.calls)
	left=$(sed -nE 's/.*watch: ([0-9]+) denials were of too many different kinds.*/\1/p' watch.err)
	echo "# $told told, $left left out" >&3
	jq -e --argjson all "$((told + left))" \
		'([.denied.x86_64[].count] | add) + .lost.denials == $all' r.json
}

# What perl needs to run: everything that has a name.
allowed_to_perl() {
	strace -f -o perl.strace /usr/bin/perl -e 1
	sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/"\1"/p' perl.strace | sort -u
}
