#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The OCI hook under real runtimes: what users of oci-seccomp-bpf-hook do, and what hurt them.

# shellcheck disable=SC2154  # the libraries set them
load ../lib/cli
load ../lib/runtimes
load ../lib/containers

setup_file() {
	containers_setup_file
}

setup() {
	need_bpf
	enter_work_dir
	loaded_before=$(n_loaded)
}

teardown() {
	local id runtime

	show_failure "${work:-}"
	for runtime in runc crun; do
		for id in "$work/state-$runtime"/*; do
			[[ ! -d $id ]] || oci "$runtime" delete --force "${id##*/}" >/dev/null 2>&1 || true
		done
	done
	rm -f "$BATS_TMPDIR/.keep"
	[[ ! -d $work/hooks ]] || podman_here rm -f -t 0 -a >/dev/null 2>&1 || true
}

# demo RUNTIME JQ: record `ls /`, run it under its profile, see `ls -l /` refused, let the profile grow,
# run `ls -l /`
demo() {
	local runtime=$1 change=$2

	need_command "$runtime"
	bundle rec "$runtime" "of:$work/ls.json" "$change" ls /
	run_oci "$runtime" rec rec
	status_is 0
	has out usr
	appears ls.json
	cp out plain
	bundle run "$runtime" "" "$change | $(profile_in ls.json)" ls /
	run_oci "$runtime" run run
	status_is 0
	same "$(cat out)" "$(cat plain)"
	bundle more "$runtime" "" "$change | $(profile_in ls.json)" ls -l /
	run_oci "$runtime" more more
	((status != 0)) || ! grep -q total out
	bundle grow "$runtime" "if:$work/ls.json;of:$work/lsl.json" "$change" ls -l /
	run_oci "$runtime" grow grow
	status_is 0
	appears lsl.json
	bundle grown "$runtime" "" "$change | $(profile_in lsl.json)" ls -l /
	run_oci "$runtime" grown grown
	status_is 0
	has out total
	# what the runtime did to make the container is in neither
	allows_not lsl.json mount pivot_root umount2 sethostname setns
	no_recorder_left
}

as_user='.process.user = {uid: 1000, gid: 1000}'
no_new_privs='.process.noNewPrivileges = true'

@test "runc: record, run, refuse, grow, run" { demo runc .; }
@test "runc: the same with no_new_privs" { demo runc "$no_new_privs"; }
@test "runc: the same as another user" { demo runc "$as_user"; }
@test "runc: the same with both" { demo runc "$no_new_privs | $as_user"; }
@test "crun: record, run, refuse, grow, run" { demo crun .; }
@test "crun: the same with no_new_privs" { demo crun "$no_new_privs"; }
@test "crun: the same as another user" { demo crun "$as_user"; }
@test "crun: the same with both" { demo crun "$no_new_privs | $as_user"; }

# podman_run RUNTIME WORDS...: try podman run with what this machine cannot do left out
podman_run() {
	local runtime=$1 groups=()
	shift
	if [[ $runtime == crun ]]; then
		groups=(--cgroups=disabled)
	fi
	try in_host "$runtime" podman --root "$BATS_FILE_TMPDIR/storage" \
		--runroot "$BATS_FILE_TMPDIR/runroot" --storage-driver vfs --cgroup-manager=cgroupfs \
		--hooks-dir "$work/hooks" \
		--runtime "$(command -v "$runtime")" run "${groups[@]}" --network none \
		--ulimit nofile=1024:1024 --ulimit nproc=1000:1000 "$@"
}

