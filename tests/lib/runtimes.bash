# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Containers by real runtimes: an image made of this machine's own programs, bundles with our hook
# configured in them, podman over the same image.  Sourced after cli.bash.
# shellcheck disable=SC2154  # cli.bash sets them

SNUG_PROGRAMS=${SNUG_PROGRAMS:-$(dirname "$SNUG")/../../tests/programs}
# shellcheck source=tests/lib/oracle.sh
source "$repo/tests/lib/oracle.sh"

# In setup_file(): an image for all tests of the file.
image_programs=(bash ls cat sleep strace true id uname mkdir rm unshare)

# copy_program ROOT PROGRAM: with the libraries it needs
copy_program() {
	local root=$1 file lib

	file=$(type -P "$2")
	install -D "$file" "$root$file"
	{ ldd "$file" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r lib; do
		[[ ! -e $lib || -e $root$lib ]] || install -D "$lib" "$root$lib"
	done
}

# make_image DIR: a root file system with image_programs in /usr/bin and the test programs in /t
make_image() {
	local program

	mkdir -p "$1"/{proc,dev,sys,tmp,etc,t,usr/bin,lib64,lib}
	ln -s usr/bin "$1/bin"
	for program in "${image_programs[@]}"; do
		copy_program "$1" "$program"
	done
	for program in "$SNUG_PROGRAMS"/*; do
		if [[ -f $program && -x $program ]]; then
			cp "$program" "$1/t/"
			copy_program "$1" "$program"
		fi
	done
	chmod 1777 "$1/tmp"
}

# in_host RUNTIME COMMAND...: crun refuses a mixture of cgroup trees
in_host() {
	local runtime=$1
	shift
	if [[ $runtime == crun ]] && mountpoint -q /sys/fs/cgroup/unified; then
		# shellcheck disable=SC2016  # for the inner shell
		unshare -m -- bash -c 'umount /sys/fs/cgroup/unified && exec "$@"' - "$@"
	else
		"$@"
	fi
}

# oci RUNTIME ARGS...: the runtime itself, with a state folder of this test
oci() {
	local runtime=$1
	shift
	if [[ $runtime == crun ]]; then
		in_host crun crun --root "$work/state-crun" --cgroup-manager=disabled "$@"
	else
		in_host "$runtime" "$runtime" --root "$work/state-$runtime" "$@"
	fi
}

# bundle DIR RUNTIME ANNOTATION JQ COMMAND...: a bundle over the image, changed by the program JQ.
# Without an annotation, without a hook.
bundle() {
	local dir=$1 runtime=$2 annotation=$3 change=$4
	shift 4
	mkdir -p "$dir"
	(cd "$dir" && rm -f config.json && oci "$runtime" spec)
	# an argument may be longer than a command line takes, and may look like an option
	printf '%s\x1f' "$@" | jq -Rs 'split("\u001f")[:-1]' >"$dir/words"
	printf %s "$annotation" >"$dir/note"
	jq --arg root "$image" --arg snug "$SNUG" --rawfile note "$dir/note" --slurpfile words "$dir/words" '
		.root = {path: $root, readonly: true} | .process.args = $words[0] |
		.process.terminal = false | .process.rlimits = [] | .process.noNewPrivileges = false |
		.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}] |
		del(.linux.resources, .linux.seccomp) |
		if $note == "" then . else
			.annotations = {"io.containers.trace-syscall": $note} |
			.hooks = {prestart: [{path: $snug, args: ["snug", "hook"]}]} end |
		'"${change:-.}" "$dir/config.json" >"$dir/config.new"
	mv "$dir/config.new" "$dir/config.json"
}

# run_oci RUNTIME ID BUNDLE: try, from start to end
run_oci() {
	try oci "$1" run --bundle "$3" "$2"
}

# profile_in FILE: a jq program that puts the profile into config.json
profile_in() {
	printf '.linux.seccomp = %s' "$(cat "$1")"
}

# appears FILE: the recorder lives on for a moment after its container
appears() {
	wait_until test -s "$1"
}

# no_recorder_left: every recorder has ended by itself
no_recorder_left() {
	wait_until no_recorder
}

no_recorder() {
	[[ -z $(recorders) ]]
}

# recorders: the processes of hooks of the snug under test
recorders() {
	local pid

	for pid in $(pgrep -f 'snug hook'); do
		[[ ! "/proc/$pid/exe" -ef $SNUG ]] || echo "$pid"
	done
}

# programs_held PID...: the ids of the BPF programs that these have
programs_held() {
	local pid

	for pid; do
		cat "/proc/$pid/fdinfo"/*
	done | sed -n 's/^prog_id:\t//p' | sort -u
}

# calls_by WHO FILE: the set of calls of a recording that the container's own program made (main), or
# what entered it
calls_by() {
	jq -r --arg who "$1" '.calls | to_entries[] | .key as $abi | .value[] |
		select(if $who == "main" then .entered != "only" else .entered != null end) |
		"\($abi) \(.nr) \(.name // "?")"' "$2" | LC_ALL=C sort -u
}
