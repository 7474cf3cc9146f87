# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Stand-ins for containers, without a container runtime: a process with threads in a mount namespace
# of its own, which executes its program when it is told to.  Sourced after bpf-test.bash.
# shellcheck disable=SC2154  # bpf-test.bash sets them

SNUG_SESSION=${SNUG_SESSION:-$SNUG_PROGRAMS/../drivers/session}

contain_setup() {
	need_bpf
	[[ -x $SNUG_SESSION ]] || {
		echo "there is no $SNUG_SESSION" >&2
		return 1
	}
	pids=() # of what runs in the background
	declare -gA init=() recorder=()
}

# A test that failed half-way leaves nothing running.
contain_teardown() {
	show_failure "$state"
	end_all "${pids[@]}"
}

# dir_of NAME: where container NAME works
dir_of() {
	echo "$state/$1.d"
}

# contain NAME COMMAND...: a container whose program has not been executed; ${init[NAME]} is its
# process.  With $threads its number of threads, with $helpers=helpers it starts others, too.
contain() {
	local name=$1 at=$state/$1 helper=()
	shift
	[[ -z ${helpers:-} ]] || helper=(helpers)
	fresh_work_dir "$at.d"
	rm -f "$at.out" "$at.err" "$at.says" "$at.complains" # of one that had this name before
	become_in_clean_env /usr/bin/unshare -m --propagation private \
		"$SNUG_PROGRAMS/exec-from-thread" "${threads:-4}" "${helper[@]}" "$@" \
		>"$at.out" 2>"$at.err" 3>&- &
	init[$name]=$!
	pids+=($!)
	wait_for_line "$at.out" ready
}

# go NAME: the container's program is executed
go() {
	: >"$(dir_of "$1")/go"
}

# session NAME arm|attach|cgroup PID|PATH WORDS...: records into $state/NAME.recording
session() {
	local name=$1 at=$state/$1
	shift
	"$SNUG_SESSION" "$at.recording" "$@" >"$at.says" 2>"$at.complains" 3>&- &
	recorder[$name]=$!
	pids+=($!)
	wait_for_line "$at.says" ready "$!" || {
		cat "$at.complains" >&2
		return 1
	}
}

# arm NAME: what an OCI hook does
arm() {
	session "$1" arm "${init[$1]}" follow "${@:2}"
}

# ended NAME: waits for the recording; its sets go to $state/NAME.snug (main) and NAME.entered
ended() {
	local at=$state/$1

	wait "${recorder[$1]}" || {
		cat "$at.complains" >&2
		return 1
	}
	is_complete "$at.recording"
	calls_by 'true' "$at.recording" >"$at.all"
	calls_by '.entered != "only"' "$at.recording" >"$at.snug"
	calls_by '.entered' "$at.recording" >"$at.entered"
}

# calls_by CONDITION RECORDING: the set of calls for which it holds
calls_by() {
	jq -r ".calls | to_entries[] | .key as \$abi | .value[] | select($1) |
		\"\\(\$abi) \\(.nr) \\(.name // \"?\")\"" "$2" | LC_ALL=C sort -u
}

# stop NAME: ends a recording whose target goes on
stop() {
	kill -TERM "${recorder[$1]}"
	ended "$1"
}

# same_as_strace NAME SET COMMAND...: the recorded set is what strace sees of the command
same_as_strace() {
	local at=$state/$1 set=$2
	shift 2
	strace_calls "$(basename "$at")" "$@"
	compare_calls "$(basename "$at")" "$at.strace" "$at.$set"
	compare_names "$at.$set"
}

# wait_for_line FILE LINE [PID]: until it is there, or the process is gone
wait_for_line() {
	local i

	for ((i = 0; i < 500; i++)); do
		if grep -qxF -e "$2" "$1"; then
			return 0
		fi
		if [[ -n ${3:-} ]] && ! kill -0 "$3" 2>/dev/null; then
			# it may have said so and ended since
			grep -qxF -e "$2" "$1" && return 0
			break
		fi
		sleep 0.02
	done
	echo "waited for '$2' in $1" >&2
	return 1
}
