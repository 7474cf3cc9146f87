# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Containers that run, by podman, plain runc and crun, and containerd: what `snug record --container`
# attaches to.  Sourced after cli.bash and runtimes.bash.
#
# A container waits for a file before it does what it was started for, so that recorder and oracle can
# be ready before that.
# shellcheck disable=SC2154  # cli.bash and runtimes.bash set them
# shellcheck disable=SC2034  # and those who source this file use others

# In setup_file(): `image`, the files of an image, and where podman is a store that has it as
# localhost/tools:1.
containers_setup_file() {
	file_needs need_bpf || return 0
	image=$BATS_FILE_TMPDIR/image
	export image
	make_image "$image"
	command -v podman >/dev/null || return 0
	tar -C "$image" -c . | podman_here import -q - localhost/tools:1 >/dev/null
}

# In setup()
containers_setup() {
	others=() # processes to end, and
	plain=()  # "RUNTIME NAME" to delete
	word=t$BASHPID
}

# In teardown()
containers_teardown() {
	local one

	containerd_stop
	end_all "${others[@]}"
	for one in "${plain[@]}"; do
		# shellcheck disable=SC2086  # two words
		delete_plain $one >/dev/null 2>&1 || true
	done
	if command -v podman >/dev/null; then
		podman_here rm -f -t 0 -a >/dev/null 2>&1 || true
	fi
}

# podman_here ARGS...: podman with this file's store
podman_here() {
	podman --root "$BATS_FILE_TMPDIR/storage" --runroot "$BATS_FILE_TMPDIR/runroot" \
		--storage-driver vfs --cgroup-manager=cgroupfs "$@"
}

# podman_run RUNTIME ARGS...: with what this machine cannot do left out
podman_run() {
	local runtime=$1 groups=()
	shift
	# a mixture of cgroup trees is nothing for crun
	if [[ $runtime == crun ]] && mountpoint -q /sys/fs/cgroup/unified; then
		groups=(--cgroups=disabled)
	fi
	in_host "$runtime" podman --root "$BATS_FILE_TMPDIR/storage" \
		--runroot "$BATS_FILE_TMPDIR/runroot" --storage-driver vfs --cgroup-manager=cgroupfs \
		--runtime "$(command -v "$runtime")" run "${groups[@]}" --network none \
		--ulimit nofile=1024:1024 --ulimit nproc=1000:1000 "$@"
}

# plain RUNTIME ARGS...: the runtime with the state folder that everybody looks into
plain_runtime() {
	local runtime=$1 groups=()
	shift
	[[ $runtime != crun ]] || groups=(--cgroup-manager=disabled)
	in_host "$runtime" "$runtime" "${groups[@]}" "$@"
}

delete_plain() {
	plain_runtime "$1" delete --force "$2"
}

# until_told NAME COMMAND: a shell's words that wait for tell NAME
until_told() {
	printf 'until [ -e /tmp/go-%s ]; do sleep 0.05; done; %s' "$1" "$2"
}

# start KIND NAME COMMAND: a container that runs the shell's COMMAND when it is told to.  KIND is
# podman-runc, podman-crun, runc, crun or ctr.
start() {
	local kind=$1 name=$2 script
	script=$(until_told "$name" "$3")
	case $kind in
	podman-*)
		need_command podman "${kind#podman-}"
		podman_run "${kind#podman-}" -d --name "$name" localhost/tools:1 bash -c "$script" >/dev/null
		;;
	ctr)
		containerd_start
		ctr -a "$work/containerd/sock" run -d --env PATH=/usr/bin --rootfs "$image" "$name" \
			/usr/bin/bash -c "$script" 3>&-
		;;
	*)
		need_command "$kind"
		bundle "bundle-$name" "$kind" "" . bash -c "$script"
		plain+=("$kind $name")
		plain_runtime "$kind" run -d --bundle "bundle-$name" "$name" >"$name.out" 2>&1 </dev/null 3>&-
		;;
	esac
	pid_of "$name" >/dev/null
}

# pid_of NAME: the container's first process, as snug sees it
pid_of() {
	"$SNUG" ps --json | jq -e --arg name "$1" '.[] | select(.name == $name or .id == $name) | .pid'
}

# tell NAME PID: the container of this process goes on
tell() {
	: >"/proc/$2/root/tmp/go-$1"
}

# attach ARGS...: snug record in the background; returns when it records.  `pid` is its process.
attach() {
	in_background "$SNUG" record "$@"
	others+=("$pid")
	wait_until grep -q "Recording started" bg.err
}

# strace_tree FILE PID: the oracle, beside snug; `strace` is its process.  Returns when it has attached.
strace_tree() {
	strace -f -n --quiet=exit,path-resolution -e trace=all -e signal=none -s 0 -o "$1.strace" \
		-p "$2" 2>"$1.says" 3>&- &
	strace=$!
	others+=("$strace")
	wait_until grep -q attached "$1.says"
	# of what the shell waits with, it sees a whole life
	wait_until has_lives "$1.strace"
}

has_lives() {
	(($(grep -c exit_group "$1") >= 3))
}

# containerd_start: one of our own, without its CRI part
containerd_start() {
	local at=$work/containerd

	need_command containerd ctr runc
	[[ ! -e $at ]] || return 0
	mkdir "$at"
	cat >"$at/config.toml" <<-X
		version = 2
		root = "$at/root"
		state = "$at/state"
		disabled_plugins = ["io.containerd.grpc.v1.cri"]
		[grpc]
		address = "$at/sock"
		[ttrpc]
		address = "$at/sock.ttrpc"
	X
	containerd -c "$at/config.toml" >"$at/log" 2>&1 3>&- &
	containerd=$!
	others+=("$containerd")
	wait_until ctr -a "$at/sock" version
}

containerd_stop() {
	local name

	[[ -S $work/containerd/sock ]] || return 0
	for name in $(ctr -a "$work/containerd/sock" task ls -q 2>/dev/null); do
		ctr -a "$work/containerd/sock" task rm -f "$name" >/dev/null 2>&1 || true
		ctr -a "$work/containerd/sock" container rm "$name" >/dev/null 2>&1 || true
	done
	kill "$containerd" 2>/dev/null || true
}
