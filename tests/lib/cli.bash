# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the bats files of tests/cli share.  Each sources it and calls its functions.

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export SNUG=${SNUG:-$repo/build/src/cmd/snug}
[[ $SNUG == /* ]] || SNUG=$PWD/$SNUG
# shellcheck source=tests/lib/failed.bash
source "$repo/tests/lib/failed.bash"

# What profiles have to hold, sorted as C sorts.
export LC_ALL=C
unset SUDO_UID SUDO_GID SUDO_USER SUDO_COMMAND NO_COLOR SNUG_TEST_DISABLE

# In setup(): a directory of its own for each test, which is the default place of profiles too.
enter_work_dir() {
	[[ -x $SNUG ]] || {
		echo "there is no $SNUG: build it, or set SNUG" >&2
		return 1
	}
	work=$BATS_TEST_TMPDIR/work
	mkdir -p "$work"
	cd "$work" || return 1
	export TMPDIR=$work
	umask 022
}

# shellcheck disable=SC2034  # this machine, as profiles name it
native=SCMP_ARCH_$(uname -m | tr '[:lower:]' '[:upper:]')

# as_nobody COMMAND...: without any capability
as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all "$@"
}

need_root() {
	((EUID == 0)) || skip "only root can do this"
}

# Recordings are made by the engine that this host offers, or with SNUG_TEST_ENGINE=notify by the one
# that needs nothing.
[[ ${SNUG_TEST_ENGINE:-} != notify ]] || export SNUG_TEST_DISABLE=bpf
((EUID == 0)) && [[ -r /sys/kernel/btf/vmlinux ]] || SNUG_TEST_ENGINE=notify

# In setup(): skips where BPF cannot be used.
need_bpf() {
	((EUID == 0)) || skip "recording with BPF needs root"
	[[ -r /sys/kernel/btf/vmlinux ]] || skip "this kernel has no BTF: /sys/kernel/btf/vmlinux is missing"
	[[ ${SNUG_TEST_ENGINE:-} != notify ]] || skip "what the engine bpf does"
}

# In setup(): skips where nothing can be recorded.
need_recorder() {
	"$SNUG" record -q -n -o /dev/null -- true >/dev/null 2>&1 || skip "nothing can be recorded here ('snug doctor')"
}

# file_needs COMMAND...: in setup_file(), where bats 1.8 cannot skip: false when COMMAND, a need_...
# function, would; for the same reason skip_with_file(), in setup(), then skips each test.
file_needs() {
	(
		skip() {
			printf '%s\n' "$*" >"$BATS_FILE_TMPDIR/unready"
			exit 1
		}
		"$@"
	)
}

skip_with_file() {
	[[ ! -e $BATS_FILE_TMPDIR/unready ]] || skip "$(<"$BATS_FILE_TMPDIR/unready")"
}

# need_command NAME...
need_command() {
	local name

	for name; do
		command -v "$name" >/dev/null || skip "$name is not installed"
	done
}

# try COMMAND...: runs it; `status` is its exit status, ./out and ./err what it wrote.
try() {
	status=0
	"$@" >"$work/out" 2>"$work/err" || status=$?
}

# record ARGS...: try snug record ARGS...
record() {
	try "$SNUG" record "$@"
}

# status_is N: what try() ran has ended so.
status_is() {
	((status == $1)) || {
		echo "exit status $status, not $1; stdout and stderr:"
		head -n 50 "$work/out" "$work/err"
		return 1
	} >&2
}

# has FILE TEXT...: every TEXT is in it.
has() {
	local file=$1 text
	shift
	for text; do
		grep -qF -e "$text" "$file" || {
			echo "not in $file: $text; but:"
			cat -v "$file"
			return 1
		} >&2
	done
}

# has_not FILE TEXT...
has_not() {
	local file=$1 text
	shift
	for text; do
		! grep -qF -e "$text" "$file" || {
			echo "in $file: $text"
			cat -v "$file"
			return 1
		} >&2
	done
}

# empty FILE...
is_empty() {
	local file

	for file; do
		[[ ! -s $file ]] || {
			echo "$file is not empty:"
			cat -v "$file"
			return 1
		} >&2
	done
}

# one_line FILE: exactly one line, without control characters
one_line() {
	local text

	text=$(cat "$1")
	if [[ -z $text || $text == *[[:cntrl:]]* ]]; then
		echo "$1 is not one line of plain text:"
		cat -v <<<"$text"
		return 1
	fi >&2
}

# same TEXT TEXT
same() {
	[[ $1 == "$2" ]] || {
		printf "'%s' is not '%s'\n" "$1" "$2"
		return 1
	} >&2
}

# wait_until COMMAND...: polls for ten seconds.
wait_until() {
	local i

	for ((i = 0; i < 500; i++)); do
		if "$@" >/dev/null 2>&1; then
			return 0
		fi
		sleep 0.02
	done
	echo "waited 10 s for: $*" >&2
	return 1
}

# in_background COMMAND...: output to ./bg.out and ./bg.err; `pid` is its process.  Signals have their
# default actions, which a shell without job control takes from its background commands.
in_background() {
	# at once: who waits for a line must not find that of the command before
	: >"$work/bg.out" 2>"$work/bg.err"
	env --default-signal=INT,QUIT "$@" >"$work/bg.out" 2>"$work/bg.err" </dev/null 3>&- &
	pid=$!
}

# finish: waits for the background command at most ten seconds; sets `status`.
finish() {
	wait_until gone "$pid" || {
		kill -KILL "$pid"
		cat "$work/bg.out" "$work/bg.err" >&2
		return 1
	}
	status=0
	wait "$pid" || status=$?
}

# gone PID: ended, whether or not its parent knows
gone() {
	[[ ! -e /proc/$1 ]] || grep -q '^State:.Z' "/proc/$1/status"
}

# state_of PID: S, T, Z, ...
state_of() {
	sed -n 's/^State:.\(.\).*/\1/p' "/proc/$1/status"
}

is_in_state() {
	[[ $(state_of "$1") == "$2" ]]
}

# goes_round PID: a shell that waits in a loop has had a child since, from its start to its end
goes_round() {
	local i

	for i in 1 2; do
		wait_until has_another_child "$1" "$(<"/proc/$1/task/$1/children")"
	done
}

# has_another_child PID CHILDREN: than these
has_another_child() {
	local children

	children=$(<"/proc/$1/task/$1/children")
	[[ -n $children && $children != "$2" ]]
}

# names_of FILE: the allowed names of a profile, CRD YAML or OCI JSON, one a line
names_of() {
	if [[ $(head -c 1 "$1") == "{" ]]; then
		jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW") | .names[]' "$1"
	else
		sed -n 's/^    - //p' "$1"
	fi
}

# allows FILE NAME...
allows() {
	local file=$1 name
	shift
	for name; do
		names_of "$file" | grep -qx "$name" || {
			echo "$file does not allow $name:"
			cat "$file"
			return 1
		} >&2
	done
}

# allows_not FILE NAME...
allows_not() {
	local file=$1 name
	shift
	for name; do
		! names_of "$file" | grep -qx "$name" || {
			echo "$file allows $name"
			return 1
		} >&2
	done
}

# nothing_left: no temporary file of snug's lies here.
nothing_left() {
	local left

	left=$(find "$work" -name '.snug-*')
	same "$left" ""
}

# n_loaded: the BPF programs of ours that the kernel holds
n_loaded() {
	bpftool prog list 2>/dev/null | grep -c ' name snug_' || true
}