# podman_demo RUNTIME WORDS...: the seed of it all, command by command
podman_demo() {
	local runtime=$1 name=localhost/tools:1
	shift
	need_command podman "$runtime"
	mkdir hooks
	"$SNUG" hook --install --dir "$work/hooks"
	podman_run "$runtime" "$@" --annotation "io.containers.trace-syscall=of:$work/ls.json" "$name" ls /
	status_is 0
	appears ls.json
	podman_run "$runtime" "$@" --security-opt "seccomp=$work/ls.json" "$name" ls /
	status_is 0
	has out usr
	podman_run "$runtime" "$@" --security-opt "seccomp=$work/ls.json" "$name" ls -l /
	((status != 0)) || ! grep -q total out
	podman_run "$runtime" "$@" --annotation \
		"io.containers.trace-syscall=if:$work/ls.json;of:$work/lsl.json" "$name" ls -l /
	status_is 0
	appears lsl.json
	podman_run "$runtime" "$@" --security-opt "seccomp=$work/lsl.json" "$name" ls -l /
	status_is 0
	has out total
	allows_not lsl.json mount pivot_root umount2 sethostname setns
	no_recorder_left
}

# pod_run FILE PROGRAM...: a container in the pod, recorded
pod_run() {
	local file=$1
	shift
	podman_run runc --pod pod --rm --name "the-$file" --annotation "io.containers.trace-syscall=of:$work/$file.json;recording:$work/$file.rec" \
		localhost/tools:1 "$@"
	status_is 0
}

@test "podman: a pod with two containers, each with its own calls" {
	need_command podman runc
	mkdir hooks
	"$SNUG" hook --install --dir "$work/hooks"
	podman_here pod create --infra=false --name pod >/dev/null
	pod_run one ls /
	pod_run two uname -a
	appears one.rec
	appears two.rec
	calls_by main one.rec >one.calls
	calls_by main two.rec >two.calls
	has two.calls " uname"
	has_not one.calls " uname"
	# which podman has forgotten by now
	same "$(jq -r '.container | "\(.name) \(.image)"' one.rec)" "the-one localhost/tools:1"
	no_recorder_left
}

@test "podman with runc" { podman_demo runc; }
@test "podman with runc, --rm" { podman_demo runc --rm; }
@test "podman with crun, --rm" { podman_demo crun --rm; }
@test "podman with crun, --rm, as a user without new privileges" {
	podman_demo crun --rm --user 1000 --security-opt no-new-privileges
}

@test "podman: a base with archMap, that grows, runs" {
	need_command podman runc
	local base='{"defaultAction":"SCMP_ACT_ERRNO","archMap":[{"architecture":"SCMP_ARCH_X86_64",
		"subArchitectures":["SCMP_ARCH_X86"]}],"syscalls":[{"names":["mount"],"action":"SCMP_ACT_ERRNO"}]}'

	mkdir hooks
	echo "$base" >base.json
	"$SNUG" hook --install --dir "$work/hooks"
	podman_run runc --annotation "io.containers.trace-syscall=if:$work/base.json;of:$work/p.json" \
		localhost/tools:1 ls /
	status_is 0
	appears p.json
	podman_run runc --security-opt "seccomp=$work/p.json" localhost/tools:1 ls /
	status_is 0
	has out usr
	no_recorder_left
}

# like_strace RUNTIME COMMAND...: what is recorded is what strace sees inside such a container, from
# the program's execve on
like_strace() {
	local runtime=$1
	shift
	need_command "$runtime" strace
	mkdir -p shared
	local share='.mounts += [{destination: "/shared", type: "bind", source: "'$work'/shared", options: ["bind"]}]'
	bundle oracle "$runtime" "" "$share" strace -f -n --quiet=attach,exit,path-resolution -e trace=all \
		-e signal=none -s 0 -o /shared/trace "$@"
	# strace may trace in there
	jq '.process.capabilities[] += ["CAP_SYS_PTRACE"]' oracle/config.json >new && mv new oracle/config.json
	run_oci "$runtime" oracle oracle
	bundle rec "$runtime" "of:$work/p.json;recording:$work/r.json" "$share" "$@"
	jq '.process.capabilities[] += ["CAP_SYS_PTRACE"]' rec/config.json >new && mv new rec/config.json
	run_oci "$runtime" rec rec
	appears r.json
	oracle_parse shared/trace >expected
	calls_by main r.json >got
	compare_calls container expected got
	[[ $(calls_by entered r.json) == "" ]]
	same "$(jq -c .complete r.json)" true
}

