#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# In a container as CI services start it: podman, its default seccomp profile, no capability added, and
# with no-new-privileges.  The engine records what strace, in there too, sees.

# shellcheck disable=SC2154  # notify-test.bash sets them
load ../lib/notify-test

# podman_here ARGS...: podman with this file's store
podman_here() {
	podman --root "$BATS_FILE_TMPDIR/storage" --runroot "$BATS_FILE_TMPDIR/runroot" \
		--storage-driver vfs --cgroup-manager=cgroupfs "$@"
}

# run_container NAME OPTIONS... -- COMMAND...: on this host's programs, read-only
run_container() {
	local name=$1 options=()
	shift
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	podman_here run --rm --name "$name" --network none --ulimit nofile=1024:1024 \
		--ulimit nproc=1000:1000 --runtime "$(command -v runc)" "${options[@]}" \
		-v /usr:/usr:ro -v "$SNUG_BUILD:$SNUG_BUILD:ro" -v "$repo:$repo:ro" \
		-v "$SNUG_PROGRAMS:$SNUG_PROGRAMS:ro" \
		-v "$BATS_FILE_TMPDIR/results:/results" -e "SNUG=$SNUG" \
		-e "SNUG_PROGRAMS=$SNUG_PROGRAMS" localhost/host:1 "$@"
}

# An image that is but directories and links: everything in /usr is the host's.
make_image() {
	local root=$BATS_FILE_TMPDIR/root link

	mkdir -p "$root"/{usr,tmp,proc,dev,etc,results}
	for link in bin sbin lib lib32 lib64 libx32; do
		[[ ! -L /$link ]] || ln -s "usr/$link" "$root/$link"
	done
	cp /etc/{passwd,group,ld.so.cache} "$root/etc/"
	cp -a /etc/alternatives "$root/etc/"
	tar -C "$root" -c . | podman_here import -q - localhost/host:1 >/dev/null
}

setup_file() {
	command -v podman >/dev/null && command -v runc >/dev/null || return 0
	((EUID == 0)) || return 0
	export SNUG_BUILD=${SNUG_BUILD:-$(cd "$(dirname "$SNUG")/../.." && pwd)}
	SNUG_PROGRAMS=$(cd "$SNUG_PROGRAMS" && pwd)
	export SNUG_PROGRAMS
	mkdir -p "$BATS_FILE_TMPDIR/results"/{plain,nnp}
	chmod -R 777 "$BATS_FILE_TMPDIR/results"
	make_image
	run_container "snug-$$-a" -- "$repo/tests/lib/notify-container.sh" /results/plain \
		>"$BATS_FILE_TMPDIR/plain.log" 2>&1 || echo "status $?" >>"$BATS_FILE_TMPDIR/plain.log"
	run_container "snug-$$-b" --cap-drop all --user 1000:1000 --security-opt no-new-privileges -- \
		"$repo/tests/lib/notify-container.sh" /results/nnp \
		>"$BATS_FILE_TMPDIR/nnp.log" 2>&1 || echo "status $?" >>"$BATS_FILE_TMPDIR/nnp.log"
}

setup() {
	command -v podman >/dev/null && command -v runc >/dev/null || skip "podman or runc is not installed"
	((EUID == 0)) || skip "only root can start containers here"
	oracle_more_differences=$BATS_TEST_TMPDIR/differences
	cat "$oracle_lib"/{notify,container}-differences.txt >"$oracle_more_differences"
}

# same_calls_in KIND: of all programs, and of most of them there is something to compare
same_calls_in() {
	local at=$BATS_FILE_TMPDIR/results/$1 name n=0 failed=0

	for name in "${all_programs[@]}"; do
		if [[ -e $at/$name.why ]]; then
			echo "$name: not run: $(<"$at/$name.why")"
			continue
		fi
		if [[ -e $at/$name.failed || ! -e $at/$name.snug ]]; then
			cat "$at/$name.failed" "$at/$name.err" || true
			failed=$((failed + 1))
			continue
		fi
		compare_calls "$name" "$at/$name.strace" "$at/$name.snug" || failed=$((failed + 1))
		n=$((n + 1))
	done
	echo "$n programs compared"
	cat "$BATS_FILE_TMPDIR/$1.log"
	((failed == 0 && n >= 30))
}

@test "root in a container" { same_calls_in plain; }

@test "a user in a container, without capabilities, with no-new-privileges" { same_calls_in nnp; }

@test "auto says why it records without BPF" {
	run run_container "snug-$$-c" -- "$SNUG" record -n -o /dev/null -- true
	[ "$status" -eq 0 ]
	[[ $output == *"recording without BPF, which is slower: recording needs root, or the capabilities"* ]]
}