@test "recorded is what strace sees: ls" { like_strace runc ls -l /; }
@test "recorded is what strace sees: a shell script" {
	# shellcheck disable=SC2016  # for the inner shell
	like_strace runc bash -c 'for i in 1 2; do (id -u; uname); done | cat; mkdir /tmp/d && rm -r /tmp/d'
}
@test "recorded is what strace sees: i386" { like_strace runc /t/i386; }
@test "recorded is what strace sees: 32 and 64 bits" { like_strace runc /t/mixed; }
@test "recorded is what strace sees: threads that exit at once" { like_strace runc /t/threads64 group; }
@test "recorded is what strace sees: forks" { like_strace crun /t/forks; }
@test "recorded is what strace sees: one exec after the other" { like_strace crun /t/execchain; }
@test "recorded is what strace sees: a mount namespace inside" {
	like_strace crun unshare -U -m true
}
@test "recorded is what strace sees: five milliseconds of life" { like_strace runc /t/five-ms; }
@test "recorded is what strace sees: many children" { like_strace crun /t/many-children; }
@test "recorded is what strace sees: a static program" { like_strace crun /t/plain-static; }

# exec_is_told RUNTIME
exec_is_told() {
	local runtime=$1

	need_command "$runtime"
	bundle long "$runtime" "of:$work/p.json;recording:$work/r.json" . sleep 60
	oci "$runtime" run --detach --bundle long long >/dev/null 2>&1 </dev/null
	oci "$runtime" exec long uname -a </dev/null
	oci "$runtime" kill long KILL
	appears r.json
	calls_by main r.json >main.calls
	has main.calls " clock_nanosleep"
	has_not main.calls " uname"
	calls_by entered r.json | grep -q ' uname$'
	# by default all of it, with what the runtime needs for it
	allows p.json uname clock_nanosleep execve
	allows_not p.json setns mount
	no_recorder_left
}

@test "runc exec is told apart, and in the profile" { exec_is_told runc; }
@test "crun exec is told apart, and in the profile" { exec_is_told crun; }

@test "a runtime that snug has never heard of" {
	need_command crun
	cp "$(command -v crun)" "$work/newrun"
	bundle rec crun "of:$work/p.json;recording:$work/r.json" . ls /
	# shellcheck disable=SC2016  # for the inner shell
	try in_host crun bash -c 'exec -a newrun ./newrun --root "$1/state" --cgroup-manager=disabled run --bundle rec x' \
		- "$work"
	status_is 0
	appears r.json
	same "$(jq -r '[.baselines[].label] | length' r.json)" 2
	allows_not p.json mount pivot_root
}

# baselines_of JQ: of which runtimes the profile of a container has the baseline, with its hook so changed
baselines_of() {
	rm -f r.json
	bundle rec runc "of:$work/p.json;recording:$work/r.json" "$1" ls /
	run_oci runc rec rec
	status_is 0
	appears r.json
	jq -c '[.baselines // [] | .[].label | split(" ")[0]]' r.json
}

@test "hook --runtime: the baselines of all that it names, or none; the annotation comes first" {
	need_command runc
	same "$(baselines_of '.hooks.prestart[0].args += ["--runtime", "runc,crun"]')" '["runc","crun"]'
	same "$(baselines_of '.hooks.prestart[0].args += ["--runtime", "none"]')" '[]'
	same "$(baselines_of '.hooks.prestart[0].args += ["--runtime", "crun"] |
		.annotations[] += ";base:runc"')" '["runc"]'
}

@test "hook --args: the profile looks at arguments, the recording has them" {
	need_command runc
	bundle rec runc "of:$work/p.json;recording:$work/r.json" \
		'.hooks.prestart[0].args += ["--args"]' /t/arguments junk
	run_oci runc rec rec
	status_is 0
	appears r.json
	appears p.json
	jq -e '[.calls.x86_64[] | select(.args)] | length > 3' r.json
	jq -e '[.syscalls[] | select(.names | index("mmap")) | .args[0].index] | unique == [2]' p.json
	"$SNUG" check -p p.json r.json
}

# holds RUNTIME: what the runtime makes of a profile with arguments lets the program run as ever, and
# stops what it never did
holds() {
	local runtime=$1 name

	need_command "$runtime"
	bundle rec "$runtime" "of:$work/calls.json;recording:$work/r.json" \
		'.hooks.prestart[0].args += ["--args"]' /t/attack --all
	run_oci "$runtime" rec rec
	status_is 0
	appears calls.json
	try "$SNUG" derive --args -t raw-seccomp -o p.json r.json
	status_is 0
	# what the runtime makes itself is open, and no option of ours would do without
	has err "(the container's runtime needs that): " prctl
	has_not err "of the base set"
	# an errno that no kernel knows
	jq '.defaultErrnoRet = 3999' p.json >odd.json
	bundle run "$runtime" "" "$(profile_in odd.json)" /t/attack --all
	run_oci "$runtime" run run
	status_is 0
	same "$(cat out)" "all made"
	for name in socket-alg clone-newuser ioctl-tiocsti mmap-wx; do
		bundle "$name" "$runtime" "" "$(profile_in odd.json)" /t/attack "$name"
		run_oci "$runtime" "$name" "$name"
		same "$(cat out)" stopped
	done
}

@test "runc: a profile that looks at arguments" { holds runc; }
@test "crun: a profile that looks at arguments" { holds crun; }

@test "twenty containers at once: none has another's calls" {
	need_command runc
	local i programs=(plain-static "five-ms" "i386")

	mkdir all
	for i in {1..20}; do
		bundle "b$i" runc "of:$work/all/$i.json;recording:$work/all/$i.rec" . "/t/${programs[i % 3]}"
	done
	for i in {1..20}; do
		oci runc run --bundle "b$i" "c$i" >/dev/null 2>&1 &
	done
	wait
	for i in {1..20}; do
		appears "all/$i.rec"
		calls_by main "all/$i.rec" >"all/$i.calls"
		same "$(jq -c '.complete' "all/$i.rec")" true
	done
	for i in {4..20}; do
		diff "all/$(((i - 1) % 3 + 1)).calls" "all/$i.calls"
	done
	no_recorder_left
	wait_until none_loaded
}

# none_loaded: none but those that others have, on this host, since before the test
none_loaded() {
	(($(n_loaded) <= loaded_before))
}

@test "ten recorded containers, one set of programs" {
	need_command runc bpftool
	local i

	for i in {1..10}; do
		bundle "b$i" runc "of:$work/$i.json" . sleep 60
		oci runc run --detach --bundle "b$i" "c$i" >/dev/null 2>&1 </dev/null
		# shellcheck disable=SC2046  # words
		((i > 1)) || programs_held $(recorders) >one
	done
	same "$(recorders | wc -l)" 10
	(($(wc -l <one) > 3))
	# shellcheck disable=SC2046
	programs_held $(recorders) | diff one -
	for i in {1..10}; do
		oci runc kill "c$i" KILL
	done
	for i in {1..10}; do
		appears "$i.json"
	done
	no_recorder_left
	wait_until none_loaded
}

@test "a recorder that is killed: the container goes on, and the next one is recorded" {
	need_command runc
	bundle long runc "of:$work/long.json" . sleep 60
	oci runc run --detach --bundle long long >/dev/null 2>&1 </dev/null
	kill -KILL "$(recorders)"
	no_recorder_left
	same "$(oci runc state long | jq -r .status)" running
	wait_until none_loaded
	bundle next runc "of:$work/next.json" . ls /
	run_oci runc next next
	status_is 0
	appears next.json
	[[ ! -e long.json ]]
}

@test "SIGTERM ends a recorder with what it has" {
	need_command runc
	bundle long runc "of:$work/p.json;recording:$work/r.json" . sleep 60
	oci runc run --detach --bundle long long >/dev/null 2>&1 </dev/null
	kill -TERM "$(recorders)"
	appears r.json
	same "$(jq .stoppedEarly r.json)" true
	allows p.json clock_nanosleep
}

@test "a container that is killed before its program is executed leaves no profile" {
	need_command runc
	bundle never runc "of:$work/p.json" . ls /
	oci runc create --bundle never never >/dev/null 2>&1 </dev/null
	[[ -n $(recorders) ]]
	oci runc delete --force never
	no_recorder_left
	[[ ! -e p.json ]]
	nothing_left
}

# refuses_start WORDS...: the container does not start, and the reason is said
refuses_start() {
	run_oci runc bad bad
	((status != 0))
	has_not out usr
	has err "$@"
	no_recorder_left
	oci runc delete --force bad 2>/dev/null || true
}

@test "what cannot be written is found before the container starts" {
	need_command runc
	bundle bad runc "of:$work/missing/p.json" . ls /
	refuses_start "missing/p.json" "No such file or directory"
	mkdir ro
	mount -t tmpfs -o ro none ro
	bundle bad runc "of:$work/ro/p.json" . ls /
	run_oci runc bad bad
	umount ro
	((status != 0))
	has err "Read-only file system"
}

@test "hostile annotations" {
	need_command runc
	bundle bad runc "of:$work/../../etc/x" . ls /
	refuses_start "a path must not hold '..'"
	bundle bad runc "of:$work/a"$'\n'"b" . ls /
	refuses_start "control characters"
	bundle bad runc "of:relative" . ls /
	refuses_start "output file path must be absolute"
	bundle bad runc "if:$work/none;of:$work/p" . ls /
	refuses_start "error reading input file: " "$work/none"
	echo '{' >broken
	bundle bad runc "if:$work/broken;of:$work/p" . ls /
	refuses_start "error parsing input file: " "$work/broken"
	mkfifo nobody-writes
	bundle bad runc "if:$work/nobody-writes;of:$work/p" . ls /
	refuses_start "error reading input file: " "is not a regular file"
	bundle bad runc "of:$work/p;recording:$work/./p" . ls /
	refuses_start "of: and recording: both name"
	bundle bad runc "of:$work/p;base:runc,runq" . ls /
	refuses_start "no baseline of the runtime 'runq' was measured"
	bundle bad runc "of:$work/p" '.hooks.prestart[0].args += ["--runtime", "runq"]' ls /
	refuses_start "no baseline of the runtime 'runq' was measured"
	# what no filter and what no such file can be made of
	echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["x"],"action":"SCMP_ACT_KILL"}]}' >base
	bundle bad runc "if:$work/base;of:$work/p" . ls /
	refuses_start "unknown syscall 'x' cannot be restricted"
	echo '{"defaultAction":"SCMP_ACT_ERRNO","archMap":[{"architecture":"SCMP_ARCH_X86_64"}]}' >base
	bundle bad runc "if:$work/base;of:$work/p;format:crd" . ls /
	refuses_start "a SeccompProfile has no place for" "archMap"
	bundle bad runc "of:$(head -c 1048576 /dev/zero | tr '\0' a)" . ls /
	refuses_start "larger than the limit"
}

@test "a full disk: the container is unharmed, no half of a file" {
	need_command runc
	mkdir small
	mount -t tmpfs -o size=4k none small
	head -c 4096 /dev/zero >small/fill
	bundle full runc "of:$work/small/p.json" . ls /
	run_oci runc full full
	no_recorder_left
	left=$(ls -A small)
	umount small
	same "$left" fill
}

@test "the hook is started twice for one container" {
	need_command runc
	bundle twice runc "of:$work/p.json" . ls /
	jq '.hooks.prestart += .hooks.prestart' twice/config.json >new && mv new twice/config.json
	run_oci runc twice twice
	status_is 0
	appears p.json
	no_recorder_left
	nothing_left
}

@test "a host without BPF: the container does not start, and hears why" {
	need_command runc
	bundle bad runc "of:$work/p.json" . ls /
	jq '.hooks.prestart[0].env = ["SNUG_TEST_DISABLE=bpf"]' bad/config.json >new && mv new bad/config.json
	refuses_start BPF
}

has_own_mounts() {
	[[ $(readlink "/proc/$1/ns/mnt") != "$(readlink /proc/self/ns/mnt)" ]]
}

@test "what was open in the runtime does not stay open with the recorder" {
	mkfifo held
	exec 9<>held
	# in a mount namespace of its own, as a container's process is
	unshare -m sleep 100 3>&- 9>&- &
	pid=$!
	wait_until has_own_mounts "$pid"
	jq -n --arg note "of:$work/p" --argjson pid "$pid" \
		'{$pid, annotations: {"io.containers.trace-syscall": $note}}' >state
	(umask 0 && "$SNUG" hook <state)
	recorder=$(recorders)
	readlink "/proc/$recorder/fd"/* >open
	mode=$(stat -c %a .snug-*)
	kill "$pid"
	exec 9>&-
	no_recorder_left
	has open /dev/null
	has_not open held
	# nor has what it writes the runtime's lack of a mask
	same "$mode" 644
}

@test "by hand: states that make no sense" {
	# shellcheck disable=SC2016  # words of the peer
	for state in '' '{' '{}' '{"pid":0}' '{"pid":-5}' '[]'; do
		try "$SNUG" hook -s <<<"$state"
		status_is 1
	done
	try "$SNUG" hook <<<'{"pid":0}'
	has err "invalid PID 0 (must be greater than 0)"
	try "$SNUG" hook <<<'{"pid":1}'
	has err 'invalid annotation: must start "if:" or "of:" prefix'
	try "$SNUG" hook <<<'{"pid":2147483646,"annotations":{"io.containers.trace-syscall":"of:'"$work"'/p"}}'
	status_is 1
	has err 2147483646
	nothing_left
}

@test "installed and uninstalled" {
	mkdir hooks
	try "$SNUG" hook --install --dir hooks
	status_is 0
	same "$(jq -r .hook.path hooks/snug.json)" "$(readlink -f "$SNUG")"
	# as packages have it
	diff <(jq '.hook.path = "/usr/bin/snug"' hooks/snug.json) <(jq . "$repo/deploy/oci/snug.json")
	echo '{"version":"1.0.0","hook":{"path":"/x/oci-seccomp-bpf-hook"},"when":{"annotations":{}}}' >hooks/peer.json
	try "$SNUG" hook --install --dir hooks
	status_is 0
	has err "hooks/peer.json: oci-seccomp-bpf-hook answers the same annotation"
	try "$SNUG" hook --uninstall --dir hooks
	status_is 0
	[[ ! -e hooks/snug.json && -e hooks/peer.json ]]
	try "$SNUG" hook --uninstall --dir hooks
	status_is 0
	echo '{"hook":{"path":"/bin/true"}}' >hooks/snug.json
	try "$SNUG" hook --uninstall --dir hooks
	status_is 1
	has err "is not a hook of snug's"
	# whose it is not, and where nobody may
	mkdir closed
	chmod 755 . closed
	cp "$SNUG" snug
	try setpriv --reuid=65534 --regid=65534 --clear-groups ./snug hook --install --dir closed
	status_is 1
	has err "closed/snug.json: " "Permission denied: run it as root"
	try "$SNUG" hook --install --dir /sys
	status_is 1
	try "$SNUG" hook --install --uninstall
	status_is 2
	try "$SNUG" hook words
	status_is 2
}
